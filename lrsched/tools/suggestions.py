"""What the curve of a range test says: the usual rules, and where the loss explodes."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..checks import Site, real
from ..core.safe import safe

__all__ = [
    "LEAST",
    "SMOOTHING",
    "STOP_FACTOR",
    "Numbers",
    "Suggestion",
    "Watch",
    "numbers",
    "smoothed",
    "suggest",
    "weight_of",
]

Numbers: TypeAlias = Sequence[float] | np.ndarray[Any, Any]

LEAST = 5
"""A curve of fewer points says nothing."""

SMOOTHING = 0.05
"""The weight of a new loss in the average, that of torch-lr-finder."""

STOP_FACTOR = 4.0
"""A smoothed loss above so many times the lowest one has exploded: that of fastai."""

SLIDE = 15, 0.005
"""The interval of fastai's slide, in points, and the difference of slopes at which it stops."""

BEGUN = 0.02
"""The loss has begun to fall where it stays this part of its whole fall below its beginning."""

MEDIAN = 5
"""Half of what was learned is lost by the median of so many losses, so that a single one does not count."""

BACK_OFF = 2
"""How far the best rate is below the largest one that converges, at most."""


@safe
@dataclass(frozen=True)
class Suggestion:
    """The rates that the rules suggest for a curve: where to look first, not the answer."""

    steepest: float
    """Where the smoothed loss falls fastest from one update to the next: torch-lr-finder's suggestion."""
    valley: float
    """The middle of the longest decrease: fastai's default."""
    slide: float
    """Where an interval, moved from the right, first has the same slope at both ends: fastai's `slide`."""
    minimum_over_10: float
    """A tenth of the rate with the lowest loss: fastai's `minimum`."""
    diverges: float | None
    """Where the loss begins to explode, or None if it does not."""
    falls: float
    """Where the smoothed loss begins to fall: the lower bound of Smith's cycles."""
    largest: float
    """The last rate before half of the progress is lost; if that never happens, the last rate tested."""
    back_off: float
    """Half of `largest`: by Bengio's rule, the best rate is within a factor of 2 of the largest that converges."""
    lost_at: int | None
    """The step at which half of the progress is lost, or None if that never happens."""


