"""The functions that a schedule is written with: its formulas and compositions, what they call, and the runtime."""

import ast
import re
from collections.abc import Callable
from typing import Any

from ..arrays.stairs import count_length
from ..core.checks import is_factory
from .printing import in_python
from .resolving import Resolver
from .targets import Target
from .trees import bound_in, is_constant, name, parameters_of, tree_of

__all__ = ["Program"]

IN_RUNTIME = ("compose", "constant", "join", "restart", "shift", "stretch")
"""The formulas that the runtime may have in its own way."""


class Program:
    """The functions of a file by name, each after those that it calls, and the constants that they read."""

    def __init__(self, target: Target, taken: set[str]) -> None:
        runtime = target.runtime()
        self.target, self.runtime = target, {**runtime, "count_length": in_python(tree_of(count_length))}
        self.functions: dict[str, ast.FunctionDef | str] = {}
        self.constants: dict[str, Any] = {}
        self.taken = {*taken, *runtime, *target.imported}
        self._names: dict[Any, str] = {}

    def call(self, function: Any, given: dict[str, Any]) -> ast.expr:
        """A call of a function, which is written for what the call leaves out, and for what is no number."""
        parameters = function.formula.parameters if is_factory(function) else {}
        defaults = {text: parameter.default for text, parameter in parameters.items()}
        given = {text: value for text, value in given.items() if not _is(value, defaults.get(text, value))}
        if own := self._in_runtime(function, {*given}):
            places = [text for text in defaults if text in self._signature(own)]
            args = [given.get(text, ast.Constant(defaults[text])) for text in places]
            return ast.Call(self.value(own), args, [])
        fixed, args, tree = dict[str, Any](), list[Any](), tree_of(function)
        for text, default in self.parameters(function).items():
            value = given.get(text, default)
            is_switch = is_constant(value) and type(value.value) not in (int, float)
            if (text not in given or is_switch) and bound_in(tree).count(text) == 1:
                fixed[text] = value
            else:
                args.append(value)
        return ast.Call(self.named(function, fixed), args, [])

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
            while tree.name in self.taken:
                tree.name += "_"
            self.taken.add(tree.name)
            self._names[key] = tree.name
            self.functions[tree.name] = tree
        return name(self._names[key])

    def entered(self, step: str) -> str:
        """A step as schedules take it: in the target's own type, and none before 0."""
        return step if "placed" in self.runtime else self.target.word("enter").replace("time", step)

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


def _is(node: Any, value: Any) -> bool:
    return is_constant(node) and node.value == value
