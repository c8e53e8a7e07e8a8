"""The schedules of Keras, by its names and with its arguments, as schedules of lrsched.

Keras computes in float32, lrsched in the precision of the step; the curves are the same at every step, and where a
schedule has an end both hold. Some arguments make Keras give a curve that they do not describe; they are refused here.
"""

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

from ..checks import Site, number, require
from ..core.parameters import Duration, Kind, Multiple, NotNegative, Value, Values, kind_of
from . import vocabulary as lrs
from .arguments import Count, DecayRate, Exponent, Length, Starts, Text, Whole
from .calls import translated
from .curves import bent, over


def _rate(site: Site, value: Any) -> Any:
    rate = number(site, value)
    if isinstance(rate, int):
        remedy = f"write {float(rate)!r}, for Keras computes in integers from an integer"
        site.refuse(value, "must be a float, not int", remedy, TypeError)
    return kind_of(Value).check(site, value)


def _edges(site: Site, values: Any) -> tuple[int, ...]:
    """The last whole steps of pieces: Keras asks whether the step is at most the boundary."""
    kind_of(Values).check(site, values)
    return kind_of(Starts).check(site, [math.floor(value) for value in values])


Rate = Annotated[float, Kind("Rate", "rate", _rate)]
"""A rate that decides in which precision Keras computes."""
Edges = Annotated[Sequence[int], Kind("Edges", "steps", _edges, leaf=False)]
"""The last steps of pieces, rising."""


@translated
def ExponentialDecay(
    initial_learning_rate: Rate,
    decay_steps: Duration,
    decay_rate: DecayRate,
    staircase: bool = False,
    name: Text = "ExponentialDecay",
) -> lrs.Schedule:
    """A factor `decay_rate` for every `decay_steps` steps.

        s(t) = initial_learning_rate * decay_rate**x,    x = t/decay_steps, its floor with `staircase`

    It is `exponential_decay(initial_learning_rate, decay_rate, decay_steps=decay_steps, staircase=staircase)`.

    Args:
        initial_learning_rate: the value at step 0 (a rate), a float.
        decay_steps: the steps after which the factor has been applied once (steps), greater than 0.
        decay_rate: the factor (1), 0 or more. 0 falls to 0 at the first step or stair.
        staircase: whether the value falls at once after every `decay_steps`.
        name: the name of the schedule, which changes nothing.

    Raises ValueError or TypeError for an integer rate, from which Keras computes in integers, a time that is not
    greater than 0, a negative factor, and a value that is not a finite number.

    Source: Keras `ExponentialDecay`.

    >>> ExponentialDecay(initial_learning_rate=0.5, decay_steps=100, decay_rate=0.9)
    exponential_decay(0.5, 0.9, decay_steps=100)
    """
    if decay_rate == 0:
        return over(lrs.hold, initial_learning_rate, 0.0, cast(float, decay_steps) if staircase else 1)
    return lrs.exponential_decay(initial_learning_rate, decay_rate, decay_steps=decay_steps, staircase=staircase)


@translated
def PiecewiseConstantDecay(boundaries: Edges, values: Values, name: Text = "PiecewiseConstant") -> lrs.Schedule:
    """A value for each interval between boundaries; at a boundary the old value still holds.

        s(t) = values[i]    for boundaries[i - 1] < t <= boundaries[i]

    It is `piecewise_constant(values, boundaries)` with every boundary a step later.

    Args:
        boundaries: the last step of every value but the last (steps), 0 or more, rising, one at least.
        values: the values (rates), one more than there are boundaries.
        name: the name of the schedule, which changes nothing.

    Raises ValueError or TypeError for boundaries that do not match the values or do not rise, of which Keras adds up
    the values, for none at all, and for a value that is not a finite number.

    Source: Keras `PiecewiseConstantDecay`.

    >>> PiecewiseConstantDecay(boundaries=[10, 20], values=[1.0, 0.5, 0.1])
    piecewise_constant([1.0, 0.5, 0.1], [11, 21])
    """
    require(
        len(boundaries) > 0 and len(values) == len(boundaries) + 1,
        "PiecewiseConstantDecay",
        f"values={list(values)}) must be one longer than boundaries={list(boundaries)}, which must not be empty; "
        "values[i] holds up to boundaries[i].",
    )
    return lrs.piecewise_constant(values, [boundary + 1 for boundary in boundaries])


