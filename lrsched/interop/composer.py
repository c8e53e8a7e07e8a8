"""The schedulers of Composer, as compositions of the vocabulary.

Composer's times are strings: "10ep" (epochs), "500ba" (batches), "3e6sp" (samples), "1e9tok" (tokens), "0.1dur" (a part
of `max_duration`). They become batches by numbers that the trainer knows, which all functions take by name:

    max_duration            the length of the run (a time), or a number of epochs
    dataloader_len          the batches of an epoch, if there are times in epochs
    samples_per_batch       the samples of a batch, the same for all, if there are times in samples
    tokens_per_batch        the tokens of a batch, the same for all, if there are times in tokens
    scale_schedule_ratio    a factor of `max_duration` and of other times (1), greater than 0

As in Composer, products are cut off to integers, epochs become batches first, and the ratio scales all times but "dur",
and the warmup only with `scale_warmup`. The decay then begins where it would without it, so that the rate jumps there,
or waits.

The Trainer asks a scheduler before it counts the batch: updates 0 and 1 both see time 0, and s(t) is the rate of
update t. So every schedule is delayed by one step, and the floor is reached one update after the run. Schedules with
an end hold there, in Composer as here. All raise ValueError or TypeError for what Composer refuses (a string that is no
time, a time in seconds, a run or a warmup that is scaled to nothing, and, of schedulers with a warmup, times of
different units and a `t_max` before the end of the run), for a number that is needed and not given, for a broken
number of batches, samples or tokens, and for cycles whose `t_mult` is not whole, which Composer cuts off to integers.

Source: mosaicml/composer, `composer/optim/scheduler.py`.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypedDict, Unpack

from ..checks import Site, require
from ..core.parameters import Factor, Kind, Power, Rate, Stretch, Value, kind_of
from . import vocabulary as lrs
from .arguments import Count, DecayRate, Text, known, listed
from .calls import needed, translated
from .torch import StepLR

TIME = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)(ep|ba|sp|tok|dur)", re.IGNORECASE)
EXAMPLE = 'write "10ep", "500ba", "3e6sp", "1e9tok" or "0.1dur"'
SIZES = {"ep": "dataloader_len", "sp": "samples_per_batch", "tok": "tokens_per_batch"}


def _read(text: str) -> tuple[float, str]:
    found = TIME.fullmatch(text)
    return (float(found[1]), found[2].lower()) if found else (math.nan, "")


def _time(site: Site, text: Any) -> str:
    value, unit = _read(kind_of(Text).check(site, text))
    if not math.isfinite(value):
        site.refuse(text, "must be a number and its unit", EXAMPLE)
    if unit != "dur" and value != int(value):
        site.refuse(text, "must be a whole number of its unit", f'Composer cuts it off to "{int(value)}{unit}"')
    return text


def _duration(site: Site, time: Any) -> str:
    text = _time(site, f"{time}ep" if type(time) is int else time)
    if _read(text)[1] == "dur":
        site.refuse(time, "must not be a part of itself", 'write "10ep" or "5000ba"')
    return text


Time = Annotated[str, Kind("Time", "", _time, leaf=False)]
"""A number and its unit."""
Duration = Annotated[str | int, Kind("Duration", "", _duration, leaf=False)]
"""The same, or a number of epochs."""
Times = Annotated[Sequence[str], listed(kind_of(Time), EXAMPLE, or_none=True)]
"""A list of times."""
Ratio = Annotated[float, Kind("Ratio", "1", known(kind_of(Stretch).check))]
"""A factor of times, greater than 0."""


class Length(TypedDict):
    """How long the run is."""

    max_duration: Duration


class Trainer(Length, total=False):
    """What the trainer knows."""

    dataloader_len: Count | None
    samples_per_batch: Count | None
    tokens_per_batch: Count | None
    scale_schedule_ratio: Ratio


class Warmed(Trainer, total=False):
    """The same, and whether the ratio scales the warmup."""

    scale_warmup: bool


@translated
def StepScheduler(base_lr: Value, step_size: Time, gamma: DecayRate = 0.1, **run: Unpack[Trainer]) -> lrs.Schedule:
    """A factor `gamma` after every `step_size`: `step_decay`."""
    return _Run("StepScheduler", run).over(step_size=step_size, curve=partial(StepLR, base_lr, gamma=gamma))


@translated
def MultiStepScheduler(base_lr: Value, milestones: Times, gamma: Factor = 0.1, **run: Unpack[Trainer]) -> lrs.Schedule:
    """A factor `gamma` at every milestone, in any order and unit: `piecewise_constant`."""
    return lrs.shift(_Run("MultiStepScheduler", run).stairs(base_lr, milestones, gamma), -1)


@translated
def ConstantScheduler(
    base_lr: Value, alpha: Factor = 1.0, t_max: Time = "1dur", **run: Unpack[Trainer]
) -> lrs.Schedule:
    """The rate `alpha * base_lr` up to `t_max`, then `base_lr`: `hold`."""
    return _Run("ConstantScheduler", run).over(t_max=t_max, curve=partial(lrs.hold, base_lr * alpha, base_lr))


@translated
def LinearScheduler(
    base_lr: Value, alpha_i: Factor = 1.0, alpha_f: Factor = 0.0, t_max: Time = "1dur", **run: Unpack[Trainer]
) -> lrs.Schedule:
    """A line from `alpha_i * base_lr` to `alpha_f * base_lr`: `linear`."""
    return _Run("LinearScheduler", run).over(
        t_max=t_max, curve=partial(lrs.linear, base_lr * alpha_i, base_lr * alpha_f)
    )


@translated
def ExponentialScheduler(
    base_lr: Value, gamma: Rate, decay_period: Time = "1ep", **run: Unpack[Trainer]
) -> lrs.Schedule:
    """A factor `gamma` for every `decay_period`: `exponential_decay`."""
    times = _Run("ExponentialScheduler", run)
    return times.over(
        decay_period=decay_period, curve=lambda steps: lrs.exponential_decay(base_lr, gamma, decay_steps=steps)
    )


@translated
def CosineAnnealingScheduler(
    base_lr: Value, t_max: Time = "1dur", alpha_f: Factor = 0.0, **run: Unpack[Trainer]
) -> lrs.Schedule:
    """Half a cosine to `alpha_f * base_lr`: `cosine`.

    >>> CosineAnnealingScheduler(1.0, max_duration="10ba")
    shift(cosine(1.0, 0.0, 10), -1)
    """
    return _Run("CosineAnnealingScheduler", run).over(
        t_max=t_max, curve=partial(lrs.cosine, base_lr, base_lr * alpha_f)
    )


@translated
def CosineAnnealingWarmRestartsScheduler(
    base_lr: Value, t_0: Time, t_mult: Count = 1, alpha_f: Factor = 0.0, **run: Unpack[Trainer]
) -> lrs.Schedule:
    """Cosines to `alpha_f * base_lr`, each `t_mult` times as long as the one before: `sgdr`."""
    cycles = partial(lrs.sgdr, base_lr, base_lr * alpha_f, period_mult=t_mult)
    return _Run("CosineAnnealingWarmRestartsScheduler", run).over(t_0=t_0, curve=cycles)


@translated
def PolynomialScheduler(
    base_lr: Value, power: Power, t_max: Time = "1dur", alpha_f: Factor = 0.0, **run: Unpack[Trainer]
) -> lrs.Schedule:
    """A power of the time that is left, to `alpha_f * base_lr`: `polynomial`."""
    decay = partial(lrs.polynomial, base_lr, base_lr * alpha_f, power=power)
    return _Run("PolynomialScheduler", run).over(t_max=t_max, curve=decay)


@translated
def CosineAnnealingWithWarmupScheduler(
    base_lr: Value, t_warmup: Time, t_max: Time = "1dur", alpha_f: Factor = 0.0, **run: Unpack[Warmed]
) -> lrs.Schedule:
    """A line from 0, then half a cosine to `alpha_f * base_lr`.

    >>> s = CosineAnnealingWithWarmupScheduler(1.0, "4ba", alpha_f=0.1, max_duration="3ep", dataloader_len=4)
    >>> s
    shift(join([linear(0.0, 1.0, 4), cosine(1.0, 0.1, 8)], [4]), -1)
    >>> [round(s(t), 3) for t in (0, 1, 2, 4, 5, 8, 12, 13)]
    [0.0, 0.0, 0.25, 0.75, 1.0, 0.722, 0.134, 0.1]
    """
    decay = partial(lrs.cosine, base_lr, base_lr * alpha_f)
    return _Run("CosineAnnealingWithWarmupScheduler", run).warmed(t_warmup, t_max, base_lr, decay)


@translated
def LinearWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Time,
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: Time = "1dur",
    **run: Unpack[Warmed],
) -> lrs.Schedule:
    """A line from 0 to `alpha_i * base_lr`, then one to `alpha_f * base_lr`.

    >>> LinearWithWarmupScheduler(1.0, "0.25dur", alpha_i=0.5, max_duration="8ba")
    shift(join([linear(0.0, 0.5, 2), linear(0.5, 0.0, 6)], [2]), -1)
    """
    decay = partial(lrs.linear, base_lr * alpha_i, base_lr * alpha_f)
    return _Run("LinearWithWarmupScheduler", run).warmed(t_warmup, t_max, base_lr * alpha_i, decay)


@translated
def ConstantWithWarmupScheduler(
    base_lr: Value, t_warmup: Time, alpha: Factor = 1.0, t_max: Time = "1dur", **run: Unpack[Warmed]
) -> lrs.Schedule:
    """A line from 0 to `alpha * base_lr`, which is held for ever, past `t_max` as well.

    >>> ConstantWithWarmupScheduler(1.0, "1e3tok", max_duration="8e3tok", tokens_per_batch=250)
    shift(join([stretch(linear(0.0, 1.0, 1000), 0.004), constant(1.0)], [4]), -1)
    """
    peak = base_lr * alpha
    return _Run("ConstantWithWarmupScheduler", run).warmed(t_warmup, t_max, peak, lambda _: lrs.constant(peak))


@translated
def PolynomialWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Time,
    power: Power = 2.0,
    t_max: Time = "1dur",
    alpha_f: Factor = 0.0,
    **run: Unpack[Warmed],
) -> lrs.Schedule:
    """A line from 0, then a power of the time that is left, to `alpha_f * base_lr`.

    >>> PolynomialWithWarmupScheduler(1.0, "2ba", power=3.0, max_duration="8ba")
    shift(join([linear(0.0, 1.0, 2), polynomial(1.0, 0.0, 6, power=3.0)], [2]), -1)
    """
    decay = partial(lrs.polynomial, base_lr, base_lr * alpha_f, power=power)
    return _Run("PolynomialWithWarmupScheduler", run).warmed(t_warmup, t_max, base_lr, decay)


@translated
def MultiStepWithWarmupScheduler(
    base_lr: Value, t_warmup: Time, milestones: Times, gamma: Factor = 0.1, **run: Unpack[Warmed]
) -> lrs.Schedule:
    """A line from 0, then a factor `gamma` for every milestone that has been reached, also those in the warmup.

    >>> MultiStepWithWarmupScheduler(1.0, "2ba", ["4ba", "0.75dur"], gamma=0.5, max_duration="8ba")
    shift(join([linear(0.0, 1.0, 2), shift(piecewise_constant([1.0, 0.5, 0.25], [4, 6]), 2)], [2]), -1)
    """
    times = _Run("MultiStepWithWarmupScheduler", run)
    up, start = times.warmup(t_warmup, base_lr)
    return lrs.shift(lrs.join([up, lrs.shift(times.stairs(base_lr, milestones, gamma), start)], [start]), -1)


class _Run:
    """How long the run is, and how much an epoch and a batch are."""

    def __init__(self, call: str, given: Any) -> None:
        self.call, self.given, self.ratio = call, given, given.get("scale_schedule_ratio", 1.0)
        value, self.unit = _read(given["max_duration"])
        self.total = self.some("max_duration", given["max_duration"], int(value * self.ratio))

    def some(self, name: str, time: str, count: int) -> int:
        """A count that is not 0."""
        require(count > 0, self.call, f"{name}={time!r}) must be at least 1 when it is scaled; give a higher ratio.")
        return count

    def size(self, unit: str) -> int:
        """The batches of an epoch, or the samples or tokens of a batch."""
        size = self.given.get(SIZES[unit]) if unit in SIZES else 1
        needed(self.call, f"it makes times in {unit!r} batches", **{SIZES.get(unit, unit): size})
        return size

    def count(self, time: str, scaled: bool = True) -> tuple[int, str]:
        """A time as a whole number of batches, samples or tokens, and which of them."""
        value, unit = _read(time)
        ratio = self.total if unit == "dur" else self.ratio if scaled else 1
        unit = self.unit if unit == "dur" else unit
        return (int(value * self.size("ep") * ratio), "ba") if unit == "ep" else (int(value * ratio), unit)

    def first_batch(self, count: int, unit: str) -> int:
        """The first batch that begins at a time or after it."""
        return -(-count // self.size(unit))

    def in_batches(self, schedule: lrs.Schedule, unit: str) -> lrs.Schedule:
        """A schedule over samples or tokens as one over batches."""
        size = self.size(unit)
        return schedule if size == 1 or schedule.length == 0 else lrs.stretch(schedule, 1 / size)

    def over(self, curve: Callable[[int], lrs.Schedule], **times: str) -> lrs.Schedule:
        """A curve that takes a time, one step late."""
        ((name, time),) = times.items()
        count, unit = self.count(time)
        return lrs.shift(self.in_batches(curve(self.some(name, time, count)), unit), -1)

    def stairs(self, base_lr: Any, milestones: Sequence[str], gamma: Any) -> lrs.Schedule:
        """A factor at every milestone; two at once count twice."""
        reached = sorted(self.first_batch(*self.count(time)) for time in milestones)
        starts = sorted({*reached})
        values = [base_lr * gamma ** bisect_right(reached, start) for start in starts]
        return lrs.piecewise_constant([base_lr, *values], starts)

    def warmup(self, t_warmup: str, peak: Any) -> tuple[lrs.Schedule, int]:
        """The line to the peak, and the first batch after the warmup."""
        begin, unit = self.count(t_warmup, scaled=False)
        steps = self.count(t_warmup, scaled=self.given.get("scale_warmup", False))[0]
        line = lrs.linear(0.0, peak, self.some("t_warmup", t_warmup, steps) if begin else 0)
        return self.in_batches(line, unit), self.first_batch(begin, unit)

    def warmed(self, t_warmup: str, t_max: str, peak: Any, decay: Callable[[int], lrs.Schedule]) -> lrs.Schedule:
        """A warmup, and a decay to `t_max`."""
        (begin, unit), (end, same) = self.count(t_warmup, scaled=False), self.count(t_max)
        remedy = f"must be in {same!r} as t_max={t_max!r} is; convert one."
        require(unit == same, self.call, f"t_warmup={t_warmup!r}) {remedy}")
        is_run = unit == self.unit or (unit, self.unit) == ("ba", "ep")
        is_late = not is_run or end >= self.count("1dur")[0]
        require(is_late, self.call, f"t_max={t_max!r}) must be at least max_duration; the run goes on.")
        up, start = self.warmup(t_warmup, peak)
        down = decay(end - begin) if end > begin else lrs.constant(peak)
        late = start * self.size(unit) - begin  # the first batch after the warmup begins that much after its end
        down = lrs.shift(down, late) if late and down.length else down
        return lrs.shift(lrs.join([up, self.in_batches(down, unit)], [start]), -1)
