"""How each target spells the words that formulas are written in, and the functions that schedules are made of there."""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..core.stairs import count_length
from .trees import Simpler, tree_of

__all__ = ["TARGETS", "Runtime", "Target"]

COMMON = {
    "power": "_0 ** _1", "is_known_true": "_0", "largest": "1.7976931348623157e308", "last": "2**53",
    "widest": "2**63 - 1", "plus": "_0 + _1", "edge": "float(_0)", "counted": "_0", "number": "_0",
}
"""Words as expressions of Python, in which _0 is the first operand; others are functions of the library."""

NUMBERS = COMMON | {
    "where": "_1 if _0 else _2",
    "minimum": "min(_0, _1)",
    "maximum": "max(_0, _1)",
    "enter": "max(_0, 0)",
}
NUMPY = {
    **COMMON,
    "enter": "np.maximum(_0, np.int64(0))",
    "horizon": "int(np.max(_0, initial=0)) + 1",
    "is_whole": 'np.asarray(_0).dtype.kind == "i"',
}
JAX = {
    **COMMON,
    "enter": "jnp.maximum(_0, jnp.int32(0))",
    "horizon": "2**31 if jnp.issubdtype(_0.dtype, jnp.integer) else 2**53",
    "is_whole": "jnp.issubdtype(jnp.result_type(_0), jnp.integer)",
    "largest": "3.4028234663852886e38", "last": "2**31 - 1", "widest": "2**31 - 1",
}
TENSOR = "torch.as_tensor(_0, dtype=torch.float64)"
TORCH = {
    **COMMON,
    "number": TENSOR, "tensor": TENSOR, "flags": "torch.as_tensor(_0)", "counted": "_0.long()",
    "enter": f"{TENSOR}.clamp(min=0)",
    "horizon": "int(_0.max()) + 1",
    "is_whole": "bool((_0 % 1 == 0).all())",
}

Runtime = Mapping[str, ast.FunctionDef | str]
"""The functions that schedules are made of, as trees, or as texts where they are in the language of the target."""


class Target(NamedTuple):
    """A language or library: the prefix of its functions, what it imports, and the words that it has its own way for.

    The functions that schedules are made of are in the files `simple` where all lengths are whole steps, in `placed`
    where they are not; the first file that has one counts.
    """

    prefix: str
    imports: Mapping[str, str]
    words: Mapping[str, str]
    simple: str
    placed: str
    last: int = 2**53

    def runtime(self, is_placed: bool) -> Runtime:
        """The functions that schedules are made of."""
        found: dict[str, ast.FunctionDef | str] = {"count_length": tree_of(count_length)}
        for file in reversed((self.placed if is_placed else self.simple).split()):
            found |= functions_of(file)
        return found

    def word(self, word: str, args: list[ast.expr], of_numbers: bool) -> ast.expr:
        """A word with its operands, which may be numbers where the library takes none for arrays."""
        prefix, words = ("math", NUMBERS) if of_numbers and self.prefix == "torch" else (self.prefix, self.words)
        operands = dict(zip((f"_{index}" for index in range(len(args))), args, strict=True))
        template = words.get(word, f"{prefix}.{word}({', '.join(operands)})")
        return Simpler(operands).visit(ast.parse(template, mode="eval").body)


@cache
def functions_of(file: str) -> Runtime:
    """The functions of a file."""
    text = (Path(__file__).parent / "runtime" / file).read_text()
    if file.endswith(".js"):
        return {found[1]: found[0] for found in re.finditer(r"(?ms)^// [^\n]*\nfunction (\w+)\(.*?^}", text)}
    return {tree.name: tree for tree in ast.parse(text).body if isinstance(tree, ast.FunctionDef)}


PYTHON = {
    "math": "import math",
    "bisect_right": "from bisect import bisect_right",
    "Fraction": "from fractions import Fraction",
}
NP, JNP = {"np": "import numpy as np"}, {"jnp": "import jax.numpy as jnp"}
LAMBDA = {"torch": "import torch", "LambdaLR": "from torch.optim.lr_scheduler import LambdaLR"}
NUMERIC = "simple.txt scalars.txt float64.txt"
SIMPLE, PLACED = "simple.txt float64.txt arrays.txt scalars.txt", "placed.txt simple.txt float64.txt scalars.txt"

TARGETS = {
    "python": Target("math", PYTHON, NUMBERS, NUMERIC, "scalars.txt simple.txt float64.txt"),
    "numpy": Target("np", PYTHON | NP, NUMPY, SIMPLE, PLACED),
    "jax": Target("jnp", PYTHON | JNP, JAX, f"float32.txt {SIMPLE}", f"float32.txt {PLACED}", 2**31 - 1),
    "optax": Target("jnp", PYTHON | JNP, JAX, f"float32.txt {SIMPLE}", f"float32.txt {PLACED}", 2**31 - 1),
    "torch": Target("torch", PYTHON | LAMBDA, TORCH, f"tensors.txt {SIMPLE}", f"tensors.txt {PLACED}"),
    "javascript": Target("math", {}, NUMBERS, f"numbers.js {NUMERIC}", "numbers.js placed.js simple.txt float64.txt"),
}
