"""Which optimizers take a step: for the first updates, since an optimizer may train by another that no search finds."""

import weakref
from typing import Any, Final, Protocol

import torch
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.hooks import RemovableHandle

__all__ = ["Watch"]

FEW: Final = 3
"""How many updates are watched, after which all optimizers inside have usually taken a step."""


class Watcher(Protocol):
    """What is told of the optimizers."""

    def before_step_of(self, optimizer: Optimizer) -> None:
        """Look whether its values are set."""
        ...


class Watch:
    """Tells a watcher of each optimizer that is about to take a step, while it is open; holds no reference to it.

    It is open during updates, and not between them: what torch compiles is compiled with no hook of ours.
    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        self.left = FEW
        self.handle: RemovableHandle | None = None
        self.watcher = None if watcher is None else weakref.ref(watcher)
        if watcher is not None:
            weakref.finalize(watcher, self.close)

    def open(self) -> None:
        """Begin, unless enough updates were watched."""
        if self.left and self.handle is None:
            self.left -= 1
            self.handle = register_optimizer_step_pre_hook(self)

    def again(self) -> None:
        """Watch the next updates as well."""
        self.close()
        self.left = FEW

    def close(self) -> None:
        """Take the hook out of torch."""
        if self.handle is not None:
            self.handle.remove()
            self.handle = None

    def __call__(self, optimizer: Optimizer, *_: Any) -> None:
        """Tell the watcher."""
        watcher = None if self.watcher is None or torch.compiler.is_compiling() else self.watcher()
        if watcher is not None:
            watcher.before_step_of(optimizer)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of a scheduler makes a watch of its own."""
        return Watch, ()
