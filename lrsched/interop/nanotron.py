"""The schedule of nanotron, as a composition of the vocabulary."""

from typing import Literal

from ..core.parameters import Value
from . import vocabulary as lrs
from .arguments import Whole
from .calls import needed, room, translated
from .curves import RAMPS


@translated
def lr_scheduler_builder(
    learning_rate: Value,
    lr_warmup_steps: Whole = 0,
    lr_warmup_style: Literal["linear", "constant"] = "linear",
    lr_decay_style: Literal["linear", "cosine", "1-sqrt"] = "linear",
    lr_decay_steps: Whole | None = None,
    lr_decay_starting_step: Whole | None = None,
    min_decay_lr: Value | None = None,
    *,
    total_training_steps: Whole,
) -> lrs.Schedule:
    """The rate of nanotron's `LRSchedulerArgs`: a warmup from 0, the peak, and a decay to `min_decay_lr`, then held.

    The arguments are the fields of `LRSchedulerArgs`; `total_training_steps` is `train_steps`. The decay begins after
    the warmup unless `lr_decay_starting_step` says otherwise, and takes the rest of the run unless `lr_decay_steps`
    does. Without `min_decay_lr` the rate stays at the peak. s(t) is the rate of update t. Without a warmup nanotron's
    first update has the rate 0, and so it has here.

    Raises ValueError or TypeError for a decay that begins before the end of the warmup, a warmup and a decay that do
    not fit the run, and a start of the decay without its length, for which nanotron takes the warmup off twice.

    Source: huggingface/nanotron, `src/nanotron/helpers.py`.

    >>> lr_scheduler_builder(3e-4, 100, lr_decay_style="cosine", min_decay_lr=3e-5, total_training_steps=1_000)
    wsd(0.0003, 100, 1000, 900, end_value=3e-05, decay=cosine)
    """
    call, rise = "lr_scheduler_builder", lr_warmup_steps
    start = rise if lr_decay_starting_step is None else lr_decay_starting_step
    if lr_decay_starting_step is not None:
        needed(call, "or leave out lr_decay_starting_step", lr_decay_steps=lr_decay_steps)
    room(call, lr_decay_starting_step=start, lr_warmup_steps=rise)
    room(call, total_training_steps=total_training_steps, lr_warmup_steps=rise)
    fall = total_training_steps - rise if lr_decay_steps is None else lr_decay_steps
    first = 0.0 if lr_warmup_style == "linear" else learning_rate
    floor = learning_rate if min_decay_lr is None else min_decay_lr
    ramp = RAMPS[lr_decay_style]
    run = lrs.wsd(learning_rate, rise, start + fall, fall, init_value=first, end_value=floor, decay=ramp)
    return lrs.join([0.0, lrs.shift(run, 1)], [1]) if rise == 0 and first == 0 else run
