"""The schedulers of PaddlePaddle, `paddle.optimizer.lr`, under their own names and arguments.

`s(t)` is the rate after `t` calls of `step()`, so that of update `t` where `step()` follows every update. Most of them
are torch's, and behave as they do. `CosineAnnealingDecay` holds its end, where Paddle's rises again; a `scale_fn`,
`LambdaDecay` and `MultiplicativeDecay` are functions of your own, which are written under `@lrsched.schedule`.
"""

from typing import Literal, TypedDict, Unpack

from ..core.parameters import Child, Fraction, Positive, Value
from . import keras, torch, torch_cycles, vocabulary as lrs
from .arguments import Count
from .calls import alias, translated

CosineAnnealingDecay = alias(
    "paddle.CosineAnnealingDecay", torch.CosineAnnealingLR, "learning_rate=base_lr T_max eta_min"
)
CosineAnnealingWarmRestarts = alias(
    "paddle.CosineAnnealingWarmRestarts", torch.CosineAnnealingWarmRestarts, "learning_rate=base_lr T_0 T_mult eta_min"
)
CyclicLR = alias(
    "paddle.CyclicLR",
    torch.CyclicLR,
    "base_learning_rate=base_lr max_learning_rate=max_lr step_size_up step_size_down mode exp_gamma=gamma",
)
ExponentialDecay = alias("paddle.ExponentialDecay", torch.ExponentialLR, "learning_rate=base_lr gamma")
InverseTimeDecay = alias("paddle.InverseTimeDecay", lrs.inverse_time_decay, "learning_rate=init_value gamma=decay_rate")
LinearLR = alias(
    "paddle.LinearLR", torch.LinearLR, "learning_rate=base_lr total_steps=total_iters start_factor end_factor"
)
MultiStepDecay = alias("paddle.MultiStepDecay", torch.MultiStepLR, "learning_rate=base_lr milestones gamma")
NaturalExpDecay = alias("paddle.NaturalExpDecay", lrs.natural_exp_decay, "learning_rate=init_value gamma=rate")
NoamDecay = alias("paddle.NoamDecay", lrs.noam, "d_model warmup_steps learning_rate=scale")
PiecewiseDecay = alias("paddle.PiecewiseDecay", lrs.piecewise_constant, "boundaries values")
PolynomialDecay = alias(
    "paddle.PolynomialDecay",
    keras.PolynomialDecay,
    "learning_rate=initial_learning_rate decay_steps end_lr=end_learning_rate power cycle",
)
StepDecay = alias("paddle.StepDecay", torch.StepLR, "learning_rate=base_lr step_size gamma")


class OneCycle(TypedDict, total=False):
    """The phases of a run of one cycle."""

    divide_factor: Positive
    end_learning_rate: Value
    anneal_strategy: Literal["cos", "linear"]
    three_phase: bool


@translated
def LinearWarmup(learning_rate: Child, warmup_steps: Count, start_lr: Value, end_lr: Value) -> lrs.Schedule:
    """A line from `start_lr` to `end_lr`, then a rate, or another schedule from its own step 0.

    >>> LinearWarmup(CosineAnnealingDecay(0.5, T_max=90), warmup_steps=10, start_lr=0.0, end_lr=0.5)
    join([linear(0.0, 0.5, 10), cosine(0.5, 0.0, 90)], [10])
    """
    return lrs.join([lrs.linear(start_lr, end_lr, warmup_steps), learning_rate], [warmup_steps])


@translated
def OneCycleLR(
    max_learning_rate: Value, total_steps: Count, *, phase_pct: Fraction = 0.3, **phases: Unpack[OneCycle]
) -> lrs.Schedule:
    """The `OneCycleLR` of torch, but that the last rate is given as such, and is 1e-4 unless given.

    >>> OneCycleLR(1.0, 10)
    join([cosine(0.04, 1.0, 2), cosine(1.0, 0.0001, 7)], [2])
    """
    first = max_learning_rate / phases.get("divide_factor", 25.0)
    values = [first, max_learning_rate, first, phases.get("end_learning_rate", 1e-4)]
    return torch_cycles.one_cycle("OneCycleLR", values, total_steps, {**phases, "pct_start": phase_pct})
