"""Change the length of a run that has begun."""

from fractions import Fraction
from typing import Any

from ..arrays.numbers import float_of
from ..checks import Site, brief, require
from ..core.decorators import branch
from ..core.parameters import Child, Steps
from ..core.pieces import end_of
from ..core.place import is_known, plain
from ..core.schedule import Schedule
from .join import join
from .time import shift, stretch

__all__ = ["extend"]


@branch(past="schedule", start="start")
def extend(schedule: Child, start: Steps, total_steps: Steps) -> Schedule:
    """A schedule until `start`, then the rest of it, stretched to end at `total_steps`: a longer or shorter run.

        s(t) = schedule(t)                             for t < start
        s(t) = schedule(start + (t - start)/factor)    for t >= start
        factor = (total_steps - start)/(length - start)

    It is `join([schedule, stretch(shift(schedule, start), factor)], [start])`: the past is unchanged to the last bit,
    there is no jump at `start`, and from `total_steps` on the value is exactly the end value of `schedule`.

    Args:
        schedule: the planned schedule, which must have a length (a schedule).
        start: the first step whose value may change (steps), 0 or more and less than the length.
        total_steps: the new length of the whole run (steps), more than `start`.

    The length in the formula may be a fraction: `stretch(linear(1, 0, 10), 1.05)` ends at 10.5, although its attribute
    `length`, a whole number of steps, is 11. The factor is exact if the product of the two differences is below 2**52.
    Otherwise it is rounded down, and the end value is reached up to total_steps/2**52 steps early.

    Raises ValueError for a schedule without a length, such as `inverse_sqrt`, and for a start past the end.

    >>> from lrsched import linear
    >>> s = extend(linear(1.0, 0.0, 4), 2, 6)
    >>> [s(t) for t in range(7)]
    [1.0, 0.75, 0.5, 0.375, 0.25, 0.125, 0.0]
    >>> s.expand()
    join([linear(1.0, 0.0, 4), stretch(shift(linear(1.0, 0.0, 4), 2), 2.0)], [2])
    """
    end = end_of(schedule)
    _refuse(schedule, start, total_steps, end)
    more, left = total_steps - start, plain(end) - start
    factor = float_of(Fraction(more) / (end - start)) if is_known(more, left) else more / left
    return join([schedule, stretch(shift(schedule, start), factor)], [start])


def _refuse(schedule: Any, start: Any, total_steps: Any, end: Any) -> None:
    """Refuse a schedule that does not end, and steps that leave nothing to stretch; traced steps are not known yet."""
    if end is None or (is_known(end) and end <= 0):
        remedy = "end one that goes on with lrsched.cooldown(schedule, start, steps)"
        Site("extend", "schedule").refuse(schedule, "must have a length of 1 step or more", remedy)
    require(
        start < plain(end),
        "extend",
        f"start={start}) must be less than {plain(end)}, where {brief(schedule)} ends; lrsched.cooldown ends a value "
        "that is held, and lrsched.join appends another run.",
    )
    require(
        total_steps > start,
        "extend",
        f"total_steps={total_steps}) must be greater than start={start}; it is the length of the whole run, counted "
        "from step 0.",
    )
