"""How the words are spelled for each target, and what is written around them."""

import math
import sys
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["TARGETS", "Target"]


class Target(NamedTuple):
    """A library that schedules are written for.

    A word is a template with the precedence of its result and those that its operands need, as in Python's grammar.
    `words` are for what varies with the step, `numbers` for what does not; the library's `prefix` is that of its
    functions.
    """

    prefix: str
    imports: Mapping[str, str]
    words: "Mapping[str, Word]"
    numbers: "Mapping[str, Word]"
    helpers: Mapping[str, str]
    enter: str
    table: str
    varies: bool = True
    is_narrow: bool = False
    last_step: int = 2**53
    largest: float = sys.float_info.max


class Word(NamedTuple):
    """A template, the precedence of what it makes, and the precedence that its operands need."""

    template: str
    result: int = 20
    operands: tuple[int, ...] = (0, 0, 0)


OPERATORS = {
    "+": Word("{} + {}", 11, (11, 12)),
    "-": Word("{} - {}", 11, (11, 12)),
    "*": Word("{} * {}", 12, (12, 13)),
    "/": Word("{} / {}", 12, (12, 13)),
    "//": Word("{} // {}", 12, (12, 13)),
    "%": Word("{} % {}", 12, (12, 13)),
    "**": Word("{}**{}", 14, (15, 13)),
    "neg": Word("-{}", 13, (13,)),
    "abs": Word("abs({})"),
    **{name: Word(f"{{}} {name} {{}}", 6, (7, 7)) for name in ("<", "<=", ">", ">=", "==", "!=")},
}

CHOICE = Word("{1} if {0} else {2}", 1, (2, 2, 1))
FUNCTIONS = ("sin", "exp", "expm1", "log", "log1p", "floor", "sqrt")
GROW, IN_TWO_PARTS = Word("grow({}, {})"), Word("to_the_power({}, {})")


def functions(prefix: str) -> dict[str, Word]:
    """The functions that every library calls by the same name."""
    return {name: Word(f"{prefix}.{name}({{}})") for name in FUNCTIONS}


def words_of(prefix: str) -> dict[str, Word]:
    """The words of an array library as NumPy spells them."""
    return {
        **OPERATORS,
        **functions(prefix),
        "minimum": Word(f"{prefix}.minimum({{}}, {{}})"),
        "maximum": Word(f"{prefix}.maximum({{}}, {{}})"),
        "where": Word(f"{prefix}.where({{}}, {{}}, {{}})"),
        "power": OPERATORS["**"],
        "grow": GROW,
    }


def numbers_of(prefix: str) -> dict[str, Word]:
    """The words for numbers that do not vary with the step."""
    return {
        **OPERATORS,
        **functions(prefix),
        "minimum": Word("min({}, {})"),
        "maximum": Word("max({}, {})"),
        "where": CHOICE,
        "power": OPERATORS["**"],
        "grow": GROW,
    }


HELD = math.log(sys.float_info.max) / 2
LARGEST = repr(math.exp(HELD)).replace("e+", "e")
FLOAT32 = 3.4028234663852886e38

PIECE_AT = '''\
def piece_at(starts, step):
    """The last of the pieces that have begun, by bisection."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= step else (low, middle)
    return low
'''

PYTHON = Target(
    "math",
    {"math": "import math"},
    {},
    {**numbers_of("math"), "piece": Word("piece_at({table}, {0})")},
    {
        "piece_at": PIECE_AT,
        "grow": f'''\
def grow(rate, exponent):
    """rate**exponent, held before it overflows."""
    return rate**exponent if exponent * math.log(rate) < {HELD!r} else {LARGEST}
''',
    },
    "max(step, 0)",
    "{table}[{0}]",
    varies=False,
)

NUMPY = Target(
    "np",
    {"np": "import numpy as np"},
    {**words_of("np"), "piece": Word('np.searchsorted({table}, {0}, side="right") - 1', 11)},
    numbers_of("np"),
    {
        "grow": f'''\
def grow(rate, exponent):
    """rate**exponent, held before it overflows."""
    return np.power(rate, np.minimum(exponent, {HELD!r} / np.maximum(np.log(rate), 1e-300)))
'''
    },
    "np.maximum(step, 0)",
    "np.array({table})[{0}]",
)

