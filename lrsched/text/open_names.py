"""The names in an expression that are still to be given."""

import ast
from collections.abc import Callable
from typing import Any

from ..core.registry import ramps
from .expressions import PARTIAL, Reader

__all__ = ["OpenNames"]


class OpenNames(Reader):
    """The names in an expression that are to be given, in the order in which they appear; no schedule is made."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.found: dict[str, None] = {}

    def call(self, node: ast.Call, path: str) -> Any:
        """Look at the arguments."""
        name = self.called(node.func)
        if not name:
            raise self.text.refused(node.func, self.demand)
        if name != PARTIAL:
            self.read(node.func, lambda: self.find(name))
        for argument in node.args:
            self.value(argument, path)
        self.keywords(node, path)
        return 1.0

    def name(self, node: ast.expr, name: str) -> Any:
        """Note a name that is no ramp."""
        if isinstance(node, ast.Attribute):
            return super().name(node, name)
        if name not in ramps():
            self.found[name] = None
        return 1.0

    def operand(self, node: ast.expr, path: str) -> Any:
        """Look at an operand."""
        return self.value(node, path)

    def arithmetic(self, node: ast.expr, make: Callable[[], Any]) -> Any:
        """No number is known yet."""
        return 1.0
