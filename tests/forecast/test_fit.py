"""Laws equal their formulas written as they stand, and are found again from curves that they made."""

import json
import pickle
import tracemalloc

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lrsched as lr
from lrsched.forecast import Law, Term, fit

PARAMETERS = {
    "multi_power": (2.9, 0.6, 0.5, 450.0, 2.1, 0.6, 0.64),
    "momentum": (2.9, 0.6, 0.5, 450.0, 300.0),
    "power_momentum": (2.9, 0.6, 0.5, 450.0, 60.0, 0.5),
    "functional_scaling": (2.9, 0.6, 0.5, 150.0, 0.8, 300.0, 0.6),
}
RESPONSES = {
    "multi_power": lambda k, n, eta, s, alpha, c, beta, gamma: 1 - (1 + c * eta[k] ** -gamma * (s[n] - s[k])) ** -beta,
    "momentum": lambda k, n, eta, s, alpha, tau: 1 - np.exp(-(n - k) / tau),
    "power_momentum": lambda k, n, eta, s, alpha, tau, beta: 1 - (1 + (n - k) / tau) ** -beta,
    "functional_scaling": lambda k, n, eta, s, alpha, c3, c4, g: (
        (c3 + s[k + 1] ** -alpha) * (1 - (1 + c4 * (s[n] - s[k])) ** -g)
    ),
}
PEAK = 3e-4


def of(name):
    return Law((Term(name, 1.0, PARAMETERS[name]),), peak=PEAK, clock=2.0)


def mean_of_all():
    return Law(tuple(Term(name, 0.25, values) for name, values in PARAMETERS.items()), PEAK, 2.0, 1e-4, 1e-3, 1e-3, 5)


def as_it_stands(name, schedule, n):
    """The sum over the updates, one by one; s[k] is the sum of the rates before update k."""
    eta = np.array([schedule(t) for t in range(n)])
    s = np.concatenate([[0.0], np.cumsum(eta)])
    offset, size, alpha, height, *own = PARAMETERS[name]
    after = range(int(eta.argmax()) + 1, n)
    falls = sum((eta[k - 1] - eta[k]) * RESPONSES[name](k, n, eta, s, alpha, *own) for k in after)
    return offset + size * s[n] ** -alpha - height * falls


PLANS = {
    "cosine": lr.warmup_cosine(PEAK, 50, 900, end_value=3e-5),
    "wsd": lr.wsd(PEAK, 50, 900, 200),
    "drop": lr.warmup(lr.piecewise_constant([PEAK, 1e-4], [400]), 50),
    "constant": lr.warmup_constant(PEAK, 50),
    "restarts": lr.warmup(lr.sgdr(PEAK, 1e-5, 300), 50),
}


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("plan", PLANS)
def test_equals_the_formula(name, plan):
    times = np.array([60, 449, 451, 860])
    expected = [as_it_stands(name, PLANS[plan], n) for n in times.tolist()]
    np.testing.assert_allclose(of(name).loss(PLANS[plan], times), expected, rtol=1e-12)
    assert of(name).final(PLANS[plan], 860) == pytest.approx(expected[-1], rel=1e-12)


@pytest.mark.parametrize("plan", ["cosine", "wsd", "drop", "constant"])
def test_functional_scaling_as_others_write_it(plan):
    """Both sums of rates with the update of the fall in them: a fall acts one update later, which changes little."""
    offset, size, alpha, height, c3, c4, g = PARAMETERS["functional_scaling"]
    eta = np.array([PLANS[plan](t) for t in range(900)])
    t, gaps = np.cumsum(eta), np.maximum(-np.diff(eta), 0.0)
    ends = t[1:]
    falls = height * (gaps * (c3 + ends**-alpha) * (1 - (1 + c4 * (t[-1] - ends)) ** -g)).sum()
    assert of("functional_scaling").final(PLANS[plan], 900) == pytest.approx(
        offset + size * t[-1] ** -alpha - falls, rel=2e-4
    )
    assert plan == "constant" or falls > 0.05


def test_a_cooldown_to_zero_is_finite():
    plan = lr.wsd(PEAK, 50, 900, 200)
    assert np.isfinite(mean_of_all().loss(plan, np.arange(800, 1_000))).all()
    found = of("multi_power").loss(plan, np.arange(900, 1_000))
    assert (found == found[0]).all()  # its clock is the sum of the rates


def test_a_higher_peak_counts_as_a_rise():
    """At a constant rate twice as high the loss is higher by B times the rise, once it is long past."""
    law = of("momentum")
    high, low = (law.final(lr.constant(peak), 10_000) for peak in (2 * PEAK, PEAK))
    _, size, alpha, height, _ = PARAMETERS["momentum"]
    base = size * ((2 * PEAK * 10_000) ** -alpha - (PEAK * 10_000) ** -alpha)
    assert high - low == pytest.approx(base + height * PEAK, rel=1e-9)


