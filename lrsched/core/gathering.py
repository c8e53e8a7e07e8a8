"""Pieces that differ in numbers only, as one formula whose numbers are looked up in tables.

Pieces are of one family where their trees of formulas are equal but for numbers. What decides how precisely a piece is
computed (a rate, a power, a stair between two steps) belongs to the family and is never gathered.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..arrays import numbers
from ..arrays.libraries import is_number
from .clock import Clock, Function, Namespace, fitting, split
from .curves import Ends, Stairs
from .pieces import Cycles, Piece, Placed
from .place import Place, exact, first_step, is_known, opening, plain
from .pytree import flatten, unflatten
from .schedule import Schedule

__all__ = ["by_gathering", "families_of", "is_scalar"]

Column = Callable[[Any], Any]
"""One number of many pieces, as a function of the index of the active one."""

Leaf = Callable[[Namespace, Any, Clock], Function]
"""How a leaf is bound."""


def families_of(rows: Sequence[Piece]) -> list[list[int]]:
    """The indices of the pieces, by family."""
    families: dict[Any, list[int]] = {}
    for index, row in enumerate(rows):
        families.setdefault(_family(row.placed, index), []).append(index)
    return list(families.values())


def is_scalar(rows: Sequence[Piece]) -> bool:
    """Whether every number of the pieces is one number."""
    return all(getattr(number, "ndim", 0) == 0 for row in rows for number in (row.start, *_numbers(row.placed)))


def _numbers(placed: Placed) -> list[Any]:
    own = flatten(placed.what)[0] if isinstance(placed.what, Schedule) else []
    return [*own, *(placed.place or ()), *(number for child in placed.children for number in _numbers(child))]


def _family(placed: Placed, index: int) -> Any:
    what, place, children = placed
    if place is None or (callable(what) and not isinstance(what, Schedule)):
        return index
    if not isinstance(what, Schedule):
        return "number"
    if what.formula.laid_out and not isinstance(what.formula.parts(what), Cycles):
        return index
    own = flatten(what)[1], tuple(_precise(what))
    return own, tuple(_family(child, index) for child in children) if children else _timing(what, place)


def _precise(what: Schedule) -> Any:
    """The numbers that decide how precisely a value is computed."""
    for parameter, value in zip(what.formula.parameters.values(), what.values, strict=True):
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _precise(part)
            elif parameter.kind.precise and is_number(part):
                yield part


def _timing(what: Schedule, place: Place) -> Any:
    """What a stair or a cycle that begins between two steps is counted by."""
    length = _counted(what)
    if length is None or not is_known(length, *place):
        return None
    steps = place.factor * exact(length)
    return None if steps.denominator == place.origin.denominator == 1 else (steps, place.origin % 1, place.factor)


def _counted(what: Schedule) -> Any:
    """The time that is counted, of stairs and cycles."""
    parts: Any = what.formula.parts(what)
    if isinstance(parts, Cycles):
        return parts.period
    if what.traced():
        return None
    curve = what.formula.build(numbers, what.parameters)
    return curve.length if isinstance(curve, Stairs) else None


def by_gathering(xp: Namespace, rows: Sequence[Piece], families: list[list[int]], leaf: Leaf) -> Function:
    """The value of the active piece: one evaluation for each family."""
    begins = [opening(row.start) for row in rows[1:]]
    edges = xp.table(begins if all(map(is_known, begins)) else _rising(xp, begins))
    starts = [0, *(_held(xp, row.start) for row in rows[1:])]
    origins, limits = xp.table(starts), xp.table([*starts[1:], xp.last_step])
    members_of = {member: number for number, members in enumerate(families) for member in members}
    family_of = xp.table([members_of[index] for index in range(len(rows))])
    # Pieces of other families have a place in each table, never read, so that the active index needs no translation.
    filled = [
        [rows[index if index in members else members[0]].placed for index in range(len(rows))] for members in families
    ]

    speakers = [_gathered(xp, placed, leaf) for placed in filled]

    def total(t: Any) -> Any:
        t = xp.array(t)  # a clock may answer with a number
        active = xp.count(edges, t)
        values = None
        for number, members in enumerate(families):
            # Where another family is active, this one answers for its first member, at a step of that member.
            is_mine = len(families) == 1 or xp.take(family_of, active) == number
            mine = xp.where(is_mine, active, members[0])
            step = xp.maximum(xp.minimum(t, xp.take(limits, mine)), xp.take(origins, mine))
            value = speakers[number](mine)(step)
            values = value if values is None else xp.where(is_mine, value, values)
        return values

    return total


def _held(xp: Namespace, start: Any) -> Any:
    """A start as a step of the namespace: a whole one where steps are counted."""
    if not is_known(start):
        return start
    return min(opening(start) if xp.int_dtype is None else first_step(start), xp.last_step)


def _rising(xp: Namespace, edges: list[Any]) -> list[Any]:
    """Traced edges in order: a piece that ends before it begins is passed over."""
    for index in range(len(edges) - 2, -1, -1):
        edges[index] = xp.minimum(edges[index], edges[index + 1])
    return edges


def _column(xp: Namespace, numbers: Sequence[Any]) -> Column:
    """The active one of some numbers; what is the same for all needs no table."""
    first = numbers[0]
    if all(number is first or (is_known(number, first) and number == first) for number in numbers):
        return lambda _: first
    table = xp.table([_held_float(xp, fitting(xp, plain(number))) for number in numbers])
    return lambda index: xp.take(table, index)


def _held_float(xp: Namespace, number: Any) -> Any:
    """A float, held at the largest one of the namespace."""
    return min(max(number, -xp.largest), xp.largest) if isinstance(number, float) else number


def _gathered(xp: Namespace, placed: Sequence[Placed], leaf: Leaf) -> Callable[[Any], Function]:
    """The function of the active piece, given its index."""
    what, _, children = placed[0]
    if not isinstance(what, Schedule):
        number = _column(xp, [each.what for each in placed])
        return lambda index: lambda _: number(index)
    flat = [flatten(each.what) for each in placed]
    columns = [_column(xp, column) for column in zip(*(leaves for leaves, _ in flat), strict=True)]

    def active(index: Any) -> Schedule:
        return unflatten(flat[0][1], [column(index) for column in columns])

    if not children:
        clock = _clock(xp, placed)
        return lambda index: leaf(xp, active(index), clock(index))
    parts = [_gathered(xp, group, leaf) for group in zip(*(each.children for each in placed), strict=True)]

    def combined(index: Any) -> Function:
        made = active(index)
        return made.formula.combine(xp, made.parameters, [part(index) for part in parts])

    return combined


def _clock(xp: Namespace, placed: Sequence[Placed]) -> Callable[[Any], Clock]:
    """The clock of the active place; where the end of a ramp is known, it is looked up, too."""
    places: list[Any] = [each.place for each in placed]
    rows = [[*split(xp, place.origin), place.factor] for place in places]
    lengths = [_end(xp, each.what) for each in placed]
    has_ends = all(is_known(length, *at) for length, at in zip(lengths, places, strict=True))
    if has_ends:
        for row, at, length in zip(rows, places, lengths, strict=True):
            row += [*split(xp, at.at(length)), plain(at.factor * exact(length))]
    columns = [_column(xp, column) for column in zip(*rows, strict=True)]

    def active(index: Any) -> Clock:
        whole, rest, factor, *ends = [column(index) for column in columns]
        origin = places[0].origin if is_known(whole, rest) else whole if is_known(rest) and rest == 0 else whole + rest
        return Clock(xp, Place(origin, factor), whole, rest, tuple(ends) or None)

    return active


def _end(xp: Namespace, what: Schedule) -> Any:
    """The length of a ramp, else None."""
    if what.formula.laid_out:
        return None
    curve = what.formula.build(xp, what.parameters)
    return curve.length if isinstance(curve, Ends) else None
