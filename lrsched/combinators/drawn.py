"""Values drawn towards another one by a factor that is applied again and again, or driven away from it."""

from typing import Any

from ..core.formula import Built, Formula
from ..core.namespaces import Namespace
from ..core.parameters import Child, Factor, Value
from ..core.schedule import Schedule
from ..core.segments import bound

__all__ = ["drawn", "height_of", "heights", "lowered"]


def heights(xp: Namespace, rate: Any, exponent: Any) -> tuple[Any, Any]:
    """rate**exponent, and how much less than 1 it is, which a difference would not tell where it is little."""
    growth = exponent * xp.log(rate)
    return height_of(xp, rate, exponent), -xp.expm1(xp.where(growth > 0, 0.0, growth))


def height_of(xp: Namespace, rate: Any, exponent: Any) -> Any:
    """rate**exponent, held as a value is that grows without end."""
    return xp.minimum(xp.grow(rate, exponent), xp.largest**0.5)


def drawn(xp: Namespace, value: Any, base_value: Any, height: Any, lost: Any) -> Any:
    """base_value + height * (value - base_value): below a height of 1 a mean of the two, in which nothing cancels."""
    low, high = xp.minimum(value, base_value), xp.maximum(value, base_value)
    mean = xp.held(xp.held(height * value + lost * base_value, high, True), low, False)
    return xp.where(height > 1, base_value + height * (value - base_value), mean)


def lowered(schedule: Any, base_value: Any, height: Any, lost: Any) -> Schedule:
    """A schedule drawn towards a value."""
    return Schedule.make(LOWERED, (schedule, base_value, height, lost))


def lowered_by(xp: Namespace, schedule: Child, base_value: Value, height: Factor, lost: Factor) -> Built:
    """A schedule at a height above a value, given how much less than 1 that is."""
    inner = bound(xp, schedule)
    return lambda t: drawn(xp, inner(t), base_value, height, lost)


LOWERED = Formula(lowered_by, stretches=True)
