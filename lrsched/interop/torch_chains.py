"""PyTorch's schedulers of schedulers: `SequentialLR` and `ChainedScheduler`."""

import functools
from itertools import pairwise
from typing import Any

from ..checks import Site
from ..core.decorators import formula_of
from ..core.parameters import Children, Positive, Value
from . import vocabulary as lrs
from .arguments import Milestones
from .calls import translated


@translated
def SequentialLR(base_lr: Value, schedulers: Children, milestones: Milestones) -> lrs.Schedule:
    """One scheduler after another; at a milestone the next one begins, at its own step 0.

    A `OneCycleLR` among torch's changes the optimizer's rate for the first scheduler, and for those made after it: they
    have the `base_lr` `max_lr/div_factor`. `from_scheduler` sees to this.

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
    return lrs.join(schedulers, milestones)


STAIRS = (lrs.constant, lrs.hold, lrs.piecewise_constant, lrs.step_decay)
FACTORS = [formula_of(made) for made in (*STAIRS, lrs.exponential_decay, lrs.linear, lrs.polynomial)]
"""What the schedulers that multiply the rate by something at every step are here."""


def is_factor(child: Any) -> bool:
    """Whether a child multiplies the rate that it finds, as most schedulers do, or sets it."""
    if not isinstance(child, lrs.Schedule):
        return not callable(child)
    if child.formula in (formula_of(lrs.multiply), formula_of(lrs.scale)):
        return all(is_factor(part) for part in child.values)
    return child.formula in FACTORS or (child.formula is formula_of(lrs.cosine) and child.values[1] == 0)


@translated
def ChainedScheduler(base_lr: Positive, schedulers: Children) -> lrs.Schedule:
    """All schedulers at once, each multiplying what it finds: the product of their factors.

        s(t) = base_lr * (schedulers[0](t)/base_lr) * (schedulers[1](t)/base_lr) * ...

    A `CosineAnnealingLR` holds its end, where torch's rises again past `T_max`. One with an `eta_min` is refused, since
    it is no factor: in torch's chain it takes what the others have left down to `eta_min`, a curve that nobody plans.

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
    made: list[Any] = [child if callable(child) else lrs.constant(child) for child in schedulers]
    if not made:
        Site("ChainedScheduler", "schedulers").refuse([], "must have one scheduler or more", "give them in order")
    if len(made) == 1:
        return lrs.join(made, [])
    for index, child in enumerate(made):
        if not is_factor(child):
            demand = "must multiply the rate, with no eta_min, and not set it, which undoes the others at every step"
            remedy = "lrsched.multiply(a, b) is the product, and lrsched.add(chain, floor) has a floor"
            Site("ChainedScheduler", f"schedulers[{index}]").refuse(child, demand, remedy)
    others = [child if base_lr == 1 else lrs.scale(child, 1 / base_lr) for child in made[1:]]
    return functools.reduce(lrs.multiply, [made[0], *others])
