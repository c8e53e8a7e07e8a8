"""The schedulers of mmengine, `mmengine.optim`, under their own names and arguments.

`s(t)` is the rate after `t` calls of the scheduler's `step()`; `base_lr` is the optimizer's rate. A function counts in
the steps of its scheduler, epochs or updates; `build_param_scheduler` takes the list of a configuration and counts in
updates. A scheduler acts from `begin` to the step before `end`, and what it leaves then stays. For a momentum, give
the momentum as `base_lr`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from itertools import accumulate
from typing import Annotated, Any, TypedDict, Unpack

import numpy as np

from ..checks import Site, guess, require
from ..core.parameters import Positive, Power, Value, Values
from . import torch, vocabulary as lrs
from .arguments import Count, DecayRate, Lengths, Milestones, Part, Whole, instance, listed
from .calls import needed, one_of, translated
from .curves import beyond, stairs


class Window(TypedDict, total=False):
    """When a scheduler acts."""

    begin: Whole
    end: Count | None
    by_epoch: bool


class Ratio(Window, total=False):
    """The same, and a floor as a part of the rate."""

    eta_min_ratio: Part | None


def _steps(call: str, window: Any) -> int:
    """The steps from the first value of a window to its last."""
    begin, end = window.get("begin", 0), window.get("end")
    require(end is not None, call, "end=None) must be given; it is where the scheduler stops.")
    require(end > begin, call, f"end={end}) must be greater than begin={begin}; the last step is end - 1.")
    return end - begin - 1


def _inside(call: str, base_lr: Any, window: Any, curve: lrs.Schedule) -> lrs.Schedule:
    """A curve from its own step 0, in a window."""
    if window.get("end") is not None:
        last = _steps(call, window)
        if curve.length is None or curve.length > last:
            curve = lrs.join([curve, curve(last)], [last])
    return lrs.join([base_lr, curve], [window.get("begin", 0)])


@translated
def ConstantLR(base_lr: Value, factor: Part = 1.0 / 3, **window: Unpack[Window]) -> lrs.Schedule:
    """A part of the rate, up to the last step of the window."""
    return _inside("ConstantLR", base_lr, window, lrs.hold(base_lr * factor, base_lr, _steps("ConstantLR", window)))


@translated
def LinearLR(
    base_lr: Value, start_factor: Part = 1.0 / 3, end_factor: Part = 1.0, **window: Unpack[Window]
) -> lrs.Schedule:
    """A line from one part of the rate to another, which the last step of the window has.

    >>> LinearLR(0.1, start_factor=0.001, by_epoch=False, begin=0, end=500)
    linear(0.0001, 0.1, 499)
    """
    line = lrs.linear(base_lr * start_factor, base_lr * end_factor, _steps("LinearLR", window))
    return _inside("LinearLR", base_lr, window, line)


@translated
def PolyLR(base_lr: Value, eta_min: Value = 0.0, power: Power = 1.0, **window: Unpack[Window]) -> lrs.Schedule:
    """A power of the time that is left of the window, to `eta_min`, which its last step has."""
    curve = lrs.polynomial(base_lr, eta_min, _steps("PolyLR", window), power=power)
    return _inside("PolyLR", base_lr, window, curve)


@translated
def StepLR(base_lr: Value, step_size: Count, gamma: DecayRate = 0.1, **window: Unpack[Window]) -> lrs.Schedule:
    """A factor `gamma` after every `step_size` steps of the window."""
    return _inside("StepLR", base_lr, window, torch.StepLR(base_lr, step_size, gamma))


@translated
def MultiStepLR(
    base_lr: Value, milestones: Milestones, gamma: DecayRate = 0.1, **window: Unpack[Window]
) -> lrs.Schedule:
    """A factor `gamma` at each milestone, counted from the beginning of the window."""
    return _inside("MultiStepLR", base_lr, window, torch.MultiStepLR(base_lr, milestones, gamma))


@translated
def ExponentialLR(base_lr: Value, gamma: DecayRate, **window: Unpack[Window]) -> lrs.Schedule:
    """A factor `gamma` at every step of the window."""
    return _inside("ExponentialLR", base_lr, window, torch.ExponentialLR(base_lr, gamma))


@translated
def CosineAnnealingLR(
    base_lr: Value, T_max: Count | None = None, eta_min: Value | None = None, **window: Unpack[Ratio]
) -> lrs.Schedule:
    """Half a cosine to `eta_min`; it takes the window unless `T_max` is given, and holds its end, where mmengine rises.

    >>> CosineAnnealingLR(0.1, eta_min=1e-4, begin=5, end=100)
    join([0.1, cosine(0.1, 0.0001, 95), 0.00012730979582074552], [5, 99])
    """
    call = "CosineAnnealingLR"
    floor = _floor(call, base_lr, eta_min, window)
    steps = _steps(call, window) + 1 if T_max is None else T_max
    return _inside(call, base_lr, window, lrs.cosine(base_lr, floor, steps))


@translated
def CosineRestartLR(
    base_lr: Value,
    periods: Lengths,
    restart_weights: Values = (1.0,),
    eta_min: Value | None = None,
    **window: Unpack[Ratio],
) -> lrs.Schedule:
    """Cosines to `eta_min`, one for each period, from `base_lr` times its weight; the last step stays."""
    call, count, floor = "CosineRestartLR", len(periods), _floor("CosineRestartLR", base_lr, eta_min, window)
    weights = f"restart_weights={[*restart_weights]})"
    require(len(restart_weights) == count, call, f"{weights} must be {count}, one for each period.")
    waves = [lrs.cosine(base_lr * weight, floor, steps) for weight, steps in zip(restart_weights, periods, strict=True)]
    ends = [*accumulate(periods)]
    return _inside(call, base_lr, window, lrs.join([*waves, waves[-1](periods[-1] - 1)], [*ends[:-1], ends[-1] - 1]))


def _floor(call: str, base_lr: Any, eta_min: Any, given: Any) -> Any:
    ratio = given.get("eta_min_ratio")
    one_of(call, optional=True, eta_min=eta_min, eta_min_ratio=ratio)
    return base_lr * ratio if ratio is not None else eta_min or 0.0


FUNCTIONS: dict[str, Callable[..., lrs.Schedule]] = {
    function.__name__: function
    for function in (
        ConstantLR, CosineAnnealingLR, CosineRestartLR, ExponentialLR, LinearLR, MultiStepLR, PolyLR, StepLR,
    )
}  # fmt: skip
TIMES = ("begin", "end", "T_max", "step_size", "milestones", "periods")
"""The arguments that are numbers of steps."""
WRITE = 'write [dict(type="LinearLR", end=500)]'
Configs = Annotated[Sequence[Mapping[str, Any]], listed(instance(Mapping, WRITE), WRITE)]
"""The `param_scheduler` of a configuration."""


@translated
def build_param_scheduler(base_lr: Positive, scheduler: Configs, epoch_length: Count | None = None) -> lrs.Schedule:
    """The schedule of a configuration's list `param_scheduler`, in updates: the product of what it multiplies by.

    A scheduler that goes to an `eta_min` takes what is above it down; it must find the optimizer's rate, and no other
    may change the rate in its window.

    Args:
        base_lr: the optimizer's rate, greater than 0.
        scheduler: the dicts of the configuration, also those with `convert_to_iter_based=True`.
        epoch_length: the updates of an epoch, if something is `by_epoch`, which it is unless it says otherwise.

    >>> warm = dict(type="LinearLR", start_factor=0.001, by_epoch=False, begin=0, end=501)
    >>> steps = dict(type="MultiStepLR", begin=0, end=12, milestones=[8, 11], gamma=0.1)
    >>> s = build_param_scheduler(0.02, [warm, steps], epoch_length=1_000)
    >>> s(0), s(500), round(s(8_000), 6), round(s(11_000), 6)
    (2e-05, 0.02, 0.002, 0.0002)
    """
    made = [_in_updates(base_lr, dict(config), epoch_length) for config in scheduler]
    for index, (config, curve) in enumerate(zip(scheduler, made, strict=True)):
        if config.get("eta_min") or config.get("eta_min_ratio") or config["type"] == "CosineRestartLR":
            begin, unit = config.get("begin", 0), (epoch_length or 1) if config.get("by_epoch", True) else 1
            end = config.get("end") or begin + (config.get("T_max") or sum(config.get("periods", ())))
            window = np.arange(begin * unit, end * unit)
            if any((other(window) != base_lr).any() for other in made if other is not curve):
                site = Site("build_param_scheduler", f"scheduler[{index}]")
                site.refuse(config, "must be alone in its window", "mmengine would pull the rest towards eta_min")
    return reduce(lrs.multiply, [made[0], *(lrs.scale(curve, 1 / base_lr) for curve in made[1:])])


def _in_updates(base_lr: Any, config: dict[str, Any], epoch_length: Any) -> lrs.Schedule:
    call, name = "build_param_scheduler", str(config.pop("type", None))
    if name not in FUNCTIONS:
        Site(call, "type").refuse(name, "must be the name of a scheduler", guess(name, FUNCTIONS))
    converted = config.pop("convert_to_iter_based", False)
    if not config.get("by_epoch", True):
        return FUNCTIONS[name](base_lr, **config)
    needed(call, "or write by_epoch=False", epoch_length=epoch_length)
    if not converted and name not in ("StepLR", "MultiStepLR"):
        return lrs.compose(FUNCTIONS[name](base_lr, **config), stairs(0, 1, epoch_length, partial(beyond, lrs.linear)))
    for key in (key for key in TIMES if config.get(key) is not None):
        several, value = isinstance(config[key], (list, tuple)), config[key]
        config[key] = [item * epoch_length for item in value] if several else value * epoch_length
    return FUNCTIONS[name](base_lr, **config)
