"""Groups that were made with values of their own: one schedule for all never flattens them without a word."""

import copy
import logging
import warnings

import numpy as np
import pytest
import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import LambdaLR

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler

from .test_torch import RATE, Spy, sgd, update

FACTOR = lr.warmup_cosine(1.0, 4, 16, end_value=0.1)


def used(optimizer, scheduler, steps, key="lr"):
    """What each of some updates used, and what was reported before it."""
    spy, reported = Spy(optimizer, key), []
    for seed in range(steps):
        reported.append(scheduler.last_lr)
        update(optimizer, seed)
        scheduler.step()
    return [[float(value) for value in seen] for seen in spy.seen], reported


# Refusing.

DIFFERENT = [
    ({"lr": 1e-3}, {"lr": 1e-5}),
    ({"lr": torch.tensor(1e-3)}, {"lr": torch.tensor(1e-5)}),
    ({"lr": np.float32(1e-3)}, {"lr": 1e-5}),
    ({}, {"lr": 1e-5}),
    ({"lr": 1e-3}, {"lr": 0.0}),
    ({"lr": 1e-3}, {"lr": 1e-3}, {"lr": 2e-3}),
    ({"lr": 0.7, "initial_lr": 1e-3}, {"lr": 0.7, "initial_lr": 1e-5}),
    ({"lr": 1e-3}, {"lr": 1e-5}, {"lr_scale": 0.5}),  # two are left about which nothing is said
]


@pytest.mark.parametrize("given", [RATE, 0.1, lambda step: 0.1], ids=["schedule", "number", "callable"])
@pytest.mark.parametrize("groups", DIFFERENT, ids=str)
def test_one_schedule_for_groups_with_different_rates_is_refused(groups, given):
    optimizer = sgd(*groups, lr=0.5)
    before = copy.deepcopy(optimizer.state_dict()["param_groups"])
    with pytest.raises(ValueError, match="is one schedule for groups that were made with different values"):
        TorchScheduler(optimizer, given)
    assert optimizer.state_dict()["param_groups"] == before


def test_the_message_says_how_each_remedy_is_written():
    with pytest.raises(ValueError, match="different") as caught:
        TorchScheduler(sgd({"lr": 1e-3}, {"lr": 1e-5}), RATE)
    assert str(caught.value) == (
        "TorchScheduler(lr=warmup_cosine(...)) is one schedule for groups that were made with different values "
        '(0.001, 1e-05); give one to each group, lr={0: ..., 1: ...}; or write an "lr_scale" into each group, which '
        'multiplies the schedule; or keep the groups\' own rates by relative_to="groups", with a schedule of factors '
        "such as warmup_cosine(1.0, ...)."
    )
    for remedy in (
        lambda: TorchScheduler(sgd({"lr": 1e-3}, {"lr": 1e-5}), lr={0: RATE, 1: RATE}),
        lambda: TorchScheduler(sgd({"lr": 1e-3, "lr_scale": 1.0}, {"lr": 1e-5, "lr_scale": 0.01}), RATE),
        lambda: TorchScheduler(sgd({"lr": 1e-3}, {"lr": 1e-5}), FACTOR, relative_to="groups"),
    ):
        remedy()


@pytest.mark.parametrize(
    "groups",
    [({}, {}), ({"lr": 0.5}, {}), ({"lr": 1e-3}, {"lr": 1e-5, "lr_scale": 0.01}), ({"lr": np.float64(0.5)}, {})],
    ids=str,
)
def test_equal_rates_and_scaled_groups_are_taken(groups):
    scheduler = TorchScheduler(sgd(*groups, lr=0.5), RATE, step=3)
    assert scheduler.last_lr == [RATE(3), RATE(3) * groups[1].get("lr_scale", 1.0)]


