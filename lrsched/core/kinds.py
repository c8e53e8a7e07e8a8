"""What an annotation says about a parameter: its unit, how it is checked, and whether JAX may trace it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

import numpy as np

from ..checks import Site, brief, is_traced, nearest
from .ramp_choice import check_ramp

__all__ = ["Kind", "Parameter", "choice", "flag", "kind_of", "read_parameter"]


@dataclass(frozen=True, repr=False)
class Kind:
    """What an annotation says about a parameter."""

    name: str
    unit: str
    check: Callable[[Site, Any], Any]
    leaf: bool = True
    """Whether it is a number that JAX may trace, or holds such numbers."""
    duration: bool = False
    """Whether it is a number of steps, which stretches when the schedule is stretched."""
    show: Callable[[Any], str] = repr
    encode: Callable[[Any], Any] = lambda value: value
    child: bool = False
    """Whether it is a schedule or a sequence of them."""
    on_its_own_clock: bool = False
    """Whether a child is asked at times that its parent computes, and not at the same step."""
    precise: bool = False
    """Whether its rounding is multiplied: a base or an exponent, which float32 does not hold well enough."""

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number, or a list of numbers: those have a unit."""
        return bool(self.unit)

    def __repr__(self) -> str:
        return self.name


def kind_of(alias: Any) -> Kind:
    """The kind that an annotation carries."""
    return get_args(alias)[1]


def flag() -> Kind:
    """The kind of a `bool` parameter."""

    def check(site: Site, value: Any) -> bool:
        if not isinstance(value, (bool, np.bool_)):
            site.refuse(value, f"must be a bool, not {type(value).__name__}", "write True or False", TypeError)
        return bool(value)

    return Kind("bool", "", check, leaf=False)


def choice(options: tuple[str, ...]) -> Kind:
    """The kind of a `Literal` parameter."""

    def check(site: Site, value: Any) -> str:
        demand, remedy = f"must be one of {', '.join(map(repr, options))}", f"write {options[0]!r}"
        if not isinstance(value, str):
            site.refuse(value, f"{demand}, not {type(value).__name__}", remedy, TypeError)
        if value not in options:
            near = nearest(value, options)
            site.refuse(value, demand, f"did you mean {near!r}?" if near else remedy)
        return str(value)

    return Kind(" | ".join(map(repr, options)), "", check, leaf=False)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a formula: its name, its kind, and its default if it has one."""

    name: str
    kind: Kind
    default: Any
    required: bool
    optional: bool

    @property
    def names_ramp(self) -> bool:
        """Whether its expression is the name of a ramp."""
        return self.kind.check is check_ramp

    @property
    def reads_text(self) -> bool:
        """Whether a string in a config is an expression: of a number, a schedule, or a ramp."""
        return self.kind.is_numeric or self.kind.child or self.names_ramp

    def check(self, call: str, value: Any) -> Any:
        """The value in the form in which schedules keep it."""
        return None if self.optional and value is None else self.kind.check(Site(call, self.name), value)

    def show(self, value: Any) -> str:
        """The value as it is written in a call."""
        return "None" if value is None else self.kind.show(value)

    def encode(self, value: Any) -> Any:
        """The value as JSON holds it."""
        if value is None:
            return None
        if self.kind.leaf and not self.kind.child and is_traced(value):
            raise ValueError(f"{self.name}={brief(value)} is an array, which no config can hold; give it as a number.")
        return self.kind.encode(value)


def read_parameter(call: str, name: str, annotation: Any, default: Any, missing: bool) -> Parameter:
    """A parameter from its annotation; an annotation that says nothing is an error when the formula is written."""
    optional = type(None) in get_args(annotation)
    if optional:
        annotation = next(option for option in get_args(annotation) if option is not type(None))
    if annotation is bool:
        kind = flag()
    elif get_origin(annotation) is Literal:
        kind = choice(get_args(annotation))
    elif get_origin(annotation) is Annotated and isinstance(get_args(annotation)[1], Kind):
        kind = kind_of(annotation)
    else:
        said = "" if annotation is None else f": {getattr(annotation, '__name__', annotation)}"
        raise TypeError(f"{call}({name}{said}) must be annotated with what it is; lrsched.types.Value is a rate.")
    return Parameter(name, kind, default, missing, optional)
