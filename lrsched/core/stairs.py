"""How many times a length goes into a step, counted in integers of a fixed width.

A length of 21/2 steps is divided by as integers: t//21*2 + t%21*2//21. A length such as 26525.19893899204 is a ratio
of integers whose products overflow, so its reciprocal is multiplied instead, digit by digit as on paper.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["count_lengths", "count_ratios"]

Column = Callable[[list[Any]], Any]
"""The number of the active length, of those of all lengths."""

Count = Callable[[Any], Any]
"""How many lengths have passed at a step."""


def count_ratios(ratios: Sequence[tuple[float, int]], column: Column) -> Count:
    """The count for lengths of above/below steps, where above*below is not too large for the numbers of the steps."""
    above, below = column([above for above, _ in ratios]), column([below for _, below in ratios])
    if all(below == 1 for _, below in ratios):
        return lambda t: t // above
    return lambda t: t // above * below + t % above * below // above


def count_lengths(
    lengths: Sequence[Fraction], lates: Sequence[Fraction], column: Column, last_step: int, widest: int
) -> Count:
    """The count for any lengths, `late` steps after the first begins, of steps to `last_step` in integers to `widest`.

    A step is high*unit + low, and high*(unit/length) + low*(1/length) + late/length is added up from whole parts and
    digits, the last digits first. They are cut, upwards, where no sum reaches the next integer too soon.
    """
    unit = 1 << (last_step.bit_length() + 1) // 2
    base = 1 << widest.bit_length() - unit.bit_length()
    of_unit, of_one = [unit / length for length in lengths], [1 / length for length in lengths]
    of_late = [late / length for late, length in zip(lates, lengths, strict=True)]
    finest = max(math.lcm(one.denominator, late.denominator) for one, late in zip(of_one, of_late, strict=True))
    places = 1
    while base**places <= 2 * unit * finest:
        places += 1
    wholes, digits = zip(*(_digits(numbers, base, places) for numbers in (of_unit, of_one, of_late)), strict=True)
    fits = all(last_step // length < widest for length in lengths)
    whole = [column(numbers if fits else [float(number) for number in numbers]) for numbers in wholes]
    rows = [[column(numbers) for numbers in row] for row in zip(*digits, strict=True)]

    def count(t: Any) -> Any:
        high, low, carry = t // unit, t % unit, 0
        for upper, lower, rest in rows:
            carry = (high * upper + low * lower + rest + carry) // base
        return high * whole[0] + low * whole[1] + whole[2] + carry

    return count


def _digits(numbers: Sequence[Fraction], base: int, places: int) -> tuple[list[int], list[list[int]]]:
    """Whole parts, and the digits after the point in columns, the last first; numbers are rounded up."""
    scaled = [math.ceil(number * base**places) for number in numbers]
    columns = [[number // base**place % base for number in scaled] for place in range(places)]
    return [number // base**places for number in scaled], columns
