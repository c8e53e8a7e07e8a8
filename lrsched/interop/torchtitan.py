"""The schedule of torchtitan, as a composition of the vocabulary."""

from typing import Literal

from ..checks import require
from ..core.parameters import Fraction, Value
from . import vocabulary as lrs
from .arguments import Count, Part, Whole
from .calls import room, translated
from .curves import RAMPS, beyond


@translated
def build_lr_schedulers(
    base_lr: Value,
    training_steps: Count,
    warmup_steps: Whole = 200,
    decay_ratio: Part | None = None,
    decay_type: Literal["linear", "sqrt", "cosine"] = "linear",
    min_lr_factor: Fraction = 0.0,
    *,
    total_steps: Count | None = None,
    exact_tail: bool = False,
) -> lrs.Schedule:
    """The warmup, plateau and decay of torchtitan: the last update of the warmup is at the peak already.

        s(t) = base_lr * (t + 1)/warmup_steps                                  for t < warmup_steps
        s(t) = base_lr                                                         up to t = T - D
        s(t) = base_lr * (min_lr_factor + (1 - min_lr_factor) * c)             after it, x = (t - (T - D))/D
        c = 1 - x (linear), 1 - sqrt(x) (sqrt), (1 + cos(pi*x))/2 (cosine)

    T is `training_steps`, or `total_steps` where it is given, and D is T*decay_ratio rounded (half to even), or all
    that the warmup leaves. It is `wsd` with a warmup of `warmup_steps - 1` steps from `base_lr/warmup_steps`.
    torchtitan steps after the update: s(t) is the rate of update t, and the floor would be that of update T. Past T
    lrsched holds the floor, unless `exact_tail=True`; torchtitan's values fall below zero there, or rise again.

    Args:
        base_lr: the peak, `lr` of the optimizer (a rate).
        training_steps: the updates of the run (steps).
        warmup_steps: the length of the warmup (steps).
        decay_ratio: the part of the run that decays (1).
        decay_type: the shape of the decay.
        min_lr_factor: the floor, as a part of `base_lr` (1).
        total_steps: the length of the schedule, where it is not that of the run (steps).
        exact_tail: whether the decay goes on past T as it does in torchtitan, for 2**29 steps at least.

    Raises ValueError or TypeError for a ratio outside 0 to 1, an unknown decay, and a warmup and a decay that do not
    fit the run, which torchtitan shortens with a warning.

    Source: pytorch/torchtitan, `torchtitan/components/optimizer/lr_scheduler.py`.

    >>> s = build_lr_schedulers(1.0, 20, warmup_steps=4, decay_ratio=0.3, min_lr_factor=0.1)
    >>> s
    wsd(1.0, 3, 20, 6, init_value=0.25, end_value=0.1)
    >>> [round(s(t), 3) for t in (0, 1, 3, 14, 15, 18, 20, 30)]
    [0.25, 0.5, 1.0, 1.0, 0.85, 0.4, 0.1, 0.1]
    """
    call, total = "build_lr_schedulers", total_steps or training_steps
    room(call, training_steps=total, warmup_steps=warmup_steps)
    decay = total - warmup_steps if decay_ratio is None else round(total * decay_ratio)
    has_room = warmup_steps + decay <= total
    require(has_room, call, f"decay_ratio={decay_ratio}) must leave {warmup_steps} steps to the warmup; shorten one.")
    rise, first = max(warmup_steps - 1, 0), base_lr / max(warmup_steps, 1)
    if decay == 0:
        require(not exact_tail, call, "exact_tail=True) must have a decay; torchtitan raises an error past the end.")
        return lrs.warmup_constant(base_lr, rise, init_value=first)
    ramp, floor = RAMPS[decay_type], base_lr * min_lr_factor
    if exact_tail:
        warm = lrs.warmup_constant(base_lr, rise, init_value=first)
        return lrs.join([warm, beyond(ramp, base_lr, floor, decay)], [total - decay])
    return lrs.wsd(base_lr, rise, total, decay, init_value=first if rise else 0.0, end_value=floor, decay=ramp)
