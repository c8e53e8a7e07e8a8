"""PyTorch's schedulers of schedulers: `SequentialLR` and `ChainedScheduler`."""

import functools
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ..combinators.arithmetic import multiply, scale
from ..combinators.join import join
from ..combinators.time import shift
from ..core.checks import Site
from ..core.decorators import formula_of
from ..core.parameters import Children, Positive, Value
from ..core.schedule import Schedule
from ..runs.piecewise import piecewise_constant
from ..schedules.decays import constant, exponential_decay, step_decay
from ..schedules.ramps import cosine, hold, linear, polynomial
from .arguments import Milestones, translated

__all__ = ["ChainedScheduler", "SequentialLR", "is_factor"]


@translated
def SequentialLR(base_lr: Value, schedulers: Children, milestones: Milestones) -> Schedule:
    """One scheduler after another; at a milestone the next one begins, at its own step 0.

    A `OneCycleLR` among torch's changes the optimizer's rate for the first scheduler, and for those made after it: they
    have the `base_lr` `max_lr/div_factor`. A `ChainedScheduler` or `SequentialLR` as the first has been stepped once
    more in torch, and cannot be another than the first. `from_scheduler` sees to all of this.

    Args:
        base_lr: the optimizer's rate, which the schedulers have been given as well.
        schedulers: what the functions of this module gave for each.
        milestones: the first steps of all but the first (steps), rising whole numbers, one less than schedulers.

    Raises ValueError or TypeError for milestones that do not match, rise or come as whole numbers; torch skips or
    repeats schedulers then. Source: torch `SequentialLR`.

    >>> from lrsched.interop.torch import ExponentialLR, LinearLR
    >>> warmup = LinearLR(base_lr=1.0, start_factor=0.1)
    >>> SequentialLR(base_lr=1.0, schedulers=[warmup, ExponentialLR(base_lr=1.0, gamma=0.9)], milestones=[5])
    join([linear(0.1, 1.0, 5), exponential_decay(1.0, 0.9)], [5])
    """
    site = Site("SequentialLR", "milestones")
    if len(schedulers) == 0:
        Site("SequentialLR", "schedulers").refuse([], "must have one scheduler or more", "give them in order")
    if len(milestones) != len(schedulers) - 1:
        site.refuse(list(milestones), f"must be {len(schedulers) - 1} steps", "one less than there are schedulers")
    for index, (before, after) in enumerate(pairwise(milestones)):
        if after <= before:
            site.item(index + 1).refuse(after, f"must be after {before}", "sort the milestones, and leave out repeats")
    return join(schedulers, milestones)


FACTORS = [
    formula_of(made) for made in (constant, exponential_decay, hold, linear, piecewise_constant, polynomial, step_decay)
]
"""What the schedulers that multiply the rate by something at every step are here."""

MOST_PIECES = 1000


def is_factor(child: Any) -> bool:
    """Whether a child multiplies the rate that it finds, as most schedulers do, or sets it."""
    if not isinstance(child, Schedule):
        return not callable(child)
    if child.formula in (formula_of(multiply), formula_of(scale)):
        return all(is_factor(part) for part in child.values)
    return child.formula in FACTORS or (child.formula is formula_of(cosine) and child.values[1] == 0)


def _is_floored(child: Any) -> bool:
    return isinstance(child, Schedule) and child.formula is formula_of(cosine) and child.values[1] != 0


