"""PyTorch's schedulers that go up and down: `CyclicLR` and `OneCycleLR`, and what they do to the momentum."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction as Rational
from itertools import pairwise
from typing import Annotated, Any, Literal

from ..combinators.arithmetic import add, multiply
from ..combinators.join import join
from ..combinators.time import shift, stretch
from ..core.checks import Site, require
from ..core.parameters import Fraction, Kind, Positive, Value, kind_of
from ..core.schedule import Schedule
from ..runs.cycles import cyclic
from ..schedules.decays import constant
from ..schedules.ramps import cosine, linear
from .arguments import Count, known, translated
from .curves import rational

__all__ = ["CyclicLR", "CyclicLR_momentum", "OneCycleLR", "OneCycleLR_momentum", "ends_of", "phases"]

# Arguments.


def _function(site: Site, value: Any) -> Any:
    if not callable(value):
        site.refuse(value, f"must be a function, not {type(value).__name__}", "leave it out", TypeError)
    return value


def _float(site: Site, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        site.refuse(value, "must be a float", f"write {float(value)}; it is a part of the run, and not a step")
    return kind_of(Fraction).check(site, value)


Part = Annotated[float, Kind("Part", "1", known(_float), leaf=False)]
"""A part of the run, a float between 0 and 1, as torch wants it."""
Function = Annotated[Callable[[Any], Any], Kind("Function", "", _function, leaf=False)]
"""A function of one number."""


Mode = Literal["triangular", "triangular2", "exp_range"]


def _cyclic(
    low: Any, high: Any, up: int, down: int | None, mode: Any, gamma: Any, scale_fn: Any, scale_mode: str
) -> Schedule:
    if scale_fn is None:
        return cyclic(low, high, up, step_size_down=down, mode=mode, gamma=gamma if mode == "exp_range" else 1.0)
    period = up + (up if down is None else down)
    height: Any = (lambda t: scale_fn(t // period + 1)) if scale_mode == "cycle" else scale_fn
    return add(multiply(cyclic(0.0, high - low, up, step_size_down=down), height), low)


@translated
def CyclicLR(
    base_lr: Value,
    max_lr: Value,
    step_size_up: Count = 2000,
    step_size_down: Count | None = None,
    mode: Mode = "triangular",
    gamma: Positive = 1.0,
    scale_fn: Function | None = None,
    scale_mode: Literal["cycle", "iterations"] = "cycle",
    cycle_momentum: bool = True,
    base_momentum: Value = 0.8,
    max_momentum: Value = 0.9,
) -> Schedule:
    """A line up and a line down, again and again.

    Args:
        base_lr: the rate at the lower ends; torch's argument, which overrules the optimizer's rate.
        max_lr: the rate after `step_size_up` steps.
        step_size_up: the length of the rise (steps), a whole number from 1 on.
        step_size_down: the length of the fall (steps); as the rise unless given.
        mode: how the height changes: not, halved in each cycle, or by `gamma` at every step.
        gamma: the factor of "exp_range" (1), greater than 0.
        scale_fn: the factor of the height, in the place of `mode`. No config can hold it.
        scale_mode: what `scale_fn` is a function of: the number of the cycle, from 1 on, or the step.
        cycle_momentum: of no effect on the rate, as are `base_momentum` and `max_momentum`; see `CyclicLR_momentum`.
        base_momentum: see `CyclicLR_momentum`.
        max_momentum: see `CyclicLR_momentum`.

    Raises ValueError or TypeError for a length that is not whole and an unknown mode. Source: torch `CyclicLR`.

    >>> CyclicLR(base_lr=0.1, max_lr=0.9, step_size_up=10, mode="triangular2")
    cyclic(0.1, 0.9, 10, mode='triangular2')
    """
    return _cyclic(base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)


@translated
def CyclicLR_momentum(
    base_lr: Value | None = None,
    max_lr: Value | None = None,
    step_size_up: Count = 2000,
    step_size_down: Count | None = None,
    mode: Mode = "triangular",
    gamma: Positive = 1.0,
    scale_fn: Function | None = None,
    scale_mode: Literal["cycle", "iterations"] = "cycle",
    cycle_momentum: bool = True,
    base_momentum: Value = 0.8,
    max_momentum: Value = 0.9,
) -> Schedule:
    """The momentum, or the first beta, that `CyclicLR` of the same arguments sets: low where the rate is high.

    Args:
        base_lr: of no effect, as is `max_lr`.
        max_lr: of no effect.
        step_size_up: as in `CyclicLR`, and so all up to `scale_mode`.
        step_size_down: as in `CyclicLR`.
        mode: as in `CyclicLR`.
        gamma: as in `CyclicLR`.
        scale_fn: as in `CyclicLR`.
        scale_mode: as in `CyclicLR`.
        cycle_momentum: True; without it torch leaves the momentum alone.
        base_momentum: the momentum after `step_size_up` steps (1).
        max_momentum: the momentum where a cycle begins (1).

    Raises ValueError or TypeError as `CyclicLR` does. Source: torch `CyclicLR`.

    >>> CyclicLR_momentum(step_size_up=10)
    cyclic(0.9, 0.8, 10)
    """
    _require_momentum("CyclicLR_momentum", cycle_momentum)
    return _cyclic(max_momentum, base_momentum, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)


def _require_momentum(call: str, cycle_momentum: bool) -> None:
    require(cycle_momentum, call, "cycle_momentum=False) must be True; without it torch leaves the momentum alone.")


def _total(call: str, total_steps: Any, epochs: Any, steps_per_epoch: Any) -> Any:
    """The length of a one-cycle run."""
    if total_steps is not None:
        return total_steps
    if epochs is None or steps_per_epoch is None:
        Site(call, "total_steps").refuse(None, "must be given", "or give both epochs and steps_per_epoch")
    return epochs * steps_per_epoch


def ends_of(call: str, total_steps: int, pct_start: float, three_phase: bool) -> list[Rational]:
    """Where the phases end, which need not be at whole steps."""
    part, last = rational(pct_start, 2**50 // total_steps) * total_steps, Rational(total_steps - 1)
    require(
        part != 1,
        call,
        f"pct_start={pct_start}) must not be exactly one step of {total_steps}, a rise of no length, by which torch "
        "divides; give 0.0.",
    )
    require(
        not three_phase or 2 * part - 2 <= last,
        call,
        f"pct_start={pct_start}) must leave steps to the third phase; the first two take it twice, so 0.5 at most.",
    )
    return [part - 1, 2 * part - 2, last] if three_phase else [part - 1, last]


def phases(values: Sequence[Any], ends: Sequence[Rational], anneal_strategy: str, exact_tail: bool) -> Schedule:
    """Ramps from value to value that end at these steps; one that ends before step 0 is never seen."""
    ramp = cosine if anneal_strategy == "cos" else linear
    parts = math.lcm(*(end.denominator for end in ends))
    pieces: list[Schedule] = []
    starts: list[int] = []
    start, tail = Rational(0), None
    for (before, after), end in zip(pairwise(values), ends, strict=True):
        if end >= 0 and end > start:
            piece = ramp(before, after, int((end - start) * parts))
            pieces.append(shift(piece, int(-start * parts)) if start < 0 else piece)
            starts.append(int(max(start, Rational(0)) * parts))
            tail = _tail(before, after, float(1 + 1 / (end - start)), anneal_strategy)
        start = end
    curve = join(pieces, starts[1:])
    curve = curve if parts == 1 else stretch(curve, 1 / parts)
    return join([curve, constant(tail)], [int(ends[-1]) + 1]) if exact_tail and tail is not None else curve


def _tail(before: Any, after: Any, x: float, anneal_strategy: str) -> Any:
    """A phase of torch's past its end."""
    if anneal_strategy == "cos":
        return after + (before - after) / 2 * (math.cos(math.pi * x) + 1)
    return before + (after - before) * x