def suggest(rates: Numbers, losses: Numbers, *, smoothing: float = SMOOTHING) -> Suggestion:
    """The rates that the usual rules suggest for the losses of a range test.

        smooth[0] = losses[0],    smooth[i] = smoothing*losses[i] + (1 - smoothing)*smooth[i - 1]

    The loss has exploded when it is NaN or infinite, or the smoothed loss exceeds 4 times its lowest value (if that is
    negative, exceeds it by 3 times its absolute value). The explosion begins with the first loss above that limit,
    smoothed or not, after the lowest. All rules look at the smoothed losses before it.

    Args:
        rates: the rates, rising.
        losses: the loss at each rate; NaN and infinite where it has diverged.
        smoothing: the weight of a new loss (1), greater than 0 and at most 1; 1.0 leaves the losses as they are.

    Raises ValueError or TypeError for rates that do not rise, lists of different lengths, fewer than 5 losses before
    the explosion, losses that never fall, and a weight outside 0 to 1.

    Source: torch-lr-finder 0.2.2, `LRFinder.plot` (steepest, and the smoothing); fastai 2.8, `callback/schedule.py`
    (valley, slide, minimum; the explosion); Smith 2017, arXiv:1506.01186, section 3.3 (falls, and both bounds of a
    cycle); Bengio 2012, Practical recommendations, arXiv:1206.5533, section 3.1.1 (back_off).

    >>> rates = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0]
    >>> found = suggest(rates, [2.31, 2.3, 2.2, 1.9, 1.1, 0.8, 0.9, 3.6, float("nan")], smoothing=1.0)
    >>> found.steepest, found.valley, found.slide, found.minimum_over_10
    (0.001, 0.0001, 1e-06, 0.01)
    >>> found.falls, found.back_off, found.largest, found.lost_at, found.diverges
    (0.0001, 0.5, 1.0, 7, 10.0)
    """
    x, y = _curve("suggest", rates, losses)
    smooth, end = smoothed(y, weight_of(Site("suggest", "smoothing"), smoothing))
    diverges = float(x[end]) if end < len(x) else None
    smooth = smooth[:end]
    if end < LEAST:
        demand = f"must have {LEAST} losses or more before it explodes, not {end}"
        Site("suggest", "losses").refuse(losses, demand, "begin at a lower rate")
    lowest = int(smooth.argmin())
    if lowest == 0:
        Site("suggest", "losses").refuse(losses, "must fall somewhere", "begin at a lower rate, or end at a higher one")
    begin = float(np.median(smooth[: max(1, lowest // 5)]))
    lost = _lost(begin, y[:end], 1 if smoothing == 1 else MEDIAN)
    if lost is None and end < len(x):
        lost = end
    largest = float(x[(len(x) if lost is None else lost) - 1])
    return Suggestion(
        steepest=float(x[np.gradient(smooth)[: lowest + 1].argmin()]),
        valley=float(x[_valley(smooth)]),
        slide=float(x[_slide(smooth)]),
        minimum_over_10=float(x[lowest]) / 10,
        diverges=diverges,
        falls=float(x[_falls(begin, smooth, lowest)]),
        largest=largest,
        back_off=largest / BACK_OFF,
        lost_at=lost,
    )


def _falls(begin: float, smooth: Any, lowest: int) -> int:
    """The first place from which on the smoothed loss stays below its beginning, until it is lowest."""
    still = np.flatnonzero(smooth[:lowest] >= begin - BEGUN * (begin - smooth[lowest]))
    return int(still[-1]) + 1 if still.size else 0


def _lost(begin: float, losses: Any, width: int) -> int | None:
    """The first place after the lowest where the median of a few losses has lost half of the fall."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(losses, width // 2, mode="edge"), width)
    medians = np.median(around, axis=1)
    lowest = int(medians.argmin())
    half = (begin + medians[lowest]) / 2
    above = np.flatnonzero(medians[lowest:] > half)
    if not above.size:
        return None
    nearest = max(lowest + int(above[0]) - width // 2, lowest)
    return nearest + int((losses[nearest:] > half).argmax())


def _valley(smooth: Any) -> int:
    """The middle third's first half of the longest falling subsequence, taken as if it had no gaps."""
    ends: list[float] = []  # ends[n]: the highest loss, negative, in which a fall of n + 1 losses can end so far
    falls: list[int] = []
    for loss in smooth:
        place = bisect_left(ends, -loss)
        ends[place : place + 1] = [-loss]
        falls.append(place + 1)
    last = int(np.argmax(falls))
    third = falls[last] / 3
    return max(last - falls[last] + int(third) + int(third / 2), 0)


def _slide(smooth: Any) -> int:
    """The left end of an interval that slides from the right until the slopes at its ends are alike."""
    slopes, (width, threshold) = np.gradient(smooth), SLIDE
    width = min(width, len(smooth) - 1)
    left = found = len(smooth) - 1 - width
    while left >= 0 and abs(slopes[left + width] - slopes[left]) > threshold:
        found, left = left, left - 1
    return found


class Watch:
    """The smoothed loss, as losses come in, and whether it has exploded."""

    def __init__(self, weight: float, factor: float) -> None:
        self.weight, self.factor = weight, factor
        self.smooth = self.best = math.nan

    @property
    def limit(self) -> float:
        """The loss from which on it has exploded."""
        return self.best + (self.factor - 1) * abs(self.best)

    def explodes(self, loss: float) -> bool:
        """Take in a loss."""
        first = math.isnan(self.best)
        self.smooth = loss if first else self.weight * loss + (1 - self.weight) * self.smooth
        if not math.isfinite(self.smooth):
            return True
        self.best = self.smooth if first else min(self.best, self.smooth)
        return self.smooth > self.limit


def smoothed(losses: Any, weight: float) -> tuple[Any, int]:
    """The smoothed losses until they have exploded, and how many of them come before the explosion begins."""
    watch, smooth = Watch(weight, STOP_FACTOR), np.full(len(losses), math.nan)
    for end, loss in enumerate(losses.tolist()):
        if watch.explodes(loss):
            lowest = int(smooth[:end].argmin()) if end else 0
            seen = losses[lowest : end + 1]
            return smooth[:end], lowest + int((~np.isfinite(seen) | (seen > watch.limit)).argmax())
        smooth[end] = watch.smooth
    return smooth, len(losses)


# What is given.

weight_of = real(
    "must be greater than 0 and at most 1", lambda value: 0 < value <= 1, "1.0 leaves the losses as they are"
)
"""The check of a smoothing."""


def _curve(call: str, rates: Any, losses: Any) -> tuple[Any, Any]:
    x, y = numbers(Site(call, "rates"), rates), numbers(Site(call, "losses"), losses)
    if len(x) != len(y):
        Site(call, "losses").refuse(
            losses, f"must be as many as the rates, {len(x)}, not {len(y)}", "cut the longer one"
        )
    if len(x) < LEAST:
        remedy = "test more rates" if np.isfinite(y).all() else "begin at a lower rate"
        Site(call, "losses").refuse(losses, f"must be {LEAST} or more, not {len(y)}", remedy)
    if not (np.isfinite(x).all() and x[0] >= 0 and (np.diff(x) > 0).all()):
        Site(call, "rates").refuse(
            rates, "must be finite, 0 or more, and rise", "the loss at a higher rate comes later"
        )
    return x, y


def numbers(site: Site, values: Any) -> Any:
    """A list of numbers, as an array."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        site.refuse(values, "must be a list of numbers", "float(loss) makes one of a tensor", TypeError)
    if array.ndim != 1:
        site.refuse(values, "must be a list of numbers", "there is one loss for each rate", TypeError)
    return array
