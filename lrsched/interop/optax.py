"""The schedules of optax, by its names and with its arguments, as schedules of lrsched.

The values are those of optax at every step, and where a schedule has an end both hold. optax ignores some arguments
that make no sense, or gives a curve that they do not describe; they are refused here, as negative lengths and
boundaries are, and lengths with a fraction where steps are counted from there on.
"""

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise
from typing import Annotated, Any, Literal, cast

from ..arrays.libraries import is_number
from ..checks import brief, require
from ..core.parameters import Children, Fraction, Positive, Value
from . import vocabulary as lrs
from .arguments import DecayRate, Exponent, Length, LengthOr0, Scales, Starts, Whole, instance, listed
from .calls import room, translated
from .curves import RAMPS, bent, delayed, half_wave

Cycle = instance(Mapping, "warmup_cosine_decay_schedule takes its arguments")
Cycles = Annotated[Iterable[Mapping[str, Any]], listed(Cycle, "write [{...}, {...}]")]
"""The arguments of calls, one after another."""


def _knots(init_value: Any, scales: Iterable[tuple[int, Any]]) -> tuple[list[Any], list[int]]:
    """The values at step 0 and at the boundaries, multiplied up, and the boundaries; a scale at step 0 is the start."""
    values, boundaries = [init_value], list[int]()
    for step, factor in scales:
        values.append(values[-1] * factor)
        boundaries.append(step)
    return (values[1:], boundaries[1:]) if boundaries[:1] == [0] else (values, boundaries)


# The schedules.


@translated
def constant_schedule(value: Value) -> lrs.Schedule:
    """The same value at every step.

    It is `constant(value)`.

    Args:
        value: the value (a rate).

    Raises ValueError or TypeError for a value that is not a finite number.

    Source: optax `constant_schedule`.

    >>> constant_schedule(0.1)
    constant(0.1)
    """
    return lrs.constant(value)


@translated
def polynomial_schedule(
    init_value: Value, end_value: Value, power: Exponent, transition_steps: LengthOr0, transition_begin: Whole = 0
) -> lrs.Schedule:
    """A power of the time that is left, from `init_value` to `end_value`.

        s(t) = end_value + (init_value - end_value) * (1 - x)**power,    x = (t - transition_begin)/transition_steps

    It is `polynomial(init_value, end_value, transition_steps, power)`, and `linear` for power 1, shifted by
    `-transition_begin`.

    Args:
        init_value: the value until step `transition_begin` (a rate).
        end_value: the value from step `transition_begin + transition_steps` on (a rate).
        power: the exponent (1), 0 or more. 0 stays at `init_value`.
        transition_steps: the length (steps). 0 stays at `init_value`, as it does in optax.
        transition_begin: how long to wait at first (steps), 0 or more.

    Raises ValueError or TypeError for a negative length, which optax takes for 0, and a value that is not a finite
    number.

    Source: optax `polynomial_schedule`.

    >>> polynomial_schedule(init_value=1.0, end_value=0.0, power=2, transition_steps=100, transition_begin=10)
    shift(polynomial(1.0, 0.0, 100), -10)
    """
    if transition_steps == 0:
        return lrs.constant(init_value)
    return delayed(bent(init_value, end_value, transition_steps, power), transition_begin)


@translated
def linear_schedule(
    init_value: Value, end_value: Value, transition_steps: LengthOr0, transition_begin: Whole = 0
) -> lrs.Schedule:
    """A straight line from `init_value` to `end_value`.

        s(t) = init_value + (end_value - init_value) * x,    x = (t - transition_begin)/transition_steps

    It is `linear(init_value, end_value, transition_steps)`, shifted by `-transition_begin`.

    Args:
        init_value: the value until step `transition_begin` (a rate).
        end_value: the value from step `transition_begin + transition_steps` on (a rate).
        transition_steps: the length (steps). 0 stays at `init_value`, as it does in optax.
        transition_begin: how long to wait at first (steps), 0 or more.

    Raises ValueError or TypeError for a negative length, which optax takes for 0, and a value that is not a finite
    number.

    Source: optax `linear_schedule`.

    >>> linear_schedule(init_value=1.0, end_value=0.0, transition_steps=100)
    linear(1.0, 0.0, 100)
    """
    return polynomial_schedule(init_value, end_value, 1, transition_steps, transition_begin)


