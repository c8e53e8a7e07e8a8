"""A schedule again and again."""

import itertools
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..core.decorators import formula_of, schedule
from ..core.formula import Built
from ..core.namespaces import Namespace, is_number
from ..core.parameters import Child, Multiple, Period, Rate
from ..core.schedule import Schedule
from ..core.segments import bind_join, bound
from .arithmetic import scale
from .time import shift, stretch, stretched

__all__ = ["restart"]


def _sums(multiple: float) -> Iterator[tuple[Fraction, Fraction]]:
    """Where cycle k begins and how long it is, in periods, as exact rationals of the number as it is written."""
    ratio, begin, length = Fraction(repr(multiple)), Fraction(0), Fraction(1)
    while True:
        yield begin, length
        begin, length = begin + length, length * ratio


def _boundaries(parameters: Mapping[str, Any]) -> Any:
    """The first ten restarts, for there is no end of them."""
    period, sums = parameters["period"], itertools.islice(_sums(parameters["period_mult"]), 11)
    child = parameters["schedule"]
    inner = [b for b in child.boundaries if b < period] if isinstance(child, Schedule) and is_number(period) else []
    starts = [math.ceil(begin * period) if is_number(period) else float(begin) * period for begin, _ in sums]
    return {*inner, *starts[1:]}


def _cycles(xp: Namespace, child: Any, period: Any, multiple: float, value_mult: Any) -> tuple[list[Any], list[Any]]:
    """The cycles that steps of this namespace reach, with their first steps."""
    schedules: list[Any] = []
    starts: list[Any] = []
    least = int(period) if is_number(period) else 1
    for cycle, (begin, length) in enumerate(_sums(multiple)):
        if begin * least > xp.last_step or (length > xp.last_step and not is_number(period)):
            break
        first, late = _first_step(xp, begin, period, isinstance(multiple, int))
        factor = length.numerator if length.denominator == 1 else float(length)
        shape = stretched(child, factor, xp.last_step)
        shape = stretch(child, factor) if shape is None else shape
        if late is not None:
            shape = Schedule.make(formula_of(shift), (shape, late))
        if not (is_number(value_mult) and value_mult == 1):
            shape = Schedule.make(formula_of(scale), (shape, value_mult**cycle))
        schedules.append(shape)
        starts.append(first)
    return schedules, starts


def _first_step(xp: Namespace, begin: Fraction, period: Any, whole: bool) -> tuple[Any, Any]:
    """The first step at or after `begin` periods, and how much after, if at all."""
    if is_number(period):
        exact = begin * int(period)
        first = math.ceil(exact)
        return first, None if first == exact else float(first - exact)
    if whole:  # held at the last step where it would overflow
        most = xp.last_step // max(begin.numerator, 1)
        return xp.where(period <= most, begin.numerator * period, xp.last_step), None
    first = -xp.floor(-(float(begin) * period))
    return first, first - float(begin) * period


@schedule(boundaries=_boundaries, stretches=True)
def restart(xp: Namespace, schedule: Child, period: Period, period_mult: Multiple = 1, value_mult: Rate = 1.0) -> Built:
    """The first `period` steps of a schedule, again and again.

        s(t) = value_mult**k * schedule((t - begin_k) / period_mult**k)    in cycle k
        begin_k = period * (1 + period_mult + ... + period_mult**(k - 1))

    Cycle k lasts period*period_mult**k steps, and the shape is stretched to it. Step t belongs to the cycle whose
    interval holds it: the sums are exact (integers, or rationals of `period_mult` as it is written), never logarithms.

    Args:
        schedule: what is repeated (a schedule, callable or number).
        period: the length of the first cycle (steps), 1 or more.
        period_mult: how many times as long each cycle is as the one before (1): 1, or at least 1.01.
        value_mult: the factor of the values of each cycle on those of the one before (1), greater than 0.

    A step may be a number, or an array of any shape; the values have its shape and a float dtype. Before step 0 the
    schedule holds its first value; it has no end. With a `period_mult` that is not whole, the shape sees a step that is
    rounded to a float. Raises ValueError or TypeError for a period of less than one step, a factor that is not greater
    than 0, and a traced `period_mult`, which decides how many cycles there are.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, section 3 (T_0 and T_mult).

    >>> from lrsched import linear
    >>> [restart(linear(1.0, 0.0, 2), 2)(t) for t in range(5)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    >>> [restart(linear(1.0, 0.0, 2), 2, period_mult=2, value_mult=0.5)(t) for t in range(7)]
    [1.0, 0.5, 0.5, 0.375, 0.25, 0.125, 0.25]
    """
    if period_mult == 1:
        inner = bound(xp, schedule)

        def value(t: Any) -> Any:
            t = xp.maximum(t, 0)
            cycle = t // period
            return inner(t - cycle * period) * xp.grow(value_mult, cycle)

        return value
    return bind_join(xp, *_cycles(xp, schedule, period, period_mult, value_mult))