@pytest.mark.parametrize(
    ("key", "values"), [("weight_decay", (0.1, 0.0)), ("momentum", (0.9, 0.5)), ("betas[0]", (0.9, 0.8))]
)
def test_other_hyperparameters_are_not_flattened_either(key, values):
    """The usual two groups, with weight decay and without."""
    name = key.partition("[")[0]
    parts = [(value, 0.999) if name == "betas" else value for value in values]
    weights = [torch.nn.Parameter(torch.ones(1)) for _ in parts]
    make = torch.optim.AdamW if name == "betas" else torch.optim.SGD
    optimizer = make([{"params": [w], name: part} for w, part in zip(weights, parts, strict=True)], lr=0.5)
    ramp = lr.linear(0.1, 0.2, 10)
    with pytest.raises(ValueError, match=r"different values \(.*\); give one to each group.*None leaves a group alone"):
        TorchScheduler(optimizer, **{key: ramp})
    TorchScheduler(optimizer, **{key: [ramp, None]})
    assert optimizer.param_groups[1][name] == parts[1]


@pytest.mark.parametrize("given", [RATE, {0: RATE, 1: RATE}, [RATE, RATE], None])
def test_a_scale_holds_however_the_rate_is_given(given):
    by_group = (lambda group: RATE) if given is None else None
    scheduler = TorchScheduler(sgd({}, {"lr_scale": 0.1}, lr=0.5), given, by_group=by_group, step=3)
    assert scheduler.last_lr == [RATE(3), 0.1 * RATE(3)]


# A number, and a callable of the step.


@pytest.mark.parametrize("given", [0.25, 1, 0, np.float32(0.25), np.int64(1)], ids=repr)
def test_a_number_is_a_constant_schedule(given):
    optimizer = sgd({}, {"lr_scale": 0.5}, lr=0.5)
    scheduler = TorchScheduler(optimizer, given)
    values, reported = used(optimizer, scheduler, 3)
    assert values == reported == [[float(given), float(given) / 2]] * 3
    assert type(optimizer.param_groups[0]["lr"]) is float
    assert scheduler.state_dict()["schedule"]["lr"] == lr.constant(float(given)).to_config()


class Hyperbola:
    def __call__(self, step):
        return 1 / (1 + step)


@pytest.mark.parametrize("given", [lambda step: 1 / (1 + step), Hyperbola(), lr.shift(Hyperbola(), 0)])
def test_a_callable_is_a_function_of_the_step(given):
    optimizer = sgd(lr=0.5)
    values, reported = used(optimizer, TorchScheduler(optimizer, given, momentum=lambda step: 0.1 * step), 5)
    assert values == reported == [[1 / (1 + k)] for k in range(5)]
    assert optimizer.param_groups[0]["momentum"] == 0.5


def test_by_group_chooses_for_each_hyperparameter():
    optimizer = sgd({"lr": 0.1, "weight_decay": 0.2}, {"lr": 0.3}, momentum=0.5)
    choose = {"lr": lambda group: lr.constant(group["lr"]), "weight_decay": lambda group: group["weight_decay"] or None}
    scheduler = TorchScheduler(optimizer, by_group=choose, momentum=0.9)
    assert scheduler.last_lr == [0.1, 0.3]
    assert [(group["weight_decay"], group["momentum"]) for group in optimizer.param_groups] == [(0.2, 0.9), (0, 0.9)]


# Keeping the ratios.


@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize(
    "factor", [FACTOR, lambda step: 1 / (1 + step), lr.cosine(1.0, 0.0, 5)], ids=["schedule", "function", "cosine"]
)
def test_relative_to_groups_is_what_lambda_lr_does(factor, tensor):
    wrap = (lambda rate: torch.tensor(rate, dtype=torch.float64)) if tensor else float
    groups = [{"lr": wrap(1e-3)}, {"lr": wrap(1e-5)}, {"lr": wrap(0.0)}]
    ours, theirs = sgd(*copy.deepcopy(groups)), sgd(*copy.deepcopy(groups))
    scheduler = TorchScheduler(ours, factor, relative_to="groups")
    values, reported = used(ours, scheduler, 20)
    assert values == reported
    expected, _ = used(theirs, Reported(theirs, LambdaLR(theirs, factor)), 20)
    assert values == expected
    assert values[3] == [1e-3 * factor(3), 1e-5 * factor(3), 0.0]


class Reported:
    """A scheduler of torch, with the property of ours."""

    def __init__(self, optimizer, scheduler):
        self.optimizer, self.step = optimizer, scheduler.step

    @property
    def last_lr(self):
        return [float(group["lr"]) for group in self.optimizer.param_groups]