@translated
def piecewise_constant_schedule(init_value: Value, boundaries_and_scales: Scales | None = None) -> lrs.Schedule:
    """A value that is multiplied at every boundary.

        s(t) = init_value * the product of the scales of all boundaries <= t

    It is `piecewise_constant(values, boundaries)` with the values multiplied up.

    Args:
        init_value: the value before the first boundary (a rate).
        boundaries_and_scales: the factors (1), 0 or more, by the step at which each is applied (steps), 0 or more, in
            any order.

    Raises ValueError or TypeError for a negative scale or boundary, and a value that is not a finite number.

    Source: optax `piecewise_constant_schedule`.

    >>> piecewise_constant_schedule(init_value=1.0, boundaries_and_scales={100: 0.5, 200: 0.5})
    piecewise_constant([1.0, 0.5, 0.25], [100, 200])
    """
    values, boundaries = _knots(init_value, cast(Any, boundaries_and_scales or ()))
    return lrs.piecewise_constant(values, boundaries)


@translated
def exponential_decay(
    init_value: Value,
    transition_steps: LengthOr0,
    decay_rate: DecayRate,
    transition_begin: Whole = 0,
    staircase: bool = False,
    end_value: Value | None = None,
) -> lrs.Schedule:
    """A factor `decay_rate` for every `transition_steps` steps, down or up to `end_value`.

        s(t) = init_value * decay_rate**x,    x = (t - transition_begin)/transition_steps, its floor with `staircase`

    It is `lrsched.exponential_decay(init_value, decay_rate, transition_steps, staircase)`, shifted by
    `-transition_begin`, with `clamp_min` or, for a rate of 1 and more, `clamp_max` at `end_value`.

    Args:
        init_value: the value until step `transition_begin` (a rate).
        transition_steps: the steps after which the factor has been applied once (steps). 0 stays at `init_value`, as
            it does in optax.
        decay_rate: the factor (1), 0 or more. 0 stays at `init_value`, as it does in optax.
        transition_begin: how long to wait at first (steps), 0 or more.
        staircase: whether the value falls at once after every `transition_steps`.
        end_value: the least value, or the greatest for a rate of 1 and more (a rate); none unless given.

    Raises ValueError or TypeError for a negative length, which optax takes for 0, a negative rate, which optax makes
    NaN, and a value that is not a finite number.

    Source: optax `exponential_decay`.

    >>> exponential_decay(init_value=1.0, transition_steps=100, decay_rate=0.5, end_value=0.1)
    clamp_min(exponential_decay(1.0, 0.5, decay_steps=100), 0.1)
    """
    if transition_steps == 0 or decay_rate == 0:
        return lrs.constant(init_value)
    falls = lrs.exponential_decay(init_value, decay_rate, decay_steps=transition_steps, staircase=staircase)
    schedule = delayed(falls, transition_begin)
    if end_value is None:
        return schedule
    return lrs.clamp_min(schedule, end_value) if decay_rate < 1 else lrs.clamp_max(schedule, end_value)


@translated
def cosine_decay_schedule(
    init_value: Value, decay_steps: Length, alpha: Value = 0.0, exponent: Exponent = 1.0
) -> lrs.Schedule:
    """Half a cosine wave from `init_value` to `alpha` times as much.

        s(t) = init_value * ((1 - alpha) * ((1 + cos(pi*x))/2)**exponent + alpha),    x = t/decay_steps

    It is `cosine(init_value, alpha*init_value, decay_steps)`, or `cosine_power` with another exponent.

    Args:
        init_value: the value at step 0 (a rate).
        decay_steps: the length (steps), greater than 0.
        alpha: the value from step `decay_steps` on over `init_value` (1).
        exponent: the power of the wave (1), 0 or more. 0 stays at `init_value`.

    Raises ValueError or TypeError for a length that is not greater than 0, and a value that is not a finite number.

    Source: optax `cosine_decay_schedule`.

    >>> cosine_decay_schedule(init_value=0.5, decay_steps=100, alpha=0.1)
    cosine(0.5, 0.05, 100)
    >>> cosine_decay_schedule(init_value=1.0, decay_steps=100, exponent=2.0)
    cosine_power(1.0, 0.0, 100)
    """
    return half_wave(init_value, alpha * init_value, decay_steps, exponent)


