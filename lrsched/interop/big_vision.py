"""The schedules of big_vision, as compositions of the vocabulary."""

from typing import Annotated, Any, Literal

from ..combinators.arithmetic import multiply
from ..combinators.phases import warmup
from ..combinators.time import shift as moved
from ..core.checks import brief, positive, real, require
from ..core.libraries import is_number
from ..core.parameters import Boundaries, Duration, Kind, Number, Power, Value, Values
from ..core.schedule import Schedule
from ..runs.piecewise import piecewise_constant
from ..runs.warmups import warmup_cosine, warmup_linear, warmup_polynomial
from ..schedules.decays import inverse_sqrt
from ..schedules.ramps import linear
from .arguments import Count, Part, Whole, known, translated
from .curves import beyond

__all__ = ["create_learning_rate_schedule"]

CALL = "create_learning_rate_schedule"

Amount = Annotated[Number, Kind("Amount", "1", known(real("must be at least 0", lambda v: v >= 0, "give how much")))]
"""A number of examples, epochs or steps, 0 or more."""
Size = Annotated[Number, Kind("Size", "1", known(positive("give how many examples")))]
"""A number of examples, greater than 0."""


@translated
def create_learning_rate_schedule(
    total_steps: Count,
    batch_size: Size | None = None,
    data_size: Size | None = None,
    base: Value = 1.0,
    decay_type: Literal["linear", "polynomial", "cosine", "rsqrt", "stair"] = "stair",
    scale_with_batchsize: bool = False,
    warmup_steps: Whole | None = None,
    warmup_examples: Amount | None = None,
    warmup_epochs: Amount | None = None,
    warmup_percent: Part | None = None,
    cooldown_steps: Whole | None = None,
    cooldown_examples: Amount | None = None,
    cooldown_epochs: Amount | None = None,
    cooldown_percent: Part | None = None,
    power: Power = 1.0,
    end: Value | None = None,
    linear_end: Value = 0.0,
    timescale: Duration = 10_000,
    timescale_examples: Duration | None = None,
    shift: Amount = 0.0,
    steps: Boundaries = (),
    mults: Values = (),
    *,
    exact_tail: bool = False,
) -> Schedule:
    """A decay, times a warmup from 0, times a cooldown to 0.

        s(t) = d(t) * min(1, t/W) * min(1, (T - t)/C)
        linear, polynomial    d = end + (base - end) * (1 - x)**power,    x = (t - W)/(T - W), held at 0 and at 1
        cosine                d = base * (1 + cos(pi*x))/2
        rsqrt                 d = base/sqrt(1 + (max(0, t - W) + shift)/timescale)
        stair                 d = base * mults[i] from step steps[i] on: each a part of `base`, not of the one before

    with T = total_steps, and the lengths W and C of the warmup and of the cooldown. It is `warmup_linear`,
    `warmup_cosine` and so on; a cooldown is one more factor, a `linear`. The formula sees the step from 0: s(t) is the
    rate of update t. Past T the linear and cosine decays are held by both; where there is a cooldown, big_vision's
    values fall below zero, and lrsched holds 0. big_vision computes in float32.

    Args:
        total_steps: the length of the run (steps), 1 or more.
        batch_size: the examples of an update; asked for where something is in examples or epochs.
        data_size: the examples of an epoch.
        base: the value after the warmup (a rate).
        decay_type: the decay.
        scale_with_batchsize: whether `base` is for a batch of 256, and scaled.
        warmup_steps, warmup_examples, warmup_epochs, warmup_percent: the length of the warmup: one of these, or none;
            a part of a step is rounded half to even, but to 1 at least. A percent is a part of the run (1).
        cooldown_steps, cooldown_examples, cooldown_epochs, cooldown_percent: the same of the cooldown.
        power: the exponent of "linear" and "polynomial" (1).
        end: their floor (a rate); `linear_end` is an older name.
        linear_end: the same.
        timescale: the time of "rsqrt" (steps).
        timescale_examples: the same in examples.
        shift: how much further the time of "rsqrt" is (steps).
        steps: the first steps of the stairs (steps), rising.
        mults: the factors of the stairs (1).
        exact_tail: whether the cooldown falls on past T as in big_vision, for 2**29 steps at least.

    Raises ValueError or TypeError for what big_vision refuses (two lengths of one phase, a percent outside 0 to 1, a
    warmup that does not end before the run, an unknown decay), and for what it takes and gets wrong: steps that do not
    rise or do not match their factors, a length in examples or epochs without what an update and an epoch have.

    Source: google-research/big_vision, `big_vision/utils.py`.

    >>> create_learning_rate_schedule(12, base=1.0, decay_type="cosine", warmup_steps=4)
    warmup_cosine(1.0, 4, 12)
    >>> s = create_learning_rate_schedule(20, decay_type="stair", warmup_steps=4, cooldown_steps=6)
    >>> [round(s(t), 3) for t in (0, 1, 4, 14, 15, 18, 20, 21)]
    [0.0, 0.25, 1.0, 1.0, 0.833, 0.333, 0.0, 0.0]
    """
    rise = _steps(
        "warmup", total_steps, batch_size, data_size, warmup_steps, warmup_examples, warmup_epochs, warmup_percent
    )
    fall = _steps(
        "cooldown",
        total_steps,
        batch_size,
        data_size,
        cooldown_steps,
        cooldown_examples,
        cooldown_epochs,
        cooldown_percent,
    )
    require(
        rise < total_steps,
        CALL,
        f"total_steps={total_steps}) must be greater than the warmup of {rise} steps, which it includes.",
    )
    if scale_with_batchsize:
        base = base * _given("batch_size", batch_size, "scale_with_batchsize") / 256.0
    if decay_type == "cosine":
        curve = warmup_cosine(base, rise, total_steps)
    elif decay_type == "rsqrt":
        if timescale_examples is not None:
            timescale = timescale_examples / _given("batch_size", batch_size, "timescale_examples")
        # base/sqrt(1 + (t + shift)/timescale), which is one of another peak and another timescale.
        decay = inverse_sqrt(base / (1 + shift / timescale) ** 0.5, timescale + shift)
        curve = warmup(decay, rise) if rise else decay
    elif decay_type == "stair":
        require(
            len(steps) == len(mults),
            CALL,
            f"mults={brief(list(mults))}) must be as long as steps, of length {len(steps)}; each is a part of base.",
        )
        stairs = piecewise_constant([base, *(base * factor for factor in mults)], steps)
        curve = multiply(stairs, linear(0.0, 1.0, rise)) if rise else stairs
    else:
        floor = linear_end if end is None else end
        straight = is_number(power) and power == 1
        curve = (
            warmup_linear(base, rise, total_steps, end_value=floor)
            if straight
            else warmup_polynomial(base, rise, total_steps, end_value=floor, power=power)
        )
    if fall == 0:
        return curve
    factor = beyond(linear, 1.0, 0.0, fall) if exact_tail else linear(1.0, 0.0, fall)
    return multiply(curve, moved(factor, fall - total_steps))


def _steps(phase: str, total: int, batch: Any, data: Any, steps: Any, examples: Any, epochs: Any, percent: Any) -> int:
    """The length of a phase in steps, from the one way in which it is given."""
    given = {"steps": steps, "examples": examples, "epochs": epochs, "percent": percent}
    names = [f"{phase}_{name}" for name, value in given.items() if value is not None]
    require(len(names) <= 1, CALL, f"{', '.join(names)}) must not be given together; keep {(names or [''])[0]}.")
    if steps is not None or not names:
        return steps or 0
    if examples is not None:
        length = examples / _given("batch_size", batch, names[0])
    elif epochs is not None:
        length = epochs * (_given("data_size", data, names[0]) / _given("batch_size", batch, names[0]))
    else:
        length = percent * total
    return max(1, round(length)) if length else 0


def _given(name: str, size: Any, reason: str) -> Any:
    require(size is not None, CALL, f"{name}=None) must be given with {reason}; it converts examples to steps.")
    return size
