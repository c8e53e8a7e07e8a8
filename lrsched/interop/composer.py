"""The schedulers with warmup of Composer, as compositions of the vocabulary.

Composer's times are texts: "10ep" (epochs), "500ba" (batches), "3e6sp" (samples), "1e9tok" (tokens), "0.1dur" (a part
of `max_duration`). They become batches by numbers that the trainer knows: `dataloader_len`, the batches of an epoch,
and the samples and tokens of a batch. As in Composer, products are cut off to integers, epochs become batches first,
and `scale_schedule_ratio` scales `max_duration` and all times but "dur", and the warmup only with `scale_warmup`.

The Trainer asks a scheduler before it counts the batch: updates 0 and 1 both see time 0, and s(t) is the rate of
update t. So every schedule is delayed by one step, and the floor is reached one update after the run. All schedules
are clipped at their ends, in Composer as here. Those without a warmup (`LinearScheduler`, `CosineAnnealingScheduler`,
`PolynomialScheduler`, `MultiStepScheduler`) are these with `t_warmup="0ba"`.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from ..combinators.join import join
from ..combinators.time import shift, stretch
from ..core.checks import Site, require
from ..core.parameters import Factor, Kind, Power, Stretch, Value, kind_of
from ..core.schedule import Schedule
from ..runs.piecewise import piecewise_constant
from ..schedules.decays import constant
from ..schedules.ramps import cosine, linear, polynomial
from .arguments import Count, known, translated

__all__ = [
    "ConstantWithWarmupScheduler",
    "CosineAnnealingWithWarmupScheduler",
    "LinearWithWarmupScheduler",
    "MultiStepWithWarmupScheduler",
    "PolynomialWithWarmupScheduler",
]

TIME = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)(ep|ba|sp|tok|dur)", re.IGNORECASE)
EXAMPLE = 'write "10ep", "500ba", "3e6sp", "1e9tok" or "0.1dur"'


def _read(text: str) -> tuple[float, str]:
    found = TIME.fullmatch(text)
    return (float(found[1]), found[2].lower()) if found else (math.nan, "")


def _time(site: Site, text: Any) -> str:
    if not isinstance(text, str):
        site.refuse(text, f"must be a time, not {type(text).__name__}", EXAMPLE, TypeError)
    value, unit = _read(text)
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


def _times(site: Site, texts: Any) -> tuple[str, ...]:
    if not isinstance(texts, (list, tuple)):
        site.refuse(texts, f"must be a list, not {type(texts).__name__}", 'write ["30ep", "60ep"]', TypeError)
    return tuple(_time(site.item(index), text) for index, text in enumerate(texts))


Timestring = Annotated[str, Kind("Timestring", "", _time, leaf=False)]
"""A number and its unit."""
Duration = Annotated[str | int, Kind("Duration", "", _duration, leaf=False)]
"""The same, or a number of epochs."""
Timestrings = Annotated[Sequence[str], Kind("Timestrings", "", _times, leaf=False)]
"""A list of times."""
Ratio = Annotated[float, Kind("Ratio", "1", known(kind_of(Stretch).check))]
"""A factor of times, greater than 0."""


@translated
def CosineAnnealingWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Timestring,
    t_max: Timestring = "1dur",
    alpha_f: Factor = 0.0,
    scale_warmup: bool = False,
    *,
    max_duration: Duration,
    dataloader_len: Count | None = None,
    samples_per_batch: Count | None = None,
    tokens_per_batch: Count | None = None,
    scale_schedule_ratio: Ratio = 1.0,
) -> Schedule:
    """A line from 0, then half a cosine to `alpha_f * base_lr`.

        u = max(0, t - 1), in the unit of t_max
        s(t) = base_lr * u/t_warmup                                                             for u < t_warmup
        s(t) = base_lr * (alpha_f + (1 - alpha_f) * (1 + cos(pi*(u - t_warmup)/(t_max - t_warmup)))/2)    after it

    It is a `join` of `linear` and `cosine`, delayed by one step; past `t_max` both hold.

    Args:
        base_lr: the rate of the optimizer, which is the peak (a rate).
        t_warmup: the length of the warmup (a time), in the unit of `t_max`.
        t_max: the end of the decay (a time), warmup included.
        alpha_f: the floor, as a part of `base_lr` (1).
        scale_warmup: whether `scale_schedule_ratio` is a factor of the warmup, too. As in Composer the decay begins
            where it would without it, so that the rate jumps there, or waits.
        max_duration: the length of the run (a time), or a number of epochs.
        dataloader_len: the batches of an epoch, if there are times in epochs.
        samples_per_batch: the samples of a batch, the same for all, if there are times in samples.
        tokens_per_batch: the tokens of a batch, the same for all, if there are times in tokens.
        scale_schedule_ratio: a factor of `max_duration` and of other times (1), greater than 0.

    Raises ValueError or TypeError for what Composer refuses (a text that is no time, a time in seconds, a run or a
    warmup that is scaled to nothing, `t_warmup` and `t_max` of different units, a `t_max` before the end of the run),
    for a number that is needed and not given, and for a broken number of batches, samples or tokens.

    Source: mosaicml/composer, `composer/optim/scheduler.py`.

    >>> s = CosineAnnealingWithWarmupScheduler(1.0, "4ba", alpha_f=0.1, max_duration="3ep", dataloader_len=4)
    >>> s
    shift(join([linear(0.0, 1.0, 4), cosine(1.0, 0.1, 8)], [4]), -1)
    >>> [round(s(t), 3) for t in (0, 1, 2, 4, 5, 8, 12, 13)]
    [0.0, 0.0, 0.25, 0.75, 1.0, 0.722, 0.134, 0.1]
    """
    run = Run(
        "CosineAnnealingWithWarmupScheduler",
        max_duration,
        dataloader_len,
        samples_per_batch,
        tokens_per_batch,
        scale_schedule_ratio,
    )
    return run.warmed(t_warmup, t_max, scale_warmup, base_lr, lambda steps: cosine(base_lr, base_lr * alpha_f, steps))


@translated
def LinearWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Timestring,
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: Timestring = "1dur",
    scale_warmup: bool = False,
    *,
    max_duration: Duration,
    dataloader_len: Count | None = None,
    samples_per_batch: Count | None = None,
    tokens_per_batch: Count | None = None,
    scale_schedule_ratio: Ratio = 1.0,
) -> Schedule:
    """A line from 0 to `alpha_i * base_lr`, then a line to `alpha_f * base_lr`.

    It is a `join` of two `linear`s, delayed by one step; times, other arguments and errors are those of
    `CosineAnnealingWithWarmupScheduler`.

    Source: mosaicml/composer, `composer/optim/scheduler.py`.

    >>> LinearWithWarmupScheduler(1.0, "0.25dur", alpha_i=0.5, max_duration="8ba")
    shift(join([linear(0.0, 0.5, 2), linear(0.5, 0.0, 6)], [2]), -1)
    """
    run = Run(
        "LinearWithWarmupScheduler",
        max_duration,
        dataloader_len,
        samples_per_batch,
        tokens_per_batch,
        scale_schedule_ratio,
    )
    peak, floor = base_lr * alpha_i, base_lr * alpha_f
    return run.warmed(t_warmup, t_max, scale_warmup, peak, lambda steps: linear(peak, floor, steps))


@translated
def ConstantWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Timestring,
    alpha: Factor = 1.0,
    t_max: Timestring = "1dur",
    scale_warmup: bool = False,
    *,
    max_duration: Duration,
    dataloader_len: Count | None = None,
    samples_per_batch: Count | None = None,
    tokens_per_batch: Count | None = None,
    scale_schedule_ratio: Ratio = 1.0,
) -> Schedule:
    """A line from 0 to `alpha * base_lr`, which is held for ever, past `t_max` as well.

    It is a `join` of `linear` and `constant`, delayed by one step; times, other arguments and errors are those of
    `CosineAnnealingWithWarmupScheduler`.

    Source: mosaicml/composer, `composer/optim/scheduler.py`.

    >>> ConstantWithWarmupScheduler(1.0, "1e3tok", max_duration="8e3tok", tokens_per_batch=250)
    shift(join([stretch(linear(0.0, 1.0, 1000), 0.004), constant(1.0)], [4]), -1)
    """
    run = Run(
        "ConstantWithWarmupScheduler",
        max_duration,
        dataloader_len,
        samples_per_batch,
        tokens_per_batch,
        scale_schedule_ratio,
    )
    return run.warmed(t_warmup, t_max, scale_warmup, base_lr * alpha, lambda _: constant(base_lr * alpha))


@translated
def PolynomialWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Timestring,
    power: Power = 2.0,
    t_max: Timestring = "1dur",
    alpha_f: Factor = 0.0,
    scale_warmup: bool = False,
    *,
    max_duration: Duration,
    dataloader_len: Count | None = None,
    samples_per_batch: Count | None = None,
    tokens_per_batch: Count | None = None,
    scale_schedule_ratio: Ratio = 1.0,
) -> Schedule:
    """A line from 0, then a power of the time that is left, to `alpha_f * base_lr`.

    It is a `join` of `linear` and `polynomial`, delayed by one step; times, other arguments and errors are those of
    `CosineAnnealingWithWarmupScheduler`.

    Source: mosaicml/composer, `composer/optim/scheduler.py`.

    >>> PolynomialWithWarmupScheduler(1.0, "2ba", power=3.0, max_duration="8ba")
    shift(join([linear(0.0, 1.0, 2), polynomial(1.0, 0.0, 6, power=3.0)], [2]), -1)
    """
    run = Run(
        "PolynomialWithWarmupScheduler",
        max_duration,
        dataloader_len,
        samples_per_batch,
        tokens_per_batch,
        scale_schedule_ratio,
    )
    floor = base_lr * alpha_f
    return run.warmed(
        t_warmup, t_max, scale_warmup, base_lr, lambda steps: polynomial(base_lr, floor, steps, power=power)
    )


@translated
def MultiStepWithWarmupScheduler(
    base_lr: Value,
    t_warmup: Timestring,
    milestones: Timestrings,
    gamma: Factor = 0.1,
    scale_warmup: bool = False,
    *,
    max_duration: Duration,
    dataloader_len: Count | None = None,
    samples_per_batch: Count | None = None,
    tokens_per_batch: Count | None = None,
    scale_schedule_ratio: Ratio = 1.0,
) -> Schedule:
    """A line from 0, then a factor `gamma` for every milestone that has been reached, also those in the warmup.

    It is a `join` of `linear` and `piecewise_constant`, delayed by one step. Milestones are counted from the beginning
    of the run, in any order and unit, and two at once count twice. Times, other arguments and errors are those of
    `CosineAnnealingWithWarmupScheduler`.

    Source: mosaicml/composer, `composer/optim/scheduler.py`.

    >>> MultiStepWithWarmupScheduler(1.0, "2ba", ["4ba", "0.75dur"], gamma=0.5, max_duration="8ba")
    shift(join([linear(0.0, 1.0, 2), shift(piecewise_constant([1.0, 0.5, 0.25], [4, 6]), 2)], [2]), -1)
    """
    run = Run(
        "MultiStepWithWarmupScheduler",
        max_duration,
        dataloader_len,
        samples_per_batch,
        tokens_per_batch,
        scale_schedule_ratio,
    )
    up, start = run.warmup(t_warmup, base_lr, scale_warmup)
    factor: Any = gamma
    reached = sorted(run.first_batch(*run.count(time)) for time in milestones)
    starts = sorted(set(reached))
    stairs = piecewise_constant([base_lr, *(base_lr * factor ** bisect_right(reached, at) for at in starts)], starts)
    return shift(join([up, shift(stairs, start)], [start]), -1)


class Run:
    """What the trainer knows: how long the run is, and how much an epoch and a batch are."""

    def __init__(self, call: str, duration: Any, dataloader_len: Any, samples: Any, tokens: Any, ratio: float) -> None:
        self.call = call
        self.sizes = {"ep": dataloader_len, "sp": samples, "tok": tokens}
        self.ratio = ratio
        value, self.unit = _read(duration)
        self.total = int(value * ratio)
        require(
            self.total > 0,
            call,
            f"max_duration={duration!r}) must be at least 1 {self.unit} when it is scaled; give a higher ratio.",
        )

    def size(self, unit: str) -> int:
        """The batches of an epoch, or the samples or tokens of a batch."""
        size = 1 if unit == "ba" else self.sizes[unit]
        name = {"ep": "dataloader_len", "sp": "samples_per_batch", "tok": "tokens_per_batch"}.get(unit)
        require(
            size is not None, self.call, f"{name}=None) must be given for times in {unit!r}; it makes them batches."
        )
        return size

    def count(self, time: str, scaled: bool = True) -> tuple[int, str]:
        """A time as a whole number of batches, samples or tokens, and which of them."""
        value, unit = _read(time)
        if unit == "dur" and self.unit == "ep":
            return int(value * self.size("ep") * self.total), "ba"
        if unit == "dur":
            return int(value * self.total), self.unit
        if unit == "ep":
            value, unit = value * self.size("ep"), "ba"
        return int(value * self.ratio if scaled else value), unit

    def first_batch(self, count: int, unit: str) -> int:
        """The first batch that begins at a time or after it."""
        return -(-count // self.size(unit))

    def in_batches(self, schedule: Schedule, unit: str) -> Schedule:
        """A schedule over samples or tokens as one over batches."""
        size = self.size(unit)
        return schedule if size == 1 or schedule.length == 0 else stretch(schedule, 1 / size)

    def warmup(self, t_warmup: str, peak: Any, scale_warmup: bool) -> tuple[Schedule, int]:
        """The line to the peak, and the first batch after the warmup."""
        count, unit = self.count(t_warmup, scaled=False)
        steps = self.count(t_warmup, scaled=scale_warmup)[0]
        require(
            steps > 0 or count == 0,
            self.call,
            f"t_warmup={t_warmup!r}) must be at least 1 {unit} when it is scaled; give scale_warmup=False.",
        )
        return self.in_batches(linear(0.0, peak, steps), unit), self.first_batch(count, unit)

    def warmed(
        self, t_warmup: str, t_max: str, scale_warmup: bool, peak: Any, decay: Callable[[int], Schedule]
    ) -> Schedule:
        """A warmup, and a decay to `t_max`."""
        begin, unit = self.count(t_warmup, scaled=False)
        end, end_unit = self.count(t_max)
        require(
            unit == end_unit,
            self.call,
            f"t_warmup={t_warmup!r}) must be in {end_unit!r} as t_max={t_max!r} is, not in {unit!r}; convert one.",
        )
        total = self.count("1dur")[0] if end_unit == self.unit or (end_unit, self.unit) == ("ba", "ep") else 0
        require(
            end >= total,
            self.call,
            f"t_max={t_max!r}) must be at least max_duration, {total} {unit} and not {end}; the run goes on.",
        )
        up, start = self.warmup(t_warmup, peak, scale_warmup)
        down = decay(end - begin) if end > begin else constant(peak)
        late = start * self.size(unit) - begin  # the first batch after the warmup begins that much after its end
        down = shift(down, late) if late and down.length else down
        return shift(join([up, self.in_batches(down, unit)], [start]), -1)
