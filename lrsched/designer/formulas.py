"""The builders of formulas and compositions as JavaScript that makes schedules, for parameters of any value."""

import ast
from collections.abc import Callable, Collection
from functools import reduce
from types import FunctionType
from typing import Any

from ..checks import is_factory
from ..core.registry import Factory
from ..export.javascript import in_javascript
from ..export.program import Program
from ..export.targets import Target
from ..export.trees import name

__all__ = ["Builders"]

WORDS = (
    *("ramp", "one_sided", "elapsed", "stairs"),
    *("brief", "float_text", "_part", "_refuse_start_past_the_end", "in_two_parts"),
)
"""The functions of the engine that builders are printed with."""

TARGET = Target(prefix="xp", words={}, imports={}, files=[], last=2**53)
"""JavaScript in which the words of `xp` are functions of an object."""


class Builders(Program):
    """Builders by the names of their schedules.

    A builder calls other schedules by `make`, which checks what they are given, and a branch stays a branch.
    """

    def __init__(self) -> None:
        super().__init__(TARGET, {"xp", "math", "make", "require", *WORDS})
        self.runtime, self.is_placed = dict.fromkeys(WORDS, ""), True
        self.builders: dict[str, str] = {}

    def add(self, text: str, function: "Factory | FunctionType") -> None:
        """Print the builder of a schedule."""
        self.builders[text] = ast.unparse(self.named(function, {}))

    def text(self) -> str:
        """The functions, and the object of the builders."""
        constants = [f"const {text} = {value!r};" for text, value in self.constants.items()]
        functions = [in_javascript(tree) for tree in self.functions.values() if isinstance(tree, ast.FunctionDef)]
        table = [f"    {text}: {function}," for text, function in self.builders.items()]
        return "\n\n".join([*constants, *functions, "\n".join(["const builders = {", *table, "};"])])

    def call(self, function: Any, given: dict[str, Any], numbers: Collection[str] = ()) -> ast.expr:
        """A call of a schedule, by position, numbers as they are; of another function, with what is left out."""
        if not is_factory(function):
            return ast.Call(self.value(function), [*given.values()], [])
        places = [given.pop(text, name("undefined")) for text in function.formula.parameters]
        while getattr(places[-1], "id", "") == "undefined":
            places.pop()
        return ast.Call(self.value(function), places, [])

    def value(self, function: Any) -> ast.expr:
        """A function that is not called at once; a schedule is a property of `make`."""
        text = function if isinstance(function, str) else function.__name__
        if is_factory(function):
            return ast.Attribute(name("make"), text, ast.Load())
        return name(text) if text in self.runtime else self.named(function, {})

    def demand(self, node: ast.Call, visit: Callable[[Any], Any]) -> ast.stmt:
        """A demand on the parameters, with its message, of which the parts are added."""
        *args, message = map(visit, node.args)
        if isinstance(message, ast.JoinedStr):
            parts: list[Any] = [getattr(part, "value", part) if _is_plain(part) else part for part in message.values]
            message = reduce(lambda text, part: ast.BinOp(text, ast.Add(), part), parts, ast.Constant(""))
        return ast.Expr(ast.Call(name("require"), [*args, message], []))


def _is_plain(part: Any) -> bool:
    """Whether a part of a text is a value as it is."""
    return isinstance(part, ast.FormattedValue) and part.conversion == -1 and not part.format_spec
