"""The rules of batch sizes against the numbers of their sources, and hyperparameters that follow a rate."""

import math
import re
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

import lrsched as lr
from lrsched.tools.horizon import Horizon
from lrsched.tools.scaling import (
    effective_batch_size,
    inverse_to,
    proportional,
    scale_lr,
    scale_schedule,
    scale_warmup_steps,
)
from tests import oracle

many = settings(max_examples=150, deadline=None, derandomize=True)
EPS = 2.0**-52
WARMUP_RULES = ("linear", "sqrt", "steps", "epochs")
sizes = st.integers(1, 2**13)


# Rates and warmups.


def test_goyal():
    """ResNet-50: 0.1 at 256, 3.2 at 8192; a warmup of 5 epochs at both."""
    assert scale_lr(0.1, 256, 8192) == 3.2
    small = Horizon(dataset_size=1_281_167, epochs=90, batch_size=256)
    large = Horizon(dataset_size=1_281_167, epochs=90, batch_size=8192)
    # The last, smaller batch of every epoch is an update of its own: less than one update in an epoch.
    assert abs(scale_warmup_steps(small.epochs(5), 256, 8192, rule="epochs") - large.epochs(5)) < 5


def test_legw():
    """Square root of the rate, and as many updates of warmup: k times the epochs."""
    base, factor = 512, 64
    assert scale_lr(0.1, base, base * factor, rule="sqrt") == 0.8
    assert scale_warmup_steps(3125, base, base * factor, rule="steps") == 3125


@many
@given(st.floats(1e-6, 10.0), st.integers(1, 10**6), st.integers(1, 10**6))
def test_rates(rate, base, new):
    """Nothing changes with the same batch; there and back, or in two steps, is the same to rounding."""
    assert scale_lr(rate, base, base) == scale_lr(rate, base, base, rule="sqrt") == rate
    for rule in ("linear", "sqrt"):
        there = scale_lr(rate, base, new, rule=rule)
        assert scale_lr(there, new, base, rule=rule) == pytest.approx(rate, rel=4 * EPS)
    assert scale_lr(rate, base, new) == pytest.approx(rate * new / base, rel=4 * EPS)
    assert scale_lr(rate, base, new, rule="sqrt") ** 2 == pytest.approx(rate**2 * new / base, rel=8 * EPS)


def squared(steps, base, new, rule):
    """The square of the exact warmup, which is a fraction for every rule."""
    more = Fraction(new, base)
    return {"linear": (steps * more) ** 2, "sqrt": steps**2 * more, "steps": steps**2, "epochs": (steps / more) ** 2}[
        rule
    ]


@pytest.mark.parametrize("rule", WARMUP_RULES)
@many
@given(st.integers(0, 2**53), st.integers(1, 2**53), st.integers(1, 2**53))
def test_warmups(rule, steps, base, new):
    """The nearest integer to the exact number, half away from zero, also where a float could not tell."""
    scaled = scale_warmup_steps(steps, base, new, rule=rule)
    exact = squared(steps, base, new, rule)
    assert type(scaled) is int
    assert max(2 * scaled - 1, 0) ** 2 <= 4 * exact < (2 * scaled + 1) ** 2


@pytest.mark.parametrize(
    ("call", "rule", "updates"),
    [
        ((1, 2, 5), "linear", 3),  # 2.5
        ((1, 2, 5), "epochs", 0),  # 0.4
        ((5, 2, 1), "linear", 3),  # 2.5
        ((3, 36, 1), "sqrt", 1),  # 0.5, from the root of 1/36
        ((5, 4, 1), "sqrt", 3),  # 2.5
        ((2, 1, 2), "sqrt", 3),  # 2.83
        ((2**53 - 1, 2**53, 2**53 - 1), "linear", 2**53 - 2),  # 2^53 - 2 + 2^-53
        ((3 * 2**51 + 1, 2, 1), "linear", 3 * 2**50 + 1),  # a half, beside which float64 has no room
        ((0, 256, 8192), "linear", 0),
    ],
)
def test_warmups_by_hand(call, rule, updates):
    assert scale_warmup_steps(*call, rule=rule) == updates


