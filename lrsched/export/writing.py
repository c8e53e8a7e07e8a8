"""A schedule as text: the call that makes it, with its numbers as arguments, and what that call needs."""

import ast
import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..arrays.libraries import is_number
from ..checks import Site, name_of
from ..core.schedule import Schedule
from .javascript import in_javascript
from .printing import in_python, wrapped
from .program import Program
from .targets import runtime_text, target_of
from .trees import UnwritableError, name

__all__ = ["write"]

FUNCTION = 'def {}({}):\n    """The value for update `step`, counted from 0."""\n    step = {}\n    return {}(step)'


def write(schedule: Schedule, kind: str, text: str) -> str:
    """The source of a schedule: its compositions by their own sources, or else as what they are made of."""
    text = "learningRate" if (kind, text) == ("javascript", "learning_rate") else text
    try:
        return _written(schedule, kind, text, from_sources=True)
    except UnwritableError:
        return _written(schedule, kind, text, from_sources=False)


def _written(schedule: Schedule, kind: str, text: str, from_sources: bool) -> str:
    """The source, after that for Python was tried out: it must compute what the schedule does."""
    made: dict[str, Any] = {}
    exec(File(schedule, "python", "learning_rate", from_sources).text(), made)
    times = sorted({max(time + more, 0) for time in (0, 1000, *schedule.boundaries[:30]) for more in (-1, 0, 1)})
    want = [schedule(time) for time in times]
    try:
        got = [made["learning_rate"](time) for time in times]
    except (ArithmeticError, AssertionError, TypeError, ValueError) as error:
        raise UnwritableError(f"{schedule.formula.name} cannot be followed ({error})") from None
    least = 1e-12 * max(map(abs, want))
    if not all(math.isclose(a, b, rel_tol=1e-9, abs_tol=least) for a, b in zip(got, want, strict=True)):
        raise UnwritableError(f"the source of {schedule.formula.name} gives other values")
    return File(schedule, kind, text, from_sources).text()


class File:
    """A schedule in a target."""

    def __init__(self, schedule: Schedule, kind: str, text: str, from_sources: bool) -> None:
        self.schedule, self.kind, self.name, self.from_sources = schedule, kind, text, from_sources
        self.target = target_of(kind, _is_placed(schedule, target_of(kind).last))
        self.counts = Counter(text for one in _all(schedule) for text in one.formula.parameters)
        self.program, self.arguments = Program(self.target, {text, "step", *self.counts}), dict[str, ast.expr]()
        made = ast.unparse(self._made(schedule))
        given = ", ".join(["step", *(f"{text}={ast.unparse(value)}" for text, value in self.arguments.items())])
        source = FUNCTION.format(text, given, self.program.entered("step"), made)
        self.program.functions[text] = ast.parse(source.replace("    step = step\n", "")).body[0]

    def _made(self, schedule: Schedule) -> ast.expr:
        """The call that makes a schedule; numbers that have a name of their own are arguments."""
        formula = schedule.formula
        if formula.composed and not self.from_sources:
            return self._made(schedule.expand())
        given: dict[str, ast.expr] = {}
        for (text, parameter), value in zip(formula.parameters.items(), schedule.values, strict=True):
            if parameter.required or value != parameter.default:
                is_own = text != "step" and (schedule is self.schedule or self.counts[text] == 1)
                numbers = [value] if parameter.kind.child else _items(value)
                given[text] = self._value(parameter, value)
                if self.from_sources and is_own and all(is_number(x) and type(x) is not bool for x in numbers):
                    self.arguments[text], given[text] = given[text], name(text)
        return self.program.call(formula.factory, given, self.arguments)

    def _value(self, parameter: Any, value: Any) -> ast.expr:
        if isinstance(value, Schedule):
            return self._made(value)
        if isinstance(value, tuple):
            return ast.Tuple([self._value(parameter, item) for item in value], ast.Load())
        if parameter.kind.child and callable(value):
            remedy = f"make {name_of(value)} a formula, under @lrsched.schedule"
            Site("to_code", "schedule").refuse(
                self.schedule, "must be made of schedules, not of plain callables", remedy
            )
        if callable(value):
            return self.program.value(value)
        return ast.Constant(float(value) if type(value) is int and abs(value) > self.target.last else value)

    def text(self) -> str:
        """The whole file."""
        is_js = self.kind == "javascript"
        write, sign = (in_javascript, "// ") if is_js else (in_python, "# ")
        functions = [one if isinstance(one, str) else write(one) for one in self.program.functions.values()]
        constants = [f"{text} = {value!r}" for text, value in self.program.constants.items()]
        if self.kind == "torch":
            functions.append(runtime_text("make_scheduler.txt").replace("learning_rate(", f"{self.name}("))
        if is_js:
            functions[-1], constants = wrapped(f"export {functions[-1]}"), [f"const {line};" for line in constants]
        used = {*re.findall(r"\w+", "\n".join(functions))}
        imports = [line for text, line in self.target.imports.items() if text in used]
        head = textwrap.wrap(f"lrsched: {self.schedule!r}", 97, break_on_hyphens=False, break_long_words=False)
        top = [*(sign + line for line in head), *imports, *(["", *constants] if constants else [])]
        return ("\n\n" if is_js else "\n\n\n").join(["\n".join(top), *functions]) + "\n"


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _all(what: Any, into: bool = False) -> Iterator[Schedule]:
    """A schedule and its children, and with `into`, what compositions among them are made of."""
    if isinstance(what, Schedule):
        parts = (what.expand(), *what.values) if into and what.formula.composed else what.values
        yield from (what, *(one for value in parts for part in _items(value) for one in _all(part, into)))


def _is_placed(schedule: Schedule, last: int) -> bool:
    """Whether schedules are moved by what may be no whole step, or count what is none or no integer of the target."""
    for one in _all(schedule, into=True):
        kinds = {text: parameter.kind for text, parameter in one.formula.parameters.items()}
        times = [time for text in kinds if kinds[text].duration for time in _items(one.parameters[text]) if time]
        is_moved = one.formula.name in ("shift", "stretch") or one.parameters.get("period_mult", 1) != 1
        has_stairs = {"stairs", "Stairs"} & {*one.formula.builder.__code__.co_names}
        if is_moved or any(abs(time) > last or (has_stairs and time % 1) for time in times):
            return True
    return False
