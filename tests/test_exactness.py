"""Every schedule against the oracle: an error bound, exact ends, no wrong turns, finite everywhere, with its gradients.

The relative error is at most 5 ulp times max(1, k). One ulp is the `eps` of the result's dtype, relative to the true
value. k is the condition number |x*f'(x)/f(x)| in the distance x from the nearer end: the value is exact for a distance
that is right to a few ulp. A power p has k = p, an exponential half the logarithm of its ratio, and a decay without an
end its exponent of e.

- A step that goes through a clock of floats is rounded there: 5 ulp more for every unit of |t * s'(t) / s(t)|.
- Below the smallest normal number of a dtype the hardware may give 0: the error is at most that number. A value that
  grows without end is held near the square root of the largest float, and only has to be finite there.
- A ramp does not turn back where neighbouring exact values are at least 4 ulp apart.
"""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import Any, NamedTuple

import jax
import numpy as np
import pytest
import torch

import lrsched as L
from tests import oracle
from tests.cases import QUICKLY

ULPS = 5
PEAK, FLOOR = 3e-4, 3e-5
LAST = 2**31 - 1
LENGTHS = {"corners": (1, 3, 10**6, LAST), "full": (1, 2, 3, 10, 10**3, 10**5, 10**6, 10**8, LAST)}
WINDOW = {"corners": 60, "full": 2000}
RANDOM = {"corners": 100, "full": 500}
SIZE = 512  # of the arrays that JAX is given
EPS = {"Python": 2**-52, "NumPy": 2**-52, "JAX": 2**-23, "torch32": 2**-23, "torch64": 2**-52}
DTYPES = {"torch32": torch.int64, "torch64": torch.float64}
TINY = {name: 2.0**-126 if eps == 2**-23 else 2.0**-1022 for name, eps in EPS.items()}

# The cases.


class Exact(NamedTuple):
    """A schedule for every length T, the range of its values, and what is demanded of it beyond the bound."""

    make: Callable[[int], L.Schedule]
    low: float = 0.0
    high: float = PEAK
    trend: int = 0  # 1 if it never falls, -1 if it never rises
    ends: tuple[float, float] | None = None  # the value at 0 and the one at the end, to the last bit
    exponent: Callable[[int, Any], Any] | None = None  # how many times 5 ulp are allowed at steps t, if more than once
    clocked: bool = False  # whether a step goes through a clock of floats


def ramp(shape: str, first: float, last: float, **more: float) -> Exact:
    """A ramp, which falls or rises, between its two ends."""
    k = more.get("power", abs(math.log(last / first)) / 2 if shape == "exponential" else 1.0)
    return Exact(
        lambda T: getattr(L, shape)(first, last, T, **more),
        *(min(first, last), max(first, last)),
        trend=1 if last > first else -1,
        ends=(first, last),
        exponent=lambda T, t: k + 0 * t,
    )


WAYS = {"down": (PEAK, 0.0), "up": (0.0, PEAK), "floor": (PEAK, FLOOR), "near": (1.0, 0.999999)}
SHAPES = ("linear", "cosine", "one_minus_sqrt", "hold")
RAMP_SHAPES = (*SHAPES, "polynomial", "cosine_power", "rex", "exponential")
RAMPS = {f"{shape} {way}": ramp(shape, *ends) for shape in SHAPES for way, ends in WAYS.items()}
POWERS = (0.01, 0.3, 1.7, 3.0, 4.5, 10.0, 100.0, 10_000.0)
RAMPS |= {
    f"polynomial {power} {way}": ramp("polynomial", *ends, power=power)
    for power in POWERS
    for way, ends in WAYS.items()
}
RAMPS |= {f"rex {way}": ramp("rex", *ends) for way, ends in WAYS.items()}
RAMPS |= {  # its condition number is that of sin**(2*power)
    f"cosine_power {power} {way}": ramp("cosine_power", *ends, power=power)._replace(exponent=lambda *_, k=2 * power: k)
    for power in (0.3, 2.0, 4.5)
    for way, ends in WAYS.items()
}
RAMPS |= {f"exponential {way}": ramp("exponential", *(end or 1e-8 for end in ends)) for way, ends in WAYS.items()}
RAMPS |= {f"exponential {last}": ramp("exponential", 1.0, last) for last in (0.007, 1e-30, 1e12)}

