"""Schedules in the order of the bound."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..checks import Site
from ..view.sampling import Looked
from .convex import bound
from .peaks import best_peak

__all__ = ["Ranked", "rank"]


class Ranked(NamedTuple):
    """A schedule with its place in a ranking."""

    schedule: Any
    steps: int
    bound: float
    """The bound after the last update, in units of G**2: lower is better."""
    best_peak: float
    """The peak at which this shape would be best (a rate)."""


def rank(schedules: Iterable[Looked], steps: int | Sequence[int], ratio: float) -> list[Ranked]:
    """Schedules by the bound after their last update, the best first.

    Args:
        schedules: the schedules.
        steps: the number of updates of all runs, or of each.
        ratio: distance over gradient norm (a rate), greater than 0; `calibrate` gives it.

    Raises as `bound` does, and for more or fewer numbers of steps than schedules.

    >>> import lrsched
    >>> shapes = [lrsched.constant(1e-3), lrsched.cosine(1e-3, 0.0, 1_000), lrsched.linear(1e-3, 0.0, 1_000)]
    >>> for row in rank(shapes, 1_000, ratio=0.02):
    ...     print(f"{row.bound:.5f} {row.best_peak:.5f} {row.schedule}")
    0.00141 0.00063 linear(0.001, 0.0, 1000)
    0.00146 0.00061 cosine(0.001, 0.0, 1000)
    0.00444 0.00022 constant(0.001)
    """
    things = list(schedules)
    counts = list(steps) if isinstance(steps, Sequence) else [steps] * len(things)
    if len(counts) != len(things):
        demand = f"must be as many as the schedules, {len(things)}, not {len(counts)}"
        Site("rank", "steps").refuse(steps, demand, "give one number for all")
    rows = [
        Ranked(thing, int(count), bound(thing, count, ratio), best_peak(thing, count, ratio))
        for thing, count in zip(things, counts, strict=True)
    ]
    return sorted(rows, key=lambda row: row.bound)
