"""What losses say of a schedule: synthetic curves with known answers, real runs, recorded ones, and none of it where
nothing is wrong.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.datasets import load_digits

import lrsched as lr
from lrsched import check_losses
from lrsched.tools.loss_findings import LOOKS, restarts, spikes

ROOT = Path(__file__).parents[2]
TOTAL = 2_000
T = np.arange(TOTAL)
NAN, INF = float("nan"), float("inf")

COSINE = lr.warmup_cosine(3e-4, 100, TOTAL)
HELD = lr.warmup_constant(3e-4, 100)
WSD = lr.join([lr.linear(0.0, 3e-4, 100), 3e-4, lr.linear(3e-4, 0.0, 400)], [100, 1_600])
SGDR = lr.sgdr(0.1, 0.0, 285, period_mult=2)

SEEDS = range(3)
every_seed = pytest.mark.parametrize("seed", SEEDS)


def falling(steps, seed=None, noise=0.05):
    """A power law from 10.8 to 2.5, as of a language model, with the noise of batches."""
    chance = 0.0 if seed is None else np.random.default_rng(seed).normal(0.0, noise, len(steps))
    return 2.5 + 8.3 * (1 + np.maximum(steps, 0) / 150) ** -0.8 + chance


def found(losses, schedule, steps=None):
    return [(finding.name, finding.step) for finding in check_losses(losses, schedule, steps=steps)]


def names(losses, schedule, steps=None):
    return [name for name, _ in found(losses, schedule, steps)]


# Where nothing is wrong.


@every_seed
@pytest.mark.parametrize("schedule", [COSINE, HELD, WSD], ids=repr)
@pytest.mark.parametrize("noise", [0.0, 0.05, 0.3])
def test_a_good_run(schedule, noise, seed):
    assert names(falling(T, seed, noise), schedule) == []


@every_seed
def test_small_batches(seed):
    """A classifier whose losses go to 0, with batches that are several times as bad as the mean."""
    rng = np.random.default_rng(seed)
    losses = 2.3 * np.exp(-T / 300) * rng.gamma(2.0, 0.5, TOTAL) + 0.01 * rng.gamma(0.5, 2.0, TOTAL)
    assert names(losses, COSINE) == []


@every_seed
def test_restarts_that_recover(seed):
    assert names(falling(T, seed) + 3 * SGDR(T) * (T > 60), SGDR) == []


@every_seed
@pytest.mark.parametrize("every", [10, 50, 200])
def test_a_log_of_some_updates(every, seed):
    assert names(falling(T, seed)[::every], HELD, T[::every]) == []


def test_losses_below_zero():
    assert names(falling(T, 0) - 12, COSINE) == []
    assert found(falling(T, 0) - 12 + 60 * (T >= 1_500), COSINE) == [("explosion", 1_500)]


# What is found, and where.


@every_seed
def test_an_explosion(seed):
    report = check_losses(falling(T, seed) + 5 * (T >= 1_200), HELD)
    (finding,) = report
    assert (finding.name, finding.severity, finding.step, finding.rate) == ("explosion", "error", 1_200, 3e-4)
    assert " and does not come back" in finding.message


@every_seed
def test_a_slow_explosion_is_where_half_is_lost(seed):
    losses = falling(T, seed) + np.maximum(0, T - 1_200) / 50
    ((name, step),) = found(losses, HELD)
    lowest = falling(T).min()
    half = np.argmax((falling(T) + np.maximum(0, T - 1_200) / 50 > (10.8 + lowest) / 2) & (T > 1_200))
    assert name == "explosion"
    assert abs(step - half) < 20


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("at", [0, 3, 700, TOTAL - 1])
def test_losses_that_are_no_numbers_to_the_end(bad, at):
    losses = falling(T, 0)
    losses[at:] = bad
    report = check_losses(losses, COSINE)
    assert (report[0].name, report[0].severity, report[0].step, report[0].rate) == (
        "explosion",
        "error",
        at,
        COSINE(at),
    )
    assert f"the loss is {bad:.4g} from there on" in report[0].message
    assert len(report) == 1


@pytest.mark.parametrize("losses", [[NAN], [5.0, INF], [5.0, 4.0, NAN, NAN], [5.0, NAN, 4.0]])
def test_a_run_that_ends_after_a_few_updates(losses):
    """Too few losses to judge a trend, and enough to say where it exploded."""
    assert found(losses, COSINE) == [("explosion", int(np.argmin(np.isfinite(losses))))]


def test_an_explosion_that_ends_in_nan_begins_before():
    losses = falling(T, 0)
    losses[1_300:1_320] = np.geomspace(10, 1e8, 20)
    losses[1_320:] = NAN
    assert found(losses, HELD) == [("explosion", 1_300)]
    assert "the loss is 10, and nan at step 1320 from there on" in check_losses(losses, HELD)[0].message


def test_updates_that_a_gradient_scaler_skipped():
    """Infinite losses with finite ones after them are found, and do not hide the rest."""
    losses = falling(T, 0)
    losses[[5, 9, 700]] = INF, NAN, NAN
    losses[1_500] += 5
    report = check_losses(losses, HELD)
    assert [(finding.name, finding.step) for finding in report] == [("explosion", 5), ("spike", 1_500)]
    assert "3 of 2000 losses are not finite" in report[0].message
    assert "gradient scaler" in report[0].remedy


@every_seed
@pytest.mark.parametrize(("height", "length", "at"), [(3, 1, 200), (1, 1, 1_000), (4, 1, 1_999), (3, 20, 1_000)])
def test_a_spike(height, length, at, seed):
    losses = falling(T, seed) + height * ((at <= T) & (at + length > T))
    (finding,) = check_losses(losses, COSINE)
    assert (finding.name, finding.step, finding.rate) == ("spike", at, COSINE(at))
    assert ("is back after" in finding.message) == (at < 1_999)


def test_more_spikes():
    losses = falling(T, 0)
    losses[[500, 501, 900, 1_500]] += 3
    (finding,) = check_losses(losses, HELD)
    assert finding.step == 500
    assert finding.message.endswith("is back after 2 losses; more at steps 900, 1500")
    losses[np.arange(1_000, 1_999, 50)] += 3
    assert check_losses(losses, HELD)[0].message.endswith("more at steps 900, 1000, 1050, 1100, 1150 and 16 others")


def test_a_higher_level_is_one_spike():
    losses = falling(T, 0) + 1.0 * (T >= 1_200)
    losses[1_800] += 3
    (first, *_) = check_losses(losses, COSINE)
    assert (first.name, first.step) == ("spike", 1_200)
    assert "does not come back; more at steps 1800" in first.message


def test_no_spike_in_the_first_losses():
    for at, expected in ((31, []), (32, [32])):
        losses = falling(T[:40], 0)
        losses[at] += 5
        assert [spike.at for spike in spikes(losses)] == expected


@every_seed
@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(("rise", "severity"), [(0.0, "warning"), (1.0, "error")])
def test_a_warmup_without_a_fall(rise, severity, noise, seed):
    losses = np.where(T < 100, 10.8 + rise * T / 100, falling(T - 100))
    losses += np.random.default_rng(seed).normal(0.0, noise, TOTAL)
    (finding,) = check_losses(losses, COSINE)
    assert (finding.name, finding.severity, finding.step, finding.rate) == ("no fall in warmup", severity, 100, 3e-4)
    assert names(losses[:100], COSINE) == ["no fall in warmup"]  # the warmup alone


def test_a_warmup_that_cannot_be_judged():
    """A fall of a hundredth in a fine-tuning of noisy batches is neither found nor denied."""
    losses = 2.0 - T[:200] / 2e4 + np.random.default_rng(0).normal(0.0, 0.5, 200)
    assert names(losses, HELD) == []
    assert names([2.3] * 9, HELD) == []  # too few
    assert names([2.3] * 10, HELD) == ["no fall in warmup"]
    assert names([2.3] * 100, lr.constant(3e-4)) == []  # no warmup


@every_seed
@pytest.mark.parametrize(("schedule", "said"), [(WSD, [("plateau", 500)]), (HELD, [("plateau", 500)]), (COSINE, [])])
def test_a_plateau(schedule, said, seed):
    """The loss falls for 500 updates; the rate is held to 1 600, to the end, or not at all."""
    losses = np.where(T < 500, falling(T), falling(np.array([500.0]))) + falling(T, seed) - falling(T)
    told = found(losses, schedule)
    assert [name for name, _ in told] == [name for name, _ in said]
    assert all(abs(step - 500) < 250 for _, step in told)


@every_seed
def test_no_plateau_where_the_loss_falls_for_most_of_the_time(seed):
    losses = np.where(T < 1_200, falling(T), falling(np.array([1_200.0]))) + falling(T, seed) - falling(T)
    assert names(losses, HELD) == []


@every_seed
def test_a_restart_without_recovery(seed):
    losses = falling(T, seed) + 3.6 * (T >= 285)
    ((name, step),) = found(losses, SGDR)
    assert (name, step) == ("no recovery", 285)
    assert names(losses[:600], SGDR) == []  # the rate has not come down yet


def test_restarts_of_the_rates():
    assert [(restart.at, restart.top) for restart in restarts(SGDR(T))] == [(285, 285), (855, 855), (1995, 1995)]
    assert list(restarts(COSINE(T))) == []
    assert [(r.at, r.top) for r in restarts(lr.cyclic(0.1, 1.0, 100)(T[:500]))] == [(201, 300), (401, 499)]
    assert list(restarts(lr.step_decay(1.0, 0.1, 100)(T))) == []


def test_losses_after_the_end_of_the_schedule():
    report = check_losses(falling(T, 0), lr.warmup_cosine(3e-4, 100, 1_500))
    (finding,) = report
    assert (finding.name, finding.step, finding.rate) == ("past the end", 1_500, 0.0)
    assert names(falling(T, 0), lr.warmup_cosine(3e-4, 100, TOTAL - 1)) == []
    assert names(falling(T, 0), lr.join([lr.warmup_cosine(3e-4, 100, 1_500), 0.0], [1_500])) == []  # meant
    assert names(falling(T, 0), lr.piecewise_constant([1e-3, 1e-4], [1_000])) == []


def test_the_report():
    report = check_losses([10.0, 9.0, 8.0, 7.0, 6.0, NAN], lr.constant(0.5), steps=[0, 10, 20, 30, 40, 50])
    assert str(report) == (
        "constant(0.5)\n  over 51 updates, 6 losses checked: 1 error\n"
        "  error: explosion at step 50 (rate 0.5): the loss is nan from there on; "
        "lower the peak, lengthen the warmup, or clip the gradient."
    )
    assert not check_losses([10.0, 9.0, 8.0, 7.0, 6.0], lr.constant(0.5))


NUMBERS = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, -1.0, 2.3]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(NUMBERS, min_size=5, max_size=80), st.sampled_from([COSINE, HELD, WSD, SGDR, lr.constant(0.0)]))
def test_any_losses(losses, schedule):
    """A report of whatever there is; every finding is at a step of the run, with its rate."""
    for stride in (1, 40):
        steps = [stride * place for place in range(len(losses))]
        for finding in check_losses(losses, schedule, steps=steps):
            assert finding.step in steps
            assert finding.rate == schedule(finding.step)
            assert finding.severity in ("error", "warning", "note")
            assert all((finding.name, finding.message, finding.remedy, str(finding)))


def test_every_look_is_tested():
    assert len(LOOKS) == 5


# Real runs.


def digits_losses(schedule, updates=400, frozen=0):
    """Softmax regression on digits in NumPy, with SGD, and nothing trained in the first updates where told."""
    images, labels = load_digits(return_X_y=True)
    images, rng, weights = images / 16, np.random.default_rng(0), np.zeros((64, 10))
    losses = []
    for step in range(updates):
        batch = rng.integers(len(labels), size=128)
        scores = images[batch] @ weights
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        parts = scores / scores.sum(axis=1, keepdims=True)
        losses.append(-np.log(parts[np.arange(128), labels[batch]] + 1e-30).mean())
        if step >= frozen:
            weights -= schedule(step) * images[batch].T @ (parts - np.eye(10)[labels[batch]]) / 128
    return losses


def test_a_real_run_that_goes_well():
    schedule = lr.warmup_cosine(1.0, 40, 400)
    assert names(digits_losses(schedule), schedule) == []


def test_a_real_run_that_explodes():
    """The rate is raised two hundredfold at update 250: the loss of 251 is the first that shows it."""
    schedule = lr.join([lr.warmup_constant(1.0, 40), 200.0], [250])
    ((name, step),) = found(digits_losses(schedule), schedule)
    assert (name, step) == ("explosion", 251)


def test_a_real_run_whose_parameters_are_not_trained():
    schedule = lr.warmup_constant(1.0, 100)
    assert names(digits_losses(schedule, frozen=100), schedule) == ["no fall in warmup"]


@pytest.mark.parametrize("name", ["sgd", "adam", "linear", "overflow"])
def test_recorded_range_tests(name):
    """A rising rate is one long warmup, in which the loss falls, until it explodes: before it is 4 times the lowest."""
    curve = json.loads((ROOT / "tests" / "data" / f"losses_{name}.json").read_text())
    losses = [float(loss) for loss in curve["losses"]]
    diverges = lr.suggest(curve["rates"], losses).diverges
    report = check_losses(losses, lr.range_test(**curve["range"]))
    steps = [finding.step for finding in report if finding.name == "explosion"]
    for step in steps:
        assert min(losses[step:]) > 1.2 * min(losses[:step])
    if diverges is not None:
        assert [diverges / 4 < curve["rates"][step] < 2 * diverges for step in steps] == [True]


# Curves of language models, by others, which the project does not contain.

CURVES = next((p for p in (ROOT.parent / "shared", ROOT.parent.parent / "shared") if p.is_dir()), Path()) / "curves"
RISE = lr.linear(0.0, 3e-4, 2_160)
PUBLISHED = {
    "constant_24000": lr.warmup_constant(3e-4, 2_160),
    "constant_72000": lr.warmup_constant(3e-4, 2_160),
    "cosine_24000": lr.warmup_cosine(3e-4, 2_160, 24_000, end_value=3e-5),
    "cosine_72000": lr.warmup_cosine(3e-4, 2_160, 72_000, end_value=3e-5),
    "wsd_20000_24000": lr.join([RISE, 3e-4, lr.exponential(3e-4, 3e-5, 4_000)], [2_160, 20_000]),
    "wsdld_20000_24000": lr.join([RISE, 3e-4, lr.linear(3e-4, 3e-5, 4_000)], [2_160, 20_000]),
    **{f"wsdcon_{low}": lr.join([RISE, 3e-4, low * 1e-5], [2_160, 8_000]) for low in (3, 9, 18)},
}


@pytest.mark.skipif(not CURVES.is_dir(), reason="the curves of the multi-power law are not beside the repository")
@pytest.mark.parametrize("size", [25, 100])
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_curves(name, size):
    """Eighteen runs that went well: nothing is found. With what can go wrong put into them, it is found where it is."""
    with (CURVES / "multi_power_law" / f"csv_{size}" / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    steps = np.array([int(row["step"]) for row in rows])
    losses = np.array([float(row["loss"]) for row in rows])
    schedule = PUBLISHED[name]
    np.testing.assert_allclose(schedule(steps), [float(row["lr"]) for row in rows], rtol=1e-12)
    assert found(losses, schedule, steps) == []
    at = len(steps) * 2 // 3
    assert found(losses + 4 * (steps >= steps[at]), schedule, steps) == [("explosion", steps[at])]
    assert found(losses + 0.5 * (steps == steps[at]), schedule, steps) == [("spike", steps[at])]
    losses[at:] = NAN
    assert found(losses, schedule, steps) == [("explosion", steps[at])]


# Refusals.

FIVE = [5.0, 4.0, 3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: check_losses(FIVE[:4], COSINE),
            ValueError,
            "check_losses(losses=[5.0, 4.0, 3.0, 2.0]) must be 5 or more, not 4; train for longer.",
        ),
        (
            lambda: check_losses([], COSINE),
            ValueError,
            "check_losses(losses=[]) must be 5 or more, not 0; train for longer.",
        ),
        (
            lambda: check_losses("abc", COSINE),
            TypeError,
            "check_losses(losses='abc') must be a list of numbers; float(loss) makes one of a tensor.",
        ),
        (
            lambda: check_losses(FIVE, 0.1),
            TypeError,
            "check_losses(schedule=0.1) must be a schedule, not float; lrsched.constant(value) is one.",
        ),
        (
            lambda: check_losses(FIVE, COSINE, steps=[0, 1, 2, 3]),
            ValueError,
            "check_losses(steps=[0, 1, 2, 3]) must be as many as the losses, 5, not 4; give the update of each loss.",
        ),
        (
            lambda: check_losses(FIVE, COSINE, steps=[0, 1, 2, 2, 3]),
            ValueError,
            "check_losses(steps=[0, 1, 2, 2, 3]) must rise from 0 or more; of a run that was resumed, "
            "keep the later losses.",
        ),
        (
            lambda: check_losses(FIVE, COSINE, steps=[-1, 1, 2, 3, 4]),
            ValueError,
            "check_losses(steps=[-1, 1, 2, 3, 4]) must rise from 0 or more; of a run that was resumed, "
            "keep the later losses.",
        ),
        (
            lambda: check_losses(FIVE, COSINE, steps=[0, 1, 2, 2.5, 3]),
            ValueError,
            "check_losses(steps=[0, 1, 2, 2.5, 3]) must be whole numbers; count updates of the optimizer.",
        ),
        (
            lambda: check_losses(FIVE, COSINE, steps=[0, 1, 2, NAN, 3]),
            ValueError,
            "check_losses(steps=[0, 1, 2, nan, 3]) must be whole numbers; count updates of the optimizer.",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
