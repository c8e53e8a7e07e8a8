"""Texts with names and arithmetic stand for what Python computes, and hold nothing but numbers afterwards."""

import contextlib
import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

import lrsched as lr

VOCABULARY = {name: value for name, value in vars(lr).items() if hasattr(value, "formula")}
NAMES = {"total": 20_000, "peak": 3e-4, "rise": 7, "n": 2.5, "zero": 0, "minus": -3}

RESOLVED = {
    "warmup_cosine(3e-4, 0.03*total, total)": lr.warmup_cosine(3e-4, 600, 20_000),
    "warmup_cosine(peak, rise, total, end_value=peak/10)": lr.warmup_cosine(3e-4, 7, 20_000, end_value=3e-4 / 10),
    "lrsched.linear(peak, -peak, total//3)": lr.linear(3e-4, -3e-4, 6666),
    "linear(0, 1, n)": lr.linear(0, 1, 3),
    "linear(0, 1, 0.145 * 100)": lr.linear(0, 1, 14),  # as in Python: 14.499999999999998
    "linear(0, 1, (total - 2*rise) // 2 - 1)": lr.linear(0, 1, 9992),
    "0.5 * cosine(1.0, 0.0, total)": lr.scale(lr.cosine(1.0, 0.0, 20_000), 0.5),
    "cosine(1.0, 0.0, total) * (peak / 2)": lr.scale(lr.cosine(1.0, 0.0, 20_000), 1.5e-4),
    "cosine(1.0, 0.0, 9) + 1e-5": lr.add(lr.cosine(1.0, 0.0, 9), 1e-5),
    "1 - cosine(1.0, 0.0, 9)": 1 - lr.cosine(1.0, 0.0, 9),
    "-cosine(1.0, 0.0, 9)": -lr.cosine(1.0, 0.0, 9),
    "cosine(1.0, 0.0, 9) / 4": lr.scale(lr.cosine(1.0, 0.0, 9), 0.25),
    "peak * linear(0, 1, 9) / (total / 2)": lr.scale(lr.scale(lr.linear(0, 1, 9), 3e-4), 1e-4),
    "linear(0, 1, 9) * cosine(1, 0, 9) - step_decay(1, 0.5, 3)": lr.linear(0, 1, 9) * lr.cosine(1, 0, 9)
    - lr.step_decay(1, 0.5, 3),
    "join([2 * linear(0, peak, 9), peak], [rise])": lr.join([2 * lr.linear(0, 3e-4, 9), 3e-4], [7]),
    "warmup(1.0, rise, ramp=partial(polynomial, power=n))": lr.warmup(1.0, 7, ramp=partial(lr.polynomial, power=2.5)),
    "constant(+n)": lr.constant(2.5),
    "constant(2 - -3 + -1)": lr.constant(4.0),
}


@pytest.mark.parametrize(("text", "schedule"), RESOLVED.items(), ids=list(RESOLVED))
def test_names_are_resolved(text, schedule):
    """To the schedule that the same code makes; its repr holds numbers alone."""
    made = lr.parse(text, **NAMES)
    assert made == schedule == eval(text.replace("lrsched.", ""), {**VOCABULARY, "partial": partial, **NAMES})
    assert lr.parse(repr(made)) == made
    assert lr.names(repr(made)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("warmup_cosine(peak, 0.03*total, total)", ["peak", "total"]),
        ("linear(0, 1, 9)", []),
        ("b * linear(a, lrsched.cosine(1, c, 2), steps=d) + e - [f, {1: g}][0]", None),
        ("b * linear(a, lrsched.cosine(1, c, 2), steps=d) + e", ["b", "a", "c", "d", "e"]),
        ("wsd(peak, warmup, total, decay, decay=cosine)", ["peak", "warmup", "total", "decay"]),
        ("warmup(1, 5, ramp=partial(polynomial, power=p))", ["p"]),
        ("piecewise_constant([a, b], [-c])", ["a", "b", "c"]),
        ("total", ["total"]),
        ("mine(total)", None),
        ("__import__('os').system(x)", None),
        ("[x for x in y]", None),
        ("linear(x", None),
    ],
)
def test_open_names(text, names):
    """In the order in which they appear; names of ramps and of parameters are not among them."""
    if names is None:
        with pytest.raises(lr.ParseError, match=r"[.?]$"):
            lr.names(text)
    else:
        assert lr.names(text) == names


def test_a_name_that_is_given_and_not_used():
    """Whoever knows the length of a run gives it to every text."""
    assert lr.parse("constant(1)", total=5) == lr.constant(1)


def test_a_name_that_is_a_word_of_the_vocabulary():
    """Where a number is due, the number that is given; where a schedule is called, the schedule."""
    assert lr.parse("warmup(linear, linear, ramp=cosine)", linear=5) == lr.warmup(5, 5, ramp=lr.cosine)
    assert lr.parse("warmup(linear(linear, 0, 9), warmup)", linear=5, warmup=3) == lr.warmup(lr.linear(5, 0, 9), 3)


