"""A schedule as text: checked, recorded, and written as the functions of a file."""

import keyword
import textwrap
from collections.abc import Iterator
from typing import Any

from ..core.checks import Site, guess, name_of
from ..core.formula import StepOverflowError
from ..core.schedule import Schedule
from .endings import ending, note
from .expressions import UnwritableError
from .source import COLUMNS, Source
from .targets import TARGETS

__all__ = ["write"]


def write(schedule: Schedule, target: str, name: str) -> str:
    """What `to_code` gives."""
    _check(schedule, target, name)
    site = Site("to_code", "schedule")
    source = Source(TARGETS[target], name)
    try:
        made = source.record(schedule)
        last = ending(source, made, target)
        functions = source.functions(last)
    except StepOverflowError:
        most = TARGETS[target].last_step
        site.refuse(schedule, f"must have lengths up to {most} for {target!r}", 'write it for "numpy" or "python"')
    except UnwritableError as error:
        site.refuse(schedule, f"must be made of formulas that can be written, but {error}", "use the words of xp alone")
    comment = textwrap.wrap(f"lrsched: {schedule!r}", COLUMNS, initial_indent="# ", subsequent_indent="#   ")
    return source.file([*comment, *note(source, target)], functions)


def _check(schedule: Any, target: Any, name: Any) -> None:
    if not isinstance(schedule, Schedule):
        remedy = "call it: lrsched.cosine(...)" if callable(schedule) else "lrsched.parse(text) reads one"
        Site("to_code", "schedule").refuse(schedule, "must be a schedule", remedy, TypeError)
    if not isinstance(target, str):
        Site("to_code", "target").refuse(target, "must be a str", 'write "python"', TypeError)
    if target not in TARGETS:
        Site("to_code", "target").refuse(target, f"must be one of {', '.join(TARGETS)}", guess(target, TARGETS))
    if not isinstance(name, str):
        Site("to_code", "name").refuse(name, "must be a str", 'write "learning_rate"', TypeError)
    if not name.isidentifier() or keyword.iskeyword(name):
        Site("to_code", "name").refuse(name, "must be a name of Python", 'write "learning_rate"')
    if name in Source.reserved(TARGETS[target]):
        Site("to_code", "name").refuse(name, "must be another name, for the source uses it", 'write "learning_rate"')
    if schedule.traced():
        remedy = "give its parameters as Python numbers"
        Site("to_code", "schedule").refuse(schedule, "must be made of numbers, not of arrays", remedy)
    for function in _callables(schedule):
        remedy = f"make {name_of(function)} a formula, under @lrsched.schedule"
        Site("to_code", "schedule").refuse(schedule, "must be made of schedules, not of plain callables", remedy)


def _callables(schedule: Schedule) -> Iterator[Any]:
    """The plain callables among the children of what a schedule is made of."""
    made = schedule.expand()
    if made is not schedule:
        yield from _callables(made)
        return
    for parameter, value in zip(schedule.formula.parameters.values(), schedule.values, strict=True):
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _callables(part)
            elif parameter.kind.child and callable(part):
                yield part
