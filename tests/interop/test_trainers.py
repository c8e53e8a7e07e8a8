"""The schedules of the trainers against their own formulas, at every update of a run and past it."""

import math
import re
from functools import partial

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

import lrsched as lr
from lrsched.interop import big_vision, composer, deepspeed, megatron, nanogpt, olmo_core, t5x, torchtitan
from tests.cases import QUICKLY
from tests.interop import trainers

fairly = settings(max_examples=40, deadline=None, derandomize=True)

PEAKS = st.floats(1e-5, 2.0).map(lambda value: float(f"{value:.4g}"))
PARTS = st.floats(0.0, 1.0).map(lambda value: round(value, 3))
LENGTHS = st.integers(1, 60)
SHORT = st.integers(0, 30)


def agrees(schedule, reference, last, peak):
    """Whether both are the same at every update up to `last`, and the schedule is one of the vocabulary.

    The formulas of the trainers subtract numbers that are nearly equal next to a floor of 0: what they lose there is a
    rounding of the peak, and no part of the value.
    """
    steps = range(last + 1)
    expected = np.array([reference(k) for k in steps])
    np.testing.assert_allclose(schedule(np.arange(last + 1)), expected, rtol=1e-9, atol=1e-14 * peak)
    np.testing.assert_allclose([schedule(k) for k in steps], expected, rtol=1e-9, atol=1e-14 * peak)
    is_of_the_vocabulary(schedule)


def is_of_the_vocabulary(schedule):
    names = set(re.findall(r"[a-z_]+(?=\()", repr(schedule)))
    assert names <= set(vars(lr)), "a private formula, which `import lrsched` does not know"
    assert eval(repr(schedule), dict(vars(lr))) == lr.parse(repr(schedule)) == schedule
    assert lr.from_config(schedule.to_config()) == schedule


# Values that the trainers gave.

megatron_20 = partial(megatron.OptimizerParamScheduler, 0.0, 1.0, 0.1, 4, 20, "WSD", 6)
deepspeed_12 = partial(deepspeed.WarmupCosineLR, 1.0, 12, warmup_num_steps=4, cos_min_ratio=0.1)
torchtitan_20 = partial(torchtitan.build_lr_schedulers, 1.0, 20, 4, 0.3, min_lr_factor=0.1)
big_vision_200 = partial(big_vision.create_learning_rate_schedule, 200, decay_type="rsqrt", warmup_steps=4)
t5x_4 = partial(t5x.create_learning_rate_scheduler, base_learning_rate=1.0, warmup_steps=4)

OURS = {
    "torchtitan cosine": torchtitan.build_lr_schedulers(1.0, 12, 4, None, "cosine", 0.1),
    "megatron cosine": megatron.OptimizerParamScheduler(0.0, 1.0, 0.1, 4, 12, "cosine"),
    "deepspeed cosine linear": deepspeed_12(warmup_type="linear"),
    "deepspeed cosine log": deepspeed_12(),
    "deepspeed decay linear": deepspeed.WarmupDecayLR(12, 0.0, 1.0, 4, "linear"),
    "olmo_core cosine": olmo_core.CosWithWarmup(1.0, 12, warmup=4),
    "big_vision cosine": big_vision.create_learning_rate_schedule(12, decay_type="cosine", warmup_steps=4),
    "t5x cosine": t5x_4("constant * linear_warmup * cosine_decay", steps_per_cycle=8),
    "composer cosine": composer.CosineAnnealingWithWarmupScheduler(1.0, "4ba", alpha_f=0.1, max_duration="12ba"),
    "nanogpt cosine": nanogpt.get_lr(1.0, 4, 12, 0.1),
    "torchtitan wsd linear": torchtitan_20(decay_type="linear"),
    "torchtitan wsd sqrt": torchtitan_20(decay_type="sqrt"),
    "torchtitan wsd cosine": torchtitan_20(decay_type="cosine"),
    "megatron wsd linear": megatron_20("linear"),
    "megatron wsd cosine": megatron_20("cosine"),
    "megatron wsd exponential": megatron_20("exponential"),
    "megatron wsd minus_sqrt": megatron_20("minus_sqrt"),
    "olmo_core wsd": olmo_core.WSD(1.0, 20, warmup=4, decay=6, decay_fraction=None, decay_min_lr=0.1),
    "big_vision cooldown": big_vision.create_learning_rate_schedule(20, warmup_steps=4, cooldown_steps=6),
    "megatron inverse_sqrt": megatron.OptimizerParamScheduler(0.0, 1.0, 0.1, 4, 200, "inverse-square-root"),
    "olmo_core inv_sqrt": olmo_core.InvSqrtWithWarmup(1.0, 200, warmup=4),
    "big_vision rsqrt 4": big_vision_200(timescale=4),
    "big_vision rsqrt 16": big_vision_200(timescale=16),
    "t5x rsqrt": t5x_4(),
    "t5x normalized": t5x_4("constant * linear_warmup * rsqrt_normalized_decay"),
}


@pytest.mark.parametrize("name", trainers.executed())
def test_values_that_were_executed(name):
    schedule, values = OURS[name], trainers.executed()[name]
    # Past the end of a run some lines go on in their libraries, below 0 at last; a schedule holds.
    past = schedule.length or math.inf
    values = {step: value for step, value in values.items() if step <= past}
    found = {step: schedule(step) for step in values}
    assert found == pytest.approx(values, rel=0, abs=0.50001e-3), "the tables have three decimals"
    is_of_the_vocabulary(schedule)


def test_every_row_is_compared():
    assert set(OURS) == set(trainers.executed())


# Megatron-LM.

STYLES = ["constant", "linear", "cosine", "inverse-square-root", "WSD"]
SHAPES = ["linear", "cosine", "exponential", "minus_sqrt"]


