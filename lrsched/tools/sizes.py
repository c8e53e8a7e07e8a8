"""The checks of what tools are given: whole numbers, decimals taken as they are meant, schedules."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from .. import checks
from ..arrays.numbers import last_step, meant
from ..checks import Site, round_half_away
from ..core.parameters import Kind, choice
from ..core.schedule import Schedule

__all__ = ["Rounding", "Samples", "Size", "a_schedule", "amount", "count", "ratio", "rounded", "size"]

Rounding: TypeAlias = Literal["ceil", "floor", "round"]
"""How a part of a step becomes a step; "round" is to the nearest, half away from zero."""

_ROUNDINGS: dict[str, Callable[[Fraction], int]] = {"ceil": math.ceil, "floor": math.floor, "round": round_half_away}
_rounding = choice(tuple(_ROUNDINGS))


def a_schedule(site: Site, value: Any) -> Schedule:
    """A schedule, and neither a number nor a plain callable."""
    if not isinstance(value, Schedule):
        remedy = "lrsched.constant(value) is one"
        site.refuse(value, f"must be a schedule, not {type(value).__name__}", remedy, TypeError)
    return value


def known(site: Site, value: Any) -> Any:
    """A finite Python number."""
    return checks.known(site, value, "sizes are known before the run")


def size(site: Site, value: Any, least: int = 1) -> int:
    """How many there are of something: a whole number, `least` or more."""
    value = known(site, value)
    if value != int(value):
        site.refuse(value, "must be a whole number", "give how many there are")
    if value < least:
        site.refuse(value, f"must be at least {least}", "give how many there are")
    if value > last_step:
        site.refuse(value, "must be at most 2**53", "count in a larger unit")
    return int(value)


def count(site: Site, value: Any) -> int:
    """How many there are of something, which may be none."""
    return size(site, value, least=0)


Size = Annotated[int, Kind("Size", "samples", size, leaf=False)]
"""A number of samples, 1 or more; never traced, since lengths and pieces follow from it."""
Samples = Annotated[int, Kind("Samples", "samples", count, leaf=False)]
"""A number of samples, 0 or more; never traced."""


def amount(site: Site, value: Any) -> Fraction:
    """A number greater than 0 that need not be whole, as it is meant."""
    value = known(site, value)
    if value <= 0:
        site.refuse(value, "must be greater than 0", "give how much there is")
    return meant(value)


def ratio(site: Site, value: Any) -> Fraction:
    """A part of a whole, from 0 to 1, as it is meant."""
    value = known(site, value)
    if not 0 <= value <= 1:
        site.refuse(value, "must be between 0 and 1", "0.3 is 30 %")
    return meant(value)


def rounded(call: str, value: Fraction, rounding: str) -> int:
    """A number of steps from an exact one."""
    return _ROUNDINGS[_rounding.check(Site(call, "rounding"), rounding)](value)
