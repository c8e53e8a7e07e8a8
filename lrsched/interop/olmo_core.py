"""The schedules of OLMo-core, as compositions of the vocabulary.

OLMo-core counts an update before it sets the rate of it: s(t) is what `get_lr` gives for u = t + 1. So every schedule
is a `shift` by one step: the first update is above `warmup_min_lr` already, and the last one is at the floor.

The functions take the fields of the classes, and what the trainer knows: `initial_lr`, the rate of the optimizer, and
`max_steps`, the length of the run. Most of them have a warmup W, a line from `warmup_min_lr` (0 unless given), whose
length is `warmup` or, as a part of the run, `warmup_fraction`; those that end with a line to `decay_min_lr` take
`decay` or `decay_fraction` (0.1 unless given). A part is rounded half to even, and exactly one of a length and its part
is given. `warmup_steps` and `decay_steps` are older names. With `units="tokens"`, give all lengths in tokens, and the
tokens of an update as `tokens_per_step`. Past the end of the run a schedule holds.

All raise ValueError or TypeError for what OLMo-core refuses (a length and its part, or neither; a part outside 0 to 1;
a `warmup_min_lr` that is negative or not below the peak), and for phases that do not fit the run.

Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Annotated, Any, Literal, TypedDict, Unpack

from ..checks import brief, require
from ..core.parameters import Factor, NotNegative, Positive, Value, Values
from . import vocabulary as lrs
from .arguments import Count, Lengths, Part, Whole, instance, listed
from .calls import one_of, translated
from .curves import RAMPS


class Units(TypedDict, total=False):
    """What is counted."""

    tokens_per_step: Count


class Warmup(Units, total=False):
    """The warmup."""

    warmup: Whole | None
    warmup_steps: Whole | None
    warmup_fraction: Part | None
    warmup_min_lr: Value


class Floor(Warmup, total=False):
    """The warmup, and where the curve after it ends."""

    alpha_f: Factor
    t_max: Count | None


class Decay(Warmup, total=False):
    """The warmup, and the line at the end."""

    decay: Whole | None
    decay_steps: Whole | None
    decay_fraction: Part | None
    decay_min_lr: Value


class FloorAndDecay(Floor, Decay, total=False):
    """The warmup, where the curve would end, and the line before it does."""


def _length(call: str, phase: str, total: int, given: Any, part: Any = None) -> int:
    """The length of a phase, which is given as such, by its older name, or as a part of a total."""
    length, part = given.get(phase, given.get(f"{phase}_steps")), given.get(f"{phase}_fraction", part)
    one_of(call, **{phase: length, f"{phase}_fraction": part})
    return round(total * part) if part is not None else length


def _warmup(call: str, peak: Any, total: int, given: Any) -> tuple[int, Any]:
    """The length of the warmup, and the rate that it begins with."""
    rise, first = _length(call, "warmup", total, given), given.get("warmup_min_lr", 0.0)
    is_low = (first >= 0) & (first < peak)
    require(is_low, call, f"warmup_min_lr={first}) must be at least 0 and less than {peak}; the warmup rises.")
    require(rise <= total, call, f"warmup={rise}) must be at most {total}, the whole; the whole includes the warmup.")
    return rise, first


def _timescale(call: str, peak: Any, total: int, given: Any) -> tuple[int, Any]:
    """The same of a warmup that is the time scale of what comes after it."""
    rise, first = _warmup(call, peak, total, given)
    require(rise > 0, call, "warmup=0) must be at least 1; it is the time scale of the decay.")
    return rise, first


def _decay(call: str, peak: Any, total: int, rise: int, given: Any, part: float | None = 0.1) -> tuple[int, Any]:
    """The length of the decay, and the rate that it ends with."""
    fall, last = _length(call, "decay", total, given, part), given.get("decay_min_lr", 0.0)
    is_low = (last >= 0) & (last < peak)
    require(is_low, call, f"decay_min_lr={last}) must be at least 0 and less than {peak}; the decay falls.")
    require(fall > 0, call, f"decay={fall}) must be at least 1; without a decay, use ConstantWithWarmup.")
    has_room = rise + fall <= total
    require(has_room, call, f"decay={fall}) must fit {total} steps beside a warmup of {rise}; make one shorter.")
    return fall, last


def _floor(initial_lr: Any, max_steps: int, given: Any) -> tuple[int, Any]:
    """Where a curve ends, and at which rate."""
    return given.get("t_max") or max_steps, initial_lr * given.get("alpha_f", 0.1)


def _counted_first(schedule: lrs.Schedule, given: Any) -> lrs.Schedule:
    """The schedule of a trainer that counts an update before it asks for its rate."""
    tokens = given.get("tokens_per_step", 1)
    return lrs.shift(schedule if tokens == 1 else lrs.stretch(schedule, 1 / tokens), 1)


@translated
def ConstantScheduler(initial_lr: Value) -> lrs.Schedule:
    """The rate of the optimizer."""
    return lrs.constant(initial_lr)


@translated
def ConstantWithWarmup(initial_lr: Positive, max_steps: Count, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then the rate of the optimizer: `warmup_constant`, one step ahead.

    >>> ConstantWithWarmup(1.0, 100, warmup=4)
    shift(warmup_constant(1.0, 4), 1)
    """
    rise, first = _warmup("ConstantWithWarmup", initial_lr, max_steps, warmup)
    return _counted_first(lrs.warmup_constant(initial_lr, rise, init_value=first), warmup)


