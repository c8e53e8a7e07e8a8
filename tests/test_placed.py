"""Stretches and restarts in one another, whose pieces begin between two steps; and joins gathered in odd places."""

import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import lrsched as lr

from . import oracle

STEPS = np.arange(80)
STAIR = lr.join([lr.constant(1.0), lr.constant(2.0)], [5])
LINES = lr.join([lr.linear(1.0, 2.0, 5), lr.linear(7.0, 3.0, 8)], [5])

NESTED = [
    lr.stretch(lr.stretch(STAIR, 10), 0.5),
    lr.stretch(lr.restart(STAIR, 10, period_mult=2), 0.5),
    lr.stretch(lr.restart(STAIR, 9), 0.5),
    lr.stretch(lr.shift(STAIR, 1), 0.5),
    lr.stretch(STAIR, 7 / 29),
    lr.stretch(lr.shift(LINES, 3), 0.5),
    lr.restart(lr.restart(STAIR, 7), 30, period_mult=1.5),
    lr.restart(2 * lr.join([1.0, 2.0], [3]), 5, period_mult=1.5),
    lr.restart(STAIR + 0.5, 7, period_mult=1.5),
    lr.restart(lr.stretch(STAIR, 0.5), 3, period_mult=1.5),
    lr.stretch(lr.sgdr(0.5, 0.1, 10, period_mult=2), 2 / 3),
    lr.stretch(lr.sgdr(0.5, 0.1, 3, period_mult=1.5), 7 / 3),
    lr.scale_schedule(lr.sgdr(0.1, 0.0, 10, period_mult=2), 256, 384, rule="sqrt"),
    lr.stretch(lr.restart(lr.one_minus_sqrt(1.0, 0.0, 7), 7), 0.7),
    lr.stretch(lr.cyclic(2.0, 0.3, 50, step_size_down=3, mode="triangular2"), 1 / 7),
    lr.stretch(lr.cyclic(0.0, 1.0, 2, step_size_down=2), 0.3),
    lr.restart(lr.stretch(STAIR, 0.1), 9, period_mult=2),
    lr.stretch(lr.restart(LINES, 9), 0.1),
]


@pytest.mark.parametrize("schedule", NESTED, ids=str)
def test_pieces_begin_where_they_should(schedule):
    expected = [float(oracle.value(schedule, step)) for step in STEPS.tolist()]
    np.testing.assert_allclose([schedule(step) for step in STEPS.tolist()], expected, rtol=1e-9)
    np.testing.assert_allclose(schedule(STEPS), expected, rtol=1e-9)


@cache
def nested_in_jax():
    """One program of all of them, since compiling many small ones takes longer."""
    return jax.jit(lambda steps: [schedule(steps) for schedule in NESTED])(STEPS.astype(np.int32))


@pytest.mark.parametrize("schedule", NESTED[:-1], ids=str)  # of the last, float32 does not hold where pieces begin
def test_pieces_begin_there_in_float32(schedule):
    np.testing.assert_allclose(nested_in_jax()[NESTED.index(schedule)], schedule(STEPS), rtol=1e-5)
    np.testing.assert_allclose(schedule(torch.asarray(STEPS)), schedule(STEPS), rtol=1e-5)


