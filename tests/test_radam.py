"""The factor of RAdam against the optimizers that have it built in: a real Adam at the rectified rate."""

import jax
import numpy as np
import optax
import pytest
import torch

import lrsched as lr

UPDATES = 300
GRADIENTS = np.random.default_rng(0).normal(1.0, 1.0, (UPDATES, 8))
SCHEDULE = lr.warmup_cosine(1e-2, 10, UPDATES, init_value=1e-4)


def changes(make, betas, schedule):
    """What an optimizer of torch changes in every update, for gradients that are given."""
    weights = torch.nn.Parameter(torch.zeros(8, dtype=torch.float64))
    optimizer = make([weights], betas=betas, eps=1e-12)
    found = []
    for step, gradient in enumerate(GRADIENTS):
        before = weights.detach().clone()
        optimizer.param_groups[0]["lr"] = schedule(step)
        weights.grad = torch.from_numpy(gradient)
        optimizer.step()
        found.append((weights.detach() - before).numpy())
    return np.array(found)


@pytest.mark.parametrize("beta_2", [0.9, 0.95, 0.999])
def test_adam_at_the_rectified_rate_is_radam(beta_2):
    """torch rectifies from rho > 5 on, the paper from rho > 4: one update later here. To the rounding of sums."""
    radam = changes(torch.optim.RAdam, (0.9, beta_2), SCHEDULE)
    adam = changes(torch.optim.Adam, (0.9, beta_2), SCHEDULE * lr.radam_warmup(beta_2))
    np.testing.assert_allclose(adam[6:], radam[6:], rtol=1e-9)
    assert np.all(adam[:4] == 0)
    assert np.all(radam[:4] != 0)  # without the second moment


def test_adam_at_the_rectified_rate_is_radam_in_optax():
    """With the threshold of the paper. optax subtracts powers of beta_2 from 1 in float32: 1e-3 of rho, early."""
    adam = optax.adam(lr.radam_warmup(0.99), b2=0.99, eps=1e-12)
    radam = optax.radam(1.0, b2=0.99, eps=1e-12, threshold=4.0)
    found = []
    for optimizer in (adam, radam):
        update, state, changes = jax.jit(optimizer.update), optimizer.init(np.zeros(8)), []
        for gradient in GRADIENTS:
            change, state = update(gradient, state)
            changes.append(np.asarray(change))
        found.append(np.array(changes))
    np.testing.assert_allclose(found[0][4:], found[1][4:], rtol=2e-3)


@pytest.mark.parametrize("beta_2", [0.95, 0.999])
def test_the_untuned_warmups(beta_2):
    """Ma & Yarats: min(1, n*(1 - beta_2)/2) and 1 - exp(-n*(1 - beta_2)), n counted from 1."""
    n = np.arange(1, 10_001)
    linear = lr.shift(lr.linear(0.0, 1.0, 2 / (1 - beta_2)), 1)
    exponential = lr.shift(lr.exponential_approach(0.0, 1.0, 1 / (1 - beta_2)), 1)
    np.testing.assert_allclose(linear(n - 1), np.minimum(1, n * (1 - beta_2) / 2), rtol=1e-12)
    np.testing.assert_allclose(exponential(n - 1), -np.expm1(-n * (1 - beta_2)), rtol=1e-12)
