"""Lightning: what `configure_optimizers` returns for a schedule whose length the trainer knows."""

from typing import Any

from torch.optim import Optimizer

from ..core.lengths import Plan, for_total
from .torch import TorchScheduler

__all__ = ["scheduled"]


def scheduled(module: Any, optimizer: Optimizer, schedule: Plan | Any, **hyperparameters: Any) -> dict[str, Any]:
    """An optimizer with its schedule, as `LightningModule.configure_optimizers` returns it.

    The scheduler is stepped after every update. The length is `module.trainer.estimated_stepping_batches`: of
    `max_steps`, or of the epochs, the batches of the data and `accumulate_grad_batches`.

    Args:
        module: the `LightningModule`.
        optimizer: its optimizer.
        schedule: the rate: a schedule; a text, in which `total` is the length, such as
            `"warmup_cosine(3e-4, 0.03*total, total)"`; or a function `total -> schedule`. A mapping or a sequence of
            them gives one to each group of the optimizer, as in `TorchScheduler`.
        **hyperparameters: other hyperparameters of the groups, such as `weight_decay="linear(0.1, 0, total)"`.

    Raises ValueError or TypeError for a text that cannot be read with `total`, for a run without an end if its length
    is needed, and as `TorchScheduler` does.
    """
    given = for_total(
        "scheduled", {"lr": schedule, **hyperparameters}, lambda: module.trainer.estimated_stepping_batches
    )
    scheduler = TorchScheduler(optimizer, **given)
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}
