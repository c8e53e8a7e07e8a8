"""Optimizers around optimizers: what is reported is what trains, and loading in any order sets the code's rates."""

import copy
import itertools
import re
from collections import UserList, deque
from functools import partial
from types import MappingProxyType

import pytest
import torch
from torch.optim import SGD, AdamW, Optimizer

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler

RATE = lr.warmup_cosine(0.3, 4, 16, end_value=0.01)
CODE = [RATE * 0.5, RATE * 0.05]
"""The schedules of the code; what was saved is of twice the rate."""


def linear(seed=0):
    torch.manual_seed(seed)
    return torch.nn.Linear(2, 2)


def momentum(parameters, rate=7.0, **options):
    return SGD(parameters, lr=rate, momentum=0.9, **options)


class Both(Optimizer):
    """Shows the groups of its parts, without Optimizer.__init__."""

    def __init__(self, *parts):
        self.parts = list(parts)

    @property
    def param_groups(self):
        return [group for part in self.parts for group in part.param_groups]

    state = property(lambda self: {})

    def step(self, closure=None):
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none=True):
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self):
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states):
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


class InPlace(Both):
    """Loads by writing into the groups: no hook of any optimizer is called."""

    def load_state_dict(self, states):
        for part, state in zip(self.parts, states, strict=True):
            for group, saved in zip(part.param_groups, state["param_groups"], strict=True):
                group.update({key: value for key, value in saved.items() if key != "params"})


class ByName(Optimizer):
    """Has groups of its own, which nothing reads, as torchtitan's container; the parts are in a dict."""

    def __init__(self, *parts):
        self.optimizers = {f"part {number}": part for number, part in enumerate(parts)}
        super().__init__([{"params": part.param_groups[0]["params"]} for part in parts], {"lr": 7.0})

    step = Both.step
    zero_grad = Both.zero_grad
    parts = property(lambda self: list(self.optimizers.values()))

    def state_dict(self):
        return [part.state_dict() for part in self.optimizers.values()]

    load_state_dict = Both.load_state_dict


class Rewrites(Optimizer):
    """Keeps copies of the groups, brings them to the optimizer inside at each step, and rewrites them after the hooks.

    So does torch's ZeroRedundancyOptimizer.
    """

    def __init__(self, *parts):
        self.inner = momentum([dict(part.param_groups[0]) for part in parts])
        super().__init__([{"params": part.param_groups[0]["params"]} for part in parts], {"lr": 7.0, "momentum": 0.9})

    def bring(self, source, target):
        for one, other in zip(source, target, strict=True):
            other.update({key: value for key, value in one.items() if key != "params"})

    def step(self, closure=None):
        self.bring(self.param_groups, self.inner.param_groups)
        self.inner.step()

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.bring(state["param_groups"], self.param_groups)
        self.bring(self.param_groups, self.inner.param_groups)


class Stale(Optimizer):
    """Its list of groups is left behind when the optimizer inside is loaded, as in torch's _NamedOptimizer."""

    def __init__(self, *parts):
        self.inner = momentum([dict(part.param_groups[0]) for part in parts])
        self.param_groups = self.inner.param_groups

    state = property(lambda self: self.inner.state)

    def step(self, closure=None):
        self.inner.step()

    def zero_grad(self, set_to_none=True):
        self.inner.zero_grad(set_to_none)

    def state_dict(self):
        return self.inner.state_dict()

    def load_state_dict(self, state):
        self.inner.load_state_dict(state)


class Replaces(Optimizer):
    """Is loaded itself, and gives its groups to the optimizer inside, as SAM."""

    def __init__(self, *parts):
        super().__init__([dict(part.param_groups[0]) for part in parts], {})
        self.inner = momentum(self.param_groups)
        self.param_groups = self.inner.param_groups

    def step(self, closure=None):
        self.inner.step()

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.inner.param_groups = self.param_groups


class Deep(Both):
    """Keeps its parts in an object of another class, in a list in a dict."""

    class Holder:
        def __init__(self, part):
            self.inner = part

        @property
        def param_groups(self):
            return self.inner.param_groups

        def state_dict(self):
            return self.inner.state_dict()

        def load_state_dict(self, state):
            self.inner.load_state_dict(state)

        def step(self):
            self.inner.step()

    def __init__(self, *parts):
        self.kept = {"parts": [[self.Holder(part)] for part in parts]}

    parts = property(lambda self: [holder for (holder,) in self.kept["parts"]])


