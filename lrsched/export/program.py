"""The functions that a schedule is written with: its formulas and compositions, what they call, and the runtime."""

import ast
import inspect
import math
import re
from collections.abc import Callable, Collection
from types import FunctionType
from typing import Any

from ..arrays.stairs import count_length
from ..checks import is_factory, name_of, require
from ..core.curves import Stairs
from ..core.registry import find
from .printing import in_python
from .targets import Target
from .trees import UnwritableError, bound_in, is_constant, name, parameters_of, source_of, tree_of

__all__ = ["Program"]

IN_RUNTIME = ("compose", "constant", "join", "restart", "shift", "stretch")
"""The formulas that the runtime may have in its own way."""


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read."""

    def __init__(self, target: Target, taken: set[str]) -> None:
        self.target, self.runtime = target, target.runtime() | {"count_length": in_python(tree_of(count_length))}
        self.functions, self.constants, self._names = dict[str, Any](), dict[str, Any](), dict[Any, str]()
        self.is_placed = any(file.startswith("placed") for file in target.files)
        self.taken = {*taken, *self.runtime, *target.imports}

    def call(self, function: Any, given: dict[str, Any], numbers: Collection[str] = ()) -> ast.expr:
        """A call of a function, which is written for what the call leaves out, and for what is no number.

        Constants, and names of `numbers`, that are given as children become schedules.
        """
        for text, p in function.formula.parameters.items() if is_factory(function) else ():
            if p.kind.child and text in given:
                given[text] = self._child(given[text], numbers)
        parameters, bound = self.parameters(function), bound_in(tree_of(function))
        defaults = {text: ast.dump(default) for text, default in parameters.items() if default}
        given = {text: value for text, value in given.items() if ast.dump(value) != defaults.get(text)}
        values = parameters | given
        if own := self._in_runtime(function, {*given}):
            return ast.Call(self.value(own), [values[text] for text in values if text in self._signature(own)], [])
        is_switch = {text: is_constant(v) and type(v.value) not in (int, float) for text, v in given.items()}
        fixed = [text for text in values if bound.count(text) == 1 and is_switch.get(text, True)]
        made = self.named(function, {text: values[text] for text in fixed})
        return ast.Call(made, [values[text] for text in values if text not in fixed], [])

    def _child(self, node: ast.expr, numbers: Collection[str]) -> ast.expr:
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._child(item, numbers) for item in node.elts], ast.Load())
        is_number = is_constant(node) or getattr(node, "id", "") in numbers
        return self.call(find("constant"), {"value": node}) if is_number else node

    def value(self, function: Any) -> ast.expr:
        """A function by its name; one of the runtime is given by that."""
        text = function if isinstance(function, str) else self._in_runtime(function, set())
        if not text:
            return self.named(function, {})
        if text not in self.functions:
            code = re.sub(r'(?s)""".*?"""|#.*?\n|//.*?\n', "", self.runtime[text])
            for word in sorted({*re.findall(r"(?<!\w\.)\b\w+", code)} & {*self.runtime} - {text}):
                self.value(word)
            self.functions[text] = self.runtime[text]
        return name(text)

    def named(self, function: Any, fixed: dict[str, Any]) -> ast.expr:
        """A function that is no longer asked for its `fixed` parameters, by its name."""
        key = function, *((text, ast.dump(value)) for text, value in fixed.items())
        if key not in self._names:
            tree = Resolver(self, function, fixed).tree
            while tree.name in self.taken | self.functions.keys():
                tree.name += "_"
            self._names[key], self.functions[tree.name] = tree.name, tree
        return name(self._names[key])

    def entered(self, step: str) -> str:
        """A step as schedules take it: in the target's own type, and none before 0."""
        return step if self.is_placed else self.target.word("enter").replace("time", step)

    def constant(self, value: Any, text: str) -> ast.expr:
        """A constant by its name, or as it is where that stands for something else."""
        is_free = text not in self.taken and self.constants.setdefault(text, value) == value
        return name(text) if is_free else ast.Constant(value)

    def demand(self, node: ast.Call, visit: Callable[[Any], Any]) -> ast.stmt | None:
        """A demand on the parameters of a function, without its message."""
        test = visit(node.args[0])
        return None if is_constant(test) else ast.Assert(test)

    def parameters(self, function: Any) -> dict[str, Any]:
        """The parameters of a function, and the defaults in its source."""
        given = parameters_of(tree_of(function).args)
        names = function.formula.parameters if is_factory(function) else given
        return {text: given[text] for text in names if text != "xp"}

    def _in_runtime(self, function: Any, given: set[str]) -> str:
        """The function that the runtime has for a formula, if any: the shortest so named that takes what is given."""
        formula = function.__name__ if is_factory(function) else ""
        named = (text for text in self.runtime if formula in IN_RUNTIME and f"_{text}".endswith(f"_{formula}"))
        return min((text for text in named if given <= {*self._signature(text)}), key=len, default="")

    def _signature(self, text: str) -> list[str]:
        return re.findall(r"\w+", self.runtime[text].partition("\n    ")[0])


