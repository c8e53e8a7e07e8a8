"""What an expression stands for: calls of schedules, numbers, names of numbers, and arithmetic with them."""

import ast
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from ..checks import brief, nearest
from ..core.decorators import formula_of
from ..core.ramp_choice import READERS
from ..core.registry import PACKAGE, find, ramps
from ..core.schedule import Schedule
from .computing import OPERATORS, by_name, combined, is_operand, with_sign
from .places import EXAMPLE, ParseError, Text

__all__ = ["PARTIAL", "Reader"]

PARTIAL = "partial"
"""The function that gives a ramp further parameters."""

VALUES = "only numbers, names of numbers, + - * / //, strings, True, False, None, lists and calls can stand here"


class Reader:
    """One expression, read with the numbers that its names stand for. What can be called, subclasses may change."""

    demand = f"only a schedule can be called, by its name; {EXAMPLE}"

    def __init__(self, text: str, names: Mapping[str, Any] | None = None) -> None:
        self.text = Text(text)
        self.names = names or {}

    def schedule(self) -> Schedule:
        """The schedule that the expression describes."""
        tree = self.text.tree
        if (name := _plain_name(tree)) and name not in self.names:
            raise self.text.refused(tree, self.bare(name))
        made = self.value(tree, "")
        if not isinstance(made, Schedule):
            raise self.text.refused(tree, f"an expression is a schedule, not {brief(made)}; {EXAMPLE}")
        return made

    def bare(self, name: str) -> str:
        """What is wrong with a name alone: how it is called, or that it is unknown."""
        try:
            return f"{name} must be called; write {name}{formula_of(find(name)).signature_text()}"
        except ValueError as error:
            return str(error)

    def value_of_text(self) -> Any:
        """What the expression stands for: a schedule, a number, or a ramp."""
        return self.value(self.text.tree, "")

    # Calls.

    def called(self, function: ast.expr) -> str:
        """The name in a call, or nothing where there is none."""
        return _plain_name(function)

    def find(self, name: str) -> Callable[..., Any]:
        """What is called by a name."""
        return find(name)

    def parameters(self, function: Callable[..., Any]) -> list[str]:
        """The names of its parameters, in order."""
        return list(formula_of(function).parameters)

    def call(self, node: ast.Call, path: str) -> Any:
        """What a call gives."""
        name = self.called(node.func)
        if not name:
            raise self.text.refused(node.func, self.demand)
        if name == PARTIAL:
            return self._partial(node, path)
        factory = self.read(node.func, lambda: self.find(name))
        here = f"{path}.{name}" if path else name
        names = self.parameters(factory)
        args = [
            self.value(argument, f"{here}.{names[index]}" if index < len(names) else here)
            for index, argument in enumerate(node.args)
        ]
        kwargs = self.keywords(node, here)
        return self.read(node, lambda: factory(*args, **kwargs), path)

    def _partial(self, node: ast.Call, path: str) -> Any:
        """`partial(polynomial, power=3.0)`, a ramp."""
        if len(node.args) != 1:
            raise self.text.refused(node, "partial takes one ramp; write partial(polynomial, power=3.0)")
        function = self.value(node.args[0], path)
        kwargs = self.keywords(node, path or PARTIAL)
        return self.read(node, lambda: partial(function, **kwargs), path)

    def keywords(self, node: ast.Call, here: str) -> dict[str, Any]:
        """The arguments of a call that are given by name."""
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in kwargs:
                demand = "** cannot be written here" if keyword.arg is None else f"{keyword.arg} is given twice"
                raise self.text.refused(keyword.value, f"{demand}; name each parameter once")
            kwargs[keyword.arg] = self.value(keyword.value, f"{here}.{keyword.arg}")
        return kwargs

    def read(self, node: ast.expr, make: Callable[[], Any], path: str = "") -> Any:
        """Whatever `make` gives, or its error with the place in front."""
        try:
            return make()
        except (TypeError, ValueError) as error:
            raise ParseError(f"{path}: {error}" if path else str(error), self.text.place(node)) from None

    # Values.

    def value(self, node: ast.expr, path: str) -> Any:
        """What a node stands for."""
        match node:
            case ast.Call():
                return self.call(node, path)
            case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
                return value
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                signed = self.operand(operand, path)
                return self.arithmetic(node, lambda: with_sign(sign, signed))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                a, b = self.operand(left, path), self.operand(right, path)
                return self.arithmetic(node, lambda: combined(a, op, b))
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item, f"{path}[{index}]") for index, item in enumerate(items)]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                pairs = zip(cast("list[ast.Constant]", keys), values, strict=True)
                return {key.value: self.value(value, path) for key, value in pairs}
            case ast.Name() | ast.Attribute() if _plain_name(node):
                return self.name(node, _plain_name(node))
            case _:
                raise self.text.refused(node, VALUES)

    def name(self, node: ast.expr, name: str) -> Any:
        """The number that was given under a name, or a ramp."""
        if name in self.names and isinstance(node, ast.Name):
            return by_name(self.names[name])
        try:
            return find(name)
        except ValueError:
            raise self.text.refused(node, self.unknown(name)) from None

    def unknown(self, name: str) -> str:
        """What is wrong with a name that stands for nothing."""
        near = nearest(name, [*self.names, *ramps()])
        known = f" (known: {', '.join(self.names)})" if self.names else ""
        return f"unknown name {brief(name)}{known}; {f'did you mean {near!r}?' if near else self.give(name)}"

    def give(self, name: str) -> str:
        """How a name is given its number."""
        return "give it a number: parse(expression, NAME=100), or --let NAME=100"

    def operand(self, node: ast.expr, path: str) -> Any:
        """A number or a schedule."""
        value = self.value(node, path)
        if is_operand(value):
            return value
        raise self.text.refused(node, f"arithmetic needs numbers and schedules, not {brief(value)}")

    def arithmetic(self, node: ast.expr, make: Callable[[], Any]) -> Any:
        """The result of arithmetic with operands; its errors are those of the node."""
        return self.read(node, make)


def _plain_name(node: ast.expr) -> str:
    """`NAME` or `lrsched.NAME` as a name, and nothing for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=package), attr=name) if package == PACKAGE:
            return name
        case _:
            return ""


READERS.append(lambda text: Reader(text).value_of_text())