class Nested(Both):
    """A container in a container."""

    def __init__(self, *parts):
        super().__init__(Both(parts[0]), Both(Both(parts[1])))


class Shows(Optimizer):
    """Has groups of its own, which nothing reads; each subclass keeps its parts in a place of its own."""

    def __init__(self, *parts):
        self.keep(parts)
        super().__init__([{"params": part.param_groups[0]["params"]} for part in parts], {"lr": 7.0})

    step = Both.step
    zero_grad = Both.zero_grad
    state_dict = Both.state_dict
    load_state_dict = Both.load_state_dict


class InObject(Shows):
    """Keeps its parts in an object that is no optimizer."""

    class Holder:
        def __init__(self, parts):
            self.parts = parts

    def keep(self, parts):
        self.holder = self.Holder(parts)

    parts = property(lambda self: self.holder.parts)


class InSlots(Shows):
    """Keeps its parts in a slot of an object."""

    class Holder:
        __slots__ = ("parts",)

    def keep(self, parts):
        self.holder = self.Holder()
        self.holder.parts = UserList(parts)

    parts = property(lambda self: self.holder.parts)


WRAPPERS = [Both, InPlace, ByName, Rewrites, Stale, Replaces, Deep, Nested, InObject, InSlots]


def make(kind):
    models = linear(0), linear(1)
    return models, kind(*(momentum(model.parameters()) for model in models))


def gradients(models):
    for model in models:
        for weights in model.parameters():
            weights.grad = torch.ones_like(weights)


def moved(models, optimizer):
    """The rate that each model was trained with: by how much a step moves weights whose momentum is forgotten."""
    for each in innermost(optimizer):
        each.state.clear()
    before = [[weights.detach().clone() for weights in model.parameters()] for model in models]
    gradients(models)
    optimizer.step()
    after = [[weights.detach() for weights in model.parameters()] for model in models]
    return [(old[0] - new[0]).mean().item() for old, new in zip(before, after, strict=True)]


def innermost(optimizer):
    """The optimizers of torch that train."""
    if type(optimizer) is SGD:
        return [optimizer]
    parts = optimizer.parts if hasattr(optimizer, "parts") else [optimizer.inner]
    return [each for part in parts for each in innermost(part)]


@pytest.mark.parametrize("kind", WRAPPERS)
def test_what_is_reported_is_what_trains(kind):
    models, optimizer = make(kind)
    scheduler = TorchScheduler(optimizer, CODE)
    for step in range(12):
        expected = [schedule(step) for schedule in CODE]
        assert scheduler.last_lr == expected
        assert moved(models, optimizer) == pytest.approx(expected, rel=1e-4, abs=1e-7)  # float32 weights
        scheduler.step()


ORDERS = [
    order
    for order in itertools.permutations(["build", "load the scheduler", "load the optimizer"])
    if order.index("build") < order.index("load the scheduler")
]


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
@pytest.mark.parametrize("kind", WRAPPERS)
def test_the_first_update_after_any_order_of_loading_uses_the_rate_of_the_code(kind, order):
    models, first = make(kind)
    saved = TorchScheduler(first, [RATE, RATE * 0.1])
    for _ in range(6):
        gradients(models)
        first.step()
        saved.step()
    state = copy.deepcopy(first.state_dict())
    models, optimizer = make(kind)
    seen = [(each, each.register_step_pre_hook(look)) for each in innermost(optimizer)]  # earlier than ours
    for action in order:
        if action == "build":
            scheduler = TorchScheduler(optimizer, CODE)
        elif action == "load the scheduler":
            with pytest.warns(UserWarning, match="first differs at step 1"):
                scheduler.load_state_dict(saved.state_dict())
        else:
            optimizer.load_state_dict(copy.deepcopy(state))
    expected = [schedule(6) for schedule in CODE]
    assert scheduler.last_lr == expected
    LOOKED.clear()
    assert moved(models, optimizer) == pytest.approx(expected, rel=1e-4)
    assert sorted(set(LOOKED)) == sorted(expected)
    assert seen


