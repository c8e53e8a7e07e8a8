"""What is written computes what the schedule does, for every case of the table and every target."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings

import lrsched as lr
from lrsched import composition, schedule
from lrsched.types import Value
from tests import cases
from tests.export.running import (
    SIZE,
    TARGETS,
    assert_equal,
    expected,
    is_another_program,
    padded,
    source_of,
    values,
    written,
)
from tests.strategies import SCHEDULES

CASES = cases.CASES

every_target = pytest.mark.parametrize("target", TARGETS)

FAR = [2**24 - 1, 2**24, 2**24 + 1, 2**30, 2**31 - 2, 2**31 - 1]
PEAK, LONG = 3e-4, 2**31 - 1


def steps_of(made):
    """The start, steps before it, every boundary and its neighbours, the end, and steps far beyond."""
    inside = np.add.outer([0, *made.boundaries, made.length or 0], np.arange(-2, 3)).ravel()
    steps = np.unique(np.concatenate([np.arange(-3, 40), inside, FAR]))
    return steps[steps <= 2**31 - 1]


RUNS = {
    "cosine": lr.cosine(PEAK, 0.0, LONG),
    "warmup_cosine": lr.warmup_cosine(PEAK, LONG // 10, LONG, end_value=3e-5),
    "wsd": lr.wsd(PEAK, 10_000, 10_000 + LONG // 2 + LONG // 5, LONG // 5, decay=lr.one_minus_sqrt),
    "polynomial": lr.polynomial(0.0, PEAK, LONG, power=0.3),
    "polynomial down": lr.warmup_polynomial(PEAK, 1000, LONG, power=1.7),
    "exponential": lr.exponential(1e-4, 1.0, LONG),
    "sgdr": lr.sgdr(PEAK, 3e-5, LONG // 50, period_mult=2, value_mult=0.8),
    "sgdr of broken cycles": lr.sgdr(PEAK, 0.0, LONG // 50 + 1, period_mult=1.5),
    "cyclic": lr.cyclic(3e-5, PEAK, LONG // 20, step_size_down=LONG // 30, mode="triangular2"),
    "one_cycle": lr.one_cycle(PEAK, LONG, three_phase=True),
    "inverse_sqrt": lr.warmup_inverse_sqrt(PEAK, LONG // 10),
    "stretch": lr.stretch(lr.wsd(PEAK, LONG // 20, LONG // 20 + LONG // 5 + LONG // 4, LONG // 4), 1.37),
    "shift": lr.shift(lr.cosine(PEAK, 0.0, LONG), LONG // 3),
    "shift back": lr.shift(lr.cosine(PEAK, 0.0, LONG // 2), -(LONG // 3)),
    "stairs": lr.exponential_decay(PEAK, 0.9, decay_steps=LONG / 37.5, staircase=True),
    "restart": lr.restart(lr.one_minus_sqrt(PEAK, 0.0, LONG // 7), LONG // 7, value_mult=0.5),
}


# Many pieces.

DRAWN = np.random.default_rng(3).uniform(0.1, 1.0, (300, 3))
STARTS = [17 * i for i in range(1, 300)]
MANY = {
    "constants": lr.piecewise_constant(DRAWN[:, 0].tolist(), STARTS),
    "ramps": lr.piecewise_interpolate(DRAWN[:100, 0].tolist(), STARTS[:99], ramp=lr.cosine),
}
"""Compositions of tuples of numbers."""
DIFFERENT = {
    "runs": lr.join([lr.warmup_cosine(a, 5, 17, end_value=b / 9) for a, b, _ in DRAWN[:50].tolist()], STARTS[:49]),
    "kinds": lr.join(
        [lr.linear(a, b, 9) if i % 3 else lr.inverse_sqrt(c, 4 + i) for i, (a, b, c) in enumerate(DRAWN[:50].tolist())],
        STARTS[:49],
    ),
}
"""Schedules of one's own, one after another."""


FAMILIES = {
    "rates": lr.join([lr.exponential_decay(1.0, 0.5 + i / 40) for i in range(12)], [10 * i for i in range(1, 12)]),
    "powers": lr.join(
        [lr.polynomial(1.0, 0.1, 9, power=1.1 + i / 7) for i in range(12)], [10 * i for i in range(1, 12)]
    ),
}
"""In float32 a rate or a power is not rounded in a table: such pieces are written one by one."""


# Everything else that is a schedule.


@composition
def written_run(peak_value: Value):
    """A run of one's own."""
    return lr.warmup(lr.restart(lr.cosine(peak_value, 0.0, 9), 9, period_mult=2), 4)


