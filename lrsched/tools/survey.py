"""The values of a schedule over a run: of all updates, or of those where something can happen."""

from typing import Any, NamedTuple

import numpy as np

from ..checks import Site
from ..core.schedule import Schedule
from .sizes import a_schedule

__all__ = ["Survey", "plain", "survey"]

ALL = 1_000_000
"""Runs of up to so many updates are looked at entirely."""
EDGE, NEAR, BLOCK, BLOCKS, BOUNDARIES = 4_096, 16, 64, 1_024, 2_048


class Survey(NamedTuple):
    """A schedule, the length of a run, and the values at some of its steps."""

    schedule: Schedule
    total_steps: int
    steps: Any
    values: Any
    looked_at: str


def plain(site: Site, schedule: Any) -> Schedule:
    """A schedule whose numbers are known."""
    if a_schedule(site, schedule).traced():
        site.refuse(schedule, "must hold numbers, not arrays", "look at it outside of the traced function", TypeError)
    return schedule


def survey(schedule: Schedule, total_steps: int) -> Survey:
    """The values of the updates 0 to `total_steps - 1`.

    Up to a million updates are all checked. Of longer runs, the first and the last 4 096, the 16 to either side of
    each of the first 2 048 boundaries, and 1 024 blocks of 64 between them.
    """
    if total_steps <= ALL:
        steps, looked_at = np.arange(total_steps), "all checked"
    else:
        steps = _some(schedule, total_steps)
        looked_at = f"{len(steps)} checked (the ends, the boundaries, and blocks between them)"
    with np.errstate(all="ignore"):  # of callables; a value that is not finite is seen in the values
        values = np.asarray(schedule(steps), dtype=float)
    return Survey(schedule, total_steps, steps, values, looked_at)


def _some(schedule: Schedule, total_steps: int) -> Any:
    inside = [boundary for boundary in schedule.boundaries if boundary < total_steps][:BOUNDARIES]
    starts = np.arange(BLOCKS, dtype=np.int64) * (total_steps // BLOCKS)
    parts = [
        np.arange(EDGE),
        np.arange(total_steps - EDGE, total_steps),
        (starts[:, None] + np.arange(BLOCK)).ravel(),
        (np.asarray(inside, dtype=np.int64)[:, None] + np.arange(-NEAR, NEAR)).ravel(),
    ]
    steps = np.unique(np.concatenate(parts))
    return steps[(steps >= 0) & (steps < total_steps)]
