"""The libraries whose schedules `lrsched.interop` has, by name: each is imported when it is asked for."""

import inspect
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["LIBRARIES", "functions_of", "libraries_with"]

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


def functions_of(library: str | ModuleType) -> dict[str, Callable[..., Any]]:
    """The public functions of a library, by name: those of its module, and of the modules that it is made of."""
    module = import_module(f"lrsched.interop.{library}") if isinstance(library, str) else library
    found = {name: value for name, value in vars(module).items() if inspect.isfunction(value) and name[0] != "_"}
    return {name: value for name, value in found.items() if value.__module__.startswith(module.__name__)}


def libraries_with(name: str) -> list[str]:
    """The libraries that have a function of this name."""
    return [library for library in LIBRARIES if name in functions_of(library)]
