"""What may stand where a ramp is due: the function itself, `functools.partial` of it, or either as an expression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from ..checks import Site, brief, is_factory, is_traced, name_of, nearest
from .registry import ENDS, PACKAGE, Factory, find, is_ramp, ramps
from .safe import safe
from .schedule import Schedule

__all__ = ["PartialRamp", "as_ramp", "check_ramp", "encode_ramp", "show_ramp"]


READERS: Final[list[Callable[[str], Any]]] = []
"""The reader of expressions, from the layer above."""


@safe
@dataclass(frozen=True, repr=False)
class PartialRamp:
    """A ramp whose further parameters are given, as a value: equal, hashable and printed as the call of `partial`."""

    factory: Factory
    given: tuple[tuple[str, Any], ...]

    def __call__(self, init_value: Any, end_value: Any, steps: Any) -> Schedule:
        """The ramp between two values."""
        return self.factory(init_value, end_value, steps, **dict(self.given))

    def __repr__(self) -> str:
        parameters = cast("Any", self.factory).formula.parameters
        given = [f"{name}={parameters[name].show(value)}" for name, value in self.given]
        return f"partial({', '.join([name_of(self.factory), *given])})"


def as_ramp(ramp: "Callable[..., Schedule] | str") -> Callable[..., Schedule]:
    """A checked ramp, which is callable: for type checkers, since a ramp may be given by name."""
    return cast("Callable[..., Schedule]", ramp)


def check_ramp(site: Site, value: Any) -> Any:
    """A ramp in the form in which schedules keep it."""
    if isinstance(value, str):
        return check_ramp(site, _read(site, value)) if "(" in value else _by_name(site, value)
    if isinstance(value, PartialRamp):
        return value
    if isinstance(value, partial) and is_factory(cast("partial[Any]", value).func):
        return _partial(site, cast("partial[Any]", value))
    if isinstance(value, Schedule):
        remedy = f"give the name alone: {value.formula.name}"
        site.refuse(value, "must be a ramp that is still to be given its values", remedy, TypeError)
    if not callable(value):
        remedy = "give the function or its name, such as 'cosine'"
        site.refuse(value, "must be a ramp such as linear or cosine", remedy, TypeError)
    if is_factory(value):
        _check_factory(site, value, value, ())
    return value


def _read(site: Site, text: str) -> Any:
    """What an expression such as `partial(polynomial, power=3)` stands for, in code as in configs."""
    (read,) = READERS
    try:
        return read(text)
    except (TypeError, ValueError) as error:
        site.refuse(text, "must be the expression of a ramp", str(error))


def _by_name(site: Site, name: str) -> Factory:
    plain = name.strip().removeprefix(f"{PACKAGE}.")
    if plain not in ramps():
        near = nearest(plain, ramps())
        remedy = f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(ramps()))}"
        site.refuse(name, "must be the name of a ramp", remedy)
    return find(plain)


def _partial(site: Site, value: "partial[Any]") -> Any:
    """A partial call by name as a value; parameters that have their defaults are left out."""
    factory: Any = value.func
    known = factory.formula.parameters
    if value.args:
        site.refuse(value, "must be a partial call by name", f"write partial({name_of(factory)}, name=...)")
    for name in value.keywords:
        if name in ENDS:
            site.refuse(value, f"must leave {name} open", "the schedule gives a ramp its values and its length")
        if name not in known:
            near = nearest(name, known)
            remedy = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
            site.refuse(value, f"has a parameter {name!r} that {name_of(factory)} does not have", remedy)
    _check_factory(site, value, factory, value.keywords)
    given = {
        name: known[name].check(name_of(factory), value.keywords[name]) for name in known if name in value.keywords
    }
    for name, number in given.items():
        if is_traced(number):
            site.refuse(value, f"must not have a traced {name}", "write the ramp as a piece of its own", TypeError)
    kept = tuple((name, number) for name, number in given.items() if number != known[name].default)
    return PartialRamp(factory, kept) if kept else factory


def _check_factory(site: Site, value: Any, factory: Any, given: Any) -> None:
    if not is_ramp(factory):
        site.refuse(value, "must be a ramp: (init_value, end_value, steps)", "linear and cosine are", TypeError)
    for parameter in [*factory.formula.parameters.values()][len(ENDS) :]:
        if parameter.required and parameter.name not in given:
            remedy = f"write functools.partial({name_of(factory)}, {parameter.name}=...)"
            site.refuse(value, f"must be given {parameter.name}", remedy, TypeError)


def show_ramp(value: Any) -> str:
    """A ramp as it is written in a call."""
    return getattr(value, "__name__", repr(value))


def encode_ramp(value: Any) -> "str | Mapping[str, Any]":
    """A ramp as JSON holds it: its name, with the parameters that it was given."""
    if isinstance(value, PartialRamp):
        known = cast("Any", value.factory).formula.parameters
        return {"name": name_of(value.factory), "args": {name: known[name].encode(v) for name, v in value.given}}
    if not is_factory(value):
        raise ValueError(f"{brief(value)} is a plain callable, which no config can hold; make it a formula: @schedule.")
    return name_of(value)
