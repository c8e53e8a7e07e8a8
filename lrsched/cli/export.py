"""`lrsched export`: a schedule as source code that needs no lrsched."""

from collections.abc import Sequence
from typing import Any

import click

from ..core.schedule import Schedule
from .expressions import one_schedule
from .output import examples, output_option, written
from .refused import refusing

__all__ = ["export"]

TARGETS = ("python", "numpy", "jax", "optax", "torch")


@click.command(
    epilog=examples(
        'lrsched export "warmup_cosine(3e-4, 1000, 10000)" --to python',
        'lrsched export "warmup_cosine(3e-4, 1000, 10000)" --to torch -o schedule.py',
    )
)
@one_schedule
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="The library that the code uses.")
@click.option("--name", metavar="NAME", default="learning_rate", show_default=True, help="The name of the function.")
@output_option
def export(given: Sequence[Schedule], target: Any, name: str, file: str) -> None:
    """Print a schedule as source code.

    The code imports its target library and not lrsched.
    """
    from ..export import to_code

    with refusing():
        source = to_code(given[0], target, name=name)
    with written(file) as out:
        out.write(source.encode())
