"""The pieces of a join, as one function: a few are written one by one, many become a table."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from ..core.segments import MANY, Segment
from .expressions import NUMBER, STEP, Expression, Tape, in_order
from .naming import hints
from .recorder import FormulaCall, PiecesCall, Recorder

__all__ = ["Cases", "cases_of", "single"]


class Cases(NamedTuple):
    """The values that a function chooses from.

    `stays[i]` holds while `values[i]` speaks or one before it; `enters[i]` where `values[i + 1]` speaks, or one after.
    """

    values: list[Any]
    stays: list[Expression]
    enters: list[Expression]


def single(value: Any) -> Cases:
    """A value that there is no choice of."""
    return Cases([value], [], [])


MOST_BLOCKS = 6
"""So many pieces, or rows of pieces of one shape, are written one by one; of more a table says which is which."""


class Piece(NamedTuple):
    """A piece: its first step, its value, and the value without its numbers."""

    start: float
    value: Any
    shape: "Shape"


def cases_of(recorder: Recorder, call: PiecesCall, varies: bool, is_narrow: bool) -> Cases:
    """What a join chooses from; in float32 (`is_narrow`), bases and exponents are not kept in tables."""
    tape = Tape()
    step = tape.symbol(STEP, varies, 0, call.last)
    segments = recorder.segments[call]
    with hints():
        values = [_value(tape, step, segments, index) for index in range(len(segments))]
    starts = [segment.start for segment in segments]
    pieces = [Piece(start, value, shape_of(value, is_narrow)) for start, value in zip(starts, values, strict=True)]
    rows = [list(row) for _, row in groupby(pieces, lambda piece: piece.shape.key)]
    blocks = [block for row in rows for block in ([row] if len(row) >= MANY else [[piece] for piece in row])]
    if len(blocks) <= MOST_BLOCKS or len(rows) == len(pieces) == len({piece.shape.key for piece in pieces}):
        return _one_by_one(tape, step, blocks)
    return _by_kind(tape, step, pieces)


def _one_by_one(tape: Tape, step: Expression, blocks: list[list[Piece]]) -> Cases:
    values = [block[0].value if len(block) == 1 else _row(tape, step, block) for block in blocks]
    starts = [block[0].start for block in blocks[1:]]
    return Cases(values, [tape.node("<", step, at) for at in starts], [tape.node(">=", step, at) for at in starts])


def _row(tape: Tape, step: Expression, pieces: list[Piece]) -> Any:
    index = tape.node("piece", step, tuple(piece.start for piece in pieces))
    return tabled(tape, pieces[0].value, [piece.shape for piece in pieces], index)


def _by_kind(tape: Tape, step: Expression, pieces: list[Piece]) -> Cases:
    """All pieces in one table; for those of another kind, the numbers of the first of its kind stand in."""
    index = tape.node("piece", step, tuple(piece.start for piece in pieces))
    kinds = list(dict.fromkeys(piece.shape.key for piece in pieces))
    kind = _column(tape, [kinds.index(piece.shape.key) for piece in pieces], "kind", index)
    values: list[Any] = []
    for key in kinds:
        first = next(piece for piece in pieces if piece.shape.key == key)
        shapes = [piece.shape if piece.shape.key == key else first.shape for piece in pieces]
        values.append(tabled(tape, first.value, shapes, index))
    if len(values) == 1:
        return single(values[0])
    is_kind = [tape.node("==", kind, number) for number in range(len(values))]
    return Cases(values, is_kind[:-1], is_kind[1:])


def _value(tape: Tape, step: Expression, segments: tuple[Segment, ...], index: int) -> Any:
    start = segments[index].start
    end = segments[index + 1].start if index + 1 < len(segments) else step.high
    return segments[index].value(tape.since(step, start, end - start))


class Shape(NamedTuple):
    """An expression without its numbers; and the numbers, the places where they stand, and what they are called."""

    key: tuple[Any, ...]
    numbers: list[Any]
    places: list[tuple[int, int]]
    names: list[str]


def shape_of(value: Any, is_narrow: bool) -> Shape:
    """The shape of a number or an expression; `is_narrow` keeps what float32 does not hold out of the numbers."""
    if not isinstance(value, Expression):
        return Shape(("number",), [value], [(0, 0)], ["value"])
    shape = Shape((), [], [], [])
    key: list[Any] = []
    order = {id(node): index for index, node in enumerate(in_order([value]))}
    for index, node in enumerate(in_order([value])):
        key.append(node.op)
        for place, arg in enumerate(node.args):
            if isinstance(arg, Expression):
                key.append(("node", order[id(arg)]))
            elif type(arg) in NUMBER and not (is_narrow and _is_delicate(node, place)):
                key.append(type(arg) if is_narrow else "number")
                shape.numbers.append(arg)
                shape.places.append((index, place))
                shape.names.append(_name(node, place))
            else:
                key.append((type(arg), arg))
    return shape._replace(key=tuple(key))


def _is_delicate(node: Expression, place: int) -> bool:
    if node.op == "call" and isinstance(node.args[0], FormulaCall):
        return place >= 2 and node.args[0].delicate[place - 2]
    return (node.op, place) in (("grow", 0), ("power", 1))


def _name(node: Expression, place: int) -> str:
    """What the numbers of a table are called."""
    if node.op == "call":
        return node.args[0].parameters[place - 2]
    return {"since": "start", "*": "factor"}.get(node.op, "number")


def tabled(tape: Tape, value: Any, shapes: Sequence[Shape], index: Expression) -> Any:
    """The value of the first of some pieces, with the numbers of the active one in the place of its own."""
    names = shapes[0].names
    rows = zip(*(shape.numbers for shape in shapes), strict=True)
    columns = [_column(tape, column, name, index) for column, name in zip(rows, names, strict=True)]
    if not isinstance(value, Expression):
        return columns[0]
    column_at = dict(zip(shapes[0].places, columns, strict=True))
    made: dict[int, Any] = {}
    for number, node in enumerate(in_order([value])):
        args = (
            made[id(arg)] if isinstance(arg, Expression) else column_at.get((number, place), arg)
            for place, arg in enumerate(node.args)
        )
        made[id(node)] = node if node.op == "symbol" else tape.make(node.op, tuple(args))
        made[id(node)].hint = made[id(node)].hint or node.hint
    return made[id(value)]


def _column(tape: Tape, numbers: Sequence[Any], name: str, index: Expression) -> Any:
    """The number of the active piece; what is the same for all is no table."""
    if len({repr(number) for number in numbers}) == 1:
        return numbers[0]
    return tape.make("take", (index, tuple(numbers), name))
