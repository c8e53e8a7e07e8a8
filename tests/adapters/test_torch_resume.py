"""Resuming: the state of another scheduler, distributed checkpoints, changed schedules, epochs, numbers of NumPy."""

import copy
import io
import logging
import warnings
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as torchs

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler

from .test_torch import RATE, Spy, adamw, sgd, update

# A run that another scheduler began.

OTHERS = {
    "LambdaLR": lambda optimizer: torchs.LambdaLR(optimizer, RATE),
    "LinearLR": torchs.LinearLR,
    "CosineAnnealingLR": lambda optimizer: torchs.CosineAnnealingLR(optimizer, 10),
    "CosineAnnealingWarmRestarts": lambda optimizer: torchs.CosineAnnealingWarmRestarts(optimizer, 3),
    "OneCycleLR": lambda optimizer: torchs.OneCycleLR(optimizer, 0.1, 20),
    "SequentialLR": lambda optimizer: torchs.SequentialLR(
        optimizer, [torchs.LinearLR(optimizer), torchs.CosineAnnealingLR(optimizer, 10)], [5]
    ),
    "ChainedScheduler": lambda optimizer: torchs.ChainedScheduler(
        [torchs.LinearLR(optimizer), torchs.ExponentialLR(optimizer, 0.9)]
    ),
    "ChainedScheduler of a sequence": lambda optimizer: torchs.ChainedScheduler(
        [OTHERS["SequentialLR"](optimizer), torchs.ExponentialLR(optimizer, 0.9)]
    ),
}


@pytest.mark.parametrize("steps", [0, 1, 7])
@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_a_run_that_a_scheduler_of_torch_began_goes_on_at_its_step(make, steps):
    """Trainers load the state themselves, so that nobody can call set_step."""
    old = sgd(lr=0.1, momentum=0.9)
    other = make(old)
    for _ in range(steps):
        update(old)
        other.step()
    file = io.BytesIO()
    torch.save({"scheduler": other.state_dict(), "optimizer": old.state_dict()}, file)
    file.seek(0)
    state = torch.load(file, weights_only=False)
    for order in (("scheduler", "optimizer"), ("optimizer", "scheduler")):
        optimizer = sgd(lr=0.1, momentum=0.9)
        scheduler = TorchScheduler(optimizer, RATE)
        for part in order:
            if part == "optimizer":
                optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
            else:
                with pytest.warns(UserWarning, match="of another scheduler") as caught:
                    scheduler.load_state_dict(state["scheduler"])
        assert [str(warning.message) for warning in caught] == [
            f"TorchScheduler.load_state_dict: the state is that of another scheduler, whose last_epoch={steps} is "
            "taken as the number of completed updates (set_step(n) corrects it); the code's schedule is used from "
            f"update {steps} on."
        ]
        spy = Spy(optimizer)
        update(optimizer)
        assert spy.seen == [scheduler.last_lr] == [[RATE(steps)]]


def test_strictness_refuses_the_state_of_another_scheduler():
    state = torchs.ExponentialLR(sgd(lr=0.1), 0.9).state_dict()
    scheduler = TorchScheduler(sgd(lr=0.1), RATE, step=2, strict=True)
    with pytest.raises(ValueError, match=r"state is that of another scheduler.*load it with strict=False"):
        scheduler.load_state_dict(state)
    assert scheduler.last_epoch == 2


@pytest.mark.parametrize(
    "state",
    [
        *({"last_epoch": last} for last in ("7", None, -2, True, float("nan"))),
        *({"_schedulers": held} for held in ([], [{"_last_lr": [0.1]}], 3)),
        {},
        {"step": 3},
        {"step": 3, "last_epoch": 3},
    ],
    ids=str,
)
def test_other_states_are_refused(state):
    scheduler = TorchScheduler(sgd(lr=0.1), RATE, step=2)
    with pytest.raises(ValueError, match="must be the state of a TorchScheduler"):
        scheduler.load_state_dict(state)
    assert scheduler.last_epoch == 2


def test_a_state_may_be_any_mapping():
    state = TorchScheduler(sgd(lr=0.1), RATE, step=7).state_dict()
    scheduler = TorchScheduler(sgd(lr=0.1), RATE, strict=True)
    scheduler.load_state_dict(MappingProxyType(state))
    assert scheduler.last_epoch == 7