@schedule
def written_decay(xp, init_value: Value, rate: lr.types.NotNegative):
    """init_value / (1 + log(1 + rate*t))."""
    return lambda t: init_value / (1 + xp.log1p(rate * t))


@schedule(length="steps", stretches=True)
def written_ramp(xp, init_value: Value, end_value: Value, steps: lr.types.Steps):
    """3x^2 - 2x^3 from `init_value` to `end_value`."""
    span = end_value - init_value
    return (lambda x: init_value + span * x * x * (3 - 2 * x), lambda x: end_value - span * x * x * (3 - 2 * x))


@schedule
def written_stairs(xp, step: Value, t: lr.types.Duration):
    """Parameters that are called as a step is."""
    stair = xp.stairs(t)
    return lambda now: step / (1 + stair(now))


@schedule
def written_words(m, value: Value, rate: lr.types.Rate):
    """Another name of xp, words before the step, and a variable that is called as a word is."""
    where = m.maximum(m.grow(rate, 2.0), value)
    return lambda t: m.where(t > 3, where / (1 + t), value * m.power(1 / (1 + t), rate))


@composition
def written_delay(peak_value: Value, shift: lr.types.Steps):
    """A parameter that is called as a schedule is."""
    return lr.shift(lr.cosine(peak_value, 0.0, 20), -shift)


NESTED = {
    "own words": lr.warmup(written_words(0.3, 1.1), 5),
    "own delay": written_delay(0.3, 4),
    "stretched powers": lr.stretch(
        lr.join([lr.polynomial(1.0, 0.1 * k, 10 + k, power=4.0 + k) for k in range(5)], [10, 20, 30, 40]), 1.5
    ),
    "stretched powers of all kinds": lr.stretch(
        lr.join([lr.polynomial(1.0, 0.1, 10, power=power) for power in (0.05, 4.0, 4.7, 4.0)], [20, 40, 60]), 1.5
    ),
    "stretched roots": lr.stretch(
        lr.join([lr.polynomial(1.0, 0.1, 10, power=power) for power in (0.3, 0.7, 0.9, 0.2)], [20, 40, 60]), 1.5
    ),
    "growths in many pieces": lr.join([lr.exponential(10.0**-k, 1.0, 10 + k) for k in range(5)], [10, 20, 30, 40]),
    "cycles of a growth, three times as long": lr.restart(lr.exponential(2e-5, 1.1e-5, 447), 447, period_mult=3),
    "broken cycles of a high power": lr.restart(lr.polynomial(1.0, 0.1, 7, power=30.0), 7, period_mult=1.5),
    "broken cycles of a large growth": lr.restart(lr.exponential(1.0, 1e-8, 7), 7, period_mult=1.5),
    "own parameters": lr.restart(written_stairs(0.3, 2), 9, period_mult=2),
    "cycles of a decay": lr.restart(lr.exponential_decay(0.3, 0.5, decay_steps=10), 20, period_mult=2),
    "broken cycles of a root": lr.restart(lr.inverse_sqrt(0.3, 5), 20, period_mult=1.5),
    "own composition": written_run(0.3),
    "own formula": lr.warmup(written_decay(0.3, 0.1), 5),
    "own ramp": lr.stretch(lr.wsd(0.3, 4, 18, 9, decay=written_ramp), 1.5),
    "stretch of what is not stretched": lr.stretch(lr.add(lr.noam(64, 4), lr.natural_exp_decay(0.3, 0.01)), 2.5),
    "sums": 0.5 * lr.cosine(1.0, 0.0, 9) * lr.step_decay(1.0, 0.5, 3) + 0.1 - lr.linear(0.1, 0.0, 5),
    "clock": lr.compose(lr.sgdr(1.0, 0.1, 4, period_mult=2), lr.round_to(lr.linear(0.0, 60.0, 20), 2)),
    "clock of tokens": lr.compose(lr.warmup_inverse_sqrt(1.0, 10**10), lr.linear(0.0, 10.0**12, 80)),
    "a delay of what is ahead": lr.shift(lr.shift(lr.linear(0.0, 1.0, 10), 5), -3),
    "a stretched delay of cycles that are ahead": lr.stretch(
        lr.shift(lr.restart(lr.shift(lr.linear(0.1, 1.0, 10), 5), 4), -3), 1.5
    ),
    "clock that stands": lr.compose(lr.cosine(1.0, 0.0, 9), 3.0),
    "bounds": lr.clamp_min(lr.minimum(lr.inverse_sqrt(1.0, 3), lr.shift(lr.wsd(1.0, 3, 12, 5), -2)), 0.2),
    "deep": lr.shift(
        lr.scale(lr.shift(lr.maximum(lr.shift(lr.join([0.1, lr.linear(1.0, 0.0, 4)], [3]), 1), 0.2), 1), 2), 1
    ),
}
RAMPS = ("linear", "cosine", "polynomial", "cosine_power", "rex", "one_minus_sqrt", "exponential", "hold")
CONDITIONS = {"broken cycles of a high power": 30, "broken cycles of a large growth": np.log(1e8) / 2}
"""The condition numbers of the formulas that have one above 1."""


