"""One pass over the samples, in batches whose size follows a schedule."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from .torch_batch_sizes import BatchSizes, Plan

__all__ = ["BatchPass", "Place", "refuse_rest"]


class Place(NamedTuple):
    """Where a run is: the completed updates, and what was drawn from the sampler in this pass."""

    step: int
    drawn: int


class BatchPass(Iterator[list[int]]):
    """The batches of one rank, until the stream of samples ends.

    `reader` holds the attributes of the iterator of a DataLoader, which counts the batches that it has given to the
    loop: its workers fetch others ahead.
    """

    def __init__(
        self,
        stream: Iterator[int],
        sizes: BatchSizes,
        at: Place,
        plan: Plan | None,
        rank: int | None,
        drop_last: bool,
        reader: Mapping[str, Any] | None,
    ) -> None:
        self.stream, self.sizes, self.start, self.plan, self.rank = stream, sizes, at, plan, rank
        self.drop_last, self.reader = drop_last, reader
        self.over = False
        self._next = at
        self._waiting: deque[tuple[list[int], Place]] = deque()
        self._given: deque[Place] = deque()
        self._forgotten = 0

    def __next__(self) -> list[int]:
        """The next batch of this rank: an update, or a part of it."""
        if not self._waiting:
            self._take()
        batch, after = self._waiting.popleft()
        self._given.append(after)
        for _ in range(self._consumed() - 1 - self._forgotten):
            self._given.popleft()
            self._forgotten += 1
        return batch

    def _take(self) -> None:
        """Draw the samples of an update, and divide them."""
        step, drawn = self._next
        ranks = self.sizes.ranks
        count = self.sizes.share(step) * (1 if self.rank is None else ranks)
        drawn_now = list(islice(self.stream, count))
        if not drawn_now or (self.drop_last and len(drawn_now) < count):
            self.over = True
            raise StopIteration
        own = drawn_now
        if self.rank is not None:
            refuse_rest(len(drawn_now), ranks)
            own = drawn_now[self.rank :: ranks]
        micro = self.sizes.micro or len(own)
        parts = [own[first : first + micro] for first in range(0, len(own), micro)]
        self._next = Place(step + 1, drawn + len(drawn_now))
        self._waiting.extend((part, Place(step, drawn)) for part in parts[:-1])
        self._waiting.append((parts[-1], self._next))

    def _consumed(self) -> int:
        """How many batches the loop was given."""
        given = self._forgotten + len(self._given)
        return given if self.reader is None else self.reader.get("_num_yielded", 0)

    @property
    def is_fresh(self) -> bool:
        """Whether no batch was drawn."""
        return not self.over and not self._forgotten and not self._given

    def completed(self) -> Place:
        """The updates of which the loop was given all batches."""
        consumed = self._consumed()
        return self._given[consumed - 1 - self._forgotten] if consumed else self.start

    def rest_at(self, step: int) -> int:
        """The samples of a last update that is smaller than its size, over all ranks; 0 for other updates."""
        is_last = self.plan is not None and step == self.start.step + self.plan.updates
        return self.plan.rest if is_last and self.plan is not None and not self.drop_last else 0


def refuse_rest(samples: int, ranks: int) -> None:
    """Refuse a last batch that the ranks cannot share."""
    if samples % ranks:
        raise ValueError(
            f"ScheduledBatchSampler: the last batch of the pass has {samples} samples, which {ranks} ranks cannot "
            "share; drop_last=True leaves it out."
        )
