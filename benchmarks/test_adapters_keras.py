"""A schedule as the rate of a Keras optimizer beside Keras' own cosine with warmup; run it for the ratios.

`python -m benchmarks.test_adapters_keras`, on JAX unless KERAS_BACKEND names another backend.
"""

import os
import timeit

import numpy as np
import pytest

import lrsched

from .bench_timing import Row, interleave, row_of, time_text

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

from lrsched.adapters.keras import to_keras

STEPS, WARMUP, PEAK = 10_000, 100, 1e-3


def schedules():
    """Ours and theirs, of the same values."""
    theirs = keras.optimizers.schedules.CosineDecay(0.0, STEPS - WARMUP, warmup_target=PEAK, warmup_steps=WARMUP)
    return to_keras(lrsched.warmup_cosine(PEAK, WARMUP, STEPS)), theirs


def iteration(step):
    """What an optimizer asks with."""
    return keras.Variable(step, dtype="int", trainable=False)


def model(rate):
    """A small model, in which the rate is as large a part of a step as it may be."""
    made = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=0))]
    )
    made.compile(keras.optimizers.AdamW(rate), "mse")
    return made


def fit(made, batches=1000):
    """One epoch of training."""
    x = np.ones((batches, 8), np.float32)
    made.fit(x, x[:, :1], batch_size=1, epochs=1, shuffle=False, verbose=0)


def test_both_give_the_same_values():
    ours, theirs = schedules()
    for step in (0, 50, WARMUP, 5_000, STEPS):
        # Theirs is 1 + cos in float32, which errs by up to an ulp of 1, half the peak, however small the value is.
        np.testing.assert_allclose(float(ours(iteration(step))), float(theirs(iteration(step))), atol=2**-22 * PEAK)


# Keras' variables don't know NumPy 2's `copy`, which its own `get_weights` makes NumPy say.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_both_train_alike():
    ours, theirs = (model(rate) for rate in schedules())
    fit(ours, 20)
    fit(theirs, 20)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5)  # twenty updates, each of a rate that may be some ulp off


def call_row():
    """An eager call. Theirs takes a tenth of a second on JAX, which compiles a branch at every call."""
    step = iteration(5_000)
    pairs = zip(schedules(), (1000, 3), strict=True)
    measures = [lambda f=f, n=n: timeit.timeit(lambda: f(step), number=n) / n for f, n in pairs]
    return row_of(f"eager call, {keras.config.backend()}", *interleave(measures, 5), time_text, 0.1)


def fit_row():
    """An update inside `fit`, compiled where the backend compiles."""
    models = [model(rate) for rate in schedules()]
    for made in models:
        fit(made)
    measures = [lambda made=made: timeit.timeit(lambda: fit(made), number=1) / 1000 for made in models]
    return row_of(f"update inside fit, {keras.config.backend()}", *interleave(measures, 7), time_text, 1.05)


def main() -> None:
    """Print the two rows."""
    for row in (Row("what", "ours", "Keras", "ratio", "bound", "ok"), call_row(), fit_row()):
        print("  ".join(f"{cell:>24}" if index == 0 else f"{cell:>9}" for index, cell in enumerate(row)))


if __name__ == "__main__":
    main()
