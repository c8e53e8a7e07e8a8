"""THE table: every public schedule and combinator once or more, with golden points and where they come from.

A case is a schedule, some of its values, the source of these values, and the range that it never leaves. All laws of
`test_laws.py` hold for all cases.
"""

import math
from functools import partial
from typing import NamedTuple

import lrsched as lr


class Case(NamedTuple):
    schedule: lr.Schedule
    points: dict[int, float]
    source: str
    low: float = 0.0
    high: float = 1.0


def tokens(t):
    """A clock: 7 tokens at every update."""
    return 7 * t


HALF = math.sqrt(0.5)
QUARTER = (1 + HALF) / 2  # (1 + cos(pi/4))/2, a cosine after a quarter of its length

RHO_6 = 7 - 12 * 729 / 3367  # (3/4)**6 = 729/4096 in the sixth update of RAdam

CASES: dict[str, Case] = {
    # Ramps.
    "linear": Case(lr.linear(1.0, 0.0, 4), {0: 1, 1: 0.75, 3: 0.25, 4: 0, 9: 0}, "optax.linear_schedule"),
    "linear up": Case(lr.linear(0.0, 0.3, 3), {0: 0, 1: 0.1, 2: 0.2, 3: 0.3}, "torch LinearLR"),
    "linear of no steps": Case(lr.linear(1.0, 0.1, 0), {0: 0.1, 1: 0.1}, "a ramp of 0 steps is at its end"),
    "linear of one step": Case(lr.linear(1.0, 0.1, 1), {0: 1.0, 1: 0.1}, "two values"),
    "cosine": Case(lr.cosine(1.0, 0.0, 8), {0: 1, 2: QUARTER, 4: 0.5, 6: 1 - QUARTER, 8: 0}, "SGDR, eq. 5"),
    "cosine up": Case(lr.cosine(0.1, 0.9, 6), {0: 0.1, 2: 0.3, 3: 0.5, 4: 0.7, 6: 0.9}, "cos(pi/3) = 1/2"),
    "cosine of a long run": Case(lr.cosine(3e-4, 3e-5, 100_000), {50_000: 1.65e-4, 100_000: 3e-5}, "its middle"),
    "polynomial": Case(lr.polynomial(1.0, 0.0, 4), {0: 1, 1: 0.5625, 2: 0.25, 3: 0.0625, 4: 0}, "DeepLab, poly"),
    "polynomial up": Case(lr.polynomial(0.0, 1.0, 9, power=0.5), {5: 1 - 2 / 3, 8: 1 - 1 / 3, 9: 1}, "1 - sqrt(1 - x)"),
    "polynomial of a broken power": Case(
        lr.polynomial(1.0, 0.1, 8, power=1.7), {4: 0.1 + 0.9 * 2**-1.7, 6: 0.1 + 0.9 * 4**-1.7}, "powers of 2"
    ),
    "cosine_power": Case(
        lr.cosine_power(1.0, 0.0, 8), {0: 1, 2: QUARTER**2, 4: 0.25, 6: (1 - QUARTER) ** 2, 8: 0}, "optax, exponent=2"
    ),
    "cosine_power up": Case(
        lr.cosine_power(0.1, 0.9, 6, power=0.5), {0: 0.1, 3: 0.9 - 0.8 * HALF, 4: 0.5, 6: 0.9}, "cos(pi/3) = 1/2"
    ),
    "rex": Case(lr.rex(1.0, 0.0, 4), {0: 1, 1: 6 / 7, 2: 2 / 3, 3: 0.4, 4: 0}, "pytorch_optimizer REXScheduler"),
    "rex up": Case(lr.rex(0.1, 0.8, 4), {0: 0.1, 1: 0.2, 3: 0.52, 4: 0.8}, "0.7 * x/(2 - x) more"),
    "one_minus_sqrt": Case(lr.one_minus_sqrt(1.0, 0.1, 9), {0: 1, 1: 0.7, 4: 0.4, 9: 0.1}, "arXiv:2405.18392"),
    "one_minus_sqrt up": Case(lr.one_minus_sqrt(0.0, 0.9, 9), {0: 0, 1: 0.3, 4: 0.6, 9: 0.9}, "square roots"),
    "exponential": Case(lr.exponential(1e-4, 1.0, 4), {0: 1e-4, 1: 1e-3, 2: 1e-2, 3: 0.1, 4: 1}, "powers of 10"),
    "hold": Case(lr.hold(0.1, 0.7, 2), {0: 0.1, 1: 0.1, 2: 0.7, 3: 0.7}, "torch ConstantLR"),
    # Decays.
    "constant": Case(lr.constant(0.3), {0: 0.3, 1000: 0.3}, "optax.constant_schedule"),
    "step_decay": Case(lr.step_decay(1.0, 0.5, 3), {2: 1, 3: 0.5, 5: 0.5, 6: 0.25}, "torch StepLR"),
    "exponential_decay": Case(
        lr.exponential_decay(1.0, 0.25, decay_steps=4), {0: 1, 2: 0.5, 4: 0.25, 6: 0.125}, "optax.exponential_decay"
    ),
    "exponential_decay in stairs": Case(
        lr.exponential_decay(1.0, 0.5, decay_steps=3, staircase=True),
        {2: 1, 3: 0.5, 8: 0.25},
        "optax.exponential_decay",
    ),
    "exponential_decay of a broken time": Case(
        lr.exponential_decay(1.0, 0.5, decay_steps=2.5, staircase=True), {2: 1, 3: 0.5, 4: 0.5, 5: 0.25}, "floor(t/2.5)"
    ),
    "exponential growth": Case(
        lr.exponential_decay(1e-3, 1.5, decay_steps=1), {0: 1e-3, 2: 2.25e-3}, "1.5**2", high=math.inf
    ),
    "natural_exp_decay": Case(lr.natural_exp_decay(1.0, math.log(2) / 4), {0: 1, 4: 0.5, 8: 0.25}, "TensorFlow 1"),
    "inverse_time_decay": Case(lr.inverse_time_decay(1.0, 0.5, decay_steps=2), {0: 1, 4: 0.5, 12: 0.25}, "Keras"),
    "inverse_time_decay in stairs": Case(
        lr.inverse_time_decay(1.0, 1.0, decay_steps=4, staircase=True), {3: 1, 4: 0.5, 7: 0.5, 12: 0.25}, "Keras"
    ),
    "inverse_sqrt": Case(lr.inverse_sqrt(1.0, 3), {0: 1, 9: 0.5, 45: 0.25}, "arXiv:2106.04560"),
    "power_law": Case(lr.power_law(1.0, 4, -0.5), {0: 1, 4: 1, 16: 0.5, 64: 0.25}, "OLMo-core PowerLR"),
    "power_law up": Case(
        lr.power_law(1e-3, 4, 1.5), {0: 1e-3, 4: 1e-3, 16: 8e-3, 36: 27e-3}, "powers of 4 and 9", high=math.inf
    ),
    "noam": Case(lr.noam(4, 4), {0: 0, 1: 0.0625, 4: 0.25, 16: 0.125}, "arXiv:1706.03762, eq. 3", high=0.25),
    "exponential_approach": Case(
        lr.exponential_approach(0.0, 1.0, 4 / math.log(2)), {0: 0, 4: 0.5, 8: 0.75}, "arXiv:1910.04209"
    ),
    "exponential_approach down": Case(
        lr.exponential_approach(1.0, 0.1, 4 / math.log(2)), {0: 1, 4: 0.55, 8: 0.325}, "halves of the way", low=0.1
    ),
    "radam_warmup": Case(
        lr.radam_warmup(0.75),
        {0: 0, 4: 0, 5: math.sqrt((RHO_6 - 4) * (RHO_6 - 2) * 7 / (15 * RHO_6)), 2**40: 1},
        "arXiv:1908.03265, algorithm 2",
    ),
    # Tables.
    "piecewise_constant": Case(
        lr.piecewise_constant([1.0, 0.1, 0.01], [3, 6]), {2: 1, 3: 0.1, 5: 0.1, 6: 0.01}, "torch MultiStepLR"
    ),
    "piecewise_interpolate": Case(
        lr.piecewise_interpolate([0.0, 1.0, 0.5, 0.7, 0.1, 0.0], [2, 6, 8, 10, 12], ramp=lr.cosine),
        {0: 0, 1: 0.5, 2: 1, 4: 0.75, 6: 0.5, 7: 0.6, 12: 0},
        "optax.piecewise_interpolate_schedule",
    ),
    # Cycles.
    "cyclic": Case(lr.cyclic(0.1, 0.9, 2), {0: 0.1, 1: 0.5, 2: 0.9, 3: 0.5, 4: 0.1, 6: 0.9}, "torch CyclicLR"),
    "cyclic triangular2": Case(
        lr.cyclic(0.0, 1.0, 2, step_size_down=4, mode="triangular2"),
        {2: 1, 4: 0.5, 6: 0, 8: 0.5, 14: 0.25},
        "torch CyclicLR",
    ),
    "cyclic triangular2 down": Case(
        lr.cyclic(1.0, 0.0, 2, mode="triangular2"), {0: 1, 2: 0, 3: 0.5, 4: 1, 6: 0.5, 10: 0.75}, "a momentum"
    ),
    "cyclic exp_range that stays": Case(
        lr.cyclic(1.0, 0.0, 2, mode="exp_range"), {0: 1, 1: 0.5, 2: 0, 3: 0.5, 6: 0}, "gamma = 1"
    ),
    "cyclic exp_range down": Case(
        lr.cyclic(1.0, 0.0, 2, mode="exp_range", gamma=0.5), {0: 1, 1: 0.75, 2: 0.75, 3: 1 - 0.125 / 2}, "a momentum"
    ),
    "cyclic exp_range": Case(
        lr.cyclic(0.0, 1.0, 2, mode="exp_range", gamma=0.5), {1: 0.25, 2: 0.25, 3: 0.0625, 6: 0.5**6}, "torch CyclicLR"
    ),
    "one_cycle": Case(
        lr.one_cycle(1.0, 10), {0: 0.04, 3: 1, 10: 4e-6, 20: 4e-6}, "optax.cosine_onecycle_schedule", low=4e-6
    ),
    "one_cycle of three phases": Case(
        lr.one_cycle(1.0, 10, div_factor=10.0, final_div_factor=10.0, ramp=lr.linear, three_phase=True),
        {0: 0.1, 3: 1, 6: 0.1, 8: 0.055, 10: 0.01},
        "arXiv:1708.07120",
        low=0.01,
    ),
    "sgdr": Case(lr.sgdr(1.0, 0.1, 4), {0: 1, 2: 0.55, 4: 1, 6: 0.55}, "SGDR, eq. 5", low=0.1),
    "sgdr of longer cycles": Case(
        lr.sgdr(1.0, 0.0, 4, period_mult=2), {2: 0.5, 4: 1, 8: 0.5, 12: 1, 20: 0.5, 28: 1}, "SGDR, T_mult = 2"
    ),
    "sgdr of broken cycles": Case(
        lr.sgdr(1.0, 0.0, 4, period_mult=1.5),
        {4: 1, 7: 0.5, 10: 1, 19: 1, 33: (1 + math.cos(math.pi * 0.5 / 20.25)) / 2},
        "begins at 0, 4, 10, 19, 32.5",
    ),
    "sgdr up in lower cycles": Case(
        lr.sgdr(0.0, 1.0, 4, value_mult=0.5), {0: 0, 2: 0.5, 4: 0.5, 6: 0.75, 8: 0.75, 10: 0.875}, "towards its floor"
    ),
    "sgdr of higher cycles": Case(
        lr.sgdr(1.0, 0.5, 4, value_mult=2.0), {0: 1, 2: 0.75, 4: 1.5, 6: 1}, "away from it", low=0.5, high=math.inf
    ),
    "sgdr of lower cycles": Case(
        lr.sgdr(1.0, 0.2, 4, period_mult=2, value_mult=0.5), {0: 1, 2: 0.6, 4: 0.6, 8: 0.4, 12: 0.4}, "the floor stays"
    ),
    # Whole runs.
    "warmup_constant": Case(lr.warmup_constant(0.8, 4), {0: 0, 1: 0.2, 4: 0.8, 99: 0.8}, "optax"),
    "warmup_linear": Case(
        lr.warmup_linear(1.0, 2, 6, init_value=0.2), {0: 0.2, 1: 0.6, 2: 1, 4: 0.5, 6: 0}, "transformers"
    ),
    "warmup_cosine": Case(
        lr.warmup_cosine(1.0, 4, 12, end_value=0.1),
        {0: 0, 1: 0.25, 3: 0.75, 4: 1, 6: 0.1 + 0.9 * QUARTER, 8: 0.55, 12: 0.1, 20: 0.1},
        "optax.warmup_cosine_decay_schedule",
    ),
    "warmup_cosine without warmup": Case(lr.warmup_cosine(1.0, 0, 8), {0: 1, 4: 0.5, 8: 0}, "cosine"),
    "warmup_cosine that is all warmup": Case(lr.warmup_cosine(1.0, 4, 4), {0: 0, 1: 0.25, 3: 0.75, 4: 0}, "a line"),
    "warmup_polynomial": Case(lr.warmup_polynomial(1.0, 2, 6), {1: 0.5, 2: 1, 3: 0.5625, 6: 0}, "transformers"),
    "warmup_inverse_sqrt": Case(
        lr.warmup_inverse_sqrt(1.0, 4), {0: 0, 1: 0.25, 4: 1, 16: 0.5, 100: 0.2}, "transformers, executed"
    ),
    "warmup_inverse_sqrt of another timescale": Case(
        lr.warmup_inverse_sqrt(1.0, 4, timescale=16), {4: 1, 16: math.sqrt(16 / 28), 52: 0.5}, "big_vision rsqrt"
    ),
    "wsd": Case(
        lr.wsd(1.0, 4, 20, 6, end_value=0.1), {0: 0, 3: 0.75, 4: 1, 14: 1, 15: 0.85, 18: 0.4, 20: 0.1}, "MiniCPM, eq. 1"
    ),
    "wsd of one_minus_sqrt": Case(
        lr.wsd(1.0, 0, 9, 9, decay=lr.one_minus_sqrt), {0: 1, 1: 1 - 1 / 3, 4: 1 - 2 / 3, 9: 0}, "arXiv:2405.18392"
    ),
    # Combinators.
    "join": Case(
        lr.join([lr.linear(0.0, 1.0, 2), lr.constant(0.5), lr.step_decay(0.4, 0.5, 2)], [3, 5]),
        {0: 0, 1: 0.5, 2: 1, 3: 0.5, 4: 0.5, 5: 0.4, 6: 0.4, 7: 0.2},
        "optax.join_schedules",
    ),
    "join of many pieces": Case(
        lr.join([*(lr.linear(0.0, (i + 1) / 8, 4) for i in range(6)), lr.cosine(1.0, 0.0, 8)], [4, 8, 12, 16, 20, 24]),
        {0: 0, 2: 0.0625, 4: 0, 6: 0.125, 22: 0.375, 24: 1, 28: 0.5, 32: 0},
        "six lines and a cosine",
    ),
    "join of runs": Case(
        lr.join([lr.warmup_linear(0.1 * i, 2, 8) for i in range(1, 6)], [8, 16, 24, 32]),
        {1: 0.05, 2: 0.1, 5: 0.05, 8: 0, 10: 0.2, 34: 0.5, 40: 0},
        "five runs of one structure",
    ),
    "warmup": Case(lr.warmup(lr.step_decay(1.0, 0.5, 3), 4), {0: 0, 3: 0.75, 4: 1, 6: 1, 7: 0.5}, "no step is skipped"),
    "warmup of another shape": Case(
        lr.warmup(lr.constant(0.8), 4, init_value=0.2, ramp=lr.cosine), {0: 0.2, 2: 0.5, 4: 0.8}, "its middle"
    ),
    "warmup of a partial ramp": Case(
        lr.warmup(lr.constant(1.0), 9, ramp=partial(lr.polynomial, power=0.5)),
        {0: 0, 5: 1 - 2 / 3, 8: 1 - 1 / 3, 9: 1},
        "1 - sqrt(1 - x)",
    ),
    "cooldown": Case(
        lr.cooldown(lr.inverse_sqrt(1.0, 1), 3, 2), {0: 1, 2: 3**-0.5, 3: 0.5, 4: 0.25, 5: 0}, "the past unchanged"
    ),
    "extend": Case(
        lr.extend(lr.warmup_linear(1.0, 2, 10), 4, 13),
        {0: 0, 2: 1, 3: 0.875, 4: 0.75, 7: 0.5, 10: 0.25, 13: 0},
        "two thirds of a step in each",
    ),
    "extend to an earlier end": Case(
        lr.extend(lr.wsd(1.0, 2, 42, 8, end_value=0.1), 10, 26),
        {1: 0.5, 9: 1, 22: 1, 24: 0.55, 26: 0.1},
        "twice as fast",
    ),
    "restart": Case(lr.restart(lr.linear(1.0, 0.0, 4), 4), {0: 1, 3: 0.25, 4: 1, 5: 0.75}, "torch WarmRestarts"),
    "restart of a run": Case(
        lr.restart(lr.wsd(1.0, 2, 6, 2), 6, period_mult=2, value_mult=0.5),
        {0: 0, 2: 1, 5: 0.5, 6: 0, 8: 0.25, 10: 0.5, 14: 0.5, 16: 0.25, 18: 0},
        "the shape, twice as long and half as high",
    ),
    "restart towards a value": Case(
        lr.restart(lr.linear(0.0, 1.0, 4), 4, value_mult=0.5, base_value=0.5),
        {0: 0, 1: 0.25, 3: 0.75, 4: 0.25, 5: 0.375, 8: 0.375, 11: 0.5 + 0.25 / 4},
        "half as far from the base in every cycle",
    ),
    "restart away from a value": Case(
        lr.restart(lr.linear(0.5, 0.25, 2), 2, value_mult=2.0, base_value=0.25),
        {0: 0.5, 1: 0.375, 2: 0.75, 3: 0.5, 4: 1.25, 5: 0.75},
        "twice as far from the base in every cycle",
        low=0.25,
        high=math.inf,
    ),
    "scale": Case(0.5 * lr.linear(1.0, 0.0, 4), {0: 0.5, 1: 0.375, 4: 0}, "arithmetic"),
    "scale by a negative factor": Case(-lr.linear(1.0, 0.0, 4), {0: -1, 1: -0.75, 4: 0}, "a descent", low=-1.0),
    "multiply": Case(lr.linear(1.0, 0.0, 4) * lr.step_decay(1.0, 0.5, 2), {1: 0.75, 2: 0.25, 3: 0.125}, "arithmetic"),
    "add": Case(lr.linear(0.5, 0.0, 4) + lr.step_decay(0.5, 0.5, 2), {0: 1, 1: 0.875, 2: 0.5}, "arithmetic"),
    "difference": Case(1.0 - lr.linear(1.0, 0.0, 4), {0: 0, 1: 0.25, 4: 1}, "arithmetic"),
    "clamp_min": Case(lr.clamp_min(lr.linear(1.0, 0.0, 4), 0.4), {1: 0.75, 3: 0.4, 9: 0.4}, "max"),
    "clamp_max": Case(lr.clamp_max(lr.linear(1.0, 0.0, 4), 0.6), {0: 0.6, 2: 0.5, 4: 0}, "min"),
    "minimum": Case(lr.minimum(lr.linear(0.0, 1.0, 2), lr.linear(1.0, 0.0, 4)), {0: 0, 1: 0.5, 2: 0.5, 3: 0.25}, "min"),
    "maximum": Case(lr.maximum(lr.linear(1.0, 0.0, 4), 0.3), {1: 0.75, 3: 0.3}, "max"),
    "shift ahead": Case(lr.shift(lr.cosine(1.0, 0.0, 4), 1), {0: (1 + HALF) / 2, 1: 0.5, 3: 0}, "a trainer from 1"),
    "shift back": Case(lr.shift(lr.linear(1.0, 0.0, 4), -2), {0: 1, 2: 1, 3: 0.75, 6: 0}, "the start is held"),
    "stretch": Case(lr.stretch(lr.wsd(1.0, 1, 4, 2), 4), {0: 0, 2: 0.5, 4: 1, 8: 1, 12: 0.5, 16: 0}, "epochs of 4"),
    "stretch by a broken factor": Case(lr.stretch(lr.linear(1.0, 0.0, 4), 2.5), {0: 1, 1: 0.9, 5: 0.5, 10: 0}, "t/2.5"),
    "stretch of a rate": Case(
        lr.stretch(lr.natural_exp_decay(1.0, math.log(2) / 2), 4), {0: 1, 8: 0.5, 16: 0.25}, "t/4"
    ),
    "compose": Case(lr.compose(lr.linear(1.0, 0.0, 28), lr.linear(0.0, 28.0, 4)), {0: 1, 1: 0.75, 4: 0}, "a clock"),
    "round_to": Case(
        lr.round_to(lr.linear(32.0, 256.0, 4), 64), {0: 64, 1: 64, 2: 128, 3: 192, 4: 256}, "half upwards", 64, 256
    ),
    # Tools.
    "counter": Case(lr.counter(3, 7), {0: 3, 1: 10, 9: 66}, "3 + 7t", low=3.0, high=math.inf),
    "tokens_seen": Case(
        lr.tokens_seen(lr.piecewise_constant([2, 5, 3, 4], [3, 8, 10]), 7),
        {0: 0, 3: 42, 8: 217, 9: 238, 10: 259, 12: 315},
        "sums",
        high=math.inf,
    ),
    "batch_size_ramp": Case(
        lr.batch_size_ramp(16, 64, 16, 300),
        {6: 16, 7: 32, 9: 32, 10: 48, 12: 64},
        "Megatron-LM, num_microbatches_calculator.py",
        low=16.0,
        high=64.0,
    ),
    "staircase": Case(
        lr.staircase(lr.join([lr.linear(1.0, 0.0, 4), lr.cosine(0.5, 0.0, 2)], [3]), 5),
        {0: 1, 4: 1, 5: 0.75, 9: 0.75, 14: 0.5, 15: 0.5, 20: 0.25, 24: 0.25, 25: 0},
        "schedule(t // 5)",
    ),
    "scale_schedule": Case(
        lr.scale_schedule(lr.wsd(0.75, 3, 12, 3), 3, 4),
        {0: 0, 1: 4 / 9, 3: 1, 6: 1, 7: 1 - 1 / 9, 8: 1 - 5 / 9, 9: 0},
        "arXiv:1706.02677, by hand",
    ),
}

CALLABLES: dict[str, Case] = {
    "a callable child": Case(lr.warmup(tokens, 2, init_value=1.0), {0: 1, 1: 0.5, 2: 0, 3: 7}, "a plain function"),
    "a callable clock": Case(lr.compose(lr.linear(1.0, 0.0, 28), tokens), {0: 1, 1: 0.75, 4: 0}, "7 tokens a step"),
}
"""Schedules that hold a plain callable, which no config can hold."""

QUICKLY = {"xla_backend_optimization_level": 0}
"""How JAX compiles a program of which something else is asked than its values to the last bit."""
