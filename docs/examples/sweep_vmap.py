"""Train sixteen networks at once, each with its own schedule, in one compiled program, and see which schedule is best.

A schedule is a tree of its numbers: sixteen of them are stacked, and `jax.vmap` hands one to each network.
Run it with `python docs/examples/sweep_vmap.py`. It needs optax and scikit-learn, whose digits come with it.
"""

from itertools import product
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

import lrsched

UPDATES = 200
BATCH = 64
SCHEDULES = [
    lrsched.warmup_cosine(peak_value, warmup_steps, UPDATES)
    for peak_value, warmup_steps in product([1e-3, 1e-2, 1e-1, 1.0], [0, 10, 40, 100])
]


class Result(NamedTuple):
    """Of every schedule: the accuracy on the test digits, and the rate of every update; and how often was compiled."""

    accuracies: np.ndarray
    rates: np.ndarray
    compilations: int


def load(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Images and labels: 1 500 to train on, 297 to test on."""
    digits = load_digits()
    order = rng.permutation(len(digits.target))
    images, labels = digits.data[order].astype(np.float32) / 16, digits.target[order]
    return images[:1500], labels[:1500], images[1500:], labels[1500:]


def new_network(key: jax.Array) -> list[jax.Array]:
    """The weights of two layers."""
    first, second = jax.random.split(key)
    return [jax.random.normal(first, (64, 32)) * (2 / 64) ** 0.5, jax.random.normal(second, (32, 10)) * (2 / 32) ** 0.5]


def loss(network: list[jax.Array], images: Any, labels: Any) -> jax.Array:
    """The mean cross entropy."""
    scores = jax.nn.relu(images @ network[0]) @ network[1]
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


def train(schedule: lrsched.Schedule, batches: Any, test: Any) -> tuple[jax.Array, jax.Array]:
    """The accuracy of one network that was trained with one schedule, and the rates that it was trained with."""
    optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=schedule)
    network = new_network(jax.random.key(0))

    def update(carry: Any, batch: Any) -> Any:
        network, state = carry
        changes, state = optimizer.update(jax.grad(loss)(network, *batch), state, network)
        return (optax.apply_updates(network, changes), state), state.hyperparams["learning_rate"]

    (network, _), rates = jax.lax.scan(update, (network, optimizer.init(network)), batches)
    images, labels = test
    scores = jax.nn.relu(images @ network[0]) @ network[1]
    return jnp.mean(scores.argmax(axis=1) == labels), rates


def main() -> Result:
    """Train, test and print."""
    rng = np.random.default_rng(0)
    images, labels, *test = load(rng)
    chosen = rng.integers(len(labels), size=(UPDATES, BATCH))

    stack = jax.tree.map(lambda *numbers: jnp.asarray(numbers), *SCHEDULES)
    sweep = jax.jit(jax.vmap(train, in_axes=(0, None, None)))
    accuracies, rates = sweep(stack, (images[chosen], labels[chosen]), tuple(test))

    for schedule, accuracy in sorted(zip(SCHEDULES, accuracies.tolist(), strict=True), key=lambda pair: pair[1]):
        print(f"{accuracy:.3f}  {schedule!r}")
    return Result(np.asarray(accuracies), np.asarray(rates), sweep._cache_size())


if __name__ == "__main__":
    main()
