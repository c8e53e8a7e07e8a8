"""Which steps a table has room for: the ends, the boundaries, and round numbers between them."""

from collections.abc import Sequence

__all__ = ["rounds", "some", "stride"]


def stride(end: int, parts: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 ... that divides so many steps into at most so many parts."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * parts >= end:
                return digit * power
        power *= 10


def some(steps: Sequence[int], many: int) -> list[int]:
    """At most so many of the steps, evenly spread, the first and the last among them."""
    if len(steps) <= many:
        return [*steps]
    return [steps[index * (len(steps) - 1) // (many - 1)] for index in range(many)]


def rounds(boundaries: Sequence[int], jumps: Sequence[int], end: int, many: int) -> list[int]:
    """At most so many steps: both ends, the boundaries, the steps before jumps, and round ones, where there is room."""
    rows = {0, end, *boundaries}
    before = {step - 1 for step in jumps}
    if len(rows | before) <= many:
        rows |= before
    for parts in range(many, 0, -1):
        more = rows | {*range(0, end, stride(end, parts))}
        if len(more) <= many:
            return sorted(more)
    return sorted(rows)