# What is asked of all.


class Table(NamedTuple):
    """Schedules by name, and the steps that each is asked for."""

    made: dict[str, lr.Schedule]
    steps: Callable[[lr.Schedule], np.ndarray]


TABLES = {
    "case": Table({name: case.schedule for name, case in CASES.items()}, steps_of),
    "run": Table(RUNS, steps_of),
    "many": Table(MANY, lambda _: np.unique([*range(-2, 60), *range(1650, 1700), *range(5_030, 5_110), 10**6])),
    "different": Table(DIFFERENT, lambda _: np.unique([*range(-2, 60), *range(780, 900), 10**6])),
    "families": Table(FAMILIES, lambda _: np.arange(-2, 160)),
    "nested": Table(NESTED, lambda _: np.unique([*range(-3, 90), 10**6, 2**31 - 1])),
}


@cache
def compiled(table):
    """What the files for JAX and optax, and the schedules, give: one program, since compiling many takes longer."""
    made, steps = TABLES[table]
    functions = {(name, "itself"): schedule for name, schedule in made.items()}
    for target in ("jax", "optax") if table != "case" else ("jax",):
        of_its_own = {name: schedule for name, schedule in made.items() if is_another_program(schedule, target)}
        functions |= {(name, target): written(one, target)["learning_rate"] for name, one in of_its_own.items()}
    asked = {name: padded(steps(schedule)) for name, schedule in made.items()}
    program = lambda asked: {key: function(asked[key[0]]) for key, function in functions.items()}
    return jax.jit(program, compiler_options=cases.QUICKLY)(asked)


@pytest.mark.parametrize(
    ("table", "name", "target"),
    [
        (table, name, target)
        for table in TABLES
        for name in TABLES[table].made
        for target in TARGETS
        if (table, target) != ("case", "optax")  # written as for JAX, as those of the other tables are
    ],
)
def test_every_schedule_is_written(table, name, target):
    """Next to an end nothing cancels, no integer overflows, and a ramp is at its ends to the last bit."""
    made, steps = TABLES[table].made[name], TABLES[table].steps(TABLES[table].made[name])
    if target in ("jax", "optax"):
        if (name, target) not in compiled(table):
            return  # the file for optax is that for JAX
        got, want = (np.broadcast_to(compiled(table)[name, who], SIZE)[: steps.size] for who in (target, "itself"))
    else:
        got, want = values(made, target, steps), expected(made, target, steps)
    assert_equal(got, want, target, CONDITIONS.get(name, 1))
    if made.formula.name in RAMPS:
        ends = (steps <= 0) | (steps >= made.length)
        assert got[ends].tolist() == want[ends].astype(got.dtype).tolist()


@every_target
@pytest.mark.parametrize("name", MANY)
def test_many_numbers_are_a_table(name, target):
    lines = source_of(MANY[name], target).partition("\nclass ")[0].splitlines()
    code = [line for line in lines if any(map(str.isalpha, line))]
    assert len(code) < 75, "the code is that of a few pieces"


@every_target
def test_cycles_of_broken_lengths_are_counted_in_integers(target):
    made = lr.stretch(lr.restart(lr.cosine(1.0, 0.1, 7), 7, value_mult=0.7, base_value=0.1), 1.3)
    starts = np.array([0, 91, 182])
    assert_equal(values(made, target, starts), [made(step) for step in starts.tolist()], target, 8)


UNUSUAL = [
    lr.shift(lr.exponential(0.1, 0.01, 0), -7),
    lr.cooldown(lr.restart(lr.linear(1.0, 0.0, 5), 7, period_mult=2), 0, 3),
    lr.stretch(lr.constant(1.0) + 0.5, 2),
    lr.restart(lr.maximum(lr.constant(1.0), 0.1), 33, period_mult=2, value_mult=0.5, base_value=0.1),
    lr.join([0.1, lr.constant(0.2), 0.3], [5, 7]),
    lr.warmup(0.3, 10),
    lr.minimum(0.3, 0.2),
]
"""A delay of a ramp of no steps; pieces of no steps; and numbers in the place of schedules."""


