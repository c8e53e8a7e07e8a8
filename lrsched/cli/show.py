"""`lrsched show`: the pieces of schedules, a table of their values, and a chart."""

from collections.abc import Iterator, Sequence

import click

from ..core.schedule import Schedule
from ..view.sampling import turns
from .chart import HEIGHT, chart
from .expressions import schedules
from .output import aligned, examples, height, is_ascii, is_terminal, say, width
from .refused import Refused
from .rounds import rounds, some
from .steps import last_step_option, shown_until

__all__ = ["show"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""What several schedules are called."""

LINES = 23
"""All of it fits on a terminal of 24 lines, with the prompt below."""

PIECES = 6
"""Beside a chart, so many lines describe the pieces; of more, the first and the last are shown."""

LEAST_ROWS = 4
"""So many rows the table has in any case."""

JUMP = 0.05
"""A value that differs from the one before it by more than this part of the largest jumps."""


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
@click.option("--chart/--no-chart", "charted", default=None, help="Whether to draw a chart; default: on a terminal.")
def show(given: Sequence[Schedule], steps: int | None, charted: bool | None) -> None:
    """Print pieces and values, and draw a chart.

    The output fits on a terminal of 24 lines.

    EXPR is a call such as warmup_cosine(3e-4, 1000, 10000), in quotes, or recipe:NAME. Several schedules share the
    table and the chart, as a, b and so on.

    --steps defaults to the longest length; if no schedule has an end, to ten times the longest time in them; if they
    have no time either, to 1000.
    """
    if len(given) > len(LETTERS):
        raise Refused(f"{len(given)} schedules are too many to be shown; {len(LETTERS)} have a letter each")
    end = shown_until(given, steps)
    charted = is_terminal() if charted is None else charted
    room = LINES - HEIGHT if charted else LINES
    above = _descriptions(given, PIECES if charted else room // 2)
    boundaries = sorted({step for schedule in given for step in turns(schedule, end)})
    endless = steps is None and not any(schedule.length for schedule in given)
    room = max(room - sum(map(height, above)) - endless - 1, LEAST_ROWS)
    kept = boundaries
    if len(boundaries) + 2 > room:
        room = max(room - (not endless), LEAST_ROWS)
        kept = some(boundaries, room - 2)
    if note := _note(end, endless, len(kept), len(boundaries)):
        above.append(note)
    for line in above:
        say(line)
    for line in _table(given, rounds(kept, [*_jumps(given, kept)], end, room)):
        click.echo(line)
    if charted:
        click.echo(chart(given, end, width(), is_ascii()))


def _descriptions(given: Sequence[Schedule], most: int) -> list[str]:
    """What each schedule is made of; of several with many pieces, what each is."""
    named = zip(LETTERS, given, strict=False)
    whole = [schedule.describe().split("\n") for schedule in given]
    heads = [_shortened(f"{letter}: {schedule}" if len(given) > 1 else str(schedule), 2) for letter, schedule in named]
    room = most - sum(map(height, heads))
    pieces = [[_shortened(line, 1) for line in lines[1:]] for lines in whole]
    if len(given) == 1:
        return [*heads, *_thinned(pieces[0], room)]
    if sum(map(len, pieces)) > room:
        return heads
    return [line for head, lines in zip(heads, pieces, strict=True) for line in (head, *lines)]


def _thinned(lines: list[str], most: int) -> list[str]:
    """The lines of a description, without the middle of many."""
    if len(lines) <= most:
        return lines
    after = (most - 1) // 2
    before = most - 1 - after
    return [*lines[:before], f" ... {len(lines) - before - after} more ...", *lines[-after:]]


def _shortened(line: str, lines: int) -> str:
    """A line that fits into so many of the terminal; in a pipe it may be longer."""
    most = lines * width() - 8 * (lines - 1) if is_terminal() else 4 * width()
    return line if len(line) <= most else f"{line[: most - 4]} ..."


def _note(end: int, endless: bool, kept: int, boundaries: int) -> str:
    """What is not shown, if anything."""
    some_of_many = f"{kept} of {boundaries} boundaries" if kept < boundaries else ""
    if not endless:
        return f"Shown are {some_of_many} up to step {end}." if some_of_many else ""
    return f"Shown up to step {end}{some_of_many and f', {some_of_many}'}; --steps N shows more or less."


def _jumps(given: Sequence[Schedule], boundaries: Sequence[int]) -> Iterator[int]:
    """The boundaries at which a value changes at once, so that the one before is worth a row."""
    for schedule in given:
        largest = max((abs(schedule(step)) for step in (0, *boundaries)), default=0.0)
        yield from (step for step in boundaries if abs(schedule(step) - schedule(step - 1)) > JUMP * largest)


def _table(given: Sequence[Schedule], steps: Sequence[int]) -> list[str]:
    names = LETTERS[: len(given)] if len(given) > 1 else ["value"]
    rows = [[str(step), *(f"{schedule(step):.6g}" for schedule in given)] for step in steps]
    return aligned(["step", *names], rows)
