"""`--let NAME=NUMBER`: the numbers that the names in expressions and configs stand for."""

from typing import Any

import click

from ..arrays.libraries import is_number
from ..checks import brief
from ..text.expressions import Reader
from .refused import Refused, refusing

__all__ = ["lets"]


class Let(click.ParamType):  # type: ignore[type-arg]  (generic in newer versions of click alone)
    """A name and its number."""

    name = "let"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        """The two, or what is wrong."""
        name, equals, text = value.partition("=")
        if not (equals and name.isidentifier()):
            raise Refused(f"--let {value} must be NAME=NUMBER; write --let total=20000")
        with refusing(text, f"--let {name}"):
            number = Reader(text).value_of_text()
        if isinstance(number, bool) or not is_number(number):
            raise Refused(f"--let {name}={brief(number)} must be a number; write --let {name}=20000")
        return name, number


def _as_names(ctx: Any, param: Any, pairs: tuple[tuple[str, float], ...]) -> dict[str, float]:
    names: dict[str, float] = {}
    for name, number in pairs:
        if name in names:
            raise Refused(f"--let {name} is given twice; write each name once")
        names[name] = number
    return names


lets = click.option(
    "--let",
    "names",
    metavar="NAME=NUMBER",
    multiple=True,
    type=Let(),
    callback=_as_names,
    help="The value of a name in EXPR or FILE, such as total=1e5; repeat it for each name.",
)
"""The option of a command that takes schedules."""
