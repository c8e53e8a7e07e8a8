"""The range test: train briefly with a rising rate, and see at which rates the loss falls."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..checks import Site, positive, real
from ..core.parameters import choice
from ..core.safe import safe
from ..core.schedule import Schedule
from ..runs.cycles import cyclic
from ..schedules.ramps import exponential, linear
from .sizes import a_schedule, known, size
from .suggestions import LEAST, SMOOTHING, STOP_FACTOR, Suggestion, Watch, smoothed, suggest, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
else:  # matplotlib is optional; at run time typing.get_type_hints evaluates the names that annotations have
    Axes = Any

__all__ = ["RULES", "RangeTestResult", "range_test", "run_range_test"]

RULES = ("falls", "steepest", "valley", "slide", "minimum_over_10", "back_off")
"""The fields of a suggestion that lie on the curve."""


def range_test(
    min_value: float, max_value: float, steps: int, *, mode: Literal["exponential", "linear"] = "exponential"
) -> Schedule:
    """The rates of a range test: a ramp whose first update has the lowest rate and whose last has the highest.

        exponential(min_value, max_value, steps - 1)    or    linear(min_value, max_value, steps - 1)

    Args:
        min_value: the rate of update 0 (a rate), greater than 0; with "linear" it may be 0.
        max_value: the rate of update `steps - 1` (a rate), greater than `min_value`.
        steps: the updates of the test, 5 or more.
        mode: "exponential" spends as many updates between 1e-5 and 1e-4 as between 0.1 and 1; "linear" is Smith's test,
            for a range that is roughly known.

    Source: Smith 2017, Cyclical Learning Rates, arXiv:1506.01186, section 3.3 (linear); fastai `LRFinder`.

    >>> range_test(1e-4, 1.0, 5)
    exponential(0.0001, 1.0, 4)
    >>> [round(range_test(1e-4, 1.0, 5)(t), 6) for t in range(5)]
    [0.0001, 0.001, 0.01, 0.1, 1.0]
    """
    call = "range_test"
    mode = choice(("exponential", "linear")).check(Site(call, "mode"), mode)
    ramp, least = (exponential, positive("mode='linear' may begin at 0")) if mode == "exponential" else (linear, _rate)
    low = least(Site(call, "min_value"), known(Site(call, "min_value"), min_value))
    high = _rate(Site(call, "max_value"), known(Site(call, "max_value"), max_value))
    steps = size(Site(call, "steps"), steps)
    if steps < LEAST:
        Site(call, "steps").refuse(steps, f"must be at least {LEAST}", "fewer losses cannot be judged")
    if high <= low:
        Site(call, "max_value").refuse(max_value, f"must be greater than min_value={low}", "the rate rises in the test")
    return ramp(low, high, steps - 1)


@safe
@dataclass(frozen=True)
class RangeTestResult:
    """The curve of a range test: rates and losses, including the loss that stopped the test."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    stopped: bool
    """Whether the test ended early because the loss exploded."""

    def suggest(self, *, smoothing: float = SMOOTHING) -> Suggestion:
        """The rates that the rules suggest: `suggest(rates, losses, smoothing=smoothing)`."""
        return suggest(self.rates, self.losses, smoothing=smoothing)

    def cyclic(self, step_size_up: int, *, smoothing: float = SMOOTHING) -> Schedule:
        """A cyclical schedule between the bounds of the test: `cyclic(falls, back_off, step_size_up)`.

        Args:
            step_size_up: the updates from one bound to the other (steps), 1 or more; 2 to 10 epochs in the source.
            smoothing: the weight of a new loss (1), as in `suggest`.

        Raises ValueError or TypeError as `suggest` and `lrsched.cyclic` do, for a test that ends before half of the
        progress is lost, and for one that leaves no range.

        Source: Smith 2017, arXiv:1506.01186, sections 3.2 (the step size) and 3.3 (the bounds).
        """
        found, site = self.suggest(smoothing=smoothing), Site("RangeTestResult.cyclic", "rates")
        if found.lost_at is None:
            site.refuse(self.rates, "must reach a rate that is too high", "end the test at a higher rate")
        if not found.falls < found.back_off:
            demand = f"must leave a range, and the loss falls from {found.falls:.3g} on, not below {found.back_off:.3g}"
            site.refuse(self.rates, demand, "test more rates, beginning at a lower one")
        return cyclic(found.falls, found.back_off, step_size_up)

    def plot(self, *, ax: "Axes | None" = None, smoothing: float = SMOOTHING) -> "Axes":
        """Draw the losses against the rates, up to the explosion, and mark the suggestions.

        Args:
            ax: matplotlib Axes to draw into; by default new ones.
            smoothing: the weight of a new loss (1), as in `suggest`.

        Returns the Axes, with the rates on a logarithmic axis. If no rule applies, the curve has no marks.
        """
        weight = weight_of(Site("plot", "smoothing"), smoothing)
        ax = _new_axes() if ax is None else ax
        smooth, end = smoothed(np.array(self.losses), weight)
        rates = self.rates[: len(smooth)]
        (line,) = ax.plot(rates, self.losses[: len(smooth)], alpha=0.35)
        ax.plot(rates, smooth, color=line.get_color(), label="smoothed loss")
        if 0 < end < len(self.losses):  # single losses go through the roof
            low, high = min(self.losses[:end]), smooth[:end].max()
            margin = 0.05 * (high - low) or 1.0
            ax.set_ylim(low - margin, high + margin)
        found: Suggestion | None = None
        with suppress(ValueError):  # where there is nothing to judge, the curve shows it
            found = self.suggest(smoothing=smoothing)
        if found is not None:
            _mark(ax, rates, smooth, found)
        ax.set(xscale="log", xlabel="rate", ylabel="loss")
        ax.legend()
        return ax


