"""How each target spells the words that formulas are written in, and the functions that schedules are made of there.

Both are in the folder `runtime`: the words as expressions of Python, in which _0 is the first operand; the functions as
Python that calls words, or in JavaScript.
"""

import ast
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..arrays.stairs import count_length
from .trees import Simpler, tree_of

__all__ = ["TARGETS", "Target", "runtime_text", "target_of"]

TARGETS = ("python", "numpy", "jax", "optax", "torch", "javascript")

Functions = Mapping[str, ast.FunctionDef | str]


class Target(NamedTuple):
    """A language or library: the prefix of its functions, the words that it has its own way for, and its last step.

    The functions that schedules are made of are in the files `simple` where all lengths are whole steps, in `placed`
    where they are not; the first file that has one counts.
    """

    prefix: str
    words: Mapping[str, str]
    imports: Mapping[str, str]
    simple: list[str]
    placed: list[str]
    last: int

    def runtime(self, is_placed: bool) -> Functions:
        """The functions that schedules are made of, as trees, or as strings in the language of the target."""
        files = self.placed if is_placed else self.simple
        found = (function for file in reversed(files) for function in _functions_of(file).items())
        return {"count_length": tree_of(count_length), **dict(found)}

    def word(self, word: str, args: list[ast.expr], of_numbers: bool) -> ast.expr:
        """A word with its operands, which may be numbers where the library takes none for arrays."""
        own = target_of("python") if of_numbers and self.prefix == "torch" else self
        operands = dict(zip((f"_{index}" for index in range(len(args))), args, strict=True))
        template = own.words.get(word, f"{own.prefix}.{word}({', '.join(operands)})")
        return Simpler(operands).visit(ast.parse(template, mode="eval").body)


def runtime_text(file: str) -> str:
    """A file of the runtime."""
    return (Path(__file__).parent / "runtime" / file).read_text().strip()


@cache
def target_of(name: str) -> Target:
    """The target of a name; that of optax is that of JAX."""
    given = json.loads(runtime_text("targets.json"))
    common, own = given[""], given[name.replace("optax", "jax")]
    merged = {field: {**common[field], **own.get(field, {})} for field in ("words", "imports")}
    return Target(**common | own | merged)


@cache
def _functions_of(file: str) -> Functions:
    text = runtime_text(file)
    if file.endswith(".js"):
        return {found[1]: found[0] for found in re.finditer(r"(?ms)^// [^\n]*\nfunction (\w+)\(.*?^}", text)}
    return {tree.name: tree for tree in ast.parse(text).body if isinstance(tree, ast.FunctionDef)}
