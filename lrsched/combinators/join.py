"""One schedule after another."""

from collections.abc import Mapping
from typing import Any

from ..arrays.libraries import is_number
from ..checks import brief, require
from ..core.decorators import layout
from ..core.parameters import Boundaries, Children
from ..core.pieces import Part
from ..core.schedule import Schedule

__all__ = ["join"]


def _pieces(schedules: tuple[Any, ...], starts: tuple[int, ...]) -> Any:
    """The pieces that speak for at least one step, those of inner joins among them, with their starts."""
    for index, (child, start) in enumerate(zip(schedules, starts, strict=True)):
        end = starts[index + 1] if index + 1 < len(starts) else None
        inner = child.parameters if isinstance(child, Schedule) and child.formula.factory is join else None
        if inner is None or not all(map(is_number, inner["boundaries"])):
            inner = {"schedules": (child,), "boundaries": ()}
        for piece, begin in _pieces_of(inner):
            if end is None or start + begin < end:
                yield piece, start + begin


def _pieces_of(parameters: Mapping[str, Any]) -> Any:
    return zip(parameters["schedules"], (0, *parameters["boundaries"]), strict=True)


def _simplify(parameters: Mapping[str, Any]) -> Any:
    schedules, boundaries = parameters["schedules"], parameters["boundaries"]
    require(len(schedules) > 0, "join", "schedules=[]) must have one schedule or more; give the pieces in order.")
    require(
        len(schedules) == len(boundaries) + 1,
        "join",
        f"boundaries={brief(list(boundaries))}) must be one shorter than schedules, of length {len(schedules) - 1} "
        f"and not {len(boundaries)}; "
        "boundaries[i] is the first step of schedules[i + 1].",
    )
    if not all(map(is_number, boundaries)):
        return parameters
    pieces = list(_pieces(schedules, (0, *boundaries)))
    if len(pieces) == 1 and isinstance(pieces[0][0], Schedule):
        return pieces[0][0]
    return {"schedules": tuple(piece for piece, _ in pieces), "boundaries": tuple(start for _, start in pieces[1:])}


@layout(simplify=_simplify)
def join(schedules: Children, boundaries: Boundaries) -> list[Part]:
    """One schedule after another; each sees its local step.

        s(t) = schedules[i](t - boundaries[i - 1])    for boundaries[i - 1] <= t < boundaries[i]

    At a boundary the new piece applies, at its own step 0. No piece ever sees a step outside its interval. Nested joins
    are flattened, empty pieces are dropped, and `join([s], [])` is `s`.

    Args:
        schedules: the pieces (schedules, callables or numbers), one or more.
        boundaries: the first step of every piece but the first (steps), increasing, one fewer than the pieces.

    Source: optax `join_schedules(schedules, boundaries)`.

    >>> from lrsched import constant, linear
    >>> s = join([linear(0.0, 1.0, 2), constant(1.0), linear(1.0, 0.0, 2)], [2, 4])
    >>> [s(t) for t in range(7)]
    [0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0]
    """
    return [Part(start, child, start) for start, child in zip((0, *boundaries), schedules, strict=True)]
