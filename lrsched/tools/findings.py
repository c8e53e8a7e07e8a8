"""What can surprise in the values of a run: one small function for each surprise, `Survey -> Finding | None`."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ..arrays.numbers import last_step
from ..core.schedule import Schedule
from .survey import Survey

__all__ = ["JUMP", "LOOKS", "NAMES", "SAME", "SEVERITIES", "WORDINGS", "Finding", "Severity", "not_finite"]

DOUBLINGS = 10
"""How many doublings of the run are looked at for a later peak."""
RESTS, RESTED = 2, 0.01
"""A schedule without a length that stays the same after so many doublings has an end; it is reached within 1 %."""
APART = 21, 24, 28
"""Each of those doublings is looked at, and what is 1/7 and 1/3 later, so that a cycle does not seem to rest."""
SAME = 1 + 1e-6
"""Values that differ by less than this factor are the same."""
SHORT_STEPS, SHORT_SHARE = 40, 0.001
"""A shorter warmup than both is short.

The steps are 2/(1 - beta_2) for beta_2 = 0.95 (Ma & Yarats 2021, arXiv:1910.04209), the smallest beta_2 in common use;
the shortest share in `lrsched.recipes` is GPT-3's, 0.12 %.
"""
LONG_SHARE = 0.5
"""A longer warmup is long: super-convergence rises for half of the run, and no other recipe for longer."""
JUMP, ALONE, STAIR = 0.05, 10, 10
"""A jump is more than this part of the highest value, more than so many times its neighbours, or a rise by a factor.

BERT's released code drops by 1 % of the peak where its warmup ends, which is no jump here.
"""


Severity: TypeAlias = Literal["error", "warning", "note"]
"""How bad a finding is: the run fails, it is likely a mistake, or it is common and mostly harmless."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The most severe first."""


@dataclass(frozen=True)
class Finding:
    """One surprise: its name, what was seen, what to do, and the step where."""

    name: str
    message: str
    remedy: str
    step: int
    severity: Severity = "warning"
    rate: float | None = None
    """The rate at the step, where losses were looked at."""

    def __str__(self) -> str:
        """All of it, in a line."""
        rate = "" if self.rate is None else f" (rate {self.rate:.4g})"
        return f"{self.severity}: {self.name} at step {self.step}{rate}: {self.message}; {self.remedy}."


class Wording(NamedTuple):
    """What is said of a surprise: how bad it is, what was seen, with its numbers in braces, and what to do."""

    severity: Severity
    message: str
    remedy: str


AS_LONG = "make the schedule as long as the run"
RISE = "the values rise for {steps} of {total} updates, {percent:.3g} % of the run"
WORDINGS = {
    "not finite": Wording("error", "the value is {value:.4g}", "look at the callables that the schedule is made of"),
    "negative": Wording("error", "the value is {value:.4g}", "bound it: lrsched.clamp_min(schedule, 0.0)"),
    "zero start": Wording(
        "note",
        "the first update has the value 0 and changes nothing",
        "begin above it: init_value=peak_value/warmup_steps, or lrsched.shift(schedule, 1)",
    ),
    "short warmup": Wording("warning", RISE, "count the warmup in updates; with Adam, 2/(1 - beta_2) are a start"),
    "long warmup": Wording(
        "warning",
        RISE,
        "shorten the warmup: published ones take a tenth of the run at most, one-cycle takes three tenths",
    ),
    "peak not reached": Wording(
        "warning",
        "the value is {best:.4g} at step {step}, and at most {within:.4g} in the run",
        "shorten the warmup, or train for longer",
    ),
    "end not reached": Wording(
        "warning",
        "the run ends after {total} updates, at the value {last:.4g}, but the schedule ends at step {length}",
        f"{AS_LONG}, or end it with lrsched.cooldown",
    ),
    "ends early": Wording(
        "warning", "the schedule ends at step {length}, and holds {last:.4g} for {more} updates more", AS_LONG
    ),
    "floor not trained": Wording(
        "note",
        "the last update has the value {last:.8g}, and {floor:.8g} comes one update later",
        "let the schedule end at step {step}",
    ),
    "jump": Wording(
        "warning",
        "the value jumps from {before:.4g} to {after:.4g}{others}",
        "let the piece begin where the one before it ends, if no restart is meant",
    ),
}
"""The words for each surprise, by its name."""
OTHERS = " ({others} more were seen)"
"""What follows the first of several jumps."""
IN_THE_END = "the value is {last:.4g} at the end of the run, and {end:.4g} in the end"
"""The message for an end that is not reached and comes at no step."""


def _finding(name: str, at: int, message: str | None = None, **numbers: Any) -> Finding:
    """A surprise in its words."""
    wording = WORDINGS[name]
    text = (message or wording.message).format(**numbers)
    return Finding(name, text, wording.remedy.format(**numbers), at, wording.severity)


def not_finite(seen: Survey) -> Finding | None:
    """A value that is infinite or NaN."""
    return _first(seen, ~np.isfinite(seen.values), "not finite")


