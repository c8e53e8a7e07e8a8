"""The sources of functions as syntax trees."""

import ast
import inspect
import textwrap
from types import FunctionType
from typing import Any

from ..checks import is_factory, name_of

__all__ = ["UnwritableError", "bound_in", "is_constant", "name", "parameters_of", "source_of", "tree_of"]


class UnwritableError(ValueError):
    """Why a schedule cannot be written, and what helps."""

    def __init__(self, reason: str, remedy: str = "use the words of xp alone") -> None:
        super().__init__(reason)
        self.remedy = remedy


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def source_of(function: Any) -> FunctionType:
    """The function of Python that is behind a formula, or is given."""
    return function.formula.builder if is_factory(function) else function


def tree_of(function: Any) -> ast.FunctionDef:
    """The definition of a formula or function, without decorators, annotations and docstrings."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(source_of(function)))).body[0]
    except (OSError, SyntaxError, TypeError):
        reason = f"{name_of(function)} has no source: it was typed in a prompt, or made by exec"
        raise UnwritableError(reason, "put it in a file") from None
    if not isinstance(tree, ast.FunctionDef):
        raise UnwritableError(f"{name_of(function)} is not defined by def")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [line for line in node.body if not is_constant(line)]
            node.decorator_list, node.returns = [], None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return tree


def parameters_of(args: ast.arguments) -> dict[str, Any]:
    """The parameters of a function with their defaults, however they are given."""
    places = [*args.posonlyargs, *args.args]
    defaults = [*[None] * (len(places) - len(args.defaults)), *args.defaults, *args.kw_defaults]
    return {arg.arg: default for arg, default in zip([*places, *args.kwonlyargs], defaults, strict=True)}


def is_constant(node: Any) -> bool:
    """Whether an expression, or a statement of one alone, is a constant."""
    return isinstance(node.value if isinstance(node, ast.Expr) else node, ast.Constant)


def bound_in(tree: ast.AST) -> list[str]:
    """The parameters and variables of a function, and of those inside, each as often as it is bound."""
    nodes = [node for node in ast.walk(tree) if node is not tree]
    inner = [node.name for node in nodes if isinstance(node, ast.FunctionDef)]
    stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return inner + stored + [node.arg for node in nodes if isinstance(node, ast.arg)]
