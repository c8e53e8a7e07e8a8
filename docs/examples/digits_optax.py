"""Train a small network on handwritten digits with JAX and optax; the schedule is passed to optax as it is.

Run it with `python docs/examples/digits_optax.py`. It needs optax and scikit-learn, whose digits come with it.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

import lrsched

UPDATES = 400
BATCH = 128
SCHEDULE = lrsched.warmup_cosine(peak_value=3e-3, warmup_steps=40, total_steps=UPDATES, init_value=1e-4, end_value=1e-5)


class Result(NamedTuple):
    """What the training gave: the part of the test digits that is recognised, and the rate of every update."""

    accuracy: float
    rates: np.ndarray


def load(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Images and labels: 1 500 to train on, 297 to test on."""
    digits = load_digits()
    order = rng.permutation(len(digits.target))
    images, labels = digits.data[order].astype(np.float32) / 16, digits.target[order]
    return images[:1500], labels[:1500], images[1500:], labels[1500:]


def new_network(rng: np.random.Generator, sizes: tuple[int, ...]) -> list[Any]:
    """The weights and biases of fully connected layers."""
    return [
        (rng.normal(0.0, (2 / fan_in) ** 0.5, (fan_in, fan_out)).astype(np.float32), np.zeros(fan_out, np.float32))
        for fan_in, fan_out in pairwise(sizes)
    ]


def predict(network: list[Any], images: Any) -> Any:
    """The scores of the ten digits."""
    *hidden, (weights, biases) = network
    for w, b in hidden:
        images = jax.nn.relu(images @ w + b)
    return images @ weights + biases


def loss(network: list[Any], images: Any, labels: Any) -> Any:
    """The mean cross entropy."""
    return optax.softmax_cross_entropy_with_integer_labels(predict(network, images), labels).mean()


# `optax.adamw(SCHEDULE)` trains the same; `inject_hyperparams` keeps the rate of an update where it can be read.
optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=SCHEDULE)


@jax.jit
def update(network: list[Any], state: Any, images: Any, labels: Any) -> tuple[list[Any], Any]:
    """One update of the network."""
    gradients = jax.grad(loss)(network, images, labels)
    changes, state = optimizer.update(gradients, state, network)
    return optax.apply_updates(network, changes), state


def main() -> Result:
    """Train, test and print."""
    rng = np.random.default_rng(0)
    images, labels, test_images, test_labels = load(rng)
    network = new_network(rng, (64, 128, 10))
    state = optimizer.init(network)
    rates = np.empty(UPDATES, np.float32)
    for step in range(UPDATES):
        batch = rng.integers(len(labels), size=BATCH)
        network, state = update(network, state, images[batch], labels[batch])
        rates[step] = state.hyperparams["learning_rate"]
    accuracy = float(jnp.mean(predict(network, test_images).argmax(axis=1) == test_labels))

    print(f"{SCHEDULE!r}")
    for name, step in (("first", 0), ("peak", SCHEDULE.boundaries[0]), ("last", UPDATES - 1)):
        print(f"rate of the {name} update ({step}): {rates[step]:.4g}")
    print(f"test accuracy: {accuracy:.3f}")
    return Result(accuracy, rates)


if __name__ == "__main__":
    main()
