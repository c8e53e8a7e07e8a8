"""Curves in text, for a terminal."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotext import (  # pyright: ignore[reportMissingTypeStubs]  (plotext has none)
    figure as plotext_figure,
    terminal as plotext_terminal,
)

from ..core.schedule import Schedule
from ..view.sampling import turns, values_at

__all__ = ["chart", "letters", "stride"]

SIZE = (100, 16)
"""The largest chart, in columns and rows."""

FIGURE: Any = plotext_figure
"""The one figure of plotext, which is cleared before each chart."""

TERMINAL: Any = plotext_terminal
"""What plotext takes the size of the terminal from, unless it is told not to."""

TO_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼", "-|+++++++++")

letters = "abcdefghijklmnopqrstuvwxyz"
"""What several schedules are called: the curve of the first is drawn with an a."""


def chart(schedules: Sequence[Schedule], end: int, width: int, ascii_only: bool) -> str:
    """The curves over one another. They are drawn as parts of the largest value, so that no difference overflows."""
    curves = [_points(schedule, end, 4 * min(width, SIZE[0])) for schedule in schedules]
    everything = np.concatenate([values for _, values in curves])
    if len(everything) == 0:
        return "No value is finite; there is nothing to draw."
    largest = float(np.max(np.abs(everything))) or 1.0
    markers = list(letters) if len(schedules) > 1 else ["*" if ascii_only else "hd"]
    TERMINAL.limit(False, False)
    FIGURE.clear()
    FIGURE.plot_size(min(width, SIZE[0]), SIZE[1])
    for (steps, values), marker in zip(curves, markers, strict=False):
        if len(values):
            FIGURE.draw(FIGURE.signal(steps.tolist(), (values / largest).tolist(), marker=marker).lines())
    ticks = np.unique(np.linspace((everything / largest).min(), (everything / largest).max(), 5)).tolist()
    FIGURE.ruler("y", "left").ticks(ticks, labels=[f"{tick * largest:.3g}" for tick in ticks])
    rounds = [*range(0, end, stride(end, max(width // 15, 1))), end]
    FIGURE.ruler("x", "lower").ticks(rounds, labels=[str(step) for step in rounds])
    text: str = FIGURE.build().string(colorless=True)
    drawn = "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n"))
    return drawn.translate(TO_ASCII) if ascii_only else drawn


def _points(schedule: Schedule, end: int, count: int) -> Any:
    """Steps that are evenly spread, and those next to a turn, with their finite values."""
    around = [step - before for step in turns(schedule, end) for before in (1, 0)]
    steps = np.unique(np.array([*(end * point // count for point in range(count + 1)), *around]))
    values = values_at(schedule, steps)
    return steps[np.isfinite(values)], values[np.isfinite(values)]


def stride(end: int, parts: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 ... that divides so many steps into at most so many parts."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * parts >= end:
                return digit * power
        power *= 10