LOOKED = []


def look(optimizer, args, kwargs):
    LOOKED.extend(group["lr"] for group in optimizer.param_groups)


@pytest.mark.parametrize("loaded", ["the wrapper", "the part"])
def test_a_scheduler_of_the_part_follows_its_wrapper(loaded):
    """A wrapper that replaces the groups of its part calls none of the hooks of the part."""
    models, wrapper = make(Replaces)
    state = copy.deepcopy(wrapper.state_dict())
    scheduler = TorchScheduler(wrapper.inner, CODE, step=6)
    (wrapper if loaded == "the wrapper" else wrapper.inner).load_state_dict(state)
    expected = [schedule(6) for schedule in CODE]
    assert scheduler.last_lr == expected
    (wrapper if loaded == "the wrapper" else wrapper.inner).load_state_dict(state)
    assert moved(models, wrapper.inner) == pytest.approx(expected, rel=1e-4)


def test_values_that_the_parts_have_not_are_refused():
    models = linear(0), linear(1)
    box = Both(torch.optim.Muon([models[0].weight], lr=0.02), AdamW(models[1].parameters(), lr=0.02))
    with pytest.raises(
        ValueError, match=r"TorchScheduler\(betas\[0\]=linear\(...\)\) must be a hyperparameter of Both"
    ):
        TorchScheduler(box, **{"betas[0]": lr.linear(0.8, 0.9, 10)})
    ramp = {"betas[0]": [None, lr.linear(0.8, 0.9, 10)], "momentum": [lr.linear(0.85, 0.95, 10), None]}
    scheduler = TorchScheduler(box, RATE, **ramp, step=10)
    assert [group["lr"] for group in box.param_groups] == scheduler.last_lr == [RATE(10)] * 2
    assert (box.param_groups[0]["momentum"], box.param_groups[1]["betas"]) == (0.95, (0.9, 0.999))


def test_parts_with_different_rates_are_not_flattened():
    for kind in (Both, ByName):
        parts = momentum(linear(0).parameters(), 0.02), momentum(linear(1).parameters(), 3e-4)
        with pytest.raises(ValueError, match=r"made with different values \(0.02, 0.0003\)"):
            TorchScheduler(kind(*parts), RATE)
        TorchScheduler(kind(*parts), CODE)


class OneGroup(Optimizer):
    """Shows one group of the parameters that it is told."""

    def __init__(self, shown, *parts):
        self.parts = parts
        super().__init__(shown, {"lr": 7.0})

    step = Both.step


def test_one_group_for_parts_of_equal_rates_sets_all_of_them():
    models = linear(0), linear(1)
    parts = [momentum(model.parameters()) for model in models]
    box = OneGroup([p for model in models for p in model.parameters()], *parts)
    scheduler = TorchScheduler(box, RATE, step=3)
    assert moved(models, box) == pytest.approx([RATE(3)] * 2, rel=1e-4)
    scheduler.step()
    assert [part.param_groups[0]["lr"] for part in parts] == [RATE(4)] * 2


def test_groups_that_train_unseen_are_refused():
    hidden, shown = linear(0), linear(1)
    parts = momentum(shown.parameters()), momentum(hidden.parameters())
    with pytest.raises(ValueError, match="must set") as caught:
        TorchScheduler(OneGroup(list(shown.parameters()), *parts), RATE)
    assert str(caught.value) == (
        "TorchScheduler(OneGroup) must set the groups that train, and optimizer.parts[1] (SGD) trains parameters that "
        "are in none of its groups; schedule each part, TorchScheduler(optimizer.parts[1], schedule)."
    )
    both = momentum([*shown.parameters(), *hidden.parameters()])
    groups = [{"params": list(model.parameters())} for model in (shown, hidden)]
    with pytest.raises(ValueError, match="mixes the parameters of several of its groups; schedule each part"):
        TorchScheduler(OneGroup(groups, both), RATE)
    scaled = momentum([{"params": list(shown.parameters()), "lr_scale": 0.1}])
    with pytest.raises(ValueError, match=r'has another "lr_scale" than param_groups\[0\]'):
        TorchScheduler(OneGroup(list(shown.parameters()), scaled), RATE)


