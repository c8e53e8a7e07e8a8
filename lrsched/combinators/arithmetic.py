"""Schedules added, multiplied and rounded."""

from typing import Any, NoReturn

from ..arrays.namespaces import Namespace
from ..checks import Site, brief, name_of, number, require
from ..core.binding import bound
from ..core.decorators import schedule
from ..core.formula import Built
from ..core.parameters import Child, Factor, Positive
from ..core.schedule import Schedule

__all__ = ["add", "minus", "multiply", "over", "plus", "round_to", "scale", "times", "under"]


@schedule(stretches=True)
def scale(xp: Namespace, schedule: Child, factor: Factor) -> Built:
    """A schedule times a number, also written `factor * schedule` or `schedule / divisor`.

        s(t) = factor * schedule(t)

    Args:
        schedule: the schedule to scale (a schedule, callable or number).
        factor: the factor (1); -1.0 gives the negative rate that `optax.scale_by_schedule` needs to descend.

    >>> from lrsched import linear
    >>> 2 * linear(1.0, 0.0, 4)
    scale(linear(1.0, 0.0, 4), 2.0)
    >>> scale(linear(1.0, 0.0, 4), 2.0)(1)
    1.5
    """
    inner = bound(xp, schedule)
    return lambda t: factor * inner(t)


@schedule(stretches=True)
def multiply(xp: Namespace, a: Child, b: Child) -> Built:
    """The product of two schedules, also written `a * b`.

        s(t) = a(t) * b(t)

    Args:
        a: one factor (a schedule, callable or number).
        b: the other.

    >>> from lrsched import linear, step_decay
    >>> (linear(1.0, 0.0, 4) * step_decay(1.0, 0.5, 2))(2)
    0.25
    """
    first, second = bound(xp, a), bound(xp, b)
    return lambda t: first(t) * second(t)


@schedule(stretches=True)
def add(xp: Namespace, a: Child, b: Child) -> Built:
    """The sum of two schedules, also written `a + b`.

        s(t) = a(t) + b(t)

    Args:
        a: one term (a schedule, callable or number).
        b: the other.

    >>> from lrsched import linear
    >>> (linear(1.0, 0.0, 4) + 0.5)(3)
    0.75
    """
    first, second = bound(xp, a), bound(xp, b)
    return lambda t: first(t) + second(t)


@schedule(stretches=True)
def round_to(xp: Namespace, schedule: Child, multiple: Positive) -> Built:
    """A schedule rounded to the nearest multiple, halves upwards: for batch sizes and sequence lengths.

        s(t) = multiple * floor(schedule(t)/multiple + 1/2)

    Args:
        schedule: the schedule to round (a schedule, callable or number).
        multiple: the number to round to multiples of (in the schedule's unit), greater than 0.

    >>> from lrsched import linear
    >>> [round_to(linear(32.0, 256.0, 4), 64)(t) for t in range(5)]
    [64.0, 64.0, 128.0, 192.0, 256.0]
    """
    inner = bound(xp, schedule)
    most = multiple * 2.0**53  # beyond it, every float is a multiple as far as floats can tell

    def value(t: Any) -> Any:
        exact = inner(t)
        near = xp.maximum(xp.minimum(exact, most), -most)
        return xp.where(near == exact, multiple * xp.floor(near / multiple + 0.5), exact)

    return value


def times(a: Schedule, b: Any) -> Schedule:
    """What `a * b` is: a product of schedules, or a schedule scaled by a number."""
    return multiply(a, b) if callable(b) else scale(a, b)


def over(a: Schedule, b: Any) -> Schedule:
    """What `a / b` is: a schedule scaled by one over a number."""
    if callable(b):
        _refuse_divisor(a, b)
    divisor = number(Site("scale", "factor"), b)
    require(divisor != 0, a.formula.name, f"...) / {brief(b)} must be divided by another number than 0.")
    return scale(a, 1 / divisor)


def under(a: Schedule, b: Any) -> NoReturn:
    """What `b / a` is: an error."""
    _refuse_divisor(b, a)


def _refuse_divisor(a: Any, b: Any) -> NoReturn:
    first, second = (brief(x) if isinstance(x, Schedule) or not callable(x) else name_of(x) for x in (a, b))
    raise TypeError(
        f"{first} / {second} must have a number as divisor; pass a function instead, "
        "such as lambda step: 2 / schedule(step), which TorchScheduler, optax and all combinators take."
    )


def plus(a: Schedule, b: Any) -> Schedule:
    """What `a + b` is."""
    return add(a, b)


def minus(a: Schedule, b: Any) -> Schedule:
    """What `a - b` is; what cannot be subtracted cannot be added either."""
    if callable(b):
        return add(a, scale(b, -1.0))
    return add(a, -b if hasattr(type(b), "__neg__") and not isinstance(b, bool) else b)


Schedule.install(
    __mul__=times,
    __rmul__=times,
    __truediv__=over,
    __rtruediv__=under,
    __add__=plus,
    __radd__=plus,
    __sub__=minus,
    __rsub__=lambda a, b: plus(-a, b),
    __neg__=lambda a: times(a, -1.0),
)
