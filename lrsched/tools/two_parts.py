"""A run for another batch size, whose warmup is drawn out by one factor and the rest by another."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..arrays.numbers import float_of
from ..checks import Site, is_traced
from ..combinators.arithmetic import round_to, scale
from ..combinators.bounds import clamp_max, clamp_min
from ..combinators.join import join
from ..combinators.phases import warmup
from ..combinators.time import stretch
from ..core.pieces import length_of
from ..core.pytree import unfolded
from ..core.schedule import Schedule

__all__ = ["in_two_parts", "warmup_steps_of"]

SQUARED = {"linear": 2, "sqrt": 1, "steps": 0, "epochs": -2}
"""The power of k in the square of what a warmup is multiplied by, which is a fraction for every rule."""


def warmup_steps_of(steps: int, base: int, new: int, rule: str) -> int:
    """The integer part of x + 1/2, from the square of 2x: all in integers, so that no float decides."""
    square = 4 * steps**2 * Fraction(new, base) ** SQUARED[rule]
    return (math.isqrt(math.floor(square)) + 1) // 2


POINTWISE = (scale, clamp_min, clamp_max, round_to)
"""What changes the values of a schedule, and not when they come."""


def in_two_parts(child: Any, base: int, new: int, rule: str) -> Schedule:
    """The same epochs, of which the warmup takes another share."""
    if isinstance(child, Schedule) and child.formula.factory in POINTWISE:
        inner, value = child.values
        return child.formula.factory(in_two_parts(inner, base, new, rule), value)
    pieces, starts, at = _warmup_in(child, rule)
    rest = join(pieces[at:], [start - starts[at] for start in starts[at + 1 :]])
    warm = warmup_steps_of(starts[at], base, new, rule)
    longer = stretch(rest, float_of(_of_rest(starts[at], rest.length, warm, Fraction(base, new), rule)))
    if warm == 0:
        return longer
    first = join(pieces[:at], starts[1:at])
    return join([stretch(first, float_of(Fraction(warm, starts[at]))), longer], [warm])


def _warmup_in(child: Any, rule: str) -> tuple[Sequence[Any], Sequence[int], int]:
    """The pieces of a run, their starts, and which piece is the first after the warmup."""
    site, made = Site("scale_schedule", "schedule"), unfolded(child)
    is_join = isinstance(made, Schedule) and made.formula.factory is join
    pieces, boundaries = made.values if is_join else ((made,), ())
    starts, steps = (0, *boundaries), _steps_of_warmup(child)
    if any(map(is_traced, (*starts, steps, length_of(made)))):
        remedy = "make it outside of the traced function, and pass its expand()"
        site.refuse(child, f"must have steps that are numbers, not traced, for warmup_rule={rule!r}", remedy, TypeError)
    if steps not in starts:
        remedy = "warmup_cosine(...), wsd(...) and warmup(...) are, and 'epochs' takes any schedule"
        site.refuse(child, f"must be a warmup and what follows it, for warmup_rule={rule!r}", remedy)
    return pieces, starts, starts.index(steps)


def _steps_of_warmup(child: Any) -> Any:
    if not isinstance(child, Schedule):
        return None
    return child.parameters.get("steps" if child.formula.factory is warmup else "warmup_steps")


def _of_rest(steps: int, length: Any, warm: int, less: Fraction, rule: str) -> Fraction:
    """What the rest of a run is drawn out by, so that the whole still takes as many epochs."""
    if not length:
        return less
    left = (steps + Fraction(length)) * less - warm
    if left <= 0:
        demand = f"must leave a part of the run, and makes {warm} of {math.ceil(left + warm)} steps warmup"
        Site("scale_schedule", "warmup_rule").refuse(rule, demand, "'epochs' keeps the share of the warmup")
    return left / Fraction(length)
