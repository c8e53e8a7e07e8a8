"""TorchScheduler through real updates: the rate that the optimizer used is `s(k)` at update `k`."""

import copy
import gc
import io
import itertools
import json
import math
import pickle
import shutil
import subprocess
import sys
import warnings
import weakref
from collections import UserDict, UserList, deque
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler
from lrsched.interop import deepspeed

from ..cases import CASES

ROOT = Path(__file__).parents[2]
RATE = lr.warmup_cosine(0.3, 4, 16, end_value=0.01)
DECAY = lr.linear(0.1, 0.0, 12)
STEPS = 20
OPTIMIZERS = {
    "SGD": lambda groups: torch.optim.SGD(groups, lr=0.5, momentum=0.9),
    "AdamW": lambda groups: torch.optim.AdamW(groups, lr=0.5),
    "AdamW with a tensor": lambda groups: torch.optim.AdamW(groups, lr=torch.tensor(0.5, dtype=torch.float64)),
}


def parameter(size=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.Parameter(torch.randn(size, dtype=torch.float64, generator=generator))


def sgd(*groups, **options):
    """An SGD with groups of one parameter each; without groups, one."""
    groups = groups or ({},)
    return torch.optim.SGD([{"params": [parameter(seed=i)], **group} for i, group in enumerate(groups)], **options)


class Spy:
    """Records what an optimizer used, at the moment of each update."""

    def __init__(self, optimizer, key="lr"):
        self.key, self.seen = key, []
        optimizer.register_step_pre_hook(self.look)

    def look(self, optimizer, args, kwargs):
        self.seen.append([copy.deepcopy(group[self.key]) for group in optimizer.param_groups])


def update(optimizer, seed=0):
    """An update with gradients that depend on the weights and on the seed."""
    generator = torch.Generator().manual_seed(seed)
    for group in optimizer.param_groups:
        for weights in group["params"]:
            noise = torch.randn(weights.shape, dtype=weights.dtype, generator=generator)
            weights.grad = weights.detach() + noise
    optimizer.step()


def rates(optimizer, scheduler, steps):
    """The rates that some updates used."""
    spy = Spy(optimizer)
    for seed in range(steps):
        update(optimizer, seed)
        scheduler.step()
    return [[float(rate) for rate in seen] for seen in spy.seen]


# The rate of every update.


@pytest.mark.parametrize("schedule", [pytest.param(case.schedule, id=name) for name, case in CASES.items()])
def test_every_update_moves_by_the_rate(schedule):
    """Plain descent with the gradient 1 from 0 moves by the rate: no spy is needed."""
    weights = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([weights], lr=123.0)
    scheduler = TorchScheduler(optimizer, lr.clamp_min(schedule, 0.0))
    for step in range(30):
        weights.data.zero_()
        weights.grad = torch.ones_like(weights)
        assert scheduler.get_last_lr() == scheduler.last_lr == [max(schedule(step), 0.0)]
        optimizer.step()
        assert -weights.item() == max(schedule(step), 0.0)
        scheduler.step()


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_two_groups(make):
    optimizer = make([{"params": [parameter()]}, {"params": [parameter(2)], "lr_scale": 0.5}])
    scheduler = TorchScheduler(optimizer, RATE)
    assert rates(optimizer, scheduler, STEPS) == [[RATE(k), RATE(k) * 0.5] for k in range(STEPS)]


def test_it_is_a_scheduler_of_torch_that_patches_nothing():
    optimizer = sgd(lr=0.5)
    before, keys = set(vars(optimizer)), set(optimizer.param_groups[0])
    scheduler = TorchScheduler(optimizer, RATE)
    assert isinstance(scheduler, LRScheduler)
    assert set(vars(optimizer)) == before  # an overridden `step` would be seen here
    assert set(optimizer.param_groups[0]) == {*keys, "initial_lr"}
    assert optimizer.param_groups[0]["initial_lr"] == 0.5
    assert not hasattr(optimizer.step, "_wrapped_by_lr_sched")


def test_the_rate_of_the_optimizer_plays_no_part():
    for start in (0.0, 1.0, 7.5):
        assert TorchScheduler(sgd(lr=start), RATE, step=9).last_lr == [RATE(9)]


def test_no_order_of_calls_warns():
    """Warnings are errors in these tests; torch's own schedulers warn of both."""
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    scheduler.step()
    scheduler.get_lr()
    update(optimizer)
    with pytest.warns(UserWarning, match="lr_scheduler.step"):
        LambdaLR(sgd(lr=0.5), RATE).step()


def test_a_schedule_is_not_stepped_past_its_end():
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE, step=10**9)
    assert scheduler.last_lr == [0.01]


# Any hyperparameter.


def test_hyperparameters_are_scheduled_and_nothing_else_is_touched():
    optimizer = sgd({}, {"weight_decay": 0.7}, lr=0.5, momentum=0.9, nesterov=True)
    scheduler = TorchScheduler(optimizer, momentum=lr.linear(0.5, 0.9, 8), weight_decay={0: DECAY, 1: None})
    spies = {key: Spy(optimizer, key) for key in ("lr", "momentum", "weight_decay", "nesterov", "dampening")}
    for _ in range(STEPS):
        update(optimizer)
        scheduler.step()
    ramp = lr.linear(0.5, 0.9, 8)
    assert spies["momentum"].seen == [[ramp(k)] * 2 for k in range(STEPS)]
    assert spies["weight_decay"].seen == [[DECAY(k), 0.7] for k in range(STEPS)]
    assert spies["lr"].seen == [[0.5, 0.5]] * STEPS
    assert spies["nesterov"].seen == [[True, True]] * STEPS
    assert spies["dampening"].seen == [[0, 0]] * STEPS


def test_a_part_of_a_tuple():
    optimizer = torch.optim.AdamW([parameter()], betas=(0.5, 0.999))
    ramp = lr.linear(0.8, 0.95, 10)
    scheduler = TorchScheduler(optimizer, RATE, **{"betas[0]": ramp})
    spy = Spy(optimizer, "betas")
    for _ in range(STEPS):
        update(optimizer)
        scheduler.step()
    assert spy.seen == [[(ramp(k), 0.999)] for k in range(STEPS)]


def test_a_tensor_in_a_tuple_is_filled_in_place():
    betas = (torch.tensor(0.5), torch.tensor(0.999))
    optimizer = torch.optim.AdamW([parameter()], betas=betas, lr=torch.tensor(0.1), capturable=False, foreach=False)
    scheduler = TorchScheduler(optimizer, **{"betas[0]": lr.linear(0.8, 0.95, 10)})
    scheduler.set_step(5)
    assert optimizer.param_groups[0]["betas"][0] is betas[0]
    assert betas[0].item() == np.float32(lr.linear(0.8, 0.95, 10)(5))


