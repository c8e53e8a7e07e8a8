"""One hyperparameter of a PyTorch optimizer: where it stands in the groups, and how its values are written there."""

import re
from collections.abc import Sequence
from math import inf
from typing import Any, Final, NoReturn

from torch import Tensor
from torch.optim import Optimizer

from ..core.checks import brief, guess
from ..core.namespaces import is_number
from ..core.schedule import Schedule
from .torch_groups import Given, Group, config_of, refuse, schedules_of

__all__ = ["Hyperparameter"]

LIMITS: Final = {
    **dict.fromkeys(("lr", "weight_decay", "momentum", "eps", "alpha", "rho"), (0.0, inf)),
    "betas": (0.0, 1.0),
}
"""What torch's optimizers demand of the values that they are made with: at least the first, below the second."""


class Hyperparameter:
    """A key of the groups, or a part of the tuple under a key, and the schedules that it follows."""

    def __init__(self, name: str, given: Given) -> None:
        self.name, self.given = name, given
        part = re.fullmatch(r"(\w+)\[(\d+)\]", name)
        self.key: str = part[1] if part else name
        self.index = int(part[2]) if part else None
        self.low, self.high = LIMITS.get(self.key, (-inf, inf))
        self.scaled = self.key == "lr" and isinstance(given, Schedule)
        self.schedules: list[Schedule | None] = []
        self.scheduled: list[tuple[Group, Schedule]] = []

    def find_groups(self, optimizer: Optimizer) -> None:
        """Find the schedule of each group, and check that the group can have its values."""
        groups = optimizer.param_groups
        for number, group in enumerate(groups):
            self._check_place(type(optimizer).__name__, f'param_groups[{number}]["{self.key}"]', group)
        self.schedules = schedules_of(self.name, self.given, groups)
        pairs = zip(groups, self.schedules, strict=True)
        self.scheduled = [(group, schedule) for group, schedule in pairs if schedule is not None]
        for schedule in {id(schedule): schedule for _, schedule in self.scheduled}.values():
            self._check_values(schedule)
        self._part_tensors(groups)

    def set_values(self, step: int) -> None:
        """Assign the value for update `step` to every group; a tensor is filled in place."""
        key, index, low, high = self.key, self.index, self.low, self.high
        latest, common = None, 0.0
        for group, schedule in self.scheduled:
            if schedule is not latest:
                latest, common = schedule, float(schedule(step))
            value = common * group["lr_scale"] if self.scaled and "lr_scale" in group else common
            if not low <= value < high:
                self._check_value(schedule, step, value)
            current = group[key] if index is None else group[key][index]
            if isinstance(current, Tensor):
                current.fill_(value)
            elif index is None:
                group[key] = value
            else:
                self._write(group, value)

    def config(self) -> Any:
        """The config of the schedule, or of each group's; None for one that no config can hold."""
        given = self.given
        return config_of(given) if isinstance(given, Schedule) else [config_of(schedule) for schedule in self.schedules]

    # Its place in a group.

    def _write(self, group: Group, value: Any) -> None:
        if self.index is not None:
            parts = group[self.key]
            value = (*parts[: self.index], value, *parts[self.index + 1 :])
        group[self.key] = value

    def _part_tensors(self, groups: Sequence[Group]) -> None:
        """Give each group a tensor of its own: groups that took theirs from the defaults share one."""
        seen: set[int] = set()
        for group in groups:
            value = group[self.key] if self.index is None else group[self.key][self.index]
            if isinstance(value, Tensor):
                if id(value) in seen:
                    self._write(group, value.clone())
                seen.add(id(value))

    # Checks.

    def _refuse(self, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
        refuse(self.name, self.given, demand, remedy, kind)

    def _check_place(self, owner: str, place: str, group: Group) -> None:
        if self.key not in group or self.key == "params":
            known = sorted(key for key in group if key != "params")
            self._refuse(f"must be a hyperparameter of {owner}", guess(self.key, known))
        value = group[self.key]
        is_tuple = isinstance(value, (tuple, list))
        if self.index is None and is_tuple:
            self._refuse(f"must be a part of {place}, which is {brief(value)}", f'write "{self.key}[0]"', TypeError)
        if self.index is not None:
            if not is_tuple:
                self._refuse(f"must be a part, but {place} is no tuple", f'write "{self.key}"', TypeError)
            if self.index >= len(value):
                self._refuse(f"must be a part of {place}, which has {len(value)}", "the first is [0]")
            value = value[self.index]
        if isinstance(value, Tensor):
            if not value.is_floating_point():
                self._refuse(f"must fill {place}, which is of {value.dtype}", "make it torch.float32", TypeError)
        elif isinstance(value, bool) or not is_number(value):
            self._refuse(f"must set a number, but {place} is {brief(value)}", "only numbers have schedules", TypeError)

    def _check_values(self, schedule: Schedule) -> None:
        """Refuse a schedule for its values where its pieces meet, so that most errors come before the training."""
        for step in (0, *schedule.boundaries, schedule.length):
            if is_number(step):
                self._check_value(schedule, step, float(schedule(step)))

    def _check_value(self, schedule: Schedule, step: Any, value: float) -> None:
        if self.low <= value < self.high:
            return
        demand, remedy = "must be finite", "describe() shows its values"
        if value < self.low:
            demand, remedy = f"must be at least {self.low:g}", f"lrsched.clamp_min(schedule, {self.low:g}) keeps it so"
        elif self.high <= value < inf:
            demand, remedy = f"must be below {self.high:g}", "lrsched.clamp_max(schedule, 0.999) keeps it so"
        refuse(self.name, schedule, f"{demand}, and is {value:g} at step {step}", remedy)
