"""The sources of functions as syntax trees: without what only lrsched needs, and as simple as constants make them."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from types import FunctionType
from typing import Any

__all__ = [
    "CallableError",
    "NoSourceError",
    "Simpler",
    "UnwritableError",
    "bound_in",
    "call",
    "is_constant",
    "name",
    "read_in",
    "tree_of",
]


class UnwritableError(ValueError):
    """That a formula cannot be written: why, and what helps."""

    demand = "must be made of formulas that can be written, but {}"
    remedy = "use the words of xp alone"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.demand, self.remedy = self.demand.format(reason), self.remedy.format(reason)


class NoSourceError(UnwritableError):
    """That a formula has no source."""

    remedy = "put it in a file"


class CallableError(UnwritableError):
    """That a child is a plain callable."""

    demand = "must be made of schedules, not of plain callables"
    remedy = "make {} a formula, under @lrsched.schedule"


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def call(function: str, *args: ast.expr) -> ast.Call:
    """A call by position."""
    return ast.Call(name(function), [*args], [])


def tree_of(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError):
        reason = f"{function.__name__} has no source: it was typed in a prompt, or made by exec"
        raise NoSourceError(reason) from None
    if not isinstance(tree, ast.FunctionDef):
        raise UnwritableError(f"{function.__name__} is not defined by def")
    doc = (ast.get_docstring(tree) or "").partition("\n")[0]
    bare = _Bare().visit(tree)
    bare.body[:0] = [ast.Expr(ast.Constant(doc))] if doc else []
    return bare


class _Bare(ast.NodeTransformer):
    """Definitions without decorators, annotations and docstrings, with parameters that are given in any way."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        return ast.FunctionDef(node.name, node.args, [line for line in node.body if not is_constant(line)], [])

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        given = [ast.arg(arg.arg) for arg in (*node.posonlyargs, *node.args, *node.kwonlyargs)]
        defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        return ast.arguments([], given, node.vararg, [], [], node.kwarg, defaults)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.Assign([node.target], node.value, lineno=0) if node.value else None


def is_constant(node: Any) -> bool:
    """Whether an expression, or a statement of one alone, is a constant."""
    return isinstance(node.value if isinstance(node, ast.Expr) else node, ast.Constant)


def bound_in(tree: ast.AST) -> set[str]:
    """The parameters and variables of a function, and of those inside."""
    inner = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node is not tree}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return inner | stored | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def read_in(tree: ast.AST) -> list[str]:
    """The names that are read, each as often as it is."""
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]


class Simpler(ast.NodeTransformer):
    """Expressions in the place of names; and of a choice what is chosen, where that is known.

    A parameter that is `given` differs from its default.
    """

    def __init__(self, expressions: Mapping[str, ast.expr], given: Mapping[str, ast.Constant] | None = None) -> None:
        self.expressions, self.given = expressions, given or {}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.expressions.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Every number is known where it is exported, and every child is a schedule."""
        self.generic_visit(node)
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function in ("is_number", "callable"):
            return ast.Constant(True)
        return node.args[-1] if function in ("as_ramp", "bound") else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        default = self.given.get(getattr(node.left, "id", ""))
        other, compared = node.comparators[0], isinstance(node.ops[0], ast.Eq | ast.NotEq)
        if default and compared and isinstance(other, ast.Constant) and default.value == other.value:
            return ast.Constant(isinstance(node.ops[0], ast.NotEq))
        is_known = all(map(is_constant, (node.left, *node.comparators)))
        return ast.Constant(eval(ast.unparse(node))) if is_known else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        while len(node.values) > 1 and isinstance(first := node.values[0], ast.Constant):
            if bool(first.value) == isinstance(node.op, ast.Or):
                return first
            del node.values[0]
        return node if len(node.values) > 1 else node.values[0]

    def visit_Assert(self, node: ast.Assert) -> ast.AST | None:
        self.generic_visit(node)
        return None if is_constant(node.test) and getattr(node.test, "value", False) else node

    def visit_If(self, node: Any) -> Any:
        self.generic_visit(node)
        return (node.body if node.test.value else node.orelse) if is_constant(node.test) else node

    visit_IfExp = visit_If  # noqa: N815  (as ast names it)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """What stands after a return goes."""
        self.generic_visit(node)
        ends = [at for at, line in enumerate(node.body, 1) if isinstance(line, ast.Return)]
        del node.body[min(ends, default=len(node.body)) :]
        return node