@every_target
@pytest.mark.parametrize("made", UNUSUAL, ids=repr)
def test_unusual_compositions_are_written(made, target):
    steps = np.arange(-1, 80)
    assert_equal(values(made, target, steps), [made(step) for step in steps.tolist()], target, 2)


@pytest.mark.parametrize("name", cases.CASES)
def test_other_numbers_give_the_schedule_of_those_numbers(name):
    """Whatever the numbers were when the source was written."""
    made = cases.CASES[name].schedule
    rate = written(made, "python")["learning_rate"]
    given = {text: made.parameters[text] for text in inspect.signature(rate).parameters if text in made.parameters}
    numbers = {text: value for text, value in given.items() if isinstance(value, int | float)}
    changed = {text: value * 2 + 3 if type(value) is int else value * 1.7 for text, value in numbers.items()}
    try:
        other = made.formula.factory(**{**made.parameters, **changed})
    except ValueError:  # numbers that don't go together
        changed, other = {}, made
    steps = sorted({max(step + more, 0) for step in (0, 1000, *other.boundaries[:30]) for more in (-1, 0, 1)})
    got, want = [rate(step, **changed) for step in steps], [other(step) for step in steps]
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12 * max(map(abs, want)))


def test_a_number_that_stands_for_a_schedule_is_an_argument():
    names = {}
    exec(lr.to_code(lr.warmup(0.3, 10) + 0.5, "python"), names)
    assert names["learning_rate"](20) == 0.8
    assert names["learning_rate"](20, schedule=0.25, b=1) == 1.25


few = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
STEPS = np.unique([*range(-2, 90), 500, 10**6, 2**31 - 1])


def close(got, want, rtol):
    """Equal to rounding, relative to the largest value: sums of drawn schedules cancel."""
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * np.max(np.abs(want)))


def agree(made):
    want = expected(made, "python", STEPS)
    for target in ("python", "numpy", "torch", "javascript"):
        close(values(made, target, STEPS), want, 1e-12)


@few
@given(SCHEDULES)
def test_random_compositions(made):
    agree(made)


@pytest.mark.sweep
@settings(few, max_examples=200)
@given(SCHEDULES)
def test_many_random_compositions(made):
    agree(made)


@settings(few, max_examples=5)
@given(SCHEDULES)
def test_random_compositions_compiled(made):
    """In float32, against the values in float64, as the schedules themselves are tested."""
    close(values(made, "jax", STEPS), expected(made, "python", STEPS), 2e-5)


# Shapes, types and traces.

MADE = lr.warmup_cosine(0.3, 4, 20)


def test_numbers_give_numbers():
    function = written(MADE, "python")["learning_rate"]
    assert type(function(0)) is type(function(7)) is type(function(2.5)) is float


@every_target
def test_the_name_is_free(target):
    if target == "javascript":
        assert "export function rate_of_warmup(step, " in source_of(MADE, target, name="rate_of_warmup")
    else:
        assert "rate_of_warmup" in written(MADE, target, "rate_of_warmup")


@pytest.mark.parametrize(
    "made", [MADE, lr.constant(0.3), lr.sgdr(0.3, 0.0, 4, period_mult=2)], ids=["run", "constant", "restart"]
)
def test_shapes_stay(made):
    steps = np.arange(12).reshape(3, 4)
    want = made(steps)
    close(written(made, "numpy")["learning_rate"](steps), want, 1e-12)
    close(written(made, "torch")["learning_rate"](torch.asarray(steps)).numpy(), want, 1e-12)
    close(written(made, "jax")["learning_rate"](jnp.asarray(steps)), want, 1e-6)
    for target, step in (("numpy", 5), ("torch", 5), ("jax", 5), ("optax", 5)):
        value = written(made, target)["learning_rate"](step)
        assert np.shape(value) == (), target
        close(value, made(5), 1e-6)


def test_traces():
    function = written(MADE, "jax")["learning_rate"]
    steps = jnp.arange(30)
    want = function(steps)
    close(jax.jit(jax.vmap(function))(steps), want, 1e-6)
    _, scanned = jax.lax.scan(lambda count, _: (count + 1, function(count)), jnp.int32(0), length=30)
    close(scanned, want, 1e-6)
    compiled = torch.compile(written(MADE, "torch")["learning_rate"], backend="eager", fullgraph=True)
    close(compiled(torch.arange(30)).numpy(), MADE(np.arange(30)), 1e-12)
