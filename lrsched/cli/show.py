"""`lrsched show`: the pieces of schedules, a table of their values, and a chart."""

from collections.abc import Iterable, Sequence

import click
from rich.table import Table

from ..core.schedule import Schedule
from ..view.sampling import turns
from .chart import chart, letters, stride
from .expressions import schedules
from .output import console, examples
from .refused import Refused
from .steps import last_step_option, shown_until

__all__ = ["show"]

ROWS = 20
"""About so many rows has a table of values."""

MOST_ROWS = 40
"""So many boundaries, and lines of a description, are all shown; of more, only ROWS."""


@click.command(
    epilog=examples(
        'lrsched show "warmup_cosine(3e-4, 1000, 10000)"',
        'lrsched show "wsd(3e-4, 1000, 10000, 1000, decay=one_minus_sqrt)" --steps 12000',
        'lrsched show "warmup_inverse_sqrt(1e-3, 4000)"',
        'lrsched show "warmup_cosine(3e-4, 1000, 10000)" "warmup_linear(3e-4, 1000, 10000)"',
        "lrsched show recipe:bert",
    )
)
@schedules
@last_step_option
@click.option("--chart/--no-chart", "charted", default=None, help="Whether to draw a chart; by default on a terminal.")
def show(given: Sequence[Schedule], steps: int | None, charted: bool | None) -> None:
    """Print pieces and values, and draw a chart.

    EXPR is a call such as warmup_cosine(3e-4, 1000, 10000), in quotes, or recipe:NAME. Several schedules share the
    table and the chart, as a, b and so on.

    The default of --steps is the longest length; without an end, ten times the longest time in the schedules; without
    any time, 1000.
    """
    if len(given) > len(letters):
        raise Refused(f"{len(given)} schedules are too many to be shown; {len(letters)} have a letter each")
    end = shown_until(given, steps)
    boundaries = sorted({step for schedule in given for step in turns(schedule, end)})
    kept = _thinned(boundaries)
    out = console()
    for letter, schedule in zip(letters, given, strict=False):
        name = f"{letter}: " if len(given) > 1 else ""
        out.print(name + _description(schedule, 4 * out.width), soft_wrap=True)
    if steps is None and not any(schedule.length for schedule in given):
        out.print(f"Shown up to step {end}; --steps N shows more or less.", soft_wrap=True)
    if len(kept) < len(boundaries):
        out.print(f"Of {len(boundaries)} boundaries up to step {end}, {len(kept)} are shown.", soft_wrap=True)
    out.print(_table(given, _rows(kept, end)))
    if out.is_terminal if charted is None else charted:
        out.print(chart(given, end, out.width, out.options.ascii_only), soft_wrap=True)


def _thinned(steps: list[int]) -> list[int]:
    """Some of very many steps, evenly spread, the first and the last among them."""
    if len(steps) <= MOST_ROWS:
        return steps
    return [steps[index * (len(steps) - 1) // (ROWS - 1)] for index in range(ROWS)]


def _rows(boundaries: list[int], end: int) -> list[int]:
    """The steps of the table: both ends, the boundaries, the steps before them if there is room, and round steps."""
    before = [step - 1 for step in boundaries] if 2 * len(boundaries) < ROWS else []
    between = range(0, end, stride(end, max(ROWS + 2 - len(boundaries), 1)))
    return sorted({0, end, *boundaries, *before, *between})


def _description(schedule: Schedule, width: int) -> str:
    """`schedule.describe()`, but for the middle of very many pieces and the ends of very long lines."""
    lines = schedule.describe().split("\n")
    if len(lines) > MOST_ROWS:
        half = ROWS // 2
        lines = [*lines[:half], f" ... {len(lines) - 2 * half} more ...", *lines[-half:]]
    return "\n".join(line if len(line) <= width else f"{line[: width - 4]} ..." for line in lines)


def _table(given: Sequence[Schedule], steps: Iterable[int]) -> Table:
    names = letters if len(given) > 1 else ["value"]
    table = Table("step", *names[: len(given)], header_style="")
    table.columns[0].style = "cyan"
    for column in table.columns:
        column.justify, column.overflow = "right", "fold"
    for step in steps:
        table.add_row(str(step), *(f"{schedule(step):.6g}" for schedule in given))
    return table
