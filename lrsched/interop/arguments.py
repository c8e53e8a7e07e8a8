"""What functions under the names of other libraries are given: the kinds of their parameters."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, cast

from .. import checks
from ..checks import Site, brief, countable, number, real
from ..core.parameters import Boundaries, Duration, Fraction, Kind, Period, Steps, kind_of


def known(check: Callable[[Site, Any], Any]) -> Callable[[Site, Any], Any]:
    """The check of a number that decides what a schedule is made of, and that can therefore not be traced."""

    def checked(site: Site, value: Any) -> Any:
        checks.known(site, value, "print the schedule that a number makes, and trace that")
        return check(site, value)

    return checked


def unrounded(check: Callable[[Site, Any], Any]) -> Callable[[Site, Any], Any]:
    """The check of a number of steps that is whole as it is given."""

    def checked(site: Site, value: Any) -> Any:
        steps = number(site, value)
        if steps != math.floor(steps):
            site.refuse(value, "must be a whole number of steps", f"give {math.floor(steps)} or {math.ceil(steps)}")
        return check(site, value)

    return known(checked)


def _at_least_0(remedy: str) -> Callable[[Site, Any], Any]:
    return real("must be at least 0", lambda value: value >= 0, remedy)


def _starts(site: Site, values: Any) -> tuple[int, ...]:
    return kind_of(Boundaries).check(site, kind_of(Milestones).check(site, values))


def _scales(site: Site, table: Any) -> tuple[tuple[int, float], ...]:
    """The pairs of a table {step: scale}, sorted."""
    if not isinstance(table, Mapping):
        site.refuse(table, f"must be a dict, not {type(table).__name__}", "write {1000: 0.1}", TypeError)
    pairs: dict[int, float] = {}
    for key, value in cast("Mapping[Any, Any]", table).items():
        place = Site(site.call, f"{site.name}[{brief(key)}]")
        step = kind_of(Whole).check(place, int(key) if isinstance(key, str) and key.isdecimal() else key)
        if step in pairs:
            place.refuse(value, f"must not give step {step} again", "multiply the two scales")
        pairs[step] = _at_least_0("a scale multiplies the value")(place, value)
    return tuple(sorted(pairs.items()))


def instance(kind: Any, remedy: str, but: Any = ()) -> Kind:
    """What a parameter of a type is, but for what is of another one."""

    def check(site: Site, value: Any) -> Any:
        if not isinstance(value, kind) or isinstance(value, but):
            demand = f"must be a {NAMES.get(kind, kind.__name__)}, not {type(value).__name__}"
            site.refuse(value, demand, remedy, TypeError)
        return value

    return _kind(kind.__name__, "", check)


def listed(item: Any, remedy: str, or_none: bool = False) -> Kind:
    """What a parameter is that is a list of values of a kind: one or more, unless there may be none."""
    kind = item if isinstance(item, Kind) else kind_of(item)

    def check(site: Site, values: Any) -> tuple[Any, ...]:
        if isinstance(values, (str, Mapping)) or not isinstance(values, Iterable):
            site.refuse(values, f"must be a list, not {type(values).__name__}", remedy, TypeError)
        given = tuple(kind.check(site.item(index), value) for index, value in enumerate(cast("Iterable[Any]", values)))
        if not given and not or_none:
            site.refuse([], "must not be empty", remedy)
        return given

    return _kind(f"list of {kind.name}", "", check)


NAMES: Mapping[Any, str] = {Callable: "function", Mapping: "dict"}
"""What abstract types are called in messages."""


def _kind(name: str, unit: str, check: Callable[[Site, Any], Any]) -> Kind:
    return Kind(name, unit, check, leaf=False)


def _length(check: Callable[[Site, Any], Any]) -> Kind:
    def checked(site: Site, value: Any) -> Any:
        steps = check(site, value)
        if 0 < steps < 1:
            remedy = "multiply it by the total number of steps"
            site.refuse(value, "must be a number of steps, not a ratio", remedy)
        return steps

    return _kind("Length", "steps", known(checked))


Whole = Annotated[int, _kind("Whole", "steps", unrounded(kind_of(Steps).check))]
"""A whole number of steps, 0 or more."""
Count = Annotated[int, Kind("Count", "steps", unrounded(kind_of(Period).check), leaf=False)]
"""A whole number of steps, 1 or more."""
Length = Annotated[float, _length(kind_of(Duration).check)]
"""A length that need not be whole, greater than 0."""
LengthOr0 = Annotated[float, _length(countable(_at_least_0("steps are counted from 0")))]
"""A length that need not be whole, or 0."""
Amount = Annotated[float, _kind("Amount", "1", known(countable(_at_least_0("give how much"))))]
"""How much of something, 0 or more."""
Exponent = Annotated[float, _kind("Exponent", "1", known(_at_least_0("a negative power is infinite at its end")))]
"""An exponent, 0 or more."""
DecayRate = Annotated[
    float, _kind("DecayRate", "1", known(_at_least_0("a decay multiplies by a number between 0 and 1")))
]
"""A factor that is applied again and again, 0 or more."""
Starts = Annotated[Sequence[int], _kind("Starts", "steps", _starts)]
"""The whole first steps of pieces, rising."""
Scales = Annotated[Mapping[int, float], _kind("Scales", "1", _scales)]
"""Factors by the step from which they hold. A step may be text, as JSON makes all keys."""
Milestones = Annotated[Sequence[int], listed(Whole, "write [30, 60]", or_none=True)]
"""Whole steps, in any order."""
Lengths = Annotated[Sequence[int], listed(Count, "write [1000, 2000]")]
"""The whole lengths of pieces, 1 or more each."""
Text = Annotated[str, instance(str, "write it in quotes")]
"""A string."""
Function = Annotated[Callable[[Any], Any], instance(Callable, "leave it out")]
"""A function of one number."""
Part = Annotated[float, Kind("Part", "1", known(kind_of(Fraction).check))]
"""A part of a number of steps, between 0 and 1."""
