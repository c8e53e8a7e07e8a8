"""Arithmetic in an expression: Python's, with numbers and schedules, whose results are finite."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..arrays.libraries import is_number
from ..checks import Computed, brief, is_traced
from ..core.schedule import Schedule

__all__ = ["OPERATORS", "by_name", "combined", "is_operand", "with_sign"]

OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


class Counted(int):
    """A whole number that is known by name."""


def by_name(number: Any) -> Any:
    """The number that was given under a name; of a whole one it is remembered."""
    return Counted(number) if type(number) is int else number


def is_operand(value: Any) -> bool:
    """Whether a value is a number or a schedule."""
    return isinstance(value, Schedule) or is_traced(value) or (is_number(value) and not isinstance(value, bool))


def with_sign(sign: ast.unaryop, value: Any) -> Any:
    """A number or a schedule with a sign; a schedule has no sign +."""
    if isinstance(sign, ast.USub):
        return _computed(-value, value)
    if isinstance(value, Schedule):
        raise TypeError("a schedule has no sign +; leave it out.")
    return value


def combined(a: Any, sign: ast.operator, b: Any) -> Any:
    """A sum, difference, product or quotient; a schedule can be divided by a number."""
    apply = OPERATORS[type(sign)]
    if isinstance(a, Schedule) or isinstance(b, Schedule):
        if isinstance(sign, ast.FloorDiv) or (isinstance(sign, ast.Div) and isinstance(b, Schedule)):
            raise TypeError("a schedule can be divided by a number, with /, and by nothing else.")
        return apply(a, b)
    try:
        result = apply(a, b)
        if is_traced(result) or math.isfinite(result):
            return _computed(result, a, b)
    except ZeroDivisionError:
        raise ValueError(f"{brief(a)} is divided by 0; give another divisor.") from None
    except OverflowError:
        pass
    raise ValueError("the result must be finite; give numbers that float64 holds.")


def _computed(result: Any, *operands: Any) -> Any:
    """The result of arithmetic, which remembers whether a whole number was known by name, such as a total."""
    if not any(isinstance(operand, (Computed, Counted)) for operand in operands):
        return result
    return {int: Counted, float: Computed}.get(type(result), lambda result: result)(result)
