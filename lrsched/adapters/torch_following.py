"""When an optimizer loads a state, takes a step or is saved: what a TorchScheduler does then."""

import weakref
from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch.optim import Optimizer

from .torch_groups import Group
from .torch_rates import warn

__all__ = ["Follower", "follow", "steps_with_hooks"]


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

    def before_update(self, optimizer: Optimizer) -> None:
        """Look whether the values are in force."""
        ...

    def after_update(self, optimizer: Optimizer) -> None:
        """The update is over."""
        ...


def follow(optimizers: Iterable[Optimizer], follower: Follower, lent: list[Group]) -> None:
    """Tell a follower of the updates and loads of some optimizers, which hold no reference to it.

    The initial rates that were written into groups for the schedulers of torch, `lent`, are taken back before the first
    update, load or save.
    """
    reference = weakref.ref(follower)
    for optimizer in optimizers:
        if _has_hooks(optimizer):
            hooks = Hooks(reference, lent)
            optimizer.register_load_state_dict_pre_hook(hooks.before_load)
            optimizer.register_load_state_dict_post_hook(hooks.after_load)
            optimizer.register_step_pre_hook(hooks.before_update)
            optimizer.register_step_post_hook(hooks.after_update)
            optimizer.register_state_dict_pre_hook(hooks.before_save)
        if getattr(type(optimizer), "load_state_dict", None) not in (None, Optimizer.load_state_dict):
            _after_own_load(optimizer, reference)


def _has_hooks(optimizer: Optimizer) -> bool:
    """Whether an optimizer has hooks: not where `Optimizer.__init__` was left out."""
    return hasattr(optimizer, "_optimizer_load_state_dict_post_hooks")


def steps_with_hooks(optimizer: Optimizer) -> bool:
    """Whether it calls them around its step: not where another function was put in its place, either."""
    return _has_hooks(optimizer) and getattr(optimizer.step, "hooked", False)


class Hooks:
    """What an optimizer calls; they do nothing once the follower is gone."""

    def __init__(self, reference: "weakref.ref[Follower] | None" = None, lent: list[Group] | None = None) -> None:
        self.reference, self.lent = reference, [] if lent is None else lent
        self.before: list[tuple[bool, Group]] = []

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of an optimizer with its hooks has no follower."""
        return Hooks, ()

    def follower(self) -> Follower | None:
        """What is told, while it is there."""
        return None if self.reference is None else self.reference()

    def before_load(self, optimizer: Optimizer, _: Any) -> None:
        """Remember the keys that stay those of the code."""
        self.before_save(optimizer)
        follower = self.follower()
        if follower is not None:
            self.before = [
                (follower.knows(group), {key: group[key] for key in follower.kept_keys if key in group})
                for group in optimizer.param_groups
            ]

    def after_load(self, optimizer: Optimizer) -> None:
        """Bring the remembered keys back, and set the values again."""
        follower = self.follower()
        if follower is not None:
            for number, (group, (known, ours)) in enumerate(zip(optimizer.param_groups, self.before, strict=False)):
                if known:  # of a group that has just joined, the checkpoint knows
                    _warn_of_scale(number, group.get("lr_scale"), ours.get("lr_scale"))
                for key in follower.kept_keys if known else ():
                    group.pop(key, None)
                group.update(ours)
            follower.set_again()

    def before_update(self, optimizer: Optimizer, *_: Any) -> None:
        """See whether the values are in force; not in a compiled update, which has nothing else to do."""
        if not torch.compiler.is_compiling():
            self.before_save(optimizer)
            follower = self.follower()
            if follower is not None:
                follower.before_update(optimizer)

    def after_update(self, optimizer: Optimizer, *_: Any) -> None:
        """Say that an update is over."""
        if not torch.compiler.is_compiling():
            follower = self.follower()
            if follower is not None:
                follower.after_update(optimizer)

    def before_save(self, optimizer: Optimizer) -> None:
        """Take back the initial rates, unless a scheduler of torch reads them: a checkpoint needs none of ours."""
        if self.lent and not hasattr(optimizer.step, "_wrapped_by_lr_sched"):
            for group in self.lent:
                group.pop("initial_lr", None)
        self.lent.clear()


def _warn_of_scale(number: int, saved: Any, ours: Any) -> None:
    """Warn of a scale that was saved and is another in the code: that of a group which joined a run, for one."""
    if saved is not None and saved != ours:
        now = "none" if ours is None else f"{ours}"
        warn(
            f'TorchScheduler: the "lr_scale" of param_groups[{number}] was {saved} when it was saved, and is {now} in '
            f'the code, which is used; write "lr_scale": {saved} into the group to keep it.'
        )


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
