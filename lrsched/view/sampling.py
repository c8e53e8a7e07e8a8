"""The steps at which a schedule is looked at: how far, and how densely."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays.numbers import last_step
from ..core.parameters import Stretch, kind_of
from ..core.pieces import length_of
from ..core.schedule import Schedule

__all__ = ["Curve", "Looked", "Steps", "Values", "blocks", "curve", "last_shown", "turns", "values_at"]

Looked: TypeAlias = Any
"""What can be looked at: a schedule, a callable or a number, as a child is."""

Steps: TypeAlias = NDArray[np.int64]
Values: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = tuple[Steps, Values]

DENSE = 2**18
"""A curve of fewer steps is computed at every one of them, a longer one at so many."""

BLOCK = 2**16
"""So many steps are looked at at a time."""


def last_shown(things: Iterable[Looked]) -> int:
    """The last step that is shown unless one is given.

    It is the longest length; where nothing has an end, ten times the longest time; where there is none, 1000.

    >>> import lrsched
    >>> last_shown([lrsched.linear(1.0, 0.0, 50), lrsched.inverse_sqrt(1.0, 400)])
    50
    >>> last_shown([lrsched.inverse_sqrt(1.0, 400)]), last_shown([lrsched.constant(1.0)])
    (4000, 1000)
    """
    things = list(things)
    length = max((int(length_of(thing) or 0) for thing in things), default=0)
    longest = max(map(_longest_time, things), default=0)
    return length or math.ceil(min(10 * longest, last_step)) or 1000


def _longest_time(thing: Looked) -> float:
    """The greatest number of steps among the parameters of a schedule, or 0."""
    if not isinstance(thing, Schedule):
        return 0
    longest, factor = 0, 1
    for parameter, value in zip(thing.formula.parameters.values(), thing.values, strict=True):
        if parameter.kind is kind_of(Stretch):
            factor = value
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Schedule):
                longest = max(longest, _longest_time(item))
            elif parameter.kind.duration and item is not None:
                longest = max(longest, abs(item))
    return longest * factor


def turns(thing: Looked, end: int) -> list[int]:
    """The steps up to `end` at which another formula begins to speak, and the one from which the value holds."""
    found: set[Any] = {*thing.boundaries, thing.length or 0} if isinstance(thing, Schedule) else set()
    return sorted({int(step) for step in found if 0 < step <= end})


def values_at(thing: Looked, steps: Steps) -> Values:
    """The values at an array of steps, as they are: also infinite ones, and NaN."""
    if not callable(thing):
        return np.full(steps.shape, thing, np.float64)
    function: Callable[[Any], Any] = thing
    with np.errstate(all="ignore"):
        try:
            found = np.asarray(function(steps)).astype(np.float64, casting="same_kind")
            return np.broadcast_to(found, steps.shape)
        except (TypeError, ValueError):  # there is a plain function in it, which takes one number
            return np.array([float(function(step)) for step in steps.tolist()])


def curve(thing: Looked, end: int, columns: int) -> Curve:
    """Steps and values up to `end` that draw, on so many columns, the curve that all steps would draw.

    Of each column the first, the least, the greatest and the last value are kept, so that no peak is lost.
    """
    steps = _dense(turns(thing, end), end)
    values = values_at(thing, steps)
    if len(steps) <= 4 * columns:
        return steps, values
    kept = np.unique(list(_corners(values, columns)))
    return steps[kept], values[kept]


def _dense(inside: list[int], end: int) -> Steps:
    """Every step, or very many, evenly spread, and those next to a turn."""
    if end < DENSE:
        return np.arange(end + 1)
    around = np.array([step - before for step in inside for before in (1, 0)], np.int64)
    return np.unique(np.concatenate([np.linspace(0, end, DENSE).astype(np.int64), around]))


def _corners(values: Values, columns: int) -> Iterator[int]:
    """The places of the first, the least, the greatest and the last value of each column."""
    finite = np.isfinite(values)
    low, high = np.where(finite, values, np.inf), np.where(finite, values, -np.inf)
    edges = [len(values) * column // columns for column in range(columns + 1)]
    for start, stop in pairwise(edges):
        yield from (start, start + int(low[start:stop].argmin()), start + int(high[start:stop].argmax()), stop - 1)


def blocks(steps: range) -> Iterator[Steps]:
    """Very many steps, some at a time."""
    for start in range(0, len(steps), BLOCK):
        part = steps[start : start + BLOCK]
        yield np.arange(part.start, part.stop, part.step)
