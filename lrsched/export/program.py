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
from ..core.registry import find
from .targets import Target
from .trees import Simpler, UnwritableError, bound_in, call, is_constant, name, parameters_of, read_in, tree_of

__all__ = ["Program"]

BUILTINS = (abs, float, int, len, max, min, zip)
"""What formulas and compositions may call of Python's own."""

IN_RUNTIME = ("compose", "constant", "join", "restart", "shift", "stretch")
"""The formulas that the runtime has in its own way."""

OURS = f"{__package__}".partition(".")[0] + "."


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read.

    A function is a name of the runtime, a formula by its factory, or a function of Python.
    """

    def __init__(self, target: Target, is_placed: bool, taken: set[str]) -> None:
        self.target, self.is_placed, self.runtime = target, is_placed, target.runtime(is_placed)
        self.functions: dict[str, ast.FunctionDef | str] = {}
        self.constants: dict[str, Any] = {}
        self.taken = {*taken, *target.imports}
        self._trees: dict[Any, ast.FunctionDef] = {}
        self._names: dict[ast.FunctionDef, str] = {}

    def call(
        self, function: Any, given: dict[str, ast.expr], lines: list[ast.stmt] | None, names: set[str]
    ) -> ast.expr:
        """A call of a function that is written for what the call leaves out.

        If it is no more than a few lines, they are given instead, to stand before a line where such `names` are known.
        """
        formula, function = getattr(function, "formula", None), self._own(function)
        if isinstance(self.runtime.get(function), str):
            places = (
                {text: given.get(text, ast.Constant(p.default)) for text, p in formula.parameters.items()}
                if formula
                else given
            )
            return call(self._text(function), *[*places.values()][: 1 + max(map([*places].index, given))])
        tree, fixed, args = self._definition(function), dict[str, ast.expr](), dict[str, ast.expr]()
        stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for text, default in parameters_of(tree).items():
            value = given.get(text, default)
            is_switch = isinstance(value, ast.Constant) and type(value.value) not in (int, float)
            (fixed if (is_switch or text not in given) and text not in stored else args)[text] = value
        inlined = None if isinstance(function, str) else _inlined(self._tree(function, fixed), args, lines, names)
        return inlined or call(self._name(function, fixed), *args.values())

    def value(self, function: Any) -> ast.expr:
        """The name of a function that is not called at once."""
        function = self._own(function)
        return name(self._text(function) if isinstance(self.runtime.get(function), str) else self._name(function, {}))

    def constant(self, value: Any, text: str) -> ast.expr:
        """A constant by its name, or as it is where that stands for something else."""
        is_free = text not in self.taken and self.constants.setdefault(text, value) == value
        return name(text) if is_free else ast.Constant(value)

    def _text(self, function: str) -> str:
        text: Any = self.runtime[function]
        if function not in self.functions:
            self.functions[function] = text
            for word in re.findall(r"\w+", text):
                if word in self.runtime and word != function:
                    self.value(word)
        return function

    def parameters(self, function: Any) -> list[str]:
        """The names of the parameters of a function."""
        if isinstance(self.runtime.get(function), str):
            return [str(index) for index in range(9)]
        return list(function.formula.parameters if is_factory(function) else parameters_of(self._definition(function)))

    def _own(self, function: Any) -> Any:
        """What the runtime has in the place of a function."""
        is_known = getattr(function, "__name__", "") in self.runtime and function.__module__.startswith(OURS)
        if is_factory(function) and function.__name__ in IN_RUNTIME and is_known:
            return function.__name__
        if isinstance(function, str) or is_factory(function):
            return function
        if not isinstance(function, FunctionType):
            raise UnwritableError(f"{function!r} has no source")
        return function

    def _definition(self, function: Any) -> ast.FunctionDef:
        """The tree of a function, without the parameter for the namespace."""
        if isinstance(function, str):
            return copy.deepcopy(self.runtime[function])  # pyright: ignore[reportReturnType]  (it is no text)
        tree = tree_of(function.formula.builder if is_factory(function) else function)
        if is_factory(function) and not (function.formula.composed or function.formula.laid_out):
            tree = Simpler({tree.args.args[0].arg: name("xp")}).visit(tree)
            tree.args.args[0].arg = "xp"
        tree.args.args = [arg for arg in tree.args.args if arg.arg != "xp"]
        return tree

    def _tree(self, function: Any, fixed: dict[str, ast.expr]) -> ast.FunctionDef:
        key = function, *((text, ast.dump(value)) for text, value in fixed.items())
        if key not in self._trees:
            tree = Simpler(fixed).visit(self._definition(function))
            rest = {text: default for text, default in parameters_of(tree).items() if text not in fixed}
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


def _inlined(tree: ast.FunctionDef, args: dict[str, ast.expr], lines: list[ast.stmt] | None, names: set[str]) -> Any:
    """What a function of a few plain lines returns, its other lines being added; None where it is to be called."""
    *body, last = [line for line in copy.deepcopy(tree).body if not is_constant(line)]
    if isinstance(last, ast.Assert):
        body, last = [*body, last], ast.Return(ast.Constant(None))
    own, read = bound_in(tree) - set(args), read_in(tree)
    is_plain = all(isinstance(line, ast.Assign | ast.Assert) for line in body) and isinstance(last, ast.Return)
    long = [
        text for text, value in args.items() if not isinstance(value, ast.Name | ast.Constant) and read.count(text) > 1
    ]
    has_functions = any(isinstance(node, ast.Lambda | ast.FunctionDef) and node is not tree for node in ast.walk(tree))
    own |= {*long}
    if has_functions or not is_plain or own & names or ((body or long) and lines is None):
        return None
    body[:0] = [ast.Assign([ast.Name(text, ast.Store())], args[text], lineno=0) for text in long]
    args = {text: value for text, value in args.items() if text not in long}
    names |= own
    if lines is not None:
        lines += [Simpler(args).visit(line) for line in body]
    return Simpler(args).visit(last.value)


class Resolver(ast.NodeTransformer):
    """The definition of a function in the words of the target, with what it calls in the program."""

    def __init__(self, program: Program, function: Any, tree: ast.FunctionDef) -> None:
        self.program, self.tree = program, tree
        self.formula: Any = function.formula if is_factory(function) else None
        self.function: Any = self.formula.builder if self.formula else function
        self.is_runtime = isinstance(function, str)
        self.is_builder = self.formula is not None and not self.formula.composed
        self.depth, self.lines, self.local = 0, list[ast.stmt](), bound_in(tree)
        functions = (
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda) and node is not tree
        )
        self.inner = {text for function in functions for text in bound_in(function)}
        self.names = {*self.local, *read_in(tree)}
        self.visit(tree)

    def refused(self, reason: str) -> UnwritableError:
        """The error of a function that cannot be written."""
        return UnwritableError(f"{self.tree.name} {reason}")

    # Functions and statements.

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        node.args = self.visit(node.args)
        node.body = self._lines(node.body)
        self.depth -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self._refuse_branch(node.test)
        node.test, node.body, node.orelse = self.visit(node.test), self._lines(node.body), self._lines(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self._refuse_branch(node.test)
        return self.generic_visit(node)

    def _refuse_branch(self, test: ast.expr) -> None:
        if self.is_builder and self.depth > 1 and any(text in self.inner for text in read_in(test)):
            raise self.refused("branches on a number")

    def _lines(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Statements, each after the lines of the functions that it calls."""
        found: list[ast.stmt] = []
        for line in body:
            self.lines = []
            visited = self.visit(line)
            found += [*self.lines, *([visited] if visited else [])]
        return found

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
        if is_constant(node):
            return node
        if isinstance(node.value, ast.Call) and self._outer(node.value.func) is require:
            return ast.Assert(self.visit(node.value.args[0]))
        self.generic_visit(node)
        return None if is_constant(node) else node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
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
            if is_constant(rise):
                return self._call("one_sided", {"fall": fall, **end})
            return self._call("ramp", {"rise": rise, "fall": fall, **end})
        is_timed = self.program.is_placed and "placed" in self.program.runtime and not self.formula.pointwise
        is_stairs = isinstance(built, ast.Call)
        return self._call("elapsed", {"value": built, **end}) if (is_timed or end) and not is_stairs else built

    # Names and calls.

    def _call(self, function: Any, given: dict[str, ast.expr]) -> ast.expr:
        return self.program.call(function, given, self.lines if self.depth == 1 else None, self.names)

    def _outer(self, node: ast.expr) -> Any:
        """What a name stands for that is not of the function, or an attribute of such a module; else None."""
        if isinstance(node, ast.Attribute):
            owner = self._outer(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
        if not isinstance(node, ast.Name) or node.id in self.local:
            return None
        if self.is_runtime:
            return node.id if node.id in self.program.runtime else None
        cells = dict(zip(self.function.__code__.co_freevars, self.function.__closure__ or (), strict=True))
        if node.id in cells:
            return cells[node.id].cell_contents
        return self.function.__globals__.get(node.id, getattr(builtins, node.id, None))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node if node.id in self.local or node.id == "xp" else self._named(node, node.id)

    def _named(self, node: ast.expr, text: str) -> ast.expr:
        """What stands for a name of something outside."""
        value = self._outer(node)
        if self.is_runtime or value is zip:
            return self.program.value(text) if text in self.program.runtime else node
        if any(value is one for one in BUILTINS):
            return node
        if isinstance(value, int | float | str | tuple | None):
            return self.program.constant(value, text)
        if is_factory(value) or isinstance(value, FunctionType):
            return self.program.value(value)
        raise self.refused("leaves the words of xp")

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        owner = self._outer(node.value)
        if isinstance(node.value, ast.Name) and node.value.id == "xp":
            return self._word(node.attr, [])
        if self.is_runtime:
            self.generic_visit(node)
            return node
        if owner is math and (self.depth == 1 or not self.is_builder or node.attr == "pi"):
            return node
        if isinstance(owner, ModuleType) and owner is not math:
            return self._named(node, node.attr)
        raise self.refused("leaves the words of xp")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function, func = self._outer(node.func), node.func
        args = [arg for arg in node.args if not (isinstance(arg, ast.Name) and arg.id == "xp")]
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "xp":
            return self._word(func.attr, [*map(self.visit, args)])
        if function is Stairs:
            return self._call("stairs", dict(zip(("steps", "value"), map(self.visit, args), strict=True)))
        if isinstance(function, FunctionType | str) or is_factory(function):
            given = dict(zip(self.program.parameters(function), args, strict=False)) | {
                str(word.arg): word.value for word in node.keywords
            }
            if not any(isinstance(arg, ast.Starred) for arg in args):
                visited = {text: self.visit(value) for text, value in given.items()}
                return self._call(function, self._with_schedules(function, visited))
        is_value_at = not (self.is_runtime or self.is_builder) and isinstance(func, ast.Name) and func.id in self.local
        self.generic_visit(node)
        if is_value_at and len(args) == 1:  # a schedule at a number
            node.args = [self.program.target.word("number", node.args, False)]
        return node

    def _with_schedules(self, function: Any, given: dict[str, Any]) -> dict[str, ast.expr]:
        """The arguments of a formula, where a number of a composition that is given as a child is a constant."""
        numbers = [text for text, p in self.formula.parameters.items() if not p.kind.child] if self.formula else []
        children = function.formula.parameters if is_factory(function) else {}
        for text, value in given.items():
            if (
                text in children
                and children[text].kind.child
                and (is_constant(value) or getattr(value, "id", "") in numbers)
            ):
                given[text] = self._call(find("constant"), {"value": value})
        return given

    def _word(self, word: str, args: list[ast.expr]) -> ast.expr:
        """A word of `xp`: by a function of the runtime, or in the target's own way."""
        if word in self.program.runtime and word not in ("stairs", self.tree.name):
            return ast.Call(self.program.value(word), args, [])
        if word == "stairs":
            stair = ast.Lambda(ast.arguments([], [ast.arg("stair")], None, [], [], None, []), name("stair"))
            return self._call("stairs", {"steps": args[0], "value": stair})
        return self.program.target.word(word, args, self.depth == 1 and not self.is_runtime)
