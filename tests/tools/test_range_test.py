"""The range test: its rates, its rules against those of the peers on recorded curves, its run, and a real training."""

import builtins
import dataclasses
import json
import math
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import lrsched as lr
from lrsched.tools.range_test import RULES, RangeTestResult, range_test, run_range_test
from lrsched.tools.suggestions import Suggestion, suggest

TESTS = Path(__file__).parents[1]
CURVES = {path.stem.removeprefix("losses_"): json.loads(path.read_text()) for path in TESTS.glob("data/losses_*.json")}
"""Curves of real range tests on digits, with what the peers made of them (their versions are in the files)."""

FALL = [2.3, 2.2, 2.0, 1.6, 1.1, 0.9, 0.8]
RATES = [10.0**k for k in range(-6, 1)]
NAN = math.nan

every_curve = pytest.mark.parametrize("name", ["sgd", "adam", "linear", "overflow"])


def test_the_curves_are_there():
    assert sorted(CURVES) == ["adam", "linear", "overflow", "sgd"]


# The schedule.


@pytest.mark.parametrize(
    ("mode", "ramp", "middle"), [("exponential", lr.exponential, 0.01), ("linear", lr.linear, 0.50005)]
)
def test_the_first_and_the_last_update_have_the_ends(mode, ramp, middle):
    schedule = range_test(1e-4, 1.0, 101, mode=mode)
    assert schedule == ramp(1e-4, 1.0, 100)
    assert (schedule(0), schedule(100)) == (1e-4, 1.0)
    assert schedule(50) == pytest.approx(middle, rel=1e-15)
    assert lr.parse(repr(schedule)) == schedule


@every_curve
def test_the_rates_are_those_of_torch_lr_finder(name):
    """It multiplies a rate by a power of the ratio: a few ulp, more for a large exponent."""
    made = range_test(**CURVES[name]["range"])
    rates = CURVES[name]["rates"]
    np.testing.assert_allclose(made(np.arange(len(rates))), rates, rtol=1e-13)


# The rules against the peers'.


@every_curve
def test_the_smoothing_is_that_of_torch_lr_finder(name):
    """Ours ends where a loss has exploded; theirs goes on to its own factor."""
    from lrsched.tools.suggestions import smoothed

    ours, end = smoothed(np.array(CURVES[name]["losses"]), 0.05)
    theirs = CURVES[name]["torch_lr_finder"]["smoothed"]
    assert end <= len(ours) <= len(theirs)
    np.testing.assert_allclose(ours, theirs[: len(ours)], rtol=1e-14)


@every_curve
def test_steepest_is_that_of_torch_lr_finder(name):
    """It leaves out 10 points and 5. Where the loss explodes and falls back, it suggests a rate in there: 4,642."""
    peer = CURVES[name]["torch_lr_finder"]
    inside = slice(peer["skip_start"], -peer["skip_end"])
    ours = suggest(CURVES[name]["rates"][inside], peer["smoothed"][inside], smoothing=1.0)
    if name == "overflow":
        assert ours.steepest < ours.diverges < 100 < peer["steepest"]
    else:
        assert ours.steepest == peer["steepest"]


@every_curve
@pytest.mark.parametrize(("rule", "peers"), [("valley", "valley"), ("slide", "slide"), ("minimum_over_10", "minimum")])
def test_the_rules_are_those_of_fastai(name, rule, peers):
    """It leaves out a tenth and 5 points, smooths in its own way, and keeps rates in float32: 6e-8, and a division."""
    peer = CURVES[name]["fastai"]
    inside = slice(peer["skip_start"], -peer["skip_end"])
    rates = CURVES[name]["rates"][: len(peer["smoothed"])]
    ours = suggest(rates[inside], peer["smoothed"][inside], smoothing=1.0)
    assert getattr(ours, rule) == pytest.approx(peer[peers], rel=2e-7)


def test_the_explosion_is_where_fastai_stops():
    """With its smoothed losses, whose last one is the one that stopped it."""
    peer = CURVES["overflow"]["fastai"]["smoothed"]
    rates = CURVES["overflow"]["rates"][: len(peer)]
    assert suggest(rates, peer, smoothing=1.0).diverges == rates[-1]
    assert suggest(rates[:-1], peer[:-1], smoothing=1.0).diverges is None


