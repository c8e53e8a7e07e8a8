"""`lrsched check`: likely mistakes in a schedule before a run, and what the losses of a run say of it."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..core.schedule import Schedule
from .expressions import Expression, one_schedule, read_option
from .losses import read_losses
from .output import examples, say
from .refused import Refused, refusing
from .steps import StepCount

if TYPE_CHECKING:
    from ..tools.findings import Severity
    from ..tools.report import Report

__all__ = ["check"]


@click.command(
    epilog=examples(
        'lrsched check "warmup_cosine(3e-4, 1000, 10000)"',
        'lrsched check "warmup_cosine(3e-4, 1000, 12000)" --steps 10000 --fail-on warning',
        'lrsched check "extend(cosine(3e-4, 0.0, 100), 60, 150)" --after "cosine(3e-4, 0.0, 100)" --at 60',
        'lrsched check "warmup_cosine(3e-4, 1000, 10000)" --ignore "zero start" --json',
    )
)
@one_schedule
@click.option(
    "--steps", "total_steps", metavar="N", type=StepCount(), help="The updates of the run; default: the length."
)
@click.option(
    "--after",
    metavar="EXPR",
    type=Expression(),
    help="The previous schedule of the run, or a file with it; needs --at.",
)
@click.option("--at", metavar="STEP", type=StepCount(), help="The step from which the new schedule is used.")
@click.option(
    "--losses",
    metavar="FILE.csv",
    type=click.Path(),
    help="A CSV file with the losses of a run in a column loss, and their steps in a column step.",
)
@click.option(
    "--ignore", metavar="NAME", multiple=True, help='A finding to leave out, such as "zero start"; may be repeated.'
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    help="Exit with code 1 if there is a finding of this severity or worse.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one object for each finding.")
def check(
    given: Sequence[Schedule],
    total_steps: int | None,
    after: str | None,
    at: int | None,
    losses: str | None,
    ignore: Sequence[str],
    fail_on: "Severity | None",
    as_json: bool,
) -> None:
    """Look for likely mistakes in a schedule.

    With --after and --at, also check how the new schedule changes the past of the run and its next rate.

    With --losses, look for mistakes in the losses of a run instead.

    An error makes the run fail, a warning is likely a mistake, and a note is common and mostly harmless.
    """
    (schedule,) = given
    if (after is None) != (at is None):
        raise Refused("--after EXPR and --at STEP must be given together: the old schedule, and where it ends")
    if losses is None:
        old = None if after is None else read_option(after)
        report = _of_values(schedule, total_steps, old, at, ignore)
    elif after is not None:
        raise Refused("--after must be left out with --losses; check the change of the schedule on its own")
    else:
        report = _of_losses(schedule, total_steps, losses, ignore)
    if as_json:
        names = ("name", "message", "remedy", "step", "severity", "rate")
        click.echo(json.dumps([{name: getattr(finding, name) for name in names} for finding in report], indent=2))
    else:
        for line in str(report).split("\n"):
            say(line)
    sys.exit(1 if fail_on and report.at_least(fail_on) else 0)


def _of_values(
    schedule: Schedule, total_steps: int | None, old: Schedule | None, at: int | None, ignore: Sequence[str]
) -> "Report":
    from ..tools.check import check as checked

    steps = total_steps if total_steps is not None else schedule.length
    if not steps and total_steps is None:
        raise Refused("the schedule has no end; give --steps, the updates of the run")
    with refusing():
        return checked(schedule, steps, after=old, at=at, ignore=ignore)


def _of_losses(schedule: Schedule, total_steps: int | None, file: str, ignore: Sequence[str]) -> "Report":
    from ..tools.losses import check_losses

    if total_steps is not None:
        raise Refused("--steps must be left out with --losses; the file has the steps of the run")
    losses, steps, _ = read_losses(file)
    with refusing(place="standard input" if file == "-" else file):
        return check_losses(losses, schedule, steps=steps, ignore=ignore)
