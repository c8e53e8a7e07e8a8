"""The sum over past updates that is in the bound, for very many numbers of updates at once."""

from typing import Any

import numpy as np

__all__ = ["past_sums"]

LEAF = 64
"""Groups of so few updates are summed term by term."""

FAR, TERMS = 4.0, 26
"""A group this many half widths away is summed by so many terms of an expansion: 4**-26 is below a rounding."""

BLOCK = 4_096
"""So many sums are added to at a time."""


def past_sums(rates: Any, weights: Any, last: Any) -> Any:
    """The sum over k < l of weights[k] / (rates[k + 1] + ... + rates[l]), for each l of `last`.

    Groups of updates that are far away on the clock of the summed rates are expanded around their middle; the groups
    grow with the distance. All of n sums take about n*log(n) operations.

    Args:
        rates: the rates, greater than 0.
        weights: a weight for each rate.
        last: places in `rates`, rising.
    """
    clock, rest = _clock(rates)
    now, now_rest, least, result = clock[last], rest[last], rates[last], np.zeros(len(last))

    def add(start: int, stop: int, end: int) -> None:
        """Add the updates `start` to `stop` to all later sums before `end`."""
        begin = int(np.searchsorted(last, start, "right"))
        if begin >= end:
            return
        middle = (clock[start] + clock[stop - 1]) / 2
        lost = (clock[start] - middle + (clock[stop - 1] - middle) + rest[start] + rest[stop - 1]) / 2
        half = max(clock[stop - 1] - clock[start] + (rest[stop - 1] - rest[start]), 0.0) / 2
        ahead = now[begin:end] - middle + (now_rest[begin:end] - lost)
        first = max(int(np.searchsorted(last, stop)), begin + int(np.searchsorted(ahead, FAR * half, "right")))
        first = min(first, end)
        if first < end:
            some = slice(start, stop)
            offsets = (clock[some] - middle + (rest[some] - lost)) / (half or 1.0)
            result[first:end] += _expanded(offsets, weights[some], ahead[first - begin :], half)
        if stop - start > LEAF:
            cut = (start + stop) // 2
            add(start, cut, first)
            add(cut, stop, first)
            return
        for block in (slice(at, min(at + BLOCK, first)) for at in range(begin, first, BLOCK)):
            past = np.arange(start, stop) < last[block, None]
            distances = (now[block, None] - clock[start:stop]) + (now_rest[block, None] - rest[start:stop])
            distances = np.maximum(distances, least[block, None])
            result[block] += np.where(past, weights[start:stop] / np.where(past, distances, 1.0), 0.0).sum(1)

    add(0, len(rates), len(last))
    return result


def _clock(rates: Any) -> tuple[Any, Any]:
    """The running sum of the rates, and what its rounding has lost."""
    clock = np.cumsum(rates)
    before = np.concatenate([[0.0], clock[:-1]])
    added = clock - before
    return clock, np.cumsum((before - (clock - added)) + (rates - added))


def _expanded(offsets: Any, weights: Any, distances: Any, half: float) -> Any:
    """The sum of weights/(distance - half*offset), as powers of half/distance."""
    moments: list[Any] = []
    for _ in range(TERMS):
        moments.append(weights.sum())
        weights = weights * offsets
    result, near = np.zeros_like(distances), half / distances
    for moment in reversed(moments):
        result = result * near + moment
    return result / distances
