"""Live torch schedulers, read at any time of their run, against the run that torch makes of them."""

import functools

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given, strategies as st
from torch.optim import lr_scheduler

import lrsched
from lrsched.interop.torch import from_scheduler

from .test_torch import CYCLIC, RETURNING, SIMPLE, agree, drawn, leaves, one_cycles, optimizer_of, rates, run

torch_names = SIMPLE | RETURNING


def made(optimizer, name, kwargs):
    return getattr(lr_scheduler, name)(optimizer, **kwargs)


def stepped(scheduler, steps):
    for _ in range(steps):
        scheduler.optimizer.step()
        scheduler.step()
    return scheduler


def same(make, steps, after, **options):
    """What is read before the run, and after a part of it, is what torch does in the whole run, for both groups."""
    values = run(make(optimizer_of(0.3, 0.02)), steps)
    for read in (
        from_scheduler(make(optimizer_of(0.3, 0.02))),
        from_scheduler(stepped(make(optimizer_of(0.3, 0.02)), after)),
    ):
        assert len(read) == 2
        for schedule, rate in zip(read, values, strict=True):
            agree(schedule, rate, **options)


@pytest.mark.parametrize("name", torch_names)
@drawn
@given(st.data(), st.integers(0, 30))
def test_every_scheduler(name, data, after):
    kwargs = data.draw(torch_names[name])
    steps = kwargs.get("T_max", 80)
    same(lambda optimizer: made(optimizer, name, kwargs), steps, min(after, steps))


@drawn
@given(CYCLIC, rates, st.integers(0, 30))
def test_cyclic(kwargs, high, after):
    kwargs |= {"max_lr": [high, kwargs["max_lr"]]}
    same(lambda optimizer: lr_scheduler.CyclicLR(optimizer, **kwargs), 100, after, noise=1e-12)


def test_cyclic_of_a_function():
    kwargs = {
        "base_lr": 0.1,
        "max_lr": 0.7,
        "step_size_up": 4,
        "scale_fn": lambda x: 0.9**x,
        "scale_mode": "iterations",
    }
    same(lambda optimizer: lr_scheduler.CyclicLR(optimizer, **kwargs), 40, 9, written=False)


@drawn
@given(one_cycles(), rates, st.integers(0, 30))
def test_one_cycle(case, high, after):
    kwargs, total = case
    kwargs = kwargs | {"max_lr": [high, kwargs["max_lr"]]}
    same(lambda optimizer: lr_scheduler.OneCycleLR(optimizer, **kwargs), total - 1, min(after, total - 1), noise=1e-12)


def test_a_rate_in_a_tensor():
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=torch.tensor(0.5))
    assert from_scheduler(lr_scheduler.StepLR(optimizer, 3)) == [lrsched.step_decay(0.5, 0.1, 3)]


# Schedulers of schedulers.


@drawn
@given(st.lists(leaves, min_size=1, max_size=3), st.data())
def test_sequential(cases, data):
    gaps = [min(data.draw(st.integers(1, 40)), case[1].get("T_max", 40)) for case in cases]
    milestones = [int(step) for step in np.cumsum(gaps)[:-1]]

    def make(optimizer):
        return lr_scheduler.SequentialLR(optimizer, [made(optimizer, *case) for case in cases], milestones)

    same(make, sum(gaps), sum(gaps) // 2)


factors = [("ConstantLR", {"factor": 0.5, "total_iters": 7}), ("StepLR", {"step_size": 5, "gamma": 0.8})]
warmup = ("LinearLR", {"start_factor": 0.1, "total_iters": 6})
falling = ("CosineAnnealingLR", {"T_max": 40, "eta_min": 0.01})
to_zero = ("CosineAnnealingLR", {"T_max": 60})
power = ("PolynomialLR", {"total_iters": 50, "power": 1.7})
decay = ("ExponentialLR", {"gamma": 0.93})
cycle = ("CosineAnnealingWarmRestarts", {"T_0": 9, "eta_min": 0.01})
one = ("OneCycleLR", {"max_lr": 0.9, "total_steps": 30})
up_down = ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.6, "step_size_up": 5})


def chain(*cases):
    return ("ChainedScheduler", cases)


def row(milestones, *cases):
    return ("SequentialLR", cases, milestones)


def build(optimizer, case):
    """A nest of schedulers, each made after those that it is made of, in order."""
    if case[0] not in ("ChainedScheduler", "SequentialLR"):
        return made(optimizer, *case)
    children = [build(optimizer, child) for child in case[1]]
    optimizer.step()  # a SequentialLR steps what it begins with, and torch warns where no update has been before
    if case[0] == "ChainedScheduler":
        return lr_scheduler.ChainedScheduler(children)
    return lr_scheduler.SequentialLR(optimizer, children, list(case[2]))