@st.composite
def megatron_runs(draw, times=SHORT):
    low, high = sorted([draw(PEAKS), draw(PEAKS)])
    warmup, most = draw(times), draw(LENGTHS)
    return {
        "init_lr": draw(PARTS) * high,
        "max_lr": high,
        "min_lr": draw(st.sampled_from([0.0, low])),
        "lr_warmup_steps": warmup,
        "lr_decay_steps": warmup + most,
        "lr_decay_style": draw(st.sampled_from(STYLES)),
        "wsd_decay_steps": draw(st.integers(0, most)),
        "lr_wsd_decay_style": draw(st.sampled_from(SHAPES)),
    }


@fairly
@given(megatron_runs())
def test_megatron(run):
    last = run["lr_decay_steps"] + 20
    agrees(megatron.OptimizerParamScheduler(**run), trainers.megatron(**run), last, run["max_lr"])


SHORTER_THAN_AN_UPDATE = {
    "init_lr": 0.0,
    "max_lr": 1.0,
    "min_lr": 0.0,
    "lr_warmup_steps": 0,
    "lr_decay_steps": 2,
    "lr_decay_style": "WSD",
    "wsd_decay_steps": 1,
    "lr_wsd_decay_style": "exponential",
}


@fairly
@given(megatron_runs(), st.sampled_from([3, 32, 49, 1000]))
@example(SHORTER_THAN_AN_UPDATE, 3)
def test_megatron_counts_samples(run, increment):
    """Whole batches, and lengths that end inside of one."""
    for size in (1, increment):
        scaled = {key: value * size if key.endswith("_steps") else value for key, value in run.items()}
        schedule = megatron.OptimizerParamScheduler(**scaled, increment=increment)
        last = scaled["lr_decay_steps"] // increment + 5
        agrees(schedule, trainers.megatron(**scaled, increment=increment), last, run["max_lr"])


@fairly
@given(megatron_runs(st.floats(0.001, 20.0)))
def test_megatron_does_not_round_a_warmup(run):
    last = int(run["lr_decay_steps"]) + 5
    agrees(megatron.OptimizerParamScheduler(**run), trainers.megatron(**run), last, run["max_lr"])


def test_megatron_forgives_the_rounding_of_a_product():
    warmup = 0.07 * 100
    assert warmup != 7
    s = megatron.OptimizerParamScheduler(0.0, 1.0, 0.1, warmup, 100, "cosine")
    assert repr(s) == "join([linear(0.0, 1.0, 7), cosine(1.0, 0.1, 93)], [7])"


@fairly
@given(PARTS, PARTS, LENGTHS, st.sampled_from(["linear", "cosine"]), st.sampled_from([1, 7]))
def test_megatron_weight_decay(a, b, steps, style, increment):
    start, end = sorted([a, b])
    schedule = megatron.OptimizerParamScheduler_weight_decay(start, end, steps, style, increment=increment)
    agrees(schedule, trainers.megatron_weight_decay(start, end, steps, style, increment=increment), steps + 5, 1.0)


def test_megatron_constant_weight_decay():
    assert megatron.OptimizerParamScheduler_weight_decay(0.1, 0.1, 0, "constant") == lr.constant(0.1)


# torchtitan.


@fairly
@given(PEAKS, LENGTHS, PARTS, st.none() | PARTS, st.sampled_from(["linear", "sqrt", "cosine"]), PARTS)
def test_torchtitan(peak, total, part, decay_part, kind, floor):
    warmup = round(part * total)
    ratio = None if decay_part is None else round(decay_part * (total - warmup) / total - 0.0005, 3) % 1
    ratio = 0.0 if ratio is not None and round(total * ratio) > total - warmup else ratio
    args = (peak, total, warmup, ratio, kind, floor)
    reference = trainers.torchtitan(*args)
    schedule = torchtitan.build_lr_schedulers(*args)
    agrees(schedule, reference, total, peak)
    assert schedule(total + 1) == schedule(10 * total) == schedule(total)
    if schedule(total) != peak:
        agrees(torchtitan.build_lr_schedulers(*args, exact_tail=True), reference, 3 * total, 10 * peak)


# OLMo-core.

OLMO = {
    "cos": olmo_core.CosWithWarmup,
    "half": olmo_core.HalfCosWithWarmup,
    "linear": olmo_core.LinearWithWarmup,
    "inv_sqrt": olmo_core.InvSqrtWithWarmup,
}


