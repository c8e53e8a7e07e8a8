"""Accelerate: a scheduler that counts the updates of all processes once, and knows the length of the run."""

import math
from typing import Any

from accelerate import Accelerator  # pyright: ignore[reportMissingTypeStubs]  (accelerate has none)
from accelerate.optimizer import AcceleratedOptimizer  # pyright: ignore[reportMissingTypeStubs]  (accelerate has none)
from accelerate.scheduler import AcceleratedScheduler  # pyright: ignore[reportMissingTypeStubs]  (accelerate has none)

from ..adapters.lengths import ByGroup, Plan, all_for_total
from ..checks import Site
from .torch import TorchScheduler

__all__ = ["scheduled"]


def scheduled(
    accelerator: Accelerator,
    optimizer: Any,
    schedule: Plan | Any | None = None,
    *,
    by_group: ByGroup = None,
    loader: Any = None,
    epochs: int | None = None,
    relative_to: str | None = None,
    strict: bool = False,
    **hyperparameters: Any,
) -> AcceleratedScheduler:
    """A prepared scheduler: call `step()` after every batch, and update k uses `schedule(k)` on every process.

    It counts the updates that the optimizer makes: neither the batches of an accumulation, nor updates that mixed
    precision skips, nor each process, as `accelerator.prepare(scheduler)` does. `accelerator.save_state` and
    `load_state` save and load it.

    Args:
        accelerator: the `Accelerator`.
        optimizer: the optimizer, prepared.
        schedule: the rate: a schedule; an expression, in which `total` is the length, such as
            `"warmup_cosine(3e-4, 0.03*total, total)"`; or a function `total -> schedule`. A mapping or a sequence of
            them gives one to each group of the optimizer, as in `TorchScheduler`.
        by_group: as in `TorchScheduler`: a callable that gives each group one of these, `group -> expression`.
        loader: the loader of the training data, prepared, if the length is needed.
        epochs: how often the data is seen (1), 1 or more, if the length is needed.
        relative_to: as in `TorchScheduler`: "groups" multiplies the rates of the groups by the schedule.
        strict: as in `TorchScheduler`: whether to refuse the checkpoint of another schedule.
        **hyperparameters: other hyperparameters of the groups, such as `weight_decay="linear(0.1, 0, total)"`.

    Raises ValueError or TypeError for an optimizer or a loader that is not prepared, for an expression that cannot be
    read with `total`, for a loader without a length if it is needed, and as `TorchScheduler` does.
    """
    if not isinstance(optimizer, AcceleratedOptimizer):
        _refuse("optimizer", optimizer)
    given = all_for_total(
        "scheduled", schedule, by_group, hyperparameters, lambda: _updates(accelerator, loader, epochs)
    )
    inner = TorchScheduler(optimizer, relative_to=relative_to, strict=strict, **given)
    scheduler: Any = AcceleratedScheduler(inner, optimizer, split_batches=True)
    scheduler._is_accelerate_prepared = True
    prepared: Any = accelerator.prepare_scheduler(scheduler)  # as it is; it is saved and loaded from now on
    return prepared


def _refuse(name: str, value: Any) -> None:
    remedy = f"write {name} = accelerator.prepare({name}) before"
    Site("scheduled", name).refuse(value, "must be prepared", remedy)


def _updates(accelerator: Accelerator, loader: Any, epochs: Any) -> int:
    """The updates of a run: what is left at the end of an epoch is an update, unless it is carried over."""
    for name, value in (("loader", loader), ("epochs", epochs)):
        if value is None:
            remedy = "the expression or function needs the length; write loader=loader, epochs=3"
            Site("scheduled", name).refuse(value, "must be given", remedy)
    if type(epochs) is not int or epochs < 1:
        Site("scheduled", "epochs").refuse(epochs, "must be a whole number of 1 or more", "write epochs=3")
    if not getattr(loader, "_is_accelerate_prepared", False):
        _refuse("loader", loader)
    try:
        batches = len(loader)
    except TypeError:
        remedy = "give a schedule, or lrsched.parse(expression, total=...)"
        Site("scheduled", "loader").refuse(loader, "must have a length", remedy, TypeError)
    every = accelerator.gradient_accumulation_steps
    if accelerator.gradient_state.sync_with_dataloader:
        return math.ceil(batches / every) * epochs
    return batches * epochs // every