def test_a_schedule_for_each_group():
    names = ({"name": "head"}, {"name": "body"}, {})
    body = lr.constant(0.2)
    expected = [[RATE(k), 0.2, 0.5] for k in range(STEPS)]
    by_group = {"head": RATE, "body": body}
    labels, indices = {"head": RATE, "body": body, 2: None}, {0: RATE, 1: body, 2: None}
    for given in (
        labels,
        indices,
        MappingProxyType(labels),
        UserDict(indices),
        [RATE, body, None],
        (RATE, body, None),
        UserList([RATE, body, None]),
        deque([RATE, body, None]),
        [RATE, 0.2, None],
        [RATE, lambda step: 0.2, None],
    ):
        optimizer = sgd(*names, lr=0.5)
        assert rates(optimizer, TorchScheduler(optimizer, given), STEPS) == expected
        optimizer = sgd(*names, lr=0.5)
        assert rates(optimizer, TorchScheduler(optimizer, lr=given), STEPS) == expected
    for choose in (
        lambda group: by_group.get(group.get("name")),
        lambda group: by_group[group["name"]] if "name" in group else None,
    ):
        optimizer = sgd(*names, lr=0.5)
        assert rates(optimizer, TorchScheduler(optimizer, by_group=choose), STEPS) == expected
        optimizer = sgd(*names, lr=0.5)
        assert rates(optimizer, TorchScheduler(optimizer, by_group={"lr": choose}), STEPS) == expected


def test_layerwise_rates_do_not_shrink():
    """A factor that is applied to the value, and not to what was there, stays what it is."""
    optimizer = sgd(*({"lr_scale": 0.5**i} for i in range(4)), lr=1.0)
    scheduler = TorchScheduler(optimizer, lr.constant(1.0))
    for _ in range(50):
        scheduler.step()
    assert scheduler.last_lr == [1.0, 0.5, 0.25, 0.125]


# Groups that change.


def test_a_group_added_later_is_picked_up():
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE, momentum=lr.constant(0.3))
    rates(optimizer, scheduler, 5)
    optimizer.add_param_group({"params": [parameter(2)], "lr_scale": 2.0})
    scheduler.set_step(scheduler.last_epoch)
    assert scheduler.last_lr == [RATE(5), 2 * RATE(5)]
    assert rates(optimizer, scheduler, 5) == [[RATE(k), 2 * RATE(k)] for k in range(5, 10)]
    assert [group["momentum"] for group in optimizer.param_groups] == [0.3, 0.3]


def test_a_callable_is_asked_for_a_new_group_once():
    asked = []
    optimizer = sgd({"name": "a"}, lr=0.5)
    scheduler = TorchScheduler(optimizer, by_group=lambda group: asked.append(group["name"]) or RATE)
    optimizer.add_param_group({"params": [parameter(2)], "name": "b"})
    for _ in range(5):
        scheduler.step()
    assert asked == ["a", "b"]
    assert scheduler.last_lr == [RATE(5)] * 2


def by_own_rate(group):
    """A schedule that ends a run at what the group was made with."""
    return lr.linear(0.0, group["initial_lr"], 10)


@pytest.mark.parametrize("how", ["loaded", "a group added", "deepcopy", "pickle"])
def test_a_callable_is_not_asked_again(how):
    """It would see the rate that the scheduler set, which is 0 at first."""
    optimizer = sgd({"lr": 1.0}, {"lr": 2.0})
    given = (lambda group: lr.linear(0.0, group["lr"], 10)) if how in ("loaded", "a group added") else by_own_rate
    scheduler, expected = TorchScheduler(optimizer, by_group=given), [0.5, 1.0]
    if how == "loaded":
        optimizer.load_state_dict(optimizer.state_dict())
    elif how == "a group added":
        optimizer.add_param_group({"params": [parameter(2)], "lr": 4.0})
        expected = [0.5, 1.0, 2.0]
    else:
        for group in optimizer.param_groups:
            group["initial_lr"] = 7.0  # what the callable would ask for
        optimizer, scheduler = copies((optimizer, scheduler))[how]
    assert rates(optimizer, scheduler, 6)[5] == expected


def test_groups_that_are_taken_away_leave_no_schedule_behind():
    optimizer = sgd({"lr": 1.0}, {"lr": 2.0})
    scheduler = TorchScheduler(optimizer, by_group=lambda group: group["lr"])
    del optimizer.param_groups[1]
    scheduler.step()
    optimizer.add_param_group({"params": [parameter(2)], "lr": 4.0})
    scheduler.step()
    assert scheduler.last_lr == [1.0, 4.0]


def test_a_callable_of_a_fresh_process_asks_for_the_initial_rate():
    """The optimizer is loaded before the scheduler is built, and its rate is 0."""
    old = sgd({"lr": 1.0}, {"lr": 2.0})
    state = TorchScheduler(old, by_group=by_own_rate).state_dict()
    new = sgd({"lr": 1.0}, {"lr": 2.0})
    new.load_state_dict(copy.deepcopy(old.state_dict()))
    assert [group["lr"] for group in new.param_groups] == [0.0, 0.0]
    scheduler = TorchScheduler(new, by_group=by_own_rate, strict=True)
    scheduler.load_state_dict(state)
    scheduler.set_step(5)
    assert scheduler.last_lr == [0.5, 1.0]


def test_none_leaves_a_group_alone_that_has_no_such_key():
    """Optimizers of several kinds of groups, such as Muon with AdamW."""

    class Mixed(torch.optim.Optimizer):
        def __init__(self, groups):
            super().__init__(groups, {"lr": torch.tensor(0.1)})

    groups = [{"momentum": 0.9, "name": "muon"}, {"betas": (0.9, 0.95), "name": "adam"}, {"betas": 1, "name": "odd"}]
    optimizer = Mixed([{"params": [parameter()], **group} for group in groups])
    ramp = lr.linear(0.5, 0.9, 4)
    given = {"momentum": {"muon": ramp, "adam": None, "odd": None}, "betas[1]": [None, ramp, None]}
    TorchScheduler(optimizer, RATE, **given).set_step(2)
    muon, adam, odd = optimizer.param_groups
    assert (muon["momentum"], adam["betas"], odd["betas"]) == (ramp(2), (0.9, ramp(2)), 1)
    assert "betas" not in muon
    assert "momentum" not in adam
    with pytest.raises(ValueError, match="must be a hyperparameter of Mixed"):
        TorchScheduler(optimizer, momentum={"muon": ramp, "adam": ramp, "odd": None})


def test_a_new_group_that_no_one_spoke_of_is_an_error():
    optimizer = sgd({"name": "a"}, lr=0.5)
    scheduler = TorchScheduler(optimizer, {"a": RATE})
    optimizer.add_param_group({"params": [parameter(2)], "name": "b"})
    with pytest.raises(
        ValueError, match=r"must name each group once, and 'b' is not named; None leaves a group alone\."
    ):
        scheduler.step()