@fairly
@given(st.sampled_from(list(OLMO)), PEAKS, LENGTHS, PARTS, PARTS, PARTS, st.sampled_from([1, 3, 4096]))
def test_olmo_core_with_warmup(shape, peak, total, part, alpha_f, least, tokens):
    warmup = max(round(part * total), 1) * tokens
    total = (total + 1) * tokens
    least *= 0.49 * peak  # below the peak of half a cosine, too
    schedule = OLMO[shape](peak, total, warmup=warmup, alpha_f=alpha_f, warmup_min_lr=least, tokens_per_step=tokens)
    reference = trainers.olmo(trainers.olmo_decay(shape, peak, total, warmup, alpha_f, least), tokens)
    agrees(schedule, reference, total // tokens + 20, peak)


def test_olmo_core_lengths_of_their_own():
    """`t_max` is the end of the decay; a fraction is one of it, rounded half to even; there are older names."""
    assert repr(olmo_core.CosWithWarmup(1.0, 99, warmup_fraction=0.05, t_max=50)) == (
        "shift(warmup_cosine(1.0, 2, 50, end_value=0.1), 1)"
    )
    assert olmo_core.CosWithWarmup(1.0, 50, warmup_steps=5) == olmo_core.CosWithWarmup(1.0, 50, warmup=5)
    older = olmo_core.WSD(1.0, 50, warmup_steps=5, decay_steps=7, decay_fraction=None)
    assert older == olmo_core.WSD(1.0, 50, warmup=5, decay=7, decay_fraction=None)
    assert olmo_core.WSD(1.0, 50, warmup=5) == olmo_core.WSD(1.0, 50, warmup=5, decay=5, decay_fraction=None)


@fairly
@given(PEAKS, SHORT, SHORT, LENGTHS, PARTS, PARTS, st.sampled_from([1, 5]))
def test_olmo_core_wsd(peak, warmup, stable, decay, least, floor, tokens):
    warmup, stable, decay = (length * tokens for length in (warmup, stable, decay))
    total, least, floor = warmup + stable + decay, 0.9 * least * peak, 0.9 * floor * peak
    make = partial(
        olmo_core.WSD,
        peak,
        total,
        warmup=warmup,
        decay=decay,
        decay_fraction=None,
        warmup_min_lr=least,
        decay_min_lr=floor,
        tokens_per_step=tokens,
    )
    reference = trainers.olmo(trainers.olmo_wsd(peak, total, warmup, decay, least, floor), tokens)
    run = total // tokens - 1  # the last update of the run
    agrees(make(), reference, run, peak)
    assert make()(run + 1) == make()(9 * run + 9) == make()(run)
    constant = olmo_core.ConstantWithWarmup(peak, total, warmup=warmup, warmup_min_lr=least, tokens_per_step=tokens)
    agrees(constant, trainers.olmo(trainers.olmo_constant(peak, total, warmup, least), tokens), run, peak)


@fairly
@given(PEAKS, SHORT, LENGTHS, LENGTHS, st.floats(0.1, 1.0))
def test_olmo_core_cosine_cut_short(peak, warmup, length, decay, alpha_f):
    total = warmup + length + decay
    cos = trainers.olmo_decay("cos", peak, total, warmup, alpha_f, 0.0)
    floor = 0.5 * alpha_f * peak
    reference = trainers.olmo(trainers.olmo_cosine_cut(cos, total, decay, floor))
    make = partial(
        olmo_core.CosWithWarmupAndLinearDecay,
        peak,
        total,
        warmup=warmup,
        alpha_f=alpha_f,
        decay=decay,
        decay_fraction=None,
        decay_min_lr=floor,
    )
    agrees(make(), reference, total - 1, peak)
    assert make()(total) == make()(9 * total) == make()(total - 1)


@fairly
@given(PEAKS, SHORT, st.integers(1, 9), st.lists(st.integers(0, 9), min_size=1, max_size=5), PARTS)
def test_olmo_core_periods(peak, warmup, decay, levels, floor):
    lengths = [level + decay for level in levels]
    lengths[0] += warmup
    floor *= 0.9 * peak
    schedule = olmo_core.WSDS(peak, lengths, warmup=warmup, decay=decay, decay_min_lr=floor)
    reference = trainers.olmo(trainers.olmo_wsds(peak, lengths, warmup, decay, 0.0, floor))
    agrees(schedule, reference, sum(lengths) + 9, peak)


@fairly
@given(PEAKS, LENGTHS, PEAKS)
def test_olmo_core_exponential(peak, total, least):
    reference = trainers.olmo(trainers.olmo_exponential(peak, total, least))
    agrees(olmo_core.ExponentialScheduler(peak, total, least), reference, total + 9, max(peak, least))


def test_olmo_core_one_after_another():
    """The peak of the second is the last rate of the first: a warmup, a cosine to a half, WSD from there."""
    first = partial(olmo_core.CosWithWarmup, warmup=3, alpha_f=0.5)
    second = partial(olmo_core.WSD, warmup=2, decay=4, decay_fraction=None)
    schedule = olmo_core.SequentialScheduler(1.0, 30, [first, second, olmo_core.ConstantScheduler], [10, 12])

    def get_lr(u):
        if u <= 10:
            return trainers.olmo_decay("cos", 1.0, 10, 3, 0.5, 0.0)(u)
        return trainers.olmo_wsd(0.5, 12, 2, 4, 0.0, 0.0)(u - 10) if u <= 22 else 0.0

    agrees(schedule, trainers.olmo(get_lr), 29, 1.0)
    assert olmo_core.SequentialScheduler(1.0, 30, [first], []) == first(1.0, 30)


def test_olmo_core_sequence_that_is_overridden():
    """Values of OLMo-core 3.0.0."""
    first = partial(olmo_core.LinearWithWarmup, warmup=2, alpha_f=0.5)
    end = olmo_core.OverrideDecay(8, 4, end_lr=0.0)
    schedule = olmo_core.SequentialScheduler(1.0, 14, [first, olmo_core.ConstantScheduler], [6], override_decay=end)
    expected = [0.5, 1.0, 0.875, 0.75, 0.625, 0.5, 0.5, 0.5, 0.375, 0.25, 0.125, 0.0, 0.0, 0.0]
    assert [schedule(t) for t in range(14)] == pytest.approx(expected, rel=1e-15)


def test_a_batch_that_grows_counts_the_tokens():
    """A schedule in samples, of an increment of 1, sees what the stairs of the batch have added up."""
    batch = megatron.step_batch_size_schedule("0:4 1K:8")
    rate = megatron.OptimizerParamScheduler(0.0, 1.0, 0.1, 400, 2_000, "cosine")
    in_updates = lr.compose(rate, lr.tokens_seen(batch, 1))
    assert in_updates(100) == 1.0
    assert in_updates(250) == rate(1_000)
    assert in_updates(251) == rate(1_008)


# DeepSpeed.

WARMUPS = st.sampled_from(["log", "linear"])


@fairly
@given(PARTS, PEAKS, st.integers(1, 40), LENGTHS, WARMUPS)
def test_deepspeed_warmups(low, high, warmup, length, kind):
    total = max(2, warmup) + length
    flat = deepspeed.WarmupLR(None, low, high, warmup, kind)
    agrees(flat, trainers.deepspeed_warmup(low, high, warmup, kind), total, max(low, high))
    assert deepspeed.WarmupLR(high, low, None, warmup, kind) == flat, "the maximum is the rate of the optimizer"
    decay = deepspeed.WarmupDecayLR(total, low, high, warmup, kind)
    agrees(decay, trainers.deepspeed_warmup(low, high, warmup, kind, total), total + 9, max(low, high))


@pytest.mark.parametrize("steps", [2, 3, 1_000, 1_023, 1_024, 1_000_000])
def test_the_logarithm_is_exact(steps):
    """It is a power next to 0, which must not be seen: 1e-14 of the value, at steps all over a long warmup."""
    schedule = deepspeed.WarmupLR(1.0, warmup_num_steps=steps)
    at = sorted({round(steps ** (i / 200)) for i in range(201)})
    expected = [math.log(k) / math.log(steps) for k in at]
    assert [schedule(k) for k in at] == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_the_logarithm_survives_float32():
    import jax

    schedule = deepspeed.WarmupLR(1.0, warmup_num_steps=1_000)
    steps = np.arange(1_100)
    single = np.asarray(jax.jit(schedule)(steps.astype(np.int32)))
    assert single.dtype == np.float32
    # log(t) is what is left of log(1024) and a smaller logarithm: their rounding, of float32, is some 1e-6 of log(2).
    np.testing.assert_allclose(single, schedule(steps), rtol=3e-6)


@fairly
@given(PEAKS, st.integers(1, 40), LENGTHS, PARTS, PARTS, WARMUPS)
def test_deepspeed_cosine(peak, warmup, length, start, floor, kind):
    total = max(2, warmup) + length - 1
    schedule = deepspeed.WarmupCosineLR(peak, total, start, warmup, floor, kind)
    agrees(schedule, trainers.deepspeed_cosine(peak, total, start, warmup, floor, kind), total + 9, peak)


@fairly
@given(PEAKS, LENGTHS, st.floats(0.0, 3.0), st.booleans())
def test_deepspeed_range_test(low, size, rate, staircase):
    schedule = deepspeed.LRRangeTest(low, size, rate, staircase)
    reference = trainers.deepspeed_range_test(low, size, rate, staircase)
    agrees(schedule, reference, 5 * size, low)
    far = np.arange(0, 10**7, 9_973)
    assert schedule(far) == pytest.approx([reference(int(k)) for k in far], rel=1e-9)


@fairly
@given(PARTS, PEAKS, st.floats(0.0, 2.0), LENGTHS, st.none() | LENGTHS, SHORT, st.none() | SHORT, SHORT)
def test_deepspeed_one_cycle(low, high, rate, first, second, stairs, falling, size):
    last = 3 * first + 3 * (second or first)
    args = (low, high, rate, first, second, stairs, falling, size)
    agrees(deepspeed.OneCycle(*args), trainers.deepspeed_one_cycle(*args), last, max(low, high))
    momentum = trainers.deepspeed_one_cycle(*args, momentum=True)
    agrees(deepspeed.OneCycle_momentum(*args), momentum, last, max(low, high))


# Composer.

COMPOSER = {
    "cosine": (composer.CosineAnnealingWithWarmupScheduler, lambda a, x: a + (1 - a) * (1 + math.cos(x * math.pi)) / 2),
    "linear": (composer.LinearWithWarmupScheduler, lambda a, x: 1 + x * (a - 1)),
    "polynomial": (composer.PolynomialWithWarmupScheduler, lambda a, x: a + (1 - x) ** 2.0 * (1 - a)),
}


@fairly
@given(st.sampled_from(list(COMPOSER)), PEAKS, SHORT, LENGTHS, PARTS, st.sampled_from([0.5, 1.0, 1.7]), st.booleans())
def test_composer_in_batches(shape, peak, warmup, length, alpha_f, ratio, scale_warmup):
    scaled = int(warmup * ratio)
    if scale_warmup and scaled == 0:
        warmup = 0
    make, decay = COMPOSER[shape]
    total = int((warmup + length) * ratio)
    if total == 0:
        ratio, total = 1.0, warmup + length
    schedule = make(
        peak,
        f"{warmup}ba",
        alpha_f=alpha_f,
        scale_warmup=scale_warmup,
        max_duration=f"{warmup + length}ba",
        scale_schedule_ratio=ratio,
    )
    factor = trainers.composer_warmup(partial(decay, alpha_f), warmup, total, 1.0, ratio, scale_warmup)
    agrees(schedule, trainers.composer(factor, peak), total + 9, peak)


@fairly
@given(st.sampled_from(list(COMPOSER)), PEAKS, SHORT, LENGTHS, PARTS, st.sampled_from([3, 49, 1000]))
def test_composer_in_samples(shape, peak, warmup, length, alpha_f, size):
    make, decay = COMPOSER[shape]
    for unit, name in (("sp", "samples_per_batch"), ("tok", "tokens_per_batch")):
        times = {"max_duration": f"{(warmup + length) * 7}{unit}", name: size}
        schedule = make(peak, f"{warmup * 7}{unit}", alpha_f=alpha_f, **times)
        factor = trainers.composer_warmup(partial(decay, alpha_f), warmup * 7, (warmup + length) * 7)
        agrees(schedule, trainers.composer(factor, peak, size), (warmup + length) * 7 // size + 5, peak)


def test_composer_times():
    """Epochs are batches, a part of the run is cut off to a batch, and an integer duration is one in epochs."""
    make = partial(composer.LinearWithWarmupScheduler, 1.0, dataloader_len=33)
    by_hand = "shift(join([linear(0.0, 1.0, 33), linear(1.0, 0.0, 297)], [33]), -1)"
    assert repr(make("1ep", max_duration="10ep")) == by_hand
    assert repr(make("33ba", max_duration=10)) == by_hand
    assert repr(make("0.1DUR", max_duration="330ba")) == by_hand
    assert repr(make("3.3e1ba", t_max="10ep", max_duration="5ep", scale_schedule_ratio=1.0)) == by_hand
    assert repr(make("0.01dur", max_duration="10ep")) == repr(make("3ba", max_duration="10ep"))
    assert repr(make("1ep", max_duration="10ep", scale_schedule_ratio=0.5)) == (
        "shift(join([linear(0.0, 1.0, 33), linear(1.0, 0.0, 132)], [33]), -1)"
    )
    tokens = make("9tok", t_max="99tok", max_duration="1ep", dataloader_len=None, tokens_per_batch=3)
    assert tokens.length == 34, "where epochs and tokens cannot be compared, the end is taken as it is"
    constant = composer.ConstantWithWarmupScheduler(1.0, "2ba", alpha=0.5, max_duration="9ba")
    agrees(constant, trainers.composer(trainers.composer_warmup(lambda _: 0.5, 2, 9, 0.5), 1.0), 20, 1.0)


@fairly
@given(PEAKS, SHORT, st.lists(SHORT, max_size=4), PARTS, st.sampled_from([1, 3, 10]))
def test_composer_milestones(peak, warmup, milestones, gamma, size):
    """In any order, twice, before the warmup, and in two units."""
    texts = [f"{milestone}{'sp' if i % 2 else 'ba'}" for i, milestone in enumerate(milestones)]
    sizes = [size if i % 2 else 1 for i in range(len(milestones))]
    schedule = composer.MultiStepWithWarmupScheduler(
        peak, f"{warmup}ba", texts, gamma, max_duration="60ba", samples_per_batch=size
    )
    factor = trainers.composer_steps(warmup, milestones, gamma, sizes)
    agrees(schedule, trainers.composer(factor, peak), 70, peak)


# nanoGPT.


@fairly
@given(PEAKS, SHORT, LENGTHS, PARTS)
def test_nanogpt(peak, warmup, length, floor):
    args = (peak, warmup, warmup + length, floor * peak)
    agrees(nanogpt.get_lr(*args), trainers.nanogpt(*args), warmup + length + 20, peak)
    assert nanogpt.get_lr(*args, decay_lr=False) == lr.constant(peak)


# big_vision.


@st.composite
def big_vision_runs(draw):
    warmup, length = draw(SHORT), draw(LENGTHS)
    run = {
        "total_steps": warmup + length,
        "base": draw(PEAKS),
        "decay_type": draw(st.sampled_from(["linear", "polynomial", "cosine", "rsqrt", "stair"])),
        "warmup_steps": warmup,
        "cooldown_steps": draw(st.sampled_from([0, length, draw(st.integers(1, 120))])),
    }
    if run["decay_type"] in ("linear", "polynomial"):
        run |= {"power": draw(st.sampled_from([1, 0.5, 2, 3.3])), "end": draw(PARTS) * run["base"]}
    if run["decay_type"] == "rsqrt":
        run |= {"timescale": draw(st.floats(0.5, 1e4)), "shift": draw(st.sampled_from([0, 7, 2.5]))}
    if run["decay_type"] == "stair":
        steps = sorted(draw(st.sets(st.integers(0, 80), max_size=4)))
        run |= {"steps": steps, "mults": [draw(PARTS) for _ in steps]}
    return run


@fairly
@given(big_vision_runs())
def test_big_vision(run):
    reference, total, peak = trainers.big_vision(**run), run["total_steps"], run["base"]
    agrees(big_vision.create_learning_rate_schedule(**run), reference, total, peak)
    if run["cooldown_steps"]:
        assert big_vision.create_learning_rate_schedule(**run)(total + 9) == 0
    else:
        agrees(big_vision.create_learning_rate_schedule(**run), reference, 3 * total, peak)


@fairly
@given(st.integers(0, 5_000), st.integers(1, 300), PARTS, st.sampled_from(["examples", "epochs", "percent"]))
def test_big_vision_lengths(examples, batch, percent, kind):
    """Rounded to the nearest step, half to even, and 1 at least unless it is 0."""
    data, total = 1_000, 20_000
    amounts = {"examples": examples, "epochs": examples / data, "percent": percent}
    steps = {
        "examples": examples / batch,
        "epochs": examples / data * (data / batch),
        "percent": percent * total,
    }
    make = partial(big_vision.create_learning_rate_schedule, total, batch, data, decay_type="cosine")
    count = trainers.big_vision_steps(steps[kind])
    if count < total:
        for phase in ("warmup", "cooldown"):
            assert make(**{f"{phase}_{kind}": amounts[kind]}) == make(**{f"{phase}_steps": count})


def test_big_vision_of_another_batch():
    make = partial(big_vision.create_learning_rate_schedule, 100, 512, 1_000, decay_type="rsqrt")
    assert make(base=1.0, scale_with_batchsize=True, timescale=8) == make(base=2.0, timescale_examples=8 * 512)
    older = make(decay_type="linear", linear_end=0.1)
    assert older == make(decay_type="linear", end=0.1) != make(decay_type="linear", end=0.0, linear_end=0.1)


# T5X.

FACTORS = ["constant", "linear_warmup", "linear_decay", "rsqrt_decay", "rsqrt_normalized_decay"]


@fairly
@given(
    st.lists(st.sampled_from([*FACTORS, "decay_every", "cosine_decay"]), min_size=1, max_size=4),
    PEAKS,
    LENGTHS,
    st.floats(0.01, 1.0),
    LENGTHS,
    LENGTHS,
    st.integers(-10, 30),
    st.sampled_from([0.0, 1e-8, 0.1]),
)
def test_t5x(names, base, warmup, rate, stair, cycle, offset, least):
    args = (" * ".join(names), base, warmup, rate, stair, cycle, offset, least)
    agrees(t5x.create_learning_rate_scheduler(*args), trainers.t5x(*args), 200, max(base, 1.0) ** len(names))


# The conventions in which the trainers differ, side by side.

FRACTIONS = [(0.07, 100), (0.29, 100), (0.05, 50), (0.001, 500)]


@pytest.mark.parametrize(
    ("make", "explicit", "steps"),
    [
        (
            lambda part, total: olmo_core.ConstantWithWarmup(1.0, total, warmup_fraction=part),
            lambda count, total: olmo_core.ConstantWithWarmup(1.0, total, warmup=count),
            [7, 29, 2, 0],
        ),
        (
            lambda part, total: torchtitan.build_lr_schedulers(1.0, total, 0, part).length,
            lambda count, total: total if count else 0,
            [7, 29, 2, 0],
        ),
        (
            lambda part, total: big_vision.create_learning_rate_schedule(total, warmup_percent=part),
            lambda count, total: big_vision.create_learning_rate_schedule(total, warmup_steps=count),
            [7, 29, 2, 1],
        ),
        (
            lambda part, total: composer.LinearWithWarmupScheduler(1.0, f"{part}dur", max_duration=f"{total}ba"),
            lambda count, total: composer.LinearWithWarmupScheduler(1.0, f"{count}ba", max_duration=f"{total}ba"),
            [7, 28, 2, 0],
        ),
    ],
    ids=["olmo_core", "torchtitan", "big_vision", "composer"],
)
def test_fractions_become_steps(make, explicit, steps):
    """A product rounded half to even, to 1 at least, or cut off; Megatron's is not rounded."""
    for (part, total), count in zip(FRACTIONS, steps, strict=True):
        assert make(part, total) == explicit(count, total)


def test_the_first_update_after_a_milestone():
    """A milestone at 5: Composer's is one update late."""
    big = big_vision.create_learning_rate_schedule(10, steps=[5], mults=[0.5])
    t5 = t5x.create_learning_rate_scheduler("decay_every", steps_per_decay=5)
    late = composer.MultiStepWithWarmupScheduler(1.0, "0ba", ["5ba"], 0.5, max_duration="10ba")
    dropped = [next(k for k in range(10) if schedule(k) < 1) for schedule in (big, t5, late)]
    assert dropped == [5, 5, 6]


@pytest.mark.parametrize(
    "make",
    [
        lambda peak: nanogpt.get_lr(peak, 4, 12, 0.1),
        lambda peak: megatron.OptimizerParamScheduler(0.0, peak, 0.1, 4, 20, "WSD", 6, "exponential"),
        lambda peak: megatron.OptimizerParamScheduler(0.0, peak, 0.1, 4, 20, "inverse-square-root"),
        lambda peak: torchtitan.build_lr_schedulers(peak, 20, 4, 0.3),
        lambda peak: olmo_core.CosWithWarmupAndLinearDecay(peak, 20, warmup=4),
        lambda peak: olmo_core.InvSqrtWithWarmup(peak, 20, warmup=4),
        lambda peak: deepspeed.WarmupCosineLR(peak, 20, warmup_num_steps=8),
        lambda peak: deepspeed.OneCycle(0.1, peak, cycle_first_step_size=6, cycle_first_stair_count=3),
        lambda peak: composer.MultiStepWithWarmupScheduler(peak, "4ba", ["5ba"], max_duration="20ba"),
        lambda peak: big_vision.create_learning_rate_schedule(20, base=peak, cooldown_steps=6, decay_type="rsqrt"),
        lambda peak: t5x.create_learning_rate_scheduler(base_learning_rate=peak, warmup_steps=4),
    ],
)
def test_a_peak_may_be_traced(make):
    """As all numbers of the vocabulary: under `jit`, and for a gradient."""
    import jax

    expected = [make(1.5)(k) for k in range(25)]

    def both(peak):
        return make(peak)(jax.numpy.arange(25)), jax.grad(lambda peak: make(peak)(5))(peak)

    traced, slope = jax.jit(both, compiler_options=QUICKLY)(1.5)
    assert traced.tolist() == pytest.approx(expected, rel=1e-5)
    assert float(slope) == pytest.approx((make(1.501)(5) - make(1.499)(5)) / 0.002, rel=1e-4)


# What is refused, and how.

TITAN = partial(torchtitan.build_lr_schedulers, 1.0, 100)
MEGATRON = partial(megatron.OptimizerParamScheduler, 0.0, 1.0, 0.1, 10, 100)
COS = partial(composer.CosineAnnealingWithWarmupScheduler, 1.0)
BATCHES = megatron.step_batch_size_schedule
VISION = partial(big_vision.create_learning_rate_schedule, 100)

REFUSED = {
    "OptimizerParamScheduler(min_lr=2.0) must be at most max_lr=1.0; it is the floor.": lambda: (
        megatron.OptimizerParamScheduler(0.0, 1.0, 2.0, 10, 100, "cosine")
    ),
    "OptimizerParamScheduler(min_lr=-0.1) must be at least 0; a positive rate makes the value fall.": lambda: (
        megatron.OptimizerParamScheduler(0.0, 1.0, -0.1, 10, 100, "cosine")
    ),
    "OptimizerParamScheduler(init_lr=2.0) must be at most max_lr=1.0; the warmup rises.": lambda: (
        megatron.OptimizerParamScheduler(2.0, 1.0, 0.1, 10, 100, "cosine")
    ),
    "OptimizerParamScheduler(lr_decay_steps=100.0) must be greater than lr_warmup_steps=100.0; lr_decay_steps "
    "includes it.": (lambda: megatron.OptimizerParamScheduler(0.0, 1.0, 0.1, 100, 100, "cosine")),
    "OptimizerParamScheduler(lr_decay_style='cosin') must be one of 'constant', 'linear', 'cosine', "
    "'inverse-square-root', 'WSD'; did you mean 'cosine'?": lambda: MEGATRON("cosin"),
    "OptimizerParamScheduler(wsd_decay_steps=None) must be given; WSD ends with a decay.": (lambda: MEGATRON("WSD")),
    "OptimizerParamScheduler(lr_wsd_decay_style=None) must be given; WSD ends with a decay.": (
        lambda: MEGATRON("WSD", 10)
    ),
    "OptimizerParamScheduler(wsd_decay_steps=91.0) must be at most 90.0, what the warmup leaves.": lambda: MEGATRON(
        "WSD", 91, "linear"
    ),
    "OptimizerParamScheduler_weight_decay(start_wd=0.2) must be at most end_wd=0.1; it rises.": lambda: (
        megatron.OptimizerParamScheduler_weight_decay(0.2, 0.1, 10, "linear")
    ),
    "OptimizerParamScheduler_weight_decay(start_wd=0.0) must be end_wd=0.1; 'linear' goes between them.": lambda: (
        megatron.OptimizerParamScheduler_weight_decay(0.0, 0.1, 10, "constant")
    ),
    "OptimizerParamScheduler_weight_decay(wsd_incr_steps=...) is not a parameter; did you mean 'wd_incr_steps'?": (
        lambda: megatron.OptimizerParamScheduler_weight_decay(0.0, 0.1, wsd_incr_steps=10)
    ),
    "build_lr_schedulers(training_steps=100) must be at least warmup_steps=200; training_steps includes it.": TITAN,
    "build_lr_schedulers(decay_ratio=0.95) must leave 10 steps to the warmup; shorten one.": (lambda: TITAN(10, 0.95)),
    "build_lr_schedulers(exact_tail=True) must have a decay; torchtitan raises an error past the end.": (
        lambda: TITAN(10, 0.0, exact_tail=True)
    ),
    "build_lr_schedulers(decay_ratio=1.5) must be between 0 and 1; 0.3 is 30 %.": lambda: TITAN(10, 1.5),
    "CosWithWarmup(warmup=None, warmup_fraction=None) must not be None; give one.": lambda: olmo_core.CosWithWarmup(
        1.0, 100
    ),
    "WSD(decay=5, decay_fraction=0.1) must not be given together; leave one out, or write None.": lambda: olmo_core.WSD(
        1.0, 100, warmup=5, decay=5
    ),
    "WSD(decay=50) must fit 100 steps beside a warmup of 60; make one shorter.": lambda: olmo_core.WSD(
        1.0, 100, warmup=60, decay_fraction=0.5
    ),
    "WSD(decay=0) must be at least 1; without a decay, use ConstantWithWarmup.": lambda: olmo_core.WSD(
        1.0, 100, warmup=60, decay_fraction=0.0
    ),
    "LinearWithWarmup(warmup_min_lr=1.0) must be at least 0 and less than 1.0; the warmup rises.": lambda: (
        olmo_core.LinearWithWarmup(1.0, 100, warmup=5, warmup_min_lr=1.0)
    ),
    "CosWithWarmup(warmup=101) must be at most 100, the whole; the whole includes the warmup.": lambda: (
        olmo_core.CosWithWarmup(1.0, 100, warmup=101)
    ),
    "InvSqrtWithWarmup(warmup=0) must be at least 1; it is the time scale of the decay.": lambda: (
        olmo_core.InvSqrtWithWarmup(1.0, 100, warmup=0)
    ),
    "WSDS(period_lengths=[]) must not be empty; write [1000, 2000].": lambda: olmo_core.WSDS(
        1.0, [], warmup=2, decay=6
    ),
    "WSDS(decay=6) must fit 5 steps beside a warmup of 0; make one shorter.": lambda: olmo_core.WSDS(
        1.0, [20, 5], warmup=2, decay=6
    ),
    "SequentialScheduler(schedulers_max=[10]) must be 0 lengths, one less than schedulers; the last runs on.": lambda: (
        olmo_core.SequentialScheduler(1.0, 10, [olmo_core.ConstantScheduler], [10])
    ),
    "WarmupLR(warmup_max_lr=None) must be given; or give base_lr.": deepspeed.WarmupLR,
    "WarmupLR(warmup_num_steps=0) must be at least 1; a period has one step or more.": lambda: deepspeed.WarmupLR(
        1.0, warmup_num_steps=0
    ),
    "WarmupLR(warmup_type='cosine') must be one of 'log', 'linear'; write 'log'.": lambda: deepspeed.WarmupLR(
        1.0, warmup_type="cosine"
    ),
    "WarmupCosineLR(total_num_steps=999) must be at least warmup_num_steps=1000; total_num_steps "
    "includes it.": lambda: deepspeed.WarmupCosineLR(1.0, 999),
    "step_batch_size_schedule(schedule='0:768 250B') has '250B', which is no threshold and size; write \"0:768 "
    '250B:1536".': lambda: BATCHES("0:768 250B"),
    "step_batch_size_schedule(schedule='1K:768') must have a threshold 0, others above it, and sizes of 1 or more; "
    "begin with 0:768.": lambda: BATCHES("1K:768"),
    "step_batch_size_schedule(schedule='0:4 8:0') must have a threshold 0, others above it, and sizes of 1 or more; "
    "begin with 0:768.": lambda: BATCHES("0:4 8:0"),
    "PowerLR(b=0.5) must be less than 0; the rate falls.": lambda: olmo_core.PowerLR(1.0, 100, warmup=5, b=0.5),
    "WSDS(period_lr_multipliers=[1.0]) must be 2 numbers, one for each period.": lambda: olmo_core.WSDS(
        1.0, [9, 9], period_lr_multipliers=[1.0], warmup=2, decay=2
    ),
    "ComposableSchedulerStage(end_lr=None, end_lr_fraction=None) must not be None; give one.": lambda: (
        olmo_core.ComposableSchedulerStage(10)
    ),
    "OverrideDecay(end_lr=0.1, end_lr_fraction=0.1) must not be given together; leave one out, or write None.": (
        lambda: olmo_core.OverrideDecay(10, 10, end_lr=0.1, end_lr_fraction=0.1)
    ),
    "ComposableScheduler(stages[0]=0.1) must be a Stage, not float; write ComposableSchedulerStage(...).": lambda: (
        olmo_core.ComposableScheduler(1.0, [0.1])
    ),
    "OneCycle(cycle_first_step_size=0) must be at least 1; a period has one step or more.": lambda: deepspeed.OneCycle(
        0.1, 1.0, cycle_first_step_size=0
    ),
    "CosineAnnealingWarmRestartsScheduler(t_mult=1.5) must be a whole number of steps; give 1 or 2.": lambda: (
        composer.CosineAnnealingWarmRestartsScheduler(1.0, "5ba", 1.5, max_duration="20ba")
    ),
    "StepScheduler(step_size='1ba') must be at least 1 when it is scaled; give a higher ratio.": lambda: (
        composer.StepScheduler(1.0, "1ba", max_duration="20ba", scale_schedule_ratio=0.5)
    ),
    'CosineAnnealingWithWarmupScheduler(t_warmup=\'10\') must be a number and its unit; write "10ep", "500ba", '
    '"3e6sp", "1e9tok" or "0.1dur".': lambda: COS("10", max_duration="10ep"),
    'CosineAnnealingWithWarmupScheduler(t_warmup=\'1..5ba\') must be a number and its unit; write "10ep", "500ba", '
    '"3e6sp", "1e9tok" or "0.1dur".': lambda: COS("1..5ba", max_duration="10ep"),
    'CosineAnnealingWithWarmupScheduler(t_warmup=\'60sec\') must be a number and its unit; write "10ep", "500ba", '
    '"3e6sp", "1e9tok" or "0.1dur".': lambda: COS("60sec", max_duration="10ep"),
    "CosineAnnealingWithWarmupScheduler(t_warmup=10) must be a str, not int; write it in quotes.": lambda: COS(
        10, max_duration="10ep"
    ),
    "CosineAnnealingWithWarmupScheduler(t_warmup='1.5ep') must be a whole number of its unit; Composer cuts it off to "
    '"1ep".': lambda: COS("1.5ep", max_duration="10ep"),
    "CosineAnnealingWithWarmupScheduler(dataloader_len=None) must be given; it makes times in 'ep' batches.": (
        lambda: COS("1ep", max_duration="10ep")
    ),
    "CosineAnnealingWithWarmupScheduler(t_warmup='10sp') must be in 'ba' as t_max='1dur' is; convert one.": (
        lambda: COS("10sp", max_duration="10ba")
    ),
    "CosineAnnealingWithWarmupScheduler(t_max='9ba') must be at least max_duration; the run goes on.": (
        lambda: COS("2ba", "9ba", max_duration="10ba")
    ),
    "CosineAnnealingWithWarmupScheduler(max_duration='1dur') must not be a part of itself; write \"10ep\" or "
    '"5000ba".': lambda: COS("2ba", max_duration="1dur"),
    "CosineAnnealingWithWarmupScheduler(max_duration='1ep') must be at least 1 when it is scaled; give a "
    "higher ratio.": lambda: COS("2ba", max_duration="1ep", scale_schedule_ratio=0.5),
    "CosineAnnealingWithWarmupScheduler(t_warmup='1ba') must be at least 1 when it is scaled; give a higher "
    "ratio.": lambda: COS("1ba", scale_warmup=True, max_duration="10ba", scale_schedule_ratio=0.5),
    "get_lr(lr_decay_iters=10) must be greater than warmup_iters=10; lr_decay_iters includes it.": lambda: (
        nanogpt.get_lr(warmup_iters=10, lr_decay_iters=10)
    ),
    "get_lr(min_lr='1e-5') must be a number, not str; write 1e-05 without quotes (YAML reads 1e-5 as text, 1.0e-5 as a "
    "number).": lambda: nanogpt.get_lr(min_lr="1e-5"),
    "create_learning_rate_schedule(total_steps=100) must be greater than warmup_steps=100; total_steps includes it.": (
        lambda: VISION(warmup_steps=100)
    ),
    "create_learning_rate_schedule(warmup_steps=10, warmup_percent=0.1) must not be given together; leave one "
    "out, or write None.": (lambda: VISION(warmup_steps=10, warmup_percent=0.1)),
    "create_learning_rate_schedule(mults=[0.1]) must be as long as steps, of length 2; each is a part of base.": (
        lambda: VISION(steps=[10, 20], mults=[0.1])
    ),
    "create_learning_rate_schedule(steps[1]=10) must be after 20; sort the boundaries together with their pieces.": (
        lambda: VISION(steps=[20, 10], mults=[0.1, 0.1])
    ),
    "create_learning_rate_schedule(batch_size=None) must be given; it converts examples to steps.": lambda: VISION(
        scale_with_batchsize=True
    ),
    "create_learning_rate_scheduler(factors='constant * warmup') has the unknown factor 'warmup'; did you mean "
    "'linear_warmup'?": lambda: t5x.create_learning_rate_scheduler("constant * warmup"),
    "create_learning_rate_scheduler(warmup_steps=0) must be at least 1 with linear_warmup * rsqrt_decay; it is "
    "divided by.": lambda: t5x.create_learning_rate_scheduler(warmup_steps=0),
    "create_learning_rate_scheduler(decay_factor=0.0) must be greater than 0; a decay multiplies by a number between 0 "
    "and 1.": lambda: t5x.create_learning_rate_scheduler("decay_every", decay_factor=0.0),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_refused(message):
    with pytest.raises((ValueError, TypeError)) as caught:
        REFUSED[message]()
    assert str(caught.value) == message
