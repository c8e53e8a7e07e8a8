"""How laws and settings compare in cross-validation, on the curves that laws are fitted to and on no others."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from lrsched.forecast.curves import Column, checked
from lrsched.forecast.fitting import fit_curves
from lrsched.forecast.folds import Fold, folds_of, left_out, means_of
from lrsched.forecast.formulas import FORMULAS
from lrsched.forecast.settings import DEFAULT, Settings

from .bench_page import table
from .forecast_runs import Experiment, ways

__all__ = ["GRID", "Errors", "Predictions", "errors_of", "of_choice", "predictions"]

CUTS = (0.25, 1 / 3, 0.5, 0.65, 0.8)
"""Parts of the greatest sum of rates after which the losses are held out: more than in a fit."""

GRID = (
    *(Settings(skipped, lean) for skipped in (0.0, 0.1, 0.2) for lean in (0.01, 0.03, 0.1)),
    *(Settings(skipped, lean, alike=0.0) for skipped in (0.0, 0.1, 0.2) for lean in (0.003, 0.01, 0.03, 0.1)),
    *(DEFAULT._replace(alike=alike) for alike in (0.3, 0.7)),
    *(DEFAULT._replace(huber=huber) for huber in (3e-4, 3e-3, 1e-2)),
    *(DEFAULT._replace(power=power) for power in (0.0, 1.0, 2.0)),
)
"""The settings that are compared."""


class Errors(NamedTuple):
    """Mean absolute errors of the loss, in units of 0.0001."""

    curves: float
    """Over the curves that were held out."""
    later: float
    """Over the points after a time."""

    def __str__(self) -> str:
        return f"{self.curves:.0f}, {self.later:.0f}"


class Predictions(NamedTuple):
    """Folds, and for each law and fold by how much the logarithm of the loss that it predicts is too high."""

    folds: list[Fold]
    misses: list[list[Any]]


def predictions(experiment: Experiment, settings: Settings, laws: Iterable[str] = tuple(FORMULAS)) -> Predictions:
    """What each law predicts for what is held out of the curves that are fitted."""
    curves = checked([experiment.runs[name] for name in experiment.fitted])
    peak = max(float(curve.rates.max()) for curve in curves)
    folds = folds_of(curves, settings, CUTS)
    return Predictions(folds, [left_out(name, folds, peak, lambda: None, settings) for name in laws])


def errors_of(found: Predictions, settings: Settings, law: int | None = None) -> Errors:
    """The errors of a law, or of the mean of all, whose weights in a fold come from the other folds."""
    means = means_of(found.misses, settings) if law is None else found.misses[law]
    errors: dict[bool, list[float]] = {False: [], True: []}
    for fold, miss in zip(found.folds, means, strict=True):
        losses = np.concatenate([curve.losses for curve in fold.held_out])
        errors[fold.ahead].append(1e4 * float(np.abs(losses * np.expm1(miss)).mean()))
    return Errors(*(float(np.mean(errors[ahead])) for ahead in (False, True)))


def _row(label: list[str], errors: list[Errors]) -> list[str]:
    """A row of a table; its last cell is the geometric mean of all errors, by which settings are chosen."""
    return [*label, *map(str, errors), f"{np.exp(np.mean(np.log(errors))):.1f}"]


def of_choice(experiments: list[Experiment]) -> str:
    """Tables of the errors by settings, and by law."""
    names = [experiment.name for experiment in experiments]
    found: dict[Settings, list[Predictions]] = {}
    rows = [["left out", "leaning", "Huber", "correlation", "power", *names, "geometric mean"]]
    for settings in GRID:
        fit = settings._replace(power=DEFAULT.power)  # the power changes no fit
        if fit not in found:
            found[fit] = [predictions(experiment, fit) for experiment in experiments]
        label = [f"**{each:g}**" if settings == DEFAULT else f"{each:g}" for each in settings]
        rows.append(_row(label, [errors_of(each, settings) for each in found[fit]]))
    laws = [["law", *names, "geometric mean"]]
    for index, name in enumerate(FORMULAS):
        laws.append(_row([f"`{name}`"], [errors_of(each, DEFAULT, index) for each in found[DEFAULT]]))
    laws.append(_row(["mean of all"], [errors_of(each, DEFAULT) for each in found[DEFAULT]]))
    parts = [
        "**By settings, the mean of all laws.**",
        table(rows),
        "**By law, with the default settings.**",
        table(laws),
    ]
    return "\n\n".join([*parts, f"**{names[0]}, all ways to fit three of five.**", of_ways(experiments[0])])


def of_ways(experiment: Experiment) -> str:
    """A table of the errors of fits to each three short runs of an experiment, over the others, by settings."""
    rows = [["correlation", "power", "other shapes", "longer"]]
    for alike in (0.0, DEFAULT.alike):
        for power in (2.0, DEFAULT.power):
            settings = DEFAULT._replace(alike=alike, power=power)
            errors: dict[bool, list[float]] = {False: [], True: []}
            for way in ways(experiment):
                curves = checked([way.runs[name] for name in way.fitted])
                law = fit_curves(Column("fit", "runs"), curves, settings=settings)
                for name in way.others:
                    schedule, steps, losses = way.runs[name]
                    error = float(np.abs(law.loss(schedule, steps) - losses).mean())
                    errors[name in way.longer].append(error)
            rows.append([f"{alike:g}", f"{power:g}", *(f"{np.mean(errors[longer]):.4f}" for longer in (False, True))])
    return table(rows)
