"""Words that take numbers and tensors."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

from ...core import numbers as xp

__all__ = ["maximum", "minimum", "where"]


def where(condition, yes, no):
    """Numbers or tensors, in 64 bits."""
    return xp.where(xp.flags(condition), xp.tensor(yes), xp.tensor(no))


def maximum(a, b):
    """The larger of two numbers or tensors, in 64 bits."""
    return xp.maximum(xp.tensor(a), xp.tensor(b))


def minimum(a, b):
    """The smaller of two numbers or tensors, in 64 bits."""
    return xp.minimum(xp.tensor(a), xp.tensor(b))
