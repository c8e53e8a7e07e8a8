"""Batches whose size follows a schedule: a `batch_sampler` for PyTorch's DataLoader."""

from collections.abc import Iterable, Mapping
from inspect import currentframe
from itertools import islice
from types import FrameType
from typing import Any

import torch
from torch import distributed
from torch.utils.data import Sampler
from torch.utils.data.dataloader import _BaseDataLoaderIter  # pyright: ignore[reportPrivateUsage]  (see _reader)

from ..checks import Site, brief
from ..core.schedule import Schedule
from .torch_batch_pass import BatchPass, Place, refuse_rest
from .torch_batch_sizes import BatchSizes, Plan, counted

__all__ = ["ScheduledBatchSampler"]

KEYS = {"step", "drawn", "epoch", "generator"}


class ScheduledBatchSampler(Sampler[list[int]]):
    """A `batch_sampler` for `DataLoader` whose batch for update `k` has `batch_size(k)` samples, over all ranks.

    A pass over it is a pass over `sampler`; updates are counted on from pass to pass. Each rank is given an equal share
    of every batch. With a micro-batch size, the share of an update comes in `accumulate(k)` batches of that size.

    `state_dict()` says what is completed: the batches that the loop was given, not those that the workers of a
    DataLoader have fetched ahead. After `load_state_dict` the next pass goes on with the very same batches; if the pass
    was over, a new one begins, unless the sampler is still told the same epoch, which then has no batches left. A
    sampler that draws random numbers needs a generator for that; one that has none is given one.

    Args:
        sampler: the order of the samples, the same on every rank: a `RandomSampler` with a generator of the same seed,
            a `SequentialSampler`, any iterable of indices; or a `DistributedSampler`, which has divided them already.
        batch_size: the samples of every update, over all ranks: a schedule, a number or a callable `step -> size`.
        micro_batch_size: how many samples fit in one pass through the model on a rank; the whole share unless given.
        drop_last: whether the samples at the end of a pass that make no whole batch are left out.
        num_replicas: the number of ranks; unless given, those of `torch.distributed`, or 1.
        rank: this rank, from 0; unless given, that of `torch.distributed`, or 0.
        step: how many updates are completed.

    Raises ValueError or TypeError for batch sizes that are not whole numbers of 1 or more, that the ranks or the
    micro-batches don't divide, and for a rank that does not exist: when it is made as far as the schedule is known,
    else at the batch. A last batch that the ranks cannot share is refused when the pass begins.

    >>> import lrsched
    >>> batches = ScheduledBatchSampler(range(20), lrsched.piecewise_constant([2, 4], [3]))
    >>> [len(batch) for batch in batches]
    [2, 2, 2, 4, 4, 4, 2]
    """

    def __init__(
        self,
        sampler: Iterable[int],
        batch_size: Any,
        *,
        micro_batch_size: int | None = None,
        drop_last: bool = False,
        num_replicas: int | None = None,
        rank: int | None = None,
        step: int = 0,
    ) -> None:
        if not hasattr(sampler, "__iter__"):
            remedy = "give a torch.utils.data.Sampler, or range(len(dataset))"
            site = Site("ScheduledBatchSampler", "sampler")
            site.refuse(sampler, f"must be an iterable of indices, not {type(sampler).__name__}", remedy, TypeError)
        self.sampler: Any = sampler
        self.divided = hasattr(sampler, "num_replicas") and hasattr(sampler, "rank")
        if self.divided:
            num_replicas, rank = self.sampler.num_replicas, self.sampler.rank
        active = distributed.is_available() and distributed.is_initialized()
        if num_replicas is None:
            num_replicas = distributed.get_world_size() if active else 1
        if rank is None:
            rank = distributed.get_rank() if active else 0
        self.num_replicas, self.rank = counted("num_replicas", num_replicas), counted("rank", rank, least=0)
        if self.rank >= self.num_replicas:
            call = f"ScheduledBatchSampler(rank={self.rank}, num_replicas={self.num_replicas})"
            raise ValueError(f"{call} must be a rank from 0 to below the number of ranks; they are counted from 0.")
        self.sizes = BatchSizes(batch_size, self.num_replicas, micro_batch_size)
        self.drop_last = drop_last
        self._give_generator()
        self._at = Place(counted("step", step, least=0), 0)
        self._pass: BatchPass | None = None
        self._loaded = False
        self._note_start()

    @property
    def batch_size(self) -> Schedule:
        """The samples of every update, over all ranks."""
        return self.sizes.schedule

    @property
    def step(self) -> int:
        """How many updates are completed: of how many the loop was given all batches."""
        return self._completed().step

    def accumulate(self, step: int) -> int:
        """How many batches update `step` has: over so many the gradients are accumulated."""
        rest = 0 if self._pass is None else self._pass.rest_at(step)
        return self.sizes.batches(rest // self.num_replicas if rest else self.sizes.share(step))

    def set_epoch(self, epoch: int) -> None:
        """Tell the sampler the number of the next pass, where it shuffles by that, as `DistributedSampler` does."""
        if hasattr(self.sampler, "set_epoch"):
            self.sampler.set_epoch(epoch)

    # Passes.

    def __len__(self) -> int:
        """The batches of the pass that is going on, or of the next."""
        current = self._pass
        plan = self._plan(self._begin_at()) if current is None or current.over else current.plan
        if plan is None:
            raise TypeError(f"ScheduledBatchSampler({type(self.sampler).__name__}) has no length; nor has the sampler.")
        rest = 0 if self.drop_last else plan.rest
        return plan.batches + (self.sizes.batches(rest // self.num_replicas) if rest else 0)

    def __iter__(self) -> BatchPass:
        """Begin a pass, or go on with the one whose state was loaded."""
        at, reader = self._begin_at(), _reader(currentframe())
        if self._loaded and self._generator is not None:
            self.sampler.generator.set_state(self._generator)
            if self._at.drawn > at.drawn:  # that pass was over, and this one draws after it
                for _ in self.sampler:
                    pass
        self._loaded = False
        if at.drawn == 0:
            self._note_start()
        plan = self._plan(at)
        rank = None if self.divided else self.rank
        if plan is not None and rank is not None and not self.drop_last:
            refuse_rest(plan.rest, self.num_replicas)
        stream = islice(iter(self.sampler), at.drawn, None)
        self._at = at
        self._pass = BatchPass(stream, self.sizes, at, plan, rank, self.drop_last, reader)
        return self._pass

    def _begin_at(self) -> Place:
        """Where the next pass begins: at its first sample, unless the state of an unfinished pass was loaded."""
        at = self._completed()
        if self._pass is not None:  # a DataLoader with workers asks twice, and draws from the second
            return at if self._pass.is_fresh else Place(at.step, 0)
        epoch = getattr(self.sampler, "epoch", None)
        if not self._loaded or epoch != self._epoch:
            return Place(at.step, 0)
        plan = self._plan(at)
        over = plan is not None and plan.updates == 0 and (self.drop_last or plan.rest == 0)
        return Place(at.step, 0) if over and epoch is None else at

    def _plan(self, at: Place) -> Plan | None:
        """What is ahead in a pass, if the sampler has a length."""
        if not hasattr(self.sampler, "__len__"):
            return None
        left = len(self.sampler) - at.drawn
        return self.sizes.plan(at.step, left * self.num_replicas if self.divided else left)

    def _completed(self) -> Place:
        return self._at if self._pass is None else self._pass.completed()

    # Saving and loading.

    def state_dict(self) -> dict[str, Any]:
        """The completed updates, the samples drawn in this pass, and how the sampler began it."""
        at = self._completed()
        return {"step": at.step, "drawn": at.drawn, "epoch": self._epoch, "generator": self._generator}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on at a state: the next pass has the batches that were left of the one that was saved.

        Raises ValueError for what is no state of a sampler of this kind.
        """
        if not isinstance(state_dict, Mapping) or set(state_dict) != KEYS:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(
                f"ScheduledBatchSampler.load_state_dict({brief(state_dict)}) must have the keys "
                f"{', '.join(sorted(KEYS))}; state_dict() gives them."
            )
        if (state_dict["generator"] is None) != (self._generator is None):
            raise ValueError(
                f"ScheduledBatchSampler.load_state_dict: a sampler of another kind than {type(self.sampler).__name__} "
                "was saved; only one of them draws random numbers."
            )
        at = Place(*(counted(f"state_dict[{key!r}]", state_dict[key], least=0) for key in ("step", "drawn")))
        if hasattr(self.sampler, "__len__") and at.drawn > len(self.sampler):
            raise ValueError(
                f"ScheduledBatchSampler.load_state_dict: {at.drawn} samples were drawn, and the sampler has "
                f"{len(self.sampler)}; give the sampler of the run that was saved."
            )
        self._at, self._pass = at, None
        self._epoch, self._generator, self._loaded = state_dict["epoch"], state_dict["generator"], True
        if self._epoch is not None:
            self.set_epoch(self._epoch)

    def _give_generator(self) -> None:
        """Give a sampler that draws random numbers a generator of its own, which can be saved."""
        if getattr(self.sampler, "generator", self) is not None:
            return
        if self.num_replicas > 1:
            raise ValueError(
                f"ScheduledBatchSampler({type(self.sampler).__name__}) must have a generator with the same seed on "
                "each rank, or the ranks would share other samples; give the sampler "
                "generator=torch.Generator().manual_seed(0)."
            )
        seed = int(torch.empty((), dtype=torch.int64).random_().item())
        self.sampler.generator = torch.Generator().manual_seed(seed)

    def _note_start(self) -> None:
        """Note what the order of this pass follows from."""
        generator = getattr(self.sampler, "generator", None)
        self._generator = generator.get_state() if isinstance(generator, torch.Generator) else None
        self._epoch = getattr(self.sampler, "epoch", None)


def _reader(here: FrameType | None) -> Mapping[str, Any] | None:
    """The attributes of the iterator of a DataLoader, if it is what asks for a pass.

    It counts the batches that it gives to the loop, which nothing else does where workers fetch some ahead. Its
    attributes are kept and not itself, so that its workers end with it.
    """
    caller = None if here is None else here.f_back
    asking = None if caller is None else caller.f_locals.get("self")
    return vars(asking) if isinstance(asking, _BaseDataLoaderIter) else None
