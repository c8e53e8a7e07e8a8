"""Functions as text, in JavaScript: of Python, as much as formulas and compositions are written in."""

import ast
import json
from collections import Counter
from typing import Any

from .printing import wrapped
from .trees import UnwritableError, bound_in, name, parameters_of

__all__ = ["in_javascript"]

RESERVED = "case catch const default delete enum eval export extends function let new null super switch this throw void"
NAMES = {text: f"{text}_" for text in RESERVED.split()} | {text: f"Math.{text}" for text in ("abs", "min", "max")}
NAMES.update(math="Math", int="Math.trunc", float="Number", list="Array.from")
SIGNS: dict[type, str] = {ast.Or: "||", ast.And: "&&", ast.Eq: "===", ast.Is: "===", ast.NotEq: "!==", ast.IsNot: "!=="}
"""The operators that Python spells otherwise."""


def in_javascript(tree: ast.FunctionDef) -> str:
    """A function."""
    times, assigned = Counter(bound_in(tree)), [_stored(line) for line in tree.body if isinstance(line, ast.Assign)]
    constants = {text for found in assigned if all(times[one] == 1 for one in found) for text in found}
    variables = {text for line in tree.body if isinstance(line, ast.Assign | ast.If) for text in _stored(line)}
    new = sorted(variables - constants - {arg.arg for arg in tree.args.args})
    head = [f"    let {', '.join(map(_name, new))};"] if new else []
    lines = [f"function {_name(tree.name)}({_parameters(tree.args)}) {{", *head, *_block(tree.body, constants), "}"]
    return wrapped("\n".join(lines))


def _name(text: str) -> str:
    return NAMES.get(text, text)


def _stored(line: ast.stmt) -> set[str]:
    """The variables that a statement assigns."""
    return {node.id for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _block(body: list[ast.stmt], constants: set[str]) -> list[str]:
    """Statements, of which those that assign `constants` declare them."""
    lines: list[str] = []
    for node in body:
        match node:
            case ast.FunctionDef():
                lines += [*in_javascript(node).splitlines(), ""]
            case ast.If():
                orelse = ["} else {", *_block(node.orelse, constants)] if node.orelse else []
                lines += [f"if ({_text(node.test)}) {{", *_block(node.body, constants), *orelse, "}"]
            case ast.Assign():
                kind = "const " if _stored(node) <= constants else ""
                lines.append(f"{kind}{_text(node.targets[0])} = {_text(node.value)};")
            case ast.Return():
                lines.append(f"return {_text(node.value)};")
            case ast.Expr(ast.Constant(text)):
                lines.append(f"// {text}")
            case ast.Expr():
                lines.append(f"{_text(node.value)};")
            case ast.Assert():
                error = json.dumps(ast.unparse(node.test))
                lines += [f"if (!({_text(node.test)}))", f"    throw new RangeError({error});"]
            case _:
                raise UnwritableError(f"JavaScript cannot say {ast.unparse(node)}")
    return [f"    {line}" if line else "" for line in lines]


def _text(node: Any) -> str:
    """An expression, without the brackets around all of it."""
    made = _expression(node)
    return made.id[1:-1] if isinstance(made, ast.Name) and made.id.startswith("(") else ast.unparse(made)


def _infix(sign: str, *nodes: ast.expr) -> ast.expr:
    return name(f"({f' {sign} '.join(ast.unparse(_expression(node)) for node in nodes)})")


def _list(nodes: list[ast.expr]) -> list[ast.expr]:
    return [name(_text(node)) for node in nodes]


def _expression(node: Any) -> ast.expr:  # noqa: PLR0912  (a table of cases)
    """An expression of which Python writes the text; what it would write otherwise is a name, in brackets."""
    match node:
        case ast.Constant():
            return name(json.dumps(node.value))
        case ast.Name():
            return name(_name(node.id))
        case ast.Attribute():
            return ast.Attribute(_expression(node.value), node.attr.replace("pi", "PI"), node.ctx)
        case ast.BinOp(left, ast.Pow(), right):
            return ast.Call(name("Math.pow"), _list([left, right]), [])
        case ast.BinOp(left, ast.FloorDiv(), right):
            return ast.Call(name("Math.floor"), [ast.BinOp(_expression(left), ast.Div(), _expression(right))], [])
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Mod(), right):
            return ast.BinOp(_expression(left), node.op, _expression(right))
        case ast.UnaryOp(ast.USub(), operand):
            return ast.UnaryOp(node.op, _expression(operand))
        case ast.UnaryOp(ast.Not(), operand):
            return ast.Call(name("!"), _list([operand]), [])
        case ast.BoolOp():
            return _infix(SIGNS[type(node.op)], *node.values)
        case ast.Compare(left, [op], [right]) if type(op) in SIGNS:
            return _infix(SIGNS[type(op)], left, right)
        case ast.Compare(left, [ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], [right]):
            return ast.Compare(_expression(left), node.ops, [_expression(right)])
        case ast.IfExp():
            test, body, orelse = (ast.unparse(_expression(part)) for part in (node.test, node.body, node.orelse))
            return name(f"({test} ? {body} : {orelse})")
        case ast.Lambda():
            return name(f"(({_parameters(node.args)}) => {_text(node.body)})")
        case ast.List() | ast.Tuple():
            return ast.List(_list(node.elts), ast.Load())
        case ast.Starred():
            return name(f"...{_text(node.value)}")
        case ast.Subscript(slice=ast.Slice(lower, upper)):
            places = [lower or ast.Constant(0), *([upper] if upper else [])]
            return ast.Call(ast.Attribute(_expression(node.value), "slice"), _list(places), [])
        case ast.Subscript():
            return ast.Call(ast.Attribute(_expression(node.value), "at"), _list([node.slice]), [])
        case ast.ListComp(generators=[ast.comprehension(target, values, [])]):
            return name(f"{ast.unparse(_expression(values))}.map(({_text(target)}) => {_text(node.elt)})")
        case ast.Call(ast.Name("len"), [values]):
            return ast.Attribute(_expression(values), "length")
        case ast.Call():
            return ast.Call(_expression(node.func), _list(node.args), [])
        case _:
            raise UnwritableError(f"JavaScript cannot say {ast.unparse(node)}")


def _parameters(args: ast.arguments) -> str:
    given = parameters_of(args).items()
    return ", ".join(_name(text) + (f" = {_text(default)}" if default else "") for text, default in given)
