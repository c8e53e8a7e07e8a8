"""A schedule as text: the call that makes it, with its numbers as arguments, and what that call needs."""

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..core.decorators import find
from ..core.libraries import is_number
from ..core.pieces import expanded
from ..core.schedule import Schedule
from .javascript import JavaScript
from .printing import Python
from .program import Program, Scope
from .targets import TARGETS, Target
from .trees import UnwritableError, name

__all__ = ["write"]


def write(schedule: Schedule, target: str, text: str) -> str:
    """The source of a schedule."""
    if target == "javascript":
        text = "learningRate" if text == "learning_rate" else text
    try:
        return File(schedule, target, text).text()
    except UnwritableError:
        return File(schedule, target, text, from_sources=False).text()


class File:
    """A schedule in a target; compositions by their sources, or as what they are made of."""

    def __init__(self, schedule: Schedule, kind: str, text: str, from_sources: bool = True) -> None:
        self.schedule, self.target, self.kind, self.name, self.from_sources = schedule, TARGETS[kind], kind, text, from_sources
        self.arguments: dict[str, ast.expr] = {}
        self.counts = Counter(text for one in _all(schedule) for text in one.formula.parameters)
        self.program = Program(self.target, _is_placed(schedule, self.target), {text, "step", *self.counts})
        self.scope = Scope({"step", *self.counts})
        made = self._made(schedule)
        has_clock = self.program.is_placed and self.target.has_clock
        step = name("step") if has_clock else self.target.word("enter", [name("step")], False)
        doc = ast.Expr(ast.Constant("The value for update `step`, counted from 0."))
        args = ast.arguments([], [*map(ast.arg, ["step", *self.arguments])], None, [], [], None, [*self.arguments.values()])
        body = [doc, *self.scope.lines, ast.Return(ast.Call(made, [step], []))]
        self.program.functions[text] = ast.FunctionDef(text, args, body, [])

    def _made(self, schedule: Schedule) -> ast.expr:
        """The call that makes a schedule; numbers that have a name of their own are arguments."""
        formula = schedule.formula
        if formula.composed and not self.from_sources:
            return self._made(schedule.expand())
        given: dict[str, ast.expr] = {}
        for (text, parameter), value in zip(formula.parameters.items(), schedule.values, strict=True):
            if parameter.required or value != parameter.default:
                given[text] = self._value(parameter, value)
                if (schedule is self.schedule or self.counts[text] == 1) and _is_plain(value) and self.from_sources:
                    self.arguments[text], given[text] = given[text], name(text)
        return self.program.call(formula.factory, given, self.scope)

    def _value(self, parameter: Any, value: Any) -> ast.expr:
        if isinstance(value, Schedule):
            return self._made(value)
        if isinstance(value, tuple) and parameter.kind.child:
            return ast.List([self._value(parameter, item) for item in value], ast.Load())
        if parameter.kind.child:
            return self._made(find("constant")(value))
        if callable(value):
            return self.program.value(value)
        return ast.parse(parameter.show(value), mode="eval").body

    def text(self) -> str:
        """The whole file."""
        is_js = self.kind == "javascript"
        used = {node.id for tree in self.program.functions.values() for node in ast.walk(tree) if isinstance(node, ast.Name)}
        printer = JavaScript() if is_js else Python()
        written = [*self.program.texts.values(), *map(printer.function, self.program.functions.values())]
        constants = [f"{text} = {value!r}" for text, value in self.program.constants.items() if text in used]
        imports = [line for text, line in self.target.imports.items() if text in used]
        comment = textwrap.wrap(f"lrsched: {self.schedule!r}", 97, break_on_hyphens=False, break_long_words=False)
        if is_js:
            written[-1] = f"export {written[-1]}"
            constants = [f"const {line};" for line in constants]
        head = "\n".join([*(f"{'//' if is_js else '#'} {line}" for line in comment), *imports])
        parts = ["\n\n".join(filter(None, [head, "\n".join(constants)])), *written]
        return ("\n\n" if is_js else "\n\n\n").join(parts) + "\n"


def _is_plain(value: Any) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return all(is_number(item) and not isinstance(item, bool) for item in items)


def _all(schedule: Any, into: bool = False) -> Iterator[Schedule]:
    """A schedule and its children; or, `into` compositions, what all of them are made of."""
    schedule = expanded(schedule) if into else schedule
    if isinstance(schedule, Schedule):
        yield schedule
        for value in schedule.values:
            for part in value if isinstance(value, tuple) else (value,):
                yield from _all(part, into)


def _is_placed(schedule: Schedule, target: Target) -> bool:
    """Whether some lengths are not whole steps, or do not fit the integers of the target."""
    for one in _all(schedule, into=True):
        given = one.parameters
        times = [given[text] for text, parameter in one.formula.parameters.items() if parameter.kind.duration]
        is_long = target.last < 2**53 and any(abs(t) > target.last for time in times for t in (time if isinstance(time, tuple) else (time,)))
        is_ahead = target.last < 2**53 and one.formula.name == "shift" and given["steps"] > 0
        if is_long or is_ahead or one.formula.name == "stretch" or given.get("period_mult", 1) != 1:
            return True
    return False
