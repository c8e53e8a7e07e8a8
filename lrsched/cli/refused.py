"""How a command says no: one line on stderr, a caret where an expression is wrong, and the exit code 2."""

import shutil
import sys
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import click

from ..text.parse import ParseError
from .wrapping import fitting

__all__ = ["Refused", "note", "refusing"]


class Refused(click.ClickException):
    """A command that cannot be carried out, in one line. A wrong expression is shown below it, with a caret."""

    exit_code = 2

    def __init__(self, message: str, expression: str = "", column: int | None = None) -> None:
        super().__init__(message)
        self.call = click.get_current_context().command_path
        self.expression = expression
        self.column = column

    def show(self, file: Any = None) -> None:
        """Print it on stderr."""
        _echo(f"{self.call}: {self.message}", file)
        text, column = self.expression, self.column
        if column and text.isprintable() and _columns(text) + 3 < shutil.get_terminal_size().columns:
            click.echo(f"  {text}\n  {' ' * _columns(text[: column - 1])}^", file=file, err=True)


def note(text: str) -> None:
    """Print on stderr what a result depends on, in one line."""
    _echo(f"{click.get_current_context().command_path}: {text}")


def _echo(line: str, file: Any = None) -> None:
    """Print a line on stderr; a terminal gets it in lines that fit."""
    for part in fitting(line, 4) if sys.stderr.isatty() else [line]:
        click.echo(part, file=file, err=True)


def _columns(text: str) -> int:
    """How wide a string is in a terminal, where some characters take two columns, and accents none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


@contextmanager
def refusing(expression: str = "", place: str = "") -> Generator[None, None, None]:
    """Turn what the library refuses, and files and packages that are not there, into one line."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Refused(f"{place or error.filename}: {error.strerror or error}") from None
    except (ImportError, TypeError, ValueError) as error:
        column = error.column if isinstance(error, ParseError) else None
        raise Refused(f"{place}: {error}" if place else str(error), expression, column) from None
