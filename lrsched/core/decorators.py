"""The decorators that make a formula, or a run, a schedule of the vocabulary; and the vocabulary by name."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast, overload

from .checks import brief, guess, sentence
from .formula import Built, Formula, FromParameters
from .namespaces import Namespace
from .safe import safe
from .schedule import Schedule

__all__ = ["composition", "find", "formula_of", "schedule"]

P = ParamSpec("P")

_registry: dict[str, Callable[..., Schedule]] = {}


def find(name: object) -> Callable[..., Schedule]:
    """The factory registered under a name."""
    if not isinstance(name, str):
        kind = type(name).__name__
        raise TypeError(
            f"the name {brief(name)} must be a str, not {kind}; write that of a schedule, such as 'linear'."
        )
    if name not in _registry:
        raise ValueError(sentence(f"unknown schedule {brief(name)}; {guess(name, sorted(_registry))}"))
    return _registry[name]


def formula_of(factory: Callable[..., Schedule]) -> Formula:
    """The formula behind a factory."""
    return cast("Any", factory).formula


def _register(formula: Formula, builder: Callable[..., Any]) -> Callable[..., Schedule]:
    known = _registry.get(formula.name)
    if known is not None and (known.__module__, known.__qualname__) != (builder.__module__, builder.__qualname__):
        raise ValueError(
            f"{formula.name} is the name of a schedule of {known.__module__} already; choose another name."
        )

    @functools.wraps(builder)
    def factory(*args: Any, **kwargs: Any) -> Schedule:
        return formula.new(*args, **kwargs)

    vars(factory).update(formula=formula, __signature__=formula.signature)
    formula.factory = factory
    _registry[formula.name] = factory
    return safe(factory)


@overload
def schedule(builder: Callable[Concatenate[Namespace, P], Built], /) -> Callable[P, Schedule]: ...
@overload
def schedule(
    *,
    length: FromParameters | str | None = None,
    boundaries: FromParameters | None = None,
    simplify: FromParameters | None = None,
    stretches: bool = False,
    monotone: bool = False,
) -> Callable[[Callable[Concatenate[Namespace, P], Built]], Callable[P, Schedule]]: ...
def schedule(
    builder: Callable[..., Any] | None = None,
    /,
    *,
    length: FromParameters | str | None = None,
    boundaries: FromParameters | None = None,
    simplify: FromParameters | None = None,
    stretches: bool = False,
    monotone: bool = False,
) -> Any:
    """Turn a formula into a schedule of the vocabulary: typed, checked, printed, kept, traced as all others are.

    A formula is a builder: it takes the namespace `xp` and the parameters, computes what does not depend on the step,
    and returns the function of the step. It uses operators and the words of `xp` (`where`, `minimum`, `maximum`,
    `floor`, `sqrt`, `exp`, `expm1`, `log`, `log1p`, `sin`, `power`, `grow`, `stairs`), and no `if` on a step or on a
    parameter that may be traced. The annotations say what the parameters are: `lrsched.Value`, `lrsched.Steps` ...

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
        monotone: whether a ramp never turns back, so that no rounding may make it.

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
        formula = Formula(
            builder, length=length, boundaries=boundaries, simplify=simplify, stretches=stretches, monotone=monotone
        )
        return _register(formula, builder)

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
    return _register(Formula(builder, composed=True), builder)
