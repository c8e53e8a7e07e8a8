"""The schedules of DeepSpeed, as compositions of the vocabulary.

DeepSpeed steps after the update, and its counter begins at -1: update 0 sees a first value of its own, and update t
after it what the formula gives for the iteration t - 1. The warmups lag by this one step; `LRRangeTest` and `OneCycle`
add it again in their formulas. s(t) is the rate of update t. Without a `last_batch_iteration` nothing is resumed: a
schedule is a function of the step.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from ..combinators.arithmetic import round_to
from ..combinators.join import join
from ..combinators.time import compose, shift
from ..core.checks import require
from ..core.parameters import Factor, NotNegative, Positive, Value
from ..core.schedule import Schedule
from ..schedules.decays import constant, inverse_time_decay
from ..schedules.ramps import cosine, linear, polynomial
from .arguments import Count, Whole, translated
from .curves import beyond

__all__ = ["LRRangeTest", "OneCycle", "OneCycle_momentum", "WarmupCosineLR", "WarmupDecayLR", "WarmupLR"]

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
) -> Schedule:
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
    require(peak is not None, "WarmupLR", "warmup_max_lr=None) must be given, or base_lr; it is where the warmup ends.")
    return shift(_warmup(warmup_min_lr, peak, max(2, warmup_num_steps), warmup_type), -1)


@translated
def WarmupDecayLR(
    total_num_steps: Count,
    warmup_min_lr: Value = 0.0,
    warmup_max_lr: Value = 0.001,
    warmup_num_steps: Count = 1_000,
    warmup_type: Warmup = "log",
) -> Schedule:
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
    return shift(join([up, linear(warmup_max_lr, warmup_min_lr, total_num_steps - steps)], [steps]), -1)


@translated
def WarmupCosineLR(
    base_lr: Value,
    total_num_steps: Count,
    warmup_min_ratio: Factor = 0.0,
    warmup_num_steps: Count = 1_000,
    cos_min_ratio: Factor = 0.0001,
    warmup_type: Warmup = "log",
) -> Schedule:
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
    down = shift(cosine(base_lr, base_lr * cos_min_ratio, total_num_steps - steps), 1)
    return join([0.0, up, down], [1, steps + 1])


@translated
def LRRangeTest(
    lr_range_test_min_lr: Positive = 1e-3,
    lr_range_test_step_size: Count = 2_000,
    lr_range_test_step_rate: NotNegative = 1.0,
    lr_range_test_staircase: bool = False,
) -> Schedule:
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
        return height * _stairs(0, 1, lr_range_test_step_size, partial(beyond, linear)) + lr_range_test_min_lr
    return beyond(linear, lr_range_test_min_lr, lr_range_test_min_lr + height, lr_range_test_step_size)


@translated
def OneCycle(
    cycle_min_lr: Value,
    cycle_max_lr: Value,
    decay_lr_rate: NotNegative = 0.0,
    cycle_first_step_size: Count = 2_000,
    cycle_second_step_size: Count | None = None,
    cycle_first_stair_count: Whole = 0,
    cycle_second_stair_count: Whole | None = None,
    decay_step_size: Whole = 0,
) -> Schedule:
    """A line up and a line down, then a decay as one over the time.

        cycle_min_lr  ->  cycle_max_lr  ->  cycle_min_lr,  then  cycle_min_lr/(1 + decay_lr_rate*u/decay_step_size)

    with u counted from the end of the cycle. It is a `join` of two `linear`s and `inverse_time_decay`. With a number
    of stairs, each half takes the floor of as many steps between its ends.

    Args:
        cycle_min_lr: the value at the ends of the cycle (a rate).
        cycle_max_lr: the peak (a rate).
        decay_lr_rate: how much the denominator grows in `decay_step_size` steps (1); 0 is no decay.
        cycle_first_step_size: the length of the rise (steps).
        cycle_second_step_size: the length of the fall (steps); as the rise unless given.
        cycle_first_stair_count: the stairs of the rise; 0 is a line.
        cycle_second_stair_count: the stairs of the fall; as the rise unless given.
        decay_step_size: the unit of time of the decay (steps); 0 is no decay.

    Raises ValueError or TypeError for a half of no steps, and for a decay that grows. `OneCycle_momentum` is the
    other half of the scheduler.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py` (stairs as in its newest form).

    >>> OneCycle(0.1, 1.0, 0.5, cycle_first_step_size=4, decay_step_size=10)
    join([linear(0.1, 1.0, 4), linear(1.0, 0.1, 4), inverse_time_decay(0.1, 0.5, decay_steps=10)], [4, 8])
    """
    second = cycle_first_step_size if cycle_second_step_size is None else cycle_second_step_size
    stairs = (cycle_first_stair_count, cycle_second_stair_count)
    up, down = _cycle(cycle_min_lr, cycle_max_lr, cycle_first_step_size, second, stairs)
    after = constant(cycle_min_lr)
    if decay_step_size > 0:
        after = inverse_time_decay(cycle_min_lr, decay_lr_rate, decay_steps=decay_step_size)
    return join([up, down, after], [cycle_first_step_size, cycle_first_step_size + second])


@translated
def OneCycle_momentum(
    cycle_min_mom: Value = 0.8,
    cycle_max_mom: Value = 0.9,
    decay_mom_rate: NotNegative = 0.0,
    cycle_first_step_size: Count = 2_000,
    cycle_second_step_size: Count | None = None,
    cycle_first_stair_count: Whole = 0,
    cycle_second_stair_count: Whole | None = None,
    decay_step_size: Whole = 0,
) -> Schedule:
    """The momentum of `OneCycle`: down while the rate goes up, and back.

        cycle_max_mom  ->  cycle_min_mom  ->  cycle_max_mom,  then  cycle_max_mom*(1 + decay_mom_rate*u/decay_step_size)

    Update 0 is at `cycle_min_mom`, where DeepSpeed leaves the optimizer until its first step. The growth after the
    cycle is a part of a longer `linear`, of 2**29 steps at least. Arguments and errors are those of `OneCycle`.

    Source: deepspeedai/DeepSpeed, `deepspeed/runtime/lr_schedules.py`.

    >>> s = OneCycle_momentum(0.8, 0.9, cycle_first_step_size=4)
    >>> [round(s(t), 4) for t in (0, 1, 2, 4, 6, 8, 9)]
    [0.8, 0.875, 0.85, 0.8, 0.85, 0.9, 0.9]
    """
    second = cycle_first_step_size if cycle_second_step_size is None else cycle_second_step_size
    stairs = (cycle_first_stair_count, cycle_second_stair_count)
    down, up = _cycle(cycle_max_mom, cycle_min_mom, cycle_first_step_size, second, stairs)
    after = constant(cycle_max_mom)
    if decay_step_size > 0:
        after = beyond(linear, cycle_max_mom, cycle_max_mom * (1 + decay_mom_rate), decay_step_size)
    cycle = join([down, up, after], [cycle_first_step_size, cycle_first_step_size + second])
    return join([cycle_min_mom, shift(cycle, 1)], [1])


def _fitting(call: str, warmup: int, total: int) -> int:
    """The length that DeepSpeed takes for a warmup."""
    steps = max(2, warmup)
    require(
        steps <= total,
        call,
        f"total_num_steps={total}) must be at least warmup_num_steps={steps}; it includes the warmup.",
    )
    return steps


def _warmup(low: Any, high: Any, steps: int, kind: str) -> Schedule:
    """A warmup over the iterations from 0, which ends at `high`."""
    if kind == "linear":
        return linear(low, high, steps)
    # log(1 + t) = log(long) + log(x) with x = (1 + t)/long: what a clock that runs backwards leaves of `long`.
    long = 2 ** steps.bit_length()  # a power of two, so that the clock is exact
    span = (high - low) / math.log(steps)
    end = low + span * math.log(long)
    backwards = linear(long, 0.0, long)
    curve = compose(polynomial(end, end - span / NEARLY_0, long, power=NEARLY_0), shift(backwards, 2))
    return join([low, curve, high], [1, steps])


def _stairs(first: int, last: int, steps: int, line: Callable[..., Schedule] = linear) -> Schedule:
    """The whole part of a line between two whole numbers, or of one that goes on."""
    back = (1 - math.gcd(last - first, steps) / steps) / 2  # half a stair, less half a step, so that nothing is a tie
    return round_to(line(first - back, last - back, steps), 1.0)


def _cycle(low: Any, high: Any, first: int, second: int, stairs: tuple[int, int | None]) -> tuple[Schedule, Schedule]:
    """The two halves of a cycle, as lines or in stairs."""
    up, down = linear(low, high, first), linear(high, low, second)
    if stairs[0] > 0:
        up = (high - low) / stairs[0] * _stairs(0, stairs[0], first) + low
    falling = stairs[0] if stairs[1] is None else stairs[1]
    if falling > 0:
        down = (high - low) / falling * _stairs(falling, 0, second) + low
    return up, down
