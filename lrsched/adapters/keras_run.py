"""Callbacks of Keras' `fit`: the length of the run for the schedule, and the rate in the history."""

from typing import Any

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)
from keras import ops  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..checks import Site
from .keras_lengths import check_accumulation, float_of, innermost, lost_count, updates_of_run
from .keras_steps import renew_train_function

__all__ = ["CurrentValue", "TotalSteps"]


class TotalSteps(keras.callbacks.Callback):
    """A callback that tells the schedule of the optimizer how many updates `fit` makes.

    It is needed where `to_keras` was given an expression with `total`, or a function of the length. The total is the
    batches of an epoch times the epochs, divided by the gradient accumulation, and what the optimizer has done before
    an `initial_epoch`.

    Raises ValueError when training begins: if the batches of an epoch are not known, if the optimizer does not have
    such a rate, and if its count of updates does not belong to the epoch: it goes on with a new run, or its state was
    not loaded.
    """

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        renew_train_function(model)  # the one that `fit` finds may have been compiled with another length

    def on_train_begin(self, logs: Any = None) -> None:
        optimizer = innermost(self.model)
        check_accumulation(optimizer)
        rate = optimizer._learning_rate
        if not hasattr(rate, "resolve"):
            remedy = f'write {type(optimizer).__name__}(to_keras("warmup_cosine(1e-3, 0.1*total, total)"))'
            Site("TotalSteps", "learning_rate").refuse(rate, "must be a schedule of to_keras", remedy)
        self._first = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._first:
            innermost(self.model)._learning_rate.resolve(updates_of_run("TotalSteps", self, epoch))
        self._first = False


class CurrentValue(keras.callbacks.Callback):
    """A callback that logs as `lr`, at the end of an epoch, the rate that the last update used, as a float.

    Give it before the callbacks that read it, such as `CSVLogger` and `ModelCheckpoint(monitor="lr")`: Keras calls
    them in their order.

    Raises ValueError when training begins if `to_keras` was not given the optimizer's `gradient_accumulation_steps`, or
    if `fit` begins with a later epoch and the optimizer has made no update: its state was not loaded.
    """

    def on_train_begin(self, logs: Any = None) -> None:
        check_accumulation(innermost(self.model))
        self._first = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._first:
            lost_count("CurrentValue", innermost(self.model), epoch)
        self._first = False

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is None:
            return
        optimizer = innermost(self.model)
        rate = optimizer._learning_rate  # `learning_rate` is the rate of the update to come
        if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            batches = optimizer.iterations * (optimizer.gradient_accumulation_steps or 1)
            logs["lr"] = float_of(rate(ops.maximum(batches - 1, 0)))
        else:
            logs["lr"] = float_of(optimizer.learning_rate)
