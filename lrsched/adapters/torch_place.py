"""Where a hyperparameter stands in the groups of a PyTorch optimizer: under a key, or in the tuple under a key."""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

from torch import Tensor

from ..checks import brief, guess
from .torch_groups import Group, refuse
from .torch_numbers import fill, is_one_number

__all__ = ["Place"]


class Place:
    """A key of the groups, or a part of the tuple under a key."""

    def __init__(self, name: str, given: Any) -> None:
        self.name, self.given = name, given
        part = re.fullmatch(r"(\w+)\[(\d+)\]", name)
        self.key: str = part[1] if part else name
        self.index = int(part[2]) if part else None

    def read(self, group: Group) -> Any:
        """The value of a group."""
        return group[self.key] if self.index is None else group[self.key][self.index]

    def write(self, group: Group, value: Any) -> None:
        """Assign the value of a group; a tensor is filled in place."""
        current = group[self.key] if self.index is None else group[self.key][self.index]
        if isinstance(current, Tensor):
            fill(current, value)
        else:
            self.replace(group, value)

    def replace(self, group: Group, value: Any) -> None:
        """Assign the value of a group, whatever is there."""
        if self.index is not None:
            parts = group[self.key]
            value = (*parts[: self.index], value, *parts[self.index + 1 :])
        group[self.key] = value

    def part_tensors(self, groups: Sequence[Group]) -> None:
        """Give each group a tensor of its own: groups that took theirs from the defaults share one."""
        seen: set[int] = set()
        for group in groups:
            value = group.get(self.key)
            if self.index is not None and isinstance(value, (tuple, list)):
                value = dict(enumerate(value)).get(self.index)
            if isinstance(value, Tensor):
                if id(value) in seen:
                    self.replace(group, value.detach().clone().requires_grad_(value.requires_grad))
                seen.add(id(value))

    def check(self, owner: str, number: int, group: Group) -> None:
        """Refuse a group that has no number there."""
        if self.key not in group or self.key == "params":
            known = sorted(key for key in group if key not in ("params", "initial_lr"))
            self._refuse(f"must be a hyperparameter of {owner}", guess(self.key, known))
        place, value = f'param_groups[{number}]["{self.key}"]', group[self.key]
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
        elif not is_one_number(value):
            self._refuse(f"must set a number, but {place} is {brief(value)}", "only numbers have schedules", TypeError)

    def _refuse(self, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
        refuse(self.name, self.given, demand, remedy, kind)
