"""Schedules as text: `parse`, which reads an expression and never evaluates it.

A text ends in the same calls of factories as code does, so that it is checked as code is; an error says the column, and
for an inner call the path to its place, such as `join.schedules[1].steps`.
"""

import ast
import warnings
from collections.abc import Callable
from typing import Any, cast

from .checks import brief, sentence
from .config import MAX_DEPTH
from .decorators import find, formula_of
from .schedule import Schedule

__all__ = ["ParseError", "Reader", "parse"]

MAX_TEXT = 200_000
"""The longest text that is parsed, in characters."""

EXAMPLE = "write a call such as linear(0.0, 1.0, 10)"


class ParseError(ValueError):
    """A text that is not a schedule. `column` is the place, counted from 1, or None where there is no single place."""

    def __init__(self, message: str, column: int | None = None) -> None:
        self.column = column
        super().__init__(sentence(message if column is None else f"column {column}: {message}"))


def parse(text: str) -> Schedule:
    """The schedule that a text describes: `parse(repr(s)) == s`.

    The text is read, never evaluated: a call of a schedule of the vocabulary (or of your own, once it is imported) with
    numbers, strings, True, False, None, lists, names of ramps, and calls of the same kind. Anything else is refused.

    Raises ParseError, which is a ValueError, with the column for everything that is not such a text, for a text longer
    than 200 000 characters or nested deeper than 160, and for whatever the schedule itself refuses.

    >>> parse("wsd(3e-4, 100, 1000, 100, decay=one_minus_sqrt)")
    wsd(0.0003, 100, 1000, 100, decay=one_minus_sqrt)
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (texts come from files)
        raise TypeError(f"parse({brief(text)}) must be a str, not {type(text).__name__}; repr(schedule) gives one.")
    return Reader(text).schedule()


def _check_depth(text: str) -> None:
    depth = signs = 0
    for column, character in enumerate(text, 1):
        depth += (character in "([{") - (character in ")]}")
        signs = signs + 1 if character in "+-~" else signs if character.isspace() else 0
        if signs > 2:
            raise ParseError("a number has one sign at most; write -1", column)
        if depth > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH}; build such a schedule in code", column)


class Reader:
    """One text, and the way from a node of its tree back to a column. What can be called, subclasses may change."""

    demand = f"only a schedule can be called, by its name; {EXAMPLE}"

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise ParseError(f"an expression of {len(text)} characters is longer than {MAX_TEXT}; build it in code")
        _check_depth(text)
        self.text = text.rstrip()
        self.skipped = len(self.text) - len(self.text.lstrip())
        self.lines = self.text.lstrip().split("\n")

    def schedule(self) -> Schedule:
        tree = self.tree()
        if not isinstance(tree, ast.Call):
            raise self.refused(tree, f"an expression is one call; {EXAMPLE}")
        return self.call(tree, "")

    def called(self, function: ast.expr) -> str:
        """The name in a call, or nothing where there is none."""
        return function.id if isinstance(function, ast.Name) else ""

    def find(self, name: str) -> Callable[..., Any]:
        """What is called by a name."""
        return find(name)

    def parameters(self, function: Callable[..., Any]) -> list[str]:
        """The names of its parameters, in order."""
        return list(formula_of(function).parameters)

    def tree(self) -> ast.expr:
        if not self.text:
            raise ParseError(f"the expression is empty; {EXAMPLE}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the text, which is refused or not
                return ast.parse(self.text.lstrip(), mode="eval").body
        except SyntaxError as error:
            at = self.column(error.lineno or 1, (error.offset or 1) - 1)
            raise ParseError(f"{error.msg}; {EXAMPLE}", min(at, len(self.text))) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise ParseError(f"{error or 'too deeply nested'}; {EXAMPLE}") from None

    def column(self, line: int, offset: int) -> int:
        before = sum(len(text) + 1 for text in self.lines[: line - 1])
        return self.skipped + before + offset + 1

    def place(self, node: ast.expr) -> int:
        line = self.lines[node.lineno - 1].encode()
        return self.column(node.lineno, len(line[: node.col_offset].decode()))

    def refused(self, node: ast.expr, demand: str) -> ParseError:
        return ParseError(demand, self.place(node))

    def read(self, node: ast.expr, make: Callable[[], Any], path: str = "") -> Any:
        """Whatever `make` gives, or its error with the place in front."""
        try:
            return make()
        except (TypeError, ValueError) as error:
            raise ParseError(f"{path}: {error}" if path else str(error), self.place(node)) from None

    def call(self, node: ast.Call, path: str) -> Any:
        name = self.called(node.func)
        if not name:
            raise self.refused(node.func, self.demand)
        factory = self.read(node.func, lambda: self.find(name))
        here = f"{path}.{name}" if path else name
        names = self.parameters(factory)
        args = [
            self.value(argument, f"{here}.{names[index]}" if index < len(names) else here)
            for index, argument in enumerate(node.args)
        ]
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in kwargs:
                demand = "** cannot be written here" if keyword.arg is None else f"{keyword.arg} is given twice"
                raise self.refused(keyword.value, f"{demand}; name each parameter once")
            kwargs[keyword.arg] = self.value(keyword.value, f"{here}.{keyword.arg}")
        return self.read(node, lambda: factory(*args, **kwargs), path)

    def value(self, node: ast.expr, path: str) -> Any:
        match node:
            case ast.Call():
                return self.call(node, path)
            case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
                return value
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=value)) if type(value) in (
                int,
                float,
            ):
                number = cast(float, value)
                return -number if isinstance(sign, ast.USub) else number
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item, f"{path}[{index}]") for index, item in enumerate(items)]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                pairs = zip(cast("list[ast.Constant]", keys), values, strict=True)
                return {key.value: self.value(value, path) for key, value in pairs}
            case ast.Name(id=name):
                return self.read(node, lambda: find(name))
            case _:
                raise self.refused(node, "only numbers, texts, True, False, None, lists and calls can stand here")
