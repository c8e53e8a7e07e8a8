"""A formula: from a builder, written like the page of a paper, to a public factory of schedules."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeAlias, overload

from .namespaces import Namespace, is_number
from .parameters import Parameter, guess, read_parameter
from .pytree import register_with_jax
from .schedule import Schedule
from .segments import Bound, bind_plain, bind_ramp

__all__ = ["Built", "Formula", "composition", "find", "formula_of", "latest", "length_of", "schedule"]

P = ParamSpec("P")

Built: TypeAlias = Callable[[Any], Any] | tuple[Callable[[Any], Any], Callable[[Any], Any]] | Bound
"""What a builder returns: a function of the step; or the two ends of a ramp; or, in combinators, a bound schedule."""

FromParameters: TypeAlias = Callable[[Mapping[str, Any]], Any]


class Formula:
    """A named builder with its parameters: what all schedules of one kind share.

    `length` gives the steps after which the value holds, `boundaries` the steps inside at which another formula
    begins to speak, both from the parameters; `simplify` may replace the parameters, or answer with a schedule.
    `stretches` says that the value depends on the step through its ratio to the parameters of time alone.
    """

    def __init__(
        self,
        builder: Callable[..., Any],
        composed: bool,
        length: FromParameters | str | None,
        boundaries: FromParameters | None,
        simplify: FromParameters | None,
        stretches: bool,
    ) -> None:
        self.name: str = builder.__name__
        self.builder = builder
        self.composed = composed
        self.simplify = simplify
        self.stretches = stretches
        self._length = length
        self._boundaries = boundaries
        self.factory: Callable[..., Schedule] = self.new
        hints = inspect.get_annotations(builder, eval_str=True)
        given = list(inspect.signature(builder).parameters.values())[0 if composed else 1 :]
        self.parameters: dict[str, Parameter] = {
            p.name: read_parameter(self.name, p.name, hints.get(p.name), p.default, p.default is p.empty) for p in given
        }
        self.leaf_flags = tuple(parameter.kind.leaf for parameter in self.parameters.values())
        self.signature = inspect.Signature(
            [p.replace(annotation=hints.get(p.name)) for p in given], return_annotation=Schedule
        )

    # From a call to a schedule.

    def new(self, *args: Any, **kwargs: Any) -> Schedule:
        for name in kwargs:
            if name not in self.parameters:
                raise TypeError(f"{self.name}({name}=...) is not a parameter; {guess(name, self.parameters)}.")
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}{self.signature_text()} cannot be called so: {error}.") from None
        bound.apply_defaults()
        values = {name: p.check(self.name, bound.arguments[name]) for name, p in self.parameters.items()}
        if self.simplify is not None:
            values = self.simplify(values)
            if not isinstance(values, Mapping):
                return values
        made = Schedule.make(self, tuple(values.values()))
        register_with_jax()
        made.expand()  # a composition checks its parameters against each other
        return made

    def signature_text(self) -> str:
        """The parameters as they are called, defaults included."""
        parts = [n if p.required else f"{n}={p.show(p.default)}" for n, p in self.parameters.items()]
        return f"({', '.join(parts)})"

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
            rise, fall = built
            return bind_ramp(xp, rise, fall, length)
        has_children = any(parameter.kind.child for parameter in self.parameters.values())
        return Bound(built) if has_children else bind_plain(xp, built, length)

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


# The registry and the decorators.

_registry: dict[str, Callable[..., Schedule]] = {}


def find(name: object) -> Callable[..., Schedule]:
    """The factory registered under a name."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a schedule must be a str, not {type(name).__name__}.")
    if name not in _registry:
        raise ValueError(f"unknown schedule {name!r}; {guess(name, _registry)}.")
    return _registry[name]


def formula_of(factory: Callable[..., Schedule]) -> Formula:
    """The formula behind a factory."""
    formula: Formula = factory.formula  # type: ignore[attr-defined]  (functions have attributes, their type has none)
    return formula


def _register(formula: Formula, builder: Callable[..., Any]) -> Callable[..., Schedule]:
    known = _registry.get(formula.name)
    if known is not None and (known.__module__, known.__qualname__) != (builder.__module__, builder.__qualname__):
        raise ValueError(
            f"{formula.name} is the name of a schedule of {known.__module__} already; choose another name."
        )

    @functools.wraps(builder)
    def factory(*args: Any, **kwargs: Any) -> Schedule:
        return formula.new(*args, **kwargs)

    factory.formula = formula  # type: ignore[attr-defined]  (functions have attributes, their type has none)
    factory.__signature__ = formula.signature  # type: ignore[attr-defined]
    formula.factory = factory
    _registry[formula.name] = factory
    return factory


