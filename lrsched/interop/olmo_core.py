"""The schedules of OLMo-core, as compositions of the vocabulary.

OLMo-core counts an update before it sets the rate of it: s(t) is what `get_lr` gives for `current = t + 1`. So every
schedule is a `shift` by one step: the first update is above `warmup_min_lr` already, and the last one is at the floor.

The functions take the fields of the classes, and what the trainer knows: `initial_lr`, the rate of the optimizer, and
`max_steps`. A fraction is one of the run, rounded half to even; exactly one of a length and its fraction is given.
With `units="tokens"`, give all lengths in tokens, and the tokens of an update as `tokens_per_step`.
"""

import inspect
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Annotated, Any

from ..combinators.arithmetic import add
from ..combinators.join import join
from ..combinators.phases import cooldown
from ..combinators.time import shift, stretch
from ..core.checks import Site, brief, require
from ..core.parameters import Factor, Kind, Positive, Value, Values, kind_of
from ..core.schedule import Schedule
from ..runs.warmups import warmup_constant, warmup_cosine, warmup_linear, wsd
from ..schedules.decays import constant, inverse_sqrt
from ..schedules.ramps import cosine, exponential, linear
from .arguments import Count, Part, Whole, translated
from .curves import beyond

__all__ = [
    "ConstantScheduler",
    "ConstantWithWarmup",
    "CosWithWarmup",
    "CosWithWarmupAndLinearDecay",
    "ExponentialScheduler",
    "HalfCosWithWarmup",
    "InvSqrtWithWarmup",
    "LinearWithWarmup",
    "SequentialScheduler",
    "WSD",
    "WSDS",
]


def _lengths(site: Site, lengths: Any) -> tuple[int, ...]:
    given = kind_of(Values).check(site, lengths)
    return tuple(kind_of(Count).check(site.item(index), length) for index, length in enumerate(given))


def _makers(site: Site, makers: Any) -> tuple[Callable[..., Schedule], ...]:
    if not isinstance(makers, (list, tuple)) or not all(map(callable, makers)) or not makers:
        site.refuse(makers, "must be a list of functions", "write [partial(CosWithWarmup, warmup=100), ...]", TypeError)
    for index, maker in enumerate(makers):
        if isinstance(maker, Schedule):
            remedy = "partial(CosWithWarmup, warmup=100) is still to be given its peak"
            site.item(index).refuse(maker, "must be a function that makes a schedule", remedy, TypeError)
    return tuple(makers)


Lengths = Annotated[Sequence[int], Kind("Lengths", "steps", _lengths, leaf=False)]
"""The whole lengths of pieces, 1 or more each."""
Makers = Annotated[Sequence[Callable[..., Schedule]], Kind("Makers", "", _makers, leaf=False)]
"""Functions of this module, but for `initial_lr` and `max_steps`."""


@translated
def ConstantScheduler(initial_lr: Value) -> Schedule:
    """The rate of the optimizer.

    Args:
        initial_lr: the value (a rate).

    Raises ValueError or TypeError for a value that is not finite.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> ConstantScheduler(0.1)
    constant(0.1)
    """
    return constant(initial_lr)


