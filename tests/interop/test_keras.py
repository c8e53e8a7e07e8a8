"""`lrsched.interop.keras` against Keras: arguments are drawn, and every step of the run is compared."""

import inspect
import math
import sys
from fractions import Fraction

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import lrsched as lr
from lrsched.interop import keras as ours
from lrsched.peers import functions_of

STEPS = np.arange(512)  # of all runs, so that jax compiles once; the longest run is shorter
LONGEST = 400
ULP = 2.0**-23  # of the float32 that Keras computes in

many = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

VALUES = st.floats(1e-5, 1.0).map(lambda value: float(f"{value:.3g}")) | st.sampled_from([0.0, 1.0])
LENGTHS = st.integers(1, LONGEST)
POWERS = st.floats(0.2, 4.0).map(lambda power: round(power, 3)) | st.sampled_from([0, 1, 1.0, 2])
ALPHAS = st.floats(0.0, 1.5).map(lambda alpha: round(alpha, 3))
NAMES = st.just("rate")


def call(required, optional=None):
    """The keyword arguments of a call; those that are optional may be left out."""
    return st.fixed_dictionaries(required, optional={"name": NAMES, **(optional or {})})


def table(values):
    boundaries = st.lists(st.integers(0, LONGEST), min_size=len(values) - 1, max_size=len(values) - 1, unique=True)
    return boundaries.map(lambda steps: {"boundaries": sorted(steps), "values": values})


DECAY = {"initial_learning_rate": VALUES, "decay_steps": LENGTHS}
CALLS = {
    "ExponentialDecay": call({**DECAY, "decay_rate": st.floats(0.05, 1.1) | st.just(0)}, {"staircase": st.booleans()}),
    "PiecewiseConstantDecay": st.lists(VALUES, min_size=2, max_size=4).flatmap(table),
    "PolynomialDecay": call(DECAY, {"end_learning_rate": VALUES, "power": POWERS, "cycle": st.booleans()}),
    "InverseTimeDecay": call({**DECAY, "decay_rate": st.floats(0.0, 5.0)}, {"staircase": st.booleans()}),
    "CosineDecay": call(
        DECAY, {"alpha": ALPHAS, "warmup_target": st.none() | VALUES, "warmup_steps": st.integers(0, 100)}
    ),
    "CosineDecayRestarts": call(
        {"initial_learning_rate": VALUES, "first_decay_steps": st.integers(20, LONGEST)},
        {"t_mul": st.sampled_from([1, 1.0, 1.5, 2, 2.0, 3.0]), "m_mul": st.sampled_from([0.0, 0.5, 0.9, 1.0, 1.3]),
         "alpha": ALPHAS},
    ),
}  # fmt: skip


def live(name, kwargs):
    return getattr(keras.optimizers.schedules, name)(**kwargs)


def library(name, kwargs):
    """What Keras gives at all steps, in float32."""
    values = jax.vmap(live(name, kwargs))(jnp.asarray(STEPS))
    assert values.dtype == jnp.float32
    return np.asarray(values, np.float64)


def restarts(kwargs):
    """The steps at which a cycle begins. Keras finds them by a logarithm in float32, and some of them a step late."""
    multiple, begin, length = Fraction(kwargs.get("t_mul", 2.0)), Fraction(0), Fraction(kwargs["first_decay_steps"])
    found = []
    while begin <= STEPS[-1]:
        found.append(math.ceil(begin))
        begin, length = begin + length, length * multiple
    return found[1:]


def assert_same(name, kwargs, ulps=4, but=()):
    """Equal to 5e-5 relative, and to the rounding of Keras, in ulps of its greatest value.

    Small values are differences of numbers as large as the greatest one: 1 + cos, 1 - p, `(init - end) + end`. Under
    vmap a step is divided by multiplying with the reciprocal, which puts some stairs a step late: what differs is asked
    again alone, as an optimizer asks.
    """
    schedule, rate, expected = made(name, kwargs), live(name, kwargs), library(name, kwargs)
    values, peak = schedule(STEPS), np.max(np.abs(expected))
    assert values.dtype == np.float64

    def close(steps):
        return np.abs(values[steps] - expected[steps]) <= 5e-5 * np.abs(expected[steps]) + ulps * ULP * peak

    different = STEPS[~close(STEPS)]
    assert len(different) <= len(STEPS) // 2
    expected[different] = [float(rate(jnp.asarray(step))) for step in different]
    different = different[~close(different)]
    assert set(different) <= set(but), (different, values[different], expected[different])


