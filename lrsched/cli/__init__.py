"""The subcommands of `lrsched`."""

import click

from .at import at
from .check import check
from .completion import completion
from .config import config
from .design import design
from .diff import diff
from .export import export
from .forecast import forecast, rank
from .import_ import import_
from .list import list_
from .merge import merge
from .output import examples
from .plot import plot
from .show import show
from .table import table

__all__ = ["commands"]


@click.group(
    "lrsched",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples('lrsched show "warmup_cosine(3e-4, 1000, 10000)"'),
)
@click.version_option(package_name="lrsched-toolkit", prog_name="lrsched")
def commands() -> None:
    """Inspect learning-rate schedules before you spend compute.

    Write a schedule as in Python, in quotes. It is parsed, never evaluated.
    """


for command in (
    show,
    at,
    plot,
    design,
    table,
    diff,
    check,
    forecast,
    rank,
    export,
    import_,
    merge,
    config,
    list_,
    completion,
):
    commands.add_command(command)
