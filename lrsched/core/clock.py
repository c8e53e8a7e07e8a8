"""The clock of a placed schedule: from a step to the time since its start, and the time left to its end.

A time is split into a whole step, which is subtracted from the step in integers, and the rest, which is added to the
small difference. So a distance is exact next to either end, however far out both are.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from ..arrays.numbers import meant
from .place import Place, as_float, by, exact, is_known, plain, plus

__all__ = ["Clock", "Function", "Namespace", "fitting", "split"]

Function: TypeAlias = Callable[[Any], Any]
"""A function of the step."""

Namespace: TypeAlias = Any


def split(xp: Namespace, time: Any) -> tuple[Any, Any]:
    """A time as a whole step that the namespace can subtract, and the rest, a float; a traced time is all whole."""
    if not is_known(time):
        return time, 0.0
    whole = min(max(math.floor(time), int(xp.first_step)), int(xp.last_step))
    return whole if xp.int_dtype is not None else float(whole), as_float(time - whole)


class Clock(NamedTuple):
    """The time of a placed schedule in a namespace: its own 0 is at `whole + rest`, its own unit takes `factor` steps.

    `place` has the exact times. `ends` is given for pieces out of a table: the end, split, and the length.
    """

    xp: Namespace
    place: Place
    whole: Any
    rest: Any
    ends: Any = None

    @classmethod
    def of(cls, xp: Namespace, place: Place) -> "Clock":
        """The clock of a place."""
        return cls(xp, place, *split(xp, place.origin))

    @property
    def is_step(self) -> bool:
        """Whether own time is a whole number of steps, which stays an integer."""
        return is_known(self.rest, self.place.factor) and self.rest == 0 and self.place.factor == 1

    def since(self) -> Function:
        """The steps since own time 0; negative before it."""
        whole, rest = self.whole, self.rest
        if is_known(rest) and rest == 0:
            return (lambda t: t) if is_known(whole) and whole == 0 else (lambda t: t - whole)
        return lambda t: (t - whole) - rest

    def own(self) -> Function:
        """Own time, never negative: what a formula sees."""
        xp, since, factor = self.xp, self.since(), plain(self.place.factor)
        if self.is_step:
            if is_known(self.whole) and self.whole == 0:
                return since  # a step is never negative
            return lambda t: xp.maximum(since(t), 0)
        if is_known(self.place.factor) and self.place.factor == 1:
            return lambda t: xp.maximum(since(t), 0.0)
        return lambda t: xp.maximum(since(t), 0) / factor

    def counted(self) -> Function:
        """Own time for a plain callable, which may want an integer: held at the last step where it would overflow."""
        xp, (origin, factor) = self.xp, self.place
        if is_known(origin, factor) and factor == 1 and self.rest != 0 and origin.denominator == 1 and origin < 0:
            ahead = int(-origin)
            return lambda t: xp.minimum(t, xp.last_step - ahead) + ahead
        return self.own()

    def length(self, own: Any) -> Any:
        """An own time in steps."""
        return self.ends[2] if self.ends else by(exact(own), self.place.factor)

    def until(self, own: Any) -> Function:
        """The steps left until an own time; negative after it."""
        steps = self.length(own)
        if self.ends or is_known(steps, self.place.origin):
            whole, rest = self.ends[:2] if self.ends else split(self.xp, plus(self.place.origin, steps))
            if is_known(rest) and rest == 0:
                return lambda t: whole - t
            return lambda t: (whole - t) + rest
        since, steps = self.since(), plain(steps)
        if is_known(self.rest) and self.rest == 0:
            return lambda t: steps - since(t)
        whole, rest = self.whole, self.rest
        return lambda t: (steps - (t - whole)) + rest

    def passed(self, own: Any) -> Function:
        """How many times an own time has passed, by exact integers or fractions where it is known."""
        xp, steps = self.xp, self.length(own)
        if not is_known(steps, self.place.origin):
            since, count = self.since(), xp.stairs(plain(steps))
            return lambda t: count(xp.maximum(since(t), 0))
        first, late = self.after()
        count = xp.stairs(steps, late)
        if first == 0:
            return lambda t: count(xp.maximum(t, 0))
        if late < steps:
            return lambda t: count(xp.maximum(t - first, 0))
        return lambda t: xp.where(t < first, 0, count(xp.maximum(t - first, 0)))

    def after(self) -> tuple[int, Fraction]:
        """The first whole step at or after own time 0, and how much later it is."""
        first = min(max(math.ceil(self.place.origin), int(self.xp.first_step)), int(self.xp.last_step))
        return first, meant(first) - self.place.origin


def fitting(xp: Namespace, steps: Any) -> Any:
    """A number of steps in the integers of a namespace, or as a float where they don't hold it."""
    if not isinstance(steps, int):
        return steps
    return steps if xp.int_dtype is not None and abs(steps) <= xp.last_step else as_float(steps)
