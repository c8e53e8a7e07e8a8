"""How a bound schedule finds the formula that speaks at a step.

Two conventions make the special cases vanish:

- A *ramp* is given by two functions of the distance from an end, as a fraction of its length: `rise(x)` for the
  half next to the start and `fall(x)` for the half next to the end. The distance is an integer difference, never
  negative and at most half the length. So nothing cancels, both ends are exact, steps outside the range hold the
  value of the nearer end, and no formula ever sees a step outside its domain.
- A *join* only concatenates. Numbers find their segment by bisection; NumPy evaluates each segment on its own
  steps; traced arrays select, or, where many pieces share a formula, gather the parameters of the active one.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from . import numbers
from .namespaces import Namespace, NumPy, is_number
from .pytree import flatten, split, unflatten, unfolded
from .schedule import Schedule

__all__ = ["Bound", "Function", "Segment", "bind_join", "bind_part", "bind_plain", "bind_ramp", "bound", "in_order"]

Function = Callable[[Any], Any]

GATHER_FROM = 4
"""From so many pieces of one formula on, traced programs gather parameters instead of evaluating every piece."""


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
    if _is_segmented(xp) and is_number(steps):
        if steps == 0:
            return _by_segment(xp, (Segment(0, 0, None, lambda _: fall(0.0)),))
        half, length = -(-steps // 2), float(steps)
        return _by_segment(xp, (Segment(0, 0, length, rise), Segment(half, steps, -length, fall)))
    length = xp.maximum(steps, 1)

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
    if _is_segmented(xp) and is_number(length):
        if length == 0:
            return _by_segment(xp, (Segment(0, 0, None, lambda _: fall(0.0)),))
        half = max((whole + rest - late) / 2, 0)  # a step may be broken, too
        first = Segment(0, 0, None, lambda t: rise(xp.maximum(t + late, 0.0) / length))
        second = Segment(half, whole, None, lambda t: fall(xp.maximum(rest - t, 0.0) / length))
        return _by_segment(xp, (first, second))
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


def bind_join(xp: Namespace, schedules: Sequence[Any], starts: Sequence[Any], lazy: bool = False) -> Bound:
    """Schedules one after another; `starts[0]` is 0, and each sees its local step.

    Where the segments are known, `lazy` binds a schedule when it is first asked: for many that are rarely reached.
    """
    gaps = [after - start for start, after in pairwise(starts)]
    if _is_segmented(xp) and all(map(is_number, starts)):
        if lazy:
            later = (Segment(start, start, None, _lazily(xp, s)) for s, start in zip(schedules, starts, strict=True))
            return _by_segment(xp, tuple(later))
        return _by_segment(xp, tuple(_segments(xp, schedules, starts, gaps)))
    return _by_selection(xp, schedules, starts, gaps)


# Numbers and NumPy: the segment is found first, then asked alone.


def _is_segmented(xp: Namespace) -> bool:
    return xp is numbers or isinstance(xp, NumPy)


def _segments(xp: Namespace, schedules: Sequence[Any], starts: Sequence[int], gaps: Sequence[int]) -> Any:
    for index, (schedule, start) in enumerate(zip(schedules, starts, strict=True)):
        child = bind_child(xp, schedule)
        inner = child.segments or (Segment(0, 0, None, child.total),)
        gap = gaps[index] if index < len(gaps) else None
        yield from (segment.moved(start) for segment in inner if gap is None or segment.start < gap)


def _lazily(xp: Namespace, schedule: Any) -> Function:
    inner = cache(lambda: bound(xp, schedule))

    def value(t: Any) -> Any:
        return inner()(t)

    return value


def _by_segment(xp: Namespace, segments: tuple[Segment, ...]) -> Bound:
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
        for index in range(first, last + 1) if last - first < GATHER_FROM else np.unique(active):
            mine = active == index
            values[mine] = segments[index].at(t[mine])
        return values

    return Bound(of_number if xp is numbers else of_array, segments)


# Traced and other arrays: every piece is asked, for harmless steps where it is not active.


def _by_selection(xp: Any, schedules: Sequence[Any], starts: Sequence[Any], gaps: Sequence[Any]) -> Bound:
    families: dict[Any, list[int]] = {}
    schedules = [unfolded(schedule) for schedule in schedules]
    for index, schedule in enumerate(schedules):
        family = flatten(schedule)[1] if isinstance(schedule, Schedule) else index
        families.setdefault(family, []).append(index)
    leaves = (leaf for schedule in schedules if isinstance(schedule, Schedule) for leaf in flatten(schedule)[0])
    scalar = all(getattr(number, "ndim", 0) == 0 for number in (*starts, *leaves))
    if scalar and max(map(len, families.values())) >= GATHER_FROM:
        return _by_gathering(xp, schedules, starts, gaps, list(families.values()))
    pieces = [_inside(xp, bind_child(xp, s), gap) for s, gap in zip(schedules, [*gaps, None], strict=True)]

    def total(t: Any) -> Any:
        values = pieces[0](t)
        for start, piece in zip(starts[1:], pieces[1:], strict=True):
            values = xp.where(t >= start, piece(t - start), values)
        return values

    return Bound(total)


def _inside(xp: Any, piece: Bound, gap: Any) -> Function:
    """A piece that is asked at the nearest step of its interval while another one is active."""
    if piece.bounded:
        return piece.total
    if gap is None:
        return lambda t: piece.total(xp.maximum(t, 0))
    return lambda t: piece.total(xp.minimum(xp.maximum(t, 0), gap))


def _by_gathering(
    xp: Any, schedules: Sequence[Any], starts: Sequence[Any], gaps: Sequence[Any], families: list[list[int]]
) -> Bound:
    edges, origins = xp.table(list(starts[1:])), xp.table(list(starts))
    limits = xp.table([*gaps, xp.last_step])
    members_of = {member: number for number, members in enumerate(families) for member in members}
    family_of = xp.table([members_of[index] for index in range(len(schedules))])
    speakers = [_family(xp, schedules, members) for members in families]

    def total(t: Any) -> Any:
        t = xp.array(t)  # a clock may answer with a number
        active = xp.count(edges, t)
        values = None
        for number, members in enumerate(families):
            # Where another family is active, this one answers for its first member, at a step of that member.
            is_mine = len(families) == 1 or xp.take(family_of, active) == number
            mine = xp.where(is_mine, active, members[0])
            local = xp.maximum(t - xp.take(origins, mine), 0)
            value = speakers[number](xp.minimum(local, xp.take(limits, mine)), mine)
            values = value if values is None else xp.where(is_mine, value, values)
        return values

    return Bound(total)


def _family(xp: Any, schedules: Sequence[Any], members: list[int]) -> Callable[[Any, Any], Any]:
    """The value of the active one among schedules of one structure."""
    if len(members) == 1:
        alone = bind_child(xp, schedules[members[0]]).total
        return lambda local, _: alone(local)
    flat = [flatten(schedules[member]) for member in members]
    # Pieces of other families have a row too, never read, so that the active index needs no translation.
    rows = [flat[0][0]] * len(schedules)
    for member, (leaves, _) in zip(members, flat, strict=True):
        rows[member] = leaves
    delicate = _delicate(schedules[members[0]])
    columns = [_column(xp, *column) for column in zip(delicate, zip(*rows, strict=True), strict=True)]

    def speak(local: Any, active: Any) -> Any:
        return unflatten(flat[0][1], [column(active) for column in columns]).bind(xp).total(local)

    return speak


def _delicate(schedule: Schedule) -> Iterator[bool]:
    """Of each number of a schedule, whether its rounding is multiplied."""
    for parameter, value in zip(schedule.formula.parameters.values(), split(schedule)[0], strict=True):
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _delicate(part)
            elif part is not None:
                yield parameter.kind.delicate


def _column(xp: Any, delicate: bool, numbers: tuple[Any, ...]) -> Function:
    """One parameter of many pieces, as a function of the active one; what is the same for all stays a Python number."""
    first = numbers[0]
    if all(is_number(number) and number == first for number in numbers):
        return lambda _: first
    if delicate:
        return xp.entries(list(numbers))
    table = xp.table(list(numbers))
    return lambda active: xp.take(table, active)
