"""The decorators that make a formula, or a run, a schedule of the vocabulary."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, cast, overload

from ..arrays.namespaces import Namespace
from .formula import Built, Formula, FromParameters
from .pieces import Cycles, Part
from .registry import enter
from .safe import safe
from .schedule import Schedule

__all__ = ["branch", "composition", "formula_of", "layout", "schedule"]

P = ParamSpec("P")


def formula_of(factory: Callable[..., Schedule]) -> Formula:
    """The formula behind a factory."""
    return cast("Any", factory).formula


def _register(formula: Formula, builder: Callable[..., Any]) -> Callable[..., Schedule]:
    @functools.wraps(builder)
    def factory(*args: Any, **kwargs: Any) -> Schedule:
        return formula.new(*args, **kwargs)

    vars(factory).update(formula=formula, __signature__=formula.signature)
    factory.__annotations__ = formula.annotations
    formula.factory = factory
    enter(formula.name, builder, factory)
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
    `floor`, `sqrt`, `exp`, `expm1`, `log`, `log1p`, `sin`, `power`, `grow`, `stairs`), and no `if` on a step or on a
    parameter that may be traced. The annotations of `lrsched.types` say what the parameters are: `Value`, `Steps` ...
    `lrsched.bound(xp, child)` is a `Child` as a function of the step.

    A builder may return two functions instead, of the distance from the start and from the end as a fraction of the
    length (0 to 1/2): a ramp, exact at both ends.

    Args:
        builder: the function to decorate.
        length: the parameter, or a function of the parameters by name, that gives the steps after which the value
            holds; the formula never sees a later step. Without it the schedule has no end.
        boundaries: a function of the parameters by name that gives the steps from which another formula speaks;
            without it, those of the children.
        simplify: a function of the checked parameters by name that returns others, or a schedule to return instead.
        stretches: whether a formula of children depends on the step through their values alone, so that it may be
            evaluated on any clock.

    Raises TypeError for a parameter without a unit, and ValueError for a name that is taken.

    >>> from lrsched import schedule
    >>> from lrsched.types import Steps, Value
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
        formula = Formula(builder, length=length, boundaries=boundaries, simplify=simplify, stretches=stretches)
        return _register(formula, builder)

    return decorate if builder is None else decorate(builder)


def composition(builder: Callable[P, Schedule], /) -> Callable[P, Schedule]:
    """Turn a function that returns a schedule into a schedule of the vocabulary, with its own name and parameters.

    The parameters are annotated as those of a formula are; what the function returns is bound once and called in its
    place, and `expand()` shows it. It is called when the schedule is made, so that it can refuse parameters that don't
    go together.

    Raises TypeError for a parameter without a unit, and ValueError for a name that is taken.

    >>> from lrsched import composition, cosine, warmup
    >>> from lrsched.types import Steps, Value
    >>> @composition
    ... def short_warmup(peak_value: Value, steps: Steps):
    ...     '''Ten steps of warmup, then a cosine to 0.'''
    ...     return warmup(cosine(peak_value, 0.0, steps), 10)
    >>> short_warmup(1.0, 90)
    short_warmup(1.0, 90)
    >>> short_warmup(1.0, 90).expand()
    warmup(cosine(1.0, 0.0, 90), 10)
    """
    return _register(Formula(builder, role="composition"), builder)


def branch(*, past: str, start: str) -> Callable[[Callable[P, Schedule]], Callable[P, Schedule]]:
    """A composition that is one child before a step, to the last bit in traced programs, too.

    `past` and `start` name the parameters of the child and of the step.

    These compile the child as they would alone, and gather none of its numbers together with those of later pieces.
    """
    return lambda builder: _register(Formula(builder, role="composition", branch=(past, start)), builder)


def layout(
    *, simplify: FromParameters | None = None
) -> Callable[[Callable[P, "Sequence[Part] | Cycles"]], Callable[P, Schedule]]:
    """Turn a function that returns parts, children placed in time, into a schedule of the vocabulary.

    This is how a combinator that moves time is written: `join`, `shift`, `stretch` and `restart` are. Length,
    boundaries, evaluation and export follow from the parts.

    >>> from lrsched.types import Child, Steps
    >>> from lrsched.core.pieces import Part
    >>> @layout()
    ... def twice(schedule: Child, steps: Steps):
    ...     '''A schedule for `steps`, and once more from its own step 0.'''
    ...     return [Part(0, schedule, 0), Part(steps, schedule, steps)]
    >>> [twice(lambda t: t, 3)(t) for t in range(5)], twice(0.5, 3).boundaries
    ([0.0, 1.0, 2.0, 0.0, 1.0], (3,))
    """
    return lambda builder: _register(Formula(builder, role="layout", simplify=simplify), builder)
