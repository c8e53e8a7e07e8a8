"""Where a schedule stands in time: the step at which its own step 0 lies, and how many steps one of its own takes.

Known times are exact fractions, so that no boundary is rounded. Traced times are arrays and follow their dtype.
"""

import math
from fractions import Fraction
from typing import Any, NamedTuple

from ..arrays.libraries import is_number, library_of
from ..arrays.numbers import meant

__all__ = ["HERE", "Place", "as_float", "by", "exact", "first_step", "is_known", "later", "opening", "plain", "plus"]


class Place(NamedTuple):
    """Own time `u` of a schedule is step `origin + u*factor`."""

    origin: Any = Fraction(0)
    factor: Any = Fraction(1)

    def at(self, own: Any) -> Any:
        """The step of an own time."""
        return plus(self.origin, by(exact(own), self.factor))

    def inside(self, origin: Any, factor: Any = 1) -> "Place":
        """The place of a part whose own time 0 is at `origin` here, and one of whose steps takes `factor` of ours."""
        return Place(self.at(origin), by(exact(factor), self.factor))


HERE = Place()
"""The place of a schedule whose own time is the step."""


def is_known(*times: Any) -> bool:
    """Whether times are numbers, and not traced."""
    return all(isinstance(time, Fraction) or is_number(time) for time in times)


def exact(time: Any) -> Any:
    """A known time as the fraction that is meant; a traced one as it is."""
    return meant(time) if is_number(time) else time


def plain(time: Any) -> Any:
    """A fraction as an integer where it is whole, else as a float; other times as they are."""
    if not isinstance(time, Fraction):
        return time
    return time.numerator if time.denominator == 1 else as_float(time)


def as_float(time: Any) -> float:
    """A known time as a float, held at the largest one."""
    return float(min(max(time, -(10**300)), 10**300))


def plus(a: Any, b: Any) -> Any:
    """The sum of two times."""
    if is_known(a, b):
        return a + b
    if is_known(a) and a == 0:
        return b
    return a if is_known(b) and b == 0 else plain(a) + plain(b)


def by(a: Any, b: Any) -> Any:
    """The product of a time and a factor; of two integers, held where it would overflow."""
    if is_known(a, b):
        return a * b
    a, b = (b, a) if is_known(a) else (a, b)
    if is_known(b) and b == 1:
        return a
    b = plain(b)
    xp = library_of(a)
    if not isinstance(b, int) or not xp.isdtype(a.dtype, "integral"):
        return a * (float(b) if isinstance(b, int) else b)
    last = int(xp.iinfo(a.dtype).max)
    most = last // max(abs(b), 1)
    product = xp.where(a > most, last, xp.where(a < -most, -last, a * min(b, last)))
    return xp.astype(product, a.dtype, copy=False)


def first_step(time: Any) -> Any:
    """The first whole step at or after a known time; a traced time as it is."""
    return math.ceil(time) if is_known(time) else time


def opening(time: Any) -> Any:
    """A known time as an integer, or as a float that is not at or before an earlier whole step."""
    if not is_known(time):
        return time
    first = math.ceil(time)
    return first if first == time else max(as_float(time), math.nextafter(first - 1, first))


def later(a: Any, b: Any) -> Any:
    """The later of two times."""
    if is_known(a, b):
        return max(a, b)
    a, b = plain(a), plain(b)
    return library_of(b if is_known(a) else a).where(a > b, a, b)
