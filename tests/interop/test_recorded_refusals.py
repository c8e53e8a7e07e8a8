"""What the functions of libraries that are not installed refuse, and how; their values are in `test_recorded.py`."""

import math
from functools import partial

import jax
import pytest

import lrsched as lr
from lrsched.interop import diffusers, fvcore, levanter, maxtext, mmengine, nanotron, nemo, paddle

BUILD = partial(mmengine.build_param_scheduler, 0.1)
LINE = fvcore.LinearParamScheduler(1.0, 0.0)
LEVANTER = partial(levanter.lr_scheduler, 1_000)
NEMO = partial(nemo.WarmupHoldAnnealLinear, 0.1)
WARM = {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "end": 11}
TO_A_FLOOR = {"type": "CosineAnnealingLR", "eta_min": 0.01, "by_epoch": False, "begin": 5, "end": 20}

REFUSED = {
    "get_scheduler(name='cosines') must be the name of a schedule; did you mean 'cosine'?": lambda: (
        diffusers.get_scheduler("cosines", 0.1)
    ),
    "get_scheduler(num_training_steps=None) must be given for 'cosine'; count it in steps.": lambda: (
        diffusers.get_scheduler("cosine", 0.1, num_warmup_steps=1)
    ),
    "get_piecewise_constant_schedule(step_rules='1:10,x') must be factors and the steps at which they end; write "
    '"1:10,0.1:20,0.01".': lambda: diffusers.get_piecewise_constant_schedule(0.1, "1:10,x"),
    "get_linear_schedule_with_warmup(num_training_steps=5) must be at least num_warmup_steps=9; num_training_steps "
    "includes it.": lambda: diffusers.get_linear_schedule_with_warmup(0.1, 9, 5),
    "LRMultiplier(multiplier=linear(...)) must be a function, not Schedule; CosineParamScheduler(1.0, 0.0) is one.": (
        lambda: fvcore.LRMultiplier(lr.linear(1.0, 0.0, 10), 10, base_lr=0.1)
    ),
    "WarmupParamScheduler(warmup_length=0.25) must be a whole number of the run's 10 updates, not 2.5; write 3/10.": (
        lambda: fvcore.LRMultiplier(fvcore.WarmupParamScheduler(LINE, 0.1, 0.25), 10, base_lr=0.1)
    ),
    "MultiStepParamScheduler(milestones=[5, 20]) must be 2 steps before the end at 20.": lambda: (
        fvcore.MultiStepParamScheduler([1.0, 0.1, 0.01], 20, [5, 20])
    ),
    "CompositeParamScheduler(lengths=[0.5, 0.4]) must add up to 1, not 0.9.": lambda: fvcore.CompositeParamScheduler(
        [LINE, LINE], [0.5, 0.4], ["fixed", "rescaled"]
    ),
    "CompositeParamScheduler(interval_scaling[1]='scaled') must be one of 'rescaled', 'fixed'; did "
    "you mean 'rescaled'?": (lambda: fvcore.CompositeParamScheduler([LINE, LINE], [0.5, 0.5], ["fixed", "scaled"])),
    "lr_scheduler(lr_schedule='cosin') has the unknown type 'cosin'; did you mean 'cosine'?": lambda: LEVANTER(
        lr_schedule="cosin"
    ),
    "lr_scheduler(lr_schedule={'exponent': 2.0, 'power': 2, 'type': 'cosine'}) has the unknown "
    "option 'power'; known are "
    "exponent.": lambda: LEVANTER(lr_schedule={"type": "cosine", "power": 2, "exponent": 2.0}),
    "lr_scheduler(lr_schedule='power') must have the option 'batch_size'; the power law counts tokens.": lambda: (
        LEVANTER(lr_schedule="power")
    ),
    "lr_scheduler(warmup=1.5) must be a part of the cycle, up to 1, or a whole number of steps; give one of them.": (
        lambda: LEVANTER(warmup=1.5)
    ),
    "lr_scheduler(cycle=1000) must be at least warmup_and_decay=1100; cycle includes it.": lambda: LEVANTER(
        warmup=0.5, decay=0.6
    ),
    "lr_scheduler(num_train_steps=1000) must be after the cycles, which begin at [0, 500, 1200].": lambda: LEVANTER(
        cycles=[500, 1_200]
    ),
    "create_learning_rate_schedule(learning_rate_schedule_steps=10) must leave a step to the decay; make it longer.": (
        lambda: maxtext.create_learning_rate_schedule(10, lr_schedule_type="wsd", wsd_decay_steps_fraction=0.0)
    ),
    "build_param_scheduler(type='Linear') must be the name of a scheduler; did you mean 'LinearLR'?": lambda: BUILD(
        [{"type": "Linear"}]
    ),
    "build_param_scheduler(epoch_length=None) must be given; or write by_epoch=False.": lambda: BUILD(
        [{"type": "ExponentialLR", "gamma": 0.9}]
    ),
    "build_param_scheduler(scheduler={'type': 'StepLR'}) must be a list, not dict; write [dict(type=\"LinearLR\", "
    "end=500)].": lambda: BUILD({"type": "StepLR"}),
    "build_param_scheduler(scheduler[1]={'begin': 5, 'by_epoch': False, 'end': 20, 'eta_min': 0.01, "
    "...}) must be alone in "
    "its window; mmengine would pull the rest towards eta_min.": lambda: BUILD([WARM, TO_A_FLOOR]),
    "LinearLR(end=None) must be given; it is where the scheduler stops.": lambda: mmengine.LinearLR(0.1),
    "PolyLR(end=5) must be greater than begin=5; the last step is end - 1.": lambda: mmengine.PolyLR(
        0.1, begin=5, end=5
    ),
    "CosineRestartLR(restart_weights=[1.0]) must be 2, one for each period.": lambda: mmengine.CosineRestartLR(
        0.1, periods=[5, 5]
    ),
    "lr_scheduler_builder(lr_decay_steps=None) must be given; or leave out lr_decay_starting_step.": lambda: (
        nanotron.lr_scheduler_builder(0.1, lr_decay_starting_step=5, total_training_steps=20)
    ),
    "lr_scheduler_builder(lr_decay_starting_step=5) must be at least lr_warmup_steps=9; "
    "lr_decay_starting_step includes "
    "it.": lambda: nanotron.lr_scheduler_builder(
        0.1, 9, lr_decay_starting_step=5, lr_decay_steps=5, total_training_steps=20
    ),
    "WarmupHoldAnnealLinear(hold_steps=None, hold_ratio=None) must not be None; give one.": lambda: NEMO(
        max_steps=20, warmup_steps=2
    ),
    "WarmupHoldAnnealLinear(max_steps=20) must be at least warmup_and_hold=24; max_steps includes it.": lambda: NEMO(
        max_steps=20, warmup_steps=4, hold_steps=20
    ),
    "WarmupPolicy(max_steps=None) must be given; warmup_ratio is a part of it.": lambda: nemo.WarmupPolicy(
        0.1, warmup_ratio=0.1
    ),
    "NoamAnnealing(warmup_steps=0) must be at least 1; it is the time scale of the decay.": lambda: nemo.NoamAnnealing(
        0.1, d_model=4
    ),
    "piecewise_constant(values=[0.1]) must be one longer than boundaries, of length 2 and not 1; values[0] is "
    "the value at step 0.": lambda: paddle.PiecewiseDecay([10], [0.1]),
    "NoamDecay(d_model=0) must be greater than 0; give a value that can be divided by.": lambda: paddle.NoamDecay(
        0, 4_000
    ),
    "StepDecay(step_size=2.5) must be a whole number of steps; give 2 or 3.": lambda: paddle.StepDecay(0.1, 2.5),
    "MultiStepDecay(gama=...) is not a parameter; did you mean 'gamma'?": lambda: paddle.MultiStepDecay(
        0.1, [5], gama=0.1
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_refused(message):
    with pytest.raises((ValueError, TypeError)) as caught:
        REFUSED[message]()
    assert str(caught.value) == message


def test_a_warmup_before_a_floor_may_be_ended_first():
    """The last step of a line has the rate already."""
    warm, fall = dict(WARM, end=6), TO_A_FLOOR
    schedule = BUILD([warm, fall])
    last = 0.01 + 0.09 * (1 + math.cos(math.pi * 14 / 15)) / 2
    assert (schedule(5), schedule(50)) == (0.1, pytest.approx(last, rel=1e-12))


@pytest.mark.parametrize(
    "make",
    [
        lambda peak: diffusers.get_linear_schedule_with_warmup(peak, 4, 20, f_min=0.1),
        lambda peak: fvcore.LRMultiplier(fvcore.WarmupParamScheduler(LINE, 0.1, 0.25), 20, base_lr=peak),
        lambda peak: levanter.lr_scheduler(20, peak, warmup=0.2, decay=0.3, lr_schedule="inv"),
        lambda peak: levanter.lr_scheduler(20, peak, warmup=0.2, cycles=2),
        lambda peak: maxtext.create_learning_rate_schedule(20, peak, lr_schedule_type="wsd"),
        lambda peak: mmengine.PolyLR(peak, eta_min=0.01, power=0.9, begin=3, end=15),
        lambda peak: nanotron.lr_scheduler_builder(peak, 3, min_decay_lr=0.1, total_training_steps=20),
        lambda peak: nemo.CosineAnnealing(peak, max_steps=20, warmup_steps=3, min_lr=0.1),
        lambda peak: paddle.OneCycleLR(peak, 20),
        lambda peak: paddle.NoamDecay(16, 5, peak),
    ],
)
def test_a_peak_may_be_traced(make):
    """As all numbers of the vocabulary: under `jit`, and for a gradient."""
    expected = [make(1.5)(t) for t in range(25)]
    traced = jax.jit(lambda peak: make(peak)(jax.numpy.arange(25)))(1.5)
    assert traced.tolist() == pytest.approx(expected, rel=1e-5, abs=1e-7)
    slope = float(jax.grad(lambda peak: make(peak)(7))(1.5))
    assert slope == pytest.approx((make(1.501)(7) - make(1.499)(7)) / 0.002, rel=1e-4)
