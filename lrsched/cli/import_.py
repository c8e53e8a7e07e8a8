"""`lrsched import`: a call of another library as a schedule of lrsched."""

from collections.abc import Callable
from typing import Any

import click

from ..checks import brief, guess, nearest, sentence
from ..peers import LIBRARIES, functions_of, libraries_with
from ..text.places import ParseError
from .optimizers import called, read_scheduler
from .output import examples
from .refused import Refused, refusing

__all__ = ["import_"]


@click.command(
    "import",
    epilog=examples(
        'lrsched import "StepLR(optimizer, 30)" --base-lr 0.1',
        'lrsched import "optax.cosine_decay_schedule(3e-4, 10000, alpha=0.1)"',
        'lrsched import --from transformers "get_cosine_schedule_with_warmup(optimizer, 100, 1000)" --base-lr 1e-3',
        "lrsched import \"get_scheduler('cosine', optimizer, 100, 1000)\" --base-lr 1e-3",
    ),
)
@click.option(
    "--from",
    "library",
    metavar="LIBRARY",
    type=click.Choice(LIBRARIES),
    help=f"The library of the call: {', '.join(LIBRARIES)}.",
)
@click.option("--base-lr", metavar="RATE", type=float, help="The learning rate of the optimizer in the call.")
@click.argument("call", metavar="CALL")
def import_(library: str | None, base_lr: float | None, call: str) -> None:
    """Translate another library's schedule.

    CALL is written as for that library, in quotes; --base-lr is the learning rate of its optimizer. It is parsed, never
    evaluated, and the library does not have to be installed. Without --from, the library is found by the name.
    """
    with refusing(call):
        if library is not None:
            click.echo(repr(read_scheduler(call, _finder(library), base_lr)))
            return
        found = _translated(call, base_lr)
    if len(set(found.values())) > 1:
        raise Refused(f"{' and '.join(found)} read this call differently; add --from {next(iter(found))}")
    click.echo(next(iter(found.values())))


def _translated(call: str, base_lr: float | None) -> dict[str, str]:
    """The call as each library reads it that has such a function; the first error, if it is one in all of them."""
    found: dict[str, str] = {}
    errors: list[Exception] = []
    name = called(call)
    known = libraries_with(name)
    for library in known:
        try:
            found[library] = repr(read_scheduler(call, _finder(library), base_lr))
        except (TypeError, ValueError) as error:
            errors.append(error)
    if not known:
        names = [text for library in LIBRARIES for text in functions_of(library)]
        near = nearest(name, names)
        remedy = f"did you mean {near!r}?" if near else f"known are those of {', '.join(LIBRARIES)}"
        raise ParseError(f"unknown schedule {brief(name)}; {remedy}", 1)
    if not found:
        raise errors[0]
    return found


def _dict(**items: Any) -> dict[str, Any]:
    """What configurations are written with."""
    return items


def _finder(library: str) -> Callable[[str], Callable[..., Any]]:
    """The public functions of a library, by name."""
    known = functions_of(library)
    functions: dict[str, Callable[..., Any]] = {**known, "dict": _dict}

    def find(name: str) -> Callable[..., Any]:
        if name not in functions:
            raise ValueError(sentence(f"unknown schedule {brief(name)} of {library}; {guess(name, known)}"))
        return functions[name]

    return find
