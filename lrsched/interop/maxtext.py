"""The schedule of MaxText, as a composition of the vocabulary."""

from typing import Literal

from ..checks import require
from ..core.parameters import Factor, Value
from . import vocabulary as lrs
from .arguments import Count, Part
from .calls import room, translated
from .curves import RAMPS


@translated
def create_learning_rate_schedule(
    steps: Count,
    learning_rate: Value = 3e-5,
    learning_rate_schedule_steps: Count | None = None,
    lr_schedule_type: Literal["cosine", "wsd"] = "cosine",
    learning_rate_final_fraction: Factor = 0.1,
    wsd_decay_steps_fraction: Part = 0.1,
    wsd_decay_style: Literal["linear", "cosine"] = "linear",
    warmup_steps_fraction: Part = 0.1,
) -> lrs.Schedule:
    """The rate of MaxText: a warmup from 0, then a cosine, or the peak and a decay, and 0 for the rest of the run.

    The arguments are those of its configuration; a `learning_rate_schedule_steps` of None is its -1, the length of the
    run. Fractions are cut off to steps. The last step of the schedule is at `learning_rate_final_fraction` of the peak:
    the decays are one step shorter than their fractions say. s(t) is the rate of update t; MaxText computes in float32.

    Raises ValueError or TypeError for fractions that leave no step to the decay.

    Source: AI-Hypercomputer/maxtext, `src/maxtext/utils/maxtext_utils.py`.

    >>> create_learning_rate_schedule(1_000, 3e-4)
    warmup_cosine(0.0003, 100, 999, end_value=2.9999999999999997e-05)
    >>> create_learning_rate_schedule(1_200, 3e-4, 1_000, "wsd")
    join([wsd(0.0003, 100, 999, 99, end_value=2.9999999999999997e-05), 0.0], [1000])
    """
    call, total = "create_learning_rate_schedule", learning_rate_schedule_steps or steps
    floor, rise = learning_rate * learning_rate_final_fraction, int(total * warmup_steps_fraction)
    fall = total - rise if lr_schedule_type == "cosine" else int(total * wsd_decay_steps_fraction)
    require(fall > 0, call, f"learning_rate_schedule_steps={total}) must leave a step to the decay; make it longer.")
    room(call, learning_rate_schedule_steps=total, warmup_and_decay=rise + fall)
    if lr_schedule_type == "cosine":
        run = lrs.warmup_cosine(learning_rate, rise, total - 1, end_value=floor)
    else:
        shape = RAMPS[wsd_decay_style]
        run = lrs.wsd(learning_rate, rise, total - 1, fall - 1, end_value=floor, decay=shape)
    return lrs.join([run, 0.0], [total]) if total < steps else run
