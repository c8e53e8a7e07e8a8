"""A schedule again and again."""

from functools import partial
from typing import Any

from ..arrays import numbers
from ..arrays.libraries import is_number
from ..arrays.namespaces import Namespace
from ..core.binding import bound
from ..core.decorators import layout
from ..core.formula import Built, Formula
from ..core.parameters import Child, Factor, Multiple, Period, Rate, Value
from ..core.pieces import Cycles
from ..core.schedule import Schedule

__all__ = ["restart"]


def _checked(parameters: Any) -> Any:
    _refuse_traced(parameters["period"], parameters["period_mult"])
    return parameters


def _refuse_traced(period: Any, period_mult: Any) -> None:
    if not is_number(period) and period_mult != 1:
        raise TypeError(
            "restart(period=...) must be a number, not traced, with a period_mult other than 1: the number of cycles "
            "depends on it; make the schedule outside of the traced function, and do not pass it as an argument."
        )


@layout(simplify=_checked)
def restart(
    schedule: Child,
    period: Period,
    *,
    period_mult: Multiple = 1,
    value_mult: Rate = 1.0,
    base_value: Value = 0.0,
) -> Cycles:
    """The first `period` steps of a schedule, repeated.

        s(t) = base_value + value_mult**k * (schedule((t - begin_k) / period_mult**k) - base_value)    in cycle k
        begin_k = period * (1 + period_mult + ... + period_mult**(k - 1))

    Cycle k lasts period*period_mult**k steps, and the shape is stretched to it. The starts are exact sums of integers
    or fractions, and never use logarithms. With a `value_mult`, the relative error grows with the exponent: up to 5 ulp
    per unit of k * ln(value_mult).

    Args:
        schedule: the schedule to repeat (a schedule, callable or number).
        period: the length of the first cycle (steps), 1 or more.
        period_mult: the length of a cycle relative to the one before (1): 1, or at least 1.01.
        value_mult: the height of a cycle above `base_value` relative to the one before (1), greater than 0.
        base_value: the value that the cycles shrink towards or grow away from (a rate).

    `period_mult` determines the number of cycles and cannot be traced.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, section 3 (T_0 and T_mult).

    >>> from lrsched import linear
    >>> [restart(linear(1.0, 0.0, 2), 2)(t) for t in range(5)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    >>> [restart(linear(1.0, 0.0, 2), 2, period_mult=2, value_mult=0.5)(t) for t in range(7)]
    [1.0, 0.5, 0.5, 0.375, 0.25, 0.125, 0.25]
    """
    _refuse_traced(period, period_mult)  # a schedule that is an argument of a jitted function is traced later
    if is_number(value_mult) and value_mult == 1:
        return Cycles(schedule, period, period_mult)
    return Cycles(schedule, period, period_mult, partial(_damped, value_mult, base_value))


def _damped(value_mult: Any, base_value: Any, schedule: Any, cycle: Any) -> Schedule:
    """The schedule of a cycle; known weights are computed once, in Python numbers."""
    if not (is_number(cycle) and is_number(value_mult)):
        return Schedule.make(DAMPED_CYCLES, (schedule, cycle, value_mult, base_value))
    weight, lost = numbers.grow(value_mult, cycle), -numbers.expm1(min(cycle * numbers.log(value_mult), 0.0))
    return Schedule.make(DAMPED, (schedule, weight, lost, base_value))


def damped(xp: Namespace, schedule: Child, weight: Factor, lost: Factor, base_value: Value) -> Built:
    """A schedule drawn towards a value: base_value + weight * (schedule - base_value), where lost is 1 - weight."""
    inner, weight = bound(xp, schedule), xp.minimum(weight, xp.largest**0.5)
    if xp.is_known_true(base_value == 0):
        return lambda t: weight * inner(t)
    return lambda t: _drawn(xp, inner(t), weight, lost, base_value)


def damped_cycles(xp: Namespace, schedule: Child, cycle: Child, value_mult: Rate, base_value: Value) -> Built:
    """The same for cycles of the same length, with the weight value_mult**cycle."""
    inner, number = bound(xp, schedule), bound(xp, cycle)

    def value(t: Any) -> Any:
        k = number(t)
        weight = xp.minimum(xp.grow(value_mult, k), xp.largest**0.5)
        if xp.is_known_true(base_value == 0):
            return weight * inner(t)
        growth = k * xp.log(value_mult)
        return _drawn(xp, inner(t), weight, -xp.expm1(xp.where(growth > 0, 0.0, growth)), base_value)

    return value


def _drawn(xp: Namespace, here: Any, weight: Any, lost: Any, base_value: Any) -> Any:
    """Up to a weight of 1 a mean, in which nothing cancels, held between the two with the gradient of the mean."""
    low, high = xp.minimum(here, base_value), xp.maximum(here, base_value)
    mean = weight * here + lost * base_value
    mean = xp.where(mean > high, high, xp.where(mean < low, low, mean))
    return xp.where(weight > 1, base_value + weight * (here - base_value), mean)


DAMPED = Formula(damped, stretches=True)
DAMPED_CYCLES = Formula(damped_cycles, stretches=True)
