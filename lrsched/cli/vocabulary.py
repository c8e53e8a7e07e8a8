"""The vocabulary and the recipes: what the command line lists and completes."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import lrsched

from ..checks import is_factory
from ..core.decorators import formula_of
from ..core.formula import Formula
from ..core.parameters import Parameter
from ..runs import recipes

__all__ = ["Word", "names", "words"]


class Word(NamedTuple):
    """One word of the command line: how it is written, in which family it is, and what it is."""

    name: str
    family: str
    formula: Formula
    summary: str

    @property
    def call(self) -> str:
        """The call with its parameters and their defaults."""
        return self.name + self.formula.signature_text()

    def as_json(self) -> dict[str, Any]:
        """The same as data; a parameter without a default must be given."""
        return {
            "name": self.name,
            "family": self.family,
            "call": self.call,
            "parameters": [_parameter_as_json(parameter) for parameter in self.formula.parameters.values()],
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
    return Word(prefix + name, family, formula_of(function), summary)
