"""Loss curves as users give them: checked, and as short as a fit needs them."""

import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..core.checks import Site
from ..core.pieces import length_of
from ..core.schedule import Schedule
from .rates import count_of, rates_of

__all__ = ["Curve", "before", "checked", "grouped", "late"]


class Curve(NamedTuple):
    """A loss curve: the rates of all updates, and losses after some of them."""

    rates: Any
    steps: Any
    losses: Any

    @property
    def clock(self) -> Any:
        """The sum of the rates up to each loss."""
        return np.cumsum(self.rates)[self.steps - 1]

    @property
    def falls(self) -> bool:
        """Whether its rate falls after the warmup, before the last loss."""
        return bool((np.diff(self.rates[np.argmax(self.rates) :]) < 0).any())

    def only(self, some: Any) -> "Curve":
        """The curve with some of its points."""
        return Curve(self.rates, self.steps[some], self.losses[some])


def checked(runs: Any) -> list[Curve]:
    """The curves of runs, each a schedule, steps and losses."""
    site = Site("fit", "runs")
    if not isinstance(runs, Iterable) or isinstance(runs, (str, Schedule)):
        site.refuse(runs, "must be a list of runs", "give (schedule, steps, losses) for each", TypeError)
    given = list(runs)
    if not given:
        site.refuse(runs, "must be a list of runs", "give (schedule, steps, losses) for each")
    return [_curve(f"runs[{index}]", run) for index, run in enumerate(given)]


def _curve(name: str, run: Any) -> Curve:
    if not isinstance(run, (tuple, list)) or len(run) != 3:
        Site("fit", name).refuse(run, "must be a run", "give (schedule, steps, losses)", TypeError)
    schedule, steps, losses = run
    steps_site, losses_site = Site("fit", f"{name}.steps"), Site("fit", f"{name}.losses")
    found = np.asarray(losses, np.float64)
    at = _steps(steps_site, steps)
    if found.shape != at.shape:
        losses_site.refuse(losses, f"must be a list of {len(at)} losses", "give one for each step")
    for bad, text, remedy in (
        (~np.isfinite(found), "finite", "leave out the points at which the run had diverged"),
        (
            found <= 0,
            "greater than 0",
            "the laws are fitted to the logarithm of the loss, so add a constant to all of them",
        ),
    ):
        if bad.any():
            place = int(bad.argmax())
            losses_site.refuse(losses, f"must be {text}, and is {found[place]:.4g} at step {at[place]}", remedy)
    rates = rates_of(Site("fit", f"{name}.schedule"), schedule, int(at[-1]))
    warmup = int(np.argmax(rates))
    if at[0] < warmup:
        demand = f"must be {warmup} or more, after the warmup, and begin at {at[0]}"
        steps_site.refuse(steps, demand, "leave out the points before")
    _warn_of_the_end(steps_site, schedule, int(at[-1]))
    return Curve(rates, at, found)


def _steps(site: Site, steps: Any) -> Any:
    """Steps that rise."""
    found = np.asarray(steps)
    if found.ndim != 1 or not len(found) or found.dtype.kind not in "iuf" or (found != np.floor(found)).any():
        site.refuse(
            steps, "must be a list of whole numbers of updates", "count the updates before each loss", TypeError
        )
    for extreme in (found.min(), found.max()):
        count_of(site, extreme)
    found = found.astype(np.int64)
    if (np.diff(found) <= 0).any():
        place = int((np.diff(found) <= 0).argmax())
        demand = f"must rise, and {found[place]} is followed by {found[place + 1]}"
        site.refuse(steps, demand, "sort them, and keep one loss for each step")
    return found


def _warn_of_the_end(site: Site, schedule: Any, last: int) -> None:
    """Warn of a run that goes on after the end of a decay."""
    end = int(length_of(schedule) or 0) if isinstance(schedule, Schedule) else 0
    if 1 < end < last and schedule(end - 2) > schedule(end - 1) > schedule(end):
        text = (
            f"{site.call}({site.name}) go on to {last}, and the schedule ends at {end} and holds its last rate there."
        )
        warnings.warn(text, UserWarning, stacklevel=5)


def grouped(curve: Curve, most: int) -> Curve:
    """A curve of at most so many points, each the mean of neighbours."""
    size = -(-len(curve.steps) // most)
    starts = np.arange(0, len(curve.steps), size)
    counts = np.diff(np.append(starts, len(curve.steps)))
    steps = np.add.reduceat(curve.steps, starts) / counts
    losses = np.exp(np.add.reduceat(np.log(curve.losses), starts) / counts)
    return Curve(curve.rates, np.rint(steps).astype(np.int64), losses)


def late(curves: list[Curve], fraction: float) -> list[Curve]:
    """The part of curves beyond a fraction of the greatest sum of rates; curves that end before are left out."""
    clocks = [curve.clock for curve in curves]
    limit = fraction * max((clock[-1] for clock in clocks), default=0.0)
    parts = [curve.only(clock > limit) for curve, clock in zip(curves, clocks, strict=True)]
    return [part for part in parts if len(part.steps)]


def before(curves: list[Curve], fraction: float) -> list[Curve]:
    """The part of curves up to a fraction of the greatest sum of rates."""
    clocks = [curve.clock for curve in curves]
    limit = fraction * max(clock[-1] for clock in clocks)
    parts = [curve.only(clock <= limit) for curve, clock in zip(curves, clocks, strict=True)]
    return [Curve(part.rates[: part.steps[-1]], part.steps, part.losses) for part in parts if len(part.steps)]
