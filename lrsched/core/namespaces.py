"""The words formulas are written in, for Python numbers and for arrays of any library.

A formula receives a *namespace* `xp` and uses operators and the words below; it never asks which
library it runs on. Arrays are recognised with array-api-compat, so that no framework is imported.

Every array word treats plain Python numbers as `math` does. What a formula precomputes from Python
numbers therefore stays a Python number, and a formula that is kept between traces cannot hold a tracer.
"""

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, TypeAlias

import array_api_compat
import numpy as np

from . import numbers
from .digits import Digits
from .entries import Entry, active_entry, only
from .quotients import Quotient, divider, steady
from .stairs import count_lengths, count_ratios

__all__ = ["Arrays", "Namespace", "NumPy", "is_number", "library_of", "namespace_of", "recognise_torch"]

NATIVE: Final = ("numpy", "jax", "torch", "cupy")
"""Libraries whose integer arrays mix with Python floats; others count in float64, exact up to 2**53."""


def is_number(value: object) -> bool:
    """True for Python numbers; a NumPy number is an array of no dimensions, though some are floats as well."""
    return isinstance(value, (int, float)) and not isinstance(value, np.generic)


class Arrays:
    """The namespace of one array library at one precision.

    `float_dtype` is the dtype that values are computed in, `int_dtype` the dtype that steps are counted in
    (None for float steps), `last_step` the largest step which that dtype counts exactly.
    """

    def __init__(self, name: str, xp: Any, float_dtype: Any, int_dtype: Any) -> None:
        self.name = name
        self.xp = xp
        self.float_dtype = float_dtype
        self.int_dtype = int_dtype
        self.widest = float(numbers.last_step) if int_dtype is None else int(xp.iinfo(int_dtype).max)
        self.last_step = min(self.widest, numbers.last_step)
        self.largest = float(xp.finfo(float_dtype).max)
        self.eps = float(xp.finfo(float_dtype).eps)
        self.digits = 1 - round(math.log2(self.eps))
        self.short_eps = 2.0 ** (1 - self.digits // 2)

    def of_floats(self) -> "Arrays":
        """The same library, with steps that are floats, which lengths of any size fit."""
        return _namespace(self.xp, self.float_dtype, None)

    # Words that are one function of the library, and `math` for numbers.

    def _unary(self, name: str, x: Any) -> Any:
        x = x.value if isinstance(x, Digits) else x
        return getattr(numbers, name)(x) if is_number(x) else getattr(self.xp, name)(self.array(x))

    def sin(self, x: Any) -> Any:
        """Sine, in radians."""
        return self._unary("sin", x)

    def expm1(self, x: Any) -> Any:
        """e**x - 1 without cancellation."""
        return self._unary("expm1", x)

    def log(self, x: Any) -> Any:
        """Natural logarithm of x > 0."""
        return x.log if isinstance(x, Entry) else self._unary("log", x)

    def log1p(self, x: Any) -> Any:
        """log(1 + x) without cancellation."""
        return self._unary("log1p", x)

    def floor(self, x: Any) -> Any:
        """The largest integer not above x (as a float, in an array)."""
        return self._unary("floor", x)

    def exp(self, x: Any) -> Any:
        """e**x, held at the square root of the largest float."""
        if is_number(x):
            return numbers.exp(x)
        if isinstance(x, Quotient):
            return x.through(self.exp)
        return self.xp.exp(self.minimum(x, math.log(self.largest) / 2))

    # Words of two or three operands, any of which may be a Python number.

    def array(self, x: Any) -> Any:
        """A Python number as an array of the namespace; arrays of the library as they are."""
        x = x.value if isinstance(x, Digits) else x
        if not is_number(x):
            return x if _libraries.get(type(x)) is self.xp else self.xp.asarray(x)
        return self.xp.asarray(x, dtype=self.float_dtype if isinstance(x, float) else self.int_dtype)

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        """`yes` where `condition` holds, else `no`. Both sides are evaluated: give both a harmless argument."""
        if is_number(condition):
            return yes if condition else no
        if is_number(yes) and is_number(no):
            yes = self.array(yes if isinstance(no, int) else float(yes))
        return self.xp.where(condition, self._beside(no, yes), self._beside(yes, no))

    def either(self, condition: Any, yes: Any, no: Any) -> Any:
        """One of two functions of the step; where the condition is traced, both are evaluated."""
        if is_number(condition):
            return yes if condition else no
        return lambda x: self.where(condition, yes(x), no(x))

    def holds(self, condition: Any) -> bool:
        """Whether a condition is known to hold; a traced one is not."""
        return is_number(condition) and bool(condition)

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller of two values, element by element."""
        return self._pick("minimum", a, b)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger of two values, element by element."""
        return self._pick("maximum", a, b)

    def _pick(self, name: str, a: Any, b: Any) -> Any:
        if is_number(a) and is_number(b):
            return getattr(numbers, name)(a, b)
        return getattr(self.xp, name)(self._beside(b, a), self._beside(a, b))

    def _beside(self, other: Any, value: Any) -> Any:
        """A Python number as an array of the dtype that it has beside another operand."""
        if not is_number(value):
            return value.value if isinstance(value, Digits) else value
        keep = isinstance(value, int) or self.xp.isdtype(other.dtype, "real floating")
        return self.xp.asarray(value, dtype=other.dtype if keep else self.float_dtype)

    def sqrt(self, x: Any) -> Any:
        """Square root of x >= 0, with the gradient 0 at 0 (the true one is infinite)."""
        if is_number(x):
            return math.sqrt(x)
        return self._at_positive(self.xp.sqrt, x)

    def power(self, x: Any, exponent: Any) -> Any:
        """x**exponent for 0 <= x <= 1 and exponent > 0, with the gradient 0 at 0.

        In float32 the exponent is split in a part that float32 holds and the rest, since log(x) times the
        rounding of the exponent would otherwise be the error.
        """
        if isinstance(x, Quotient):
            return x**exponent
        if is_number(x) and is_number(exponent):
            return numbers.power(x, exponent)
        head, rest = self._halves(exponent)
        if is_number(rest) and rest == 0:
            return self._at_positive(lambda base: base**head, x)
        return self._at_positive(lambda base: base**head * self.xp.exp(rest * self.xp.log(base)), x)

    def _halves(self, exponent: Any) -> tuple[Any, Any]:
        if self.largest > 1e300 or not (is_number(exponent) or isinstance(exponent, Entry)):
            return exponent.value if isinstance(exponent, Entry) else exponent, 0.0
        if isinstance(exponent, Entry):
            return exponent.value, exponent.rest
        head = float(np.float32(exponent))
        return head, exponent - head

    def _at_positive(self, function: Any, x: Any) -> Any:
        x = self.array(x)
        positive = x > 0
        return self.where(positive, function(self.where(positive, x, 1.0)), 0.0)

    def grow(self, rate: Any, exponent: Any) -> Any:
        """rate**exponent for rate > 0 and exponent >= 0, held at the square root of the largest float.

        In float32 it is exp(exponent*log(rate)) with the logarithm of the Python number: the rounding of the
        rate itself would be multiplied by the exponent. A fraction of a length does not multiply it.
        """
        if is_number(rate) and is_number(exponent):
            return numbers.grow(rate, exponent)
        if isinstance(exponent, Quotient) and not is_number(rate):
            return rate**exponent
        if not is_number(rate) or self.largest < 1e300:
            return self.exp(exponent * self.log(rate))
        if isinstance(exponent, Quotient):
            return exponent.through(lambda exponent: self.grow(rate, exponent))
        if rate > 1:
            exponent = self.minimum(exponent, math.log(self.largest) / 2 / math.log(rate))
        return self.array(float(rate)) ** (exponent * 1.0)

    def stairs(self, steps: Any, late: Any = 0) -> Any:
        """The number of times that `late` and a step hold `steps`, as a function of the step: exact for integers."""
        if isinstance(steps, Entry):
            lates = late.numbers if isinstance(late, Entry) else (late,) * len(steps.numbers)
            return self._stairs(steps.numbers, lates, steps.column)
        if is_number(steps) or isinstance(steps, Fraction):
            return self._stairs((steps,), (late,), only)
        return self._traced_stairs(steps)

    def _stairs(self, steps: tuple[Any, ...], lates: tuple[Any, ...], column: Callable[[list[Any]], Any]) -> Any:
        lengths, last, widest = [*map(numbers.meant, steps)], int(self.last_step), int(self.widest)
        ratios = [length.as_integer_ratio() for length in lengths]
        is_late, is_float = any(lates), self.int_dtype is None
        if not is_float and not is_late and all(a * b <= last and last // a * b <= widest for a, b in ratios):
            return count_ratios(ratios, column)
        of_floats = count_ratios([(a, b) if a * b * self.eps <= 2 else (a / b, 1) for a, b in ratios], column)
        late = column([float(number) for number in lates]) if is_late else 0
        if is_float:
            return lambda t: of_floats(t + late)
        of_integers = count_lengths(lengths, [*map(Fraction, lates)], column, last, widest)
        return lambda t: of_integers(t) if self.is_counted(t) else of_floats(t + late)

    def is_counted(self, t: Any) -> bool:
        """Whether a step is an integer; a clock may give others."""
        return isinstance(t, int) if is_number(t) else self.xp.isdtype(t.dtype, "integral")

    def _traced_stairs(self, steps: Any) -> Any:
        steps = self.array(steps)
        if self.int_dtype is None or self.xp.isdtype(steps.dtype, "integral"):
            return lambda t: t // steps
        whole = self.maximum(self.xp.astype(steps, self.int_dtype), 1)
        return lambda t: self.where(whole == steps, t // whole, t // steps)

    # Words for fractions of a length.

    def in_floats(self, steps: Any) -> tuple[Any, Any]:
        """A number of steps as a float, and what a float does not hold of it."""
        if isinstance(steps, Entry):
            near, rest = zip(*map(self._in_floats, steps.numbers), strict=True)
            return steps.column(list(near)), steps.column(list(rest))
        if is_number(steps) or isinstance(steps, Fraction):
            return self._in_floats(steps)
        steps = self.array(steps)
        if not self.is_counted(steps):
            return steps, 0.0
        most = int(self.xp.iinfo(steps.dtype).max)
        near = self.xp.astype(self.minimum(steps, most - (most >> self.digits)), self.float_dtype)
        return near, self.xp.astype(steps - self.xp.astype(near, steps.dtype), self.float_dtype)

    def _in_floats(self, number: Any) -> tuple[float, float]:
        near = float(number if self.largest > 1e300 else np.float32(float(number)))
        return near, float(number - Fraction(near))

    def short(self, x: Any) -> Any:
        """A number rounded to half the digits of a float, so that products of two are exact."""
        scaled = x * 2.0 ** ((53 if is_number(x) else self.digits) - self.digits // 2) + x
        return scaled - (scaled - x)

    def divider(self, length: Any, part: Any = None) -> Callable[..., Quotient]:
        """Division by a length, and a part of a step in two floats, that keeps the digits which it rounds away."""
        return divider(self, length, part)

    def steady(self, function: Callable[[Any], Any], steps: Any) -> Callable[[Any], Any]:
        """A function of the fractions of some steps, whose rounding does not make it turn back from one to the next."""
        return steady(self, function, steps)

    # Words for tables.

    def table(self, numbers: "list[Any]") -> Any:
        """Numbers as one 1-d array; as a tuple while all are Python numbers, so that it may be kept."""
        if all(is_number(number) for number in numbers):
            return tuple(numbers)
        arrays = [self.array(number) for number in numbers]
        if len({array.dtype for array in arrays}) > 1:  # which not every library stacks
            arrays = [self.xp.astype(array, self.float_dtype) for array in arrays]
        return self.xp.stack(arrays)

    def entries(self, table: "list[Any]") -> Any:
        """Delicate numbers as a function of their position, with the digits that float32 does not hold."""
        if not all(is_number(number) or isinstance(number, (Fraction, Entry)) for number in table):
            values = self.table([self.array(number) for number in table])
            return lambda index: self.take(values, index)
        return active_entry(self.table, self.take, table)

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

    def evaluate(self, schedule: Any, step: Any, dtype: Any) -> Any:
        """The values of a schedule at an array of steps."""
        return self.leave(schedule.bind(self).total(self.enter(step)), step, dtype)

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
    """NumPy, which evaluates long arrays in blocks, so that what a formula computes on the way stays in the cache."""

    block: Final = 32_768

    def sqrt(self, x: Any) -> Any:
        """Square root of x >= 0; there is no gradient to guard."""
        return math.sqrt(x) if is_number(x) else np.sqrt(x)

    def power(self, x: Any, exponent: Any) -> Any:
        """x**exponent for 0 <= x <= 1 and exponent > 0; there is no gradient to guard."""
        return super().power(x, exponent) if is_number(x) or self.largest < 1e300 else x**exponent

    def enter(self, step: Any) -> Any:
        """Steps as they are counted; integers are held inside the range only where one of them is not."""
        if step.dtype.kind not in "iu" or step.size == 0 or step.max() > self.last_step:
            return super().enter(step)
        inside = step.min() >= 0
        step = step.astype(self.int_dtype, copy=False)
        return step if inside else np.maximum(step, 0)

    def evaluate(self, schedule: Any, step: Any, dtype: Any) -> Any:
        """The values of a schedule at an array of steps."""
        if step.size <= self.block:
            return super().evaluate(schedule, np.asarray(step), dtype)[()]
        flat = np.ravel(step)
        values = np.empty(flat.shape, dtype)
        for start in range(0, flat.size, self.block):
            part = slice(start, start + self.block)
            values[part] = super().evaluate(schedule, flat[part], dtype)
        return values.reshape(step.shape)


Namespace: TypeAlias = Any
"""What a formula receives as `xp`: the module `numbers`, or an `Arrays`. It offers the same words either way."""


# Both tables are plain dicts: torch.compile follows a look-up in a dict, and warns of a function that caches.
_libraries: dict[type, Any] = {}
_namespaces: dict[str, Arrays] = {}


def library_of(array: Any) -> Any:
    """The Array API namespace of an array's library, as array-api-compat finds it."""
    library = _libraries.get(type(array))
    if library is None:
        # NumPy itself from 2.1 on, for the look-alike of array-api-compat imports all of NumPy, f2py included.
        is_numpy = isinstance(array, (np.ndarray, np.generic)) and hasattr(np, "astype")
        library = _libraries[type(array)] = np if is_numpy else array_api_compat.array_namespace(array)
    return library


def recognise_torch() -> None:
    """Know torch's tensors, where torch is imported already, before `torch.compile` traces a first call."""
    if sys.modules.get("torch") is not None and sys.modules["torch"].Tensor not in _libraries:
        library_of(sys.modules["torch"].empty(0))


def _root(xp: Any) -> str:
    """The name of the library behind a namespace."""
    names = xp.__name__.split(".")
    return names[1] if names[0] == "array_api_compat" else names[0]


def _namespace(xp: Any, float_dtype: Any, int_dtype: Any) -> Arrays:
    name = f"{xp.__name__} {float_dtype} {int_dtype}"
    found = _namespaces.get(name)
    if found is None:
        kind = NumPy if _root(xp) == "numpy" else Arrays
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
        if _root(xp) in NATIVE:
            return _namespace(xp, dtype, default["integral"]), step, dtype
        return _namespace(xp, xp.float64, None), step, dtype
    if not xp.isdtype(step.dtype, "real floating"):
        raise TypeError(f"a step must be a whole or real number, not an array of {step.dtype}; convert it first")
    narrow = xp.finfo(step.dtype).bits < 32
    return _namespace(xp, xp.float32 if narrow else step.dtype, None), step, step.dtype
