"""The formulas of the page are those of Python: every schedule has the same values, length, boundaries and text."""

import math
import random

import numpy as np
import pytest

import lrsched as lr

from ..cases import CASES
from ..test_fuzz import drawn
from .engine_in_js import ask, outcome, values, values_with_functions_of_python

STEPS = np.unique([*range(5_000), *np.linspace(5_000, 2**31 - 1, 5_000, dtype=np.int64)]).tolist()

ROUNDED = ("cos", "poly", "exp", "sgdr", "one_cycle", "step_decay", "value_mult", "power", "gamma", "radam")
"""What is computed with a sine, an exponential, a logarithm or a power, which libraries round differently."""

FUNCTIONS = {"sin": (0, 0.8), "exp": (-12, 2), "expm1": (-3, 1), "log": (1e-9, 9), "log1p": (-0.6, 0.3)}


def ulps(got, want):
    got, want = np.array(got, float), np.array(want)
    return np.abs(got - want) / np.spacing(np.abs(want))


def check(schedule, steps, most=4):
    """Bit for bit; after a sine, an exponential, a logarithm or a power, to 2 ulp of it, which a square doubles."""
    got, length, boundaries = values(schedule, steps)
    want = [schedule(step) for step in steps]
    wrong = ulps(got, want)
    worst = int(np.argmax(wrong))
    is_rounded = any(word in repr(schedule) for word in ROUNDED)
    assert wrong[worst] <= (most if is_rounded else 0), (
        f"{schedule!r} gives {got[worst]} and not {want[worst]} at {steps[worst]}"
    )
    assert (length, boundaries) == (schedule.length, schedule.boundaries), repr(schedule)
    assert outcome(repr(schedule)) == {"text": repr(schedule)}


@pytest.mark.parametrize("seed", range(30))
def test_random_expressions_have_the_values_of_python(seed):
    check(drawn(seed), STEPS)


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(1_000, 2_000), marks=pytest.mark.sweep)], ids=str)
def test_with_the_functions_of_python_every_bit_is_the_same(seeds):
    for seed in seeds:
        got = values_with_functions_of_python(drawn(seed), STEPS[::4])
        assert got == [drawn(seed)(step) for step in STEPS[::4]], repr(drawn(seed))


@pytest.mark.parametrize("name", CASES)
def test_every_schedule_has_the_values_of_python(name):
    """A power that grows multiplies the rounding of its logarithm."""
    check(CASES[name].schedule, [*range(2_000), 10**6, 10**9], most=16 if name == "power_law up" else 4)


def test_cycles_inside_of_cycles_have_the_boundaries_of_python():
    made = lr.linear(1.0, 0.0, 7)
    for depth, multiple in ((1, 1), (2, 1.5), (3, 1), (4, 2)):
        made = lr.restart(made, 7 * 30**depth, period_mult=multiple)
        check(made, STEPS)


RUN = lr.warmup_cosine(0.1, 500, 10_000)

WRITTEN = [
    *(lr.scale_schedule(RUN, 256, 1_024, warmup_rule=rule) for rule in ("linear", "sqrt", "steps", "epochs")),
    lr.scale_schedule(0.5 * lr.wsd(0.1, 500, 10_000, 100), 256, 1_000, rule="sqrt", warmup_rule="linear"),
    lr.batch_size_ramp(16, 64, 16, 30_000, multiple=12),
    lr.extend(lr.stretch(lr.warmup_linear(0.1, 5, 20), 1.05), 3, 47),
    lr.stretch(lr.restart(lr.linear(1.0, 0.0, 7), 7), 0.123456789012),
    lr.restart(lr.stretch(lr.linear(1.0, 0.0, 7), 1 / 3), 5, period_mult=1.01, value_mult=0.9, base_value=0.2),
    lr.staircase(lr.linear(1.0, 0.0, 90), 391),
    lr.compose(lr.linear(1.0, 0.0, 2**40), lr.tokens_seen(lr.piecewise_constant([16, 32], [100]), 2_048)),
    lr.step_decay(1.0, 0.9, 7) - lr.exponential_decay(0.5, 0.5, decay_steps=26525.19893899204, staircase=True),
]
"""What the engine has in JavaScript of its own, and steps that are counted in integers of any size."""


@pytest.mark.parametrize("schedule", WRITTEN, ids=repr)
def test_what_is_written_in_javascript_has_the_values_of_python(schedule):
    check(schedule, STEPS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_functions_differ_by_2_ulp(name):
    chance = random.Random(name)
    given = [chance.uniform(*FUNCTIONS[name]) for _ in range(5_000)]
    assert max(ulps(ask(f"(given) => given.map(Math.{name})", given), [*map(getattr(math, name), given)])) <= 2


def test_powers_differ_by_2_ulp():
    chance = random.Random(1)
    given = [(chance.random(), chance.choice((0.1, 0.5, 1.5, 7 / 3, 3, 400))) for _ in range(5_000)]
    got = ask("(given) => given.map(([x, exponent]) => x ** exponent)", given)
    assert max(ulps(got, [x**exponent for x, exponent in given])) <= 2


@pytest.mark.sweep
def test_thousands_of_random_expressions_have_the_values_of_python():
    for seed in range(1_000, 3_000):
        check(drawn(seed), STEPS)
