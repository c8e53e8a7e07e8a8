"""Many steps at once: a curve that is drawn or compared, and a compiled program."""

from collections.abc import Iterator
from typing import Any

import numpy as np

import lrsched

from . import peers
from .bench_numbers import FLOAT32, FLOAT64
from .bench_timing import Pair

__all__ = ["pairs"]

MILLION = 1_000_000
LOOP_PART = 100


def pairs(count: int = MILLION) -> Iterator[Pair]:
    """The whole of a run of `count` steps, in NumPy and in JAX."""
    curve = (peers.PEAK, count // 100, count)
    ours, optax = lrsched.warmup_cosine(*curve), peers.jitted(peers.optax(*curve))
    steps: Any = np.arange(count)
    what = f"`warmup_cosine(...)(np.arange({count:_}))` / "
    yield Pair(what + "`np.where` by hand", ours, peers.numpy_by_hand(*curve), steps, FLOAT64, 1.0)
    loop, few = _loop(peers.by_hand(*curve)), steps[: count // LOOP_PART]
    yield Pair(what + "a Python loop", ours, loop, steps, FLOAT64, their_steps=few, times=LOOP_PART)
    if optax is None:
        yield Pair(what + "optax, jitted", ours, None, steps, FLOAT32)
        return
    import jax.numpy as jnp

    traced, number = jnp.arange(count), jnp.int32(count // 2)
    yield Pair(what + "optax, jitted", ours, optax, steps, FLOAT32, their_steps=traced)
    what = f"`jax.jit(warmup_cosine(...))(jnp.arange({count:_}))` / optax, jitted"
    yield Pair(what, peers.jitted(ours), optax, traced, FLOAT32, 1.0)
    what = "`jax.jit(warmup_cosine(...))(jnp.int32(...))` / optax, jitted"
    yield Pair(what, peers.jitted(ours), optax, number, FLOAT32)


def _loop(function: Any) -> Any:
    return lambda steps: [function(step) for step in steps.tolist()]
