"""The functions that a schedule is written with: its formulas and compositions, what they call, and the runtime."""

import ast
import builtins
import math
import re
from types import FunctionType, ModuleType
from typing import Any

from ..core.binding import bound
from ..core.checks import is_factory, require
from ..core.curves import Stairs
from ..core.registry import find
from ..core.formula import Formula
from ..core.libraries import is_number
from .sources import UnwritableError, bound_in, call, lookup, name, refuse, tree_of
from .targets import IMPORTED, Target

__all__ = ["Program"]

BUILTINS = (abs, min, max, len, zip, int, float, range)
"""What formulas and compositions may call of Python's own."""

CORE = "lrsched.core"
"""Functions of it may be written in any Python: they are for the runtime."""

IN_SIMPLE_RUNS = ("bisect_right", "stairs", "zip")
"""The functions in the language of the target that are needed where all lengths are whole steps, too."""

MOVES = ("compose", "join", "restart", "shift", "stretch")
"""The formulas that place others in time: the runtime has them."""


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read.

    `texts` are those of the runtime that are written in the language of the target.
    """

    def __init__(self, target: Target, is_placed: bool, taken: set[str]) -> None:
        self.target, self.is_placed = target, is_placed
        self.functions: dict[str, ast.FunctionDef] = {}
        self.constants: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.of_runtime: set[str] = set()
        self.runtime: dict[str, Any] = {}
        for module in reversed(target.placed if is_placed else target.simple):
            own = (value for value in vars(module).values() if isinstance(value, FunctionType))
            self.runtime |= {value.__name__: value for value in own if value.__module__ == module.__name__}
        self.ready = {name: text for name, text in target.texts.items() if is_placed or name in IN_SIMPLE_RUNS}
        self._names: dict[Any, str] = {}
        self._taken = {*taken, *target.imports, *self.ready}

    def named(self, function: str) -> str:
        """The name of a function of the runtime."""
        return self._text(function) if function in self.ready else self.add(self.runtime[function])

    def _text(self, function: str) -> str:
        if function not in self.texts:
            self.texts[function] = self.target.texts[function]
            for word in re.findall(r"\w+", self.texts[function]):
                if word in self.target.texts:
                    self._text(word)
                elif word in self.runtime:
                    self.add(self.runtime[word])
        return function

    def add(self, function: Any) -> str:
        """The name of a function, which is written with all that it calls."""
        if is_factory(function) and function.__name__ in MOVES:
            return self.named(function.__name__)
        if function not in self._names:
            text = function.__name__
            while text in self._taken:
                text += "_"
            self._taken.add(text)
            self._names[function] = text
            formula: Formula | None = function.formula if is_factory(function) else None
            if formula and formula.laid_out:
                raise UnwritableError(f"{text} lays out schedules in time")
            source = formula.builder if formula else function
            tree = tree_of(source)
            if formula and not formula.composed:
                _rename(tree, tree.args.args[0].arg, "xp")
            tree.args.args = [arg for arg in tree.args.args if arg.arg != "xp"]
            resolver = Resolver(self, source, formula, tree)
            resolver.visit(tree)
            if not resolver.is_runtime:
                refuse(tree)
            if formula and not formula.composed:
                resolver.return_schedules(formula)
            tree.name = text
            self.functions[text] = tree
            if resolver.is_runtime:
                self.of_runtime.add(text)
        return self._names[function]

    def constant(self, value: Any, text: str) -> ast.expr:
        """A constant by its name, or as it is where another one has the name."""
        if text in self._taken or self.constants.setdefault(text, value) != value:
            return ast.Constant(value)
        return name(text)


def _rename(tree: ast.AST, old: str, new: str) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
        elif isinstance(node, ast.arg) and node.arg == old:
            node.arg = new


class Resolver(ast.NodeTransformer):
    """The definition of a function, in which all names are those of the program."""

    def __init__(self, program: Program, source: Any, formula: Formula | None, tree: ast.FunctionDef) -> None:
        self.program, self.source, self.formula, self.tree = program, source, formula, tree
        self.is_runtime = source in program.runtime.values() or source.__module__.startswith(CORE)
        self.is_builder = self.is_runtime or (formula is not None and not formula.composed)
        self.local = bound_in(tree)
        self.depth = 0

    def return_schedules(self, formula: Formula) -> None:
        """Make a schedule of what a builder returns: the two ends of a ramp, stairs, or a function of the time."""
        length: Any = formula.own_length({text: text for text in formula.parameters})
        inner = [part for part in ast.walk(self.tree) if part is not self.tree and isinstance(part, ast.FunctionDef)]
        not_own = {id(node) for part in inner for node in ast.walk(part)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Return) and id(node) not in not_own and node.value:
                node.value = self._schedule(node.value, formula, length)

    def _schedule(self, built: ast.expr, formula: Formula, length: Any) -> ast.expr:
        end = [name(length)] if isinstance(length, str) else []
        if isinstance(built, ast.Tuple):
            rise, fall = built.elts
            is_one_sided = isinstance(rise, ast.Constant)
            return (
                call(self.program.named("one_sided"), fall, *end)
                if is_one_sided
                else call(self.program.named("ramp"), rise, fall, *end)
            )
        if isinstance(built, ast.Call):
            return built  # stairs
        if isinstance(built, ast.Lambda) and self.program.target.has_arrays and not formula.has_children:
            step = built.args.args[0].arg
            if not any(isinstance(node, ast.Name) and node.id == step for node in ast.walk(built.body)):
                zero = ast.BinOp(ast.Constant(0), ast.Mult(), name(step))
                built.body = ast.BinOp(built.body, ast.Add(), zero)
        needs_clock = self.program.is_placed and self.program.target.has_clock and not formula.pointwise
        return call(self.program.named("elapsed"), built, *end) if needs_clock or end else built

    # Names.

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node if node.id in self.local or node.id == "xp" else self._outer(lookup(self.source, node.id), node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        value = lookup(self.source, owner)
        if self.is_runtime or (owner == "xp" and owner not in self.local):
            return self.generic_visit(node) if owner != "xp" else node
        if value is math and owner not in self.local and (self.depth <= 1 or node.attr == "pi"):
            return node
        if isinstance(value, ModuleType) and value is not math and owner not in self.local:
            return self._outer(getattr(value, node.attr, None), node.attr)
        raise UnwritableError(f"{self.tree.name} leaves the words of xp")

    def _outer(self, value: Any, text: str) -> ast.expr:
        if text in self.program.ready:
            return name(self.program.named(text))
        if any(value is one for one in BUILTINS):
            return name(text)
        if self.is_runtime and (text in IMPORTED or hasattr(builtins, text)):
            return name(text)
        if isinstance(value, int | float | str | tuple | None):
            return self.program.constant(value, text)
        if self.is_runtime and isinstance(value, FunctionType):
            value = self.program.runtime.get(value.__name__, value)
        if is_factory(value) or isinstance(value, FunctionType):
            return name(self.program.add(value))
        raise UnwritableError(f"{self.tree.name} leaves the words of xp")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._deeper(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._deeper(node)

    def _deeper(self, node: ast.AST) -> ast.AST:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    # Calls of what exported code has other words for.

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        if isinstance(node.value, ast.Call) and self._called(node.value) is require:
            return ast.Assert(self.visit(node.value.args[0]))
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        value, word = self._called(node), node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if value is is_number or value is callable:  # so is every number, and every child
            return ast.Constant(True)
        if value is bound:
            return self.visit(node.args[1])
        if value is Stairs or (word == "stairs" and not self.is_runtime):
            identity = ast.Lambda(ast.arguments([], [ast.arg("stair")], None, [], [], None, []), name("stair"))
            return call(self.program.named("stairs"), *map(self.visit, [*node.args, identity][:2]))
        is_value_at = not self.is_builder and isinstance(node.func, ast.Name) and node.func.id in self.local
        self.generic_visit(node)
        if is_factory(value):
            self._wrap_numbers(node, value.formula)
        if is_value_at and len(node.args) == 1:  # a schedule at a number
            node.args = [ast.Call(ast.Attribute(name("xp"), "number", ast.Load()), node.args, [])]
        node.args = [arg for arg in node.args if not (isinstance(arg, ast.Name) and arg.id == "xp")]
        if _is_word(node) and word in self.program.runtime and word != self.tree.name:
            return call(self.program.named(word), *node.args)
        return node

    def _called(self, node: ast.Call) -> Any:
        """The function of another module that is called, if it is one."""
        func = node.func
        if isinstance(func, ast.Name):
            return None if func.id in self.local else lookup(self.source, func.id)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id not in self.local:
            return getattr(lookup(self.source, func.value.id), func.attr, None)
        return None

    def _wrap_numbers(self, node: ast.Call, callee: Formula) -> None:
        """Make schedules of the numbers that a composition gives as such."""
        numbers = (
            [] if self.formula is None else [text for text, p in self.formula.parameters.items() if not p.kind.child]
        )

        def wrapped(value: Any) -> Any:
            if isinstance(value, ast.List):
                value.elts = [*map(wrapped, value.elts)]
            is_value = isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id in numbers)
            return call(self.program.add(find("constant")), value) if is_value else value

        for index, (text, parameter) in enumerate(callee.parameters.items()):
            if parameter.kind.child:
                node.args[index : index + 1] = map(wrapped, node.args[index : index + 1])
                for word in node.keywords:
                    word.value = wrapped(word.value) if word.arg == text else word.value


def _is_word(node: ast.Call) -> bool:
    func = node.func
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "xp"
