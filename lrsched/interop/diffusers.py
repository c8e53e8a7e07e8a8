"""The schedules of diffusers, under its own names and arguments. Most of them are those of transformers.

`s(t)` is the rate after `t` calls of the scheduler's `step()`, so that of update `t`; `base_lr` is the optimizer's
rate. Past the end of a run the cosine of diffusers rises again; here it holds, unless `exact_tail=True`.
"""

from functools import partial

from ..checks import Site
from ..core.parameters import Factor, Value
from . import transformers as names, vocabulary as lrs
from .arguments import Text, Whole
from .calls import alias, by_name, room, translated

get_constant_schedule = alias("diffusers", names.get_constant_schedule)
get_constant_schedule_with_warmup = alias("diffusers", names.get_constant_schedule_with_warmup)
get_cosine_schedule_with_warmup = alias("diffusers", names.get_cosine_schedule_with_warmup)
get_cosine_with_hard_restarts_schedule_with_warmup = alias(
    "diffusers", names.get_cosine_with_hard_restarts_schedule_with_warmup
)
get_polynomial_decay_schedule_with_warmup = alias("diffusers", names.get_polynomial_decay_schedule_with_warmup)


@translated
def get_piecewise_constant_schedule(base_lr: Value, step_rules: Text) -> lrs.Schedule:
    """The rate times a factor for each interval: "1:10,0.1:20,0.01" is 1 up to step 10, 0.1 up to step 20, then 0.01.

    >>> get_piecewise_constant_schedule(0.1, "1:10,0.5:20,0.1")
    piecewise_constant([0.1, 0.05, 0.010000000000000002], [10, 20])
    """
    *rules, last = step_rules.split(",")
    try:
        stairs = sorted((int(step), float(factor)) for factor, step in (rule.split(":") for rule in rules))
        factors = [*(factor for _, factor in stairs), float(last)]
    except ValueError:
        demand = "must be factors and the steps at which they end"
        Site("get_piecewise_constant_schedule", "step_rules").refuse(step_rules, demand, 'write "1:10,0.1:20,0.01"')
    return lrs.piecewise_constant([base_lr * factor for factor in factors], [step for step, _ in stairs])


@translated
def get_linear_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, f_min: Factor = 0.0, f_max: Factor = 1.0
) -> lrs.Schedule:
    """A line from 0 to `f_max * base_lr`, then a line to `f_min * base_lr`.

    >>> get_linear_schedule_with_warmup(0.1, num_warmup_steps=10, num_training_steps=100, f_min=0.5)
    warmup_linear(0.1, 10, 100, end_value=0.05)
    """
    rise, total = num_warmup_steps, num_training_steps
    room("get_linear_schedule_with_warmup", num_training_steps=total, num_warmup_steps=rise)
    return lrs.warmup_linear(base_lr * f_max, rise, total, end_value=base_lr * f_min)


def get_scheduler(
    name: str,
    base_lr: Value,
    step_rules: str | None = None,
    num_warmup_steps: int | None = None,
    num_training_steps: int | None = None,
    num_cycles: int = 1,
    power: float = 1.0,
    *,
    exact_tail: bool = False,
) -> lrs.Schedule:
    """The schedule of a name of `SchedulerType`; `num_cycles` is of "cosine_with_restarts" alone, as in diffusers.

    Raises ValueError or TypeError for an unknown name, and what the function of the name refuses. Source: diffusers
    `get_scheduler`.

    >>> get_scheduler("cosine", base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000)
    warmup_cosine(0.0001, 500, 10000)
    """
    functions = {
        "linear": get_linear_schedule_with_warmup,
        "cosine": get_cosine_schedule_with_warmup,
        "cosine_with_restarts": partial(get_cosine_with_hard_restarts_schedule_with_warmup, num_cycles=num_cycles),
        "polynomial": partial(get_polynomial_decay_schedule_with_warmup, power=power),
        "constant": get_constant_schedule,
        "constant_with_warmup": get_constant_schedule_with_warmup,
        "piecewise_constant": lambda base_lr: get_piecewise_constant_schedule(base_lr, step_rules or ""),
    }
    steps = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    return by_name(functions, name, base_lr, {**steps, "exact_tail": exact_tail}, {})
