"""What numbers of 32 bits need: steps that do not overflow, and exponents that are not rounded."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

import math

from ...core import numbers as xp

__all__ = ["exp", "grow", "power", "stairs"]


def exp(x):
    """e**x, held before it overflows."""
    return xp.exp(xp.minimum(x, 44.3614195558365))


def grow(rate, exponent):
    """rate**exponent, by the logarithm of the Python number, since float32 rounds a rate; held before it overflows."""
    return xp.exp(xp.minimum(exponent * math.log(rate), 44.3614195558365))


def power(x, exponent):
    """x**exponent, with the part of the exponent that float32 does not hold."""
    near = (2**29 + 1) * exponent - ((2**29 + 1) * exponent - exponent)
    return x**near * (1 + (exponent - near) * xp.log(xp.maximum(x, 1e-37)))
