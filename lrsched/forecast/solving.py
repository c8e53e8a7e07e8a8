"""The robust fit of one law to some curves."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .curves import Curve, grouped
from .falls import COARSE, FINE, Falls, at_times
from .formulas import FORMULAS, loss_of
from .settings import DEFAULT, Settings

__all__ = ["Solution", "predicted", "solve"]

EASED = (1e-1, 1e-2)
"""The scale of the Huber loss in the first passes, which find the region."""

SMALL = 1e-3
"""So small a part of a standard deviation is taken for a slope."""

HEIGHT = 0.04
"""B is typically so large a part of the loss, in units of the peak."""

STARTS = ((0.9, 0.4, -0.5), (0.9, 0.4, 0.5), (0.6, 0.2, 0.0))
"""L0 over the least loss, alpha, and by how many spreads the other parameters are shifted."""

LOWEST, HIGHEST = -40.0, 20.0
"""The logarithm of a parameter is kept between these; that of alpha below 3."""


class Solution(NamedTuple):
    """A law that was fitted, its parameters in units of the rate."""

    name: str
    parameters: tuple[float, ...]
    logs: Any
    """Their logarithms in units of the peak: the start of another fit."""
    cost: float
    noise: float
    """The median size of the residuals of the logarithm."""
    axes: tuple[tuple[float, ...], ...]
    """The parameters `SMALL` standard deviations away, along each axis of their covariance."""


class _Sample(NamedTuple):
    """A curve in units of the peak."""

    clock: Any
    falls: Falls
    logs: Any


class _Problem:
    """The residuals of a law, and their slopes by the logarithms of its parameters."""

    def __init__(
        self, name: str, curves: list[Curve], peak: float, clock: float, cells: tuple[int, int], settings: Settings
    ) -> None:
        self.formula = FORMULAS[name]
        self.samples = [_sample(curve, peak, clock, cells) for curve in curves]
        self.least = min(float(curve.losses.min()) for curve in curves)
        middle = [0.0, 0.0, 0.5, HEIGHT * self.least, *self.formula.typical]
        self.typical = np.log(np.maximum(middle, 1e-300))
        self.leaning = 1 / np.array([np.inf, np.inf, 1.0, 3.0, *self.formula.spread])
        self.lean = settings.lean
        self.alike = settings.alike
        self.seen: tuple[bytes, Any, Any] = (b"", None, None)

    def residuals(self, logs: Any) -> Any:
        """The whitened residuals of the log loss, then how far parameters are from the typical ones."""
        return self._both(logs)[0]

    def slopes(self, logs: Any) -> Any:
        """The slopes of the residuals."""
        return self._both(logs)[1]

    def _both(self, logs: Any) -> tuple[Any, Any]:
        key = logs.tobytes()
        if self.seen[0] != key:
            self.seen = (key, *self._computed(logs))
        return self.seen[1], self.seen[2]

    def _computed(self, logs: Any) -> tuple[Any, Any]:
        parameters = self.parameters(logs)
        parts = [
            (self._whitened(residuals), self._whitened(slopes))
            for residuals, slopes in (self._of(sample, parameters) for sample in self.samples)
        ]
        away, lean = self.lean * self.leaning * (logs - self.typical), np.diag(self.lean * self.leaning)
        away[:2] = 0.0
        return (np.concatenate([*(part[0] for part in parts), away]), np.concatenate([*(p[1] for p in parts), lean]))

    def _of(self, sample: _Sample, parameters: Any) -> tuple[Any, Any]:
        offset, size, alpha, height, *own = parameters
        response, slopes = self.formula.response(np, sample.falls, alpha, *own)
        drops = sample.falls.drops
        base, bend = size * sample.clock**-alpha, height * (response @ drops)
        by = [np.zeros_like(base) if slope is None else height * (slope @ drops) for slope in slopes()]
        columns = [np.full_like(base, offset), base, -alpha * np.log(sample.clock) * base - by[0], -bend]
        loss = np.maximum(offset + base - bend, 1e-6 * self.least)
        columns += [-column for column in by[1:]]
        return np.log(loss) - sample.logs, np.stack(columns, axis=-1) / loss[:, None]

    def _whitened(self, values: Any) -> Any:
        """What is new at each point of a curve, where neighbours are alike; as large as the values themselves."""
        return np.concatenate([values[:1], (values[1:] - self.alike * values[:-1]) / (1 - self.alike**2) ** 0.5])

    def noise(self, logs: Any) -> float:
        """The median size of the residuals."""
        parameters = self.parameters(logs)
        return float(np.median(np.abs(np.concatenate([self._of(sample, parameters)[0] for sample in self.samples]))))

    def parameters(self, logs: Any) -> Any:
        """The parameters, in units of the peak."""
        highest = np.full(len(logs), HIGHEST)
        highest[2] = 3.0
        return np.exp(np.clip(logs, LOWEST, highest))

    def deviation(self, residuals: Any) -> float:
        """The standard deviation of the whitened residuals, as if they were independent.

        Those of neighbouring points are alike: the variance is multiplied by (1 + r)/(1 - r), with their correlation r.
        """
        ends = np.cumsum([0, *(len(sample.logs) for sample in self.samples)])
        curves = [residuals[start:stop] for start, stop in pairwise(ends)]
        size = 1.483 * float(np.median(np.abs(residuals[: ends[-1]])))
        kept = [np.clip(curve, -3 * size, 3 * size) for curve in curves]
        alike = sum(float(curve[1:] @ curve[:-1]) for curve in kept)
        correlation = min(max(alike / max(sum(float(curve @ curve) for curve in kept), 1e-300), 0.0), 0.95)
        return max(size, 1e-12) * ((1 + correlation) / (1 - correlation)) ** 0.5

    def starts(self) -> list[Any]:
        """Where to look for parameters first."""
        found: list[Any] = []
        for part, alpha, shift in STARTS:
            own = self.typical[4:] + shift / self.leaning[4:]
            found.append(
                np.concatenate([np.log([self.least * part, self.least * (1 - part), alpha]), [self.typical[3]], own])
            )
        return found


def _sample(curve: Curve, peak: float, clock: float, cells: tuple[int, int]) -> _Sample:
    total, falls = at_times(curve.rates / peak, 1.0, curve.steps, cells)
    unit = clock / peak
    return _Sample(total / unit, falls._replace(before=falls.before / unit), np.log(curve.losses))


def solve(
    name: str,
    curves: list[Curve],
    peak: float,
    *,
    most: int,
    starts: Iterable[Any] = (),
    cells: tuple[int, int] = COARSE,
    settings: Settings = DEFAULT,
) -> Solution:
    """The law of a name that fits curves best: a Huber loss on the log loss, with the scale lowered in steps.

    Args:
        name: the name of the law.
        curves: the curves.
        peak: the rate that the drops of other peaks are counted from.
        most: of longer curves, neighbouring points are taken together.
        starts: logarithms of the parameters to begin with; a few typical ones without.
        cells: how falls are taken together.
        settings: the scale of the Huber loss, and how far the fit leans to typical parameters.
    """
    from scipy.optimize import least_squares  # an extra  # pyright: ignore[reportMissingTypeStubs]

    clock = max(float(curve.clock[-1]) for curve in curves)
    problem = _Problem(name, [grouped(curve, most) for curve in curves], peak, clock, cells, settings)
    given = list(starts)

    def descend(logs: Any, scale: float, tolerance: float) -> Any:
        problem.seen = (b"", None, None)
        return least_squares(
            problem.residuals,
            logs,
            jac=problem.slopes,  # pyright: ignore[reportArgumentType]  (a function is taken, too)
            loss="huber",
            f_scale=scale,
            x_scale="jac",
            max_nfev=100,
            ftol=tolerance,
            xtol=tolerance,
        )

    found: list[Any] = []
    for logs in given or problem.starts():
        for scale in () if given else EASED:
            logs = descend(logs, scale, 1e-4).x
        found.append(descend(logs, settings.huber, 1e-10 if given else 1e-6))
    best = min(found, key=lambda each: each.cost)
    for _ in range(3 if cells == FINE else 0):  # there is hardly any noise: the curves are trusted more
        problem.lean = min(max(problem.noise(best.x), 1e-12), problem.lean)
        best = descend(best.x, settings.huber, 1e-12)
    values, vectors = np.linalg.eigh(best.jac.T @ best.jac)
    deviations = vectors * (problem.deviation(best.fun) / np.maximum(values, 1e-30) ** 0.5)
    axes = (best.x + SMALL * deviations.T).tolist()

    def scaled(logs: Any) -> tuple[float, ...]:
        offset, size, alpha, height, *own = problem.parameters(logs).tolist()
        return (offset, size * clock**alpha, alpha, *problem.formula.scaled(peak, clock, alpha, height, *own))

    return Solution(
        name, scaled(best.x), best.x, float(best.cost), problem.noise(best.x), tuple(map(scaled, map(np.array, axes)))
    )


def predicted(solution: Solution, curve: Curve, peak: float) -> Any:
    """The losses that a law expects at the points of a curve."""
    total, falls = at_times(curve.rates, peak, curve.steps, COARSE)
    return loss_of(np, FORMULAS[solution.name], solution.parameters, total, falls)
