"""Published runs: each is held to the numbers of its source, and is an ordinary schedule."""

import inspect
import json
import math
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import pytest

import lrsched as lr
from lrsched.runs import recipes

NAMES = recipes.list()


class Run(NamedTuple):
    """Where a source says what the rate is: the step, the rate, and the source's words."""

    points: list[tuple[int, float, str]]
    length: int | None


def at_epoch(epoch, images=1_281_167, batch=8_192):
    """The first update of an epoch, in integers: the nearest, half upwards."""
    return (2 * epoch * images + batch) // (2 * batch)


RUNS = {
    "transformer": Run(
        [
            (0, 0.0, "the line of equation 3 begins at 0"),
            (1, 512**-0.5 * 4000**-1.5, "equation 3, step_num = 1"),
            (4_000, 512**-0.5 * 4000**-0.5, "warmup_steps = 4000"),
            (100_000, 512**-0.5 * 100_000**-0.5, "100,000 steps"),
        ],
        None,
    ),
    "bert": Run(
        [
            (0, 0.0, "warmup"),
            (10_000, 1e-4, "warmup over the first 10,000 steps, learning rate 1e-4"),
            (505_000, 5e-5, "linear decay: half of the way"),
            (1_000_000, 0.0, "1,000,000 steps"),
        ],
        1_000_000,
    ),
    "gpt2": Run(
        [
            (0, 6e-4 / 2001, "learning_rate * (it + 1) / (warmup_iters + 1)"),
            (1_999, 6e-4 * 2000 / 2001, "the same"),
            (2_000, 6e-4, "learning_rate = 6e-4, warmup_iters = 2000"),
            (301_000, (6e-4 + 6e-5) / 2, "a cosine, half of the way"),
            (600_000, 6e-5, "lr_decay_iters = 600000, min_lr = 6e-5"),
        ],
        600_000,
    ),
    "t5": Run(
        [
            (0, 0.01, "a constant learning rate of 0.01 for the first 10**4 steps"),
            (10_000, 0.01, "1/sqrt(max(n, k)), k = 10**4"),
            (40_000, 0.005, "the same"),
            (2**19, 2**-9.5, "2**19 steps"),
        ],
        None,
    ),
    "t5_finetune": Run([(0, 0.001, "a constant learning rate of 0.001"), (2**18, 0.001, "262,144 steps")], 0),
    "gpt3": Run(
        [
            (0, 0.0, "linear warmup"),
            (117, 0.6e-4, "375M tokens in batches of 3.2M: 117.19"),
            (81_250, 0.6e-5, "10 %, at 260 billion tokens"),
            (93_750, 0.6e-5, "training continues at 10 %, to 300 billion tokens"),
        ],
        81_250,
    ),
    "chinchilla": Run(
        [
            (0, 1e-7, "Gopher: warm up from 1e-7"),
            (1_500, 1e-4, "Gopher: over the first 1500 steps; table 4: 1e-4"),
            (700_000, 1e-5, "Gopher: decay it 10x; 0.7T tokens by 1.5M and 0.7T by 3M"),
        ],
        700_000,
    ),
    "llama2": Run(
        [
            (0, 0.0, "warmup"),
            (2_000, 3.0e-4, "warmup of 2000 steps, 7B and 13B"),
            (500_000, 3.0e-5, "10 % of the peak; 2.0T tokens by 4M"),
        ],
        500_000,
    ),
    "llama3": Run(
        [
            (0, 0.0, "linear warm up"),
            (8_000, 8e-5, "8,000 steps"),
            (1_200_000, 8e-7, "decaying to 8e-7 over 1,200,000 steps"),
        ],
        1_200_000,
    ),
    "minicpm": Run(
        [
            (0, 0.01, "max learning rate of 0.01; the warmup is not told"),
            (254_452, 0.01, "1T tokens by 3.93M: 254,452.9"),
            (254_453, 0.01, "f(0) = 1"),
            (259_453, 0.005, "0.5**((s - S)/T), T = 5000 steps"),
            (264_453, 0.0025, "the same"),
            (279_898, 0.01 * 0.5 ** (25_445 / 5_000), "1.1T tokens in all"),
        ],
        279_898,
    ),
    "deepseek": Run(
        [
            (0, 0.0, "warmup"),
            (2_000, 4.2e-4, "its maximum after 2000 warmup steps"),
            (169_541, 4.2e-4, "80 % of 2.0T tokens by 2304 sequences of 4096: 169,542.1"),
            (169_542, 0.316 * 4.2e-4, "31.6 % of the maximum"),
            (190_734, 0.316 * 4.2e-4, "90 % of the tokens: 190,734.9"),
            (190_735, 4.2e-5, "10 % of the maximum"),
        ],
        190_735,
    ),
    "olmo2": Run(
        [
            (0, 0.0, "warmup_min_lr: 0.0"),
            (2_000, 3e-4, "t_warmup: 8388608000 tokens by 1024 sequences of 4096"),
            (940_567, 0.0, "alpha_f: 0 after 50e9 tokens by the same: 11,920.9"),
        ],
        940_567,
    ),
    "smollm3": Run(
        [
            (0, 0.0, "lr_warmup_style: linear"),
            (2_000, 2e-4, "lr_warmup_steps: 2000, learning_rate: 0.0002"),
            (4_198_001, 2e-4, "lr_decay_starting_step: 4198001"),
            (4_198_001 + 261_000, 1e-4, "lr_decay_style: linear, lr_decay_steps: 522000"),
            (4_720_001, 0.0, "min_decay_lr: 0"),
        ],
        4_720_001,
    ),
    "olmo3_7b": Run(
        [
            (0, 3e-4 / 2_000, "warmup_steps=2000, counted from 1"),
            (1_999, 3e-4, "LR = 3e-4"),
            (597_045, 1.65e-4 + 1.35e-4 * math.sin(math.pi * 0.5 / 1_190_093), "hard_stop=Duration.steps(597046)"),
            (
                597_046,
                1.65e-4 - 1.35e-4 * math.sin(math.pi / 2_143_770),
                "the second half of a cosine, from its middle",
            ),
            (597_045 + 714_590, 3e-5 + 2.7e-4 * (1 + math.cos(math.pi * 5 / 6)) / 2, "two thirds of the second half"),
            (1_668_930, 3e-5, "alpha_f = 0.1, 7e12 tokens by 8192 * 512, begun updates counted"),
        ],
        1_668_930,
    ),
    "olmo3_32b": Run(
        [
            (1_999, 6e-4, "LR = 6e-4, warmup_steps=2000, counted from 1"),
            (706_910, 6e-5, "alpha_f = 0.1, 5.93T tokens by 8M"),
        ],
        706_910,
    ),
    "deepseek_v3": Run(
        [
            (0, 0.0, "linearly increased from 0"),
            (2_000, 2.2e-4, "to 2.2e-4 during the first 2K steps"),
            (158_946, 2.2e-4, "until 10T tokens, by 15360 sequences of 4096: 158,945.7"),
            (158_946 + 34_173, 1.21e-4, "a cosine in 4.3T tokens: half of it"),
            (227_292, 2.2e-5, "to 2.2e-5"),
            (232_584, 2.2e-5, "in the first 333B tokens"),
            (232_585, 7.3e-6, "in the remaining 167B tokens"),
        ],
        232_585,
    ),
    "kimi_k2": Run(
        [
            (0, 0.0, "warm-up"),
            (500, 2e-4, "after a 500-step warm-up"),
            (149_254, 2e-4, "the first 10T tokens, by 67M: 149,253.7"),
            (231_343, 2e-5, "from 2e-4 to 2e-5 over 5.5T tokens"),
        ],
        231_343,
    ),
    "moonlight": Run(
        [
            (0, 0.0, "from 0"),
            (2_000, 4.2e-4, "to 4.2e-4 in 2k steps"),
            (160_933, 4.2e-5, "from 4.2e-4 to 4.2e-5 in a cosine manner; 5.2T tokens"),
            (161_033, 1e-4, "to 1e-4 in 100 steps"),
            (175_834, 0.0, "then decays to 0 linearly; 5.7T tokens"),
        ],
        175_834,
    ),
    "modded_nanogpt": Run(
        [
            (0, 0.023, "lr=0.023, lr_mul=1.0"),
            (423, 0.023 * 1.52, "lr_mul=1.52 from a third of 1270"),
            (508, 0.023 * 1.52, "cooldown_frac=0.60"),
            (846, 0.023 * (1.52 * (1 - 338 / 762) + 0.15 * 338 / 762), "lr * (1 - t) + 0.15 * t"),
            (847, 0.023 * (1.73 * (1 - 339 / 762) + 0.15 * 339 / 762), "lr_mul=1.73 from two thirds"),
            (1_270, 0.023 * 0.15, "num_scheduled_iterations = 1270"),
        ],
        1_270,
    ),
    "modded_nanogpt_momentum": Run(
        [
            (0, 0.85, "momentum_min=0.85"),
            (150, 0.9, "muon_warmup_steps=300"),
            (300, 0.95, "momentum_max=0.95"),
            (1_235, 0.95, "total_steps - muon_cooldown_steps = 1285 - 50"),
            (1_260, 0.9, "the same"),
            (1_285, 0.85, "the same"),
        ],
        1_285,
    ),
    "modded_nanogpt_batch_size": Run(
        [
            (0, 8 * 2048 * 8, "batch_size=8 * 2048 * 8"),
            (422, 8 * 2048 * 8, "round(1/3 * 1270) = 423"),
            (423, 16 * 2048 * 8, "batch_size=16 * 2048 * 8"),
            (847, 24 * 2048 * 8, "round(2/3 * 1270) = 847; batch_size=24 * 2048 * 8"),
        ],
        847,
    ),
    "modded_nanogpt_window": Run(
        [
            (0, 3 * 128, "window_sizes=(1, 3), in units of block_size"),
            (423, 7 * 128, "window_sizes=(3, 7)"),
            (847, 11 * 128, "window_sizes=(5, 11)"),
            (1_269, 11 * 128, "the same"),
            (1_270, 13 * 128, "extension stage: window_sizes=(6, 13)"),
        ],
        1_270,
    ),
    "vit": Run(
        [
            (0, 0.0, "warmup"),
            (10_000, 1e-3, "learning rate warmup of 10k steps, 10**-3"),
            (307_617, 1e-5, "90 epochs of 14M images by 4096: 307,617.2; linear_end=1e-5"),
        ],
        307_617,
    ),
    "vit_imagenet": Run(
        [
            (0, 0.0, "warmup"),
            (10_000, 3e-3, "3 * 10**-3, cosine"),
            (95_215, 0.0, "300 epochs of 1.3M images by 4096: 95,214.8"),
        ],
        95_215,
    ),
    "resnet50_1h": Run(
        [
            (0, 0.1, "start from a learning rate of eta"),
            (at_epoch(5), 3.2, "0.1 * kn/256 after 5 epochs"),
            (at_epoch(30) - 1, 3.2, "until the 30-th epoch"),
            (at_epoch(30), 0.32, "reduced by 1/10 at the 30-th, 60-th and 80-th epoch"),
            (at_epoch(60), 0.032, "the same"),
            (at_epoch(80), 0.0032, "the same"),
        ],
        at_epoch(80),
    ),
    "sgdr_wrn": Run(
        [
            (0, 0.05, "lr = 0.05"),
            (5 * 781, 0.025, "half of Te = 10 epochs"),
            (10 * 781, 0.05, "multFactor = 2: the second cycle"),
            (20 * 781, 0.025, "half of 20 epochs"),
            (30 * 781, 0.05, "the third cycle"),
            (150 * 781, 0.05, "the fifth, which the run ends in"),
        ],
        None,
    ),
    "super_convergence": Run(
        [
            (0, 0.1, "base_lr: 0.1"),
            (2_500, 1.55, "triangular"),
            (5_000, 3.0, "max_lr: 3.0, stepsize: 5000"),
            (10_000, 0.1, "max_iter: 10000"),
        ],
        10_000,
    ),
    "clr": Run(
        [
            (0, 0.001, "a minimum of 0.001"),
            (2_000, 0.006, "a maximum of 0.006, stepsize = 2000"),
            (4_000, 0.001, "the cycle length is 4,000"),
            (6_000, 0.006, "the next cycle is as high"),
        ],
        None,
    ),
    "clr_triangular2": Run(
        [
            (0, 0.001, "table 2, first row"),
            (2_000, 0.005, "stepsize 2,000"),
            (6_000, 0.003, "half as high in the second cycle"),
            (16_000, 0.0001, "second row, start 16,000"),
            (17_000, 0.0005, "stepsize 1,000"),
            (22_000, 0.00001, "third row, start 22,000"),
            (22_500, 0.00005, "stepsize 500"),
        ],
        None,
    ),
}