def valley_by_the_book(losses):
    """The longest falling subsequence by trying all pairs, the first of equals."""
    falls = [1] * len(losses)
    for i, loss in enumerate(losses):
        falls[i] += max((falls[j] for j in range(i) if losses[j] > loss), default=0)
    last = falls.index(max(falls))
    third = falls[last] / 3
    return max(last - falls[last] + int(third) + int(third / 2), 0)


@given(st.lists(st.integers(50, 99), min_size=5, max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_valley_against_all_pairs(losses):
    losses = [100, *losses]
    rates = range(1, len(losses) + 1)
    assert suggest(rates, losses, smoothing=1.0).valley == rates[valley_by_the_book(losses)]


# The rules on curves that can be judged by eye.


def test_a_plain_curve():
    rates = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0]
    found = suggest(rates, [2.0, 2.0, 1.9, 1.5, 0.8, 0.5, 0.6, 2.1], smoothing=1.0)
    assert (found.steepest, found.minimum_over_10, found.diverges) == (1e-3, 0.01, 10.0)
    assert dataclasses.is_dataclass(found)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.valley = 1.0


def test_the_steepest_descent_is_on_the_way_to_the_lowest_loss():
    """A loss that jumps up and falls back has not exploded yet, but falls nowhere that is of use."""
    rates = [10.0**k for k in range(-6, 4)]
    found = suggest(rates, [2.0, 1.9, 1.5, 1.2, 1.0, 0.9, 2.9, 3.4, 2.0, 1.0], smoothing=1.0)
    assert (found.steepest, found.diverges) == (1e-4, None)


@pytest.mark.parametrize("end", [NAN, math.inf, -math.inf, 1e300, 10.0])
def test_what_comes_after_the_explosion_is_not_seen(end):
    alone = suggest(RATES, FALL)
    for rest in ([end], [end, 0.1], [end, NAN, 0.0, math.inf, -5.0]):
        rates = [*RATES, *(10.0**k for k in range(1, len(rest) + 1))]
        found = suggest(rates, [*FALL, *rest], smoothing=1.0)
        assert found == dataclasses.replace(suggest(RATES, FALL, smoothing=1.0), diverges=10.0, lost_at=7)
    assert (alone.diverges, alone.lost_at) == (None, None)


def test_the_explosion_begins_before_it_is_smoothed():
    """The smoothed loss passes 4 times its lowest value late; the first loss that did is where it began."""
    losses = [2.0] * 20 + [1.0] * 30 + [1.2, 30.0, 1.2, 2.0, 40.0, 50.0, 60.0]
    found = suggest(range(1, len(losses) + 1), losses)
    assert found.diverges == 52
    assert found.minimum_over_10 == 5.1  # the loss of 1.2 is still below the smoothed one


def test_a_single_outlier_is_no_explosion():
    losses = [2.0 - 0.01 * k for k in range(60)]
    losses[40] = 20.0
    assert suggest(range(1, 61), losses).diverges is None
    assert suggest(range(1, 61), losses, smoothing=1.0).diverges == 41


def test_losses_below_zero():
    """A loss that is a log-likelihood: 4 times the lowest would be lower still."""
    losses = [0.5, 0.4, 0.0, -1.0, -2.0, -1.9, -1.0, 3.0, 5.0]
    assert suggest(range(1, 10), losses, smoothing=1.0).diverges == 9
    assert suggest(range(1, 9), losses[:8], smoothing=1.0).diverges is None


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_units_do_not_matter(rate_unit, loss_unit):
    """Rates and losses in other units: the same places. The slide's threshold has a unit, so it is left out."""
    curve = CURVES["sgd"]
    plain = suggest(curve["rates"], curve["losses"])
    rates, losses = np.array(curve["rates"]) * rate_unit, np.array(curve["losses"]) * loss_unit
    other = suggest(rates, losses)
    for rule in ("steepest", "valley", "minimum_over_10", "diverges", "falls", "largest", "back_off"):
        assert getattr(other, rule) == pytest.approx(rate_unit * getattr(plain, rule), rel=1e-14)


def test_any_sequence_of_numbers():
    import torch

    expected = suggest(RATES, FALL)
    assert suggest(tuple(RATES), np.array(FALL)) == expected
    assert suggest(RATES, [torch.tensor(loss, dtype=torch.float64) for loss in FALL]) == expected
    assert all(type(getattr(expected, name)) is float for name in RULES)


# The bounds.


def test_both_bounds():
    """By eye: the loss falls from 1e-4 on, and explodes at 10, the eighth update."""
    rates = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0]
    found = suggest(rates, [2.0, 2.0, 1.9, 1.5, 0.8, 0.5, 0.6, 2.1], smoothing=1.0)
    assert (found.falls, found.largest, found.back_off, found.lost_at) == (1e-4, 1.0, 0.5, 7)
    calm = suggest(rates[:-1], [2.0, 2.0, 1.9, 1.5, 0.8, 0.5, 0.6], smoothing=1.0)
    assert (calm.falls, calm.largest, calm.back_off, calm.lost_at) == (1e-4, 1.0, 0.5, None)
    assert suggest(rates[:5], [2.0, 1.0, 0.9, 0.8, 0.7], smoothing=1.0).falls == 1e-5
    bump = suggest(rates[:7], [2.0, 1.9, 2.0, 1.5, 0.8, 0.5, 0.6], smoothing=1.0)
    assert bump.falls == 1e-3  # a single lower loss is no fall


