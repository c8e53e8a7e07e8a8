"""The weights of merged checkpoints: they emulate the decay, are not negative, and sum to 1."""

import math
from itertools import pairwise

import numpy as np
import pytest

import lrsched as lr
from lrsched import merge_weights

RAMPS = [lr.linear, lr.cosine, lr.one_minus_sqrt, lr.hold, lambda a, b, n: lr.polynomial(a, b, n, power=3.0)]
DECAYS = [lr.join([1e-3, ramp(1e-3, end, 60)], [40]) for ramp in RAMPS for end in (0.0, 1e-4)]
DECAYS += [lr.cooldown(lr.constant(2.0), 40, 60), lr.wsd(3e-4, 10, 100, 60), lr.exponential_decay(1.0, 0.9)]


def constant_run(gradients, rate, start):
    """The weights before each update of a run at the rate that a schedule has at a step."""
    return np.cumsum(np.concatenate([[np.zeros(3)], -rate(start) * gradients]), axis=0)


@pytest.mark.parametrize("rate", DECAYS, ids=str)
@pytest.mark.parametrize("start", [40, 41, 47])
def test_checkpoints_at_every_step_are_the_decayed_run(rate, start):
    """Plain descent with gradients that are given: 60 updates at one rate, merged, and 60 that decay."""
    gradients = np.random.default_rng(0).normal(size=(60, 3))
    steps = list(range(start, start + 61))
    checkpoints = constant_run(gradients, rate, start)
    merged = np.array(merge_weights(rate, steps)) @ checkpoints
    decayed = -(np.array([rate(t) for t in steps[:-1]]) @ gradients)
    np.testing.assert_allclose(merged, decayed, rtol=1e-12, atol=1e-12 * np.abs(checkpoints).max())


@pytest.mark.parametrize("rate", DECAYS, ids=str)
@pytest.mark.parametrize("steps", [[40, 100], [40, 45, 70, 100], range(40, 101, 20), np.array([42, 43, 90]), (50,)])
def test_fewer_checkpoints_count_each_update_as_much_on_average(rate, steps):
    weights = merge_weights(rate, steps)
    assert len(weights) == len(steps)
    assert math.fsum(weights) == pytest.approx(1.0, rel=1e-15)
    assert min(weights) >= 0.0
    kept = 1.0
    for (before, after), weight in zip(pairwise(map(int, steps)), weights, strict=False):
        mean = math.fsum(rate(t) for t in range(before, after)) / (after - before) / rate(int(steps[0]))
        kept -= weight  # the part of the updates between the two that the later checkpoints hold
        assert kept == pytest.approx(mean, abs=1e-14)


def test_a_rate_that_stays_is_the_last_checkpoint():
    for value in (1e-3, 0.1, 1 / 3, 7.0):
        for stop in (3, 7, 49, 1_000):
            assert merge_weights(lr.constant(value), [0, 1, stop]) == (0.0, 0.0, 1.0)
    assert merge_weights(lr.linear(1.0, 0.0, 10), [3]) == (1.0,)


def test_a_straight_line_is_a_plain_mean():
    """As in the paper: with checkpoints that are equally far apart, but for half the weight of the ends."""
    weights = merge_weights(lr.linear(1.0, 0.0, 400), range(0, 401, 100))
    np.testing.assert_allclose(weights, [0.12375, 0.25, 0.25, 0.25, 0.12625], rtol=1e-12)
    assert merge_weights(lr.linear(1.0, 0.0, 4), range(5)) == (0.0, 0.25, 0.25, 0.25, 0.25)


def test_a_long_run_is_looked_at_in_parts():
    weights = merge_weights(lr.linear(1.0, 0.0, 3_000_000), [0, 1_500_000, 3_000_000])
    np.testing.assert_allclose(weights, [0.25, 0.5, 0.25], rtol=1e-6)


BAD = {
    "a schedule that rises": (
        lambda: merge_weights(lr.sgdr(1.0, 0.0, 5), [0, 9]),
        "merge_weights(schedule=sgdr(...)) must not rise after the first checkpoint, and goes from 0.0954915 to 1 at "
        "step 5; give checkpoints of the part that falls.",
    ),
    "a warmup": (
        lambda: merge_weights(lr.warmup_cosine(1.0, 10, 100), [5, 50]),
        "merge_weights(schedule=warmup_cosine(...)) must not rise after the first checkpoint, and goes from 0.5 to 0.6 "
        "at step 6; give checkpoints of the part that falls.",
    ),
    "a rate of 0": (
        lambda: merge_weights(lr.warmup_cosine(1.0, 10, 100), [0, 50]),
        "merge_weights(schedule=warmup_cosine(...)) must be greater than 0 at step 0, and is 0; "
        "the first checkpoint is taken before the decay.",
    ),
    "a rate below 0": (
        lambda: merge_weights(lr.linear(1.0, -1.0, 10), [0, 5, 10]),
        "merge_weights(schedule=linear(...)) must be at least 0, and is -0.2 at step 6; a run cannot be merged to one "
        "that goes back.",
    ),
    "checkpoints out of order": (
        lambda: merge_weights(lr.linear(1.0, 0.0, 9), [3, 7, 5]),
        "merge_weights(checkpoints[2]=5) must be after 7; sort the checkpoints by their steps.",
    ),
    "a checkpoint twice": (
        lambda: merge_weights(lr.linear(1.0, 0.0, 9), [3, 3]),
        "merge_weights(checkpoints[1]=3) must be after 3; sort the checkpoints by their steps.",
    ),
    "no checkpoints": (
        lambda: merge_weights(lr.linear(1.0, 0.0, 9), []),
        "merge_weights(checkpoints=[]) must be the steps of one checkpoint or more; write [9000, 9500, 10000].",
    ),
    "names of files": (
        lambda: merge_weights(lr.linear(1.0, 0.0, 9), ["a.pt", "b.pt"]),
        "merge_weights(checkpoints[0]='a.pt') must be a number, not str; give an int or a float.",
    ),
    "a step before the first": (
        lambda: merge_weights(lr.linear(1.0, 0.0, 9), [-1, 3]),
        "merge_weights(checkpoints[0]=-1) must be at least 0; give how many there are.",
    ),
    "no schedule": (
        lambda: merge_weights(0.1, [0, 3]),
        "merge_weights(schedule=0.1) must be a schedule, not float; lrsched.constant(value) is one.",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message
