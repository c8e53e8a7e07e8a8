"""The tables of `python -m benchmarks.forecast`, on numbers that are known; and that the page has what it prints."""

from pathlib import Path

import numpy as np
import pytest

import lrsched as lr
from benchmarks.forecast import PAGE, Score, marks, of_bars, render
from benchmarks.forecast_choice import GRID, Predictions, errors_of, predictions
from benchmarks.forecast_ranks import Pairs, correlation, pairs, ratio_of
from benchmarks.forecast_runs import Experiment, Final, own
from lrsched.forecast import Law, Term, bound, calibrate
from lrsched.forecast.curves import Curve
from lrsched.forecast.folds import Fold
from lrsched.forecast.settings import DEFAULT

RATES = np.full(4, 0.1)


def fold(ahead, losses):
    steps = np.arange(1, len(losses) + 1)
    return Fold(ahead, [], [Curve(RATES, steps, np.array(losses))])


def test_the_errors_of_a_law_are_those_of_the_loss():
    """A loss of 2 that is forecast as 2.2, and one of 4 as 3.8; later, one of 3 as 3.3."""
    folds = [fold(False, [2.0, 4.0]), fold(True, [3.0])]
    misses = [[np.log([1.1, 0.95]), np.log([1.1])]]
    assert errors_of(Predictions(folds, misses), DEFAULT, 0) == pytest.approx((2_000.0, 3_000.0))


def test_the_weights_of_a_fold_come_from_the_other_folds():
    """The first law is exact in the first fold alone, which does not help it there."""
    folds = [fold(False, [1.0]), fold(True, [1.0])]
    misses = [[np.array([0.0]), np.array([0.3])], [np.array([0.1]), np.array([0.1])]]
    weight = 0.3**-2 / (0.3**-2 + 0.1**-2)
    first = 1e4 * np.expm1((1 - weight) * 0.1)
    assert errors_of(Predictions(folds, misses), DEFAULT._replace(power=2.0)) == pytest.approx(
        (first, 1e4 * np.expm1(0.3)), rel=1e-6
    )


def test_more_is_held_out_of_the_experiment_than_in_a_fit():
    """On one law and two settings: what the default leaves out changes the errors."""
    found = [predictions(own(), DEFAULT._replace(skipped=skipped), ("momentum",)) for skipped in (0.1, 0.2)]
    assert [[fold.ahead for fold in each.folds] for each in found] == [[False] * 3 + [True] * 5] * 2
    first, second = (errors_of(each, DEFAULT, 0) for each in found)
    assert 100 < first.curves < second.curves < 1_000


def test_the_default_is_in_the_grid_once():
    assert GRID.count(DEFAULT) == 1
    assert len(set(GRID)) == len(GRID)


def test_bars():
    """The bar is the lower of the published errors; 100M is fitted to curves that are alike, and predicts them."""
    steps = np.arange(200, 3_001, 100)
    plans = [lr.warmup_constant(1e-3, 100), lr.warmup_cosine(1e-3, 100, 3_000)]
    law = Law((Term("momentum", 1.0, (2.0, 0.5, 0.5, 300.0, 200.0)),), peak=1e-3, clock=3.0)
    runs = {f"{plan.formula.name}": (plan, steps, law.loss(plan, steps)) for plan in plans}
    experiments = [Experiment(name, runs, (), ()) for name in ("own", "100M")]
    found = {
        "own": {},
        "100M": {name: Score(error, 1, 1, 1, 1) for name, error in zip(runs, (0.003, 0.001), strict=True)},
    }
    (row,) = of_bars(experiments, found).splitlines()[2:]
    assert row.startswith("| 100M | 0.00200 | 0.0038 | 0.0044 | 0.0038 | met by 0.00180 | 0.000")
    found["100M"] = dict.fromkeys(runs, Score(0.005, 1, 1, 1, 1))
    (row,) = of_bars(experiments, found).splitlines()[2:]
    assert "| 0.0038 | missed by 0.00120 |" in row
    (row,) = of_bars([experiments[1]._replace(name="400M")], {"400M": found["100M"]}).splitlines()[2:]
    assert row.startswith("| 400M | 0.00500 | unknown | unknown | none |  | 0.000")


FLAT, LINE = lr.constant(1e-3), lr.linear(1e-3, 0.0, 1_000)


def test_pairs_in_the_wrong_order():
    """Three runs of one group: of the three pairs one is in the wrong order, which has one peak, and two lengths."""
    ratio = 0.02
    runs = [
        Final(LINE, 1_000, 3.0, "wsd", 1e-3),
        Final(FLAT, 2_000, 2.9, "constant", 1e-3),
        Final(2 * FLAT, 1_000, 3.5, "constant", 2e-3),
    ]
    bounds = [bound(run.schedule, run.steps, ratio) for run in runs]
    assert bounds[0] < bounds[1] < bounds[2]
    assert pairs({"group": runs}, {"group": ratio}) == Pairs((3, 1), (1, 1), (1, 0))
    assert correlation(runs, ratio) == pytest.approx(0.5)


def test_the_ratio_of_a_group_is_the_median_over_cooldowns():
    runs = [Final(lr.wsd(1e-3, 10, n, n // 5), n, 3.0, "wsd", 1e-3) for n in (500, 1_000, 4_000)]
    runs.append(Final(FLAT, 1_000, 3.5, "constant", 1e-3))
    assert ratio_of(runs) == calibrate(runs[1].schedule, 1_000)


def test_without_the_curves_of_others(tmp_path):
    """The project's own runs are enough, and the table says what is missing."""
    text = render(tmp_path, [None], all_ways=False)
    assert text.startswith(f"The curves of others are not in {tmp_path}: they are left out.")
    assert "| own | 2 of 2 |" in text
    assert "25M" not in text


@pytest.mark.parametrize("options", ["--write", "--choice --write"])
def test_the_page_has_both_parts(options):
    begin, end = marks(options)
    text = PAGE.read_text()
    assert text.count(begin) == text.count(end) == 1


def test_the_default_is_marked_on_the_page():
    row = " | ".join(f"**{each:g}**" for each in DEFAULT)
    assert f"| {row} |" in Path(PAGE).read_text()
