"""What commands write: to the terminal or a pipe, to files, and how far they are."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from .refused import refusing

__all__ = ["console", "examples", "output_option", "progress", "written"]


def examples(*calls: str) -> str:
    """The last paragraph of a help text, whose lines click then keeps apart."""
    return "\n".join(["\b", "Examples:" if len(calls) > 1 else "Example:", *(f"  {call}" for call in calls)])


def console() -> Console:
    """The way out, never narrower than 40 columns: no colours in a pipe or under NO_COLOR, ASCII where need be."""
    made = Console(markup=False, highlight=False, emoji=False)
    made.width = max(made.width, 40)
    return made


output_option = click.option(
    "-o", "--output", "file", metavar="FILE", default="-", help="The file to write; by default standard output."
)
"""The option of a command that can write to a file."""


@contextmanager
def written(file: str) -> Generator[IO[bytes], None, None]:
    """A file that is written, or standard output, which is -."""
    with refusing(place="standard output" if file == "-" else file):
        if file == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with Path(file).open("wb") as opened:
                yield opened


MANY = 500_000
"""Fewer are done before a bar is read."""


@contextmanager
def progress(total: int, shown: bool = True) -> Generator[Callable[[int], object], None, None]:
    """A function that is told how many are done of a total; of many, a bar shows it where errors go to a terminal."""
    error = Console(stderr=True)
    bar = Progress(BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=error, transient=True)
    if not shown or total < MANY or not error.is_terminal:
        yield lambda done: None
        return
    with bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)
