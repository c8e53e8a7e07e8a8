"""Calls as users write them: pyright, strict, finds nothing to say."""

from collections.abc import Callable

import numpy as np
import torch as pytorch

import lrsched as lr
from lrsched import Schedule
from lrsched.adapters.optax import to_optax
from lrsched.adapters.torch import TorchScheduler
from lrsched.arrays.namespaces import Namespace
from lrsched.interop import optax, torch, transformers
from lrsched.types import NotNegative, Steps, Value

# Made by position and by name, from integers and floats, and from NumPy numbers.

run: Schedule = lr.warmup_cosine(3e-4, 1_000, 10_000, end_value=3e-5)
line: Schedule = lr.linear(init_value=1, end_value=0, steps=100)
parts: Schedule = lr.wsd(1.0, 10, 100, 10, decay=lr.one_minus_sqrt)
waves: Schedule = lr.cyclic(0.1, 1.0, 10, mode="triangular2")
halves: Schedule = lr.linear(np.float32(1.0), np.float64(0.0), 0.5 * 100)
later: Schedule = lr.warmup_inverse_sqrt(1.0, 10, timescale=None)

# Called with a step, or an array of them.

first: float = run(0)
values: list[float] = run(np.arange(10)).tolist()
length: int | None = run.length
boundaries: tuple[int, ...] = run.boundaries
text: str = run.describe()
pieces: Schedule = run.expand()

# Put together from schedules, functions and numbers.

joined: Schedule = lr.join([run, 1.0, lambda t: 0.5], [10_000, 20_000])
warmed: Schedule = lr.warmup(lr.step_decay(0.1, 0.1, 30), 5, ramp=lr.cosine)
changed: Schedule = 0.5 * lr.shift(run, -10) + line * parts - 1e-6
bounded: Schedule = lr.clamp_min(lr.maximum(run, 1e-5), 1e-6)
tokens: Schedule = lr.compose(run, lambda t: 4_096 * t)

# Kept.

kept: Schedule = lr.parse(repr(run))
again: Schedule = lr.from_config(run.to_config())
same: bool = run == again

# Written by users: the decorators keep the parameters.


@lr.schedule
def log_decay(xp: Namespace, init_value: Value, rate: NotNegative) -> Callable[[Value], Value]:
    """One over the logarithm."""
    return lambda t: init_value / (1 + xp.log1p(rate * t))


@lr.composition
def finetune(peak_value: Value, total_steps: Steps) -> Schedule:
    """A tenth of the run as warmup."""
    return lr.warmup_linear(peak_value, 0.1 * total_steps, total_steps)


mine: Schedule = finetune(5e-5, 1_000) * log_decay(1.0, rate=0.1)

# Around it.

steps: int = lr.Horizon(dataset_size=1_000, epochs=3, batch_size=10).total_steps
found: bool = bool(lr.check(run, steps))
published: Schedule = lr.recipes.bert(total_steps=100_000)
theirs: Schedule = optax.cosine_decay_schedule(3e-4, decay_steps=100, alpha=0.1)
torchs: Schedule = torch.SequentialLR(base_lr=0.1, schedulers=[torch.StepLR(base_lr=0.1, step_size=3)], milestones=[])
named: Schedule = transformers.get_scheduler("linear", base_lr=1e-3, num_warmup_steps=1, num_training_steps=9)
passed = to_optax(run)
scheduler = TorchScheduler(pytorch.optim.SGD([pytorch.zeros(1)]), run, momentum=lr.constant(0.9))
rates = scheduler.get_last_lr()