@translated
def PolynomialDecay(
    initial_learning_rate: Rate,
    decay_steps: Length,
    end_learning_rate: Value = 0.0001,
    power: Exponent = 1.0,
    cycle: bool = False,
    name: Text = "PolynomialDecay",
) -> lrs.Schedule:
    """A power of the time that is left, from one rate to another, once or again and again.

        s(t) = end_learning_rate + (initial_learning_rate - end_learning_rate) * (1 - x)**power
        x = t/decay_steps, or with `cycle` x = t/(decay_steps * ceil(t/decay_steps))

    It is `polynomial(initial_learning_rate, end_learning_rate, decay_steps, power=power)`, and `linear` for power 1.
    With `cycle` it is a `polynomial` of one step, composed with a clock that goes to 1 in every cycle, from 1 - 1/m in
    cycle m. The last step of a cycle has the end value, and the first one of the next is the step after it.

    Args:
        initial_learning_rate: the value at step 0 (a rate), a float.
        decay_steps: the length (steps), greater than 0; with `cycle` it is whole.
        end_learning_rate: the value at `decay_steps`, and without `cycle` after it (a rate).
        power: the exponent (1), 0 or more. 0 stays at the first rate.
        cycle: whether another cycle, as long and not as high, comes after each.
        name: the name of the schedule, which changes nothing.

    Raises ValueError or TypeError for an integer rate, from which Keras computes in integers, a length that is not
    greater than 0, a negative power, and a value that is not a finite number.

    Source: Keras `PolynomialDecay`.

    >>> PolynomialDecay(initial_learning_rate=0.5, decay_steps=100, end_learning_rate=0.1, power=2)
    polynomial(0.5, 0.1, 100)
    >>> s = PolynomialDecay(initial_learning_rate=1.0, decay_steps=4, end_learning_rate=0.0, cycle=True)
    >>> [s(t) for t in range(10)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.375, 0.25, 0.125, 0.0, 0.25]
    """
    if not cycle or power == 0:
        return bent(initial_learning_rate, end_learning_rate, decay_steps, power)
    steps = kind_of(Whole).check(Site("PolynomialDecay", "decay_steps"), decay_steps)
    return lrs.compose(lrs.polynomial(initial_learning_rate, end_learning_rate, 1, power=power), _cycles(steps))


def _cycles(steps: int) -> lrs.Schedule:
    """A clock that goes to 1 in every cycle, from 1 - 1/m in cycle m, which begins a step after the end of the last."""
    left = lrs.join([lrs.constant(1.0), lrs.restart(lrs.shift(lrs.linear(1.0, 0.0, steps), 1), steps)], [1])
    share = lrs.shift(lrs.inverse_time_decay(1.0, 1.0, decay_steps=steps, staircase=True), -1)
    return 1.0 - lrs.multiply(left, share)


@translated
def InverseTimeDecay(
    initial_learning_rate: Rate,
    decay_steps: Duration,
    decay_rate: NotNegative,
    staircase: bool = False,
    name: Text = "InverseTimeDecay",
) -> lrs.Schedule:
    """A decay that slows down as one over the time.

        s(t) = initial_learning_rate / (1 + decay_rate*x),    x = t/decay_steps, its floor with `staircase`

    It is `inverse_time_decay(initial_learning_rate, decay_rate, decay_steps=decay_steps, staircase=staircase)`.

    Args:
        initial_learning_rate: the value at step 0 (a rate), a float.
        decay_steps: the unit of time (steps), greater than 0.
        decay_rate: how much the denominator grows in `decay_steps` steps (1), 0 or more.
        staircase: whether the value falls at once after every `decay_steps`.
        name: the name of the schedule, which changes nothing.

    Raises ValueError or TypeError for an integer rate, from which Keras computes in integers, a time that is not
    greater than 0, a negative `decay_rate`, with which the rates of Keras become infinite and negative, and a value
    that is not a finite number.

    Source: Keras `InverseTimeDecay`.

    >>> InverseTimeDecay(initial_learning_rate=0.5, decay_steps=100, decay_rate=2.0)
    inverse_time_decay(0.5, 2.0, decay_steps=100)
    """
    return lrs.inverse_time_decay(initial_learning_rate, decay_rate, decay_steps=decay_steps, staircase=staircase)


