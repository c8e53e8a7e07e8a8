"""What cannot be written is refused: the call, the demand, the value, the remedy."""

import math
import re

import jax
import numpy as np
import pytest

import lrsched as lr
from lrsched.export import to_code

MADE = lr.linear(1.0, 0.0, 4)


def clock(t):
    return 2 * t


@lr.schedule
def swings(xp, value: lr.types.Value):
    """A formula that is not written in the words of xp."""
    return lambda t: value * (math.cos(t) if not hasattr(t, "dtype") else 1)


@lr.schedule
def decides(xp, value: lr.types.Value, steps: lr.types.Steps):
    """A formula that branches on its step."""
    return lambda t: value if t < steps else 0.0


@lr.schedule
def leaves(xp, value: lr.types.Value):
    """A formula that calls NumPy."""
    return lambda t: value * np.cos(t)


CASES = [
    (
        lambda: to_code(lr.linear, "python"),
        TypeError,
        "to_code(schedule=linear) must be a schedule; call it: lrsched.cosine(...).",
    ),
    (
        lambda: to_code("linear(1.0, 0.0, 4)", "python"),
        TypeError,
        "to_code(schedule='linear(1.0, 0.0, 4)') must be a schedule; lrsched.parse(expression) reads one.",
    ),
    (
        lambda: to_code(MADE, "pytorch"),
        ValueError,
        "to_code(target='pytorch') must be one of python, numpy, jax, optax, torch, javascript; did you mean 'torch'?",
    ),
    (lambda: to_code(MADE, None), TypeError, 'to_code(target=None) must be a str; write "python".'),
    (
        lambda: to_code(MADE, "python", name="learning rate"),
        ValueError,
        "to_code(name='learning rate') must be a name of Python; write \"learning_rate\".",
    ),
    (
        lambda: to_code(MADE, "python", name="lambda"),
        ValueError,
        "to_code(name='lambda') must be a name of Python; write \"learning_rate\".",
    ),
    (
        lambda: to_code(MADE, "python", name="max"),
        ValueError,
        "to_code(name='max') must be another name, for the source uses it; write \"learning_rate\".",
    ),
    (
        lambda: to_code(MADE, "jax", name="restart"),
        ValueError,
        "to_code(name='restart') must be another name, for the source uses it; write \"learning_rate\".",
    ),
    (lambda: to_code(MADE, "python", name=3), TypeError, 'to_code(name=3) must be a str; write "learning_rate".'),
    (
        lambda: to_code(lr.warmup(clock, 4), "python"),
        ValueError,
        "to_code(schedule=warmup(...)) must be made of schedules, not of plain callables; "
        "make clock a formula, under @lrsched.schedule.",
    ),
    (
        lambda: to_code(lr.scale(lr.compose(MADE, clock), 2.0), "jax"),
        ValueError,
        "to_code(schedule=scale(...)) must be made of schedules, not of plain callables; "
        "make clock a formula, under @lrsched.schedule.",
    ),
    (
        lambda: to_code(lr.linear(traced(), 0.0, 4), "python"),
        ValueError,
        "to_code(schedule=linear(...)) must be made of numbers, not of arrays; give its parameters as Python numbers.",
    ),
    (
        lambda: to_code(swings(1.0), "python"),
        ValueError,
        "to_code(schedule=swings(...)) must be made of formulas that can be written, "
        "but swings branches on a number; use the words of xp alone.",
    ),
    (
        lambda: to_code(lr.warmup(decides(1.0, 4), 3), "numpy"),
        ValueError,
        "to_code(schedule=warmup(...)) must be made of formulas that can be written, but decides branches on a number; "
        "use the words of xp alone.",
    ),
    (
        lambda: to_code(leaves(1.0), "torch"),
        ValueError,
        "to_code(schedule=leaves(...)) must be made of formulas that can be written, "
        "but leaves leaves the words of xp; use the words of xp alone.",
    ),
]


def traced():
    import torch

    return torch.tensor(1.0)


@pytest.mark.parametrize(("call", "kind", "message"), CASES)
def test_it_is_refused(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


def test_a_tracer_is_refused():
    with pytest.raises(ValueError, match="not of arrays"):
        jax.jit(lambda peak: to_code(lr.linear(peak, 0.0, 4), "jax") and peak)(1.0)


def test_what_is_too_long_for_jax_is_written_for_others():
    made = lr.warmup_linear(1.0, 4, 2**40)
    names = {}
    exec(to_code(made, "python"), names)
    assert names["learning_rate"](2**39) == made(2**39)
