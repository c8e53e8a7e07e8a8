"""Integers stay integers: the index of a stair, a cycle or a piece is Python's, for every step that can be counted."""

import math
from bisect import bisect_right
from fractions import Fraction
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import example, given, settings, strategies as st

import lrsched as L
from tests import oracle

LAST = 2**31 - 1
CHANCE = np.random.default_rng(3)
MILLION = CHANCE.integers(0, LAST, 10**6, endpoint=True)
WIDE_MILLION = CHANCE.integers(0, 2**53, 10**6, endpoint=True)
HUNDRED = MILLION[:100].tolist() + WIDE_MILLION[:100].tolist()

periods = st.integers(1, LAST) | st.integers(1, 5000) | st.sampled_from([2**24 - 1, 2**24, 2**24 + 1, LAST])
often = settings(max_examples=6, deadline=None, derandomize=True)


def near(period: int, last: int) -> np.ndarray:
    """The steps next to some boundaries of a period, up to the last step, and the ends."""
    count = last // period
    starts = np.unique(CHANCE.integers(0, count, 200, endpoint=True)) * period
    steps = np.concatenate([np.add.outer(starts, [-1, 0, 1]).ravel(), [0, 1, 2**24 - 1, 2**24, 2**24 + 1, last]])
    return steps[(steps >= 0) & (steps <= last)]


def plain(step):
    """The step that a child is handed, as the value."""
    return step


# The local step of a cycle: what is left of a division by the period.


@often
@given(periods)
def test_local_step_in_numpy(period):
    schedule = L.restart(plain, period)
    for steps in (MILLION, WIDE_MILLION, near(period, 2**53)):
        assert np.array_equal(schedule(steps), steps % period)


@often
@given(periods)
def test_local_step_of_python_numbers(period):
    schedule = L.restart(plain, period)
    assert [schedule(t) for t in HUNDRED] == [t % period for t in HUNDRED]


@often
@given(periods)
def test_local_step_in_jax_and_torch(period):
    """The steps are counted in integers, and only the result is rounded to float32."""
    schedule = L.restart(plain, period)
    steps = np.concatenate([MILLION, near(period, LAST)])
    expected = (steps % period).astype(np.float32)
    assert np.array_equal(jax.jit(schedule)(steps.astype(np.int32)), expected)
    assert np.array_equal(schedule(torch.asarray(steps)).numpy(), expected)
    assert np.array_equal(schedule(torch.asarray(steps, dtype=torch.float64)).numpy(), steps % period)


# The index of a stair: 1/(1 + index) tells it.


