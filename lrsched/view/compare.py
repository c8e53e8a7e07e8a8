"""Two schedules side by side: where they differ, and by how much."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .sampling import Looked, Steps, Values, blocks, turns, values_at

__all__ = ["Comparison", "Parting", "compare"]

MOST = 10_000_000
"""Up to here every step is looked at; of more, about as many, evenly spread, and those next to a boundary."""

MOST_PARTINGS = 1_000
"""So many partings are kept; all are counted."""


class Parting(NamedTuple):
    """Steps in a row at which two schedules differ: the first, the last, and the one where they differ most."""

    first: int
    last: int
    step: int
    a: float
    b: float

    @property
    def difference(self) -> float:
        """By how much they differ most, `b - a`."""
        return self.b - self.a

    def joined(self, after: "Parting") -> "Parting":
        """The two, one after the other, as one."""
        most = after if abs(after.difference) > abs(self.difference) else self
        return most._replace(first=self.first, last=after.last)


@dataclass
class Comparison:
    """Two schedules at `looked` steps from 0 to `end`, of which they differ at `count`, in `runs` partings.

    The first 1000 partings are kept. `whole` reaches from the first to the last step at which they differ, and is None
    where they agree.
    """

    end: int
    tolerance: float
    looked: int = 0
    count: int = 0
    runs: int = 0
    partings: list[Parting] = field(default_factory=list[Parting])
    whole: Parting | None = None
    _goes_on: bool = False

    def add(self, steps: Steps, a: Values, b: Values) -> None:
        """Look at some steps, later than all before."""
        apart = self._apart(a, b)
        edges = np.diff(apart.astype(np.int8), prepend=0, append=0)
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        goes_on, self._goes_on = self._goes_on and bool(apart[0]), bool(apart[-1])
        kept = len(self.partings) == self.runs
        self.looked += len(steps)
        self.count += int(apart.sum())
        self.runs += len(starts) - goes_on
        if len(starts) == 0:
            return
        together = _parting(steps, np.where(apart, a, 0.0), np.where(apart, b, 0.0), int(starts[0]), int(stops[-1]))
        self.whole = self.whole.joined(together) if self.whole else together
        room = MOST_PARTINGS - len(self.partings) + goes_on if kept else 0
        for start, stop in zip(starts[:room].tolist(), stops[:room].tolist(), strict=True):
            found = _parting(steps, a, b, start, stop)
            if goes_on and start == 0:
                found = self.partings.pop().joined(found)
            self.partings.append(found)

    def _apart(self, a: Values, b: Values) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            near = np.abs(a - b) <= self.tolerance * np.maximum(np.abs(a), np.abs(b))
        return (a != b) & ~near


def _parting(steps: Steps, a: Values, b: Values, start: int, stop: int) -> Parting:
    with np.errstate(all="ignore"):
        most = start + int(np.abs(b[start:stop] - a[start:stop]).argmax())
    return Parting(int(steps[start]), int(steps[stop - 1]), int(steps[most]), float(a[most]), float(b[most]))


def compare(
    a: Looked, b: Looked, end: int, tolerance: float = 0.0, progress: Callable[[int], object] | None = None
) -> Comparison:
    """Two schedules from step 0 to `end`: they differ where |a - b| is more than `tolerance` times the greater of both.

    `progress` is called with the number of steps up to which they are looked at, again and again.

    >>> import lrsched
    >>> found = compare(lrsched.linear(0.0, 1.0, 4), lrsched.linear(0.0, 1.0, 2), 4)
    >>> found.count, found.whole
    (3, Parting(first=1, last=3, step=2, a=0.5, b=1.0))
    """
    found = Comparison(end, tolerance)
    for steps in _looked_at({*turns(a, end), *turns(b, end)}, end):
        found.add(steps, values_at(a, steps), values_at(b, steps))
        if progress:
            progress(int(steps[-1]))
    return found


def _looked_at(inside: set[int], end: int) -> Iterator[Steps]:
    around = np.array([end, *(step - before for step in inside for before in (1, 0))], np.int64)
    stride = end // MOST + 1
    for steps in blocks(range(0, end + 1, stride)):
        yield np.union1d(steps, around[(around >= steps[0]) & (around < steps[-1] + stride)])