@translated
def ConstantWithWarmup(
    initial_lr: Positive,
    max_steps: Count,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    warmup_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
) -> Schedule:
    """A line to `initial_lr`, which is held for ever.

        s(t) = warmup_min_lr + (initial_lr - warmup_min_lr) * min(t + 1, W)/W,    W = warmup

    It is `warmup_constant`, shifted by one step.

    Args:
        initial_lr: the value after the warmup (a rate), greater than 0.
        max_steps: the length of the run (steps), which `warmup_fraction` is a part of.
        warmup: the length of the warmup (steps).
        warmup_steps: an older name of `warmup`.
        warmup_fraction: the same as a part of the run (1).
        warmup_min_lr: where the warmup begins, one step before the first update (a rate).
        tokens_per_step: the tokens of an update, if lengths are in tokens.

    Raises ValueError or TypeError for what OLMo-core refuses: a length and its fraction, or neither, a fraction
    outside 0 to 1, and a `warmup_min_lr` that is negative or not below the peak.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> ConstantWithWarmup(1.0, 100, warmup=4)
    shift(warmup_constant(1.0, 4), 1)
    """
    call = "ConstantWithWarmup"
    rise = _warmup(call, initial_lr, max_steps, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    return _counted_first(warmup_constant(initial_lr, rise, init_value=warmup_min_lr), tokens_per_step)


@translated
def CosWithWarmup(
    initial_lr: Positive,
    max_steps: Count,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    alpha_f: Factor = 0.1,
    t_max: Count | None = None,
    warmup_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
) -> Schedule:
    """A warmup, then half a cosine to `alpha_f * initial_lr`, which the last update is at.

        s(t) = warmup_min_lr + (initial_lr - warmup_min_lr) * u/W                          for u = t + 1 < W
        s(t) = initial_lr * (alpha_f + (1 - alpha_f) * (1 + cos(pi*(u - W)/(T - W)))/2)    up to u = T, then held

    It is `warmup_cosine`, shifted by one step. It holds past the end as lrsched does.

    Args:
        initial_lr: the value after the warmup (a rate), greater than 0.
        max_steps: the length of the run (steps).
        warmup: the length of the warmup (steps).
        warmup_steps: an older name of `warmup`.
        warmup_fraction: the same as a part of T (1).
        alpha_f: the floor, as a part of `initial_lr` (1).
        t_max: T, the end of the decay (steps), warmup included; `max_steps` unless given.
        warmup_min_lr: where the warmup begins, one step before the first update (a rate).
        tokens_per_step: the tokens of an update, if lengths are in tokens.

    Raises ValueError or TypeError for what OLMo-core refuses (a length and its fraction, or neither, a fraction
    outside 0 to 1, a `warmup_min_lr` that is negative or not below the peak), and for a warmup longer than T.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> s = CosWithWarmup(1.0, 12, warmup=4)
    >>> s
    shift(warmup_cosine(1.0, 4, 12, end_value=0.1), 1)
    >>> [round(s(t), 3) for t in (0, 3, 4, 5, 10, 11, 12)]
    [0.25, 1.0, 0.966, 0.868, 0.134, 0.1, 0.1]
    """
    call, total = "CosWithWarmup", max_steps if t_max is None else t_max
    rise = _warmup(call, initial_lr, total, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    return _counted_first(
        warmup_cosine(initial_lr, rise, total, init_value=warmup_min_lr, end_value=initial_lr * alpha_f),
        tokens_per_step,
    )


@translated
def LinearWithWarmup(
    initial_lr: Positive,
    max_steps: Count,
    alpha_f: Factor = 0.1,
    t_max: Count | None = None,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    warmup_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
) -> Schedule:
    """A warmup, then a straight line to `alpha_f * initial_lr`, which the last update is at.

        s(t) = warmup_min_lr + (initial_lr - warmup_min_lr) * u/W             for u = t + 1 < W
        s(t) = initial_lr * (1 - (1 - alpha_f) * (u - W)/(T - W))             up to u = T, then held

    It is `warmup_linear`, shifted by one step; arguments and errors are those of `CosWithWarmup`.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> LinearWithWarmup(1.0, 12, warmup_fraction=0.25)
    shift(warmup_linear(1.0, 3, 12, end_value=0.1), 1)
    """
    call, total = "LinearWithWarmup", max_steps if t_max is None else t_max
    rise = _warmup(call, initial_lr, total, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    return _counted_first(
        warmup_linear(initial_lr, rise, total, init_value=warmup_min_lr, end_value=initial_lr * alpha_f),
        tokens_per_step,
    )


@translated
def InvSqrtWithWarmup(
    initial_lr: Positive,
    max_steps: Count,
    alpha_f: Factor = 0.1,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    warmup_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
) -> Schedule:
    """A warmup, then one over the square root of the time, above a floor that it never reaches.

        s(t) = initial_lr * (alpha_f + (1 - alpha_f) * sqrt(W/u))    for u = t + 1 >= W

    It is the `inverse_sqrt` of what is above the floor, and the floor, shifted by one step. It has no end.

    Args, beyond those of `CosWithWarmup`:
        alpha_f: the floor, as a part of `initial_lr` (1).

    Raises ValueError or TypeError for what `CosWithWarmup` refuses, and for a warmup of 0 steps, which is the time
    scale of the decay as well: OLMo-core would be at the floor from the first update.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> s = InvSqrtWithWarmup(1.0, 100, warmup=4)
    >>> [round(s(t), 3) for t in (0, 3, 4, 5, 9, 36)]
    [0.25, 1.0, 0.905, 0.835, 0.669, 0.396]
    """
    call = "InvSqrtWithWarmup"
    rise = _warmup(call, initial_lr, max_steps, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    require(rise > 0, call, "warmup=0) must be at least 1; it is the time scale of the decay.")
    floor = initial_lr * alpha_f
    decay = add(inverse_sqrt(initial_lr - floor, rise), floor)
    return _counted_first(join([linear(warmup_min_lr, initial_lr, rise), decay], [rise]), tokens_per_step)


@translated
def WSD(
    initial_lr: Positive,
    max_steps: Count,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    decay: Whole | None = None,
    decay_steps: Whole | None = None,
    decay_fraction: Part | None = 0.1,
    warmup_min_lr: Value = 0.0,
    decay_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
    exact_tail: bool = False,
) -> Schedule:
    """A warmup, `initial_lr`, and a straight line to `decay_min_lr`, which the last update is at.

        s(t) = warmup_min_lr + (initial_lr - warmup_min_lr) * u/W                  for u = t + 1 <= W
        s(t) = initial_lr                                                          up to u = T - D
        s(t) = decay_min_lr + (initial_lr - decay_min_lr) * (T - u)/D              after it; T = max_steps, D = decay

    It is `wsd`, shifted by one step. Past T lrsched holds `decay_min_lr`; the line of OLMo-core falls on, below zero.

    Args, beyond those of `ConstantWithWarmup`:
        decay: the length of the decay (steps), 1 or more; with it, give decay_fraction=None.
        decay_steps: an older name of `decay`.
        decay_fraction: the same as a part of the run (1).
        decay_min_lr: the floor (a rate), from 0 to below the peak.
        exact_tail: whether the line falls on past T, for 2**29 steps at least.

    Raises ValueError or TypeError for what OLMo-core refuses (a length and its fraction, or neither, a fraction
    outside 0 to 1, a least rate that is negative or not below the peak, a decay of no steps), and for a warmup and a
    decay that do not fit the run.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> s = WSD(1.0, 20, warmup=4, decay_fraction=0.3, decay_min_lr=0.1)
    >>> s
    shift(wsd(1.0, 4, 20, 6, end_value=0.1), 1)
    >>> [round(s(t), 3) for t in (0, 3, 13, 14, 18, 19, 20)]
    [0.25, 1.0, 1.0, 0.85, 0.25, 0.1, 0.1]
    """
    call = "WSD"
    rise = _warmup(call, initial_lr, max_steps, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    fall = _decay(call, initial_lr, max_steps, decay, decay_steps, decay_fraction, decay_min_lr)
    require(
        rise + fall <= max_steps,
        call,
        f"max_steps={max_steps}) must be at least {rise} + {fall}, the warmup and the decay; make one shorter.",
    )
    start = max_steps - fall
    if exact_tail:
        up = warmup_constant(initial_lr, rise, init_value=warmup_min_lr)
        return _counted_first(join([up, beyond(linear, initial_lr, decay_min_lr, fall)], [start]), tokens_per_step)
    return _counted_first(
        wsd(initial_lr, rise, start + fall, fall, init_value=warmup_min_lr, end_value=decay_min_lr), tokens_per_step
    )


@translated
def HalfCosWithWarmup(
    initial_lr: Positive,
    max_steps: Count,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    alpha_f: Factor = 0.1,
    t_max: Count | None = None,
    warmup_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
) -> Schedule:
    """A warmup to the middle of the way, then the second half of the fall of a cosine.

        s(t) = initial_lr * (alpha_f + (1 - alpha_f) * (1 + cos(pi*(u - W + T - W)/(2*(T - W))))/2)
        for u = t + 1 >= W; up to u = T, then held

    It is a `cosine` of twice the length, of which the first half is left out; arguments and errors are those of
    `CosWithWarmup`, but that `initial_lr` is the peak of the whole cosine.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> [round(HalfCosWithWarmup(1.0, 12, warmup=4)(t), 3) for t in (0, 3, 4, 11)]
    [0.138, 0.55, 0.462, 0.1]
    """
    call, total = "HalfCosWithWarmup", max_steps if t_max is None else t_max
    floor = initial_lr * alpha_f
    middle = floor + (initial_lr - floor) / 2
    rise = _warmup(call, middle, total, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    half = shift(cosine(initial_lr, floor, 2 * (total - rise)), total - rise)
    return _counted_first(join([linear(warmup_min_lr, middle, rise), half], [rise]), tokens_per_step)


@translated
def CosWithWarmupAndLinearDecay(
    initial_lr: Positive,
    max_steps: Count,
    warmup: Whole | None = None,
    warmup_steps: Whole | None = None,
    warmup_fraction: Part | None = None,
    alpha_f: Factor = 0.1,
    t_max: Count | None = None,
    warmup_min_lr: Value = 0.0,
    decay: Whole | None = None,
    decay_steps: Whole | None = None,
    decay_fraction: Part | None = 0.1,
    decay_min_lr: Value = 0.0,
    *,
    tokens_per_step: Count = 1,
    exact_tail: bool = False,
) -> Schedule:
    """The cosine of `CosWithWarmup`, cut short and followed by a straight line to `decay_min_lr`.

        s(t) = cos(u)                                                                      for u = t + 1 < T - D
        s(t) = decay_min_lr + (cos(T - D) - decay_min_lr) * (T - u)/D,    T = max_steps    after it

    It is a `cooldown` of `warmup_cosine`, shifted by one step. Past T lrsched holds `decay_min_lr`; the line of
    OLMo-core falls on. Arguments and errors are those of `CosWithWarmup` and `WSD`; `decay_min_lr` is below the rate
    at the cut.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> CosWithWarmupAndLinearDecay(1.0, 20, warmup=4, decay_fraction=0.2)
    shift(cooldown(warmup_cosine(1.0, 4, 20, end_value=0.1), 16, 4), 1)
    """
    call, total = "CosWithWarmupAndLinearDecay", max_steps if t_max is None else t_max
    rise = _warmup(call, initial_lr, total, warmup, warmup_steps, warmup_fraction, warmup_min_lr)
    cos = warmup_cosine(initial_lr, rise, total, init_value=warmup_min_lr, end_value=initial_lr * alpha_f)
    fall = _decay(call, initial_lr, max_steps, decay, decay_steps, decay_fraction, decay_min_lr)
    require(fall <= max_steps, call, f"decay={fall}) must be at most max_steps={max_steps}; make it shorter.")
    start = max_steps - fall
    require(
        decay_min_lr < cos(start),
        call,
        f"decay_min_lr={decay_min_lr}) must be less than {cos(start)}, the rate at the cut; it is the floor.",
    )
    if exact_tail:
        return _counted_first(join([cos, beyond(linear, cos(start), decay_min_lr, fall)], [start]), tokens_per_step)
    return _counted_first(cooldown(cos, start, fall, end_value=decay_min_lr), tokens_per_step)


@translated
def ExponentialScheduler(
    initial_lr: Positive, max_steps: Count, lr_min: Positive = 1e-9, *, tokens_per_step: Count = 1
) -> Schedule:
    """A geometric line up from `lr_min` to `initial_lr`: a range test.

        s(t) = lr_min * (initial_lr/lr_min)**(u/T)    for u = t + 1 up to T = max_steps, then held

    It is `exponential`, shifted by one step.

    Args:
        initial_lr: the value at the last update (a rate), greater than 0.
        max_steps: the length of the run (steps).
        lr_min: where it begins, one step before the first update (a rate), greater than 0.
        tokens_per_step: the tokens of an update, if lengths are in tokens.

    Raises ValueError or TypeError for a value that is not greater than 0.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> ExponentialScheduler(1.0, 9)
    shift(exponential(1e-09, 1.0, 9), 1)
    """
    return _counted_first(exponential(lr_min, initial_lr, max_steps), tokens_per_step)


@translated
def WSDS(
    initial_lr: Positive,
    period_lengths: Lengths,
    warmup: Whole | None = None,
    warmup_fraction: Part | None = None,
    decay: Whole | None = None,
    decay_fraction: Part | None = None,
    warmup_min_lr: Value = 0.0,
    decay_min_lr: Value = 0.0,
) -> Schedule:
    """Periods of `initial_lr` and a straight line to `decay_min_lr`, the first one after a warmup (WSD-S).

    The end of a period, and so the last update of it, is at `decay_min_lr`; the next update is at `initial_lr` again.
    It is a `join` of `cooldown`s, shifted by one step. It holds past the end as lrsched does.

    Args:
        initial_lr: the plateau (a rate), greater than 0.
        period_lengths: the lengths of the periods (steps); the first includes the warmup.
        warmup: the length of the warmup (steps).
        warmup_fraction: the same as a part of the first period (1), rounded half to even.
        decay: the length of the decay of every period (steps), 1 or more.
        decay_fraction: the same as a part of the period (1).
        warmup_min_lr: where the warmup begins, one step before the first update (a rate).
        decay_min_lr: the floor (a rate), from 0 to below the peak.

    Raises ValueError or TypeError for what OLMo-core refuses: a length and its fraction, or neither, a least rate that
    is negative or not below the peak, a warmup and a decay that do not fit a period, and a decay of no steps.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`; Wen et al. 2024, arXiv:2410.05192.

    >>> s = WSDS(1.0, [6, 4], warmup=2, decay=2)
    >>> [s(t) for t in range(11)]
    [0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    """
    call = "WSDS"
    require(
        len(period_lengths) > 0, call, "period_lengths=[]) must have one length or more; give the periods in order."
    )
    rise = _warmup(call, initial_lr, period_lengths[0], warmup, None, warmup_fraction, warmup_min_lr)
    pieces, starts, end = [linear(warmup_min_lr, initial_lr, rise)], [rise], 0
    for index, length in enumerate(period_lengths):
        fall = _decay(call, initial_lr, length, decay, None, decay_fraction, decay_min_lr)
        level = length - fall - (rise if index == 0 else 0)
        require(
            level >= 0,
            call,
            f"period_lengths[{index}]={length}) must hold the decay of {fall} steps, and the warmup; make it longer.",
        )
        piece = cooldown(constant(initial_lr), level, fall, end_value=decay_min_lr)
        end += length
        pieces.append(piece if index == 0 else shift(piece, 1))  # the end belongs to the period before
        starts.append(end + 1)
    return _counted_first(join(pieces, starts[:-1]), 1)


@translated
def SequentialScheduler(
    initial_lr: Positive, max_steps: Count, schedulers: Makers, schedulers_max: Lengths
) -> Schedule:
    """One schedule after another; each has the last rate of the one before as its peak.

    It is a `join`.

    Args:
        initial_lr: the peak of the first (a rate).
        max_steps: the length of the run (steps).
        schedulers: functions that are called with `initial_lr` and `max_steps`, as
            `partial(CosWithWarmup, warmup=100)` is.
        schedulers_max: the lengths of all but the last (steps), which together are shorter than the run.

    Raises ValueError or TypeError for lengths that do not match or do not fit the run, which OLMo-core asserts.

    Source: allenai/OLMo-core, `src/olmo_core/optim/scheduler.py`.

    >>> from functools import partial
    >>> s = SequentialScheduler(1.0, 10, [partial(LinearWithWarmup, warmup=2, alpha_f=0.5), ConstantScheduler], [6])
    >>> [s(t) for t in (0, 1, 5, 6, 9)]
    [0.5, 1.0, 0.5, 0.5, 0.5]
    """
    call = "SequentialScheduler"
    require(
        len(schedulers) == len(schedulers_max) + 1,
        call,
        f"schedulers_max={brief(list(schedulers_max))}) must be one shorter than schedulers, of length "
        f"{len(schedulers) - 1}; the last one runs to the end.",
    )
    starts = [0, *accumulate(schedulers_max)]
    require(
        starts[-1] < max_steps,
        call,
        f"schedulers_max={brief(list(schedulers_max))}) must add up to less than max_steps={max_steps}; shorten one.",
    )
    pieces: list[Schedule] = []
    for maker, length in zip(schedulers, (*schedulers_max, max_steps - starts[-1]), strict=True):
        takes = inspect.signature(maker).parameters
        given = {"max_steps": length} if "max_steps" in takes else {}
        pieces.append(maker(initial_lr=initial_lr, **given))
        initial_lr = pieces[-1](length - 1)
    return join(pieces, starts[1:])


def _one_of(call: str, name: str, length: Any, older: Any, fraction: Any, total: Any) -> Any:
    """A length that is given as such, by its older name, or as a fraction of a total."""
    given = [option for option in (length, older, fraction) if option is not None]
    require(
        len(given) == 1,
        call,
        f"{name}={length}, {name}_fraction={fraction}) must be given as one of the two; leave out the other, or "
        f"write {name}_fraction=None.",
    )
    return round(total * fraction) if fraction is not None else given[0]


def _warmup(call: str, peak: Any, total: Any, length: Any, older: Any, fraction: Any, least: Any) -> Any:
    steps = _one_of(call, "warmup", length, older, fraction, total)
    require(
        (least >= 0) & (least < peak),
        call,
        f"warmup_min_lr={least}) must be at least 0 and less than {peak}, the peak; the warmup rises.",
    )
    require(steps <= total, call, f"warmup={steps}) must be at most {total}, the whole; the whole includes the warmup.")
    return steps


def _decay(call: str, peak: Any, total: Any, length: Any, older: Any, fraction: Any, least: Any) -> Any:
    steps = _one_of(call, "decay", length, older, fraction, total)
    require(
        (least >= 0) & (least < peak),
        call,
        f"decay_min_lr={least}) must be at least 0 and less than {peak}, the peak; the decay falls.",
    )
    require(steps > 0, call, f"decay={steps}) must be at least 1; without a decay, use ConstantWithWarmup.")
    return steps


def _counted_first(schedule: Schedule, tokens_per_step: int) -> Schedule:
    """The schedule of a trainer that counts an update before it asks for its rate."""
    return shift(schedule if tokens_per_step == 1 else stretch(schedule, 1 / tokens_per_step), 1)
