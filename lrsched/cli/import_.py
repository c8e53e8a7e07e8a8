"""`lrsched import`: a call of another library as a schedule of lrsched."""

import inspect
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from ..core.checks import brief, guess, sentence
from .calls import read_call
from .output import examples
from .refused import refusing

__all__ = ["LIBRARIES", "functions_of", "import_"]

LIBRARIES = (
    "optax",
    "torch",
    "transformers",
    "diffusers",
    "keras",
    "timm",
    "fvcore",
    "mmengine",
    "paddle",
    "megatron",
    "nemo",
    "torchtitan",
    "olmo_core",
    "nanotron",
    "deepspeed",
    "composer",
    "nanogpt",
    "big_vision",
    "t5x",
    "maxtext",
    "levanter",
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


def functions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The public functions of a library, by name: those of its module, and of the modules that it is made of."""
    found = {name: value for name, value in vars(module).items() if inspect.isfunction(value) and name[0] != "_"}
    return {name: value for name, value in found.items() if value.__module__.startswith(module.__name__)}


def _dict(**items: Any) -> dict[str, Any]:
    """What configurations are written with."""
    return items


def _finder(module: Any) -> Callable[[str], Callable[..., Any]]:
    """The public functions of a module, by name."""
    functions: dict[str, Callable[..., Any]] = {**functions_of(module), "dict": _dict}

    def find(name: str) -> Callable[..., Any]:
        if name not in functions:
            library = module.__name__.rpartition(".")[2]
            raise ValueError(
                sentence(f"unknown schedule {brief(name)} of {library}; {guess(name, functions_of(module))}")
            )
        return functions[name]

    return find
