"""PyTorch's schedulers, `torch.optim.lr_scheduler`, under their own names and arguments.

Each function gives the rates that the scheduler of its name sets on an optimizer of rate `base_lr`: `s(t)` is the rate
after `t` calls of `step()`, so that of update `t` where `step()` follows every update. Lengths are counted in these
calls. What torch refuses is refused; so is what it takes and gets wrong.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction as Rational

from ..checks import require
from ..core.parameters import Fraction, Power, Value
from . import torch_live, vocabulary as lrs
from .arguments import Count, DecayRate, Milestones
from .calls import translated
from .curves import wave
from .torch_chains import ChainedScheduler as ChainedScheduler, SequentialLR as SequentialLR
from .torch_cycles import (
    CyclicLR as CyclicLR,
    CyclicLR_momentum as CyclicLR_momentum,
    OneCycleLR as OneCycleLR,
    OneCycleLR_momentum as OneCycleLR_momentum,
)


@translated
def StepLR(base_lr: Value, step_size: Count, gamma: DecayRate = 0.1) -> lrs.Schedule:
    """A factor `gamma` after every `step_size` steps.

        s(t) = base_lr * gamma**floor(t/step_size)

    Args:
        base_lr: the optimizer's rate.
        step_size: the length of a stair (steps), a whole number from 1 on.
        gamma: the factor (1), 0 or more.

    Before step 0 it holds `base_lr`. Raises ValueError or TypeError for a length that is not whole, and a negative
    factor. Source: torch `StepLR`.

    >>> StepLR(base_lr=0.1, step_size=30)
    step_decay(0.1, 0.1, 30)
    """
    return lrs.step_decay(base_lr, gamma, step_size) if gamma else lrs.hold(base_lr, 0.0, step_size)


@translated
def MultiStepLR(base_lr: Value, milestones: Milestones, gamma: DecayRate = 0.1) -> lrs.Schedule:
    """A factor `gamma` at each milestone, in any order; a milestone that is named twice counts twice.

        s(t) = base_lr * gamma**(the number of milestones at or before t)

    Args:
        base_lr: the optimizer's rate.
        milestones: the first steps at which a factor has been applied (steps), whole numbers from 0 on.
        gamma: the factor (1), 0 or more.

    Raises ValueError or TypeError for a milestone that is negative or not whole, which torch never reaches, and for a
    negative factor. Source: torch `MultiStepLR`.

    >>> MultiStepLR(base_lr=1.0, milestones=[60, 30], gamma=0.5)
    piecewise_constant([1.0, 0.5, 0.25], [30, 60])
    """
    later = sorted({step for step in milestones if step > 0})
    counts = [sum(step <= start for step in milestones) for start in (0, *later)]
    return lrs.piecewise_constant([base_lr * gamma**count for count in counts], later)


@translated
def ConstantLR(base_lr: Value, factor: Fraction = 1.0 / 3, total_iters: Count = 5) -> lrs.Schedule:
    """A part of the rate for the first `total_iters` steps, then all of it.

    Args:
        base_lr: the optimizer's rate.
        factor: the part (1), between 0 and 1. Torch divides by it at step `total_iters`, and so raises there for 0.
        total_iters: the number of steps with it (steps), a whole number from 1 on; with 0, torch never ends it.

    Raises ValueError or TypeError for a part outside 0 to 1 and a length that is not whole. Source: torch `ConstantLR`.

    >>> ConstantLR(base_lr=1.0, factor=0.5)
    hold(0.5, 1.0, 5)
    """
    return lrs.hold(base_lr * factor, base_lr, total_iters)


@translated
def LinearLR(
    base_lr: Value, start_factor: Fraction = 1.0 / 3, end_factor: Fraction = 1.0, total_iters: Count = 5
) -> lrs.Schedule:
    """A line from one part of the rate to another.

    Args:
        base_lr: the optimizer's rate.
        start_factor: the part at step 0 (1), above 0 and at most 1.
        end_factor: the part at step `total_iters` and after (1), between 0 and 1.
        total_iters: the length (steps), a whole number from 1 on; with 0, torch stays at the start.

    Raises ValueError or TypeError for a part outside its range and a length that is not whole. Source: torch
    `LinearLR`.

    >>> LinearLR(base_lr=1.0, start_factor=0.5)
    linear(0.5, 1.0, 5)
    """
    require(
        start_factor > 0, "LinearLR", "start_factor=0.0) must be greater than 0; lrsched.linear(0.0, ...) starts at 0."
    )
    return lrs.linear(base_lr * start_factor, base_lr * end_factor, total_iters)


@translated
def ExponentialLR(base_lr: Value, gamma: DecayRate) -> lrs.Schedule:
    """A factor `gamma` at every step.

        s(t) = base_lr * gamma**t

    Args:
        base_lr: the optimizer's rate.
        gamma: the factor (1), 0 or more.

    Before step 0 it holds `base_lr`; it has no end. Raises ValueError or TypeError for a negative factor. Source:
    torch `ExponentialLR`.

    >>> ExponentialLR(base_lr=0.1, gamma=0.9)
    exponential_decay(0.1, 0.9)
    """
    return lrs.exponential_decay(base_lr, gamma) if gamma else lrs.hold(base_lr, 0.0, 1)


@translated
def PolynomialLR(base_lr: Value, total_iters: Count = 5, power: Power = 1.0) -> lrs.Schedule:
    """A power of the time that is left, to 0.

        s(t) = base_lr * (1 - min(t, total_iters)/total_iters)**power

    Args:
        base_lr: the optimizer's rate.
        total_iters: the length (steps), a whole number from 1 on.
        power: the exponent (1), greater than 0.

    Raises ValueError or TypeError for a length that is not whole and a power that is not greater than 0. Source: torch
    `PolynomialLR`.

    >>> PolynomialLR(base_lr=0.1, total_iters=100, power=2.0)
    polynomial(0.1, 0.0, 100)
    """
    return lrs.polynomial(base_lr, 0.0, total_iters, power=power)


@translated
def CosineAnnealingLR(base_lr: Value, T_max: Count, eta_min: Value = 0.0, *, exact_tail: bool = False) -> lrs.Schedule:
    """Half a cosine wave to `eta_min`.

    Past `T_max` torch rises again, as high as before, and falls again, for ever; this holds `eta_min`.

    Args:
        base_lr: the optimizer's rate.
        T_max: the length of the fall (steps), a whole number from 1 on.
        eta_min: the floor (a rate).
        exact_tail: whether to rise again as torch does.

    Raises ValueError or TypeError for a length that is not whole. Source: torch `CosineAnnealingLR`.

    >>> CosineAnnealingLR(base_lr=0.1, T_max=100)
    cosine(0.1, 0.0, 100)
    >>> CosineAnnealingLR(base_lr=0.1, T_max=100, exact_tail=True)(200)
    0.1
    """
    return wave(base_lr, eta_min, Rational(T_max)) if exact_tail else lrs.cosine(base_lr, eta_min, T_max)


@translated
def CosineAnnealingWarmRestarts(base_lr: Value, T_0: Count, T_mult: Count = 1, eta_min: Value = 0.0) -> lrs.Schedule:
    """Cosines to `eta_min`, one after the other, each `T_mult` times as long as the one before.

    Args:
        base_lr: the optimizer's rate, where every cycle begins.
        T_0: the length of the first cycle (steps), a whole number from 1 on.
        T_mult: how many times as long each is as the one before (1), a whole number from 1 on.
        eta_min: the floor (a rate); at whole steps the next cycle begins instead.

    Raises ValueError or TypeError for a length or a multiple that is not whole. Source: torch
    `CosineAnnealingWarmRestarts`.

    >>> CosineAnnealingWarmRestarts(base_lr=0.1, T_0=10, T_mult=2)
    sgdr(0.1, 0.0, 10, period_mult=2)
    """
    return lrs.sgdr(base_lr, eta_min, T_0, period_mult=T_mult)


FUNCTIONS: Mapping[str, Callable[..., lrs.Schedule]] = {
    function.__name__: function
    for function in (
        ChainedScheduler, ConstantLR, CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, CyclicLR_momentum,
        ExponentialLR, LinearLR, MultiStepLR, OneCycleLR, OneCycleLR_momentum, PolynomialLR, SequentialLR, StepLR,
    )
}  # fmt: skip


def from_scheduler(live_scheduler: object) -> list[lrs.Schedule]:
    """The schedules of a live torch scheduler, one for each group of its optimizer's parameters.

    It reads torch's own schedulers, `SequentialLR` and `ChainedScheduler` of them included, and `LambdaLR` where its
    function is a schedule or one of transformers'. Each schedule is that of the whole run: step 0 is where the
    scheduler was made, wherever it is now. Past its range it holds, where torch rises again or raises.

    Args:
        live_scheduler: a scheduler of `torch.optim.lr_scheduler`.

    Raises TypeError, with the path to the part, for what is not a function of the step (`ReduceLROnPlateau`) or cannot
    be read (`LambdaLR` with another function, `MultiplicativeLR`, a class of your own), and ValueError for what torch
    would stop at.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(3))], lr=0.1)
    >>> from_scheduler(torch.optim.lr_scheduler.StepLR(optimizer, step_size=30))
    [step_decay(0.1, 0.1, 30)]
    """
    return torch_live.read(live_scheduler, FUNCTIONS)
