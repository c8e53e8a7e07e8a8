"""A schedule on another clock: later, slower, or over tokens."""

from ..arrays.namespaces import Namespace
from ..core.binding import bound
from ..core.decorators import layout, schedule
from ..core.formula import Built
from ..core.parameters import Child, Offset, Outer, Stretch
from ..core.pieces import Part

__all__ = ["compose", "shift", "stretch"]


@layout()
def shift(schedule: Child, steps: Offset) -> list[Part]:
    """A schedule that is `steps` ahead; negative steps delay it, and until then it holds its first value.

        s(t) = schedule(t + steps)

    Args:
        schedule: the schedule to shift (a schedule, callable or number).
        steps: how far ahead (steps), of either sign; use 1 for a trainer that counts updates from 1.

    >>> from lrsched import linear
    >>> [shift(linear(1.0, 0.0, 4), 1)(t) for t in range(5)]
    [0.75, 0.5, 0.25, 0.0, 0.0]
    >>> [shift(linear(1.0, 0.0, 4), -2)(t) for t in range(5)]
    [1.0, 1.0, 1.0, 0.75, 0.5]
    """
    return [Part(0, schedule, -steps)]


@layout()
def stretch(schedule: Child, factor: Stretch) -> list[Part]:
    """A schedule that takes `factor` times as long: for example, one in epochs, converted to steps.

        s(t) = schedule(t / factor)

    Most formulas depend on the step only through its ratio to a length. Their lengths are multiplied, which rounds
    nothing. The exceptions, `noam`, `natural_exp_decay`, `compose` and plain callables, get a rounded step: their
    relative error is that of t/factor, times the steepness of the schedule. A boundary that falls between two steps
    moves to the later one, as `boundaries` shows.

    Args:
        schedule: the schedule to stretch (a schedule, callable or number).
        factor: how much longer it takes (1), greater than 0; the steps per epoch, for a schedule in epochs.

    >>> from lrsched import linear, step_decay
    >>> [stretch(linear(1.0, 0.0, 2), 2)(t) for t in range(5)]
    [1.0, 0.75, 0.5, 0.25, 0.0]
    >>> epochs = step_decay(0.1, 0.1, 30)
    >>> s = stretch(epochs, 5_004)
    >>> s(30 * 5_004 - 1), round(s(30 * 5_004), 9)
    (0.1, 0.01)
    """
    return [Part(0, schedule, 0, factor)]


@schedule(stretches=True)
def compose(xp: Namespace, schedule: Outer, clock: Child) -> Built:
    """A schedule of another quantity than updates: tokens, samples, or progress.

        s(t) = schedule(clock(t))

    An integer clock is exact. A float clock passes a rounded step to the schedule; the relative error is that of the
    clock, times the steepness of the schedule.

    Args:
        schedule: the value as a function of what the clock counts (a schedule, callable or number).
        clock: the count as a function of the update (a schedule, callable or number).

    If the clock is negative, the schedule holds its first value; past its end, its last.

    >>> from lrsched import linear
    >>> tokens = lambda t: 2_048 * t
    >>> compose(linear(1.0, 0.0, 8_192), tokens)(1)
    0.75
    """
    outer, inner = bound(xp, schedule), bound(xp, clock)
    return lambda t: outer(xp.maximum(inner(t), 0))
