"""A jitted optax update with a schedule of lrsched beside one with a schedule of optax; run me with `python -m`."""

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrsched
from lrsched.adapters.optax import to_optax

from . import peers
from .bench_page import render
from .bench_timing import Pair, row

BOUND = 1.05
SIZES = {"one parameter": (1,), "100 000 parameters": (100_000,)}
OURS = {"as it is": lrsched.warmup_cosine(*peers.CURVE), "to_optax": to_optax(lrsched.warmup_cosine(*peers.CURVE))}


def step(schedule: Any, shape: tuple[int, ...]) -> Callable[[int], Any]:
    """An update of AdamW at a count, compiled, waiting for its result."""
    optimizer = optax.adamw(schedule)
    weights = jnp.linspace(0.1, 1.0, *shape)
    first = optimizer.init(weights)

    @jax.jit
    def update(state: Any) -> Any:
        changes, _ = optimizer.update(weights, state, weights)
        return optax.apply_updates(weights, changes)

    states = {
        count: optax.tree_utils.tree_set(first, count=jnp.int32(count)) for count in (0, 5_000, 10_000, 500_000, 10**6)
    }
    return lambda count: update(states[count]).block_until_ready()


def pairs() -> list[Pair]:
    """The pairs that are timed, in the middle of the decay."""
    theirs = peers.optax(*peers.CURVE)
    return [
        # The schedules differ by float32's cancellation in optax, Adam's direction by the fusion of its square root.
        Pair(f"`adamw`, jitted, {size}, {name} / optax", step(ours, shape), step(theirs, shape), 500_000, 1e-6, BOUND)
        for size, shape in SIZES.items()
        for name, ours in OURS.items()
    ]


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("count", [0, 5_000, 10_000, 500_000, 10**6])
def test_the_same_update(name, count):
    ours, theirs = step(OURS[name], (3,))(count), step(peers.optax(*peers.CURVE), (3,))(count)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert (count in (0, 10**6)) == np.array_equal(ours, jnp.linspace(0.1, 1.0, 3))


@pytest.mark.parametrize("schedule", ["lrsched", "optax"])
def test_an_update_is_measured(benchmark, schedule):
    made = OURS["as it is"] if schedule == "lrsched" else peers.optax(*peers.CURVE)
    assert benchmark(step(made, (3,)), 500_000).shape == (3,)


def main() -> int:
    """Print the ratios; 1 if one is over its bound."""
    rows = [row(pair) for pair in pairs()]
    print(render(rows))
    return int(any(line.ok == "no" for line in rows))


if __name__ == "__main__":
    sys.exit(main())
