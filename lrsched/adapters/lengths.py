"""Schedules whose length a trainer knows: an expression with the name `total` in it, or a function of the length."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any, TypeAlias

from ..checks import Site, brief, is_factory, name_of
from ..core.parameters import Period, kind_of
from ..core.schedule import Schedule
from ..text.expressions import Reader
from ..text.parse import names

__all__ = ["TOTAL", "ByGroup", "Plan", "PlanReader", "all_for_total", "for_total", "needs_total"]

TOTAL = "total"
"""The name that stands for the updates of a run."""

Plan: TypeAlias = Schedule | str | Callable[[int], Schedule]
"""A schedule; an expression, in which `total` is the length of the run; or a function from the length to a schedule."""


ByGroup: TypeAlias = Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]] | None
"""A callable from a group of the optimizer to its plan, for the rate, or one for each of some hyperparameters."""


class PlanReader(Reader):
    """An expression that is given to a trainer, which knows no other name than `total`."""

    def give(self, name: str) -> str:
        """Only a function of the length can give more numbers."""
        names = f"{TOTAL}={TOTAL}, {name[:40]}=..."
        return f"for names besides {TOTAL}, write a function: lambda {TOTAL}: lrsched.parse(expression, {names})"


def needs_total(plan: Any) -> bool:
    """Whether a plan, or one in a mapping or sequence of them, depends on the length of the run."""
    if isinstance(plan, Mapping):
        return any(map(needs_total, plan.values()))
    if isinstance(plan, str):
        return TOTAL in names(plan)
    if isinstance(plan, Sequence):
        return any(map(needs_total, plan))
    return callable(plan) and not isinstance(plan, Schedule)


def for_total(call: str, plan: Any, total: Callable[[], Any]) -> Any:
    """The schedule of a plan, or the schedules in a mapping or sequence of plans; other values as they are.

    `total` is asked for the length only if it is needed.
    """
    if isinstance(plan, Mapping):
        return {key: for_total(call, each, total) for key, each in plan.items()}
    if isinstance(plan, Sequence) and not isinstance(plan, str):
        return [for_total(call, each, total) for each in plan]
    if not isinstance(plan, str) and not (callable(plan) and not isinstance(plan, Schedule)):
        return plan
    site = Site(call, "schedule")
    if is_factory(plan):
        remedy = f'write "{name_of(plan)}(..., total)", or lambda total: {name_of(plan)}(...)'
        site.refuse(plan, "must be a schedule, an expression or a function of the length", remedy, TypeError)
    given = {TOTAL: kind_of(Period).check(Site(call, TOTAL), total())} if needs_total(plan) else {}
    if isinstance(plan, str):
        return PlanReader(plan, given).schedule()
    made = plan(given[TOTAL])
    if not isinstance(made, Schedule):
        site.refuse(plan, f"must return a schedule, not {brief(made)}", "lrsched.constant makes one", TypeError)
    return made


def all_for_total(
    call: str, schedule: Any, by_group: Any, hyperparameters: Mapping[str, Any], total: Callable[[], Any]
) -> dict[str, Any]:
    """What TorchScheduler is given, for what a trainer is given: plans, and callables `group -> plan`."""
    length = cache(total)  # a group that joins later gets the schedule of the same length
    plans = {} if schedule is None else {"schedule": schedule}
    given = for_total(call, {**plans, **hyperparameters}, length)
    if by_group is None:
        return given
    if isinstance(by_group, Mapping):
        return given | {"by_group": {name: _by_group(call, each, length) for name, each in by_group.items()}}
    return given | {"by_group": _by_group(call, by_group, length)}


def _by_group(call: str, choose: Any, total: Callable[[], Any]) -> Any:
    """A callable `group -> schedule`; TorchScheduler refuses what is no such callable."""
    if not callable(choose) or is_factory(choose) or isinstance(choose, Schedule):
        return choose

    @wraps(choose)
    def chosen(group: Any) -> Any:
        return for_total(call, choose(group), total)

    return chosen
