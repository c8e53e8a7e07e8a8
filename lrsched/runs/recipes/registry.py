"""What makes a function a recipe: its arguments are checked as those of a schedule, and it is listed by its name."""

import functools
from collections.abc import Callable
from fractions import Fraction as Rational
from typing import Annotated, Any, ParamSpec

from ...checks import Site, brief, guess, known, number, real, round_half_away, sentence
from ...core.formula import Formula
from ...core.parameters import Fraction, Kind, kind_of
from ...core.schedule import Schedule

__all__ = ["Count", "Epochs", "Part", "find", "names", "recipe", "updates"]

P = ParamSpec("P")

_recipes: dict[str, Callable[..., Schedule]] = {}


def recipe(builder: Callable[P, Schedule]) -> Callable[P, Schedule]:
    """Turn a function that returns a schedule into a recipe: checked, listed, and shown as what it is made of."""
    formula = Formula(builder, role="composition")

    @functools.wraps(builder)
    def make(*args: P.args, **kwargs: P.kwargs) -> Schedule:
        return formula.new(*args, **kwargs).expand()

    vars(make).update(formula=formula, __signature__=formula.signature)
    _recipes[builder.__name__] = make
    return make


def names() -> tuple[str, ...]:
    """The names of all recipes, sorted."""
    return tuple(sorted(_recipes))


def find(name: object) -> Callable[..., Schedule]:
    """The recipe of a name."""
    if not isinstance(name, str):
        raise TypeError(
            f"the recipe {brief(name)} must be named by a str, not {type(name).__name__}; 'bert' is the name of one."
        )
    if name not in _recipes:
        raise ValueError(sentence(f"unknown recipe {brief(name)}; {guess(name, names())}"))
    return _recipes[name]


def updates(amount: float, per_update: float, part: float = 1) -> int:
    """How many updates take in an amount, or so many times the amount: the nearest integer, half away from zero.

    >>> updates(375_000_000, 3_200_000), updates(10, 1, 0.29), updates(7, 2)
    (117, 3, 4)
    """
    return round_half_away(Rational(repr(part)) * Rational(amount) / Rational(per_update))


def _count(site: Site, value: Any) -> int:
    value = number(site, value)
    if value < 1:
        site.refuse(value, "must be at least 1", "count what it takes in")
    if value != int(value):
        site.refuse(value, "must be a whole number", f"give {round_half_away(value)}")
    return int(value)


def _known(check: Any) -> Any:
    """The check of a number that steps are counted with, so that it cannot be traced."""

    def checked(site: Site, value: Any) -> Any:
        return check(site, known(site, value, "it decides the number of steps"))

    return checked


Count = Annotated[float, Kind("Count", "tokens or images", _known(_count), leaf=False)]
"""A number of things, whole and 1 or more; never traced."""
Epochs = Annotated[
    float,
    Kind(
        "Epochs",
        "epochs",
        _known(real("must be at least 0", lambda v: v >= 0, "epochs are counted from 0")),
        leaf=False,
    ),
]
"""A time in epochs, which need not be whole, 0 or more; never traced."""
Part = Annotated[float, Kind("Part", "1", _known(kind_of(Fraction).check), leaf=False)]
"""A part of a whole, between 0 and 1; never traced."""
