"""A schedule as text: the call that makes it, with its numbers as arguments, and what that call needs."""

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from ..core.registry import find
from ..core.libraries import is_number
from ..core.pieces import expanded
from ..core.schedule import Schedule
from .folding import fold
from .javascript import JavaScript
from .printing import Python
from .program import Program
from .sources import UnwritableError, call, name
from .targets import TARGETS, Target, Words

__all__ = ["write"]


def write(schedule: Schedule, target: str, text: str) -> str:
    """The source of a schedule."""
    if target == "javascript":
        text = "learningRate" if text == "learning_rate" else text
    try:
        return File(schedule, TARGETS[target], target, text).text()
    except UnwritableError:
        return File(schedule, TARGETS[target], target, text, from_sources=False).text()


class File:
    """A schedule in a target."""

    def __init__(self, schedule: Schedule, target: Target, kind: str, text: str, from_sources: bool = True) -> None:
        self.schedule, self.target, self.kind, self.name, self.from_sources = schedule, target, kind, text, from_sources
        self.arguments: dict[str, ast.expr] = {}
        self.clear = _clear(schedule) if from_sources else {}
        self.program = Program(target, _is_placed(schedule, target), {text, "step", *self.clear})
        self._add_main(self._made(schedule))
        words = {name: set(re.findall(r"\w+", source)) for name, source in self.program.texts.items()}
        reached = fold(self.program.functions, words, text, self.program.of_runtime)
        self.texts = {name: source for name, source in self.program.texts.items() if name in reached}

    # The schedule as the call that makes it.

    def _made(self, schedule: Schedule) -> ast.expr:
        formula = schedule.formula
        if formula.composed and not self.from_sources:
            return self._made(schedule.expand())
        node = call(self.program.add(formula.factory))
        for (text, parameter), value in zip(formula.parameters.items(), schedule.values, strict=True):
            given = self._value(parameter, value)
            if self.clear.get(text) is schedule and _is_plain(value):
                self.arguments[text], given = given, name(text)
            if parameter.required:
                node.args.append(given)
            elif value != parameter.default:
                node.keywords.append(ast.keyword(text, given))
            else:
                self.arguments.pop(text, None)
        return node

    def _value(self, parameter: Any, value: Any) -> ast.expr:
        if isinstance(value, tuple) and parameter.kind.child:
            return ast.List([self._value(parameter, item) for item in value], ast.Load())
        if isinstance(value, Schedule):
            return self._made(value)
        if callable(value):
            return name(self.program.add(value))
        literal = ast.parse(repr(value) if parameter.kind.child else parameter.show(value), mode="eval").body
        return call(self.program.add(find("constant")), literal) if parameter.kind.child else literal

    def _add_main(self, made: ast.expr) -> None:
        """The function that is exported."""
        step = (
            name("step")
            if self.program.is_placed and self.target.has_clock
            else ast.parse("xp.enter(step)", mode="eval").body
        )
        args = [ast.arg("step"), *map(ast.arg, self.arguments)]
        doc = ast.Expr(ast.Constant("The value for update `step`, counted from 0."))
        body = [doc, ast.Return(ast.Call(made, [step], []))]
        self.program.functions[self.name] = ast.FunctionDef(
            self.name, ast.arguments([], args, None, [], [], None, [*self.arguments.values()]), body, []
        )

    # The text.

    def text(self) -> str:
        """The whole file."""
        functions = self.program.functions
        for text, tree in functions.items():
            Words(self.target, of_numbers=text not in {self.name, *self.program.of_runtime}).generic_visit(tree)
            ast.fix_missing_locations(tree)
        used = {node.id for tree in functions.values() for node in ast.walk(tree) if isinstance(node, ast.Name)}
        parameters = {text: [arg.arg for arg in tree.args.args] for text, tree in functions.items()}
        for text, source in self.texts.items():
            parameters[text] = re.findall(r"(\w+)(?: = [^,)]+)?[,)]", source.partition("function")[2].partition("{")[0])
        printer = JavaScript(parameters) if self.kind == "javascript" else Python()
        written = [*self.texts.values(), *map(printer.function, functions.values())]
        constants = [f"{text} = {value!r}" for text, value in self.program.constants.items() if text in used]
        if self.kind == "javascript":
            written[-1] = written[-1].replace("function", "export function", 1)
            constants = [f"const {line};" for line in constants]
        imports = [line for text, line in self.target.imports.items() if text in used]
        sign = "//" if self.kind == "javascript" else "#"
        comment = textwrap.wrap(f"lrsched: {self.schedule!r}", 97, break_on_hyphens=False, break_long_words=False)
        head = "\n".join([*(f"{sign} {line}" for line in comment), *imports])
        space = "\n\n" if self.kind == "javascript" else "\n\n\n"
        return space.join(["\n\n".join(filter(None, [head, "\n".join(constants)])), *written]) + "\n"


def _is_plain(value: Any) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return all(is_number(item) and not isinstance(item, bool) for item in items)


def _children(schedule: Schedule) -> Iterator[Schedule]:
    for value in schedule.values:
        yield from (part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Schedule))


def _clear(schedule: Schedule) -> dict[str, Schedule]:
    """Of each name of a parameter, the schedule that is nearest to the outside, if it is one."""
    found: dict[str, Any] = {}
    level = [schedule]
    while level:
        here: dict[str, Any] = {}
        for one in level:
            for text in one.formula.parameters:
                here[text] = None if text in here else one
        found = here | found
        level = [part for one in level for part in _children(one)]
    return {text: one for text, one in found.items() if one is not None and text != "step"}


def _is_placed(what: Any, target: Target) -> bool:
    """Whether some lengths are not whole steps, or do not fit the integers of the target."""
    what = expanded(what)
    if not isinstance(what, Schedule):
        return False
    given = what.parameters
    if what.formula.name == "stretch" or given.get("period_mult", 1) != 1:
        return True
    if target.last < 2**53:
        if what.formula.name == "shift" and given["steps"] > 0:
            return True
        times = [
            v
            for (text, p) in what.formula.parameters.items()
            if p.kind.duration
            for v in (given[text] if isinstance(given[text], tuple) else (given[text],))
        ]
        if any(abs(time) > target.last for time in times):
            return True
    return any(_is_placed(part, target) for part in _children(what))
