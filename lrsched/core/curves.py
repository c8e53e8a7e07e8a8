"""What a builder returns: how the value depends on time. Each kind of curve knows how to stand on a clock."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from .clock import Clock, Function, fitting
from .place import is_known, plain

__all__ = ["Curve", "Elapsed", "Ends", "Stairs"]


class Curve(Protocol):
    """A value that depends on time."""

    def on(self, clock: Clock) -> Function:
        """The value as a function of the step."""
        ...


class Elapsed(NamedTuple):
    """A function of the time since the start, asked for no time past the length."""

    value: Function
    length: Any = None

    def on(self, clock: Clock) -> Function:
        """The value at own time, between 0 and the length."""
        xp, value, length, own = clock.xp, self.value, self.length, clock.own()
        if length is None:
            return lambda t: value(own(t))
        return lambda t: value(xp.minimum(own(t), length))


class Ends(NamedTuple):
    """A ramp from its two ends: `rise(x)` next to the start, `fall(x)` next to the end.

    `x` is the distance from that end as a fraction of the length, from 0 to 1/2. Nothing cancels, both ends are exact,
    and a step outside the ramp gives the value of the nearer end. A ramp without `rise` is seen from its end alone,
    with `x` from 1 to 0.
    """

    rise: Function | None
    fall: Function
    length: Any

    def on(self, clock: Clock) -> Function:
        """The value of the nearer end."""
        xp, (rise, fall, _) = clock.xp, self
        length = fitting(xp, plain(clock.length(self.length)))
        if is_known(length) and length == 0:
            return lambda t: fall(0.0)
        length = xp.where(length > 0, length, 1)
        since, until = clock.since(), clock.until(self.length)
        is_ramp = plain(clock.length(self.length)) > 0
        if rise is None:

            def from_end(t: Any) -> Any:
                left = until(t)
                part = xp.maximum(left, 0) / length
                return fall(xp.where(_both(left < length, is_ramp), part, xp.where(is_ramp, 1.0, 0.0)))

            return from_end

        def value(t: Any) -> Any:
            since_start, left = since(t), until(t)
            is_first = _both(since_start < left, is_ramp)
            x = xp.maximum(xp.where(is_first, since_start, left), 0) / length
            return xp.where(is_first, rise(x), fall(x))

        return value


class Stairs(NamedTuple):
    """A function of how many times `length` has passed, which changes at once each time."""

    length: Any
    value: Callable[[Any], Any]

    def on(self, clock: Clock) -> Function:
        """The value at the number of the stair."""
        value, count = self.value, clock.passed(self.length)
        return lambda t: value(count(t))


def _both(condition: Any, known: Any) -> Any:
    """Two conditions, of which the second is mostly known to hold."""
    return condition if known is True else condition & known
