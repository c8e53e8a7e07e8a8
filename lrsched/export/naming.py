"""What the expressions of a formula are called, and which formula it is that cannot be written."""

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..core.formula import Formula
from ..core.namespaces import Arrays
from .expressions import Expression, UnwritableError

__all__ = ["hints", "writing"]

NO_FORMULAS = (str(__package__), *(kind.__module__ for kind in Arrays.__mro__))
"""Where what a value is called says nothing about it."""

NO_NAMES = ("_", "t", "value", "values", "dynamic", "is_mine", "mine", "built", "rise", "fall")
"""What every value is called."""


@contextmanager
def writing(formula: Formula) -> Generator[None]:
    """Name the formula that cannot be written."""
    try:
        yield
    except UnwritableError as error:
        raise UnwritableError(f"{formula.name} {error}") from None
    except (TypeError, AttributeError) as error:
        raise UnwritableError(f"{formula.name} leaves the words of xp") from error


@contextmanager
def hints() -> Generator[None]:
    """Give expressions the names that the functions of a formula have for them, when these return."""

    def see(frame: FrameType, event: str, _: Any) -> None:
        module = str(frame.f_globals.get("__name__"))
        if event == "return" and not module.startswith(NO_FORMULAS):
            _name(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(before)


def _name(local: Mapping[str, Any]) -> None:
    for name, value in local.items():
        if isinstance(value, Expression) and not value.hint and name not in NO_NAMES:
            value.hint = name
