"""`lrsched.interop.optax` against optax in float64: arguments are drawn, and every step of the run is compared."""

import inspect
import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import optax
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import lrsched as lr
from lrsched.interop import optax as ours
from lrsched.peers import functions_of

STEPS = np.arange(512)  # of all runs, so that jax compiles once; the longest run is shorter
LONGEST = 400

many = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

VALUES = st.floats(1e-5, 1.0).map(lambda value: float(f"{value:.3g}")) | st.sampled_from([0.0, 1.0])
POSITIVE = VALUES.filter(bool)
LENGTHS = st.integers(1, LONGEST)
WAITS = st.integers(0, 60)
POWERS = st.floats(0.2, 4.0).map(lambda power: round(power, 3)) | st.sampled_from([0, 1, 1.0, 2])
SCALES = st.dictionaries(st.integers(0, LONGEST), st.floats(0.0, 2.0).map(lambda scale: round(scale, 3)), max_size=3)
FACTORS = st.floats(1.5, 50.0).map(lambda factor: round(factor, 3))
RATES = st.floats(0.05, 1.2).map(lambda rate: round(rate, 3)) | st.just(0)


def call(required, optional=None):
    """The keyword arguments of a call; those that are optional may be left out."""
    return st.fixed_dictionaries(required, optional=optional or {})


TRANSITION = {"init_value": VALUES, "end_value": VALUES, "transition_steps": st.integers(0, LONGEST)}
DECAY = {"transition_steps": st.integers(0, LONGEST), "decay_rate": RATES}
DECAY_OPTIONS = {"transition_begin": WAITS, "staircase": st.booleans(), "end_value": st.none() | VALUES}
ONE_CYCLE = {"pct_start": st.floats(0.0, 0.6), "div_factor": FACTORS, "final_div_factor": FACTORS}


def warmed(warmup, decay, kwargs):
    return {**kwargs, "warmup_steps": warmup, "decay_steps": warmup + decay}


WARMUP_COSINE = st.builds(
    warmed,
    st.integers(0, 100),
    st.integers(1, 60),
    call({"init_value": VALUES, "peak_value": POSITIVE}, {"end_value": VALUES, "exponent": POWERS}),
)

CALLS = {
    "constant_schedule": call({"value": VALUES}),
    "polynomial_schedule": call({**TRANSITION, "power": POWERS}, {"transition_begin": WAITS}),
    "linear_schedule": call(TRANSITION, {"transition_begin": WAITS}),
    "piecewise_constant_schedule": call({"init_value": VALUES}, {"boundaries_and_scales": st.none() | SCALES}),
    "exponential_decay": call({"init_value": VALUES, **DECAY}, DECAY_OPTIONS),
    "cosine_decay_schedule": call(
        {"init_value": VALUES, "decay_steps": LENGTHS}, {"alpha": st.floats(0.0, 1.5), "exponent": POWERS}
    ),
    "piecewise_interpolate_schedule": call(
        {"interpolate_type": st.sampled_from(["linear", "cosine"]), "init_value": VALUES},
        {"boundaries_and_scales": st.none() | SCALES},
    ),
    "linear_onecycle_schedule": call(
        {"transition_steps": st.integers(20, LONGEST), "peak_value": VALUES},
        {**ONE_CYCLE, "pct_final": st.floats(0.7, 0.95)},
    ),
    "cosine_onecycle_schedule": call({"transition_steps": st.integers(20, LONGEST), "peak_value": VALUES}, ONE_CYCLE),
    "warmup_constant_schedule": call(
        {"init_value": VALUES, "peak_value": VALUES, "warmup_steps": st.integers(0, LONGEST)}
    ),
    "warmup_cosine_decay_schedule": WARMUP_COSINE,
    "warmup_exponential_decay_schedule": call(
        {"init_value": VALUES, "peak_value": VALUES, "warmup_steps": st.integers(0, 100), **DECAY}, DECAY_OPTIONS
    ),
    "sgdr_schedule": st.builds(
        lambda cycles: {"cosine_kwargs": cycles}, st.lists(WARMUP_COSINE, min_size=1, max_size=3)
    ),
}


