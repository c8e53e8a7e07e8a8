"""Optimizers inside an optimizer: a wrapper's, those of a container, and the groups of them that train."""

import inspect
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from types import ModuleType
from typing import Any, Final, NoReturn

from torch import Tensor
from torch.optim import Optimizer

from .torch_groups import Group
from .torch_hyperparameter import Seen

__all__ = ["inner_optimizers", "refuse_unseen", "seen_groups", "weights_of"]

NOT_OPTIMIZERS: Final = ("param_groups", "state", "defaults")
"""Attributes of an optimizer that are large, and hold no optimizers."""

NOT_COLLECTIONS: Final = (str, bytes, bytearray, range)

NOT_HOLDERS: Final = (Tensor, type, ModuleType)
"""Objects with attributes, none of which is an optimizer of the one that holds them."""


def inner_optimizers(optimizer: Optimizer) -> dict[str, Optimizer]:
    """The optimizers that an optimizer holds, at any depth of attributes and collections, by the way to them.

    An object that has groups is one, whatever its class. Another object that an optimizer holds may hold optimizers as
    well, and so may the variables that its `step` encloses; those are taken that train parameters of the groups, since
    a trainer holds others too.
    """
    found: dict[str, Any] = {}
    weights = weights_of(optimizer.param_groups)
    known = {id(optimizer)}
    waiting = deque(_held("optimizer", optimizer))
    while waiting:
        path, value, aside = waiting.popleft()
        if id(value) in known:
            continue
        known.add(id(value))
        if isinstance(getattr(value, "param_groups", None), list):
            if not aside or weights & weights_of(value.param_groups):
                found[path] = value
                waiting += _held(path, value)
        elif isinstance(value, (Mapping, Sequence, Set)):
            waiting += [(*each, aside) for each in _items(path, value)]
        elif not aside and not isinstance(value, NOT_HOLDERS):
            waiting += [(*each, True) for each in _attributes(path, value)]
    return found


def weights_of(groups: Iterable[Group]) -> set[int]:
    """The parameters in some groups, by identity."""
    return {id(weights) for group in groups for weights in group["params"]}


def _held(path: str, optimizer: Any) -> Iterator[tuple[str, Any, bool]]:
    """What an optimizer holds, and whether that may belong to somebody else as well."""
    yield from ((*each, False) for each in _attributes(path, optimizer))
    step: Any = inspect.unwrap(getattr(optimizer, "step", len))
    for name, cell in zip(*_enclosed(step), strict=True):
        try:
            yield name, cell.cell_contents, True
        except ValueError:  # a variable that has no value yet
            continue


def _enclosed(function: Any) -> tuple[Sequence[str], Sequence[Any]]:
    """The names and the cells of the variables that a function encloses."""
    cells = getattr(function, "__closure__", None)
    return (function.__code__.co_freevars, cells) if cells else ((), ())


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


def refuse_unseen(optimizer: Optimizer, unseen: Optimizer) -> NoReturn:
    """Refuse an optimizer that trains parameters of the groups, and is in no place where it is looked for."""
    raise ValueError(
        f"TorchScheduler({type(optimizer).__name__}) must set the groups that train, and another optimizer "
        f"({type(unseen).__name__}), which it does not hold, trains their parameters; schedule the optimizers that "
        "train, TorchScheduler([first, second], schedule)."
    )


def _refuse(optimizer: Optimizer, path: str, inner: Optimizer, why: str) -> NoReturn:
    raise ValueError(
        f"TorchScheduler({type(optimizer).__name__}) must set the groups that train, and {path} "
        f"({type(inner).__name__}) {why}; schedule each part, TorchScheduler({path}, schedule)."
    )