# Schedules that have changed.


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (lr.step_decay(0.1, 0.5, 200), lr.step_decay(0.1, 0.5, 350), "which first differs at step 200"),
        (lr.warmup_cosine(0.3, 4, 100), lr.warmup_cosine(0.3, 4, 150), "which first differs at step 5"),
        (lr.constant(0.1), lr.constant(0.2), "which first differs at step 0"),
        (RATE, lr.cooldown(RATE, 12, 4), "which first differs at step 13"),
        (lr.warmup_cosine(0.3, 4, 100), lr.warmup_cosine(0.3, 4, 100).expand(), "which agrees at every step up to 100"),
        (lr.linear(1.0, 0.0, 10**9), lr.linear(1.0, 0.5, 10**9), "which first differs at step 2"),
        ([RATE, lr.constant(0.1)], [RATE, lr.linear(0.1, 0.0, 50)], "which first differs at step 1"),
        ([RATE, None], [RATE, lr.constant(0.1)], "in the code; the code's"),
    ],
    ids=str,
)
def test_the_message_says_at_which_step_they_part(before, after, text):
    groups = [{}, {}]
    state = TorchScheduler(sgd(*groups, lr=0.5), before, step=7).state_dict()
    with pytest.warns(UserWarning, match="when it was saved") as caught:
        TorchScheduler(sgd(*groups, lr=0.5), after).load_state_dict(state)
    (message,) = [str(warning.message) for warning in caught]
    assert text in message


def test_groups_that_joined_since_are_not_compared():
    """The state of a run with two groups, read where the second has not joined yet."""
    given = {"head": RATE, "backbone": RATE * 0.1}
    state = TorchScheduler(sgd({"name": "head"}, {"name": "backbone"}, lr=0.5), given, step=7).state_dict()
    scheduler = TorchScheduler(sgd({"name": "head"}, lr=0.5), given, strict=True)
    scheduler.load_state_dict(state)
    assert scheduler.last_lr == [RATE(7)]