def test_relative_rates_are_scaled_as_well():
    scheduler = TorchScheduler(sgd({"lr": 0.4}, {"lr": 0.2, "lr_scale": 0.5}), FACTOR, relative_to="groups", step=4)
    assert scheduler.last_lr == [0.4, 0.1]


@pytest.mark.parametrize("saved_by", ["ours", "torch"])
@pytest.mark.parametrize("order", ["load, build", "build, load", "build, load the scheduler, load"])
def test_relative_rates_resume_in_any_order(order, saved_by):
    """Also from a run that LambdaLR began, which keeps the rates in the same place."""
    old = sgd({"lr": 0.4}, {"lr": 0.2})
    before = TorchScheduler(old, FACTOR, relative_to="groups") if saved_by == "ours" else LambdaLR(old, FACTOR)
    for _ in range(6):
        update(old)
        before.step()
    optimizer, scheduler = sgd({"lr": 0.4}, {"lr": 0.2}), None
    for action in order.split(", "):
        if action == "build":
            scheduler = TorchScheduler(optimizer, FACTOR, relative_to="groups")
        elif action == "load":
            optimizer.load_state_dict(copy.deepcopy(old.state_dict()))
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the state of another scheduler
                scheduler.load_state_dict(before.state_dict())
    scheduler.set_step(6)
    assert used(optimizer, scheduler, 3)[0] == [[0.4 * FACTOR(k), 0.2 * FACTOR(k)] for k in (6, 7, 8)]


def test_relative_rates_are_those_of_the_code():
    """As the schedule is, where the optimizer is loaded after the scheduler was built."""
    old = sgd({"lr": 0.4}, {"lr": 0.2})
    TorchScheduler(old, FACTOR, relative_to="groups")
    optimizer = sgd({"lr": 0.8}, {"lr": 0.1})
    scheduler = TorchScheduler(optimizer, FACTOR, relative_to="groups", step=4)
    optimizer.load_state_dict(copy.deepcopy(old.state_dict()))
    assert scheduler.last_lr == scheduler.base_lrs == [0.8, 0.1]


@pytest.mark.parametrize("how", ["pickle", "deepcopy"])
def test_relative_rates_survive_a_copy(how):
    from .test_torch import copies

    optimizer = sgd({"lr": 0.4}, {"lr": 0.2})
    scheduler = TorchScheduler(optimizer, FACTOR, relative_to="groups")
    scheduler.step()
    twin, its_scheduler = copies((optimizer, scheduler))[how]
    expected = used(optimizer, scheduler, 4)
    assert used(twin, its_scheduler, 4) == expected


def test_factors_that_look_like_rates_are_warned_of(caplog):
    """What happens to one who adds the argument and leaves the schedule of rates."""
    with pytest.warns(UserWarning, match="at most 0.001") as caught:
        TorchScheduler(sgd({"lr": 1e-3}, {"lr": 1e-5}), lr.warmup_cosine(1e-3, 4, 16), relative_to="groups")
    text = (
        'TorchScheduler(relative_to="groups") multiplies the rates of the groups (0.001, 1e-05) by the schedule, whose '
        "values are at most 0.001; a schedule of factors is warmup_cosine(1.0, ...)."
    )
    assert [str(warning.message) for warning in caught] == [record.message for record in caplog.records] == [text]
    for rates in ([1.0, 0.1], [0.5, 0.05]):
        TorchScheduler(sgd(*({"lr": rate} for rate in rates)), lr.linear(1.0, 0.0, 5), relative_to="groups")


# Groups that join.


def test_a_group_that_joins_is_set_before_its_first_update():
    optimizer = sgd({"name": "head"}, lr=7.0)
    scheduler = TorchScheduler(optimizer, {"head": RATE, "backbone": RATE * 0.1, 5: None})
    used(optimizer, scheduler, 3)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "name": "backbone"})
    values, reported = used(optimizer, scheduler, 3)
    assert values == reported == [[RATE(k), (RATE * 0.1)(k)] for k in (3, 4, 5)]


