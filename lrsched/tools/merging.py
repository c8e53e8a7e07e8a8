"""Checkpoints of a run at a constant rate, averaged so that the rate seems to have decayed."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..checks import Site, is_list
from ..core.schedule import Schedule
from .sizes import count
from .survey import plain

__all__ = ["merge_weights"]

BLOCK = 2**20


def merge_weights(schedule: Schedule, checkpoints: Sequence[int]) -> tuple[float, ...]:
    """The weights with which the checkpoints of a run at a constant rate average to one that emulates a decay.

        w_0 = 1,    w_j = mean of s(t)/s(t_0) over the updates t_(j-1) <= t < t_j,    w_(n+1) = 0
        weight_j = w_j - w_(j+1)    for checkpoint j = 0 ... n, taken at step t_j

    An update between checkpoints j - 1 and j is in all checkpoints from j on, so the average counts it w_j times: on
    average, as much as a run whose rate follows the schedule from t_0 on. With a checkpoint at every step, plain
    gradient descent, and gradients that don't depend on the rate, the average equals that run.

    Args:
        schedule: the rate to emulate (a rate), on the steps of the run: constant up to the first checkpoint, as `wsd`
            is and `cooldown` makes it, and falling after it.
        checkpoints: the steps at which the checkpoints were taken (steps), rising; at step t, t updates are completed.

    Returns a non-negative float for each checkpoint; they sum to 1. Raises ValueError or TypeError for steps that don't
    rise, a schedule that rises between them, is negative, or is 0 at the first, and a schedule that is traced or no
    schedule at all.

    Source: Tian et al. 2025, WSM, arXiv:2507.17634, theorem 3.1, where checkpoints are one update apart; Megatron-LM
    pull request 5114. The mean over more updates between checkpoints is not in the paper.

    >>> from lrsched import cosine, linear
    >>> merge_weights(linear(1.0, 0.0, 4), [0, 1, 2, 3, 4])
    (0.0, 0.25, 0.25, 0.25, 0.25)
    >>> [round(weight, 4) for weight in merge_weights(cosine(1e-3, 0.0, 400), [0, 100, 200, 300, 400])]
    [0.0491, 0.2627, 0.3729, 0.2647, 0.0506]
    """
    call = "merge_weights"
    rate = plain(Site(call, "schedule"), schedule)
    steps = _steps(call, checkpoints)
    first = _value(rate, steps[0])
    if not (math.isfinite(first) and first > 0):
        demand = f"must be greater than 0 at step {steps[0]}, and is {first:g}"
        Site(call, "schedule").refuse(rate, demand, "the first checkpoint is taken before the decay")
    kept = [1.0]
    for start, stop in pairwise(steps):
        kept.append(min(kept[-1], _mean(call, rate, start, stop) / first))  # rounding makes no weight negative
    return tuple(before - after for before, after in pairwise([*kept, 0.0]))


def _steps(call: str, checkpoints: Any) -> list[int]:
    site = Site(call, "checkpoints")
    if not is_list(checkpoints) or len(checkpoints) == 0:
        site.refuse(checkpoints, "must be the steps of one checkpoint or more", "write [9000, 9500, 10000]", TypeError)
    steps = [count(site.item(index), step) for index, step in enumerate(checkpoints)]
    for index, (before, after) in enumerate(pairwise(steps), 1):
        if after <= before:
            site.item(index).refuse(after, f"must be after {before}", "sort the checkpoints by their steps")
    return steps


def _value(rate: Schedule, step: int) -> float:
    return float(rate(step))


def _mean(call: str, rate: Schedule, start: int, stop: int) -> float:
    """The mean of the values for some updates; a schedule that rises among them, or to the next, is refused."""
    sums: list[float] = []
    before = _value(rate, start)
    for first in range(start, stop, BLOCK):
        steps = np.arange(first, min(first + BLOCK, stop))
        with np.errstate(all="ignore"):
            values = np.asarray(rate(steps), np.float64)
        chain = np.concatenate([[before], values])
        rises = ~(np.diff(chain) <= 1e-12 * np.abs(chain[:-1]))
        if rises.any():
            at = int(rises.argmax())
            demand = f"must not rise after the first checkpoint, and goes from {chain[at]:g} to {chain[at + 1]:g}"
            remedy = "give checkpoints of the part that falls"
            Site(call, "schedule").refuse(rate, f"{demand} at step {steps[at]}", remedy)
        if values[-1] < 0:  # the least of them
            at = int((values < 0).argmax())
            remedy = "a run cannot be merged to one that goes back"
            Site(call, "schedule").refuse(
                rate, f"must be at least 0, and is {values[at]:g} at step {steps[at]}", remedy
            )
        sums.append(math.fsum(values))
        before = float(values[-1])
    return math.fsum(sums) / (stop - start)