@pytest.mark.parametrize(
    ("name", "least", "most"), [("sgd", 0.01, 0.1), ("adam", 1e-4, 2e-3), ("linear", 0.1, 0.4), ("overflow", 0.05, 0.3)]
)
def test_the_lower_bound_of_recorded_curves(name, least, most):
    """Between these, by eye, the loss begins to fall; the smoothing is late by up to 20 updates."""
    found = suggest(CURVES[name]["rates"], CURVES[name]["losses"])
    assert least < found.falls < most
    assert found.falls < found.back_off == found.largest / 2
    assert CURVES[name]["rates"][found.lost_at - 1] == found.largest
    assert CURVES[name]["losses"][found.lost_at] > np.mean([2.3, min(CURVES[name]["losses"])])


def test_a_cycle_from_a_result():
    result = run_range_test(bowl, range_test(1e-4, 10.0, 51), progress=False)
    found = result.suggest()
    assert result.cyclic(500) == lr.cyclic(found.falls, found.back_off, 500)
    exact = result.suggest(smoothing=1.0)
    assert result.cyclic(500, smoothing=1.0) == lr.cyclic(exact.falls, exact.back_off, 500)


# The run.


def bowl(rate):
    """A loss that is lowest at 0.1 and explodes afterwards."""
    return 0.5 + (math.log10(rate) + 1) ** 2 if rate < 1 else 10.0**rate


def test_the_run_calls_at_the_rates_of_the_schedule_and_stops():
    asked = []

    def update(rate):
        asked.append(rate)
        return bowl(rate)

    schedule = range_test(1e-4, 10.0, 51)
    result = run_range_test(update, schedule, progress=False)
    assert result.stopped
    assert len(asked) < 51
    assert asked == [schedule(step) for step in range(len(asked))]
    assert result.rates == tuple(asked)
    assert result.losses == tuple(bowl(rate) for rate in asked)
    assert result.suggest() == suggest(result.rates, result.losses)
    assert result.suggest(smoothing=1.0).minimum_over_10 == pytest.approx(0.01, rel=1e-14)


def test_the_run_goes_to_the_highest_rate_unless_the_loss_explodes():
    result = run_range_test(lambda rate: 1 / (1 + rate), range_test(1e-3, 1.0, 20), progress=False)
    assert (len(result.losses), result.rates[-1], result.stopped) == (20, 1.0, False)
    assert result.suggest().diverges is None


@pytest.mark.parametrize("last", [NAN, math.inf, -math.inf])
def test_the_run_stops_at_a_loss_that_is_no_number(last):
    losses = iter([*FALL, last, 0.1])
    result = run_range_test(lambda _: next(losses), range_test(1e-6, 1e3, 10), progress=False)
    assert result.stopped
    assert len(result.losses) == 8
    assert result.suggest(smoothing=1.0).diverges == result.rates[7]