@pytest.mark.parametrize("rule", ["linear", "sqrt"])
@many
@given(st.integers(0, 10**7), st.integers(1, 10**5), st.integers(1, 10**5), st.integers(1, 10**5))
def test_a_larger_batch_has_a_longer_warmup(rule, steps, base, first, second):
    """By default, and by the root; as long as it was with the same batch, by every rule."""
    less, more = sorted((first, second))
    short, long = (scale_warmup_steps(steps, base, new, rule=rule) for new in (less, more))
    apart = oracle.mp.sqrt(oracle.real(Fraction(squared(steps, base, more, rule))))
    apart -= oracle.mp.sqrt(oracle.real(Fraction(squared(steps, base, less, rule))))
    assert short <= long
    assert apart < 1 or short < long  # a whole step apart, they round to different numbers
    assert {scale_warmup_steps(steps, base, base, rule=rule) for rule in WARMUP_RULES} == {steps}


def test_the_default_warmup():
    assert scale_warmup_steps(500, 256, 1024) == scale_warmup_steps(500, 256, 1024, rule="linear") == 2000


@pytest.mark.parametrize("rule", ["linear", "sqrt"])
def test_the_slope_stays(rule):
    """Under the rule of the rate, the warmup ends at its new peak with the slope of the known run."""
    for new in (64, 1024, 4096):
        steps, peak = scale_warmup_steps(3200, 256, new, rule=rule), scale_lr(0.1, 256, new, rule=rule)
        assert peak / steps == pytest.approx(0.1 / 3200, rel=4 * EPS, abs=0)


@many
@given(st.integers(1, 4096), st.integers(1, 4096), st.integers(1, 64))
def test_effective_batch_size(per_device, devices, accumulation):
    assert (
        effective_batch_size(per_device, devices=devices, accumulation=accumulation)
        == per_device * devices * accumulation
    )
    assert effective_batch_size(per_device) == per_device


def test_a_rate_may_be_traced():
    gradient = jax.grad(lambda rate: scale_lr(rate, 256, 1024))(0.1)
    assert gradient == 4.0


# Schedules.


@pytest.mark.parametrize(("rule", "factor"), [("linear", 4.0), ("sqrt", 2.0)])
def test_a_schedule(rule, factor):
    """After the same samples the same point of the curve, at another rate; warmup and end take the same epochs."""
    base = lr.warmup_cosine(0.1, 500, 10_000, end_value=0.01)
    scaled = scale_schedule(base, 256, 1024, rule=rule)
    steps = np.arange(2600)
    assert scaled(steps).tolist() == lr.scale(lr.stretch(base, 0.25), factor)(steps).tolist()
    assert scaled.boundaries == (125,)
    assert scaled(scale_warmup_steps(500, 256, 1024, rule="epochs")) == scale_lr(0.1, 256, 1024, rule=rule)
    assert scaled.length == 2500
    assert scaled == scale_schedule(base, 256, 1024, rule=rule, warmup_rule="epochs")
    for t in (0, 1, 77, 125, 2000, 2499, 2500, 9999):
        assert scaled(t) == pytest.approx(factor * base(4 * t), rel=16 * EPS)
    written = lr.warmup_cosine(scale_lr(0.1, 256, 1024, rule=rule), 125, 2500, end_value=0.01 * factor)
    np.testing.assert_allclose(scaled(steps), written(steps), rtol=16 * EPS)
    assert lr.parse(repr(scaled)) == lr.from_config(scaled.to_config()) == scaled


