"""The values that groups were made with, which one schedule for all of them must not flatten without a word."""

import logging
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from torch import Tensor

from ..arrays.libraries import is_number
from ..core.schedule import Schedule
from .torch_groups import Group, refuse
from .torch_numbers import as_float
from .torch_place import Place

__all__ = [
    "default_of",
    "initial_rate",
    "join_in_proportion",
    "keep_initial",
    "refuse_to_flatten",
    "refuse_to_join",
    "warn",
    "warn_of_small_factors",
]

LOG: Final = logging.getLogger("lrsched.adapters.torch")


def warn(text: str) -> None:
    """Warn the caller of a method, and log the warning: trainers swallow warnings."""
    warnings.warn(text, UserWarning, stacklevel=3)
    LOG.warning(text)


def initial_rate(group: Group) -> float:
    """The rate that a group was made with, as far as it says."""
    return as_float(group.get("initial_lr", group["lr"]))


def keep_initial(groups: Iterable[Group]) -> list[Group]:
    """Write the rate of each group under `"initial_lr"`, where torch's schedulers look for it; gives the new ones."""
    added: list[Group] = []
    for group in groups:
        if "lr" in group and "initial_lr" not in group:
            rate = group["lr"]
            group["initial_lr"] = rate.detach().clone() if isinstance(rate, Tensor) else rate
            added.append(group)
    return added


def refuse_to_flatten(place: Place, groups: Sequence[Group]) -> None:
    """Refuse one schedule for groups that were made with values that differ; an `"lr_scale"` says what is meant."""
    is_rate = place.name == "lr"
    own = [
        initial_rate(group) if is_rate else as_float(place.read(group))
        for group in groups
        if not (is_rate and "lr_scale" in group)
    ]
    different = list(dict.fromkeys(own))
    if len(different) < 2:
        return
    demand = f"is one schedule for groups that were made with different values ({_few(different)})"
    remedy = f"give one to each group, {place.name}={{0: ..., 1: ...}}, where None leaves a group alone"
    if is_rate:
        remedy = (
            'give one to each group, lr={0: ..., 1: ...}; or write an "lr_scale" into each group, which multiplies '
            'the schedule; or keep the groups\' own rates by relative_to="groups", with a schedule of factors '
            "such as warmup_cosine(1.0, ...)"
        )
    refuse(place.name, place.given, demand, remedy)


def join_in_proportion(place: Place, number: int, group: Group, now: float, usual: Iterable[float], key: str) -> None:
    """Note, under a key of a group that joins with a rate of its own, what part of the schedule that is."""
    own = as_float(group["lr"])
    if own == now or own in usual:
        return
    if not now > 0.0:
        demand = f"is {now:g} when param_groups[{number}] joins with a rate of {own:g}, so that no ratio can be kept"
        refuse(place.name, place.given, demand, f'give the group its "{key}" when it is added')
    group[key] = own / now
    LOG.info("param_groups[%d] joins at %g times the schedule: its rate is %g, not %g.", number, own / now, own, now)


def refuse_to_join(place: Place, number: int, group: Group, now: float, usual: Iterable[float]) -> None:
    """Refuse a group that joins with a value of its own, which one schedule for all groups would overwrite."""
    own = as_float(place.read(group))
    if own == now or own in usual:
        return
    demand = f"is one schedule for all groups, and param_groups[{number}] joins with {own:g} of its own"
    refuse(place.name, place.given, demand, "give a dict by the names of the groups, where None leaves a group alone")


def default_of(place: Place, defaults: Mapping[str, Any]) -> list[float]:
    """What a group has under a place that says nothing: the optimizer's default, if there is one."""
    try:
        return [as_float(place.read(dict(defaults)))]
    except (KeyError, IndexError, TypeError, ValueError):
        return []


def warn_of_small_factors(schedule: Schedule, rates: Sequence[float]) -> None:
    """Warn of a schedule that looks like one of rates, where one of factors is due."""
    steps = [step for step in (0, *schedule.boundaries, schedule.length) if is_number(step)]
    highest = max(as_float(schedule(step)) for step in steps)
    if 0.0 < highest <= max(rates, default=0.0) and highest < 1.0:
        warn(
            f'TorchScheduler(relative_to="groups") multiplies the rates of the groups ({_few(rates)}) by the schedule, '
            f"whose values are at most {highest:g}; a schedule of factors is warmup_cosine(1.0, ...)."
        )


def _few(values: Sequence[float]) -> str:
    return ", ".join([f"{value:g}" for value in values[:4]] + ["..."] * (len(values) > 4))
