"""Parameters that are the same in every call become constants, and what they switch off goes."""

import ast
import operator
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .sources import bound_in, names_in

__all__ = ["fold"]

Functions = dict[str, ast.FunctionDef]

COMPARED: dict[type, Any] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}


def fold(functions: Functions, texts: Mapping[str, Collection[str]], main: str, kept: Collection[str]) -> set[str]:
    """Make functions smaller until nothing is left to go, leave out those that nobody calls, and name what is left.

    What is called once becomes a part of where it is called, if it is no more than a few lines and not among the kept.
    `texts` are functions of which nothing is known but which words are in them.
    """
    before, reached, given = list[str](), {main}, {word for words in texts.values() for word in words}
    while before != (now := [ast.dump(tree) for tree in functions.values()]):
        before = now
        for tree in functions.values():
            if tree.name != main and tree.name not in given:
                _fix_parameters(tree, functions)
                if tree.name not in kept:
                    _move_to_caller(tree, functions)
            _Simpler({}).visit(tree)
            _drop_unused(tree)
        reached, todo = {main}, [main]
        while todo:
            name = todo.pop()
            names = set(texts[name] if name in texts else names_in(functions[name])) - reached
            todo += [name for name in (*functions, *texts) if name in names]
            reached |= names
        for name in functions.keys() - reached:
            del functions[name]
    return reached


def _fix_parameters(function: ast.FunctionDef, functions: Functions) -> None:
    """Make a constant of a parameter whose default is taken in all calls, or which is the same switch in all."""
    calls, args = _calls(function, functions), function.args
    written = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for index, arg in reversed([*enumerate(args.args)]):
        place = index - len(args.args) + len(args.defaults)
        default = args.defaults[place] if place >= 0 else None
        given = [_argument(node, index, arg.arg) for node in calls]
        values = {ast.dump(value): value for value in (one or default for one in given) if value}
        value = next(iter(values.values()), None)
        is_switch = isinstance(value, ast.Constant) and type(value.value) not in (int, float)
        is_used = arg.arg in {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        is_fixed = len(values) == 1 and arg.arg not in written and (is_switch or not any(given))
        if is_fixed or not is_used:
            _Simpler({arg.arg: value}).visit(function)
            del args.args[index], args.defaults[place : place + 1 if default else place]
            for node, one in zip(calls, given, strict=True):
                node.args = [other for other in node.args if other is not one]
                node.keywords = [word for word in node.keywords if word.value is not one]


def _calls(function: ast.FunctionDef, functions: Functions) -> list[ast.Call]:
    """All calls of a function; none where it is a value as well."""
    calls, mentions = list[ast.Call](), 0
    for tree in functions.values():
        nodes = list(ast.walk(tree)) if function.name not in bound_in(tree) else []
        mentions += sum(isinstance(node, ast.Name) and node.id == function.name for node in nodes)
        found = (node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        calls += [node for node in found if node.func.id == function.name]
    is_clear = mentions == len(calls) and not any(isinstance(arg, ast.Starred) for node in calls for arg in node.args)
    return calls if is_clear else []


def _move_to_caller(function: ast.FunctionDef, functions: Functions) -> None:
    """Put the lines of a function where it is called, if that is once, and not inside of another function."""
    calls, body = _calls(function, functions), [line for line in function.body if not isinstance(line, ast.Expr)]
    *lines, last = body
    is_plain = all(isinstance(line, ast.Assign | ast.Assert) for line in lines) and isinstance(
        last, ast.Return | ast.Assert
    )
    if len(calls) != 1 or not is_plain or any(isinstance(node, ast.Lambda) for node in ast.walk(function)):
        return
    for caller in functions.values():
        for block in _blocks(caller):
            for at, line in enumerate(block):
                if any(node is calls[0] for node in _own_nodes(line)):
                    _put(function, body, calls[0], caller, block, at)
                    return


def _put(function: ast.FunctionDef, body: list[Any], node: ast.Call, caller: ast.AST, block: Any, at: int) -> None:
    """Put the lines of a function before a line, and what it returns into it."""
    args = function.args
    first = len(args.args) - len(args.defaults)
    given = {arg.arg: _argument(node, i, arg.arg) or args.defaults[i - first] for i, arg in enumerate(args.args)}
    read = [part.id for line in body for part in ast.walk(line) if isinstance(part, ast.Name)]
    same = {name for name, value in given.items() if isinstance(value, ast.Name) and value.id == name}
    long = {name for name, value in given.items() if not isinstance(value, ast.Name | ast.Constant)}
    own = {name for name in bound_in(function) if name not in given} | names_in(function)
    if own & bound_in(caller) or any(read.count(name) > 1 for name in long):
        return
    simpler = _Simpler({name: value for name, value in given.items() if name not in same})
    *lines, last = (simpler.visit(line) for line in body)
    block[at : at + 1] = [*lines, _Swapped(node, last.value).visit(block[at]) if isinstance(last, ast.Return) else last]


class _Swapped(ast.NodeTransformer):
    """One expression in the place of another."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return self.new if node is self.old else self.generic_visit(node)


def _blocks(tree: Any) -> Iterator[list[ast.stmt]]:
    """The lists of statements of a function, without those of functions inside."""
    yield tree.body
    for line in tree.body:
        if isinstance(line, ast.If):
            yield from _blocks(line)
            yield line.orelse


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that are not inside of a function or of another statement."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.FunctionDef | ast.Lambda | ast.stmt):
            yield from _own_nodes(part)


def _argument(node: ast.Call, index: int, name: str) -> ast.expr | None:
    named = [word.value for word in node.keywords if word.arg == name]
    return node.args[index] if index < len(node.args) else next(iter(named), None)


class _Simpler(ast.NodeTransformer):
    """Constants in the place of names, and the branch that is taken in the place of a choice."""

    def __init__(self, constants: dict[str, Any]) -> None:
        self.constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.constants.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in COMPARED and _known(node.left, *node.comparators):
            return ast.Constant(COMPARED[type(node.ops[0])](node.left.value, node.comparators[0].value))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """What is known to change nothing goes; what decides is last."""
        self.generic_visit(node)
        decides = isinstance(node.op, ast.Or)
        kept: list[ast.expr] = []
        for part in node.values:
            if not _known(part) or bool(part.value) == decides:
                kept.append(part)
            if _known(part) and bool(part.value) == decides:
                break
        kept = kept or node.values[-1:]
        return ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return (node.body if node.test.value else node.orelse) if _known(node.test) else node

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        return (node.body if node.test.value else node.orelse) if _known(node.test) else node


def _known(*nodes: Any) -> bool:
    return all(isinstance(node, ast.Constant) for node in nodes)


def _drop_unused(function: ast.FunctionDef) -> None:
    """Leave out what stands after a return, and what is given a name that nobody reads."""
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for inner in ast.walk(function):
        if isinstance(inner, ast.FunctionDef):
            body: list[ast.stmt] = []
            for line in inner.body:
                name = line.name if isinstance(line, ast.FunctionDef) else None
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    name = line.targets[0].id
                body += [line] if name is None or name in read else []
                if isinstance(line, ast.Return):
                    break
            inner.body = body