def test_smaller_batches():
    """A smaller batch makes the run longer and the rate lower."""
    scaled = scale_schedule(lr.wsd(1.0, 10, 60, 30), 512, 128)
    assert [scaled(t) for t in (20, 40, 120, 180, 240)] == [0.125, 0.25, 0.25, 0.125, 0.0]
    assert scaled.length == 240


@many
@given(st.integers(1, 500), st.integers(1, 60), st.integers(1, 60))
def test_ends_are_exact(steps, base, new):
    """Where the updates come out whole, the run ends at exactly that update, whatever the sizes."""
    scaled = scale_schedule(lr.linear(1.0, 0.5, steps * new), base, new)
    assert scaled.length == steps * base
    assert scaled(steps * base) == 0.5 * (new / base) < scaled(steps * base - 1)


def test_what_cannot_be_stretched():
    """Formulas that know a time of their own, and callables, see the step times k."""
    for child in (lr.natural_exp_decay(1.0, 0.01), lr.noam(64, 100), lambda t: 1.0 / (1 + t)):
        scaled = scale_schedule(child, 24, 36)
        for t in (0, 1, 7, 100):
            assert scaled(t) == pytest.approx(1.5 * child(1.5 * t), rel=16 * EPS)


# Schedules with a warmup of another share.

RUNS = {
    "warmup_cosine": lr.warmup_cosine(0.1, 500, 10_000, end_value=0.01),
    "warmup_linear": lr.warmup_linear(0.1, 500, 10_000, init_value=0.001),
    "warmup_polynomial": lr.warmup_polynomial(0.1, 333, 9_999),
    "wsd": lr.wsd(0.1, 500, 10_000, 3_000, decay=lr.one_minus_sqrt),
    "warmup_constant": lr.warmup_constant(0.1, 500),
    "warmup_inverse_sqrt": lr.warmup_inverse_sqrt(0.1, 500),
    "scale": lr.wsd(0.2, 500, 10_000, 3_000) * 0.5,
    "clamp_min": lr.clamp_min(lr.warmup_cosine(0.1, 500, 10_000), 0.02),
    "clamp_max": lr.clamp_max(lr.scale(lr.warmup_cosine(0.2, 500, 10_000), 0.5), 0.1),
    "round_to": lr.round_to(lr.warmup_linear(0.1, 500, 10_000), 0.005),
}
"""Runs with a peak of 0.1; all but one of 500 updates of warmup."""


@pytest.mark.parametrize("warmup_rule", WARMUP_RULES[:3])
@pytest.mark.parametrize("new", [128, 300, 512])
@pytest.mark.parametrize("label", RUNS)
def test_a_warmup_of_its_own(label, new, warmup_rule):
    """The peak after `scale_warmup_steps` updates, the end after as many epochs, nothing torn in between."""
    base, rule = RUNS[label], "sqrt" if warmup_rule == "sqrt" else "linear"
    scaled = scale_schedule(base, 256, new, rule=rule, warmup_rule=warmup_rule)
    warmup, peak = (
        scale_warmup_steps(base.boundaries[0], 256, new, rule=warmup_rule),
        scale_lr(0.1, 256, new, rule=rule),
    )
    assert scaled.boundaries[0] == warmup
    assert scaled(warmup) == pytest.approx(peak, rel=2 * EPS, abs=0)
    assert scaled(0) == peak / 0.1 * base(0)
    steps = np.arange(25_000)
    true = [float(oracle.real(oracle.value(scaled, t))) for t in steps[::97].tolist()]
    if label != "round_to":  # whose stairs begin where a rounded value is half of one
        np.testing.assert_allclose(scaled(steps[::97]), true, rtol=16 * EPS)
        assert np.abs(np.diff(scaled(steps))).max() < 0.005 * peak / 0.1
    if base.length and base.length > 1_000:
        assert scaled.length == math.ceil(Fraction(base.length * 256, new))
        assert scaled(scaled.length) == scaled(10**9) == peak / 0.1 * base(base.length)
    else:
        assert scaled.length == (warmup if base.length else None)


