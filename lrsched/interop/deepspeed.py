"""The schedules of DeepSpeed, as compositions of the vocabulary.

DeepSpeed steps after the update, and its counter begins at -1: update 0 sees a first value of its own, and update t
after it what the formula gives for the iteration t - 1. The warmups lag by this one step; `LRRangeTest` and `OneCycle`
add it again in their formulas. s(t) is the rate of update t. Without a `last_batch_iteration` nothing is resumed: a
schedule is a function of the step.
"""

import math
from functools import partial
from typing import Any, Literal, TypedDict, Unpack

from ..core.parameters import Factor, NotNegative, Positive, Value
from . import vocabulary as lrs
from .arguments import Count, Whole
from .calls import needed, room, translated
from .curves import beyond, stairs

Warmup = Literal["log", "linear"]
NEARLY_0 = 2.0**-60
"""A power that makes a logarithm of `polynomial`: (x**p - 1)/p is log(x) to the last bit."""


@translated
def WarmupLR(
    base_lr: Value | None = None,
    warmup_min_lr: Value = 0.0,
    warmup_max_lr: Value | None = None,
    warmup_num_steps: Count = 1_000,
    warmup_type: Warmup = "log",
) -> lrs.Schedule:
    """A warmup, by default a logarithm, then `warmup_max_lr` for ever.

        s(0) = warmup_min_lr
        s(t) = warmup_min_lr + (warmup_max_lr - warmup_min_lr) * c     for 0 < t <= W = max(2, warmup_num_steps)
        c = log(t)/log(W) (log), (t - 1)/W (linear)

    The line is `linear`, shifted by one step. The logarithm is a `polynomial` of a power next to 0, on a clock that
    runs backwards: DeepSpeed's first two updates are at the minimum, and the last of the warmup is at the maximum.

    Args:
        base_lr: the rate of the optimizer, which is the maximum unless another is given.
        warmup_min_lr: the value at step 0 (a rate).
        warmup_max_lr: the value after the warmup (a rate).
        warmup_num_steps: the length of the warmup (steps), 1 or more; 1 is taken for 2, as in DeepSpeed.
        warmup_type: the shape.

    Raises ValueError or TypeError for a warmup of no steps, a maximum that is not given, and an unknown type, for
    which DeepSpeed takes the logarithm.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`.

    >>> WarmupLR(1.0, warmup_num_steps=4, warmup_type="linear")
    shift(linear(0.0, 1.0, 4), -1)
    >>> s = WarmupLR(1.0, warmup_num_steps=4)
    >>> [round(s(t), 3) for t in range(6)]
    [0.0, 0.0, 0.5, 0.792, 1.0, 1.0]
    """
    peak = base_lr if warmup_max_lr is None else warmup_max_lr
    needed("WarmupLR", "or give base_lr", warmup_max_lr=peak)
    return lrs.shift(_warmup(warmup_min_lr, peak, max(2, warmup_num_steps), warmup_type), -1)


@translated
def WarmupDecayLR(
    total_num_steps: Count,
    warmup_min_lr: Value = 0.0,
    warmup_max_lr: Value = 0.001,
    warmup_num_steps: Count = 1_000,
    warmup_type: Warmup = "log",
) -> lrs.Schedule:
    """The warmup of `WarmupLR`, then a straight line back to `warmup_min_lr`.

        s(t) = warmup_min_lr + (warmup_max_lr - warmup_min_lr) * (T - (t - 1))/(T - W)    for t > W

    up to t = T + 1, with T = total_num_steps; then `warmup_min_lr`, which both hold.

    Args:
        total_num_steps: the updates of the run (steps), warmup included.
        warmup_min_lr: the value at step 0, and the floor (a rate).
        warmup_max_lr: the peak (a rate).
        warmup_num_steps: the length of the warmup (steps), 1 or more; 1 is taken for 2.
        warmup_type: the shape of the warmup.

    Raises ValueError or TypeError for a warmup of no steps, an unknown type, and a warmup longer than the run, of
    which DeepSpeed warns.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`.

    >>> s = WarmupDecayLR(12, warmup_max_lr=1.0, warmup_num_steps=4, warmup_type="linear")
    >>> s
    shift(join([linear(0.0, 1.0, 4), linear(1.0, 0.0, 8)], [4]), -1)
    >>> [s(t) for t in (0, 1, 2, 4, 5, 8, 12, 13, 20)]
    [0.0, 0.0, 0.25, 0.75, 1.0, 0.625, 0.125, 0.0, 0.0]
    """
    steps = _fitting("WarmupDecayLR", warmup_num_steps, total_num_steps)
    up = _warmup(warmup_min_lr, warmup_max_lr, steps, warmup_type)
    return lrs.shift(lrs.join([up, lrs.linear(warmup_max_lr, warmup_min_lr, total_num_steps - steps)], [steps]), -1)


