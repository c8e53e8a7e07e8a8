"""The rates of the updates of a run, read from a schedule and checked."""

import sys
from typing import Any

import numpy as np

from ..arrays.libraries import library_of
from ..checks import Site, known, real
from ..core.parameters import Child, kind_of
from ..core.schedule import Schedule
from ..view.sampling import Looked, values_at

__all__ = ["MOST", "count_of", "counts_of", "is_known", "rates_of", "ratio_of"]

MOST = 100_000_000
"""A run of more updates than this does not fit in memory."""

ratio_of = real("must be greater than 0", lambda value: value > 0, "calibrate(best, steps) gives it")
"""The check of a ratio of distance to gradient norm."""


def rates_of(site: Site, schedule: Looked, steps: int) -> Any:
    """The rate of each of the first `steps` updates: float64, or an array of the library of a traced schedule."""
    thing: Any = kind_of(Child).check(site, schedule)
    updates = np.arange(steps)
    if isinstance(thing, Schedule) and thing.traced():
        return thing(updates)
    if hasattr(thing, "dtype"):  # a traced number
        return library_of(thing).broadcast_to(thing, updates.shape)
    if callable(thing) and not isinstance(thing, Schedule):
        found = thing(updates)
        if not is_known(found):
            return found
    rates = np.array(values_at(thing, updates))
    _check(site, schedule, rates)
    return rates


def _check(site: Site, schedule: Any, rates: Any) -> None:
    for bad, text, remedy in (
        (~np.isfinite(rates), "finite", "look at the callables that the schedule is made of"),
        (rates < 0, "at least 0", "bound it: lrsched.clamp_min(schedule, 0.0)"),
    ):
        if bad.any():
            step = int(bad.argmax())
            site.refuse(schedule, f"must be {text}, and is {rates[step]:.4g} at step {step}", remedy)
    if not rates.any():
        demand = f"must be greater than 0 somewhere, and is 0 for all of {len(rates)} updates"
        site.refuse(schedule, demand, "no update changes anything; give more steps, or another schedule")


def is_known(values: Any) -> bool:
    """Whether the numbers of an array are known: a tracer of JAX has none."""
    jax = sys.modules.get("jax")
    return jax is None or not isinstance(values, jax.core.Tracer)


def count_of(site: Site, value: Any) -> int:
    """A number of updates, 1 or more."""
    value = known(site, value, "it is the length of an array")
    if value != int(value) or value < 1:
        site.refuse(value, "must be a whole number of updates, 1 or more", "count the updates that are done")
    if value > MOST:
        site.refuse(value, f"must be at most {MOST}", "count in a larger unit: lrsched.stretch(schedule, 0.01)")
    return int(value)


def counts_of(site: Site, values: Any) -> Any:
    """Numbers of updates: one, as an int, or an array of any shape."""
    if not hasattr(values, "__len__"):
        return count_of(site, values)
    found = np.asarray(values)
    if not found.size:
        site.refuse(values, "must hold a number of updates", "give one, or an array of them")
    if found.dtype.kind not in "iu" and not (found.dtype.kind == "f" and (found == np.floor(found)).all()):
        site.refuse(values, "must be whole numbers of updates", "count the updates that are done", TypeError)
    for extreme in (found.min(), found.max()):
        count_of(site, extreme)
    return found.astype(np.int64)
