"""`lrsched list`: the vocabulary."""

import json

import click
from rich.text import Text

from .output import console, examples
from .vocabulary import words

__all__ = ["list_"]


@click.command("list", epilog=examples("lrsched list", "lrsched list cosine", "lrsched list --json"))
@click.argument("part", metavar="[TEXT]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with one object for each name.")
def list_(part: str, as_json: bool) -> None:
    """List schedules and recipes.

    Each with its call and a description. With TEXT, only those whose name or description contains it.
    """
    found = [word for word in words() if part.lower() in f"{word.name} {word.summary}".lower()]
    if as_json:
        click.echo(json.dumps([word.as_json() for word in found], indent=2))
        return
    out, family = console(), ""
    for word in found:
        if word.family != family:
            family = word.family
            out.print(Text(family.upper(), "cyan"))
        out.print(Text(f"  {word.call}"), soft_wrap=True)
        out.print(Text(f"      {word.summary}"), soft_wrap=True)
