"""The falls of a rate after its warmup, and how far each lies back: all laws are sums over them."""

from typing import Any, NamedTuple

import numpy as np

__all__ = ["COARSE", "EXACT", "FINE", "Falls", "at_end", "at_times"]

COARSE, FINE, EXACT = (64, 400), (4, 6_000), (1, 2**62)
"""Falls are taken together in cells of so many steps, or in so many cells, whichever are fewer."""


class Falls(NamedTuple):
    """Falls of the rate, along the last axis of arrays that broadcast."""

    drops: Any
    """How far the rate falls before an update (a rate); negative where it rises."""
    rates: Any
    """The rate after the fall."""
    before: Any
    """The sum of the rates up to and including the first update after the fall."""
    since: Any
    """The sum of the rates from the fall on; 0 for a fall that is still ahead."""
    count: Any
    """The number of updates from the fall on; 0 for a fall that is still ahead."""


def at_end(xp: Any, rates: Any, peak: Any) -> tuple[Any, Falls]:
    """The sum of the rates of a whole run, and its falls. The rates may be traced."""
    sums, since = xp.cumulative_sum(rates), xp.flip(xp.cumulative_sum(xp.flip(rates)))
    drops = _drops(xp, rates, peak)
    before = xp.where(sums > 0, sums, 1.0)
    count = rates.shape[0] - xp.arange(rates.shape[0])
    return sums[-1], Falls(drops, rates, before, since, count)


def at_times(rates: Any, peak: float, times: Any, cells: tuple[int, int] = EXACT) -> tuple[Any, Falls]:
    """The sums of the rates after some numbers of updates, and the falls as they are seen from there.

    Neighbouring falls may be taken together, each cell of them at its centre.

    Args:
        rates: the rate of each update, float64.
        peak: the rate that the first one after the warmup is compared with.
        times: numbers of updates, from 1 to the number of rates.
        cells: how many steps there are to a cell, and how many cells at most.
    """
    sums = np.concatenate([[0.0], np.cumsum(rates)])
    drops = _drops(np, rates, peak)
    places = np.flatnonzero(drops)
    first, middle, start = places, places.astype(np.float64), sums[places]
    drops, after, before = drops[places], rates[places], sums[places + 1]
    if cells != EXACT and len(places):
        first, sizes, cell = _cells(len(rates), cells, places, np.abs(drops), times)
        middle, start, after, before = (
            np.bincount(cell, np.abs(drops) * values) / sizes for values in (middle, start, after, before)
        )
        drops = np.bincount(cell, drops)
    column = np.asarray(times)[:, None]
    past = first < column
    since, count = (
        np.where(past, np.maximum(now - then, 0.0), 0.0) for now, then in ((sums[column], start), (column, middle))
    )
    return sums[times], Falls(drops, after, before, since, count)


def _drops(xp: Any, rates: Any, peak: Any) -> Any:
    """How far each rate is below the one before; the first at the peak is compared with another peak."""
    steps, warmup = xp.arange(rates.shape[0]), xp.argmax(rates)
    falls = xp.concat([rates[:1], rates[:-1]]) - rates
    return xp.where(steps > warmup, falls, xp.where(steps == warmup, peak - rates, 0.0))


def _cells(length: int, cells: tuple[int, int], places: Any, sizes: Any, times: Any) -> tuple[Any, Any, Any]:
    """Cells that no time divides: the first fall in each, the size of all its falls, and the cell of each fall."""
    width = max(cells[0], -(-length // cells[1]))
    edges = np.union1d(np.arange(places[0], length, width), np.concatenate([times, places[:1] + 1]))
    _, first, cell = np.unique(np.searchsorted(edges, places, "right"), return_index=True, return_inverse=True)
    return places[first], np.bincount(cell, sizes), cell
