"""How many times a length goes into a step, counted in integers of a fixed width.

A length of 21/2 steps is divided by as integers: t//21*2 + t%21*2//21. A length such as 26525.19893899204 is a ratio
of integers whose products overflow, so its reciprocal is multiplied instead, digit by digit as on paper.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

__all__ = ["count_length", "count_ratio"]

Count = Callable[[Any], Any]
"""How many lengths have passed at a step."""


def count_ratio(above: float, below: int) -> Count:
    """The count for a length of above/below steps, where above*below is not too large for the numbers of the steps."""
    if below == 1:
        return lambda t: t // above
    return lambda t: t // above * below + t % above * below // above


def count_length(length: Fraction, late: Fraction, last_step: int, widest: int) -> Count:
    """The count for any length, `late` steps after the first begins, of steps to `last_step` in integers to `widest`.

    A step is high*unit + low, and high*(unit/length) + low*(1/length) + late/length is added up from whole parts and
    digits, the last digits first. The digits are rounded up where no sum reaches the next integer too soon.
    """
    unit = 1 << (last_step.bit_length() + 1) // 2
    base = 1 << widest.bit_length() - unit.bit_length()
    terms = (unit / length, 1 / length, late / length)
    finest = math.lcm(terms[1].denominator, terms[2].denominator)
    places = 1
    while base**places <= 2 * unit * finest:
        places += 1
    scaled = [math.ceil(term * base**places) for term in terms]
    wholes: list[Any] = [number // base**places for number in scaled]
    if (last_step + late) // length >= widest:
        wholes = [*map(float, wholes)]
    rows = [[number // base**place % base for number in scaled] for place in range(places)]

    def count(t: Any) -> Any:
        high, low, carry = t // unit, t % unit, 0
        for of_high, of_low, rest in rows:
            carry = (high * of_high + low * of_low + rest + carry) // base
        return high * wholes[0] + low * wholes[1] + wholes[2] + carry

    return count
