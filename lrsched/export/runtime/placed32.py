"""Placed schedules where steps are integers of 32 bits."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

import math

from ...core import numbers as xp

__all__ = ["edge", "plus"]


def edge(time, step):
    """A time as steps are compared to it: whole ones pass it at the next whole step."""
    return math.ceil(time) if xp.is_whole(step) else float(time)


def plus(a, b):
    """The sum of two numbers of steps, held where integers of 32 bits end."""
    return a + xp.clip(b, -xp.last - xp.minimum(a, 0), xp.last - xp.maximum(a, 0)) if xp.is_whole(a) else a + b
