"""Schedules for another batch size, and for other hyperparameters."""

import math
from typing import Literal, TypeAlias, get_args

from ..checks import Site, positive, real
from ..combinators.arithmetic import add, scale
from ..combinators.time import stretch
from ..core.decorators import composition
from ..core.parameters import Child, choice
from ..core.schedule import Schedule
from .sizes import Size, a_schedule, count, size
from .survey import plain, survey
from .two_parts import in_two_parts, warmup_steps_of

__all__ = [
    "effective_batch_size",
    "inverse_to",
    "proportional",
    "scale_lr",
    "scale_schedule",
    "scale_warmup_steps",
]

_value = real()
_peak = positive("give the highest value of the schedule")

Rule: TypeAlias = Literal["linear", "sqrt"]
"""How a rate grows with the batch."""
WarmupRule: TypeAlias = Literal["linear", "sqrt", "steps", "epochs"]
"""How a warmup changes with the batch."""

_rule, _warmup_rule = choice(get_args(Rule)), choice(get_args(WarmupRule))


def effective_batch_size(per_device: int, *, devices: int = 1, accumulation: int = 1) -> int:
    """The number of samples per optimizer update.

        per_device * devices * accumulation

    Args:
        per_device: the batch of one forward pass on one device (samples), 1 or more.
        devices: the number of devices that share the data, 1 or more.
        accumulation: the number of batches accumulated for one update, 1 or more.

    >>> effective_batch_size(32, devices=8, accumulation=4)
    1024
    """
    call = "effective_batch_size"
    given = {"per_device": per_device, "devices": devices, "accumulation": accumulation}
    return math.prod(size(Site(call, name), value) for name, value in given.items())


def scale_lr(base_lr: float, base_batch_size: int, batch_size: int, *, rule: Rule = "linear") -> float:
    """The rate for another batch size.

        base_lr * k            "linear"
        base_lr * sqrt(k)      "sqrt"
        k = batch_size/base_batch_size

    Args:
        base_lr: the rate for `base_batch_size` (a rate).
        base_batch_size: the effective batch size of the original run (samples), 1 or more.
        batch_size: the effective batch size of the new run (samples), 1 or more.
        rule: "linear", usual with SGD; "sqrt", usual with Adam.

    Both rules hold up to a limit that depends on the data.

    Source: "linear": Goyal et al. 2017, arXiv:1706.02677, section 2.1. "sqrt": Krizhevsky 2014, arXiv:1404.5997, for
    SGD; Malladi et al. 2022, arXiv:2205.10287, for Adam and RMSprop, with the other parameters scaled as well.

    >>> scale_lr(0.1, 256, 8_192)
    3.2
    >>> scale_lr(3e-4, 256, 1_024, rule="sqrt")
    0.0006
    """
    call = "scale_lr"
    rate = _value(Site(call, "base_lr"), base_lr)
    base, new = size(Site(call, "base_batch_size"), base_batch_size), size(Site(call, "batch_size"), batch_size)
    return rate * _ratio(base, new, _rule.check(Site(call, "rule"), rule))


def _ratio(base_batch_size: int, batch_size: int, rule: str) -> float:
    """What the rate is multiplied by."""
    more = batch_size / base_batch_size
    return more if rule == "linear" else math.sqrt(more)


def scale_warmup_steps(warmup_steps: int, base_batch_size: int, batch_size: int, *, rule: WarmupRule = "linear") -> int:
    """The warmup for another batch size; by default a larger batch gets a longer warmup.

        warmup_steps * k          "linear"
        warmup_steps * sqrt(k)    "sqrt"
        warmup_steps              "steps"
        warmup_steps / k          "epochs"
        k = batch_size/base_batch_size

    With "linear" and "sqrt" the warmup grows like the rate under the rule of the same name in `scale_lr`, so the rate
    rises by the same amount per update as in the original run. Each update takes k times the samples, so with the same
    epochs the warmup's share of the run grows by k**2 ("linear"), k**1.5 ("sqrt") or k ("steps"), or stays the same
    ("epochs"): check the total.

    Args:
        warmup_steps: the warmup for `base_batch_size` (steps), 0 or more.
        base_batch_size: the effective batch size of the original run (samples), 1 or more.
        batch_size: the effective batch size of the new run (samples), 1 or more.
        rule: "linear" or "sqrt", like the rate; "steps", the same updates; "epochs", the same epochs.

    The exact number is rounded to the nearest integer, half away from zero.

    Source: "steps": You et al. 2019, Large-Batch Training for LSTM and Beyond, arXiv:1901.08256 (LEGW): k times the
    epochs for k times the batch, with the rate by "sqrt". "epochs": Goyal et al. 2017, arXiv:1706.02677, section 2.2:
    5 epochs for every batch size, with the rate by "linear". "linear" and "sqrt" are arithmetic. That a
    warmup permits a larger rate: Gilmer et al. 2022, arXiv:2110.04369; Kalra & Barkeshli 2024, arXiv:2406.09405.

    >>> scale_warmup_steps(500, 256, 1_024)
    2000
    >>> [scale_warmup_steps(500, 256, 1_024, rule=rule) for rule in ("linear", "sqrt", "steps", "epochs")]
    [2000, 1000, 500, 125]
    """
    call = "scale_warmup_steps"
    steps = count(Site(call, "warmup_steps"), warmup_steps)
    base, new = size(Site(call, "base_batch_size"), base_batch_size), size(Site(call, "batch_size"), batch_size)
    return warmup_steps_of(steps, base, new, _warmup_rule.check(Site(call, "rule"), rule))


