"""The law of final losses is found again from three of them, and forecasts others."""

import jax
import numpy as np
import pytest

import lrsched as lr
from lrsched.forecast import FinalLaw, bound, fit_finals

LAW = FinalLaw(L0=2.9, A=0.7, B=40.0, alpha=0.4)
FLAT, LINE = lr.warmup_constant(1e-3, 100), lr.warmup_linear(1e-3, 100, 10_000)
SHORT = lr.warmup_linear(1e-3, 100, 5_000)
RUNS = [(FLAT, 10_000), (LINE, 10_000), (SHORT, 5_000)]


def test_the_terms_are_those_of_the_bound():
    """The bound is ratio**2/(2*S) + V, so its values at two ratios give both."""
    at_1, at_2 = bound(LINE, 10_000, 1.0), bound(LINE, 10_000, 2.0)
    first = (at_2 - at_1) / 3
    expected = 2.9 + 0.7 * (2 * first) ** 0.4 + 40.0 * (at_1 - first)
    assert LAW.final(LINE, 10_000) == pytest.approx(expected, rel=1e-12)


def test_found_again():
    law = fit_finals([(plan, steps, LAW.final(plan, steps)) for plan, steps in RUNS])
    assert tuple(law) == pytest.approx(tuple(LAW), rel=1e-9)


def test_more_runs_than_numbers():
    rng = np.random.default_rng(0)
    runs = [(lr.wsd(peak, 100, n, n // 5), n) for peak in (5e-4, 1e-3, 2e-3) for n in (5_000, 10_000, 20_000)]
    runs += RUNS
    law = fit_finals([(plan, steps, LAW.final(plan, steps) + 1e-3 * rng.normal()) for plan, steps in runs])
    plan = lr.warmup_cosine(1e-3, 100, 20_000)
    assert law.final(plan, 20_000) == pytest.approx(LAW.final(plan, 20_000), abs=2e-3)


def test_jax_differentiates():
    with jax.enable_x64(True):
        slope = jax.jit(jax.grad(lambda peak: LAW.final(lr.warmup_linear(peak, 100, 1_000), 1_000)))(1e-3)
    above, below = (LAW.final(lr.warmup_linear(peak, 100, 1_000), 1_000) for peak in (1.001e-3, 0.999e-3))
    assert float(slope) == pytest.approx((above - below) / 2e-6, rel=1e-4)


@pytest.mark.parametrize("runs", [[], [(FLAT, 10, 1.0)], [(FLAT, 5_000, 3.0)] * 3])
def test_runs_that_determine_nothing(runs):
    with pytest.raises(ValueError, match=r"^fit_finals\(runs\) must be three or more that differ .* add a run at a"):
        fit_finals(runs)


def test_bad_losses():
    with pytest.raises(ValueError, match=r"^fit_finals\(runs\[0\].loss=-1.0\) must be greater than 0; give the loss"):
        fit_finals([(FLAT, 10, -1.0)])
