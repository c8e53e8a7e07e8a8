"""A schedule as text: the call that makes it, with its numbers as arguments, and what that call needs."""

import ast
import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.libraries import is_number
from ..core.pieces import expanded
from ..core.registry import find
from ..core.schedule import Schedule
from .javascript import JavaScript
from .printing import Python
from .program import Program
from .targets import TARGETS, Target
from .trees import NoSourceError, UnwritableError, name

__all__ = ["write"]


def write(schedule: Schedule, target: str, text: str) -> str:
    """The source of a schedule: compositions by their sources, or, where these say too much, as what they make."""
    text = "learningRate" if (target, text) == ("javascript", "learning_rate") else text
    error: Exception | None = None
    for from_sources in (True, False):
        try:
            _try_out(schedule, File(schedule, "python", "learning_rate", from_sources))
            return File(schedule, target, text, from_sources).text()
        except NoSourceError:
            raise
        except UnwritableError as reason:
            error = error or reason
    raise error or UnwritableError


def _try_out(schedule: Schedule, file: "File") -> None:
    """Raise for a source that computes something else than the schedule, as it is or with other numbers."""
    made: dict[str, Any] = {}
    exec(file.text(), made)
    own = {text: value for text, value in schedule.parameters.items() if text in file.arguments and is_number(value)}
    for changed in (
        {},
        {text: 2 * value + 3 if isinstance(value, int) else 1.7 * value for text, value in own.items()},
    ):
        try:
            other = schedule.formula.factory(**schedule.parameters | changed)
        except (TypeError, ValueError):
            continue
        steps = {max(step + more, 0) for step in (0, *other.boundaries, other.length or 1000) for more in (-1, 0, 1)}
        want = {step: other(step) for step in sorted(steps)[:100]}
        try:
            got = {step: made["learning_rate"](step, **changed) for step in want}
        except (ArithmeticError, TypeError, ValueError, AssertionError) as error:
            raise UnwritableError(f"{schedule.formula.name} cannot be followed ({error})") from None
        least = 1e-12 * max(map(abs, want.values()))
        if not all(math.isclose(got[step], want[step], rel_tol=1e-9, abs_tol=least) for step in want):
            raise UnwritableError(f"{schedule.formula.name} computes something else by its source")


class File:
    """A schedule in a target."""

    def __init__(self, schedule: Schedule, kind: str, text: str, from_sources: bool) -> None:
        self.schedule, self.target, self.kind, self.from_sources = schedule, TARGETS[kind], kind, from_sources
        self.arguments: dict[str, ast.expr] = {}
        self.counts = Counter(text for one in _all(schedule) for text in one.formula.parameters)
        self.program = Program(self.target, _is_placed(schedule, self.target), {text, "step", *self.counts})
        self.lines, self.names = list[ast.stmt](), {"step", *self.counts}
        made = self._made(schedule)
        has_clock = self.program.is_placed and "placed" in self.program.runtime
        step = name("step") if has_clock else self.target.word("enter", [name("step")], False)
        doc = ast.Expr(ast.Constant("The value for update `step`, counted from 0."))
        given = [*map(ast.arg, ["step", *self.arguments])]
        args = ast.arguments([], given, None, [], [], None, [*self.arguments.values()])
        body = [doc, *self.lines, ast.Return(ast.Call(made, [step], []))]
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
                is_clear = self.from_sources and (schedule is self.schedule or self.counts[text] == 1)
                if is_clear and all(is_number(item) and not isinstance(item, bool) for item in _items(value)):
                    self.arguments[text], given[text] = given[text], name(text)
        return self.program.call(formula.factory, given, self.lines, self.names)

    def _value(self, parameter: Any, value: Any) -> ast.expr:
        if isinstance(value, Schedule):
            return self._made(value)
        if isinstance(value, tuple) and parameter.kind.child:
            return ast.List([self._value(parameter, item) for item in value], ast.Load())
        if parameter.kind.child:
            return self._made(find("constant")(value))
        return self.program.value(value) if callable(value) else ast.parse(parameter.show(value), mode="eval").body

    def text(self) -> str:
        """The whole file."""
        is_js = self.kind == "javascript"
        functions = [*self.program.functions.values()]
        used = {
            node.id
            for tree in functions
            if isinstance(tree, ast.AST)
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
        }
        printer = JavaScript() if is_js else Python()
        written = [tree if isinstance(tree, str) else printer.function(tree) for tree in functions]
        constants = [f"{text} = {value!r}" for text, value in self.program.constants.items() if text in used]
        if self.kind == "torch":
            scheduler = (Path(__file__).parent / "runtime" / "make_scheduler.txt").read_text().strip()
            written.append(scheduler.replace("learning_rate(", f"{[*self.program.functions][-1]}("))
            used |= {"LambdaLR"}
        if is_js:
            written[-1] = f"export {written[-1]}"
            constants = [f"const {line};" for line in constants]
        imports = [line for text, line in self.target.imports.items() if text in used]
        comment = textwrap.wrap(f"lrsched: {self.schedule!r}", 97, break_on_hyphens=False, break_long_words=False)
        head = "\n".join([*(f"{'//' if is_js else '#'} {line}" for line in comment), *imports])
        parts = ["\n\n".join(filter(None, [head, "\n".join(constants)])), *written]
        return ("\n\n" if is_js else "\n\n\n").join(parts) + "\n"


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _all(what: Any, into: bool = False) -> Iterator[Schedule]:
    """A schedule and its children; or, `into` compositions, what all of them are made of."""
    what = expanded(what) if into else what
    if isinstance(what, Schedule):
        yield what
        for value in what.values:
            for part in _items(value):
                yield from _all(part, into)


def _is_placed(schedule: Schedule, target: Target) -> bool:
    """Whether some lengths are not whole steps, or do not fit the integers of the target."""
    for one in _all(schedule, into=True):
        given, parameters = one.parameters, one.formula.parameters
        times = (time for text, p in parameters.items() if p.kind.duration for time in _items(given[text]))
        is_long = target.last < 2**53 and any(abs(time) > target.last for time in times)
        is_ahead = target.last < 2**53 and one.formula.name == "shift" and given["steps"] > 0
        if is_long or is_ahead or one.formula.name == "stretch" or given.get("period_mult", 1) != 1:
            return True
    return False
