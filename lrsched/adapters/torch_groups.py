"""What a hyperparameter of a PyTorch optimizer was given as: the schedule of each group."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from ..checks import brief, is_factory, is_list, name_of, nearest, sentence
from ..core.registry import find
from ..core.schedule import Schedule
from .torch_numbers import as_float, is_one_number

__all__ = ["ByGroup", "Given", "Group", "One", "read_given", "refuse", "schedules_of"]

Group: TypeAlias = dict[str, Any]

One: TypeAlias = Schedule | float | Callable[[Any], Any]
"""A schedule, a number that stays, or a callable `step -> value`."""

Given: TypeAlias = One | Mapping[Any, One | None] | Sequence[One | None]
"""One for all groups, or one for each, by name or index or in a list; None leaves a group alone."""


@dataclass(frozen=True)
class ByGroup:
    """A callable `group -> schedule`, which is asked once for each group."""

    choose: Callable[[Group], One | None]


def read_given(name: str, given: Any) -> Any:
    """What hyperparameter `name` was given as, in one of four forms: a schedule, a dict, a list, a ByGroup."""
    if isinstance(given, ByGroup):
        if not callable(given.choose) or is_factory(given.choose) or isinstance(given.choose, Schedule):
            demand = f"must be a callable group -> schedule, not {_kind(given.choose)}"
            refuse(name, given.choose, demand, "give a schedule without by_group=", TypeError)
        return given
    if isinstance(given, Mapping):
        return {label: _one(name, value) for label, value in given.items()}
    if is_list(given) and not hasattr(given, "dtype"):
        return [_one(name, value) for value in given]
    if given is None:
        _refuse_other(name, given)
    return _one(name, given)


def _one(name: str, value: Any) -> Schedule | None:
    """A schedule, of a number or a function as well; None for a group that is left alone."""
    if value is None or isinstance(value, Schedule):
        return value
    if is_one_number(value):
        return find("constant")(as_float(value))
    if not callable(value) or is_factory(value) or isinstance(value, type):
        _refuse_other(name, value)
    return find("shift")(value, 0)


def schedules_of(
    name: str, given: Any, groups: Sequence[Group], known: Sequence[Schedule | None], joined: Sequence[bool]
) -> list[Any]:
    """The schedule of each group, or None, by what `read_given` read.

    `known` are those of the groups that have not just joined: a callable is not asked for them again.
    """
    if isinstance(given, Schedule):
        return [given] * len(groups)
    if isinstance(given, dict):
        return _by_label(name, given, groups)
    if isinstance(given, ByGroup):
        each = zip(groups, known, joined, strict=True)
        return [_one(name, given.choose(group)) if new else schedule for group, schedule, new in each]
    if len(given) != len(groups):
        demand = f"must be {len(groups)} schedules, one for each group, not {len(given)}"
        refuse(name, given, demand, "None leaves a group alone, and a dict may name groups that join later")
    return list(given)


def _by_label(name: str, given: Mapping[Any, Any], groups: Sequence[Group]) -> list[Any]:
    """The schedules that a dict names; names and indices of groups that are not there yet may wait in it."""
    labels = [(index, group["name"]) if "name" in group else (index,) for index, group in enumerate(groups)]
    known = {label for own in labels for label in own}
    for label in given:
        later = isinstance(label, str) or (isinstance(label, int) and label >= len(groups))
        if label not in known and not later:
            names = ", ".join(repr(own[-1]) for own in labels)
            refuse(name, given, f"must name groups of the optimizer, and {label!r} is none", f"they are {names}")
    for own in labels:
        times = sum(label in given for label in own)
        if times != 1:
            how = "not named" if times == 0 else "named twice"
            demand = f"must name each group once, and {own[-1]!r} is {how}"
            near = nearest(str(own[-1]), [label for label in given if isinstance(label, str) and label not in known])
            remedy = f"did you mean {own[-1]!r} by {near!r}?" if near and times == 0 else "None leaves a group alone"
            refuse(name, given, demand, remedy)
    return [given[label] for own in labels for label in own if label in given]


# Errors.


def refuse(name: str, given: Any, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
    """Raise: the call with what the hyperparameter was given as, the demand, the remedy."""
    raise kind(sentence(f"TorchScheduler({name}={show(given)}) {demand}; {remedy}"))


def _refuse_other(name: str, value: Any) -> NoReturn:
    remedy = "lrsched.linear(...) is one"
    if isinstance(value, str):
        remedy = "lrsched.parse(expression) reads one"
    elif is_factory(value):
        remedy = f"call it: {name_of(value)}(...)"
    elif hasattr(value, "dtype"):
        remedy = "give one number, or a list with a schedule for each group"
    refuse(
        name, value, f"must be a schedule, a number or a callable step -> value, not {_kind(value)}", remedy, TypeError
    )


def _kind(value: Any) -> str:
    return type(value).__name__


def show(given: Any, whole: bool = False) -> str:
    """What was given, as short as a message wants it; or whole."""
    one = repr if whole else brief
    if isinstance(given, Mapping):
        values = [one(value) if whole else "..." for value in given.values()]
        return f"{{{', '.join(f'{label!r}: {value}' for label, value in zip(given, values, strict=True))}}}"
    if isinstance(given, (list, tuple)):
        items: Iterable[Any] = given
        return f"[{', '.join(map(one, items))}]"
    if isinstance(given, ByGroup):
        return f"<{name_of(given.choose)} by group>"
    return name_of(given) if callable(given) and not isinstance(given, Schedule) else one(given)
