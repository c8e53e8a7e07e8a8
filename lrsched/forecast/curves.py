"""Loss curves as users give them: checked, and as short as a fit needs them."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from ..checks import Site
from ..core.pieces import length_of
from ..core.schedule import Schedule
from .rates import MOST, rates_of

__all__ = ["Column", "Columns", "Curve", "before", "checked", "curve_of", "grouped", "late"]


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


class Column(Site):
    """Where a part of a run comes from, for the messages on it: here the argument of a call."""

    @property
    def label(self) -> str:
        """The place in a message that shows no value."""
        return f"{self.call}({self.name})"

    def at(self, index: int) -> Site:
        """The place of one point."""
        return self


class Columns(NamedTuple):
    """The places of the three parts of a run."""

    schedule: Site
    steps: Column
    losses: Column


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
    columns = Columns(*(Column("fit", f"{name}.{part}") for part in ("schedule", "steps", "losses")))

    def refuse(first: int, begin: str, _: int) -> None:
        demand = f"must be {first} or more, after {begin}, and begin at {run[1][0]}"
        columns.steps.refuse(run[1], demand, "leave out the losses before")

    return curve_of(columns, *run, early=refuse)


def curve_of(
    columns: Columns, schedule: Any, steps: Any, losses: Any, *, early: Callable[[int, str, int], None]
) -> Curve:
    """The checked curve of a run.

    Args:
        columns: where the parts come from.
        schedule: the schedule.
        steps: the numbers of updates, rising.
        losses: the loss after each.
        early: is called where points lie before the end of the warmup, which are left out: with the first step that
            counts, what ends there, and how many points are before.

    Raises as `fit` does, and warns of a run that goes on after its schedule ended a decay.
    """
    at, found = _steps(columns.steps, steps), _numbers(columns.losses, losses)
    if found.shape != at.shape:
        columns.losses.refuse(losses, f"must be a list of {len(at)} losses", "give one for each step")
    rates = rates_of(columns.schedule, schedule, max(int(at[-1]), 1))
    warmup = int(np.argmax(rates))
    before = int(np.searchsorted(at, max(warmup, 1)))
    if before:
        early(max(warmup, 1), "the warmup" if warmup else "the first update", before)
    for bad, text, remedy in (
        (~np.isfinite(found), "finite", "leave out the points at which the run had diverged"),
        (
            found <= 0,
            "greater than 0",
            "the laws are fitted to the logarithm of the loss, so add a constant to all of them",
        ),
    ):
        if bad[before:].any():
            place = before + int(bad[before:].argmax())
            demand = f"must be {text}, and the loss at step {at[place]} is {found[place]:.4g}"
            columns.losses.at(place).refuse(losses, demand, remedy)
    _warn_of_the_end(columns.steps, schedule, int(at[-1]))
    return Curve(rates, at[before:], found[before:])


def _numbers(column: Column, losses: Any) -> Any:
    """Losses as float64."""
    try:
        return np.asarray(losses, np.float64)
    except (TypeError, ValueError):
        column.refuse(losses, "must be a list of numbers", "give the loss at each step", TypeError)


def _steps(column: Column, steps: Any) -> Any:
    """Steps that rise."""
    found = np.asarray(steps)
    if found.ndim != 1 or not len(found) or found.dtype.kind not in "iuf":
        column.refuse(
            steps, "must be a list of whole numbers of updates", "count the updates before each loss", TypeError
        )
    for bad, text, remedy, kind in (
        (~(found == np.floor(found)), "whole numbers of updates", "count the updates before each loss", TypeError),
        (found < 0, "at least 0", "count the updates before each loss", ValueError),
        (found > MOST, f"at most {MOST}", "count in a larger unit: lrsched.stretch(schedule, 0.01)", ValueError),
    ):
        if bad.any():
            place = int(bad.argmax())
            column.at(place).refuse(steps, f"must be {text}, and one is {found[place]}", remedy, kind)
    found = found.astype(np.int64)
    if (np.diff(found) <= 0).any():
        place = int((np.diff(found) <= 0).argmax())
        demand = f"must rise, and {found[place]} is followed by {found[place + 1]}"
        column.at(place + 1).refuse(steps, demand, "sort them, and keep one loss for each step")
    return found


def _warn_of_the_end(column: Column, schedule: Any, last: int) -> None:
    """Warn of a run that goes on after the end of a decay."""
    end = int(length_of(schedule) or 0) if isinstance(schedule, Schedule) else 0
    if 1 < end < last and schedule(end - 2) > schedule(end - 1) > schedule(end):
        text = f"{column.label} go on to {last}, and the schedule ends at {end} and holds its last rate there."
        warnings.warn(text, UserWarning, stacklevel=6)


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
