"""The source of a function, as a syntax tree without what only lrsched needs."""

import ast
import builtins
import inspect
import textwrap
from types import FunctionType
from typing import Any

__all__ = ["UnwritableError", "bound_in", "call", "lookup", "name", "names_in", "refuse", "tree_of"]

SUBSET = (
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.If, ast.Expr, ast.Lambda, ast.Call),
    *(ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(ast.Tuple, ast.List, ast.Starred, ast.Subscript, ast.Slice, ast.ListComp, ast.comprehension, ast.Assert),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
"""What formulas and compositions may be written in: there are words for it in every language."""


class UnwritableError(ValueError):
    """Why a formula cannot be written."""


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def call(function: str, *args: ast.expr) -> ast.Call:
    """A call by position."""
    return ast.Call(name(function), list(args), [])


def tree_of(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function, without decorators, annotations, and the most of its docstring."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError):
        reason = "has no source, for it was typed in a prompt or made by exec"
        raise UnwritableError(f"{function.__name__} {reason}") from None
    if not isinstance(tree, ast.FunctionDef):
        raise UnwritableError(f"{function.__name__} is not defined by def")
    doc = (ast.get_docstring(tree) or "").partition("\n")[0]
    tree = _Stripped().visit(tree)
    tree.body = [*([ast.Expr(ast.Constant(doc))] if doc else []), *tree.body]
    return tree


class _Stripped(ast.NodeTransformer):
    """Without decorators, annotations and docstrings; parameters that are given by name are given in any way."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        body = [line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
        return ast.FunctionDef(node.name, node.args, body, [])

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        self.generic_visit(node)
        defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        return ast.arguments(
            [], [*node.posonlyargs, *node.args, *node.kwonlyargs], node.vararg, [], [], node.kwarg, defaults
        )

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        return ast.Assign([node.target], self.visit(node.value), lineno=0) if node.value else None


def bound_in(tree: ast.AST) -> set[str]:
    """The parameters and variables of a function and of those inside."""
    nodes = list(ast.walk(tree))
    inner = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node is not tree}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return inner | stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


def lookup(function: FunctionType, name: str) -> Any:
    """What a name stands for in a function that does not bind it."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if name in cells:
        return cells[name].cell_contents
    return function.__globals__.get(name, getattr(builtins, name, None))


def names_in(tree: ast.AST) -> set[str]:
    """What a function reads from outside."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - bound_in(tree)


def refuse(tree: ast.FunctionDef) -> None:
    """Raise for a formula that is written in more than every language has, or decides by what may be an array."""
    for node in ast.walk(tree):
        if not isinstance(node, SUBSET):
            raise UnwritableError(f"{tree.name} has a {type(node).__name__.lower()} in it")
        if isinstance(node, ast.arguments) and (node.vararg or node.kwarg):
            raise UnwritableError(f"{tree.name} has parameters without a name")
        if node is not tree and isinstance(node, ast.FunctionDef | ast.Lambda):
            _refuse_branches(tree.name, node)


def _refuse_branches(formula: str, inner: ast.FunctionDef | ast.Lambda) -> None:
    local = bound_in(inner)
    for node in ast.walk(inner):
        test = node.test if isinstance(node, ast.If | ast.IfExp) else node if isinstance(node, ast.BoolOp) else None
        if test and any(isinstance(part, ast.Name) and part.id in local for part in ast.walk(test)):
            raise UnwritableError(f"{formula} branches on a number")