@pytest.mark.parametrize(
    "collected",
    [
        lambda parts: {part.param_groups[0]["params"][0]: part for part in parts},
        lambda parts: {("part", number): part for number, part in enumerate(parts)},
        lambda parts: dict(enumerate(parts)),
        set,
        deque,
        UserList,
        lambda parts: MappingProxyType({"parts": tuple(parts)}),
    ],
)
def test_parts_in_any_collection_are_found(collected):
    """Such as an optimizer for each parameter, in a dict whose keys are the parameters."""
    parts = [momentum(linear(seed).parameters()) for seed in range(3)]
    weights = [weight for part in parts for weight in part.param_groups[0]["params"]]
    holder = OneGroup(weights, *parts)
    del holder.parts
    holder.held = collected(parts)
    scheduler = TorchScheduler(holder, RATE, step=3)
    assert [part.param_groups[0]["lr"] for part in parts] == scheduler.last_lr * 3 == [RATE(3)] * 3


def test_the_way_to_a_part_is_an_expression():
    hidden, shown = linear(0), linear(1)
    holder = OneGroup(list(shown.parameters()))
    for held, way in (({hidden.weight: 0}, "list(optimizer.held.values())[0]"), ({0}, "list(optimizer.held)[0]")):
        part = momentum(hidden.parameters())
        holder.held = {**dict.fromkeys(held, part)} if isinstance(held, dict) else {part}
        with pytest.raises(ValueError, match=re.escape(f"schedule each part, TorchScheduler({way}, schedule)")):
            TorchScheduler(holder, RATE)
        assert eval(way, {"optimizer": holder}) is part


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # what importing torch.distributed.optim calls
@pytest.mark.parametrize("tensor", [False, True])
def test_zero_redundancy_optimizer(tensor, tmp_path):
    """One process, real loading: the wrapper rewrites its groups after the hooks of its own load."""
    from torch import distributed
    from torch.distributed.optim import ZeroRedundancyOptimizer

    rate = torch.tensor(7.0) if tensor else 7.0
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path / 'meeting'}", rank=0, world_size=1)
    try:
        model = linear()
        first = ZeroRedundancyOptimizer(model.parameters(), AdamW, lr=copy.deepcopy(rate), weight_decay=0.0)
        TorchScheduler(first, RATE, step=2)
        gradients([model])
        first.step()
        first.consolidate_state_dict()
        state = first.state_dict()
        model = linear()
        second = ZeroRedundancyOptimizer(model.parameters(), AdamW, lr=copy.deepcopy(rate), weight_decay=0.0)
        scheduler = TorchScheduler(second, RATE * 0.5, step=6)
        second.load_state_dict(state)
        assert scheduler.last_lr == pytest.approx([RATE(6) / 2], rel=1e-7)
        spy = []
        second.optim.register_step_pre_hook(lambda o, a, k: spy.append(float(o.param_groups[0]["lr"])))
        for _ in range(2):
            gradients([model])
            second.step()
            scheduler.step()
        assert spy == pytest.approx([RATE(6) / 2, RATE(7) / 2], rel=1e-7)
    finally:
        distributed.destroy_process_group()


class KeepsAll(Replaces):
    """Is pickled with all of its attributes, as the wrapper of Accelerate."""

    def __getstate__(self):
        return dict(vars(self))


@pytest.mark.parametrize("how", ["pickle", "deepcopy"])
def test_a_wrapper_can_be_copied(how):
    """What sets the values after its load is no obstacle, and the copy has one of its own."""
    from .test_torch import copies

    _, optimizer = make(KeepsAll)
    scheduler = TorchScheduler(optimizer, CODE, step=3)
    state = copy.deepcopy(optimizer.state_dict())
    twin, its_scheduler = copies((optimizer, scheduler))[how]
    scheduler.set_step(9)
    twin.load_state_dict(state)
    assert its_scheduler.last_lr == [schedule(3) for schedule in CODE]
    alone = copies(optimizer)[how]
    alone.load_state_dict(state)
    assert [group["lr"] for group in alone.param_groups] == [schedule(3) for schedule in CODE]
    assert scheduler.last_lr == [schedule(9) for schedule in CODE]


