"""The oracle itself: known points of the papers, worked out by hand, and that it stands on its own."""

import ast
import math
from fractions import Fraction
from pathlib import Path

import pytest

import lrsched as L
from tests import oracle


def test_covers_every_public_schedule_and_no_other():
    public = {name for name, made in vars(L).items() if hasattr(getattr(made, "formula", None), "builder")}
    assert public == oracle.FORMULAS.keys()


def test_shares_no_code_with_lrsched():
    tree = ast.parse(Path(oracle.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name if isinstance(node, ast.Import) else node.module for node in imports for alias in node.names}
    assert names == {"bisect", "fractions", "functools", "mpmath", "numpy"}


def test_reads_nothing_of_a_schedule_but_its_name_and_parameters():
    tree = ast.parse(Path(oracle.__file__).read_text())
    reads = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {read for read in reads if read.startswith(("child.", "schedule.", "factory."))} == {
        *("child.formula", "child.formula.name", "child.parameters", "child.parameters.items"),
        *("factory.formula", "factory.formula.name"),
        *("factory.factory", "factory.factory.formula", "factory.factory.formula.name", "factory.given"),
    }


RATIONAL = [
    (L.linear(0.0, 1.0, 3), 1, Fraction(1, 3)),
    (L.linear(0.5, 1.0, 0), 0, Fraction(1)),
    (L.hold(0.25, 1.0, 3), 2, Fraction(1, 4)),
    (L.hold(0.25, 1.0, 3), 3, Fraction(1)),
    (L.inverse_time_decay(1.0, 2.0, decay_steps=3), 2, Fraction(3, 7)),
    (L.inverse_time_decay(1.0, 2.0, decay_steps=3, staircase=True), 5, Fraction(1, 3)),
    (L.inverse_time_decay(1.0, 1.0, decay_steps=2.5, staircase=True), 5, Fraction(1, 3)),
    (L.piecewise_constant([1.0, 0.5, 0.25], [2, 4]), 4, Fraction(1, 4)),
    (L.piecewise_interpolate([0.0, 1.0, 0.5], [2, 5]), 4, Fraction(2, 3)),
    (L.piecewise_interpolate([0.5], []), 4, Fraction(1, 2)),
    (L.warmup_linear(1.0, 3, 10), 2, Fraction(2, 3)),
    (L.warmup_linear(1.0, 3, 10), 4, Fraction(6, 7)),
    (L.warmup_constant(1.0, 3), -1, Fraction(0)),
    (L.wsd(1.0, 0, 1, 0), 0, Fraction(1)),
    (L.wsd(1.0, 0, 1, 0), 1, Fraction(0)),
    (L.wsd(1.0, 2, 7, 3), 6, Fraction(1, 3)),
    (L.join([L.linear(0.0, 1.0, 9), L.constant(0.5)], [3]), 2, Fraction(2, 9)),
    (L.join([L.linear(0.0, 1.0, 9), L.constant(0.5)], [3]), 3, Fraction(1, 2)),
    (L.warmup(L.linear(0.5, 0.0, 3), 4), 5, Fraction(1, 3)),
    (L.cooldown(L.linear(1.0, 0.0, 4), 1, 3), 2, Fraction(1, 2)),
    (L.extend(L.linear(1.0, 0.0, 4), 2, 5), 1, Fraction(3, 4)),
    (L.extend(L.linear(1.0, 0.0, 4), 2, 5), 3, Fraction(1, 3)),
    (L.shift(L.linear(0.0, 1.0, 7), -2), 1, Fraction(0)),
    (L.shift(L.linear(0.0, 1.0, 7), 2), 1, Fraction(3, 7)),
    (L.stretch(L.linear(0.0, 1.0, 7), 1.5), 1, Fraction(2, 21)),
    (L.compose(L.linear(0.0, 1.0, 7), L.linear(0.0, 7.0, 3)), 1, Fraction(1, 3)),
    (L.scale(L.linear(0.0, 1.0, 3), 0.5), 1, Fraction(1, 6)),
    (L.linear(0.0, 1.0, 3) + L.linear(0.0, 1.0, 5), 1, Fraction(8, 15)),
    (L.linear(0.0, 1.0, 3) * L.linear(0.0, 1.0, 5), 1, Fraction(1, 15)),
    (L.minimum(L.linear(0.0, 1.0, 3), 0.25), 1, Fraction(1, 4)),
    (L.maximum(L.linear(0.0, 1.0, 3), 0.25), 1, Fraction(1, 3)),
    (L.clamp_min(L.linear(0.0, 1.0, 3), 0.5), 1, Fraction(1, 2)),
    (L.clamp_max(L.linear(0.0, 1.0, 3), 0.5), 1, Fraction(1, 3)),
    (L.round_to(L.linear(0.0, 10.0, 4), 2.0), 2, Fraction(6)),
    # SGDR with T_0 = 2 and T_mult = 2: restarts at 2, 6, 14 (section 3 of the paper).
    (L.restart(L.linear(1.0, 0.0, 2), 2, period_mult=2), 5, Fraction(1, 4)),
    (L.restart(L.linear(1.0, 0.0, 2), 2, period_mult=2), 6, Fraction(1)),
    # Cycles of 2, 3, 4.5 steps: the third begins at 5, the fourth at 9.5, and step 10 is half a step into 6.75.
    (L.restart(L.linear(1.0, 0.0, 2), 2, period_mult=1.5), 5, Fraction(1)),
    (L.restart(L.linear(1.0, 0.0, 2), 2, period_mult=1.5), 9, Fraction(1, 9)),
    (L.restart(L.linear(1.0, 0.0, 2), 2, period_mult=1.5), 10, Fraction(25, 27)),
    # The second cycle is half as far above 1/4 as the first: 1/4 + (1/2 - 1/4)/2.
    (L.restart(L.linear(1.0, 0.0, 2), 2, value_mult=0.5, base_value=0.25), 3, Fraction(3, 8)),
    # Four times the batch: four times the rate in a quarter of the steps.
    (L.scale_schedule(L.linear(1.0, 0.0, 12), 2, 8), 1, Fraction(8, 3)),
    (L.staircase(L.linear(1.0, 0.0, 4), 3), 5, Fraction(3, 4)),
    (L.counter(3, 7), 5, Fraction(38)),
    # Batches of 1, 1, 2, 2, 3 ...: 4 samples in two increments are 2 for each.
    (L.batch_size_ramp(1, 3, 1, 4), 2, Fraction(2)),
    (L.batch_size_ramp(1, 3, 1, 4), 3, Fraction(3)),
]


@pytest.mark.parametrize(("schedule", "step", "expected"), RATIONAL, ids=str)
def test_rational_points(schedule, step, expected):
    found = oracle.value(schedule, step)
    assert abs(oracle.real(found) - oracle.real(expected)) < oracle.mp.mpf("1e-48")


ROOT_HALF = "0.70710678118654752440084436210484903928483593768847"  # of OEIS A010503
ONE_OVER_E = "0.36787944117144232159552377016146086744581113103177"  # of OEIS A068985

RECTIFIED = "0.83725323332668114958653865468411840236992989274734"
"""The root of (rho - 4)*(rho - 2)*7/(3*5*rho) with rho = 7 - 24*(3/4)**12/(1 - (3/4)**12), of 12 updates."""

DIGITS = [
    (L.cosine(1.0, 0.0, 3), 1, "0.75"),
    (L.cosine(0.0, 1.0, 4), 2, "0.5"),
    (L.polynomial(1.0, 0.0, 4, power=0.5), 2, ROOT_HALF),
    (L.one_minus_sqrt(0.0, 1.0, 4), 2, ROOT_HALF),
    (L.cosine_power(1.0, 0.0, 2, power=0.5), 1, ROOT_HALF),
    (L.rex(1.0, 0.0, 4), 3, "0.4"),
    (L.power_law(1.0, 2, -0.5), 4, ROOT_HALF),
    (L.exponential(1.0, 0.25, 4), 1, ROOT_HALF),
    (L.exponential_decay(1.0, 0.5, decay_steps=4), 2, ROOT_HALF),
    (L.exponential_decay(1.0, 0.5, decay_steps=4, staircase=True), 7, "0.5"),
    (L.step_decay(1.0, 0.5, 4), 8, "0.25"),
    (L.natural_exp_decay(1.0, 0.5), 2, ONE_OVER_E),
    (L.exponential_approach(1.0, 0.0, 4), 4, ONE_OVER_E),
    (L.inverse_sqrt(1.0, 4), 4, ROOT_HALF),
    (L.noam(0.5, 1), 4, ROOT_HALF),  # 0.5**-0.5 * 4**-0.5
    (L.noam(4, 4), 4, "0.25"),
    (L.noam(4, 4), 0, "0"),
    (L.radam_warmup(0.75), 3, "0"),  # rho_inf is 7, and rho 7 - 8*0.75**4/(1 - 0.75**4) = 3.3
    (L.radam_warmup(0.75), 11, RECTIFIED),
    (L.warmup_cosine(1.0, 2, 5), 3, "0.75"),
    (L.warmup_polynomial(1.0, 2, 6, power=0.5), 4, ROOT_HALF),
    (L.warmup_inverse_sqrt(1.0, 4), 8, ROOT_HALF),
    (L.warmup_inverse_sqrt(1.0, 4, timescale=2), 6, ROOT_HALF),
    (L.sgdr(1.0, 0.5, 3, value_mult=0.5), 4, "0.6875"),
    (L.sgdr(1.0, 0.0, 2, period_mult=1.5), 3, "0.75"),
    (L.cyclic(0.0, 1.0, 2, step_size_down=4), 3, "0.75"),
    (L.cyclic(0.0, 1.0, 2, mode="triangular2"), 9, "0.125"),
    (L.cyclic(0.0, 1.0, 2, mode="exp_range", gamma=0.5), 1, "0.25"),
    (L.one_cycle(1.0, 10, div_factor=2.0, final_div_factor=2.0), 0, "0.5"),
    (L.one_cycle(1.0, 10, div_factor=2.0, final_div_factor=2.0), 3, "1"),
    (L.one_cycle(1.0, 10, div_factor=2.0, final_div_factor=2.0), 10, "0.25"),
    (L.one_cycle(1.0, 8, pct_start=0.25, div_factor=2.0, final_div_factor=2.0, three_phase=True), 4, "0.5"),
]


@pytest.mark.parametrize(("schedule", "step", "expected"), DIGITS, ids=str)
def test_points_of_fifty_digits(schedule, step, expected):
    assert abs(oracle.real(oracle.value(schedule, step)) - oracle.mp.mpf(expected)) < oracle.mp.mpf("1e-48")


def test_every_formula_has_a_point():
    assert {schedule.formula.name for schedule, _, _ in [*RATIONAL, *DIGITS]} | {"constant"} == oracle.FORMULAS.keys()


def test_nothing_cancels_at_the_end_of_a_long_cosine():
    steps = 2**31 - 1
    turn = oracle.mp.pi / 2 / steps
    found = oracle.value(L.cosine(1.0, 0.0, steps), steps - 1)
    assert abs(found / turn**2 - (1 - turn**2 / 3)) < 1e-28


def test_two_floats_hold_a_value_to_a_hundred_bits():
    (high,), (low,) = oracle.values(L.cosine(1.0, 0.0, 7), [3])
    true = oracle.value(L.cosine(1.0, 0.0, 7), 3)
    assert abs(oracle.mp.mpf(high) + oracle.mp.mpf(low) - true) < 1e-31
    assert (high, low) != (float(true), 0.0)
    assert math.isclose(high, 0.6112604669781572, rel_tol=1e-15)
