"""How Keras evaluates a schedule: by Python where the number of a step is at hand, else by the words of `keras.ops`."""

from collections.abc import Callable
from typing import Any, Final

import keras  # pyright: ignore[reportMissingTypeStubs]  (keras has none)
import numpy as np
from keras import ops  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..adapters.lengths import PlanReader, needs_total
from ..arrays.libraries import is_number
from ..arrays.namespaces import Arrays
from ..checks import Site, is_factory
from ..core.many import evaluate
from ..core.schedule import Schedule

__all__ = ["BACKEND", "Values", "check_plan", "dtype_of_values"]

BACKEND: Final[str] = keras.config.backend()
"""A process has one backend."""


def check_plan(call: str, plan: Any) -> Any:
    """A schedule, or the expression of one; or an expression or a function that needs the length of the run."""
    is_foreign = isinstance(plan, keras.optimizers.schedules.LearningRateSchedule) or is_factory(plan)
    if is_foreign or not (callable(plan) or isinstance(plan, str)):
        remedy = "lrsched.constant makes one of a number; write @lrsched.schedule for a formula of your own"
        Site(call, "schedule").refuse(plan, "must be a schedule of lrsched", remedy, TypeError)
    return PlanReader(plan).schedule() if isinstance(plan, str) and not needs_total(plan) else plan


class Values:
    """The values of a schedule at the steps of Keras: numbers, variables and tensors of any shape."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._evaluate = _program(schedule)

    def __call__(self, step: Any) -> Any:
        if not is_number(step):
            step = ops.convert_to_tensor(step)
        number = _number(step)
        if number is None:
            return self._evaluate(step, dtype_of_values())
        return ops.convert_to_tensor(self.schedule(number), dtype_of_values())

    def __reduce__(self) -> tuple[Any, ...]:
        return Values, (self.schedule,)


def dtype_of_values() -> str:
    """The dtype of values; JAX has no float64 unless asked."""
    return "float64" if keras.config.floatx() == "float64" and BACKEND != "jax" else "float32"


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


def _program(schedule: Schedule) -> Callable[[Any, str], Any]:
    """The values of a schedule at a tensor of steps, in a dtype; compiled where that is cheap."""

    def values(step: Any, dtype: str) -> Any:
        return evaluate(schedule.bind(_namespace), _namespace, step, dtype)

    if BACKEND != "jax":
        return values
    import jax  # one backend of three

    return jax.jit(values, static_argnums=1)


# The words of `keras.ops`.


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
