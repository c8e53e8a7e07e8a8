"""What the losses of a run can say of its schedule: one small function for each, `Curve -> Finding | None`."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .curve import Curve, fall, smooth
from .findings import JUMP, Finding, Severity
from .suggestions import LEAST, STOP_FACTOR

__all__ = ["LOOKS", "explosion", "not_finite"]

SPIKE, WINDOW, WARM = 6.0, 128, 32
"""A spike is 6 standard deviations of the last 128 losses above them: as in OLMo-core's `StabilityMonitorCallback`.

Here 32 losses are enough to begin with. Of losses above 0 the logarithms are taken, since the loss of a small batch is
often several times the mean.
"""
LEVEL, DRIFT = 0.2, 32
"""The level that a loss is compared with: the weight of a new loss, and over how many the fall is averaged."""
SIGNIFICANT = 2.0
"""A change of fewer standard errors is not significant."""
POINTS = 10
"""A trend of fewer losses is not judged."""
SMALL = 0.05
"""A warmup is flat where the loss has fallen by less than this part of itself, by two standard errors."""
STOPPED = 0.02
"""A plateau is flat where the loss has fallen by less than this part of the whole fall, by two standard errors."""
PARTS = 20
"""A plateau is looked for from each twentieth of the time on."""
DOWN = 0.1
"""A restart is over when the rate has fallen to this part of its rise."""

LOWER = "lower the peak, lengthen the warmup, or clip the gradient"


def _finding(seen: Curve, at: int, name: str, message: str, remedy: str, severity: Severity = "warning") -> Finding:
    return Finding(name, message, remedy, int(seen.steps[at]), severity=severity, rate=float(seen.rates[at]))


# Explosions.


def not_finite(seen: Curve) -> Finding | None:
    """Losses that are infinite or NaN."""
    bad = ~np.isfinite(seen.losses)
    if not bad.any():
        return None
    at = int(np.argmax(bad))
    begin = _first_above(seen.only(slice(at)), at) if at >= LEAST else at
    message = f"the loss is {seen.losses[begin]:.4g}"
    if begin < at:
        message += f", and {seen.losses[at]:.4g} at step {seen.steps[at]}"
    if bad[at:].all():
        return _finding(seen, begin, "explosion", f"{message} from there on", LOWER, "error")
    message += f"; {int(bad.sum())} of {len(bad)} losses are not finite"
    return _finding(
        seen, begin, "explosion", message, f"{LOWER}, unless a gradient scaler skipped the updates", "error"
    )


def explosion(seen: Curve) -> Finding | None:
    """A loss that loses half of what it has learned, or becomes 4 times its lowest, and does not come back."""
    smoothed, limit = smooth(seen.losses), _limit(seen)
    if not smoothed[-1] > limit:
        return None
    lowest = int(smoothed.argmin())
    begin = _first_above(seen, 1 + int(np.flatnonzero(smoothed <= limit)[-1]))
    message = f"the loss is {seen.losses[begin]:.4g}, was {smoothed[lowest]:.4g} at step {seen.steps[lowest]}"
    return _finding(seen, begin, "explosion", f"{message}, and does not come back", LOWER, "error")


def _limit(seen: Curve) -> float:
    """The loss from which on it has exploded."""
    smoothed = smooth(seen.losses)
    end = 1 + int(smoothed.argmin())
    smoothed, noise = smoothed[:end], SPIKE * seen.only(slice(max(end, WARM))).noise
    lowest = float(smoothed[-1])
    learned = float(smoothed[:LEAST].max()) - lowest
    half = learned / 2 if learned > noise else math.inf
    return lowest + max(min((STOP_FACTOR - 1) * abs(lowest), half), noise)


def _first_above(seen: Curve, end: int) -> int:
    """The first of the losses before a place that are all above the limit, or that place."""
    limit = _limit(seen)
    while end and seen.losses[end - 1] > limit:
        end -= 1
    return end


# Spikes.


class Spike(NamedTuple):
    """A loss far above those before it: its place, and after how many losses it was back."""

    at: int
    back: int | None


def spikes(losses: Any) -> Iterator[Spike]:
    """The spikes; a loss that stays above for 128 is the new level."""
    sizes = np.log(losses) if (losses > 0).all() else losses
    level, drift, square, seen, begin = float(sizes[0]), 0.0, 0.0, 0, -1
    for place, size in enumerate(sizes.tolist()):
        apart = size - level - drift
        above = place >= WARM and apart > SPIKE * math.sqrt(square)
        if above and begin < 0:
            begin = place
        if begin >= 0 and (not above or place - begin >= WINDOW):
            yield Spike(begin, None if above else place - begin)
            begin = -1
            if above:
                level, apart = size - drift, 0.0
        if begin < 0:
            seen += 1
            level += LEVEL * (size - level)
            drift += apart / min(seen, DRIFT)
            square += (apart * apart - square) / min(seen, WINDOW)
    if begin >= 0:
        yield Spike(begin, None)


def spike(seen: Curve) -> Finding | None:
    """Losses far above those before them, but for those of restarts."""
    rises = {place for restart in restarts(seen.rates) for place in range(restart.at, restart.top + WINDOW)}
    found = [one for one in spikes(seen.losses) if one.at not in rises]
    if not found:
        return None
    first, others = found[0], [str(seen.steps[one.at]) for one in found[1:6]]
    back = "does not come back" if first.back is None else f"is back after {_many(first.back, 'loss')}"
    before = float(np.median(seen.losses[max(first.at - WARM, 0) : first.at]))
    top = float(seen.losses[first.at :][: first.back or WINDOW].max())
    message = f"the loss rises from {before:.4g} to {top:.4g} and {back}"
    if others:
        more = len(found) - 1 - len(others)
        message += f"; more at steps {', '.join(others)}{f' and {more} others' if more else ''}"
    return _finding(seen, first.at, "spike", message, f"{LOWER}; look at the batch")


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 'es'}"


# The warmup, the plateau, the restarts.


def warmup_without_a_fall(seen: Curve) -> Finding | None:
    """A loss that does not fall in the warmup."""
    rises = np.diff(seen.rates) > 0
    end = 1 + (len(rises) if rises.all() else int(np.argmin(rises)))
    if end < POINTS:
        return None
    fell, error = fall(seen.losses[:end])
    rising = fell < -SIGNIFICANT * error
    small = fell + SIGNIFICANT * error <= SMALL * abs(float(np.median(seen.losses[:end])))
    if not rising and (fell > SIGNIFICANT * error or not small):
        return None
    change = f"rises by {-fell:.3g}" if rising else "does not fall"
    message = f"the loss {change} while the rate rises, from {seen.losses[0]:.4g} at step {seen.steps[0]}"
    remedy = "look for a bug: parameters that are not in the optimizer, the sign of the loss, labels, a rate far off"
    return _finding(seen, end - 1, "no fall in warmup", message, remedy, "error" if rising else "warning")


def plateau(seen: Curve) -> Finding | None:
    """A loss that stops falling while the rate is held, in the first half of that time."""
    begin, end = held(seen.rates)
    losses = seen.losses[begin:end]
    whole = float(smooth(seen.losses)[:LEAST].max() - np.median(losses))
    if whole <= SPIKE * seen.noise:
        return None
    for part in range(PARTS // 2 + 1):
        rest = losses[len(losses) * part // PARTS :]
        if len(rest) < POINTS:
            return None
        fell, error = fall(rest)
        if fell <= SIGNIFICANT * error and fell + SIGNIFICANT * error <= STOPPED * whole:
            at = begin + len(losses) - len(rest)
            until = f"until step {seen.steps[end - 1]}, while the rate is held"
            message = f"the loss stays at {float(np.median(rest)):.4g} {until}"
            return _finding(seen, at, "plateau", message, "begin the decay earlier, or try another peak")
    return None


def held(rates: Any) -> tuple[int, int]:
    """The places of the longest stretch where the rate is the highest one."""
    same = np.flatnonzero(np.diff(np.append(np.append(0, rates >= rates.max()), 0)))
    begins, ends = same[::2], same[1::2]
    longest = int((ends - begins).argmax())
    return int(begins[longest]), int(ends[longest])


class Restart(NamedTuple):
    """A rate that rises again after it has fallen: the first place of the rise, its top, and where it has come down."""

    at: int
    top: int
    down: int | None


def restarts(rates: Any) -> Iterator[Restart]:
    """The rises of more than 5 % of the highest rate, but the first."""
    way = np.sign(np.diff(rates))
    turns = np.flatnonzero(way)
    for before, after in itertools.pairwise(turns):
        if way[before] < 0 < way[after]:
            falls = np.flatnonzero(way[after:] < 0)
            top = int(after + falls[0]) if falls.size else len(rates) - 1
            rise = rates[top] - rates[after]
            if rise > JUMP * rates.max():
                down = np.flatnonzero(rates[top:] <= rates[after] + DOWN * rise)
                yield Restart(int(after) + 1, top, top + int(down[0]) if down.size else None)


def no_recovery(seen: Curve) -> Finding | None:
    """A restart after which the loss never becomes as low as before, though the rate has come down again."""
    found: list[tuple[Restart, float, float]] = []
    begin = 0
    for restart in restarts(seen.rates):
        before = seen.losses[max(begin, restart.at - WARM) : restart.at]
        begin = restart.at
        if restart.down is None or not len(before):
            continue
        many = min(len(before), 8)
        level = float(np.median(before[-many:]))
        after = seen.losses[restart.top :]
        windows = np.lib.stride_tricks.sliding_window_view(after, min(many, len(after)))
        lowest = float(np.median(windows, axis=1).min())
        if lowest > level + SIGNIFICANT * seen.noise:
            found.append((restart, level, lowest))
    if not found:
        return None
    restart, level, lowest = found[0]
    more = f" ({len(found) - 1} more were seen)" if len(found) > 1 else ""
    message = f"the loss was {level:.4g} before the restart, and is {lowest:.4g} at its lowest after it{more}"
    return _finding(seen, restart.at, "no recovery", message, "leave out the restart, or restart at a lower rate")


def past_the_end(seen: Curve) -> Finding | None:
    """Losses of updates after the end of the schedule."""
    schedule, last = seen.schedule, int(seen.steps[-1])
    length = schedule.length
    if length is None or not 0 < length < last or length in schedule.boundaries or seen.rates[-1] >= seen.rates.max():
        return None
    message = (
        f"the schedule ends at step {length}, and the losses at step {last}; the rate is {seen.rates[-1]:.4g} between"
    )
    return _finding(
        seen, int(np.argmax(seen.steps >= length)), "past the end", message, "make the schedule as long as the run"
    )


LOOKS: tuple[Callable[[Curve], Finding | None], ...] = (
    warmup_without_a_fall,
    spike,
    plateau,
    no_recovery,
    past_the_end,
)
"""All but the explosions, after which nothing else is looked for."""