@translated
def piecewise_interpolate_schedule(
    interpolate_type: Literal["linear", "cosine"], init_value: Value, boundaries_and_scales: Scales | None = None
) -> lrs.Schedule:
    """A ramp from boundary to boundary, the value being multiplied at each.

        s(0) = init_value,    s(b) = init_value * the product of the scales of all boundaries <= b

    It is `piecewise_interpolate(values, boundaries, ramp)` with the values multiplied up.

    Args:
        interpolate_type: the shape of all ramps.
        init_value: the value at step 0 (a rate).
        boundaries_and_scales: the factors (1), 0 or more, by the step at which each is reached (steps), 0 or more, in
            any order; from the last boundary on the value holds.

    Raises ValueError or TypeError for another type, a negative scale or boundary, and a value that is not a finite
    number.

    Source: optax `piecewise_interpolate_schedule`.

    >>> piecewise_interpolate_schedule("linear", init_value=1.0, boundaries_and_scales={100: 0.5, 200: 0.5})
    piecewise_interpolate([1.0, 0.5, 0.25], [100, 200])
    """
    values, boundaries = _knots(init_value, cast(Any, boundaries_and_scales or ()))
    return lrs.piecewise_interpolate(values, boundaries, ramp=RAMPS[interpolate_type])


@translated
def linear_onecycle_schedule(
    transition_steps: Whole,
    peak_value: Value,
    pct_start: Fraction = 0.3,
    pct_final: Fraction = 0.85,
    div_factor: Positive = 25.0,
    final_div_factor: Positive = 1e4,
) -> lrs.Schedule:
    """Three straight lines: up to the peak, down to where it began, and down to nearly nothing.

        peak_value/div_factor  ->  peak_value  ->  peak_value/div_factor  ->  peak_value/div_factor/final_div_factor

    It is `piecewise_interpolate` of these values, with the boundaries `int(pct_start*transition_steps)`,
    `int(pct_final*transition_steps)` and `transition_steps`.

    Args:
        transition_steps: the length of the whole (steps), 1 or more.
        peak_value: the value at the peak (a rate).
        pct_start: the part of the run that rises (1), between 0 and 1; 0 begins at the peak.
        pct_final: the part of the run after which the second line ends (1), between `pct_start` and 1.
        div_factor: the peak over the first value (1), greater than 0.
        final_div_factor: the first value over the last (1), greater than 0.

    Raises ValueError or TypeError for a run too short for a step of each of the last two lines, of which optax makes
    another curve, a fraction outside 0 to 1, a factor that is not greater than 0, and a value that is not a finite
    number.

    Source: optax `linear_onecycle_schedule`.

    >>> linear_onecycle_schedule(transition_steps=100, peak_value=1.0, final_div_factor=100.0)
    piecewise_interpolate([0.04, 1.0, 0.04, 0.0004], [30, 85, 100])
    """
    first = peak_value / div_factor
    boundaries = [int(cast(Any, pct) * transition_steps) for pct in (pct_start, pct_final, 1)]
    _require_phases("linear_onecycle_schedule", boundaries)
    scales = zip(boundaries, (div_factor, 1 / div_factor, 1 / final_div_factor), strict=True)
    return lrs.piecewise_interpolate(*_knots(first, scales))


