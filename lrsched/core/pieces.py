"""What speaks from which step on: the one list that evaluation, `length`, `boundaries`, pictures and exports read.

A formula that moves time declares its parts: children, each placed in its parent's time. `pieces` follows the parts
down to the formulas that compute a value. Formulas that combine values at the same step (a sum, a clamp) are carried
into the pieces of their children, so a piece is one formula, or one tree of them, with an exact place for each.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

from .place import HERE, Place, by, exact, first_step, is_known, later, plain
from .schedule import Schedule

__all__ = [
    "MOST_CYCLES",
    "Cycles",
    "Part",
    "Piece",
    "Placed",
    "boundaries_of",
    "end_of",
    "expanded",
    "length_of",
    "pieces",
]

LAST = Fraction(2**53)
"""No step is later."""


class Part(NamedTuple):
    """A child of a formula that moves time: it speaks from own time `begin` of its parent on.

    Its own time 0 is at `origin`, and one of its steps takes `factor` of its parent's.
    """

    begin: Any
    child: Any
    origin: Any
    factor: Any = 1
    is_one_piece: bool = False
    """Whether its own parts are left aside, as in a list of pieces that is cut off."""


class Cycles(NamedTuple):
    """A child again and again: cycle k takes `multiple**k` periods and shows `sized(child, k)`."""

    child: Any
    period: Any
    multiple: Any = 1
    sized: Callable[[Any, Any], Any] = lambda child, _: child

    def parts(self, most: int | None) -> Iterator[Part]:
        """All cycles, or the first ones, and the one that follows as one piece."""
        for index, (begin, length) in enumerate(spans(self.multiple)):
            start = by(exact(self.period), begin)
            yield Part(start, self.sized(self.child, index), start, length, index == most)
            if index == most:
                return


def spans(multiple: Any) -> Iterator[tuple[Fraction, Fraction]]:
    """Where the cycles begin and how long they are, in periods: 1 + multiple + multiple**2 + ..., exactly."""
    above, below = exact(multiple).as_integer_ratio()
    begin, length, denominator = 0, 1, 1
    while True:
        yield _fraction(begin, denominator), _fraction(length, denominator)
        begin, length, denominator = (begin + length) * below, length * above, denominator * below


def _fraction(numerator: int, denominator: int) -> Fraction:
    """A quotient; one with a long denominator is rounded up to 128 bits, which moves it past no integer."""
    if denominator.bit_length() <= 128:
        return Fraction(numerator, denominator)
    return Fraction(-((-numerator << 128) // denominator), 1 << 128)


class Placed(NamedTuple):
    """A child at its place; or, with `children`, a formula that combines the values of placed ones at the same step.

    Without a place, it is a function of the step already.
    """

    what: Any
    place: Place | None = HERE
    children: "tuple[Placed, ...]" = ()


class Piece(NamedTuple):
    """What speaks from `start` on: a known time, which need not be whole, or a traced one."""

    start: Any
    placed: Placed
    is_endless: bool = False
    """Whether it stands for endless cycles, which are not written out."""


def expanded(what: Any) -> Any:
    """What a composition is made of, and so on until it is none; other things as they are."""
    while isinstance(what, Schedule) and what.formula.composed:
        what = what.expand()
    return what


def pieces(what: Any, place: Place = HERE, last: Any = LAST, cycles: int | None = None) -> Iterator[Piece]:
    """The pieces of a schedule, a callable or a number that begin up to the step `last`; the first begins at step 0.

    Cycles that are all equally long are one piece, unless they are written out: so many `cycles`, and half as many of
    those inside of a cycle.
    """
    what = expanded(what)
    formula = what.formula if isinstance(what, Schedule) else None
    parts: Any = formula.parts(what) if formula else None
    if isinstance(parts, Cycles):
        if parts.multiple == 1 and cycles is None:
            yield Piece(Fraction(0), Placed(what, place), is_endless=True)
            return
        parts = parts.parts(cycles)
        cycles = cycles and cycles // 2
    if parts is not None:
        yield from _laid_out(parts, place, last, cycles)
    elif formula and formula.pointwise:
        yield from _combined(what, place, last, cycles)
    else:
        yield Piece(Fraction(0), Placed(what, place))


def _laid_out(parts: Iterable[Part], place: Place, last: Any, cycles: int | None) -> Iterator[Piece]:
    """The pieces of parts, each from its begin to that of the next; those that never speak are left out."""
    remaining = iter(parts)
    first = next(remaining)
    part: Part | None = first
    begin: Any = Fraction(0)
    if _may_be_after(place.origin, 0) and _may_be_after(0, first.origin):  # a child that is ahead, and begins later
        yield Piece(begin, Placed(_at_begin(first)))
        begin = place.origin
    while part is not None:
        after = next(remaining, None)
        end = None if after is None else place.at(after.begin)
        if after is not None and _is_past(after.begin, end, last):
            after = end = None
        if end is None or not is_known(end) or not is_known(begin) or max(begin, 0) < end:
            for piece in _part(part, place, last if end is None or not is_known(end) else min(last, end), cycles):
                start = later(piece.start, begin)  # which is the part's for its first piece
                if end is None or not is_known(start, end) or start < end:
                    yield piece._replace(start=start)
        part, begin = after, end


def _part(part: Part, place: Place, last: Any, cycles: int | None) -> Iterable[Piece]:
    inside = place.inside(part.origin, part.factor)
    if part.is_one_piece:
        return [Piece(Fraction(0), _as_one(part.child, inside), is_endless=True)]
    return pieces(part.child, inside, last, cycles)


def _may_be_after(time: Any, other: Any) -> bool:
    return not is_known(time, other) or time > other


def _at_begin(first: Part) -> Any:
    """The value of a first part at its parent's time 0."""
    if not callable(first.child):
        return first.child
    ahead, factor = by(exact(first.origin), -1), exact(first.factor)
    if is_known(ahead, factor):
        ahead /= factor
    elif not is_known(factor) or factor != 1:
        ahead = plain(ahead) / plain(factor)
    return first.child(plain(later(ahead, Fraction(0))))