@translated
def CosWithWarmup(initial_lr: Positive, max_steps: Count, **run: Unpack[Floor]) -> lrs.Schedule:
    """A warmup, then half a cosine to `alpha_f * initial_lr` at `t_max`, or else at the end: `warmup_cosine`.

    >>> s = CosWithWarmup(1.0, 12, warmup=4)
    >>> s
    shift(warmup_cosine(1.0, 4, 12, end_value=0.1), 1)
    >>> [round(s(t), 3) for t in (0, 3, 4, 5, 10, 11, 12)]
    [0.25, 1.0, 0.966, 0.868, 0.134, 0.1, 0.1]
    """
    total, floor = _floor(initial_lr, max_steps, run)
    rise, first = _warmup("CosWithWarmup", initial_lr, total, run)
    return _counted_first(lrs.warmup_cosine(initial_lr, rise, total, init_value=first, end_value=floor), run)


@translated
def LinearWithWarmup(initial_lr: Positive, max_steps: Count, **run: Unpack[Floor]) -> lrs.Schedule:
    """A warmup, then a line to `alpha_f * initial_lr` at `t_max`, or else at the end: `warmup_linear`.

    >>> LinearWithWarmup(1.0, 12, warmup_fraction=0.25)
    shift(warmup_linear(1.0, 3, 12, end_value=0.1), 1)
    """
    total, floor = _floor(initial_lr, max_steps, run)
    rise, first = _warmup("LinearWithWarmup", initial_lr, total, run)
    return _counted_first(lrs.warmup_linear(initial_lr, rise, total, init_value=first, end_value=floor), run)


@translated
def HalfCosWithWarmup(initial_lr: Positive, max_steps: Count, **run: Unpack[Floor]) -> lrs.Schedule:
    """A warmup to the middle of the way, then the second half of a cosine: `initial_lr` is the peak of all of it.

    >>> [round(HalfCosWithWarmup(1.0, 12, warmup=4)(t), 3) for t in (0, 3, 4, 11)]
    [0.138, 0.55, 0.462, 0.1]
    """
    total, floor = _floor(initial_lr, max_steps, run)
    middle = floor + (initial_lr - floor) / 2
    rise, first = _warmup("HalfCosWithWarmup", middle, total, run)
    half = lrs.shift(lrs.cosine(initial_lr, floor, 2 * (total - rise)), total - rise)
    return _counted_first(lrs.join([lrs.linear(first, middle, rise), half], [rise]), run)


