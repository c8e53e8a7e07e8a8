"""Curves that the other libraries have and the vocabulary has not by name, as compositions of it."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction as Rational
from functools import partial
from typing import Any

from ..arrays.libraries import is_number
from . import vocabulary as lrs

Ramps = Mapping[str, Callable[..., lrs.Schedule]]
RAMPS: Ramps = {"linear": lrs.linear, "cosine": lrs.cosine, "sqrt": lrs.one_minus_sqrt, "1-sqrt": lrs.one_minus_sqrt}
"""The ramps, by the names that most libraries have for them."""


def over(ramp: Callable[..., lrs.Schedule], init_value: Any, end_value: Any, steps: float) -> lrs.Schedule:
    """A ramp of a length that need not be whole."""
    whole = steps == math.floor(steps)
    return ramp(init_value, end_value, steps) if whole else lrs.stretch(ramp(init_value, end_value, 1), steps)


def bent(init_value: Any, end_value: Any, steps: float, power: float) -> lrs.Schedule:
    """A power of the time that is left: a constant for 0, a line for 1."""
    if power == 0:
        return lrs.constant(init_value)
    return over(lrs.linear if power == 1 else partial(lrs.polynomial, power=power), init_value, end_value, steps)


def half_wave(init_value: Any, end_value: Any, steps: float, power: float) -> lrs.Schedule:
    """A power of half a cosine wave: a constant for 0."""
    if power == 0:
        return lrs.constant(init_value)
    return over(lrs.cosine if power == 1 else partial(lrs.cosine_power, power=power), init_value, end_value, steps)


def delayed(schedule: lrs.Schedule, steps: int) -> lrs.Schedule:
    """A schedule that waits at first, or that is ahead."""
    return lrs.shift(schedule, -steps) if steps else schedule


def floored(schedule: lrs.Schedule, floor: Any) -> lrs.Schedule:
    """A schedule that is nowhere below a floor, which is 0 or more, as the schedule is."""
    return schedule if is_number(floor) and floor == 0 else lrs.clamp_min(schedule, floor)


def raised(schedule: lrs.Schedule, floor: Any) -> lrs.Schedule:
    """A schedule and a floor below it."""
    return schedule if is_number(floor) and floor == 0 else lrs.add(schedule, floor)


def rational(value: Any, most: int = 10**7) -> Rational:
    """A number as it is written, or the nearest of a denominator that leaves room for the steps."""
    return Rational(repr(float(value))).limit_denominator(most)


def in_parts(schedule: lrs.Schedule, parts: int) -> lrs.Schedule:
    """A schedule that is counted in parts of a step, in steps.

    The clock is a line whose length is a power of two, on which nothing is rounded, so that cycles begin and end where
    they should; it runs for a thousand million steps, or, in small parts, for as many as floats can count.
    """
    length = 1 << min(30, 52 - parts.bit_length())
    return schedule if parts == 1 else lrs.compose(schedule, lrs.linear(0.0, float(parts * length), length))


def wave(high: Any, low: Any, half: Rational) -> lrs.Schedule:
    """A cosine from `high` to `low` in `half` steps, which need not be whole, and back, again and again."""
    steps, parts = half.numerator, half.denominator
    return in_parts(
        lrs.restart(lrs.join([lrs.cosine(high, low, steps), lrs.cosine(low, high, steps)], [steps]), 2 * steps), parts
    )


def beyond(ramp: Callable[..., lrs.Schedule], init_value: Any, end_value: Any, steps: int) -> lrs.Schedule:
    """A ramp that goes on past its end: a line or a root falls further, a cosine rises again.

    A line and a root are parts of longer ones on the same curve, of 2**29 steps at least, which int32 can count.

    >>> [beyond(lrs.linear, 1.0, 0.0, 4)(t) for t in (0, 2, 4, 6, 12)]
    [1.0, 0.5, 0.0, -0.5, -2.0]
    """
    if ramp is lrs.cosine:
        return wave(init_value, end_value, Rational(steps))
    times = max(31 - steps.bit_length(), 0) // 2
    higher = 4**times if ramp is lrs.linear else 2**times
    return ramp(init_value, init_value + higher * (end_value - init_value), steps * 4**times)


def stairs(first: int, last: int, steps: int, line: Callable[..., lrs.Schedule] = lrs.linear) -> lrs.Schedule:
    """The whole part of a line between two whole numbers, or of one that goes on.

    >>> [stairs(0, 2, 6)(t) for t in range(8)]
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0]
    """
    back = (1 - math.gcd(last - first, steps) / steps) / 2  # half a stair, less half a step, so that nothing is a tie
    return lrs.round_to(line(first - back, last - back, steps), 1.0)
