"""`lrsched list`: the vocabulary."""

import json

import click

from ..checks import brief, guess
from .output import examples, say
from .refused import Refused
from .vocabulary import words

__all__ = ["list_"]


@click.command("list", epilog=examples("lrsched list", "lrsched list cosine", "lrsched list --json"))
@click.argument("part", metavar="[TEXT]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with one object for each name.")
def list_(part: str, as_json: bool) -> None:
    """List schedules and recipes.

    Each with its call and a description. With TEXT, only those whose name or description contains it.
    """
    known = [*words()]
    found = [word for word in known if part.lower() in f"{word.name} {word.summary}".lower()]
    if not found:
        remedy = guess(part, [word.name for word in known])
        if not remedy.startswith("did"):
            remedy = "lrsched list shows all"
        raise Refused(f"nothing has {brief(part)} in its name or description; {remedy}")
    if as_json:
        click.echo(json.dumps([word.as_json() for word in found], indent=2))
        return
    family = ""
    for word in found:
        if word.family != family:
            family = word.family
            click.echo(family.upper())
        say(f"  {word.call}")
        say(f"      {word.summary}", indent=0)
