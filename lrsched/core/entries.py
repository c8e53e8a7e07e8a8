"""Numbers out of a table, with the digits that the table does not hold."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .digits import Digits

__all__ = ["Entry", "active_entry", "only"]


class Entry(Digits):
    """The active one of some numbers greater than 0, which a float32 table does not hold well enough.

    Where it is a base, an exponent or the length of a stair, its own rounding would be multiplied. Elsewhere it is
    `value`.
    """

    def __init__(self, column: Callable[[list[Any]], Any], numbers: tuple[Any, ...]) -> None:
        self.column = column
        self.numbers = numbers
        self.value = column([float(number) for number in numbers])

    @property
    def log(self) -> Any:
        """Its logarithm."""
        return self.column(list(map(math.log, self.numbers)))

    @property
    def rest(self) -> Any:
        """What float32 does not hold of it."""
        return self.column([number - float(np.float32(number)) for number in self.numbers])

    def __le__(self, limit: Any) -> Any:
        """A single answer where all numbers agree."""
        answers = {number <= limit for number in self.numbers} if isinstance(limit, (int, float)) else set[bool]()
        return answers.pop() if len(answers) == 1 else self.value <= limit


def only(numbers: list[Any]) -> Any:
    """The column of a single number."""
    return numbers[0]


def active_entry(
    table: Callable[[list[Any]], Any], take: Callable[[Any, Any], Any], numbers: Sequence[Any]
) -> Callable[[Any], Entry]:
    """Numbers as an entry that depends on the position, given how a table is made and read.

    What is an entry already, as in a table in a table, is one of several numbers itself.
    """
    entries = [number if isinstance(number, Entry) else Entry(only, (number,)) for number in numbers]
    ends = list(itertools.accumulate(len(entry.numbers) for entry in entries))
    parts = [slice(end - len(entry.numbers), end) for end, entry in zip(ends, entries, strict=True)]

    def column(numbers: list[Any]) -> Any:
        return table([entry.column(numbers[part]) for entry, part in zip(entries, parts, strict=True)])

    every = tuple(number for entry in entries for number in entry.numbers)
    return lambda index: Entry(lambda numbers: take(column(numbers), index), every)
