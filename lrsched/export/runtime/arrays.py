"""Schedules of arrays of steps: every piece is evaluated, and one selected."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

from ...core import numbers as xp
from .scalars import exact

__all__ = ["join", "passed", "stairs"]


def join(schedules, boundaries):
    """One schedule after another; each sees its own step 0."""

    def value(step):
        result = schedules[0](step)
        for start, schedule in zip(boundaries, schedules[1:], strict=True):
            result = xp.where(step >= start, schedule(xp.maximum(step - start, 0)), result)
        return result

    return value


def passed(length, step):
    """How many times a length has passed, in integers: 21/2 steps are counted as t//21*2 + t%21*2//21."""
    above, below = exact(length).as_integer_ratio()
    assert above * below <= xp.last
    return step // above * below + step % above * below // above


def stairs(length, value):
    """A function of how many times a length has passed."""
    return lambda step: value(passed(length, step))
