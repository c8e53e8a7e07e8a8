"""The functions that a schedule is written with: its formulas and compositions, what they call, and the runtime."""

import ast
import builtins
import copy
import math
import re
from types import FunctionType, ModuleType
from typing import Any

from ..core.checks import is_factory, require
from ..core.curves import Stairs
from ..core.formula import Formula
from ..core.libraries import is_number
from .targets import IMPORTED, Target
from .trees import Simpler, UnwritableError, bound_in, call, lookup, name, read_in, simplified, tree_of

__all__ = ["Program", "Scope"]

BUILTINS = ("abs", "float", "int", "len", "max", "min", "zip")
"""What formulas and compositions may call of Python's own."""

IN_RUNTIME = ("compose", "constant", "join", "restart", "shift", "stretch")
"""The formulas that the runtime has in its own way."""


class Scope:
    """The names of a function, and the lines that belong before the one that is written."""

    def __init__(self, names: set[str]) -> None:
        self.names, self.lines = names, list[ast.stmt]()


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read.

    `texts` are those of the functions that are in the language of the target already.
    """

    def __init__(self, target: Target, is_placed: bool, taken: set[str]) -> None:
        self.target, self.is_placed = target, is_placed
        self.functions: dict[str, ast.FunctionDef] = {}
        self.constants: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.runtime = target.runtime(is_placed)
        self._taken = {*taken, *target.imports, *target.texts}
        self._trees: dict[Any, ast.FunctionDef] = {}
        self._names: dict[ast.FunctionDef, str] = {}

    def call(self, function: Any, given: dict[str, ast.expr], scope: Scope | None) -> ast.expr:
        """A call of a function that is written for what the call leaves out; or its lines, where they are few."""
        function = self._own(function)
        if isinstance(function, str):
            return call(self.text(function), *given.values())
        tree = _definition(function)
        stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        fixed, args = dict[str, ast.expr](), dict[str, ast.expr]()
        for text, default in parameters_of(tree).items():
            value = given.get(text, default)
            is_switch = isinstance(value, ast.Constant) and type(value.value) not in (int, float)
            (fixed if (is_switch or text not in given) and text not in stored else args)[text] = value
        inlined = None if function in self.runtime.values() else _inlined(self._tree(function, fixed), args, scope)
        return inlined or call(self._name(function, fixed), *args.values())

    def value(self, function: Any) -> ast.expr:
        """The name of a function that is not called at once."""
        function = self._own(function)
        return name(self.text(function) if isinstance(function, str) else self._name(function, {}))

    def text(self, function: str) -> str:
        """The name of a function that is a text, which is written with those that are in it."""
        if function not in self.texts:
            self.texts[function] = self.target.texts[function]
            for word in re.findall(r"\w+", self.texts[function]):
                if word in self.target.texts:
                    self.text(word)
                elif word in self.runtime:
                    self._name(self.runtime[word], {})
        return function

    def constant(self, value: Any, text: str) -> ast.expr:
        """A constant by its name, or as it is where that stands for something else."""
        if text in self._taken or self.constants.setdefault(text, value) != value:
            return ast.Constant(value)
        return name(text)

    def _own(self, function: Any) -> Any:
        """What the runtime has in the place of a function."""
        if (is_factory(function) and function.__name__ not in IN_RUNTIME) or not function.__module__.startswith(OURS):
            return function
        return self.runtime.get(function.__name__, function)

    def _tree(self, function: Any, fixed: dict[str, ast.expr]) -> ast.FunctionDef:
        key = function, *((text, ast.dump(value)) for text, value in fixed.items())
        if key not in self._trees:
            tree = simplified(_definition(function), fixed)
            rest = {text: default for text, default in parameters_of(tree).items() if text not in fixed}
            tree.args.args, tree.args.defaults = [*map(ast.arg, rest)], [*filter(None, rest.values())]
            self._trees[key] = Resolver(self, function, tree).tree
        return self._trees[key]

    def _name(self, function: Any, fixed: dict[str, ast.expr]) -> str:
        tree = self._tree(function, fixed)
        if tree not in self._names:
            text = function.__name__
            while text in self._taken:
                text += "_"
            self._taken.add(text)
            self._names[tree] = tree.name = text
            self.functions[text] = tree
        return self._names[tree]


OURS = f"{__package__}".partition(".")[0] + "."


def _source(function: Any) -> FunctionType:
    return function.formula.builder if is_factory(function) else function


def _definition(function: Any) -> ast.FunctionDef:
    """The tree of a function, without the parameter for the namespace."""
    tree = tree_of(_source(function))
    if is_factory(function) and not (function.formula.composed or function.formula.laid_out):
        prefix = tree.args.args[0].arg
        tree = Simpler({prefix: name("xp")}).visit(tree) if prefix != "xp" else tree
        del tree.args.args[0]
    tree.args.args = [arg for arg in tree.args.args if arg.arg != "xp"]
    return tree


def parameters_of(tree: ast.FunctionDef) -> dict[str, Any]:
    """The parameters of a function with their defaults."""
    defaults = [None] * (len(tree.args.args) - len(tree.args.defaults)) + tree.args.defaults
    return {arg.arg: default for arg, default in zip(tree.args.args, defaults, strict=True)}


def _inlined(tree: ast.FunctionDef, args: dict[str, ast.expr], scope: Scope | None) -> ast.expr | None:
    """What a function of a few plain lines returns, with its other lines in the scope; None where it is to be called."""
    body = [line for line in copy.deepcopy(tree).body if not _is_text(line)]
    last = body.pop() if isinstance(body[-1], ast.Return) else ast.Return(ast.Constant(None))
    if not all(isinstance(line, ast.Assign | ast.Assert) for line in body) or last.value is None or _has_lambda(last):
        return None
    own = bound_in(tree) - set(args)
    long = [text for text, value in args.items() if not isinstance(value, ast.Name | ast.Constant)]
    if any(read_in(tree).count(text) > 1 for text in long) or own & (scope.names if scope else own) or (body and not scope):
        return None
    simpler = Simpler(args)
    if scope:
        scope.names |= own
        scope.lines += [simpler.visit(line) for line in body]
    return simpler.visit(last.value)


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _has_lambda(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Lambda) for node in ast.walk(tree))


class Resolver(ast.NodeTransformer):
    """The definition of a function in the words of the target, with what it calls in the program."""

    def __init__(self, program: Program, function: Any, tree: ast.FunctionDef) -> None:
        self.program, self.source, self.tree = program, _source(function), tree
        self.formula: Formula | None = function.formula if is_factory(function) else None
        self.is_runtime = function in program.runtime.values() or self.source.__module__.startswith(f"{OURS}core.")
        self.is_builder = self.formula is not None and not self.formula.composed
        if self.formula and self.formula.laid_out:
            raise UnwritableError(f"{tree.name} lays out schedules in time")
        self.local = bound_in(tree)
        self.depth = 0
        self.scope = Scope({*self.local, *read_in(tree)})
        self.visit(tree)

    def refuse(self, reason: str) -> UnwritableError:
        """The error of a function that cannot be written."""
        return UnwritableError(f"{self.tree.name} {reason}")

    # Functions and statements.

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.visit(node.args)
        self.depth += 1
        self._visit_lines(node)
        self.depth -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self.visit(node.test)
        self._visit_lines(node)
        return node

    def _visit_lines(self, node: Any) -> None:
        """The statements of a block, each after the lines of functions that it calls."""
        for field in ("body", "orelse"):
            lines: list[ast.stmt] = []
            for line in getattr(node, field, []):
                self.scope.lines = []
                visited = self.visit(line)
                lines += [*self.scope.lines, *([visited] if visited else [])]
            if hasattr(node, field):
                setattr(node, field, lines)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
        if isinstance(node.value, ast.Call) and self._called(node.value) is require:
            return ast.Assert(self.visit(node.value.args[0]))
        if _is_text(node):
            return node
        node.value = self.visit(node.value)
        return None if _is_text(node) else node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        if self.is_builder and self.depth == 1 and node.value:
            node.value = self._schedule(node.value)
        return node

    def _schedule(self, built: ast.expr) -> ast.expr:
        """The schedule of what a builder returns: the two ends of a ramp, stairs, or a function of the time."""
        formula: Any = self.formula
        length = formula.own_length({text: text for text in formula.parameters})
        end = {"steps": name(length)} if isinstance(length, str) else {}
        if isinstance(built, ast.Tuple):
            rise, fall = built.elts
            ends = {"fall": fall} if isinstance(rise, ast.Constant) else {"rise": rise, "fall": fall}
            return self._of_runtime("ramp" if len(ends) > 1 else "one_sided", ends | end)
        if isinstance(built, ast.Call):
            return built  # stairs
        is_timed = self.program.is_placed and self.program.target.has_clock and not formula.pointwise
        return self._of_runtime("elapsed", {"value": built, **end}) if is_timed or end else built

    # Names and calls.

    def _of_runtime(self, function: str, given: dict[str, ast.expr]) -> ast.expr:
        return self.program.call(self.program.runtime[function], given, None)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.local or node.id == "xp" or not isinstance(node.ctx, ast.Load):
            return node
        return self._outer(lookup(self.source, node.id), node.id)

    def _outer(self, value: Any, text: str) -> ast.expr:
        """What stands for something that is defined outside of the function."""
        if text in self.program.texts or isinstance(self.program.runtime.get(text), str) and self.is_runtime:
            return name(self.program.text(text))
        if text in BUILTINS or (self.is_runtime and (text in IMPORTED or hasattr(builtins, text))):
            return name(text)
        if isinstance(value, int | float | str | tuple | None):
            return self.program.constant(value, text)
        if is_factory(value) or isinstance(value, FunctionType):
            return self.program.value(value)
        raise self.refuse("leaves the words of xp")

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        owner = node.value.id if isinstance(node.value, ast.Name) and node.value.id not in self.local else ""
        value = lookup(self.source, owner)
        if owner == "xp":
            return self._word(node.attr, [])
        if self.is_runtime or (value is math and (self.depth <= 1 or node.attr == "pi")):
            return self.generic_visit(node) if value is not math else node
        if isinstance(value, ModuleType) and value is not math:
            return self._outer(getattr(value, node.attr, None), node.attr)
        raise self.refuse("leaves the words of xp")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function, func = self._called(node), node.func
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "xp":
            return self._word(func.attr, [*map(self.visit, node.args)])
        if function is is_number or function is callable:  # so is every number, and every child
            return ast.Constant(True)
        if function is Stairs:
            return self._of_runtime("stairs", dict(zip(("steps", "value"), map(self.visit, node.args), strict=True)))
        if (is_factory(function) or isinstance(function, FunctionType)) and function.__name__ not in self.program.texts:
            return self._call(function, node)
        is_value_at = not self.is_runtime and not self.is_builder and isinstance(func, ast.Name) and func.id in self.local
        self.generic_visit(node)
        if is_value_at and len(node.args) == 1:  # a schedule at a number
            node.args = [self._word("number", node.args)]
        return node

    def _called(self, node: ast.Call) -> Any:
        """The function of another module that is called, if it is one."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if not isinstance(owner, ast.Name) or owner.id in self.local:
            return None
        value = lookup(self.source, owner.id)
        return getattr(value, node.func.attr, None) if isinstance(node.func, ast.Attribute) else value

    def _call(self, function: Any, node: ast.Call) -> ast.expr:
        if any(isinstance(arg, ast.Starred) for arg in node.args):
            raise self.refuse("calls with a number of arguments that is not known")
        names = parameters_of(_definition(function))
        args = [arg for arg in node.args if not (isinstance(arg, ast.Name) and arg.id == "xp")]
        given = {**dict(zip(names, args, strict=False)), **{str(word.arg): word.value for word in node.keywords}}
        visited = {text: self.visit(value) for text, value in given.items()}
        return self.program.call(function, visited, self.scope if self.depth == 1 else None)

    def _word(self, word: str, args: list[ast.expr]) -> ast.expr:
        """A word of `xp`: by a function of the runtime, or in the target's own way."""
        helper = self.program.runtime.get(word)
        if isinstance(helper, FunctionType) and helper is not self.source:
            return call(self.program.value(helper).id, *args)
        return self.program.target.word(word, args, self.depth == 1 and not self.is_runtime)
