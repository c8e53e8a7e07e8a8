"""The namespace of Python numbers: `math`, with the ends of its domains made total.

A module, as NumPy is one, so that a formula calls its words as fast as it would call those of `math`.
"""

import sys
from fractions import Fraction
from math import exp as _exp, expm1, floor, log, log1p, nextafter, sin, sqrt
from typing import Any

from .stairs import count_ratio

__all__ = [
    "exp",
    "expm1",
    "float_of",
    "floor",
    "grow",
    "is_counted",
    "is_known_true",
    "log",
    "log1p",
    "maximum",
    "meant",
    "minimum",
    "of_floats",
    "power",
    "sin",
    "sqrt",
    "stairs",
    "where",
]

name = "numbers"
"""The key under which a schedule keeps its function."""

last_step = 2**53
"""The largest step: every integer up to here is a float64."""

first_step = -(2**53)
"""The least number of steps that can be subtracted from a step."""

widest = 2**1023
"""The largest integer; Python has none, and this one is a float."""

int_dtype = int
"""Steps are integers, of any size."""

largest = sys.float_info.max
"""The largest float."""

largest_exponent = log(largest) / 2
"""`exp` holds its value from here on, so that a schedule that grows never becomes infinite, nor a product of two."""


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where `condition` holds, else `no`."""
    return yes if condition else no


def is_known_true(condition: Any) -> bool:
    """Whether a condition is known to hold."""
    return bool(condition)


def of_floats() -> Any:
    """The namespace whose steps are floats: Python numbers mix."""
    return sys.modules[__name__]


PLAIN_BITS = 24
"""A float of so few significant bits is what it is, and no rounded decimal."""


def meant(number: float | Fraction) -> Fraction:
    """The fraction that a number stands for; of a float not always the binary number that it is.

    A float of few significant bits, such as a power of two, is itself. A decimal of up to 12 digits is read as it is
    written. A float of more digits was computed, and stands for the simplest fraction that rounds to it.

    >>> meant(0.1), meant(7 / 29), meant(2.0**-40) == Fraction(1, 2**40)
    (Fraction(1, 10), Fraction(7, 29), True)
    """
    if isinstance(number, (int, Fraction)):
        return Fraction(number)
    binary = Fraction(number)
    odd = binary.numerator // (binary.numerator & -binary.numerator or 1)
    if abs(odd).bit_length() <= PLAIN_BITS:
        return binary
    decimal = Fraction(repr(number))
    if decimal == Fraction(f"{number:.12g}"):
        return decimal
    nearest = (binary.limit_denominator(10**digits) for digits in range(1, 9))
    return next((fraction for fraction in nearest if float(fraction) == number), decimal)


def float_of(fraction: Fraction) -> float:
    """The float that means a fraction; where it has more digits than a float holds, one that means a little less.

    >>> meant(float_of(Fraction(7, 29)))
    Fraction(7, 29)
    """
    nearest = float(fraction)
    return nearest if meant(nearest) <= fraction else nextafter(nearest, 0.0)


def stairs(steps: Any, late: Any = 0) -> Any:
    """The number of times that `late` and a step hold `steps`, as a function of the step."""
    above, below = meant(steps).as_integer_ratio()
    if late:
        more, parts = meant(late).as_integer_ratio()
        return lambda t: (t * parts + more) * below // (above * parts)
    return count_ratio(above, below)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two numbers."""
    return a if a < b else b


def maximum(a: Any, b: Any) -> Any:
    """The larger of two numbers."""
    return a if a > b else b


def is_counted(t: Any) -> bool:
    """Whether a step is an integer."""
    return isinstance(t, int)


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
