"""Optimizers inside an optimizer: a wrapper's, those of a container, and the groups of them that train."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from types import ModuleType
from typing import Any, Final, NoReturn

from torch import Tensor
from torch.optim import Optimizer

from .torch_groups import Group
from .torch_hyperparameter import Seen

__all__ = ["inner_optimizers", "seen_groups"]

NOT_OPTIMIZERS: Final = ("param_groups", "state", "defaults")
"""Attributes of an optimizer that are large, and hold no optimizers."""

NOT_COLLECTIONS: Final = (str, bytes, bytearray, range)

NOT_HOLDERS: Final = (Tensor, type, ModuleType)
"""Objects with attributes, none of which is an optimizer of the one that holds them."""


def inner_optimizers(optimizer: Optimizer) -> dict[str, Optimizer]:
    """The optimizers that an optimizer holds, at any depth of attributes and collections, by the way to them.

    An object that has groups is one, whatever its class. Another object that an optimizer holds may hold optimizers as
    well; those are taken that train parameters of the groups, since a trainer holds others too.
    """
    found: dict[str, Any] = {}
    weights = _weights(optimizer)
    known = {id(optimizer)}
    waiting = deque((path, value, False) for path, value in _attributes("optimizer", optimizer))
    while waiting:
        path, value, aside = waiting.popleft()
        if id(value) in known:
            continue
        known.add(id(value))
        if isinstance(getattr(value, "param_groups", None), list):
            if not aside or weights & _weights(value):
                found[path] = value
                waiting += [(*each, False) for each in _attributes(path, value)]
        elif isinstance(value, (Mapping, Sequence, Set)):
            waiting += [(*each, aside) for each in _items(path, value)]
        elif not aside and not isinstance(value, NOT_HOLDERS):
            waiting += [(*each, True) for each in _attributes(path, value)]
    return found


def _weights(optimizer: Any) -> set[int]:
    """The parameters that an optimizer trains, by identity."""
    return {id(weights) for group in optimizer.param_groups for weights in group["params"]}


def _items(path: str, collection: Any) -> Iterator[tuple[str, Any]]:
    """The items of a collection, each by an expression of its own."""
    if isinstance(collection, NOT_COLLECTIONS):
        return
    if isinstance(collection, Mapping):
        for index, (key, item) in enumerate(collection.items()):
            yield (f"{path}[{key!r}]" if isinstance(key, (str, int)) else f"list({path}.values())[{index}]"), item
    else:
        place = path if isinstance(collection, Sequence) else f"list({path})"
        yield from ((f"{place}[{index}]", item) for index, item in enumerate(collection))


def _attributes(path: str, holder: object) -> list[tuple[str, Any]]:
    slots = [getattr(kind, "__slots__", ()) for kind in type(holder).__mro__]
    names = [name for each in slots for name in ([each] if isinstance(each, str) else each)]
    attributes = {name: getattr(holder, name, None) for name in names if not name.startswith("__")}
    attributes |= getattr(holder, "__dict__", {})
    return [(f"{path}.{name}", value) for name, value in attributes.items() if name not in NOT_OPTIMIZERS]


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
