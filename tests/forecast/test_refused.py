"""What the forecasts refuse, to the letter: the call, the demand, the value, the remedy."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import lrsched as lr
from lrsched import forecast

NAMES = {**vars(lr), **vars(forecast), "np": np, "jnp": jnp, "nan": math.nan, "inf": math.inf}

RATIO = "must be greater than 0; calibrate(best, steps) gives it."
COUNT = "must be a whole number of updates, 1 or more; count the updates that are done."
ZERO = "must be greater than 0 somewhere, and is 0 for all of"
END = "no update changes anything; give more steps, or another schedule."
NONE_OF_5, NONE_OF_1 = (f"{ZERO} {count} updates; {END}" for count in (5, 1))

BAD = [
    (ValueError, "bound(constant(0.0), 5)", f"bound(schedule=constant(...)) {NONE_OF_5}"),
    (ValueError, "bound(warmup_linear(1.0, 5, 9), 1)", f"bound(schedule=warmup_linear(...)) {NONE_OF_1}"),
    (
        ValueError,
        "bound(linear(1.0, -1.0, 10), 10)",
        "bound(schedule=linear(...)) must be at least 0, and is -0.2 at step 6; "
        "bound it: lrsched.clamp_min(schedule, 0.0).",
    ),
    (
        ValueError,
        "bound(lambda t: 1/(t - 3.0), 10)",
        "must be finite, and is inf at step 3; look at the callables that the schedule is made of.",
    ),
    (ValueError, "bound(constant(1.0), 0)", f"bound(steps=0) {COUNT}"),
    (ValueError, "bound(constant(1.0), 2.5)", f"bound(steps=2.5) {COUNT}"),
    (TypeError, "bound(constant(1.0), 'x')", "bound(steps='x')"),
    (ValueError, "bound(constant(1.0), [1, 0])", f"bound(steps=0) {COUNT}"),
    (
        TypeError,
        "bound(constant(1.0), [1.5])",
        "bound(steps=[1.5]) must be whole numbers of updates; count the updates that are done.",
    ),
    (
        ValueError,
        "bound(constant(1.0), [])",
        "bound(steps=[]) must hold a number of updates; give one, or an array of them.",
    ),
    (
        ValueError,
        "bound(constant(1.0), 10**9)",
        "bound(steps=1000000000) must be at most 100000000; count in a larger unit: lrsched.stretch(schedule, 0.01).",
    ),
    (ValueError, "bound(constant(1.0), 5, 0.0)", f"bound(ratio=0.0) {RATIO}"),
    (ValueError, "bound(constant(1.0), 5, -1.0)", f"bound(ratio=-1.0) {RATIO}"),
    (ValueError, "bound(constant(1.0), 5, nan)", "bound(ratio=nan) must be finite; give a number that float64 holds."),
    (
        ValueError,
        "bound(constant(1.0), 5, gradient_norms=[1.0, 2.0])",
        "bound(gradient_norms=[1.0, 2.0]) must be a list of 5 norms or more, one for each update; "
        "give the norm at each update.",
    ),
    (
        ValueError,
        "bound(constant(1.0), 2, gradient_norms=[1.0, nan])",
        "bound(gradient_norms=[1.0, nan]) must be finite and at least 0; a norm that overflowed is not one.",
    ),
    (
        TypeError,
        "bound(cosine, 5)",
        "bound(schedule=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
    ),
    (
        TypeError,
        "bound('linear(1, 0, 9)', 5)",
        "bound(schedule='linear(1, 0, 9)') must be a schedule, a callable or a number, not str; "
        "lrsched.parse(text) reads one.",
    ),
    (ValueError, "best_peak(constant(1.0), 5, 0)", f"best_peak(ratio=0) {RATIO}"),
    (ValueError, "best_peak(constant(0.0), 5, 1.0)", f"best_peak(schedule=constant(...)) {NONE_OF_5}"),
    (ValueError, "calibrate(constant(1.0), 0)", f"calibrate(steps=0) {COUNT}"),
    (
        TypeError,
        "transfer(0.1, 10, 20)",
        "transfer(schedule=0.1) must be a schedule of numbers; lrsched.wsd(...) is one.",
    ),
    (
        ValueError,
        "transfer(warmup_cosine(1.0, 30, 90), 90, 30)",
        "transfer(new_steps=30) must be greater than the warmup of 30 updates; the warmup keeps its length.",
    ),
    (
        ValueError,
        "rank([constant(1.0)], [5, 6], 1.0)",
        "rank(steps=[5, 6]) must be as many as the schedules, 1, not 2; give one number for all.",
    ),
]


@pytest.mark.parametrize(("kind", "call", "message"), BAD, ids=[call for _, call, _ in BAD])
def test_bad_input_is_refused(kind, call, message):
    with np.errstate(all="ignore"), pytest.raises(kind) as caught:
        eval(call, NAMES)
    assert message in str(caught.value)
