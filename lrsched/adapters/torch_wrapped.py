"""Optimizers inside an optimizer: a wrapper's, those of a container, and the groups of them that train."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from torch.optim import Optimizer

from .torch_groups import Group
from .torch_hyperparameter import Seen

__all__ = ["inner_optimizers", "seen_groups"]

NOT_OPTIMIZERS: Final = ("param_groups", "state", "defaults")
"""What an optimizer keeps under these names is large, and no optimizer."""


def inner_optimizers(optimizer: Optimizer) -> dict[str, Optimizer]:
    """The optimizers that an optimizer holds, in attributes, lists and dicts, at any depth, by the way to them."""
    found: dict[str, Optimizer] = {}
    known = {id(optimizer)}
    waiting = [("optimizer", optimizer)]
    while waiting:
        path, holder = waiting.pop(0)
        for way, held in _held(holder):
            if id(held) not in known:
                known.add(id(held))
                found[path + way] = held
                waiting.append((path + way, held))
    return found


def _held(optimizer: Optimizer) -> Iterator[tuple[str, Optimizer]]:
    for name, value in vars(optimizer).items():
        if name in NOT_OPTIMIZERS:
            continue
        items: Any = [(f".{name}", value)]
        if isinstance(value, Mapping):
            items = [(f".{name}[{key!r}]", item) for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            items = [(f".{name}[{index}]", item) for index, item in enumerate(value)]
        for way, item in items:
            if isinstance(item, Optimizer):
                yield way, item


def seen_groups(optimizer: Optimizer, inner: Mapping[str, Optimizer]) -> list[Seen]:
    """Each group of an optimizer, with the groups of optimizers inside it that train its parameters.

    Raises ValueError where an optimizer inside trains parameters that no group has, or mixes those of several groups,
    and where a group inside has a scale of its own: its rate could not be that of a group which is seen.
    """
    groups: Sequence[Group] = optimizer.param_groups
    inner_groups: list[list[Group]] = [[] for _ in groups]
    known = {id(group) for group in groups}
    if all(id(group) in known for each in inner.values() for group in each.param_groups):
        return [Seen(group) for group in groups]
    place = {id(weights): number for number, group in enumerate(groups) for weights in group["params"]}
    for path, each in inner.items():
        for group in each.param_groups:
            numbers = {place.get(id(weights)) for weights in group["params"]}
            if id(group) in known or not numbers:
                continue
            number = numbers.pop()
            if number is None or numbers:
                how = "trains parameters that are in none" if number is None else "mixes the parameters of several"
                _refuse(optimizer, path, each, f"{how} of its groups")
            scale = group.get("lr_scale")
            if scale is not None and scale != groups[number].get("lr_scale"):
                _refuse(optimizer, path, each, f'has another "lr_scale" than param_groups[{number}]')
            inner_groups[number].append(group)
    return [Seen(group, found) for group, found in zip(groups, inner_groups, strict=True)]


def _refuse(optimizer: Optimizer, path: str, inner: Optimizer, why: str) -> NoReturn:
    raise ValueError(
        f"TorchScheduler({type(optimizer).__name__}) must set the groups that train, and {path} "
        f"({type(inner).__name__}) {why}; schedule each part, TorchScheduler({path}, schedule)."
    )
