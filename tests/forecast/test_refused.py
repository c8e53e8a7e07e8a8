"""What the forecasts refuse, to the letter: the call, the demand, the value, the remedy."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import lrsched as lr
from lrsched import forecast

FLAT, STEPS = lr.warmup_constant(1e-3, 10), np.arange(20, 120, 4)
COSINE = lr.warmup_cosine(1e-3, 10, 120)
NAMES = {
    **vars(lr),
    **vars(forecast),
    "np": np,
    "jnp": jnp,
    "C": COSINE,
    "F": FLAT,
    "S": STEPS,
    "nan": math.nan,
    "inf": math.inf,
}

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
        "lrsched.parse(expression) reads one.",
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
    (ValueError, "fit([])", "fit(runs=[]) must be a list of runs; give (schedule, steps, losses) for each."),
    (TypeError, "fit(constant(1.0))", "fit(runs=constant(...)) must be a list of runs"),
    (TypeError, "fit([constant(1.0)])", "fit(runs[0]=constant(...)) must be a run; give (schedule, steps, losses)."),
    (
        ValueError,
        "fit([(C, S, S / 100), (C, [20, 30], [1.0, nan])])",
        "fit(runs[1].losses=[1.0, nan]) must be finite, and the loss at step 30 is nan; "
        "leave out the points at which the run had diverged.",
    ),
    (
        ValueError,
        "fit([(C, [20, 30], [1.0, 0.0])])",
        "fit(runs[0].losses=[1.0, 0.0]) must be greater than 0, and the loss at step 30 is 0; "
        "the laws are fitted to the logarithm of the loss, so add a constant to all of them.",
    ),
    (
        TypeError,
        "fit([(C, [20, 30], ['1.0', 'none'])])",
        "fit(runs[0].losses=['1.0', 'none']) must be a list of numbers; give the loss at each step.",
    ),
    (
        TypeError,
        "fit([(C, [20, 30], [1.0, {}])])",
        "fit(runs[0].losses=[1.0, {}]) must be a list of numbers; give the loss at each step.",
    ),
    (
        ValueError,
        "fit([(C, [20, 30], [1.0])])",
        "fit(runs[0].losses=[1.0]) must be a list of 2 losses; give one for each step.",
    ),
    (
        ValueError,
        "fit([(C, [20, 40, 30], [1.0, 1.0, 1.0])])",
        "fit(runs[0].steps=[20, 40, 30]) must rise, and 40 is followed by 30; "
        "sort them, and keep one loss for each step.",
    ),
    (
        ValueError,
        "fit([(C, [20, 20], [1.0, 1.0])])",
        "fit(runs[0].steps=[20, 20]) must rise, and 20 is followed by 20; sort them, and keep one loss for each step.",
    ),
    (
        TypeError,
        "fit([(C, [20.5, 30], [1.0, 1.0])])",
        "fit(runs[0].steps=[20.5, 30]) must be whole numbers of updates, and one is 20.5; "
        "count the updates before each loss.",
    ),
    (
        TypeError,
        "fit([(C, [20, nan], [1.0, 1.0])])",
        "fit(runs[0].steps=[20, nan]) must be whole numbers of updates, and one is nan; "
        "count the updates before each loss.",
    ),
    (
        TypeError,
        "fit([(C, 'steps', [1.0, 1.0])])",
        "fit(runs[0].steps='steps') must be a list of whole numbers of updates; count the updates before each loss.",
    ),
    (
        ValueError,
        "fit([(C, [-1, 20], [1.0, 1.0])])",
        "fit(runs[0].steps=[-1, 20]) must be at least 0, and one is -1; count the updates before each loss.",
    ),
    (
        ValueError,
        "fit([(C, [20, inf], [1.0, 1.0])])",
        "fit(runs[0].steps=[20, inf]) must be at most 100000000, and one is inf; "
        "count in a larger unit: lrsched.stretch(schedule, 0.01).",
    ),
    (
        ValueError,
        "fit([(constant(1.0), [0, 20], [1.0, 1.0])])",
        "fit(runs[0].steps=[0, 20]) must be 1 or more, after the first update, and begin at 0; "
        "leave out the losses before.",
    ),
    (
        ValueError,
        "fit([(C, [5, 20], [1.0, 1.0])])",
        "fit(runs[0].steps=[5, 20]) must be 10 or more, after the warmup, and begin at 5; leave out the losses before.",
    ),
    (
        ValueError,
        "fit([(constant(0.0), [5, 20], [1.0, 1.0])])",
        f"fit(runs[0].schedule=constant(...)) {ZERO} 20 updates; {END}",
    ),
    (
        ValueError,
        "fit([(C, [20, 60, 100], [3.0, 2.0, 1.0])])",
        "fit(runs) must hold 16 losses or more after the first tenth of the sum of rates, for 7 parameters, "
        "and hold 3; give more losses, or more runs.",
    ),
    (
        ValueError,
        "fit([(F, S, 2 + 1 / S)])",
        "fit(runs) must hold a run whose rate falls before its last loss; "
        "a constant rate does not show what a cooldown does.",
    ),
    (
        ValueError,
        "fit([(C, S, 2 + 1 / S)], law='multipower')",
        "fit(law='multipower') must be the name of a law; did you mean 'multi_power'?",
    ),
    (
        ValueError,
        "Law.from_config({})",
        "Law.from_config(lrsched_law=None) must be 1; give what law.to_config() gave.",
    ),
    (
        ValueError,
        "Law.from_config({'lrsched_law': 1, 'terms': [{'name': 'momentums'}]})",
        "Law.from_config(name='momentums') must be a law; did you mean 'momentum'?",
    ),
    (
        ValueError,
        "Law((), 1e-3, 1.0).interval(C, 100, level=1.0)",
        "interval(level=1.0) must be between 0 and 1; 0.9 is a usual one.",
    ),
]


@pytest.mark.parametrize(("kind", "call", "message"), BAD, ids=[call for _, call, _ in BAD])
def test_bad_input_is_refused(kind, call, message):
    with np.errstate(all="ignore"), pytest.raises(kind) as caught:
        eval(call, NAMES)
    assert message in str(caught.value)


def test_a_run_after_the_end_of_its_decay_is_warned_of():
    with pytest.warns(
        UserWarning, match=r"^fit\(runs\[1\].steps\) go on to 116, and the schedule ends at 60 and holds"
    ):
        forecast.fit(
            [(COSINE, STEPS, 2 + 1 / STEPS), (lr.warmup_cosine(1e-3, 10, 60), STEPS, 2 + 1 / STEPS)], law="momentum"
        )


def test_nothing_to_hold_out_is_warned_of():
    few = STEPS[:20]
    with pytest.warns(UserWarning, match=r"^fit\(runs\) hold too few losses for cross-validation"):
        law = forecast.fit([(COSINE, few, 2 + 1 / few)], law="momentum")
    assert (law.folds, law.shape, law.horizon) == (0, 0.0, 0.0)
