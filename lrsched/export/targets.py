"""How each target spells the words that formulas are written in, and the functions that it needs for them."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

from .runtime import arrays, float32, float64, placed, placed32, scalars, simple, tensors
from .trees import Simpler, UnwritableError

__all__ = ["IMPORTED", "TARGETS", "Target"]

IMPORTED = {
    "math": "import math",
    "bisect_right": "from bisect import bisect_right",
    "Fraction": "from fractions import Fraction",
}
"""What the runtime takes from the standard library."""

COMMON = {
    **{"power": "_0 ** _1", "is_known_true": "_0", "largest": "1.7976931348623157e308", "last": "2**53"},
    **{"widest": "2**63 - 1", "plus": "_0 + _1", "edge": "float(_0)", "counted": "_0", "number": "_0"},
}
"""Words as expressions of Python, in which _0 is the first operand; others are functions of the library."""

NUMBERS = {**COMMON, "where": "_1 if _0 else _2", "minimum": "min(_0, _1)", "maximum": "max(_0, _1)", "enter": "max(_0, 0)"}
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
    **{"largest": "3.4028234663852886e38", "last": "2**31 - 1", "widest": "2**31 - 1"},
}
TENSOR = "torch.as_tensor(_0, dtype=torch.float64)"
TORCH = {
    **COMMON,
    **{"number": TENSOR, "tensor": TENSOR, "flags": "torch.as_tensor(_0)", "counted": "_0.long()"},
    "enter": f"{TENSOR}.clamp(min=0)",
    "horizon": "int(_0.max()) + 1",
    "is_whole": "bool((_0 % 1 == 0).all())",
}


class Target(NamedTuple):
    """A language or library: the prefix of its functions, what it imports, and the words that it has its own way for.

    What schedules are made of is found in the modules `simple` where all lengths are whole steps, in `placed` where
    they are not; the first one that has a function counts. `texts` are functions in the language itself.
    """

    prefix: str
    imports: Mapping[str, str]
    words: Mapping[str, str]
    simple: tuple[Any, ...]
    placed: tuple[Any, ...]
    texts: Mapping[str, str] = {}
    last: int = 2**53

    @property
    def has_clock(self) -> bool:
        """Whether placed schedules are functions of a time, and not of fractions of a step."""
        return self.prefix != "math" or bool(self.texts)

    def runtime(self, is_placed: bool) -> dict[str, Any]:
        """The functions that schedules are made of; of texts, the names."""
        found: dict[str, Any] = {}
        for module in reversed(self.placed if is_placed else self.simple):
            own = (value for value in vars(module).values() if isinstance(value, FunctionType))
            found |= {value.__name__: value for value in own if value.__module__ == module.__name__}
        return found | {name: name for name in self.texts if is_placed or name in ("bisect_right", "stairs", "zip")}

    def word(self, word: str, args: list[ast.expr], of_numbers: bool) -> ast.expr:
        """A word with its operands, which may be numbers where the library takes none for arrays."""
        prefix, words = ("math", NUMBERS) if of_numbers and self.prefix == "torch" else (self.prefix, self.words)
        operands = dict(zip((f"_{index}" for index in range(len(args))), args, strict=True))
        template = words.get(word, f"{prefix}.{word}({', '.join(operands)})")
        return Simpler(operands).visit(ast.parse(template, mode="eval").body)


TEXT = (Path(__file__).parent / "runtime" / "javascript.js").read_text()
TEXTS = {found[1]: found[0] for found in re.finditer(r"(?ms)^// [^\n]*\nfunction (\w+)\(.*?^}", TEXT)}
"""The functions of the runtime that are written in JavaScript, each with its comment."""

NP, JNP = {"np": "import numpy as np"}, {"jnp": "import jax.numpy as jnp"}
LAMBDA = {"torch": "import torch", "LambdaLR": "from torch.optim.lr_scheduler import LambdaLR"}
SIMPLE, PLACED = (simple, float64, arrays, scalars), (placed, simple, float64, scalars)
OF_JAX = (simple, float32, arrays, scalars), (placed32, placed, simple, float32, scalars)

TARGETS = {
    "python": Target("math", IMPORTED, NUMBERS, (simple, scalars, float64), (scalars, simple, float64)),
    "numpy": Target("np", IMPORTED | NP, NUMPY, SIMPLE, PLACED),
    "jax": Target("jnp", IMPORTED | JNP, JAX, *OF_JAX, last=2**31 - 1),
    "optax": Target("jnp", IMPORTED | JNP, JAX, *OF_JAX, last=2**31 - 1),
    "torch": Target("torch", IMPORTED | LAMBDA, TORCH, (tensors, *SIMPLE), (tensors, *PLACED)),
    "javascript": Target("math", {}, NUMBERS, (simple, scalars, float64), (simple, float64), TEXTS),
}
