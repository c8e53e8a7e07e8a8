"""The words formulas are written in, for Python numbers and for arrays of any library.

A formula receives a *namespace* `xp` and uses operators and the words of it; it never asks which library it runs on.
"""

import math
import sys
from typing import Any, Final, TypeAlias

import numpy as np

from .libraries import NATIVE, is_number, library_name, library_of
from .words import Words

__all__ = ["Arrays", "Namespace", "NumPy", "namespace_of"]


class Arrays(Words):
    """The namespace of one array library at one precision."""

    def of_floats(self) -> "Arrays":
        """The same library, with steps that are floats, which lengths of any size fit."""
        return _namespace(self.xp, self.float_dtype, None)

    # Words for tables.

    def table(self, numbers: "list[Any]") -> Any:
        """Numbers as one 1-d array; as a tuple while all are Python numbers, so that it may be kept."""
        if all(is_number(number) for number in numbers):
            return tuple(numbers)
        arrays = [self.array(number) for number in numbers]
        if len({array.dtype for array in arrays}) > 1:  # which not every library stacks
            arrays = [self.xp.astype(array, self.float_dtype) for array in arrays]
        return self.xp.stack(arrays)

    def column(self, table: Any, dtype: Any = None) -> Any:
        """A table as an array."""
        if not isinstance(table, tuple):
            return table if dtype is None else self.xp.astype(table, dtype, copy=False)
        if dtype is None:
            whole = all(isinstance(number, int) for number in table) and self.int_dtype is not None
            dtype = self.int_dtype if whole else self.float_dtype
        return self.xp.asarray(table, dtype=dtype)

    def take(self, table: Any, index: Any) -> Any:
        """The entries of a 1-d table at integer positions of any shape."""
        table = self.column(table)
        if index.ndim == 1:
            return self.xp.take(table, index, axis=0)
        return self.xp.reshape(self.xp.take(table, self.xp.reshape(index, (-1,)), axis=0), index.shape)

    def count(self, edges: Any, step: Any) -> Any:
        """How many of the sorted `edges` are at or before `step`; whole steps pass an edge at the next whole number."""
        if self.xp.isdtype(step.dtype, "integral"):
            edges = tuple(map(math.ceil, edges)) if isinstance(edges, tuple) else -self.xp.floor(-edges)
        edges = self.column(edges, step.dtype)
        if step.ndim == 0:
            return self.xp.sum(self.xp.astype(step >= edges, self.xp.int32))
        flat = self.xp.reshape(step, (-1,)) + 0  # a copy in order, as torch wants it
        return self.xp.reshape(self.xp.searchsorted(edges, flat, side="right"), step.shape)

    # The way in and out.

    def enter(self, step: Any) -> Any:
        """Steps in the dtype that they are counted in, none of them negative, infinite or NaN."""
        xp = self.xp
        if xp.isdtype(step.dtype, "integral"):
            if xp.iinfo(step.dtype).max > self.last_step:
                step = self.minimum(step, int(self.last_step))
            step = xp.astype(step, self.int_dtype or self.float_dtype, copy=False)
        else:
            step = xp.astype(step, self.float_dtype, copy=False)
            step = self.minimum(self.where(step == step, step, 0.0), self.last_step)  # noqa: PLR0124 (NaN)
        return self.maximum(step, 0)

    def leave(self, value: Any, step: Any, dtype: Any) -> Any:
        """The values in the shape of the steps and in the dtype asked for; NaN where the step is NaN."""
        xp = self.xp
        value = self.array(value)
        if dtype != self.float_dtype:
            largest = float(xp.finfo(dtype).max)
            value = self.maximum(self.minimum(value, largest), -largest)
        value = xp.astype(value, dtype, copy=False)
        if value.shape != step.shape:
            value = xp.broadcast_to(value, step.shape)
        if xp.isdtype(step.dtype, "real floating"):
            value = xp.where(step == step, value, step)  # noqa: PLR0124 (NaN)
        return value