def test_the_factor_of_the_stop():
    """Smoothed with 0.05, a loss of 41 after one of 1 is 3, and one of 63 after that is 6."""
    for factor, length in ((2.0, 6), (4.0, 7), (7.0, 8)):
        losses = iter([1.0, 1.0, 1.0, 1.0, 1.0, 41.0, 63.0, 1e9, 1.0])
        result = run_range_test(
            lambda _, losses=losses: next(losses), range_test(1e-6, 1.0, 9), stop_factor=factor, progress=False
        )
        assert (len(result.losses), result.stopped) == (length, True)


def test_a_tensor_is_a_loss():
    import torch

    result = run_range_test(lambda rate: torch.tensor(bowl(rate)), range_test(1e-4, 0.9, 20), progress=False)
    assert all(type(loss) is float for loss in result.losses)


def test_an_error_of_the_training_is_not_swallowed(capsys):
    with pytest.raises(ZeroDivisionError):
        run_range_test(lambda _: 1 / 0, range_test(1e-4, 1.0, 20))
    assert capsys.readouterr().err.endswith("\n")  # the bar is closed


def test_the_progress_bar(capsys):
    run_range_test(bowl, range_test(1e-4, 10.0, 50))
    shown = capsys.readouterr()
    assert "range test" in shown.err
    assert "loss=" in shown.err
    assert shown.out == ""
    run_range_test(bowl, range_test(1e-4, 10.0, 50), progress=False)
    assert capsys.readouterr().err == ""


def without(monkeypatch, package):
    """Python as it is where a package is not installed."""
    real = builtins.__import__

    def importing(name, *args, **kwargs):
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_without_tqdm(monkeypatch):
    without(monkeypatch, "tqdm")
    asked = []
    with pytest.raises(ImportError) as caught:
        run_range_test(asked.append, range_test(1e-4, 10.0, 50))
    assert str(caught.value) == ("run_range_test(progress=True) needs tqdm; pip install tqdm, or give progress=False.")
    assert asked == []  # no update is lost
    assert run_range_test(bowl, range_test(1e-4, 10.0, 50), progress=False).stopped


# The picture.


@pytest.fixture
def result():
    yield run_range_test(bowl, range_test(1e-4, 10.0, 50), progress=False)
    plt.close("all")


def test_the_plot(result):
    ax = result.plot()
    found = result.suggest()
    assert ax.get_xscale() == "log"
    texts = [text.get_text().partition(":")[0] for text in ax.get_legend().get_texts()]
    assert texts == ["smoothed loss", "falls", "steepest", "valley", "slide", "minimum_over_10", "back_off", "diverges"]
    marked = {line.get_label().partition(":")[0]: line.get_xdata()[0] for line in ax.get_lines()}
    for name in texts[1:]:
        assert marked[name] == getattr(found, name)
    raw, smooth = ax.get_lines()[:2]
    shown = len(raw.get_xdata())
    assert tuple(raw.get_xdata()) == tuple(smooth.get_xdata()) == result.rates[:shown]
    assert tuple(raw.get_ydata()) == result.losses[:shown]
    assert ax.get_ylim()[1] < 1.1 * max(smooth.get_ydata())  # the explosion does not make the rest flat


def test_the_plot_takes_axes_and_a_smoothing(result):
    _, ax = plt.subplots()
    assert result.plot(ax=ax, smoothing=1.0) is ax
    raw, smooth = ax.get_lines()[:2]
    assert list(raw.get_ydata()) == list(smooth.get_ydata())


@pytest.mark.parametrize(
    "losses", [(NAN,) * 6, (1.0, 2.0, 3.0, 3.1, 3.2, 3.3), (1.0,) * 6, (1.0,) * 5 + (NAN,), (1.0, 0.5)]
)
def test_a_curve_that_cannot_be_judged_is_drawn(losses, result):
    ax = RangeTestResult(tuple(10.0**k for k in range(len(losses))), losses, False).plot()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["smoothed loss"]


def test_a_rate_of_zero_is_drawn(result):
    ax = run_range_test(lambda rate: 1 - rate, range_test(0.0, 0.5, 20, mode="linear"), progress=False).plot()
    ax.figure.canvas.draw()
    assert ax.get_xlim()[0] > 0


def test_without_matplotlib(monkeypatch, result):
    without(monkeypatch, "matplotlib")
    with pytest.raises(ImportError) as caught:
        result.plot()
    assert str(caught.value) == "RangeTestResult.plot() needs matplotlib; pip install matplotlib."


