"""The words of a formula that are one function of a library, and `math` for Python numbers.

What a formula precomputes from Python numbers therefore stays a Python number, and a formula that is kept between
traces cannot hold a tracer.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from . import numbers
from .digits import Digits
from .entries import Entry
from .libraries import LIBRARIES, is_number
from .quotients import Quotient, divider, steady

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
        self.widest = float(numbers.last_step) if int_dtype is None else int(xp.iinfo(int_dtype).max)
        self.last_step = min(self.widest, numbers.last_step)
        self.largest = float(xp.finfo(float_dtype).max)
        self.eps = float(xp.finfo(float_dtype).eps)
        self.digits = 1 - round(math.log2(self.eps))
        self.short_eps = 2.0 ** (1 - self.digits // 2)

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
        return self.xp.exp(self.minimum(x, math.log(self.largest) / 2))

    # Words of two or three operands, any of which may be a Python number.

    def array(self, x: Any) -> Any:
        """A Python number as an array of the namespace; arrays of the library as they are."""
        x = x.value if isinstance(x, Digits) else x
        if not is_number(x):
            return x if LIBRARIES.get(type(x)) is self.xp else self.xp.asarray(x)
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

    def held(self, value: Any, limit: Any, below: Any) -> Any:
        """A value held below a limit or above it, which rounding alone may bring it past; at it, the gradient stays."""
        if is_number(below):
            is_beyond = value > limit if below else value < limit
        else:
            is_beyond = self.where(below, value > limit, value < limit)
        return self.where(is_beyond, limit, value)

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
        if isinstance(exponent, Quotient):
            return self._grow_in_part(rate, exponent)
        if not is_number(rate) or self.largest < 1e300:
            return self.exp(exponent * self.log(rate))
        if rate > 1:
            exponent = self.minimum(exponent, math.log(self.largest) / 2 / math.log(rate))
        return self.array(float(rate)) ** (exponent * 1.0)

    def _grow_in_part(self, rate: Any, exponent: Quotient) -> Any:
        if not is_number(rate):
            return rate**exponent
        if self.largest > 1e300:
            return exponent.through(lambda x: self.grow(rate, x))
        log = math.log(rate)
        return (exponent * abs(log)).through(lambda x: self.exp(x if log > 0 else -x))

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

    def is_counted(self, t: Any) -> bool:
        """Whether a step is an integer; a clock may give others."""
        return isinstance(t, int) if is_number(t) else self.xp.isdtype(t.dtype, "integral")