@translated
def cosine_onecycle_schedule(
    transition_steps: Whole,
    peak_value: Value,
    pct_start: Fraction = 0.3,
    div_factor: Positive = 25.0,
    final_div_factor: Positive = 1e4,
) -> lrs.Schedule:
    """Two half cosine waves: up to the peak and down to nearly nothing.

        peak_value/div_factor  ->  peak_value  ->  peak_value/div_factor/final_div_factor

    It is `piecewise_interpolate` of these values, with the boundaries `int(pct_start*transition_steps)` and
    `transition_steps`. `lrsched.one_cycle` rounds the first to the nearest step.

    Args:
        transition_steps: the length of the whole (steps), 1 or more.
        peak_value: the value at the peak (a rate).
        pct_start: the part of the run that rises (1), at least 0 and less than 1; 0 begins at the peak.
        div_factor: the peak over the first value (1), greater than 0.
        final_div_factor: the first value over the last (1), greater than 0.

    Raises ValueError or TypeError for a fall of no steps, of which optax makes another curve, a fraction outside 0 to
    1, a factor that is not greater than 0, and a value that is not a finite number.

    Source: optax `cosine_onecycle_schedule`.

    >>> cosine_onecycle_schedule(transition_steps=100, peak_value=1.0, final_div_factor=100.0)
    piecewise_interpolate([0.04, 1.0, 0.0004], [30, 100], ramp=cosine)
    """
    first = peak_value / div_factor
    boundaries = [int(cast(Any, pct) * transition_steps) for pct in (pct_start, 1)]
    _require_phases("cosine_onecycle_schedule", boundaries)
    scales = zip(boundaries, (div_factor, 1 / (div_factor * final_div_factor)), strict=True)
    return lrs.piecewise_interpolate(*_knots(first, scales), ramp=lrs.cosine)


def _require_phases(call: str, ends: list[int]) -> None:
    rise, given = all(end < after for end, after in pairwise(ends)), f"transition_steps={ends[-1]})"
    demand = f"must leave a step for each phase after the first, and they end at steps {', '.join(map(str, ends))}"
    require(rise, call, f"{given} {demand}; make the run longer or move the fractions apart.")


@translated
def warmup_constant_schedule(init_value: Value, peak_value: Value, warmup_steps: LengthOr0) -> lrs.Schedule:
    """Linear warmup, then the peak for ever.

    It is `linear(init_value, peak_value, warmup_steps)`.

    Args:
        init_value: the value at step 0 (a rate).
        peak_value: the value from step `warmup_steps` on (a rate).
        warmup_steps: the length of the warmup (steps). 0 stays at `init_value` for ever, as it does in optax.

    Raises ValueError or TypeError for a negative length, which optax takes for 0, and a value that is not a finite
    number.

    Source: optax `warmup_constant_schedule`.

    >>> warmup_constant_schedule(init_value=0.0, peak_value=1.0, warmup_steps=100)
    linear(0.0, 1.0, 100)
    """
    return linear_schedule(init_value, peak_value, warmup_steps)


@translated
def warmup_cosine_decay_schedule(
    init_value: Value,
    peak_value: Value,
    warmup_steps: Whole,
    decay_steps: Whole,
    end_value: Value = 0.0,
    exponent: Exponent = 1.0,
) -> lrs.Schedule:
    """Linear warmup, then half a cosine wave to `end_value`.

        s(t) = end_value + (peak_value - end_value) * ((1 + cos(pi*x))/2)**exponent
        x = (t - warmup_steps)/(decay_steps - warmup_steps)

    It is `warmup_cosine(peak_value, warmup_steps, decay_steps, init_value, end_value)`. With another exponent than 1 it
    is a `join` of the warmup and the wave of `cosine_decay_schedule`.

    Args:
        init_value: the value at step 0 (a rate).
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        decay_steps: the length of the whole, warmup included (steps), greater than `warmup_steps`.
        end_value: the value from step `decay_steps` on (a rate).
        exponent: the power of the wave (1), as in `cosine_decay_schedule`.

    Raises ValueError or TypeError for a run that is not longer than its warmup, a peak of 0 above another `end_value`,
    which optax ignores, a negative length, and a value that is not a finite number.

    Source: optax `warmup_cosine_decay_schedule`.

    >>> warmup_cosine_decay_schedule(init_value=0.0, peak_value=1.0, warmup_steps=10, decay_steps=100)
    warmup_cosine(1.0, 10, 100)
    """
    call = "warmup_cosine_decay_schedule"
    room(call, strict=True, decay_steps=decay_steps, warmup_steps=warmup_steps)
    is_ignored = is_number(peak_value) and is_number(end_value) and peak_value == 0 != end_value
    demand = f"must not be 0 with end_value={end_value}, which optax then ignores"
    require(not is_ignored, call, f"peak_value={peak_value}) {demand}; linear_schedule goes from one value to another.")
    if exponent == 1:
        return lrs.warmup_cosine(peak_value, warmup_steps, decay_steps, init_value=init_value, end_value=end_value)
    wave = half_wave(peak_value, end_value, decay_steps - warmup_steps, exponent)
    return lrs.join([lrs.linear(init_value, peak_value, warmup_steps), wave], [warmup_steps])