def library(name, kwargs, steps=STEPS):
    """What optax gives at some steps, in float64."""
    return values_of(getattr(optax, name)(**kwargs), steps)


def values_of(rate, steps):
    with jax.enable_x64(True):
        return np.array(jax.vmap(rate)(jnp.asarray(steps)))


def assert_same(schedule, rate, steps=STEPS):
    """Equal to 1e-9 relative, and to the rounding of optax.

    optax takes small values as differences of large ones: 1 + cos next to the end, `(init - end) + end` at the start of
    a ramp, both rounded to an ulp of the greatest value; an exponent below 1 multiplies the rounding of a small wave by
    up to 6, the most that it does in runs of 400 steps. Under vmap a step is divided by multiplying with the
    reciprocal, which is not always 1 at the end: what differs is asked again alone.
    """
    values, expected = schedule(steps), values_of(rate, steps)
    assert values.dtype == np.float64
    bound = 1e-9 * np.abs(expected) + 8 * np.finfo(float).eps * np.max(np.abs(expected))
    different = np.flatnonzero(~(np.abs(values - expected) <= bound))
    with jax.enable_x64(True):
        alone = np.array([float(rate(jnp.asarray(steps[index]))) for index in different])
    assert np.all(np.abs(values[different] - alone) <= bound[different]), (steps[different], values[different], alone)


@pytest.mark.parametrize("name", CALLS)
@many
@given(data=st.data())
def test_every_step(name, data):
    kwargs = data.draw(CALLS[name])
    schedule = getattr(ours, name)(**kwargs)
    assert_same(schedule, getattr(optax, name)(**kwargs))
    assert lr.parse(repr(schedule)) == schedule


PIECES = st.sampled_from([name for name in CALLS if name != "piecewise_interpolate_schedule"]).flatmap(
    lambda name: st.tuples(st.just(name), CALLS[name])
)