@pytest.mark.parametrize("label", ["warmup_cosine", "warmup_inverse_sqrt"])
def test_what_follows_takes_as_many_epochs(label):
    """With a warmup of as many updates, what is left of the epochs; without an end, what it took."""
    scaled = scale_schedule(RUNS[label], 256, 1024, warmup_rule="steps")
    base = lr.shift(RUNS[label], 500)
    factor = Fraction(2_500 - 500, 10_000 - 500) if label == "warmup_cosine" else Fraction(1, 4)
    for t in (0, 19, 190, 1_900):
        assert scaled(500 + t * factor.numerator) == pytest.approx(
            4 * base(t * factor.denominator), rel=16 * EPS, abs=0
        )
    assert [scaled(t) for t in (0, 125, 250)] == pytest.approx(
        [4 * RUNS[label](t) for t in (0, 125, 250)], rel=4 * EPS, abs=0
    )


def test_pieces_after_a_warmup():
    """The plateau and the decay of wsd stay in proportion, and each begins at a first step."""
    scaled = scale_schedule(lr.wsd(1.0, 10, 60, 30), 128, 256, warmup_rule="steps")
    assert scaled.boundaries == (10, 18)
    assert [scaled(t) for t in (0, 5, 10, 17, 18, 24, 30)] == [0.0, 1.0, 2.0, 2.0, 2.0, 1.0, 0.0]


