"""A schedule that can be written down: its compositions expanded, and formulas that know a `Recorder`."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ..core.entries import Entry
from ..core.formula import Formula
from ..core.ramps import Ends
from ..core.schedule import Schedule
from ..core.segments import Bound, Segment
from .expressions import number_of
from .recorder import Recorder

__all__ = ["Recorded", "recorded"]


class Recorded(Formula):
    """A formula that writes itself down in a `Recorder`, and is the same everywhere else."""

    def __init__(self, formula: Formula) -> None:
        vars(self).update(vars(formula))

    def bind(self, xp: Any, schedule: Schedule) -> Bound:
        """What is written where the schedule is asked."""
        if not isinstance(xp, Recorder):
            return super().bind(xp, schedule)
        if not any(parameter.kind.child for parameter in self.parameters.values()):
            return Bound(partial(xp.call_formula, schedule))
        if not self.is_join or schedule.traced():  # from a table: it is written where it is
            return super().bind(xp, schedule)
        segments = tuple(self.segments(xp, *schedule.values))
        return Bound(partial(xp.call_pieces, schedule, segments), segments)

    @property
    def is_join(self) -> bool:
        """Whether its parameters are pieces and where they begin."""
        return [parameter.kind.name for parameter in self.parameters.values()] == ["Children", "Boundaries"]

    def segments(self, xp: Recorder, schedules: Sequence[Any], boundaries: Sequence[Any]) -> Iterator[Segment]:
        """The pieces, those of inner joins among them."""
        starts = (0, *boundaries)
        for child, start, end in zip(schedules, starts, (*boundaries, math.inf), strict=True):
            made = child.bind(xp) if isinstance(child, Schedule) else Bound(partial(_same, child))
            inner = made.segments or (Segment(0, 0, None, made.total),)
            yield from (segment.moved(xp.counted(start)) for segment in inner if start + segment.start < end)

    def ends(self, xp: Any, schedule: Schedule, steps: Any) -> Ends:
        """The two ends of a ramp, called by their names."""
        if not isinstance(xp, Recorder) or any(isinstance(value, Entry) for value in schedule.values):
            return super().ends(xp, schedule, steps)
        ends = super().ends(xp, schedule, steps)
        if ends.fine and xp.is_narrow:  # which helpers compute: it is written where it is
            return ends
        return Ends(ends.rise and partial(xp.call_end, schedule, "rise"), partial(xp.call_end, schedule, "fall"))

    def _in_order(self, xp: Any, schedule: Schedule, ends: Ends, steps: Any) -> Ends:
        """The ends as they are, unless the ramp is known to be so long that rounding may cross them."""
        if not isinstance(xp, Recorder):
            return super()._in_order(xp, schedule, ends, steps)
        known = number_of(steps, xp.numbers)
        if known is None or known * xp.eps <= 0.5:
            return ends
        xp.has_chosen = xp.has_chosen or known is not steps
        return super()._in_order(xp, schedule, ends, known)


def _same(number: float, _: Any) -> float:
    return number


def recorded(schedule: Schedule, known: dict[Formula, Recorded], origins: dict[Schedule, Schedule]) -> Schedule:
    """A schedule that can be written down: its compositions expanded, its formulas recorded; and where it is from."""
    made = schedule.expand()
    if made is not schedule:
        made = recorded(made, known, origins)
    else:
        formula = known.setdefault(made.formula, Recorded(made.formula))
        made = Schedule.make(formula, tuple(_recorded_value(value, known, origins) for value in made.values))
    origins[made] = schedule
    return made


def _recorded_value(value: Any, known: dict[Formula, Recorded], origins: dict[Schedule, Schedule]) -> Any:
    if isinstance(value, tuple):
        return tuple(_recorded_value(item, known, origins) for item in value)
    return recorded(value, known, origins) if isinstance(value, Schedule) else value