def test_groups_that_were_replaced_are_found():
    optimizer = sgd({"name": "a"}, {"name": "b"}, lr=0.5)
    scheduler = TorchScheduler(optimizer, {"a": RATE, "b": DECAY})
    optimizer.param_groups = [dict(group) for group in reversed(optimizer.param_groups)]
    scheduler.step()
    assert scheduler.last_lr == [DECAY(1), RATE(1)]


# Counting.


def test_setting_a_step_again_changes_nothing():
    once, often = sgd(lr=0.5), sgd(lr=0.5)
    a, b = TorchScheduler(once, RATE), TorchScheduler(often, RATE)
    for step in range(STEPS):
        a.set_step(step)
        for _ in range(8):
            b.set_step(step)
        update(once, step)
        update(often, step)
    assert torch.equal(once.param_groups[0]["params"][0], often.param_groups[0]["params"][0])
    assert a.state_dict() == b.state_dict()


@pytest.mark.parametrize("order", [range(STEPS), range(STEPS)[::-1], [3, 19, 0, 4, 4, 16, 7]], ids=str)
def test_any_order_of_steps_gives_the_same_values(order):
    scheduler = TorchScheduler(sgd(lr=0.5), RATE)
    for step in order:
        scheduler.set_step(np.int64(step))
        assert (scheduler.last_lr, scheduler.last_epoch) == ([RATE(step)], step)
        scheduler.step(step)
        assert scheduler.get_lr() == [RATE(step)]


def test_a_trainer_may_set_the_attributes_of_torchs_schedulers():
    """As torchtitan does when it loads a checkpoint."""
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    scheduler.last_epoch, scheduler._step_count = 9, 10
    scheduler._last_lr = scheduler.get_lr()
    assert optimizer.param_groups[0]["lr"] == scheduler._last_lr[0] == RATE(9)
    scheduler.step()
    assert scheduler.last_lr == [RATE(10)]


def test_micro_batches_are_not_updates():
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    spy = Spy(optimizer)
    for batch in range(40):
        if batch % 4 == 3:
            update(optimizer)
            scheduler.step()
    assert spy.seen == [[RATE(k)] for k in range(10)]


def test_updates_that_the_scaler_skips_are_not_counted():
    """The recipe for mixed precision: the scale falls where an update was skipped."""
    weights = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weights], lr=0.5)
    scheduler, spy = TorchScheduler(optimizer, RATE), Spy(optimizer)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    for step in range(8):
        scaler.scale(weights.sum() * (math.inf if step in (0, 3) else 1.0)).backward()
        scale = scaler.get_scale()
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        if scaler.get_scale() >= scale:
            scheduler.step()
    assert spy.seen == [[RATE(k)] for k in range(6)]


def test_a_scaler_that_looks_for_its_scale():
    """In float16, from torch's own first scale: the first gradients overflow, and the warmup begins after that."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Linear(64, 1))
    inputs, targets = 10 * torch.randn(64, 8), 10 * torch.randn(64, 1)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    schedule = lr.warmup_constant(1e-4, 10, init_value=1e-5)
    scheduler, spy, skipped = TorchScheduler(optimizer, schedule), Spy(optimizer), 0
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(20):
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.float16):
            loss = torch.nn.functional.mse_loss(network(inputs), targets.half())
        scaler.scale(loss).backward()
        scale = scaler.get_scale()
        scaler.step(optimizer)
        scaler.update()
        if scaler.get_scale() >= scale:
            scheduler.step()
        else:
            skipped += 1
    assert 2 <= skipped < 10
    assert spy.seen == [[schedule(step)] for step in range(20 - skipped)]


# Tensors.


def test_a_tensor_is_filled_in_place_from_the_float64_value():
    rate = torch.tensor(0.5)
    optimizer = torch.optim.AdamW([parameter()], lr=rate)
    scheduler = TorchScheduler(optimizer, RATE)
    place = rate.data_ptr()
    for step in range(STEPS):
        assert optimizer.param_groups[0]["lr"] is rate
        assert rate.item() == np.float32(RATE(step)) == scheduler.last_lr[0]
        update(optimizer)
        scheduler.step()
    assert rate.data_ptr() == place


def test_a_tensor_does_not_drift():
    """The rate after 100 000 steps is the float32 nearest to the schedule's; ExponentialLR is 0.17 % off by then."""
    schedule = lr.exponential_decay(1e-3, 0.9999)
    rate = torch.tensor(1e-3)
    optimizer = torch.optim.SGD([parameter()], lr=rate)
    scheduler = TorchScheduler(optimizer, schedule)
    for _ in range(100_000):
        scheduler.step()
    assert rate.item() == np.float32(schedule(100_000))


def test_groups_that_shared_a_tensor_have_their_own_rates():
    optimizer = sgd({}, {"lr_scale": 0.5}, lr=torch.tensor(0.5, dtype=torch.float64), weight_decay=0.1)
    assert optimizer.param_groups[0]["lr"] is optimizer.param_groups[1]["lr"]
    scheduler = TorchScheduler(optimizer, RATE)
    optimizer.add_param_group({"params": [parameter(2)], "lr_scale": 0.25})
    scheduler.set_step(3)
    assert scheduler.last_lr == [RATE(3), RATE(3) / 2, RATE(3) / 4]


def test_a_rate_that_records_gradients_is_filled():
    rate = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([{"params": [parameter()]}, {"params": [parameter()]}], lr=rate)
    scheduler = TorchScheduler(optimizer, RATE, step=3)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.requires_grad
    assert scheduler.last_lr == [RATE(3)] * 2
    copy.deepcopy(optimizer.state_dict())


def test_a_schedule_of_a_parameter_that_records_gradients_gives_its_value():
    """Without a warning, which is an error here."""
    peak = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    optimizer = sgd(lr=0.5)
    schedule = lr.linear(peak, 0.0, 10)
    TorchScheduler(optimizer, schedule, step=5)
    assert optimizer.param_groups[0]["lr"] == schedule(5).item() == pytest.approx(0.15, rel=1e-6)  # in float32
    assert type(optimizer.param_groups[0]["lr"]) is float


@pytest.mark.parametrize("scale", [2, np.float32(2.0), torch.tensor(2.0), torch.tensor(2.0, requires_grad=True)])
def test_the_scale_of_a_group_may_be_any_number(scale):
    optimizer = sgd({"lr_scale": scale}, lr=0.5)
    TorchScheduler(optimizer, RATE, step=3)
    assert optimizer.param_groups[0]["lr"] == 2 * RATE(3)
    assert type(optimizer.param_groups[0]["lr"]) is float


