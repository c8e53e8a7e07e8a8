"""`lrsched forecast` and `lrsched rank`: what schedules will do to the loss."""

from collections.abc import Sequence

import click

from ..core.schedule import Schedule
from .expressions import read_expression, schedules
from .output import aligned, examples, noted, progress, say
from .refused import Refused, refusing
from .steps import StepCount

__all__ = ["forecast", "rank"]

steps_option = click.option(
    "--steps", metavar="N", type=StepCount(), help="The updates of all runs; default: the longest length."
)


@click.command(
    epilog=examples(
        'lrsched forecast "wsd(3e-4, 500, 20000, 4000)" --fit "warmup_cosine(3e-4, 500, 10000)=cosine.csv" '
        '--fit "warmup_constant(3e-4, 500)=flat.csv"'
    )
)
@schedules
@click.option(
    "--fit",
    "fitted",
    metavar="EXPR=FILE.csv",
    multiple=True,
    required=True,
    help="The schedule of a run, and its losses: a CSV file with the columns step and loss. Repeat it for each run.",
)
@steps_option
def forecast(given: Sequence[Schedule], fitted: Sequence[str], steps: int | None) -> None:
    """Forecast the final loss from the loss curves of other runs.

    Prints the loss after --steps updates, its 90 % interval, and the difference from the first schedule.

    It needs scipy. Losses before the end of the warmup are left out, and counted on standard error.
    """
    from ..forecast.fitting import fit_curves
    from .fitted import FITTED, read_run

    names = click.get_current_context().params.get("names") or {}
    count = _steps(given, steps)
    with refusing(), noted():
        runs = [read_run(text, names) for text in fitted]
    updates = sum(int(run.steps[-1]) for run in runs)
    with refusing(), noted(), progress(updates) as done:
        law = fit_curves(FITTED, runs, progress=lambda part: done(round(part * updates)))
        finals = [law.final(schedule, count) for schedule in given]
        rows = [
            [f"{final:.4f}", *(f"{end:.4f}" for end in law.interval(schedule, count)), f"{final - finals[0]:+.4f}"]
            for schedule, final in zip(given, finals, strict=True)
        ]
    _print(["loss", "lowest", "highest", "difference"], rows, given)


@click.command(
    epilog=examples(
        'lrsched rank "warmup_linear(6e-4, 500, 10000)" "wsd(6e-4, 500, 10000, 2000)" '
        '--best "warmup_cosine(1e-3, 500, 10000)"'
    )
)
@schedules
@click.option(
    "--best", metavar="EXPR", required=True, help="A schedule with a tuned peak, of the same model and --steps."
)
@steps_option
def rank(given: Sequence[Schedule], best: str, steps: int | None) -> None:
    """Rank schedules by a bound that needs no data.

    Prints the bound after --steps updates, the lowest first, and the peak at which each shape would be best. The bound
    is not a loss; only the order is meaningful.
    """
    from ..forecast import calibrate, rank as ranked

    tuned = read_expression(best, click.get_current_context().params.get("names") or {})
    count = _steps([*given, tuned], steps)
    with refusing():
        found = ranked(given, count, calibrate(tuned, count))
    _print(
        ["bound", "best peak"],
        [[f"{row.bound:.4g}", f"{row.best_peak:.3g}"] for row in found],
        [row.schedule for row in found],
    )


def _steps(given: Sequence[Schedule], steps: int | None) -> int:
    """The updates of all runs."""
    count = steps if steps is not None else max(schedule.length or 0 for schedule in given)
    if not count:
        raise Refused("the schedules have no end; give --steps, the updates of the run")
    return count


def _print(head: Sequence[str], rows: Sequence[Sequence[str]], things: Sequence[Schedule]) -> None:
    for line, thing in zip(aligned(head, rows), ["schedule", *map(repr, things)], strict=True):
        say(f"{line}  {thing}")
