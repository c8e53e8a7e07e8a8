"""The `ParamScheduler`s of fvcore, and `LRMultiplier` and `WarmupParamScheduler` of detectron2.

A `ParamScheduler` is a function of the part of the run that is over. It becomes a schedule when the length of the run
is known: `LRMultiplier(multiplier, max_iter, base_lr=...)`, written as in detectron2. `s(t)` is the rate of update t,
counted from 0. Intervals begin at the first update at or after their part of the run; the millionth of the run that
fvcore adds, so that its float comparisons come out right, is left out. Past the end a schedule holds.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction as Rational
from itertools import accumulate
from typing import Annotated, Any, Literal

from ..checks import require
from ..core.parameters import Factor, Positive, Power, Rate, Value, Values, choice
from . import vocabulary as lrs
from .arguments import Count, Part, Starts, instance, listed
from .calls import translated
from .curves import rational

Plan = Callable[[int], lrs.Schedule]
"""A schedule that waits for the length of the run, in updates."""
PLANNED = instance(Callable, "CosineParamScheduler(1.0, 0.0) is one", but=lrs.Schedule)
Planned = Annotated[Plan, PLANNED]
"""What a function of this module gave."""
Plans = Annotated[Sequence[Plan], listed(PLANNED, "give them in order")]
"""A list of them."""
Scalings = Annotated[Sequence[str], listed(choice(("rescaled", "fixed")), "write one for each")]
"""Whether each of them runs from its beginning to its end, or shows what it has at that time of the run."""
Method = Literal["linear", "constant"]


def _updates(call: str, name: str, part: Any, total: int) -> int:
    """A part of a run as whole updates."""
    steps = rational(part) * total
    demand = f"must be a whole number of the run's {total} updates, not {float(steps)}"
    require(steps.denominator == 1, call, f"{name}={part}) {demand}; write {math.ceil(steps)}/{total}.")
    return int(steps)


@translated
def LRMultiplier(multiplier: Planned, max_iter: Count, *, base_lr: Value) -> lrs.Schedule:
    """The optimizer's rate times a `ParamScheduler` over `max_iter` updates.

    >>> stairs = MultiStepParamScheduler([1.0, 0.1, 0.01], milestones=[60_000, 80_000], num_updates=90_000)
    >>> warm = WarmupParamScheduler(stairs, 0.001, 1_000 / 90_000)
    >>> s = LRMultiplier(warm, 90_000, base_lr=0.02)
    >>> s(0), s(1_000), round(s(60_000), 6)
    (2e-05, 0.02, 0.002)
    """
    return lrs.scale(multiplier(max_iter), base_lr)


@translated
def ConstantParamScheduler(value: Value) -> Plan:
    """The same value at every update."""
    return lambda steps: lrs.constant(value)


@translated
def CosineParamScheduler(start_value: Value, end_value: Value) -> Plan:
    """Half a cosine over the run."""
    return lambda steps: lrs.cosine(start_value, end_value, steps)


@translated
def LinearParamScheduler(start_value: Value, end_value: Value) -> Plan:
    """A line over the run."""
    return lambda steps: lrs.linear(start_value, end_value, steps)


@translated
def ExponentialParamScheduler(start_value: Value, decay: Rate) -> Plan:
    """A factor `decay` over the run."""
    return lambda steps: lrs.exponential_decay(start_value, decay, decay_steps=steps)


@translated
def PolynomialDecayParamScheduler(base_value: Value, power: Power) -> Plan:
    """A power of the time that is left, to 0."""
    return lambda steps: lrs.polynomial(base_value, 0.0, steps, power=power)


@translated
def MultiStepParamScheduler(values: Values, num_updates: Count | None = None, milestones: Starts | None = None) -> Plan:
    """A value for each interval between milestones, which are parts of `num_updates`; equal intervals without them."""
    call, count = "MultiStepParamScheduler", len(values)
    require(num_updates is not None or milestones, call, "num_updates=None) must be given, or milestones.")
    given = [*(milestones or (math.ceil((num_updates or 0) / count) * index for index in range(1, count)))]
    total = given.pop() if num_updates is None else num_updates
    is_before = len(given) == count - 1 and all(step < total for step in given)
    require(is_before, call, f"milestones={given}) must be {count - 1} steps before the end at {total}.")
    return lambda steps: lrs.piecewise_constant(values, [math.ceil(Rational(step * steps, total)) for step in given])


@translated
def StepParamScheduler(num_updates: Count, values: Values) -> Plan:
    """A value for each of as many equal parts of the run."""
    count = len(values)
    return lambda steps: lrs.piecewise_constant(values, [-(-part * steps // count) for part in range(1, count)])


@translated
def StepWithFixedGammaParamScheduler(base_value: Positive, num_decays: Count, gamma: Rate, num_updates: Count) -> Plan:
    """A factor `gamma` after each of `num_decays + 1` equal parts of the run but the last."""
    factor: Any = gamma
    return StepParamScheduler(num_updates, [base_value * factor**count for count in range(num_decays + 1)])


@translated
def CompositeParamScheduler(schedulers: Plans, lengths: Values, interval_scaling: Scalings) -> Plan:
    """One scheduler after another, each for a part of the run."""
    call, count, parts = "CompositeParamScheduler", len(schedulers), f"lengths={[*lengths]})"
    is_one_each = len(lengths) == len(interval_scaling) == count
    require(is_one_each, call, f"{parts} must be {count}, as interval_scaling; give one for each scheduler.")
    ends = [*accumulate(rational(part) for part in lengths)]
    require(abs(ends[-1] - 1) < 1e-3, call, f"{parts} must add up to 1, not {float(ends[-1])}.")

    def plan(steps: int) -> lrs.Schedule:
        starts = [0, *(_updates(call, "lengths", float(end), steps) for end in ends[:-1]), steps]
        pieces = [
            scheduler(end - start) if scaling == "rescaled" else lrs.shift(scheduler(steps), start)
            for scheduler, scaling, start, end in zip(schedulers, interval_scaling, starts, starts[1:], strict=False)
        ]
        return lrs.join(pieces, starts[1:-1])

    return plan


@translated
def WarmupParamScheduler(
    scheduler: Planned, warmup_factor: Factor, warmup_length: Part, warmup_method: Method = "linear"
) -> Plan:
    """A line (or a constant) from `warmup_factor` times the first value, over the first part of a scheduler."""

    def plan(steps: int) -> lrs.Schedule:
        curve, rise = scheduler(steps), _updates("WarmupParamScheduler", "warmup_length", warmup_length, steps)
        first = warmup_factor * curve(0)
        up = lrs.linear(first, curve(rise), rise) if warmup_method == "linear" else lrs.constant(first)
        return lrs.join([up, lrs.shift(curve, rise)], [rise])

    return plan
