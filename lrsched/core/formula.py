"""A formula: from a builder, written like the page of a paper, to a public factory of schedules."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from . import numbers
from .calls import bind_arguments, by_name_if_default, signature_text
from .checks import brief
from .libraries import is_number, recognise_torch
from .namespaces import Namespace
from .parameters import Parameter, read_parameter
from .pytree import register_with_jax
from .ramps import Ends, bind_ramp, is_steep
from .schedule import Schedule
from .segments import Bound, bind_plain

__all__ = ["Built", "Formula", "FromParameters", "latest", "length_of"]

Built: TypeAlias = Callable[[Any], Any] | tuple[Callable[[Any], Any], Callable[[Any], Any]] | Ends | Bound
"""What a builder returns: a function of the step; or the two ends of a ramp; or, in combinators, a bound schedule."""

FromParameters: TypeAlias = Callable[[Mapping[str, Any]], Any]

MAX_DEPTH = 64
"""How deep schedules may be nested: deeper ones could be made, but Python could not call them."""


class Formula:
    """A named builder with its parameters: what all schedules of one kind share.

    `length` gives the steps after which the value holds, `boundaries` the steps inside at which another formula
    begins to speak, both from the parameters; `simplify` may replace the parameters, or answer with a schedule.
    `stretches` says that the value depends on the step through its ratio to the parameters of time alone, `monotone`
    that a ramp never turns back.
    """

    def __init__(
        self,
        builder: Callable[..., Any],
        *,
        composed: bool = False,
        length: FromParameters | str | None = None,
        boundaries: FromParameters | None = None,
        simplify: FromParameters | None = None,
        stretches: bool = False,
        monotone: bool = False,
    ) -> None:
        self.name: str = builder.__name__
        self.builder = builder
        self.composed = composed
        self.simplify = simplify
        self.stretches = stretches
        self.monotone = monotone
        self._length = length
        self._boundaries = boundaries
        self.factory: Callable[..., Schedule] = self.new
        hints = inspect.get_annotations(builder, eval_str=True)
        given = list(inspect.signature(builder).parameters.values())[0 if composed else 1 :]
        given = [by_name_if_default(self.name, p) for p in given]
        self.parameters: dict[str, Parameter] = {
            p.name: read_parameter(self.name, p.name, hints.get(p.name), p.default, p.default is p.empty) for p in given
        }
        self.required = [name for name, parameter in self.parameters.items() if parameter.required]
        self.leaf_flags = tuple(parameter.kind.leaf for parameter in self.parameters.values())
        self.signature = inspect.Signature(
            [p.replace(annotation=self.parameters[p.name].kind) for p in given], return_annotation=Schedule
        )

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
        recognise_torch()
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

    def bind(self, xp: Namespace, schedule: Schedule) -> Bound:
        """The function of the step in a namespace."""
        if self.composed:
            return schedule.expand().bind(xp)
        values = {
            name: _fitting(xp, f"{self.name}({name}", value) if parameter.kind.duration else value
            for (name, parameter), value in zip(self.parameters.items(), schedule.values, strict=True)
        }
        built = self.builder(xp, **values)
        if isinstance(built, Bound):
            return built
        length = self.own_length(values)
        if isinstance(built, tuple):
            return bind_ramp(xp, self._in_order(xp, schedule, Ends(*built), length), length)
        has_children = any(parameter.kind.child for parameter in self.parameters.values())
        return Bound(built) if has_children else bind_plain(xp, built, length)

    def is_ramp(self, schedule: Schedule) -> bool:
        """Whether the builder gives two ends."""
        built = None if self._length is None or self.composed else self.builder(numbers, **schedule.parameters)
        return isinstance(built, tuple) and not isinstance(built, Bound)

    def ends(self, xp: Namespace, schedule: Schedule, steps: Any) -> Ends:
        """The two ends of a ramp, for another number of steps than its own."""
        values = dict(schedule.parameters)
        if isinstance(self._length, str):
            values[self._length] = steps
        return self._in_order(xp, schedule, Ends(*self.builder(xp, **values)), steps)

    def _in_order(self, xp: Namespace, schedule: Schedule, ends: Ends, steps: Any) -> Ends:
        """The ends of a ramp; with its limits, if it never turns back, but rounding might make it."""
        if not self.monotone or ends.rise is None:
            return ends
        if not schedule.traced() and is_number(steps) and is_steep(xp, ends, steps):
            return ends
        given = schedule.parameters
        if "init_value" in given and "end_value" in given:
            return ends._replace(limits=(given["init_value"], given["end_value"]))
        return ends._replace(limits=(ends.rise(0.0), ends.fall(0.0)))

    # What is known of a schedule without calling it.

    def expand(self, schedule: Schedule) -> Schedule:
        """What a composition is made of."""
        return self.builder(**schedule.parameters) if self.composed else schedule

    def own_length(self, values: Mapping[str, Any]) -> Any:
        """The declared length."""
        if callable(self._length):
            return self._length(values)
        return None if self._length is None else values[self._length]

    def length(self, schedule: Schedule) -> Any:
        """The steps after which the value holds, or None."""
        return schedule.expand().length if self.composed else self.own_length(schedule.parameters)

    def boundaries(self, schedule: Schedule) -> tuple[Any, ...]:
        """The steps inside at which another formula begins to speak; of children on the same clock, unless declared."""
        if self.composed:
            return schedule.expand().boundaries
        values = schedule.parameters
        found = self._boundaries(values) if self._boundaries else _union(_children(values.values()))
        return tuple(sorted(found)) if all(map(is_number, found)) else tuple(found)

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


class StepOverflowError(OverflowError, ValueError):
    """A length that does not fit the integers that traced steps are counted in."""


def _fitting(xp: Namespace, place: str, steps: Any) -> Any:
    """A number of steps as the steps of a namespace are counted: in its integers, or in floats."""
    if isinstance(steps, tuple):
        return tuple(_fitting(xp, place, item) for item in steps)
    if not isinstance(steps, int):
        return steps
    if abs(steps) > xp.last_step:
        raise StepOverflowError(
            f"{place}={steps}) does not fit the steps of this array, which end at {xp.last_step}; "
            'call jax.config.update("jax_enable_x64", True), or count in a larger unit.'
        )
    return steps if xp.int_dtype is not None else float(steps)


def _depth(value: Any) -> int:
    if isinstance(value, Schedule):
        return 1 + max(map(_depth, value.values), default=0)
    return max(map(_depth, value), default=0) if isinstance(value, tuple) else 0


def _same(value: Any, default: Any) -> bool:
    return type(value) in (int, float, bool, str) and value == default


def _children(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _union(values: Iterable[Any]) -> set[Any]:
    return {boundary for value in values if isinstance(value, Schedule) for boundary in value.boundaries}


def length_of(child: Any) -> Any:
    """The length of a child: of a schedule its own, of a number 0, of a callable unknown (None)."""
    if isinstance(child, Schedule):
        return child.length
    return None if callable(child) else 0


def latest(lengths: Iterable[Any]) -> Any:
    """The greatest of some lengths, or None where one has no end."""
    found = list(lengths)
    if any(length is None for length in found):
        return None
    result = found[0]
    for length in found[1:]:
        longer = length > result
        result = (length if longer else result) if isinstance(longer, bool) else longer * length + (1 - longer) * result
    return result
