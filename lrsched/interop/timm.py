"""The schedules of timm, `create_scheduler_v2`, under its own arguments.

`s(t)` is the rate that `scheduler.step(t)` sets, so that of epoch `t`; with `step_on_epochs=False` that of update `t`.
Before its first step a scheduler without warmup leaves the optimizer's rate alone, which is `s(0)`, but for "tanh" (a
millionth less) and where a milestone acts at once.
"""

import math
from collections.abc import Callable
from fractions import Fraction as Rational
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

from ..arrays.numbers import last_step
from ..checks import Site, require
from ..core.parameters import Duration, Kind, Multiple, NotNegative, Positive, Power, Value, kind_of
from . import vocabulary as lrs
from .arguments import Count, DecayRate, Milestones, Whole, known
from .calls import translated
from .curves import RAMPS, floored, raised
from .torch import MultiStepLR

CALL = "create_scheduler_v2"

Fall = Callable[[Any, Any], lrs.Schedule]
"""A ramp of known shape and length: from a value to a value."""


def _none(site: Site, value: Any) -> Any:
    site.refuse(value, "must be None", "noise is drawn by torch and no function of the step; leave it out")


Noise = Annotated[float, Kind("Noise", "1", _none, leaf=False)]
"""None, and nothing else."""
Known = Annotated[float, Kind("Known", "1", known(kind_of(Positive).check), leaf=False)]
"""A factor that decides how many cycles there are, greater than 0."""
Span = Annotated[float, Kind("Span", "epochs", known(kind_of(Duration).check), leaf=False)]
"""A length that need not be whole, greater than 0."""


class Warmup(NamedTuple):
    """A line from a rate, which comes before the schedule, or over its first steps."""

    init_value: Any
    steps: int
    prefix: bool

    def before(self, schedule: lrs.Schedule, value: Any) -> lrs.Schedule:
        """The line to a value, then what the schedule is at that time."""
        later = schedule if self.prefix or self.steps == 0 else lrs.shift(schedule, self.steps)
        return lrs.join([lrs.linear(self.init_value, value, self.steps), later], [self.steps])


# Shapes of a cycle.


def _fall(sched: str, steps: int, power: float, k_decay: Any) -> Fall:
    """The fall of a cycle, at the time `steps * (t/steps)**k_decay`.

    The clock is a power of the time that is left, read backwards; a cosine is read backwards on it, too.
    """
    if sched == "tanh":
        return partial(_tanh, steps)
    if sched == "poly":
        kind_of(Power).check(Site(CALL, "decay_rate"), power)
    ramp = partial(lrs.polynomial, power=power) if sched == "poly" else lrs.cosine
    if k_decay == 1:
        return lambda high, low: ramp(high, low, steps)
    length = 1 << steps.bit_length()
    left = lrs.linear(float(steps), float(steps - length), length)
    if sched == "poly":
        clock = lrs.compose(lrs.polynomial(float(steps), 0.0, steps, power=k_decay), left)
        return lambda high, low: lrs.compose(ramp(high, low, steps), clock)
    back = lrs.compose(lrs.polynomial(0.0, float(steps), steps, power=k_decay), left)
    return lambda high, low: lrs.compose(ramp(low, high, steps), back)


def _tanh(steps: int, high: Any, low: Any) -> lrs.Schedule:
    """From 7 below to 3 above the middle of a tanh, then `low`.

    (1 - tanh(z))/2 is 1/(1 + exp(2*z)), the inverse of a time that grows as an exponential does.
    """
    curve = lrs.compose(lrs.inverse_time_decay(high - low, 1.0), lrs.exponential(math.exp(-14.0), math.exp(6.0), steps))
    return lrs.join([raised(curve, low), low], [steps])


def _cycles(fall: Fall, peak: Any, floor: Any, steps: int, multiple: float, factor: Any, limit: int) -> lrs.Schedule:
    """Falls from `peak * factor**k` to the floor, each `multiple` times as long as the one before, then the floor.

    A fall is the sum of a fall to 0 from a peak that changes, and a rise from 0 to the floor, which does not.
    """
    if limit == 1:
        return fall(peak, floor)
    kind_of(Multiple).check(Site(CALL, "cycle_mul"), multiple)
    cycles = lrs.restart(fall(peak, 0.0), steps, period_mult=multiple, value_mult=factor)
    if floor != 0:
        cycles = lrs.add(cycles, lrs.restart(fall(0.0, floor), steps, period_mult=multiple))
    end = _end(steps, multiple, limit)
    return cycles if end > last_step else lrs.join([cycles, lrs.constant(floor)], [math.ceil(end)])


