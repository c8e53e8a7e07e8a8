"""The definition of a function in the words of a target."""

import ast
import math
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from ..checks import is_factory, require
from ..core.curves import Stairs
from ..core.registry import find
from .trees import UnwritableError, bound_in, is_constant, name, read_in

if TYPE_CHECKING:
    from .program import Program
else:  # it imports this module; typing evaluates annotations at run time
    Program = Any

__all__ = ["Resolver"]

BUILTINS = (abs, float, int, len, list, max, min, zip)
"""What formulas and compositions may call of Python's own."""


class Resolver(ast.NodeTransformer):
    """The definition of a function in the words of a target, with what it calls in a program."""

    def __init__(self, program: "Program", function: Any, tree: ast.FunctionDef) -> None:
        self.program, self.tree = program, tree
        self.formula: Any = function.formula if is_factory(function) else None
        self.function: Any = self.formula.builder if self.formula else function
        self.is_runtime = isinstance(function, str)
        self.is_builder = self.formula is not None and not self.formula.composed
        self.depth, self.lines, self.local = 0, list[ast.stmt](), bound_in(tree)
        self.names = {*self.local, *read_in(tree)}
        self.visit(tree)

    def refused(self, reason: str = "leaves the words of xp") -> UnwritableError:
        """The error of a function that cannot be written."""
        return UnwritableError(f"{self.tree.name} {reason}")

    # Functions and statements.

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.args.vararg or node.args.kwarg:
            raise self.refused("has parameters without a name")
        self.depth += 1
        node.args, node.body = self.visit(node.args), self._lines(node.body)
        self.depth -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def visit_If(self, node: Any) -> ast.AST:
        """A branch, which numbers alone may decide that are known before the step."""
        inner = (
            part
            for part in ast.walk(self.tree)
            if isinstance(part, ast.FunctionDef | ast.Lambda) and part is not self.tree
        )
        if (
            self.is_builder
            and self.depth > 1
            and {*read_in(node.test)} & {text for part in inner for text in bound_in(part)}
        ):
            raise self.refused("branches on a number")
        if isinstance(node, ast.IfExp):
            return self.generic_visit(node)
        node.test, node.body, node.orelse = self.visit(node.test), self._lines(node.body), self._lines(node.orelse)
        return node

    visit_IfExp = visit_If  # noqa: N815  (as ast names it)

    def _lines(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Statements, each after the lines of the functions that it calls."""
        found, outer = list[ast.stmt](), self.lines
        for line in body:
            self.lines = []
            visited = self.visit(line)
            found += [*self.lines, *([visited] if visited else [])]
        self.lines = outer
        return found

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if is_constant(node):
            return node
        if isinstance(node.value, ast.Call) and self._outer(node.value.func) is require:
            return self.program.demand(node.value, self.visit)
        self.generic_visit(node)
        return None if is_constant(node) else node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if self.is_builder and self.depth == 1 and node.value:
            node.value = self._schedule(node.value)
        return node

    def _schedule(self, built: ast.expr) -> ast.expr:
        """The schedule of what a builder returns: the two ends of a ramp, stairs, or a function of the time."""
        length = self.formula.own_length({text: text for text in self.formula.parameters})
        end = {"steps": name(length)} if isinstance(length, str) else {}
        if isinstance(built, ast.Tuple):
            rise, fall = built.elts
            ends = {"fall": fall} if is_constant(rise) else {"rise": rise, "fall": fall}
            return self._call("ramp" if len(ends) > 1 else "one_sided", ends | end)
        is_timed = self.program.is_placed and "placed" in self.program.runtime and not self.formula.pointwise
        is_stairs = isinstance(built, ast.Call)
        return self._call("elapsed", {"value": built, **end}) if (is_timed or end) and not is_stairs else built

    # Names and calls.

    def _outer(self, node: ast.expr) -> Any:
        """What a name stands for that is not of the function, or an attribute of such a one; else None."""
        root = node.value if isinstance(node, ast.Attribute) else node
        if not isinstance(root, ast.Name) or root.id in self.local or root.id == "xp":
            return None
        if self.is_runtime:
            return root.id if root is node and root.id in self.program.runtime else None
        cells = zip(self.function.__code__.co_freevars, self.function.__closure__ or (), strict=True)
        try:
            return eval(
                ast.unparse(node), self.function.__globals__, {text: cell.cell_contents for text, cell in cells}
            )
        except (AttributeError, NameError, ValueError):
            return None

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node if node.id in self.local or node.id == "xp" else self._named(node, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = self._outer(node.value)
        if isinstance(node.value, ast.Name) and node.value.id == "xp":
            return self._word(node.attr, [])
        if self.is_runtime:
            return self.generic_visit(node)
        if owner is math and (self.depth == 1 or not self.is_builder or node.attr == "pi"):
            return node
        if isinstance(owner, ModuleType) and owner is not math:
            return self._named(node, node.attr)
        raise self.refused()

    def _named(self, node: ast.expr, text: str) -> ast.expr:
        """What stands for something outside of the function."""
        value = self._outer(node)
        if self.is_runtime or value is zip:
            return self.program.value(text) if text in self.program.runtime else node
        if any(value is one for one in BUILTINS):
            return node
        if is_factory(value) or isinstance(value, FunctionType):
            return self.program.value(value)
        if isinstance(value, int | float | str | tuple):
            return self.program.constant(value, text)
        raise self.refused()

    def _call(self, function: Any, given: dict[str, Any]) -> ast.expr:
        return self.program.call(function, given, self.lines if self.depth == 1 else None, self.names)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function, func = self._outer(node.func), node.func
        args = [arg for arg in node.args if not (isinstance(arg, ast.Name) and arg.id == "xp")]
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "xp":
            return self._word(func.attr, [*map(self.visit, args)])
        if function is Stairs:
            return self._call("stairs", dict(zip(("steps", "value"), map(self.visit, args), strict=True)))
        is_written = isinstance(function, FunctionType | str) or is_factory(function)
        if is_written and not any(isinstance(arg, ast.Starred) for arg in args):
            given = dict(zip(self.program.parameters(function), args, strict=False))
            given |= {str(word.arg): word.value for word in node.keywords}
            return self._call(
                function, self._children(function, {text: self.visit(value) for text, value in given.items()})
            )
        is_value_at = not (self.is_runtime or self.is_builder) and isinstance(func, ast.Name) and func.id in self.local
        self.generic_visit(node)
        if is_value_at and len(args) == 1:  # a schedule at a number
            node.args = [self.program.target.word("number", node.args, False)]
        return node

    def _children(self, function: Any, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a formula, where a number of a composition that is given as a child is a constant."""
        numbers = [text for text, p in self.formula.parameters.items() if not p.kind.child] if self.formula else []
        for text, p in function.formula.parameters.items() if is_factory(function) else ():
            if p.kind.child and (is_constant(given.get(text)) or getattr(given.get(text), "id", "") in numbers):
                given[text] = self._call(find("constant"), {"value": given[text]})
        return given

    def _word(self, word: str, args: list[ast.expr]) -> ast.expr:
        """A word of `xp`: by a function of the runtime, or in the target's own way."""
        if word == "stairs":
            stair = ast.Lambda(ast.arguments([], [ast.arg("stair")], None, [], [], None, []), name("stair"))
            return self._call("stairs", {"steps": args[0], "value": stair})
        if word in self.program.runtime and word != self.tree.name:
            return ast.Call(self.program.value(word), args, [])
        return self.program.target.word(word, args, self.depth == 1 and not self.is_runtime)
