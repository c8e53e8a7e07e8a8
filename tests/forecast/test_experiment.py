"""Laws that are fitted to three of the project's own loss curves, and the others."""

import numpy as np
import pytest

import lrsched
from benchmarks.forecast import mean, scores
from benchmarks.forecast_runs import own
from tests.examples import imported

EXPERIMENT = own()


@pytest.fixture(scope="module")
def found():
    return scores(EXPERIMENT, None)


def test_other_shapes(found):
    """Last losses are forecast to 1.5 %; they differ by 4 % from shape to shape."""
    for name in ("linear_3000", "wsd_3000"):
        assert found[name].forecast == pytest.approx(found[name].last, rel=0.015)
        assert found[name].high / found[name].low < 1.1


def test_runs_three_times_as_long(found):
    """What the fitted runs do not show: all forecasts are too low, and the intervals are wide enough to say so."""
    for name in EXPERIMENT.longer:
        assert found[name].forecast == pytest.approx(found[name].last, rel=0.06)
        assert 1.1 < found[name].high / found[name].low < 1.4


def test_last_losses_are_inside_their_intervals(found):
    assert sum(score.inside for score in found.values()) >= 6


def test_the_mean_of_laws_is_about_as_good_as_the_best_one(found):
    errors = [float(mean(scores(EXPERIMENT, law), EXPERIMENT.others)) for law in ("multi_power", "momentum")]
    assert float(mean(found, EXPERIMENT.others)) < 1.2 * min(errors)


def test_the_curves_are_those_of_the_script():
    for schedule, steps, losses in EXPERIMENT.runs.values():
        assert steps[0] >= np.argmax(schedule(np.arange(1_000)))
        assert (np.diff(steps) == 50).all()
        assert losses[-1] < losses[0]


@pytest.fixture
def script():
    """The module, which imports another by its name, as when it is run."""
    with imported(("text", "loss_curves")) as modules:
        yield modules["loss_curves"]


def test_the_script_trains(script, monkeypatch):
    """The first losses of a curve, from its first 250 updates; the text depends on the version of Python."""
    run = lrsched.warmup_constant(script.PEAK, script.WARMUP)
    monkeypatch.setattr(script, "RUNS", {"short": (run, 250)})
    steps, losses = script.train("short").T
    assert steps.tolist() == [200, 250]
    np.testing.assert_allclose(losses, EXPERIMENT.runs["constant_3000"][2][:2], rtol=0.03)
