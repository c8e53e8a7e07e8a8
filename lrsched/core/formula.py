"""A formula: from a builder, written like the page of a paper, to a public factory of schedules."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from ..arrays.namespaces import Namespace
from ..checks import brief
from .binding import bind_child, fitting, on_any_clock
from .calls import bind_arguments, by_name_if_default, signature_text
from .curves import Curve, Elapsed, Ends, Stairs
from .parameters import Parameter, read_parameter
from .pieces import Cycles, Part, boundaries_of, length_of
from .pytree import register_with_jax
from .schedule import Schedule
from .tracing import register_with_torch

__all__ = ["Built", "Formula", "FromParameters"]

Built: TypeAlias = Callable[[Any], Any] | tuple[Callable[[Any], Any] | None, Callable[[Any], Any]] | Stairs
"""What a builder returns: a function of the time; the two ends of a ramp, `(rise, fall)`; or stairs."""

FromParameters: TypeAlias = Callable[[Mapping[str, Any]], Any]

MAX_DEPTH = 64
"""How deep schedules may be nested: deeper ones could be made, but Python could not call them."""


class Named(str):
    """An annotation by its name, as `help` shows it; a tool that meets a string asks `typing.get_type_hints`."""

    __slots__ = ()
    __repr__ = str.__str__


class Formula:
    """A named builder with its parameters: what all schedules of one kind share.

    A builder gives the value (`role` "value"), another schedule ("composition"), or parts in time ("layout"). `branch`
    names two parameters of a composition: a child, which it is before a step, and that step.
    `length` gives the steps after which the value holds, `boundaries` the steps inside from which another formula
    speaks, both from the parameters; `simplify` may replace the parameters, or answer with a schedule. `stretches` says
    that the value depends on the step only through the children's values at the same step.
    """

    def __init__(
        self,
        builder: Callable[..., Any],
        *,
        role: Literal["value", "composition", "layout"] = "value",
        branch: tuple[str, str] | None = None,
        length: FromParameters | str | None = None,
        boundaries: FromParameters | None = None,
        simplify: FromParameters | None = None,
        stretches: bool = False,
    ) -> None:
        self.name: str = builder.__name__
        self.builder = builder
        self.composed = role == "composition"
        self.branch = branch
        self.laid_out = role == "layout"
        self.simplify = simplify
        self._length = length
        self._boundaries = boundaries
        self.factory: Callable[..., Schedule] = self.new
        hints = inspect.get_annotations(builder, eval_str=True)
        given = list(inspect.signature(builder).parameters.values())[1 if role == "value" else 0 :]
        given = [by_name_if_default(self.name, p) for p in given]
        self.parameters: dict[str, Parameter] = {
            p.name: read_parameter(self.name, p.name, hints.get(p.name), p.default, p.default is p.empty) for p in given
        }
        self.annotations = {name: hints[name] for name in self.parameters} | {"return": Schedule}
        self.leaf_flags = tuple(parameter.kind.leaf for parameter in self.parameters.values())
        kinds = [(name, parameter.kind) for name, parameter in self.parameters.items()]
        self.has_children = any(kind.child for _, kind in kinds)
        has_times = any(kind.duration for _, kind in kinds)
        same_step = [name for name, kind in kinds if kind.child and not kind.on_its_own_clock]
        self.pointwise = tuple(same_step) if stretches and role == "value" and not has_times else ()
        self.signature = inspect.Signature(
            [p.replace(annotation=Named(self.parameters[p.name].kind.name)) for p in given],
            return_annotation=Named("Schedule"),
        )

    def __repr__(self) -> str:
        """Its name, in what JAX prints where two schedules cannot be stacked."""
        return f"<formula {self.name}>"

    # From a call to a schedule.

    def new(self, /, *args: Any, **kwargs: Any) -> Schedule:
        given = bind_arguments(self.name, self.signature, self.parameters, args, kwargs)
        values = {name: p.check(self.name, given.get(name, p.default)) for name, p in self.parameters.items()}
        if self.simplify is not None:
            values = self.simplify(values)
            if not isinstance(values, Mapping):
                return values
        made = Schedule.make(self, tuple(values.values()))
        register_with_jax()
        register_with_torch()
        self._check_depth(values)
        self._check_expansion(made)
        return made

    def _check_depth(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if _depth(value) >= MAX_DEPTH:
                raise ValueError(
                    f"{self.name}({name}={brief(value)}) must not be nested deeper than {MAX_DEPTH}; "
                    "write one formula: @lrsched.schedule."
                )

    def _check_expansion(self, made: Schedule) -> None:
        """A composition checks its parameters against each other; an error of its parts says whose parts they are."""
        try:
            result: Any = made.expand()
        except (TypeError, ValueError) as error:
            if str(error).startswith(f"{self.name}("):
                raise
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{self.name}: {error}") from None
        if not isinstance(result, Schedule):
            raise TypeError(
                f"{self.name}(...) must return a schedule, not {type(result).__name__}; lrsched.constant(value) is one."
            )

    def signature_text(self) -> str:
        """The parameters as they are called, defaults included."""
        return signature_text(self.signature, self.parameters)

    # From a schedule to its function.

    def bind(self, xp: Namespace, schedule: Schedule) -> Callable[[Any], Any]:
        """The function of the step in a namespace."""
        return bind_child(xp, schedule)

    def parts(self, schedule: Schedule) -> "Iterable[Part] | Cycles | None":
        """The parts of a formula that moves time, else None."""
        return self.builder(**schedule.parameters) if self.laid_out else None

    def build(self, xp: Namespace, values: Mapping[str, Any]) -> Curve:
        """How the value depends on time, in a namespace; children are given to the builder as functions of that."""
        given = {name: self._argument(xp, self.parameters[name], value) for name, value in values.items()}
        built = self.builder(xp, **given)
        if isinstance(built, Stairs):
            return built
        if isinstance(built, tuple):
            rise, fall = built
            return Ends(rise, fall, self.own_length(values))
        return Elapsed(built, None if self.has_children else self.own_length(values))

    def _argument(self, xp: Namespace, parameter: Parameter, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._argument(xp, parameter, item) for item in value)
        if parameter.kind.child:
            return on_any_clock(xp, value)
        return fitting(xp, value) if parameter.kind.duration else value

    def combine(self, xp: Namespace, values: Mapping[str, Any], functions: "list[Any]") -> Callable[[Any], Any]:
        """The value of a formula of children at the same step, given these as functions of the step."""
        given = {
            name: self._argument(xp, p, v)
            for (name, p), v in zip(self.parameters.items(), values.values(), strict=True)
            if name not in self.pointwise
        }
        remaining = iter(functions)
        for name in self.pointwise:
            value = values[name]
            given[name] = tuple(next(remaining) for _ in value) if isinstance(value, tuple) else next(remaining)
        return self.builder(xp, **given)

    def children(self, schedule: Schedule) -> list[Any]:
        """The children that are asked at the same step."""
        values = schedule.parameters
        return [child for name in self.pointwise for child in _items(values[name])]

    def alone(self, schedule: Schedule) -> Schedule:
        """A schedule without the children that are asked at the same step."""
        pairs = zip(self.parameters, schedule.values, strict=True)
        return Schedule.make(self, tuple(_without(value) if name in self.pointwise else value for name, value in pairs))

    # What is known of a schedule without calling it.

    def expand(self, schedule: Schedule) -> Schedule:
        """What a composition is made of."""
        return self.builder(**schedule.parameters) if self.composed else schedule

    def own_length(self, values: Mapping[str, Any]) -> Any:
        """The declared length."""
        if callable(self._length):
            return self._length(values)
        return None if self._length is None else values[self._length]

    def own_boundaries(self, values: Mapping[str, Any]) -> Iterable[Any]:
        """The declared boundaries, or those of the children."""
        if self._boundaries:
            return self._boundaries(values)
        children = (child for value in values.values() for child in _items(value) if isinstance(child, Schedule))
        return {boundary for child in children for boundary in child.boundaries}

    def length(self, schedule: Schedule) -> Any:
        """The steps after which the value holds, or None."""
        return length_of(schedule)

    def boundaries(self, schedule: Schedule) -> tuple[Any, ...]:
        """The steps from which another formula speaks."""
        return boundaries_of(schedule)

    def leaves(self, values: Iterable[Any]) -> Iterable[Any]:
        """The numbers that may be traced, children's included."""
        for value, leaf in zip(values, self.leaf_flags, strict=True):
            if leaf:
                for item in value if isinstance(value, tuple) else (value,):
                    if isinstance(item, Schedule):
                        yield from item.traced() or ()
                    elif item is not None and not callable(item):
                        yield item

    # Text and data.

    def show(self, values: tuple[Any, ...]) -> str:
        """The call that makes the schedule: required arguments by position, others by name where not the default."""
        parts: list[str] = []
        for parameter, value in zip(self.parameters.values(), values, strict=True):
            if parameter.required:
                parts.append(parameter.show(value))
            elif value is not parameter.default and not _same(value, parameter.default):
                parts.append(f"{parameter.name}={parameter.show(value)}")
        return f"{self.name}({', '.join(parts)})"

    def encode(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """The parameters as JSON holds them."""
        return {name: p.encode(v) for (name, p), v in zip(self.parameters.items(), values, strict=True)}


def _depth(value: Any) -> int:
    if isinstance(value, Schedule):
        return 1 + max(map(_depth, value.values), default=0)
    return max(map(_depth, value), default=0) if isinstance(value, tuple) else 0


def _same(value: Any, default: Any) -> bool:
    return type(value) in (int, float, bool, str) and value == default


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _without(value: Any) -> Any:
    return (None,) * len(value) if isinstance(value, tuple) else None
