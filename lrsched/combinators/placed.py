"""A schedule whose times are multiplied, and which began a part of a step ago: a stretch, or a cycle of a restart.

The step is not divided, for a rounded step is wrong where a ramp nears its end and where one piece follows another.
The times are multiplied instead, as fractions, and the parts of a step are kept apart from the whole ones.
"""

import math
from fractions import Fraction
from typing import Any

from ..core.decorators import formula_of
from ..core.entries import Entry
from ..core.formula import Built, Formula
from ..core.libraries import is_number
from ..core.namespaces import Namespace
from ..core.numbers import meant
from ..core.parameters import Child, Exact, Offset, Steps
from ..core.pytree import flatten, unfolded
from ..core.ramps import bind_part
from ..core.schedule import Schedule
from ..core.segments import bound
from .join import join

__all__ = ["held_product", "later", "placed", "product", "times"]

FAR = 10**300
"""The longest time that a stretch gives, so that none is infinite."""


def placed(xp: Namespace, child: Any, factor: Any, late: Any = 0, whole: bool = True) -> Any:
    """What a child is, `late` steps after its start, with its times multiplied; None where its formula forbids it.

    It is exact for a `factor` and a `late` that are integers or fractions, where it is asked at `whole` steps: a piece
    then begins at the first of them. Both may be traced.
    """
    if not isinstance(child, Schedule):
        return None if callable(child) else child
    child = unfolded(child)
    if not child.formula.stretches:
        return None
    if child.formula.name == "stretch":
        inner, times_more = child.values
        more = meant(times_more) if is_number(times_more) else times_more
        return placed(xp, inner, product(factor, more), late, whole)
    is_known = isinstance(factor, (int, Fraction)) and isinstance(late, (int, Fraction))
    if whole and is_known and all(map(is_number, flatten(child)[0])):
        if child.formula.factory is join:
            return _placed_join(xp, child, Fraction(factor), Fraction(late))
        if child.formula.is_ramp(child):
            return _placed_ramp(xp, child, Fraction(factor), Fraction(late))
        if child.parameters.get("staircase"):
            return _placed_stairs(child, Fraction(factor), Fraction(late))
    return _placed_other(xp, child, factor, late, whole)


def product(factor: Any, more: Any) -> Any:
    """Two factors, of which either may be traced."""
    if isinstance(factor, (int, Fraction)) and isinstance(more, Fraction):
        return factor * more
    return (float(factor) if isinstance(factor, (int, Fraction)) else factor) * (
        float(more) if isinstance(more, Fraction) else more
    )


def times(xp: Namespace, steps: Any, factor: Any) -> Any:
    """A time that is `factor` as long; one that is an integer stays one while it is whole and can be counted."""
    if isinstance(steps, tuple):
        return tuple(times(xp, item, factor) for item in steps)
    if not isinstance(factor, (int, Fraction)):
        return held_product(xp, factor, steps)
    if isinstance(steps, Entry):
        return Entry(steps.column, tuple(meant(number) * factor for number in steps.numbers))
    if not is_number(steps):
        return _traced_times(xp, steps, Fraction(factor))
    longer = max(min(meant(steps) * factor, FAR), -FAR)
    countable = isinstance(steps, int) and longer.denominator == 1 and abs(longer) <= xp.last_step
    return int(longer) if countable else float(longer)


def _traced_times(xp: Namespace, steps: Any, factor: Fraction) -> Any:
    whole = factor.denominator == 1 and factor <= xp.last_step
    return held_product(xp, int(factor) if whole else float(factor), steps)


def held_product(xp: Namespace, factor: Any, steps: Any) -> Any:
    """A multiple of some steps; where both are integers it is held at the last step, and does not overflow."""
    if not (xp.is_counted(factor) and xp.is_counted(steps)):
        return steps * factor
    last = int(xp.last_step)
    most = last // xp.maximum(factor, 1)
    return xp.where(steps > most, last, xp.where(steps < -most, -last, steps * factor))


