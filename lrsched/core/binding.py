"""A child in one namespace: from its pieces to one function of the step."""

from collections.abc import Iterator
from functools import wraps
from math import inf, lcm
from typing import Any

import numpy as np

from ..arrays import numbers
from ..arrays.namespaces import NumPy
from .clock import Clock, Function, Namespace, fitting
from .curves import Ends
from .gathering import by_gathering, families_of, is_scalar
from .many import MANY, Row, Rows, by_array, by_selection
from .pieces import Cycles, Piece, Placed, expanded, pieces
from .place import HERE, Place, first_step, is_known, opening, plain
from .schedule import Schedule

__all__ = ["bind_child", "bound", "fitting", "on_any_clock"]


def bind_child(xp: Namespace, child: Any, place: Place = HERE) -> Function:
    """A schedule, a callable or a number at a place, as a function of the step."""
    if xp is numbers:
        return Rows(_rows(xp, pieces(child, place)))
    rows = [row for row in pieces(child, place, xp.last_step) if not is_known(row.start) or row.start <= xp.last_step]
    if isinstance(xp, NumPy) and all(is_known(row.start) for row in rows):
        return by_array(list(_rows(xp, iter(rows))), xp.float_dtype)
    if isinstance(child, Schedule) and child.formula.branch:
        past, start = (child.parameters[name] for name in child.formula.branch)
        start = place.at(start)
        if is_known(start, *(row.start for row in rows)) and 0 < start <= rows[-1].start:
            return _branched(xp, past, place, start, rows)
    return _traced(xp, rows)


def _branched(xp: Namespace, past: Any, place: Place, start: Any, rows: list[Piece]) -> Function:
    """The past of a branch, bound as it would be alone, and then the pieces from the start on."""
    before = [row for row in rows if row.start < start]
    after = list({row.start: row for row in rows if row.start >= start}.values())  # of those that start together, one
    edge, first = fitting(xp, opening(start)), plain(first_step(start))
    earlier = _held(xp, bind_child(xp, past, place), before, 0, first)
    later = _held(xp, _traced(xp, after), after, first, None)
    return by_selection(xp, [0, edge], [0, first], [earlier, later])


def _traced(xp: Namespace, rows: list[Piece]) -> Function:
    """Pieces in one program, which cannot branch on a step."""
    if len(rows) == 1:
        return _bind(xp, rows[0].placed)
    families = families_of(rows)
    if max(map(len, families)) >= MANY and is_scalar(rows):
        return by_gathering(xp, rows, families, bind_leaf)
    starts = [fitting(xp, opening(row.start)) for row in rows]
    functions = [_inside(xp, row, after) for row, after in zip(rows, [*rows[1:], None], strict=True)]
    return by_selection(xp, starts, [plain(first_step(row.start)) for row in rows], functions)


def bound(xp: Namespace, child: Any) -> Function:
    """A child of a combinator (a schedule, a callable or a number) as a function of the step, in a namespace.

    >>> from lrsched.arrays import numbers
    >>> bound(numbers, 0.5)(7)
    0.5
    """
    is_function = callable(child) and not isinstance(child, Schedule)  # as children are when they come to a builder
    return child if is_function else bind_child(xp, child)


def on_any_clock(xp: Namespace, child: Any) -> Function:
    """A child as a function of times that are computed: of integers, or of floats."""
    if not isinstance(child, Schedule):
        return _as_float(child) if callable(child) else lambda _: child
    if xp is numbers:
        return bind_child(xp, child)
    made: dict[bool, Function] = {}

    def value(t: Any) -> Any:
        is_counted = xp.int_dtype is not None and xp.is_counted(t)
        if is_counted not in made:
            made[is_counted] = bind_child(xp if is_counted else xp.of_floats(), child)
        return made[is_counted](t)

    return value


# Pieces.


def _rows(xp: Namespace, found: Iterator[Piece]) -> Iterator[Row]:
    """Pieces for numbers or NumPy, each up to the start of the next."""
    piece: Piece | None = next(found)
    while piece is not None:
        after = next(found, None)
        yield from (row for row in _rows_of(xp, piece) if after is None or row.start < after.start)
        piece = after


def _rows_of(xp: Namespace, piece: Piece) -> Iterator[Row]:
    """One row; for a ramp whose ends are whole steps, one for each half, and those in which it holds."""
    (what, place, children), start = piece.placed, opening(piece.start)
    if isinstance(what, Schedule) and place and not children and not what.formula.laid_out:
        curve = what.formula.build(xp, what.parameters)
        if isinstance(curve, Ends) and is_known(curve.length, *place):
            origin, end = place.origin, place.at(curve.length)
            if origin < end <= xp.last_step and origin.denominator == end.denominator == 1:
                yield from _halves(curve, start, int(origin), int(end))
                return
        yield Row(start, 0, None, curve.on(Clock.of(xp, place)))
    else:
        yield Row(start, 0, None, _bind(xp, piece.placed))