def _end(steps: int, multiple: float, limit: int) -> Rational:
    """The exact end of so many cycles, or what is past all steps."""
    end = length = Rational(steps)
    for _ in range(1, limit) if multiple != 1 else ():
        length *= Rational(repr(float(multiple)))
        end += length
        if end > last_step:
            break
    return end * limit if multiple == 1 else end


# Shapes of a decay at the end, from 1 to 0.

EXP_RATIO = 0.1


def _exp(steps: int) -> lrs.Schedule:
    """(r**x - r)/(1 - r) of a ratio r."""
    rest = EXP_RATIO / (1 - EXP_RATIO)
    return lrs.add(lrs.exponential(1 / (1 - EXP_RATIO), rest, steps), -rest)


DECAYS = {**RAMPS, "power": lrs.one_minus_sqrt}  # the power is 1/2, and cannot be given


def _stable_decay(base_lr: Any, floor: Any, warmup: Warmup, phases: Any, timescale: Any, shape: str) -> lrs.Schedule:
    """Warmup, the rate or one over its square root, and a decay to the floor."""
    rise, (stable, fall) = warmup.steps, phases
    if timescale is None and shape != "exp" and floor <= base_lr:
        decay = partial(lrs.wsd, init_value=warmup.init_value, end_value=floor, decay=DECAYS[shape])
        return decay(base_lr, rise, rise + stable + fall, fall)
    level = lrs.constant(base_lr) if timescale is None else lrs.inverse_sqrt(base_lr, timescale)
    level = floored(level, floor)
    left = _exp(fall) if shape == "exp" else DECAYS[shape](1.0, 0.0, fall)
    down = raised(lrs.multiply(raised(lrs.shift(level, stable), -floor), left), floor)
    run = lrs.join([level, down, floor], [stable, stable + fall])
    return warmup._replace(prefix=True).before(run, base_lr)


# The one function.


