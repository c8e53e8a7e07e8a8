"""A phase before or after a schedule: warmup and cooldown."""

from typing import Any

from ..arrays.libraries import is_number
from ..checks import brief, require
from ..core.decorators import branch, composition
from ..core.parameters import Child, Ramp, Steps, Value
from ..core.ramp_choice import as_ramp
from ..core.schedule import Schedule
from ..schedules.ramps import linear
from .join import join

__all__ = ["cooldown", "warmup"]


def _value_at(child: Any, step: Any) -> Any:
    return child(step) if callable(child) else child


@composition
def warmup(schedule: Child, steps: Steps, *, init_value: Value = 0.0, ramp: Ramp = linear) -> Schedule:
    """A ramp from `init_value` to the first value of a schedule, then the schedule from its own step 0.

        s(t) = ramp(init_value, schedule(0), steps)(t)    for t < steps
        s(t) = schedule(t - steps)                        for t >= steps

    It is `join([ramp(init_value, schedule(0), steps), schedule], [steps])`: no step of the schedule is skipped or
    repeated, and at step `steps` the value is exactly `schedule(0)`.

    Args:
        schedule: the schedule after the warmup (a schedule, callable or number).
        steps: the length of the warmup (steps), 0 or more.
        init_value: the value at step 0 (a rate).
        ramp: the shape of the warmup: `linear`, `cosine`, `exponential` ... .

    Source: Goyal et al. 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677, section 2.2 ("gradual warmup").

    >>> from lrsched import step_decay
    >>> s = warmup(step_decay(1.0, 0.5, 3), 2)
    >>> [s(t) for t in range(7)]
    [0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.5]
    """
    return join([as_ramp(ramp)(init_value, _value_at(schedule, 0), steps), schedule], [steps])


@branch(past="schedule", start="start")
def cooldown(schedule: Child, start: Steps, steps: Steps, *, end_value: Value = 0.0, ramp: Ramp = linear) -> Schedule:
    """A schedule until `start`, then a ramp from its value there to `end_value`: end a run, or a branch of it, early.

        s(t) = schedule(t)                                               for t < start
        s(t) = ramp(schedule(start), end_value, steps)(t - start)        for t >= start

    It is `join([schedule, ramp(schedule(start), end_value, steps)], [start])`: the past is unchanged to the last bit,
    and the ramp begins at exactly `schedule(start)`.

    Args:
        schedule: the schedule until `start` (a schedule, callable or number).
        start: the first step of the ramp (steps), 0 or more.
        steps: the length of the ramp (steps), 0 or more.
        end_value: the value at step `start + steps` and after (a rate).
        ramp: the shape: `linear`, `one_minus_sqrt`, `cosine` ... .

    Raises ValueError for a start past the end of a decay, such as that of `warmup_cosine`.

    Source: Haegele et al. 2024, arXiv:2405.18392, section 3; Hu et al. 2024, MiniCPM, arXiv:2404.06395, section 4.

    >>> from lrsched import inverse_sqrt
    >>> s = cooldown(inverse_sqrt(1.0, 1), 3, 2)
    >>> [round(s(t), 6) for t in range(6)]
    [1.0, 0.707107, 0.57735, 0.5, 0.25, 0.0]
    """
    _refuse_start_past_the_end(schedule, start)
    return join([schedule, as_ramp(ramp)(_value_at(schedule, start), end_value, steps)], [start])


def _refuse_start_past_the_end(schedule: Any, start: Any) -> None:
    """A decay that is over has nothing left to cool down; a constant or a stair that is held as a piece of its own has.

    A last piece that is held begins at the length, and a last ramp ends there.
    """
    if not isinstance(schedule, Schedule) or schedule.traced():
        return
    length = schedule.length
    if not is_number(length) or length == 0 or length in schedule.boundaries:
        return
    last, begin = schedule(length), max((step for step in schedule.boundaries if step < length), default=0)
    require(
        start <= length or last >= schedule(begin),
        "cooldown",
        f"start={start}) must be at most {length}, where {brief(schedule)} ends and then stays at {last:.4g}; "
        "start the cooldown before the decay is over.",
    )