REST = {
    "short": '''\
def short(x, scale=2.0**12):
    """The first 12 bits of x: float32 holds the product of two such numbers."""
    return x * scale + x - (x * scale + x - x)
''',
    "in_floats": '''\
def in_floats(steps, part):
    """A number of steps and a part of one in float32, and what float32 does not hold of them."""
    steps = jnp.asarray(steps)
    near = jnp.minimum(steps, 2**31 - 2**7).astype(jnp.float32)
    head = short(part, 2.0**29) if isinstance(part, float) else part
    total = near + head
    rest = (near - (total - (total - near))) + (head - (total - near)) + (part - head)
    return total, rest + (steps - near.astype(steps.dtype)).astype(jnp.float32)
''',
    "rest_of_quotient": '''\
def rest_of_quotient(steps, length, x, more, part):
    """(steps + more)/(length + part) - x, which float32 does not hold, and a large power would multiply."""
    (near, rest), (whole, cut) = in_floats(steps, more), in_floats(length, part)
    left = near - short(x) * short(whole) - short(x) * (whole - short(whole) + cut) + rest
    return left / whole - (x - short(x))
''',
    "between": '''\
def between(function, x, rest):
    """The function at x + rest: a mean of what it is at the floats beside it."""
    here = jnp.where(x == 0, 1.0, x) + rest
    rest = rest - (here - jnp.where(x == 0, 1.0, x))
    there = here + jnp.where(rest > 0, abs(here), -abs(here)) * (0.625 * 2**-23)
    part = jnp.minimum(rest / (there - here), 0.5)
    low, high = function(here) * 2.0**46, function(there) * 2.0**46
    return jnp.where(x == 0, function(0.0 * x), (low + (high - low) * part) / 2.0**46)
''',
}
"""What a fraction in float32 lacks, and a function of both."""

JAX = Target(
    "jnp",
    {"math": "import math", "jnp": "import jax.numpy as jnp"},
    {
        **words_of("jnp"),
        "power": IN_TWO_PARTS,
        "rest of quotient": Word("rest_of_quotient({}, {}, {}, {}, {})", operands=(0,) * 5),
        "power between": Word("between(lambda base: to_the_power(base, {2}), {0}, {1})"),
        "power of two parts between": Word(
            "between(lambda base: in_two_parts(base, {2}, {3}), {0}, {1})", operands=(0,) * 4
        ),
        "growth between": Word("between(lambda exponent: {2}**exponent, {0}, {1})", operands=(0, 0, 15)),
        "piece": Word('jnp.searchsorted(jnp.array({table}), {0}, side="right") - 1', 11),
    },
    {**numbers_of("math"), "grow": Word(f"math.exp(min({{1}} * math.log({{0}}), {math.log(FLOAT32) / 2!r}))")},
    {
        "grow": f'''\
def grow(rate, exponent):
    """rate**exponent, by the logarithm of the Python number, since a rate is rounded in float32; held at the end."""
    return jnp.exp(jnp.minimum(exponent * math.log(rate), {math.log(FLOAT32) / 2!r}))
''',
        "to_the_power": '''\
def to_the_power(x, exponent):
    """x**exponent, for the exponent as float32 holds it, and the rest of it."""
    shifted = (2**29 + 1) * exponent
    head = shifted - (shifted - exponent)
    return in_two_parts(x, head, exponent - head)
''',
        "in_two_parts": '''\
def in_two_parts(x, exponent, rest):
    """x**(exponent + rest), where float32 does not hold the sum."""
    return x**exponent * jnp.exp(rest * jnp.log(jnp.maximum(x, 1e-37)))
''',
        **REST,
    },
    "jnp.maximum(step, 0)",
    "jnp.array({table})[{0}]",
    is_narrow=True,
    last_step=2**31 - 1,
    largest=FLOAT32,
)

OPTAX = JAX._replace(imports={**JAX.imports, "optax": "import optax"})

TORCH_TABLE = "torch.tensor({table}, dtype=torch.float64, device={step}.device)"

TORCH = Target(
    "torch",
    {
        "math": "import math",
        "torch": "import torch",
        "LambdaLR": "from torch.optim.lr_scheduler import LambdaLR",
    },
    {
        **words_of("torch"),
        "minimum of number": Word("{}.clamp(max={})", operands=(18, 0)),
        "maximum of number": Word("{}.clamp(min={})", operands=(18, 0)),
        "where of numbers": Word("torch.where({}, torch.full_like({step}, {}), {})"),
        "piece": Word(f"torch.searchsorted({TORCH_TABLE}, {{0}}, right=True) - 1", 11),
    },
    numbers_of("math"),
    {
        "grow": f'''\
def grow(rate, exponent):
    """rate**exponent, held before it overflows."""
    exponent = torch.as_tensor(exponent, dtype=torch.float64, device=getattr(rate, "device", None))
    rate = torch.as_tensor(rate, dtype=torch.float64, device=exponent.device)
    return rate ** exponent.minimum({HELD!r} / rate.log().clamp(min=1e-300))
'''
    },
    "torch.as_tensor(step, dtype=torch.float64).clamp(min=0)",
    f"{TORCH_TABLE}[{{0}}]",
)

TARGETS = {"python": PYTHON, "numpy": NUMPY, "jax": JAX, "optax": OPTAX, "torch": TORCH}
