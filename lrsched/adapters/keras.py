"""Keras 3, on any backend: schedules for the learning rate and other hyperparameters."""

from collections.abc import Mapping
from typing import Any

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..core.checks import Site, guess
from ..core.config import from_config
from ..core.schedule import Schedule
from .keras_callbacks import CurrentValue, KerasHyperparameter
from .keras_values import Values, check_schedule

__all__ = ["CurrentValue", "KerasHyperparameter", "KerasSchedule", "to_keras"]


def to_keras(schedule: Schedule, *, gradient_accumulation_steps: int = 1) -> "KerasSchedule":
    """A schedule as the `learning_rate` of a Keras optimizer. It is saved and loaded with the model.

    The values are float32, or float64 if `floatx` is (not on JAX; on PyTorch, tensors of many steps or on a GPU are
    computed in float32). A program that loads the model must import `lrsched.adapters.keras` and define any schedules
    of its own.

    Args:
        schedule: the schedule.
        gradient_accumulation_steps: the same number as given to the optimizer. Keras asks for the rate of each batch,
            and the schedule counts updates. `CurrentValue` and `KerasHyperparameter` check that the two agree when
            training begins.

    >>> import lrsched
    >>> rate = to_keras(lrsched.linear(1.0, 0.0, 4))
    >>> float(rate(3)), keras.optimizers.Adam(rate).get_config()["learning_rate"]["registered_name"]
    (0.25, 'lrsched>KerasSchedule')
    """
    return KerasSchedule(schedule, gradient_accumulation_steps=gradient_accumulation_steps)


@keras.saving.register_keras_serializable("lrsched")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """The result of `to_keras`."""

    def __init__(self, schedule: Schedule, *, gradient_accumulation_steps: int = 1) -> None:
        check_schedule("to_keras", schedule)
        every = gradient_accumulation_steps
        if type(every) is not int or every < 1:
            site = Site("to_keras", "gradient_accumulation_steps")
            site.refuse(every, "must be a whole number from 1 on", "it is the one that the optimizer was given")
        self.schedule = schedule
        self.gradient_accumulation_steps = every
        self._values = Values(schedule)

    def __call__(self, step: Any) -> Any:
        """The value for update `step`, a number, variable or tensor of any shape."""
        every = self.gradient_accumulation_steps
        return self._values(step if every == 1 else step // every)

    def get_config(self) -> dict[str, Any]:
        every = self.gradient_accumulation_steps
        return {"schedule": self.schedule.to_config(), "gradient_accumulation_steps": every}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "KerasSchedule":
        site, keys = Site("KerasSchedule.from_config", "config"), ("schedule", "gradient_accumulation_steps")
        if "schedule" not in config:
            site.refuse(dict(config), 'must have the key "schedule"', "get_config() of a KerasSchedule gives one")
        for key in config.keys() - set(keys):
            site.refuse(dict(config), f"must not have the key {key!r}", guess(key, keys))
        return cls(
            from_config(config["schedule"]), gradient_accumulation_steps=config.get("gradient_accumulation_steps", 1)
        )