def run_range_test(
    update: Callable[[float], Any], schedule: Schedule, *, stop_factor: float = STOP_FACTOR, progress: bool = True
) -> RangeTestResult:
    """Call `update(rate)` with the rising rates of a range test until the loss explodes.

    The model is not restored: use one that you discard afterwards.

    Args:
        update: trains for one update at the given rate, and returns the loss.
        schedule: the rates, rising to the end of the schedule, as from `range_test`.
        stop_factor: the test stops when the smoothed loss exceeds its minimum by this factor (1), greater than 1, and
            when the loss is NaN or infinite.
        progress: whether to show a progress bar, which needs tqdm.

    At most `schedule.length + 1` updates are run, so the last has the highest rate.

    Source: fastai `LRFinder` (the stop criterion); torch-lr-finder `LRFinder.range_test`.

    >>> result = run_range_test(lambda rate: (rate - 0.1) ** 2, range_test(1e-3, 10.0, 50), progress=False)
    >>> result.stopped, len(result.losses), round(result.suggest(smoothing=1.0).minimum_over_10, 4)
    (True, 35, 0.0091)
    """
    site = Site("run_range_test", "schedule")
    rates = _rates(site, a_schedule(site, schedule))
    if not callable(update):
        remedy = "it is called with each rate, trains for one update, and returns the loss"
        Site("run_range_test", "update").refuse(update, "must be a function of the rate", remedy, TypeError)
    factor = real("must be greater than 1", lambda value: value > 1, "4.0 is fastai's")
    watch = Watch(SMOOTHING, factor(Site("run_range_test", "stop_factor"), stop_factor))
    losses: list[float] = []
    stopped = False
    with _bar(len(rates)) if progress else nullcontext() as bar:
        for rate in rates:
            losses.append(_loss(update(rate)))
            stopped = watch.explodes(losses[-1])
            if bar is not None:
                bar.set_postfix(rate=f"{rate:.2g}", loss=f"{watch.smooth:.4g}", refresh=False)
                bar.update()
            if stopped:
                break
    return RangeTestResult(tuple(rates[: len(losses)]), tuple(losses), stopped)


def _bar(total: int) -> Any:
    try:
        from tqdm.auto import tqdm  # needs the optional package tqdm
    except ImportError:
        raise ImportError(
            "run_range_test(progress=True) needs tqdm; pip install tqdm, or give progress=False."
        ) from None
    return tqdm(total=total, desc="range test", unit="update")


def _mark(ax: "Axes", rates: Sequence[float], smooth: Any, suggestion: Suggestion) -> None:
    """The rules, as dots on the smoothed curve, and where it diverges, as a line."""
    for name in RULES:
        rate = getattr(suggestion, name)
        ax.plot([rate], [np.interp(rate, rates, smooth)], "o", label=f"{name}: {rate:.2g}")
    if suggestion.diverges is not None:
        ax.axvline(suggestion.diverges, linestyle=":", color="grey", label=f"diverges: {suggestion.diverges:.2g}")


def _new_axes() -> "Axes":
    try:
        import matplotlib.pyplot as plt  # needs the optional package matplotlib
    except ImportError:
        raise ImportError("RangeTestResult.plot() needs matplotlib; pip install matplotlib.") from None
    return plt.subplots(layout="constrained")[1]


# What is given.

_rate = real("must be at least 0", lambda value: value >= 0, "the rates of a test are positive")


def _rates(site: Site, schedule: Schedule) -> list[float]:
    """The rates of a test, one for each update."""
    length = schedule.length
    if length is None:
        site.refuse(schedule, "must have an end", "range_test(1e-6, 1.0, 100) has one")
    rates = [float(schedule(step)) for step in range(length + 1)]
    rises = all(low < high for low, high in pairwise(rates))
    if len(rates) < LEAST or rates[0] < 0 or not rises:
        site.refuse(
            schedule, f"must rise from 0 or more, through {LEAST} rates or more", "range_test(1e-6, 1.0, 100) does"
        )
    return rates


def _loss(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        demand = f"must return the loss, a number, not {type(value).__name__}"
        raise TypeError(f"run_range_test(update=...) {demand}; end it with `return loss`.") from None
