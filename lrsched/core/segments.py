"""A schedule in one namespace: a function of the step, and the segments that it is made of.

A *ramp* is given by two functions of the distance from an end, as a fraction of its length: `rise(x)` for the half
next to the start and `fall(x)` for the half next to the end. The distance is an integer difference, never negative
and at most half the length. So nothing cancels, both ends are exact, steps outside the range hold the value of the
nearer end, and no formula ever sees a step outside its domain.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import numbers
from .namespaces import Namespace, NumPy, is_number
from .schedule import Schedule

__all__ = [
    "MANY",
    "Bound",
    "Function",
    "Segment",
    "bind_child",
    "bind_part",
    "bind_plain",
    "bind_ramp",
    "bound",
    "by_segment",
    "in_order",
    "is_segmented",
]

Function = Callable[[Any], Any]

MANY = 4
"""From so many pieces on, NumPy finds out which are asked, and traced programs gather the parameters of one formula."""


class Segment(NamedTuple):
    """`value((t - origin) / steps)` from step `start` on, the fraction being at least 0.

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


def bind_ramp(xp: Namespace, rise: Function, fall: Function, steps: Any) -> Bound:
    """A ramp of `steps` steps, from its two ends."""
    if is_segmented(xp) and is_number(steps):
        if steps == 0:
            return by_segment(xp, (Segment(0, 0, None, lambda _: fall(0.0)),))
        half, length = -(-steps // 2), float(steps)
        return by_segment(xp, (Segment(0, 0, length, rise), Segment(half, steps, -length, fall)))
    length = xp.maximum(steps, 1) if xp.is_counted(steps) else xp.where(steps > 0, steps, 1.0)

    def total(t: Any) -> Any:
        left = steps - t
        first = t < left
        x = xp.maximum(xp.where(first, t, left), 0) / length
        return xp.where(first, rise(x), fall(x))

    return Bound(total, bounded=True)


def bind_part(xp: Namespace, rise: Function, fall: Function, late: Any, whole: Any, rest: Any) -> Bound:
    """A ramp that began `late` steps before step 0 and ends at `whole + rest`; both are parts of a step.

    They are added to a distance that is a whole number, so that a small distance keeps all its digits.
    """
    length = late + whole + rest
    if is_segmented(xp) and is_number(length):
        if length == 0:
            return by_segment(xp, (Segment(0, 0, None, lambda _: fall(0.0)),))
        half = max((whole + rest - late) / 2, 0)  # a step may be broken, too
        first = Segment(0, 0, None, lambda t: rise(xp.maximum(t + late, 0.0) / length))
        second = Segment(half, whole, None, lambda t: fall(xp.maximum(rest - t, 0.0) / length))
        return by_segment(xp, (first, second))
    length = xp.where(length > 0, length, 1.0)

    def total(t: Any) -> Any:
        near, left = t + late, whole - t + rest
        first = near < left
        x = xp.maximum(xp.where(first, near, left), 0.0) / length
        return xp.where(first, rise(x), fall(x))

    return Bound(total, bounded=True)


def in_order(xp: Namespace, rise: Function, fall: Function) -> tuple[Function, Function]:
    """Both halves of a ramp kept on their side of the value in the middle, where rounding would let them cross."""
    start, middle, end = rise(0.0), fall(0.5), fall(0.0)

    def within(value: Any, limit: Any) -> Any:
        is_beyond = xp.where(limit <= middle, value > middle, value < middle)
        return xp.where(is_beyond, middle, value)

    return lambda x: within(rise(x), start), lambda x: within(fall(x), end)


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
        return value(x if x > 0.0 else 0.0)

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
