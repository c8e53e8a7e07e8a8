"""Calls of functions that are not of the vocabulary, read as `parse` reads schedules: never evaluated."""

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..checks import brief
from ..core.schedule import Schedule
from ..text.parse import Reader

__all__ = ["Calls", "Find", "read_call"]

Find = Callable[[str], Callable[..., Any]]
"""From a name to the function, or a ValueError that says what is known."""


class Calls(Reader):
    """A call, or a name alone, of functions that are found by name; what stands before a dot does not count."""

    demand = "only a function can be called, by its name; write name(argument, ...)"

    def __init__(self, text: str, find: Find, names: Mapping[str, float]) -> None:
        super().__init__(text, names)
        self.known = find

    def find(self, name: str) -> Callable[..., Any]:
        return self.known(name)

    def called(self, function: ast.expr) -> str:
        return function.attr if isinstance(function, ast.Attribute) else super().called(function)

    def parameters(self, function: Callable[..., Any]) -> list[str]:
        return [*inspect.signature(function).parameters]

    def schedule(self) -> Schedule:
        tree = self.text.tree
        tree = tree if isinstance(tree, ast.Call) else ast.copy_location(ast.Call(tree, [], []), tree)
        made = self.call(tree, "")
        if not isinstance(made, Schedule):
            raise self.text.refused(tree, f"this is no schedule, but {brief(made)}; write the call that gives one")
        return made

    def value(self, node: ast.expr, path: str) -> Any:
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and node.id not in self.names):
            raise self.text.refused(node, "a name cannot stand here; write what it stands for, a number or a call")
        return super().value(node, path)


def read_call(text: str, find: Find, names: Mapping[str, float] | None = None) -> Schedule:
    """The schedule that a call of such a function gives; its arguments are numbers, strings, lists and such calls."""
    return Calls(text, find, names or {}).schedule()
