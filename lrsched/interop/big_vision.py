"""The schedules of big_vision, as compositions of the vocabulary."""

from functools import partial
from typing import Annotated, Any, Literal, TypedDict, Unpack

from ..arrays.libraries import is_number
from ..checks import brief, positive, require
from ..core.parameters import Boundaries, Duration, Kind, Number, Power, Value, Values
from . import vocabulary as lrs
from .arguments import Amount, Count, Part, Whole, known
from .calls import needed, one_of, room, translated

CALL = "create_learning_rate_schedule"

Size = Annotated[Number, Kind("Size", "1", known(positive("give how many examples")))]
"""A number of examples, greater than 0."""


class Phases(TypedDict, total=False):
    """The lengths of two phases, each given in one way or not at all."""

    warmup_steps: Whole | None
    warmup_examples: Amount | None
    warmup_epochs: Amount | None
    warmup_percent: Part | None
    cooldown_steps: Whole | None
    cooldown_examples: Amount | None
    cooldown_epochs: Amount | None
    cooldown_percent: Part | None


@translated
def create_learning_rate_schedule(
    total_steps: Count,
    batch_size: Size | None = None,
    data_size: Size | None = None,
    base: Value = 1.0,
    decay_type: Literal["linear", "polynomial", "cosine", "rsqrt", "stair"] = "stair",
    scale_with_batchsize: bool = False,
    power: Power = 1.0,
    end: Value | None = None,
    linear_end: Value = 0.0,
    timescale: Duration = 10_000,
    timescale_examples: Duration | None = None,
    shift: Amount = 0.0,
    steps: Boundaries = (),
    mults: Values = (),
    **phases: Unpack[Phases],
) -> lrs.Schedule:
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
    given = {**phases, "batch_size": batch_size, "data_size": data_size}
    rise, fall = (_steps(phase, total_steps, given) for phase in ("warmup", "cooldown"))
    room(CALL, strict=True, total_steps=total_steps, warmup_steps=rise)
    if scale_with_batchsize:
        base = base * _size("batch_size", given) / 256.0
    if decay_type == "cosine":
        curve = lrs.warmup_cosine(base, rise, total_steps)
    elif decay_type == "rsqrt":
        if timescale_examples is not None:
            timescale = timescale_examples / _size("batch_size", given)
        # base/sqrt(1 + (t + shift)/timescale), which is one of another peak and another timescale.
        decay = lrs.inverse_sqrt(base / (1 + shift / timescale) ** 0.5, timescale + shift)
        curve = lrs.warmup(decay, rise) if rise else decay
    elif decay_type == "stair":
        demand = f"must be as long as steps, of length {len(steps)}; each is a part of base."
        require(len(steps) == len(mults), CALL, f"mults={brief(list(mults))}) {demand}")
        stairs = lrs.piecewise_constant([base, *(base * factor for factor in mults)], steps)
        curve = lrs.multiply(stairs, lrs.linear(0.0, 1.0, rise)) if rise else stairs
    else:
        floor = linear_end if end is None else end
        ramp = lrs.warmup_linear if is_number(power) and power == 1 else partial(lrs.warmup_polynomial, power=power)
        curve = ramp(base, rise, total_steps, end_value=floor)
    if fall == 0:
        return curve
    return lrs.multiply(curve, lrs.shift(lrs.linear(1.0, 0.0, fall), fall - total_steps))


def _steps(phase: str, total: int, sizes: Any) -> int:
    """The length of a phase, in one of four units, or 0."""
    given = {f"{phase}_{unit}": sizes.get(f"{phase}_{unit}") for unit in ("steps", "examples", "epochs", "percent")}
    name = one_of(CALL, optional=True, **given)
    if name in ("", f"{phase}_steps"):
        return given[name] if name else 0
    if name.endswith("percent"):
        return max(1, round(given[name] * total)) if given[name] else 0
    examples = given[name] * (_size("data_size", sizes) if name.endswith("epochs") else 1)
    return max(1, round(examples / _size("batch_size", sizes))) if examples else 0


def _size(name: str, sizes: Any) -> Any:
    needed(CALL, "it converts examples to steps", **{name: sizes.get(name)})
    return sizes[name]
