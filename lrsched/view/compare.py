"""Two schedules side by side: where they differ, and by how much."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..checks import Site, real, whole
from ..core.parameters import Child, kind_of
from .sampling import Looked, Steps, Values, blocks, turns, values_at

__all__ = ["Comparison", "Parting", "compare"]

MOST = 10_000_000
"""Up to here every step is looked at; of more, about as many, evenly spread, and those next to a boundary."""

MOST_PARTINGS = 1_000
"""So many partings are kept; all are counted."""

SHOWN = 10
"""So many partings are printed."""

LAST = whole(1, "it is the last step that is compared")
TOLERANCE = real("must be at least 0", lambda v: v >= 0, "1e-9 ignores rounding")


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

    def __str__(self) -> str:
        """The steps, and the largest difference."""
        steps = f"step {self.first}" if self.first == self.last else f"steps {self.first} to {self.last}"
        return f"{steps}: {self.a:.10g} and {self.b:.10g} at step {self.step}, a difference of {self.difference:.3g}"

    def joined(self, after: "Parting") -> "Parting":
        """The two, one after the other, as one."""
        most = after if abs(after.difference) > abs(self.difference) else self
        return most._replace(first=self.first, last=after.last)


@dataclass(repr=False)
class Comparison:
    """Two schedules at `looked` steps from 0 to `end`, of which they differ at `count`, in `runs` partings.

    The first 1000 partings are kept. `whole` reaches from the first to the last step at which they differ, and is None
    where they agree. It prints as a summary with the first 10 partings.
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

    def __repr__(self) -> str:
        """Where they differ, and by how much."""
        steps = f"the {self.looked} steps from 0 to {self.end}"
        if self.looked <= self.end:
            steps = f"{self.looked} of {steps.replace(str(self.looked), str(self.end + 1), 1)}"
        if self.whole is None:
            return f"equal at {steps}"
        shown = self.partings[:SHOWN]
        more = [f"  ... {self.runs - len(shown)} more"] if self.runs > len(shown) else []
        return "\n".join([f"different at {self.count} of {steps}", *(f"  {part}" for part in shown), *more])

    def _apart(self, a: Values, b: Values) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            near = np.abs(a - b) <= self.tolerance * np.maximum(np.abs(a), np.abs(b))
        return (a != b) & ~near


def _parting(steps: Steps, a: Values, b: Values, start: int, stop: int) -> Parting:
    with np.errstate(all="ignore"):
        most = start + int(np.abs(b[start:stop] - a[start:stop]).argmax())
    return Parting(int(steps[start]), int(steps[stop - 1]), int(steps[most]), float(a[most]), float(b[most]))


def compare(
    a: Looked,
    b: Looked,
    steps: int,
    *,
    tolerance: float = 0.0,
    progress: Callable[[int], object] | None = None,
) -> Comparison:
    """Where two schedules differ, and by how much: a schedule, and the function or the log of a run that it replaces.

    They differ at a step where |a - b| is more than `tolerance` times the greater of both. Every step is compared up to
    10 000 000 of them; of more, as many, evenly spread, and those next to a boundary.

    Args:
        a: a schedule, a function of the step, such as that of a `LambdaLR`, or a number.
        b: what it is compared with, of the same kinds.
        steps: the last step that is compared (steps), 1 or more.
        tolerance: up to which part of the greater value a difference is ignored (1), 0 or more.
        progress: is called with the number of steps that are compared so far, again and again.

    Raises ValueError or TypeError for what is no schedule, function or number, for steps that are not a whole number
    of 1 or more, and for a negative tolerance.

    >>> import lrsched
    >>> found = compare(lrsched.linear(0.0, 1.0, 4), lambda step: min(step / 2, 1.0), steps=4)
    >>> found
    different at 3 of the 5 steps from 0 to 4
      steps 1 to 3: 0.5 and 1 at step 2, a difference of 0.5
    >>> found.count, found.whole.first, found.whole.difference
    (3, 1, 0.5)
    """
    a, b = (kind_of(Child).check(Site("compare", name), thing) for name, thing in (("a", a), ("b", b)))
    end = LAST(Site("compare", "steps"), steps)
    found = Comparison(end, TOLERANCE(Site("compare", "tolerance"), tolerance))
    for some in _looked_at({*turns(a, end), *turns(b, end)}, end):
        found.add(some, values_at(a, some), values_at(b, some))
        if progress:
            progress(int(some[-1]))
    return found


def _looked_at(inside: set[int], end: int) -> Iterator[Steps]:
    around = np.array([end, *(step - before for step in inside for before in (1, 0))], np.int64)
    stride = end // MOST + 1
    for steps in blocks(range(0, end + 1, stride)):
        yield np.union1d(steps, around[(around >= steps[0]) & (around < steps[-1] + stride)])
