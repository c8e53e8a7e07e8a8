"""PyTorch's schedulers that go up and down: `CyclicLR` and `OneCycleLR`, and what they do to the momentum."""

import math
from collections.abc import Sequence
from fractions import Fraction as Rational
from itertools import pairwise
from typing import Annotated, Any, Literal, TypedDict, Unpack

from ..checks import Site, require
from ..core.parameters import Fraction, Kind, Positive, Value, kind_of
from . import vocabulary as lrs
from .arguments import Count, Function, known
from .calls import needed, translated
from .curves import rational


def _float(site: Site, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        site.refuse(value, "must be a float", f"write {float(value)}; it is a part of the run, and not a step")
    return kind_of(Fraction).check(site, value)


Part = Annotated[float, Kind("Part", "1", known(_float), leaf=False)]
"""A part of the run, a float between 0 and 1, as torch wants it."""


class Momentum(TypedDict, total=False):
    """What is said of the momentum, of no effect on the rate."""

    cycle_momentum: bool
    base_momentum: Value
    max_momentum: Value


class Cycle(Momentum, total=False):
    """How the height of a cycle changes."""

    mode: Literal["triangular", "triangular2", "exp_range"]
    gamma: Positive
    scale_fn: Function | None
    scale_mode: Literal["cycle", "iterations"]


class OneCycle(Momentum, total=False):
    """The phases of a run of one cycle."""

    epochs: Count | None
    steps_per_epoch: Count | None
    pct_start: Part
    anneal_strategy: Literal["cos", "linear"]
    div_factor: Positive
    final_div_factor: Positive
    three_phase: bool
    base_lr: Value | None
    exact_tail: bool


def _momentum(call: str, given: Any, least: float, most: float) -> tuple[Any, Any]:
    is_cycled = given.get("cycle_momentum", True)
    require(is_cycled, call, "cycle_momentum=False) must be True; without it torch leaves the momentum alone.")
    return given.get("base_momentum", least), given.get("max_momentum", most)


@translated
def CyclicLR(
    base_lr: Value,
    max_lr: Value,
    step_size_up: Count = 2000,
    step_size_down: Count | None = None,
    **cycle: Unpack[Cycle],
) -> lrs.Schedule:
    """A line up and a line down, again and again.

    Args:
        base_lr: the rate at the lower ends; torch's argument, which overrules the optimizer's rate.
        max_lr: the rate after `step_size_up` steps.
        step_size_up: the length of the rise (steps), a whole number from 1 on.
        step_size_down: the length of the fall (steps); as the rise unless given.
        mode: how the height changes: not, halved in each cycle, or by `gamma` at every step ("exp_range").
        gamma: the factor of "exp_range" (1), greater than 0; 1.0 unless given.
        scale_fn: the factor of the height, in the place of `mode`. No config can hold it.
        scale_mode: what `scale_fn` is a function of: the number of the "cycle", from 1 on, or of the "iterations".
        cycle_momentum, base_momentum, max_momentum: of no effect on the rate; see `CyclicLR_momentum`.

    Raises ValueError or TypeError for a length that is not whole and an unknown mode. Source: torch `CyclicLR`.

    >>> CyclicLR(base_lr=0.1, max_lr=0.9, step_size_up=10, mode="triangular2")
    cyclic(0.1, 0.9, 10, mode='triangular2')
    """
    up, down, mode = step_size_up, step_size_down, cycle.get("mode", "triangular")
    scale_fn = cycle.get("scale_fn")
    if scale_fn is None:
        gamma = cycle.get("gamma", 1.0) if mode == "exp_range" else 1.0
        return lrs.cyclic(base_lr, max_lr, up, step_size_down=down, mode=mode, gamma=gamma)
    period, is_counted = up + (down or up), cycle.get("scale_mode", "cycle") == "cycle"
    height: Any = (lambda t: scale_fn(t // period + 1)) if is_counted else scale_fn
    return lrs.add(lrs.multiply(lrs.cyclic(0.0, max_lr - base_lr, up, step_size_down=down), height), base_lr)


@translated
def CyclicLR_momentum(
    base_lr: Value | None = None,
    max_lr: Value | None = None,
    step_size_up: Count = 2000,
    step_size_down: Count | None = None,
    **cycle: Unpack[Cycle],
) -> lrs.Schedule:
    """The momentum, or the first beta, that `CyclicLR` of the same arguments sets: low where the rate is high.

    It goes from `max_momentum` (0.9 unless given) to `base_momentum` (0.8) and back.

    >>> CyclicLR_momentum(step_size_up=10)
    cyclic(0.9, 0.8, 10)
    """
    low, high = _momentum("CyclicLR_momentum", cycle, 0.8, 0.9)
    return CyclicLR(high, low, step_size_up, step_size_down, **cycle)


@translated
def OneCycleLR(max_lr: Value, total_steps: Count | None = None, **phases: Unpack[OneCycle]) -> lrs.Schedule:
    """Up to `max_lr` and down to nearly nothing, once.

    The peak is at `pct_start*total_steps - 1`, which torch does not round, and the end at `total_steps - 1`. Torch has
    one value more, at `total_steps`, where the rate has begun to rise again (or, on a line, fallen below 0), and
    raises after it; this holds the end. `lrsched.one_cycle` has names of torch's arguments and other values: its peak
    and its end are a step later, at whole steps.

    Args:
        max_lr: the rate at the peak.
        total_steps: the length (steps), a whole number from 1 on; or `epochs` and `steps_per_epoch`.
        pct_start: the part of the run that rises (1), a float between 0 and 1; 0.3 unless given.
        anneal_strategy: the shape, "cos" or "linear".
        div_factor: the peak over the first rate (1), greater than 0; 25.0 unless given.
        final_div_factor: the first rate over the last (1), greater than 0; 1e4 unless given.
        three_phase: whether the fall is made of two ramps.
        cycle_momentum, base_momentum, max_momentum: of no effect on the rate; see `OneCycleLR_momentum`.
        base_lr: the optimizer's rate, which torch overrules.
        exact_tail: whether to have torch's value at `total_steps`, and hold it.

    Raises ValueError or TypeError for a part outside 0 to 1 or that leaves a phase no room, and a length that is
    missing or not whole. Source: torch `OneCycleLR`.

    >>> OneCycleLR(max_lr=1.0, total_steps=10)
    join([cosine(0.04, 1.0, 2), cosine(1.0, 4e-06, 7)], [2])
    """
    first = max_lr / phases.get("div_factor", 25.0)
    values = [first, max_lr, first, first / phases.get("final_div_factor", 1e4)]
    return one_cycle("OneCycleLR", values, total_steps, phases)


@translated
def OneCycleLR_momentum(
    max_lr: Value | None = None, total_steps: Count | None = None, **phases: Unpack[OneCycle]
) -> lrs.Schedule:
    """The momentum, or the first beta, that `OneCycleLR` of the same arguments sets: low where the rate is high.

    It goes from `max_momentum` (0.95 unless given) to `base_momentum` (0.85) and back, and holds in a third phase.

    >>> OneCycleLR_momentum(total_steps=10)
    join([cosine(0.95, 0.85, 2), cosine(0.85, 0.95, 7)], [2])
    """
    low, high = _momentum("OneCycleLR_momentum", phases, 0.85, 0.95)
    return one_cycle("OneCycleLR_momentum", [high, low, high, high], total_steps, phases)


def one_cycle(call: str, values: list[Any], total_steps: int | None, given: Any) -> lrs.Schedule:
    """Ramps between four values, which need not end at whole steps; without a third phase the third is left out."""
    epochs, per_epoch = given.get("epochs"), given.get("steps_per_epoch")
    if total_steps is None:
        needed(call, "or give total_steps", epochs=epochs, steps_per_epoch=per_epoch)
    total, pct_start = total_steps or epochs * per_epoch, given.get("pct_start", 0.3)
    part, last = rational(pct_start, 2**50 // total) * total, Rational(total - 1)
    given_part = f"pct_start={pct_start})"
    require(part != 1, call, f"{given_part} must not be exactly one step of {total}, a rise of no length; give 0.0.")
    shape, exact_tail = given.get("anneal_strategy", "cos"), given.get("exact_tail", False)
    if not given.get("three_phase"):
        return _phases([*values[:2], values[3]], [part - 1, last], shape, exact_tail)
    has_third = 2 * part - 2 <= last
    require(has_third, call, f"{given_part} must leave steps to the third phase; the first two take it twice.")
    return _phases(values, [part - 1, 2 * part - 2, last], shape, exact_tail)


def _phases(values: Sequence[Any], ends: Sequence[Rational], anneal_strategy: str, exact_tail: bool) -> lrs.Schedule:
    """Ramps from value to value that end at these steps; one that ends before step 0 is never seen."""
    ramp = lrs.cosine if anneal_strategy == "cos" else lrs.linear
    parts = math.lcm(*(end.denominator for end in ends))
    pieces: list[lrs.Schedule] = []
    starts: list[int] = []
    start, tail = Rational(0), None
    for (before, after), end in zip(pairwise(values), ends, strict=True):
        if end >= 0 and end > start:
            piece = ramp(before, after, int((end - start) * parts))
            pieces.append(lrs.shift(piece, int(-start * parts)) if start < 0 else piece)
            starts.append(int(max(start, Rational(0)) * parts))
            x = float(1 + 1 / (end - start))  # past the end of the phase
            is_wave = anneal_strategy == "cos"
            tail = after + (before - after) * ((math.cos(math.pi * x) + 1) / 2 if is_wave else 1 - x)
        start = end
    curve = lrs.join(pieces, starts[1:])
    curve = curve if parts == 1 else lrs.stretch(curve, 1 / parts)
    return lrs.join([curve, lrs.constant(tail)], [int(ends[-1]) + 1]) if exact_tail and tail is not None else curve