# The numbers.


def test_every_recipe_is_held_to_its_source():
    assert sorted(RUNS) == sorted(NAMES)


@pytest.mark.parametrize("name", RUNS)
def test_the_numbers_are_those_of_the_source(name):
    """To 4 ulp, since a source's numbers are multiplied and divided here and there in another order."""
    schedule = recipes.find(name)()
    for step, rate, words in RUNS[name].points:
        assert math.isclose(schedule(step), rate, rel_tol=1e-15), f"{name}()({step}), not {schedule(step)}: {words}"
    assert schedule.length == RUNS[name].length


@pytest.mark.parametrize("step", [2_000, 100_000, 500_000, 928_645])
def test_olmo2_is_the_released_cosine(step):
    """OLMo's own formula, in tokens. Its end is a tenth of an update before ours, of 1.2 million: 1e-7 of the way."""
    tokens, start, end = step * 1_024 * 4_096, 8_388_608_000, 5e12
    cosine = (1 + math.cos(math.pi * (tokens - start) / (end - start))) / 2
    assert math.isclose(recipes.olmo2()(step), 3e-5 + 2.7e-4 * cosine, rel_tol=1e-6)


def test_olmo3_is_the_two_released_scripts_at_every_step():
    """`CosWithWarmup` up to update 597,046, counted from 1, then `HalfCosWithWarmup`; in more digits than float64."""
    wide, pi = np.longdouble, np.longdouble("3.14159265358979323846264338327950288")
    peak, floor, batch = wide(3e-4), wide(3e-5), 8192 * 512
    first, last = math.ceil(int(5e12) / batch), math.ceil(int(7e12) / batch)  # the trainer's max_steps
    middle = int(5e12) // batch // 2 + 2000 // 2  # warmup_steps of the second script
    u = np.arange(1, last + 10)
    falls = floor + (peak - floor) * (1 + np.cos(pi * ((u - 2000) / wide(first - 2000)))) / 2
    half = floor + (peak - floor) * (1 + np.cos(pi * ((u - middle + last - middle) / wide(2 * (last - middle))))) / 2
    before = np.where(u < 2000, peak * u / 2000, falls)
    expected = np.where(u <= 597_046, before, np.where(u < last, half, floor))
    errors = np.abs(recipes.olmo3_7b()(u - 1) / expected - 1)
    assert errors.max() <= 5 * 2**-52  # as docs/exactness.md promises


