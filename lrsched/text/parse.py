"""Schedules as text: `parse`, which reads an expression and never evaluates it.

An expression ends in the same calls of factories as code, and gets the same checks; an error says the column, and
for an inner call the path to its place, such as `join.schedules[1].steps`.
"""

from collections.abc import Mapping
from typing import Any

from ..checks import ENDLESS, Site, brief, number
from ..core.schedule import Schedule
from .expressions import Reader
from .open_names import OpenNames
from .places import ParseError

__all__ = ["ParseError", "given_numbers", "names", "parse"]


def given_numbers(call: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers that names stand for, each finite, or traced."""
    return {name: number(Site(call, name), value, ENDLESS) for name, value in names.items()}


def parse(expression: str | Schedule, /, **names: Any) -> Schedule:
    """The schedule that an expression, a string, describes: `parse(repr(s)) == s`.

    The expression is read, never evaluated. It is a call of a schedule of the vocabulary (or of your own, once it is
    imported), with or without `lrsched.` in front, or arithmetic with such calls and numbers. Its arguments are
    numbers, strings, True, False, None, lists, names of ramps, `partial(RAMP, NAME=VALUE)`, and expressions of the same
    kind. Anything else is refused.

    Args:
        expression: a string of at most 200 000 characters and 160 levels. A schedule is returned as it is.
        **names: the numbers for the names in the expression, which `names(expression)` lists. Arithmetic with them
            (`+ - * / //` and parentheses) is Python's: `0.03*total` is a float, and is rounded as every number of steps
            is. They may be traced, as those of a schedule may.

    Raises ParseError, which is a ValueError, with the column, for everything that is not such an expression, for a name
    that stands for nothing, for arithmetic whose result is not finite, and for whatever the schedule itself refuses.
    Raises ValueError or TypeError for a name that is not given a finite number.

    >>> parse("wsd(3e-4, 100, 1_000, 100, decay=one_minus_sqrt)")
    wsd(0.0003, 100, 1000, 100, decay=one_minus_sqrt)
    >>> parse("0.5 * warmup_cosine(peak, 0.03*total, total)", total=20_000, peak=3e-4)
    scale(warmup_cosine(0.0003, 600, 20000), 0.5)
    """
    given = given_numbers("parse", names)
    if isinstance(expression, Schedule):
        return expression
    if not isinstance(expression, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (they come from files)
        raise TypeError(
            f"parse({brief(expression)}) must be a str or a schedule, not {type(expression).__name__}; "
            "repr(schedule) is such a str."
        )
    return Reader(expression, given).schedule()


def names(expression: str, /) -> list[str]:
    """The names in an expression that `parse` must be given numbers for, in the order in which they appear.

    Names of ramps are not among them. Raises ParseError for what is not an expression, and TypeError for what is not a
    string.

    >>> names("warmup_cosine(peak, 0.03*total, total)")
    ['peak', 'total']
    """
    if not isinstance(expression, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (they come from files)
        raise TypeError(
            f"names({brief(expression)}) must be a str, not {type(expression).__name__}; give an expression such as "
            '"cosine(peak, 0, total)".'
        )
    reader = OpenNames(expression)
    reader.value(reader.text.tree, "")
    return [*reader.found]
