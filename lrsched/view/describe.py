"""A schedule as a table of its pieces."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from ..core.pieces import MOST_CYCLES, Placed, pieces
from ..core.place import by, exact, first_step, is_known, plain
from ..core.schedule import Schedule

__all__ = ["describe", "rows"]


def describe(schedule: Schedule) -> str:
    """The pieces of a schedule: from, to, first and last value, and the formula that speaks.

    A piece is given from its first step up to, and without, `to`; `last` is the value of the step before `to`. After
    the last piece the schedule holds its value, or goes on without end.
    """
    table = [("from", "to", "first", "last", "piece"), *rows(schedule)]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    lines = ["  ".join([*(row[i].rjust(widths[i]) for i in range(4)), row[4]]) for row in table]
    return "\n".join([repr(schedule), *(f" {line}".rstrip() for line in lines)])


def rows(schedule: Schedule) -> Iterator[tuple[str, str, str, str, str]]:
    """The pieces: from, to, first, last, and the formula; of endless cycles the first ten, and the rest as one."""
    length = schedule.length
    found = list(pieces(schedule, cycles=MOST_CYCLES))
    begins = [first_step(piece.start) for piece in found]
    inside = [step for step in schedule.boundaries if length is None or step < length]
    starts = [0, *inside] if length != 0 else []
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else length
        last = "..." if end is None else _number(schedule(end - 1))
        placed = found[bisect_right(begins, start) - 1].placed
        yield str(start), "..." if end is None else str(end), _number(schedule(start)), last, _text(placed)
    if length is not None:
        yield str(length), "...", _number(schedule(length)), _number(schedule(length)), "holds"


class _Written(str):
    """The expression of a child, as its repr."""

    __slots__ = ()
    __repr__ = str.__str__


def _text(placed: Placed) -> str:
    """A piece as an expression, its times in steps."""
    what, place, children = placed
    if not isinstance(what, Schedule):
        return repr(what)
    written = iter([_Written(_text(child)) for child in children])
    values: list[Any] = []
    for name, value in what.parameters.items():
        kind = what.formula.parameters[name].kind
        if name in what.formula.pointwise:
            value = tuple(next(written) for _ in value) if isinstance(value, tuple) else next(written)
        elif kind.duration and value is not None and place and is_known(*place):
            many = tuple(plain(by(exact(item), place.factor)) for item in _items(value))
            value = many if isinstance(value, tuple) else many[0]
        values.append(value)
    return what.formula.show(tuple(values))


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _number(value: Any) -> str:
    return f"{float(value):.4g}"


Schedule.install(describe=describe)
