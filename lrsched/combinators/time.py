"""A schedule on another clock: later, slower, or over tokens."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..core.decorators import schedule
from ..core.formula import Built, length_of
from ..core.libraries import is_number
from ..core.namespaces import Namespace
from ..core.numbers import last_step, meant
from ..core.parameters import Child, Offset, Stretch
from ..core.schedule import Schedule
from ..core.segments import bind_child, bound
from .placed import placed, product

__all__ = ["compose", "shift", "stretch"]


def _not_negative(steps: Any) -> Any:
    return steps if not is_number(steps) else max(steps, 0)


def _shifted_length(parameters: Mapping[str, Any]) -> Any:
    length = length_of(parameters["schedule"])
    return None if length is None else _not_negative(length - parameters["steps"])


def _boundaries_of(child: Any) -> tuple[Any, ...]:
    return child.boundaries if isinstance(child, Schedule) else ()


def _shifted_boundaries(parameters: Mapping[str, Any]) -> Any:
    moved = (boundary - parameters["steps"] for boundary in _boundaries_of(parameters["schedule"]))
    return {boundary for boundary in moved if not is_number(boundary) or boundary > 0}


@schedule(length=_shifted_length, boundaries=_shifted_boundaries, stretches=True)
def shift(xp: Namespace, schedule: Child, steps: Offset) -> Built:
    """A schedule that is `steps` ahead; negative steps delay it, and hold its first value so long.

        s(t) = schedule(t + steps)

    Args:
        schedule: what is shifted (a schedule, callable or number).
        steps: how far ahead (steps), of either sign; 1 is a trainer that counts updates from 1.

    A step may be a number, or an array of any shape; the values have its shape and a float dtype. Outside its range
    the schedule holds as its child does. Raises ValueError or TypeError for steps that are not a finite number.

    >>> from lrsched import linear
    >>> [shift(linear(1.0, 0.0, 4), 1)(t) for t in range(5)]
    [0.75, 0.5, 0.25, 0.0, 0.0]
    >>> [shift(linear(1.0, 0.0, 4), -2)(t) for t in range(5)]
    [1.0, 1.0, 1.0, 0.75, 0.5]
    """
    inner = bound(xp, schedule)
    last = xp.last_step - xp.maximum(steps, 0)
    return lambda t: inner(xp.maximum(xp.minimum(xp.maximum(t, 0), last) + steps, 0))


def _exact(factor: Any) -> Any:
    return meant(factor) if is_number(factor) else factor


def _stretched(parameters: Mapping[str, Any]) -> tuple[Any, Any]:
    """What is stretched, and the whole factor: rounding a time once for each of some stretches would add up."""
    child, factor = parameters["schedule"], _exact(parameters["factor"])
    while isinstance(child, Schedule) and child.formula.factory is stretch:
        child, factor = child.parameters["schedule"], product(factor, _exact(child.parameters["factor"]))
    return child, factor


def _first(steps: Any, factor: Any) -> Any:
    """The first step at or after a time that is `factor` as long."""
    if is_number(steps) and isinstance(factor, Fraction):
        return math.ceil(min(steps * factor, last_step))
    return steps * (float(factor) if isinstance(factor, Fraction) else factor)


def _stretched_length(parameters: Mapping[str, Any]) -> Any:
    child, factor = _stretched(parameters)
    length = length_of(child)
    return None if length is None else _first(length, factor)


def _stretched_boundaries(parameters: Mapping[str, Any]) -> Any:
    child, factor = _stretched(parameters)
    return {_first(boundary, factor) for boundary in _boundaries_of(child)}


@schedule(length=_stretched_length, boundaries=_stretched_boundaries, stretches=True)
def stretch(xp: Namespace, schedule: Child, factor: Stretch) -> Built:
    """A schedule that takes `factor` times as long: one that is written in epochs, used in steps.

        s(t) = schedule(t / factor)

    Where the formula depends on the step through its ratio to its own times alone, as all but `noam`,
    `natural_exp_decay`, `compose` and plain callables do, the times are multiplied instead, which rounds nothing.
    The others see a rounded step: their relative error is that of t/factor, times the steepness of the schedule.
    A piece whose boundary then lies between two steps begins at the second of them, as `boundaries` says.

    Args:
        schedule: what is stretched (a schedule, callable or number).
        factor: how much longer it takes (1), greater than 0; the steps per epoch, for a schedule in epochs.

    A step may be a number, or an array of any shape; the values have its shape and a float dtype. Outside its range
    the schedule holds as its child does. Raises ValueError or TypeError for a factor that is not greater than 0.

    >>> from lrsched import linear, step_decay
    >>> [stretch(linear(1.0, 0.0, 2), 2)(t) for t in range(5)]
    [1.0, 0.75, 0.5, 0.25, 0.0]
    >>> epochs = step_decay(0.1, 0.1, 30)
    >>> s = stretch(epochs, 5_004)
    >>> s(30 * 5_004 - 1), round(s(30 * 5_004), 9)
    (0.1, 0.01)
    """
    longer = placed(xp, schedule, _exact(factor))
    if longer is not None:
        return bind_child(xp, longer)
    inner = bound(xp.of_floats(), schedule)
    return lambda t: inner(t / factor)


def _composed_length(parameters: Mapping[str, Any]) -> Any:
    return length_of(parameters["clock"])


def _composed_boundaries(parameters: Mapping[str, Any]) -> Any:
    """Those of the clock; the steps at which it passes the boundaries of the schedule are not known."""
    return set(_boundaries_of(parameters["clock"]))


@schedule(length=_composed_length, boundaries=_composed_boundaries)
def compose(xp: Namespace, schedule: Child, clock: Child) -> Built:
    """A schedule over another quantity than updates: tokens, samples, or progress.

        s(t) = schedule(clock(t))

    A clock that gives integers is exact. One that gives floats hands the schedule a rounded step; the relative error
    is that of the clock, times the steepness of the schedule.

    Args:
        schedule: the value as a function of what the clock counts (a schedule, callable or number).
        clock: the count as a function of the update (a schedule, callable or number).

    A step may be a number, or an array of any shape; the values have its shape and a float dtype. Where the clock is
    negative the schedule holds its first value, and past its end its last. Raises TypeError for what is not a
    schedule, callable or number.

    >>> from lrsched import linear
    >>> tokens = lambda t: 2_048 * t
    >>> compose(linear(1.0, 0.0, 8_192), tokens)(1)
    0.75
    """
    inner = bound(xp, clock)
    outer = bound(xp.of_floats() if isinstance(clock, Schedule) else xp, schedule)  # what schedules count is a float
    return lambda t: outer(xp.maximum(inner(t), 0))
