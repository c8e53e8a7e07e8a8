"""Lines that fit a terminal, broken between words."""

import re
import shutil
import textwrap

__all__ = ["fitting", "width"]

NO_BREAK = "\N{NO-BREAK SPACE}"
"""A space in code, where a line is not broken."""


def width() -> int:
    """The columns of the terminal, 40 or more; 80 in a pipe, unless COLUMNS is set."""
    return max(shutil.get_terminal_size().columns, 40)


def fitting(line: str, indent: int) -> list[str]:
    """The lines of a long line; the later ones are indented by so much more."""
    if len(line) <= width():
        return [line]
    start = line[: len(line) - len(line.lstrip())]
    whole = re.sub("`[^`]*`", lambda code: code[0].replace(" ", NO_BREAK), line.lstrip())
    lines = textwrap.wrap(
        whole,
        width(),
        initial_indent=start,
        subsequent_indent=start + " " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(NO_BREAK, " ") for part in lines]
