"""`lrsched diff`: where two schedules differ, and by how much."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from ..core.schedule import Schedule
from ..view.compare import Comparison, Parting, compare
from .expressions import two_schedules
from .output import console, examples, progress
from .refused import Refused, refusing
from .steps import last_step_option, shown_until

__all__ = ["diff"]

ROWS = 20
"""So many stretches are printed; all are in the JSON, up to 1000."""


@click.command(
    epilog=examples(
        'lrsched diff "warmup_cosine(3e-4, 1000, 10000)" "warmup_cosine(3e-4, 2000, 10000)"',
        'lrsched diff "linear(0.0, 0.3, 3)" --config schedule.json --tolerance 1e-9 --json',
    )
)
@two_schedules
@last_step_option
@click.option(
    "--tolerance",
    metavar="PART",
    type=float,
    default=0.0,
    show_default=True,
    help="How far is no difference, as a part of the value.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object of JSON.")
def diff(given: Sequence[Schedule], steps: int | None, tolerance: float, as_json: bool) -> None:
    """Print where two schedules differ, and by how much.

    The exit code is 1 if they do, and 0 if not. They differ at a step where their values differ by more than PART of
    the greater one.

    Every step up to 10 000 000 is looked at; of more, as many, evenly spread, and those next to a boundary.
    """
    if not 0 <= tolerance < 1:
        raise Refused(f"--tolerance {tolerance} must be from 0 to below 1; 1e-9 allows for rounding")
    a, b = given
    end = shown_until(given, steps)
    with progress(end) as done, refusing():
        found = compare(a, b, steps=end, tolerance=tolerance, progress=done)
    if as_json:
        click.echo(json.dumps(_as_json(a, b, found), indent=2))
    else:
        _print(a, b, found)
    sys.exit(1 if found.count else 0)


def _print(a: Schedule, b: Schedule, found: Comparison) -> None:
    out = console()
    looked, most = f"{found.looked} steps from 0 to {found.end}", found.whole
    out.print(f"a: {a}\nb: {b}", soft_wrap=True)
    if most is None:
        out.print(f"They agree at {looked}.", soft_wrap=True)
        return
    text = f"They differ at {found.count} of {looked}, most at step {most.step}, by {most.difference:.6g}:"
    out.print(text, soft_wrap=True)
    table = Table("from", "to", "most at", "a", "b", "b - a", header_style="")
    for column in table.columns:
        column.justify, column.overflow = "right", "fold"
    for part in found.partings[:ROWS]:
        steps = [str(step) for step in (part.first, part.last, part.step)]
        table.add_row(*steps, f"{part.a:.10g}", f"{part.b:.10g}", f"{part.difference:.3g}")
    out.print(table)
    if found.runs > ROWS:
        out.print(f"{found.runs - ROWS} more.", soft_wrap=True)


def _as_json(a: Schedule, b: Schedule, found: Comparison) -> dict[str, Any]:
    return {
        "a": repr(a),
        "b": repr(b),
        "last_step": found.end,
        "tolerance": found.tolerance,
        "looked_at": found.looked,
        "differ_at": found.count,
        "stretches": found.runs,
        "most": found.whole and _part_as_json(found.whole),
        "first_stretches": [_part_as_json(part) for part in found.partings],
    }


def _part_as_json(part: Parting) -> dict[str, Any]:
    """Steps as they are; of the values null for what is not finite."""
    values = {"a": part.a, "b": part.b, "difference": part.difference}
    finite = {name: value if math.isfinite(value) else None for name, value in values.items()}
    return {"first": part.first, "last": part.last, "step": part.step, **finite}