@translated
def OneCycleLR(
    max_lr: Value,
    total_steps: Count | None = None,
    epochs: Count | None = None,
    steps_per_epoch: Count | None = None,
    pct_start: Part = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    cycle_momentum: bool = True,
    base_momentum: Value = 0.85,
    max_momentum: Value = 0.95,
    div_factor: Positive = 25.0,
    final_div_factor: Positive = 1e4,
    three_phase: bool = False,
    *,
    base_lr: Value | None = None,
    exact_tail: bool = False,
) -> Schedule:
    """Up to `max_lr` and down to nearly nothing, once.

    The peak is at `pct_start*total_steps - 1`, which torch does not round, and the end at `total_steps - 1`. Torch has
    one value more, at `total_steps`, where the rate has begun to rise again (or, on a line, fallen below 0), and
    raises after it; this holds the end.

    Args:
        max_lr: the rate at the peak.
        total_steps: the length (steps), a whole number from 1 on; or both of
        epochs: the number of epochs, and
        steps_per_epoch: the steps in each.
        pct_start: the part of the run that rises (1), a float between 0 and 1.
        anneal_strategy: the shape, "cos" or "linear".
        cycle_momentum: of no effect on the rate, as are `base_momentum` and `max_momentum`; see `OneCycleLR_momentum`.
        base_momentum: see `OneCycleLR_momentum`.
        max_momentum: see `OneCycleLR_momentum`.
        div_factor: the peak over the first rate (1), greater than 0.
        final_div_factor: the first rate over the last (1), greater than 0.
        three_phase: whether the fall is made of two ramps.
        base_lr: the optimizer's rate, which torch overrules.
        exact_tail: whether to have torch's value at `total_steps`, and hold it.

    Raises ValueError or TypeError for a part outside 0 to 1 or that leaves a phase no room, and a length that is
    missing or not whole. Source: torch `OneCycleLR`.

    >>> OneCycleLR(max_lr=1.0, total_steps=10)
    join([cosine(0.04, 1.0, 2), cosine(1.0, 4e-06, 7)], [2])
    """
    total = _total("OneCycleLR", total_steps, epochs, steps_per_epoch)
    first = max_lr / div_factor
    last = first / final_div_factor
    values = [first, max_lr, first, last] if three_phase else [first, max_lr, last]
    return phases(values, ends_of("OneCycleLR", total, pct_start, three_phase), anneal_strategy, exact_tail)


