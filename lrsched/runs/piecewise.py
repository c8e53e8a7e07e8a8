"""Runs given as tables of values and boundaries."""

from typing import Any

from ..checks import brief, require
from ..combinators.join import join
from ..core.decorators import composition
from ..core.parameters import Boundaries, Ramp, Values
from ..core.ramp_choice import as_ramp
from ..core.schedule import Schedule
from ..schedules.decays import constant
from ..schedules.ramps import linear

__all__ = ["piecewise_constant", "piecewise_interpolate"]


def _one_more_value(call: str, values: Any, boundaries: Any) -> None:
    require(
        len(values) == len(boundaries) + 1,
        call,
        f"values={brief(list(values))}) must be one longer than boundaries, of length {len(boundaries) + 1} "
        f"and not {len(values)}; values[0] is the value at step 0.",
    )


@composition
def piecewise_constant(values: Values, boundaries: Boundaries) -> Schedule:
    """A value for each interval between boundaries.

        s(t) = values[i]    for boundaries[i - 1] <= t < boundaries[i]

    It is `join([constant(value) for value in values], boundaries)`.

    Args:
        values: the values (rates), one more than boundaries. They are absolute, not factors.
        boundaries: the first step of each value after the first (steps), increasing.

    Source: torch `MultiStepLR(milestones, gamma)`, with the values written out.

    >>> [piecewise_constant([1.0, 0.1, 0.01], [2, 4])(t) for t in range(6)]
    [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    """
    _one_more_value("piecewise_constant", values, boundaries)
    return join([constant(value) for value in values], boundaries)


@composition
def piecewise_interpolate(values: Values, boundaries: Boundaries, *, ramp: Ramp = linear) -> Schedule:
    """Ramps from value to value.

        s(0) = values[0],    s(boundaries[i - 1]) = values[i]

    It is `join([ramp(values[i], values[i + 1], ...) ...], boundaries[:-1])`.

    Args:
        values: the values at step 0 and at the boundaries (rates), one more than boundaries.
        boundaries: the steps at which the values after the first are reached (steps), increasing.
        ramp: the shape between two values: `linear`, `cosine` ... .

    Source: optax `piecewise_interpolate_schedule`, with the values written out.

    >>> [piecewise_interpolate([0.0, 1.0, 0.5], [2, 4])(t) for t in range(6)]
    [0.0, 0.5, 1.0, 0.75, 0.5, 0.5]
    """
    _one_more_value("piecewise_interpolate", values, boundaries)
    if len(values) == 1:
        return constant(values[0])
    starts = (0, *boundaries)
    ramps = [
        as_ramp(ramp)(value, next_value, end - start)
        for value, next_value, start, end in zip(values, values[1:], starts, boundaries, strict=False)
    ]
    return join(ramps, boundaries[:-1])
