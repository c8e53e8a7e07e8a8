"""Random compositions of a few literals, each seen from many sides: equal objects, pieces shorter than a step, and
boundaries that coincide are frequent among them.

Every side is compared with Python numbers, and these with the exact values. A failure names the seed; `drawn(seed)` is
the schedule. A few seeds are run always, thousands with `-m sweep`.
"""

import json
import random
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from py_mini_racer import MiniRacer

import lrsched as lr
from lrsched.export import to_code

from . import oracle

VALUES = (0.0, 1.0, 3e-4, 0.1)
LENGTHS = (0, 1, 2, 3, 5, 7, 10, 33, 100)
FACTORS = (0.1, 0.5, 1.5, 7 / 3)
STEPS = np.array([*range(-3, 161), 1000, 2**31 - 1])
IN_FLOAT32 = np.array([*STEPS[:-1], 2**24 - 1], np.float32)
"""Beyond 2**24, steps in float32 are no longer counted one by one."""

RAMPS = (lr.linear, lr.cosine, lr.polynomial, lr.one_minus_sqrt, lr.hold)


class Draws:
    """The choices of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.made = []

    def of(self, items):
        return self.random.choice(items)

    def value(self):
        return self.of(VALUES)

    def length(self):
        return self.of(LENGTHS)

    def period(self):
        return self.of(LENGTHS[1:])

    def schedule(self, depth):
        """A schedule that is nested up to `depth`; sometimes one that was made before."""
        if self.made and self.random.random() < 0.1:
            return self.of(self.made)
        kinds = LEAVES if depth == 1 else LEAVES + 2 * COMBINED
        while True:
            try:
                made = self.of(kinds)(self, depth - 1)
            except ValueError:  # numbers that don't go together
                continue
            self.made.append(made)
            return made


def exponential(d, _):
    return lr.exponential(d.of(VALUES[1:]), d.of(VALUES[1:]), d.length())


def polynomial(d, _):
    return lr.polynomial(d.value(), d.value(), d.length(), power=d.of((0.5, 1.5, 7 / 3, 3.0)))


def approach(d, _):
    return lr.exponential_approach(d.value(), d.value(), d.period())


def decay(d, _):
    made = d.of((lr.exponential_decay, lr.inverse_time_decay))
    return made(
        d.value(), d.of((0.1, 0.5, 1.0)), decay_steps=d.of((*LENGTHS[1:], *FACTORS)), staircase=d.of((True, False))
    )


def run(d, _):
    warmup, rest, more = d.length(), d.length(), d.length()
    made = d.of((lr.warmup_linear, lr.warmup_cosine, lr.warmup_polynomial, lr.wsd))
    ends = {"init_value": d.value(), "end_value": d.value()}
    if made is lr.wsd:
        return made(d.value(), warmup, warmup + rest + more, rest, decay=d.of(RAMPS), **ends)
    return made(d.value(), warmup, warmup + rest, **ends)


def cyclic(d, _):
    modes = {"mode": "triangular"}, {"mode": "triangular2"}, {"mode": "exp_range", "gamma": 0.5}
    return lr.cyclic(d.value(), d.value(), d.period(), step_size_down=d.of((None, d.period())), **d.of(modes))


def sgdr(d, _):
    return lr.sgdr(d.value(), d.value(), d.period(), period_mult=d.of((1, 1.5, 2, 7 / 3)), value_mult=d.of((0.5, 1.0)))


def one_cycle(d, _):
    return lr.one_cycle(d.of(VALUES[1:]), d.length(), three_phase=d.of((True, False)), ramp=d.of(RAMPS))


def boundaries(d, count):
    return np.cumsum([d.period() for _ in range(count)]).tolist()


def piecewise(d, _):
    made, count = d.of((lr.piecewise_constant, lr.piecewise_interpolate)), d.of((1, 2, 4))
    return made([d.value() for _ in range(count + 1)], boundaries(d, count))


LEAVES = [
    lambda d, _: lr.constant(d.value()),
    lambda d, _: d.of(RAMPS)(d.value(), d.value(), d.length()),
    lambda d, _: d.of(RAMPS)(d.value(), d.value(), d.length()),
    *(exponential, polynomial, decay, approach, run, cyclic, sgdr, one_cycle, piecewise),
    lambda d, _: lr.natural_exp_decay(d.value(), d.of((0.0, 0.1, 1.0))),
    lambda d, _: lr.inverse_sqrt(d.value(), d.period()),
    lambda d, _: lr.noam(d.period(), d.period()),
    lambda d, _: lr.warmup_inverse_sqrt(d.value(), d.period()),
    lambda d, _: lr.warmup_constant(d.value(), d.length()),
]


def join(d, depth):
    count = d.of((2, 3, 5))
    pieces = [d.of((d.value(), d.schedule(depth), d.schedule(depth))) for _ in range(count)]
    return lr.join([*pieces[:-1], d.of(pieces)], boundaries(d, count - 1))


def restart(d, depth):
    more = {"period_mult": d.of((1, 1.5, 2, 7 / 3)), "value_mult": d.of((0.1, 0.5, 1.0)), "base_value": d.value()}
    return lr.restart(d.schedule(depth), d.period(), **more)


def stretch(d, depth):
    return lr.stretch(d.schedule(depth), d.of((*FACTORS, *LENGTHS[1:])))


def of_two(d, depth):
    made = d.of((lr.add, lr.multiply, lr.minimum, lr.maximum))
    return made(d.schedule(depth), d.of((d.value(), d.schedule(depth), d.schedule(depth))))


COMBINED = [
    *(join, join, restart, restart, stretch, stretch, of_two, of_two),
    lambda d, depth: lr.warmup(d.schedule(depth), d.length(), init_value=d.value(), ramp=d.of(RAMPS)),
    lambda d, depth: lr.cooldown(d.schedule(depth), d.length(), d.length(), end_value=d.value(), ramp=d.of(RAMPS)),
    lambda d, depth: lr.shift(d.schedule(depth), d.of((1, -1)) * d.length()),
    lambda d, depth: lr.scale(d.schedule(depth), d.of((*VALUES, *FACTORS, -1.0))),
    lambda d, depth: d.of((lr.clamp_min, lr.clamp_max))(d.schedule(depth), d.value()),
    lambda d, depth: lr.compose(d.schedule(depth), lr.counter(d.length(), d.length())),
]


@cache
def drawn(seed):
    """The schedule of a seed."""
    return Draws(seed).schedule(3)


@cache
def by_python(seed):
    """What Python numbers give."""
    return np.array([drawn(seed)(step) for step in STEPS.tolist()])


# The sides: what each gives, what it is compared with, and how near it must be.


def by_numpy(made):
    return made(STEPS)


def by_numpy32(made):
    return made(IN_FLOAT32)


def by_torch(made):
    return made(torch.asarray(STEPS)).numpy()


def by_jax(made):
    return np.asarray(jax.jit(made)(jnp.asarray(STEPS, jnp.int32)))


def exported(made, target):
    names = {}
    exec(to_code(made, target), names)
    return names["learning_rate"]


def by_exported_python(made):
    return np.array([*map(exported(made, "python"), STEPS.tolist())])


def by_exported_numpy(made):
    return exported(made, "numpy")(STEPS)


def by_javascript(made):
    engine = MiniRacer()
    engine.eval(to_code(made, "javascript").replace("export ", ""))
    return np.array(json.loads(engine.eval(f"JSON.stringify({STEPS.tolist()}.map((step) => learningRate(step)))")))


SIDES = {
    "numpy": by_numpy,
    "numpy32": by_numpy32,
    "torch": by_torch,
    "jax": by_jax,
    "exported python": by_exported_python,
    "exported numpy": by_exported_numpy,
    "javascript": by_javascript,
}
NARROW = ("numpy32", "torch", "jax")
EXPORTED = ("exported python", "exported numpy", "javascript")
SEEDS = {"jax": range(6)}
"""The seeds that are run always; what JAX compiles takes longer."""


def is_on_a_rounded_clock(made, words):
    """Whether a schedule of these words is asked at times that a clock computes, in floats."""
    return "compose" in repr(made) and any(word in repr(made) for word in words)


STAIRS = "staircase=True", "step_decay"
"""What is on one side of a jump by a clock of fractions, and may be on the other side by one of floats."""


def check(side, seed):
    made, want = drawn(seed), by_python(seed)
    if side in NARROW and is_on_a_rounded_clock(made, [""]):  # one in float32 has another time than one in float64
        return
    if side in EXPORTED and is_on_a_rounded_clock(made, STAIRS):
        return
    if side == "numpy32":
        want = np.array([made(step) for step in IN_FLOAT32.tolist()])
    got = np.asarray(SIDES[side](made), np.float64)
    near = (2e-5 if side in NARROW else 1e-12) * np.max(np.abs(want)) + (1e-37 if side in NARROW else 0.0)
    wrong = ~(np.abs(got - want) <= near)
    assert not wrong.any(), (
        f"seed {seed}: {made!r} gives {got[wrong][:3]} and not {want[wrong][:3]} by {side} at {STEPS[wrong][:3]}"
    )


def check_truth(seed):
    """Python numbers against the exact values."""
    made, got = drawn(seed), by_python(seed)
    if is_on_a_rounded_clock(made, STAIRS):
        return
    want = oracle.values(made, STEPS)[0]
    wrong = ~(np.abs(got - want) <= 1e-12 * np.max(np.abs(want)))
    assert not wrong.any(), (
        f"seed {seed}: {made!r} gives {got[wrong][:3]}, not {want[wrong][:3]}, at {STEPS[wrong][:3]}"
    )


@pytest.mark.parametrize("side", SIDES)
def test_every_side_gives_the_same(side):
    for seed in SEEDS.get(side, range(40)):
        check(side, seed)


def test_python_gives_the_truth():
    for seed in range(40):
        check_truth(seed)


@pytest.mark.sweep
@pytest.mark.parametrize("side", SIDES)
def test_every_side_gives_the_same_for_thousands(side):
    for seed in range(1000, 1100 if side == "jax" else 4000):
        check(side, seed)


@pytest.mark.sweep
def test_python_gives_the_truth_for_thousands():
    for seed in range(1000, 4000):
        check_truth(seed)