@translated
def OneCycleLR_momentum(
    max_lr: Value | None = None,
    total_steps: Count | None = None,
    epochs: Count | None = None,
    steps_per_epoch: Count | None = None,
    pct_start: Part = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    cycle_momentum: bool = True,
    base_momentum: Value = 0.85,
    max_momentum: Value = 0.95,
    div_factor: Positive = 25.0,
    final_div_factor: Positive = 1e4,
    three_phase: bool = False,
    *,
    base_lr: Value | None = None,
    exact_tail: bool = False,
) -> Schedule:
    """The momentum, or the first beta, that `OneCycleLR` of the same arguments sets: low where the rate is high.

    Args:
        max_lr: of no effect, as are `div_factor`, `final_div_factor` and `base_lr`.
        total_steps: as in `OneCycleLR`, and so all up to `anneal_strategy`.
        epochs: as in `OneCycleLR`.
        steps_per_epoch: as in `OneCycleLR`.
        pct_start: as in `OneCycleLR`.
        anneal_strategy: as in `OneCycleLR`.
        cycle_momentum: True; without it torch leaves the momentum alone.
        base_momentum: the momentum at the peak of the rate (1).
        max_momentum: the momentum at both ends (1).
        div_factor: of no effect.
        final_div_factor: of no effect.
        three_phase: as in `OneCycleLR`; the momentum holds in the third phase.
        base_lr: of no effect.
        exact_tail: as in `OneCycleLR`.

    Raises ValueError or TypeError as `OneCycleLR` does. Source: torch `OneCycleLR`.

    >>> OneCycleLR_momentum(total_steps=10)
    join([cosine(0.95, 0.85, 2), cosine(0.85, 0.95, 7)], [2])
    """
    _require_momentum("OneCycleLR_momentum", cycle_momentum)
    total = _total("OneCycleLR_momentum", total_steps, epochs, steps_per_epoch)
    values = [max_momentum, base_momentum, max_momentum, max_momentum][: 4 if three_phase else 3]
    return phases(values, ends_of("OneCycleLR_momentum", total, pct_start, three_phase), anneal_strategy, exact_tail)
