"""A schedule in one namespace: a function of the step, and the segments that it is made of."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import numbers
from .namespaces import Namespace, NumPy
from .schedule import Schedule

__all__ = [
    "MANY",
    "Bound",
    "Function",
    "Segment",
    "bind_child",
    "bind_plain",
    "bound",
    "by_segment",
    "is_segmented",
]

Function = Callable[[Any], Any]

MANY = 4
"""From so many pieces on, NumPy finds out which are asked, and traced programs gather the parameters of one formula."""


class Segment(NamedTuple):
    """`value((t - origin) / steps)` from step `start` on, the fraction being held between 0 and 1.

    Negative `steps` count back from `origin`; without `steps` the value is a function of `t - origin` itself.
    """

    start: float
    origin: int
    steps: float | None
    value: Function

    def moved(self, steps: int) -> "Segment":
        """The same segment, `steps` later."""
        return self._replace(start=self.start + steps, origin=self.origin + steps)

    def at(self, step: Any) -> Any:
        """The values at an array of steps inside the segment, or past its end."""
        distance = step - self.origin
        if self.steps is None:
            return self.value(distance)
        return self.value(distance / self.steps if self.steps > 0 else np.maximum(distance / self.steps, 0.0))


class Bound(NamedTuple):
    """A schedule in one namespace: its function of the step, and its segments where they are known.

    `bounded` says that the function holds its ends by itself, so that it may be asked at any step.
    """

    total: Function
    segments: tuple[Segment, ...] | None = None
    bounded: bool = False


def bind_child(xp: Namespace, child: Any) -> Bound:
    """A child of a combinator: a schedule, a number, or a callable, which never sees a negative step either."""
    if isinstance(child, Schedule):
        return child.bind(xp)
    if callable(child):
        return bind_plain(xp, _as_float(child), None)._replace(bounded=False)
    return Bound(lambda _: child, bounded=True)


def _as_float(function: Function) -> Function:
    """A plain callable, a number that it gives being a float."""

    def value(t: Any) -> Any:
        result = function(t)
        return float(result) if isinstance(result, (int, float, np.generic)) else result

    return value


def bound(xp: Namespace, child: Any) -> Function:
    """A child of a combinator (a schedule, a callable or a number) as a function of the step, in a namespace.

    >>> from lrsched.core import numbers
    >>> bound(numbers, 0.5)(7)
    0.5
    """
    return bind_child(xp, child).total


def bind_plain(xp: Namespace, value: Function, length: Any) -> Bound:
    """A function of the step, asked only for steps of its domain."""
    if isinstance(xp, NumPy) and length is None:
        return Bound(value, bounded=True)  # no negative step has entered
    if length is None:
        return Bound(lambda t: value(xp.maximum(t, 0)), bounded=True)
    return Bound(lambda t: value(xp.minimum(xp.maximum(t, 0), length)), bounded=True)


# Numbers and NumPy: the segment is found first, then asked alone.


def is_segmented(xp: Namespace) -> bool:
    """Whether a namespace can find the segment of a step: others are traced, or may be."""
    return xp is numbers or isinstance(xp, NumPy)


def by_segment(xp: Namespace, segments: tuple[Segment, ...]) -> Bound:
    """A function that asks the segment of each step."""
    starts = [segment.start for segment in segments[1:]]
    rows = [segment[1:] for segment in segments]

    def of_number(t: Any) -> Any:
        origin, steps, value = rows[bisect_right(starts, t)]
        if steps is None:
            return value(t - origin)
        x = (t - origin) / steps
        return value(0.0 if x < 0.0 else x if x < 1.0 else 1.0)

    def of_array(t: Any) -> Any:
        t = np.asarray(t)  # a clock, or NumPy for 0-d steps, may answer with a number
        if t.size == 0:
            return np.empty(t.shape)
        first, last = bisect_right(starts, t.min()), bisect_right(starts, t.max())
        if first == last:
            return segments[first].at(t)
        active = np.searchsorted(starts, t, side="right")
        values = np.empty(t.shape, xp.float_dtype)
        for index in range(first, last + 1) if last - first < MANY else np.unique(active):
            mine = active == index
            values[mine] = segments[index].at(t[mine])
        return values

    return Bound(of_number if xp is numbers else of_array, segments)
