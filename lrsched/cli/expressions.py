"""What a command is given: schedules as expressions, as recipes, and as configs in files."""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..core.schedule import Schedule
from ..runs import recipes
from ..text.parse import parse
from .calls import read_call
from .files import KINDS, read_config
from .lets import lets
from .refused import Refused, refusing
from .vocabulary import names

__all__ = [
    "Expression",
    "config_option",
    "one_schedule",
    "read_expression",
    "read_option",
    "schedules",
    "schedules_to_design",
    "two_schedules",
]

RECIPE = "recipe:"
"""What stands before the name of a recipe."""


def read_expression(text: str, names: Mapping[str, float]) -> Schedule:
    """A schedule as `lrsched.parse` reads it, or a recipe by name, or the place where the expression is wrong."""
    if _is_file(text):
        raise Refused(f"{text} is a file; write --config {text}")
    with refusing(text):
        if not text.startswith(RECIPE):
            return parse(text, **names)
        return read_call(" " * len(RECIPE) + text.removeprefix(RECIPE), recipes.find, names)


def read_option(text: str) -> Schedule:
    """The schedule of an option: an expression with the numbers of --let, or a config in a file."""
    names = click.get_current_context().params["names"]
    return read_config(text, names) if _is_file(text) else read_expression(text, names)


def _is_file(text: str) -> bool:
    return text.lower().endswith(KINDS) and "(" not in text


class Expression(click.ParamType):  # type: ignore[type-arg]  (generic in newer versions of click alone)
    """The expression of a schedule, which is read when all names are known."""

    name = "expr"

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        """The beginnings of expressions."""
        known = [*(f"{name}(" for name in names()), *(f"{RECIPE}{name}" for name in recipes.list())]
        return [CompletionItem(text) for text in known if text.startswith(incomplete)]


class ConfigFile(click.ParamType):  # type: ignore[type-arg]  (generic in newer versions of click alone)
    """The name of a file with a schedule as a config."""

    name = "file"

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        """The names of files, which the shell knows."""
        return [CompletionItem(incomplete, type="file")]


config_option = click.option(
    "--config",
    "files",
    metavar="FILE",
    multiple=True,
    type=ConfigFile(),
    help="A schedule from a JSON or YAML file instead of EXPR, or after it; - is standard input.",
)
"""The option of a command that reads schedules from files."""


def _taking(metavar: str, least: int, most: float) -> Callable[[Any], Any]:
    """The decorator of a command that takes so many schedules, which become its first argument, a list."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.argument("expressions", metavar=metavar, nargs=-1, type=Expression())
        @config_option
        @lets
        @functools.wraps(command)
        def run(
            expressions: tuple[str, ...], files: tuple[str, ...], names: Mapping[str, float], **options: Any
        ) -> Any:
            given = [read_expression(text, names) for text in expressions]
            given += [read_config(file, names) for file in files]
            if not given and least:
                raise click.UsageError("Missing argument 'EXPR'.")
            if not least <= len(given) <= most:
                takes = least if least == most else f"at most {most}"
                raise click.UsageError(f"Schedules given: {len(given)}; this command takes {takes}.")
            return command(given, **options)

        return run

    return decorate


schedules = _taking("EXPR...", 1, math.inf)
"""A command on one schedule or more."""

schedules_to_design = _taking("[EXPR]...", 0, 6)
"""A command that begins with a schedule of its own where none is given, and has colours for six."""

two_schedules = _taking("EXPR EXPR", 2, 2)
"""A command on two schedules."""

one_schedule = _taking("EXPR", 1, 1)
"""A command on a single schedule, which is the only one in its list."""
