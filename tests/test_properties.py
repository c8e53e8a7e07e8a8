"""Laws of random compositions."""

import json
import math
import pickle

import jax
import numpy as np
import torch
from hypothesis import HealthCheck, given, settings, strategies as st

import lrsched as lr

from .strategies import PERIODS, RAMPS, SCHEDULES, STEPS as COUNTS, VALUES, start_within

STEPS = np.arange(-2, 90)
RANGE = st.lists(st.integers(-5, 300), min_size=1, max_size=20)

many = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
few = settings(many, max_examples=10)  # compiled; tests/test_fuzz.py draws others


def close(values, expected, rtol):
    """Equal to rounding, relative to the largest value: sums of drawn schedules cancel at no step but by rounding."""
    np.testing.assert_allclose(np.asarray(values), expected, rtol=rtol, atol=rtol * np.max(np.abs(expected), initial=0))


def values(schedule, steps):
    return [schedule(int(step)) for step in steps]


@many
@given(SCHEDULES, st.integers(-(2**31), 2**53))
def test_total(schedule, step):
    """Finite and not negative at any step, and the start is held before it."""
    for t in (step, -1, 0, 1, 2**31 - 1):
        assert math.isfinite(schedule(t))
        assert schedule(t) >= 0 or math.isclose(schedule(t), 0, abs_tol=1e-15)
    assert schedule(-1) == schedule(-(2**40)) == schedule(0)
    if schedule.length is not None:
        assert schedule(schedule.length) == schedule(schedule.length + abs(step))


@many
@given(SCHEDULES, RANGE)
def test_order_free(schedule, steps):
    """The same in any order, and again."""
    forwards = values(schedule, steps)
    assert values(schedule, reversed(steps)) == forwards[::-1]
    assert values(schedule, steps) == forwards


@many
@given(SCHEDULES)
def test_vector_matches_scalar(schedule):
    """An array of steps, shuffled or not, gives what single steps give."""
    expected = np.array(values(schedule, STEPS))
    close(schedule(STEPS), expected, 1e-12)
    order = np.random.default_rng(0).permutation(len(STEPS))
    close(schedule(STEPS[order]), expected[order], 1e-12)
    close(schedule(torch.asarray(STEPS)), expected, 2e-5)
    close(schedule(torch.asarray(STEPS, dtype=torch.float64)), expected, 1e-12)


@few
@given(SCHEDULES)
def test_traced_matches_scalar(schedule):
    """A compiled vector and a compiled scalar, with the schedule a constant or an argument."""
    expected = np.array(values(schedule, STEPS))
    both = jax.jit(lambda steps, step: (schedule(steps), schedule(step)))
    vector, scalar = both(STEPS.astype(np.int32), np.int32(17))
    close(vector, expected, 2e-5)
    close(scalar, schedule(17), 2e-5)


@many
@given(SCHEDULES)
def test_round_trips(schedule):
    """Text, data and bytes."""
    assert lr.parse(repr(schedule)) == schedule
    assert eval(repr(schedule), vars(lr).copy()) == schedule
    assert lr.from_config(json.loads(json.dumps(schedule.to_config()))) == schedule
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert hash(pickle.loads(pickle.dumps(schedule))) == hash(schedule)
    assert isinstance(schedule.describe(), str)


@many
@given(SCHEDULES)
def test_join_identity(schedule):
    """One piece is itself; a piece of no steps is not there."""
    assert lr.join([schedule], []) == schedule
    assert lr.join([lr.constant(9.0), schedule], [0]) == schedule


@many
@given(SCHEDULES, SCHEDULES, SCHEDULES, PERIODS, PERIODS)
def test_join_associativity(a, b, c, first, second):
    """A join of joins is one join, however it is bracketed, in structure and in value."""
    flat = lr.join([a, b, c], [first, first + second])
    left = lr.join([lr.join([a, b], [first]), c], [first + second])
    right = lr.join([a, lr.join([b, c], [second])], [first])
    assert flat == left == right
    expected = [a(t) if t < first else b(t - first) if t < first + second else c(t - first - second) for t in range(40)]
    assert values(flat, range(40)) == expected


@many
@given(SCHEDULES, COUNTS, COUNTS, VALUES, RAMPS)
def test_cooldown_keeps_the_past(schedule, start, steps, end_value, ramp):
    """Before `start` nothing changes; from there the ramp, from exactly the value reached to exactly its end."""
    start = start_within(schedule, start)
    cooled = lr.cooldown(schedule, start, steps, end_value=end_value, ramp=ramp)
    assert values(cooled, range(start)) == values(schedule, range(start))
    assert cooled(start) == (schedule(start) if steps else end_value)
    assert cooled(start + steps) == end_value
    assert cooled.length == start + steps


@many
@given(SCHEDULES, COUNTS, PERIODS)
def test_extend_keeps_the_past(schedule, start, more):
    """Before `start` nothing changes; there is no jump; it ends where and as it should."""
    if not schedule.length:
        return
    start = min(start, schedule.length - 1)
    longer = lr.extend(schedule, start, start + more)
    assert values(longer, range(start)) == values(schedule, range(start))
    close([longer(start)], [schedule(start)], 1e-12)
    assert longer(start + more) == schedule(schedule.length)
    assert longer.length == start + more


@many
@given(SCHEDULES, COUNTS, VALUES, RAMPS)
def test_warmup_skips_nothing(schedule, steps, init_value, ramp):
    """The ramp, then every step of the schedule."""
    warm = lr.warmup(schedule, steps, init_value=init_value, ramp=ramp)
    assert warm(0) == (init_value if steps else schedule(0))
    assert values(warm, range(steps, steps + 30)) == values(schedule, range(30))


@many
@given(SCHEDULES, SCHEDULES, st.integers(-10, 10), st.integers(1, 4))
def test_algebra(a, b, steps, factor):
    """Arithmetic commutes; shifts add up; a stretch by whole steps meets the schedule at multiples."""
    assert values(a * b, STEPS) == values(b * a, STEPS)
    assert values(a + b, STEPS) == values(b + a, STEPS)
    assert values(lr.shift(a, steps), range(30)) == values(a, (max(t + steps, 0) for t in range(30)))
    stretched = lr.stretch(a, factor)
    close(values(stretched, range(0, 30 * factor, factor)), values(a, range(30)), 1e-9)


@many
@given(SCHEDULES, PERIODS, st.sampled_from([1, 2, 3]))
def test_restart_replays(schedule, period, multiple):
    """Every cycle begins as the schedule does, and lasts `multiple` times as long as the one before."""
    again = lr.restart(schedule, period, period_mult=multiple)
    start, length = 0, period
    for _ in range(4):
        ratio = length // period
        close([again(start + i * ratio) for i in range(period)], values(schedule, range(period)), 1e-9)
        start, length = start + length, length * multiple