def test_very_long_runs_fit_in_memory():
    plan, steps = lr.warmup_cosine(PEAK, 1_000, 1_000_000), np.arange(250_000, 1_000_001, 250_000)
    tracemalloc.start()
    found = mean_of_all().loss(plan, steps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1e9
    assert found[-1] == pytest.approx(mean_of_all().final(plan, 1_000_000), rel=1e-10)


# Traced.


@pytest.fixture
def x64():
    with jax.enable_x64(True):
        yield


def test_jax_traces_and_differentiates(x64):
    law = mean_of_all()

    def of_peak(peak):
        return law.final(lr.wsd(peak, 50, 900, 200), 900)

    value, slope = jax.jit(jax.value_and_grad(of_peak))(PEAK)
    assert float(value) == pytest.approx(of_peak(PEAK), rel=1e-12)
    step = 1e-5 * PEAK
    assert float(slope) == pytest.approx((of_peak(PEAK + step) - of_peak(PEAK - step)) / (2 * step), rel=1e-5)


def test_jax_takes_many_steps_and_intervals(x64):
    law, times = mean_of_all(), np.array([[100, 500], [899, 900]])

    def of_peak(peak):
        plan = lr.wsd(peak, 50, 900, 200)
        return law.loss(plan, times), law.interval(plan, times)

    for found, expected in zip(jax.tree.leaves(jax.jit(of_peak)(PEAK)), jax.tree.leaves(of_peak(PEAK)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_float32_of_jax():
    found = jax.jit(lambda peak: mean_of_all().final(lr.warmup_cosine(peak, 50, 900), 900))(jnp.float32(PEAK))
    assert float(found) == pytest.approx(mean_of_all().final(lr.warmup_cosine(PEAK, 50, 900), 900), rel=1e-4)


# The value.


def test_a_law_is_a_value():
    law = fit(made("momentum"), law="momentum")
    assert eval(repr(law), {"Law": Law, "Term": Term}) == law
    assert Law.from_config(json.loads(json.dumps(law.to_config()))) == law
    assert pickle.loads(pickle.dumps(law)) == law
    assert hash(law) == hash(pickle.loads(pickle.dumps(law)))
    assert law.weights == {"momentum": 1.0}
    with pytest.raises(AttributeError):
        law.peak = 1.0


def test_intervals():
    law, plan = mean_of_all(), PLANS["wsd"]
    low, high = law.interval(plan, 900)
    assert low < law.final(plan, 900) < high
    wider = law.interval(plan, 900, level=0.99)
    assert wider[0] < low < high < wider[1]
    far = law.interval(lr.wsd(PEAK, 50, 90_000, 20_000), 90_000)
    assert np.log(far[1] / far[0]) > np.log(high / low)


# Fits.

LONG = {
    "cosine": lr.warmup_cosine(PEAK, 500, 8_000, end_value=3e-5),
    "constant": lr.warmup_constant(PEAK, 500),
    "drop": lr.warmup(lr.piecewise_constant([PEAK, 9e-5], [4_000]), 500),
}
OTHERS = {
    "wsd": (lr.wsd(PEAK, 500, 8_000, 2_000), 8_000),
    "longer": (lr.warmup_cosine(PEAK, 500, 24_000), 24_000),
}


def made(name, noise=0.0, steps=None):
    steps, rng = np.arange(500, 8_001, 60) if steps is None else steps, np.random.default_rng(0)
    return [
        (plan, steps, of(name).loss(plan, steps) * np.exp(noise * rng.normal(size=len(steps))))
        for plan in LONG.values()
    ]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_law_is_found_again(name):
    law = fit(made(name), law=name)
    assert tuple(law.parameters[name].values()) == pytest.approx(PARAMETERS[name], rel=0.01)
    for plan, steps in OTHERS.values():
        assert law.final(plan, steps) == pytest.approx(of(name).final(plan, steps), rel=1e-4)


@pytest.mark.parametrize("name", ["multi_power", "momentum"])
def test_the_default_prefers_the_law_that_made_the_curves(name):
    law = fit(made(name, noise=2e-4))
    best = max(law.weights, key=law.weights.get)
    assert best == name or law.weights[best] < 1.5 * law.weights[name]
    assert sum(law.weights.values()) == pytest.approx(1.0)
    for plan, steps in OTHERS.values():
        truth = of(name).final(plan, steps)
        assert law.final(plan, steps) == pytest.approx(truth, rel=3e-3)
        low, high = law.interval(plan, steps)
        assert low < truth < high


def test_outliers_change_little():
    runs = made("momentum", noise=2e-4)
    runs[0][2][60] *= 1.5
    runs[1][2][90] *= 0.7
    plan, steps = OTHERS["wsd"]
    assert fit(runs, law="momentum").final(plan, steps) == pytest.approx(of("momentum").final(plan, steps), rel=1e-3)


def test_one_curve_is_enough():
    law = fit(made("momentum", noise=2e-4)[:1])
    plan, steps = OTHERS["wsd"]
    low, high = law.interval(plan, steps)
    assert low < of("momentum").final(plan, steps) < high


def test_the_progress_is_told():
    steps = np.arange(100, 3_001, 50)
    plans = [lr.warmup_constant(PEAK, 50), lr.warmup_cosine(PEAK, 50, 3_000)]
    told: list[float] = []
    fit([(plan, steps, of("momentum").loss(plan, steps)) for plan in plans], law="momentum", progress=told.append)
    assert told == pytest.approx(np.arange(1, len(told) + 1) / len(told))
    assert len(told) > 2


def test_losses_of_the_last_part_alone():
    """No loss lies before a third or half of the greatest sum of rates."""
    steps = np.arange(2_000, 3_001, 25)
    plans = [lr.warmup_constant(PEAK, 50), lr.warmup_cosine(PEAK, 50, 3_000)]
    law = fit([(plan, steps, of("momentum").loss(plan, steps)) for plan in plans], law="momentum")
    assert law.final(plans[1], 3_000) == pytest.approx(of("momentum").final(plans[1], 3_000), rel=1e-3)