class NumPy(Arrays):
    """NumPy, which has no gradients to guard, and knows the numbers of the steps."""

    def sqrt(self, x: Any) -> Any:
        """Square root of x >= 0; there is no gradient to guard."""
        return math.sqrt(x) if is_number(x) else np.sqrt(x)

    def power(self, x: Any, exponent: Any) -> Any:
        """x**exponent for 0 <= x <= 1 and exponent > 0; there is no gradient to guard."""
        return super().power(x, exponent) if is_number(x) or not self.is_double else x**exponent

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        """`yes` where `condition` holds, else `no`: `yes` as it is where nothing has to be selected."""
        is_array = type(yes) is np.ndarray and yes.dtype == self.float_dtype
        is_all = is_array and type(condition) is np.ndarray and condition.shape == yes.shape and condition.all()
        return yes if is_all else super().where(condition, yes, no)

    def enter(self, step: Any) -> Any:
        """Steps as they are counted; integers are held inside the range only where one of them is not."""
        if step.dtype.kind not in "iu":
            return super().enter(step)
        unsigned = step.view(f"u{step.dtype.itemsize}")  # in which a negative step is a large one
        is_inside = step.size == 0 or unsigned.max() <= min(self.last_step, np.iinfo(step.dtype).max)
        return step.astype(self.int_dtype, copy=False) if is_inside else super().enter(step)

    def leave(self, value: Any, step: Any, dtype: Any) -> Any:
        """The values; mostly they are what they should be."""
        is_ready = type(value) is np.ndarray and value.dtype == dtype and value.shape == step.shape
        return value if is_ready and step.dtype.kind in "iu" else super().leave(value, step, dtype)


class JAX(Arrays):
    """JAX, whose tracing is shortened: functions of `jax.numpy` are programs of their own, those of `jax.lax` are not.

    A number becomes an array of NumPy, which is written into the program as it is.
    """

    LAX: Final = {"where": "select", "minimum": "min", "maximum": "max"}

    def number(self, x: Any, dtype: Any) -> Any:
        """A Python number as an array of NumPy."""
        return np.asarray(x, dtype=dtype)

    def call(self, name: str, *arrays: Any) -> Any:
        """A function of arrays: that of `jax.lax`, where no array has to be broadcast."""
        is_plain = len({array.shape for array in arrays}) == 1 and arrays[-1].dtype == arrays[-2].dtype
        library = sys.modules["jax"].lax if is_plain else self.xp
        return getattr(library, self.LAX[name] if is_plain else name)(*arrays)


KINDS: Final = {"numpy": NumPy, "jax": JAX}

Namespace: TypeAlias = Any
"""What a formula receives as `xp`: the module `numbers`, or an `Arrays`. It offers the same words either way."""


_namespaces: dict[str, Arrays] = {}
"""A plain dict: torch.compile follows a look-up in a dict, and warns of a function that caches."""


def _namespace(xp: Any, float_dtype: Any, int_dtype: Any) -> Arrays:
    name = f"{xp.__name__} {float_dtype} {int_dtype}"
    found = _namespaces.get(name)
    if found is None:
        kind = KINDS.get(library_name(xp), Arrays)
        found = _namespaces[name] = kind(name, xp, float_dtype, int_dtype)
    return found


def namespace_of(step: Any, *others: Any) -> tuple[Arrays, Any, Any]:
    """The namespace for an array of steps (and of parameters), the steps in it, and the dtype of the result.

    >>> namespace_of(np.arange(3))[2]
    dtype('float64')
    """
    xp = library_of(others[0] if others else step)
    if others:
        step = xp.asarray(step)
    default = xp.__array_namespace_info__().default_dtypes()
    if xp.isdtype(step.dtype, "integral"):
        dtype = default["real floating"]
        if library_name(xp) in NATIVE:
            return _namespace(xp, dtype, default["integral"]), step, dtype
        return _namespace(xp, xp.float64, None), step, dtype
    if not xp.isdtype(step.dtype, "real floating"):
        raise TypeError(f"a step must be a whole or real number, not an array of {step.dtype}; convert it first")
    narrow = xp.finfo(step.dtype).bits < 32
    return _namespace(xp, xp.float32 if narrow else step.dtype, None), step, step.dtype
