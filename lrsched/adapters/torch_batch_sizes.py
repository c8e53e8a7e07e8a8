"""The sizes of batches: whole numbers that the ranks and their micro-batches divide."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays.libraries import is_number
from ..checks import Site, brief, sentence
from ..core.registry import find
from ..core.schedule import Schedule
from ..view.sampling import values_at
from .torch_numbers import is_one_number

__all__ = ["BatchSizes", "Plan", "counted"]

LOOKED_AT = 1_000_000
"""Sizes are checked up to this step when a sampler is made, later ones when they are due."""

BLOCK = 65_536


class Plan(NamedTuple):
    """A pass: its whole updates, the batches of these, and the samples that are left for a last update."""

    updates: int
    batches: int
    rest: int


class BatchSizes:
    """The samples of each update over all ranks, and how a rank divides its share."""

    def __init__(self, given: Any, ranks: int, micro: Any) -> None:
        self.ranks = ranks
        self.micro = None if micro is None else counted("micro_batch_size", micro)
        self.unit = ranks * (self.micro or 1)
        self.schedule = _schedule(given)
        length = self.schedule.length
        last = min(int(length), LOOKED_AT) if is_number(length) else 0
        self.at(np.arange(last + 1))

    def at(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sizes for some updates, checked."""
        values = values_at(self.schedule, steps)
        with np.errstate(invalid="ignore"):
            good = (values >= 1) & (values == np.floor(values)) & (values % self.unit == 0)
        if not good.all():
            bad = int(np.argmin(good))
            self._refuse(int(steps[bad]), float(values[bad]))
        return values.astype(np.int64)

    def share(self, step: int) -> int:
        """The samples of one rank for an update."""
        return int(self.at(np.array([step]))[0]) // self.ranks

    def batches(self, share: int) -> int:
        """In how many batches a share comes."""
        return 1 if self.micro is None else -(-share // self.micro)

    def plan(self, step: int, left: int) -> Plan:
        """What becomes of the samples that are left, from an update on."""
        updates = batches = 0
        while True:
            steps = np.arange(step, step + BLOCK)
            ends = np.cumsum(np.maximum(values_at(self.schedule, steps), 1))
            whole = int(np.searchsorted(ends, left, side="right"))
            sizes = self.at(steps[:whole])
            updates += whole
            batches += whole if self.micro is None else int((sizes // self.unit).sum())
            left -= int(sizes.sum())
            if whole < BLOCK:
                return Plan(updates, batches, left)
            step += BLOCK

    def _refuse(self, step: int, value: float) -> None:
        shown = f"{value:g}" if value == value else "nan"  # noqa: PLR0124 (NaN)
        place = f"ScheduledBatchSampler(batch_size={brief(self.schedule)})"
        if not value >= 1 or value != np.floor(value):
            text = f"{place} must be whole numbers of 1 or more, and is {shown} at step {step}"
            raise ValueError(sentence(f"{text}; lrsched.round_to(schedule, {self.unit}) rounds"))
        parts = [f"{self.ranks} ranks"] * (self.ranks > 1) + [f"micro-batches of {self.micro}"] * (
            self.micro is not None
        )
        text = f"{place} must be multiples of {self.unit} ({' with '.join(parts)}), and is {shown} at step {step}"
        raise ValueError(sentence(f"{text}; lrsched.round_to(schedule, {self.unit}) rounds"))


def counted(name: str, value: Any, least: int = 1) -> int:
    """How many there are of something: a whole number, `least` or more."""
    if not is_one_number(value) or value % 1 != 0 or value < least:  # infinity % 1 is not a number
        demand = f"must be a whole number of {least} or more"
        Site("ScheduledBatchSampler", name).refuse(value, demand, "give how many there are")
    return int(value)


def _schedule(given: Any) -> Schedule:
    if isinstance(given, Schedule):
        return given
    if is_one_number(given):
        return find("constant")(float(given))
    if not callable(given) or hasattr(given, "formula"):
        demand = f"must be a schedule, a number or a callable step -> size, not {type(given).__name__}"
        Site("ScheduledBatchSampler", "batch_size").refuse(given, demand, "lrsched.constant(32) is one", TypeError)
    return find("shift")(given, 0)
