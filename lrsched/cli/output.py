"""What commands write: to a terminal or a pipe, to files, and how far they are."""

import re
import sys
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from .refused import note, refusing
from .wrapping import fitting, width

__all__ = [
    "aligned",
    "examples",
    "height",
    "is_ascii",
    "is_terminal",
    "noted",
    "output_option",
    "progress",
    "say",
    "width",
    "written",
]


EXAMPLE = 74
"""The columns of an example in a help text, which stands two columns in, before a backslash."""


def examples(*calls: str) -> str:
    """The last paragraph of a help text, whose lines click then keeps apart."""
    title = "Examples:" if len(calls) > 1 else "Example:"
    return "\n".join(["\b", title, *(line for call in calls for line in _continued(call))])


def _continued(call: str) -> list[str]:
    """The lines of a call as a shell reads them: broken before an argument, with a backslash at the end."""
    lines = [" "]
    for word in re.findall(r"--\S+ (?!-)(?:\"[^\"]*\"|\S+)|\"[^\"]*\"|>>? \S+|\S+", call):
        if len(lines[-1]) + 1 + len(word) > EXAMPLE:
            lines[-1] += " \\"
            lines.append("     ")
        lines[-1] += f" {word}"
    return lines


def is_terminal() -> bool:
    """Whether a person reads the output, and no program."""
    return sys.stdout.isatty()


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
    return fitting(line, indent) if is_terminal() else [line]


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, whose cells stand at the right of their columns."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return ["  ".join(cell.rjust(wide) for cell, wide in zip(row, widths, strict=True)) for row in [head, *rows]]


output_option = click.option(
    "-o", "--output", "file", metavar="FILE", default="-", help="The file to write; default: standard output."
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