@often
@given(periods)
def test_stair_in_numpy(period):
    schedule = L.inverse_time_decay(1.0, 1.0, decay_steps=period, staircase=True)
    for steps in (MILLION, near(period, LAST)):
        assert np.array_equal(np.round(1 / schedule(steps)) - 1, steps // period)


@often
@given(st.integers(1000, LAST))
def test_stair_in_jax_and_torch(period):
    """Up to 2**21 stairs, one over their number is exact enough in float32 to know the number from it."""
    schedule = L.inverse_time_decay(1.0, 1.0, decay_steps=period, staircase=True)
    steps = np.concatenate([MILLION, near(period, LAST)])
    index = steps // period
    for values in (jax.jit(schedule)(steps.astype(np.int32)), schedule(torch.asarray(steps)).numpy()):
        assert np.array_equal(np.round(1 / np.asarray(values, np.float64)) - 1, index)


broken = st.floats(1000.0, 1e10) | st.decimals(1000, 10**7, places=3).map(float) | st.fractions(1000, 10**5).map(float)


@often
@given(broken)
@example(26525.19893899204)
@example(1000 + 1e-9)
@example(LAST - 0.5)
def test_stair_of_a_length_that_is_not_whole(steps):
    """A length is the number that was written, or the ratio that was computed: see tests/oracle.py."""
    length = oracle.written(steps)
    schedule = L.inverse_time_decay(1.0, 1.0, decay_steps=steps, staircase=True)
    for last, asks in (
        (LAST, lambda t: jax.jit(schedule)(t.astype(np.int32))),
        (LAST, lambda t: schedule(torch.asarray(t)).numpy()),
        (2**50, schedule),
        (2**50, lambda t: np.array([schedule(step) for step in t.tolist()])),
    ):
        starts = [
            math.ceil(int(stair) * length) for stair in CHANCE.integers(0, int(last / length), 200, endpoint=True)
        ]
        steps_near = np.unique(np.add.outer(starts, [-1, 0, 1]).ravel())
        asked = np.concatenate(
            [steps_near[(steps_near >= 0) & (steps_near <= last)], [0, 1, 2**24 - 1, 2**24 + 1, last]]
        )
        index = np.array([int(step / length) for step in asked.tolist()], np.float64)
        few = index < 2**21  # float32 tells the others no more
        assert np.array_equal(np.round(1 / np.asarray(asks(asked), np.float64))[few] - 1, index[few])


@often
@given(st.integers(1, LAST))
def test_power_stair_is_flat_and_falls_at_its_boundary(period):
    """Every step of a stair has the value of the first, and the last step of the one before has another."""
    count = LAST // period
    schedule = L.step_decay(1.0, 0.5 ** (20 / max(count, 20)), period)
    starts = np.unique(CHANCE.integers(0, count, 300, endpoint=True)) * period
    inside = np.minimum(starts + CHANCE.integers(0, period, len(starts)), LAST)
    before = starts[starts > 0] - 1
    programs = [schedule, lambda t: np.asarray(jax.jit(schedule)(t.astype(np.int32)))]
    programs.append(lambda t: schedule(torch.asarray(t)).numpy())
    for number, program in enumerate(programs):
        assert np.array_equal(program(inside), program(starts))
        if number == 0 or count < 2**20:  # float32 cannot tell more stairs apart
            assert (program(before) > program(before + 1)).all()


# The piece of a join.


@often
@given(st.sets(st.integers(1, LAST), min_size=1, max_size=40))
def test_piece(boundaries):
    boundaries = sorted(boundaries)
    schedule = L.piecewise_constant([float(index) for index in range(len(boundaries) + 1)], boundaries)
    steps = np.concatenate([MILLION[:10_000], np.add.outer(boundaries, [-1, 0, 1]).ravel(), [0, LAST]])
    steps = steps[steps <= LAST]
    expected = np.searchsorted(boundaries, steps, side="right")
    assert [schedule(t) for t in steps[-200:].tolist()] == [bisect_right(boundaries, t) for t in steps[-200:].tolist()]
    assert np.array_equal(schedule(steps), expected)
    assert np.array_equal(schedule(torch.asarray(steps)).numpy(), expected)
    steps = np.resize(steps, 11_000)  # one length, so that JAX compiles one program for each number of pieces
    assert np.array_equal(jax.jit(schedule)(steps.astype(np.int32)), np.resize(expected, 11_000))


# The cycle of a geometric restart.


def begins(period: int, multiple: float, last: int) -> list[Fraction]:
    """Where the cycles begin, exactly, for the multiple as it is written."""
    found, length = [Fraction(0)], Fraction(period)
    while found[-1] + length <= last:
        found.append(found[-1] + length)
        length *= oracle.written(multiple)
    return found


def edges(period: int, multiple: float, last: int) -> tuple[np.ndarray, np.ndarray]:
    """The steps next to every boundary, with the cycles that they belong to."""
    exact = begins(period, multiple, last)
    steps = sorted({int(begin) + d for begin in exact for d in (-1, 0, 1, 2)} | {last - 1, last})
    steps = [t for t in steps if 0 <= t <= last]
    return np.array(steps), np.array([bisect_right(exact, t) - 1 for t in steps])


def cycle_of(values: np.ndarray, rate: float) -> np.ndarray:
    return np.round(np.log(np.asarray(values, np.float64)) / np.log(rate))


MULTIPLES = [1, 2, 3, 10, 1.5, 2.5, 1.1, 1.25, 1.7, 1.05, 4 / 3]
PERIODS = [1, 7, 1000, 99_991]


def cycles_of(multiple: float, period: int) -> tuple[L.Schedule, float]:
    """The height of a cycle tells its number: 0.95**k, far above the smallest number, differs by 5 % from the next."""
    rate = 0.95 if multiple > 1 else 1 - 1e-8
    return L.restart(1.0, period, period_mult=multiple, value_mult=rate), rate


@cache
def cycles_in_jax(multiple: float) -> dict[int, np.ndarray]:
    """The values at the edges, for every period; in one program, since compiling one for each takes longer."""
    made = {period: cycles_of(multiple, period)[0] for period in PERIODS}
    steps = {period: edges(period, multiple, LAST)[0].astype(np.int32) for period in PERIODS}
    return jax.jit(lambda asked: {period: made[period](own) for period, own in asked.items()})(steps)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("multiple", MULTIPLES)
def test_cycle_at_every_boundary(multiple, period):
    schedule, rate = cycles_of(multiple, period)
    if multiple == 1:
        steps = near(period, LAST)
        assert np.array_equal(cycle_of(schedule(steps), rate), steps // period)
        return
    steps, cycles = edges(period, multiple, 2**53)
    assert np.array_equal(cycle_of(schedule(steps), rate), cycles)
    assert [round(c) for c in cycle_of([schedule(t) for t in steps.tolist()], rate)] == cycles.tolist()
    assert np.array_equal(cycle_of(schedule(torch.asarray(steps, dtype=torch.float64)).numpy(), rate), cycles)
    assert np.array_equal(cycle_of(schedule(torch.asarray(steps)).numpy(), rate), cycles)
    steps, cycles = edges(period, multiple, LAST)
    assert np.array_equal(cycle_of(cycles_in_jax(multiple)[period], rate), cycles)


@often
@given(st.integers(1, 10**6), st.floats(1.01, 20).map(lambda x: round(x, 2)))
def test_cycle_for_any_multiple(period, multiple):
    schedule = L.restart(1.0, period, period_mult=multiple, value_mult=0.99)
    steps, cycles = edges(period, multiple, LAST)
    assert np.array_equal(cycle_of(schedule(steps), 0.99), cycles)


@pytest.mark.parametrize("multiple", [2, 1.5])
def test_no_cycle_begins_beside_its_boundary(multiple):
    """A logarithm puts the restart of some cycle one step off; the sums do not."""
    schedule = L.restart(L.linear(1.0, 0.0, 10), 10, period_mult=multiple)
    for begin in begins(10, multiple, 2**53):
        if begin.denominator == 1:
            assert schedule(int(begin)) == 1.0
            assert schedule(int(begin) - 1) < 1.0 or begin == 0


# Fractions of a run.


@pytest.mark.parametrize("total", [5, 7, 10, 100, 200, 1000, 12_345, 10**6, LAST])
@pytest.mark.parametrize("part", [0.0, 0.1, 0.145, 0.15, 0.25, 0.285, 0.29, 0.3, 0.35, 0.5, 0.57, 0.7, 1.0])
def test_part_of_a_run_is_rounded_half_away(part, total):
    up = int(Fraction(repr(part)) * total + Fraction(1, 2))
    schedule = L.one_cycle(1.0, total, pct_start=part, ramp=L.linear)
    assert schedule(up) == 1.0 or up == total
    assert schedule(up - 1) < 1.0 or up == 0
    assert set(schedule.boundaries) - {total} == {up} - {0, total}


# The dtypes of steps.

SCHEDULES = [
    L.warmup_cosine(3e-4, 1000, LAST),
    L.cyclic(0.0, 1.0, 3, step_size_down=4),
    L.step_decay(1.0, 0.5, 2**27),
    L.restart(L.cosine(1.0, 0.0, 7), 7, period_mult=2),
    L.noam(512, 4000),
    L.shift(L.linear(1.0, 0.0, LAST), LAST - 5),
    L.shift(L.linear(1.0, 0.0, LAST), -LAST),
    L.inverse_time_decay(1.0, 1.0, decay_steps=7, staircase=True),
]
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES, ids=str)


def ends_of(dtype: type) -> list[int]:
    info = np.iinfo(dtype)
    return [t for t in (0, 1, 2, 7, 100, int(info.max) - 1, int(info.max)) if t <= 2**53]


@every_schedule
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"])
def test_every_integer_dtype_of_numpy(schedule, dtype):
    steps = ends_of(np.dtype(dtype).type)
    assert schedule(np.array(steps, dtype)).tolist() == schedule(np.array(steps)).tolist()
    assert np.allclose(schedule(np.array(steps, dtype)), [schedule(t) for t in steps], rtol=2**-50, atol=0)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64"])
def test_negative_steps_of_every_width(dtype):
    """Also where a plain callable would see them."""
    schedule, steps = L.join([lambda t: 1.0 * t, 5.0], [3]), [-100, -1, 0, 2, 3, 100]
    assert schedule(np.array(steps, dtype)).tolist() == [schedule(step) for step in steps]


NARROW = {
    dtype: np.array([t for t in ends_of(np.dtype(dtype).type) if t <= LAST], dtype)
    for dtype in ("uint8", "int8", "uint16", "int16", "uint32")
}
ASKED = np.array([*{int(t) for own in NARROW.values() for t in own}, LAST - 2, LAST - 1, LAST, -1, -(2**31)], np.int32)


@cache
def in_jax() -> list[tuple[dict[str, np.ndarray], dict[int, float]]]:
    """The values of every schedule at steps of every dtype and at int32, in one program, for one takes less time."""
    program = jax.jit(lambda narrow, asked: [({k: s(t) for k, t in narrow.items()}, s(asked)) for s in SCHEDULES])
    values = program({dtype: np.resize(own, 12) for dtype, own in NARROW.items()}, ASKED)
    return [(narrow, dict(zip(ASKED.tolist(), wide.tolist(), strict=True))) for narrow, wide in values]


@every_schedule
def test_every_integer_dtype_of_jax(schedule):
    """One program of all dtypes, with arrays of one size."""
    narrow, wide = in_jax()[SCHEDULES.index(schedule)]
    for dtype, own in NARROW.items():
        assert narrow[dtype].tolist() == [wide[t] for t in np.resize(own, 12).tolist()], dtype


@every_schedule
@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64], ids=str)
def test_every_integer_dtype_of_torch(schedule, dtype):
    steps = [t for t in (0, 1, 2, 7, 100, torch.iinfo(dtype).max) if t <= LAST]
    assert schedule(torch.tensor(steps, dtype=dtype)).tolist() == schedule(torch.tensor(steps)).tolist()


