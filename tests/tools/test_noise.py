"""The gradient noise scale, against a model where it is known and against a real gradient."""

import math

import numpy as np
import pytest
from sklearn.datasets import load_digits

import lrsched as lr
from lrsched import gradient_noise_scale


def test_by_hand():
    """A gradient of norm 2 with a variance of 100 for each sample: squares of 4 + 100/b."""
    small, big = math.sqrt(4 + 100 / 5), math.sqrt(4 + 100 / 50)
    assert gradient_noise_scale(small, big, 5, 50) == pytest.approx(25, rel=1e-12)
    assert gradient_noise_scale([small] * 3, np.array([big] * 3), 5, 50) == pytest.approx(25, rel=1e-12)


def test_units_do_not_matter():
    assert gradient_noise_scale(5e-3, 3e-3, 32, 256) == pytest.approx(gradient_noise_scale(5, 3, 32, 256), rel=1e-12)


def test_no_noise_and_no_gradient():
    assert gradient_noise_scale(3.0, 3.0, 32, 256) == 0.0
    assert gradient_noise_scale(math.sqrt(1 / 32), math.sqrt(1 / 256), 32, 256) > 1e12  # noise alone, to rounding
    assert gradient_noise_scale(1.0, 0.0, 32, 256) == math.inf
    assert gradient_noise_scale(2.0, 3.0, 32, 256) < 0  # by chance: the true one is never negative


def test_many_updates_find_the_truth():
    """Samples of a known gradient and a known variance, in 40 dimensions."""
    rng = np.random.default_rng(0)
    gradient, spread, small, big, updates = np.full(40, 0.1), 0.5, 8, 64, 2_000
    samples = gradient + spread * rng.normal(size=(updates, big, 40))
    norms = [np.linalg.norm(samples[:, :batch].mean(axis=1), axis=1) for batch in (small, big)]
    truth = 40 * spread**2 / (gradient @ gradient)
    assert gradient_noise_scale(*norms, small, big) == pytest.approx(truth, rel=0.1)


def test_a_real_gradient():
    """Of softmax regression on digits at its start: against the variance of the gradients of all samples."""
    images, labels = load_digits(return_X_y=True)
    images, rng = images / 16, np.random.default_rng(0)
    errors = np.full((len(labels), 10), 0.1) - np.eye(10)[labels]  # of weights that are 0
    gradients = (images[:, :, None] * errors[:, None, :]).reshape(len(labels), -1)
    mean = gradients.mean(axis=0)
    truth = ((gradients - mean) ** 2).sum(axis=1).mean() / (mean @ mean)
    chosen = rng.integers(len(labels), size=(300, 128))
    norms = [np.linalg.norm(gradients[chosen[:, :batch]].mean(axis=1), axis=1) for batch in (16, 128)]
    assert gradient_noise_scale(*norms, 16, 128) == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: gradient_noise_scale(1.0, 1.0, 64, 64),
            ValueError,
            "gradient_noise_scale(big_batch_size=64) must be greater than small_batch_size=64; "
            "the small batch is a part of the big one.",
        ),
        (
            lambda: gradient_noise_scale(1.0, 1.0, 0, 64),
            ValueError,
            "gradient_noise_scale(small_batch_size=0) must be at least 1; give how many there are.",
        ),
        (
            lambda: gradient_noise_scale([1.0, 2.0], 1.0, 8, 64),
            ValueError,
            "gradient_noise_scale(big_norm=1.0) must be as many as the small norms, 2, not 1; "
            "give both norms of each update.",
        ),
        (
            lambda: gradient_noise_scale(-1.0, 1.0, 8, 64),
            ValueError,
            "gradient_noise_scale(small_norm=-1.0) must be finite and 0 or more; leave out updates that were skipped.",
        ),
        (
            lambda: gradient_noise_scale(1.0, math.nan, 8, 64),
            ValueError,
            "gradient_noise_scale(big_norm=nan) must be finite and 0 or more; leave out updates that were skipped.",
        ),
        (
            lambda: gradient_noise_scale([], [], 8, 64),
            ValueError,
            "gradient_noise_scale(small_norm=[]) must be finite and 0 or more; leave out updates that were skipped.",
        ),
        (
            lambda: gradient_noise_scale("1", 1.0, 8, "64"),
            TypeError,
            "gradient_noise_scale(big_batch_size='64') must be a number, not str; write 64 without quotes.",
        ),
        (
            lambda: gradient_noise_scale(np.ones((2, 2)), 1.0, 8, 64),
            TypeError,
            "gradient_noise_scale(small_norm=<array of shape (2, 2)>) must be a number, or a list of numbers; "
            "one norm is that of all parameters.",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_it_is_public():
    assert lr.gradient_noise_scale is gradient_noise_scale
