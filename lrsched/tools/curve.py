"""The loss curve of a run beside the rates that it was trained with, and the statistics that are read off it."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..core.schedule import Schedule
from .suggestions import SMOOTHING

__all__ = ["Curve", "curve", "fall", "smooth"]

BLOCKS = 100
"""A trend is fitted to the medians of at most so many blocks, so that a single outlier does not count."""
FEW = 10
"""So many losses are not smoothed; of more, the weight of a new one is in inverse proportion to their number."""
ROUNDING = 1e-9
"""Changes of less than this part of the loss are rounding."""


class Curve(NamedTuple):
    """Losses, the steps that they were measured at, and the rate at each of them."""

    schedule: Schedule
    steps: Any
    losses: Any
    rates: Any

    def only(self, chosen: Any) -> "Curve":
        """Some of the points, by a slice or a mask."""
        return Curve(self.schedule, self.steps[chosen], self.losses[chosen], self.rates[chosen])

    def before(self, step: int) -> "Curve":
        """The points before an explosion, up to the lowest smoothed loss."""
        calm = self.only(self.steps < step)
        return calm.only(slice(1 + int(smooth(calm.losses).argmin()))) if len(calm.losses) else calm

    @property
    def noise(self) -> float:
        """The standard deviation of a single loss, from the median difference of neighbours."""
        if len(self.losses) < 3:
            return 0.0
        apart = np.diff(self.losses)
        return float(1.4826 / math.sqrt(2) * np.median(np.abs(apart - np.median(apart))))


def curve(schedule: Schedule, steps: Any, losses: Any) -> Curve:
    """The losses with the rates of a schedule."""
    with np.errstate(all="ignore"):  # of callables
        rates = np.asarray(schedule(steps), dtype=float)
    return Curve(schedule, steps, losses, rates)


def smooth(losses: Any) -> Any:
    """The smoothed losses: a new loss has the weight 0.05 of the range test, in a short log a larger one."""
    found, at, weight = np.empty(len(losses)), losses[0], max(SMOOTHING, min(1.0, FEW / len(losses)))
    for place, loss in enumerate(losses.tolist()):
        at += weight * (loss - at)
        found[place] = at
    return found


def fall(losses: Any) -> tuple[float, float]:
    """How far a straight line through some losses falls from the first to the last, and its standard error."""
    blocks = np.array_split(losses, min(BLOCKS, len(losses)))
    y = np.array([np.median(block) for block in blocks])
    x = np.linspace(-0.5, 0.5, len(y))
    slope = float(x @ y / (x @ x))
    rest = y - y.mean() - slope * x
    error = math.sqrt(float(rest @ rest) / max(len(y) - 2, 1) / float(x @ x))
    return -slope, max(error, ROUNDING * float(np.abs(y).max()))