@many
@given(
    st.lists(PIECES, min_size=1, max_size=4),
    st.lists(st.integers(1, 200), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_every_step_of_a_join(pieces, boundaries):
    boundaries = boundaries[: len(pieces) - 1]
    children = [getattr(optax, name)(**kwargs) for name, kwargs in pieces]
    schedule = ours.join_schedules([getattr(ours, name)(**kwargs) for name, kwargs in pieces], boundaries)
    assert_same(schedule, optax.join_schedules(children, boundaries))


def test_functions_and_arguments_are_those_of_optax():
    assert {*functions_of(ours)} == {*CALLS, "join_schedules"}
    for name in functions_of(ours):
        mine, theirs = (inspect.signature(getattr(module, name)).parameters for module in (ours, optax))
        assert [(p.name, p.default) for p in mine.values()] == [(p.name, p.default) for p in theirs.values()]


def test_no_schedule_of_optax_is_missing():
    public = {name for name, value in vars(optax.schedules).items() if inspect.isfunction(value)}
    assert public - {*functions_of(ours)} == {"inject_hyperparams", "inject_stateful_hyperparams"}, "not schedules"


# Where optax is not the measure.


def exact(init_value, decay_steps, alpha, exponent, step):
    wave = ((1 + mpmath.cospi(mpmath.mpf(step) / decay_steps)) / 2) ** mpmath.mpf(exponent)
    return init_value * ((1 - mpmath.mpf(alpha)) * wave + mpmath.mpf(alpha))


@pytest.mark.parametrize("alpha", [0.0, 0.1])
@pytest.mark.parametrize("exponent", [1.0, 1.341, 0.5, 3])
def test_the_last_steps_of_a_million(alpha, exponent):
    """The exact values are the measure: what is left of the digits of optax's 1 + cos is not."""
    total = 1_000_000
    steps = np.array([0, 1, 500_000, *range(total - 1000, total + 2)])
    shape = {"alpha": alpha, "exponent": exponent}
    schedule = ours.cosine_decay_schedule(0.3, total, **shape)
    with mpmath.workdps(40):
        true = np.array([float(exact(0.3, total, alpha, exponent, min(int(t), total))) for t in steps])
    error = np.abs(schedule(steps) - true)
    assert np.all(error <= 1e-14 * true)
    assert error[-2:].tolist() == [0.0, 0.0]
    theirs = library("cosine_decay_schedule", {"init_value": 0.3, "decay_steps": total, **shape}, steps)
    assert np.any(np.abs(theirs - true) > 1e-9 * true) or alpha > 0


@pytest.mark.parametrize(
    "name", ["polynomial_schedule", "linear_schedule", "exponential_decay", "cosine_decay_schedule"]
)
def test_lengths_need_not_be_whole(name):
    kwargs = {
        "polynomial_schedule": {"init_value": 0.3, "end_value": 0.1, "power": 1.5, "transition_steps": 99.25},
        "linear_schedule": {"init_value": 0.3, "end_value": 0.1, "transition_steps": 99.25, "transition_begin": 7},
        "exponential_decay": {"init_value": 0.3, "transition_steps": 9.25, "decay_rate": 0.9, "staircase": True},
        "cosine_decay_schedule": {"init_value": 0.3, "decay_steps": 99.25, "exponent": 1.5},
    }[name]
    assert_same(getattr(ours, name)(**kwargs), getattr(optax, name)(**kwargs))


def test_steps_may_be_text():
    """As JSON makes the keys of objects."""
    kwargs = {"init_value": 1.0, "boundaries_and_scales": {"20": 0.5, "3": 0.1}}
    assert ours.piecewise_constant_schedule(**kwargs) == lr.piecewise_constant([1.0, 0.1, 0.05], [3, 20])


def test_cycles_may_come_from_a_generator():
    cycle = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": 10}
    assert ours.sgdr_schedule(cycle for _ in range(2)) == ours.sgdr_schedule([cycle, cycle])


def test_a_callable_may_be_joined():
    schedule = ours.join_schedules([optax.linear_schedule(0.0, 1.0, 10), ours.constant_schedule(1.0)], [10])
    assert math.isclose(schedule(5), 0.5)
    assert schedule(10) == 1.0


def test_values_may_be_traced():
    def rate(peak):
        return ours.warmup_cosine_decay_schedule(0.0, peak, 10, 100)(5)

    assert jax.jit(rate)(1.0) == jax.grad(rate)(1.0) == 0.5


REFUSED = [
    # What optax refuses.
    ("cosine_decay_schedule(1.0, 0)", "decay_steps=0) must be greater than 0; give a number of steps."),
    (
        "warmup_cosine_decay_schedule(0.0, 1.0, 10, 10)",
        "decay_steps=10) must be greater than warmup_steps=10; decay_steps includes it.",
    ),
    (
        "piecewise_constant_schedule(1.0, {10: -0.5})",
        "boundaries_and_scales[10]=-0.5) must be at least 0; a scale multiplies the value.",
    ),
    (
        "piecewise_interpolate_schedule('cosin', 1.0)",
        "interpolate_type='cosin') must be one of 'linear', 'cosine'; did you mean 'cosine'?",
    ),
    (
        "linear_onecycle_schedule(0, 1.0)",
        "transition_steps=0) must leave a step for each phase after the first, and they end at steps 0, 0, 0; "
        "make the run longer or move the fractions apart.",
    ),
    # What it takes without a word, and gets wrong.
    ("linear_schedule(1.0, 0.0, -5)", "transition_steps=-5) must be at least 0; steps are counted from 0."),
    ("polynomial_schedule(1.0, 0.0, 2, 5, -3)", "transition_begin=-3) must be at least 0; steps are counted from 0."),
    (
        "exponential_decay(1.0, 5, -0.5)",
        "decay_rate=-0.5) must be at least 0; a decay multiplies by a number between 0 and 1.",
    ),
    (
        "linear_schedule(1.0, 0.0, 0.1)",
        "transition_steps=0.1) must be a number of steps, not a ratio; multiply it by the total number of steps.",
    ),
    ("linear_schedule(1.0, 0.0, 10, 2.5)", "transition_begin=2.5) must be a whole number of steps; give 2 or 3."),
    (
        "join_schedules([1.0, 0.5, 0.1], [10])",
        "boundaries=[10]) must be one shorter than schedules, of which there are 3; "
        "boundaries[i] is the first step of schedules[i + 1].",
    ),
    (
        "join_schedules([1.0, 0.5, 0.1], [10, 5])",
        "boundaries[1]=5) must be after 10; sort the boundaries together with their pieces.",
    ),
    (
        "join_schedules([1.0, 0.5, 0.1], [10, 10])",
        "boundaries[1]=10) must not repeat; leave out the piece of no steps.",
    ),
    (
        "linear_onecycle_schedule(3, 1.0, pct_final=0.3)",
        "transition_steps=3) must leave a step for each phase after the first, and they end at steps 0, 0, 3; "
        "make the run longer or move the fractions apart.",
    ),
    (
        "cosine_onecycle_schedule(100, 1.0, pct_start=1.0)",
        "transition_steps=100) must leave a step for each phase after the first, and they end at steps 100, 100; "
        "make the run longer or move the fractions apart.",
    ),
    (
        "warmup_cosine_decay_schedule(0.0, 0.0, 10, 100, end_value=0.1)",
        "peak_value=0.0) must not be 0 with end_value=0.1, which optax then ignores; "
        "linear_schedule goes from one value to another.",
    ),
    (
        "piecewise_constant_schedule(1.0, {10: 0.5, '10': 0.5})",
        "boundaries_and_scales['10']=0.5) must not give step 10 again; multiply the two scales.",
    ),
    (
        "polynomial_schedule(1.0, 0.0, -1, 100)",
        "power=-1) must be at least 0; a negative power is infinite at its end.",
    ),
    (
        "cosine_decay_schedule(1.0, 100, exponent=-0.5)",
        "exponent=-0.5) must be at least 0; a negative power is infinite at its end.",
    ),
    # Types.
    (
        "piecewise_constant_schedule(1.0, [10])",
        "boundaries_and_scales=[10]) must be a dict, not list; write {1000: 0.1}.",
    ),
    ("polynomial_schedule(1.0, 0.0, '2', 10)", "power='2') must be a number, not str; write 2 without quotes."),
    (
        "sgdr_schedule({'decay_steps': 10})",
        "cosine_kwargs={'decay_steps': 10}) must be a list, not dict; write [{...}, {...}].",
    ),
    (
        "sgdr_schedule([10])",
        "cosine_kwargs[0]=10) must be a dict, not int; warmup_cosine_decay_schedule takes its arguments.",
    ),
    ("sgdr_schedule([])", "cosine_kwargs=[]) must not be empty; write [{...}, {...}]."),
    (
        "linear_schedule(1.0, 0.0, jax.numpy.ones(2))",
        "transition_steps=<array of shape (2,)>) must be one number; use jax.vmap for many.",
    ),
    ("cosine_decay_schedule(1.0, 10, alhpa=0.1)", "alhpa=...) is not a parameter; did you mean 'alpha'?"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_refused(text, message):
    name = text.partition("(")[0]
    with pytest.raises((TypeError, ValueError)) as caught:
        eval(text, {**vars(ours), "jax": jax})
    assert str(caught.value) == f"{name}({message}"


def test_a_cycle_that_is_refused_has_a_number():
    cycle = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": 10}
    with pytest.raises(
        ValueError, match=r"^sgdr_schedule\.cosine_kwargs\[1\]: warmup_cosine_decay_schedule\(decay_steps=1\)"
    ):
        ours.sgdr_schedule([cycle, {**cycle, "decay_steps": 1}])
    with pytest.raises(TypeError, match=r"cosine_kwargs\[0\]: .* is missing init_value, warmup_steps"):
        ours.sgdr_schedule([{"peak_value": 1.0}])


def test_a_length_is_not_traced():
    with pytest.raises(TypeError, match=r"transition_steps=<array of int32>\) must be a number, not traced; print"):
        jax.jit(lambda steps: ours.linear_schedule(0.0, 1.0, steps)(5))(10)
