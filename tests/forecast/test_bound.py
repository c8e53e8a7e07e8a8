"""The bound equals the authors' formula, written as it stands, and what follows from it equals its optima."""

import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import lrsched as lr
from lrsched.forecast import best_peak, bound, calibrate, rank, transfer

RUNS = {
    "constant": (lr.constant(0.1), 120),
    "a number": (0.1, 60),
    "from 0": (lr.warmup_cosine(1e-3, 20, 150), 150),
    "to 0": (lr.warmup_linear(1e-3, 10, 150), 150),
    "plateau": (lr.warmup(lr.cooldown(lr.constant(3e-4), 90, 50), 10), 150),
    "stairs": (lr.piecewise_constant([1.0, 0.1, 1e-6], [50, 100]), 150),
    "restarts": (lr.sgdr(1.0, 0.0, 40), 130),
    "to next to nothing": (lr.exponential(1.0, 1e-40, 600), 600),
    "one step": (lr.constant(2.0), 1),
    "two steps": (lr.linear(1.0, 0.5, 1), 2),
    "a callable": (lambda t: 0.1 / (1.0 + t), 80),
}


def as_the_authors(rates, ratio, norms=None):
    """Theorem 10 of arXiv:2310.07831 with G = 1, its sums as they stand there; updates of no rate are left out."""
    norms = np.ones_like(rates) if norms is None else norms[: len(rates)]
    rates, norms = rates[rates > 0], norms[rates > 0]
    total = ratio**2 / (2 * rates.sum()) + (rates**2 * norms**2).sum() / (2 * rates.sum())
    for k in range(len(rates) - 1):
        later, from_here = rates[k + 1 :].sum(), rates[k:].sum()
        total += rates[k] / later * ((rates[k:] ** 2 * norms[k:] ** 2).sum() / from_here) / 2
    return total


def rates_of(schedule, steps):
    return np.array([schedule(t) if callable(schedule) else schedule for t in range(steps)])


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("ratio", [1.0, 0.03])
@pytest.mark.parametrize("norms", [None, np.random.default_rng(0).uniform(0.5, 2.0, 600)], ids=["alike", "given"])
def test_equals_the_formula_of_the_authors(name, ratio, norms):
    schedule, steps = RUNS[name]
    rates = rates_of(schedule, steps)
    first = int(np.argmax(rates > 0)) + 1
    times = np.arange(first, steps + 1)
    beside = np.add.outer(getattr(schedule, "boundaries", ()), [-1, 0, 1])
    near = np.isin(times, beside) | (times < first + 20) | (times > steps - 10) | (times % 13 == 0)
    found = bound(schedule, times, ratio, gradient_norms=norms)
    expected = [as_the_authors(rates[:time], ratio, norms) for time in times[near]]
    np.testing.assert_allclose(found[near], expected, rtol=1e-10)
    single = bound(schedule, steps, ratio, gradient_norms=norms)
    assert type(single) is float
    np.testing.assert_allclose(single, expected[-1], rtol=1e-10)


def test_an_array_gives_its_shape():
    times = np.array([[3, 100], [7, 3]])
    found = bound(lr.constant(0.1), times)
    assert found.shape == (2, 2)
    assert found[0, 0] == found[1, 1]
    np.testing.assert_allclose(found[0, 1], bound(lr.constant(0.1), 100), rtol=1e-12)


def test_a_constant_has_a_closed_form():
    """ratio**2/(2*eta*n) + eta/2*(1 + H(n - 1)): arXiv:2501.18965, with the harmonic numbers."""
    harmonic = np.cumsum(1 / np.arange(1, 10_000))
    found = bound(lr.constant(0.25), np.arange(2, 10_001), 3.0)
    np.testing.assert_allclose(found, 9 / (0.5 * np.arange(2, 10_001)) + 0.125 * (1 + harmonic), rtol=1e-12)