@translated
def InvSqrtWithWarmup(
    initial_lr: Positive, max_steps: Count, *, alpha_f: Factor = 0.1, **warmup: Unpack[Warmup]
) -> lrs.Schedule:
    """A warmup, then one over the square root of the time, above a floor that it never reaches.

        s(t) = initial_lr * (alpha_f + (1 - alpha_f) * sqrt(W/u))    for u >= W

    It raises for a warmup of 0 steps, too, which is the time scale of the decay.

    >>> s = InvSqrtWithWarmup(1.0, 100, warmup=4)
    >>> [round(s(t), 3) for t in (0, 3, 4, 5, 9, 36)]
    [0.25, 1.0, 0.905, 0.835, 0.669, 0.396]
    """
    floor = initial_lr * alpha_f
    rise, first = _timescale("InvSqrtWithWarmup", initial_lr, max_steps, warmup)
    decay = lrs.add(lrs.inverse_sqrt(initial_lr - floor, rise), floor)
    return _counted_first(lrs.join([lrs.linear(first, initial_lr, rise), decay], [rise]), warmup)


@translated
def PowerLR(initial_lr: Positive, max_steps: Count, *, b: Factor = -0.51, **decay: Unpack[Decay]) -> lrs.Schedule:
    """A warmup, then a power of the time, and a line to `decay_min_lr` at the end.

        s(t) = initial_lr * (u/W)**b    for u >= W, up to the decay

    It raises for a warmup of 0 steps, too, and for a `b` that is not negative.

    >>> s = PowerLR(1.0, 100, warmup=4, decay=20, decay_fraction=None, b=-0.5)
    >>> [round(s(t), 3) for t in (0, 3, 15, 63, 79, 89, 99)]
    [0.25, 1.0, 0.5, 0.25, 0.224, 0.112, 0.0]
    """
    require(b < 0, "PowerLR", f"b={b}) must be less than 0; the rate falls.")
    rise, first = _timescale("PowerLR", initial_lr, max_steps, decay)
    fall, last = _decay("PowerLR", initial_lr, max_steps, rise, decay)
    run = lrs.join([lrs.linear(first, initial_lr, rise), lrs.shift(lrs.power_law(initial_lr, rise, b), rise)], [rise])
    return _counted_first(lrs.cooldown(run, max_steps - fall, fall, end_value=last), decay)


@translated
def WSD(initial_lr: Positive, max_steps: Count, **decay: Unpack[Decay]) -> lrs.Schedule:
    """A warmup, `initial_lr`, and a line to `decay_min_lr` at the end: `wsd`.

    It raises for a `decay_min_lr` that is not below `initial_lr`, too. Past the end OLMo-core's line falls on, below 0.

    >>> s = WSD(1.0, 20, warmup=4, decay_fraction=0.3, decay_min_lr=0.1)
    >>> s
    shift(wsd(1.0, 4, 20, 6, end_value=0.1), 1)
    >>> [round(s(t), 3) for t in (0, 3, 13, 14, 18, 19, 20)]
    [0.25, 1.0, 1.0, 0.85, 0.25, 0.1, 0.1]
    """
    rise, first = _warmup("WSD", initial_lr, max_steps, decay)
    fall, last = _decay("WSD", initial_lr, max_steps, rise, decay)
    return _counted_first(lrs.wsd(initial_lr, rise, max_steps, fall, init_value=first, end_value=last), decay)


@translated
def CosWithWarmupAndLinearDecay(initial_lr: Positive, max_steps: Count, **run: Unpack[FloorAndDecay]) -> lrs.Schedule:
    """The cosine of `CosWithWarmup`, cut short by a line to `decay_min_lr` at the end: a `cooldown`.

    A `decay_min_lr` above the rate at the cut makes the line rise. Past the end OLMo-core's line goes on.

    >>> CosWithWarmupAndLinearDecay(1.0, 20, warmup=4, decay_fraction=0.2)
    shift(cooldown(warmup_cosine(1.0, 4, 20, end_value=0.1), 16, 4), 1)
    """
    call, (total, floor) = "CosWithWarmupAndLinearDecay", _floor(initial_lr, max_steps, run)
    (rise, first), (fall, last) = _warmup(call, initial_lr, total, run), _decay(call, math.inf, max_steps, 0, run)
    cos = lrs.warmup_cosine(initial_lr, rise, total, init_value=first, end_value=floor)
    return _counted_first(lrs.cooldown(cos, max_steps - fall, fall, end_value=last), run)


