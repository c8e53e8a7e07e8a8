"""A schedule again and again."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..core import numbers
from ..core.decorators import formula_of, schedule
from ..core.formula import Built
from ..core.joining import bind_cycles, bind_stack, opening
from ..core.libraries import is_number
from ..core.namespaces import Namespace
from ..core.numbers import meant
from ..core.parameters import Child, Multiple, Period, Rate, Value
from ..core.pytree import flatten
from ..core.schedule import Schedule
from ..core.segments import bound
from .arithmetic import scale
from .drawn import drawn, height_of, heights, lowered
from .periods import Cycle, cycles_of, first_step, reached
from .placed import held_product, later, placed
from .time import stretch

__all__ = ["restart"]


def _boundaries(parameters: Mapping[str, Any]) -> Any:
    """The boundaries of the first ten cycles, and their restarts, for there is no end of them."""
    period, child = parameters["period"], parameters["schedule"]
    if not is_number(period):
        return ()
    inner = [b for b in child.boundaries if b < period] if isinstance(child, Schedule) else []
    found: set[int] = set()
    for cycle in itertools.islice(cycles_of(parameters["period_mult"]), 10):
        begin, length = cycle.as_fractions()
        found.update(math.ceil(begin * meant(period) + length * meant(step)) for step in [*inner, period])
    return found


def _pieces(xp: Namespace, child: Any, period: Any, cycles: Iterable[Cycle]) -> Iterator[tuple[Any, Any, Any]]:
    """Of each cycle, a schedule, its first step, and where it begins."""
    for cycle in cycles:
        first, late = first_step(xp, cycle, period)
        _, factor = cycle.as_fractions()
        shape = placed(xp, child, factor, late)
        yield later(stretch(child, float(factor)), late) if shape is None else shape, first, opening(first, late)


def _stack(xp: Namespace, child: Any, period: Any, cycles: list[Cycle]) -> tuple[Schedule, Any, Any]:
    """All cycles for a traced period, as one schedule whose parameters are arrays of theirs."""
    begins, lengths = map(xp.column, zip(*(cycle.as_numbers() for cycle in cycles), strict=True))
    opens = held_product(xp, begins, period)
    firsts = opens if xp.is_counted(begins) else -xp.floor(-opens)
    return placed(xp, child, lengths, 0 if firsts is opens else firsts - opens), firsts, opens


def _is_stacked(child: Any, period: Any, *more: Any) -> bool:
    """Whether the cycles differ from each other in traced scalars alone."""
    if is_number(period) or not isinstance(child, Schedule) or placed(numbers, child, 1.0) is None:
        return False
    return all(getattr(leaf, "ndim", 0) == 0 for leaf in (period, *more, *flatten(child)[0]))


def _rest(xp: Namespace, period: Any) -> Callable[[Any, Any], Any]:
    """How far a step is in its cycle, of steps that need not be whole: never less than 0, which rounding might give."""
    if isinstance(period, int):
        return lambda t, cycle: t - cycle * period
    if is_number(period):
        above, below = meant(period).as_integer_ratio()
        if above * below <= xp.last_step:
            return lambda t, cycle: t % above * below % above / below
    return lambda t, cycle: xp.maximum(t - cycle * period, 0)


@schedule(boundaries=_boundaries, stretches=True)
def restart(
    xp: Namespace,
    schedule: Child,
    period: Period,
    *,
    period_mult: Multiple = 1,
    value_mult: Rate = 1.0,
    base_value: Value = 0.0,
) -> Built:
    """The first `period` steps of a schedule, again and again.

        s(t) = base_value + value_mult**k * (schedule((t - begin_k) / period_mult**k) - base_value)    in cycle k
        begin_k = period * (1 + period_mult + ... + period_mult**(k - 1))

    Cycle k lasts period*period_mult**k steps, and the shape is stretched to it. Step t belongs to the cycle whose
    interval holds it: the sums are exact (integers, or rationals of the `period_mult` that is meant), never logarithms.
    With a `value_mult` the relative error grows with the exponent: up to 5 ulp per unit of k * ln(value_mult).

    Args:
        schedule: what is repeated (a schedule, callable or number).
        period: the length of the first cycle (steps), 1 or more.
        period_mult: how many times as long each cycle is as the one before (1): 1, or at least 1.01.
        value_mult: the factor of each cycle on the one before, above its base (1), greater than 0.
        base_value: the value that the cycles shrink towards or grow away from (a rate).

    A step may be a number, or an array of any shape; the values have its shape and a float dtype. Before step 0 the
    schedule holds its first value; it has no end. Raises ValueError or TypeError for a period of less than one step, a
    factor that is not greater than 0, a base that is not finite, and a traced `period_mult`, which decides how many
    cycles there are.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, section 3 (T_0 and T_mult).

    >>> from lrsched import linear
    >>> [restart(linear(1.0, 0.0, 2), 2)(t) for t in range(5)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    >>> [restart(linear(1.0, 0.0, 2), 2, period_mult=2, value_mult=0.5)(t) for t in range(7)]
    [1.0, 0.5, 0.5, 0.375, 0.25, 0.125, 0.25]
    """
    if period_mult == 1:
        inner, number_of, rest_of = bound(xp, schedule), xp.stairs(period), _rest(xp, period)

        def value(t: Any) -> Any:
            t = xp.maximum(t, 0)
            cycle = number_of(t)
            of_cycle = inner(rest_of(t, cycle))
            if xp.holds(base_value == 0):
                return of_cycle * xp.grow(value_mult, cycle)
            return drawn(xp, of_cycle, base_value, *heights(xp, value_mult, cycle))

        return value
    cycles = list(reached(xp, period, period_mult))
    if _is_stacked(schedule, period, value_mult, base_value):
        stack, firsts, opens = _stack(xp, schedule, period, cycles)
        indices = xp.column(tuple(range(len(cycles))))
        return bind_stack(xp, _sized(xp, stack, value_mult, base_value, indices), firsts, opens)
    shapes, firsts, opens = zip(*_pieces(xp, schedule, period, cycles), strict=True)
    sized = [_sized(xp, shape, value_mult, base_value, index) for index, shape in enumerate(shapes)]
    return bind_cycles(xp, sized, firsts, opens)


def _sized(xp: Namespace, shape: Any, value_mult: Any, base_value: Any, index: Any) -> Any:
    """The shape of a cycle, as high above the base as it is in the cycle of that index."""
    if is_number(value_mult) and value_mult == 1:
        return shape
    if xp.holds(base_value == 0):
        return Schedule.make(formula_of(scale), (shape, height_of(xp, value_mult, index)))
    return lowered(shape, base_value, *heights(xp, value_mult, index))
