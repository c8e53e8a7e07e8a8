"""A schedule as text: the call that makes it, with its numbers as arguments, and what that call needs."""

import ast
import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..arrays.libraries import is_number
from ..arrays.numbers import meant
from ..checks import name_of
from ..core.pieces import expanded
from ..core.registry import find
from ..core.schedule import Schedule
from .javascript import in_javascript
from .printing import in_python
from .program import Program
from .targets import Target, runtime_text, target_of
from .trees import CallableError, NoSourceError, UnwritableError, name

__all__ = ["write"]


def write(schedule: Schedule, target: str, text: str) -> str:
    """The source of a schedule: its compositions by their own sources, or else as what they are made of."""
    text = "learningRate" if (target, text) == ("javascript", "learning_rate") else text
    try:
        _try_out(schedule, File(schedule, "python", "learning_rate", True))
        return File(schedule, target, text, True).text()
    except (NoSourceError, CallableError):
        raise
    except UnwritableError:
        _try_out(schedule, File(schedule, "python", "learning_rate", False))
        return File(schedule, target, text, False).text()


def _try_out(schedule: Schedule, file: "File") -> None:
    """Raise for a source that computes something else than the schedule, as it is or with other numbers."""
    made: dict[str, Any] = {}
    exec(file.text(), made)
    given = schedule.parameters
    numbers = {text: given[text] for text in file.arguments if is_number(given.get(text))}
    for changed in (
        {},
        {text: value * 2 + 3 if type(value) is int else value * 1.7 for text, value in numbers.items()},
    ):
        try:
            other = schedule.formula.factory(**{**given, **changed})
        except (TypeError, ValueError):
            continue  # numbers that don't go together
        times = sorted({max(time + more, 0) for time in (0, 1000, *other.boundaries[:30]) for more in (-1, 0, 1)})
        want = [other(time) for time in times]
        try:
            got = [made["learning_rate"](time, **changed) for time in times]
        except (ArithmeticError, AssertionError, TypeError, ValueError) as error:
            raise UnwritableError(f"{schedule.formula.name} cannot be followed ({error})") from None
        near = {"rel_tol": 1e-9, "abs_tol": 1e-12 * max(map(abs, want))}
        if not all(math.isclose(a, b, **near) for a, b in zip(got, want, strict=True)):
            raise UnwritableError(f"the source of {schedule.formula.name} gives other values")


class File:
    """A schedule in a target."""

    def __init__(self, schedule: Schedule, kind: str, text: str, from_sources: bool) -> None:
        self.schedule, self.target, self.kind, self.from_sources = schedule, target_of(kind), kind, from_sources
        self.arguments: dict[str, ast.expr] = {}
        self.counts = Counter(text for one in _all(schedule) for text in one.formula.parameters)
        self.names, self.lines = {"step", *self.counts}, list[ast.stmt]()
        self.program = Program(self.target, _is_placed(schedule, self.target), {text, *self.names})
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
                is_own = schedule is self.schedule or self.counts[text] == 1
                is_clear = self.from_sources and is_own and text != "step"  # which is the argument of every file
                if is_clear and all(is_number(item) and not isinstance(item, bool) for item in _items(value)):
                    self.arguments[text], given[text] = given[text], name(text)
        return self.program.call(formula.factory, given, self.lines, self.names)

    def _value(self, parameter: Any, value: Any) -> ast.expr:
        if isinstance(value, Schedule):
            return self._made(value)
        if isinstance(value, tuple):
            return ast.Tuple([self._value(parameter, item) for item in value], ast.Load())
        if parameter.kind.child and callable(value):
            raise CallableError(name_of(value))
        if parameter.kind.child:
            return self._made(find("constant")(value))
        if callable(value):
            return self.program.value(value)
        is_long = type(value) is int and abs(value) > self.target.last
        return ast.Constant(float(value) if is_long else value)

    def text(self) -> str:
        """The whole file."""
        is_js, functions = self.kind == "javascript", [*self.program.functions.values()]
        write = in_javascript if is_js else in_python
        written = [tree if isinstance(tree, str) else write(tree) for tree in functions]
        trees = (tree for tree in functions if isinstance(tree, ast.AST))
        used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
        constants = [f"{text} = {value!r}" for text, value in self.program.constants.items() if text in used]
        if self.kind == "torch":
            scheduler = runtime_text("make_scheduler.txt")
            written.append(scheduler.replace("learning_rate(", f"{functions[-1].name}("))
            used.add("LambdaLR")
        if is_js:
            written[-1], constants = f"export {written[-1]}", [f"const {line};" for line in constants]
        imports = [line for text, line in self.target.imports.items() if line and text in used]
        sign = "// " if is_js else "# "
        head = textwrap.wrap(f"lrsched: {self.schedule!r}", 97, break_on_hyphens=False, break_long_words=False)
        top = "\n".join([*(sign + line for line in head), *imports])
        return ("\n\n" if is_js else "\n\n\n").join(
            ["\n\n".join(filter(None, [top, "\n".join(constants)])), *written, ""]
        ).rstrip("\n") + "\n"


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _all(what: Any, into: bool = False) -> Iterator[Schedule]:
    """A schedule and its children; or, `into` compositions, what all of them are made of."""
    what = expanded(what) if into else what
    if isinstance(what, Schedule):
        yield from (what, *(one for value in what.values for part in _items(value) for one in _all(part, into)))


def _is_placed(schedule: Schedule, target: Target) -> bool:
    """Whether some lengths are not whole steps, or do not fit the integers of the target."""
    for one in _all(schedule, into=True):
        name, given, parameters = one.formula.name, one.parameters, one.formula.parameters
        times = (time for text, p in parameters.items() if p.kind.duration for time in _items(given[text]))
        is_long = target.last < 2**53 and (
            any(abs(time) > target.last for time in times) or (name == "shift" and given["steps"] > 0)
        )
        is_fine = given.get("staircase") and not _is_small(given["decay_steps"], target.last)
        if is_long or is_fine or name == "stretch" or given.get("period_mult", 1) != 1:
            return True
    return False


def _is_small(time: float, last: int) -> bool:
    """Whether a length is a ratio of integers whose product the target can count."""
    above, below = meant(time).as_integer_ratio()
    return above * below <= last
