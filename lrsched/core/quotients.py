"""Fractions of a length with the digits that a division rounds away.

A power of a fraction multiplies the rounding of the fraction, and so does an exponential of a multiple of it. A ramp
that minds is given `x` as a float and the rest. A function of both is a mean of its values at the two floats beside
their sum. Neighbours share these, so a function that never turns between floats does not turn between the steps of a
long ramp either.
"""

from collections.abc import Callable
from typing import Any

from .digits import Digits

__all__ = ["Quotient", "divider"]

Namespace = Any


class Quotient(Digits):
    """A number as the float `value`, and the small `rest` that it lacks."""

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

    def __rmul__(self, factor: int) -> "Quotient":
        """A multiple by a power of 2, which is exact."""
        return type(self)(self.xp, factor * self.value, factor * self.rest)

    def __pow__(self, exponent: Any) -> Any:
        return self.through(lambda base: self.xp.power(base, exponent))

    def __rpow__(self, base: Any) -> Any:
        return self.through(lambda exponent: base**exponent)

    def through(self, function: Callable[[Any], Any]) -> Any:
        """A function of it that is steady from one float to the next."""
        xp, is_some = self.xp, self.value != 0
        value = xp.where(is_some, self.value, 1.0)
        nearest = value + self.rest
        rest = self.rest - (nearest - value)
        away = abs(nearest) * (0.625 * xp.eps)  # from 5/8 to 5/4 of the way to the next float, which a sum rounds to
        beside = nearest + xp.where(rest > 0, away, -away)
        part = xp.minimum(rest / (beside - nearest), 0.5)
        large = xp.eps**-2  # hardware without subnormal numbers loses no difference of the two
        here, there = function(nearest) * large, function(beside) * large
        return xp.where(is_some, (here + (there - here) * part) / large, function(0.0))


def divider(xp: Namespace, length: Any, part: Any = 0.0) -> Callable[..., Quotient]:
    """Division by `length + part`, of a number of steps and a part of a step, none of them negative.

    The quotient is cut to half its digits, so that its product with the first half of the length is exact; what is left
    of the steps, divided again, is what the quotient lacks.
    """
    near, rest = xp.in_floats(length)
    head = xp.short(near)
    tail = (near - head) + (rest + part)
    whole = length + part

    def divide(steps: Any, more: Any = 0.0) -> Quotient:
        value = (steps + more) / whole
        short = xp.short(value)
        near, rest = xp.in_floats(steps)
        left = (near - short * head) - short * tail + (rest + more)
        return Quotient(xp, value, left / whole - (value - short))

    return divide
