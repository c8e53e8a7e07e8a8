"""Transformers: a `Trainer` that knows the length of its schedule."""

from typing import Any

import torch
from transformers import Trainer  # pyright: ignore[reportMissingTypeStubs]  (transformers has none)

from ..core.checks import Site
from ..core.lengths import Plan, for_total, needs_total
from .torch import TorchScheduler

__all__ = ["ScheduledTrainer"]


class ScheduledTrainer(Trainer):
    """A `transformers.Trainer` that trains with a schedule, whose length is that of the run.

    It takes the arguments of `Trainer`, and `schedule`. The length is what the trainer computes from its
    `TrainingArguments`: `max_steps`, or the epochs, the batches of the data and the gradient accumulation. Update k
    uses `schedule(k)`, also after `resume_from_checkpoint`. For another trainer, write
    `class MyTrainer(ScheduledTrainer, SFTTrainer): ...`.

    Args:
        schedule: the rate: a schedule; a text, in which `total` is the length, such as
            `"warmup_cosine(3e-4, 0.03*total, total)"`; or a function `total -> schedule`. A mapping or a sequence of
            them gives one to each group of the optimizer, as in `TorchScheduler`.

    Raises ValueError for a scheduler in `optimizers`, and for `TrainingArguments` that ask for a schedule of their own:
    `warmup_steps`, or an `lr_scheduler_type` that is not the default. `learning_rate` is not used. Raises when training
    begins for a text that cannot be read with `total`, and as `TorchScheduler` does.
    """

    lr_scheduler: Any  # None until it is created
    optimizer: Any

    def __init__(self, *args: Any, schedule: Plan | Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule = schedule
        needs_total(schedule)  # which reads the texts, so that a typo is found before the data is loaded
        if self.lr_scheduler is not None:
            remedy = "give the optimizer alone: optimizers=(optimizer, None)"
            Site("ScheduledTrainer", "optimizers").refuse(self.lr_scheduler, "must not have a scheduler", remedy)
        self._check_arguments()

    def _check_arguments(self) -> None:
        """Refuse what `Trainer` would make its own schedule of, and what is not used here."""
        kind = str(getattr(self.args.lr_scheduler_type, "value", self.args.lr_scheduler_type))
        for name, value, default in (
            ("warmup_steps", self.args.warmup_steps, 0),
            ("lr_scheduler_type", kind, "linear"),
        ):
            if value and value != default:
                remedy = f"leave it out of TrainingArguments, and write it into the schedule: {self.schedule!r}"
                Site("ScheduledTrainer", name).refuse(value, "is not used", remedy)

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> Any:
        """The scheduler of the optimizer, for so many updates."""
        if self.lr_scheduler is None:
            given = for_total("ScheduledTrainer", self.schedule, lambda: num_training_steps)
            self.lr_scheduler = TorchScheduler(self.optimizer if optimizer is None else optimizer, given)
            self._created_lr_scheduler = True
        return self.lr_scheduler
