"""What numbers of 64 bits need to stay finite."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

import math

from ...core import numbers as xp

__all__ = ["exp", "grow"]


def exp(x):
    """e**x, held before it overflows."""
    return xp.exp(xp.minimum(x, 354.891356446692))


def grow(rate, exponent):
    """rate**exponent, held before it overflows."""
    return rate ** xp.minimum(exponent, 354.891356446692 / max(math.log(rate), 1e-300))
