"""`lrsched at`: the value of a schedule at some steps."""

import json
import math
from collections.abc import Mapping, Sequence

import click

from .expressions import Expression, config_option, read_expression
from .files import read_config
from .lets import lets
from .output import examples
from .refused import Refused, refusing
from .steps import step_count

__all__ = ["at"]


@click.command(
    epilog=examples(
        'lrsched at "warmup_cosine(3e-4, 1000, 10000)" 5000',
        'lrsched at "warmup_cosine(3e-4, 1000, 10000)" 0 1e3 10_000',
        'lrsched at "warmup_cosine(peak, 0.1*total, total)" total//2 --let peak=3e-4 --let total=1e4',
        "lrsched at --config schedule.json 0 5000 --json",
    )
)
@click.argument("words", metavar="EXPR STEP...", nargs=-1, type=Expression())
@config_option
@lets
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one object for each step.")
def at(words: Sequence[str], files: Sequence[str], names: Mapping[str, float], as_json: bool) -> None:
    """Print the value at one or more steps.

    For one step, print only the value; for several, a row for each. All digits are printed.
    """
    given = [read_config(file, names) for file in files]
    if not given and words:
        text, *words = words
        given = [read_expression(text, names)]
    if len(given) != 1 or not words:
        raise click.UsageError("Give one schedule, as EXPR or --config FILE, and one step or more.")
    steps = [_step(word, names) for word in words]
    with refusing():
        values = [given[0](step) for step in steps]
    if as_json:
        rows = zip(steps, values, strict=True)
        click.echo(json.dumps([{"step": s, "value": v if math.isfinite(v) else None} for s, v in rows]))
    elif len(values) == 1:
        click.echo(repr(values[0]))
    else:
        width = max(len("step"), *(len(str(step)) for step in steps))
        for step, value in zip(["step", *map(str, steps)], ["value", *map(repr, values)], strict=True):
            click.echo(f"{step:>{width}}  {value}")


def _step(word: str, names: Mapping[str, float]) -> int:
    try:
        return step_count(word, names)
    except ValueError as error:
        raise Refused(f"STEP {word}: {error}" if str(error).startswith("column") else str(error)) from None