@translated
def warmup_exponential_decay_schedule(
    init_value: Value,
    peak_value: Value,
    warmup_steps: Whole,
    transition_steps: LengthOr0,
    decay_rate: DecayRate,
    transition_begin: Whole = 0,
    staircase: bool = False,
    end_value: Value | None = None,
) -> lrs.Schedule:
    """Linear warmup, then a factor `decay_rate` for every `transition_steps` steps.

    It is a `join` of `linear(init_value, peak_value, warmup_steps)` and the `exponential_decay` of this module.

    Args:
        init_value: the value at step 0 (a rate).
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        transition_steps: the steps after which the factor has been applied once (steps); 0 stays at the peak.
        decay_rate: the factor (1), 0 or more; 0 stays at the peak.
        transition_begin: how long to wait at the peak (steps), 0 or more.
        staircase: whether the value falls at once after every `transition_steps`.
        end_value: the least value of the decay, or the greatest for a rate of 1 and more (a rate); none unless given.

    Raises ValueError or TypeError for a negative length or rate, and a value that is not a finite number.

    Source: optax `warmup_exponential_decay_schedule`.

    >>> warmup_exponential_decay_schedule(0.0, 1.0, warmup_steps=10, transition_steps=100, decay_rate=0.5)
    join([linear(0.0, 1.0, 10), exponential_decay(1.0, 0.5, decay_steps=100)], [10])
    """
    falls = exponential_decay(peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value)
    return lrs.join([lrs.linear(init_value, peak_value, warmup_steps), falls], [warmup_steps])


@translated
def sgdr_schedule(cosine_kwargs: Cycles) -> lrs.Schedule:
    """Cosine with warm restarts, each cycle with its own warmup, length and values.

    It is a `join` of the cycles.

    Args:
        cosine_kwargs: the arguments of `warmup_cosine_decay_schedule` for each cycle (a list of dicts), one cycle or
            more; the `decay_steps` of a cycle is its length. After the last cycle its `end_value` holds.

    Raises ValueError or TypeError, with the cycle's number, for what `warmup_cosine_decay_schedule` refuses.

    Source: optax `sgdr_schedule`; Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983.

    >>> cycle = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": 10}
    >>> sgdr_schedule([cycle, {**cycle, "peak_value": 0.5}])
    join([warmup_cosine(1.0, 2, 10), warmup_cosine(0.5, 2, 10)], [10])
    """
    cycles: list[lrs.Schedule] = []
    for index, kwargs in enumerate(cosine_kwargs):
        try:
            cycles.append(warmup_cosine_decay_schedule(**kwargs))
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"sgdr_schedule.cosine_kwargs[{index}]: {error}") from None
    ends = list(accumulate(int(kwargs["decay_steps"]) for kwargs in cosine_kwargs))
    return lrs.join(cycles, ends[:-1])


@translated
def join_schedules(schedules: Children, boundaries: Starts) -> lrs.Schedule:
    """One schedule after another; each sees the step counted from its own beginning.

    It is `join(schedules, boundaries)`.

    Args:
        schedules: the pieces (schedules, callables or numbers), one or more.
        boundaries: the first step of every piece but the first (steps), rising, one less than there are pieces.

    Raises ValueError or TypeError for boundaries that do not rise or do not match the pieces, which optax leaves out
    without a word, and for a piece that is not a schedule.

    Source: optax `join_schedules`.

    >>> join_schedules([linear_schedule(0.0, 1.0, 10), cosine_decay_schedule(1.0, 90)], boundaries=[10])
    join([linear(0.0, 1.0, 10), cosine(1.0, 0.0, 90)], [10])
    """
    demand = f"must be one shorter than schedules, of which there are {len(schedules)}"
    given = f"boundaries={brief(list(boundaries))}) {demand}; boundaries[i] is the first step of schedules[i + 1]."
    require(len(schedules) == len(boundaries) + 1, "join_schedules", given)
    return lrs.join(schedules, boundaries)