def test_two_schedulers_follow_one_wrapper():
    _, optimizer = make(InPlace)
    state = copy.deepcopy(optimizer.state_dict())
    rate = TorchScheduler(optimizer, CODE, step=6)
    decay = TorchScheduler(optimizer, weight_decay=0.25)
    optimizer.load_state_dict(state)
    assert rate.last_lr == [schedule(6) for schedule in CODE]
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.25] * 2
    assert decay.last_lr == rate.last_lr
    del decay
    optimizer.load_state_dict(state)
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0] * 2


def test_optimizers_of_others_in_an_object_are_left_alone():
    """A trainer that an optimizer knows has the optimizers of other models."""

    class Trainer:
        def __init__(self, *optimizers):
            self.optimizers = list(optimizers)

    one, other = momentum(linear(0).parameters()), momentum(linear(1).parameters())
    one.trainer = Trainer(one, other)
    assert TorchScheduler(one, RATE, step=3).last_lr == [RATE(3)]
    assert other.param_groups[0]["lr"] == 7.0


@pytest.mark.parametrize("kind", [SGD, AdamW])
def test_rates_that_are_written_behind_the_hooks_of_a_load_are_not_used(kind):
    """As those of a `load_state_dict` that was replaced after the scheduler was made."""
    model = linear()
    optimizer = kind(model.parameters(), lr=7.0)
    scheduler = TorchScheduler(optimizer, RATE, step=6)
    state, load = copy.deepcopy(optimizer.state_dict()), optimizer.load_state_dict

    def load_and_write(state):
        load(state)
        optimizer.param_groups[0]["lr"] = 5.0

    optimizer.load_state_dict = load_and_write
    optimizer.load_state_dict(state)
    gradients([model])
    LOOKED.clear()
    handle = optimizer.register_step_pre_hook(look)
    optimizer.step()
    handle.remove()
    assert [*LOOKED, *scheduler.last_lr] == [RATE(6)] * 2


# Optimizers inside that no attribute holds.


def enclosing(first, *others):
    """A container whose step encloses its parts."""
    parts = [first, *others]

    class Encloses(Shows):
        def keep(self, parts):
            pass

        def step(self, closure=None):
            first.step()
            for other in others:
                other.step()

    return Encloses(*parts)


def replaced(*parts):
    """A container whose `step` is a function of its own."""
    box = OneGroup([{"params": part.param_groups[0]["params"]} for part in parts])
    del box.parts
    box.step = lambda closure=None: [part.step() for part in parts]
    return box


class Later(Shows):
    """Makes its parts at the first step."""

    def keep(self, parts):
        self.models = [part.param_groups[0]["params"] for part in parts]
        self.parts = []

    def step(self, closure=None):
        if not self.parts:
            self.parts = [momentum(weights) for weights in self.models]
        for part in self.parts:
            part.step()


@pytest.mark.parametrize("kind", [enclosing, replaced, Later])
def test_parts_that_are_enclosed_or_made_later_train_at_the_rate_that_is_reported(kind):
    models = linear(0), linear(1)
    optimizer = kind(*(momentum(model.parameters()) for model in models))
    scheduler = TorchScheduler(optimizer, [schedule + 0.01 for schedule in CODE])
    for _ in range(4):
        before = [[weights.detach().clone() for weights in model.parameters()] for model in models]
        gradients(models)
        reported = scheduler.last_lr
        optimizer.step()
        after = [[weights.detach() for weights in model.parameters()] for model in models]
        rates = [(old[0] - new[0]).mean().item() for old, new in zip(before, after, strict=True)]
        assert rates == pytest.approx([rate * velocity(scheduler.last_epoch) for rate in reported], rel=1e-4)
        scheduler.step()


def velocity(step):
    """The velocity of momentum 0.9 after equal gradients of 1."""
    return sum(0.9**k for k in range(step + 1))


HIDDEN = {}


class Hides(Shows):
    """Its parts are where no search finds them."""

    def keep(self, parts):
        HIDDEN["parts"] = parts

    parts = property(lambda self: HIDDEN["parts"])