@pytest.mark.parametrize("how", ["update", "step", "set_step", "read", "load"])
@pytest.mark.parametrize("ratio", [0.1, 2.0, 1.0, 0.0])
def test_a_group_that_joins_with_a_rate_of_its_own_keeps_the_ratio(ratio, how):
    optimizer = sgd(lr=7.0)
    scheduler = TorchScheduler(optimizer, RATE)
    used(optimizer, scheduler, 3)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": ratio * scheduler.last_lr[0]})
    action = {"step": scheduler.step, "set_step": lambda: scheduler.set_step(9), "read": scheduler.get_last_lr}
    action["load"] = lambda: optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    action.get(how, lambda: None)()
    first = scheduler.last_epoch
    values, reported = used(optimizer, scheduler, 4)
    assert values == reported
    np.testing.assert_allclose(values, [[RATE(k), ratio * RATE(k)] for k in range(first, first + 4)], rtol=1e-15)


@pytest.mark.parametrize("rate", [None, 7.0])
@pytest.mark.parametrize("relative", [False, True])
def test_a_group_that_joins_with_the_rate_of_the_optimizer_has_the_whole_rate(rate, relative):
    optimizer = sgd({}, {"lr_scale": 0.5}, lr=7.0)
    scheduler = TorchScheduler(optimizer, FACTOR, relative_to="groups" if relative else None, step=3)
    own = {} if rate is None else {"lr": rate}
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], **own})
    values, reported = used(optimizer, scheduler, 4)
    rates = [FACTOR(k) * (7.0 if relative else 1.0) for k in (3, 4, 5, 6)]
    assert values == reported == [[rate, rate / 2, rate] for rate in rates]


def test_a_group_that_joins_relative_rates_goes_on_from_its_own():
    optimizer = sgd({"lr": 0.4}, {"lr": 0.2})
    scheduler = TorchScheduler(optimizer, FACTOR, relative_to="groups", step=2)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.01})
    values, _ = used(optimizer, scheduler, 3)
    np.testing.assert_allclose([value[2] for value in values], [0.01 * FACTOR(k) / FACTOR(2) for k in (2, 3, 4)])
    assert values[0][2] == 0.01


def weights():
    return [torch.nn.Parameter(torch.ones(2))]


@pytest.mark.parametrize("given", ["one", "by_group"])
def test_a_group_that_joins_among_others_is_the_one_that_joins(given):
    """It is not the last one where it joins the first of several optimizers."""
    parts = SGD(weights(), lr=0.5), SGD(weights(), lr=0.5)
    asked = []

    def choose(group):
        asked.append(group["initial_lr"])
        return group["initial_lr"] * lr.constant(1.0)

    schedule = {"by_group": choose} if given == "by_group" else {"schedule": lr.constant(0.5)}
    scheduler = TorchScheduler(list(parts), **schedule)
    parts[0].add_param_group({"params": weights(), "lr": 0.125})
    assert scheduler.last_lr == [0.5, 0.125, 0.5]
    parts[0].add_param_group({"params": weights()})
    assert scheduler.last_lr == [0.5, 0.125, 0.5, 0.5]
    assert scheduler.base_lrs == [0.5, 0.125, 0.5, 0.5]
    assert asked == ([0.5, 0.5, 0.125, 0.5] if given == "by_group" else [])
    scheduler.optimizer.load_state_dict(copy.deepcopy(scheduler.optimizer.state_dict()))
    assert scheduler.last_lr == [0.5, 0.125, 0.5, 0.5]
    del parts[0].param_groups[0]
    assert scheduler.last_lr == [0.125, 0.5, 0.5]
    assert scheduler.base_lrs == [0.125, 0.5, 0.5]


def test_a_group_that_joins_a_part_without_a_rate_has_the_whole_rate():
    part = SGD([{"params": weights(), "lr": 0.5}], lr=7.0)
    scheduler = TorchScheduler([part, SGD(weights(), lr=0.5)], lr.constant(0.5))
    part.add_param_group({"params": weights()})
    assert scheduler.last_lr == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("at", ["the next update", "the next step"])
