"""Tables as Markdown, and their place in a page."""

from collections.abc import Sequence

from .bench_timing import Row

__all__ = ["IN_SHORT", "between", "marks", "render", "shortened", "splice", "table"]

IN_SHORT = {
    "`warmup_cosine(...)(50_000)` / `math` by hand": "one rate in a Python loop, beside `math` by hand",
    "`warmup_cosine(...)(np.arange(1_000_000))` / `np.where` by hand": "a million rates, beside NumPy by hand",
    "`jax.jit(warmup_cosine(...))(jnp.arange(1_000_000))` / optax, jitted": "the same, compiled by JAX, beside optax",
    "`join` of 1000, one step, trace and compile / optax": "compiling a schedule of 1000 pieces, beside optax",
    "`import lrsched` / `import numpy`": "importing the library, beside NumPy alone",
}
"""The rows that matter to most users, and what they are called at the top of the page."""

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


def shortened(rows: Sequence[Row]) -> str:
    """The few rows at the top of the page, as Markdown."""
    found = {line[0]: line for line in rows}
    return table(
        [("", "lrsched", "the other", "ratio"), *((name, *found[what][1:4]) for what, name in IN_SHORT.items())]
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one its head, numbers to the right."""
    rule = ["---", *("--:" for _ in rows[0][1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]])


def marks(part: str = "") -> tuple[str, str]:
    """The lines around a generated part of the page."""
    begin, end = (f"<!-- python -m benchmarks --write: {part}{word} -->" for word in ("begin", "end"))
    return begin, end


def splice(page: str, text: str, part: str = "") -> str:
    """The page with another text in a generated part; ValueError without the lines around it."""
    return between(page, marks(part), text)


def between(page: str, marks: tuple[str, str], text: str) -> str:
    """The page with another text between two lines; ValueError without them."""
    first, last = marks
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"the page must hold the lines {first!r} and {last!r}; write them where the table goes.")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
