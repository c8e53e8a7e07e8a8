"""Keras 3, on any backend: schedules for the learning rate and other hyperparameters."""

import logging
import warnings
from collections.abc import Mapping
from typing import Any

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..adapters.lengths import Plan, for_total, needs_total
from ..checks import Site, brief, guess
from ..core.schedule import Schedule
from ..text.config import from_config
from .keras_callbacks import KerasHyperparameter
from .keras_run import CurrentValue, TotalSteps
from .keras_values import Values, check_plan

__all__ = ["CurrentValue", "KerasHyperparameter", "KerasSchedule", "TotalSteps", "to_keras"]


def to_keras(schedule: Plan, *, gradient_accumulation_steps: int = 1) -> "KerasSchedule":
    """A schedule as the `learning_rate` of a Keras optimizer. It is saved and loaded with the model.

    The values are float32, or float64 if `floatx` is (not on JAX; on PyTorch, tensors of many steps or on a GPU are
    computed in float32). A program that loads the model must import `lrsched.adapters.keras` and define any schedules
    of its own.

    Args:
        schedule: the schedule; or an expression, such as `"warmup_cosine(3e-4, 0.03*total, total)"`, in which `total`
            is the number of updates of the run; or a function `total -> schedule`. The last two need the callback
            `TotalSteps`.
        gradient_accumulation_steps: the same number as given to the optimizer. Keras asks for the rate of each batch,
            and the schedule counts updates. `CurrentValue` and `KerasHyperparameter` check that the two agree when
            training begins.

    Raises ValueError or TypeError for what is not a schedule, and for an expression that cannot be read.

    >>> import lrsched
    >>> rate = to_keras(lrsched.linear(1.0, 0.0, 4))
    >>> float(rate(3)), keras.optimizers.Adam(rate).get_config()["learning_rate"]["registered_name"]
    (0.25, 'lrsched>KerasSchedule')
    """
    return KerasSchedule(schedule, gradient_accumulation_steps=gradient_accumulation_steps)


@keras.saving.register_keras_serializable("lrsched")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """The result of `to_keras`."""

    def __init__(self, schedule: Plan, *, gradient_accumulation_steps: int = 1) -> None:
        self.plan = check_plan("to_keras", schedule)
        every = gradient_accumulation_steps
        if type(every) is not int or every < 1:
            site = Site("to_keras", "gradient_accumulation_steps")
            site.refuse(every, "must be a whole number from 1 on", "it is the one that the optimizer was given")
        self.gradient_accumulation_steps = every
        self.schedule: Schedule | None = None
        if not needs_total(self.plan):
            self._use(self.plan)

    def _use(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._values = Values(schedule)

    def resolve(self, total: int) -> None:
        """Use the schedule of a run of so many updates; `TotalSteps` calls it when a `fit` begins.

        Warns where another schedule was used before.
        """
        schedule = for_total("to_keras", self.plan, lambda: total)
        if self.schedule not in (None, schedule):
            text = f"to_keras: the schedule was {self.schedule}, and is {schedule} in this run of {total} updates"
            warnings.warn(text, stacklevel=2)
            logging.getLogger("lrsched").warning(text)
        self._use(schedule)

    def __call__(self, step: Any) -> Any:
        """The value for update `step`, a number, variable or tensor of any shape."""
        if self.schedule is None:
            remedy = "give fit the callback lrsched.adapters.keras.TotalSteps()"
            Site("to_keras", "schedule").refuse(self.plan, "must be given the length of the run", remedy)
        every = self.gradient_accumulation_steps
        return self._values(step if every == 1 else step // every)

    def get_config(self) -> dict[str, Any]:
        """The schedule of the last run, and the expression that made it; before a run, the expression alone."""
        config = {"gradient_accumulation_steps": self.gradient_accumulation_steps}
        if self.schedule is None and not isinstance(self.plan, str):
            raise ValueError(
                f"to_keras({brief(self.plan)}) can be saved after a fit with TotalSteps(); "
                "an expression can be saved before."
            )
        schedule = self.plan if self.schedule is None else self.schedule.to_config()
        plan = {"plan": self.plan} if isinstance(self.plan, str) else {}
        return {"schedule": schedule, **plan, **config}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "KerasSchedule":
        """A schedule from `get_config()`."""
        site, keys = Site("KerasSchedule.from_config", "config"), ("schedule", "plan", "gradient_accumulation_steps")
        if "schedule" not in config:
            site.refuse(dict(config), 'must have the key "schedule"', "get_config() of a KerasSchedule gives one")
        for key in config.keys() - set(keys):
            site.refuse(dict(config), f"must not have the key {key!r}", guess(key, keys))
        every, saved = config.get("gradient_accumulation_steps", 1), config["schedule"]
        used = None if isinstance(saved, str) else from_config(saved)
        made = cls(config.get("plan", saved if used is None else used), gradient_accumulation_steps=every)
        if used is not None:
            made._use(used)
        return made