@translated
def create_scheduler_v2(
    base_lr: Value,
    sched: Literal["cosine", "tanh", "step", "multistep", "poly", "wsd", "rsqrt", "constant", "none"] = "cosine",
    num_epochs: Count = 300,
    decay_epochs: Span | None = None,
    decay_milestones: Milestones = (90, 180, 270),
    cooldown_epochs: Whole = 0,
    patience_epochs: Whole = 10,
    decay_rate: DecayRate = 0.1,
    min_lr: NotNegative = 0.0,
    warmup_lr: Value = 1e-5,
    warmup_epochs: Whole = 0,
    warmup_prefix: bool = False,
    noise: Noise | None = None,
    noise_pct: Value = 0.67,
    noise_std: Value = 1.0,
    noise_seed: Whole | None = 42,
    cycle_mul: Known = 1.0,
    cycle_decay: Positive = 0.1,
    cycle_limit: Count = 1,
    k_decay: Power = 1.0,
    decay_fn: Literal["linear", "1-sqrt", "cosine", "power", "exp"] | None = None,
    stable_timescale: Span | None = None,
    plateau_mode: Literal["max", "min"] = "max",
    step_on_epochs: bool = True,
    updates_per_epoch: Whole = 0,
) -> lrs.Schedule:
    """The schedule that timm makes of these arguments; its number of epochs is not part of it.

    Without `warmup_prefix` the warmup lies over the first epochs of the schedule, so that the rate jumps at its end to
    what the schedule is by then; "tanh" is warmed up to that value, and "wsd" and "rsqrt" make room for the warmup
    instead. With it the schedule is moved behind the warmup. A milestone acts one epoch early, at `milestone - 1`, as
    it does in timm. Cycles begin where they should, by exact sums, where timm takes logarithms.

    Args:
        base_lr: the optimizer's rate.
        sched: what it is. "plateau" follows a metric and is refused; "none" is the optimizer's rate.
        num_epochs: the length of the (first) cycle, or of all phases for "wsd" and "rsqrt" (epochs).
        decay_epochs: the length of a stair of "step", 90 unless given; or of the decay of "wsd" and "rsqrt", where a
            number below 1 is a part of it all, 0.2 unless given (epochs).
        decay_milestones: where "multistep" decays (epochs), rising; one that is named twice counts twice.
        cooldown_epochs: of no effect on the rate, which holds.
        patience_epochs: of no effect, as is `plateau_mode`.
        decay_rate: the factor of "step" and "multistep" (1), 0 or more; the power of "poly", greater than 0.
        min_lr: the floor (a rate), 0 or more, of all that have one.
        warmup_lr: the rate at step 0, with a warmup.
        warmup_epochs: the length of the warmup (epochs).
        warmup_prefix: whether the schedule begins after the warmup.
        noise: None; noise is no function of the step.
        noise_pct: of no effect, as are `noise_std` and `noise_seed`.
        noise_std: of no effect.
        noise_seed: of no effect.
        cycle_mul: how many times as long each cycle is as the one before (1): 1, or at least 1.01.
        cycle_decay: how many times as high each cycle begins as the one before (1), greater than 0.
        cycle_limit: the number of cycles of "cosine", "tanh" and "poly", 1 or more.
        k_decay: the power of the time in a cycle of "cosine" and "poly" (1), greater than 0.
        decay_fn: the shape of the decay of "wsd" ("1-sqrt" unless given) and "rsqrt" ("linear").
        stable_timescale: the timescale of "rsqrt" (epochs); the warmup unless given.
        plateau_mode: of no effect.
        step_on_epochs: whether a step is an epoch; else it is an update.
        updates_per_epoch: the updates of an epoch, for `step_on_epochs=False`.

    Past its end it holds, as timm does. Raises ValueError or TypeError for lengths that are not whole, milestones that
    do not rise, a decay that does not fit, a "rsqrt" without a warmup or timescale, and noise. Source: timm
    `create_scheduler_v2` (1.0.31).

    >>> create_scheduler_v2(base_lr=0.1, num_epochs=90, min_lr=0.001)
    cosine(0.1, 0.001, 90)
    >>> create_scheduler_v2(base_lr=0.1, sched="step", decay_epochs=30, warmup_epochs=5, warmup_prefix=True)
    join([linear(1e-05, 0.1, 5), exponential_decay(0.1, 0.1, decay_steps=30, staircase=True)], [5])
    """
    has_unit = step_on_epochs or updates_per_epoch > 0
    require(has_unit, CALL, "updates_per_epoch=0) must be at least 1 with step_on_epochs=False; count the batches.")
    unit = 1 if step_on_epochs else updates_per_epoch
    steps = num_epochs * unit
    warmup = Warmup(warmup_lr, warmup_epochs * unit, warmup_prefix)
    if sched == "none":
        return lrs.constant(base_lr)
    if sched in ("wsd", "rsqrt"):
        length = steps if warmup_prefix else steps - warmup.steps
        decay, timescale = decay_epochs or 0.2, None
        fall = round(decay * (length if decay < 1 else unit))
        demand = f"must be at least one step and at most {length}, what the warmup leaves; make one shorter."
        require(0 < fall <= length, CALL, f"decay_epochs={decay}) {demand}")
        if sched == "rsqrt":
            timescale = warmup.steps if stable_timescale is None else stable_timescale * unit
            require(timescale > 0, CALL, "stable_timescale=None) must be given without a warmup, which it is else.")
        shape = decay_fn or ("1-sqrt" if sched == "wsd" else "linear")
        return _stable_decay(base_lr, min_lr, warmup, (length - fall, fall), timescale, shape)
    if sched == "constant":
        schedule = lrs.constant(base_lr)
    elif sched == "step":
        stair: Any = (90 if decay_epochs is None else decay_epochs) * unit
        falls = partial(lrs.exponential_decay, decay_steps=stair, staircase=True)
        schedule = falls(base_lr, decay_rate) if decay_rate else lrs.hold(base_lr, 0.0, math.ceil(stair))
    elif sched == "multistep":
        schedule = _milestones(base_lr, decay_rate, decay_milestones, unit)
    else:
        fall = _fall(sched, steps, decay_rate, k_decay)
        schedule = _cycles(fall, base_lr, min_lr, steps, cycle_mul, cycle_decay, cycle_limit)
    meets = sched == "tanh" and not warmup_prefix
    return warmup.before(schedule, schedule(warmup.steps) if meets else base_lr)


def _milestones(base_lr: Any, rate: float, epochs: Any, unit: int) -> lrs.Schedule:
    for index, (before, after) in enumerate(pairwise(epochs)):
        if after < before:
            Site(CALL, "decay_milestones").item(index + 1).refuse(after, f"must be after {before}", "sort them")
    steps = [max(epoch * unit - 1, 0) for epoch in epochs]
    return MultiStepLR(base_lr, steps, rate)
