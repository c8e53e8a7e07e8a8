"""The namespace of Python numbers: `math`, with the ends of its domains made total.

A module, as NumPy is one, so that a formula calls its words as fast as it would call those of `math`.
"""

import sys
from math import exp as _exp
from math import expm1, floor, log, log1p, sin, sqrt
from typing import Any

__all__ = ["exp", "expm1", "floor", "grow", "log", "log1p", "maximum", "minimum", "power", "sin", "sqrt", "where"]

last_step = 2**53
"""The largest step count: every integer up to here is a float64."""


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where `condition` holds, else `no`."""
    return yes if condition else no


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two numbers."""
    return a if a < b else b


def maximum(a: Any, b: Any) -> Any:
    """The larger of two numbers."""
    return a if a > b else b


def exp(x: Any) -> Any:
    """e**x, or the largest float where that would overflow."""
    try:
        return _exp(x)
    except OverflowError:
        return sys.float_info.max


def power(x: Any, exponent: Any) -> Any:
    """x**exponent for 0 <= x <= 1 and exponent > 0."""
    return x**exponent


def grow(rate: Any, exponent: Any) -> Any:
    """rate**exponent for rate > 0 and exponent >= 0, or the largest float where that would overflow."""
    try:
        return float(rate) ** exponent
    except OverflowError:
        return sys.float_info.max
