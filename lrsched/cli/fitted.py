"""`--fit EXPR=FILE.csv`: the loss curves that a law is fitted to, with messages that name the file and the line."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from ..checks import sentence
from ..forecast.curves import Column, Columns, Curve, curve_of
from .expressions import read_expression
from .losses import read_losses
from .refused import Refused, note

__all__ = ["FITTED", "read_run"]


class _OfOption(Column):
    """All runs."""

    @property
    def label(self) -> str:
        return "the runs of --fit"


class _InFile(Column):
    """A part of the run in a file, or one line of it."""

    def __init__(self, file: str, name: str, lines: Sequence[int], line: str = "") -> None:
        super().__init__(file, name)
        self.lines = lines
        self.line = line

    @property
    def label(self) -> str:
        return f"{self.call}: {self.line}{self.name}"

    def at(self, index: int) -> "_InFile":
        return _InFile(self.call, self.name, self.lines, f"line {self.lines[index]}: ")

    def refuse(self, value: object, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
        raise kind(sentence(f"{self.label} {demand}; {remedy}"))


FITTED = _OfOption("", "")
"""The place of all runs."""


def read_run(text: str, names: Mapping[str, float]) -> Curve:
    """The loss curve of `EXPR=FILE.csv`, without the losses before the end of the warmup, which a note counts."""
    expression, equals, file = text.rpartition("=")
    if not equals or not file or ")" in file:
        raise Refused(f"--fit {text} must be EXPR=FILE.csv; write --fit 'constant(1e-3)=run.csv'")
    schedule = read_expression(expression, names)
    losses, steps, lines = read_losses(file)
    if steps is None:
        raise Refused(f"{file} must have a column step beside the losses; name both in the first line")
    if not lines:
        raise Refused(f"{file} must hold losses; no row has one")

    def early(first: int, begin: str, count: int) -> None:
        if count == len(lines):
            raise Refused(f"{file}: steps must go beyond {begin}, to {first} or more; give the losses after it")
        note(f"{file}: {count} of {len(lines)} losses left out, before step {first}, the end of {begin}")

    columns = Columns(*(_InFile(file, part, lines) for part in ("schedule", "steps", "losses")))
    return curve_of(columns, schedule, steps, losses, early=early)
