"""A decay that is shared between the rate and the batch size."""

import math
from typing import Any

import numpy as np

from ..checks import Site, require
from ..combinators.join import join
from ..core.parameters import Rate, kind_of
from ..core.schedule import Schedule
from .sizes import size
from .survey import plain

__all__ = ["seesaw"]

LONGEST = 10_000_000
"""The longest run that is looked at (steps)."""


def seesaw(schedule: Schedule, batch_size: int, *, factor: float = 2.0, multiple: int = 1) -> tuple[Schedule, Schedule]:
    """A rate and a batch size that share the decay of a schedule: the same samples in fewer updates.

        rate = peak * sqrt(batch_size/batch)    batch = batch_size * factor**j    once schedule <= peak/factor**j

    Where the rate would have fallen by `factor`, it falls by the root of `factor`, and the batch grows by `factor`.
    Between these steps both are constant; up to the peak, the rate is that of `schedule`. The steps are at the same
    number of samples as in the original run, which uses `batch_size` samples in each update. Both schedules count the
    updates of the new run; the new run ends with the update that spends the last of `batch_size * schedule.length`
    samples.

    Args:
        schedule: the rate of the original run (a rate): it rises to a peak, and then never rises again.
        batch_size: the batch size of that run (samples), 1 or more.
        factor: how much the rate falls from step to step (1), greater than 1.
        multiple: every batch size is rounded to a multiple of this (samples); the rate follows the rounded size.

    Returns the rate and the batch size. A batch size for which less than one batch of samples would be left is not
    used. Raises ValueError or TypeError for a schedule without an end, one that rises after its peak or is not positive
    there, a factor of 1 or less, and a batch size that is no multiple of `multiple`.

    Source: Meterez et al. 2025, Seesaw, arXiv:2510.14717, the rule of the abstract: half the rate becomes twice the
    batch at 1/sqrt(2) of the rate. The listing of the algorithm was not available for comparison; the rates between the
    steps and the treatment of the last samples are choices of this function.

    >>> from lrsched import warmup_linear
    >>> rate, batch = seesaw(warmup_linear(1e-3, 100, 1_100), 64)
    >>> batch
    join([64.0, 128.0, 256.0, 512.0, 1024.0], [600, 725, 757, 765])
    >>> rate(100), rate(600), rate(725)
    (0.001, 0.0007071067811865476, 0.0005)
    """
    call = "seesaw"
    old, before = plain(Site(call, "schedule"), schedule), size(Site(call, "batch_size"), batch_size)
    ratio, unit = _factor(Site(call, "factor"), factor), size(Site(call, "multiple"), multiple)
    text = f"batch_size={before}) must be a multiple of multiple={unit}; the first batches have this size."
    require(before % unit == 0, call, text)
    top, falls = _falls(Site(call, "schedule"), old, ratio)
    sizes, starts = _stairs(before, unit, ratio, falls, old.length)
    peak = float(old(top))
    rates = [peak * math.sqrt(before / each) for each in sizes[1:]]
    rising: list[Any] = [old, peak] if top else [peak]
    return join([*rising, *rates], [*([top] if top else []), *starts]), join([float(each) for each in sizes], starts)


def _factor(site: Site, factor: Any) -> float:
    value = float(kind_of(Rate).check(site, factor))
    if value <= 1.0:
        site.refuse(factor, "must be greater than 1", "2 halves the rate of the run that is replaced")
    return value


def _falls(site: Site, old: Schedule, factor: float) -> tuple[int, list[int]]:
    """The last step at the peak, and the steps at which a schedule has fallen by the factor once, twice ..."""
    if old.length is None or not 0 < old.length <= LONGEST:
        remedy = "lrsched.cooldown(schedule, start, steps) ends it"
        site.refuse(old, f"must have an end, at most {LONGEST} steps away", remedy)
    values = np.asarray(old(np.arange(old.length + 1)), np.float64)
    top = len(values) - 1 - int(np.argmax(values[::-1]))
    peak = values[top]
    if not (np.isfinite(values).all() and peak > 0):
        site.refuse(old, "must be finite, and greater than 0 at its peak", "describe() shows its values")
    after = values[top:]
    rises = np.diff(after) > 1e-12 * peak
    if rises.any():
        step = top + 1 + int(rises.argmax())
        site.refuse(old, f"must not rise after its peak, and does at step {step}", "give one decay")
    lowest = after[after > 0].min()
    count = math.floor(math.log(peak / lowest) / math.log(factor) + 1e-9)
    levels = peak * factor ** -np.arange(1.0, count + 1) * (1 + 1e-12)
    return top, (top + np.searchsorted(-np.minimum.accumulate(after), -levels, side="left")).tolist()


def _stairs(before: int, unit: int, factor: float, falls: list[int], length: int) -> tuple[list[int], list[int]]:
    """The batch sizes, and the new updates at which each but the first begins."""
    sizes, starts = [before], list[int]()
    seen = update = 0
    for power, fall in enumerate(falls, 1):
        bigger = max(round(before * factor**power / unit) * unit, unit)
        if bigger <= sizes[-1]:
            continue
        updates = max(0, -(-(before * fall - seen) // sizes[-1]))
        if before * length - (seen + updates * sizes[-1]) < bigger:
            break
        seen, update = seen + updates * sizes[-1], update + updates
        if updates == 0 and starts:  # the size before had no update
            sizes.pop()
            starts.pop()
        sizes.append(bigger)
        starts.append(update)
    return sizes, starts