def test_updates_of_no_rate_change_nothing():
    base = lr.linear(1.0, 0.0, 50)
    assert bound(base, 80) == bound(base, 50)
    assert bound(lr.shift(lr.warmup_linear(1.0, 2, 52), -30), 80) == pytest.approx(
        bound(lr.warmup_linear(1.0, 2, 52), 50), rel=1e-12
    )
    assert bound(lr.warmup_linear(1.0, 2, 52), np.array([1, 2])).tolist() == [np.inf, bound(lr.constant(0.5), 1)]


def test_a_very_long_curve():
    """Every number of updates up to a million would take 5e11 terms one by one; the sums keep ten digits."""
    schedule, steps = lr.warmup_cosine(1e-3, 2_000, 1_000_000), 1_000_000
    times = np.unique(np.geomspace(2, steps, 300).astype(int))
    start = time.process_time()
    found = bound(schedule, times, 0.5)
    assert time.process_time() - start < 5.0
    some = times[::37]
    np.testing.assert_allclose(found[::37], [bound(schedule, int(n), 0.5) for n in some], rtol=1e-10)


@pytest.fixture
def x64():
    with jax.enable_x64(True):
        yield


SHAPES = {
    "cosine": lambda peak: lr.warmup_cosine(peak, 30, 400),
    "plateau": lambda peak: lr.warmup(lr.cooldown(lr.constant(peak), 300, 70), 30),
    "callable": lambda peak: lambda t: peak / (1.0 + t),
    "number": lambda peak: peak,
}


def test_jax_traces_and_differentiates(x64):
    """All shapes in one program: the values are those of NumPy, and the gradients those of differences."""
    peak, ratio, norms = 1e-3, 0.05, np.linspace(2.0, 1.0, 400)

    def of(p):
        plain = [bound(shape(p), 400, ratio) for shape in SHAPES.values()]
        return [*plain, bound(SHAPES["plateau"](p), 400, ratio, gradient_norms=norms)]

    values, gradients = jax.jit(lambda p: jax.jvp(lambda q: jnp.stack(of(q)), (p,), (1.0,)))(peak)
    np.testing.assert_allclose(values, of(peak), rtol=1e-10)
    slopes = (np.array(of(peak * 1.0001)) - of(peak * 0.9999)) / (2e-4 * peak)
    np.testing.assert_allclose(gradients, slopes, rtol=1e-6)


def test_the_ratio_may_be_traced(x64):
    schedule = lr.warmup_cosine(1e-3, 30, 400)
    assert jax.jit(lambda r: bound(schedule, 400, r))(0.05) == pytest.approx(bound(schedule, 400, 0.05), rel=1e-12)


def test_lengths_may_be_traced(x64):
    def of(total):
        return bound(lr.warmup_cosine(1e-3, 30, total, end_value=1e-4), 500, 0.05)

    assert jax.jit(of)(400) == pytest.approx(of(400), rel=1e-10)


def test_gradients_are_finite_where_nothing_is_trained_yet(x64):
    times = np.array([1, 2, 50, 400])

    def of(p):
        return bound(SHAPES["cosine"](p), times, 0.05)

    values, found = jax.jit(lambda p: (of(p), jax.jacrev(of)(p)))(1e-3)
    assert np.isfinite(found).all()
    assert found[0] == 0
    np.testing.assert_allclose(values, bound(SHAPES["cosine"](1e-3), times, 0.05), rtol=1e-10)


def test_float32_of_jax():
    found = jax.jit(lambda p: bound(SHAPES["cosine"](p), 400, 0.05))(jnp.float32(1e-3))
    np.testing.assert_allclose(found, bound(SHAPES["cosine"](1e-3), 400, 0.05), rtol=1e-4)


def test_torch_differentiates():
    """In float32, the dtype that torch counts steps in by default."""
    peak = torch.tensor(1e-3, requires_grad=True)
    bound(SHAPES["cosine"](peak), 400, 0.05).backward()
    slope = (bound(SHAPES["cosine"](1.0001e-3), 400, 0.05) - bound(SHAPES["cosine"](0.9999e-3), 400, 0.05)) / 2e-7
    np.testing.assert_allclose(peak.grad, slope, rtol=1e-5)


