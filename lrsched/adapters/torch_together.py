"""Several PyTorch optimizers as one, such as Muon for the matrices and AdamW for the rest."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NoReturn

import torch
from torch.optim import Optimizer

from ..checks import brief
from .torch_groups import Group

__all__ = ["Together"]


class Together(Optimizer):
    """Several optimizers as one: its groups are theirs, one after another, and so is its state.

    It is for loops and trainers that take one optimizer, and for one `TorchScheduler` that leaves no group unscheduled.
    A state dict has the form of a single optimizer's. Groups are added to a part, which is in `optimizers`.

    Args:
        *optimizers: the parts, whose parameters differ.

    Raises TypeError for what is no optimizer, and ValueError for a parameter that two of them train, for none at
    all, and for the state of other groups.

    >>> from torch import nn, optim
    >>> weights, bias = nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))
    >>> optimizer = Together(optim.Muon([weights], lr=0.02), optim.AdamW([bias], lr=3e-4))
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.02, 0.0003]
    """

    def __init__(self, *optimizers: Optimizer) -> None:
        for each in optimizers:
            if not isinstance(each, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance]  (callers are unchecked)
                kind = type(each).__name__
                raise TypeError(
                    f"Together({brief(each)}) must be a torch.optim.Optimizer, not {kind}; give optimizers."
                )
        if not optimizers:
            raise ValueError("Together() must be given optimizers; give Muon and AdamW, say.")
        self.__setstate__({"optimizers": list(optimizers)})
        known: set[int] = set()
        for weights in (weights for group in self.param_groups for weights in group["params"]):
            if id(weights) in known:
                shape = tuple(weights.shape)
                raise ValueError(
                    f"Together(...) must train each parameter once, and two optimizers have one of {shape}."
                )
            known.add(id(weights))

    @property
    def param_groups(self) -> list[Group]:  # pyright: ignore[reportIncompatibleVariableOverride]  (theirs, as they are)
        """The groups of all optimizers."""
        return [group for each in self.optimizers for group in each.param_groups]

    @property
    def state(self) -> dict[Any, Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The state of all optimizers, by parameter."""
        return {weights: state for each in self.optimizers for weights, state in each.state.items()}

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """An update of each optimizer; the closure is called once."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for each in self.optimizers:
            each.step()
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters."""
        for each in self.optimizers:
            each.zero_grad(set_to_none)

    def add_param_group(self, param_group: Any) -> NoReturn:
        """A group belongs to one of the optimizers."""
        raise TypeError("Together.add_param_group must say whose; call optimizers[i].add_param_group(group).")

    def load_state_dict(self, state_dict: Any) -> None:
        """Give each optimizer its part of a state."""
        counts = [len(each.param_groups) for each in self.optimizers]
        saved = state_dict["param_groups"]
        if len(saved) != sum(counts):
            raise ValueError(f"Together.load_state_dict: {len(saved)} groups were saved, and there are {sum(counts)}.")
        starts = [sum(counts[:index]) for index in range(len(counts) + 1)]
        for each, (start, stop) in zip(self.optimizers, pairwise(starts), strict=True):
            groups = saved[start:stop]
            own = {name for group in groups for name in group["params"]}
            state = {name: value for name, value in state_dict["state"].items() if name in own}
            each.load_state_dict({"state": state, "param_groups": groups})

    def __getstate__(self) -> dict[str, Any]:
        return {"optimizers": self.optimizers}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.optimizers: list[Optimizer] = state["optimizers"]
        super().__setstate__({"defaults": {}})  # what Optimizer.__init__ sets, but for groups