def test_olmo2_cools_down_from_where_the_released_run_did():
    """The second stage's configuration begins at 6.1499e-5; the first stage's cosine at 928,646 is 0.3 % lower."""
    schedule = recipes.olmo2()
    assert schedule(928_646) == schedule.parameters["schedule"](928_646)
    assert math.isclose(schedule(928_646), 0.000061499, rel_tol=3e-3)
    assert math.isclose(schedule(928_646 - 650), 0.000061499, rel_tol=1e-4)


def test_rates_of_other_sizes():
    """Rows of the same tables."""
    llama2 = recipes.llama2(peak_value=1.5e-4, end_value=1.5e-5)
    assert (llama2(2_000), llama2(500_000)) == (1.5e-4, 1.5e-5)  # 34B and 70B
    deepseek = recipes.deepseek(peak_value=3.2e-4, tokens_per_step=4_608 * 4_096)
    assert (deepseek(2_000), deepseek.length) == (3.2e-4, 95_367)  # 67B: 90 % of 2.0T tokens are 95,367.4 updates
    assert (
        recipes.resnet50_1h(batch_size=256)(0) == recipes.resnet50_1h(batch_size=256)(at_epoch(29, batch=256)) == 0.1
    )  # no warmup
    assert {recipes.resnet50_1h(batch_size=128)(step) for step in (0, 1_000, at_epoch(29, batch=128))} == {0.05}
    warmed = recipes.minicpm(warmup_steps=1_000)
    assert (warmed(1_000), warmed(254_453)) == (0.01, 0.01)  # the decay is where it was
    assert warmed(259_453) == pytest.approx(0.005, rel=1e-15)
    assert recipes.vit(peak_value=3e-4, epochs=14, dataset_size=303_000_000).length == 1_035_645  # H/14 on JFT