# Peaks.


@pytest.mark.parametrize("name", ["cosine", "plateau", "number"])
def test_the_best_peak_is_the_minimum(name):
    best = best_peak(SHAPES[name](1.0), 400, 0.05)
    assert best == pytest.approx(best_peak(SHAPES[name](3e-4), 400, 0.05), rel=1e-12)
    least = bound(SHAPES[name](best), 400, 0.05)
    assert all(bound(SHAPES[name](best * factor), 400, 0.05) > least for factor in (0.99, 1.01))
    assert calibrate(SHAPES[name](best), 400) == pytest.approx(0.05, rel=1e-12)


def test_peaks_are_traced(x64):
    schedule = SHAPES["cosine"]
    assert jax.jit(lambda p: best_peak(schedule(p), 400, 0.05))(1.0) == pytest.approx(
        best_peak(schedule(1.0), 400, 0.05)
    )
    assert jax.jit(jax.grad(lambda p: calibrate(schedule(p), 400)))(1e-3) == pytest.approx(
        calibrate(schedule(1.0), 400)
    )


def test_a_straight_line_is_best():
    """arXiv:2310.07831: of all shapes the line to 0 has the least bound, each at its own best peak."""

    def least(schedule):
        return bound(lr.scale(schedule, best_peak(schedule, 300, 1.0)), 300)

    shapes = [
        lr.constant(1.0),
        lr.cosine(1.0, 0.0, 300),
        lr.one_minus_sqrt(1.0, 0.0, 300),
        lr.polynomial(1.0, 0.0, 300),
    ]
    assert all(least(lr.linear(1.0, 0.0, 300)) < least(shape) for shape in shapes)


# Other lengths.


def test_transfer_to_the_same_length():
    found = transfer(lr.warmup(lr.cooldown(lr.constant(1e-3), 700, 200), 100), 1_000, 1_000)
    assert found.peak_value == pytest.approx(1e-3, rel=1e-12)
    assert found.decay_steps == 200


@pytest.mark.parametrize("new_steps", [1_200, 1_500, 600])
def test_transfer_gives_schedules_that_are_best(new_steps):
    def plateau(peak, steps, decay):
        return lr.warmup(lr.cooldown(lr.constant(peak), steps - 50 - decay, decay), 50)

    best = plateau(1e-3, 1_000, 200)
    ratio = calibrate(best, 1_000)
    peak_value, decay_steps = transfer(best, 1_000, new_steps)
    longer = best_peak(plateau(1.0, new_steps, decay_steps), new_steps, ratio)
    shorter = best_peak(plateau(1.0, new_steps, decay_steps - 1), new_steps, ratio)
    assert shorter < 1e-3 <= longer
    same_part = plateau(1.0, new_steps, round((new_steps - 50) * 200 / 950))
    assert peak_value == pytest.approx(best_peak(same_part, new_steps, ratio), rel=1e-3)


def test_no_cooldown_is_long_enough():
    assert transfer(lr.warmup_linear(1e-3, 10, 500), 500, 1_000).decay_steps is None
    assert transfer(lr.constant(1e-3), 500, 1_000).decay_steps is None
    assert transfer(lr.constant(1e-3), 500, 1_000).peak_value == pytest.approx(
        best_peak(lr.constant(1.0), 1_000, calibrate(lr.constant(1e-3), 500)), rel=1e-12
    )


# Rankings.


def test_rank_sorts_by_the_bound():
    shapes = [lr.constant(1e-3), lr.warmup_cosine(1e-3, 10, 200), lr.warmup_linear(1e-3, 10, 200)]
    rows = rank(shapes, 200, 0.02)
    assert [row.schedule for row in rows] == [shapes[2], shapes[1], shapes[0]]
    for row in rows:
        assert row.bound == bound(row.schedule, 200, 0.02)
        assert row.best_peak == best_peak(row.schedule, 200, 0.02)
    assert rank(shapes, [200, 200, 100], 0.02)[-1].steps == 100
