"""Torch's schedulers, drawn by chance, run by torch itself, and compared at every step."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch.optim import lr_scheduler

import lrsched
from lrsched.interop import torch as names

drawn = settings(derandomize=True, deadline=None, max_examples=25)


def optimizer_of(*rates):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates]
    return torch.optim.SGD(groups, lr=rates[0], momentum=0.9)


def run(scheduler, steps, key="lr"):
    """What torch sets for updates 0..steps, for each group."""
    optimizer = scheduler.optimizer
    values = [[group[key] for group in optimizer.param_groups]]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        values.append([group[key] for group in optimizer.param_groups])
    return np.array(values).T


def agree(schedule, values, written=True, noise=1e-14):
    """The same at every step to 1e-9; `noise` is what torch's sums have lost of the largest value next to 0."""
    steps = np.arange(len(values))
    np.testing.assert_allclose(schedule(steps), values, rtol=1e-9, atol=noise * np.abs(values).max())
    for step in {0, len(values) // 2, len(values) - 1}:
        np.testing.assert_allclose(schedule(step), values[step], rtol=1e-9, atol=noise * np.abs(values).max())
    if written:
        assert lrsched.parse(repr(schedule)) == schedule
        assert lrsched.from_config(schedule.to_config()) == schedule


rates = st.floats(1e-5, 1.0)
factors = st.floats(0.05, 1.0)
lengths = st.integers(1, 60)

SIMPLE = {
    "StepLR": st.fixed_dictionaries({"step_size": lengths}, optional={"gamma": factors}),
    "MultiStepLR": st.fixed_dictionaries(
        {"milestones": st.lists(st.integers(0, 90), max_size=5)}, optional={"gamma": factors}
    ),
    "ConstantLR": st.fixed_dictionaries({}, optional={"factor": factors, "total_iters": lengths}),
    "LinearLR": st.fixed_dictionaries(
        {}, optional={"start_factor": factors, "end_factor": st.floats(0.0, 1.0), "total_iters": lengths}
    ),
    "ExponentialLR": st.fixed_dictionaries({"gamma": st.floats(0.7, 1.0)}),
    "PolynomialLR": st.fixed_dictionaries({}, optional={"total_iters": lengths, "power": st.floats(0.3, 4.0)}),
}
"""Those that multiply the rate that they find, at steps without end."""

RETURNING = {
    "CosineAnnealingLR": st.fixed_dictionaries({"T_max": lengths}, optional={"eta_min": st.floats(0.0, 1e-2)}),
    "CosineAnnealingWarmRestarts": st.fixed_dictionaries(
        {"T_0": lengths}, optional={"T_mult": st.integers(1, 3), "eta_min": st.floats(0.0, 1e-2)}
    ),
}

CYCLIC = st.fixed_dictionaries(
    {"base_lr": rates, "max_lr": rates, "step_size_up": lengths},
    optional={
        "step_size_down": st.none() | lengths,
        "mode": st.sampled_from(["triangular", "triangular2", "exp_range"]),
        "gamma": st.floats(0.9, 1.0),
        "cycle_momentum": st.just(True),
        "base_momentum": st.floats(0.5, 0.8),
        "max_momentum": st.floats(0.8, 0.99),
    },
)


@st.composite
def one_cycles(draw):
    kwargs = draw(
        st.fixed_dictionaries(
            {"max_lr": rates},
            optional={
                "anneal_strategy": st.sampled_from(["cos", "linear"]),
                "base_momentum": st.floats(0.5, 0.8),
                "max_momentum": st.floats(0.8, 0.99),
                "div_factor": st.floats(1.0, 50.0),
                "final_div_factor": st.floats(1.0, 1e5),
                "three_phase": st.booleans(),
            },
        )
    )
    if draw(st.booleans()):
        total = kwargs["total_steps"] = draw(st.integers(2, 120))
    else:
        kwargs["epochs"], kwargs["steps_per_epoch"] = draw(st.integers(1, 5)), draw(st.integers(2, 30))
        total = kwargs["epochs"] * kwargs["steps_per_epoch"]
    decimals = st.integers(0, 1000).map(lambda part: part / 1000)
    most = 0.5 if kwargs.get("three_phase") else 1.0
    fits = (decimals | st.floats(0.0, 1.0)).filter(
        lambda part: part <= most and part * total != 1 and abs(part * total - 1) > 1e-3
    )
    return kwargs | {"pct_start": draw(fits)}, total


@pytest.mark.parametrize("name", SIMPLE)
@drawn
@given(st.data(), rates)
def test_schedulers_without_end(name, data, rate):
    kwargs = data.draw(SIMPLE[name])
    values = run(getattr(lr_scheduler, name)(optimizer_of(rate), **kwargs), 100)[0]
    agree(getattr(names, name)(base_lr=rate, **kwargs), values)


@pytest.mark.parametrize("name", RETURNING)
@drawn
@given(st.data(), rates)
def test_cosines(name, data, rate):
    kwargs = data.draw(RETURNING[name])
    steps = kwargs.get("T_max", 150)
    values = run(getattr(lr_scheduler, name)(optimizer_of(rate), **kwargs), steps)[0]
    agree(getattr(names, name)(base_lr=rate, **kwargs), values)


@drawn
@given(RETURNING["CosineAnnealingLR"], rates)
def test_a_cosine_rises_again_only_when_it_is_asked_to(kwargs, rate):
    steps = kwargs["T_max"]
    values = run(lr_scheduler.CosineAnnealingLR(optimizer_of(rate), **kwargs), 5 * steps)[0]
    agree(names.CosineAnnealingLR(base_lr=rate, **kwargs, exact_tail=True), values, noise=1e-12)
    held = names.CosineAnnealingLR(base_lr=rate, **kwargs)
    assert held(steps) == held(2 * steps) == kwargs.get("eta_min", 0.0)


@drawn
@given(CYCLIC, rates)
def test_cyclic(kwargs, rate):
    """Torch loses the digits of the cycles that have passed, 1 + t/length - cycle."""
    made = lr_scheduler.CyclicLR(optimizer_of(rate), **kwargs)
    agree(names.CyclicLR(**kwargs), run(made, 150)[0], noise=1e-12)
    made = lr_scheduler.CyclicLR(optimizer_of(rate), **kwargs)
    agree(names.CyclicLR_momentum(**kwargs), run(made, 150, "momentum")[0], noise=1e-12)


@pytest.mark.parametrize("scale_mode", ["cycle", "iterations"])
def test_cyclic_of_a_function(scale_mode):
    kwargs = {"base_lr": 0.1, "max_lr": 0.7, "step_size_up": 4, "step_size_down": 3}
    kwargs |= {"scale_fn": lambda x: 1 / (1 + 0.2 * x), "scale_mode": scale_mode}
    values = run(lr_scheduler.CyclicLR(optimizer_of(1.0), **kwargs), 60)[0]
    agree(names.CyclicLR(**kwargs), values, written=False)
    momenta = run(lr_scheduler.CyclicLR(optimizer_of(1.0), **kwargs), 60, "momentum")[0]
    agree(names.CyclicLR_momentum(**kwargs), momenta, written=False)


@settings(drawn, max_examples=100)
@given(one_cycles(), rates)
def test_one_cycle(case, rate):
    """To the last update, `total_steps - 1`; where torch's phases end a step apart it divides by nearly nothing."""
    kwargs, total = case
    agree(
        names.OneCycleLR(base_lr=rate, **kwargs),
        run(lr_scheduler.OneCycleLR(optimizer_of(rate), **kwargs), total - 1)[0],
        noise=1e-12,
    )
    momenta = run(lr_scheduler.OneCycleLR(optimizer_of(rate), **kwargs), total - 1, "momentum")[0]
    agree(names.OneCycleLR_momentum(base_lr=rate, **kwargs), momenta, noise=1e-12)


@pytest.mark.parametrize("anneal_strategy", ["cos", "linear"])
@pytest.mark.parametrize("three_phase", [False, True])
def test_one_cycle_has_one_value_more(anneal_strategy, three_phase):
    kwargs = {"max_lr": 0.5, "total_steps": 20, "anneal_strategy": anneal_strategy, "three_phase": three_phase}
    values = run(lr_scheduler.OneCycleLR(optimizer_of(0.1), **kwargs), 20)[0]
    exact = names.OneCycleLR(**kwargs, exact_tail=True)
    agree(exact, values)
    assert exact(20) == exact(1000) != exact(19)
    assert names.OneCycleLR(**kwargs)(1000) == pytest.approx(0.5 / 25e4, rel=1e-12)


@pytest.mark.parametrize(("steps", "part"), [(1, 0.5), (1, 0.0), (7, 0.0), (7, 1.0), (3, 0.2), (40, 0.02)])
@pytest.mark.parametrize("anneal_strategy", ["cos", "linear"])
def test_one_cycle_without_a_rise_or_a_fall(steps, part, anneal_strategy):
    kwargs = {"max_lr": 0.5, "total_steps": steps, "pct_start": part, "anneal_strategy": anneal_strategy}
    agree(names.OneCycleLR(**kwargs), run(lr_scheduler.OneCycleLR(optimizer_of(1.0), **kwargs), steps - 1)[0])


# Schedulers of schedulers.

leaves = st.sampled_from([*SIMPLE, *RETURNING]).flatmap(
    lambda name: st.tuples(st.just(name), (SIMPLE | RETURNING)[name])
)
factor_leaves = st.sampled_from([*SIMPLE]).flatmap(lambda name: st.tuples(st.just(name), SIMPLE[name]))


def live(optimizer, case):
    return getattr(lr_scheduler, case[0])(optimizer, **case[1])


def imported(rate, case):
    return getattr(names, case[0])(base_lr=rate, **case[1])


def within(case, length):
    """Whether a scheduler is defined for so many steps."""
    return case[0] != "CosineAnnealingLR" or case[1]["T_max"] >= length


@drawn
@given(st.lists(leaves, min_size=1, max_size=4), st.data(), rates)
def test_sequential(cases, data, rate):
    gaps = [data.draw(st.integers(1, 40)) for _ in cases]
    gaps = [min(gap, case[1].get("T_max", gap)) for gap, case in zip(gaps, cases, strict=True)]
    milestones = [int(step) for step in np.cumsum(gaps)[:-1]]
    optimizer = optimizer_of(rate)
    made = lr_scheduler.SequentialLR(optimizer, [live(optimizer, case) for case in cases], milestones)
    schedule = names.SequentialLR(
        base_lr=rate, schedulers=[imported(rate, case) for case in cases], milestones=milestones
    )
    agree(schedule, run(made, sum(gaps))[0])


@drawn
@given(st.lists(factor_leaves, min_size=1, max_size=4), rates)
def test_chained(cases, rate):
    optimizer = optimizer_of(rate)
    made = lr_scheduler.ChainedScheduler([live(optimizer, case) for case in cases])
    schedule = names.ChainedScheduler(base_lr=rate, schedulers=[imported(rate, case) for case in cases])
    agree(schedule, run(made, 100)[0])


# What is refused.


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("ConstantLR", {"factor": 1.5}),
        ("ConstantLR", {"factor": -0.5}),
        ("LinearLR", {"start_factor": 0.0}),
        ("LinearLR", {"start_factor": 1.5}),
        ("LinearLR", {"end_factor": -0.1}),
        ("CosineAnnealingWarmRestarts", {"T_0": 0}),
        ("CosineAnnealingWarmRestarts", {"T_0": 2.5}),
        ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 0}),
        ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 1.5}),
        ("CosineAnnealingWarmRestarts", {"T_0": 2, "eta_min": "0.1"}),
        ("CyclicLR", {"base_lr": 0.1, "max_lr": 1.0, "mode": "square"}),
        ("OneCycleLR", {"max_lr": 1.0}),
        ("OneCycleLR", {"max_lr": 1.0, "epochs": 3}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 0}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 2.5}),
        ("OneCycleLR", {"max_lr": 1.0, "epochs": 0, "steps_per_epoch": 3}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "pct_start": 1.1}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "pct_start": 1}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "anneal_strategy": "sine"}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "div_factor": 0.0}),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "pct_start": 0.1}),
    ],
)
def test_what_torch_refuses_is_refused(name, kwargs):
    with pytest.raises((ValueError, TypeError, ZeroDivisionError)):
        getattr(lr_scheduler, name)(optimizer_of(0.1), **kwargs)
    with pytest.raises((ValueError, TypeError), match=rf"^{name}\(.+\) .+; .+[.?]$"):
        getattr(names, name)(**{"base_lr": 0.1} | kwargs)


