"""Fractions of a length with the digits that a division rounds away.

A power of a fraction multiplies the rounding of the fraction, and so does an exponential of a multiple of it. A ramp
that minds is given `x` as a float and the rest. A function of both is a mean of its values at the two floats beside
their sum. Neighbours share these, so a function that never turns between floats does not turn between the steps of a
long ramp either.
"""

from collections.abc import Callable
from typing import Any

from .digits import Digits

__all__ = ["Quotient", "divider", "pair_sum", "steady"]

Namespace = Any


class Quotient(Digits):
    """A number that is not negative, as the float `value`, and the small `rest` that it lacks."""

    def __init__(self, xp: Namespace, value: Any, rest: Any) -> None:
        self.xp = xp
        self.value = value
        self.rest = rest

    def __rsub__(self, whole: Any) -> "Quotient":
        """What is left of a whole that is no smaller; the subtractions that follow the first are exact."""
        value = whole - self.value
        return type(self)(self.xp, value, (whole - value) - self.value - self.rest)

    def __mul__(self, factor: Any) -> "Quotient":
        """A multiple of it. Products of numbers cut to half their digits are exact, and so is what they lack."""
        xp, value = self.xp, self.value * factor
        head, head_of_factor = xp.short(self.value), xp.short(factor)
        tail, tail_of_factor = self.value - head, factor - head_of_factor
        lost = (head * head_of_factor - value) + head * tail_of_factor + tail * head_of_factor + tail * tail_of_factor
        return Quotient(xp, value, lost + self.rest * factor)

    def __pow__(self, exponent: Any) -> Any:
        return self.through(lambda base: self.xp.power(base, exponent))

    def __rpow__(self, base: Any) -> Any:
        return self.through(lambda exponent: base**exponent)

    def through(self, function: Callable[[Any], Any]) -> Any:
        """A function of it that is steady from one float to the next; that of 0 where it is next to nothing."""
        xp = self.xp
        if xp.holds(self.rest == 0):
            return function(self.value)
        is_some = self.value > 2 * xp.largest**-0.5
        value = xp.where(is_some, self.value, 1.0)
        nearest = value + self.rest
        rest = self.rest - (nearest - value)
        beside = _beside(xp, nearest, rest, xp.eps)
        here, there = function(nearest), function(beside)
        large = xp.where(here < xp.largest**-0.5, xp.eps**-2, 1.0)  # no difference is lost as a subnormal number
        mean = _mean(here * large, there * large, _part(xp, nearest, rest, beside)) / large
        return xp.where(is_some, mean, function(0.0))


def steady(xp: Namespace, function: Callable[[Any], Any], steps: Any) -> Callable[[Any], Any]:
    """A function of the fractions of some steps, whose rounding does not make it turn back from one to the next.

    Logarithms and exponentials are right to an ulp or two, and may turn back between floats. Where the fractions are
    so near each other, it is the mean of the function at the two numbers of half the digits beside the fraction. From
    one of these to the next it changes by more than its rounding, and is straight but for less than that.
    """
    if xp.holds(steps * xp.eps < 1 / 64):
        return function

    def value(x: Any) -> Any:
        if xp.holds(xp.short(x) == x):
            return function(x)
        is_some = x > 2 * xp.largest**-0.5
        some = xp.where(is_some, x, 0.5)
        near = xp.short(some)
        beside = xp.short(_beside(xp, near, some - near, xp.short_eps))
        mean = _mean(function(near), function(beside), _part(xp, near, some - near, beside))
        return xp.where(is_some, mean, function(0.0))

    return value


def _beside(xp: Namespace, number: Any, rest: Any, eps: Any) -> Any:
    """The next number on the side of the rest: from 5/8 to 5/4 of the way to it, which is then rounded."""
    away = number * (0.625 * eps)
    return number + xp.where(rest > 0, away, -away)


def _part(xp: Namespace, number: Any, rest: Any, beside: Any) -> Any:
    """How far `number + rest` is on the way to the number beside it, at most half of it."""
    return xp.minimum((rest / number) / ((beside - number) / number), 0.5)


def _mean(here: Any, there: Any, part: Any) -> Any:
    """What lies that far on the straight line from here to there."""
    return here + (there - here) * part


Pair = tuple[Any, Any]
"""A number as a float and the rest of it."""


def pair_sum(a: Pair, b: Pair) -> Pair:
    """The sum of two numbers, as a float and the rest of it."""
    near = a[0] + b[0]
    of_b = near - a[0]
    return near, (a[0] - (near - of_b)) + (b[0] - of_b) + (a[1] + b[1])


def divider(xp: Namespace, length: Any, part: Pair | None = None) -> Callable[..., Quotient]:
    """Division by a length and a part of a step, of a number of steps and a part of one, none of them negative.

    The quotient is cut to half its digits, so that its product with the first half of the length is exact; what is left
    of the steps, divided again, is what the quotient lacks. Steps that are floats are those of a rounded length.
    """

    def halves(length: Pair) -> tuple[Any, Any, Any]:
        near, rest = length if part is None else pair_sum(length, part)
        head = xp.short(near)
        return near, head, (near - head) + rest

    near, rest = xp.in_floats(length)
    counted, rounded = halves((near, rest)), halves((near, 0.0))

    def divide(steps: Any, more: Pair | None = None) -> Quotient:
        whole, head, tail = counted if xp.is_counted(steps) else rounded
        pair = xp.in_floats(steps)
        near, rest = pair if more is None else pair_sum(pair, more)
        value = near / whole
        short = xp.short(value)
        left = (near - short * head) - short * tail + rest
        return Quotient(xp, value, left / whole - (value - short))

    return divide
