"""What TorchScheduler is called with: the optimizer, the first step, and what each hyperparameter is given as."""

from collections.abc import Mapping
from typing import Any

from torch.optim import Optimizer

from ..checks import brief, is_list
from .torch_groups import ByGroup
from .torch_state import counted
from .torch_together import Together

__all__ = ["all_given", "first_step", "is_relative", "one_optimizer"]


def one_optimizer(optimizer: Any) -> Optimizer:
    """An optimizer; several in a list are one."""
    if is_list(optimizer):
        return Together(*optimizer)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"TorchScheduler({brief(optimizer)}) must be a torch.optim.Optimizer, not {type(optimizer).__name__}; "
            "the optimizer comes first, then the schedule."
        )
    return optimizer


def first_step(step: Any, last_epoch: Any) -> Any:
    """The number of completed updates, which one of the two gives."""
    if last_epoch != -1 and step:
        raise TypeError(f"TorchScheduler(step={step}, last_epoch={last_epoch}) counts twice; leave one out.")
    first = counted(step) if last_epoch == -1 else counted(last_epoch) + 1
    if first < 0:
        raise ValueError(f"TorchScheduler(step={first}) must be at least 0; no update is completed at 0.")
    return first


def all_given(schedule: Any, by_group: Any, hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """What each hyperparameter was given as."""
    chosen = by_group if isinstance(by_group, Mapping) else {} if by_group is None else {"lr": by_group}
    parts = [{} if schedule is None else {"lr": schedule}, {name: ByGroup(f) for name, f in chosen.items()}]
    given: dict[str, Any] = {}
    for part in (*parts, hyperparameters):
        for name, value in part.items():
            if name in given:
                raise TypeError(f"TorchScheduler({name}=...) is given twice; leave one out.")
            given[name] = value
    if not given:
        raise TypeError("TorchScheduler(optimizer) must be given what to set; give a schedule.")
    return given


def is_relative(relative_to: Any, given: Mapping[str, Any]) -> bool:
    """Whether the schedule of the rate is a factor of the groups' own rates."""
    if relative_to is None:
        return False
    call = f"TorchScheduler(relative_to={brief(relative_to)})"
    if relative_to != "groups":
        raise ValueError(
            f'{call} must be None or "groups"; "groups" multiplies the rates that the groups were made with.'
        )
    rate = given.get("lr")
    if rate is None or is_list(rate) or isinstance(rate, (Mapping, ByGroup)):
        raise TypeError(f"{call} must come with one schedule for all groups, lr=; give a factor of their rates.")
    return True