@translated
def ChainedScheduler(base_lr: Positive, schedulers: Children) -> Schedule:
    """All schedulers at once, each multiplying what it finds: the product of their factors.

        s(t) = base_lr * (schedulers[0](t)/base_lr) * (schedulers[1](t)/base_lr) * ...

    One of them may be a `CosineAnnealingLR` with an `eta_min`, which is no factor: at every step it takes what is above
    `eta_min` down. A `CosineAnnealingLR` holds its end, where torch's rises again past `T_max`.

    Args:
        base_lr: the optimizer's rate, greater than 0, which the schedulers have been given as well.
        schedulers: what the functions of this module gave for each, in order.

    Raises ValueError or TypeError for schedulers that set the rate whatever it is (`CosineAnnealingWarmRestarts`,
    `CyclicLR`, `OneCycleLR`, `SequentialLR`): in torch's chain they undo the others. Source: torch `ChainedScheduler`.

    >>> from lrsched.interop.torch import ConstantLR, ExponentialLR
    >>> slow = ConstantLR(base_lr=1.0, factor=0.5, total_iters=20)
    >>> ChainedScheduler(base_lr=1.0, schedulers=[slow, ExponentialLR(base_lr=1.0, gamma=0.9)])
    multiply(hold(0.5, 1.0, 20), exponential_decay(1.0, 0.9))
    """
    if len(schedulers) == 0:
        Site("ChainedScheduler", "schedulers").refuse([], "must have one scheduler or more", "give them in order")
    made: list[Any] = [child if callable(child) else constant(child) for child in schedulers]
    if len(made) == 1:
        return join(made, [])
    floored = [index for index, child in enumerate(made) if _is_floored(child)]
    for index, child in enumerate(made):
        if not is_factor(child) and [index] != floored:
            Site("ChainedScheduler", f"schedulers[{index}]").refuse(
                child,
                "must multiply the rate, and not set it, which undoes the others at every step",
                "lrsched.multiply(a, b) is the product",
            )
    if floored:
        return _with_floor(base_lr, made, floored[0])
    factors = [child if base_lr == 1 else scale(child, 1 / base_lr) for child in made[1:]]
    return functools.reduce(multiply, factors, made[0])


def _ratio(child: Any, step: int) -> float:
    now, before = child(step), child(step - 1)
    return 1.0 if now == before else now / before


def _with_floor(base_lr: Any, schedulers: Sequence[Any], place: int) -> Schedule:
    """A chain with a cosine that falls to a floor: a new cosine wherever one of the others changes.

    The cosine takes what is above the floor by the ratio of its own wave, `rate = floor + (rate - floor)*r`, so that
    between two changes the rate is on a wave of another height.
    """
    _, floor, steps = schedulers[place].values
    others = [child for index, child in enumerate(schedulers) if index != place]
    changes = [step for step in _changes(others, steps) if any(_ratio(child, step) != 1 for child in others)]
    if len(changes) >= MOST_PIECES:
        Site("ChainedScheduler", f"schedulers[{place}]").refuse(
            schedulers[place],
            f"must have the eta_min 0 in a chain that changes at more than {MOST_PIECES} of its steps",
            "leave it out, and add the floor to the result: lrsched.add(chain, floor)",
        )
    shape, rate = cosine(1.0, 0.0, steps), base_lr
    for child in schedulers:
        above = floor if _is_floored(child) else 0.0
        rate = above + (rate - above) * (child(0) - above) / (base_lr - above) if base_lr != above else rate
    pieces, last = [cosine(rate, floor, steps)], 0
    for step in changes:
        rate = floor + (rate - floor) * shape(step - 1) / shape(last)
        for index, child in enumerate(schedulers):
            if index == place:
                rate = floor + (rate - floor) * shape(step) / shape(step - 1)
            else:
                rate *= _ratio(child, step)
        if step == steps:
            pieces.append(constant(rate))
        else:
            pieces.append(shift(cosine(floor + (rate - floor) / shape(step), floor, steps), step))
        last = step
    return join(pieces, changes)


def _changes(others: Sequence[Any], steps: int) -> list[int]:
    """The steps up to `steps` at which one of some factors may differ from the step before."""
    found: set[int] = set()
    for child in others:
        length = child.length if child.length is not None else steps
        if child.formula in (formula_of(hold), formula_of(piecewise_constant)):
            found.update((*child.boundaries, length))
        elif child.formula is formula_of(step_decay):
            found.update(range(child.values[2], steps + 1, child.values[2]))
        else:
            found.update(range(1, min(length, steps) + 1))
    return sorted(step for step in found if 0 < step <= steps)
