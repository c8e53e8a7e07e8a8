"""`lrsched import`: a call of another library as a schedule of lrsched."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import click

from ..core.checks import brief, guess, sentence
from .optimizers import read_scheduler
from .output import examples
from .refused import refusing

__all__ = ["LIBRARIES", "import_"]

LIBRARIES = (
    "optax",
    "torch",
    "transformers",
    "keras",
    "timm",
    "megatron",
    "torchtitan",
    "olmo_core",
    "deepspeed",
    "composer",
    "nanogpt",
    "big_vision",
    "t5x",
)
"""The libraries whose calls are read, none of which is needed."""


@click.command(
    "import",
    epilog=examples(
        'lrsched import "StepLR(optimizer, 30)" --base-lr 0.1',
        'lrsched import "optax.cosine_decay_schedule(3e-4, 10000, alpha=0.1)"',
        'lrsched import --from transformers "get_cosine_schedule_with_warmup(optimizer, 100, 1000)" --base-lr 1e-3',
        "lrsched import \"get_scheduler('cosine', base_lr=1e-3, num_warmup_steps=100, num_training_steps=1000)\"",
    ),
)
@click.option(
    "--from", "library", type=click.Choice(LIBRARIES), help="Whose call it is; found by its name unless given."
)
@click.option("--base-lr", metavar="RATE", type=float, help="The learning rate of the optimizer in the call.")
@click.argument("call", metavar="CALL")
def import_(library: str | None, base_lr: float | None, call: str) -> None:
    """Translate a schedule of another library.

    CALL is as it is written for that library, in quotes; --base-lr gives the learning rate of its optimizer. It is
    read, never evaluated, and the library is not needed.
    """
    with refusing(call):
        click.echo(repr(read_scheduler(call, _finder([library] if library else LIBRARIES), base_lr)))


def _finder(libraries: Sequence[str]) -> Callable[[str], Callable[..., Any]]:
    """The functions of some libraries, by name."""

    def find(name: str) -> Callable[..., Any]:
        modules = [import_module(f"lrsched.interop.{library}") for library in libraries]
        for module in modules:
            if name in module.__all__:
                return getattr(module, name)
        of = libraries[0] if len(libraries) == 1 else "these libraries"
        known = [name for module in modules for name in module.__all__]
        remedy = guess(name, known)
        if len(libraries) > 1 and not remedy.startswith("did"):
            remedy = f"known are those of {', '.join(libraries)}"
        raise ValueError(sentence(f"unknown schedule {brief(name)} of {of}; {remedy}"))

    return find
