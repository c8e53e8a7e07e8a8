"""Schedules whose length a trainer knows: a text with the name `total` in it, or a function of the length."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from .checks import Site, brief, is_factory, name_of
from .parameters import Period, kind_of
from .schedule import Schedule
from .text import names, parse

__all__ = ["TOTAL", "Plan", "for_total", "needs_total"]

TOTAL = "total"
"""The name that stands for the updates of a run."""

Plan: TypeAlias = Schedule | str | Callable[[int], Schedule]
"""A schedule; or a text, in which `total` is the length of the run; or a function from the length to a schedule."""


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
        site.refuse(plan, "must be a schedule, a text or a function of the length", remedy, TypeError)
    given = {TOTAL: kind_of(Period).check(Site(call, TOTAL), total())} if needs_total(plan) else {}
    if isinstance(plan, str):
        return parse(plan, **given)
    made = plan(given[TOTAL])
    if not isinstance(made, Schedule):
        site.refuse(plan, f"must return a schedule, not {brief(made)}", "lrsched.constant makes one", TypeError)
    return made
