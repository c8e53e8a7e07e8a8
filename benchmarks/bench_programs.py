"""How long a program is: equations that JAX traces, instructions that XLA is given and makes of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import lrsched

from . import peers
from .bench_timing import Row, row_of

__all__ = ["MOST_EQUATIONS", "equations", "instructions", "rows"]

MOST_EQUATIONS = 100
"""A join of any number of pieces is traced to fewer equations."""

INSTRUCTION = re.compile(r"^\s*(ROOT )?%?[\w.\-]+ = ", re.MULTILINE)


def equations(function: Callable[[Any], Any], step: Any) -> tuple[int, int]:
    """The equations of the jaxpr, without and with those nested in others."""
    import jax

    jaxpr = jax.make_jaxpr(function)(step).jaxpr
    return len(jaxpr.eqns), _nested(jaxpr)


def _nested(jaxpr: Any) -> int:
    inner = [part for equation in jaxpr.eqns for value in equation.params.values() for part in _jaxprs(value)]
    return len(jaxpr.eqns) + sum(map(_nested, inner))


def _jaxprs(value: Any) -> list[Any]:
    if isinstance(value, (tuple, list)):
        return [part for item in value for part in _jaxprs(item)]
    value = getattr(value, "jaxpr", value)
    return [value] if hasattr(value, "eqns") else []


def instructions(function: Callable[[Any], Any], step: Any) -> tuple[int, int]:
    """The HLO instructions, parameters and constants included, before and after XLA has optimized them."""
    import jax

    lowered = jax.jit(function).lower(step)
    return count(lowered.as_text("hlo")), count(lowered.compile().as_text())


def count(text: str) -> int:
    """The instructions in the text of an HLO module."""
    return len(INSTRUCTION.findall(text))


def rows() -> Iterator[Row]:
    """The lines of the whole run that most people use, for one traced step."""
    import jax.numpy as jnp

    step = jnp.int32(5)
    mine = instructions(lrsched.warmup_cosine(*peers.CURVE), step)
    other = instructions(peers.optax(*peers.CURVE), step)
    what = "`jax.jit(warmup_cosine(...))`, HLO instructions, {} / optax"
    yield row_of(what.format("optimized"), mine[1], other[1], str, 1.3)
    yield row_of(what.format("as traced"), mine[0], other[0], str)
