"""Many functions in one function of the step.

Python numbers and NumPy find the row that is asked for. Traced programs cannot branch: they evaluate every piece and
select one.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .clock import Function, Namespace

__all__ = ["MANY", "Row", "by_array", "by_number", "by_selection"]

MANY = 4
"""From so many pieces on, NumPy finds out which are asked, and traced programs gather the numbers of one formula."""


class Row(NamedTuple):
    """`value((t - origin)/steps)` from `start` on, the fraction held between 0 and 1; without `steps`, `value(t)`."""

    start: Any
    origin: Any
    steps: Any
    value: Function

    def at(self, t: Any) -> Any:
        """The values at an array of steps inside the row, or past its end."""
        if self.steps is None:
            return self.value(t)
        x = (t - self.origin if self.origin else t) / self.steps
        is_inside = self.steps > 0 and self.origin <= self.start
        return self.value(x if is_inside else np.maximum(x, 0.0))


def by_number(rows: Iterator[Row]) -> Function:
    """Rows in a function of a Python number; they are made up to the step that is asked for.

    The row that was found last is kept: the next step of a training loop is mostly inside it.
    """
    starts: list[Any] = []
    parts: list[Any] = []
    known = 0  # before this step, all rows are made
    active: Any = 0, 0, None, None, None  # from which step on, until which, and the row

    def find(t: Any) -> Any:
        """The row at a step, with its limits."""
        nonlocal known
        while known <= t:
            row = next(rows, None)
            known = math.inf if row is None else row.start
            if row:
                starts.append(row.start)
                parts.append(row[1:])
        index = bisect_right(starts, t)
        return starts[index - 1], starts[index] if index < len(starts) else known, *parts[index - 1]

    def value(t: Any) -> Any:
        nonlocal active
        start, end, origin, steps, function = active
        if not start <= t < end:
            t = max(t, 0)
            active = _, _, origin, steps, function = find(t)
        if steps is None:
            return function(t)
        x = (t - origin) / steps
        return function(0.0 if x < 0.0 else x if x < 1.0 else 1.0)

    return value


def by_array(rows: Sequence[Row], dtype: Any) -> Function:
    """Rows in a function of a NumPy array: each is asked at its own steps."""
    starts = [row.start for row in rows[1:]]

    def value(t: Any) -> Any:
        t = np.asarray(t)  # a clock, or NumPy for 0-d steps, may answer with a number
        if t.size == 0:
            return np.empty(t.shape)
        first, last = bisect_right(starts, t.min()), bisect_right(starts, t.max())
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