def test_a_ramp_before_any_schedule():
    """`warmup` says how long it is; what follows may be anything."""
    for child in (lr.step_decay(1.0, 0.5, 40), lambda t: 0.5 ** (t // 40), 1.0, lr.noam(1, 9)):
        peak = child(0) if callable(child) else child
        scaled = scale_schedule(lr.warmup(child, 30, init_value=0.25), 64, 128, warmup_rule="linear")
        assert (scaled(0), scaled(60)) == (0.5, 2 * peak)
        for t in (60, 79, 80, 99, 100, 150):
            assert scaled(t) == pytest.approx(
                2 * (child((t - 60) * 2) if callable(child) else child), rel=4 * EPS, abs=0
            )


def test_a_formula_of_a_user():
    @lr.composition
    def two_ramps(peak_value: lr.types.Value, warmup_steps: lr.types.Steps, steps: lr.types.Steps):
        """A warmup of two ramps, then a line down."""
        half = warmup_steps // 2
        up = [lr.linear(0.0, peak_value / 4, half), lr.linear(peak_value / 4, peak_value, warmup_steps - half)]
        return lr.join([*up, lr.linear(peak_value, 0.0, steps)], [half, warmup_steps])

    scaled = scale_schedule(two_ramps(1.0, 20, 100), 10, 20, warmup_rule="linear")
    assert scaled.boundaries == (20, 40)
    assert [scaled(t) for t in (0, 20, 40, 50, 60)] == [0.0, 0.5, 2.0, 1.0, 0.0]


@many
@given(
    st.sampled_from(["linear", "sqrt", "steps"]), st.integers(2, 10**9), st.floats(0, 1), sizes, sizes, st.booleans()
)
def test_runs_of_any_size(warmup_rule, total, share, base, new, is_short):
    """The peak, and an end that is neither early nor late, also where a factor has more digits than a float."""
    total = total % 1000 + 2 if is_short else total
    run = lr.warmup_linear(1.0, int(share * total / 4), total)
    steps, end = scale_warmup_steps(int(share * total / 4), base, new, rule=warmup_rule), Fraction(total * base, new)
    if steps >= end and steps > 0:
        with pytest.raises(ValueError, match=rf"and makes {steps} of {math.ceil(end)} steps warmup; "):
            scale_schedule(run, base, new, warmup_rule=warmup_rule)
        return
    scaled = scale_schedule(run, base, new, warmup_rule=warmup_rule)
    assert scaled.length == math.ceil(end)
    assert scaled(steps) == new / base
    assert scaled(math.ceil(end)) == 0.0
    assert scaled(math.ceil(end) - 1) > 0.0


@pytest.mark.parametrize(
    ("total", "warmup", "base", "new"),
    [(14_400_000, 2_001, 4_096, 256), (12_000_000, 1_999, 1_000, 96), (12_000_000, 10_007, 4_096, 256)],
)
def test_a_factor_of_too_many_digits_ends_nothing_late(total, warmup, base, new):
    """The nearest float to the factor of the rest means a little more than it, which would be a step more."""
    scaled = scale_schedule(lr.warmup_cosine(1.0, warmup, total), base, new, warmup_rule="sqrt")
    assert scaled.length == total * base // new
    assert scaled(scaled.length) == 0.0 < scaled(scaled.length - 1)


@pytest.mark.parametrize("warmup_rule", WARMUP_RULES)
@pytest.mark.parametrize("label", RUNS)
def test_the_same_batch_is_the_same_run(label, warmup_rule):
    steps = np.arange(12_000)
    assert np.array_equal(
        scale_schedule(RUNS[label], 96, 96, rule="sqrt", warmup_rule=warmup_rule)(steps), RUNS[label](steps)
    )


@pytest.mark.parametrize("warmup_rule", WARMUP_RULES)
def test_no_warmup_and_nothing_but_warmup(warmup_rule):
    """Without a warmup the curve is drawn out whole; one that rounds to no steps is left out; a whole one stays."""
    none, plain = lr.warmup_cosine(1.0, 0, 90), lr.cosine(1.0, 0.0, 90)
    assert [scale_schedule(none, 2, 3, rule="linear", warmup_rule=warmup_rule)(t) for t in range(70)] == [
        scale_schedule(plain, 2, 3)(t) for t in range(70)
    ]
    all_warmup = scale_schedule(
        lr.warmup_linear(1.0, 8, 8, end_value=1.0), 4, 4, rule="linear", warmup_rule=warmup_rule
    )
    assert [all_warmup(t) for t in (0, 4, 8, 9)] == [0.0, 0.5, 1.0, 1.0]
    if warmup_rule in ("linear", "sqrt"):
        gone = scale_schedule(lr.warmup_linear(1.0, 1, 9), 64, 8, rule="linear", warmup_rule=warmup_rule)
        assert [gone(t) for t in (0, 36, 72)] == [0.125, 0.0625, 0.0]


@pytest.mark.parametrize("warmup_rule", WARMUP_RULES)
def test_schedules_with_a_warmup_rule_keep(warmup_rule):
    """Text, config, and being drawn out once more."""
    scaled = scale_schedule(RUNS["wsd"], 256, 640, rule="sqrt", warmup_rule=warmup_rule)
    assert lr.parse(repr(scaled)) == lr.from_config(scaled.to_config()) == scaled
    shown = "" if warmup_rule == "epochs" else f", warmup_rule={warmup_rule!r}"
    assert repr(scaled).endswith(f", 256, 640, rule='sqrt'{shown})")
    longer = lr.stretch(scaled, 5)
    assert longer.length == 5 * 4_000
    steps = np.arange(4_100)
    np.testing.assert_allclose(longer(5 * steps), scaled(steps), rtol=16 * EPS)
    pairs = zip(longer.boundaries, scaled.boundaries, strict=True)  # a time between two steps is rounded up once
    assert all(5 * (boundary - 1) < later <= 5 * boundary for later, boundary in pairs)


def test_configs_without_a_warmup_rule():
    """A config that was kept before there was one means what it meant."""
    config = scale_schedule(RUNS["wsd"], 256, 640).to_config()
    assert config["args"].pop("warmup_rule") == "epochs"
    assert lr.from_config(config) == scale_schedule(RUNS["wsd"], 256, 640)


def test_warmup_rules_in_jax():
    """Values may be traced; steps decide what the pieces are, so that a traced program is given the pieces."""
    scaled = scale_schedule(RUNS["wsd"], 256, 640, warmup_rule="steps")
    steps = jnp.arange(0, 4_000, 50)
    np.testing.assert_allclose(jax.jit(scaled)(steps), scaled(np.asarray(steps)), rtol=2.0**-21)
    run = jax.jit(lambda schedule, t: schedule(t))
    # Traced lengths are rounded to float32, which is as much as 4000/50 times more of the way that is left.
    np.testing.assert_allclose(run(scaled.expand(), steps), scaled(np.asarray(steps)), rtol=80 * 2.0**-21)

    def at_250(peak):
        return scale_schedule(lr.warmup_cosine(peak, 500, 10_000), 256, 1024, warmup_rule="steps")(250)

    assert jax.grad(at_250)(0.1) == 2.0
    demand = "must have steps that are numbers, not traced, for warmup_rule='steps'"
    remedy = "make it outside of the traced function, and pass its expand()."
    for make in (
        lambda steps: lr.wsd(1.0, steps, steps + 9 + 9, 9),
        lambda steps: lr.wsd(1.0, 9, 9 + 9 + steps, steps),
    ):
        with pytest.raises(TypeError) as caught:
            jax.jit(lambda n, make=make: scale_schedule(make(n), 8, 9, warmup_rule="steps")(3))(9)
        assert str(caught.value) == f"scale_schedule(schedule=wsd(...)) {demand}; {remedy}"
    with pytest.raises(TypeError, match=re.escape(demand)):
        run(scaled, steps)


# Other hyperparameters.

RATE = lr.warmup_cosine(4e-4, 100, 1000, end_value=4e-5)


def test_proportional():
    """Weight decay that follows the rate: the same shape, its own peak."""
    decay = proportional(RATE, 4e-4, 0.1)
    steps = np.arange(1100)
    np.testing.assert_allclose(decay(steps), 0.1 * RATE(steps) / 4e-4, rtol=8 * EPS)
    assert decay(100) == pytest.approx(0.1, rel=4 * EPS)
    assert decay.length == 1000
    assert lr.parse(repr(decay)) == decay


def test_inverse():
    """Low where the rate is high, high where it is low, and a straight line between."""
    momentum = inverse_to(RATE, 0.85, 0.95)
    values = momentum(np.arange(1001))
    assert values.min() == values[100] == pytest.approx(0.85, rel=4 * EPS)
    assert values.max() == values[0] == pytest.approx(0.95, rel=4 * EPS)
    np.testing.assert_allclose(values, 0.95 - 0.1 * RATE(np.arange(1001)) / 4e-4, rtol=8 * EPS)
    assert lr.parse(repr(momentum)) == momentum


def test_one_cycle_as_torch():
    """Torch gives each phase a ramp from end to end; where the rate's ends are the lowest, so does the inverse."""
    weights = [torch.nn.Parameter(torch.zeros(1))]
    optimizer = torch.optim.SGD(weights, lr=1.0, momentum=0.9)
    # The rate begins at a 1e9th of the peak and ends at it; torch counts a last step that is 99, and a peak at 29.
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=100, pct_start=0.3, div_factor=1e9, final_div_factor=1.0
    )
    rate = lr.join([lr.cosine(1e-9, 1.0, 29), lr.cosine(1.0, 1e-9, 70)], [29])
    momentum = inverse_to(rate, 0.85, 0.95)
    for step in range(100):
        group = optimizer.param_groups[0]
        assert group["lr"] == pytest.approx(rate(step), rel=1e-6)
        assert group["momentum"] == pytest.approx(momentum(step), rel=1e-13)
        optimizer.step()
        scheduler.step() if step < 99 else None


def test_inverse_without_an_end():
    """A rate that has no end is looked at over the run."""
    rate = lr.cyclic(0.1, 1.0, 50)
    momentum = inverse_to(rate, 0.8, 0.9, total_steps=1000)
    assert [momentum(t) for t in (0, 50, 100)] == pytest.approx([0.9, 0.8, 0.9], rel=4 * EPS)
    falling = inverse_to(lr.inverse_sqrt(1.0, 100), 0.5, 1.0, total_steps=301)
    assert (falling(0), falling(300)) == pytest.approx((0.5, 1.0), rel=4 * EPS)


def test_inverse_of_a_long_run():
    """A billion updates are not looked at one by one; the boundaries are."""
    momentum = inverse_to(lr.warmup_cosine(1.0, 123_457, 10**9), 0.85, 0.95)
    assert [momentum(t) for t in (0, 123_457, 10**9)] == pytest.approx([0.95, 0.85, 0.95], rel=4 * EPS)


WHOLE, LEAST = "must be a whole number; give how many there are.", "must be at least 1; give how many there are."
NO_WARMUP = (
    "scale_schedule(schedule={}) must be a warmup and what follows it, for warmup_rule='{}'; "
    "warmup_cosine(...), wsd(...) and warmup(...) are, and 'epochs' takes any schedule."
)
A_SCHEDULE = "must be a schedule, not float; lrsched.constant(value) is one."

BAD = [
    ("effective_batch_size(0)", f"effective_batch_size(per_device=0) {LEAST}"),
    ("effective_batch_size(8, devices=1.5)", f"effective_batch_size(devices=1.5) {WHOLE}"),
    ("effective_batch_size(8, devices=1, accumulation=-2)", f"effective_batch_size(accumulation=-2) {LEAST}"),
    (
        "effective_batch_size(True)",
        "effective_batch_size(per_device=True) must be a number, not bool; give an int or a float.",
    ),
    ("scale_lr(0.1, 0, 256)", f"scale_lr(base_batch_size=0) {LEAST}"),
    ("scale_lr(0.1, 256, 25.6)", f"scale_lr(batch_size=25.6) {WHOLE}"),
    ("scale_lr(math.nan, 256, 256)", "scale_lr(base_lr=nan) must be finite; give a number that float64 holds."),
    (
        "scale_lr(0.1, 256, 256, rule='root')",
        "scale_lr(rule='root') must be one of 'linear', 'sqrt'; write 'linear'.",
    ),
    (
        "scale_warmup_steps(-1, 256, 256)",
        "scale_warmup_steps(warmup_steps=-1) must be at least 0; give how many there are.",
    ),
    ("scale_warmup_steps(0.1, 256, 256)", f"scale_warmup_steps(warmup_steps=0.1) {WHOLE}"),
    (
        "scale_warmup_steps(5, 256, 256, rule='step')",
        "scale_warmup_steps(rule='step') must be one of 'linear', 'sqrt', 'steps', 'epochs'; did you mean 'steps'?",
    ),
    (
        "scale_schedule(lr.cosine, 256, 256)",
        "scale_schedule(schedule=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
    ),
    ("scale_schedule(RATE, 256.5, 256)", f"scale_schedule(base_batch_size=256.5) {WHOLE}"),
    (
        "scale_schedule(RATE, 256, 512, rule='root')",
        "scale_schedule(rule='root') must be one of 'linear', 'sqrt'; write 'linear'.",
    ),
    ("scale_schedule(RATE, 256, 0)", f"scale_schedule(batch_size=0) {LEAST}"),
    (
        "scale_schedule(RATE, 256, 512, warmup_rule='epoch')",
        "scale_schedule(warmup_rule='epoch') must be one of 'linear', 'sqrt', 'steps', 'epochs'; "
        "did you mean 'epochs'?",
    ),
    (
        "scale_schedule(RATE, 256, 512, warmup_rule=None)",
        "scale_schedule(warmup_rule=None) must be one of 'linear', 'sqrt', 'steps', 'epochs', not NoneType; "
        "write 'linear'.",
    ),
    (
        "scale_schedule(RATE, 256, 1024, warmup_rule='linear')",
        "scale_schedule(warmup_rule='linear') must leave a part of the run, and makes 400 of 250 steps warmup; "
        "'epochs' keeps the share of the warmup.",
    ),
    (
        "scale_schedule(RATE, 256, 2560, warmup_rule='steps')",
        "scale_schedule(warmup_rule='steps') must leave a part of the run, and makes 100 of 100 steps warmup; "
        "'epochs' keeps the share of the warmup.",
    ),
    ("scale_schedule(lr.cosine(1.0, 0.0, 9), 8, 9, warmup_rule='sqrt')", NO_WARMUP.format("cosine(...)", "sqrt")),
    ("scale_schedule(lr.noam(64, 9), 8, 9, warmup_rule='steps')", NO_WARMUP.format("noam(...)", "steps")),
    (
        "scale_schedule(2 * lr.cosine(1.0, 0.0, 9), 8, 9, rule='sqrt', warmup_rule='linear')",
        NO_WARMUP.format("cosine(...)", "linear"),
    ),
    ("scale_schedule(lr.shift(RATE, 1), 8, 9, warmup_rule='steps')", NO_WARMUP.format("shift(...)", "steps")),
    ("scale_schedule(0.5, 8, 9, warmup_rule='steps')", NO_WARMUP.format("0.5", "steps")),
    (
        "scale_schedule(math.sqrt, 8, 9, warmup_rule='steps')",
        NO_WARMUP.format("<built-in function sqrt>", "steps"),
    ),
    (
        "proportional(RATE, 0, 0.1)",
        "proportional(peak_value=0) must be greater than 0; give the highest value of the schedule.",
    ),
    ("proportional(0.1, 1.0, 0.1)", f"proportional(schedule=0.1) {A_SCHEDULE}"),
    (
        "proportional(RATE, 1.0, math.inf)",
        "proportional(other_peak=inf) must be finite; give a number that float64 holds.",
    ),
    (
        "inverse_to(RATE, 0.95, 0.85)",
        "inverse_to(high=0.85) must be greater than low=0.95; the lower value goes with the peak.",
    ),
    (
        "inverse_to(lr.cyclic(0.1, 1.0, 50), 0.85, 0.95)",
        "inverse_to(total_steps=None) must be given for a schedule without an end; give the run.",
    ),
    (
        "inverse_to(lr.constant(0.1), 0.85, 0.95)",
        "inverse_to(schedule=constant(...)) must rise or fall; a constant has no inverse; give the value itself.",
    ),
    ("inverse_to(0.1, 0.85, 0.95)", f"inverse_to(schedule=0.1) {A_SCHEDULE}"),
    ("inverse_to(RATE, 0.85, 0.95, total_steps=0)", f"inverse_to(total_steps=0) {LEAST}"),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[call for call, _ in BAD])
def test_bad_input(call, message):
    names = {**globals(), "math": math}
    with pytest.raises(TypeError if ", not " in message else ValueError) as caught:
        eval(call, names)
    assert re.sub(r" at 0x\w+", " at ...", str(caught.value)) == message


def test_traced_schedules():
    """What a traced schedule is highest at is not known."""
    with pytest.raises(TypeError, match=r"^inverse_to\(schedule=linear\(\.\.\.\)\) must hold numbers, not arrays; "):
        jax.jit(lambda peak: inverse_to(lr.linear(peak, 0.0, 10), 0.85, 0.95)(3))(jnp.float32(1.0))
    values = jax.jit(lambda peak: proportional(lr.linear(peak, 0.0, 10), 0.5, 0.1)(jnp.int32(5)))(1.0)
    assert values == pytest.approx(0.1, rel=2.0**-22)
