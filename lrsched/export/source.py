"""A schedule as a whole file: the tables, the helpers and the functions that it needs, and no others."""

import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ..core.formula import Formula
from ..core.schedule import Schedule
from .bodies import Body, body_of, given
from .expressions import STEP, Expression, Tape
from .functions import TAB, Names, Writer
from .naming import hints
from .pieces import Cases, cases_of, single
from .recorded import Recorded, recorded
from .recorder import FormulaCall, PiecesCall, Recorder
from .tables import assignment, table_text
from .targets import Target

__all__ = ["Source"]

COLUMNS = 100

RESERVED = ("abs", "float", "len", "max", "min", "optimizer", "group", "make_scheduler", "LambdaLR")

NEARER_END = "# x is the distance from the nearer end, as a part of the length: next to an end nothing cancels."


class Source:
    """The parts of a file, collected while its functions are written."""

    def __init__(self, target: Target, name: str) -> None:
        self.target = target
        self.name = name
        self.recorder = Recorder(target.last_step, target.largest)
        self.names = Names([name, *self.reserved(target)])
        self.origins: dict[Schedule, Schedule] = {}
        self.tables: dict[str, str] = {}
        self.helpers: dict[str, str] = {}
        self.formulas: dict[str, str] = {}
        self.formula_names: dict[Any, tuple[str, bool]] = {}
        self.pieces: dict[PiecesCall, str] = {}
        self.phases: list[str] = []

    @staticmethod
    def reserved(target: Target) -> set[str]:
        """The names that a file uses itself."""
        return {*RESERVED, *target.imports, *target.helpers}

    def record(self, schedule: Schedule) -> Schedule:
        """The schedule in the form in which it can be written."""
        return recorded(schedule, dict[Formula, Recorded](), self.origins)

    def value(self, schedule: Schedule, low: float = 0) -> Any:
        """What a schedule computes from a step of its own."""
        step = Tape().symbol(STEP, self.target.varies, low, self.target.last_step)
        with hints():
            return schedule.bind(self.recorder).total(step)

    def cases(self, call: PiecesCall) -> Cases:
        """What a join chooses from."""
        return cases_of(self.recorder, call, self.target.varies, self.target.is_narrow)

    # Functions.

    def main(self, schedule: Schedule) -> str:
        """The function that has the name of the schedule."""
        value = self.value(schedule)
        whole = isinstance(value, Expression) and value.op == "call" and isinstance(value.args[0], PiecesCall)
        cases = self.cases(value.args[0]) if whole and value.args[1].op == "symbol" else single(value)
        lines = self.body(cases, {STEP: "step"})
        doc = "The value for update `step`, counted from 0."
        return function(self.name, ["step"], doc, [f"step = {self.target.enter}", *lines])

    def body(self, cases: Cases, parameters: dict[str, str]) -> list[str]:
        """The lines of a function, not indented."""
        names = Names([*self.names.taken, *parameters.values()])
        return Writer(self.target, names, parameters, self.call, self.table, self.helper).write(cases)

    def inner(self) -> Iterator[str]:
        """The functions of the joins that are part of something, which may need others."""
        done = 0
        while done < len(self.pieces):
            for call, name in list(self.pieces.items())[done:]:
                done += 1
                lines = self.body(self.cases(call), {STEP: "step"})
                yield function(name, ["step"], self.origin(call.schedule), lines)

    def origin(self, schedule: Schedule) -> str:
        """What was written for a part of a schedule."""
        source = self.origins.get(schedule, schedule)
        text = repr(source)
        return f"`{text}`." if len(text) < COLUMNS - 20 else f"A `{source.formula.name}` of the above."

    def call(self, node: Expression) -> tuple[str, bool]:
        """The name of what is called, and whether it is a ramp."""
        called, step, *arguments = node.args
        if isinstance(called, PiecesCall):
            if called not in self.pieces:
                self.pieces[called] = self.names.new(self.origins.get(called.schedule, called.schedule).formula.name)
            return self.pieces[called], False
        key = (
            called,
            isinstance(step, Expression) and step.varies,
            tuple(given(self.recorder, arg) for arg in arguments),
        )
        plain = *key[:2], tuple(argument._replace(number=None) for argument in key[2])
        if plain not in self.formula_names and key not in self.formula_names:
            body = body_of(self.recorder, *key)
            self.formula_names[key if body.is_special else plain] = self.formula(called, body), body.is_ramp
        return self.formula_names.get(plain) or self.formula_names[key]

    def formula(self, call: FormulaCall, body: Body) -> str:
        """The function of a formula; two that read the same are one."""
        names = Names(self.names.taken)
        step = {STEP: names.new("x" if call.end else "step")}
        parameters = step | {name: names.new(name) for name in call.parameters}
        lines = self.body(single(body.value), parameters)
        doc = (inspect.getdoc(call.formula.builder) or call.formula.name).split("\n")[0]
        if call.end:
            part = "after the part x of" if call.end == "rise" else "with the part x left of"
            doc = f"The value of `{call.formula.name}` {part} its length."
        comment = [NEARER_END] if body.is_ramp and any(line.startswith("x = ") for line in lines) else []
        text = function("{}", list(parameters.values()), doc, [*comment, *lines])
        if text not in self.formulas:
            self.formulas[text] = self.names.new(call.name)
        return self.formulas[text]

    def phase(self, lines: list[str]) -> str:
        """The name of a function that is written for some lines."""
        name = self.names.new("phase")
        self.phases.append(function(name, ["step"], "A part of the schedule, at its local step.", lines))
        return name

    def table(self, numbers: Sequence[Any], wanted: str) -> str:
        """The name of a table of numbers."""
        text = table_text(numbers)
        if text not in self.tables:
            plural = wanted if wanted.endswith("s") else f"{wanted}s"
            self.tables[text] = self.names.new(plural.upper())
        return self.tables[text]

    def helper(self, name: str) -> None:
        """Write a helper of the target, after those that it calls."""
        if name in self.target.helpers and name not in self.helpers:
            text = self.target.helpers[name]
            for other in self.target.helpers:
                if other != name and f"{other}(" in text:
                    self.helper(other)
            self.helpers[name] = text

    # The file.

    def functions(self, last: str) -> str:
        """All functions, in the order in which they are read; `last` is what the file is for."""
        inner = list(self.inner())
        formulas = [text.replace("{}", name, 1) for text, name in self.formulas.items()]
        return "\n\n".join([*self.helpers.values(), *formulas, *reversed(inner), *self.phases, last])

    def file(self, comment: list[str], functions: str) -> str:
        """The functions, below what they use."""
        used = [line for name, line in self.target.imports.items() if re.search(rf"\b{name}\b", functions)]
        own, others = [line for line in used if line == "import math"], [line for line in used if line != "import math"]
        tables = [assignment(name, text, COLUMNS) for text, name in self.tables.items()]
        head = "\n\n".join("\n".join(part) for part in ([*comment, *own], others, tables) if part)
        if not own:
            head = head.replace("\n\n", "\n", 1)
        return f"{head}\n\n\n{functions.rstrip()}\n"


def function(name: str, parameters: list[str], doc: str, lines: list[str]) -> str:
    """A function as text."""
    doc = doc.replace("\\", "\\\\").replace('"""', "'''")
    short = textwrap.wrap(f'"""{doc}"""', COLUMNS + 16)
    body = [*short, *lines]
    return "\n".join([f"def {name}({', '.join(parameters)}):", *(TAB + line for line in body), ""])
