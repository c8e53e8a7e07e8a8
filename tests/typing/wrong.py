"""Calls that are mistakes: pyright finds every line that says so, and no other."""

import lrsched as lr
from lrsched import Schedule
from lrsched.interop import optax, torch
from lrsched.types import Steps, Value

run = lr.warmup_cosine(3e-4, 1_000, 10_000)

lr.warmup_cosine(3e-4, 1_000)  # wrong: a length is missing
lr.warmup_cosine(3e-4, 1_000, 10_000, final_value=3e-5)  # wrong: no such parameter
lr.warmup_cosine("3e-4", 1_000, 10_000)  # wrong: a text is not a rate
lr.linear(1.0, None, 100)  # wrong: nothing is not a value
lr.linear(1.0, 0.0, [100])  # wrong: a list is not a length
lr.cosine(1.0, 0.0, 100, 2.0)  # wrong: a cosine has no power
lr.cyclic(0.1, 1.0, 10, mode="triangle")  # wrong: no such mode
lr.exponential_decay(1.0, 0.5, decay_steps=10, staircase="yes")  # wrong: a text is not a flag
lr.join([run, "constant"], [10])  # wrong: a text is not a schedule
lr.join(run, [10])  # wrong: one schedule is not a list
lr.warmup(run, 10, ramp=3)  # wrong: a number is not a ramp
lr.piecewise_constant([1.0, 0.1], 100)  # wrong: one boundary is not a list
lr.scale(run, "2")  # wrong: a text is not a factor
lr.restart(run, 10, period_mult=None)  # wrong: nothing is not a factor
_ = run * "2"  # wrong: a text is not a factor
_ = run.lenght  # wrong: no such attribute
run()  # wrong: a step is missing
run.describe(10)  # wrong: nothing to give
lr.parse(3e-4)  # wrong: a number is not a text
lr.warmup_cosin(3e-4, 1_000, 10_000)  # wrong: no such word
lr.Horizon(dataset_size="1000", epochs=3, batch_size=10)  # wrong: a text is not a size
lr.check("warmup", 100)  # wrong: a text is not a schedule
lr.recipes.bert(peak="1e-4")  # wrong: no such parameter
optax.linear_schedule(1.0, 0.0)  # wrong: a length is missing
torch.StepLR(base_lr=0.1, step_size=30, gama=0.5)  # wrong: no such parameter


@lr.composition  # wrong: a composition returns a schedule
def half(peak_value: Value, steps: Steps) -> float:
    """Half of nothing."""
    return 0.5 * float(str(peak_value)) * float(str(steps))


@lr.composition
def right(peak_value: Value, steps: Steps) -> Schedule:
    """A line."""
    return lr.linear(peak_value, 0.0, steps)


right(1.0)  # wrong: a length is missing
right(1.0, step=100)  # wrong: no such parameter
