"""`lrsched design`: schedules on a page of the browser, to be changed by hand."""

import json
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..core.schedule import Schedule
from .expressions import schedules_to_design
from .output import examples, is_terminal, written
from .refused import Refused, refusing

__all__ = ["design"]


@click.command(
    epilog=examples(
        'lrsched design "wsd(3e-4, 1000, 20_000, 4000)"',
        'lrsched design "warmup_cosine(3e-4, 1000, 20_000)" recipe:gpt3 -o page.html',
    )
)
@schedules_to_design
@click.option("-o", "--output", "file", metavar="FILE", help="The page to write; by default a temporary file.")
@click.option("--law", metavar="FILE", help="The config of a fitted law, a JSON file, whose forecast is shown.")
def design(given: Sequence[Schedule], file: str | None, law: str | None) -> None:
    """Change schedules by hand, on a page in the browser.

    Writes the page, prints its path, and opens it if the output is a terminal. The page needs no network, and sends
    nothing.
    """
    from ..designer import page

    with refusing():
        text = page(given, law=None if law is None else _law(law))
    path = Path(file or _temporary()).absolute()
    with written(str(path)) as out:
        out.write(text.encode())
    click.echo(path)
    if is_terminal():
        webbrowser.open(path.as_uri())


def _temporary() -> str:
    with tempfile.NamedTemporaryFile(prefix="lrsched-", suffix=".html", delete=False) as opened:
        return opened.name


def _law(file: str) -> Any:
    with refusing(place=file):
        text = Path(file).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(f"{file}: not JSON: {error}") from None
