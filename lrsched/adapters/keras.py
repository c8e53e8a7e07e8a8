"""Keras 3 on any of its backends: schedules for the rate, for what else an optimizer is given, and in the history."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)
import numpy as np
from keras import ops  # pyright: ignore[reportMissingTypeStubs]

from ..core.checks import Site, guess
from ..core.config import from_config
from ..core.namespaces import Arrays, is_number
from ..core.schedule import Schedule

__all__ = ["CurrentValue", "KerasHyperparameter", "KerasSchedule", "to_keras"]

BACKEND: Final[str] = keras.config.backend()
"""A process has one backend."""


def to_keras(schedule: Schedule, gradient_accumulation_steps: int = 1) -> "KerasSchedule":
    """A schedule as the `learning_rate` of a Keras optimizer, which is saved and loaded with the model.

    Its values are float32 whatever `floatx` is, or float64 where that is (not on JAX; on PyTorch, tensors of many steps
    or on a GPU are computed in float32). A program that loads a model must import `lrsched.adapters.keras`, and define
    the schedules that are its own.

    Args:
        schedule: the schedule.
        gradient_accumulation_steps: what the optimizer is given under this name, if it is. Keras asks for the rate of
            a batch, and the schedule counts updates.

    Raises TypeError for what is not a schedule, ValueError for steps that are not a whole number from 1 on.

    >>> import lrsched
    >>> rate = to_keras(lrsched.linear(1.0, 0.0, 4))
    >>> float(rate(3)), keras.optimizers.Adam(rate).get_config()["learning_rate"]["registered_name"]
    (0.25, 'lrsched>KerasSchedule')
    """
    return KerasSchedule(schedule, gradient_accumulation_steps)


@keras.saving.register_keras_serializable("lrsched")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """What `to_keras` makes."""

    def __init__(self, schedule: Schedule, gradient_accumulation_steps: int = 1) -> None:
        if not isinstance(schedule, Schedule):  # pyright: ignore[reportUnnecessaryIsInstance]  (users have no checker)
            remedy = "lrsched.constant makes one of a number; write @lrsched.schedule for a formula of your own"
            Site("to_keras", "schedule").refuse(schedule, "must be a schedule of lrsched", remedy, TypeError)
        every = gradient_accumulation_steps
        if type(every) is not int or every < 1:
            site = Site("to_keras", "gradient_accumulation_steps")
            site.refuse(every, "must be a whole number from 1 on", "it is the one that the optimizer was given")
        self.schedule = schedule
        self.gradient_accumulation_steps = every
        self._evaluate = _evaluator(schedule, every)

    def __call__(self, step: Any) -> Any:
        """The value for update `step`, a number, variable or tensor of any shape."""
        if not is_number(step):
            step = ops.convert_to_tensor(step)
        number = _number(step)
        if number is None:
            return self._evaluate(step, _dtype())
        return ops.convert_to_tensor(self.schedule(_update(number, self.gradient_accumulation_steps)), _dtype())

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
        return cls(from_config(config["schedule"]), config.get("gradient_accumulation_steps", 1))

    def __reduce__(self) -> tuple[Any, ...]:
        return to_keras, (self.schedule, self.gradient_accumulation_steps)


# How a step is evaluated: by Python where its number is at hand, else by the words of `keras.ops`.


class Words:
    """`keras.ops` under the names of the array API standard."""

    int32: Final = "int32"

    def __getattr__(self, name: str) -> Any:
        return getattr(ops, name)

    def asarray(self, x: Any, dtype: Any = None) -> Any:
        return ops.convert_to_tensor(x, dtype)

    def astype(self, x: Any, dtype: Any, copy: bool = True) -> Any:
        return ops.cast(x, dtype)

    def isdtype(self, dtype: Any, kind: str) -> bool:
        names = ("int", "uint") if kind == "integral" else ("float", "bfloat")
        return keras.backend.standardize_dtype(dtype).startswith(names)

    def iinfo(self, dtype: Any) -> Any:
        return np.iinfo(keras.backend.standardize_dtype(dtype))

    def finfo(self, dtype: Any) -> Any:
        return np.finfo(keras.backend.standardize_dtype(dtype))


class Tensors(Arrays):
    """The namespace of Keras: float32; or float64 in TensorFlow, whose integers don't mix with floats."""

    def __init__(self) -> None:
        dtypes = ("float64", None) if BACKEND == "tensorflow" else ("float32", "int32")
        super().__init__("keras", Words(), *dtypes)

    def array(self, x: Any) -> Any:
        return super().array(x) if is_number(x) else ops.convert_to_tensor(x)


_namespace = Tensors()


def _dtype() -> str:
    """The dtype of values; JAX has no float64 unless asked."""
    return "float64" if keras.config.floatx() == "float64" and BACKEND != "jax" else "float32"


def _update(step: Any, every: int) -> Any:
    return step if every == 1 else step // every


