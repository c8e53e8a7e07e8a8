"""What the bound says of a schedule at another length."""

from bisect import bisect_left
from typing import Any, NamedTuple

import numpy as np

from ..checks import Site
from ..core.schedule import Schedule
from .convex import of_rates
from .rates import count_of, rates_of

__all__ = ["Transfer", "transfer"]


class Transfer(NamedTuple):
    """Two ways to another length: another peak, or another cooldown."""

    peak_value: float
    """The best peak at the new length, where plateau and cooldown are stretched alike."""
    decay_steps: int | None
    """The cooldown with which the old peak stays best (steps); None where no cooldown is long enough."""


def transfer(schedule: Schedule, steps: int, new_steps: int) -> Transfer:
    """The peak, or the cooldown, that is best at another length, for a schedule that is best at this one.

    A longer run wants a lower peak, or a longer cooldown from the same peak. The second continues a run that is under
    way: its plateau goes on, and the cooldown begins at step `new_steps - decay_steps`. The warmup keeps its length.

    Args:
        schedule: the schedule, at the peak that was best; it warms up, may stay at its peak, and then falls.
        steps: the number of updates that it was best for, 1 or more.
        new_steps: the number of updates of the new run, more than the warmup.

    Raises ValueError or TypeError for what is not a schedule of numbers, rates that `bound` refuses, and a new run
    that is not longer than the warmup.

    Source: Schaipp et al. 2025, arXiv:2501.18965, section 6.

    >>> import lrsched
    >>> best = lrsched.wsd(1e-3, 300, 50_000, 10_000)
    >>> found = transfer(best, 50_000, 100_000)
    >>> round(found.peak_value, 6), found.decay_steps
    (0.000707, 63504)
    """
    site = Site("transfer", "schedule")
    if not isinstance(schedule, Schedule) or schedule.traced():  # pyright: ignore[reportUnnecessaryIsInstance]  (users)
        site.refuse(schedule, "must be a schedule of numbers", "lrsched.wsd(...) is one", TypeError)
    count, new_count = (count_of(Site("transfer", n), v) for n, v in (("steps", steps), ("new_steps", new_steps)))
    old = rates_of(site, schedule, count)
    peak = float(old.max())
    at_peak = np.flatnonzero(old == peak)
    warmup, top = int(at_peak[0]), int(at_peak[-1])
    if new_count <= warmup:
        demand = f"must be greater than the warmup of {warmup} updates"
        Site("transfer", "new_steps").refuse(new_steps, demand, "the warmup keeps its length")

    def best(rates: Any) -> float:
        first, others = of_rates(rates)
        return (first / others) ** 0.5

    def stretched(start: int, stop: int, length: int) -> Any:
        return schedule(start + np.arange(length) * ((stop - start) / length))

    def cooled(length: int) -> float:
        plateau = np.full(new_count - warmup - length, peak)
        return best(np.concatenate([old[:warmup], plateau, stretched(top, count, length)]))

    own = best(old)
    alike = best(np.concatenate([old[:warmup], stretched(warmup, count, new_count - warmup)]))
    lengths = range(1, new_count - warmup + 1)
    found = bisect_left(lengths, own, key=cooled) if top < count - 1 else len(lengths)
    return Transfer(peak * alike / own, lengths[found] if found < len(lengths) else None)
