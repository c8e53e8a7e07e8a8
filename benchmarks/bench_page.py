"""The table as Markdown, and its place in a page."""

from collections.abc import Sequence

from .bench_timing import Row

__all__ = ["BEGIN", "END", "render", "splice"]

BEGIN = "<!-- python -m benchmarks --write: begin -->"
END = "<!-- python -m benchmarks --write: end -->"

HEAD = Row("what / peer", "lrsched", "peer", "ratio", "bound", "ok")


def render(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, aligned so that it reads as text too."""
    lines = [HEAD, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    cells = [_pad(line, widths) for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [cells[0], rule, *cells[1:]])


def _pad(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]


def splice(page: str, text: str) -> str:
    """The page with another text between its markers; ValueError without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page must hold the lines {BEGIN!r} and {END!r}; write them where the table goes.")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
