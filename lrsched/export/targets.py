"""How each target spells the words that formulas are written in, and the functions that it needs for them."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .runtime import arrays, float32, float64, placed, placed32, scalars, simple, tensors

__all__ = ["IMPORTED", "TARGETS", "Target", "Words"]

WORDS = {
    "where": "_1 if _0 else _2",
    "minimum": "min(_0, _1)",
    "maximum": "max(_0, _1)",
    "power": "_0 ** _1",
    "is_known_true": "_0",
    "largest": "1.7976931348623157e308",
    "last": "2**53",
    "widest": "2**63 - 1",
    "plus": "_0 + _1",
    "edge": "float(_0)",
    "counted": "_0",
    "number": "_0",
    "enter": "max(_0, 0)",
    **{name: f"math.{name}(_0)" for name in ("sin", "exp", "expm1", "log", "log1p", "floor", "sqrt")},
}
"""The words for numbers: expressions of Python, in which _0 is the first operand."""


def of_arrays(prefix: str, **words: str) -> Mapping[str, str]:
    """The words of an array library as NumPy spells them, but for some."""
    return {
        **{name: f"{prefix}.{name}(_0)" for name in ("sin", "exp", "expm1", "log", "log1p", "floor", "sqrt")},
        **{name: f"{prefix}.{name}(_0, _1)" for name in ("minimum", "maximum")},
        **{name: f"{prefix}.{name}(_0, _1, _2)" for name in ("where", "clip")},
        **words,
    }


IMPORTED = {
    "math": "import math",
    "bisect_right": "from bisect import bisect_right",
    "Fraction": "from fractions import Fraction",
}
"""What the runtime takes from the standard library."""


class Target(NamedTuple):
    """A language or library.

    `functions` are for what varies with the step, `numbers` for what does not, where that matters. The runtime is what
    schedules are made of: `simple` where all lengths are whole steps, `placed` otherwise; the first module that has a
    function is taken.
    """

    imports: Mapping[str, str]
    words: Mapping[str, str]
    simple: tuple[object, ...]
    placed: tuple[object, ...]
    numbers: Mapping[str, str] | None = None
    texts: Mapping[str, str] = {}
    last: int = 2**53

    @property
    def has_arrays(self) -> bool:
        """Whether a step may be an array."""
        return "where" in self.words and not self.words["where"].startswith("_1")

    @property
    def has_clock(self) -> bool:
        """Whether placed schedules are functions of a time, and not of a fraction of a step."""
        return self.has_arrays or bool(self.texts)


NUMPY = of_arrays(
    "np",
    enter="np.maximum(_0, np.int64(0))",
    horizon="int(np.max(_0, initial=0)) + 1",
    is_whole='np.asarray(_0).dtype.kind == "i"',
)
JAX = of_arrays(
    "jnp",
    enter="jnp.maximum(_0, jnp.int32(0))",
    horizon="2**31 if jnp.issubdtype(_0.dtype, jnp.integer) else 2**53",
    is_whole="jnp.issubdtype(jnp.result_type(_0), jnp.integer)",
    largest="3.4028234663852886e38",
    last="2**31 - 1",
    widest="2**31 - 1",
)
TENSOR = "torch.as_tensor(_0, dtype=torch.float64)"
TORCH = of_arrays(
    "torch",
    flags="torch.as_tensor(_0)",
    number=TENSOR,
    tensor=TENSOR,
    enter=f"{TENSOR}.clamp(min=0)",
    horizon="int(_0.max()) + 1",
    is_whole="bool((_0 % 1 == 0).all())",
    counted="_0.long()",
)

NP, JNP = {"np": "import numpy as np"}, {"jax": "import jax", "jnp": "import jax.numpy as jnp"}
LAMBDA = {"torch": "import torch", "LambdaLR": "from torch.optim.lr_scheduler import LambdaLR"}
OF_ARRAYS, PLACED = (simple, float64, arrays), (placed, simple, float64, arrays, scalars)

TARGETS = {
    "python": Target(IMPORTED, WORDS, (simple, scalars, float64), (scalars, simple, float64)),
    "numpy": Target(IMPORTED | NP, WORDS | NUMPY, (*OF_ARRAYS, scalars), PLACED),
    "jax": Target(
        IMPORTED | JNP,
        WORDS | JAX,
        (simple, float32, arrays, scalars),
        (placed32, placed, simple, float32, arrays, scalars),
        last=2**31 - 1,
    ),
    "torch": Target(
        IMPORTED | LAMBDA,
        WORDS | TORCH,
        (tensors, *OF_ARRAYS, scalars),
        (tensors, *PLACED),
        {**WORDS, "number": TENSOR},
    ),
}
JAVASCRIPT = (Path(__file__).parent / "runtime" / "javascript.js").read_text()
TEXTS = {found[1]: found[0] for found in re.finditer(r"(?ms)^// [^\n]*\nfunction (\w+)\(.*?^}", JAVASCRIPT)}
JS = {**WORDS, "enter": "max(_0, 0)"}
TARGETS["javascript"] = Target({}, JS, (simple, scalars, float64), (simple, float64), texts=TEXTS)
TARGETS["optax"] = TARGETS["jax"]._replace(imports={**TARGETS["jax"].imports, "optax": "import optax"})


class Words(ast.NodeTransformer):
    """The words `xp.name(...)` as a target spells them."""

    def __init__(self, target: Target, of_numbers: bool) -> None:
        self.target = target
        self.words = target.numbers if of_numbers and target.numbers else target.words

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inner(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._inner(node)

    def _inner(self, node: ast.AST) -> ast.AST:
        """What is inside of a function of a formula is of its step."""
        return Words(self.target, False).generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return self._spelled(node.func.attr, node.args) if _is_word(node.func) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._spelled(node.attr, []) if _is_word(node) and node.attr in ("largest", "last", "widest") else node

    def _spelled(self, word: str, args: list[ast.expr]) -> ast.AST:
        operands = {f"_{index}": arg for index, arg in enumerate(args)}
        return _Filled(operands).visit(ast.parse(self.words[word], mode="eval").body)


class _Filled(ast.NodeTransformer):
    """A template with its operands."""

    def __init__(self, operands: Mapping[str, ast.expr]) -> None:
        self.operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.operands.get(node.id, node)


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "xp"
