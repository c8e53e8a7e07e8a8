"""`lrsched diff`: where two schedules differ, and by how much."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import click

from ..core.schedule import Schedule
from ..view.compare import Comparison, Parting, compare
from .expressions import two_schedules
from .output import aligned, examples, progress, say
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
    help="Ignore relative differences up to this.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object of JSON.")
def diff(given: Sequence[Schedule], steps: int | None, tolerance: float, as_json: bool) -> None:
    """Print where two schedules differ, and by how much.

    The exit code is 1 if they differ, and 0 if not. Two values differ if their difference is more than PART of the
    greater one.

    Up to 10 000 000 steps, every step is compared; in a longer range that many, evenly spread, and those next to a
    boundary.
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
    looked, most = f"{found.looked} steps from 0 to {found.end}", found.whole
    say(f"a: {a}")
    say(f"b: {b}")
    if most is None:
        say(f"They agree at {looked}.")
        return
    shown = found.partings[:ROWS]
    digits = _digits([(part.a, part.b) for part in [most, *shown]])
    by = f"{most.difference:.{digits}g}"
    say(f"They differ at {found.count} of {looked}, most at step {most.step}, by {by}:")
    rows = [
        [*map(str, (part.first, part.last, part.step)), *(f"{v:.{digits}g}" for v in (part.a, part.b, part.difference))]
        for part in shown
    ]
    for line in aligned(["from", "to", "most at", "a", "b", "b - a"], rows):
        click.echo(line)
    if found.runs > ROWS:
        say(f"{found.runs - ROWS} more.")


def _digits(pairs: Sequence[tuple[float, float]]) -> int:
    """The fewest digits, 6 or more, that tell the two values of each pair apart."""
    for digits in range(6, 17):
        if all(f"{a:.{digits}g}" != f"{b:.{digits}g}" for a, b in pairs):
            return digits
    return 17


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
