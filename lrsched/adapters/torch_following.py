"""When an optimizer loads a state, takes a step or is saved: what a TorchScheduler does then."""

import weakref
from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch.optim import Optimizer

from .torch_groups import Group

__all__ = ["Follower", "follow"]


class Follower(Protocol):
    """What is told of an optimizer."""

    @property
    def kept_keys(self) -> tuple[str, ...]:
        """Keys of a group that say what its schedule is: as the schedule itself, they stay those of the code."""
        ...

    def knows(self, group: Group) -> bool:
        """Whether a group was there when the values were last set."""
        ...

    def set_again(self) -> None:
        """Set the values in an optimizer that was loaded."""
        ...

    def before_update(self) -> None:
        """Look whether the values are in force."""
        ...


def follow(optimizers: Iterable[Optimizer], follower: Follower, lent: list[Group]) -> None:
    """Tell a follower of the updates and loads of some optimizers, which hold no reference to it.

    The initial rates that were written into groups for the schedulers of torch, `lent`, are taken back before the first
    update, load or save.
    """
    reference = weakref.ref(follower)
    for optimizer in optimizers:
        if hasattr(optimizer, "_optimizer_load_state_dict_post_hooks"):  # not where Optimizer.__init__ was left out
            _hook(optimizer, reference, lent)
        if type(optimizer).load_state_dict is not Optimizer.load_state_dict:
            _after_own_load(optimizer, reference)


def _take_back(optimizer: Optimizer, lent: list[Group]) -> None:
    """Remove initial rates that nobody needs, unless a scheduler of torch was built: a checkpoint would keep them."""
    if lent and not hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        for group in lent:
            group.pop("initial_lr", None)
    lent.clear()


def _hook(optimizer: Optimizer, reference: "weakref.ref[Follower]", lent: list[Group]) -> None:
    before: list[tuple[bool, Group]] = []

    def remember(loaded: Optimizer, _: Any) -> None:
        _take_back(loaded, lent)
        follower = reference()
        if follower is not None:
            before[:] = [
                (follower.knows(group), {key: group[key] for key in follower.kept_keys if key in group})
                for group in loaded.param_groups
            ]

    def restore(loaded: Optimizer) -> None:
        follower = reference()
        if follower is not None:
            for group, (known, ours) in zip(loaded.param_groups, before, strict=False):
                for key in follower.kept_keys if known else ():  # of a group that has just joined, the checkpoint knows
                    group.pop(key, None)
                group.update(ours)
            follower.set_again()

    def look(used: Optimizer, *_: Any) -> None:
        if not torch.compiler.is_compiling():
            _take_back(used, lent)
            follower = reference()
            if follower is not None:
                follower.before_update()

    optimizer.register_load_state_dict_pre_hook(remember)
    optimizer.register_load_state_dict_post_hook(restore)
    optimizer.register_step_pre_hook(look)
    optimizer.register_state_dict_pre_hook(lambda saved: _take_back(saved, lent))


class LoadThenSet:
    """The `load_state_dict` of an optimizer whose class has its own, which may rewrite the groups after the hooks."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = weakref.ref(optimizer)
        self.patched = vars(optimizer).get("load_state_dict")
        self.followers: list[weakref.ref[Follower]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Load, then set the values again."""
        optimizer: Any = self.optimizer()
        if self.patched is None:
            result = type(optimizer).load_state_dict(optimizer, *args, **kwargs)
        else:  # by somebody else
            result = self.patched(*args, **kwargs)
        for reference in self.followers:
            follower = reference()
            if follower is not None:
                follower.set_again()
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of the optimizer begins without followers, as it does without hooks."""
        return LoadThenSet, (self.optimizer(),)


def _after_own_load(optimizer: Any, reference: "weakref.ref[Follower]") -> None:
    load = vars(optimizer).get("load_state_dict")
    if not isinstance(load, LoadThenSet):
        load = optimizer.load_state_dict = LoadThenSet(optimizer)
    load.followers.append(reference)
