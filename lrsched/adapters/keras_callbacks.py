"""A callback for Keras' `fit`: schedules for any number of the optimizer."""

from numbers import Real
from typing import Any, Final

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..adapters.lengths import Plan, for_total, needs_total
from ..checks import Site, guess
from .keras_lengths import check_accumulation, float_of, innermost, lost_count, updates_of_run
from .keras_steps import renew_train_function, train_by
from .keras_values import Values, check_plan, dtype_of_values

__all__ = ["KerasHyperparameter"]

FIXED: Final = ("ema_overwrite_frequency", "gradient_accumulation_steps", "initial_accumulator_value", "ns_steps")
"""Numbers that optimizers do not read at every update, or that Python counts with."""


class KerasHyperparameter(keras.callbacks.Callback):
    """A callback that makes a number of the optimizer follow a schedule: `weight_decay`, `momentum`, `beta_1` ... .

    Every update of `fit` uses `schedule(k)`, where k counts the optimizer's updates, including those of earlier fits
    and of a loaded model. This also works in compiled steps, with `steps_per_execution` above 1, and with gradient
    accumulation. Between updates, and in a saved model, the optimizer has the number it was built with, so pass the
    callback to each `fit`: without it, `fit` and `train_on_batch` use that number. At the end of an epoch, the value of
    its last update is logged under the name.

    Args:
        name: the attribute of the optimizer.
        schedule: the schedule of its values; an expression, in which `total` is the updates of the run as `TotalSteps`
            counts them; or a function `total -> schedule`.

    Raises ValueError when training begins: for a name that is not a number of the optimizer; for a number that is 0,
    which optimizers leave out of their computation; for one that is not read at every update, such as
    `initial_accumulator_value`; and as `CurrentValue` and `TotalSteps` do.
    """

    def __init__(self, name: str, schedule: Plan) -> None:
        super().__init__()
        self.name = name
        self.plan = check_plan("KerasHyperparameter", schedule)
        self.schedule = None if needs_total(self.plan) else Values(self.plan)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        renew_train_function(model)  # the one that `fit` finds may have been compiled without the schedule

    def on_train_begin(self, logs: Any = None) -> None:
        model: Any = self.model
        optimizer, train = innermost(model), model.train_function
        check_accumulation(optimizer)
        given = _given(optimizer, self.name)
        scheduled = _Scheduled(given, self, optimizer)
        self._first = True

        def train_by_schedule(*args: Any) -> Any:
            vars(optimizer)[self.name] = scheduled  # not by setattr, which would make it a part of the saved state
            try:
                return train(*args)
            finally:
                vars(optimizer)[self.name] = given

        self._train = train_by_schedule
        train_by(model, self._train)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        call = "KerasHyperparameter"
        if self._first:
            lost_count(call, innermost(self.model), epoch)
        if self._first and needs_total(self.plan):
            self.schedule = Values(for_total(call, self.plan, lambda: updates_of_run(call, self, epoch)))
        self._first = False

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        train_by(self.model, self._train)  # again, as another callback may have called `train_on_batch`

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs[self.name] = float_of(self.value(innermost(self.model).iterations - 1))

    def value(self, update: Any) -> Any:
        """The value for an update; the schedule is known when the first epoch begins."""
        values: Any = self.schedule
        return values(update)

    def __reduce__(self) -> tuple[Any, ...]:
        return KerasHyperparameter, (self.name, self.plan)


class _Scheduled(keras.Variable):  # pyright: ignore[reportGeneralTypeIssues]  (its base depends on the backend)
    """A number of an optimizer that is computed when it is read. What Python asks of it, the given number answers."""

    def __init__(self, given: Any, callback: KerasHyperparameter, optimizer: Any) -> None:
        self.given = given
        self.callback = callback
        self.optimizer = optimizer
        super().__init__(given, dtype=dtype_of_values(), trainable=False)

    @property
    def value(self) -> Any:
        return self.callback.value(self.optimizer.iterations)

    def __bool__(self) -> bool:
        return bool(self.given)

    def __eq__(self, other: object) -> bool:
        return self.given == other

    def __ne__(self, other: object) -> bool:
        return self.given != other

    def __gt__(self, other: Any) -> bool:
        return self.given > other

    __hash__ = object.__hash__


def _given(optimizer: Any, name: str) -> Any:
    """The number that an optimizer holds under a name."""
    site, kind = Site("KerasHyperparameter", "name"), type(optimizer).__name__
    numbers = {
        key: value
        for key, value in vars(optimizer).items()
        if type(value) is not bool and isinstance(value, Real) and key[0] != "_" and key not in FIXED
    }
    if name == "learning_rate":
        site.refuse(name, "must be another number than the rate", f"write {kind}(to_keras(schedule))")
    if name in FIXED:
        site.refuse(name, "must be a number that every update reads", f"give {kind} another one when you make it")
    if name not in vars(optimizer):
        site.refuse(name, f"must be a number of {kind}", guess(name, numbers))
    if not numbers.get(name):
        demand = f"must be a number of {kind} other than 0, and is {vars(optimizer)[name]!r}"
        site.refuse(name, demand, f"give {kind} a number to begin with")
    return numbers[name]
