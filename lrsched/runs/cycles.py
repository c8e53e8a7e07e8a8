"""Whole runs that rise and fall, once or repeatedly."""

import math
from typing import Any, Literal

from ..arrays.libraries import is_number
from ..arrays.numbers import meant
from ..checks import require, round_half_away
from ..combinators.arithmetic import add, multiply
from ..combinators.bounds import clamp_max, clamp_min
from ..combinators.join import join
from ..combinators.restart import restart
from ..combinators.time import shift
from ..core.decorators import composition
from ..core.parameters import Fraction, Multiple, Period, Positive, Ramp, Rate, Steps, Value
from ..core.ramp_choice import as_ramp
from ..core.schedule import Schedule
from ..schedules.decays import exponential_approach, exponential_decay
from ..schedules.ramps import cosine, linear

__all__ = ["cyclic", "one_cycle", "sgdr"]


@composition
def sgdr(
    init_value: Value, end_value: Value, period: Period, *, period_mult: Multiple = 1, value_mult: Rate = 1.0
) -> Schedule:
    """Cosine with warm restarts (SGDR): each cycle falls to `end_value`; its height is multiplied by `value_mult`.

        s(t) = end_value + (init_value - end_value) * value_mult**k * (1 + cos(pi*x))/2    in cycle k
        x = (t - begin_k) / (period * period_mult**k)

    It is the `restart` of `cosine(init_value, end_value, period)`, with `end_value` as the `base_value`. The relative
    error grows with the exponent: up to 5 ulp per unit of k * ln(value_mult).

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the floor of every cycle (a rate); at the step that would reach it, the next cycle begins.
        period: the length of the first cycle (steps), 1 or more.
        period_mult: the length of a cycle relative to the one before (1): 1, or at least 1.01.
        value_mult: the height of a cycle above the floor relative to the one before (1), greater than 0.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, equation 5.

    >>> [round(sgdr(1.0, 0.0, 2, period_mult=2)(t), 6) for t in range(7)]
    [1.0, 0.5, 1.0, 0.853553, 0.5, 0.146447, 1.0]
    """
    cycle = cosine(init_value, end_value, period)
    if is_number(value_mult) and value_mult == 1:
        return restart(cycle, period, period_mult=period_mult)
    if is_number(value_mult) and value_mult > 1:  # which would multiply the rounding of a cosine less the floor
        above = restart(
            cosine(init_value - end_value, 0.0, period), period, period_mult=period_mult, value_mult=value_mult
        )
        return join([cycle, shift(add(above, end_value), period)], [period])
    return restart(cycle, period, period_mult=period_mult, value_mult=value_mult, base_value=end_value)


@composition
def cyclic(
    min_value: Value,
    max_value: Value,
    step_size_up: Period,
    *,
    step_size_down: Period | None = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: Rate = 1.0,
) -> Schedule:
    """Cyclical learning rate: a straight line up and a straight line down, repeatedly.

        s(t) = min_value + (max_value - min_value) * triangle(t) * h
        h = 1           for mode == "triangular"
        h = 2**-k       for mode == "triangular2",    in cycle k
        h = gamma**t    for mode == "exp_range"

    It is the `restart` of a `join` of two lines. In "exp_range" the relative error grows with the exponent: up to 5 ulp
    per unit of t * ln(gamma).

    Args:
        min_value: the value at step 0 and at the end of every cycle (a rate).
        max_value: the value after `step_size_up` steps (a rate).
        step_size_up: the length of the rise (steps), 1 or more.
        step_size_down: the length of the fall (steps), 1 or more; by default that of the rise.
        mode: how the height changes from cycle to cycle.
        gamma: the factor of the height per step in "exp_range" (1), greater than 0.

    Source: Smith 2017, Cyclical Learning Rates, arXiv:1506.01186; torch `CyclicLR`.

    >>> [cyclic(0.0, 1.0, 2)(t) for t in range(6)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    >>> [cyclic(0.0, 1.0, 2, mode="triangular2")(t) for t in range(8)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5, 0.25]
    """
    up, down = step_size_up, step_size_up if step_size_down is None else step_size_down

    def triangle(low: Any, high: Any) -> Schedule:
        return join([linear(low, high, up), linear(high, low, down)], [up])

    if mode == "triangular" or (mode == "exp_range" and is_number(gamma) and gamma == 1):
        return restart(triangle(min_value, max_value), up + down)
    if mode == "triangular2":
        return restart(triangle(min_value, max_value), up + down, value_mult=0.5, base_value=min_value)
    # a sum of the trough and a negative part cancels
    if (
        is_number(max_value)
        and is_number(min_value)
        and is_number(gamma)
        and gamma < 1
        and abs(max_value) < abs(min_value)
    ):
        return _mean(restart(triangle(min_value, max_value), up + down), min_value, max_value, gamma)
    above = restart(triangle(0.0, max_value - min_value), up + down)
    return add(multiply(above, exponential_decay(1.0, gamma)), min_value)


