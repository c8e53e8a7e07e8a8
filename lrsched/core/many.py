"""Many functions in one function of the step.

Python numbers and NumPy find the row that is asked for. Traced programs cannot branch: they evaluate every piece and
select one.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from threading import RLock
from typing import Any, Final, NamedTuple

import numpy as np

from ..arrays.namespaces import Arrays, NumPy
from ..arrays.numbers import last_step
from .clock import Function, Namespace

__all__ = ["MANY", "NO_ROWS", "Row", "Rows", "by_array", "by_selection", "evaluate"]

MANY = 4
"""From so many pieces on, NumPy finds out which are asked, and traced programs gather the numbers of one formula."""


class Row(NamedTuple):
    """`value((t - origin)/steps)` from `start` on; without `steps`, `value(t)`."""

    start: Any
    origin: Any
    steps: Any
    value: Function

    def at(self, t: Any) -> Any:
        """The values at an array of steps."""
        return self.value(t if self.steps is None else (t - self.origin if self.origin else t) / self.steps)


AFTER: Final = last_step + 1
"""The end of the last row. A larger float, such as infinity, is in no row, and is held at the last step first."""

NEVER: Final = 0, 0, 0, None, float
"""A row from its start to its end, in which no step is."""

END: Final = Row(math.inf, 0, None, float)
"""What begins after all rows."""


MAKING: Final = RLock()
"""One thread at a time makes rows. The lock is reentrant, since a row may call schedules whose rows are made then."""


class Rows:
    """A function of a Python number. Its rows are made up to the step that is asked for, and the last one is kept."""

    __slots__ = ("_known", "_made", "_rows", "_starts", "active")

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = pairwise(chain(rows, [END]))
        self._starts: list[Any] = []
        self._made: list[Any] = []
        self._known: Any = 0  # before this step, all rows are made
        self.active: Any = NEVER

    def __call__(self, t: Any) -> Any:
        """The value at a step."""
        start, end, origin, steps, value = self.active
        if not start <= t < end:
            t = max(t, 0)
            start, end, origin, steps, value = self.active = self._at(t)
        return value((t - origin) / steps) if steps else value(t)

    def _at(self, t: Any) -> Any:
        if self._known <= t:
            with MAKING:
                while self._known <= t:
                    row, after = next(self._rows)
                    self._made.append((row.start, min(after.start, AFTER), *row[1:]))
                    self._starts.append(row.start)
                    self._known = after.start
        return self._made[bisect_right(self._starts, t) - 1]


NO_ROWS: Final = Rows(iter(()))
"""What a schedule has before it is called with a number."""


def by_array(rows: Sequence[Row], dtype: Any) -> Function:
    """Rows in a function of a NumPy array: each is asked at its own steps."""
    starts = [row.start for row in rows[1:]]

    def value(t: Any) -> Any:
        t = np.asarray(t)  # a clock, or NumPy for 0-d steps, may answer with a number
        if not starts:
            return rows[0].at(t)
        if t.size == 0:
            return np.empty(t.shape)
        last = bisect_right(starts, t.max())
        first = bisect_right(starts, t.min()) if last else 0
        if first == last:
            return rows[first].at(t)
        active = np.searchsorted(starts, t, side="right")
        values = np.empty(t.shape, dtype)
        for index in range(first, last + 1) if last - first < MANY else np.unique(active):
            mine = active == index
            values[mine] = rows[index].at(t[mine])
        return values

    return value


def by_selection(
    xp: Namespace, starts: Sequence[Any], firsts: Sequence[Any], functions: Sequence[Function]
) -> Function:
    """Every function is evaluated, and the last one is selected that has started.

    `starts` need not be whole; `firsts` are the first whole steps at or after them.
    """

    def value(t: Any) -> Any:
        values = functions[0](t)
        edges = firsts if xp.is_counted(t) else starts
        for edge, function in zip(edges[1:], functions[1:], strict=True):
            values = xp.where(t >= edge, function(t), values)
        return values

    return value


BLOCK: Final = 65_536
"""So many steps of NumPy are evaluated at a time, so that what a formula computes on the way stays in the cache."""


def evaluate(function: Function, xp: Arrays, step: Any, dtype: Any) -> Any:
    """The values of a bound schedule at an array of steps."""
    if not isinstance(xp, NumPy):
        return xp.leave(function(xp.enter(step)), step, dtype)
    if step.size <= BLOCK:
        step = np.asarray(step)
        return xp.leave(function(xp.enter(step)), step, dtype)[()]
    flat = np.ravel(step)
    values = np.empty(flat.shape, dtype)
    for start in range(0, flat.size, BLOCK):
        part = slice(start, start + BLOCK)
        values[part] = xp.leave(function(xp.enter(flat[part])), flat[part], dtype)
    return values.reshape(step.shape)
