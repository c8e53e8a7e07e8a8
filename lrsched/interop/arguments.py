"""What functions under the names of other libraries are given: checked by their annotations, as the vocabulary is."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, ParamSpec, cast

from ..core import checks
from ..core.calls import bind_arguments
from ..core.checks import Site, brief, countable, number, real
from ..core.parameters import Boundaries, Duration, Fraction, Kind, Period, Steps, Values, kind_of, read_parameter
from ..core.schedule import Schedule

__all__ = [
    "Count",
    "Cycles",
    "DecayRate",
    "Exponent",
    "Length",
    "LengthOr0",
    "Milestones",
    "Part",
    "Scales",
    "Starts",
    "Whole",
    "known",
    "translated",
    "unrounded",
]

P = ParamSpec("P")


def translated(function: Callable[P, Schedule]) -> Callable[P, Schedule]:
    """A function of another library, which sees its arguments checked as their annotations say."""
    name, signature = function.__name__, inspect.signature(function, eval_str=True)
    parameters = {
        p.name: read_parameter(name, p.name, p.annotation, p.default, p.default is p.empty)
        for p in signature.parameters.values()
    }

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> Schedule:
        given = bind_arguments(name, signature, parameters, args, kwargs)
        values = {key: parameters[key].check(name, value) for key, value in given.items()}
        return cast(Any, function)(**values)

    return checked


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
    return kind_of(Boundaries).check(site, _milestones(site, values))


def _milestones(site: Site, values: Any) -> tuple[int, ...]:
    kind_of(Values).check(site, values)
    return tuple(kind_of(Whole).check(site.item(index), value) for index, value in enumerate(values))


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


def _cycles(site: Site, cycles: Any) -> tuple[Mapping[str, Any], ...]:
    if isinstance(cycles, (str, Mapping)) or not isinstance(cycles, Iterable):
        site.refuse(cycles, f"must be a list of dicts, not {type(cycles).__name__}", "write [{...}, {...}]", TypeError)
    given = tuple(cast("Iterable[Any]", cycles))
    for index, cycle in enumerate(given):
        if not isinstance(cycle, Mapping):
            demand = f"must be a dict of arguments, not {type(cycle).__name__}"
            site.item(index).refuse(cycle, demand, "warmup_cosine_decay_schedule takes them", TypeError)
    if not given:
        site.refuse([], "must have one cycle or more", "give the arguments of each")
    return given


def _kind(name: str, unit: str, check: Callable[[Site, Any], Any]) -> Kind:
    return Kind(name, unit, check, leaf=False)


def _length(check: Callable[[Site, Any], Any]) -> Kind:
    def checked(site: Site, value: Any) -> Any:
        steps = check(site, value)
        if 0 < steps < 1:
            remedy = "multiply it by the steps that it is a part of"
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
Exponent = Annotated[float, _kind("Exponent", "1", known(real()))]
"""A finite exponent of either sign."""
DecayRate = Annotated[
    float, _kind("DecayRate", "1", known(_at_least_0("a decay multiplies by a number between 0 and 1")))
]
"""A factor that is applied again and again, 0 or more."""
Starts = Annotated[Sequence[int], _kind("Starts", "steps", _starts)]
"""The whole first steps of pieces, rising."""
Scales = Annotated[Mapping[int, float], _kind("Scales", "1", _scales)]
"""Factors by the step from which they hold. A step may be text, as JSON makes all keys."""
Milestones = Annotated[Sequence[int], _kind("Milestones", "steps", _milestones)]
"""Whole steps, in any order."""
Cycles = Annotated[Iterable[Mapping[str, Any]], _kind("Cycles", "", _cycles)]
"""The arguments of calls, one after another."""
Part = Annotated[float, Kind("Part", "1", known(kind_of(Fraction).check))]
"""A part of a number of steps, between 0 and 1."""
