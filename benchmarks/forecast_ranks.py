"""How well the bound ranks final losses: rank correlations, and the pairs of runs that it puts in the wrong order."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from lrsched.forecast import bound, calibrate

from .bench_page import table
from .forecast_runs import Final

__all__ = ["Pairs", "correlation", "of_ranks", "of_ratios", "pairs", "ratio_of"]

RATIOS = (0.025, 0.05, 0.1, 0.2, 0.4)

Groups = dict[str, list[Final]]


def ratio_of(runs: list[Final]) -> float:
    """The ratio under which the peak of the runs with a cooldown is best: the median over them."""
    return float(np.median([calibrate(run.schedule, run.steps) for run in runs if run.kind == "wsd"]))


def correlation(runs: list[Final], ratio: float) -> float:
    """The rank correlation (Spearman) of the bound and the final loss."""
    from scipy.stats import spearmanr  # an extra

    return float(spearmanr([bound(run.schedule, run.steps, ratio) for run in runs], [run.loss for run in runs])[0])


class Pairs(NamedTuple):
    """Pairs of runs of one group: how many there are, and how many the bound puts in the wrong order."""

    all: tuple[int, int]
    one_peak: tuple[int, int]
    one_length: tuple[int, int]


def pairs(groups: Groups, ratios: dict[str, float]) -> Pairs:
    """The pairs of all groups."""
    wrong: list[tuple[bool, bool, bool]] = []
    for name, runs in groups.items():
        bounds = [bound(run.schedule, run.steps, ratios[name]) for run in runs]
        for (one, low), (other, high) in combinations(zip(runs, bounds, strict=True), 2):
            is_wrong = (low - high) * (one.loss - other.loss) < 0
            wrong.append((is_wrong, one.peak == other.peak, one.steps == other.steps))
    found = np.array(wrong)
    parts = (np.full(len(found), True), found[:, 1], found[:, 2])
    return Pairs(*((int(part.sum()), int((found[:, 0] & part).sum())) for part in parts))


def of_ranks(groups: Groups) -> str:
    """A table of the rank correlations: of all runs of a group, and of those with one peak."""
    rows = [["model, data", "runs", "ratio", "all peaks", "lower peak", "higher peak"]]
    for name, runs in groups.items():
        ratio, peaks = ratio_of(runs), sorted({run.peak for run in runs})
        parts = [[run for run in runs if run.peak == peak] for peak in peaks]
        cells = [f"{correlation(part, ratio):.2f} of {len(part)}" for part in parts]
        rows.append([name, f"{len(runs)}", f"{ratio:.3f}", f"{correlation(runs, ratio):.2f}", *cells])
    return table(rows)


def of_ratios(groups: Groups) -> str:
    """A table of the pairs in the wrong order, by the ratio."""
    rows = [["ratio", "mean rank correlation", "pairs in the wrong order", "with one peak", "of one length"]]
    own = {name: ratio_of(runs) for name, runs in groups.items()}
    middle = float(np.median([*own.values()]))
    choices = {"of each group": own, f"{middle:.3f}, their median": dict.fromkeys(groups, middle)}
    choices |= {f"{ratio}": dict.fromkeys(groups, ratio) for ratio in RATIOS}
    for label, ratios in choices.items():
        mean = np.mean([correlation(runs, ratios[name]) for name, runs in groups.items()])
        rows.append([label, f"{mean:.2f}", *(f"{wrong} of {count}" for count, wrong in pairs(groups, ratios))])
    return table(rows)
