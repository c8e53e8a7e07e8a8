"""Where the cycles of a restart begin: exact sums of the multiples that are meant, never logarithms."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from ..core.libraries import is_number
from ..core.namespaces import Namespace
from ..core.numbers import meant

__all__ = ["Cycle", "cycles_of", "first_step", "reached"]


class Cycle(NamedTuple):
    """Where a cycle begins and how long it is, in periods, as integers over a common denominator."""

    begin: int
    length: int
    denominator: int

    def as_fractions(self) -> tuple[Fraction, Fraction]:
        """Where it begins and how long it is, exactly."""
        return _fraction(self.begin, self.denominator), _fraction(self.length, self.denominator)

    def as_numbers(self) -> tuple[float, float]:
        """Where it begins and how long it is, as floats, or as integers where all are."""
        if self.denominator == 1:
            return self.begin, self.length
        return self.begin / self.denominator, self.length / self.denominator


DIGITS = 128
"""Fractions with a denominator of more bits are rounded up to so many, which is quick, and moves no boundary."""


def _fraction(numerator: int, denominator: int) -> Fraction:
    """A number of periods. One with a long denominator is no integer, so rounded up it still has the same ceiling."""
    if denominator.bit_length() <= DIGITS:
        return Fraction(numerator, denominator)
    return Fraction(-((-numerator << DIGITS) // denominator), 1 << DIGITS)


def cycles_of(multiple: float) -> Iterator[Cycle]:
    """All cycles, for the multiple that is meant: begin_k = 1 + multiple + ... + multiple**(k - 1), exactly."""
    above, below = meant(multiple).as_integer_ratio()
    begin, length, denominator = 0, 1, 1
    while True:
        yield Cycle(begin, length, denominator)
        begin, length, denominator = (begin + length) * below, length * above, denominator * below


def reached(xp: Namespace, period: Any, multiple: float) -> Iterator[Cycle]:
    """The cycles that steps of this namespace reach, if the period is known; else those that any period does."""
    least, last_step = meant(period) if is_number(period) else 1, int(xp.last_step)
    for cycle in cycles_of(multiple):
        is_too_long = not is_number(period) and cycle.length > last_step * cycle.denominator
        if cycle.begin * least > last_step * cycle.denominator or is_too_long:
            return
        yield cycle


def first_step(xp: Namespace, cycle: Cycle, period: Any) -> tuple[Any, Any]:
    """The first step at or after the beginning of a cycle, and how much after."""
    if not cycle.begin:
        return 0, 0
    if is_number(period):
        begin = cycle.as_fractions()[0] * meant(period)
        return math.ceil(begin), math.ceil(begin) - begin
    if cycle.denominator == 1 and xp.int_dtype is not None:  # held where it would overflow
        return xp.where(period <= xp.last_step // cycle.begin, cycle.begin * period, xp.last_step), 0
    begin = cycle.as_numbers()[0] * period
    first = -xp.floor(-begin)
    return first, first - begin