def _placed_other(xp: Namespace, child: Schedule, factor: Any, late: Any, whole: bool) -> Any:
    """Its times and those of its children multiplied; what is late is added to the step.

    A formula without times of its own asks its children at its own steps; others may ask them between two steps.
    """
    has_times = any(parameter.kind.duration for parameter in child.formula.parameters.values())
    if not has_times and any(parameter.kind.child for parameter in child.formula.parameters.values()):
        inside, late = (late, whole), 0
    else:
        inside = (0, False)
    values: list[Any] = []
    for parameter, value in zip(child.formula.parameters.values(), child.values, strict=True):
        if parameter.kind.duration:
            value = times(xp, value, factor)
        if parameter.kind.child:
            parts = value if isinstance(value, tuple) else (value,)
            longer = tuple(placed(xp, part, factor, inside[0], inside[1]) for part in parts)
            if any(part is None for part in longer):
                return None
            value = longer if isinstance(value, tuple) else longer[0]
        values.append(value)
    return later(Schedule.make(child.formula, tuple(values)), late)


def later(schedule: Any, late: Any) -> Any:
    """A schedule `late` steps after its start, the step being rounded to a float."""
    if is_number(late) and late == 0:
        return schedule
    return Schedule.make(LATE_BY, (schedule, float(late) if isinstance(late, (int, Fraction)) else late))


def late_by(xp: Namespace, schedule: Child, late: Offset) -> Built:
    """A schedule that began `late` steps ago."""
    inner = bound(xp, schedule)
    return lambda t: inner(xp.maximum(t + late, 0))


LATE_BY = Formula(late_by, stretches=True)


def _placed_ramp(xp: Namespace, child: Schedule, factor: Fraction, late: Fraction) -> Any:
    end = meant(child.length) * factor - late
    if end > xp.last_step:
        return _placed_other(xp, child, factor, late, True)
    whole = max(math.floor(end), 0)
    return Schedule.make(PART, (_of_one_step(child), late, whole, max(end - whole, Fraction(0))))


def _of_one_step(ramp: Schedule) -> Schedule:
    """A ramp of another length, on which its ends do not depend: its own need not fit the integers of a step."""
    lengths = [parameter.kind.duration for parameter in ramp.formula.parameters.values()]
    if sum(lengths) != 1:
        return ramp
    values = (1 if is_length else value for is_length, value in zip(lengths, ramp.values, strict=True))
    return Schedule.make(ramp.formula, tuple(values))


def part(xp: Namespace, ramp: Child, late: Exact, whole: Steps, rest: Exact) -> Built:
    """A ramp that began `late` steps ago, and ends `whole + rest` steps from now."""
    given: Any = ramp
    return bind_part(xp, given.formula.ends(xp, given, whole), late, whole, rest)


PART = Formula(part)


def _placed_stairs(child: Schedule, factor: Fraction, late: Fraction) -> Any:
    """Its stairs are counted for it, and it is asked at their numbers."""
    by_number = tuple({**child.parameters, "decay_steps": 1.0, "staircase": False}.values())
    return Schedule.make(
        COUNTED, (Schedule.make(child.formula, by_number), meant(child.parameters["decay_steps"]) * factor, late)
    )


def counted(xp: Namespace, schedule: Child, steps: Exact, late: Exact) -> Built:
    """A schedule at the number of the stair, of those that last `steps` and began `late` steps ago."""
    stair: Any = xp.stairs(steps, late)
    inner = bound(xp, schedule)
    return lambda t: inner(stair(xp.maximum(t, 0)))


COUNTED = Formula(counted)


def _placed_join(xp: Namespace, child: Schedule, factor: Fraction, late: Fraction) -> Any:
    """Each piece begins at the first step of its interval, as late as that is; pieces of no step are left out."""
    last = int(xp.last_step)
    begins = [-late, *(meant(boundary) * factor - late for boundary in child.parameters["boundaries"])]
    starts = [min(max(math.ceil(begin), 0), last + 1) for begin in begins]
    pieces: list[Any] = []
    firsts: list[int] = []
    for piece, begin, start, after in zip(
        child.parameters["schedules"], begins, starts, [*starts[1:], last + 1], strict=True
    ):
        if start < after:
            pieces.append(placed(xp, piece, factor, start - begin))
            firsts.append(start)
    if any(piece is None for piece in pieces):
        return None
    return Schedule.make(formula_of(join), (tuple(pieces), tuple(firsts[1:])))
