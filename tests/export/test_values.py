"""What is written gives the values of the schedule, in every target."""

import json
from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from py_mini_racer import MiniRacer

import lrsched as lr
from lrsched.export import to_code
from tests.cases import CASES

STEPS = [*range(-3, 70), 1000, 2**24 + 1, 2**31 - 1]
TARGETS = ["python", "numpy", "jax", "torch", "javascript"]


@cache
def engine():
    return MiniRacer()


def values(source: str, target: str) -> list[float]:
    if target == "javascript":
        script = source.replace("export function", "function")
        return json.loads(
            engine().eval(f"(() => {{{script}; return JSON.stringify({STEPS}.map(t => learningRate(t)))}})()")
        )
    names: dict = {}
    exec(source, names)
    rate = names["learning_rate"]
    if target == "python":
        return [rate(step) for step in STEPS]
    steps = {"numpy": np.asarray, "jax": jnp.asarray, "torch": torch.tensor}[target](STEPS)
    return np.asarray(rate(steps), np.float64).tolist()


REFUSED = {"radam_warmup"}
"""Its helper is plain Python that leaves the words of a formula."""
WRITTEN = {name: case.schedule for name, case in CASES.items() if case.high != float("inf") and name not in REFUSED}


@pytest.mark.parametrize("name", REFUSED)
def test_a_formula_that_leaves_the_words_is_refused(name):
    with pytest.raises(ValueError, match="must be made of formulas that can be written"):
        to_code(CASES[name].schedule, "python")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", WRITTEN)
def test_values(name, target):
    schedule = WRITTEN[name]
    found = values(to_code(schedule, target), target)
    rtol = 1e-9 if target in ("python", "numpy", "javascript") else 2e-5
    np.testing.assert_allclose(
        found, [schedule(step) for step in STEPS], rtol=rtol, atol=1e-7 if rtol > 1e-6 else 1e-12
    )


def test_pieces_that_are_the_same_object_are_all_kept():
    piece = lr.constant(0.5)
    same = lr.join([piece, lr.linear(0.0, 1.0, 3), piece], [2, 5])
    equal = lr.join([lr.constant(0.5), lr.linear(0.0, 1.0, 3), lr.constant(0.5)], [2, 5])
    assert to_code(same, "python") == to_code(equal, "python")
    assert values(to_code(same, "python"), "python") == [same(step) for step in STEPS]


def test_the_numbers_are_arguments():
    names: dict = {}
    exec(to_code(lr.warmup_cosine(1e-3, 100, 1000, end_value=1e-4), "python", name="get_lr"), names)
    other = lr.warmup_cosine(2e-3, 50, 400, end_value=1e-4)
    changed = [names["get_lr"](step, peak_value=2e-3, warmup_steps=50, total_steps=400) for step in range(-1, 410, 7)]
    assert changed == [other(step) for step in range(-1, 410, 7)]


@pytest.mark.parametrize("target", ["python", "numpy", "jax", "torch"])
@pytest.mark.parametrize(
    "schedule", [lr.polynomial(1.0, 0.1, 100, power=4.0), lr.sgdr(1.0, 0.1, 10, period_mult=1.5)], ids=str
)
def test_the_source_is_short(schedule, target):
    source = to_code(schedule, target)
    assert "NUMBERS" not in source
    if target == "python":
        assert len([line for line in source.splitlines() if line.strip()]) <= 80


def test_a_formula_of_ones_own_is_written():
    @lr.schedule
    def halving(xp, init_value: lr.Value, steps: lr.Period):
        """Half as much after every `steps` steps."""
        return lambda t: init_value * xp.exp(-0.6931471805599453 * t / steps)

    schedule = lr.warmup(halving(1.0, 10), 5)
    np.testing.assert_allclose(values(to_code(schedule, "python"), "python"), [schedule(t) for t in STEPS], rtol=1e-12)


def test_a_formula_without_source_is_refused():
    scope: dict = {"lr": lr}
    exec("@lr.schedule\ndef typed_in(xp, init_value: lr.Value):\n    return lambda t: init_value\n", scope)
    with pytest.raises(ValueError, match="source"):
        to_code(scope["typed_in"](1.0), "python")
