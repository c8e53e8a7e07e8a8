"""What is written runs in the frameworks: under a real optimizer, the rate of update k is that of the schedule."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

import lrsched as lr
from tests.export.running import written

RUNS = [
    lr.warmup_cosine(3e-4, 5, 30, end_value=3e-5),
    lr.wsd(0.3, 4, 22, 8, decay=lr.one_minus_sqrt),
    lr.sgdr(0.3, 0.01, 4, period_mult=2, value_mult=0.8),
    lr.step_decay(0.1, 0.5, 7),
    lr.constant(0.3),
    lr.piecewise_constant([0.3, 0.1, 0.2, 0.05, 0.7], [3, 6, 9, 20]),
]
every_run = pytest.mark.parametrize("made", RUNS, ids=lambda made: made.formula.name)


def optimizer_of(rate=0.1):
    groups = [
        {"params": [torch.nn.Parameter(torch.zeros(2))]},
        {"params": [torch.nn.Parameter(torch.zeros(3))], "lr": 7.0},
    ]
    return torch.optim.SGD(groups, lr=rate)


def rates(optimizer, scheduler, steps):
    found = []
    for _ in range(steps):
        found.append([float(group["lr"]) for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return found


@every_run
def test_torch_sets_the_rate_of_every_update(made):
    """Whatever rate the optimizer was made with."""
    optimizer = optimizer_of()
    found = rates(optimizer, written(made, "torch")["make_scheduler"](optimizer), 40)
    want = [[made(k)] * 2 for k in range(40)]
    np.testing.assert_allclose(found, want, rtol=1e-12)


def test_torch_resumes():
    made = RUNS[0]
    first = optimizer_of()
    scheduler = written(made, "torch")["make_scheduler"](first)
    rates(first, scheduler, 12)
    second = optimizer_of(0.9)
    resumed = written(made, "torch")["make_scheduler"](second)
    second.load_state_dict(first.state_dict())
    resumed.load_state_dict(scheduler.state_dict())
    np.testing.assert_allclose(rates(second, resumed, 9), [[made(k)] * 2 for k in range(12, 21)], rtol=1e-12)


def test_torch_keeps_a_rate_that_is_a_tensor():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=torch.tensor(0.1, dtype=torch.float64))
    tensor = optimizer.param_groups[0]["lr"]
    found = rates(optimizer, written(RUNS[0], "torch")["make_scheduler"](optimizer), 20)
    assert optimizer.param_groups[0]["lr"] is tensor
    np.testing.assert_allclose(np.ravel(found), [RUNS[0](k) for k in range(20)], rtol=1e-12)


@every_run
@pytest.mark.parametrize("target", ["optax", "jax"])
def test_optax_steps_by_the_rate_of_every_update(made, target):
    """A gradient of 1 moves the parameters by the rate."""
    optimizer = optax.sgd(written(made, target)["learning_rate"])
    params = jnp.zeros(())
    state = optimizer.init(params)

    @jax.jit
    def update(state):
        return optimizer.update(jnp.ones(()), state, params)

    found = []
    for _ in range(40):
        change, state = update(state)
        found.append(-float(change))
    want = np.asarray(jax.jit(made)(jnp.arange(40)))
    np.testing.assert_allclose(found, want, rtol=5 * 2.0**-23)


def test_optax_takes_a_part_that_needs_lines():
    """A part of a join that is more than one expression is a function of its own."""
    made = lr.join([lr.linear(0.0, 0.3, 5), lr.round_to(lr.linear(32.0, 256.0, 20), 8)], [5])
    names = written(made, "optax")
    assert "phase" in names
    steps = np.arange(-2, 40)
    np.testing.assert_allclose(jax.jit(names["learning_rate"])(jnp.asarray(steps)), made(steps), rtol=5 * 2.0**-23)
