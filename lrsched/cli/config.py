"""`lrsched config`: a schedule as data."""

import json
from collections.abc import Sequence

import click

from ..core.schedule import Schedule
from .expressions import one_schedule
from .output import examples, output_option, written
from .refused import refusing

__all__ = ["config"]


@click.command(
    epilog=examples(
        'lrsched config "warmup_cosine(3e-4, 1000, 10000)" -o schedule.json',
        "lrsched config recipe:bert --format yaml",
        "lrsched show --config schedule.json",
    )
)
@one_schedule
@click.option("--format", "kind", type=click.Choice(["json", "yaml"]), default="json", show_default=True)
@output_option
def config(given: Sequence[Schedule], kind: str, file: str) -> None:
    """Print a schedule as a config.

    Other commands read it with --config FILE. It contains all parameters, including defaults.
    """
    with refusing():
        data = given[0].to_config()
        text = json.dumps(data, indent=2) + "\n" if kind == "json" else _yaml(data)
    with written(file) as out:
        out.write(text.encode())


def _yaml(data: object) -> str:
    try:
        import yaml  # needs the optional package pyyaml
    except ImportError:
        raise ImportError("YAML needs pyyaml; pip install pyyaml, or write JSON.") from None
    return yaml.safe_dump(data, sort_keys=False)
