"""The sources of functions as syntax trees: without what only lrsched needs, and as simple as constants make them."""

import ast
import builtins
import inspect
import operator
import textwrap
from collections.abc import Mapping
from types import FunctionType
from typing import Any

__all__ = ["UnwritableError", "bound_in", "call", "lookup", "name", "read_in", "simplified", "tree_of"]


class UnwritableError(ValueError):
    """Why a formula cannot be written."""


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def call(function: str, *args: ast.expr) -> ast.Call:
    """A call by position."""
    return ast.Call(name(function), [*args], [])


def tree_of(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function, without decorators, annotations, and all but the first line of its docstring."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError):
        raise UnwritableError(f"{function.__name__} has no source, as what is typed in a prompt has none") from None
    if not isinstance(tree, ast.FunctionDef):
        raise UnwritableError(f"{function.__name__} is not defined by def")
    doc = (ast.get_docstring(tree) or "").partition("\n")[0]
    return simplified(_Bare().visit(tree), {}, doc)


class _Bare(ast.NodeTransformer):
    """Definitions without decorators, annotations and docstrings; all parameters are given in any way."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        is_text = [isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in node.body]
        body = [line for line, is_doc in zip(node.body, is_text, strict=True) if not is_doc]
        return ast.FunctionDef(node.name, node.args, body, [])

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        if node.vararg or node.kwarg:
            raise UnwritableError("a function has parameters without a name")
        given = [ast.arg(arg.arg) for arg in (*node.posonlyargs, *node.args, *node.kwonlyargs)]
        return ast.arguments([], given, None, [], [], None, [*node.defaults, *filter(None, node.kw_defaults)])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        return ast.Assign([node.target], node.value, lineno=0) if node.value else None


def lookup(function: FunctionType, text: str) -> Any:
    """What a name stands for in a function that does not bind it."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if text in cells:
        return cells[text].cell_contents
    return function.__globals__.get(text, getattr(builtins, text, None))


def bound_in(tree: ast.AST) -> set[str]:
    """The parameters and variables of a function, and of those inside."""
    nodes = [*ast.walk(tree)]
    inner = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node is not tree}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return inner | stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


def read_in(tree: ast.AST) -> list[str]:
    """The names that are read, each as often as it is."""
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]


def simplified(tree: ast.FunctionDef, constants: Mapping[str, ast.expr], doc: str = "") -> ast.FunctionDef:
    """A function with constants in the place of names, without what these switch off."""
    tree = Simpler(constants).visit(tree)
    used = {*read_in(tree), *constants}
    for inner in ast.walk(tree):
        if isinstance(inner, ast.FunctionDef):
            ends = [at for at, line in enumerate(inner.body, 1) if isinstance(line, ast.Return)]
            inner.body = [line for line in inner.body[: min(ends, default=None)] if _is_used(line, used)]
    if doc:
        tree.body.insert(0, ast.Expr(ast.Constant(doc)))
    return tree


def _is_used(line: ast.stmt, used: set[str]) -> bool:
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        return line.targets[0].id in used
    return line.name in used if isinstance(line, ast.FunctionDef) else True


COMPARED: dict[type, Any] = {
    **{ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not},
    **{ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge},
}


class Simpler(ast.NodeTransformer):
    """Expressions in the place of names; and of a choice, what is chosen, where that is known."""

    def __init__(self, constants: Mapping[str, ast.expr]) -> None:
        self.constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.constants.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) == 1 and _known(node.left, *node.comparators) and type(node.ops[0]) in COMPARED:
            return ast.Constant(COMPARED[type(node.ops[0])](node.left.value, node.comparators[0].value))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        first, *rest = node.values
        if not _known(first):
            return node
        decides = bool(first.value) == isinstance(node.op, ast.Or)
        return first if decides else self.visit(ast.BoolOp(node.op, rest)) if len(rest) > 1 else rest[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return (node.body if node.test.value else node.orelse) if _known(node.test) else node

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        return (node.body if node.test.value else node.orelse) if _known(node.test) else node


def _known(*nodes: Any) -> bool:
    return all(isinstance(node, ast.Constant) for node in nodes)