def test_a_join_of_growing_cycles():
    """The inner cycles are not gathered where their numbers have the shape of the steps."""
    schedule = lr.join([lr.sgdr(float(v), 0.0, 5, period_mult=2) for v in (1, 2, 3, 4)], [10, 20, 30])
    np.testing.assert_allclose(jax.jit(schedule)(jnp.asarray(STEPS)), schedule(STEPS), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(schedule(torch.asarray(STEPS)), schedule(STEPS), rtol=1e-5, atol=1e-6)


def test_broken_boundaries_are_passed_at_the_next_step():
    stair = lr.piecewise_constant([1.0, 2.0, 3.0, 4.0, 5.0], [3, 5, 9, 13])
    values = jax.jit(lambda factor: lr.stretch(stair, factor)(jnp.arange(8)))(1.5)
    assert values.tolist() == [1, 1, 1, 1, 1, 2, 2, 2]


def test_a_gathered_rate_is_compared_and_divided_by():
    @lr.schedule
    def compared_decay(xp, decay_rate: lr.types.Rate):
        """A formula that treats its rate as any number."""
        is_one = xp.where(decay_rate == 1.0, 10.0, xp.where(decay_rate >= 2.0, 20.0, 30.0))
        return lambda t: is_one + abs(decay_rate) + decay_rate**decay_rate + t % decay_rate + xp.stairs(decay_rate)(t)

    schedule = lr.join([compared_decay(rate) for rate in (1.0, 2.0, 3.0, 4.0, 0.5)], [4, 8, 12, 16])
    np.testing.assert_allclose(jax.jit(schedule)(jnp.arange(20)), schedule(np.arange(20)), rtol=1e-6)


def test_a_clock_that_is_a_number():
    stair = lr.piecewise_constant([1.0, 2.0, 3.0, 4.0, 5.0], [1, 2, 3, 4])
    assert lr.compose(stair, 2.0)(jnp.arange(3)).tolist() == lr.compose(stair, 2.0)(np.arange(3)).tolist() == [3, 3, 3]


def test_lengths_in_tokens_become_steps():
    tokens = lr.piecewise_interpolate([0.0, 1.0, 0.5, 0.2, 0.1], [10**10, 3 * 10**10, 4 * 10**10, 7 * 10**10])
    schedule = lr.stretch(tokens, 1 / 4096)
    assert jax.jit(schedule)(jnp.int32(10**7)) == pytest.approx(schedule(10**7), rel=1e-6)


@pytest.mark.parametrize("factor", [0.1, 7 / 29])
def test_stairs_shorter_than_a_step(factor):
    schedule = lr.stretch(lr.exponential_decay(1.0, 0.5, decay_steps=1, staircase=True), factor)
    assert [schedule(step) for step in range(60)] == schedule(np.arange(60)).tolist()


def test_the_length_of_a_stretch_in_a_stretch_is_rounded_once():
    assert lr.stretch(lr.stretch(lr.linear(1.0, 0.0, 3), 0.5), 2).length == 3
    run = lr.stretch(lr.stretch(lr.wsd(1.0, 1, 7, 4), 0.5), 2)
    assert (run.length, run.boundaries) == (7, (1, 3))
    assert jax.jit(lambda f: lr.stretch(lr.stretch(lr.linear(1.0, 0.0, 3), f), 0.5).length)(4.0) == 6


@pytest.mark.parametrize("child", [lr.one_minus_sqrt(1.0, 0.0, 7), lr.linear(0.0, 1.0, 7), STAIR], ids=str)
def test_no_step_is_before_its_cycle(child):
    """A period that is no float may leave less than nothing of a step; that is 0, and not a root of it."""
    schedule, steps = lr.stretch(lr.restart(child, 7), 0.7), np.arange(0, 5000, 49)
    np.testing.assert_array_equal(schedule(steps), child(0))
    assert [schedule(t) for t in steps.tolist()] == [child(0)] * len(steps)


BETWEEN = [lr.cosine(1.0, 0.0, 10), lr.exponential_decay(1.0, 0.5, decay_steps=7), LINES]


@cache
def between_in_jax(times):
    made = [lr.restart(child, 10, period_mult=1.5) for child in BETWEEN]
    return jax.jit(lambda times: [schedule(times) for schedule in made])(np.array(times, np.float32))


@pytest.mark.parametrize("child", BETWEEN, ids=str)
def test_a_cycle_begins_between_two_steps(child):
    """Cycles of 10, 15, 22.5 steps: the fourth begins at 47.5, for epochs as for updates under a clock."""
    schedule = lr.restart(child, 10, period_mult=1.5)
    times = np.array([24.9, 25.0, 25.5, 47.4, 47.5, 47.6, 47.9, 48.0])
    expected = [float(oracle.value(schedule, Fraction(time))) for time in times.tolist()]
    np.testing.assert_allclose([schedule(time) for time in times.tolist()], expected, rtol=1e-9)
    np.testing.assert_allclose(schedule(times), expected, rtol=1e-9)
    np.testing.assert_allclose(schedule(torch.tensor(times)).numpy(), expected, rtol=1e-9)
    in_jax = between_in_jax(tuple(times.tolist()))[BETWEEN.index(child)]
    np.testing.assert_allclose(in_jax, expected, rtol=1e-2)  # 47.4 is another number there
    epochs = lr.compose(schedule, lambda t: t / 10)
    np.testing.assert_allclose(epochs(np.round(times * 10).astype(int)), schedule(times), rtol=1e-9)


def test_the_steps_of_gathered_restarts_stay_integers():
    many = lr.join([lr.restart(lr.linear(1.0, 0.0, 10 + i), 10 + i, period_mult=2) for i in range(4)], [100, 200, 300])
    last = 300 + 13 * (2**22 - 1) - 1
    assert many(torch.tensor([last])).item() == pytest.approx(many(last), rel=5 * 2**-23)


def test_stairs_of_gathered_restarts_keep_their_length():
    decays = [lr.exponential_decay(0.1, 0.9, decay_steps=steps, staircase=True) for steps in (0.001, 0.7, 12.1, 10)]
    schedule = lr.join([lr.restart(decay, 5 + i, period_mult=2) for i, decay in enumerate(decays)], [20, 50, 90])
    steps = np.arange(1, 120)
    np.testing.assert_allclose(schedule(torch.asarray(steps, dtype=torch.float64)).numpy(), schedule(steps), rtol=1e-9)


AHEAD = lr.shift(lr.linear(0.0, 1.0, 10), 5)
DELAYED = {
    "of what is ahead": (lr.shift(AHEAD, -3), 3),
    "of a cycle that is ahead": (lr.shift(lr.restart(AHEAD, 4), -3), 3),
    "of growing cycles": (lr.shift(lr.restart(AHEAD, 4, period_mult=1.5), -3), 3),
    "stretched": (lr.stretch(lr.shift(AHEAD, -3), 1.5), 5),
    "inside": (lr.shift(lr.stretch(AHEAD, 0.7), -3), 3),
    "of a callable": (lr.shift(lr.shift(lambda t: t / 10, 5), -3), 3),
}


@cache
def delayed_in_jax():
    return jax.jit(lambda steps: {name: schedule(steps) for name, (schedule, _) in DELAYED.items()})(
        np.arange(-2, 5, dtype=np.int32)
    )


@pytest.mark.parametrize("name", DELAYED)
def test_a_delay_holds_the_first_value(name):
    """Of a child that is ahead: its value at its own step 0, and not at an earlier time of what it is made of."""
    schedule, begin = DELAYED[name]
    steps = np.arange(-2, begin)
    assert [schedule(step) for step in steps.tolist()] == [0.5] * len(steps)
    assert schedule(steps).tolist() == [0.5] * len(steps)
    assert delayed_in_jax()[name][: len(steps)].tolist() == [0.5] * len(steps)
    assert schedule(begin + 1) > 0.5


TRACED_DELAYS = {
    "ahead": lambda time: lr.shift(lr.shift(lr.linear(0.0, 1.0, 10), time), -3),
    "the delay": lambda time: lr.shift(lr.shift(lr.linear(0.0, 1.0, 10), 5), 2 - time),
    "both": lambda time: lr.shift(lr.shift(lr.linear(0.0, 1.0, 10), time), 2 - time),
    "in a sum": lambda time: lr.shift(lr.add(lr.shift(lr.linear(0.0, 1.0, 10), time), 0.0), -3),
}


@jax.jit
def traced_delays(time, steps):
    return {name: make(time)(steps) for name, make in TRACED_DELAYS.items()}


@pytest.mark.parametrize("name", TRACED_DELAYS)
@pytest.mark.parametrize("time", [-2, 0, 1, 5])
def test_a_traced_delay_holds_the_first_value(name, time):
    """As a known one does, in whichever direction the traced shift goes."""
    steps = np.arange(-2, 16, dtype=np.int32)
    np.testing.assert_allclose(traced_delays(time, steps)[name], TRACED_DELAYS[name](time)(steps), rtol=1e-6)


CHILDREN = [1.0, lr.constant(1.0), lr.linear(1.0, 0.0, 5), lr.wsd(1.0, 1, 5, 2)]


@jax.jit
def traced_lengths(boundary):
    return [
        {ahead: lr.join([0.25, lr.shift(child, ahead)], [boundary]).length for ahead in (0, 1, 2, 5, 7)}
        for child in CHILDREN
    ]


@pytest.mark.parametrize("ahead", [0, 1, 2, 5, 7])
@pytest.mark.parametrize("number", range(len(CHILDREN)))
@pytest.mark.parametrize("boundary", [1, 3])
def test_a_length_is_not_before_the_last_piece(number, ahead, boundary):
    """What is ahead may have ended before its piece begins; the value changes there all the same."""
    made = lr.join([0.25, lr.shift(CHILDREN[number], ahead)], [boundary])
    for schedule in (made, lr.scale(made, 2.0), lr.shift(made, -2), lr.stretch(made, 1.5), lr.join([made], [])):
        steps = np.arange(schedule.length, schedule.length + 20)
        assert set(schedule(steps)) == {schedule(schedule.length)}
        assert schedule.length == 0 or schedule(schedule.length - 1) != schedule(schedule.length)
    assert traced_lengths(boundary)[number][ahead] == made.length
    extended = lr.extend(made, 0, 2 * made.length)
    assert extended(2 * made.length) == made(made.length)


def test_few_pieces_are_written_out_of_cycles_inside_of_cycles():
    """Ten cycles, half as many in each, and so on: ten of each would be ten million of seven."""
    made = lr.linear(1.0, 0.0, 7)
    for depth in range(1, 8):
        made = lr.restart(made, 7 * 100**depth)
    assert len(made.boundaries) < 1_000
    assert {7 * 100**7 * cycle for cycle in range(1, 11)} <= set(made.boundaries)
    assert made.describe().count("\n") < 1_000
    assert made.length is None


def test_threads_may_share_a_schedule():
    """Also while its pieces are made, which they are at the first calls."""
    make = partial(lr.restart, lr.wsd(1.0, 2, 10, 3), 10, period_mult=1.1)
    steps = [37 * number % 3_000 for number in range(300)]
    expected, interval = list(map(make(), steps)), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            for _ in range(5):
                shared = make()
                found = threads.map(lambda turn, s=shared: [s(step) for step in steps[turn:] + steps[:turn]], range(8))
                assert list(found) == [expected[turn:] + expected[:turn] for turn in range(8)]
    finally:
        sys.setswitchinterval(interval)
