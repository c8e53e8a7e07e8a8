"""Functions as text in JavaScript."""

import ast
import json
import textwrap
from typing import Any

from .printing import Python
from .trees import UnwritableError, bound_in

__all__ = ["JavaScript"]

SIGNS = {
    ast.Or: ("||", 3), ast.And: ("&&", 4), ast.Add: ("+", 11), ast.Sub: ("-", 11), ast.Mult: ("*", 12),
    ast.Div: ("/", 12), ast.Mod: ("%", 12), ast.Pow: ("**", 14),
    ast.Eq: ("===", 6), ast.NotEq: ("!==", 6), ast.Is: ("===", 6), ast.IsNot: ("!==", 6),
    ast.Lt: ("<", 6), ast.LtE: ("<=", 6), ast.Gt: (">", 6), ast.GtE: (">=", 6),
}
"""The operators, and how strongly they bind."""

NAMES = {
    **{name: f"Math.{name}" for name in ("abs", "min", "max")},
    "math": "Math", "int": "Math.trunc", "float": "Number",
}
RESERVED = "arguments await case catch const debugger default delete do enum eval export extends function implements "
RESERVED += "interface let new null package private protected public static super switch this throw typeof var void"


def _variables(node: ast.FunctionDef) -> set[str]:
    """The names that a function gives a value more than once, or in a branch."""
    once = [name for line in node.body if isinstance(line, ast.Assign) for name in bound_in(line)]
    nested = [name for line in node.body if isinstance(line, ast.If) for name in bound_in(line)]
    given = {arg.arg for arg in node.args.args}
    return {name for name in once if once.count(name) > 1 or name in given} | set(nested)


class JavaScript(Python):
    """JavaScript, as far as it can say what Python says."""

    def __init__(self) -> None:
        self.variables: set[str] = set()

    def _block(self, opening: str, body: list[ast.stmt]) -> list[str]:
        return [f"{opening} {{", *super()._block("", body)[1:], "}"]

    def _statement(self, node: ast.stmt) -> list[str]:
        match node:
            case ast.FunctionDef():
                return self._function(node)
            case ast.If():
                orelse = self._block("else", node.orelse) if node.orelse else []
                lines = self._block(f"if ({self._text(node.test)})", node.body)
                return [*lines[:-1], f"}} {orelse[0]}", *orelse[1:]] if orelse else lines
            case ast.Assign():
                text = f"{self._text(node.targets[0])} = {self._text(node.value)};"
                return [text if self.variables & bound_in(node) else f"const {text}"]
            case ast.Return():
                return [f"return {self._text(node.value)};"]
            case ast.Expr(ast.Constant()):
                return [f"// {line}" for line in textwrap.wrap(str(node.value.value), 112)]
            case ast.Expr():
                return [f"{self._text(node.value)};"]
            case ast.Assert():
                return [f"if (!({self._text(node.test)})) throw new RangeError({json.dumps(ast.unparse(node.test))});"]
            case _:
                raise UnwritableError(f"cannot say {ast.unparse(node)} in JavaScript")

    def _function(self, node: ast.FunctionDef) -> list[str]:
        """A function; its variables that are not constants are declared at its beginning."""
        outer, self.variables = self.variables, _variables(node)
        head, *body, foot = self._block(f"function {self._name(node.name)}({self._parameters(node.args)})", node.body)
        new = sorted(self.variables - {arg.arg for arg in node.args.args})
        self.variables = outer
        return [head, *([f"    let {', '.join(map(self._name, new))};"] if new else []), *body, foot]

    def _text(self, node: Any, least: int = 0) -> str:
        text, strength = self._expression(node)
        return text if strength >= least else f"({text})"

    def _expression(self, node: Any) -> tuple[str, int]:
        """An expression, and how strongly it binds."""
        match node:
            case ast.Constant():
                return json.dumps(node.value), 17
            case ast.Name():
                return self._name(node.id), 17
            case ast.Attribute():
                return f"{self._text(node.value, 16)}.{node.attr.replace('pi', 'PI')}", 16
            case ast.BinOp(op=ast.FloorDiv()):
                return f"Math.floor({self._text(node.left, 12)} / {self._text(node.right, 13)})", 16
            case ast.BinOp():
                if type(node.op) not in SIGNS:
                    raise UnwritableError(f"cannot say {ast.unparse(node)} in JavaScript")
                sign, strength = SIGNS[type(node.op)]
                left, right = (15, 14) if sign == "**" else (strength, strength + 1)
                return f"{self._text(node.left, left)} {sign} {self._text(node.right, right)}", strength
            case ast.UnaryOp():
                return f"{'!' if isinstance(node.op, ast.Not) else '-'}{self._text(node.operand, 15)}", 13
            case ast.BoolOp():
                sign, strength = SIGNS[type(node.op)]
                return f" {sign} ".join(self._text(part, strength + 1) for part in node.values), strength
            case ast.Compare():
                sides = [node.left, *node.comparators]
                pairs = [
                    f"{self._text(a, 7)} {SIGNS[type(op)][0]} {self._text(b, 7)}"
                    for a, op, b in zip(sides, node.ops, sides[1:], strict=False)
                ]
                return " && ".join(pairs), 6 if len(pairs) == 1 else 4
            case ast.IfExp():
                return f"{self._text(node.test, 2)} ? {self._text(node.body, 1)} : {self._text(node.orelse, 1)}", 1
            case ast.Lambda():
                return f"({self._parameters(node.args)}) => {self._text(node.body, 1)}", 1
            case ast.List() | ast.Tuple():
                return f"[{', '.join(self._text(item, 1) for item in node.elts)}]", 17
            case ast.Starred():
                return f"...{self._text(node.value, 2)}", 2
            case ast.Subscript():
                return self._subscript(node), 16
            case ast.ListComp():
                part = node.generators[0]
                target = self._text(part.target)
                return f"{self._text(part.iter, 16)}.map(({target}) => {self._text(node.elt, 1)})", 16
            case ast.Call():
                return self._call(node), 16
            case _:
                raise UnwritableError(f"cannot say {ast.unparse(node)} in JavaScript")

    def _name(self, text: str) -> str:
        return f"{text}_" if text in RESERVED.split() else NAMES.get(text, text)

    def _parameters(self, args: ast.arguments) -> str:
        names = [self._name(arg.arg) for arg in args.args]
        given = [None] * (len(names) - len(args.defaults)) + args.defaults
        return ", ".join(
            text if value is None else f"{text} = {self._text(value, 1)}"
            for text, value in zip(names, given, strict=True)
        )

    def _subscript(self, node: ast.Subscript) -> str:
        owner, index = self._text(node.value, 16), node.slice
        if isinstance(index, ast.Slice):
            ends = [ast.Constant(0) if index.lower is None else index.lower, *([index.upper] if index.upper else [])]
            return f"{owner}.slice({', '.join(map(self._text, ends))})"
        is_negative = isinstance(index, ast.UnaryOp)
        return f"{owner}.at({self._text(index)})" if is_negative else f"{owner}[{self._text(index)}]"

    def _call(self, node: ast.Call) -> str:
        """A call by position: JavaScript has no names of arguments."""
        args = [self._text(arg, 1) for arg in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            return f"{self._text(node.args[0], 16)}.length"
        return f"{self._text(node.func, 16)}({', '.join(args)})"
