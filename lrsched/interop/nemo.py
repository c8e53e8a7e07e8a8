"""The policies of NeMo, `nemo.core.optim.lr_scheduler`, under their own names and arguments.

`s(t)` is the rate after `t` calls of the scheduler's `step()`, so that of update `t`; `base_lr` is the optimizer's
rate. All policies take `warmup_steps` or `warmup_ratio`, and those with a plateau `hold_steps` or `hold_ratio`; a ratio
is a part of `max_steps`, cut off to steps. The warmup is a line from `base_lr/(warmup_steps + 1)`.

After `max_steps` NeMo's rate is `min_lr`; policies that do not decay to `min_lr` hold here. Left out are
`WarmupHoldPolicy`, which does not hold, `T5InverseSquareRootAnnealing`, which ignores the optimizer's rate, and
`cycle=True`, which changes nothing inside a run of `max_steps` updates.
"""

from typing import Any, NamedTuple, TypedDict, Unpack

from ..checks import require
from ..core.parameters import Positive, Power, Value
from . import vocabulary as lrs
from .arguments import Count, Part, Whole
from .calls import needed, one_of, room, translated
from .curves import delayed, floored


class Warmup(TypedDict, total=False):
    """What all policies take beside `max_steps`."""

    warmup_steps: Whole | None
    warmup_ratio: Part | None
    min_lr: Value


class Hold(Warmup, total=False):
    """The same, and the length of the plateau."""

    hold_steps: Whole | None
    hold_ratio: Part | None


class Constant(Warmup, total=False):
    """The same, and the length of the floor at the end."""

    constant_steps: Whole | None
    constant_ratio: Part | None


class Run(NamedTuple):
    """The lengths of a run, the rates at its ends, and the optimizer's."""

    rise: int
    hold: int
    fall: int
    first: Any
    floor: Any
    base_lr: Any

    def then(self, decay: lrs.Schedule) -> lrs.Schedule:
        """The warmup, the plateau, and a decay from its own step 0."""
        up, start = lrs.linear(self.first, self.base_lr, self.rise), self.rise + self.hold
        return lrs.join([up, self.base_lr, decay], [self.rise, start]) if self.hold else lrs.join([up, decay], [start])


def _run(call: str, base_lr: Any, max_steps: int | None, given: Any, middle: str = "hold") -> Run:
    rise, hold = (_steps(call, phase, max_steps, given) for phase in ("warmup", middle))
    if max_steps is not None:
        room(call, max_steps=max_steps, **{f"warmup_and_{middle}": rise + hold})
    return Run(rise, hold, (max_steps or 0) - rise - hold, base_lr / (rise + 1), given.get("min_lr", 0.0), base_lr)


def _steps(call: str, phase: str, max_steps: Any, given: Any) -> Any:
    options = {name: given.get(name) for name in (f"{phase}_steps", f"{phase}_ratio")}
    name = one_of(call, optional=True, **options)
    if name.endswith("ratio"):
        needed(call, f"{name} is a part of it", max_steps=max_steps)
        return int(options[name] * max_steps)
    return options[name] if name else 0


def _held(call: str, base_lr: Any, max_steps: int, given: Any) -> Run:
    """A run with a plateau; without one NeMo counts the decay from step 0."""
    one_of(call, hold_steps=given.get("hold_steps"), hold_ratio=given.get("hold_ratio"))
    return _run(call, base_lr, max_steps, given)


def _warmed(call: str, base_lr: Any, max_steps: int | None, given: Any) -> Run:
    """A run with a warmup, which is the time scale of its decay."""
    run = _run(call, base_lr, max_steps, given)
    require(run.rise > 0, call, "warmup_steps=0) must be at least 1; it is the time scale of the decay.")
    return run


