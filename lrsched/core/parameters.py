"""The annotations of parameters: numbers, schedules, ramps, and lists of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Annotated, Any

from ..arrays.libraries import Number, is_number
from ..arrays.numbers import last_step
from ..checks import (
    Site,
    brief,
    countable,
    is_factory,
    is_list,
    is_traced,
    known,
    name_of,
    number,
    positive,
    real,
    whole,
)
from .kinds import Kind, Parameter, choice, flag, kind_of, read_parameter
from .ramp_choice import check_ramp, encode_ramp, show_ramp
from .schedule import Schedule

__all__ = [
    "Boundaries",
    "Child",
    "Children",
    "Duration",
    "Factor",
    "Fraction",
    "Kind",
    "Multiple",
    "NotNegative",
    "Number",
    "Offset",
    "Outer",
    "Parameter",
    "Period",
    "Positive",
    "Power",
    "Ramp",
    "Rate",
    "Steps",
    "Stretch",
    "Value",
    "Values",
    "choice",
    "flag",
    "kind_of",
    "read_parameter",
]


def _whole_if_it_is(value: Any) -> Any:
    return int(value) if is_number(value) and value == int(value) else value


# Numbers.


Value = Annotated[Number, Kind("Value", "rate", real())]
"""A value of the schedule, absolute, finite."""
Factor = Annotated[Number, Kind("Factor", "1", real())]
"""A finite factor of a value."""
Rate = Annotated[Number, Kind("Rate", "1", positive("a decay multiplies by a number between 0 and 1"), precise=True)]
"""A factor that is applied again and again, greater than 0."""
Power = Annotated[Number, Kind("Power", "1", positive("1.0 is a straight line"), precise=True)]
"""An exponent, greater than 0."""
Positive = Annotated[Number, Kind("Positive", "rate", positive("give a value that can be divided by"))]
"""A value greater than 0."""
NotNegative = Annotated[
    Number,
    Kind("NotNegative", "1/step", real("must be at least 0", lambda v: v >= 0, "a positive rate makes the value fall")),
]
"""A rate of decay per unit of time, at least 0."""
Fraction = Annotated[
    Number, Kind("Fraction", "1", real("must be between 0 and 1", lambda v: 0 <= v <= 1, "0.3 is 30 %"))
]
"""A part of a whole, between 0 and 1."""
Steps = Annotated[Number, Kind("Steps", "steps", whole(0, "steps are counted from 0"), duration=True)]
"""A number of steps, 0 or more, rounded to an integer when it is given as a float."""
Period = Annotated[Number, Kind("Period", "steps", whole(1, "a period has one step or more"), duration=True)]
"""A number of steps that is divided by, 1 or more."""
Offset = Annotated[Number, Kind("Offset", "steps", whole(None, ""), duration=True)]
"""A number of steps of either sign."""
Duration = Annotated[
    Number,
    Kind(
        "Duration",
        "steps",
        countable(positive("give a number of steps")),
        duration=True,
        show=lambda value: repr(_whole_if_it_is(value)),
        encode=_whole_if_it_is,
    ),
]
"""A time in steps that need not be whole, greater than 0. It is a float, for JAX takes an integer for another type."""
Stretch = Annotated[Number, Kind("Stretch", "1", positive("2 makes a schedule twice as long"))]
"""A factor of time, greater than 0."""


def _multiple(site: Site, value: Any) -> Any:
    value = known(site, value, "it decides how many cycles there are")
    if value != 1 and value < 1.01:
        site.refuse(value, "must be 1, or at least 1.01", "with 1 all cycles are equally long")
    if value > last_step:
        site.refuse(value, "must be at most 2**53", "with so long a cycle there is but one")
    return _whole_if_it_is(float(value))


Multiple = Annotated[float, Kind("Multiple", "1", _multiple, leaf=False)]
"""How many times as long each cycle is as the one before it, 1 or at least 1.01; never traced."""


# Schedules.


def _child(site: Site, value: Any) -> Any:
    if isinstance(value, Schedule):
        return value
    if callable(value):
        function = value.func if isinstance(value, partial) else value
        if is_factory(function):
            remedy = f"call it: {name_of(function)}(...)"
            site.refuse(value, "must be a schedule, not the function that makes one", remedy, TypeError)
        return value
    if isinstance(value, bool) or not (is_number(value) or hasattr(value, "dtype")):
        remedy = "lrsched.parse(expression) reads one" if isinstance(value, (str, bytes)) else "give one schedule"
        kind = type(value).__name__
        site.refuse(value, f"must be a schedule, a callable or a number, not {kind}", remedy, TypeError)
    value = number(site, value)
    return value if is_traced(value) else float(value)


def encode_schedule(value: Any) -> Any:
    """A child as a JSON-able value."""
    if isinstance(value, Schedule):
        return {"name": value.formula.name, "args": value.formula.encode(value.values)}
    if callable(value):
        raise ValueError(f"{brief(value)} is a plain callable, which no config can hold; make it a formula: @schedule.")
    return value


Child = Annotated[
    Schedule | Callable[[Any], Any] | Number, Kind("Child", "", _child, child=True, encode=encode_schedule)
]
"""A schedule, a callable `step -> value`, or a number, which is a constant; it is asked at the step of its parent."""
Outer = Annotated[Schedule | Callable[[Any], Any] | Number, replace(kind_of(Child), on_its_own_clock=True)]
"""A child that its parent asks at another step than its own."""
Ramp = Annotated[
    Callable[..., Schedule] | str, Kind("Ramp", "", check_ramp, leaf=False, encode=encode_ramp, show=show_ramp)
]
"""A function `(init_value, end_value, steps) -> schedule`, such as `linear` or `cosine`, or the name of one."""


# Sequences.


def _sequence(name: str, kind: Kind, ordered: bool = False) -> Kind:
    def check(site: Site, values: Any) -> tuple[Any, ...]:
        if not is_list(values):
            site.refuse(values, f"must be a list, not {type(values).__name__}", "write [...]", TypeError)
        checked = tuple(kind.check(site.item(index), value) for index, value in enumerate(values))
        if ordered:
            _rising(site, checked)
        return checked

    return replace(
        kind,
        name=name,
        check=check,
        show=lambda values: f"[{', '.join(map(kind.show, values))}]",
        encode=lambda values: [kind.encode(value) for value in values],
    )


def _rising(site: Site, values: tuple[Any, ...]) -> None:
    known = all(map(is_number, values))
    for index, (before, after) in enumerate(pairwise(values)):
        if known and after == before:
            site.item(index + 1).refuse(after, "must not repeat", "leave out the piece of no steps")
        if known and after < before:
            site.item(index + 1).refuse(
                after, f"must be after {before}", "sort the boundaries together with their pieces"
            )


Values = Annotated[Sequence[Number], _sequence("Values", kind_of(Value))]
"""A list of values."""
Children = Annotated[Sequence[Schedule | Callable[[Any], Any] | Number], _sequence("Children", kind_of(Child))]
"""A list of schedules, callables or numbers."""
Boundaries = Annotated[Sequence[Number], _sequence("Boundaries", kind_of(Steps), ordered=True)]
"""A list of steps, each after the one before it."""