@translated
def WarmupCosineLR(
    base_lr: Value,
    total_num_steps: Count,
    warmup_min_ratio: Factor = 0.0,
    warmup_num_steps: Count = 1_000,
    cos_min_ratio: Factor = 0.0001,
    warmup_type: Warmup = "log",
) -> lrs.Schedule:
    """The warmup of `WarmupLR`, then half a cosine to `cos_min_ratio` of the rate.

        s(0) = 0
        s(t) = base_lr * (warmup_min_ratio + (1 - warmup_min_ratio) * c)                       for 0 < t <= W
        s(t) = base_lr * (cos_min_ratio + (1 - cos_min_ratio) * (1 + cos(pi*x))/2)             up to t = T
        x = (t - W)/(T - W);  c and W as in `WarmupLR`, T = total_num_steps

    It is a `join`; the cosine begins at its step 1, so that a linear warmup never reaches the peak. Past T both hold.

    Args:
        base_lr: the rate of the optimizer, which is the peak (a rate).
        total_num_steps: the updates of the run (steps), warmup included.
        warmup_min_ratio: where the warmup begins, at update 1, as a part of the peak (1).
        warmup_num_steps: the length of the warmup (steps), 1 or more; 1 is taken for 2.
        cos_min_ratio: the floor, as a part of the peak (1).
        warmup_type: the shape of the warmup.

    Raises ValueError or TypeError for a warmup of no steps, an unknown type, and a warmup longer than the run, of
    which DeepSpeed warns.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`.

    >>> s = WarmupCosineLR(1.0, 12, warmup_num_steps=4, cos_min_ratio=0.1, warmup_type="linear")
    >>> s
    join([0.0, linear(0.0, 1.0, 4), shift(cosine(1.0, 0.1, 8), 1)], [1, 5])
    >>> [round(s(t), 3) for t in (0, 1, 2, 4, 5, 8, 11, 12, 20)]
    [0.0, 0.0, 0.25, 0.75, 0.966, 0.55, 0.134, 0.1, 0.1]
    """
    steps = _fitting("WarmupCosineLR", warmup_num_steps, total_num_steps)
    up = _warmup(base_lr * warmup_min_ratio, base_lr, steps, warmup_type)
    down = lrs.shift(lrs.cosine(base_lr, base_lr * cos_min_ratio, total_num_steps - steps), 1)
    return lrs.join([0.0, up, down], [1, steps + 1])


@translated
def LRRangeTest(
    lr_range_test_min_lr: Positive = 1e-3,
    lr_range_test_step_size: Count = 2_000,
    lr_range_test_step_rate: NotNegative = 1.0,
    lr_range_test_staircase: bool = False,
) -> lrs.Schedule:
    """A line, or stairs, that rises without end.

        s(t) = min_lr * (1 + step_rate * t/step_size)
        s(t) = min_lr * (1 + step_rate * floor(t/step_size))    with the staircase

    It is a part of a longer `linear`, of 2**29 steps at least, which then holds; the stairs are such a line in
    `round_to`.

    Args:
        lr_range_test_min_lr: the value at step 0 (a rate), greater than 0.
        lr_range_test_step_size: the steps of a stair (steps).
        lr_range_test_step_rate: how much the rate grows in that time, in units of the first value (1).
        lr_range_test_staircase: whether it grows at once after every `lr_range_test_step_size`.

    Raises ValueError or TypeError for a value that is not greater than 0, and for a stair of no steps.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`; Smith 2018, arXiv:1803.09820.

    >>> s = LRRangeTest(0.5, 4, 1.0)
    >>> [s(t) for t in (0, 1, 4, 6)]
    [0.5, 0.625, 1.0, 1.25]
    >>> s = LRRangeTest(0.5, 4, 1.0, lr_range_test_staircase=True)
    >>> [s(t) for t in (0, 3, 4, 7, 8)]
    [0.5, 0.5, 1.0, 1.0, 1.5]
    """
    height = lr_range_test_min_lr * lr_range_test_step_rate
    if lr_range_test_staircase:
        return height * stairs(0, 1, lr_range_test_step_size, partial(beyond, lrs.linear)) + lr_range_test_min_lr
    return beyond(lrs.linear, lr_range_test_min_lr, lr_range_test_min_lr + height, lr_range_test_step_size)


class Cycle(TypedDict, total=False):
    """What the halves of `OneCycle` have in common."""

    cycle_first_step_size: Count
    cycle_second_step_size: Whole | None
    cycle_first_stair_count: Whole
    cycle_second_stair_count: Whole | None
    decay_step_size: Whole


class Momentum(Cycle, total=False):
    """The same, and what the rate is not made of."""

    cycle_momentum: bool
    cycle_min_mom: Value
    cycle_max_mom: Value
    decay_mom_rate: NotNegative


class Rate(Cycle, total=False):
    """The same, and what the momentum is not made of."""

    cycle_momentum: bool
    cycle_min_lr: Value
    cycle_max_lr: Value
    decay_lr_rate: NotNegative