def test_modded_nanogpt_is_the_script():
    """`get_lr` and `get_muon_momentum`, as they are written there."""
    ends, factors = (423, 847, 1_285), (1.0, 1.52, 1.73)

    def get_lr(step):
        factor = next(factor for factor, end in zip(factors, ends, strict=True) if step < end)
        left = min(1.0, (step - 508) / 762)
        return factor * (1 - left) + 0.15 * left if step >= 508 else factor

    rate = recipes.modded_nanogpt(base_value=1.0)
    assert [rate(step) for step in range(1_285)] == pytest.approx([get_lr(step) for step in range(1_285)], rel=1e-14)
    short = recipes.modded_nanogpt_window(window="short")
    assert [short(step) // 128 for step in (0, 423, 847, 1_270)] == [1, 3, 5, 6]


def test_moonlight_goes_on_where_its_batch_is_doubled():
    """The cosine is one of tokens: 33B are over after 2,000 updates, 200B after 11,921."""
    schedule = recipes.moonlight()
    for step in (2_000, 11_920, 11_921, 50_000, 120_000):
        tokens = step * 16_777_216 if step < 11_921 else 200e9 + (step - 11_921) * 2 * 16_777_216
        x = (tokens - 2_000 * 16_777_216) / (5.2e12 - 2_000 * 16_777_216)
        assert math.isclose(schedule(step), 4.2e-5 + 3.78e-4 * (1 + math.cos(math.pi * x)) / 2, rel_tol=1e-4)


# Variants: what is said, what was done.


def test_bert_is_not_cosine_unless_asked():
    assert recipes.bert() == lr.warmup_linear(1e-4, 10_000, 1_000_000)
    assert recipes.bert(variant="cosine") == lr.warmup_cosine(1e-4, 10_000, 1_000_000)


@pytest.mark.parametrize(("peak", "warmup", "total"), [(1e-4, 10_000, 1_000_000), (5e-5, 10, 100)])
def test_bert_as_released(peak, warmup, total):
    """`polynomial_decay` from step 0, replaced by the warmup while `global_step < num_warmup_steps`."""
    schedule = recipes.bert(peak_value=peak, warmup_steps=warmup, total_steps=total, variant="released")
    for step in (0, 1, warmup - 1, warmup, warmup + 1, total // 2, total - 1, total, total + 5):
        decayed = peak * (total - min(step, total)) / total
        expected = peak * step / warmup if step < warmup else decayed
        assert math.isclose(schedule(step), expected, rel_tol=1e-15), step
    assert schedule(warmup) < peak


def test_t5_has_no_rise_unless_asked():
    paper, rising = recipes.t5(), recipes.t5(variant="linear_warmup")
    assert [paper(step) for step in (0, 5_000, 10_000)] == [0.01, 0.01, 0.01]
    assert rising == lr.warmup_inverse_sqrt(0.01, 10_000)
    assert [rising(step) for step in (0, 5_000, 10_000)] == [0.0, 0.005, 0.01]
    assert rising(40_000) == paper(40_000) == 0.005
    assert recipes.t5(variant="cosine") == lr.warmup_cosine(0.01, 10_000, 524_288, end_value=0.001)
    assert recipes.t5(total_steps=65_536, variant="cosine").length == 65_536


def test_t5_of_another_warmup_has_another_peak():
    assert recipes.t5(warmup_steps=2_500)(0) == 0.02


def test_gpt3_over_tokens():
    """With one token to an update the steps are tokens, for a clock that knows the growing batch."""
    tokens = recipes.gpt3(tokens_per_step=1)
    assert tokens == lr.warmup_cosine(6e-5, 375_000_000, 260_000_000_000, end_value=6e-6)
    constant_batch = lr.compose(tokens, lambda step: 3_200_000 * step)
    assert constant_batch(40_000) == tokens(128_000_000_000)


# Ordinary schedules.


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_an_ordinary_schedule(name):
    schedule = recipes.find(name)()
    assert isinstance(schedule, lr.Schedule)
    assert lr.parse(repr(schedule)) == schedule
    assert lr.from_config(json.loads(json.dumps(schedule.to_config()))) == schedule
    assert name not in repr(schedule)  # the expression is shown, which any program can parse


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_says_where_its_numbers_are_from(name):
    text = inspect.getdoc(recipes.find(name))
    source = text.partition("Source:")[2]
    assert any(place in source for place in ("arXiv:", "nanoGPT", "huggingface/", "allenai/", "KellerJordan/"))
    assert any(word in source for word in ("section", "table", "appendix", "figure", "`"))
    for parameter in inspect.signature(recipes.find(name)).parameters:
        assert f"    {parameter}: " in text, f"{name}: {parameter} is not described"


OTHERS = {
    ("bert", "variant"): {"variant": "cosine"},
    ("t5", "variant"): {"variant": "cosine"},
    ("t5", "total_steps"): {"variant": "cosine", "total_steps": 2**18},
    ("minicpm", "warmup_steps"): {"warmup_steps": 7},
    ("sgdr_wrn", "end_value"): {"end_value": 1e-3},
    ("modded_nanogpt_window", "window"): {"window": "short"},
    ("moonlight", "decay_tokens"): {"decay_tokens": 5_400_000_000_000},
    ("olmo2", "tokens_per_step"): {"tokens_per_step": 2**21},  # twice as many would anneal past the end
    ("olmo2", "anneal_start"): {"anneal_start": 900_000},
}
"""Other values of the parameters whose default cannot be multiplied."""


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_without_effect(name):
    recipe = recipes.find(name)
    for parameter in inspect.signature(recipe).parameters.values():
        other = OTHERS.get((name, parameter.name))
        if other is None:
            other = {parameter.name: parameter.default * (2 if parameter.default >= 1 else 1.1)}
        assert recipe(**other) != recipe(), parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_schedule(name):
    docs = Path(__file__).parents[1] / "docs"
    assert f"| `{name}` | `{recipes.find(name)()!r}` | " in (docs / "recipes.md").read_text()
    assert f"::: lrsched.recipes.{name}\n" in (docs / "reference" / "recipes.md").read_text()


def test_the_list_names_them_all():
    found = [name for name, value in vars(recipes).items() if hasattr(value, "__wrapped__")]
    assert sorted(found) == list(NAMES)
    wanted = "transformer bert gpt2 gpt3 chinchilla llama2 llama3 t5 t5_finetune vit resnet50_1h minicpm deepseek olmo2"
    assert {*wanted.split(), "sgdr_wrn", "super_convergence", "clr"} <= set(NAMES)


def test_rates_may_be_traced():
    slope = jax.grad(lambda peak: recipes.bert(peak_value=peak, warmup_steps=10, total_steps=100)(55))
    assert jax.jit(slope)(1.0) == 0.5
    slope = jax.grad(lambda peak: recipes.resnet50_1h(base_value=peak)(at_epoch(45)))
    assert jax.jit(slope)(0.1) == pytest.approx(3.2)


# Refusals.


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: recipes.gpt3(tokens_per_step=0),
            ValueError,
            "gpt3(tokens_per_step=0) must be at least 1; count what it takes in.",
        ),
        (
            lambda: recipes.llama2(total_tokens=-1e9),
            ValueError,
            "llama2(total_tokens=-1000000000.0) must be at least 1; count what it takes in.",
        ),
        (
            lambda: recipes.vit(batch_size=4096.5),
            ValueError,
            "vit(batch_size=4096.5) must be a whole number; give 4097.",
        ),
        (
            lambda: recipes.vit(epochs=-1),
            ValueError,
            "vit(epochs=-1) must be at least 0; epochs are counted from 0.",
        ),
        (
            lambda: recipes.deepseek(first_drop=80),
            ValueError,
            "deepseek(first_drop=80) must be between 0 and 1; 0.3 is 30 %.",
        ),
        (
            lambda: recipes.gpt3(tokens_per_step="3.2M"),
            TypeError,
            "gpt3(tokens_per_step='3.2M') must be a number, not str; give an int or a float.",
        ),
        (
            lambda: recipes.bert(variant="cosin"),
            ValueError,
            "bert(variant='cosin') must be one of 'paper', 'released', 'cosine'; did you mean 'cosine'?",
        ),
        (
            lambda: recipes.bert(steps=10),
            TypeError,
            "bert(steps=...) is not a parameter; did you mean 'total_steps'?",
        ),
        (
            lambda: recipes.bert(warmup_steps=2_000_000),
            ValueError,
            "bert: warmup_linear(total_steps=1000000) must be at least warmup_steps=2000000; "
            "total_steps includes the warmup.",
        ),
        (
            lambda: recipes.t5(total_steps=100),
            ValueError,
            "t5(total_steps=100) must be left out: this variant has no end; variant='cosine' has one.",
        ),
        (
            lambda: recipes.find("berd"),
            ValueError,
            "unknown recipe 'berd'; did you mean 'bert'?",
        ),
        (
            lambda: recipes.find(3),
            TypeError,
            "the recipe 3 must be named by a str, not int; 'bert' is the name of one.",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_a_number_of_steps_is_not_traced():
    with pytest.raises(TypeError, match=r"must be a number, not traced; it decides the number of steps\."):
        jax.jit(lambda tokens: recipes.gpt3(tokens_per_step=tokens)(0))(1)