@translated
def WarmupPolicy(base_lr: Value, *, max_steps: Count | None = None, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then the optimizer's rate."""
    run = _run("WarmupPolicy", base_lr, max_steps, warmup)
    return lrs.warmup_constant(base_lr, run.rise, init_value=run.first)


@translated
def CosineAnnealing(base_lr: Value, *, max_steps: Count, **phases: Unpack[Constant]) -> lrs.Schedule:
    """A warmup, then half a cosine to `min_lr`. With `constant_steps` the warmup begins at 0, as it does in NeMo.

    >>> CosineAnnealing(1e-3, max_steps=1_000, warmup_steps=99, min_lr=1e-5)
    warmup_cosine(0.001, 99, 1000, init_value=1e-05, end_value=1e-05)
    """
    run = _run("CosineAnnealing", base_lr, max_steps, phases, "constant")
    first = 0.0 if run.hold else run.first
    return lrs.warmup_cosine(base_lr, run.rise, run.rise + run.fall, init_value=first, end_value=run.floor)


@translated
def WarmupAnnealing(base_lr: Value, *, max_steps: Count, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then a line to `min_lr`."""
    run = _run("WarmupAnnealing", base_lr, max_steps, warmup)
    return lrs.warmup_linear(base_lr, run.rise, max_steps, init_value=run.first, end_value=run.floor)


@translated
def PolynomialDecayAnnealing(
    base_lr: Value, *, max_steps: Count, power: Power = 1.0, **warmup: Unpack[Warmup]
) -> lrs.Schedule:
    """A warmup, then a power of the time that is left, to `min_lr`."""
    run = _run("PolynomialDecayAnnealing", base_lr, max_steps, warmup)
    return lrs.warmup_polynomial(base_lr, run.rise, max_steps, init_value=run.first, end_value=run.floor, power=power)


@translated
def PolynomialHoldDecayAnnealing(
    base_lr: Value, *, max_steps: Count, power: Power = 1.0, **hold: Unpack[Hold]
) -> lrs.Schedule:
    """A warmup, a plateau, then a power of the time that is left, to `min_lr`."""
    run = _held("PolynomialHoldDecayAnnealing", base_lr, max_steps, hold)
    return run.then(lrs.polynomial(base_lr, run.floor, run.fall, power=power))


@translated
def WarmupHoldAnnealLinear(base_lr: Value, *, max_steps: Count, **hold: Unpack[Hold]) -> lrs.Schedule:
    """A warmup, a plateau, then a line to `min_lr`."""
    run = _held("WarmupHoldAnnealLinear", base_lr, max_steps, hold)
    return run.then(lrs.linear(base_lr, run.floor, run.fall))


@translated
def WarmupHoldAnnealOneMinusSquareRoot(base_lr: Value, *, max_steps: Count, **hold: Unpack[Hold]) -> lrs.Schedule:
    """A warmup, a plateau, then one minus the square root of the time, to 0 but not below `min_lr`."""
    run = _held("WarmupHoldAnnealOneMinusSquareRoot", base_lr, max_steps, hold)
    return run.then(floored(lrs.one_minus_sqrt(base_lr, 0.0, run.fall), run.floor))


@translated
def SquareAnnealing(base_lr: Value, *, max_steps: Count, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then the square of the time that is left, to 0 but not below `min_lr`, which is 1e-5 unless given."""
    run = _run("SquareAnnealing", base_lr, max_steps, {"min_lr": 1e-5, **warmup})
    return run.then(floored(lrs.polynomial(base_lr, 0.0, run.fall), run.floor))


@translated
def SquareRootAnnealing(base_lr: Value, *, max_steps: Count, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then the square root of the time that is left of the run and its warmup, not below `min_lr`."""
    run = _run("SquareRootAnnealing", base_lr, max_steps, warmup)
    start = run.rise + (run.rise > 0)  # the first update after the warmup is at the peak as well
    fall = floored(delayed(lrs.polynomial(base_lr, 0.0, max_steps, power=0.5), -start), run.floor)
    return lrs.join([lrs.warmup_constant(base_lr, run.rise, init_value=run.first), fall], [start])


@translated
def InverseSquareRootAnnealing(base_lr: Value, *, max_steps: Count, **warmup: Unpack[Warmup]) -> lrs.Schedule:
    """A warmup, then one over the square root of the time."""
    run = _run("InverseSquareRootAnnealing", base_lr, max_steps, warmup)
    return lrs.warmup_inverse_sqrt(base_lr, run.rise, init_value=run.first, timescale=run.rise + 1)


@translated
def NoamAnnealing(
    base_lr: Value, *, d_model: Positive, max_steps: Count | None = None, **warmup: Unpack[Warmup]
) -> lrs.Schedule:
    """`noam` times the optimizer's rate; step 0 has the rate of step 1, and after the warmup `min_lr` is the least.

    >>> s = NoamAnnealing(2.0, d_model=4, warmup_steps=4)
    >>> [s(t) for t in (0, 1, 2, 4, 16)]
    [0.125, 0.125, 0.25, 0.5, 0.25]
    """
    run = _warmed("NoamAnnealing", base_lr, max_steps, warmup)
    peak = base_lr / (d_model * run.rise) ** 0.5
    up, down = lrs.clamp_min(lrs.linear(0.0, peak, run.rise), peak / run.rise), lrs.inverse_sqrt(peak, run.rise)
    return lrs.join([up, floored(down, run.floor)], [run.rise])


@translated
def NoamHoldAnnealing(
    base_lr: Value, *, max_steps: Count, decay_rate: Power = 0.5, **hold: Unpack[Hold]
) -> lrs.Schedule:
    """A warmup, a plateau, then the time without the plateau to the power of -`decay_rate`, not below `min_lr`."""
    run = _warmed("NoamHoldAnnealing", base_lr, max_steps, hold)
    return run.then(floored(lrs.shift(lrs.power_law(base_lr, run.rise, -decay_rate), run.rise), run.floor))