def test_a_group_whose_ratio_cannot_be_known_is_refused_when_it_joins(at):
    """Update 0 of a warmup has the rate 0."""
    optimizer = sgd(lr=7.0)
    scheduler = TorchScheduler(optimizer, lr.warmup_constant(0.1, 10))
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.01})
    message = (
        r"TorchScheduler\(lr=warmup_constant\(...\)\) is 0 when param_groups\[1\] joins with a rate of 0.01, so that "
        r'no ratio can be kept; give the group its "lr_scale" when it is added.'
    )
    with pytest.raises(ValueError, match=message):
        update(optimizer) if at == "the next update" else scheduler.step()
    optimizer.param_groups[1]["lr_scale"] = 0.1
    scheduler.set_step(5)
    assert scheduler.last_lr == [0.05, pytest.approx(0.005)]


def test_a_group_that_joins_with_another_value_of_its_own_is_refused():
    optimizer = sgd(lr=7.0, weight_decay=0.1)
    scheduler = TorchScheduler(optimizer, weight_decay=lr.linear(0.1, 0.0, 10), step=2)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]})
    scheduler.step()
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "weight_decay": 0.0})
    with pytest.raises(ValueError, match=r"param_groups\[2\] joins with 0 of its own; give a dict by the names"):
        update(optimizer)


def test_a_checkpoint_keeps_the_ratio_of_a_group_that_joined():
    """A fresh process adds the group before it loads, with whatever rate."""
    old = sgd(lr=7.0)
    scheduler = TorchScheduler(old, RATE, step=6)
    old.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.1 * RATE(6)})
    used(old, scheduler, 2)
    new = sgd(lr=7.0)
    again = TorchScheduler(new, RATE)
    new.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.123})
    new.load_state_dict(copy.deepcopy(old.state_dict()))
    again.load_state_dict(scheduler.state_dict())
    values, _ = used(new, again, 3)
    np.testing.assert_allclose(values, [[RATE(k), 0.1 * RATE(k)] for k in (8, 9, 10)], rtol=1e-15)


def test_that_a_ratio_is_kept_is_logged(caplog):
    optimizer = sgd(lr=7.0)
    scheduler = TorchScheduler(optimizer, 0.5)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.25})
    with caplog.at_level(logging.INFO):
        scheduler.step()
    assert [record.message for record in caplog.records] == [
        "param_groups[1] joins at 0.5 times the schedule: its rate is 0.25, not 0.5."
    ]
    assert optimizer.param_groups[1]["lr_scale"] == 0.5


# Reading it.


def test_it_is_shown_with_its_step_and_its_schedules():
    optimizer = sgd({"name": "head"}, {}, lr=0.5)
    given = {"head": RATE, 1: None}
    assert repr(TorchScheduler(optimizer, given, momentum=[0.5, RATE], step=7)) == (
        "TorchScheduler(SGD, lr={'head': warmup_cosine(0.3, 4, 16, end_value=0.01), 1: None}, "
        "momentum=[constant(0.5), warmup_cosine(0.3, 4, 16, end_value=0.01)], step=7)"
    )
    optimizer = sgd(lr=0.5)
    assert repr(TorchScheduler(optimizer, FACTOR, relative_to="groups")) == (
        "TorchScheduler(SGD, lr=warmup_cosine(1.0, 4, 16, end_value=0.1), relative_to='groups', step=0)"
    )
    assert repr(TorchScheduler(optimizer, by_group=own_rate)) == "TorchScheduler(SGD, lr=<own_rate by group>, step=0)"


def own_rate(group):
    return group["lr"]


def test_an_optimizer_takes_no_schedule_as_its_rate():
    """As the page says; torch's own message is a comparison that fails."""
    with pytest.raises(TypeError, match="not supported between instances"):
        torch.optim.AdamW([torch.nn.Parameter(torch.ones(1))], lr=RATE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"relative_to": "group", "lr": FACTOR},
            'TorchScheduler(relative_to=\'group\') must be None or "groups"; "groups" multiplies the rates that the '
            "groups were made with.",
        ),
        (
            {"relative_to": "groups", "lr": [RATE, RATE]},
            "TorchScheduler(relative_to='groups') must come with one schedule for all groups, lr=; give a factor of "
            "their rates.",
        ),
        (
            {"relative_to": "groups", "momentum": RATE},
            "TorchScheduler(relative_to='groups') must come with one schedule for all groups, lr=; give a factor of "
            "their rates.",
        ),
    ],
)
def test_bad_ratios(options, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        TorchScheduler(sgd({}, {}, lr=0.5), **options)
    assert str(caught.value) == message
