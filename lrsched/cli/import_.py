"""`lrsched import`: a call of another library as a schedule of lrsched."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from ..core.checks import brief, guess, sentence
from .calls import read_call
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
        'lrsched import --from optax "cosine_decay_schedule(3e-4, 10000, alpha=0.1)"',
        'lrsched import --from torch "StepLR(base_lr=0.1, step_size=30)"',
        "lrsched import --from transformers "
        "\"get_scheduler('cosine', base_lr=1e-3, num_warmup_steps=100, num_training_steps=1000)\"",
    ),
)
@click.option("--from", "library", type=click.Choice(LIBRARIES), required=True, help="The library of the call.")
@click.argument("call", metavar="CALL")
def import_(library: str, call: str) -> None:
    """Translate another library's schedule.

    CALL is written as for that library, in quotes, with base_lr=RATE in place of an optimizer. It is parsed, never
    evaluated, and the library does not have to be installed.
    """
    module = import_module(f"lrsched.interop.{library}")
    with refusing(call):
        click.echo(repr(read_call(call, _finder(module))))


def _finder(module: Any) -> Callable[[str], Callable[..., Any]]:
    """The public functions of a module, by name."""

    def find(name: str) -> Callable[..., Any]:
        if name not in module.__all__:
            library = module.__name__.rpartition(".")[2]
            raise ValueError(sentence(f"unknown schedule {brief(name)} of {library}; {guess(name, module.__all__)}"))
        return getattr(module, name)

    return find
