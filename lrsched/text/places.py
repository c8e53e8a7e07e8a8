"""An expression as a tree of Python's syntax, read and never run, and the way from a node back to its column."""

import argparse
import ast
import re
import warnings
from collections.abc import Iterator

from ..checks import sentence

__all__ = ["EXAMPLE", "MAX_DEPTH", "ParseError", "Text"]

MAX_TEXT = 200_000
"""The longest expression that is parsed, in characters."""

MAX_DEPTH = 160
"""How deep calls, lists and arithmetic may be nested: schedules of depth 64, with a list around each."""

EXAMPLE = "write a call such as linear(0.0, 1.0, 10)"

LINE = re.compile(r"\r\n|\r|\n")
"""What ends a line for Python's parser; `str.splitlines` knows more."""

NESTS = (ast.BinOp, ast.Call, ast.Dict, ast.List, ast.Tuple, ast.UnaryOp)


class ParseError(ValueError, argparse.ArgumentTypeError):
    """A string is not the expression of a schedule.

    `column` is the place, counted from 1, or None where there is no single place.

    It is an `ArgumentTypeError` as well, so that argparse prints the message under `type=lrsched.parse`.
    """

    def __init__(self, message: str, column: int | None = None) -> None:
        self.column = column
        super().__init__(sentence(message if column is None else f"column {column}: {message}"))


class Text:
    """An expression and its tree."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise ParseError(f"an expression of {len(text)} characters is longer than {MAX_TEXT}; build it in code")
        _check_brackets(text)
        self._source = text.strip()
        self._skipped = len(text) - len(text.lstrip())
        starts = [0, *(match.end() for match in LINE.finditer(self._source))]
        ends = [*(match.start() for match in LINE.finditer(self._source)), len(self._source)]
        self._lines = list(zip(starts, ends, strict=True))
        self.tree = self._parsed()
        self._check_depth()

    def place(self, node: ast.expr) -> int:
        """The column of a node, counted from 1 in the whole string."""
        start, end = self._lines[node.lineno - 1]
        line = self._source[start:end].encode()
        return self._column(start + len(line[: node.col_offset].decode()))

    def refused(self, node: ast.expr, demand: str) -> ParseError:
        """The error that says what was wanted in the place of a node."""
        return ParseError(demand, self.place(node))

    def _column(self, index: int) -> int:
        return self._skipped + index + 1

    def _parsed(self) -> ast.expr:
        if not self._source:
            raise ParseError(f"the expression is empty; {EXAMPLE}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the expression, which is refused or not
                return ast.parse(self._source, mode="eval").body
        except SyntaxError as error:
            start, _ = self._lines[min(error.lineno or 1, len(self._lines)) - 1]
            index = min(start + max((error.offset or 1) - 1, 0), len(self._source) - 1)
            many = "digits" in error.msg  # more than Python reads
            demand = "a number has too many digits; float64 holds 17" if many else f"{error.msg}; {EXAMPLE}"
            raise ParseError(demand, self._column(index)) from None
        except (RecursionError, MemoryError):
            raise ParseError(f"nested deeper than {MAX_DEPTH}; build such a schedule in code") from None
        except ValueError as error:
            raise ParseError(f"{error}; {EXAMPLE}") from None

    def _check_depth(self) -> None:
        """Refuse what the brackets do not show, such as a sum of a thousand terms."""
        for node, depth in _nested(self.tree):
            if depth > MAX_DEPTH:
                raise self.refused(node, f"nested deeper than {MAX_DEPTH}; build such a schedule in code")


def _check_brackets(text: str) -> None:
    """Refuse expressions that are too deep for Python's own parser."""
    depth = signs = 0
    for column, character in enumerate(text, 1):
        depth += (character in "([{") - (character in ")]}")
        signs = signs + 1 if character in "+-~" else signs if character.isspace() else 0
        if signs > 2:
            raise ParseError("a number has one sign at most; write -1", column)
        if depth > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH}; build such a schedule in code", column)


def _nested(tree: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    """The nodes that nest others, and their depths."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, NESTS):
            depth += 1
            yield node, depth
        waiting.extend((child, depth) for child in ast.iter_child_nodes(node))
