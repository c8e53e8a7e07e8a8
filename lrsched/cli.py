"""The commands of `lrsched`: a schedule is written on the command line, as it is in Python, and looked at."""

import math
import shutil
from collections.abc import Iterable
from typing import Any

import click
import numpy as np
from plotext import figure as plotext_figure, terminal as plotext_terminal  # pyright: ignore[reportMissingTypeStubs]
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from .combinators.time import stretch
from .core.numbers import last_step
from .core.schedule import Schedule
from .core.text import ParseError, parse

__all__ = ["commands"]

ROWS = 20
"""About so many rows has a table of values."""

MOST_ROWS = 40
"""So many boundaries, and lines of a description, are all shown; of more, only ROWS."""

CHART = (100, 16)
"""The largest chart, in columns and rows."""

FIGURE: Any = plotext_figure
"""The one figure of plotext, which is cleared before each chart."""

TERMINAL: Any = plotext_terminal
"""What plotext takes the size of the terminal from, unless it is told not to."""

TO_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼", "-|+++++++++")


# What all commands share.


class Refused(click.ClickException):
    """A command that cannot be carried out, in one line; a wrong expression is shown below it, with a caret."""

    exit_code = 2

    def __init__(self, message: str, expression: str = "", column: int | None = None) -> None:
        super().__init__(message)
        self.call = click.get_current_context().command_path
        self.expression = expression
        self.column = column

    def show(self, file: Any = None) -> None:
        """Print it on stderr."""
        click.echo(f"{self.call}: {self.message}", file=file, err=True)
        text, column = self.expression, self.column
        if column and text.isprintable() and cell_len(text) + 3 < shutil.get_terminal_size().columns:
            click.echo(f"  {text}\n  {' ' * cell_len(text[: column - 1])}^", file=file, err=True)


class Expression(click.ParamType):  # type: ignore[type-arg]
    """A schedule as `lrsched.parse` reads it; nothing is ever evaluated."""

    name = "expr"

    def convert(self, value: Any, param: Any, ctx: Any) -> Schedule:
        """The schedule, or the place where the expression is wrong."""
        try:
            return parse(value)
        except (TypeError, ValueError) as error:
            column = error.column if isinstance(error, ParseError) else None
            raise Refused(str(error), value, column) from None


def _examples(*calls: str) -> str:
    """The last paragraph of a help text, whose lines click then keeps apart."""
    return "\n".join(["\b", "Examples:" if len(calls) > 1 else "Example:", *(f"  {call}" for call in calls)])


def _console() -> Console:
    """The way out, never narrower than 40 columns: no colours in a pipe or under NO_COLOR, ASCII where need be."""
    console = Console(markup=False, highlight=False, emoji=False)
    console.width = max(console.width, 40)
    return console


@click.group(
    "lrsched",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_examples('lrsched show "warmup_cosine(3e-4, 1000, 10000)"'),
)
@click.version_option(package_name="lrsched-toolkit", prog_name="lrsched")
def commands() -> None:
    """Look at learning-rate schedules before a run is paid for.

    A schedule is written as in Python, in quotes. It is read, never evaluated.
    """


# show


@commands.command(
    epilog=_examples(
        'lrsched show "warmup_cosine(3e-4, 1000, 10000)"',
        'lrsched show "wsd(3e-4, 1000, 8000, 1000, decay=one_minus_sqrt)" --steps 12000',
        'lrsched show "warmup_inverse_sqrt(1e-3, 4000)"',
    )
)
@click.argument("schedule", metavar="EXPR", type=Expression())
@click.option("--steps", metavar="N", type=int, help="The last step that is shown, 1 or more.")
def show(schedule: Schedule, steps: int | None) -> None:
    """Print the pieces of a schedule, a table of its values, and a chart.

    EXPR is a call such as warmup_cosine(3e-4, 1000, 10000), in quotes.

    Without --steps it is shown up to its length; where it has no end, up to ten times the longest time in it; where
    it has no time in it either, up to step 1000.
    """
    end = _end(schedule, steps)
    ends = () if schedule.length is None else (schedule.length,)
    boundaries = sorted({step for step in (*schedule.boundaries, *ends) if 0 < step <= end})
    kept = _thinned(boundaries)
    console = _console()
    console.print(_description(schedule, 4 * console.width), soft_wrap=True)
    if steps is None and not schedule.length:
        console.print(f"It is shown up to step {end}; --steps N shows it up to another.", soft_wrap=True)
    if len(kept) < len(boundaries):
        console.print(f"Of its {len(boundaries)} boundaries up to step {end}, {len(kept)} are shown.", soft_wrap=True)
    console.print(_table(schedule, _rows(kept, end)))
    width = min(console.width, CHART[0])
    console.print(_chart(schedule, boundaries, end, width, console.options.ascii_only), soft_wrap=True)