def made(name, kwargs):
    """The schedule of a call, which is that of the object of Keras as well, and is kept as text."""
    schedule = getattr(ours, name)(**kwargs)
    assert ours.from_schedule(live(name, kwargs)) == schedule
    assert lr.parse(repr(schedule)) == schedule
    return schedule


@pytest.mark.parametrize("name", [name for name in CALLS if name != "CosineDecayRestarts"])
@many
@given(data=st.data())
def test_every_step(name, data):
    kwargs = data.draw(CALLS[name])
    assert_same(name, kwargs)


@settings(many, max_examples=10)  # Keras compiles each anew
@given(CALLS["CosineDecayRestarts"])
def test_every_step_of_restarts(kwargs):
    """The phase is a difference of up to 26 cycles, and its slope pi/2: 42 ulp."""
    starts = restarts(kwargs)
    assert_same("CosineDecayRestarts", kwargs, ulps=42, but=starts)
    if kwargs.get("m_mul", 1.0):
        assert ours.CosineDecayRestarts(**kwargs).boundaries[: len(starts)] == tuple(starts)


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 99.25}),
        ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 99.5, "warmup_target": 0.3, "warmup_steps": 9}),
        ("PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 99.25, "power": 1.5}),
        ("ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 2.5, "decay_rate": 0.9, "staircase": True}),
        ("ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 2.5, "decay_rate": 0, "staircase": True}),
        ("InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 0.5, "decay_rate": 0.1, "staircase": True}),
        ("PiecewiseConstantDecay", {"boundaries": [5.5, 10.2], "values": [1, 0.5, 0.1]}),
    ],
)
def test_lengths_need_not_be_whole(name, kwargs):
    assert_same(name, kwargs)


@pytest.mark.parametrize("power", [0, 0.5, 1, 2.5])
@pytest.mark.parametrize("steps", [1, 3, 4609])
def test_cycles_far_out(steps, power):
    """As the formula of Keras has it in float64, at every step around a hundred ends and at others up to a million."""
    ends = np.arange(0, 10**6, max(10**4 // steps, 1) * steps)[:, None]
    t = np.unique(np.concatenate([(ends + np.arange(3)).ravel(), np.arange(0, 10**6, 997)]))
    # An array of fractions p = t/(T*m), its difference from 1 taken of integers, so that it is exact.
    whole = steps * np.maximum(-(-t // steps), 1)
    expected = (0.3 - 0.01) * ((whole - t) / whole) ** power + 0.01
    schedule = ours.PolynomialDecay(0.3, steps, 0.01, power, cycle=True)
    # What is left is one minus the clock, which rounds to half an ulp below 1.
    steep = power * ((whole - t) / whole + (whole == t)) ** (power - 1) if power else 0.0
    assert np.all(np.abs(schedule(t) - expected) <= 1e-14 * expected + 2.0**-53 * 0.3 * steep)


def test_functions_and_arguments_are_those_of_keras():
    theirs = {name for name in vars(keras.optimizers.schedules) if name[0].isupper()} - {"LearningRateSchedule"}
    assert {*functions_of(ours)} == set(CALLS) | {"from_schedule"} == theirs | {"from_schedule"}
    for name in CALLS:
        mine = inspect.signature(getattr(ours, name)).parameters.values()
        real = inspect.signature(getattr(keras.optimizers.schedules, name)).parameters.values()
        assert [(p.name, p.default) for p in mine] == [(p.name, p.default) for p in real]


# What is refused.

INTEGER = "must be a float, not int; write {}, for Keras computes in integers from an integer."
REFUSED = [
    # What Keras refuses.
    ("CosineDecay(0.1, 0)", "decay_steps=0) must be greater than 0; give a number of steps."),
    ("ExponentialDecay(0.1, -5, 0.9)", "decay_steps=-5) must be greater than 0; give a number of steps."),
    ("PolynomialDecay(0.1, 0)", "decay_steps=0) must be greater than 0; give a number of steps."),
    ("InverseTimeDecay(0.1, 0, 0.5)", "decay_steps=0) must be greater than 0; give a number of steps."),
    ("CosineDecayRestarts(0.1, 0)", "first_decay_steps=0) must be at least 1; a period has one step or more."),
    (
        "PiecewiseConstantDecay([10, 20], [0.1, 0.2])",
        "values=[0.1, 0.2]) must be one longer than boundaries=[10, 20], which must not be empty; "
        "values[i] holds up to boundaries[i].",
    ),
    (
        "PiecewiseConstantDecay([], [0.1])",
        "values=[0.1]) must be one longer than boundaries=[], which must not be empty; "
        "values[i] holds up to boundaries[i].",
    ),
    ("CosineDecay(0.1, 10, name=None)", "name=None) must be a str, not NoneType; write it in quotes."),
    # What it takes without a word, and gets wrong.
    ("CosineDecay(0, 90, warmup_target=0.1, warmup_steps=10)", "initial_learning_rate=0) " + INTEGER.format(0.0)),
    ("ExponentialDecay(1, 100, 0.9)", "initial_learning_rate=1) " + INTEGER.format(1.0)),
    (
        "PiecewiseConstantDecay([20, 10], [1, 2, 3])",
        "boundaries[1]=10) must be after 20; sort the boundaries together with their pieces.",
    ),
    (
        "PiecewiseConstantDecay([10, 10], [1, 2, 3])",
        "boundaries[1]=10) must not repeat; leave out the piece of no steps.",
    ),
    (
        "PiecewiseConstantDecay([-5, 10], [1, 2, 3])",
        "boundaries[0]=-5) must be at least 0; steps are counted from 0.",
    ),
    (
        "ExponentialDecay(0.1, 10, -0.5)",
        "decay_rate=-0.5) must be at least 0; a decay multiplies by a number between 0 and 1.",
    ),
    (
        "InverseTimeDecay(0.1, 10, -0.5)",
        "decay_rate=-0.5) must be at least 0; a positive rate makes the value fall.",
    ),
    (
        "CosineDecayRestarts(0.1, 10, t_mul=0.5)",
        "t_mul=0.5) must be 1, or at least 1.01; with 1 all cycles are equally long.",
    ),
    (
        "CosineDecay(0.1, 90, warmup_target=0.1, warmup_steps=-1)",
        "warmup_steps=-1) must be at least 0; -1 means 'not given' in trainers; set max_steps, or count the updates "
        "with lrsched.Horizon.",
    ),
    (
        "CosineDecay(0.1, 0.9)",
        "decay_steps=0.9) must be a number of steps, not a ratio; multiply it by the total number of steps.",
    ),
    (
        "PolynomialDecay(0.1, 10, power=-1, cycle=True)",
        "power=-1) must be at least 0; a negative power is infinite at its end.",
    ),
    # What lrsched has no exact form of.
    ("CosineDecayRestarts(0.1, 10.5)", "first_decay_steps=10.5) must be a whole number of steps; give 10 or 11."),
    ("PolynomialDecay(0.1, 10.5, cycle=True)", "decay_steps=10.5) must be a whole number of steps; give 10 or 11."),
    # Types.
    ("CosineDecay(0.1, 90, alhpa=0.1)", "alhpa=...) is not a parameter; did you mean 'alpha'?"),
    ("PolynomialDecay(0.1, 10, cycle=1)", "cycle=1) must be a bool, not int; write True or False."),
    ("CosineDecay('1e-3', 90)", "initial_learning_rate='1e-3') must be a number, not str; "
                               "write 0.001 without quotes (YAML reads 1e-5 as text, 1.0e-5 as a number)."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_refused(text, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        eval(text, vars(ours).copy())
    assert str(caught.value) == f"{text.partition('(')[0]}({message}"


class Mine(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of one's own."""

    def __call__(self, step):
        return 0.1 * step

    def get_config(self):
        return {}


class CosineDecay(keras.optimizers.schedules.CosineDecay):
    """One that looks like another, and is not."""

    def __call__(self, step):
        return 2.0 * super().__call__(step)


@pytest.mark.parametrize("given", [Mine(), CosineDecay(0.1, 10), 0.1, lr.constant(0.1), lambda step: 0.1])
def test_other_objects_are_not_read(given):
    kind = type(given).__name__
    known = ", ".join(sorted(CALLS))
    with pytest.raises(TypeError) as caught:
        ours.from_schedule(given)
    message = str(caught.value)
    assert message.startswith("from_schedule(schedule=")
    assert message.endswith(
        f") must be a schedule that comes with Keras ({known}), not {kind}; "
        "write the formula of another one under @lrsched.schedule."
    )


def test_an_object_that_keras_gets_wrong_is_refused():
    with pytest.raises(
        TypeError, match=r"^CosineDecay\(initial_learning_rate=0\) must be a float, not int; write 0\.0, "
    ):
        ours.from_schedule(live("CosineDecay", {"initial_learning_rate": 0, "decay_steps": 10}))


def test_an_object_of_an_optimizer_is_read(monkeypatch):
    """Also one that went through a config."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # Keras would import it, to look for its tensors
    optimizer = keras.optimizers.SGD(live("CosineDecay", {"initial_learning_rate": 0.5, "decay_steps": 10}))
    again = keras.optimizers.SGD.from_config(optimizer.get_config())
    assert ours.from_schedule(again._learning_rate) == lr.cosine(0.5, 0.0, 10)