def _halves(curve: Ends, start: Any, origin: int, end: int) -> Iterator[Row]:
    rise, fall, steps = curve.rise, curve.fall, float(end - origin)
    half = -((-origin - end) // 2) if rise else origin
    first, last = rise(0.0) if rise else fall(1.0), fall(0.0)
    for row, until in (
        (Row(start, 0, None, lambda _: first), origin),
        (Row(origin, origin, steps, rise or fall), half),
        (Row(half, end, -steps, fall), end),
        (Row(end, 0, None, lambda _: last), inf),
    ):
        begin = max(row.start, start)
        if begin < until:
            yield row._replace(start=begin)


def _inside(xp: Namespace, piece: Piece, after: Piece | None) -> Function:
    """A piece among others."""
    start = fitting(xp, plain(first_step(piece.start)))
    end = None if after is None else fitting(xp, plain(first_step(after.start)))
    return _held(xp, _bind(xp, piece.placed), [piece], start, end)


def _held(xp: Namespace, function: Function, rows: list[Piece], start: Any, end: Any) -> Function:
    """The function of pieces; plain callables are asked for no step at which they do not speak."""
    if not any(_has_callable(row.placed) for row in rows):
        return function
    if end is None:
        return lambda t: function(xp.maximum(t, start))
    return lambda t: function(xp.minimum(xp.maximum(t, start), end))


def _has_callable(placed: Placed) -> bool:
    what = placed.what
    if isinstance(what, Schedule):
        return any(map(_has_callable, placed.children)) or (what.formula.has_children and not placed.children)
    return callable(what)


def _bind(xp: Namespace, placed: Placed) -> Function:
    """A placed child, alone."""
    what, place, children = placed
    if children:
        return what.formula.combine(xp, what.parameters, [_bind(xp, child) for child in children])
    return bind_leaf(xp, what, Clock.of(xp, place or HERE))


def bind_leaf(xp: Namespace, what: Any, clock: Clock) -> Function:
    """A schedule, a callable or a number on a clock."""
    what = expanded(what)
    if not isinstance(what, Schedule):
        return _callable(what, clock) if callable(what) else lambda _: what
    parts: Any = what.formula.parts(what)
    if isinstance(parts, Cycles) and parts.multiple == 1:
        return _cycles(xp, parts, clock)
    if parts is not None or what.formula.pointwise:
        return bind_child(xp, what, clock.place)
    return what.formula.build(xp, what.parameters).on(clock)


def _callable(function: Function, clock: Clock) -> Function:
    """A plain callable, which is asked for no negative step."""
    own, inner = clock.counted(), _as_float(function)
    return lambda t: inner(own(t))


def _as_float(function: Function) -> Function:
    """A plain callable; a number that it gives becomes a float."""

    @wraps(function)
    def value(t: Any) -> Any:
        result = function(t)
        return float(result) if isinstance(result, (int, float, np.generic)) else result

    return value


# Cycles of the same length: the child is asked at what is left of a division by the period.


def _cycles(xp: Namespace, cycles: Cycles, clock: Clock) -> Function:
    second = clock.place.at(cycles.period)
    if is_known(second) and second > xp.last_step:
        return bind_child(xp, cycles.child, clock.place)
    count = clock.passed(cycles.period)
    repeated = _repeated(xp, cycles, clock, count)
    sized = cycles.sized(repeated, count)
    return repeated if sized is repeated else sized.formula.combine(xp, sized.parameters, [repeated, count])


def _repeated(xp: Namespace, cycles: Cycles, clock: Clock, count: Function) -> Function:
    steps, factor = clock.length(cycles.period), clock.place.factor
    if not is_known(steps, *clock.place):
        return _of_difference(xp, cycles, clock, count)
    first, late = clock.after()
    parts = lcm(steps.denominator, late.denominator)  # of a step: in these, every boundary is an integer
    length = int(steps * parts)
    if length * (parts + 1) > xp.widest:
        return _of_difference(xp, cycles, clock, count)
    behind, inner = int(late * parts) % length, bind_child(xp, cycles.child, Place(factor=factor * parts))
    length = fitting(xp, length)

    def value(t: Any) -> Any:
        part = (xp.maximum(t - first, 0) if first else xp.maximum(t, 0)) % length
        if parts == 1 and behind == 0:
            return inner(part)
        return inner((part * parts + behind) % length)

    return value if first <= 0 or behind == 0 else lambda t: xp.where(t < first, inner(0 * t), value(t))


def _of_difference(xp: Namespace, cycles: Cycles, clock: Clock, count: Function) -> Function:
    """For times that are traced, or too long for exact parts of a step."""
    steps, since = fitting(xp, plain(clock.length(cycles.period))), clock.since()
    is_counted = clock.is_step and not isinstance(steps, float)
    inner = bind_child(xp if is_counted else xp.of_floats(), cycles.child, Place(factor=clock.place.factor))
    return lambda t: inner(xp.maximum(xp.maximum(since(t), 0) - count(t) * steps, 0))
