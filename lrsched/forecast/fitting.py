"""Fit a law of the loss to loss curves."""

import warnings
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from ..checks import Site, guess
from .curves import Column, Curve, checked, late
from .falls import FINE
from .folds import FEWEST, POINTS, Errors, errors_of, folds_of, left_out, means_of, weights_of
from .formulas import BASE, FORMULAS
from .law import Law, Term
from .settings import DEFAULT, Settings
from .solving import Solution, solve

__all__ = ["fit", "fit_curves"]

EXACT_BELOW = 1e-4
"""Residuals of the log loss that are smaller may be due to leaning, and to falls that are taken together."""


def fit(
    runs: Iterable[tuple[Any, Any, Any]],
    *,
    law: str | None = None,
    progress: Callable[[float], object] | None = None,
) -> Law:
    """Fit a law of the loss to the loss curves of one to three runs, or more.

    The default is the mean of all laws, each with the weight 1/error**4, where the error is that of cross-validation
    on these curves: each curve is predicted from the others, and the end of all curves from their beginning. The
    errors of the mean in the same predictions, each with the weights that the others give, widen `Law.interval`.

    A law is fitted with a Huber loss (1e-3) on the logarithm of the loss, from several starts. The residuals of
    neighbouring points are taken to be correlated (0.5). Of a curve with more than 128 points, neighbours are averaged.
    Losses before a tenth of the greatest sum of rates are left out, since no law holds there. Where the curves say
    little about a parameter, the fit leans to a typical value. Falls of the rate within 64 steps are taken together,
    and within 4 where there is hardly any noise.

    Args:
        runs: for each run its schedule, the numbers of updates, rising, and the loss after each of them. The losses are
            best of held-out data, or smoothed; the first is after the warmup.
        law: "multi_power", "momentum", "power_momentum" or "functional_scaling" for one law alone.
        progress: is called with the part of the work that is done, rising to 1.

    Returns a `Law`. Three runs of 500 points and 24,000 steps take a few seconds. Needs scipy, which the extra
    `forecast` installs.

    Warns of a run that goes on after its schedule ended a decay, and of curves with too few losses to hold some out.

    Raises ValueError or TypeError for steps that do not rise, are not whole or are before the end of the warmup, losses
    that are not finite or not above 0, fewer points than twice the parameters, rates that `bound` refuses, runs whose
    rates never fall, and an unknown law.

    Source: Luo et al. 2025, arXiv:2503.12811, appendix (the Huber loss).

    >>> import lrsched
    >>> import numpy as np
    >>> steps = np.arange(200, 3_001, 50)
    >>> truth = Law((Term("momentum", 1.0, (2.0, 0.5, 0.5, 300.0, 200.0)),), peak=1e-3, clock=3.0)
    >>> plans = [lrsched.warmup_constant(1e-3, 100), lrsched.warmup_cosine(1e-3, 100, 3_000)]
    >>> law = fit([(plan, steps, truth.loss(plan, steps)) for plan in plans], law="momentum")
    >>> {name: round(value, 2) for name, value in law.parameters["momentum"].items()}
    {'L0': 2.0, 'A': 0.5, 'alpha': 0.5, 'B': 300.0, 'tau': 200.0}
    """
    return fit_curves(Column("fit", "runs"), checked(runs), law=law, progress=progress)


def fit_curves(
    runs: Column,
    curves: list[Curve],
    *,
    law: str | None = None,
    progress: Callable[[float], object] | None = None,
    settings: Settings = DEFAULT,
) -> Law:
    """`fit` on curves that are checked already; messages name the place that the runs come from."""
    if law is not None and law not in FORMULAS:
        Site("fit", "law").refuse(law, "must be the name of a law", guess(str(law), FORMULAS))
    names = list(FORMULAS) if law is None else [law]
    _check(runs, curves, settings)
    peak = max(float(curve.rates.max()) for curve in curves)
    folds = folds_of(curves, settings)
    done = _counter(progress, len(names) * (len(folds) + 1))
    misses = [left_out(name, folds, peak, done, settings) for name in names]
    weights = weights_of(misses, settings)
    if not folds:
        text = "hold too few losses for cross-validation, so that intervals show only the spread of the laws."
        warnings.warn(f"{runs.label} {text}", UserWarning, stacklevel=3)
    errors = errors_of(folds, means_of(misses, settings)) if folds else Errors(0.0, 0.0)
    solutions = [_solution(name, late(curves, settings.skipped), peak, done, settings) for name in names]
    return Law(
        tuple(
            Term(each.name, float(weight), each.parameters, each.axes)
            for each, weight in zip(solutions, weights, strict=True)
        ),
        peak=peak,
        clock=max(float(curve.clock[-1]) for curve in curves),
        noise=min(each.noise for each in solutions),
        shape=errors.shape,
        horizon=errors.horizon,
        folds=sum(not fold.ahead for fold in folds) or len(folds),
    )


def _counter(progress: Callable[[float], object] | None, total: int) -> Callable[[], object]:
    """What is called after each of so many fits."""
    number = count(1)
    return lambda: progress(next(number) / total) if progress is not None else None


def _solution(name: str, curves: list[Curve], peak: float, done: Callable[[], object], settings: Settings) -> Solution:
    """A fit from several starts; from there one to the end; and one with finer cells where that matters."""
    found = solve(name, curves, peak, most=POINTS, settings=settings)
    found = solve(name, curves, peak, most=POINTS, starts=[found.logs], settings=settings)
    if found.noise < EXACT_BELOW:
        plain = settings._replace(alike=0.0)
        found = solve(name, curves, peak, most=POINTS, starts=[found.logs], cells=FINE, settings=plain)
    done()
    return found


def _check(runs: Column, curves: list[Curve], settings: Settings) -> None:
    points = sum(len(curve.steps) for curve in late(curves, settings.skipped))
    most = len(BASE) + max(len(formula.names) for formula in FORMULAS.values())
    if points < FEWEST:
        demand = f"must hold {FEWEST} losses or more after the first tenth of the sum of rates, for {most} parameters"
        raise ValueError(f"{runs.label} {demand}, and hold {points}; give more losses, or more runs.")
    if not any(curve.falls for curve in curves):
        demand = "must hold a run whose rate falls before its last loss"
        raise ValueError(f"{runs.label} {demand}; a constant rate does not show what a cooldown does.")