@every_schedule
def test_last_steps_of_int32_do_not_overflow(schedule):
    """What int32 gives for its last steps is what Python's unbounded integers give, rounded."""
    steps = [LAST - 2, LAST - 1, LAST]
    found = in_jax()[SCHEDULES.index(schedule)][1]
    assert np.allclose([found[t] for t in steps], [schedule(t) for t in steps], rtol=20 * 2**-23, atol=2**-126)


@every_schedule
def test_last_steps_of_int64_do_not_overflow(schedule):
    steps = np.array([2**53, 2**62, 2**63 - 1])
    assert schedule(steps).tolist() == [schedule(2**53)] * 3
    assert schedule(steps.astype(np.uint64)).tolist() == [schedule(2**53)] * 3


@every_schedule
def test_smallest_steps_are_the_first(schedule):
    steps = np.array([-1, -(2**31), -(2**63)])
    assert schedule(steps).tolist() == [schedule(0)] * 3
    found = in_jax()[SCHEDULES.index(schedule)][1]
    assert found[-1] == found[-(2**31)] == np.float32(schedule(0))


@pytest.mark.parametrize("multiple", [1, 2, 1.5])
@pytest.mark.parametrize("factor", [0.5, 0.3, 0.1, 2.5])
def test_a_stretched_restart_is_the_restart_of_the_stretched(multiple, factor):
    """Also where its period becomes a part of a step, or several cycles begin in one."""
    schedule = L.restart(L.linear(1.0, 0.0, 5), 5, period_mult=multiple)
    stretched = L.stretch(schedule, factor)
    expected = [float(oracle.value(stretched, step)) for step in range(60)]
    np.testing.assert_allclose([stretched(step) for step in range(60)], expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(stretched(np.arange(60)), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("make", [lambda s: L.stretch(s, 2.0), lambda s: L.restart(s, 6, period_mult=2)])
def test_a_stretched_ramp_of_no_steps_is_at_its_end(make):
    """Before step 0, too."""
    schedule = make(L.linear(1.0, 0.25, 0))
    assert [schedule(step) for step in (-1, 0, 1)] == schedule(np.array([-1, 0, 1])).tolist() == [0.25] * 3
    assert jax.jit(schedule)(jnp.array([-1, 0, 1])).tolist() == [0.25] * 3


def test_a_ramp_shorter_than_a_step_ends_where_it_should():
    """At a broken step, too; whichever library asks."""
    short = L.stretch(L.linear(1.0, 0.0, 1), 0.3)
    expected = [1.0, 1 / 3, 0.0, 0.0]
    np.testing.assert_allclose([short(step) for step in (0.0, 0.2, 0.5, 1.0)], expected, atol=1e-12)
    for library in (np, jnp):
        np.testing.assert_allclose(short(library.asarray([0.0, 0.2, 0.5, 1.0])), expected, atol=1e-6)


@pytest.mark.parametrize("length", [7 / 3, 0.7, 10.5, 1 / 3])
def test_a_float_is_on_the_same_stair_in_python_and_in_numpy(length):
    """Also the floats next to a jump, which lies between two of them."""
    schedule = L.exponential_decay(1.0, 0.99, decay_steps=length, staircase=True)
    jumps = np.arange(1, 300) * length
    steps = np.concatenate([np.nextafter(jumps, 0), jumps, np.nextafter(jumps, np.inf)])
    np.testing.assert_allclose(schedule(steps), [schedule(step) for step in steps.tolist()], rtol=1e-12)
