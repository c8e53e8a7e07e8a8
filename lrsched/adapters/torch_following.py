"""What `load_state_dict` of a PyTorch optimizer brings back, and what stays as the code has it."""

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final

from torch.optim import Optimizer

from .torch_groups import Group

__all__ = ["follow_loading"]

OURS: Final = ("name", "lr_scale")
"""Keys of a group that say what its schedule is: as the schedule itself, they stay those of the code."""

INNER: Final = ("optimizer", "_base_optimizer", "base_optimizer")
"""Where the wrappers of Accelerate, of timm, and of others keep the optimizer that they wrap."""


def follow_loading(optimizer: Optimizer, set_again: Callable[[Optimizer], None]) -> None:
    """Call a method with the optimizer after each `load_state_dict`, once its groups are named and scaled as before.

    The hooks hold no reference to the object of the method, and do nothing once it is gone.
    """
    method = weakref.WeakMethod(set_again)
    for each in _with_wrapped(optimizer):
        if hasattr(each, "_optimizer_load_state_dict_post_hooks"):  # not where Optimizer.__init__ was left out
            _follow(each, method)


def _with_wrapped(optimizer: Any) -> Iterator[Optimizer]:
    """The optimizer, and those that it is wrapped around: either may be what is loaded."""
    yield optimizer
    for name in INNER:
        inner = getattr(optimizer, name, None)
        if isinstance(inner, Optimizer):
            yield from _with_wrapped(inner)


def _follow(optimizer: Optimizer, method: "weakref.WeakMethod[Callable[[Optimizer], None]]") -> None:
    before: list[Group] = []

    def remember(loaded: Optimizer, _: Any) -> None:
        before[:] = [{key: group[key] for key in OURS if key in group} for group in loaded.param_groups]

    def restore(loaded: Optimizer) -> None:
        set_again = method()
        if set_again is None:
            return
        for group, ours in zip(loaded.param_groups, before, strict=False):
            for key in OURS:
                group.pop(key, None)
            group.update(ours)
        set_again(loaded)

    optimizer.register_load_state_dict_pre_hook(remember)
    optimizer.register_load_state_dict_post_hook(restore)