class HidesWithoutHooks(Optimizer):
    """Is not initialised as an optimizer, either."""

    def __init__(self, *parts):
        HIDDEN["parts"] = parts
        self.param_groups = [{"params": part.param_groups[0]["params"], "lr": 7.0} for part in parts]

    step = Both.step
    parts = property(lambda self: HIDDEN["parts"])


class StepReplaced(Hides):
    """Its step is a function of its own, which calls no hooks."""

    def __init__(self, *parts):
        super().__init__(*parts)
        self.step = partial(self.step_all, HIDDEN)

    @staticmethod
    def step_all(held, closure=None):
        for part in held["parts"]:
            part.step()


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize("kind", [Hides, HidesWithoutHooks, StepReplaced])
def test_parts_that_no_search_finds_are_refused_before_they_train(kind, loaded):
    models, optimizer = make(kind)
    scheduler = TorchScheduler(optimizer, CODE, step=3)
    if loaded:
        scheduler.load_state_dict(scheduler.state_dict())
    before = [weights.detach().clone() for weights in models[0].parameters()]
    gradients(models)
    with pytest.raises(ValueError, match="must set the groups that train") as caught:
        optimizer.step()
    assert str(caught.value) == (
        f"TorchScheduler({kind.__name__}) must set the groups that train, and another optimizer (SGD), which it does "
        "not hold, trains their parameters; schedule the optimizers that train, TorchScheduler([first, second], "
        "schedule)."
    )
    assert all(old.equal(new) for old, new in zip(before, models[0].parameters(), strict=True))
    models, optimizer = make(kind)
    scheduler = TorchScheduler(list(HIDDEN["parts"]), CODE, step=3)
    gradients(models)
    optimizer.step()
    assert [part.param_groups[0]["lr"] for part in optimizer.parts] == scheduler.last_lr
    assert scheduler.last_lr == [schedule(3) for schedule in CODE]


def test_parts_that_train_what_is_not_scheduled_are_left_alone():
    models, optimizer = make(Hides)
    first, _ = HIDDEN["parts"]
    optimizer.first = first
    TorchScheduler(optimizer, [CODE[0], None], step=3)
    gradients(models)
    optimizer.step()
    assert [part.param_groups[0]["lr"] for part in HIDDEN["parts"]] == [CODE[0](3), 7.0]


@pytest.mark.parametrize("kind", [SGD, Both, Hides, HidesWithoutHooks])
def test_no_hook_is_left_in_torch(kind):
    from torch.optim import optimizer as module

    models, optimizer = make(kind) if kind is not SGD else ([linear()], momentum(linear().parameters()))
    hooks = module._global_optimizer_pre_hooks
    scheduler = TorchScheduler(optimizer, CODE[0])
    assert len(hooks) == (kind is HidesWithoutHooks)
    gradients(models)
    if kind in (Hides, HidesWithoutHooks):
        with pytest.raises(ValueError, match="which it does not hold"):
            optimizer.step()
    else:
        optimizer.step()
    assert not hooks
    assert scheduler.last_epoch == 0


def test_a_scheduler_that_is_gone_leaves_no_hook():
    from torch.optim import optimizer as module

    _, optimizer = make(HidesWithoutHooks)
    scheduler = TorchScheduler(optimizer, CODE[0])
    assert module._global_optimizer_pre_hooks
    del scheduler
    assert not module._global_optimizer_pre_hooks


@pytest.mark.parametrize("kind", [SGD, Both])
def test_another_optimizer_of_the_same_parameters_is_no_part(kind):
    """Phases: one optimizer trains first, then the other."""
    model = linear()
    first, second = (kind(momentum(model.parameters())) if kind is Both else momentum(model.parameters()) for _ in "ab")
    schedulers = [TorchScheduler(each, RATE, step=number) for number, each in enumerate((first, second), 1)]
    for optimizer, scheduler in zip((first, second), schedulers, strict=True):
        for _ in range(4):
            gradients([model])
            optimizer.step()
            scheduler.step()
    assert [scheduler.last_epoch for scheduler in schedulers] == [5, 6]