def test_a_part_of_a_step():
    """Of a short run is rounded, where it was computed from a name; a number below 1 that is written is a ratio."""
    for text, steps in (
        ("0.03*total", 0),
        ("total/20", 1),
        ("-(-0.04*total)", 0),
        ("1/total", 0),
        ("1 - 0.5*total/10", 1),
    ):
        assert lr.parse(f"linear(0, 1, {text})", total=10) == lr.linear(0, 1, steps)
    assert lr.parse("shift(linear(0, 1, 9), -(0.06*total))", total=10) == lr.shift(lr.linear(0, 1, 9), -1)
    for text in ("linear(0, 1, 0.3)", "linear(0, 1, 3/10)", "linear(0, 1, part)", "linear(0, 1, part/2)"):
        with pytest.raises(lr.ParseError, match="must be a number of steps, not a ratio"):
            lr.parse(text, part=0.3)
    assert type(lr.parse("constant(total)", total=10).parameters["value"]) is float


# Chance.

numbers = st.one_of(
    st.integers(0, 10**6).map(str), st.floats(0, 1e6).map(repr), st.sampled_from(["0", "1", "1e300", "5e-324", *NAMES])
)
operations = st.sampled_from(["+", "-", "*", "/", "//"])


def combined(inner):
    binary = st.tuples(inner, operations, inner)
    return st.one_of(
        binary.map(" ".join), binary.map(lambda parts: f"({' '.join(parts)})"), inner.map(lambda text: f"-({text})")
    )


expressions = st.recursive(numbers, combined, max_leaves=12)


def read(text):
    """A schedule, or nothing where the arithmetic is refused."""
    with contextlib.suppress(lr.ParseError):
        return lr.parse(text, **NAMES)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(expressions)
def test_arithmetic_is_pythons(text):
    """The same float, to the last bit, or refused where Python has an error, or a result on the way is not finite."""
    try:
        value = eval(text, dict(NAMES))
    except (ZeroDivisionError, OverflowError):
        value = math.nan
    made = read(f"constant({text})")
    if math.isfinite(value) and "1e300" not in text:
        assert made == lr.constant(value)
    else:
        assert made is None or made == lr.constant(value)


@pytest.mark.parametrize(
    "text", ["1e300 * 1e300", "n / zero", "n // zero", "1e300 ** 2", "10**400", "1e300 * 1e300 / 1e300"]
)
def test_what_is_not_finite_is_refused(text):
    assert read(f"constant({text})") is None


schedules = st.sampled_from(["linear(0, 1, 9)", "cosine(1, 0.1, total)", "step_decay(n, 0.5, 3)"])


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(schedules, st.sampled_from(["2", "-0.5", "peak"])), st.sampled_from("+-*")), max_size=5
    )
)
def test_arithmetic_of_schedules_is_pythons(parts):
    text = "".join(f"{item} {sign} " for item, sign in parts) + "linear(1, 0, 5)"
    assert lr.parse(text, **NAMES) == eval(text, {**VOCABULARY, **NAMES})


# Numbers of other libraries.


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.array, jnp.asarray])
def test_numbers_of_arrays(kind):
    """Those that are known are Python numbers from then on."""
    made = lr.parse("linear(0, 1, 3*total)", total=kind(7))
    assert made == lr.linear(0, 1, 21)
    assert type(made.parameters["steps"]) is int


def test_a_tensor_stays_one():
    """So that a gradient may be asked of it."""
    peak = torch.tensor(2.0, requires_grad=True)
    lr.parse("0.5 * linear(peak * 2, 0, total)", peak=peak, total=4)(1).backward()
    assert peak.grad == 0.75


def test_traced_numbers():
    """One text, compiled once for all peaks and lengths; its values are those of the resolved texts."""
    text = "warmup_cosine(peak, 0.1*total, total, end_value=peak/10)"
    traced = jax.jit(jax.vmap(lambda peak, total, t: lr.parse(text, peak=peak, total=total)(t), (0, 0, None)))
    peaks, totals = [1.0, 0.5, 0.25], [100, 200, 400]
    values = traced(jnp.array(peaks), jnp.array(totals), 70)
    expected = [lr.parse(text, peak=peak, total=total)(70) for peak, total in zip(peaks, totals, strict=True)]
    np.testing.assert_allclose(values, expected, rtol=8 * 2.0**-24)  # a ramp of traced ends, in float32: a few ulp
    assert traced._cache_size() == 1


# Sizes stay bounded.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("constant(" + "+".join(["1"] * 162) + ")", "nested deeper than 160"),
        ("constant(" + "-".join(["a"] * 162) + ")", "nested deeper than 160"),
        ("*".join(["linear(0, 1, 9)"] * 66), "must not be nested deeper than 64"),
        ("constant(" + "*".join(["9" * 4_000] * 9) + ")", "must be finite"),
    ],
)
def test_large_arithmetic_is_refused(text, message):
    with pytest.raises(lr.ParseError, match=message):
        lr.parse(text, a=1)