@translated
def ExponentialScheduler(
    initial_lr: Positive, max_steps: Count, lr_min: Positive = 1e-9, **units: Unpack[Units]
) -> lrs.Schedule:
    """A geometric line from `lr_min`, one step before the first update, to `initial_lr`: a range test.

    >>> ExponentialScheduler(1.0, 9)
    shift(exponential(1e-09, 1.0, 9), 1)
    """
    return _counted_first(lrs.exponential(lr_min, initial_lr, max_steps), units)


# Schedules of several phases.


@translated
def WSDS(
    initial_lr: Positive, period_lengths: Lengths, period_lr_multipliers: Values | None = None, **decay: Unpack[Decay]
) -> lrs.Schedule:
    """Periods of a plateau and a line to `decay_min_lr`, the first one after a warmup (WSD-S, arXiv:2410.05192).

    A plateau is at `initial_lr`, or at as many times as much as the period's multiplier says. The parts are parts of a
    period, and the warmup is in the first one. The last update of a period is at `decay_min_lr`.

    >>> s = WSDS(1.0, [6, 4], period_lr_multipliers=[1.0, 0.5], warmup=2, decay=2)
    >>> [s(t) for t in range(11)]
    [0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.5, 0.5, 0.25, 0.0, 0.0]
    """
    count, factors = len(period_lengths), period_lr_multipliers or [1.0] * len(period_lengths)
    demand = f"must be {count} numbers, one for each period."
    require(len(factors) == count, "WSDS", f"period_lr_multipliers={brief([*factors])}) {demand}")
    peaks = [initial_lr * factor for factor in factors]
    rise, first = _warmup("WSDS", peaks[0], period_lengths[0], decay)
    pieces, starts = [lrs.linear(first, peaks[0], rise)], [rise]
    for index, (length, peak) in enumerate(zip(period_lengths, peaks, strict=True)):
        before = 0 if index else rise
        fall, last = _decay("WSDS", peak, length, before, decay, None)
        piece = lrs.cooldown(lrs.constant(peak), length - fall - before, fall, end_value=last)
        pieces.append(lrs.shift(piece, 1) if index else piece)  # the end belongs to the period before
        starts.append(sum(period_lengths[: index + 1]) + 1)
    return _counted_first(lrs.join(pieces, starts[:-1]), decay)


Shape = Literal["linear", "cosine"]


class End(TypedDict, total=False):
    """The shape of a ramp, and the rate that it goes to, or its part of the rate of the optimizer."""

    shape: Shape
    end_lr: NotNegative | None
    end_lr_fraction: NotNegative | None


class Ends(End, total=False):
    """The same, and where it begins."""

    start_lr: NotNegative | None
    start_lr_fraction: NotNegative | None


class Stage:
    """A ramp of which the values are not known before the rate of the optimizer is."""

    def __init__(self, call: str, duration: int, given: Any) -> None:
        self.duration, self.given = duration, given
        one_of(call, end_lr=given.get("end_lr"), end_lr_fraction=given.get("end_lr_fraction"))
        starts = {name: given.get(name) for name in ("start_lr", "start_lr_fraction")}
        one_of(call, optional=True, **starts)

    def ramp(self, initial_lr: Any, before: Any) -> lrs.Schedule:
        """The ramp, from the last rate before it unless it says otherwise."""
        first, last = (
            self.given.get(end) if part is None else initial_lr * part
            for end in ("start_lr", "end_lr")
            for part in (self.given.get(f"{end}_fraction"),)
        )
        ramp = RAMPS[self.given.get("shape", "linear")]
        return ramp(before if first is None else first, last, self.duration)

    def over(self, run: lrs.Schedule, initial_lr: Any, ahead: int) -> lrs.Schedule:
        """A run that goes over into the ramp, counted `ahead` steps early."""
        start = self.given["start"] - ahead
        return lrs.join([run, self.ramp(initial_lr, run(start))], [start])