BETAS = (0.9, 0.95, 0.99, 0.999, 0.99999)
DECAYS = {
    "constant": Exact(lambda T: L.constant(PEAK), trend=1, ends=(PEAK, PEAK)),
    "step_decay": Exact(
        lambda T: L.step_decay(0.1, 0.1, T // 5 + 1), 0, 0.1, -1, exponent=lambda T, t: t // (T // 5 + 1) * 2.4
    ),
    "exponential_decay": Exact(
        lambda T: L.exponential_decay(0.1, 0.9, decay_steps=T // 99 + 1),
        0,
        0.1,
        -1,
        exponent=lambda T, t: t / (T // 99 + 1) * 0.11,
    ),
    "exponential_decay 1": Exact(
        lambda T: L.exponential_decay(0.1, 0.5 ** (8 / T)), 0, 0.1, -1, exponent=lambda T, t: t / T * 5.6
    ),
    "exponential_decay float": Exact(
        lambda T: L.exponential_decay(0.1, 0.9, decay_steps=T / 37.7), 0, 0.1, -1, exponent=lambda T, t: t / T * 4
    ),
    "exponential_decay stairs": Exact(
        lambda T: L.exponential_decay(0.1, 0.9, decay_steps=T / 37.7, staircase=True),
        0,
        0.1,
        -1,
        exponent=lambda T, t: t / T * 4,
    ),
    "exponential_decay tenths": Exact(
        lambda T: L.exponential_decay(0.1, 0.9, decay_steps=round(T / 37.7, 1) + 1, staircase=True),
        0,
        0.1,
        -1,
        exponent=lambda T, t: t / T * 4,
    ),
    "exponential_decay grows": Exact(
        lambda T: L.exponential_decay(1e-4, 1.1, decay_steps=T // 50 + 99),
        1e-4,
        math.inf,
        1,
        exponent=lambda T, t: t / (T // 50 + 99) * 0.1,
    ),
    "natural_exp_decay": Exact(lambda T: L.natural_exp_decay(0.1, 5 / T), 0, 0.1, -1, exponent=lambda T, t: t / T * 5),
    "inverse_time_decay": Exact(lambda T: L.inverse_time_decay(0.1, 0.7, decay_steps=T / 37.7), 0, 0.1, -1),
    "inverse_time_decay stairs": Exact(
        lambda T: L.inverse_time_decay(0.1, 0.7, decay_steps=T // 50 + 1, staircase=True), 0, 0.1, -1
    ),
    "inverse_sqrt": Exact(lambda T: L.inverse_sqrt(PEAK, T // 10 + 1), trend=-1),
    "power_law": Exact(lambda T: L.power_law(PEAK, T // 10 + 1, -0.51), trend=-1),
    "power_law grows": Exact(
        lambda T: L.power_law(1e-6, T / 37.7, 1.5),
        1e-6,
        math.inf,
        1,
        exponent=lambda T, t: 1.5 * np.log(1 + t / T * 37.7),
    ),
    "noam": Exact(lambda T: L.noam(512, T // 10 + 1), high=0.05),
    "exponential_approach up": Exact(lambda T: L.exponential_approach(0.0, PEAK, T / 5), trend=1),
    "exponential_approach floor": Exact(lambda T: L.exponential_approach(PEAK, FLOOR, T / 5), FLOOR, trend=-1),
    "exponential_approach zero": Exact(
        lambda T: L.exponential_approach(PEAK, 0.0, T / 5), trend=-1, exponent=lambda T, t: t / T * 5
    ),
}

DECAYS |= {
    f"radam_warmup {beta}": Exact(lambda T, beta=beta: L.radam_warmup(beta), high=1.0, trend=1) for beta in BETAS
}

RUNS = {
    "piecewise_constant": Exact(
        lambda T: L.piecewise_constant([1.0, 0.1, 0.01], [T // 3 + 1, T // 3 * 2 + 2]), 0.01, 1, -1, (1.0, 0.01)
    ),
    "piecewise_interpolate": Exact(
        lambda T: L.piecewise_interpolate([0.0, PEAK, FLOOR, 0.0], [T // 9 + 1, T // 3 + 2, T // 2 + 3]),
        ends=(0.0, 0.0),
    ),
    "piecewise_interpolate cosine": Exact(
        lambda T: L.piecewise_interpolate([0.0, PEAK], [T], ramp=L.cosine), trend=1, ends=(0.0, PEAK)
    ),
    "cyclic": Exact(lambda T: L.cyclic(FLOOR, PEAK, T // 20 + 1, step_size_down=T // 30 + 1), FLOOR),
    "cyclic halves": Exact(
        lambda T: L.cyclic(0.0, PEAK, T // 20 + 1, mode="triangular2"), exponent=lambda T, t: t / (T // 20 + 1) * 0.35
    ),
    "cyclic halves to floor": Exact(
        lambda T: L.cyclic(FLOOR, PEAK, T // 20 + 1, step_size_down=T // 30 + 1, mode="triangular2"), FLOOR
    ),
    "cyclic falls by halves": Exact(
        lambda T: L.cyclic(PEAK, 0.0, T // 20 + 1, step_size_down=T // 30 + 1, mode="triangular2")
    ),
    "cyclic falls exp_range": Exact(
        lambda T: L.cyclic(
            PEAK, PEAK / 1e6, T // 20 + 1, step_size_down=T // 30 + 1, mode="exp_range", gamma=0.5 ** (8 / (T + 9))
        )
    ),
    "cyclic exp_range": Exact(
        lambda T: L.cyclic(0.0, PEAK, T // 20 + 1, step_size_down=T // 30 + 1, mode="exp_range", gamma=0.5 ** (8 / T)),
        exponent=lambda T, t: t / T * 5.6,
    ),
    "one_cycle": Exact(lambda T: L.one_cycle(PEAK, max(T, 2)), ends=(PEAK / 25, PEAK / 25 / 1e4)),
    "one_cycle three": Exact(
        lambda T: L.one_cycle(PEAK, max(T, 2), pct_start=0.25, ramp=L.linear, three_phase=True),
        ends=(PEAK / 25, PEAK / 25 / 1e4),
    ),
    "sgdr": Exact(lambda T: L.sgdr(PEAK, 0.0, T // 7 + 1)),
    "sgdr 2": Exact(lambda T: L.sgdr(PEAK, FLOOR, T // 50 + 1, period_mult=2), FLOOR),
    "sgdr 1.5": Exact(lambda T: L.sgdr(PEAK, 0.0, T // 50 + 1, period_mult=1.5)),
    "sgdr 1.3": Exact(lambda T: L.sgdr(PEAK, FLOOR, T // 50 + 1, period_mult=1.3), FLOOR),
    "sgdr rises": Exact(lambda T: L.sgdr(0.0, PEAK, T // 7 + 1, value_mult=0.8)),
    "sgdr rises slowly": Exact(lambda T: L.sgdr(PEAK / 1e6, PEAK, T // 7 + 1, value_mult=1 - 1e-6)),
    "sgdr 2 rises": Exact(lambda T: L.sgdr(FLOOR / 1e3, PEAK, T // 50 + 1, period_mult=2, value_mult=0.8)),
    "sgdr 1.5 rises": Exact(lambda T: L.sgdr(0.0, PEAK, T // 50 + 1, period_mult=1.5, value_mult=0.9)),
    "sgdr grows": Exact(
        lambda T: L.sgdr(1.1 * FLOOR, FLOOR, T // 7 + 1, value_mult=1.5),
        FLOOR,
        math.inf,
        exponent=lambda T, t: t / (T // 7 + 1) * 0.41,
    ),
    "sgdr falls": Exact(lambda T: L.sgdr(PEAK, FLOOR, T // 7 + 1, value_mult=0.8), FLOOR),
    "sgdr 2 falls": Exact(lambda T: L.sgdr(PEAK, FLOOR, T // 50 + 1, period_mult=2, value_mult=0.8), FLOOR),
    "warmup_constant": Exact(lambda T: L.warmup_constant(PEAK, T), trend=1, ends=(0.0, PEAK)),
    "warmup_linear": Exact(lambda T: L.warmup_linear(PEAK, T // 10, T, init_value=FLOOR, end_value=FLOOR), FLOOR),
    "warmup_cosine": Exact(lambda T: L.warmup_cosine(PEAK, T // 10, T)),
    "warmup_polynomial": Exact(lambda T: L.warmup_polynomial(PEAK, T // 10, T, power=1.5)),
    "warmup_inverse_sqrt": Exact(lambda T: L.warmup_inverse_sqrt(PEAK, T // 10 + 1)),
    "warmup_inverse_sqrt scaled": Exact(
        lambda T: L.warmup_inverse_sqrt(PEAK, T // 10, init_value=FLOOR, timescale=T / 7.7)
    ),
    "wsd": Exact(lambda T: L.wsd(PEAK, T // 10, T // 10 + T // 2 + T // 5, T // 5, decay=L.one_minus_sqrt)),
}


def waves(T: int) -> L.Schedule:
    """A ramp, a wave, a number and a ramp, with gaps in between."""
    parts = [L.linear(0.0, PEAK, T // 10), L.cosine(PEAK, FLOOR, T // 2), FLOOR, L.linear(FLOOR, 0.0, T // 10)]
    return L.join(parts, [T // 10 + 1, T // 10 + T // 2 + 2, T - T // 10 + 3])


COMBINATORS = {
    "join": Exact(lambda T: waves(min(T, LAST - 9))),
    "join of eight": Exact(
        lambda T: L.join(
            [L.linear(i * 1e-5, 9e-5, T // 8 + 1) for i in range(8)], [i * (T // 8 + 1) for i in range(1, 8)]
        )
    ),
    "join of decays": Exact(
        lambda T: L.join(
            [L.exponential_decay(PEAK, 0.5 ** ((4 + i) / (T + 9))) for i in range(5)],
            [i * (T // 6 + 1) for i in range(1, 5)],
        ),
        exponent=lambda T, t: t / (T + 9) * 5.6,
    ),
    "join of stairs": Exact(
        lambda T: L.join(
            [L.inverse_time_decay(PEAK, 1.0, decay_steps=T / (37.7 + i), staircase=True) for i in range(5)],
            [i * (T // 6 + 1) for i in range(1, 5)],
        )
    ),
    "join of powers": Exact(
        lambda T: L.join(
            [L.polynomial(PEAK, 0.0, T // 8 + 1, power=1.7 + i / 10) for i in range(6)],
            [i * (T // 8 + 1) for i in range(1, 6)],
        ),
        exponent=lambda T, t: 2.2 + 0 * t,
    ),
    "join of high powers": Exact(
        lambda T: L.join(
            [L.polynomial(PEAK, 0.0, T // (8 + i) + 1, power=2.7 + i * 1.9) for i in range(6)],
            [i * (T // 8 + 1) for i in range(1, 6)],
        ),
        exponent=lambda T, t: 12.2 + 0 * t,
    ),
    "warmup": Exact(
        lambda T: L.warmup(L.inverse_time_decay(PEAK, 1.0, decay_steps=T // 10 + 1), T // 10 + 1, ramp=L.cosine)
    ),
    "cooldown": Exact(
        lambda T: L.cooldown(L.inverse_sqrt(PEAK, T // 10 + 1), T - T // 5, T // 5, ramp=L.one_minus_sqrt), trend=-1
    ),
    "extend": Exact(lambda T: L.extend(L.cosine(PEAK, FLOOR, T // 2 + 2), T // 3, T + 1), FLOOR, trend=-1),
    "extend shorter": Exact(
        lambda T: L.extend(L.warmup_linear(PEAK, T // 8, T // 2 + 3 * (T // 6 + 1)), T // 2, T // 2 + 2 * (T // 6 + 1))
    ),
    "restart": Exact(lambda T: L.restart(L.polynomial(PEAK, 0.0, T // 7 + 1), T // 7 + 1)),
    "restart 2": Exact(
        lambda T: L.restart(L.cosine(PEAK, 0.0, T // 50 + 1), T // 50 + 1, period_mult=2, value_mult=0.5)
    ),
    "restart 1.5": Exact(
        lambda T: L.restart(L.linear(PEAK, 0.0, T // 50 + 1), T // 50 + 1, period_mult=1.5, value_mult=0.9)
    ),
    "join of exponentials": Exact(
        lambda T: L.join(
            [L.exponential(10.0 ** -(6 * i + 3), PEAK, T // (8 + i) + 1) for i in range(6)],
            [i * (T // 8 + 1) for i in range(1, 6)],
        ),
        high=0.001,
        exponent=lambda T, t: 35 + 0 * t,
    ),
    "restart 1.5 of powers": Exact(
        lambda T: L.restart(L.polynomial(PEAK, 0.0, T // 50 + 1, power=7.3), T // 50 + 1, period_mult=1.5),
        exponent=lambda T, t: 7.3 + 0 * t,
    ),
    "restart to base": Exact(
        lambda T: L.restart(L.linear(0.0, PEAK, T // 7 + 1), T // 7 + 1, period_mult=1, value_mult=0.7, base_value=PEAK)
    ),
    "restart 1.5 to base": Exact(
        lambda T: L.restart(
            L.polynomial(FLOOR, 0.0, T // 50 + 1), T // 50 + 1, period_mult=1.5, value_mult=0.9, base_value=PEAK
        )
    ),
    "restart 3": Exact(lambda T: L.restart(L.cosine(PEAK, 0.0, T // 50 + 1), T // 50 + 1, period_mult=3)),
    "restart of stairs": Exact(
        lambda T: L.restart(L.step_decay(PEAK, 0.5, T // 300 + 1), T // 50 + 1, period_mult=3.5),
        exponent=lambda T, t: 5 + 0 * t,
    ),
    "restart of stairs 4.7": Exact(
        lambda T: L.restart(
            L.inverse_time_decay(PEAK, 1.0, decay_steps=T / 377.1, staircase=True),
            T // 50 + 1,
            period_mult=4.7,
            value_mult=0.9,
        )
    ),
    "restart of a decay": Exact(
        lambda T: L.restart(L.exponential_decay(PEAK, 0.5 ** (8 / (T + 9))), T // 9 + 1, period_mult=2),
        exponent=lambda T, t: t / (T + 9) * 5.6,
    ),
    "restart 2.5": Exact(
        lambda T: L.restart(
            L.wsd(PEAK, T // 100, T // 100 + T // 100 + T // 100 + 1, T // 100 + 1), T // 50 + 1, period_mult=2.5
        )
    ),
    "scale": Exact(lambda T: L.scale(L.cosine(PEAK, FLOOR, T), 0.3), trend=-1),
    "multiply": Exact(lambda T: L.multiply(L.linear(1.0, 0.1, T), L.cosine(PEAK, 0.0, T)), trend=-1),
    "add": Exact(lambda T: L.linear(PEAK, 0.0, T // 2) + L.cosine(PEAK, FLOOR, T), FLOOR, 2 * PEAK, -1),
    "clamp_min": Exact(lambda T: L.clamp_min(L.inverse_sqrt(PEAK, T // 99 + 1), 5e-5), 5e-5, trend=-1),
    "clamp_max": Exact(lambda T: L.clamp_max(L.one_minus_sqrt(0.0, PEAK, T), 2e-4), high=2e-4, trend=1),
    "minimum": Exact(lambda T: L.minimum(L.linear(0.0, PEAK, T), L.cosine(PEAK, 0.0, T))),
    "maximum": Exact(lambda T: L.maximum(L.linear(0.0, PEAK, T), L.cosine(PEAK, 0.0, T))),
    "shift": Exact(lambda T: L.shift(L.cosine(PEAK, 0.0, T), T // 3), trend=-1),
    "shift back": Exact(lambda T: L.shift(L.cosine(PEAK, 0.0, T - T // 3), -(T // 3)), trend=-1, ends=(PEAK, 0.0)),
    "stretch": Exact(lambda T: L.stretch(L.cosine(PEAK, 0.0, T // 2 + 1), 1.5), trend=-1),
    "stretch power": Exact(
        lambda T: L.stretch(L.polynomial(PEAK, FLOOR, T // 2 + 1, power=12.5), 1.37),
        trend=-1,
        exponent=lambda T, t: 12.5 + 0 * t,
    ),
    "stretch stairs": Exact(
        lambda T: L.stretch(L.step_decay(PEAK, 0.5, T // 31 + 1), 2.5), trend=-1, exponent=lambda T, t: t / T * 8.6
    ),
    "stretch run": Exact(lambda T: L.stretch(L.wsd(PEAK, T // 20, T // 20 + T // 5 + T // 4 + 1, T // 4 + 1), 1.37)),
    "stretch noam": Exact(lambda T: L.stretch(L.noam(512, T // 20 + 1), 2.3), high=0.05),
    "stretch clock": Exact(
        lambda T: L.stretch(L.compose(L.cosine(PEAK, FLOOR, T // 2 + 1), L.linear(0.0, T // 2, T)), 1.3),
        *(FLOOR, PEAK, -1),
        clocked=True,
    ),
    "compose": Exact(lambda T: L.compose(L.cosine(PEAK, 0.0, T), lambda t: t // 2 + t % 2), trend=-1),
    "compose clock": Exact(
        lambda T: L.compose(L.cosine(PEAK, FLOOR, T // 2 + 1), L.linear(0.0, T // 2, T)), FLOOR, PEAK, -1, clocked=True
    ),
    "round_to": Exact(lambda T: L.round_to(L.linear(32.3, 257.1, T), 8), 32, 256, 1, (32.0, 256.0)),
}

TOOLS = {
    "staircase": Exact(lambda T: L.staircase(L.linear(PEAK, 0.0, 50), T // 50 + 1), trend=-1),
    "counter": Exact(lambda T: L.counter(T, 2**21), high=math.inf, trend=1),
    "batch_size_ramp": Exact(lambda T: L.batch_size_ramp(1, 9, 2, min(T, 3000)), 1, 9, 1),
    "scale_schedule": Exact(
        lambda T: L.scale_schedule(L.warmup_cosine(PEAK, T // 8, T), 256, 768, rule="sqrt"), high=PEAK * 1.7321
    ),
    "scale_schedule warmup": Exact(
        lambda T: L.scale_schedule(
            L.warmup_cosine(PEAK, max(T // 8, 1), 8 * max(T // 8, 1)), 256, 768, rule="sqrt", warmup_rule="steps"
        ),
        high=PEAK * 1.7321,
    ),
    "scale_schedule stairs": Exact(
        lambda T: L.scale_schedule(L.step_decay(PEAK, 0.5, 29 * (T // 290 + 1)), 7, 29),
        high=PEAK * 4.2,
        trend=-1,
        exponent=lambda T, t: 5 + t / (T + 1) * 4,
    ),
}

EXACT_CASES = {**RAMPS, **DECAYS, **RUNS, **COMBINATORS, **TOOLS}

# How they are measured.

SWEEPS = pytest.mark.parametrize("sweep", ["corners", pytest.param("full", marks=pytest.mark.sweep)])
BACKENDS = pytest.mark.parametrize("backend", EPS)
RARE = {f"polynomial {power} {way}" for power in (0.01, 3.0, 4.5, 10.0, 100.0) for way in ("up", "floor", "near")}
"""Run in a sweep only: every power, and every way, is among the others."""


def batches(items: Iterable[Any], size: int) -> list[tuple[Any, ...]]:
    items = [*items]
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]


def every(labels: Iterable[str]) -> pytest.MarkDecorator:
    marked = [pytest.param(label, marks=[pytest.mark.sweep] if label in RARE else []) for label in labels]
    return pytest.mark.parametrize("label", marked)


ODD_STEPS = [-LAST, -1, 2**24 - 1, 2**24, 2**24 + 1, 2**30, LAST - 1, LAST]


def steps_of(schedule: L.Schedule, T: int, sweep: str) -> np.ndarray:
    """The start, the middle, the end, all boundaries, steps where integers and floats end, and some by chance."""
    window, chance = min(WINDOW[sweep], 3 * T + 60), np.random.default_rng(7)
    middle = np.arange(T // 2 - 30, T // 2 + 30)
    edges = np.add.outer([T, 3 * T, schedule.length or 0, *schedule.boundaries], np.arange(-3, 4)).ravel()
    within = np.linspace(0, 3 * T, 40).astype(np.int64)
    by_chance = chance.integers(0, T + 1, RANDOM[sweep])
    steps = np.unique(np.concatenate([np.arange(window), middle, T - np.arange(window), edges, within, by_chance]))
    return np.concatenate([ODD_STEPS[:2], steps[(steps >= 0) & (steps <= LAST)], ODD_STEPS[2:]])


class Asked(NamedTuple):
    """The schedules of a case, one for each length, with their steps and true values."""

    schedules: list[L.Schedule]
    steps: list[np.ndarray]
    truth: list[tuple[np.ndarray, np.ndarray]]


@cache
def asked(label: str, sweep: str) -> Asked:
    made = [EXACT_CASES[label].make(T) for T in LENGTHS[sweep]]
    steps = [steps_of(schedule, T, sweep) for schedule, T in zip(made, LENGTHS[sweep], strict=True)]
    return Asked(made, steps, [oracle.values(*pair) for pair in zip(made, steps, strict=True)])


COMMON = [label for label in EXACT_CASES if label not in RARE]
BATCH = {label: batch for labels in (COMMON, [*RARE]) for batch in batches(labels, 8) for label in batch}
"""The cases of one program, since compiling many small ones takes longer."""


def distinct(label: str, sweep: str) -> dict[L.Schedule, np.ndarray]:
    """The schedules of a case, some of which are the same for several lengths, with the steps of all of these."""
    found: dict[L.Schedule, np.ndarray] = {}
    for schedule, steps in zip(*asked(label, sweep)[:2], strict=True):
        found[schedule] = np.union1d(found.get(schedule, steps), steps)
    return found


@cache
def program(made: tuple[tuple[L.Schedule, ...], ...]) -> Callable[[Any], list[list[jax.Array]]]:
    return jax.jit(lambda args: [[s(t) for s, t in zip(*pair, strict=True)] for pair in zip(made, args, strict=True)])


@cache
def batch_in_jax(batch: tuple[str, ...], sweep: str) -> dict[str, list[np.ndarray]]:
    """The values in JAX. All arrays have one size, so that both sweeps run the program of the schedules they share."""
    steps = [distinct(label, sweep) for label in batch]
    rows = -(-max(t.size for own in steps for t in own.values()) // SIZE)
    padded = [{s: np.resize(t, (rows, SIZE)).astype(np.int32) for s, t in own.items()} for own in steps]
    found: list[dict[L.Schedule, np.ndarray]] = [{} for _ in batch]
    corners = (distinct(label, "corners") for label in batch)
    shared = tuple(tuple(s for s in first if s in own) for own, first in zip(steps, corners, strict=True))
    rest = tuple(tuple(s for s in own if s not in first) for own, first in zip(steps, shared, strict=True))
    for made in (shared, rest) if any(rest) else (shared,):
        args = [[own[s] for s in group] for own, group in zip(padded, made, strict=True)]
        parts = [program(made)([[t[row] for t in own] for own in args]) for row in range(rows)]
        for place, group in enumerate(made):
            for index, s in enumerate(group):
                found[place][s] = np.concatenate([part[place][index] for part in parts])
    return {
        label: [values[s][np.searchsorted(own[s], t)] for s, t in zip(*asked(label, sweep)[:2], strict=True)]
        for label, own, values in zip(batch, steps, found, strict=True)
    }


@cache
def got(label: str, sweep: str, backend: str) -> list[np.ndarray]:
    """What a backend gives for the steps of a case."""
    if backend == "JAX":
        return batch_in_jax(BATCH[label], sweep)[label]
    schedules, steps, _ = asked(label, sweep)
    pairs = list(zip(schedules, steps, strict=True))
    if backend == "Python":
        return [np.array([schedule(t) for t in own.tolist()]) for schedule, own in pairs]
    if backend == "NumPy":
        return [schedule(own) for schedule, own in pairs]
    return [schedule(torch.asarray(own, dtype=DTYPES[backend])).numpy() for schedule, own in pairs]


def steepness(schedule: L.Schedule, steps: np.ndarray) -> np.ndarray:
    """|t * s'(t) / s(t)|, the larger of the two sides."""
    near = Fraction(1, 2**20)

    def at(t: int) -> float:
        here, *sides = (oracle.real(oracle.value(schedule, x)) for x in (t, t - near, t + near))
        return float(max(abs(side - here) for side in sides) / abs(here) * abs(t) / oracle.real(near))

    return np.array([at(t) for t in steps.tolist()])


@cache
def allowed(label: str, sweep: str) -> list[np.ndarray]:
    """The errors that are allowed, in ulp."""
    case, found = EXACT_CASES[label], []
    for T, schedule, steps, _ in zip(LENGTHS[sweep], *asked(label, sweep), strict=True):
        units = np.ones(len(steps))
        if case.exponent is not None:
            units = np.maximum(units, case.exponent(T, np.maximum(steps, 0).astype(float)))
        found.append(ULPS * (units + (steepness(schedule, steps) if case.clocked else 0)))
    return found


# The tests.


def test_every_public_schedule_has_an_oracle_and_an_exact_case():
    public = {name for name, made in vars(L).items() if hasattr(getattr(made, "formula", None), "builder")}
    cases = {case.make(1000).formula.name for case in EXACT_CASES.values()}
    assert public - oracle.FORMULAS.keys() == set(), "no oracle: write the formula in tests/oracle.py"
    assert public - cases == set(), "no exact case: add one to EXACT_CASES"
    assert {label.split()[0] for label in EXACT_CASES} == cases, "the label of a case begins with its name"


@SWEEPS
@BACKENDS
@every(EXACT_CASES)
def test_error_is_within_the_rule(label, backend, sweep):
    eps, found = EPS[backend], got(label, sweep, backend)
    for schedule, steps, (high, low), ulps, values in zip(
        *asked(label, sweep), allowed(label, sweep), found, strict=True
    ):
        saturated = high > np.sqrt(float(np.finfo(values.dtype).max)) / 1e6
        values, high = np.where(saturated, 0, values), np.where(saturated, 0, high)
        bound = ulps * eps * np.abs(high)
        bound = np.where(high == 0, 0, np.maximum(bound, TINY[backend]))
        error = np.abs((values.astype(np.float64) - high) - np.where(saturated, 0, low))
        worst = int(np.argmax(error / np.maximum(bound, 2.0**-1074)))
        assert error[worst] <= bound[worst], (
            f"{schedule!r}({steps[worst]}) is {values[worst]!r}, not {high[worst]!r}: "
            f"{error[worst] / eps / np.abs(high[worst]):.3g} ulp of {bound[worst] / eps / np.abs(high[worst]):.3g}"
        )


@BACKENDS
@every(label for label, case in EXACT_CASES.items() if case.ends)
def test_ends_are_exact(label, backend):
    """To the last bit, in every dtype."""
    found = got(label, "corners", backend)
    for schedule, steps, _, values in zip(*asked(label, "corners"), found, strict=True):
        first, last = np.array(EXACT_CASES[label].ends, values.dtype)
        assert set(values[steps < 0].tolist()) == {first}, schedule
        assert first == values[steps == 0][0] or schedule.length == 0, schedule
        assert set(values[steps >= schedule.length].tolist()) == {last}, schedule


SHORT = list(product((0, 2, 7), [(1e-7, PEAK), (0.3, 0.1), (0.7, 0.7)]))
"""Lengths and ends of short ramps."""


def around(length: int) -> np.ndarray:
    return np.array([-1, 0, length, length + 1], np.int32)


@cache
def short_ramps_in_jax() -> dict[str, list[jax.Array]]:
    ramps = {shape: [getattr(L, shape)(*ends, length) for length, ends in SHORT] for shape in RAMP_SHAPES}
    steps = [around(length) for length, _ in SHORT]
    every_shape = lambda args: {shape: [s(t) for s, t in zip(own, args, strict=True)] for shape, own in ramps.items()}
    return jax.jit(every_shape)(steps)


@pytest.mark.parametrize("shape", RAMP_SHAPES)
def test_ends_of_short_ramps_are_exact(shape):
    """A ramp of no steps is at its end; one between equal values stays there."""
    for (length, (first, last)), in_jax in zip(SHORT, short_ramps_in_jax()[shape], strict=True):
        ramp, own = getattr(L, shape)(first, last, length), around(length)
        expected = np.array([first if length else last] * 2 + [last] * 2)
        assert [ramp(step) for step in own.tolist()] == ramp(own).tolist() == expected.tolist()
        for narrow in (np.asarray(in_jax), ramp(torch.asarray(own)).numpy()):
            assert narrow.dtype == np.float32
            assert narrow.tolist() == expected.astype(np.float32).tolist()


@SWEEPS
@BACKENDS
@every(label for label, case in EXACT_CASES.items() if case.trend)
def test_never_turns_the_wrong_way(label, backend, sweep):
    for schedule, steps, (true, _), values in zip(*asked(label, sweep), got(label, sweep, backend), strict=True):
        order = np.argsort(steps)
        with np.errstate(invalid="ignore"):  # what grows without end becomes infinite
            apart = np.abs(np.diff(true[order])) >= 4 * EPS[backend] * np.abs(true[order][1:])
        turns = steps[order][1:][apart & (np.diff(values[order]) * EXACT_CASES[label].trend < 0)]
        assert turns.size == 0, f"{schedule!r} turns at {turns[:5]}"


@BACKENDS
@every(EXACT_CASES)
def test_finite_and_in_range_at_every_step(label, backend):
    case, found = EXACT_CASES[label], got(label, "corners", backend)
    for schedule, steps, _, values in zip(*asked(label, "corners"), found, strict=True):
        low, high = np.array([case.low, case.high], values.dtype)
        wrong = steps[~np.isfinite(values) | (values < low) | (values > high)]
        assert wrong.size == 0, f"{schedule!r} is outside {low} to {high} at {wrong[:5]}"


def alike(labels: Iterable[str], T: int) -> list[list[str]]:
    """The cases that have floats, together with those that differ in floats alone, whose gradients come at once."""
    found: dict[Any, list[str]] = {}
    for label in labels:
        leaves, tree = jax.tree.flatten(EXACT_CASES[label].make(T))
        rest = tuple(None if isinstance(leaf, float) else leaf for leaf in leaves)
        if None in rest:
            found.setdefault((tree, rest, EXACT_CASES[label].high == math.inf), []).append(label)
    return list(found.values())


GROWING = ("sgdr 2 falls", "sgdr 1.5 rises", "restart 2", "restart 1.5 to base", "restart of a decay", "restart 2.5")
SHAPED = RAMPS | DECAYS | {label: EXACT_CASES[label] for label in GROWING}
"""The laws in tests/test_laws.py have the gradients of the others, at usual numbers, but not of cycles that grow."""

BATCHES = [
    *((batch, 3, ()) for batch in batches(alike(SHAPED, 3), 8)),
    *(
        (batch, T, pytest.mark.sweep)
        for T, labels in ((3, EXACT_CASES.keys() - SHAPED.keys()), (10**6, EXACT_CASES))
        for batch in batches(alike(sorted(labels), T), 8)
    ),
]


@pytest.mark.parametrize(
    ("batch", "T"),
    [pytest.param(batch, T, id=f"{batch[0][0]} to {batch[-1][0]}-{T}", marks=marks) for batch, T, marks in BATCHES],
)
def test_gradients_are_finite_at_every_step(batch, T):
    made = [[EXACT_CASES[label].make(T) for label in group] for group in batch]
    numbers = [[jax.tree.leaves(schedule) for schedule in group] for group in made]
    places = [[place for place, leaf in enumerate(own[0]) if isinstance(leaf, float)] for own in numbers]
    floats = [
        [np.array([leaves[place] for leaves in own], np.float32) for place in at]
        for own, at in zip(numbers, places, strict=True)
    ]
    steps = np.concatenate([ODD_STEPS, np.arange(12), T // 2 + np.arange(3), np.linspace(0, 3 * T, 40)])
    within = [steps <= 3 * T if EXACT_CASES[group[0]].high == math.inf else slice(None) for group in batch]
    asked = [steps[own].astype(np.int32) for own in within]

    def slope(schedule, at, steps, own):
        leaves, tree = jax.tree.flatten(schedule)

        def total(own):
            given = dict(zip(at, own, strict=True))
            other = jax.tree.unflatten(tree, [given.get(place, leaf) for place, leaf in enumerate(leaves)])
            return other(steps).sum()

        return sum(jax.grad(total)(own))  # a slope that is not finite, by one number at one step, makes the sum so

    def program(floats, asked):
        return [
            jax.vmap(partial(slope, group[0], at, steps))(own)
            for group, at, own, steps in zip(made, places, floats, asked, strict=True)
        ]

    sums = jax.jit(program, compiler_options=QUICKLY)(floats, asked)
    for group, found in zip(made, sums, strict=True):
        wrong = [schedule for schedule, slope in zip(group, found, strict=True) if not np.isfinite(slope)]
        assert not wrong, f"the gradient of {wrong} is not finite at a step"
