"""The namespace of Python numbers: `math`, with the ends of its domains made total.

A module, as NumPy is one, so that a formula calls its words as fast as it would call those of `math`.
"""

import sys
from fractions import Fraction
from math import exp as _exp, expm1, floor, log, log1p, sin, sqrt
from typing import Any

from .quotients import divider as _divider, steady as _steady

__all__ = [
    "divider",
    "either",
    "exp",
    "expm1",
    "floor",
    "grow",
    "held",
    "holds",
    "in_floats",
    "is_counted",
    "log",
    "log1p",
    "maximum",
    "meant",
    "minimum",
    "of_floats",
    "power",
    "short",
    "sin",
    "sqrt",
    "stairs",
    "steady",
    "where",
]

name = "numbers"
"""What a bound function is kept under."""

last_step = 2**53
"""The largest step count: every integer up to here is a float64."""

int_dtype = int
"""Steps are integers, of any size."""

eps = sys.float_info.epsilon
"""How far rounding may move 1."""

short_eps = 2.0**-25
"""How far `short` may move 1."""

largest = sys.float_info.max
"""The largest float."""

largest_exponent = log(largest) / 2
"""`exp` holds its value from here on, so that a schedule that grows never becomes infinite, nor a product of two."""


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where `condition` holds, else `no`."""
    return yes if condition else no


def either(condition: Any, yes: Any, no: Any) -> Any:
    """One of two functions."""
    return yes if condition else no


def holds(condition: Any) -> bool:
    """Whether a condition is known to hold."""
    return condition


def of_floats() -> Any:
    """The namespace of Python numbers itself, which are of any size."""
    return sys.modules[__name__]


def meant(number: float | Fraction) -> Fraction:
    """The fraction that a number stands for: of a float not the binary number next to it.

    A decimal of up to 12 digits is meant as it is written. One of more digits was computed, and is the simplest
    fraction that rounds to it.

    >>> meant(0.1), meant(7 / 29)
    (Fraction(1, 10), Fraction(7, 29))
    """
    if isinstance(number, (int, Fraction)):
        return Fraction(number)
    decimal = Fraction(repr(number))
    if decimal == Fraction(f"{number:.12g}"):
        return decimal
    nearest = (Fraction(number).limit_denominator(10**digits) for digits in range(1, 9))
    return next((fraction for fraction in nearest if float(fraction) == number), decimal)


def stairs(steps: Any, late: Any = 0) -> Any:
    """The number of times that `late` and a step hold `steps`, as a function of the step."""
    above, below = meant(steps).as_integer_ratio()
    if late:
        more, parts = late.as_integer_ratio()
        return lambda t: (t * parts + more) * below // (above * parts)
    if below == 1:
        return lambda t: t // above
    return lambda t: t * below // above


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two numbers."""
    return a if a < b else b


def maximum(a: Any, b: Any) -> Any:
    """The larger of two numbers."""
    return a if a > b else b


def held(value: Any, limit: Any, below: bool) -> Any:
    """A value held below a limit, or above it."""
    return minimum(value, limit) if below else maximum(value, limit)


def in_floats(steps: Any) -> tuple[float, float]:
    """A number of steps as a float, and the rest of it."""
    near = float(steps)
    return near, float(steps - Fraction(near)) if isinstance(steps, Fraction) else 0.0


def is_counted(t: Any) -> bool:
    """Whether a step is an integer."""
    return isinstance(t, int)


def short(x: float) -> float:
    """A number rounded to half its digits."""
    scaled = x * 2.0**27 + x
    return scaled - (scaled - x)


def divider(length: Any, part: Any = None) -> Any:
    """Division by a length, and a part of a step in two floats, that keeps the digits which it rounds away."""
    return _divider(of_floats(), length, part)


def steady(function: Any, steps: Any) -> Any:
    """A function of the fractions of some steps, whose rounding does not make it turn back from one to the next."""
    return _steady(of_floats(), function, steps)


def exp(x: Any) -> Any:
    """e**x, held at the square root of the largest float."""
    return _exp(x if x < largest_exponent else largest_exponent)


def power(x: Any, exponent: Any) -> Any:
    """x**exponent for 0 <= x <= 1 and exponent > 0."""
    return x**exponent


def grow(rate: Any, exponent: Any) -> Any:
    """rate**exponent for rate > 0 and exponent >= 0, held at the square root of the largest float."""
    if rate > 1 and exponent * log(rate) > largest_exponent:
        return _exp(largest_exponent)
    return rate**exponent