@pytest.mark.parametrize(
    ("name", "kwargs", "message"),
    [
        ("StepLR", {"step_size": 0}, r"StepLR\(step_size=0\) must be at least 1"),
        ("StepLR", {"step_size": 2.5}, r"StepLR\(step_size=2.5\) must be a whole number of steps; give 2 or 3"),
        ("StepLR", {"step_size": 3, "gamma": -0.5}, r"StepLR\(gamma=-0.5\) must be at least 0"),
        ("StepLR", {"step_size": 3, "gama": 0.5}, r"StepLR\(gama=\.\.\.\) is not a parameter; did you mean 'gamma'\?"),
        ("MultiStepLR", {"milestones": [3, -1]}, r"MultiStepLR\(milestones\[1\]=-1\) must be at least 0"),
        ("MultiStepLR", {"milestones": [2.5]}, r"MultiStepLR\(milestones\[0\]=2.5\) must be a whole number"),
        ("MultiStepLR", {"milestones": 3}, r"MultiStepLR\(milestones=3\) must be a list, not int"),
        ("ConstantLR", {"total_iters": 0}, r"ConstantLR\(total_iters=0\) must be at least 1"),
        ("LinearLR", {"total_iters": 0}, r"LinearLR\(total_iters=0\) must be at least 1"),
        ("PolynomialLR", {"total_iters": 0}, r"PolynomialLR\(total_iters=0\) must be at least 1"),
        ("PolynomialLR", {"power": -1.0}, r"PolynomialLR\(power=-1.0\) must be greater than 0"),
        ("CosineAnnealingLR", {"T_max": 0}, r"CosineAnnealingLR\(T_max=0\) must be at least 1"),
        ("CosineAnnealingLR", {"T_max": -5}, r"CosineAnnealingLR\(T_max=-5\) must be at least 1"),
        ("ExponentialLR", {"gamma": math.nan}, r"ExponentialLR\(gamma=nan\) must be finite"),
        ("CyclicLR", {"max_lr": 1.0, "step_size_up": 0}, r"CyclicLR\(step_size_up=0\) must be at least 1"),
        (
            "OneCycleLR",
            {"max_lr": 1.0, "total_steps": 10, "pct_start": 0.6, "three_phase": True},
            r"OneCycleLR\(pct_start=0.6\) must leave steps to the third phase",
        ),
        ("CyclicLR_momentum", {"cycle_momentum": False}, r"CyclicLR_momentum\(cycle_momentum=False\) must be True"),
        ("OneCycleLR_momentum", {"total_steps": 9, "cycle_momentum": False}, r"OneCycleLR_momentum\(cycle_momentum=F"),
        ("SequentialLR", {"schedulers": [], "milestones": []}, r"SequentialLR\(schedulers=\[\]\) must have one"),
        ("SequentialLR", {"schedulers": [1.0, 2.0], "milestones": []}, r"SequentialLR\(milestones=\[\]\) must be 1 "),
        (
            "SequentialLR",
            {"schedulers": [1.0, 2.0, 3.0], "milestones": [5, 3]},
            r"SequentialLR\(milestones\[1\]=3\) must be after 5",
        ),
        ("ChainedScheduler", {"schedulers": []}, r"ChainedScheduler\(schedulers=\[\]\) must have one"),
        (
            "ChainedScheduler",
            {"schedulers": [lrsched.constant(1.0), names.CosineAnnealingWarmRestarts(base_lr=1.0, T_0=5)]},
            r"ChainedScheduler\(schedulers\[1\]=sgdr\(\.\.\.\)\) must multiply the rate",
        ),
    ],
)
def test_what_torch_takes_and_gets_wrong_is_refused(name, kwargs, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        getattr(names, name)(**{"base_lr": 0.1} | kwargs)


@pytest.mark.parametrize("place", [0, 1])
def test_a_chain_with_a_floor_is_refused(place):
    """A cosine with an `eta_min` is no factor: what it does in torch depends on its place, and on what it finds."""
    warmup = names.LinearLR(base_lr=1.0, start_factor=0.1, total_iters=3)
    children = [warmup, warmup]
    children[place] = names.CosineAnnealingLR(base_lr=1.0, T_max=2000, eta_min=0.1)
    with pytest.raises(
        ValueError,
        match=rf"^ChainedScheduler\(schedulers\[{place}\]=cosine\(\.\.\.\)\) must multiply the rate, with no",
    ):
        names.ChainedScheduler(base_lr=1.0, schedulers=children)


def test_numbers_of_numpy():
    assert names.MultiStepLR(base_lr=1.0, milestones=np.array([3, 5])) == lrsched.piecewise_constant(
        [1.0, 0.1, 0.1**2], [3, 5]
    )
    assert names.StepLR(base_lr=np.float32(0.5), step_size=np.int64(3)) == lrsched.step_decay(0.5, 0.1, 3)


def test_a_factor_of_0_ends_the_rate():
    for name, kwargs in (("StepLR", {"step_size": 3}), ("ExponentialLR", {}), ("MultiStepLR", {"milestones": [3]})):
        values = run(getattr(lr_scheduler, name)(optimizer_of(0.1), gamma=0.0, **kwargs), 10)[0]
        agree(getattr(names, name)(base_lr=0.1, gamma=0.0, **kwargs), values)