def test_what_is_warned_of_is_logged(caplog):
    """Trainers swallow warnings."""
    state = TorchScheduler(sgd(lr=0.5), 0.1, step=7).state_dict()
    scheduler = TorchScheduler(sgd(lr=0.5), 0.2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler.load_state_dict(state)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("lrsched.adapters.torch", logging.WARNING)
    assert record.message.startswith("TorchScheduler.load_state_dict: lr was constant(0.1) when it was saved")
    caplog.clear()
    scheduler.load_state_dict(TorchScheduler(sgd(lr=0.5), 0.2, step=9).state_dict())
    assert caplog.records == []


# Distributed checkpoints.


def flattened(model, optimizer):
    from torch.distributed.checkpoint.state_dict import StateDictOptions, get_optimizer_state_dict

    return get_optimizer_state_dict(model, optimizer, options=StateDictOptions(flatten_optimizer_state_dict=True))


def flat_run(kind, when, **options):
    """A model and an optimizer, and a scheduler that was there early, late, or never."""
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    optimizer = kind([{"params": [model.weight]}, {"params": [model.bias]}], lr=0.5, **options)
    scheduler = TorchScheduler(optimizer, RATE, step=6) if when == "early" else None
    return model, optimizer, scheduler


@pytest.mark.filterwarnings("ignore:.*torch.distributed:UserWarning")  # that there is one process
@pytest.mark.parametrize("trained", [0, 2])
@pytest.mark.parametrize("now", ["early", "late", "never"])
@pytest.mark.parametrize("saved", ["early", "late", "never"])
@pytest.mark.parametrize("kind", [torch.optim.AdamW, torch.optim.SGD])
def test_flattened_checkpoints_load_whether_or_not_a_scheduler_was_there(kind, saved, now, trained, tmp_path):
    from torch.distributed import checkpoint
    from torch.distributed.checkpoint.state_dict import StateDictOptions, set_optimizer_state_dict

    model, optimizer, scheduler = flat_run(kind, saved, weight_decay=0.1)
    for _ in range(trained):
        update(optimizer)
        optimizer.zero_grad()
    scheduler = TorchScheduler(optimizer, RATE, step=6) if saved == "late" else scheduler
    checkpoint.save({"optimizer": flattened(model, optimizer)}, checkpoint_id=tmp_path, no_dist=True)

    model, optimizer, scheduler = flat_run(kind, now, weight_decay=0.1)
    before = [weights.detach().clone() for weights in model.parameters()]
    state = {"optimizer": flattened(model, optimizer)}
    checkpoint.load(state, checkpoint_id=tmp_path, no_dist=True)
    options = StateDictOptions(flatten_optimizer_state_dict=True)
    set_optimizer_state_dict(model, optimizer, state["optimizer"], options=options)
    flattened(model, optimizer)  # makes a step of its own with the rate 0, if there is no state
    assert all(map(torch.equal, before, model.parameters()))
    scheduler = TorchScheduler(optimizer, RATE, step=6) if now == "late" else scheduler
    spy = Spy(optimizer)
    update(optimizer)
    if now != "never":
        assert spy.seen == [scheduler.last_lr] == [[RATE(6)] * 2]


# Counting in epochs.


@pytest.mark.parametrize("wrap", [float, np.float64, np.float32, torch.tensor])
def test_a_fraction_of_an_epoch_is_a_step(wrap):
    """As CosineAnnealingWarmRestarts and hand-written loops count: epoch + batch / batches."""
    schedule = lr.warmup_cosine(0.1, 5, 90)
    optimizer = sgd(lr=0.5)
    scheduler = TorchScheduler(optimizer, schedule)
    for epoch in range(3):
        for batch in range(4):
            time = epoch + batch / 4
            scheduler.set_step(wrap(time)) if batch % 2 else scheduler.step(wrap(time))
            assert (scheduler.last_epoch, scheduler.last_lr) == (time, [schedule(time)])
            update(optimizer)
            scheduler.get_lr()
    assert type(scheduler.last_epoch) is float
    state = torch.load(saved(scheduler.state_dict()), weights_only=True)
    assert state["step"] == 2.75
    resumed = TorchScheduler(sgd(lr=0.5), schedule, strict=True)
    resumed.load_state_dict(state)
    assert resumed.last_lr == [schedule(2.75)]
    assert TorchScheduler(sgd(lr=0.5), schedule, step=2.75).last_lr == [schedule(2.75)]
    resumed.set_step(wrap(4.0))
    assert (resumed.last_epoch, type(resumed.last_epoch)) == (4, int)


def saved(value):
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return file


# Groups as hand-written loops leave them.


@pytest.mark.parametrize("wrap", [np.float64, np.float32, np.array, lambda value: np.array([value], np.float32)])
@pytest.mark.parametrize("key", ["lr", "weight_decay", "eps"])
def test_numbers_of_numpy_are_numbers(key, wrap):
    schedule = lr.linear(0.5, 0.0, 10)
    optimizer = adamw(**{key: wrap(1e-3)})
    scheduler = TorchScheduler(optimizer, **{key: schedule}, step=3)
    assert optimizer.param_groups[0][key] == schedule(3)
    assert type(optimizer.param_groups[0][key]) is float
    state = adamw(**{key: wrap(0.7)}).state_dict()
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0][key] == schedule(3)
    assert type(optimizer.param_groups[0][key]) is float
    assert scheduler.base_lrs == [pytest.approx(1e-3)]


def test_a_scale_of_numpy_is_a_number():
    for scale in (np.float64(0.5), np.float32(0.5), np.int64(2), np.array(0.5), np.array([0.5])):
        optimizer = sgd({"lr_scale": scale}, lr=0.5)
        assert TorchScheduler(optimizer, RATE, step=3).last_lr == [scale.item() * RATE(3)]


# Inside a compiled function.


@pytest.mark.slow
@pytest.mark.parametrize("tensor", [True, False])
def test_a_step_in_a_compiled_function_costs_what_a_step_of_torch_costs(tensor):
    """No graph for the scheduler, and no other for a new piece of the schedule."""
    from torch._dynamo.testing import CompileCounter

    def graphs(make):
        torch._dynamo.reset()
        weights, counter = torch.nn.Parameter(torch.ones(3)), CompileCounter()
        optimizer = torch.optim.AdamW([weights], lr=torch.tensor(0.5) if tensor else 0.5)
        scheduler = make(optimizer)

        @torch.compile(backend=counter)
        def step():
            optimizer.step()
            scheduler.step()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of the compiler about itself, and of torch's scheduler
            for _ in range(25):
                weights.grad = torch.ones(3)
                step()
        assert scheduler.last_epoch == 25
        return counter.frame_count

    theirs = graphs(lambda optimizer: torchs.LambdaLR(optimizer, lambda step: 1 / (1 + step)))
    for given in (RATE, {0: lambda step: 1 / (1 + step)}):
        assert graphs(lambda optimizer, given=given: TorchScheduler(optimizer, given)) <= theirs
    torch._dynamo.reset()
