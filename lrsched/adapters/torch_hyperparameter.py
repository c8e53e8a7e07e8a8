"""One hyperparameter of a PyTorch optimizer: the schedules of the groups, and how their values are written there."""

from math import inf, nan
from numbers import Real
from typing import Any, Final

from torch import Tensor
from torch.optim import Optimizer

from ..core.checks import brief
from ..core.libraries import is_number
from ..core.schedule import Schedule
from .torch_groups import Given, Group, refuse, schedules_of
from .torch_place import Place, as_float, fill
from .torch_state import config_of

__all__ = ["Hyperparameter"]

LIMITS: Final = {
    **dict.fromkeys(("lr", "weight_decay", "momentum", "eps", "alpha", "rho"), (0.0, inf)),
    "betas": (0.0, 1.0),
}
"""What torch's optimizers demand of the values that they are made with: at least the first, below the second."""


class Hyperparameter:
    """A key of the groups, or a part of the tuple under a key, and the schedules that it follows."""

    def __init__(self, name: str, given: Given) -> None:
        self.name, self.given, self.place = name, given, Place(name, given)
        self.low, self.high = LIMITS.get(self.place.key, (-inf, inf))
        self.scaled = name == "lr" and isinstance(given, Schedule)
        self.schedules: list[Schedule | None] = []
        self.scheduled: list[tuple[int, Group, Schedule]] = []

    def find_groups(self, optimizer: Optimizer) -> None:
        """Find the schedule of each group, and check that the group can have its values."""
        groups = optimizer.param_groups
        schedules = schedules_of(self.name, self.given, groups, self.schedules)
        pairs = enumerate(zip(groups, schedules, strict=True))
        scheduled = [(number, group, schedule) for number, (group, schedule) in pairs if schedule is not None]
        for number, group, _ in scheduled:
            self.place.check(type(optimizer).__name__, number, group)
            if self.scaled and "lr_scale" in group:
                self._scale(number, group)
        for schedule in {id(schedule): schedule for _, _, schedule in scheduled}.values():
            self._check_values(schedule)
        self.place.part_tensors(groups)
        if self.name == "lr":
            _keep_initial(groups)
        self.schedules, self.scheduled = schedules, scheduled

    def set_values(self, step: int) -> None:
        """Assign the value for update `step` to every group; a tensor is filled in place."""
        key, index, low, high = self.place.key, self.place.index, self.low, self.high
        latest, common = None, 0.0
        for number, group, schedule in self.scheduled:
            if schedule is not latest:
                latest, common = schedule, schedule(step)
                if type(common) is not float:
                    common = as_float(common)
            value = common * self._scale(number, group) if self.scaled and "lr_scale" in group else common
            if not low <= value < high:
                self._check_value(schedule, step, value)
            current = group[key] if index is None else group[key][index]
            if isinstance(current, Tensor):
                fill(current, value)
            elif index is None:
                group[key] = value
            else:
                self.place.write(group, value)

    def config(self) -> Any:
        """The config of the schedule, or of each group's; None for one that no config can hold."""
        given = self.given
        return config_of(given) if isinstance(given, Schedule) else [config_of(schedule) for schedule in self.schedules]

    def _scale(self, number: int, group: Group) -> float:
        """The `"lr_scale"` of a group, which was not made by torch."""
        scale = group["lr_scale"]
        if type(scale) is float and 0.0 <= scale < inf:
            return scale
        is_one = scale.numel() == 1 if isinstance(scale, Tensor) else isinstance(scale, Real)
        is_one = is_one and not isinstance(scale, bool)
        value = as_float(scale) if is_one else nan
        if not 0.0 <= value < inf:
            demand = f'must be scaled by a finite number >= 0, but param_groups[{number}]["lr_scale"] is {brief(scale)}'
            refuse(self.name, self.given, demand, "1.0 changes nothing", ValueError if is_one else TypeError)
        return value

    def _check_values(self, schedule: Schedule) -> None:
        """Refuse a schedule for its values where its pieces meet, so that most errors come before the training."""
        for step in (0, *schedule.boundaries, schedule.length):
            if is_number(step):
                self._check_value(schedule, step, as_float(schedule(step)))

    def _check_value(self, schedule: Schedule, step: Any, value: float) -> None:
        if self.low <= value < self.high:
            return
        demand, remedy = "must be finite", "describe() shows its values"
        if value < self.low:
            demand, remedy = f"must be at least {self.low:g}", f"lrsched.clamp_min(schedule, {self.low:g}) keeps it so"
        elif self.high <= value < inf:
            demand, remedy = f"must be below {self.high:g}", "lrsched.clamp_max(schedule, 0.999) keeps it so"
        refuse(self.name, schedule, f"{demand}, and is {value:g} at step {step}", remedy)


def _keep_initial(groups: list[Group]) -> None:
    """Keep the rates that groups were made with, where torch's schedulers look for them."""
    for group in groups:
        if "lr" in group:
            rate = group["lr"]
            group.setdefault("initial_lr", rate.detach().clone() if isinstance(rate, Tensor) else rate)
