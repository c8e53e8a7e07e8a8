"""The schedules of Megatron-LM (`OptimizerParamScheduler`), as compositions of the vocabulary."""

import re
from collections.abc import Callable
from fractions import Fraction as Rational
from itertools import pairwise
from typing import Any, Literal

from ..arrays.libraries import is_number
from ..checks import Site, require
from ..core.parameters import NotNegative, Value
from . import vocabulary as lrs
from .arguments import Amount, Count, Length, Text
from .calls import needed, room, translated
from .curves import RAMPS

UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
FINE = 50
"""The bits to which times that are not whole are kept."""
ROUNDING = 1e-12
"""What a product such as 0.07 * 100 may be off, as a part of it."""


@translated
def OptimizerParamScheduler(
    init_lr: Value,
    max_lr: Value,
    min_lr: NotNegative,
    lr_warmup_steps: Amount,
    lr_decay_steps: Length,
    lr_decay_style: Literal["constant", "linear", "cosine", "inverse-square-root", "WSD"],
    wsd_decay_steps: Amount | None = None,
    lr_wsd_decay_style: Literal["linear", "cosine", "exponential", "minus_sqrt"] | None = None,
    *,
    increment: Count = 1,
) -> lrs.Schedule:
    """Megatron-LM's learning rate: a warmup, a decay, and `min_lr` from the end of the decay on.

        s(t) = init_lr + (max_lr - init_lr) * u/W      for u = increment*t < W = lr_warmup_steps
        s(t) = min_lr + (max_lr - min_lr) * c          after it, to u = lr_decay_steps; then min_lr

        constant              max_lr, for ever
        linear, cosine        c = 1 - x, (1 + cos(pi*x))/2     with x = (u - W)/(lr_decay_steps - W)
        inverse-square-root   max(min_lr, max_lr * sqrt(max(W, 1)/max(u, 1)))
        WSD                   c = 1, then over the last wsd_decay_steps, with their x: 1 - x (linear),
                              (1 + cos(pi*x))/2 (cosine), 1 - sqrt(x) (minus_sqrt), 2 * 0.5**x - 1 (exponential)

    It is a `join` of a line and the decay. Megatron counts samples: `increment` is the global batch, and all lengths
    are in samples; with an increment of 1 they are in updates. For a batch that grows, `compose` the schedule of
    increment 1 with the samples seen. Megatron steps after the update: s(t) is the rate of update t. It holds past the
    end as lrsched does.

    Args:
        init_lr: the value at step 0 (a rate), at most `max_lr`; unused without a warmup.
        max_lr: the value after the warmup (a rate).
        min_lr: the floor (a rate), from 0 to `max_lr`.
        lr_warmup_steps: the length of the warmup (samples), less than `lr_decay_steps`. As in Megatron, one that is
            not whole (`lr_warmup_fraction`) is not rounded.
        lr_decay_steps: the end of the decay (samples), warmup included.
        lr_decay_style: the decay.
        wsd_decay_steps: the length of the decay of WSD (samples), which begins after the warmup.
        lr_wsd_decay_style: the shape of the decay of WSD.
        increment: the samples of an update.

    Raises ValueError or TypeError for what Megatron asserts: the ranges above, an unknown style, a WSD without its two
    arguments; and for a WSD that decays before the warmup is over, where the rate of Megatron jumps.

    Source: NVIDIA/Megatron-LM, `megatron/core/optimizer_param_scheduler.py`.

    >>> OptimizerParamScheduler(0.0, 1.0, 0.1, 4 * 256, 12 * 256, "cosine", increment=256)
    join([linear(0.0, 1.0, 4), cosine(1.0, 0.1, 8)], [4])
    >>> s = OptimizerParamScheduler(0.0, 1.0, 0.1, 4, 20, "WSD", wsd_decay_steps=6, lr_wsd_decay_style="minus_sqrt")
    >>> [round(s(t), 3) for t in (0, 3, 4, 14, 15, 18, 20, 30)]
    [0.0, 0.75, 1.0, 1.0, 0.633, 0.265, 0.1, 0.1]
    """
    call = "OptimizerParamScheduler"
    require(min_lr <= max_lr, call, f"min_lr={min_lr}) must be at most max_lr={max_lr}; it is the floor.")
    require(init_lr <= max_lr, call, f"init_lr={init_lr}) must be at most max_lr={max_lr}; the warmup rises.")
    room(call, strict=True, lr_decay_steps=lr_decay_steps, lr_warmup_steps=lr_warmup_steps)
    anneal, shape = _anneal(lr_decay_style, lr_warmup_steps, lr_decay_steps, wsd_decay_steps, lr_wsd_decay_style)
    # The inverse square root has its peak after one sample, if there is no warmup.
    first = max(lr_warmup_steps, 1) if lr_decay_style == "inverse-square-root" else lr_warmup_steps
    parts, (rise, end, last) = _counted((first, lr_decay_steps, anneal), increment)
    up = lrs.linear(init_lr if lr_warmup_steps > 0 else max_lr, max_lr, rise)
    if lr_decay_style == "inverse-square-root":
        curve = _in_updates(lrs.join([up, lrs.clamp_min(lrs.inverse_sqrt(max_lr, rise), min_lr)], [rise]), parts)
        return lrs.join([curve, min_lr], [end // parts + 1])
    level = lrs.join([up, lrs.constant(max_lr)], [rise])
    if lr_decay_style == "constant":
        return _in_updates(level, parts)
    if last == 0:
        return lrs.join([_in_updates(level, parts), min_lr], [end // parts + 1])
    return _in_updates(lrs.join([level, shape(max_lr, min_lr, last)], [end - last]), parts)


@translated
def OptimizerParamScheduler_weight_decay(
    start_wd: NotNegative,
    end_wd: NotNegative,
    wd_incr_steps: Amount,
    wd_incr_style: Literal["constant", "linear", "cosine"],
    *,
    increment: Count = 1,
) -> lrs.Schedule:
    """Megatron-LM's weight decay: a ramp from `start_wd` to `end_wd`, which it holds.

        s(t) = start_wd + (end_wd - start_wd) * c,    x = increment*t/wd_incr_steps
        c = x (linear), (1 - cos(pi*x))/2 (cosine)

    It is `linear` or `cosine`, or a `constant`. The samples, and the update that sees a value, are those of the
    learning rate; past the end both hold.

    Args:
        start_wd: the weight decay at step 0 (1), 0 or more.
        end_wd: the weight decay at the end (1), at least `start_wd`.
        wd_incr_steps: the length of the ramp (samples), greater than 0 unless the style is "constant".
        wd_incr_style: the shape; "constant" asks for two equal values.
        increment: the samples of an update.

    Raises ValueError or TypeError for what Megatron asserts: the ranges above and an unknown style.

    Source: NVIDIA/Megatron-LM, `megatron/core/optimizer_param_scheduler.py`, `get_wd`.

    >>> OptimizerParamScheduler_weight_decay(0.0, 0.1, 1_000, "linear")
    linear(0.0, 0.1, 1000)
    """
    call = "OptimizerParamScheduler_weight_decay"
    require(start_wd <= end_wd, call, f"start_wd={start_wd}) must be at most end_wd={end_wd}; it rises.")
    if wd_incr_style == "constant":
        require(start_wd == end_wd, call, f"start_wd={start_wd}) must be end_wd={end_wd}; 'linear' goes between them.")
        return lrs.constant(end_wd)
    require(wd_incr_steps > 0, call, "wd_incr_steps=0) must be greater than 0; 'constant' has no length.")
    parts, (steps,) = _counted((wd_incr_steps,), increment)
    ramp = lrs.linear if wd_incr_style == "linear" else lrs.cosine
    return _in_updates(ramp(start_wd, end_wd, steps), parts)


@translated
def step_batch_size_schedule(schedule: Text, seq_length: Count | None = None) -> lrs.Schedule:
    """The global batch (samples) of an update, in stairs: "0:768 250B:1536" is 768, and 1536 from 250e9 tokens on.

    It is the string of `--step-batch-size-schedule`: thresholds and sizes, with K, M, B or T for a thousand and so on.
    Thresholds are tokens where a `seq_length` is given, else samples; the first one is 0. A size holds from the first
    update before which its threshold has been reached. `lrsched.tokens_seen` adds it up.

    Raises ValueError for a string of another form, thresholds that do not rise from 0, and a size below 1.

    Source: NVIDIA/Megatron-LM, `megatron/core/num_microbatches_calculator.py`.

    >>> step_batch_size_schedule("0:4 1K:8 2K:16")
    piecewise_constant([4.0, 8.0, 16.0], [250, 375])
    """
    site, pairs = Site("step_batch_size_schedule", "schedule"), list[tuple[int, ...]]()
    for entry in schedule.replace(",", " ").split():
        read = [re.fullmatch(r"(\d+\.?\d*(?:e\d+)?)([KMBT]?)", part, re.IGNORECASE) for part in entry.split(":")]
        pairs.append(tuple(int(float(part[1]) * UNITS[part[2].upper()]) for part in read if part))
        if len(read) != len(pairs[-1]) or len(read) != 2:
            site.refuse(schedule, f"has {entry!r}, which is no threshold and size", 'write "0:768 250B:1536"')
    pairs.sort()
    sizes, starts, seen = [size for _, size in pairs], [0], 0
    thresholds = [threshold // (seq_length or 1) for threshold, _ in pairs]
    if thresholds[:1] != [0] or min(sizes) < 1 or any(a >= b for a, b in pairwise(thresholds)):
        site.refuse(schedule, "must have a threshold 0, others above it, and sizes of 1 or more", "begin with 0:768")
    for size, threshold in zip(sizes, thresholds[1:], strict=False):
        updates = max(-(-(threshold - seen) // size), 0)  # 0 where the update before has passed this threshold, too
        starts, seen = [*starts, starts[-1] + updates], seen + updates * size
    held = dict(zip(starts, sizes, strict=True))  # the last of the sizes that begin together
    return lrs.piecewise_constant([*held.values()], [*held][1:])


def _anneal(style: str, warmup: Any, end: Any, steps: Any, shape: Any) -> tuple[Any, Callable[..., lrs.Schedule]]:
    """The length and the shape of the last decay."""
    if style != "WSD":
        return end - warmup, lrs.cosine if style == "cosine" else lrs.linear
    call = "OptimizerParamScheduler"
    needed(call, "WSD ends with a decay", wsd_decay_steps=steps, lr_wsd_decay_style=shape)
    has_room = warmup + steps <= end * (1 + ROUNDING)
    require(has_room, call, f"wsd_decay_steps={steps}) must be at most {end - warmup}, what the warmup leaves.")
    return steps, {**RAMPS, "exponential": _halving, "minus_sqrt": lrs.one_minus_sqrt}[shape]


def _halving(init_value: Value, end_value: Value, steps: Any) -> lrs.Schedule:
    """2 * 0.5**x - 1 between the values: half of an exponential decay, moved."""
    height = init_value - end_value
    if is_number(height) and height == 0:
        return lrs.constant(init_value)
    return lrs.add(lrs.exponential(2 * height, height, steps), end_value - height)


def _counted(times: tuple[Any, ...], increment: Any) -> tuple[int, list[int]]:
    """Samples as whole parts of an update, and the number of parts: 1 where all are whole updates."""
    updates = [Rational(time) / increment for time in times]
    if all(abs(time - round(time)) <= ROUNDING * time for time in updates):
        return 1, [round(time) for time in updates]
    parts = 2 ** max(FINE - round(max(updates)).bit_length(), 0)
    return parts, [round(time * parts) for time in updates]


def _in_updates(schedule: lrs.Schedule, parts: int) -> lrs.Schedule:
    return schedule if parts == 1 else lrs.stretch(schedule, 1 / parts)