@pytest.mark.parametrize(
    "case",
    [
        chain(*factors),
        chain(warmup, decay, power),
        chain(warmup, to_zero),
        chain(to_zero, *factors),
        chain(cycle),
        row([10], warmup, falling),
        row([10], falling, cycle),
        row([6], warmup, up_down),
        row([6], warmup, one),
        row([10], one, decay),
        row([10], up_down, decay),
        row([6, 20], warmup, power, decay),
    ],
    ids=str,
)
@pytest.mark.parametrize("after", [0, 11])
def test_nests(case, after):
    same(lambda optimizer: build(optimizer, case), 29 if one in case[1] else 40, after, noise=1e-13)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (row([9], warmup, chain(*factors)), r"_schedulers\[1\]=.+\) must be a plain scheduler"),
        (row([9], warmup, row([9], warmup, decay)), r"_schedulers\[1\]=.+\) must be a plain scheduler"),
        (row([20], chain(decay, warmup), decay), r"_schedulers\[0\]=.+\) must be a plain scheduler"),
        (chain(chain(*factors), decay), r"_schedulers\[0\]=.+\) must be a plain scheduler"),
        (chain(decay, row([9], warmup, decay)), r"_schedulers\[1\]=.+\) must be a plain scheduler"),
        (chain(row([10], warmup, decay)), r"_schedulers\[0\]=.+\) must be a plain scheduler"),
        (chain(cycle, decay), r"schedulers\[0\]=sgdr\(\.\.\.\)\) must multiply the rate"),
        (chain(decay, one), r"schedulers\[1\]=.+\) must multiply the rate"),
        (chain(warmup, falling), r"schedulers\[1\]=cosine\(\.\.\.\)\) must multiply the rate, with no eta_min"),
    ],
    ids=str,
)
def test_nests_that_are_refused(case, message):
    with pytest.raises((TypeError, ValueError), match=message):
        from_scheduler(build(optimizer_of(0.1), case))


def test_torch_stops_where_a_nest_is_refused():
    scheduler = build(optimizer_of(0.1), row([9], warmup, chain(*factors)))
    with pytest.raises(NotImplementedError):
        stepped(scheduler, 9)


def test_a_group_that_rests():
    """A rate of 0 stays 0 in a chain."""
    made = from_scheduler(build(optimizer_of(0.0, 0.1), chain(warmup, decay)))
    assert made[0] == lrsched.constant(0.0)


# Functions.


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("constant", {}),
        ("constant_with_warmup", {}),
        ("linear", {}),
        ("cosine", {}),
        ("cosine", {"num_cycles": 1.25}),
        ("cosine_with_restarts", {"num_cycles": 3}),
        ("polynomial", {"lr_end": 1e-3, "power": 1.5}),
        ("inverse_sqrt", {}),
        ("inverse_sqrt", {"timescale": 40}),
        ("cosine_with_min_lr", {"min_lr_rate": 0.1}),
        ("cosine_warmup_with_min_lr", {"min_lr": 1e-3}),
        ("cosine_warmup_with_min_lr", {"min_lr": 1e-3, "warmup_lr_rate": 0.2, "num_cycles": 1}),
        ("warmup_stable_decay", {"num_decay_steps": 20, "warmup_type": "1-sqrt", "decay_type": "linear"}),
        ("warmup_stable_decay", {"num_decay_steps": 20, "min_lr_ratio": 0.1}),
    ],
    ids=str,
)
def test_schedulers_of_transformers(name, kwargs):
    same(
        lambda optimizer: transformers.get_scheduler(name, optimizer, 10, 90, scheduler_specific_kwargs=kwargs), 90, 15
    )


def test_a_schedule_as_a_function():
    schedule = lrsched.warmup_cosine(1.0, 5, 40)
    same(lambda optimizer: lr_scheduler.LambdaLR(optimizer, schedule), 60, 7)
    same(lambda optimizer: lr_scheduler.LambdaLR(optimizer, [schedule, lrsched.constant(0.5)]), 60, 7)


def doubled(step):
    return 2.0


class Own(lr_scheduler.StepLR):
    pass


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lr_scheduler.ReduceLROnPlateau, r"live_scheduler=<.+\) must be a function of the step, and not of a metric"),
        (
            functools.partial(lr_scheduler.LambdaLR, lr_lambda=doubled),
            r"live_scheduler\.lr_lambdas\[0\]=<function doubled.+\) must be a schedule, or a function of transformers",
        ),
        (
            functools.partial(lr_scheduler.LambdaLR, lr_lambda=functools.partial(doubled)),
            r"live_scheduler\.lr_lambdas\[0\]=.+\) must be a schedule, or a function of transformers",
        ),
        (
            functools.partial(lr_scheduler.MultiplicativeLR, lr_lambda=doubled),
            r"live_scheduler=<.+\) must not multiply by an unknown function",
        ),
        (functools.partial(Own, step_size=3), r"live_scheduler=<.+\) must be one of torch's own schedulers"),
        (
            lambda optimizer: lr_scheduler.SequentialLR(
                optimizer,
                [lr_scheduler.StepLR(optimizer, 3), lr_scheduler.LambdaLR(optimizer, doubled)],
                [5],
            ),
            r"live_scheduler\._schedulers\[1\]\.lr_lambdas\[0\]=<function doubled.+\) must be a schedule",
        ),
        (lambda optimizer: 0.1, r"live_scheduler=0\.1\) must be a scheduler of torch, not float"),
    ],
)
def test_what_is_no_function_of_the_step_is_named(make, message):
    with pytest.raises(TypeError, match=rf"^from_scheduler\({message}"):
        from_scheduler(make(optimizer_of(0.1)))


def test_a_negative_decay_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"^StepLR\(gamma=-0\.5\) must be at least 0"):
        from_scheduler(lr_scheduler.StepLR(optimizer_of(0.1), 3, gamma=-0.5))