@translated
def ComposableSchedulerStage(duration: Count, **ends: Unpack[Ends]) -> Stage:
    """A stage of `ComposableScheduler`: a ramp to a rate, from where the one before ended unless it says otherwise."""
    return Stage("ComposableSchedulerStage", duration, ends)


@translated
def OverrideDecay(start: Count, duration: Count, **end: Unpack[End]) -> Stage:
    """A ramp from step `start` on, in the place of what a schedule does there."""
    return Stage("OverrideDecay", duration, {"start": start, **end})


WRITE = "write partial(CosWithWarmup, warmup=100)"
Stages = Annotated[Sequence[Stage], listed(instance(Stage, "write ComposableSchedulerStage(...)"), "write [...]")]
"""Stages in order."""
Override = Annotated[Stage, instance(Stage, "write OverrideDecay(...)")]
"""A ramp that replaces the end of a schedule."""
Makers = Annotated[Sequence[Callable[..., lrs.Schedule]], listed(instance(Callable, WRITE, but=lrs.Schedule), WRITE)]
"""Functions of this module that are still to be given `initial_lr` and `max_steps`."""
Firsts = Annotated[Sequence[int], listed(Count, "write [1000]", or_none=True)]
"""The lengths of all but the last of them."""


@translated
def ComposableScheduler(
    initial_lr: Value, stages: Stages, override_decay: Override | None = None, **units: Unpack[Units]
) -> lrs.Schedule:
    """One ramp after another; the last rate is held.

    >>> warm = ComposableSchedulerStage(2, start_lr=0.0, end_lr_fraction=1.0)
    >>> s = ComposableScheduler(1.0, [warm, ComposableSchedulerStage(4, end_lr=0.0)], OverrideDecay(4, 2, end_lr=0.1))
    >>> [round(s(t), 3) for t in range(7)]
    [0.5, 1.0, 0.75, 0.5, 0.3, 0.1, 0.1]
    """
    pieces: list[lrs.Schedule] = []
    before = initial_lr
    for stage in stages:
        pieces.append(stage.ramp(initial_lr, before))
        before = pieces[-1](stage.duration)
    run = lrs.join(pieces, [*accumulate(stage.duration for stage in stages[:-1])])
    return _counted_first(run if override_decay is None else override_decay.over(run, initial_lr, 0), units)


@translated
def SequentialScheduler(
    initial_lr: Positive,
    max_steps: Count,
    schedulers: Makers,
    schedulers_max: Firsts,
    override_decay: Override | None = None,
) -> lrs.Schedule:
    """One schedule after another; each has the last rate of the one before as its peak.

    `schedulers` are functions that are called with `initial_lr` and `max_steps`; `schedulers_max` are the lengths of
    all but the last, which together are shorter than the run.

    >>> from functools import partial
    >>> s = SequentialScheduler(1.0, 10, [partial(LinearWithWarmup, warmup=2, alpha_f=0.5), ConstantScheduler], [6])
    >>> [s(t) for t in (0, 1, 5, 6, 9)]
    [0.5, 1.0, 0.5, 0.5, 0.5]
    """
    call, given, count = "SequentialScheduler", f"schedulers_max={brief([*schedulers_max])})", len(schedulers) - 1
    require(
        len(schedulers_max) == count,
        call,
        f"{given} must be {count} lengths, one less than schedulers; the last runs on.",
    )
    starts = [0, *accumulate(schedulers_max)]
    require(starts[-1] < max_steps, call, f"{given} must add up to less than max_steps={max_steps}; shorten one.")
    pieces: list[lrs.Schedule] = []
    peak: Any = initial_lr
    for maker, length in zip(schedulers, (*schedulers_max, max_steps - starts[-1]), strict=True):
        steps = {"max_steps": length} if "max_steps" in inspect.signature(maker).parameters else {}
        pieces.append(maker(initial_lr=peak, **steps))
        peak = pieces[-1](length - 1)
    run = lrs.join(pieces, starts[1:])
    return run if override_decay is None else override_decay.over(run, initial_lr, 1)
