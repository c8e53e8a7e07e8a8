"""Transformers: a `Trainer` that knows the length of its schedule."""

from typing import Any

import torch
from transformers import Trainer  # pyright: ignore[reportMissingTypeStubs]  (transformers has none)

from ..adapters.lengths import ByGroup, Plan, all_for_total, needs_total
from ..checks import Site
from .torch import TorchScheduler

__all__ = ["ScheduledTrainer"]


class ScheduledTrainer(Trainer):
    """A `transformers.Trainer` that trains with a schedule, whose length is that of the run.

    It takes the arguments of `Trainer`, and those below. The length is what the trainer computes from its
    `TrainingArguments`: `max_steps`, or the epochs, the batches of the data and the gradient accumulation. Update k
    uses `schedule(k)`, also after `resume_from_checkpoint`. For another trainer, write
    `class MyTrainer(ScheduledTrainer, SFTTrainer): ...`.

    Args:
        schedule: the rate: a schedule; an expression, in which `total` is the length, such as
            `"warmup_cosine(3e-4, 0.03*total, total)"`; or a function `total -> schedule`. A mapping or a sequence of
            them gives one to each group of the optimizer, as in `TorchScheduler`.
        by_group: as in `TorchScheduler`: a callable that gives each group one of these, `group -> expression`.
        relative_to: as in `TorchScheduler`: "groups" multiplies the rates of the groups by the schedule. They are
            `learning_rate`, unless `optimizers` or `create_optimizer` makes others.
        strict: as in `TorchScheduler`: whether to refuse the checkpoint of another schedule.

    Raises TypeError without a schedule. Raises ValueError for a scheduler in `optimizers`, and for `TrainingArguments`
    that ask for a schedule of their own: `warmup_steps`, or an `lr_scheduler_type` that is not the default.
    `learning_rate` is not used, except with `relative_to="groups"`. Raises when training begins for an expression that
    cannot be read with `total`, and as `TorchScheduler` does.
    """

    lr_scheduler: Any  # None until it is created
    optimizer: Any

    def __init__(
        self,
        *args: Any,
        schedule: Plan | Any | None = None,
        by_group: ByGroup = None,
        relative_to: str | None = None,
        strict: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schedule, self.by_group = schedule, by_group
        self._options: dict[str, Any] = {"relative_to": relative_to, "strict": strict}
        if schedule is None and by_group is None:
            remedy = 'write schedule="warmup_cosine(3e-4, 0.03*total, total)"'
            Site("ScheduledTrainer", "schedule").refuse(schedule, "must be given", remedy, TypeError)
        needs_total(schedule)  # which reads the expressions, so that a typo is found before the data is loaded
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
                there = "" if self.schedule is None else f": {self.schedule!r}"
                remedy = f"leave it out of TrainingArguments, and write it into the schedule{there}"
                Site("ScheduledTrainer", name).refuse(value, "is not used", remedy)

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> Any:
        """The scheduler of the optimizer, for so many updates."""
        if self.lr_scheduler is None:
            given = all_for_total("ScheduledTrainer", self.schedule, self.by_group, {}, lambda: num_training_steps)
            self.lr_scheduler = TorchScheduler(
                self.optimizer if optimizer is None else optimizer, **given, **self._options
            )
            self._created_lr_scheduler = True
        return self.lr_scheduler
