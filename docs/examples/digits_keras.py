"""Train a small network on handwritten digits with Keras; the schedule becomes the rate of the optimizer.

Run it with `python docs/examples/digits_keras.py`. It needs keras, one of its backends (JAX, unless KERAS_BACKEND names
another), and scikit-learn, whose digits come with it.
"""

import os
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits

import lrsched

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

from lrsched.adapters.keras import to_keras

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


def new_model() -> Any:
    """A network of two fully connected layers, and AdamW, whose rate is the schedule."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential([keras.Input((64,)), layers.Dense(128, activation="relu"), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(to_keras(SCHEDULE), weight_decay=1e-4), loss)
    return model


def main() -> Result:
    """Train, test and print."""
    rng = np.random.default_rng(0)
    images, labels, test_images, test_labels = load(rng)
    model = new_model()
    rates = np.empty(UPDATES, np.float32)
    for step in range(UPDATES):
        batch = rng.integers(len(labels), size=BATCH)
        rates[step] = float(model.optimizer.learning_rate)  # that of the update to come
        model.train_on_batch(images[batch], labels[batch])
    accuracy = float(np.mean(model.predict(test_images, verbose=0).argmax(axis=1) == test_labels))

    print(f"{SCHEDULE!r}")
    for name, step in (("first", 0), ("peak", SCHEDULE.boundaries[0]), ("last", UPDATES - 1)):
        print(f"rate of the {name} update ({step}): {rates[step]:.4g}")
    print(f"test accuracy: {accuracy:.3f}")
    return Result(accuracy, rates)


if __name__ == "__main__":
    main()