# Refusals.


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: range_test(1.0, 1e-4, 100),
            ValueError,
            "range_test(max_value=0.0001) must be greater than min_value=1.0; the rate rises in the test.",
        ),
        (
            lambda: range_test(0.0, 1.0, 100),
            ValueError,
            "range_test(min_value=0.0) must be greater than 0; mode='linear' may begin at 0.",
        ),
        (
            lambda: range_test(-1.0, 1.0, 100, mode="linear"),
            ValueError,
            "range_test(min_value=-1.0) must be at least 0; the rates of a test are positive.",
        ),
        (
            lambda: range_test(1e-4, 1.0, 4),
            ValueError,
            "range_test(steps=4) must be at least 5; fewer losses cannot be judged.",
        ),
        (
            lambda: range_test(1e-4, 1.0, 10.5),
            ValueError,
            "range_test(steps=10.5) must be a whole number; give how many there are.",
        ),
        (
            lambda: range_test(1e-4, 1.0, 0),
            ValueError,
            "range_test(steps=0) must be at least 1; give how many there are.",
        ),
        (
            lambda: range_test(1e-4, 1.0, 10, mode="exp"),
            ValueError,
            "range_test(mode='exp') must be one of 'exponential', 'linear'; write 'exponential'.",
        ),
        (
            lambda: suggest(RATES, FALL[:-1]),
            ValueError,
            "suggest(losses=[2.3, 2.2, 2.0, 1.6, 1.1, 0.9]) must be as many as the rates, 7, not 6; "
            "cut the longer one.",
        ),
        (
            lambda: suggest(RATES[:4], FALL[:4]),
            ValueError,
            "suggest(losses=[2.3, 2.2, 2.0, 1.6]) must be 5 or more, not 4; test more rates.",
        ),
        (
            lambda: suggest([0.1], [float("nan")]),
            ValueError,
            "suggest(losses=[nan]) must be 5 or more, not 1; begin at a lower rate.",
        ),
        (
            lambda: suggest(RATES[::-1], FALL),
            ValueError,
            "suggest(rates=[1.0, 0.1, 0.01, 0.001, 0.0001, 1e-05, ...]) must be finite, 0 or more, and rise; "
            "the loss at a higher rate comes later.",
        ),
        (
            lambda: suggest([0.1, 0.2, 0.2, 0.3, 0.4], FALL[:5]),
            ValueError,
            "suggest(rates=[0.1, 0.2, 0.2, 0.3, 0.4]) must be finite, 0 or more, and rise; "
            "the loss at a higher rate comes later.",
        ),
        (
            lambda: suggest([0.1, 0.2, NAN, 0.3, 0.4], FALL[:5]),
            ValueError,
            "suggest(rates=[0.1, 0.2, nan, 0.3, 0.4]) must be finite, 0 or more, and rise; "
            "the loss at a higher rate comes later.",
        ),
        (
            lambda: suggest([1, 2, 3, 4, 5], [2.0, 1.9, NAN, NAN, NAN]),
            ValueError,
            "suggest(losses=[2.0, 1.9, nan, nan, nan]) must have 5 losses or more before it explodes, not 2; "
            "begin at a lower rate.",
        ),
        (
            lambda: suggest([1, 2, 3, 4, 5], [NAN] * 5),
            ValueError,
            "suggest(losses=[nan, nan, nan, nan, nan]) must have 5 losses or more before it explodes, not 0; "
            "begin at a lower rate.",
        ),
        (
            lambda: suggest([1, 2, 3, 4, 5], [1.0, 1.0, 1.1, 1.2, 1.3]),
            ValueError,
            "suggest(losses=[1.0, 1.0, 1.1, 1.2, 1.3]) must fall somewhere; begin at a lower rate, "
            "or end at a higher one.",
        ),
        (
            lambda: suggest(RATES, FALL, smoothing=0),
            ValueError,
            "suggest(smoothing=0) must be greater than 0 and at most 1; 1.0 leaves the losses as they are.",
        ),
        (
            lambda: suggest(RATES, "abc"),
            TypeError,
            "suggest(losses='abc') must be a list of numbers; float(loss) makes one of a tensor.",
        ),
        (
            lambda: suggest(RATES, np.ones((7, 2))),
            TypeError,
            "suggest(losses=<array of shape (7, 2)>) must be a list of numbers; there is one loss for each rate.",
        ),
        (
            lambda: RangeTestResult(tuple(RATES), tuple(FALL), False).cyclic(100),
            ValueError,
            "RangeTestResult.cyclic(rates=(1e-06, 1e-05, 0.0001, 0.001, 0.01, 0.1, ...)) must reach a rate that is too "
            "high; end the test at a higher rate.",
        ),
        (
            lambda: RangeTestResult((1.0, 1.1, 1.2, 1.3, 1.4, 1.5), (2.0, 2.0, 2.0, 2.0, 1.0, 9.0), True).cyclic(
                100, smoothing=1.0
            ),
            ValueError,
            "RangeTestResult.cyclic(rates=(1.0, 1.1, 1.2, 1.3, 1.4, 1.5)) must leave a range, and the loss falls from "
            "1.4 on, not below 0.7; test more rates, beginning at a lower one.",
        ),
        (
            lambda: RangeTestResult((*RATES, 10.0), (*FALL, 9.0), True).cyclic(0),
            ValueError,
            "cyclic(step_size_up=0) must be at least 1; a period has one step or more.",
        ),
        (
            lambda: run_range_test(bowl, lr.noam(512, 100), progress=False),
            ValueError,
            "run_range_test(schedule=noam(...)) must have an end; range_test(1e-6, 1.0, 100) has one.",
        ),
        (
            lambda: run_range_test(bowl, lr.cosine(1.0, 0.1, 100), progress=False),
            ValueError,
            "run_range_test(schedule=cosine(...)) must rise from 0 or more, through 5 rates or more; "
            "range_test(1e-6, 1.0, 100) does.",
        ),
        (
            lambda: run_range_test(bowl, lr.constant(0.1), progress=False),
            ValueError,
            "run_range_test(schedule=constant(...)) must rise from 0 or more, through 5 rates or more; "
            "range_test(1e-6, 1.0, 100) does.",
        ),
        (
            lambda: run_range_test(bowl, 0.1, progress=False),
            TypeError,
            "run_range_test(schedule=0.1) must be a schedule, not float; lrsched.constant(value) is one.",
        ),
        (
            lambda: run_range_test(bowl, range_test(1e-4, 1.0, 9), stop_factor=1, progress=False),
            ValueError,
            "run_range_test(stop_factor=1) must be greater than 1; 4.0 is fastai's.",
        ),
        (
            lambda: run_range_test(lambda _: None, range_test(1e-4, 1.0, 9), progress=False),
            TypeError,
            "run_range_test(update=...) must return the loss, a number, not NoneType; end it with `return loss`.",
        ),
        (
            lambda: run_range_test(0.1, range_test(1e-3, 1.0, 5), progress=False),
            TypeError,
            "run_range_test(update=0.1) must be a function of the rate; it is called with each rate, "
            "trains for one update, and returns the loss.",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


# A real training.


@pytest.fixture(scope="module")
def digits():
    """What the example of the documents found and reached."""
    example = runpy.run_path(str(TESTS.parent / "docs" / "examples" / "range_test_digits.py"))
    return example["main"](progress=False)


def test_the_range_test_of_digits_ends_in_an_explosion(digits):
    found = digits.curve.suggest()
    assert digits.curve.stopped
    assert isinstance(found, Suggestion)
    assert all(1e-2 < getattr(found, rule) < found.diverges < 100 for rule in RULES)


@pytest.mark.parametrize("rule", ["steepest", "valley", "slide", "minimum_over_10", "back_off"])
def test_digits_are_recognised_after_training_at_the_suggested_rate(digits, rule):
    assert digits.accuracy[rule] > 0.9


def test_digits_are_not_recognised_beyond(digits):
    """The test says something: a hundredth of the lowest suggestion is too low, and the explosion too high."""
    example = runpy.run_path(str(TESTS.parent / "docs" / "examples" / "range_test_digits.py"))
    found = digits.curve.suggest()
    assert example["train"](min(getattr(found, rule) for rule in RULES) / 100) < 0.5
    assert example["train"](2 * found.diverges) < 0.5
