"""Cross-validation on the curves that a law is fitted to: how well each law predicts what it has not seen."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .curves import Curve, before, late
from .settings import DEFAULT, Settings
from .solving import predicted, solve

__all__ = ["Errors", "Fold", "FEWEST", "errors_of", "folds_of", "left_out", "means_of", "weights_of"]

CUTS = (1 / 3, 1 / 2)
"""Parts of the greatest sum of rates after which the losses are held out."""

FEWEST = 16
"""A fold is fitted to so many points or more."""

POINTS = 128
"""In a fold, so many points of each curve or fewer."""


class Fold(NamedTuple):
    """Curves to fit, and points to predict: those of another curve, or later ones."""

    ahead: bool
    """Whether the points are later ones."""
    fitted: list[Curve]
    held_out: list[Curve]

    @property
    def distances(self) -> Any:
        """For each point held out, the logarithm of its sum of rates over the greatest one that is fitted."""
        clock = max(float(curve.clock[-1]) for curve in self.fitted)
        return np.log(np.concatenate([curve.clock for curve in self.held_out]) / clock)


class Errors(NamedTuple):
    """How far forecasts are off, as standard deviations of the log loss."""

    shape: float
    """For a schedule that was not fitted."""
    horizon: float
    """For each factor e that a run goes beyond the fitted ones, in the sum of its rates."""


def folds_of(curves: list[Curve], settings: Settings = DEFAULT, cuts: Sequence[float] = CUTS) -> list[Fold]:
    """All ways to hold out a curve, or what comes after a time, in which a fall and enough points remain."""
    return [fold for fold in _all(curves, settings.skipped, cuts) if _is_enough(fold)]


def _all(curves: list[Curve], skipped: float, cuts: Sequence[float]) -> Iterator[Fold]:
    for index in range(len(curves) if len(curves) > 1 else 0):
        yield Fold(False, late(curves[:index] + curves[index + 1 :], skipped), [curves[index]])
    for cut in cuts:
        yield Fold(True, late(before(curves, cut), skipped), late(curves, cut))


def _is_enough(fold: Fold) -> bool:
    points = sum(len(curve.steps) for curve in fold.fitted)
    return points >= FEWEST and bool(fold.held_out) and any(curve.falls for curve in fold.fitted)


def left_out(
    name: str, folds: list[Fold], peak: float, done: Callable[[], object], settings: Settings = DEFAULT
) -> list[Any]:
    """For each fold, by how much the logarithm of the loss that a law predicts is too high."""
    found: list[Any] = []
    for fold in folds:
        solution = solve(name, fold.fitted, peak, most=POINTS, settings=settings)
        logs = [np.log(predicted(solution, curve, peak) / curve.losses) for curve in fold.held_out]
        found.append(np.concatenate(logs))
        done()
    return found


def weights_of(errors: list[list[Any]], settings: Settings = DEFAULT) -> Any:
    """The weights of laws in their mean, from the mean absolute error over the folds."""
    if not errors[0]:
        return np.full(len(errors), 1 / len(errors))
    sizes = [np.mean([np.abs(fold).mean() for fold in each]) for each in errors]
    weights = np.maximum(sizes, 1e-12) ** -settings.power
    return weights / weights.sum()


def means_of(errors: list[list[Any]], settings: Settings = DEFAULT) -> list[Any]:
    """For each fold the error of the mean of laws, whose weights come from the other folds."""
    count = len(errors[0])
    found: list[Any] = []
    for index in range(count):
        others = [at for at in range(count) if at != index]
        weights = weights_of([[each[at] for at in others] for each in errors], settings)
        found.append(np.average([each[index] for each in errors], axis=0, weights=weights))
    return found


def errors_of(folds: list[Fold], misses: list[Any]) -> Errors:
    """The errors of a forecast, from those over the last quarter of the points of each fold."""
    ends = [miss[-max(len(miss) // 4, 1) :] for miss in misses]
    shapes = [end.mean() ** 2 for fold, end in zip(folds, ends, strict=True) if not fold.ahead]
    slopes: list[float] = []
    for fold, miss in zip(folds, misses, strict=True):
        far = fold.distances > 0.5 * fold.distances.max()
        if fold.ahead and far.any():
            slopes.append(float((miss[far].mean() / fold.distances[far].mean()) ** 2))
    horizon = float(np.mean(slopes)) ** 0.5 if slopes else 0.0
    return Errors(float(np.mean(shapes)) ** 0.5 if shapes else horizon, horizon)
