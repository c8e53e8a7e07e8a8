"""Lightning: what `configure_optimizers` returns for a schedule whose length the trainer knows."""

from typing import Any

from torch.optim import Optimizer

from ..adapters.lengths import ByGroup, Plan, all_for_total
from .torch import TorchScheduler

__all__ = ["scheduled"]


def scheduled(
    module: Any,
    optimizer: Optimizer,
    schedule: Plan | Any | None = None,
    *,
    by_group: ByGroup = None,
    relative_to: str | None = None,
    strict: bool = False,
    **hyperparameters: Any,
) -> dict[str, Any]:
    """An optimizer with its schedule, as `LightningModule.configure_optimizers` returns it.

    Lightning steps the scheduler after every update; with manual optimization, call `self.lr_schedulers().step()`. The
    length is `module.trainer.estimated_stepping_batches`: `max_steps`, or what the epochs, the batches of the data and
    `accumulate_grad_batches` give.

    Args:
        module: the `LightningModule`.
        optimizer: its optimizer.
        schedule: the rate: a schedule; an expression, in which `total` is the length, such as
            `"warmup_cosine(3e-4, 0.03*total, total)"`; or a function `total -> schedule`. A mapping or a sequence of
            them gives one to each group of the optimizer, as in `TorchScheduler`.
        by_group: as in `TorchScheduler`: a callable that gives each group one of these, `group -> expression`.
        relative_to: as in `TorchScheduler`: "groups" multiplies the rates of the groups by the schedule.
        strict: as in `TorchScheduler`: whether to refuse the checkpoint of another schedule.
        **hyperparameters: other hyperparameters of the groups, such as `weight_decay="linear(0.1, 0, total)"`.

    Raises ValueError or TypeError for an expression that cannot be read with `total`, for a run without an end if its
    length is needed, and as `TorchScheduler` does.
    """
    given = all_for_total(
        "scheduled", schedule, by_group, hyperparameters, lambda: module.trainer.estimated_stepping_batches
    )
    scheduler = TorchScheduler(optimizer, relative_to=relative_to, strict=strict, **given)
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}
