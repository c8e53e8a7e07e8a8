"""The words of a formula, in one array library.

What a formula precomputes from Python numbers stays a Python number, so a formula that is kept between traces cannot
hold a tracer.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from . import numbers
from .libraries import LIBRARIES, is_number
from .stairs import count_length, count_ratio

__all__ = ["Words"]


class Words:
    """The words for one array library at one precision.

    `float_dtype` is the dtype that values are computed in, `int_dtype` the dtype that steps are counted in
    (None for float steps), `last_step` the largest step which that dtype counts exactly.
    """

    def __init__(self, name: str, xp: Any, float_dtype: Any, int_dtype: Any) -> None:
        self.name = name
        self.xp = xp
        self.float_dtype = float_dtype
        self.int_dtype = int_dtype
        self.widest = numbers.widest if int_dtype is None else int(xp.iinfo(int_dtype).max)
        self.last_step = min(self.widest, numbers.last_step)
        self.first_step = max(self.last_step - self.widest, numbers.first_step)
        self.largest = float(xp.finfo(float_dtype).max)
        self.is_double = self.largest > 1e300

    def array(self, x: Any) -> Any:
        """A Python number as an array of the namespace; arrays of the library as they are."""
        if not is_number(x):
            return x if LIBRARIES.get(type(x)) is self.xp else self.xp.asarray(x)
        return self.number(x, self.float_dtype if isinstance(x, float) else self.int_dtype)

    def number(self, x: Any, dtype: Any) -> Any:
        """A Python number as an array of a dtype."""
        return self.xp.asarray(x, dtype=dtype)

    # Words of one operand.

    def _unary(self, name: str, x: Any) -> Any:
        return getattr(numbers, name)(x) if is_number(x) else getattr(self.xp, name)(self.array(x))

    def sin(self, x: Any) -> Any:
        """Sine, in radians."""
        return self._unary("sin", x)

    def expm1(self, x: Any) -> Any:
        """e**x - 1 without cancellation."""
        return self._unary("expm1", x)

    def log(self, x: Any) -> Any:
        """Natural logarithm of x > 0."""
        return self._unary("log", x)

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
        return self.xp.exp(self.minimum(x, math.log(self.largest) / 2))

    def sqrt(self, x: Any) -> Any:
        """Square root of x >= 0, with the gradient 0 at 0 (the true one is infinite)."""
        return math.sqrt(x) if is_number(x) else self._at_positive(self.xp.sqrt, x)

    def _at_positive(self, function: Callable[[Any], Any], x: Any) -> Any:
        x = self.array(x)
        positive = x > 0
        return self.where(positive, function(self.where(positive, x, 1.0)), 0.0)

    # Words of two or three operands, any of which may be a Python number.

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        """`yes` where `condition` holds, else `no`. Both sides are evaluated: give both a harmless argument."""
        if is_number(condition):
            return yes if condition else no
        if is_number(yes) and is_number(no):
            yes = self.array(yes if isinstance(no, int) else float(yes))
        return self.call("where", condition, self._beside(no, yes), self._beside(yes, no))

    def is_known_true(self, condition: Any) -> bool:
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
        return self.call(name, self._beside(b, a), self._beside(a, b))

    def call(self, name: str, *arrays: Any) -> Any:
        """A function of the library for arrays."""
        return getattr(self.xp, name)(*arrays)

    def _beside(self, other: Any, value: Any) -> Any:
        """A Python number as an array of the dtype that it has beside another operand; integers become floats there."""
        if not is_number(value):
            if is_number(other) or value.dtype == other.dtype or not self.xp.isdtype(value.dtype, "integral"):
                return value
            return self.xp.astype(value, other.dtype) if self.xp.isdtype(other.dtype, "real floating") else value
        keep = isinstance(value, int) or self.xp.isdtype(other.dtype, "real floating")
        return self.number(value, other.dtype if keep else self.float_dtype)

    def power(self, x: Any, exponent: Any) -> Any:
        """x**exponent for 0 <= x <= 1 and exponent > 0, with the gradient 0 at 0.

        In float32 a known exponent is split into the part that float32 holds and the rest, whose power is
        1 + rest*log(x): log(x) would multiply the rounding of the exponent.
        """
        if is_number(x) and is_number(exponent):
            return numbers.power(x, exponent)
        if not is_number(exponent):
            return self._at_positive(lambda base: base**exponent, x)
        if exponent == int(exponent) and exponent <= 64:
            return self.array(x) ** int(exponent)
        head = exponent if self.is_double else float(np.float32(exponent))
        if head == exponent:
            return self._at_positive(lambda base: base**head, x)
        return self._at_positive(lambda base: base**head * (1 + (exponent - head) * self.xp.log(base)), x)

    def grow(self, rate: Any, exponent: Any) -> Any:
        """rate**exponent for rate > 0 and exponent >= 0, held at the square root of the largest float.

        In float32 it is exp(exponent*log(rate)) with the logarithm of the Python number: the exponent would multiply
        the rounding of the rate.
        """
        if is_number(rate) and is_number(exponent):
            return numbers.grow(rate, exponent)
        if not is_number(rate) or not self.is_double:
            return self.exp(exponent * self.log(rate))
        if rate > 1:
            exponent = self.minimum(exponent, math.log(self.largest) / 2 / math.log(rate))
        return self.array(float(rate)) ** (exponent * 1.0)

    def stairs(self, steps: Any, late: Any = 0) -> Any:
        """The number of times that `late` and a step hold `steps`, as a function of the step: exact for integers."""
        if not (is_number(steps) or isinstance(steps, Fraction)):
            return self._traced_stairs(steps)
        length, late = numbers.meant(steps), numbers.meant(late)
        above, below = length.as_integer_ratio()
        eps = 2.0**-52 if self.is_double else 2.0**-23
        of_floats = count_ratio(above, below) if above * below * eps <= 2 else count_ratio(float(length), 1)
        if self.int_dtype is None:
            return lambda t: of_floats(t + float(late))
        last, widest = int(self.last_step), int(self.widest)
        if not late and above * below <= last and last // above * below <= widest:
            of_integers = count_ratio(above, below)
        else:
            of_integers = count_length(length, late, last, widest)
        return lambda t: of_integers(t) if self.is_counted(t) else of_floats(t + float(late))

    def _traced_stairs(self, steps: Any) -> Any:
        steps = self.array(steps)
        if self.int_dtype is None or self.xp.isdtype(steps.dtype, "integral"):
            return lambda t: t // steps
        whole = self.maximum(self.xp.astype(steps, self.int_dtype), 1)
        return lambda t: self.where(whole == steps, t // whole, t // steps)

    def is_counted(self, t: Any) -> bool:
        """Whether a step is an integer; a clock may give others."""
        return isinstance(t, int) if is_number(t) else self.xp.isdtype(t.dtype, "integral")
