"""The generated parts of the page on migration: `python docs/migration.py` writes them, and its pictures, anew.

A call of another library is a text here. It is evaluated among the functions of `lrsched.interop`, and what it makes is
printed, computed and drawn: no expression and no number of these parts is typed.
"""
# ruff: noqa: E501 (a call is a line)

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt

import lrsched
from lrsched import Schedule
from lrsched.plot import plot

mpl.use("agg")  # no window

DOCS = Path(__file__).parent
PAGE = DOCS / "migration.md"

PART = re.compile(r"(<!-- (calls|numbers|fractions|refused): (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
"""A generated part of the page: the calls of a library, the numbers of a convention, steps of fractions, or errors."""

CALLS = {
    "optax": """
        constant_schedule(3e-4)
        linear_schedule(3e-4, 0.0, 10_000)
        polynomial_schedule(3e-4, 3e-5, 2.0, 10_000)
        cosine_decay_schedule(1e-3, 10_000, alpha=0.1)
        cosine_decay_schedule(3e-4, 10_000, exponent=2.0)
        exponential_decay(3e-4, 1_000, 0.5)
        exponential_decay(3e-4, 1_000, 0.5, staircase=True, end_value=1e-5)
        piecewise_constant_schedule(0.1, {30: 0.5, 60: 0.5})
        piecewise_interpolate_schedule("linear", 0.1, {30: 0.5, 60: 0.5})
        warmup_constant_schedule(0.0, 3e-4, 1_000)
        warmup_cosine_decay_schedule(0.0, 3e-4, 1_000, 10_000, end_value=3e-5)
        warmup_exponential_decay_schedule(0.0, 3e-4, 1_000, 1_000, 0.5)
        cosine_onecycle_schedule(10_000, 3e-4)
        linear_onecycle_schedule(10_000, 3e-4)
        sgdr_schedule([dict(init_value=0.0, peak_value=3e-4, warmup_steps=100, decay_steps=1_000)] * 2)
        join_schedules([linear_schedule(0.0, 3e-4, 100), constant_schedule(3e-4)], [100])
    """,
    "torch": """
        ConstantLR(base_lr=0.1, factor=0.5, total_iters=5)
        LinearLR(base_lr=0.1, start_factor=0.5, total_iters=5)
        StepLR(base_lr=0.1, step_size=30, gamma=0.1)
        MultiStepLR(base_lr=0.1, milestones=[30, 80], gamma=0.5)
        ExponentialLR(base_lr=0.1, gamma=0.9)
        PolynomialLR(base_lr=0.1, total_iters=100, power=2.0)
        CosineAnnealingLR(base_lr=0.1, T_max=100, eta_min=0.01)
        CosineAnnealingLR(base_lr=0.1, T_max=100, eta_min=0.01, exact_tail=True)
        CosineAnnealingWarmRestarts(base_lr=0.1, T_0=10, T_mult=2)
        CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=2_000)
        CyclicLR_momentum(step_size_up=2_000)
        OneCycleLR(max_lr=0.1, total_steps=1_001)
        OneCycleLR_momentum(total_steps=1_001)
        SequentialLR(base_lr=0.1, schedulers=[LinearLR(base_lr=0.1, start_factor=0.5, total_iters=5), StepLR(base_lr=0.1, step_size=30)], milestones=[5])
        ChainedScheduler(base_lr=0.1, schedulers=[LinearLR(base_lr=0.1, start_factor=0.5, total_iters=5), ExponentialLR(base_lr=0.1, gamma=0.9)])
    """,
    "transformers": """
        get_scheduler("constant", base_lr=3e-4)
        get_scheduler("constant_with_warmup", base_lr=3e-4, num_warmup_steps=100)
        get_scheduler("linear", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000)
        get_scheduler("cosine", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000)
        get_scheduler("cosine_with_restarts", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000, num_cycles=3)
        get_scheduler("polynomial", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000, power=2.0)
        get_scheduler("inverse_sqrt", base_lr=3e-4, num_warmup_steps=100)
        get_scheduler("cosine_with_min_lr", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000, min_lr=3e-5)
        get_scheduler("cosine_warmup_with_min_lr", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000, min_lr=3e-5)
        get_scheduler("warmup_stable_decay", base_lr=3e-4, num_warmup_steps=100, num_training_steps=1_000, num_decay_steps=200)
    """,
    "diffusers": """
        get_scheduler("cosine", base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000)
        get_constant_schedule(base_lr=1e-4)
        get_constant_schedule_with_warmup(base_lr=1e-4, num_warmup_steps=500)
        get_linear_schedule_with_warmup(base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000)
        get_cosine_schedule_with_warmup(base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000)
        get_cosine_with_hard_restarts_schedule_with_warmup(base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000, num_cycles=3)
        get_polynomial_decay_schedule_with_warmup(base_lr=1e-4, num_warmup_steps=500, num_training_steps=10_000, power=2.0)
        get_piecewise_constant_schedule(base_lr=1e-4, step_rules="1:1000,0.5:2000,0.1")
    """,
    "keras": """
        ExponentialDecay(0.1, 1_000, 0.5)
        ExponentialDecay(0.1, 1_000, 0.5, staircase=True)
        InverseTimeDecay(0.1, 1_000, 0.5)
        PiecewiseConstantDecay([30, 60], [0.1, 0.01, 0.001])
        PolynomialDecay(0.1, 10_000)
        PolynomialDecay(0.1, 10_000, cycle=True)
        CosineDecay(1e-3, 10_000, alpha=0.1)
        CosineDecay(0.0, 9_000, warmup_target=0.1, warmup_steps=1_000)
        CosineDecayRestarts(0.1, 1_000)
    """,
    "timm": """
        create_scheduler_v2(base_lr=0.1, sched="cosine", num_epochs=100, warmup_epochs=5)
        create_scheduler_v2(base_lr=0.1, sched="cosine", num_epochs=100, warmup_epochs=5, warmup_prefix=True)
        create_scheduler_v2(base_lr=0.1, sched="tanh", num_epochs=100)
        create_scheduler_v2(base_lr=0.1, sched="step", num_epochs=100, decay_epochs=30)
        create_scheduler_v2(base_lr=0.1, sched="multistep", num_epochs=100, decay_milestones=[30, 60], decay_rate=0.5)
        create_scheduler_v2(base_lr=0.1, sched="poly", num_epochs=100, decay_rate=2.0)
        create_scheduler_v2(base_lr=0.1, sched="wsd", num_epochs=100, warmup_epochs=5, decay_epochs=20)
        create_scheduler_v2(base_lr=0.1, sched="rsqrt", num_epochs=100, warmup_epochs=5)
    """,
    "fvcore": """
        LRMultiplier(WarmupParamScheduler(MultiStepParamScheduler([1.0, 0.1, 0.01], milestones=[60_000, 80_000], num_updates=90_000), 0.001, 1_000 / 90_000), 90_000, base_lr=0.02)
        LRMultiplier(CosineParamScheduler(1.0, 0.0), 90_000, base_lr=0.02)
        LRMultiplier(StepWithFixedGammaParamScheduler(1.0, num_decays=2, gamma=0.1, num_updates=90_000), 90_000, base_lr=0.02)
        LRMultiplier(StepParamScheduler(90_000, [1.0, 0.5]), 90_000, base_lr=0.02)
        LRMultiplier(PolynomialDecayParamScheduler(1.0, power=0.9), 90_000, base_lr=0.02)
        LRMultiplier(ExponentialParamScheduler(1.0, decay=0.01), 90_000, base_lr=0.02)
        LRMultiplier(CompositeParamScheduler([LinearParamScheduler(0.0, 1.0), ConstantParamScheduler(1.0)], [0.1, 0.9], ["rescaled", "fixed"]), 90_000, base_lr=0.02)
    """,
    "mmengine": """
        build_param_scheduler(0.02, [dict(type="LinearLR", start_factor=0.001, by_epoch=False, begin=0, end=501), dict(type="MultiStepLR", begin=0, end=12, milestones=[8, 11], gamma=0.1)], epoch_length=1_000)
        LinearLR(0.02, start_factor=0.001, begin=0, end=501)
        ConstantLR(0.02, factor=0.1, begin=0, end=501)
        PolyLR(0.01, eta_min=1e-4, power=0.9, begin=0, end=40_001)
        StepLR(0.1, step_size=30)
        MultiStepLR(0.1, milestones=[8, 11])
        ExponentialLR(0.1, gamma=0.9)
        CosineAnnealingLR(0.1, T_max=100, eta_min=1e-4)
        CosineRestartLR(0.1, periods=[50, 50], restart_weights=[1.0, 0.5])
    """,
    "paddle": """
        NoamDecay(512, 4_000)
        PiecewiseDecay(boundaries=[30, 60], values=[0.1, 0.01, 0.001])
        NaturalExpDecay(0.1, gamma=0.01)
        InverseTimeDecay(0.1, gamma=0.01)
        ExponentialDecay(0.1, gamma=0.9)
        PolynomialDecay(0.1, decay_steps=10_000)
        StepDecay(0.1, step_size=30)
        MultiStepDecay(0.1, milestones=[30, 80])
        CosineAnnealingDecay(0.1, T_max=100)
        CosineAnnealingWarmRestarts(0.1, T_0=10, T_mult=2)
        LinearLR(0.1, total_steps=5)
        LinearWarmup(CosineAnnealingDecay(0.1, T_max=90), warmup_steps=10, start_lr=0.0, end_lr=0.1)
        CyclicLR(0.01, 0.1, step_size_up=2_000)
        OneCycleLR(0.1, total_steps=1_001)
    """,
    "megatron": """
        OptimizerParamScheduler(init_lr=0.0, max_lr=1e-3, min_lr=1e-4, lr_warmup_steps=1_000, lr_decay_steps=10_000, lr_decay_style="cosine")
        OptimizerParamScheduler(init_lr=0.0, max_lr=1e-3, min_lr=1e-4, lr_warmup_steps=1_000, lr_decay_steps=10_000, lr_decay_style="inverse-square-root")
        OptimizerParamScheduler(init_lr=0.0, max_lr=1e-3, min_lr=1e-4, lr_warmup_steps=1_000, lr_decay_steps=10_000, lr_decay_style="WSD", wsd_decay_steps=2_000, lr_wsd_decay_style="exponential")
        OptimizerParamScheduler_weight_decay(start_wd=0.01, end_wd=0.1, wd_incr_steps=10_000, wd_incr_style="linear")
        step_batch_size_schedule("0:768 250B:1536 500B:3072", seq_length=4_096)
    """,
    "nemo": """
        CosineAnnealing(1e-3, max_steps=10_000, warmup_steps=999, min_lr=1e-5)
        WarmupAnnealing(1e-3, max_steps=10_000, warmup_ratio=0.1)
        PolynomialDecayAnnealing(1e-3, max_steps=10_000, warmup_steps=999, power=2.0)
        InverseSquareRootAnnealing(1e-3, max_steps=10_000, warmup_steps=999)
        NoamAnnealing(1.0, d_model=512, warmup_steps=4_000)
        WarmupPolicy(1e-3, warmup_steps=999)
        WarmupHoldAnnealLinear(1e-3, max_steps=10_000, warmup_steps=999, hold_steps=5_001)
        WarmupHoldAnnealOneMinusSquareRoot(1e-3, max_steps=10_000, warmup_steps=999, hold_steps=5_001)
        PolynomialHoldDecayAnnealing(1e-3, max_steps=10_000, warmup_steps=999, hold_steps=5_001, power=2.0)
        NoamHoldAnnealing(1e-3, max_steps=10_000, warmup_steps=999, hold_steps=5_001)
        SquareAnnealing(1e-3, max_steps=10_000)
        SquareRootAnnealing(1e-3, max_steps=10_000)
    """,
    "torchtitan": """
        build_lr_schedulers(base_lr=1e-3, training_steps=10_000, warmup_steps=1_000, decay_type="cosine", min_lr_factor=0.1)
        build_lr_schedulers(base_lr=1e-3, training_steps=10_000, warmup_steps=1_000, decay_ratio=0.2, decay_type="sqrt")
    """,
    "olmo_core": """
        ConstantScheduler(initial_lr=1e-3)
        ConstantWithWarmup(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        LinearWithWarmup(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        CosWithWarmup(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        HalfCosWithWarmup(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        CosWithWarmupAndLinearDecay(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        InvSqrtWithWarmup(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        WSD(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        WSDS(initial_lr=1e-3, period_lengths=[5_000, 5_000], warmup=1_000, decay_fraction=0.1)
        WSDS(initial_lr=1e-3, period_lengths=[5_000, 5_000], period_lr_multipliers=[1.0, 0.5], warmup=1_000, decay_fraction=0.1)
        ExponentialScheduler(initial_lr=1e-3, max_steps=10_000)
        PowerLR(initial_lr=1e-3, max_steps=10_000, warmup=1_000)
        ComposableScheduler(initial_lr=1e-3, stages=[ComposableSchedulerStage(1_000, start_lr=0.0, end_lr_fraction=1.0), ComposableSchedulerStage(9_000, shape="cosine", end_lr_fraction=0.1)])
        ComposableScheduler(initial_lr=1e-3, stages=[ComposableSchedulerStage(10_000, shape="cosine", end_lr_fraction=0.1)], override_decay=OverrideDecay(8_000, 1_000, end_lr=0.0))
        SequentialScheduler(initial_lr=1e-3, max_steps=10_000, schedulers=[partial(ConstantWithWarmup, warmup=1_000), partial(LinearWithWarmup, warmup=0)], schedulers_max=[5_000])
    """,
    "nanotron": """
        lr_scheduler_builder(3e-4, 100, lr_decay_style="cosine", min_decay_lr=3e-5, total_training_steps=1_000)
        lr_scheduler_builder(3e-4, 100, lr_decay_style="1-sqrt", lr_decay_starting_step=800, lr_decay_steps=200, min_decay_lr=0.0, total_training_steps=1_000)
    """,
    "deepspeed": """
        WarmupLR(warmup_max_lr=3e-4, warmup_num_steps=1_000, warmup_type="linear")
        WarmupDecayLR(10_000, warmup_max_lr=3e-4, warmup_num_steps=1_000)
        WarmupCosineLR(base_lr=3e-4, total_num_steps=10_000, warmup_num_steps=1_000, warmup_type="linear")
        LRRangeTest(lr_range_test_min_lr=1e-4, lr_range_test_step_size=100)
        OneCycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3)
        OneCycle(cycle_min_lr=1e-4, cycle_max_lr=1e-3, cycle_second_step_size=0, decay_lr_rate=0.1, decay_step_size=1_000)
        OneCycle_momentum()
    """,
    "composer": """
        ConstantScheduler(base_lr=1e-3, alpha=0.1, t_max="1000ba", max_duration="10000ba")
        LinearScheduler(base_lr=1e-3, max_duration="10000ba")
        CosineAnnealingScheduler(base_lr=1e-3, max_duration="10000ba")
        PolynomialScheduler(base_lr=1e-3, power=2.0, max_duration="10000ba")
        ExponentialScheduler(base_lr=0.1, gamma=0.97, max_duration="90ep", dataloader_len=5_004)
        StepScheduler(base_lr=0.1, step_size="30ep", max_duration="90ep", dataloader_len=5_004)
        MultiStepScheduler(base_lr=0.1, milestones=["30ep", "60ep"], max_duration="90ep", dataloader_len=5_004)
        CosineAnnealingWarmRestartsScheduler(base_lr=1e-3, t_0="1000ba", t_mult=2, max_duration="7000ba")
        ConstantWithWarmupScheduler(base_lr=1e-3, t_warmup="1000ba", max_duration="10000ba")
        LinearWithWarmupScheduler(base_lr=1e-3, t_warmup="1000ba", max_duration="10000ba")
        CosineAnnealingWithWarmupScheduler(base_lr=1e-3, t_warmup="0.1dur", alpha_f=0.1, max_duration="10000ba")
        PolynomialWithWarmupScheduler(base_lr=1e-3, t_warmup="1000ba", max_duration="10000ba")
        MultiStepWithWarmupScheduler(base_lr=0.1, t_warmup="5ep", milestones=["30ep", "60ep"], gamma=0.5, max_duration="90ep", dataloader_len=5_004)
    """,
    "nanogpt": """
        get_lr()
        get_lr(learning_rate=3e-4, warmup_iters=100, lr_decay_iters=5_000, min_lr=3e-5)
    """,
    "big_vision": """
        create_learning_rate_schedule(10_000, base=1e-3, decay_type="cosine", warmup_steps=1_000)
        create_learning_rate_schedule(10_000, base=1e-3, decay_type="rsqrt", timescale=1_000, warmup_steps=1_000, cooldown_steps=2_000)
        create_learning_rate_schedule(10_000, base=1e-3, decay_type="stair", steps=[3_000, 6_000], mults=[0.1, 0.01])
    """,
    "t5x": """
        create_learning_rate_scheduler("constant * linear_warmup * rsqrt_decay", base_learning_rate=1.0, warmup_steps=10_000)
        create_learning_rate_scheduler("constant * linear_warmup * cosine_decay", base_learning_rate=1e-3, warmup_steps=1_000, steps_per_cycle=9_000)
    """,
    "maxtext": """
        create_learning_rate_schedule(10_000, 3e-4)
        create_learning_rate_schedule(10_000, 3e-4, lr_schedule_type="wsd")
    """,
    "levanter": """
        lr_scheduler(10_000, 3e-4, warmup=500)
        lr_scheduler(10_000, 3e-4, warmup=500, decay=0.2, lr_schedule="linear")
        lr_scheduler(10_000, 3e-4, warmup=500, lr_schedule="inv_sqrt")
        lr_scheduler(10_000, 3e-4, warmup=100, cycles=2, min_lr_ratio=0.0)
    """,
}
"""What people write, for each library: every function at least once."""


class Same(NamedTuple):
    """Calls that say the same and do not mean it: what each is called, and the steps at which they are compared."""

    calls: Mapping[str, str]
    steps: tuple[int, ...]


LAST = 12
"""The last step of the pictures: so few that every one can be seen."""

RULES: dict[str, Callable[[float, int], int]] = {
    "transformers: up": lambda part, total: math.ceil(total * part),
    "Composer, NeMo, MaxText, levanter: cut off": lambda part, total: int(part * total),
    "OLMo-core, torchtitan: nearest, half to even": lambda part, total: round(part * total),
    "big_vision: the same, but 1 at least": lambda part, total: max(1, round(part * total)),
    "lrsched: nearest, half up, of the decimal": lambda part, total: lrsched.Horizon(
        dataset_size=total, epochs=1, batch_size=1
    ).fraction(part),
}
"""How libraries make steps of a part of a run, as they compute it; most of them round the product of floats."""

PARTS = ((0.07, 100), (0.29, 100), (0.05, 50), (0.001, 500))

SAME = {
    "warmup": Same(
        {
            "optax, Keras, transformers, timm, Megatron": "optax.warmup_constant_schedule(0.0, 1.0, 4)",
            "torchtitan, OLMo-core": "olmo_core.ConstantWithWarmup(1.0, max_steps=100, warmup=4)",
            "nanoGPT": "nanogpt.get_lr(1.0, warmup_iters=4, lr_decay_iters=1_000, min_lr=1.0)",
            "Composer, DeepSpeed": 'composer.ConstantWithWarmupScheduler(1.0, t_warmup="4ba", max_duration="100ba")',
        },
        (0, 1, 2, 3, 4, 5),
    ),
    "length": Same(
        {
            "optax": "optax.warmup_cosine_decay_schedule(0.0, 1.0, 4, decay_steps=12)",
            "Keras": "keras.CosineDecay(0.0, decay_steps=12, warmup_target=1.0, warmup_steps=4)",
        },
        (0, 4, 6, 8, 10, 12),
    ),
    "floor": Same(
        {
            "optax, Keras, Megatron, nanoGPT": "optax.warmup_cosine_decay_schedule(0.0, 1.0, 4, 12, end_value=0.1)",
            "OLMo-core": "olmo_core.CosWithWarmup(1.0, max_steps=12, warmup=4)",
            "Composer": 'composer.CosineAnnealingWithWarmupScheduler(1.0, t_warmup="4ba", alpha_f=0.1, max_duration="12ba")',
        },
        (8, 9, 10, 11, 12),
    ),
    "tail": Same(
        {
            "lrsched, optax, Keras, Megatron": "optax.cosine_decay_schedule(1.0, 6)",
            "torch, transformers, diffusers": "torch.CosineAnnealingLR(1.0, T_max=6, exact_tail=True)",
            "t5x": 't5x.create_learning_rate_scheduler("constant * cosine_decay", 1.0, 0, steps_per_cycle=6)',
        },
        (4, 5, 6, 7, 8, 12),
    ),
    "boundaries": Same(
        {
            "timm": 'timm.create_scheduler_v2(1.0, "multistep", decay_milestones=[5], decay_rate=0.5)',
            "optax, torch, big_vision": "torch.MultiStepLR(1.0, milestones=[5], gamma=0.5)",
            "Keras, Composer": "keras.PiecewiseConstantDecay([5], [1.0, 0.5])",
        },
        (3, 4, 5, 6, 7),
    ),
    "rounding": Same({name: f"lrsched.warmup_constant(1.0, RULES[{name!r}](0.05, 50))" for name in RULES}, ()),
    "onecycle": Same(
        {
            "optax": "optax.cosine_onecycle_schedule(10, 1.0)",
            "torch": "torch.OneCycleLR(max_lr=1.0, total_steps=10)",
            "lrsched": "lrsched.one_cycle(1.0, 10)",
        },
        (0, 2, 3, 6, 9, 10),
    ),
}


REFUSED = {
    "wrong": """
        optax.cosine_decay_schedule(1e-3, -10)
        optax.join_schedules([optax.constant_schedule(1.0), optax.constant_schedule(0.1)], [10, 20])
        optax.linear_onecycle_schedule(1, 1e-3)
        optax.warmup_cosine_decay_schedule(0.0, 0.0, 10, 100, end_value=0.1)
        torch.OneCycleLR(max_lr=0.1, total_steps=10, pct_start=0.1)
        torch.SequentialLR(base_lr=0.1, schedulers=[torch.ConstantLR(base_lr=0.1)] * 3, milestones=[20, 10])
        torch.ChainedScheduler(base_lr=0.1, schedulers=[torch.ExponentialLR(base_lr=0.1, gamma=0.9), torch.CyclicLR(base_lr=0.01, max_lr=0.1)])
        transformers.get_scheduler("cosine", base_lr=1e-3, num_warmup_steps=200, num_training_steps=100)
        transformers.get_scheduler("polynomial", base_lr=1e-8, num_warmup_steps=0, num_training_steps=100)
        keras.CosineDecay(0, 1_000, warmup_target=0.1, warmup_steps=100)
        keras.PiecewiseConstantDecay([60, 30], [0.1, 0.01, 0.001])
        keras.PiecewiseConstantDecay([30], [0.1, 0.01, 0.001])
        timm.create_scheduler_v2(base_lr=0.1, sched="multistep", decay_milestones=[60, 30])
        torchtitan.build_lr_schedulers(base_lr=1e-3, training_steps=100, warmup_steps=200)
        olmo_core.CosWithWarmup(initial_lr=1e-3, max_steps=100, warmup=10, warmup_fraction=0.1)
        deepspeed.WarmupDecayLR(100, warmup_num_steps=200)
        composer.LinearWithWarmupScheduler(base_lr=1e-3, t_warmup="0.5ep", max_duration="10ep", dataloader_len=10)
        nanogpt.get_lr(warmup_iters=100, lr_decay_iters=100)
        big_vision.create_learning_rate_schedule(100, warmup_steps=200)
        t5x.create_learning_rate_scheduler("constant * linear_warmup", warmup_steps=0)
        mmengine.build_param_scheduler(0.1, [dict(type="LinearLR", by_epoch=False, end=11), dict(type="PolyLR", eta_min=0.01, by_epoch=False, begin=5, end=20)])
        nemo.WarmupHoldAnnealLinear(0.1, max_steps=100, warmup_steps=10)
        nanotron.lr_scheduler_builder(0.1, 10, lr_decay_starting_step=50, total_training_steps=100)
        levanter.lr_scheduler(100, warmup=0.5, decay=0.6)
    """,
    "inexact": """
        optax.warmup_cosine_decay_schedule(0.0, 1e-3, 0.5, 100)
        optax.linear_schedule(1.0, 0.0, 10, transition_begin=0.5)
        keras.CosineDecayRestarts(0.1, 10.5)
        keras.CosineDecayRestarts(0.1, 1_000, t_mul=1.005)
        keras.PolynomialDecay(0.1, 1_000, power=-1.0)
        torch.ChainedScheduler(base_lr=0.1, schedulers=[torch.LinearLR(base_lr=0.1), torch.CosineAnnealingLR(base_lr=0.1, T_max=100, eta_min=0.01)])
        transformers.get_scheduler("inverse_sqrt", base_lr=1e-3, num_warmup_steps=0.1)
        fvcore.LRMultiplier(fvcore.WarmupParamScheduler(fvcore.CosineParamScheduler(1.0, 0.0), 0.1, 0.25), 10, base_lr=0.1)
        transformers.get_scheduler("reduce_lr_on_plateau", base_lr=1e-3)
        timm.create_scheduler_v2(base_lr=0.1, sched="cosine", warmup_epochs=2.5)
        timm.create_scheduler_v2(base_lr=0.1, sched="cosine", noise=0.1)
    """,
}
"""Calls that raise: those that their library gets wrong, or refuses as well, and those that have no exact form here."""


# Tables.


def names() -> dict[str, Any]:
    """What a call may name: the libraries, and what stands beside them here."""
    libraries = {library: import_module(f"lrsched.interop.{library}") for library in CALLS}
    return {**libraries, "lrsched": lrsched, "RULES": RULES}


def made(library: str, call: str) -> Schedule:
    """What a call of a library makes."""
    return eval(call, {**vars(import_module(f"lrsched.interop.{library}")), "partial": partial})


def calls(text: str) -> list[str]:
    """The calls of a text, one in each line."""
    return [line.strip() for line in text.strip().splitlines()]


def table(rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---" * (head.count(" | ") + 1) + "|", *body])


def calls_table(library: str) -> str:
    """The calls of a library, and the expressions that they are."""
    rows = [(f"`{call}`", f"`{made(library, call)!r}`") for call in calls(CALLS[library])]
    return table([(library, "lrsched"), *rows])


def refused_table(kind: str) -> str:
    """Calls that raise, and what they say."""
    rows: list[tuple[str, str]] = []
    for call in calls(REFUSED[kind]):
        try:
            eval(call, names())
        except (TypeError, ValueError) as error:
            rows.append((f"`{call}`", f"{type(error).__name__}: {error}"))
        else:
            raise AssertionError(f"{call} is not refused.")
    return table([("call", "error"), *rows])


def compared(name: str) -> dict[str, Schedule]:
    """The schedules of a convention."""
    return {label: eval(call, names()) for label, call in SAME[name].calls.items()}


def shown(name: str, rows: Iterable[Iterable[str]]) -> str:
    """The picture of a convention, and a table."""
    return f"![{'; '.join(SAME[name].calls)}](migration/{name}.svg)\n\n{table(rows)}"


def numbers_table(name: str) -> str:
    """The values of a convention at some steps."""
    steps = SAME[name].steps
    rows = [(label, *(f"{schedule(step):.4g}" for step in steps)) for label, schedule in compared(name).items()]
    return shown(name, [("update", *map(str, steps)), *rows])


def fractions_table(name: str) -> str:
    """The steps that rules make of parts of runs."""
    rows = [(rule, *(f"{steps(*part)}" for part in PARTS)) for rule, steps in RULES.items()]
    return shown(name, [("", *(f"{part} of {total}" for part, total in PARTS)), *rows])


# Pictures and the page.


def draw(name: str, path: Path) -> None:
    """The schedules of a convention over one another."""
    schedules = compared(name)
    with mpl.rc_context({"svg.hashsalt": "lrsched", "svg.fonttype": "none"}):
        figure = plot(*schedules.values(), steps=LAST, labels=list(schedules)).figure
        figure.set_size_inches(6.0, 2.4 + 0.2 * len(schedules))
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def written(page: str) -> str:
    """The page with its generated parts anew."""
    makers = {
        "calls": calls_table,
        "numbers": numbers_table,
        "fractions": fractions_table,
        "refused": refused_table,
    }
    return PART.sub(lambda part: f"{part[1]}\n{makers[part[2]](part[3])}\n\n{part[4]}", page)


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    folder.mkdir(exist_ok=True)
    for name in SAME:
        draw(name, folder / f"{name}.svg")


if __name__ == "__main__":
    main(DOCS / "migration")
    PAGE.write_text(written(PAGE.read_text()))
