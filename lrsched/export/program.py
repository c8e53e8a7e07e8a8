"""The functions that a schedule is written with: its formulas and compositions, what they call, and the runtime."""

import ast
import copy
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ..checks import is_factory
from .resolving import Resolver
from .targets import Target
from .trees import Simpler, UnwritableError, bound_in, call, is_constant, name, read_in, tree_of

__all__ = ["Program"]

IN_RUNTIME = ("compose", "constant", "join", "restart", "shift", "stretch")
"""The formulas that the runtime has in its own way."""


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read.

    What is called is a name of the runtime, a formula by its factory, or a function of Python.
    """

    def __init__(self, target: Target, is_placed: bool, taken: set[str]) -> None:
        self.target, self.is_placed, self.runtime = target, is_placed, target.runtime(is_placed)
        self.functions: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        self.taken = {*taken, *target.imports}
        self._trees: dict[Any, ast.FunctionDef] = {}
        self._names: dict[ast.FunctionDef, str] = {}

    def call(self, function: Any, given: dict[str, Any], lines: list[ast.stmt] | None, names: set[str]) -> ast.expr:
        """A call of a function, which is written for what the call leaves out; or the lines of a short function.

        These are added to `lines`, for a function in which the `names` have a meaning already.
        """
        formula, function = getattr(function, "formula", None), self._own(function)
        if isinstance(self.runtime.get(function), str):
            for text, parameter in formula.parameters.items() if formula else ():
                given.setdefault(text, ast.Constant(parameter.default))
            places = [*formula.parameters] if formula else [*given]
            return call(self._text(function), *(given[text] for text in places))
        fixed, args, tree = dict[str, Any](), dict[str, Any](), self._definition(function)
        stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for text, default in _parameters(tree).items():
            value = given.get(text, default)
            is_switch = is_constant(value) and type(value.value) not in (int, float)
            is_default = text not in given or (isinstance(function, str) and _is_equal(value, default))
            (fixed if (is_switch or is_default) and text not in stored else args)[text] = value
        short = None if isinstance(function, str) else _short(self._tree(function, fixed), args, lines, names)
        return short or call(self._name(function, fixed), *args.values())

    def value(self, function: Any) -> ast.expr:
        """The name of a function that is not called at once."""
        function = self._own(function)
        return name(self._text(function) if isinstance(self.runtime.get(function), str) else self._name(function, {}))

    def constant(self, value: Any, text: str) -> ast.expr:
        """A constant by its name, or as it is where that stands for something else."""
        is_free = text not in self.taken and self.constants.setdefault(text, value) == value
        return name(text) if is_free else ast.Constant(value)

    def demand(self, node: ast.Call, visit: Callable[[Any], Any]) -> ast.stmt:
        """A demand on the parameters of a function, without its message."""
        return ast.Assert(visit(node.args[0]))

    def parameters(self, function: Any) -> list[str]:
        """The names of the parameters of a function."""
        if isinstance(self.runtime.get(function), str):
            return [*"abcdefgh"]
        return [*(function.formula.parameters if is_factory(function) else _parameters(self._definition(function)))]

    def _text(self, function: str) -> str:
        """The name of a function that is in the language of the target already."""
        if function not in self.functions:
            self.functions[function] = self.runtime[function]
            code = re.sub("//.*", "", self.functions[function])
            for word in sorted({*re.findall(r"\w+", code)} & {*self.runtime} - {function}):
                self.value(word)
        return function

    def _own(self, function: Any) -> Any:
        """What the runtime has in the place of a function."""
        if isinstance(function, str) or (is_factory(function) and function.__name__ not in IN_RUNTIME):
            return function
        if not (isinstance(function, FunctionType) or is_factory(function)):
            raise UnwritableError(f"{function!r} is not defined by def")
        return function.__name__ if is_factory(function) and function.__name__ in self.runtime else function

    def _definition(self, function: Any) -> ast.FunctionDef:
        """The tree of a function, without the parameter for the namespace."""
        if isinstance(function, str):
            return copy.deepcopy(self.runtime[function])  # pyright: ignore[reportReturnType]  (strings are not asked)
        tree = tree_of(function.formula.builder if is_factory(function) else function)
        if is_factory(function) and not (function.formula.composed or function.formula.laid_out):
            tree = Simpler({tree.args.args[0].arg: name("xp")}).visit(tree)
            del tree.args.args[0]
        tree.args.args = [arg for arg in tree.args.args if arg.arg != "xp"]
        return tree

    def _tree(self, function: Any, fixed: dict[str, ast.expr]) -> ast.FunctionDef:
        key = function, *((text, ast.dump(value)) for text, value in fixed.items())
        if key not in self._trees:
            tree = self._definition(function)
            given = {text: default for text, default in _parameters(tree).items() if default and text not in fixed}
            tree = Simpler(fixed, given if isinstance(function, str) else {}).visit(tree)
            rest = {text: default for text, default in _parameters(tree).items() if text not in fixed}
            tree.args.args, tree.args.defaults = [*map(ast.arg, rest)], [*filter(None, rest.values())]
            self._trees[key] = Resolver(self, function, tree).tree
        return self._trees[key]

    def _name(self, function: Any, fixed: dict[str, ast.expr]) -> str:
        tree = self._tree(function, fixed)
        if tree not in self._names:
            text = tree.name
            while text in self.taken:
                text += "_"
            self.taken.add(text)
            self._names[tree] = tree.name = text
            self.functions[text] = tree
        return self._names[tree]


def _is_equal(a: Any, b: Any) -> bool:
    return is_constant(a) and is_constant(b) and a.value == b.value


def _parameters(tree: ast.FunctionDef) -> dict[str, Any]:
    """The parameters of a function with their defaults."""
    names = [arg.arg for arg in tree.args.args]
    return dict(zip(names, [None] * (len(names) - len(tree.args.defaults)) + tree.args.defaults, strict=True))


def _short(tree: ast.FunctionDef, args: dict[str, Any], lines: list[ast.stmt] | None, names: set[str]) -> Any:
    """What a function of a few plain lines returns, its other lines being added; None where it is to be called."""
    *body, last = list[Any](line for line in copy.deepcopy(tree).body if not is_constant(line))
    if isinstance(last, ast.Assert):
        body, last = [*body, last], ast.Return(ast.Constant(None))
    read = read_in(tree)
    long = [
        text for text, value in args.items() if read.count(text) > 1 and not isinstance(value, ast.Name | ast.Constant)
    ]
    body[:0] = [ast.Assign([ast.Name(text, ast.Store())], args[text], lineno=0) for text in long]
    own = (bound_in(tree) - {*args}) | {*long}
    has_functions = any(isinstance(node, ast.Lambda | ast.FunctionDef) and node is not tree for node in ast.walk(tree))
    is_plain = all(isinstance(line, ast.Assign | ast.Assert) for line in body) and isinstance(last, ast.Return)
    if has_functions or not is_plain or own & names or (body and lines is None):
        return None
    names |= own
    simpler = Simpler({text: value for text, value in args.items() if text not in long})
    if lines is not None:
        lines += filter(None, (simpler.visit(line) for line in body))
    return simpler.visit(last.value or ast.Constant(None))
