"""One hyperparameter of a PyTorch optimizer: which schedule speaks for which group, and how its value is written."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any, Final, NoReturn, TypeAlias

from torch import Tensor
from torch.optim import Optimizer

from ..core.checks import brief, guess, name_of, sentence
from ..core.config import from_config, to_config
from ..core.namespaces import is_number
from ..core.schedule import Schedule

__all__ = ["Given", "Hyperparameter", "show_config"]

Group: TypeAlias = dict[str, Any]

Given: TypeAlias = (
    Schedule | Mapping[Any, Schedule | None] | Sequence[Schedule | None] | Callable[[Group], Schedule | None]
)
"""One schedule; or those of the groups, by index or name, in a list, or from a callable; None leaves a group alone."""

LIMITS: Final = {
    **dict.fromkeys(("lr", "weight_decay", "momentum", "eps", "alpha", "rho"), (0.0, inf)),
    "betas": (0.0, 1.0),
}
"""What torch's optimizers demand of the values that they are made with: at least the first, below the second."""


class Hyperparameter:
    """What a hyperparameter was given as, and the schedule of each group that follows from it."""

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
        self.schedules = self._by_group(groups)
        for schedule in {id(schedule): schedule for schedule in self.schedules}.values():
            if schedule is not None:
                self._check_values(schedule)
        self._part_tensors(groups)
        pairs = zip(groups, self.schedules, strict=True)
        self.scheduled = [(group, schedule) for group, schedule in pairs if schedule is not None]

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
        return _config(self.given) if isinstance(self.given, Schedule) else list(map(_config, self.schedules))

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

    def _refuse(self, demand: str, remedy: str, kind: type[Exception] = ValueError, given: Any = None) -> NoReturn:
        shown = _show(given or self.given)
        raise kind(sentence(f"TorchScheduler({self.name}={shown}) {demand}; {remedy}"))

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
        self._refuse(f"{demand}, and is {value:g} at step {step}", remedy, given=schedule)

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

    # From what was given to the schedule of each group.

    def _by_group(self, groups: Sequence[Group]) -> list[Schedule | None]:
        given: Any = self.given
        if isinstance(given, Schedule):
            return [given] * len(groups)
        if isinstance(given, Mapping):
            found = self._by_label(given, groups)
        elif isinstance(given, (list, tuple)):
            found = list(given)
            if len(found) != len(groups):
                self._refuse(f"must be {len(groups)} schedules, one a group, not {len(found)}", "None leaves one alone")
        elif callable(given) and not hasattr(given, "formula"):
            found = [self._ask(given, group) for group in groups]
        else:
            self._refuse_other(given)
        for schedule in found:
            if schedule is not None and not isinstance(schedule, Schedule):
                self._refuse_other(schedule)
        return found

    def _by_label(self, given: Mapping[Any, Any], groups: Sequence[Group]) -> list[Any]:
        labels = [(index, group["name"]) if "name" in group else (index,) for index, group in enumerate(groups)]
        for label in given:
            if not any(label in own for own in labels):
                known = ", ".join(repr(own[-1]) for own in labels)
                self._refuse(f"must name groups of the optimizer, and {label!r} is none", f"they are {known}")
        for own in labels:
            times = sum(label in given for label in own)
            if times != 1:
                how = "not named" if times == 0 else "named twice"
                self._refuse(f"must name each group once, and {own[-1]!r} is {how}", "None leaves a group alone")
        return [given[label] for own in labels for label in own if label in given]

    def _ask(self, given: Callable[[Group], Any], group: Group) -> Any:
        try:
            return given(group)
        except TypeError as error:
            demand = f"must be a callable group -> schedule, and fails with a group ({error})"
            text = f"TorchScheduler({self.name}={name_of(given)}) {demand}"
            raise TypeError(f"{text}; a function of the step is given as lrsched.shift(function, 0).") from error

    def _refuse_other(self, value: Any) -> NoReturn:
        remedy = "lrsched.linear(...) is one"
        if is_number(value):
            remedy = f"write lrsched.constant({value!r})"
        elif isinstance(value, str):
            remedy = "lrsched.parse(text) reads one"
        elif hasattr(value, "formula"):
            remedy = f"call it: {name_of(value)}(...)"
        self._refuse(f"must be a schedule, not {type(value).__name__}", remedy, TypeError, value)


def _show(given: Any) -> str:
    """What was given, as short as a message wants it."""
    if isinstance(given, Mapping):
        return f"{{{', '.join(f'{label!r}: ...' for label in given)}}}"
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(brief, given))}]"
    return name_of(given) if callable(given) and not isinstance(given, Schedule) else brief(given)


# Schedules as a saved state holds them.


def _config(schedule: Schedule | None) -> Any:
    try:
        return None if schedule is None else to_config(schedule)
    except ValueError:
        return None


def show_config(config: Any) -> str:
    """A saved config as the call that it stands for, where that can be read."""
    if isinstance(config, list):
        return f"[{', '.join(map(show_config, config))}]"
    try:
        return repr(from_config(config)) if config else "None"
    except (TypeError, ValueError):
        return brief(config)
