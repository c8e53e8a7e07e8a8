"""The vocabulary and the recipes: what the command line lists and completes."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_type_hints

import lrsched

from ..core.checks import is_factory
from ..core.parameters import Parameter, read_parameter
from ..runs import recipes

__all__ = ["Word", "names", "words"]


class Word(NamedTuple):
    """One word of the command line: how it is written, in which family it is, and what it is."""

    name: str
    family: str
    parameters: tuple[Parameter, ...]
    summary: str

    @property
    def call(self) -> str:
        """The call with its parameters and their defaults."""
        required = [p.name for p in self.parameters if p.required]
        optional = [f"{p.name}={p.show(p.default)}" for p in self.parameters if not p.required]
        return f"{self.name}({', '.join(required + (['*', *optional] if optional else []))})"

    def as_json(self) -> dict[str, Any]:
        """The same as data; a parameter without a default must be given."""
        return {
            "name": self.name,
            "family": self.family,
            "call": self.call,
            "parameters": [_parameter_as_json(parameter) for parameter in self.parameters],
            "summary": self.summary,
        }


def _parameter_as_json(parameter: Parameter) -> dict[str, Any]:
    default = {} if parameter.required else {"default": parameter.encode(parameter.default)}
    return {"name": parameter.name, "kind": parameter.kind.name, "unit": parameter.kind.unit, **default}


def names() -> list[str]:
    """The names of the vocabulary, sorted."""
    return sorted(name for name, value in vars(lrsched).items() if is_factory(value))


def words() -> Iterator[Word]:
    """The vocabulary, then the recipes, each sorted by family and name."""
    made = [_word(name, getattr(lrsched, name), "") for name in names()]
    named = [_word(name, recipes.find(name), "recipe:") for name in recipes.list()]
    yield from sorted(made, key=lambda word: word[:2][::-1])
    yield from sorted(named, key=lambda word: word.name)


def _word(name: str, function: Callable[..., Any], prefix: str) -> Word:
    summary = (inspect.getdoc(function) or "").partition("\n")[0]
    family = "recipes" if prefix else function.__module__.rpartition(".")[2]
    given, hints = inspect.signature(function).parameters.values(), get_type_hints(function, include_extras=True)
    parameters = [read_parameter(name, p.name, hints[p.name], p.default, p.default is p.empty) for p in given]
    return Word(prefix + name, family, tuple(parameters), summary)
