"""A schedule that changes once an epoch."""

from collections.abc import Mapping
from typing import Any

from ..arrays.namespaces import Namespace
from ..core.binding import bound
from ..core.curves import Stairs
from ..core.decorators import schedule
from ..core.formula import Built
from ..core.parameters import Outer, Period
from ..core.pieces import length_of
from ..core.schedule import Schedule

__all__ = ["staircase"]


def _length(parameters: Mapping[str, Any]) -> Any:
    length = length_of(parameters["schedule"])
    return None if length is None else length * parameters["steps"]


def _boundaries(parameters: Mapping[str, Any]) -> Any:
    child = parameters["schedule"]
    return {boundary * parameters["steps"] for boundary in child.boundaries} if isinstance(child, Schedule) else set()


@schedule(length=_length, boundaries=_boundaries)
def staircase(xp: Namespace, schedule: Outer, steps: Period) -> Built:
    """A schedule that advances once every `steps` steps: for example, one in epochs that changes once an epoch.

        s(t) = schedule(floor(t / steps))

    The division is exact, in integers, so every value is exactly a value of the schedule.

    Args:
        schedule: the value as a function of the epoch (a schedule, callable or number).
        steps: how long each value is held (steps), 1 or more.

    >>> from lrsched import linear
    >>> [staircase(linear(1.0, 0.0, 2), 3)(t) for t in range(8)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.0, 0.0]
    """
    return Stairs(steps, bound(xp, schedule))
