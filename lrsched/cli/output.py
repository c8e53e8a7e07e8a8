"""What commands write: to a terminal or a pipe, to files, and how far they are."""

import shutil
import sys
import textwrap
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from .refused import refusing

__all__ = [
    "aligned",
    "examples",
    "height",
    "is_ascii",
    "is_terminal",
    "note",
    "noted",
    "output_option",
    "progress",
    "say",
    "width",
    "written",
]


def examples(*calls: str) -> str:
    """The last paragraph of a help text, whose lines click then keeps apart."""
    return "\n".join(["\b", "Examples:" if len(calls) > 1 else "Example:", *(f"  {call}" for call in calls)])


def is_terminal() -> bool:
    """Whether a person reads the output, and no program."""
    return sys.stdout.isatty()


def width() -> int:
    """The columns of the terminal, 40 or more; 80 in a pipe, unless COLUMNS is set."""
    return max(shutil.get_terminal_size().columns, 40)


def is_ascii() -> bool:
    """Whether the output has no characters for boxes."""
    try:
        "┤▄".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return True
    return False


def say(line: str, indent: int = 4) -> None:
    """Print a line. A terminal gets it in lines that fit, broken between words; the later ones are indented."""
    click.echo("\n".join(_fitting(line, indent)))


def note(text: str) -> None:
    """Print on stderr what a result depends on, in one line."""
    click.echo(f"{click.get_current_context().command_path}: {text}", err=True)


@contextmanager
def noted() -> Generator[None, None, None]:
    """Print warnings of the library as notes."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in found:
        note(str(warning.message))


def height(line: str) -> int:
    """The lines that `say` prints a line in."""
    return len(_fitting(line, 4))


def _fitting(line: str, indent: int) -> list[str]:
    if not is_terminal() or len(line) <= width():
        return [line]
    start = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.lstrip(),
        width(),
        initial_indent=start,
        subsequent_indent=start + " " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, whose cells stand at the right of their columns."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return ["  ".join(cell.rjust(wide) for cell, wide in zip(row, widths, strict=True)) for row in [head, *rows]]


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
"""Fewer steps are done before a bar is read."""


@contextmanager
def progress(total: int, *, shown: bool = True, many: int = MANY) -> Generator[Callable[[int], object], None, None]:
    """A function that is told how many are done of a total; of many, a bar shows it where errors go to a terminal."""
    if not shown or total < many or not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=total, file=sys.stderr, show_percent=True) as bar:
        yield lambda done: bar.update(done - bar.pos)