def _end(schedule: Schedule, steps: int | None) -> int:
    """The last step that is shown."""
    if steps is not None and steps < 1:
        raise Refused(f"--steps {steps} must be at least 1; it is the last step that is shown")
    if steps is not None and steps > last_step:
        raise Refused(f"--steps {steps} must be at most 2**53 = {last_step}; count in a larger unit")
    if steps is None and (schedule.length or 0) > last_step:
        raise Refused(f"the schedule must end by step 2**53 = {last_step} to be shown as a whole; give --steps")
    return steps or schedule.length or math.ceil(min(10 * _longest_time(schedule), last_step)) or 1000


def _longest_time(schedule: Schedule) -> float:
    """The greatest number of steps among the parameters of a schedule, or 0."""
    longest = 0
    kinds = [parameter.kind for parameter in schedule.formula.parameters.values()]
    for kind, value in zip(kinds, schedule.parameters.values(), strict=True):
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Schedule):
                longest = max(longest, _longest_time(item))
            elif kind.duration and item is not None:
                longest = max(longest, abs(item))
    return longest * schedule.parameters["factor"] if schedule.formula.factory is stretch else longest


def _thinned(steps: list[int]) -> list[int]:
    """Some of very many steps, evenly spread, the first and the last among them."""
    if len(steps) <= MOST_ROWS:
        return steps
    return [steps[index * (len(steps) - 1) // (ROWS - 1)] for index in range(ROWS)]


def _rows(boundaries: list[int], end: int) -> list[int]:
    """The steps of the table: both ends, the boundaries, the steps before them if there is room, and round steps."""
    before = [step - 1 for step in boundaries] if 2 * len(boundaries) < ROWS else []
    between = range(0, end, _stride(end, max(ROWS + 2 - len(boundaries), 1)))
    return sorted({0, end, *boundaries, *before, *between})


def _stride(end: int, parts: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 ... that divides so many steps into at most so many parts."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * parts >= end:
                return digit * power
        power *= 10


def _description(schedule: Schedule, width: int) -> str:
    """`schedule.describe()`, but for the middle of very many pieces and the ends of very long lines."""
    lines = schedule.describe().split("\n")
    if len(lines) > MOST_ROWS:
        half = ROWS // 2
        lines = [*lines[:half], f" ... {len(lines) - 2 * half} more ...", *lines[-half:]]
    return "\n".join(line if len(line) <= width else f"{line[: width - 4]} ..." for line in lines)


def _table(schedule: Schedule, steps: Iterable[int]) -> Table:
    table = Table("step", "value", header_style="")
    table.columns[0].style = "cyan"
    for column in table.columns:
        column.justify = "right"
    for step in steps:
        table.add_row(str(step), f"{schedule(step):.6g}")
    return table


def _chart(schedule: Schedule, boundaries: list[int], end: int, width: int, ascii_only: bool) -> str:
    """The curve in text. It is drawn as a part of its largest value, so that no difference overflows."""
    points = 4 * width
    around = [step - before for step in boundaries for before in (1, 0)]
    steps = np.unique(np.array([*(end * point // points for point in range(points + 1)), *around]))
    with np.errstate(all="ignore"):
        values = schedule(steps)
    steps, values = steps[np.isfinite(values)], values[np.isfinite(values)]
    if len(values) == 0:
        return "No value is finite; there is nothing to draw."
    largest = float(np.max(np.abs(values))) or 1.0
    parts = values / largest
    TERMINAL.limit(False, False)
    FIGURE.clear()
    FIGURE.plot_size(width, CHART[1])
    FIGURE.draw(FIGURE.signal(steps.tolist(), parts.tolist(), marker="*" if ascii_only else "hd").lines())
    ticks = np.unique(np.linspace(parts.min(), parts.max(), 5)).tolist()
    FIGURE.ruler("y", "left").ticks(ticks, labels=[f"{tick * largest:.3g}" for tick in ticks])
    rounds = [*range(0, end, _stride(end, max(width // 15, 1))), end]
    FIGURE.ruler("x", "lower").ticks(rounds, labels=[str(step) for step in rounds])
    drawn: str = FIGURE.build().string(colorless=True).rstrip("\n")
    return drawn.translate(TO_ASCII) if ascii_only else drawn
