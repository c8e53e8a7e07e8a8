"""Curves that the other libraries have and the vocabulary has not by name, as compositions of it."""

import math
from collections.abc import Callable
from fractions import Fraction as Rational
from functools import partial, reduce
from typing import Any

from ..combinators.arithmetic import add, multiply, scale
from ..combinators.join import join
from ..combinators.restart import restart
from ..combinators.time import compose, shift, stretch
from ..core.checks import Site
from ..core.libraries import is_number
from ..core.schedule import Schedule
from ..schedules.decays import constant, inverse_time_decay
from ..schedules.ramps import cosine, linear, one_minus_sqrt, polynomial

__all__ = ["bent", "beyond", "delayed", "half_wave", "in_parts", "over", "rational", "wave"]

HALVES = (0.5, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
"""The powers of a wave that are written as products."""


def over(ramp: Callable[..., Schedule], init_value: Any, end_value: Any, steps: float) -> Schedule:
    """A ramp of a length that need not be whole."""
    whole = steps == math.floor(steps)
    return ramp(init_value, end_value, steps) if whole else stretch(ramp(init_value, end_value, 1), steps)


def bent(site: Site, init_value: Any, end_value: Any, steps: float, power: float, wave: bool = False) -> Schedule:
    """end_value + (init_value - end_value) * left**power for any power; left is 1 - x or, as a wave, (1 + cos(pi*x))/2.

    As ever, x = t/steps. The wave is a clock that runs from 0 to 1. A negative power is one over a positive one; it is
    infinite at the end, and the last finite value is held.
    """
    if power == 0:
        return constant(init_value)
    shape = linear if abs(power) == 1 else partial(polynomial, power=abs(power))

    def ramp(first: Any, last: Any) -> Schedule:
        if wave:
            return compose(shape(first, last, 1), over(cosine, 0.0, 1.0, steps))
        return over(shape, first, last, steps)

    if power > 0:
        return ramp(init_value, end_value)
    left = ramp(1.0, 0.0)
    least = left(math.ceil(steps) - 1)
    if least < 1e-150:
        site.refuse(power, "must be nearer to 0", "the values would grow without bound")
    growth = compose(inverse_time_decay((init_value - end_value) / least, 1 / least), add(left, -least))
    return add(growth, end_value)


def _wave_to_0(init_value: Any, steps: float, power: float) -> Schedule:
    """init_value * wave**power for halves of whole powers, as a product: next to the end nothing cancels."""
    left = over(cosine, 1.0, 0.0, steps)
    root = [compose(one_minus_sqrt(0.0, 1.0, 1), left)] if power % 1 else []
    return scale(reduce(multiply, [left] * int(power) + root), init_value)


def half_wave(site: Site, init_value: Any, end_value: Any, steps: float, exponent: float) -> Schedule:
    """end_value + (init_value - end_value) * ((1 + cos(pi*x))/2)**exponent, x = t/steps."""
    if exponent == 1:
        return over(cosine, init_value, end_value, steps)
    if is_number(end_value) and end_value == 0 and exponent in HALVES:
        return _wave_to_0(init_value, steps, exponent)
    return bent(site, init_value, end_value, steps, exponent, wave=True)


def delayed(schedule: Schedule, steps: int) -> Schedule:
    """A schedule that waits at first."""
    return shift(schedule, -steps) if steps else schedule


def rational(value: float, most: int = 10**7) -> Rational:
    """A number as it is written, or the nearest of a denominator that leaves room for the steps."""
    return Rational(repr(float(value))).limit_denominator(most)


def in_parts(schedule: Schedule, parts: int) -> Schedule:
    """A schedule that is counted in parts of a step, in steps.

    The clock is a line whose length is a power of two, on which nothing is rounded, so that cycles begin and end where
    they should; it runs for a thousand million steps, or, in small parts, for as many as floats can count.
    """
    length = 1 << min(30, 52 - parts.bit_length())
    return schedule if parts == 1 else compose(schedule, linear(0.0, float(parts * length), length))


def wave(high: Any, low: Any, half: Rational) -> Schedule:
    """A cosine from `high` to `low` in `half` steps, which need not be whole, and back, again and again."""
    steps, parts = half.numerator, half.denominator
    return in_parts(restart(join([cosine(high, low, steps), cosine(low, high, steps)], [steps]), 2 * steps), parts)


def beyond(ramp: Callable[..., Schedule], init_value: Any, end_value: Any, steps: int) -> Schedule:
    """A ramp that goes on past its end: a line or a root falls further, a cosine rises again.

    A line and a root are parts of longer ones on the same curve, of 2**29 steps at least, which int32 can count.

    >>> [beyond(linear, 1.0, 0.0, 4)(t) for t in (0, 2, 4, 6, 12)]
    [1.0, 0.5, 0.0, -0.5, -2.0]
    """
    if ramp is cosine:
        there_and_back = join([cosine(init_value, end_value, steps), cosine(end_value, init_value, steps)], [steps])
        return restart(there_and_back, 2 * steps)
    times = max(31 - steps.bit_length(), 0) // 2
    higher = 4**times if ramp is linear else 2**times
    return ramp(init_value, init_value + higher * (end_value - init_value), steps * 4**times)
