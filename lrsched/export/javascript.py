"""Functions as text, in JavaScript: of Python, as much as formulas and compositions are written in."""

import ast
import json
from typing import Any

from .printing import wrapped
from .trees import UnwritableError

__all__ = ["in_javascript"]

OPERATORS = """
Or || 3, And && 4, Eq === 6, NotEq !== 6, Is === 6, IsNot !== 6, Lt < 6, LtE <= 6, Gt > 6, GtE >= 6,
Add + 11, Sub - 11, Mult * 12, Div / 12, Mod % 12, Pow ** 14"""
SIGNS = {name: (sign, int(strength)) for name, sign, strength in map(str.split, OPERATORS.split(","))}
"""The operators, and how strongly they bind."""

NAMES = {
    "abs": "Math.abs",
    "min": "Math.min",
    "max": "Math.max",
    "math": "Math",
    "int": "Math.trunc",
    "float": "Number",
}
RESERVED = (
    "case catch const default delete enum eval export extends function let new null super switch this throw var void"
)


def in_javascript(tree: ast.FunctionDef, is_wrapped: bool = True) -> str:
    """A function, its long lines broken or not."""
    text = "\n".join(_function(tree))
    return wrapped(text) if is_wrapped else text


def _function(node: ast.FunctionDef) -> list[str]:
    names = [arg.arg for arg in node.args.args]
    assigned = [_stored(line) for line in node.body if isinstance(line, ast.Assign)]
    nested = {text for line in node.body if isinstance(line, ast.If) for text in _stored(line)}
    stored = [text for found in assigned for text in found]
    changed = nested | {text for text in stored if text in names or stored.count(text) > 1}
    changed |= {text for found in assigned if found & changed for text in found}
    new = [f"    let {', '.join(map(_name, sorted(changed - {*names})))};"] if changed - {*names} else []
    lines = [f"    {line}" if line else "" for line in _lines(node.body, changed)]
    return [f"function {_name(node.name)}({_parameters(node.args)}) {{", *new, *lines, "}"]


def _stored(line: ast.stmt) -> set[str]:
    """The variables that a statement assigns."""
    return {node.id for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _lines(body: list[ast.stmt], changed: set[str]) -> list[str]:
    """Statements; variables that are not `changed` are constants."""
    lines: list[str] = []
    for at, node in enumerate(body):
        match node:
            case ast.FunctionDef():
                lines += [*([""] if at and lines[-1] else []), *_function(node), *([""] if at + 1 < len(body) else [])]
            case ast.If():
                orelse = ["} else {", *_inner(node.orelse, changed)] if node.orelse else []
                lines += [f"if ({_text(node.test)}) {{", *_inner(node.body, changed), *orelse, "}"]
            case ast.Assign():
                kind = "" if _stored(node) & changed else "const "
                lines.append(f"{kind}{_text(node.targets[0])} = {_text(node.value)};")
            case ast.Return():
                lines.append(f"return {_text(node.value)};")
            case ast.Expr(ast.Constant(text)):
                lines.append(f"// {text}")
            case ast.Expr():
                lines.append(f"{_text(node.value)};")
            case ast.Assert():
                lines.append(f"if (!({_text(node.test)})) throw new RangeError({json.dumps(ast.unparse(node.test))});")
            case _:
                raise _refused(node)
    return lines


def _inner(body: list[ast.stmt], changed: set[str]) -> list[str]:
    return [f"    {line}" for line in _lines(body, changed)]


def _refused(node: ast.AST) -> UnwritableError:
    return UnwritableError(f"JavaScript cannot say {ast.unparse(node)}")


def _text(node: Any, least: int = 0) -> str:
    """An expression, in brackets if it binds less than what is around it."""
    text, strength = _expression(node)
    return text if strength >= least else f"({text})"


def _list(nodes: list[ast.expr]) -> str:
    return ", ".join(_text(node, 1) for node in nodes)


def _expression(node: Any) -> tuple[str, int]:  # noqa: PLR0912  (a table of cases)
    """An expression, and how strongly it binds."""
    sign, strength = SIGNS.get(type(getattr(node, "op", None)).__name__, ("", 0))
    match node:
        case ast.Constant():
            return json.dumps(node.value), 17
        case ast.Name():
            return _name(node.id), 17
        case ast.Attribute():
            return f"{_text(node.value, 16)}.{node.attr.replace('pi', 'PI')}", 16
        case ast.BinOp(left, ast.FloorDiv(), right):
            return f"Math.floor({_text(left, 12)} / {_text(right, 13)})", 16
        case ast.BinOp() if sign:
            left, right = (15, 14) if sign == "**" else (strength, strength + 1)
            return f"{_text(node.left, left)} {sign} {_text(node.right, right)}", strength
        case ast.UnaryOp():
            return f"{'!' if isinstance(node.op, ast.Not) else '-'}{_text(node.operand, 15)}", 13
        case ast.BoolOp():
            return f" {sign} ".join(_text(part, strength + 1) for part in node.values), strength
        case ast.Compare(left, [op], [right]) if type(op).__name__ in SIGNS:
            return f"{_text(left, 7)} {SIGNS[type(op).__name__][0]} {_text(right, 7)}", 6
        case ast.IfExp():
            return f"{_text(node.test, 2)} ? {_text(node.body, 1)} : {_text(node.orelse, 1)}", 1
        case ast.Lambda():
            return f"({_parameters(node.args)}) => {_text(node.body, 1)}", 1
        case ast.List() | ast.Tuple():
            return f"[{_list(node.elts)}]", 17
        case ast.Starred():
            return f"...{_text(node.value, 2)}", 2
        case ast.Subscript(slice=ast.Slice(lower, upper)):
            return (
                f"{_text(node.value, 16)}.slice({_list([lower or ast.Constant(0), *([upper] if upper else [])])})",
                16,
            )
        case ast.Subscript():
            is_from_end = isinstance(node.slice, ast.UnaryOp)
            return f"{_text(node.value, 16)}{'.at({})' if is_from_end else '[{}]'}".format(_text(node.slice)), 16
        case ast.ListComp(generators=[ast.comprehension(target, values, [])]):
            return f"{_text(values, 16)}.map(({_text(target)}) => {_text(node.elt, 1)})", 16
        case ast.JoinedStr(values):
            return f"`{''.join(map(_piece, values))}`", 17
        case ast.Call(ast.Name("list"), [values]):
            return f"[...{_text(values, 2)}]", 17
        case ast.Call(ast.Name("len"), [values]):
            return f"{_text(values, 16)}.length", 16
        case ast.Call():
            return f"{_text(node.func, 16)}({_list(node.args)})", 16
        case _:
            raise _refused(node)


def _piece(node: Any) -> str:
    """A part of a text with values in it."""
    match node:
        case ast.Constant(text):
            return json.dumps(text)[1:-1].replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
        case ast.FormattedValue(value, -1, None):
            return f"${{{_text(value)}}}"
        case _:
            raise _refused(node)


def _name(text: str) -> str:
    return f"{text}_" if text in RESERVED.split() else NAMES.get(text, text)


def _parameters(args: ast.arguments) -> str:
    first = len(args.args) - len(args.defaults)
    names = [_name(arg.arg) for arg in args.args]
    return ", ".join(
        [
            *names[:first],
            *(f"{text} = {_text(value, 1)}" for text, value in zip(names[first:], args.defaults, strict=True)),
        ]
    )