@translated
def CosineDecay(
    initial_learning_rate: Rate,
    decay_steps: Length,
    alpha: Value = 0.0,
    name: Text = "CosineDecay",
    warmup_target: Value | None = None,
    warmup_steps: Whole = 0,
) -> lrs.Schedule:
    """Half a cosine wave, after a linear warmup if there is a `warmup_target`.

        s(t) = alpha*peak + (1 - alpha)*peak * (1 + cos(pi*x))/2,    x = (t - warmup_steps)/decay_steps

    It is `cosine(peak, alpha*peak, decay_steps)`, where the peak is `initial_learning_rate`; or the `warmup` of it,
    where the peak is `warmup_target`.

    Args:
        initial_learning_rate: the value at step 0 (a rate), a float.
        decay_steps: the length of the wave, without the warmup (steps), greater than 0.
        alpha: the last value, which then holds, over the peak (1).
        name: the name of the schedule, which changes nothing.
        warmup_target: the value at step `warmup_steps` (a rate); there is no warmup unless it is given.
        warmup_steps: the length of the warmup (steps), 0 or more.

    Raises ValueError or TypeError for an integer rate, from which Keras computes in integers, a length that is not
    greater than 0, a negative warmup, and a value that is not a finite number.

    Source: Keras `CosineDecay`.

    >>> CosineDecay(initial_learning_rate=0.5, decay_steps=100, alpha=0.1)
    cosine(0.5, 0.05, 100)
    >>> CosineDecay(initial_learning_rate=0.0, decay_steps=90, warmup_target=1.0, warmup_steps=10)
    warmup(cosine(1.0, 0.0, 90), 10)
    """
    peak = initial_learning_rate if warmup_target is None else warmup_target
    wave = over(lrs.cosine, peak, alpha * peak, decay_steps)
    return wave if warmup_target is None else lrs.warmup(wave, warmup_steps, init_value=initial_learning_rate)


@translated
def CosineDecayRestarts(
    initial_learning_rate: Rate,
    first_decay_steps: Count,
    t_mul: Multiple = 2.0,
    m_mul: DecayRate = 1.0,
    alpha: Value = 0.0,
    name: Text = "SGDRDecay",
) -> lrs.Schedule:
    """Half cosine waves, each longer than the one before by a factor, and higher by another.

        s(t) = alpha*rate + (1 - alpha)*rate * m_mul**k * (1 + cos(pi*x))/2    in cycle k, with the first rate
        x = (t - begin_k) / (first_decay_steps * t_mul**k)

    It is `sgdr(rate, alpha*rate, first_decay_steps, period_mult=t_mul, value_mult=m_mul)`. Cycles begin where they
    should; Keras finds them by a float32 logarithm, which is a step off at times.

    Args:
        initial_learning_rate: the value at step 0 (a rate), a float.
        first_decay_steps: the length of the first cycle (steps), 1 or more.
        t_mul: how many times as long each cycle is as the one before (1): 1, or at least 1.01.
        m_mul: how many times as high each cycle begins above the floor as the one before (1), 0 or more; 0 stays at
            the floor after the first cycle.
        alpha: the floor over the first rate (1).
        name: the name of the schedule, which changes nothing.

    Raises ValueError or TypeError for an integer rate, from which Keras computes in integers, a length that is less
    than 1 or not whole, a `t_mul` below 1, with which Keras is soon NaN, or between 1 and 1.01, a negative `m_mul`, and
    a value that is not a finite number.

    Source: Keras `CosineDecayRestarts`; Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983.

    >>> CosineDecayRestarts(initial_learning_rate=0.5, first_decay_steps=100, m_mul=0.9)
    sgdr(0.5, 0.0, 100, period_mult=2, value_mult=0.9)
    """
    floor = alpha * initial_learning_rate
    if m_mul == 0:
        return lrs.cosine(initial_learning_rate, floor, first_decay_steps)
    return lrs.sgdr(initial_learning_rate, floor, first_decay_steps, period_mult=t_mul, value_mult=m_mul)


SCHEDULES: dict[str, Callable[..., lrs.Schedule]] = {
    function.__name__: function
    for function in (
        CosineDecay,
        CosineDecayRestarts,
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    )
}


def from_schedule(schedule: Any) -> lrs.Schedule:
    """The schedule that a schedule object of Keras holds, read from its `get_config()`.

    Args:
        schedule: an object of one of the six classes that have their names here.

    Raises TypeError for any other object: a class of one's own, or made from one of the six, may compute anything.
    Raises ValueError or TypeError for arguments that the function of the class's name refuses.

    >>> import keras
    >>> from_schedule(keras.optimizers.schedules.CosineDecay(0.5, decay_steps=100, alpha=0.1))
    cosine(0.5, 0.05, 100)
    """
    kind = type(schedule)
    if kind.__module__.partition(".")[0] != "keras" or kind.__name__ not in SCHEDULES:
        Site("from_schedule", "schedule").refuse(
            schedule,
            f"must be a schedule that comes with Keras ({', '.join(SCHEDULES)}), not {kind.__name__}",
            "write the formula of another one under @lrsched.schedule",
            TypeError,
        )
    return SCHEDULES[kind.__name__](**schedule.get_config())
