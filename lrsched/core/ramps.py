"""A ramp in one namespace, from its two ends.

`rise(x)` speaks for the half next to the start and `fall(x)` for the half next to the end, `x` being the distance from
that end as a fraction of the length. The distance is an integer difference, never negative and at most half the length.
So nothing cancels, both ends are exact, steps outside the range hold the value of the nearer end, and no formula ever
sees a step outside its domain.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from .libraries import is_number
from .namespaces import Namespace
from .quotients import Quotient, pair_sum
from .segments import Bound, Function, Segment, by_segment, is_segmented

__all__ = ["Ends", "bind_part", "bind_ramp", "is_steep"]


class Ends(NamedTuple):
    """The two ends of a ramp; one without `rise` is seen from its end alone, by fractions from 1 to 0.

    `fine` asks for fractions with the digits that their division rounds away. Where its first and its last value are
    given as `limits`, the halves do not cross in the middle, though rounding might let them.
    """

    rise: Function | None
    fall: Function
    fine: bool = False
    limits: tuple[Any, Any] | None = None


def bind_ramp(xp: Namespace, ends: Ends, steps: Any) -> Bound:
    """A ramp of `steps` steps, from its two ends."""
    rise, fall, fine, _ = ends
    if is_segmented(xp) and is_number(steps):
        return bind_part(xp, ends, 0, steps, 0) if fine or steps == 0 else _in_segments(xp, ends, steps)
    length = xp.maximum(steps, 1) if xp.is_counted(steps) else xp.where(steps > 0, steps, 1.0)
    divide = xp.divider(length) if fine else lambda t: t / length
    in_order = _in_order(xp, ends, length)

    def total(t: Any) -> Any:
        left = steps - t
        if rise is None and xp.is_counted(steps) and xp.is_counted(t):  # in a difference of floats the start is lost
            x = divide(xp.minimum(xp.maximum(left, 0), length))
            return fall(x if fine else xp.where(left < length, x, 1.0))  # a compiler may take a reciprocal
        first = t < left
        x = divide(xp.maximum(xp.where(first, t, left), 0))
        return in_order(first, xp.where(first, fall(1 - x) if rise is None else rise(x), fall(x)))

    return Bound(total, bounded=True)


def _in_segments(xp: Namespace, ends: Ends, steps: Any) -> Bound:
    length, (rise, fall) = float(steps), _halves(xp, ends)
    if rise is None:
        return by_segment(xp, (Segment(0, steps, -length, fall),))
    return by_segment(xp, (Segment(0, 0, length, rise), Segment(-(-steps // 2), steps, -length, fall)))


def bind_part(xp: Namespace, ends: Ends, late: Any, whole: Any, rest: Any) -> Bound:
    """A ramp that began `late` steps before step 0 and ends at `whole + rest`; both are parts of a step.

    They are added to a distance that is a whole number, so that a small distance keeps all its digits.
    """
    rise, fall, fine, _ = ends
    late, rest = xp.in_floats(late), xp.in_floats(rest)
    length = late[0] + whole + rest[0]
    fraction = (_fine_fraction if fine else _fraction)(xp, length, late, whole, rest)
    if is_segmented(xp) and is_number(length):
        rise, fall = _halves(xp, ends)
        if length == 0:
            return by_segment(xp, (Segment(0, 0, None, lambda _: fall(0.0)),))
        last = Segment(0, whole, None, lambda t: fall(fraction(-t, rest)))
        if rise is None:
            return by_segment(xp, (last,))
        half = max((whole + rest[0] - late[0]) / 2, 0)  # a step may be broken, too
        return by_segment(xp, (Segment(0, 0, None, lambda t: rise(fraction(t, late))), last._replace(start=half)))
    in_order = _in_order(xp, ends, length)

    def total(t: Any) -> Any:
        left = whole - t
        if rise is None and xp.is_counted(left):
            return fall(fraction(left, rest))
        first = xp.where(late[0] < rest[0], t <= left, t < left)
        parts = [xp.where(first, *pair) for pair in zip(late, rest, strict=True)]
        x = fraction(xp.where(first, t, left), parts)
        return in_order(first, xp.where(first, fall(1 - x) if rise is None else rise(x), fall(x)))

    return Bound(total, bounded=True)


def _fraction(xp: Namespace, length: Any, *_: Any) -> Callable[..., Any]:
    """A number of steps and a part of one, as a fraction of a length; held between 0 and 1."""
    length = xp.where(length > 0, length, 1.0)

    def fraction(steps: Any, part: Any) -> Any:
        left = steps + part[0]
        return xp.where(left < length, xp.maximum(left, 0.0) / length, 1.0)

    return fraction


def _fine_fraction(xp: Namespace, length: Any, late: Any, whole: Any, rest: Any) -> Callable[..., Any]:
    """The same, with the digits that the division rounds away."""
    is_some = length > 0
    parts = pair_sum(late, rest)
    divide = xp.divider(xp.where(is_some, whole, 1), [xp.where(is_some, part, 0.0) for part in parts])

    def fraction(steps: Any, part: Any) -> Any:
        inside, beyond = steps + part[0] > 0, steps + part[0] > length
        held = [xp.where(beyond, all_, xp.where(inside, some, 0.0)) for all_, some in zip(parts, part, strict=True)]
        return divide(xp.where(beyond, whole, xp.where(inside, steps, 0)), held)

    return fraction


def is_steep(xp: Namespace, ends: Ends, steps: Any) -> bool:
    """Whether values in the middle, which are known, are so far apart that rounding cannot change their order."""
    if steps * xp.eps > 0.5:
        return False
    x, halves = max(0.5 - 1 / max(steps, 1), 0.0), cast("tuple[Function, Function]", ends[:2])
    before, after = (half(Quotient(xp, x, 0.0) if ends.fine else x) for half in halves)
    return xp.holds(abs(after - before) > 16 * xp.eps * max(abs(before), abs(after)))


def _in_order(xp: Namespace, ends: Ends, length: Any) -> Callable[[Any, Any], Any]:
    """Values kept on their side of the one in the middle, given whether they are of the first half.

    Where the length is traced, so is the half of it: the value there is computed as the others are, and not by another
    rounding, which would put a constant in the place of the value in the middle, and take its gradient.
    """
    if ends.limits is None:
        return lambda first, value: value
    start, end = ends.limits
    half = xp.where(length > 0, 0.5, 0.0)
    exact = ends.fall(Quotient(xp, half, 0.0) if ends.fine else half)
    middle = xp.minimum(xp.maximum(exact, xp.minimum(start, end)), xp.maximum(start, end))
    rises = start <= end

    def in_order(first: Any, value: Any) -> Any:
        return xp.held(value, middle, first == rises)

    return in_order


def _halves(xp: Namespace, ends: Ends) -> tuple[Function | None, Function]:
    """The two ends, each kept on its side of the middle."""
    rise, fall = ends.rise, ends.fall
    if rise is None or ends.limits is None:
        return rise, fall
    in_order = _in_order(xp, ends, 1)
    return lambda x: in_order(True, rise(x)), lambda x: in_order(False, fall(x))
