"""Schedules kept above or below something. To end a decay above zero, give it an `end_value` instead."""

from ..arrays.namespaces import Namespace
from ..core.binding import bound
from ..core.decorators import schedule
from ..core.formula import Built
from ..core.parameters import Child, Value

__all__ = ["clamp_max", "clamp_min", "maximum", "minimum"]


@schedule(stretches=True)
def clamp_min(xp: Namespace, schedule: Child, minimum: Value) -> Built:
    """A schedule that never falls below a value.

        s(t) = max(schedule(t), minimum)

    A clamped decay is flat once it meets the minimum; `cosine(peak, minimum, steps)` reaches it only at the end.

    Args:
        schedule: the schedule to clamp (a schedule, callable or number).
        minimum: the least value (a rate).

    >>> from lrsched import linear
    >>> [clamp_min(linear(1.0, 0.0, 4), 0.4)(t) for t in range(5)]
    [1.0, 0.75, 0.5, 0.4, 0.4]
    """
    inner = bound(xp, schedule)
    return lambda t: xp.maximum(inner(t), minimum)


@schedule(stretches=True)
def clamp_max(xp: Namespace, schedule: Child, maximum: Value) -> Built:
    """A schedule that never rises above a value.

        s(t) = min(schedule(t), maximum)

    Args:
        schedule: the schedule to clamp (a schedule, callable or number).
        maximum: the greatest value (a rate).

    >>> from lrsched import linear
    >>> [clamp_max(linear(1.0, 0.0, 4), 0.6)(t) for t in range(5)]
    [0.6, 0.6, 0.5, 0.25, 0.0]
    """
    inner = bound(xp, schedule)
    return lambda t: xp.minimum(inner(t), maximum)


@schedule(stretches=True)
def minimum(xp: Namespace, a: Child, b: Child) -> Built:
    """The smaller of two schedules at every step.

        s(t) = min(a(t), b(t))

    Args:
        a: one of them (a schedule, callable or number).
        b: the other.

    >>> from lrsched import linear
    >>> [minimum(linear(0.0, 1.0, 2), linear(1.0, 0.0, 4))(t) for t in range(5)]
    [0.0, 0.5, 0.5, 0.25, 0.0]
    """
    first, second = bound(xp, a), bound(xp, b)
    return lambda t: xp.minimum(first(t), second(t))


@schedule(stretches=True)
def maximum(xp: Namespace, a: Child, b: Child) -> Built:
    """The larger of two schedules at every step.

        s(t) = max(a(t), b(t))

    Args:
        a: one of them (a schedule, callable or number).
        b: the other.

    >>> from lrsched import linear
    >>> [maximum(linear(0.0, 1.0, 2), linear(1.0, 0.0, 4))(t) for t in range(5)]
    [1.0, 0.75, 1.0, 1.0, 1.0]
    """
    first, second = bound(xp, a), bound(xp, b)
    return lambda t: xp.maximum(first(t), second(t))