def test_a_scale_that_is_broken_later_is_named():
    optimizer = sgd({"lr_scale": 1.0}, lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    for scale in (math.nan, -1.0, "2"):
        optimizer.param_groups[0]["lr_scale"] = scale
        with pytest.raises((TypeError, ValueError), match=r'param_groups\[0\]\["lr_scale"\] is'):
            scheduler.step()


@pytest.mark.slow
@pytest.mark.parametrize(
    "backend",
    [
        "eager",
        pytest.param("inductor", marks=pytest.mark.skipif(not shutil.which("c++"), reason="inductor needs a compiler")),
    ],
)
def test_a_compiled_update_is_compiled_once(backend):
    """AdamW with a tensor rate: after the first two updates, which make the state, nothing is compiled again."""
    from torch._dynamo import config
    from torch._dynamo.utils import counters

    weights = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([weights], lr=torch.tensor(0.5))
    scheduler, seen = TorchScheduler(optimizer, RATE), []
    torch._dynamo.reset()
    step = torch.compile(optimizer.step, backend=backend)

    def train(updates):
        for _ in range(updates):
            weights.grad = torch.ones(3)
            before = weights.detach().clone()
            step()
            seen.append((before - weights.detach()).max().item())
            scheduler.step()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the compiler about itself
        train(2)
        graphs = counters["stats"]["unique_graphs"]
        with config.patch(error_on_recompile=True):
            train(48)
    assert counters["stats"]["unique_graphs"] == graphs > 0
    # With the gradient 1 at every step, AdamW moves by rate*(1 + weight_decay*weight) up to eps; weights are below 1.
    moved = np.array(seen) / [RATE(k) or 1.0 for k in range(50)]
    assert seen[0] == 0.0
    np.testing.assert_allclose(moved[1:], 1.0, rtol=0.05)
    torch._dynamo.reset()


# Saving and loading.


def test_the_state_is_the_step_and_the_configs():
    scheduler = TorchScheduler(sgd({}, {}, lr=0.5), RATE, weight_decay=[DECAY, None])
    scheduler.step()
    expected = {"step": 1, "schedule": {"lr": RATE.to_config(), "weight_decay": [DECAY.to_config(), None]}}
    assert scheduler.state_dict() == expected
    assert json.loads(json.dumps(scheduler.state_dict())) == expected
    file = io.BytesIO()
    torch.save(scheduler.state_dict(), file)
    file.seek(0)
    assert torch.load(file, weights_only=True) == expected


def run(steps, first=0, state=None, schedule=RATE, make=OPTIMIZERS["AdamW"], how="state_dict"):
    """The weights and rates of a run, or of its rest, and what can be saved at its end."""
    weights = parameter()
    optimizer = make([{"params": [weights]}])
    if state is not None:
        weights.data.copy_(state["weights"])
        optimizer.load_state_dict(state["optimizer"])
    if how == "step" or state is None:
        scheduler = TorchScheduler(optimizer, schedule, step=first)
    elif how == "last_epoch":
        scheduler = TorchScheduler(optimizer, schedule, last_epoch=first - 1)
    else:
        scheduler = TorchScheduler(optimizer, schedule)
        scheduler.load_state_dict(state["scheduler"])
    spy = Spy(optimizer)
    for seed in range(first, steps):
        update(optimizer, seed)
        scheduler.step()
    saved = {"weights": weights.detach(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}
    return [float(seen[0]) for seen in spy.seen], copy.deepcopy(saved)


@pytest.mark.parametrize("how", ["state_dict", "step", "last_epoch"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_resuming_at_any_step_is_the_uninterrupted_run(make, how):
    whole, end = run(STEPS, make=make)
    assert whole == [RATE(k) for k in range(STEPS)]
    for k in range(STEPS + 1):
        before, saved = run(k, make=make)
        after, resumed = run(STEPS, k, saved, make=make, how=how)
        assert before + after == whole
        assert torch.equal(resumed["weights"], end["weights"])
        assert resumed["scheduler"] == end["scheduler"]


@pytest.mark.parametrize("schedule", [pytest.param(case.schedule, id=name) for name, case in CASES.items()])
def test_every_schedule_resumes_at_every_step(schedule):
    """In both ways, against the value of the schedule; `last_epoch` counts as torch's own LambdaLR does."""
    schedule = lr.clamp_min(schedule, 0.0)
    for k in range(12):
        first = TorchScheduler(sgd(lr=0.5), schedule, step=k)
        second = TorchScheduler(sgd(lr=0.5), schedule)
        second.load_state_dict(first.state_dict())
        torchs = sgd({"initial_lr": 1.0}, lr=0.5)
        expected = LambdaLR(torchs, schedule, last_epoch=k - 1).get_last_lr() if k else [schedule(0)]
        third = TorchScheduler(sgd(lr=0.5), schedule, last_epoch=k - 1)
        assert first.last_lr == second.last_lr == third.last_lr == expected == [schedule(k)]


def test_any_order_of_building_and_loading_gives_the_same_values():
    """Whatever the optimizer's checkpoint holds, and with another schedule than was saved."""
    old = sgd(lr=0.5)
    saved = TorchScheduler(old, lr.constant(0.7), step=6).state_dict()
    checkpoint = old.state_dict()
    assert checkpoint["param_groups"][0]["lr"] == 0.7
    for order in itertools.permutations(["optimizer", "build", "scheduler"]):
        if order.index("scheduler") < order.index("build"):
            continue  # there is nothing to load into
        optimizer, scheduler = sgd(lr=0.1), None
        for action in order:
            if action == "optimizer":
                optimizer.load_state_dict(checkpoint)
            elif action == "build":
                scheduler = TorchScheduler(optimizer, RATE)
            else:
                with pytest.warns(UserWarning, match="constant"):
                    scheduler.load_state_dict(saved)
        assert optimizer.param_groups[0]["lr"] == RATE(6), order
    for first in (True, False):
        optimizer = sgd(lr=0.1)
        if first:
            optimizer.load_state_dict(checkpoint)
        scheduler = TorchScheduler(optimizer, RATE, step=6)
        if not first:
            optimizer.load_state_dict(checkpoint)
        assert scheduler.last_lr == [RATE(6)]


def test_the_optimizers_state_may_be_lost():
    scheduler = TorchScheduler(sgd(lr=0.5), RATE)
    scheduler.load_state_dict(TorchScheduler(sgd(lr=0.5), RATE, step=7).state_dict())
    assert scheduler.last_lr == [RATE(7)]


def test_the_schedule_of_the_code_wins_and_a_warning_shows_both():
    old = TorchScheduler(sgd({}, {}, lr=0.5), lr.step_decay(0.1, 0.5, 200), weight_decay=[DECAY, None], step=7)
    new = TorchScheduler(sgd({}, {}, lr=0.5), lr.step_decay(0.1, 0.5, 350), momentum=DECAY)
    with pytest.warns(UserWarning, match="in the code") as caught:
        new.load_state_dict(old.state_dict())
    assert [str(warning.message) for warning in caught] == [
        f"TorchScheduler.load_state_dict: {text}; the code's schedule is used from update 7 on."
        for text in (
            "lr was step_decay(0.1, 0.5, 200) when it was saved, and is step_decay(0.1, 0.5, 350) in the code, "
            "which first differs at step 200",
            "momentum was not set when it was saved, and is linear(0.1, 0.0, 12) in the code",
            "weight_decay was [linear(0.1, 0.0, 12), None] when it was saved, and is not set in the code",
        )
    ]
    assert all(Path(warning.filename) == Path(__file__) for warning in caught)
    assert new.last_lr == [lr.step_decay(0.1, 0.5, 350)(7)] * 2


@pytest.mark.parametrize("at", ["made", "loaded"])
def test_strictness_makes_it_an_error(at):
    old = TorchScheduler(sgd(lr=0.5), DECAY, step=7)
    new = TorchScheduler(sgd(lr=0.5), RATE, strict=at == "made")
    with pytest.raises(ValueError, match=r"lr was linear\(0.1, 0.0, 12\) when it was saved, and is warmup_cosine"):
        new.load_state_dict(old.state_dict(), **({"strict": True} if at == "loaded" else {}))
    assert (new.last_epoch, new.last_lr) == (0, [RATE(0)])
    new.load_state_dict(TorchScheduler(sgd(lr=0.5), RATE, step=7).state_dict(), strict=True)
    assert new.last_lr == [RATE(7)]


@pytest.mark.parametrize("groups", [1, 2])
def test_the_same_schedules_given_in_another_way_are_no_difference(groups):
    ways = [{"lr": RATE}, {"lr": dict.fromkeys(range(groups), RATE)}, {"lr": [RATE] * groups}]
    ways.append({"by_group": lambda group: RATE})
    for saved, now in itertools.permutations(ways, 2):
        state = TorchScheduler(sgd(*[{}] * groups, lr=0.5), **saved, step=3).state_dict()
        scheduler = TorchScheduler(sgd(*[{}] * groups, lr=0.5), **now, strict=True)
        scheduler.load_state_dict(state)
        copy.deepcopy(scheduler).load_state_dict(state)
        other = TorchScheduler(sgd(*[{}] * groups, lr=0.5), [DECAY] * groups, step=3).state_dict()
        with pytest.raises(ValueError, match="in the code"):
            copy.deepcopy(scheduler).load_state_dict(other)


@pytest.mark.parametrize("saved", [{}, {"lr_scale": 3.0}, {"name": "tail"}])
def test_names_and_scales_stay_those_of_the_code(saved):
    """As the schedules do, with a warning where a scale is lost; the checkpoint may have others, or none."""
    checkpoint = copy.deepcopy(sgd(saved, saved and {"lr_scale": 5.0}, lr=0.5).state_dict())
    optimizer = sgd({"name": "head", "lr_scale": 0.5}, {"name": "body"}, lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE, momentum={"head": lr.constant(0.5), "body": None}, step=3)
    optimizer.param_groups[0]["lr_scale"] = 0.25  # the code's, though it came later
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        optimizer.load_state_dict(checkpoint)
    text = (
        'TorchScheduler: the "lr_scale" of param_groups[1] was 5.0 when it was saved, and is none in the code, which '
        'is used; write "lr_scale": 5.0 into the group to keep it.'
    )
    assert [str(each.message) for each in caught][-1:] == ([text] if saved else [])
    assert len(caught) == ("lr_scale" in saved) + bool(saved)
    assert scheduler.last_lr == [RATE(3) / 4, RATE(3)]
    assert [group.get("name") for group in optimizer.param_groups] == ["head", "body"]
    assert [group.get("lr_scale") for group in optimizer.param_groups] == [0.25, None]
    scheduler.step()
    assert scheduler.last_lr == [RATE(4) / 4, RATE(4)]


class Wrapper(torch.optim.Optimizer):
    """Wraps an optimizer without `Optimizer.__init__`, as timm's Lookahead; or with it, and is loaded itself."""

    def __init__(self, inner, loads_inner, where):
        if not loads_inner:
            super().__init__(inner.param_groups, {})
        self.loads_inner, self.inner = loads_inner, inner
        setattr(self, where, inner)
        self.param_groups = inner.param_groups

    def load_state_dict(self, state):
        if self.loads_inner:
            self.inner.load_state_dict(state)
            self.param_groups = self.inner.param_groups
        else:
            super().load_state_dict(state)
            self.inner.param_groups = self.param_groups


@pytest.mark.parametrize("where", ["optimizer", "_base_optimizer", "base_optimizer"])
@pytest.mark.parametrize("loads_inner", [True, False])
def test_an_optimizer_that_wraps_another_is_followed(loads_inner, where):
    inner = sgd({}, {"lr_scale": 0.5}, lr=0.5, momentum=0.9)
    checkpoint = copy.deepcopy(inner.state_dict())
    scheduler = TorchScheduler(Wrapper(inner, loads_inner, where), RATE, step=3)
    scheduler.optimizer.load_state_dict(checkpoint)
    assert scheduler.last_lr == [RATE(3), RATE(3) / 2]
    spy = Spy(inner)
    update(inner)
    assert spy.seen == [scheduler.last_lr]


# Beside torch's own schedulers.

LinearLR, CosineAnnealingLR, SequentialLR = (
    getattr(torch.optim.lr_scheduler, name) for name in ("LinearLR", "CosineAnnealingLR", "SequentialLR")
)
UP, DOWN = lr.linear(0.0, 0.5, 5), lr.linear(0.5, 0.1, 6)


def sequence(first, second, **options):
    optimizer = sgd({}, {"lr_scale": 0.5}, lr=0.5, **options)
    return optimizer, SequentialLR(optimizer, [first(optimizer), second(optimizer)], [5])


def ours(schedule):
    return lambda optimizer: TorchScheduler(optimizer, schedule)


def test_two_of_ours_in_a_sequence_are_their_join():
    joined = lr.join([UP, DOWN], [5])
    assert rates(*sequence(ours(UP), ours(DOWN)), 12) == [[joined(k), joined(k) / 2] for k in range(12)]


@pytest.mark.parametrize("tensor", [False, True])
def test_the_schedulers_of_torch_start_from_the_rate_of_the_optimizer(tensor):
    """Not from the one that ours has set, which is 0. Those of torch round at every step: 1e-12."""

    def cosine(optimizer):
        return CosineAnnealingLR(optimizer, 5)

    seen = []
    for first in (ours(UP), lambda optimizer: LinearLR(optimizer, 1e-9, 1.0, 5)):
        optimizer = sgd(lr=torch.tensor(0.5, dtype=torch.float64) if tensor else 0.5)
        scheduler = SequentialLR(optimizer, [first(optimizer), cosine(optimizer)], [5])
        seen.append(rates(optimizer, scheduler, 10))
    by_us, by_torch = np.array(seen)
    np.testing.assert_allclose(by_us[1:], by_torch[1:], rtol=1e-8)  # LinearLR cannot start at 0: 1e-9
    np.testing.assert_allclose(by_us[:, 0], [lr.join([UP, lr.cosine(0.5, 0.0, 5)], [5])(k) for k in range(10)], 1e-12)


def test_the_initial_rates_are_there_until_the_first_update():
    """Schedulers of torch that are built beside it read them; a checkpoint must not have a key that is not needed."""
    optimizer = sgd({"initial_lr": 0.7}, {"lr_scale": 0.5}, lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    assert [group["initial_lr"] for group in optimizer.param_groups] == scheduler.base_lrs == [0.7, 0.5]
    update(optimizer)
    assert ["initial_lr" in group for group in optimizer.param_groups] == [True, False]
    for use in ("state_dict", "load_state_dict"):
        optimizer = sgd(lr=0.5)
        state = optimizer.state_dict()
        TorchScheduler(optimizer, RATE)
        assert "initial_lr" in optimizer.param_groups[0]
        getattr(optimizer, use)(*[state] * (use == "load_state_dict"))
        assert "initial_lr" not in optimizer.state_dict()["param_groups"][0]
        assert "initial_lr" not in optimizer.param_groups[0]
    optimizer = sgd(lr=0.5, momentum=0.9)
    scheduler = TorchScheduler(optimizer, momentum=lr.constant(0.5))
    assert scheduler.base_lrs == scheduler.last_lr == scheduler._last_lr == [0.5]
    assert not [key for key in optimizer.param_groups[0] if "initial" in key]


@pytest.mark.parametrize("first", [ours(UP), lambda optimizer: LinearLR(optimizer, 0.1, 1.0, 5)], ids=["ours", "torch"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("k", [0, 2, 5, 8])
def test_a_sequence_resumes_as_the_uninterrupted_run(first, order, k):
    """Before the milestone, the second scheduler waits at -1: it has nothing to set."""
    whole = rates(*sequence(first, ours(DOWN)), 12)
    optimizer, scheduler = sequence(first, ours(DOWN))
    assert rates(optimizer, scheduler, k) == whole[:k]
    states = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    assert states[1]["_schedulers"][1]["step"] == (k - 5 if k >= 5 else -1)
    parts = sequence(first, ours(DOWN))
    for index in order:
        parts[index].load_state_dict(states[index])
    assert rates(*parts, 12 - k) == whole[k:]


def test_a_scheduler_that_waits_sets_nothing():
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, RATE)
    scheduler.last_epoch -= 1
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.load_state_dict(optimizer.state_dict())
    assert (scheduler.get_lr(), scheduler.state_dict()["step"]) == ([0.25], -1)
    scheduler.step()
    assert (scheduler.last_epoch, scheduler.last_lr) == (0, [RATE(0)])


def test_a_saved_schedule_that_is_not_known_here_is_shown_as_it_is():
    state = TorchScheduler(sgd(lr=0.5), RATE, step=2).state_dict()
    state["schedule"]["lr"] = {"lrsched": 1, "name": "of_another_project", "args": {}}
    scheduler = TorchScheduler(sgd(lr=0.5), RATE)
    with pytest.warns(UserWarning, match="of_another_project"):
        scheduler.load_state_dict(state)
    assert scheduler.last_lr == [RATE(2)]


def test_a_schedule_that_no_config_holds_can_be_saved():
    scheduler = TorchScheduler(sgd(lr=0.5), lr.scale(lambda t: 1 / (1 + t), 0.5), step=3)
    assert scheduler.state_dict() == {"step": 3, "schedule": {"lr": None}}
    scheduler.load_state_dict({"step": 1, "schedule": {"lr": None}})
    assert scheduler.last_lr == [0.25]


# An object among objects.


def copies(value):
    return {
        "pickle": pickle.loads(pickle.dumps(value)),
        "deepcopy": copy.deepcopy(value),
    }


@pytest.mark.parametrize("how", ["pickle", "deepcopy"])
def test_copies_go_on_by_themselves(how):
    optimizer = torch.optim.AdamW([{"params": [parameter()], "lr_scale": 0.5}], lr=torch.tensor(0.5))
    scheduler = TorchScheduler(optimizer, RATE, **{"betas[0]": lr.linear(0.8, 0.9, 9)})
    rates(optimizer, scheduler, 3)
    state = copy.deepcopy(optimizer.state_dict())
    twin, its_scheduler = copies((optimizer, scheduler))[how]
    assert its_scheduler.optimizer is twin is not optimizer
    expected = rates(optimizer, scheduler, 5)
    assert rates(twin, its_scheduler, 5) == expected
    assert torch.equal(*(o.param_groups[0]["params"][0] for o in (optimizer, twin)))
    twin.load_state_dict(state)
    assert its_scheduler.last_lr == scheduler.last_lr


@pytest.mark.parametrize("load", [False, True])
def test_nothing_is_left_for_the_garbage_collector(load):
    """The optimizer's own `load_state_dict` leaves a cycle of a function with itself, which holds none of ours."""

    def train():
        optimizer = sgd({}, {"lr_scale": 0.5}, lr=0.5, momentum=0.9)
        scheduler = TorchScheduler(optimizer, RATE, weight_decay={0: DECAY, 1: None})
        rates(optimizer, scheduler, 3)
        scheduler.load_state_dict(scheduler.state_dict())
        if load:
            optimizer.load_state_dict(optimizer.state_dict())
        return weakref.ref(optimizer), weakref.ref(scheduler), weakref.ref(optimizer.param_groups[0]["params"][0])

    train()
    gc.collect()
    gc.disable()
    try:
        assert [alive() for alive in train()] == [None, None, None]
        assert load or gc.collect() == 0
    finally:
        gc.enable()


def test_the_optimizer_outlives_its_scheduler():
    optimizer = sgd(lr=0.5)
    TorchScheduler(optimizer, RATE, step=3)
    state = sgd(lr=0.25).state_dict()
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 0.25


def test_importing_the_adapter_imports_no_other_framework():
    program = (
        "import sys, lrsched, lrsched.adapters; assert 'torch' not in sys.modules;"
        "import lrsched.adapters.torch; assert 'torch' in sys.modules;"
        "print([name for name in ('jax', 'optax', 'keras', 'tensorflow', 'lightning') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


# Bad input.


@lr.schedule
def one(xp):
    """An integer, which a formula should not give."""
    return lambda t: 1


def test_an_integer_arrives_as_a_float():
    optimizer = sgd(lr=1)
    TorchScheduler(optimizer, one())
    assert type(optimizer.param_groups[0]["lr"]) is float


def adamw(**options):
    return torch.optim.AdamW([parameter()], **options)


def loaded(state):
    return TorchScheduler(sgd(lr=0.5), RATE).load_state_dict(state)


def own_rate(group):
    return lr.constant(group["lr"])


NO_STATE = (
    'must be the state of a TorchScheduler, with the keys "step" and "schedule", or of one of torch\'s schedulers, '
    'with the key "last_epoch"; for that of another, call set_step with its number of updates.'
)

BAD = {
    "no optimizer": (
        lambda: TorchScheduler(RATE, sgd()),
        "TorchScheduler(warmup_cosine(...)) must be a torch.optim.Optimizer, not Schedule; "
        "the optimizer comes first, then the schedule.",
    ),
    "nothing to set": (
        lambda: TorchScheduler(sgd()),
        "TorchScheduler(optimizer) must be given what to set; give a schedule.",
    ),
    "the rate twice": (
        lambda: TorchScheduler(sgd(), RATE, lr=RATE),
        "TorchScheduler(lr=...) is given twice; leave one out.",
    ),
    "the rate twice, once by group": (
        lambda: TorchScheduler(sgd(), RATE, by_group=lambda group: RATE),
        "TorchScheduler(lr=...) is given twice; leave one out.",
    ),
    "two counts": (
        lambda: TorchScheduler(sgd(), RATE, step=3, last_epoch=2),
        "TorchScheduler(step=3, last_epoch=2) counts twice; leave one out.",
    ),
    "a negative step": (
        lambda: TorchScheduler(sgd(), RATE, step=-1),
        "TorchScheduler(step=-1) must be at least 0; no update is completed at 0.",
    ),
    "a last epoch before the first": (
        lambda: TorchScheduler(sgd(), RATE, last_epoch=-3),
        "TorchScheduler(step=-2) must be at least 0; no update is completed at 0.",
    ),
    "a step that is not finite": (
        lambda: TorchScheduler(sgd(), RATE, step=math.inf),
        "TorchScheduler.set_step(inf) must be finite; count completed updates.",
    ),
    "a flag for a step": (
        lambda: TorchScheduler(sgd(), RATE, step=True),
        "TorchScheduler.set_step(True) must be a number, not bool; count completed updates.",
    ),
    "text for the last epoch": (
        lambda: TorchScheduler(sgd(), RATE, last_epoch="3"),
        "TorchScheduler.set_step('3') must be a number, not str; count completed updates.",
    ),
    "a step before the first": (
        lambda: TorchScheduler(sgd(), RATE).set_step(-1),
        "TorchScheduler.set_step(-1) must be at least 0; no update is completed at 0.",
    ),
    "an unknown name": (
        lambda: TorchScheduler(sgd(), momentun=RATE),
        "TorchScheduler(momentun=warmup_cosine(...)) must be a hyperparameter of SGD; did you mean 'momentum'?",
    ),
    "a name of another optimizer": (
        lambda: TorchScheduler(adamw(), momentum=RATE),
        "TorchScheduler(momentum=warmup_cosine(...)) must be a hyperparameter of AdamW; known are amsgrad, betas, "
        "capturable, decoupled_weight_decay, differentiable, eps, foreach, fused, lr, maximize, weight_decay.",
    ),
    "the parameters": (
        lambda: TorchScheduler(sgd(), params=RATE),
        "TorchScheduler(params=warmup_cosine(...)) must be a hyperparameter of SGD; known are dampening, "
        "differentiable, foreach, fused, lr, maximize, momentum, nesterov, weight_decay.",
    ),
    "a flag": (
        lambda: TorchScheduler(sgd(), nesterov=RATE),
        'TorchScheduler(nesterov=warmup_cosine(...)) must set a number, but param_groups[0]["nesterov"] is False; '
        "only numbers have schedules.",
    ),
    "a path into a number": (
        lambda: TorchScheduler(sgd(), **{"lr[0]": RATE}),
        'TorchScheduler(lr[0]=warmup_cosine(...)) must be a part, but param_groups[0]["lr"] is no tuple; write "lr".',
    ),
    "a path past the end": (
        lambda: TorchScheduler(adamw(), **{"betas[2]": RATE}),
        'TorchScheduler(betas[2]=warmup_cosine(...)) must be a part of param_groups[0]["betas"], which has 2; '
        "the first is [0].",
    ),
    "a whole tuple": (
        lambda: TorchScheduler(adamw(), betas=RATE),
        'TorchScheduler(betas=warmup_cosine(...)) must be a part of param_groups[0]["betas"], which is (0.9, 0.999); '
        'write "betas[0]".',
    ),
    "a list of the wrong length": (
        lambda: TorchScheduler(sgd({}, {}, {}), [RATE, RATE]),
        "TorchScheduler(lr=[warmup_cosine(...), warmup_cosine(...)]) must be 3 schedules, one for each group, not 2; "
        "None leaves a group alone, and a dict may name groups that join later.",
    ),
    "a group that no one spoke of": (
        lambda: TorchScheduler(sgd({}, {"name": "head"}), {0: RATE}),
        "TorchScheduler(lr={0: ...}) must name each group once, and 'head' is not named; None leaves a group alone.",
    ),
    "a group named twice": (
        lambda: TorchScheduler(sgd({"name": "head"}), {0: RATE, "head": None}),
        "TorchScheduler(lr={0: ..., 'head': ...}) must name each group once, and 'head' is named twice; "
        "None leaves a group alone.",
    ),
    "a group that does not exist": (
        lambda: TorchScheduler(sgd({"name": "head"}, {}), {"haed": RATE, 1: RATE}),
        "TorchScheduler(lr={'haed': ..., 1: ...}) must name each group once, and 'head' is not named; "
        "did you mean 'head' by 'haed'?",
    ),
    "a group that can never be": (
        lambda: TorchScheduler(sgd({"name": "head"}, {}), {0: RATE, 1: RATE, -1: RATE}),
        "TorchScheduler(lr={0: ..., 1: ..., -1: ...}) must name groups of the optimizer, and -1 is none; "
        "they are 'head', 1.",
    ),
    "nothing": (
        lambda: TorchScheduler(sgd(), lr=None),
        "TorchScheduler(lr=None) must be a schedule, a number or a callable step -> value, not NoneType; "
        "lrsched.linear(...) is one.",
    ),
    "text": (
        lambda: TorchScheduler(sgd(), "linear(1, 0, 10)"),
        "TorchScheduler(lr='linear(1, 0, 10)') must be a schedule, a number or a callable step -> "
        "value, not str; lrsched.parse(expression) reads one.",
    ),
    "a schedule that was not called": (
        lambda: TorchScheduler(sgd(), lr.cosine),
        "TorchScheduler(lr=cosine) must be a schedule, a number or a callable step -> value, not function; "
        "call it: cosine(...).",
    ),
    "an array": (
        lambda: TorchScheduler(sgd(), np.ones(3)),
        "TorchScheduler(lr=<array of shape (3,)>) must be a schedule, a number or a callable step -> value, not "
        "ndarray; give one number, or a list with a schedule for each group.",
    ),
    "a number that is not finite": (
        lambda: TorchScheduler(sgd(), math.nan),
        "constant(value=nan) must be finite; give a number that float64 holds.",
    ),
    "a flag instead of a number": (
        lambda: TorchScheduler(sgd(), True),
        "TorchScheduler(lr=True) must be a schedule, a number or a callable step -> value, not bool; "
        "lrsched.linear(...) is one.",
    ),
    "a function of the group": (
        lambda: TorchScheduler(sgd(), own_rate),
        "TorchScheduler(lr=own_rate) must be a callable step -> value, and fails at step 0 ('int' object is not "
        "subscriptable); by_group= takes a callable group -> schedule.",
    ),
    "a schedule by group": (
        lambda: TorchScheduler(sgd(), by_group=RATE),
        "TorchScheduler(lr=warmup_cosine(...)) must be a callable group -> schedule, not Schedule; "
        "give a schedule without by_group=.",
    ),
    "a text by group": (
        lambda: TorchScheduler(sgd(), by_group=lambda group: "linear(1, 0, 10)"),
        "TorchScheduler(lr='linear(1, 0, 10)') must be a schedule, a number or a callable step -> value, not str; "
        "lrsched.parse(expression) reads one.",
    ),
    "an integer tensor": (
        lambda: TorchScheduler(sgd({"lr": torch.tensor(1)}), RATE),
        'TorchScheduler(lr=warmup_cosine(...)) must fill param_groups[0]["lr"], which is of torch.int64; '
        "make it torch.float32.",
    ),
    "a negative rate": (
        lambda: TorchScheduler(sgd(), lr.linear(0.1, -0.1, 10)),
        "TorchScheduler(lr=linear(...)) must be at least 0, and is -0.08 at step 9; "
        "lrsched.clamp_min(schedule, 0) keeps it so.",
    ),
    "a negative rate of one group": (
        lambda: TorchScheduler(sgd({"lr_scale": -1.0}), RATE, step=4),
        "TorchScheduler(lr=warmup_cosine(...)) must be scaled by a finite number >= 0, but "
        'param_groups[0]["lr_scale"] is -1.0; 1.0 changes nothing.',
    ),
    **{
        f"a rate that is scaled by {scale}": (
            lambda scale=scale: TorchScheduler(sgd({}, {"lr_scale": scale}), RATE),
            "TorchScheduler(lr=warmup_cosine(...)) must be scaled by a finite number >= 0, but "
            f'param_groups[1]["lr_scale"] is {text}; 1.0 changes nothing.',
        )
        for scale, text in (
            (math.nan, "nan"),
            (math.inf, "inf"),
            ("2", "'2'"),
            (None, "None"),
            (True, "True"),
            (torch.ones(2), "<array of shape (2,)>"),
        )
    },
    "a rate that is no number": (
        lambda: TorchScheduler(sgd(), lr.scale(lambda t: math.nan, 1.0)),
        "TorchScheduler(lr=scale(...)) must be finite, and is nan at step 0; describe() shows its values.",
    ),
    "a beta of 1": (
        lambda: TorchScheduler(adamw(), **{"betas[1]": lr.linear(0.9, 1.1, 10)}),
        "TorchScheduler(betas[1]=linear(...)) must be below 1, and is 1.08 at step 9; "
        "lrsched.clamp_max(schedule, 0.999) keeps it so.",
    ),
    "a state of no dict": (
        lambda: loaded(3),
        f"TorchScheduler.load_state_dict(3) {NO_STATE}",
    ),
    **{
        f"a damaged state, {text}": (
            lambda step=step, schedule=schedule: loaded({"step": step, "schedule": schedule}),
            f"TorchScheduler.load_state_dict({text}) {NO_STATE}",
        )
        for step, schedule, text in (
            (3, None, "{'schedule': None, 'step': 3}"),
            (3, [], "{'schedule': [], 'step': 3}"),
            (None, {}, "{'schedule': {}, 'step': None}"),
            ("3", {}, "{'schedule': {}, 'step': '3'}"),
            (True, {}, "{'schedule': {}, 'step': True}"),
            (-2, {}, "{'schedule': {}, 'step': -2}"),
        )
    },
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message


def test_a_value_that_only_a_step_shows_is_refused_by_the_update_that_would_use_it():
    """A dip between two boundaries is not seen beforehand."""
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, lambda t: 0.1 if t != 5 else -0.1)
    for _ in range(5):
        update(optimizer)
        scheduler.step()
    assert scheduler.last_epoch == 5
    before = optimizer.param_groups[0]["params"][0].detach().clone()
    with pytest.raises(ValueError, match=r"must be at least 0, and is -0\.1 at step 5"):
        update(optimizer)
    assert torch.equal(optimizer.param_groups[0]["params"][0], before)
    scheduler.step()  # an update that was skipped is no harm
    update(optimizer)


@pytest.mark.parametrize("longer", [0, 1])
def test_a_value_that_no_update_uses_is_not_refused(longer):
    """After the last of 10 updates, step 10 is set, where this beta is 1; an eleventh update would divide by 0."""
    optimizer = adamw()
    scheduler = TorchScheduler(optimizer, **{"betas[1]": lr.linear(0.9, 1.0, 10)})
    for _ in range(10):
        update(optimizer)
        scheduler.step()
    assert optimizer.param_groups[0]["betas"] == (0.9, 1.0)
    if longer:
        with pytest.raises(ValueError, match=r"must be below 1, and is 1 at step 10; lrsched.clamp_max"):
            update(optimizer)


def test_values_that_a_resumed_run_is_past_are_not_refused():
    TorchScheduler(sgd(lr=0.5), lr.linear(-0.1, 0.1, 10), step=6)
    with pytest.raises(ValueError, match=r"is -0\.1 at step 0"):
        TorchScheduler(sgd(lr=0.5), lr.linear(-0.1, 0.1, 10))


def test_the_end_of_an_imported_schedule_that_has_none_is_not_looked_at():
    """Each rises for ever in its own library; in 2**29 steps this momentum would pass 1."""
    beta = deepspeed.OneCycle_momentum(0.8, 0.9, 1e-3, cycle_first_step_size=10, decay_step_size=10_000)
    assert beta(beta.length) > 1
    optimizer = adamw()
    scheduler = TorchScheduler(optimizer, 1e-3, **{"betas[0]": beta})
    for step in range(30):
        assert optimizer.param_groups[0]["betas"] == (beta(step), 0.999)
        update(optimizer)
        scheduler.step()