@composition
def scale_schedule(
    schedule: Child,
    base_batch_size: Size,
    batch_size: Size,
    *,
    rule: Rule = "linear",
    warmup_rule: WarmupRule = "epochs",
) -> Schedule:
    """A schedule for another batch size: the same epochs, in fewer or more updates, at another rate.

        s(t) = f * schedule(t * k),    k = batch_size/base_batch_size,    f = k or sqrt(k)

    It is `scale(stretch(schedule, 1/k), f)`: the whole curve is stretched by one factor, so the warmup keeps its
    epochs, too. With another `warmup_rule`, a run of T steps with a warmup of w still ends at T/k, and its warmup and
    the rest are each stretched by their own factor:

        s(t) = f * schedule(t * w/v)                          for t < v
        s(t) = f * schedule(w + (t - v) * (T - w)/(T/k - v))  for t >= v
        v = scale_warmup_steps(w, base_batch_size, batch_size, rule=warmup_rule)

    It is `scale(join([stretch(warmup, v/w), stretch(rest, (T/k - v)/(T - w))], [v]), f)`. If the schedule has no end,
    the rest is stretched by 1/k. A factor with more digits than a float is rounded down, so nothing ends late.

    Args:
        schedule: the schedule for `base_batch_size` (a schedule, callable or number). A `warmup_rule` other than
            "epochs" needs one with `warmup_steps`, such as `warmup_cosine` or `wsd`, or a `warmup`; it may be scaled,
            clamped or rounded, and its steps must not be traced.
        base_batch_size: the effective batch size of the original run (samples), 1 or more.
        batch_size: the effective batch size of the new run (samples), 1 or more.
        rule: "linear" or "sqrt", as in `scale_lr`.
        warmup_rule: "linear", "sqrt", "steps" or "epochs", as in `scale_warmup_steps`.

    Source: Goyal et al. 2017, arXiv:1706.02677, section 2.1, where only the rate changes, in epochs. For
    `warmup_rule`, see `scale_warmup_steps`.

    >>> from lrsched import warmup_cosine
    >>> base = warmup_cosine(0.1, 500, 10_000)
    >>> s = scale_schedule(base, 256, 1_024)
    >>> s(125), s.length
    (0.4, 2500)
    >>> s = scale_schedule(base, 256, 1_024, warmup_rule="steps")
    >>> s(125), s(500), s.length
    (0.1, 0.4, 2500)
    """
    if warmup_rule == "epochs":
        longer = stretch(schedule, base_batch_size / batch_size)
    else:
        longer = in_two_parts(schedule, base_batch_size, batch_size, warmup_rule)
    return scale(longer, _ratio(base_batch_size, batch_size, rule))


def proportional(schedule: Schedule, peak_value: float, other_peak: float) -> Schedule:
    """Another hyperparameter with the shape of the rate: weight decay, or the rate of another group.

        s(t) = other_peak * schedule(t)/peak_value

    It is `scale(schedule, other_peak/peak_value)`.

    Args:
        schedule: the rate.
        peak_value: the peak of the rate (a rate), greater than 0.
        other_peak: the value at the peak (in its own unit).

    Source: Loshchilov & Hutter 2019, Decoupled Weight Decay, arXiv:1711.05101, algorithm 2 (one multiplier for the
    rate and the weight decay).

    >>> from lrsched import warmup_cosine
    >>> decay = proportional(warmup_cosine(4e-4, 10, 100), 4e-4, 0.1)
    >>> decay(0), decay(10), decay(100)
    (0.0, 0.1, 0.0)
    """
    peak = _peak(Site("proportional", "peak_value"), peak_value)
    rate = a_schedule(Site("proportional", "schedule"), schedule)
    return scale(rate, _value(Site("proportional", "other_peak"), other_peak) / peak)


def inverse_to(schedule: Schedule, low: float, high: float, *, total_steps: int | None = None) -> Schedule:
    """Another hyperparameter that falls while the rate rises, such as the momentum of one-cycle.

        s(t) = low + (high - low) * (highest - schedule(t))/(highest - lowest)

    It is a `scale` and an `add`: `low` where the rate is highest, `high` where it is lowest.

    Args:
        schedule: the rate, not constant. Its highest and lowest value are found by evaluating every update of a run of
            up to a million; longer runs are sampled at the ends, at the boundaries, and in blocks between them.
        low: the smallest value (in its own unit).
        high: the largest value, greater than `low`.
        total_steps: the length of the run (steps); by default that of the schedule, which must then have an end.

    Source: Smith 2018, A disciplined approach to neural network hyper-parameters, arXiv:1803.09820
    (cyclical momentum); torch `OneCycleLR(cycle_momentum=True)`, which uses a separate ramp for each phase.

    >>> from lrsched import one_cycle
    >>> momentum = inverse_to(one_cycle(1.0, 100), 0.85, 0.95)
    >>> [round(momentum(t), 6) for t in (0, 30, 100)]
    [0.946, 0.85, 0.95]
    """
    call = "inverse_to"
    rate = plain(Site(call, "schedule"), schedule)
    low, high = _value(Site(call, "low"), low), _value(Site(call, "high"), high)
    if not low < high:
        Site(call, "high").refuse(high, f"must be greater than low={low!r}", "the lower value goes with the peak")
    steps = rate.length if total_steps is None else size(Site(call, "total_steps"), total_steps) - 1
    if steps is None:
        Site(call, "total_steps").refuse(total_steps, "must be given for a schedule without an end", "give the run")
    values = survey(rate, steps + 1).values
    least, most = float(values.min()), float(values.max())
    if not least < most:
        Site(call, "schedule").refuse(schedule, "must rise or fall", "a constant has no inverse; give the value itself")
    slope = (high - low) / (most - least)
    return add(scale(rate, -slope), low + slope * most)