BUILTINS = (abs, float, int, len, list, map, max, min, range, zip)
"""What formulas and compositions may call of Python's own."""


class Resolver(ast.NodeTransformer):
    """The definition of a function in the words of a target, with what it calls in a program.

    Some parameters are fixed. Branches that these decide are left out, and so is what only lrsched needs: decorators,
    annotations, most docstrings, checks.
    """

    def __init__(self, program: Program, function: Any, fixed: dict[str, Any]) -> None:
        self.program, self.fixed, self.depth, self.times = program, fixed, 0, set[str]()
        self.formula: Any = function.formula if is_factory(function) else None
        self.is_builder = self.formula is not None and not (self.formula.composed or self.formula.laid_out)
        source, self.tree = source_of(function), tree_of(function)
        self.xp = {"xp", self.tree.args.args[0].arg} if self.is_builder else {"xp"}
        self.local = {*bound_in(self.tree)} - self.xp
        self.outside = {**source.__globals__, **inspect.getclosurevars(source).nonlocals}
        doc = (source.__doc__ or "").strip().partition("\n")[0]
        self.visit(self.tree)
        self.tree.body[:0] = [ast.Expr(ast.Constant(doc))] if doc else []

    def refused(self, reason: str = "leaves the words of xp") -> UnwritableError:
        """The error of a function that cannot be written."""
        return UnwritableError(f"{self.tree.name} {reason}")

    # Functions and statements.

    def visit_FunctionDef(self, node: Any) -> ast.AST:
        self.depth += 1
        self.times |= {*bound_in(node)} if self.depth > 1 else set()
        node.args, node.body = self.visit(node.args), self._body(node.body)
        node.name = self._own(getattr(node, "name", "")) if self.depth > 1 else node.name
        self.depth -= 1
        return node

    visit_Lambda = visit_FunctionDef  # noqa: N815  (as ast names it)

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        if node.vararg or node.kwarg:
            raise self.refused("has parameters without a name")
        left_out = self.xp | self.fixed.keys() if self.depth == 1 else self.xp
        given = {text: default for text, default in parameters_of(node).items() if text not in left_out}
        defaults = [self.visit(default) for default in given.values() if default]
        return ast.arguments([], [*map(ast.arg, map(self._own, given))], None, [], [], None, defaults)

    def _body(self, body: Any) -> Any:
        """An expression, or statements up to the first that returns."""
        if isinstance(body, ast.expr):
            return self.visit(body)
        found: list[ast.stmt] = []
        for line in body:
            visited = self.visit(line)
            found += visited if isinstance(visited, list) else filter(None, [visited])
            if found and isinstance(found[-1], ast.Return):
                break
        return found

    def visit_Expr(self, node: Any) -> ast.AST | None:
        function = self._outer(node.value.func) if isinstance(node.value, ast.Call) else None
        if function is require:
            return self.program.demand(node.value, self.visit)
        is_check = name_of(function).startswith("_refuse") and name_of(function) not in self.program.runtime
        return None if is_check else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return self.visit(ast.Assign([node.target], node.value, lineno=0)) if node.value else None

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        return ast.Return(self._schedule(node.value)) if self.is_builder and self.depth == 1 and node.value else node

    def _schedule(self, built: ast.expr) -> ast.expr:
        """The schedule of what a builder returns: the two ends of a ramp, stairs, or a function of the time."""
        if isinstance(built, ast.Call):
            return built
        length = self.formula.own_length({text: text for text in self.formula.parameters})
        end = [self.visit(name(length))] if length in self.formula.parameters else []
        if isinstance(built, ast.Tuple):
            is_one_sided = is_constant(built.elts[0])
            return self._call("one_sided" if is_one_sided else "ramp", *built.elts[is_one_sided:], *end)
        is_timed = self.program.is_placed and not self.formula.pointwise
        return self._call("elapsed", built, *end) if is_timed or end else built

    # What the fixed parameters decide.

    def visit_If(self, node: Any) -> Any:
        """A branch, which numbers alone may decide that are known before the step."""
        names = {getattr(part, "id", "") for part in ast.walk(node.test)}
        if self.is_builder and self.depth > 1 and self.times & names:
            raise self.refused("branches on a number")
        test = self.visit(node.test)
        if is_constant(test):
            return self._body(node.body if test.value else node.orelse)
        return type(node)(test, self._body(node.body), self._body(node.orelse))

    visit_IfExp = visit_If  # noqa: N815  (as ast names it)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        is_known = all(map(is_constant, (node.left, *node.comparators)))
        return ast.Constant(eval(ast.unparse(node))) if is_known else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        while len(node.values) > 1 and isinstance(first := node.values[0], ast.Constant):
            if bool(first.value) == isinstance(node.op, ast.Or):
                return first
            del node.values[0]
        return node if len(node.values) > 1 else node.values[0]

    # Names and calls.

    def _outer(self, node: ast.expr) -> Any:
        """What a name stands for that is not of the function, or an attribute of such a one; else None."""
        root = node.value if isinstance(node, ast.Attribute) else node
        if not isinstance(root, ast.Name) or root.id in self.local | self.xp:
            return None
        try:
            return eval(ast.unparse(node), self.outside)
        except (AttributeError, NameError):
            return None

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.fixed and isinstance(node.ctx, ast.Load):
            return self.visit(self.fixed[node.id])
        return ast.Name(self._own(node.id), node.ctx) if node.id in self.local else self._named(node, node.id)

    def _own(self, text: str) -> str:
        """A name of the function, beside those of the runtime."""
        return f"{text}_" if text in self.program.runtime else text

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if getattr(node.value, "id", "") in self.xp:
            return self._word(node.attr)
        if self._outer(node.value) is math and (self.depth == 1 or not self.is_builder or node.attr == "pi"):
            return node
        return self._named(node, node.attr)

    def _word(self, word: str) -> ast.expr:
        """A word of `xp`: that of Python before any step, a function of the runtime, or the target's own."""
        if self.is_builder and self.depth == 1 and hasattr(math, word):
            return ast.Attribute(name("math"), word, ast.Load())
        text = word if word in self.program.runtime else self.program.target.word(word)
        return self.program.value(text) if text in self.program.runtime else ast.parse(text, mode="eval").body

    def _named(self, node: ast.expr, text: str) -> ast.expr:
        """What stands for something outside of the function."""
        value = self._outer(node)
        if any(value is one for one in BUILTINS):
            return self.program.value(text) if text in self.program.runtime else node
        if is_factory(value) or isinstance(value, FunctionType):
            return self.program.value(value)
        if isinstance(value, int | float | str | tuple):
            return self.program.constant(value, text)
        raise self.refused()

    def _call(self, function: str, *args: ast.expr) -> ast.expr:
        """A call of a function of the runtime."""
        return ast.Call(self.program.value(function), [*args], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function, func = self._outer(node.func), node.func
        node.args = [arg for arg in node.args if getattr(arg, "id", "") not in self.xp]
        text = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        if text in ("is_number", "callable"):  # as all numbers and children of what is written are
            return ast.Constant(True)
        if text in ("as_ramp", "bound", "is_known_true"):
            return self.visit(node.args[-1])
        if function is Stairs:
            return self._call("stairs", *map(self.visit, node.args))
        is_written = isinstance(function, FunctionType) or is_factory(function)
        if is_written and not any(isinstance(arg, ast.Starred) for arg in node.args):
            given = dict(zip(self.program.parameters(function), map(self.visit, node.args), strict=False))
            given |= {str(word.arg): self.visit(word.value) for word in node.keywords}
            own = self.formula.parameters.items() if self.formula else ()
            return self.program.call(function, given, [text for text, p in own if not p.kind.child])
        self.generic_visit(node)
        if not self.is_builder and text in self.local and len(node.args) == 1:  # a schedule at a number
            node.args = [ast.parse(self.program.entered(ast.unparse(node.args[0])), mode="eval").body]
        return node
