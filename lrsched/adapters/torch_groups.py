"""What a hyperparameter of a PyTorch optimizer was given as: the schedule of each group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from ..core.checks import brief, name_of, sentence
from ..core.libraries import is_number
from ..core.schedule import Schedule

__all__ = ["Given", "Group", "refuse", "schedules_of"]

Group: TypeAlias = dict[str, Any]

Given: TypeAlias = (
    Schedule | Mapping[Any, Schedule | None] | Sequence[Schedule | None] | Callable[[Group], Schedule | None]
)
"""One schedule; or those of the groups, by index or name, in a list, or from a callable; None leaves a group alone."""


def schedules_of(
    name: str, given: Any, groups: Sequence[Group], known: Sequence[Schedule | None]
) -> list[Schedule | None]:
    """The schedule of each group, or None, by what hyperparameter `name` was given as.

    `known` are those of the first groups when they were last found: a callable is not asked for them again.
    """
    if isinstance(given, Schedule):
        return [given] * len(groups)
    if isinstance(given, Mapping):
        found = _by_label(name, given, groups)
    elif isinstance(given, (list, tuple)):
        found = list(given)
        if len(found) != len(groups):
            demand = f"must be {len(groups)} schedules, one a group, not {len(found)}"
            refuse(name, given, demand, "None leaves one alone")
    elif callable(given) and not hasattr(given, "formula"):
        found = [*known[: len(groups)], *(_ask(name, given, group) for group in groups[len(known) :])]
    else:
        _refuse_other(name, given)
    for schedule in found:
        if schedule is not None and not isinstance(schedule, Schedule):
            _refuse_other(name, schedule)
    return found


def _by_label(name: str, given: Mapping[Any, Any], groups: Sequence[Group]) -> list[Any]:
    labels = [(index, group["name"]) if "name" in group else (index,) for index, group in enumerate(groups)]
    for label in given:
        if not any(label in own for own in labels):
            known = ", ".join(repr(own[-1]) for own in labels)
            refuse(name, given, f"must name groups of the optimizer, and {label!r} is none", f"they are {known}")
    for own in labels:
        times = sum(label in given for label in own)
        if times != 1:
            how = "not named" if times == 0 else "named twice"
            demand = f"must name each group once, and {own[-1]!r} is {how}"
            refuse(name, given, demand, "None leaves a group alone")
    return [given[label] for own in labels for label in own if label in given]


def _ask(name: str, given: Callable[[Group], Any], group: Group) -> Any:
    try:
        return given(group)
    except TypeError as error:
        demand = f"must be a callable group -> schedule, and fails with a group ({error})"
        text = f"TorchScheduler({name}={name_of(given)}) {demand}"
        raise TypeError(f"{text}; a function of the step is given as lrsched.shift(function, 0).") from error


# Errors.


def refuse(name: str, given: Any, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
    """Raise: the call with what the hyperparameter was given as, the demand, the remedy."""
    raise kind(sentence(f"TorchScheduler({name}={_show(given)}) {demand}; {remedy}"))


def _refuse_other(name: str, value: Any) -> NoReturn:
    remedy = "lrsched.linear(...) is one"
    if is_number(value):
        remedy = f"write lrsched.constant({value!r})"
    elif isinstance(value, str):
        remedy = "lrsched.parse(text) reads one"
    elif hasattr(value, "formula"):
        remedy = f"call it: {name_of(value)}(...)"
    refuse(name, value, f"must be a schedule, not {type(value).__name__}", remedy, TypeError)


def _show(given: Any) -> str:
    """What was given, as short as a message wants it."""
    if isinstance(given, Mapping):
        return f"{{{', '.join(f'{label!r}: ...' for label in given)}}}"
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(brief, given))}]"
    return name_of(given) if callable(given) and not isinstance(given, Schedule) else brief(given)