@translated
def OneCycle(
    cycle_min_lr: Value, cycle_max_lr: Value, decay_lr_rate: NotNegative = 0.0, **cycle: Unpack[Momentum]
) -> lrs.Schedule:
    """A line up and a line down, then a decay as one over the time. `OneCycle_momentum` is the other half of it.

        cycle_min_lr  ->  cycle_max_lr  ->  cycle_min_lr,  then  cycle_min_lr/(1 + decay_lr_rate*u/decay_step_size)

    with u counted from the end of the cycle. It is a `join` of two `linear`s and `inverse_time_decay`. With a number
    of stairs, each half takes the floor of as many steps between its ends.

    Args:
        cycle_min_lr: the value at the ends of the cycle (a rate).
        cycle_max_lr: the peak (a rate).
        decay_lr_rate: how much the denominator grows in `decay_step_size` steps (1); 0 is no decay.
        **cycle: the rest of DeepSpeed's parameters, those of the momentum included, which change nothing here:

            - `cycle_first_step_size`: the length of the rise (steps), 2 000 unless given;
            - `cycle_second_step_size`: the length of the fall (steps), as the rise unless given; 0 is no fall;
            - `cycle_first_stair_count`, `cycle_second_stair_count`: the stairs of the rise, 0 for a line, and those of
              the fall, as many unless given;
            - `decay_step_size`: the unit of time of the decay (steps); 0 is no decay.

    Raises ValueError or TypeError for a rise of no steps, and for a decay that grows.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py` (stairs as in its newest form).

    >>> OneCycle(0.1, 1.0, 0.5, cycle_first_step_size=4, decay_step_size=10)
    join([linear(0.1, 1.0, 4), linear(1.0, 0.1, 4), inverse_time_decay(0.1, 0.5, decay_steps=10)], [4, 8])
    """
    unit = cycle.get("decay_step_size", 0)
    falls = (
        lrs.inverse_time_decay(cycle_min_lr, decay_lr_rate, decay_steps=unit) if unit else lrs.constant(cycle_min_lr)
    )
    return _cycle(cycle_min_lr, cycle_max_lr, falls, cycle)


@translated
def OneCycle_momentum(
    cycle_min_mom: Value = 0.8, cycle_max_mom: Value = 0.9, decay_mom_rate: NotNegative = 0.0, **cycle: Unpack[Rate]
) -> lrs.Schedule:
    """The momentum of `OneCycle`: down while the rate goes up, and back.

        cycle_max_mom  ->  cycle_min_mom  ->  cycle_max_mom,  then  cycle_max_mom*(1 + decay_mom_rate*u/decay_step_size)

    Update 0 is at `cycle_min_mom`, where DeepSpeed leaves the optimizer until its first step. The growth after the
    cycle is a part of a longer `linear`, of 2**29 steps at least. Arguments and errors are those of `OneCycle`.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`.

    >>> s = OneCycle_momentum(0.8, 0.9, cycle_first_step_size=4)
    >>> [round(s(t), 4) for t in (0, 1, 2, 4, 6, 8, 9)]
    [0.8, 0.875, 0.85, 0.8, 0.85, 0.9, 0.9]
    """
    unit, after = cycle.get("decay_step_size", 0), lrs.constant(cycle_max_mom)
    if unit:
        after = beyond(lrs.linear, cycle_max_mom, cycle_max_mom * (1 + decay_mom_rate), unit)
    return lrs.join([cycle_min_mom, lrs.shift(_cycle(cycle_max_mom, cycle_min_mom, after, cycle), 1)], [1])


def _fitting(call: str, warmup: int, total: int) -> int:
    """The length that DeepSpeed takes for a warmup."""
    room(call, total_num_steps=total, warmup_num_steps=max(2, warmup))
    return max(2, warmup)


def _warmup(low: Any, high: Any, steps: int, kind: str) -> lrs.Schedule:
    """A warmup over the iterations from 0, which ends at `high`."""
    if kind == "linear":
        return lrs.linear(low, high, steps)
    # log(1 + t) = log(long) + log(x) with x = (1 + t)/long: what a clock that runs backwards leaves of `long`.
    long = 2 ** steps.bit_length()  # a power of two, so that the clock is exact
    span = (high - low) / math.log(steps)
    end = low + span * math.log(long)
    backwards = lrs.linear(long, 0.0, long)
    curve = lrs.compose(lrs.polynomial(end, end - span / NEARLY_0, long, power=NEARLY_0), lrs.shift(backwards, 2))
    return lrs.join([low, curve, high], [1, steps])


def _cycle(low: Any, high: Any, after: lrs.Schedule, given: Any) -> lrs.Schedule:
    """There and back, as lines or in stairs, and what comes after it."""
    first, second = given.get("cycle_first_step_size", 2_000), given.get("cycle_second_step_size")
    rises, falls = given.get("cycle_first_stair_count", 0), given.get("cycle_second_stair_count")
    second, falls = first if second is None else second, rises if falls is None else falls
    up = (high - low) / rises * stairs(0, rises, first) + low if rises else lrs.linear(low, high, first)
    if second == 0:
        return lrs.join([up, after], [first])
    down = (high - low) / falls * stairs(falls, 0, second) + low if falls else lrs.linear(high, low, second)
    return lrs.join([up, down, after], [first, first + second])