def negative(seen: Survey) -> Finding | None:
    """A value below 0."""
    return _first(seen, seen.values < 0, "negative")


def _first(seen: Survey, found: Any, name: str) -> Finding | None:
    if not found.any():
        return None
    at = int(np.argmax(found))
    return _finding(name, int(seen.steps[at]), value=seen.values[at])


def zero_start(seen: Survey) -> Finding | None:
    """A first update that changes nothing."""
    return _finding("zero start", 0) if seen.values[0] == 0 else None


def warmup_length(seen: Survey) -> Finding | None:
    """A first rise that is shorter or longer than that of any published run."""
    rises = seen.values[1:] > seen.values[:-1]
    if rises.size == 0 or not rises[0]:
        return None
    top = rises.size if rises.all() else int(np.argmin(rises))
    steps, total = int(seen.steps[top]), seen.total_steps
    is_short, is_long = steps < SHORT_STEPS and steps < SHORT_SHARE * total, steps > LONG_SHARE * total
    if not is_short and not is_long:
        return None
    name = "short warmup" if is_short else "long warmup"
    return _finding(name, steps, steps=steps, total=total, percent=100 * steps / total)


def peak_not_reached(seen: Survey) -> Finding | None:
    """A highest value that comes after the run."""
    schedule, total = seen.schedule, seen.total_steps
    later = [step for boundary in schedule.boundaries if boundary >= total for step in (boundary - 1, boundary)]
    later += _doublings(total)
    values = [_after(schedule, step) for step in later]
    best = int(np.argmax(values))
    within = float(seen.values.max())
    if not values[best] > max(within, 0.0) * SAME:
        return None
    return _finding("peak not reached", later[best], best=values[best], step=later[best], within=within)


def end_not_reached(seen: Survey) -> Finding | None:
    """A schedule that is longer than the run, by its length, or by its values where it has none, as on a clock."""
    length, total, last = seen.schedule.length, seen.total_steps, seen.values[-1]
    if length is not None and length > total:
        return _finding("end not reached", total, total=total, last=last, length=length)
    later = [step * part // 21 for step in _doublings(total)[RESTS:] for part in APART]
    rest = {_after(seen.schedule, min(step, last_step)) for step in later}
    end = min(rest)
    close = abs(last - end) <= RESTED * np.abs(seen.values).max()
    if length is not None or len(rest) > 1 or not math.isfinite(end) or close:
        return None
    return _finding("end not reached", total, IN_THE_END, last=last, end=end)


def _doublings(total: int) -> list[int]:
    """The end of the run, of one twice as long, and so on."""
    return [min(total << doubling, last_step) for doubling in range(DOUBLINGS + 1)]


def _after(schedule: Schedule, step: int) -> float:
    """The value at a step after the run, which a plain callable need not know."""
    try:
        value = float(schedule(step))
    except Exception:
        return -math.inf
    return value if math.isfinite(value) else -math.inf


def ends_early(seen: Survey) -> Finding | None:
    """A decay that has ended while the run goes on; a value that is held as a piece of its own is meant."""
    schedule, total = seen.schedule, seen.total_steps
    length = schedule.length
    if length is None or not 0 < length < total - 1 or length in schedule.boundaries:
        return None
    last = schedule(length)
    if last >= seen.values.max():
        return None
    return _finding("ends early", int(length), length=length, last=last, more=total - length)


def floor_not_trained(seen: Survey) -> Finding | None:
    """A decay that ends with the run, above 0: its last value is for the update after the last one."""
    schedule, total, last = seen.schedule, seen.total_steps, seen.values[-1]
    if schedule.length != total or not 0 < schedule(total) * SAME < last:
        return None
    return _finding("floor not trained", total - 1, last=last, floor=schedule(total), step=total - 1)


def jump(seen: Survey) -> Finding | None:
    """Two values that follow one another and are far apart, where those around them are not.

    Stairs are not counted, but for a rise by a factor of 10: a warmup that is held, and not a ramp.
    """
    before, after = seen.values[:-1], seen.values[1:]
    apart = np.abs(after - before)
    apart[np.diff(seen.steps) != 1] = 0.0
    around = np.maximum(np.append(0.0, apart[:-1]), np.append(apart[1:], 0.0))
    far = (apart > JUMP * np.abs(seen.values).max()) & (apart > ALONE * around)
    far &= (around > 0) | (after * SAME >= STAIR * np.maximum(before, 0.0)) & (after > before)
    far[:1] = False  # a first step is the warmup's
    if not far.any():
        return None
    at, more = int(np.argmax(far)), int(far.sum()) - 1
    others = OTHERS.format(others=more) if more else ""
    return _finding("jump", int(seen.steps[at + 1]), before=before[at], after=after[at], others=others)


LOOKS: tuple[Callable[[Survey], Finding | None], ...] = (
    negative,
    zero_start,
    warmup_length,
    peak_not_reached,
    end_not_reached,
    ends_early,
    floor_not_trained,
    jump,
)
"""All surprises but values that are not finite, which make the others meaningless."""

NAMES = (*WORDINGS, "past changed", "jump at the change")
"""The names of what is found in values."""