def _mean(wave: Schedule, base_value: Any, other: Any, gamma: Any) -> Schedule:
    """A wave between a base and another value, drawn towards the base by gamma at every step."""
    rest = exponential_approach(0.0, base_value, -1 / math.log(gamma))  # base_value * (1 - gamma**t)
    mean = add(multiply(wave, exponential_decay(1.0, gamma)), rest)
    return clamp_max(clamp_min(mean, min(base_value, other)), max(base_value, other))


@composition
def one_cycle(
    peak_value: Value,
    total_steps: Steps,
    *,
    pct_start: Fraction = 0.3,
    div_factor: Positive = 25.0,
    final_div_factor: Positive = 1e4,
    ramp: Ramp = cosine,
    three_phase: bool = False,
) -> Schedule:
    """One-cycle: up to the peak, then down to far below the initial value.

        peak_value/div_factor  ->  peak_value  ->  peak_value/div_factor/final_div_factor

    The rise takes the fraction `pct_start` of the run, rounded to whole steps, and the fall takes the rest. With
    `three_phase`, the fall takes as long as the rise and returns to the initial value; the rest of the run falls from
    there. It is a `join` of ramps.

    Some parameters are named as in torch's `OneCycleLR`, but the values differ: torch has its peak at
    pct_start*total_steps - 1, which it does not round, and its end at total_steps - 1. For torch's values, use
    `lrsched.interop.torch.OneCycleLR`.

    Args:
        peak_value: the value at the peak (a rate).
        total_steps: the length of the run (steps), 0 or more.
        pct_start: the fraction of the run in which the value rises (1), between 0 and 1; at most 1/2 with
            `three_phase`.
        div_factor: the peak divided by the initial value (1), greater than 0.
        final_div_factor: the initial value divided by the final value (1), greater than 0.
        ramp: the shape of all phases: `cosine`, `linear` ... .
        three_phase: whether the fall consists of two ramps.

    Source: Smith & Topin 2019, Super-Convergence, arXiv:1708.07120; optax `cosine_onecycle_schedule`.

    >>> s = one_cycle(1.0, 10)
    >>> s(0), s(3), s(10)
    (0.04, 1.0, 4e-06)
    """
    first = peak_value / div_factor
    last = first / final_div_factor
    up, shape = _part(pct_start, total_steps), as_ramp(ramp)
    if not three_phase:
        return join([shape(first, peak_value, up), shape(peak_value, last, total_steps - up)], [up])
    require(
        2 * up <= total_steps,
        "one_cycle",
        f"pct_start={pct_start}) must be at most 0.5 with three_phase; the first two phases take it twice.",
    )
    fall = join([shape(peak_value, first, up), shape(first, last, total_steps - 2 * up)], [up])
    return join([shape(first, peak_value, up), fall], [up])


def _part(fraction: Any, steps: Any) -> Any:
    """A fraction of some steps, as it is meant, rounded to the nearest integer, half away from zero."""
    if is_number(fraction) and is_number(steps):
        return round_half_away(meant(fraction) * int(steps))
    return (fraction * steps + 0.5) // 1
