"""A schedule in a notebook: the expression, its curve, and the table of its pieces."""

import math
from binascii import b2a_base64
from collections.abc import Iterator
from html import escape

import numpy as np

from ..arrays.numbers import last_step
from ..core.schedule import Schedule
from .describe import rows
from .sampling import curve, last_shown, turns

__all__ = ["html", "svg"]

WIDTH, HEIGHT = 480, 150
"""The size of the curve, in pixels."""

LEFT, RIGHT, ABOVE, BELOW = 76, 30, 12, 22
"""The room around it, for the numbers."""

NEAR = 0.05
"""How many pixels from a straight line is on it."""

CURVE, REST = "#3584e4", "#7d858f"
"""The colours of the curve and of all else, legible on a light page and on a dark one."""

MOST_ROWS = 40
"""Of a longer table, half as many rows are shown from each end."""

TABLE = "border-collapse:collapse;width:auto;font-size:90%;font-family:monospace"
CELL = 'style="text-align:{} !important;padding:1px 10px;white-space:nowrap"'
"""VS Code gives tables the whole width, and aligns headings to the left with a rule that is `!important`."""


def html(schedule: Schedule) -> str | None:
    """What a notebook shows; None, whereupon it shows the repr, for a schedule that holds arrays or tracers.

    >>> import lrsched
    >>> html(lrsched.linear(1.0, 0.0, 4)).count("<tr>")
    3
    """
    if schedule.traced():
        return None
    return f"<div><code>{escape(repr(schedule))}</code><br>{_image(schedule)}{_table(schedule)}</div>"


def _image(schedule: Schedule) -> str:
    """The curve as an image: notebooks of other people are shown without SVG elements, for safety."""
    data = b2a_base64(svg(schedule).encode(), newline=False).decode()
    alt = escape(repr(schedule))
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}" style="max-width:100%;height:auto">'


def svg(schedule: Schedule) -> str:
    """The curve from step 0 to the last one that is shown, with its boundaries."""
    end = min(last_shown([schedule]), last_step)
    steps, values = curve(schedule, end, WIDTH)
    known = np.isfinite(values)
    steps, values = steps[known], values[known]
    low, high = min(values.min(initial=0.0), 0.0), max(values.max(initial=0.0), 0.0)
    high = high if low < high else 1.0
    largest = max(high, -low)  # parts of it are drawn, so that no difference overflows
    span = high / largest - low / largest
    across = (steps / end * WIDTH).tolist()
    down = ((high / largest - values / largest) / span * HEIGHT).tolist()
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in _corners(list(zip(across, down, strict=True))))
    width, height = LEFT + WIDTH + RIGHT, ABOVE + HEIGHT + BELOW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-LEFT} {-ABOVE} {width} {height}" width="{width}" '
        f'height="{height}">'
        f"{_frame(low, high, end)}{_boundaries(turns(schedule, end), end)}"
        f'<polyline points="{points}" fill="none" stroke="{CURVE}" stroke-width="1.6" stroke-linejoin="round"/></svg>'
    )


def _corners(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The points without those that lie, to NEAR, on a straight line between two that are kept."""
    if not points:  # no value is finite
        return
    anchor = last = points[0]
    yield anchor
    low, high = -math.inf, math.inf  # the slopes from the anchor that pass all points since
    for point in points[1:]:
        if not low <= _slope(anchor, point, 0.0) <= high:
            anchor, low, high = last, -math.inf, math.inf
            yield anchor
        low, high = max(low, _slope(anchor, point, -NEAR)), min(high, _slope(anchor, point, NEAR))
        last = point
    yield last


def _slope(a: tuple[float, float], b: tuple[float, float], more: float) -> float:
    across, up = b[0] - a[0], b[1] + more - a[1]
    return up / across if across else math.copysign(math.inf, up)


def _frame(low: float, high: float, end: int) -> str:
    """The two axes and the numbers at their ends."""
    numbers = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>'
        for x, y, anchor, text in (
            (-6, 4, "end", f"{high:.4g}"),
            (-6, HEIGHT, "end", f"{low:.4g}"),
            (0, HEIGHT + 16, "middle", "0"),
            (WIDTH, HEIGHT + 16, "end", f"{end}"),
        )
    )
    return (
        f'<path d="M0 0V{HEIGHT}H{WIDTH}" fill="none" stroke="{REST}" opacity="0.6"/>'
        f'<g fill="{REST}" font-size="11" font-family="monospace">{numbers}</g>'
    )


def _boundaries(inside: list[int], end: int) -> str:
    """A dotted line at each boundary, where they are few enough to be told apart."""
    places = sorted({round(step / end * WIDTH, 1) for step in inside if step < end})
    lines = "".join(f"M{x} 0V{HEIGHT}" for x in places if len(places) <= WIDTH // 4)
    return f'<path d="{lines}" stroke="{REST}" stroke-dasharray="1 3"/>' if lines else ""


def _table(schedule: Schedule) -> str:
    """The pieces, as `describe` gives them."""
    pieces = [*rows(schedule)]
    if len(pieces) > MOST_ROWS:
        gap = ("", "", "", "", f"... {len(pieces) - MOST_ROWS} more ...")
        pieces = [*pieces[: MOST_ROWS // 2], gap, *pieces[-MOST_ROWS // 2 :]]
    head = _row(("from", "to", "first", "last", "piece"), "th")
    body = "".join(_row(row, "td") for row in pieces)
    return f'<table style="{TABLE}"><thead>{head}</thead><tbody>{body}</tbody></table>'


def _row(cells: tuple[str, ...], tag: str) -> str:
    aligned = zip(cells, ("right", "right", "right", "right", "left"), strict=True)
    return f"<tr>{''.join(f'<{tag} {CELL.format(side)}>{escape(cell)}</{tag}>' for cell, side in aligned)}</tr>"


Schedule.install(_repr_html_=html)
