"""Schedules one after another, in one function of the step.

A *join* only concatenates. Numbers find their segment by bisection, and NumPy evaluates each segment on its own steps.
Traced arrays cannot branch: every piece is asked, for harmless steps where it is not active, and one is selected; or,
where many pieces share a formula, it is asked once, with the parameters of the active one gathered from tables.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from .libraries import is_number
from .namespaces import Namespace
from .parameters import Multiple, kind_of
from .pytree import flatten, split, unflatten, unfolded
from .schedule import Schedule
from .segments import MANY, Bound, Function, Segment, bind_child, bound, by_segment, is_segmented

__all__ = ["bind_cycles", "bind_join", "bind_stack", "opening"]


def bind_join(xp: Namespace, schedules: Sequence[Any], starts: Sequence[Any]) -> Bound:
    """Schedules one after another; `starts[0]` is 0, and each sees its local step."""
    if is_segmented(xp) and all(map(is_number, starts)):
        return by_segment(xp, tuple(_segments(xp, schedules, starts)))
    return _by_selection(xp, schedules, starts, starts)


def bind_cycles(xp: Namespace, schedules: Sequence[Any], starts: Sequence[Any], opens: Sequence[Any]) -> Bound:
    """Many schedules one after another, which are bound when they are first asked, as most are never reached.

    Each opens before its first whole step, which a step between two whole ones hears.
    """
    if is_segmented(xp) and all(map(is_number, starts)):
        rows = zip(opens, starts, schedules, strict=True)
        return by_segment(xp, tuple(Segment(open_, start, None, _lazily(xp, s)) for open_, start, s in rows))
    return _by_selection(xp, schedules, starts, opens)


def bind_stack(xp: Namespace, stack: Schedule, starts: Any, opens: Any) -> Bound:
    """Many schedules of one structure, one after another, as one whose parameters are arrays of theirs."""
    leaves, structure = flatten(stack)
    least = _least(starts, opens)

    def total(t: Any) -> Any:
        t = xp.array(t)
        active = xp.count(opens[1:], xp.minimum(t, xp.last_step - 1))  # where those are held that are never reached
        own = [xp.take(leaf, active) if getattr(leaf, "ndim", 0) else leaf for leaf in leaves]
        return unflatten(structure, own).bind(xp).total(xp.maximum(t - xp.take(starts, active), least))

    return Bound(total)


def opening(start: Any, late: Any) -> Any:
    """Where a piece begins, as a float that no whole step before its first is at."""
    if isinstance(late, Fraction):
        return max(float(start - late), math.nextafter(start - 1, start)) if late else start
    return start if is_number(late) else start - late


def _gaps(starts: Sequence[Any]) -> list[Any]:
    """How long each piece speaks; the last has no end."""
    return [*(after - start for start, after in pairwise(starts)), None]


def _segments(xp: Namespace, schedules: Sequence[Any], starts: Sequence[int]) -> Any:
    for schedule, start, gap in zip(schedules, starts, _gaps(starts), strict=True):
        child = bind_child(xp, schedule)
        inner = child.segments or (Segment(0, 0, None, child.total),)
        yield from (segment.moved(start) for segment in inner if gap is None or segment.start < gap)


def _lazily(xp: Namespace, schedule: Any) -> Function:
    inner = cache(lambda: bound(xp, schedule))

    def value(t: Any) -> Any:
        return inner()(t)

    return value


# Traced and other arrays: every piece is asked, for harmless steps where it is not active.


def _by_selection(xp: Any, schedules: Sequence[Any], starts: Sequence[Any], opens: Sequence[Any]) -> Bound:
    families: dict[Any, list[int]] = {}
    schedules = [unfolded(schedule) for schedule in schedules]
    for index, schedule in enumerate(schedules):
        family = flatten(schedule)[1] if isinstance(schedule, Schedule) and not _has_broken_cycles(schedule) else index
        families.setdefault(family, []).append(index)
    leaves = (leaf for schedule in schedules if isinstance(schedule, Schedule) for leaf in flatten(schedule)[0])
    scalar = all(getattr(number, "ndim", 0) == 0 for number in (*starts, *leaves))
    if scalar and max(map(len, families.values())) >= MANY:
        return _by_gathering(xp, schedules, starts, opens, list(families.values()))
    least = _least(starts, opens)
    pieces = [_inside(xp, bind_child(xp, s), least, gap) for s, gap in zip(schedules, _gaps(starts), strict=True)]

    def total(t: Any) -> Any:
        values = pieces[0](t)
        edges = starts if xp.is_counted(t) else opens
        for edge, start, piece in zip(edges[1:], starts[1:], pieces[1:], strict=True):
            values = xp.where(t >= edge, piece(t - start), values)
        return values

    return Bound(total)


def _least(starts: Sequence[Any], opens: Sequence[Any]) -> int:
    """The least local step: a piece that opens between two whole steps is asked less than a step before its first."""
    return 0 if opens is starts else -1


def _inside(xp: Any, piece: Bound, least: int, gap: Any) -> Function:
    """A piece that is asked at the nearest step of its interval while another one is active."""
    if piece.bounded:
        return piece.total
    if gap is None:
        return lambda t: piece.total(xp.maximum(t, least))
    return lambda t: piece.total(xp.minimum(xp.maximum(t, least), gap))


def _by_gathering(
    xp: Any,
    schedules: Sequence[Any],
    starts: Sequence[Any],
    opens: Sequence[Any],
    families: list[list[int]],
) -> Bound:
    edges, origins, least = xp.table(list(opens[1:])), xp.table(list(starts)), _least(starts, opens)
    limits = xp.table([*starts[1:], xp.last_step])
    members_of = {member: number for number, members in enumerate(families) for member in members}
    family_of = xp.table([members_of[index] for index in range(len(schedules))])
    speakers = [_family(xp, schedules, members) for members in families]

    def total(t: Any) -> Any:
        t = xp.array(t)  # a clock may answer with a number
        active = xp.count(edges, t)
        values = None
        for number, members in enumerate(families):
            # Where another family is active, this one answers for its first member, at a step of that member.
            is_mine = len(families) == 1 or xp.take(family_of, active) == number
            mine = xp.where(is_mine, active, members[0])
            origin = xp.take(origins, mine)
            local = xp.maximum(xp.minimum(t, xp.take(limits, mine)) - origin, least)
            value = speakers[number](local, mine)
            values = value if values is None else xp.where(is_mine, value, values)
        return values

    return Bound(total)


def _family(xp: Any, schedules: Sequence[Any], members: list[int]) -> Callable[[Any, Any], Any]:
    """The value of the active one among schedules of one structure."""
    if len(members) == 1:
        alone = bind_child(xp, schedules[members[0]]).total
        return lambda local, _: alone(local)
    flat = [flatten(schedules[member]) for member in members]
    # Pieces of other families have a row too, never read, so that the active index needs no translation.
    rows = [flat[0][0]] * len(schedules)
    for member, (leaves, _) in zip(members, flat, strict=True):
        rows[member] = leaves
    delicate = _delicate(schedules[members[0]])
    columns = [_column(xp, *column) for column in zip(delicate, zip(*rows, strict=True), strict=True)]

    def speak(local: Any, active: Any) -> Any:
        return unflatten(flat[0][1], [column(active) for column in columns]).bind(xp).total(local)

    return speak


def _has_broken_cycles(schedule: Any) -> bool:
    """Whether cycles begin between two steps, which is exact for known numbers alone: tables make them traced ones."""
    if not isinstance(schedule, Schedule):
        return False
    for parameter, value in zip(schedule.formula.parameters.values(), schedule.values, strict=True):
        if parameter.kind is kind_of(Multiple) and value != int(value):
            return True
        if parameter.kind.child and any(map(_has_broken_cycles, value if isinstance(value, tuple) else (value,))):
            return True
    return False


def _delicate(schedule: Schedule) -> Iterator[bool]:
    """Of each number of a schedule, whether its rounding is multiplied."""
    for parameter, value in zip(schedule.formula.parameters.values(), split(schedule)[0], strict=True):
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _delicate(part)
            elif part is not None:
                yield parameter.kind.delicate


def _column(xp: Any, delicate: bool, numbers: tuple[Any, ...]) -> Function:
    """One parameter of many pieces, as a function of the active one; what is the same for all needs no table."""
    first = numbers[0]
    if all(number is first or (isinstance(number, (int, float, Fraction)) and number == first) for number in numbers):
        return lambda _: first
    if delicate:
        return xp.entries(list(numbers))
    table = xp.table(list(numbers))
    return lambda active: xp.take(table, active)
