"""What exactness costs: each ramp and decay of the vocabulary, beside its formula as it stands in the paper.

The formulas on the right cancel near one end, and in float32 some lose every digit there.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import lrsched

from . import peers
from .bench_timing import Pair

__all__ = ["formulas", "pairs"]

INIT, END, POWER, HIGH, FAR = 1e-3, 1e-5, 1.7, 10, 1e6
BOUND = 1.5

# A naive formula errs by a few ulp of its greatest value. In float32, powers err by a few ulp per unit of the logarithm
# of their value, which is at most 10 here.
FLOAT64, FLOAT32 = 1e-14, 2e-6

Naive = Callable[[Any, Any], Any]


def formulas(count: int) -> dict[str, tuple[lrsched.Schedule, Naive]]:
    """Each schedule with its naive formula, of a namespace and of steps from 0 to `count`."""
    span, time, width, warmup = INIT - END, count / 10, 512, count // 100

    def x(xp: Any, t: Any) -> Any:
        return xp.minimum(t, count) / count

    return {
        "linear": (lrsched.linear(INIT, END, count), lambda xp, t: INIT - span * x(xp, t)),
        "cosine": (
            lrsched.cosine(INIT, END, count),
            lambda xp, t: END + span * 0.5 * (1 + xp.cos(math.pi * x(xp, t))),
        ),
        "polynomial, power 2": (lrsched.polynomial(INIT, END, count), lambda xp, t: END + span * (1 - x(xp, t)) ** 2),
        f"polynomial, power {POWER}": (
            lrsched.polynomial(INIT, END, count, power=POWER),
            lambda xp, t: END + span * (1 - x(xp, t)) ** POWER,
        ),
        f"polynomial, power {HIGH}": (
            lrsched.polynomial(INIT, END, count, power=HIGH),
            lambda xp, t: END + span * (1 - x(xp, t)) ** HIGH,
        ),
        "one_minus_sqrt": (
            lrsched.one_minus_sqrt(INIT, END, count),
            lambda xp, t: END + span * (1 - xp.sqrt(x(xp, t))),
        ),
        "exponential": (lrsched.exponential(INIT, END, count), lambda xp, t: INIT * (END / INIT) ** x(xp, t)),
        "exponential, far apart": (
            lrsched.exponential(INIT, INIT / FAR, count),
            lambda xp, t: INIT * (1 / FAR) ** x(xp, t),
        ),
        "hold": (lrsched.hold(INIT, END, count // 2), lambda xp, t: xp.where(t < count // 2, INIT, END)),
        "constant": (lrsched.constant(INIT), lambda xp, t: xp.full(t.shape, INIT)),
        "exponential_decay": (
            lrsched.exponential_decay(INIT, 0.5, decay_steps=time),
            lambda xp, t: INIT * 0.5 ** (t / time),
        ),
        "step_decay": (lrsched.step_decay(INIT, 0.5, int(time)), lambda xp, t: INIT * 0.5 ** (t // int(time))),
        "natural_exp_decay": (
            lrsched.natural_exp_decay(INIT, 1 / time),
            lambda xp, t: INIT * xp.exp(-t / time),
        ),
        "inverse_time_decay": (
            lrsched.inverse_time_decay(INIT, 1.0, decay_steps=time),
            lambda xp, t: INIT / (1 + t / time),
        ),
        "inverse_sqrt": (lrsched.inverse_sqrt(INIT, time), lambda xp, t: INIT / xp.sqrt(1 + t / time)),
        "noam": (
            lrsched.noam(width, warmup),
            lambda xp, t: width**-0.5 * xp.minimum(xp.maximum(t, 1) ** -0.5, t * warmup**-1.5),
        ),
        "exponential_approach": (
            lrsched.exponential_approach(INIT, END, time),
            lambda xp, t: END + span * xp.exp(-t / time),
        ),
    }


def pairs(count: int = 1_000_000) -> Iterator[Pair]:
    """Each schedule in NumPy, and in JAX where it is installed."""
    steps: Any = np.arange(count)
    for name, (schedule, naive) in formulas(count).items():
        yield Pair(f"{name}, NumPy", schedule, _in(np, naive), steps, FLOAT64, BOUND)
    try:
        import jax.numpy as jnp
    except ImportError:
        return
    traced = jnp.arange(count)
    for name, (schedule, naive) in formulas(count).items():
        yield Pair(f"{name}, jitted JAX", peers.jitted(schedule), peers.jitted(_in(jnp, naive)), traced, FLOAT32, BOUND)


def _in(xp: Any, naive: Naive) -> Callable[[Any], Any]:
    return lambda t: naive(xp, t)
