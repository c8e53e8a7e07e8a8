"""The schedules of Megatron-LM (`OptimizerParamScheduler`), as compositions of the vocabulary."""

from collections.abc import Callable
from fractions import Fraction as Rational
from typing import Annotated, Any, Literal

from ..combinators.arithmetic import add
from ..combinators.bounds import clamp_min
from ..combinators.join import join
from ..combinators.time import stretch
from ..core.checks import countable, positive, real, require
from ..core.libraries import is_number
from ..core.parameters import Kind, Number, Value
from ..core.schedule import Schedule
from ..schedules.decays import constant, inverse_sqrt
from ..schedules.ramps import cosine, exponential, linear, one_minus_sqrt
from .arguments import Count, known, translated

__all__ = ["OptimizerParamScheduler", "OptimizerParamScheduler_weight_decay"]

Floor = Annotated[
    Number, Kind("Floor", "rate", real("must be at least 0", lambda value: value >= 0, "give a rate or a decay"))
]
"""A value, 0 or more."""
Length = Annotated[
    Number,
    Kind(
        "Length",
        "samples",
        known(countable(real("must be at least 0", lambda value: value >= 0, "samples are counted from 0"))),
    ),
]
"""A number of samples that need not be whole, 0 or more."""
End = Annotated[Number, Kind("End", "samples", known(countable(positive("give the samples of the run"))))]
"""A number of samples that need not be whole, greater than 0."""

FINE = 50
"""The bits to which times that are not whole are kept."""
ROUNDING = 1e-12
"""What a product such as 0.07 * 100 may be off, as a part of it."""


@translated
def OptimizerParamScheduler(
    init_lr: Value,
    max_lr: Value,
    min_lr: Floor,
    lr_warmup_steps: Length,
    lr_decay_steps: End,
    lr_decay_style: Literal["constant", "linear", "cosine", "inverse-square-root", "WSD"],
    wsd_decay_steps: Length | None = None,
    lr_wsd_decay_style: Literal["linear", "cosine", "exponential", "minus_sqrt"] | None = None,
    *,
    increment: Count = 1,
) -> Schedule:
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
    require(
        lr_warmup_steps < lr_decay_steps,
        call,
        f"lr_warmup_steps={lr_warmup_steps}) must be less than lr_decay_steps={lr_decay_steps}, which includes it.",
    )
    anneal, shape = _anneal(lr_decay_style, lr_warmup_steps, lr_decay_steps, wsd_decay_steps, lr_wsd_decay_style)
    # The inverse square root has its peak after one sample, if there is no warmup.
    first = max(lr_warmup_steps, 1) if lr_decay_style == "inverse-square-root" else lr_warmup_steps
    parts, (rise, end, last) = _counted((first, lr_decay_steps, anneal), increment)
    up = linear(init_lr if lr_warmup_steps > 0 else max_lr, max_lr, rise)
    if lr_decay_style == "inverse-square-root":
        curve = _in_updates(join([up, clamp_min(inverse_sqrt(max_lr, rise), min_lr)], [rise]), parts)
        return join([curve, min_lr], [end // parts + 1])
    level = join([up, constant(max_lr)], [rise])
    if lr_decay_style == "constant":
        return _in_updates(level, parts)
    if last == 0:
        return join([_in_updates(level, parts), min_lr], [end // parts + 1])
    return _in_updates(join([level, shape(max_lr, min_lr, last)], [end - last]), parts)


@translated
def OptimizerParamScheduler_weight_decay(
    start_wd: Floor,
    end_wd: Floor,
    wd_incr_steps: Length,
    wd_incr_style: Literal["constant", "linear", "cosine"],
    *,
    increment: Count = 1,
) -> Schedule:
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
        return constant(end_wd)
    require(
        wd_incr_steps > 0, call, f"wd_incr_steps={wd_incr_steps}) must be greater than 0; 'constant' has no length."
    )
    parts, (steps,) = _counted((wd_incr_steps,), increment)
    ramp = linear if wd_incr_style == "linear" else cosine
    return _in_updates(ramp(start_wd, end_wd, steps), parts)


def _anneal(style: str, warmup: Any, end: Any, steps: Any, shape: Any) -> tuple[Any, Callable[..., Schedule]]:
    """The length and the shape of the last decay."""
    if style != "WSD":
        return end - warmup, cosine if style == "cosine" else linear
    call = "OptimizerParamScheduler"
    require(steps is not None, call, "wsd_decay_steps=None) must be given with 'WSD'; it is the length of the decay.")
    require(
        warmup + steps <= end * (1 + ROUNDING),
        call,
        f"wsd_decay_steps={steps}) must be at most lr_decay_steps - lr_warmup_steps = {end - warmup}; "
        "the decay begins after the warmup.",
    )
    require(
        shape is not None, call, "lr_wsd_decay_style=None) must be given with 'WSD'; write lr_wsd_decay_style='linear'."
    )
    shapes = {"linear": linear, "cosine": cosine, "exponential": _halving, "minus_sqrt": one_minus_sqrt}
    return steps, shapes[shape]


def _halving(init_value: Value, end_value: Value, steps: Any) -> Schedule:
    """2 * 0.5**x - 1 between the values: half of an exponential decay, moved."""
    height = init_value - end_value
    if is_number(height) and height == 0:
        return constant(init_value)
    return add(exponential(2 * height, height, steps), end_value - height)


def _counted(times: tuple[Any, ...], increment: Any) -> tuple[int, list[int]]:
    """Samples as whole parts of an update, and the number of parts: 1 where all are whole updates."""
    updates = [Rational(time) / increment for time in times]
    if all(abs(time - round(time)) <= ROUNDING * time for time in updates):
        return 1, [round(time) for time in updates]
    parts = 2 ** max(FINE - round(max(updates)).bit_length(), 0)
    return parts, [round(time * parts) for time in updates]


def _in_updates(schedule: Schedule, parts: int) -> Schedule:
    return schedule if parts == 1 else stretch(schedule, 1 / parts)
