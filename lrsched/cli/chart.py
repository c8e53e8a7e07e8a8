"""Curves in text, for a terminal."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..core.schedule import Schedule
from ..view.sampling import turns, values_at
from .rounds import stride

__all__ = ["HEIGHT", "chart"]

WIDEST, ROWS = 100, 9
"""The most columns of a chart, and the rows of its curves: an odd number, so that one is in the middle."""

HEIGHT = ROWS + 2
"""The lines of a chart, with its axis of steps."""

BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""The characters with some of their four quarters, by the sum of 1 and 2 for the upper ones, 4 and 8 for the lower."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""What curves are drawn with, if there are several."""

TO_ASCII = str.maketrans("─│└┘┤┬", "-|++++")

Pixels = set[tuple[int, int]]
"""The quarters of characters that a curve goes through, as columns and rows."""


def chart(schedules: Sequence[Schedule], end: int, columns: int, ascii_only: bool) -> str:
    """The curves over one another. They are drawn as parts of the largest value, so that no difference overflows."""
    columns = min(columns, WIDEST)
    curves = [_points(schedule, end, 4 * columns) for schedule in schedules]
    everything = np.concatenate([values for _, values in curves])
    if len(everything) == 0:
        return "No value is finite; there is nothing to draw."
    largest = float(np.max(np.abs(everything))) or 1.0
    low, high = float(everything.min()) / largest, float(everything.max()) / largest
    labels = [""] * ROWS
    for row, value in zip((0, ROWS // 2, ROWS - 1), (high, (low + high) / 2, low), strict=True):
        labels[row] = f"{value * largest:.3g}" if low < high or row == ROWS // 2 else ""
    margin = max(map(len, labels))
    width = columns - margin - 2
    drawn = [_pixels(steps / end, (values / largest - low), high - low, width) for steps, values in curves]
    canvas = _letters(drawn, width) if len(drawn) > 1 else _blocks(drawn[0], width, ascii_only)
    lines = [
        f"{label:>{margin}}{'┤' if label else '│'}{line}│".rstrip() for label, line in zip(labels, canvas, strict=True)
    ]
    text = "\n".join([*lines, *_axis(end, margin, width)])
    return text.translate(TO_ASCII) if ascii_only else text


def _points(schedule: Schedule, end: int, count: int) -> Any:
    """Steps that are evenly spread, and those next to a turn, with their finite values."""
    around = [step - before for step in turns(schedule, end) for before in (1, 0)]
    steps = np.unique(np.array([*(end * point // count for point in range(count + 1)), *around]))
    values = values_at(schedule, steps)
    return steps[np.isfinite(values)], values[np.isfinite(values)]


def _pixels(x: Any, y: Any, span: float, width: int) -> Pixels:
    """The quarters on the straight lines from point to point; a curve without a span is in the middle."""
    across = np.rint(x * (2 * width - 1)).astype(int).tolist()
    down = np.rint((1 - (y / span if span else y + 0.5)) * (2 * ROWS - 1)).astype(int).tolist()
    points = list(zip(across, down, strict=True))
    found = set(points)
    for (x0, y0), (x1, y1) in pairwise(points):
        many = max(abs(x1 - x0), abs(y1 - y0), 1)
        found.update((x0 + (x1 - x0) * i // many, y0 + (y1 - y0) * i // many) for i in range(many + 1))
    return found


def _blocks(pixels: Pixels, width: int, ascii_only: bool) -> Iterator[str]:
    for row in range(ROWS):
        quarters = [
            sum(1 << (x + 2 * y) for x in (0, 1) for y in (0, 1) if (2 * column + x, 2 * row + y) in pixels)
            for column in range(width)
        ]
        yield "".join(("*" if quarter else " ") if ascii_only else BLOCKS[quarter] for quarter in quarters)


def _letters(curves: Sequence[Pixels], width: int) -> Iterator[str]:
    cells = {(x // 2, y // 2): letter for curve, letter in zip(curves, LETTERS, strict=False) for x, y in curve}
    for row in range(ROWS):
        yield "".join(cells.get((column, row), " ") for column in range(width))


def _axis(end: int, margin: int, width: int) -> list[str]:
    """The line below the curves, with a tick for each step whose number has room below it."""
    line, numbers = ["─"] * width, [" "] * (margin + width + 2)
    free = len(numbers) + 1
    for step in (end, *reversed(range(0, end, stride(end, max(width // 15, 1))))):
        at, text = round(step / end * (width - 1)), str(step)
        first = min(max(margin + 1 + at - len(text) // 2, 0), len(numbers) - len(text))
        if first + len(text) < free:
            line[at] = "┬"
            numbers[first : first + len(text)] = text
            free = first
    return [f"{' ' * margin}└{''.join(line)}┘", "".join(numbers).rstrip()]
