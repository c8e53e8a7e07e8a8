"""What is written runs in the frameworks: under a real optimizer, the rate of update k is that of the schedule."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

import lrsched as lr
from lrsched.export import to_code

RUN = lr.warmup_cosine(3e-4, 5, 30, end_value=3e-5)


def written(target):
    names: dict = {}
    exec(to_code(RUN, target), names)
    return names


def optimizer_of(*groups):
    return torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(2))], **group} for group in groups], lr=3e-4)


def rates(optimizer, scheduler, steps):
    found = []
    for _ in range(steps):
        found.append([float(group["lr"]) for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return found


def test_torch_sets_the_rate_of_every_update():
    optimizer = optimizer_of({}, {"lr_scale": 0.1})
    found = rates(optimizer, written("torch")["make_scheduler"](optimizer), 40)
    np.testing.assert_allclose(found, [[RUN(k), 0.1 * RUN(k)] for k in range(40)], rtol=1e-9)


def test_torch_keeps_the_ratios_of_the_groups():
    optimizer = optimizer_of({}, {"lr": 3e-5})
    found = rates(optimizer, written("torch")["make_scheduler"](optimizer), 20)
    np.testing.assert_allclose(found, [[RUN(k), 0.1 * RUN(k)] for k in range(20)], rtol=1e-6)


@pytest.mark.parametrize("scheduler_first", [True, False])
def test_torch_resumes_in_either_order(scheduler_first):
    first = optimizer_of({})
    scheduler = written("torch")["make_scheduler"](first)
    rates(first, scheduler, 12)
    second = optimizer_of({})
    resumed = written("torch")["make_scheduler"](second)
    loads = [
        lambda: resumed.load_state_dict(scheduler.state_dict()),
        lambda: second.load_state_dict(first.state_dict()),
    ]
    for load in loads if scheduler_first else reversed(loads):
        load()
    np.testing.assert_allclose(rates(second, resumed, 9), [[RUN(k)] for k in range(12, 21)], rtol=1e-9)


def test_optax_takes_it():
    names = written("optax")
    make = optax.sgd(names["learning_rate"])
    state, found = make.init(jnp.zeros(1)), []
    for _ in range(10):
        update, state = jax.jit(make.update)(jnp.ones(1), state)
        found.append(-float(update[0]))
    np.testing.assert_allclose(found, [RUN(k) for k in range(10)], rtol=1e-6)