@overload
def schedule(builder: Callable[Concatenate[Namespace, P], Built], /) -> Callable[P, Schedule]: ...
@overload
def schedule(
    *,
    length: FromParameters | str | None = None,
    boundaries: FromParameters | None = None,
    simplify: FromParameters | None = None,
    stretches: bool = False,
) -> Callable[[Callable[Concatenate[Namespace, P], Built]], Callable[P, Schedule]]: ...
def schedule(
    builder: Callable[..., Any] | None = None,
    /,
    *,
    length: FromParameters | str | None = None,
    boundaries: FromParameters | None = None,
    simplify: FromParameters | None = None,
    stretches: bool = False,
) -> Any:
    """Turn a formula into a schedule of the vocabulary: typed, checked, printed, kept, traced as all others are.

    A formula is a builder: it takes the namespace `xp` and the parameters, computes what does not depend on the step,
    and returns the function of the step. It uses operators and the words of `xp` (`where`, `minimum`, `maximum`,
    `floor`, `sqrt`, `exp`, `expm1`, `log`, `log1p`, `sin`, `power`, `grow`), and no `if` on a step or on a parameter
    that may be traced. The annotations say what the parameters are: `lrsched.Value`, `lrsched.Steps` and so on.

    A builder may return two functions instead, of the distance from the start and from the end as a fraction of the
    length (0 to 1/2): a ramp, exact at both ends.

    Args:
        builder: the function that is decorated.
        length: the parameter, or a function of the parameters by name, that gives the steps after which the value
            holds; the formula never sees a later step. Without it the schedule has no end.
        boundaries: a function of the parameters by name that gives the steps at which another formula begins to speak;
            without it, those of the children.
        simplify: a function of the checked parameters by name that returns others, or a schedule to return instead.
        stretches: whether the value depends on the step through its ratio to the parameters of time alone, so that a
            longer schedule is the same formula with those multiplied.

    Raises TypeError for a parameter without a unit, and ValueError for a name that is taken.

    >>> from lrsched import Steps, Value, schedule
    >>> @schedule(length="steps")
    ... def smoothstep(xp, init_value: Value, end_value: Value, steps: Steps):
    ...     '''3x^2 - 2x^3 from `init_value` to `end_value`.'''
    ...     span = end_value - init_value
    ...     return (lambda x: init_value + span * x * x * (3 - 2 * x), lambda x: end_value - span * x * x * (3 - 2 * x))
    >>> smoothstep(0.0, 1.0, 4)
    smoothstep(0.0, 1.0, 4)
    >>> [smoothstep(0.0, 1.0, 4)(t) for t in range(6)]
    [0.0, 0.15625, 0.5, 0.84375, 1.0, 1.0]
    """

    def decorate(builder: Callable[..., Any]) -> Callable[..., Schedule]:
        return _register(Formula(builder, False, length, boundaries, simplify, stretches), builder)

    return decorate if builder is None else decorate(builder)


def composition(builder: Callable[P, Schedule], /) -> Callable[P, Schedule]:
    """Turn a function that returns a schedule into a schedule of the vocabulary, with its own name and parameters.

    The parameters are annotated as those of a formula are; what the function returns is bound once and called in its
    place, and `expand()` shows it. It is called when the schedule is made, so that it can refuse parameters that don't
    go together.

    Raises TypeError for a parameter without a unit, and ValueError for a name that is taken.

    >>> from lrsched import Steps, Value, composition, cosine, warmup
    >>> @composition
    ... def short_warmup(peak_value: Value, steps: Steps):
    ...     '''Ten steps of warmup, then a cosine to 0.'''
    ...     return warmup(cosine(peak_value, 0.0, steps), 10)
    >>> short_warmup(1.0, 90)
    short_warmup(1.0, 90)
    >>> short_warmup(1.0, 90).expand()
    warmup(cosine(1.0, 0.0, 90), 10)
    """
    return _register(Formula(builder, True, None, None, None, False), builder)