def _evaluator(schedule: Schedule, every: int) -> Callable[[Any, str], Any]:
    """The values of a schedule at a tensor of steps, as a compiled program where that is cheap."""

    def values(step: Any, dtype: str) -> Any:
        return _namespace.evaluate(schedule, _update(step, every), dtype)

    if BACKEND != "jax":
        return values
    import jax  # one backend of three

    return jax.jit(values, static_argnums=1)


def _number(step: Any) -> Any:
    """The number of a step, or None where it is not known yet, or only after waiting for another device."""
    if is_number(step):
        return step
    if step.ndim == 0 and BACKEND == "torch":
        import torch  # one backend of three

        return step.item() if step.is_cpu and not torch.compiler.is_compiling() else None
    if step.ndim == 0 and BACKEND == "tensorflow":
        import tensorflow  # pyright: ignore[reportMissingTypeStubs, reportMissingImports]  (one backend of three)

        return step.numpy().item() if tensorflow.executing_eagerly() else None
    return None


# Callbacks of `fit`.


class KerasHyperparameter(keras.callbacks.Callback):
    """A callback under which a number of the optimizer follows a schedule: `weight_decay`, `momentum`, `beta_1` ... .

    Every update of `fit` uses `schedule(k)`, where k counts the updates of the optimizer, those of earlier fits and of
    a loaded model among them; so it does inside compiled steps, `steps_per_execution` above 1 and gradient
    accumulation. Outside a step the optimizer holds the number that it was built with, and so does a saved model:
    give the callback to each `fit`. The value of the last update is logged, under the name, at the end of an epoch.

    Args:
        name: the attribute of the optimizer.
        schedule: the schedule of its values.

    Raises TypeError for what is not a schedule, and ValueError when training begins for a name that is not a number
    of the optimizer, or one that is 0, which optimizers leave out of their computation.
    """

    def __init__(self, name: str, schedule: Schedule) -> None:
        super().__init__()
        self.name = name
        self.schedule = to_keras(schedule)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        model.train_function = None  # so that `fit` makes a new one, which has not been compiled without the schedule

    def on_train_begin(self, logs: Any = None) -> None:
        model: Any = self.model
        optimizer, train = _innermost(model), model.train_function
        given = _given(optimizer, self.name)
        scheduled = _Scheduled(given, self.schedule, optimizer)

        def train_by_schedule(*args: Any) -> Any:
            vars(optimizer)[self.name] = scheduled  # not by setattr, which would make it a part of the saved state
            try:
                return train(*args)
            finally:
                vars(optimizer)[self.name] = given

        model.train_function = train_by_schedule

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs[self.name] = _float(self.schedule(_innermost(self.model).iterations - 1))

    def on_train_end(self, logs: Any = None) -> None:
        model: Any = self.model
        model.train_function = None


class CurrentValue(keras.callbacks.Callback):
    """A callback that logs as `lr`, at the end of an epoch, the rate that the last update used, as a float."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is None:
            return
        optimizer = _innermost(self.model)
        rate = optimizer._learning_rate  # `learning_rate` is the rate of the update to come
        if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            batches = optimizer.iterations * (optimizer.gradient_accumulation_steps or 1)
            logs["lr"] = _float(rate(ops.maximum(batches - 1, 0)))
        else:
            logs["lr"] = _float(optimizer.learning_rate)


class _Scheduled(keras.Variable):  # pyright: ignore[reportGeneralTypeIssues]  (its base depends on the backend)
    """A number of an optimizer that is computed when it is read. What Python asks of it, the given number answers."""

    def __init__(self, given: float, schedule: KerasSchedule, optimizer: Any) -> None:
        self.given = given
        self.schedule = schedule
        self.optimizer = optimizer
        super().__init__(given, dtype=_dtype(), trainable=False)

    @property
    def value(self) -> Any:
        return self.schedule(self.optimizer.iterations)

    def __bool__(self) -> bool:
        return bool(self.given)

    def __eq__(self, other: object) -> bool:
        return self.given == other

    def __ne__(self, other: object) -> bool:
        return self.given != other

    def __gt__(self, other: Any) -> bool:
        return self.given > other

    __hash__ = object.__hash__


def _given(optimizer: Any, name: str) -> float:
    """The number that an optimizer holds under a name."""
    site, kind = Site("KerasHyperparameter", "name"), type(optimizer).__name__
    numbers = {key: value for key, value in vars(optimizer).items() if isinstance(value, float) and key[0] != "_"}
    if name == "learning_rate":
        site.refuse(name, "must be another number than the rate", f"write {kind}(to_keras(schedule))")
    if name not in vars(optimizer):
        site.refuse(name, f"must be a number of {kind}", guess(name, numbers))
    if not numbers.get(name):
        demand = f"must be a number of {kind} other than 0, and is {vars(optimizer)[name]!r}"
        site.refuse(name, demand, f"give {kind} a number to begin with")
    return numbers[name]


def _innermost(model: Any) -> Any:
    """The optimizer that updates, inside the one that scales the loss."""
    return getattr(model.optimizer, "inner_optimizer", model.optimizer)


def _float(value: Any) -> float:
    number: Any = ops.convert_to_numpy(ops.convert_to_tensor(value))
    return float(number)