def _is_past(begin: Any, step: Any, last: Any) -> bool:
    """Whether a part begins later than the last step; at a traced place, than any step."""
    return step > last if is_known(step) else is_known(begin) and begin > LAST


def _combined(what: Schedule, place: Place, last: Any, cycles: int | None) -> Iterator[Piece]:
    """A formula of values at the same step, once for each combination of its children's pieces."""
    children, what = what.formula.children(what), what.formula.alone(what)
    rows = [list(pieces(child, place, last, cycles)) for child in children]
    starts = [[piece.start for piece in row] for row in rows]
    if not all(is_known(*row) for row in starts):
        yield Piece(Fraction(0), Placed(what, place, tuple(_as_one(child, place) for child in children)))
        return
    for start in sorted({start for row in starts for start in row}):
        found = [row[bisect_right(begins, start) - 1] for row, begins in zip(rows, starts, strict=True)]
        is_endless = any(piece.is_endless for piece in found)
        yield Piece(start, Placed(what, place, tuple(piece.placed for piece in found)), is_endless)


def _as_one(what: Any, place: Place) -> Placed:
    """A child as one piece, whatever its parts."""
    what = expanded(what)
    if not isinstance(what, Schedule) or not what.formula.pointwise:
        return Placed(what, place)
    children = what.formula.children(what)
    return Placed(what.formula.alone(what), place, tuple(_as_one(child, place) for child in children))


# What is known of a schedule without calling it.


def length_of(child: Any) -> Any:
    """The steps after which a child holds its value, or None if it never does.

    A number holds from step 0 on; of a callable nothing is known.
    """
    end = end_of(child)
    if end is None or not is_known(end):
        return plain(end)
    return max(first_step(end), 0)


def end_of(child: Any) -> Any:
    """The time from which a child holds its value, which need not be a whole step; or None if it never does."""
    *_, last = pieces(child, cycles=0)
    end = None if last.is_endless else _end(last.placed)
    return None if end is None else later(last.start, end)  # what is ahead may have ended before its piece begins


def _end(placed: Placed) -> Any:
    """The time from which a placed child holds its value, or None."""
    what, place, children = placed
    if children:
        ends = list(map(_end, children))
        return None if any(end is None for end in ends) else reduce(later, ends)
    if not isinstance(what, Schedule):
        length = None if callable(what) else 0
    else:
        is_laid_out = what.formula.parts(what) is not None
        length = what.length if is_laid_out else what.formula.own_length(what.parameters)
    return None if length is None or place is None else place.at(length)


MOST_CYCLES = 10
"""So many cycles of a restart are looked at, for there is no end of them."""


def boundaries_of(child: Any) -> tuple[Any, ...]:
    """The steps from which another formula speaks, sorted; of endless cycles those of the first ten, fewer inside."""
    found: set[Any] = set()
    rows = list(pieces(child, cycles=MOST_CYCLES))
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        own = () if row.is_endless else _own_boundaries(row.placed)
        inner = (boundary for boundary in own if _is_inside(row, boundary, after))
        found.update(map(first_step, (row.start, *inner)))
    if all(map(is_known, found)):
        return tuple(sorted(step for step in found if step > 0))
    return tuple(plain(step) for step in found if not (is_known(step) and step <= 0))


def _own_boundaries(placed: Placed) -> Iterator[Any]:
    what, place, children = placed
    for child in children:
        yield from _own_boundaries(child)
    if isinstance(what, Schedule) and place and not children:
        yield from map(place.at, what.formula.own_boundaries(what.parameters))


def _is_inside(row: Piece, time: Any, after: Piece | None) -> bool:
    if not is_known(row.start, time):
        return True
    return row.start < time and (after is None or not is_known(after.start) or time < after.start)
