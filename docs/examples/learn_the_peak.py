"""Learn the peak and the length of the warmup: the gradient of the final loss through fifty updates of training.

The parameters of a schedule may be traced, so a whole training is a function of them that JAX differentiates.
Run it with `python docs/examples/learn_the_peak.py`. It needs optax and scikit-learn, whose digits come with it.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

import lrsched

UPDATES = 50
BATCH = 64
TRIALS = 25


class Knobs(NamedTuple):
    """What is learned: the logarithm of the peak, and the warmup as a part of the run."""

    log_peak: Any
    warmup: Any

    def schedule(self) -> lrsched.Schedule:
        """The schedule of the knobs."""
        return lrsched.warmup_cosine(jnp.exp(self.log_peak), self.warmup * UPDATES, UPDATES)


START = Knobs(np.log(5.0).item(), 0.13)


class Result(NamedTuple):
    """The knobs before and after, and the final loss of every trial."""

    knobs: Knobs
    losses: np.ndarray


def load() -> tuple[Any, Any]:
    """The batches of fifty updates, and what the loss is measured on after them."""
    rng = np.random.default_rng(0)
    digits = load_digits()
    images, labels = digits.data.astype(np.float32) / 16, digits.target
    order = rng.permutation(len(labels))
    train, held = order[:1500], order[1500:]
    chosen = train[rng.integers(len(train), size=(UPDATES, BATCH))]
    return (images[chosen], labels[chosen]), (images[held], labels[held])


def loss(weights: Any, images: Any, labels: Any) -> jax.Array:
    """The mean cross entropy of a linear classifier."""
    return optax.softmax_cross_entropy_with_integer_labels(images @ weights, labels).mean()


def final_loss(knobs: Knobs, batches: Any, held: Any) -> jax.Array:
    """The loss on held-out digits after fifty updates with the schedule of the knobs."""
    optimizer = optax.sgd(knobs.schedule(), momentum=0.9)
    weights = jnp.zeros((64, 10))

    def update(carry: Any, batch: Any) -> Any:
        weights, state = carry
        changes, state = optimizer.update(jax.grad(loss)(weights, *batch), state, weights)
        return (optax.apply_updates(weights, changes), state), None

    (weights, _), _ = jax.lax.scan(update, (weights, optimizer.init(weights)), batches)
    return loss(weights, *held)


def main() -> Result:
    """Learn and print."""
    batches, held = load()
    slope = jax.jit(jax.value_and_grad(final_loss))
    knobs, tuner = jax.tree.map(jnp.float32, START), optax.adam(0.1)  # arrays from the first call on: one program
    state, losses = tuner.init(knobs), []
    for _ in range(TRIALS):
        value, gradient = slope(knobs, batches, held)
        losses.append(float(value))
        changes, state = tuner.update(gradient, state)
        knobs = optax.apply_updates(knobs, changes)
        knobs = knobs._replace(warmup=jnp.clip(knobs.warmup, 0.02, 0.98))
    losses.append(float(slope(knobs, batches, held)[0]))

    for name, these, value in (("before", START, losses[0]), ("after", knobs, losses[-1])):
        peak, warmup = float(np.exp(these.log_peak)), float(these.warmup * UPDATES)
        print(f"{name:6}  peak {peak:.2f}  warmup {warmup:4.1f} steps  final loss {value:.4f}")
    return Result(Knobs(*map(float, knobs)), np.array(losses))


if __name__ == "__main__":
    main()
