"""What the losses of a run say of its schedule."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..arrays.numbers import last_step
from ..checks import Site
from ..core.schedule import Schedule
from .curve import Curve, curve
from .findings import Finding
from .loss_findings import LOOKS, explosion, not_finite
from .report import Report, ignored, report
from .suggestions import LEAST, Numbers, numbers
from .survey import plain

__all__ = ["check_losses"]

NAMES = ("explosion", "no fall in warmup", "spike", "plateau", "no recovery", "past the end")
"""The names of what is found in losses."""

HUGE = 1e100
"""A larger loss counts as infinite, so that no square overflows."""


def check_losses(
    losses: Numbers, schedule: Schedule, *, steps: "Numbers | None" = None, ignore: Iterable[str] = ()
) -> Report:
    """Look for problems with the schedule in the training losses of a run.

    | name | severity | what was seen |
    |---|---|---|
    | explosion | error | a loss that is infinite or NaN, or that ends far above its lowest |
    | no fall in warmup | error, warning | a loss that rises, or stays the same, while the rate rises |
    | spike | warning | a loss more than 6 standard deviations above those before it |
    | plateau | warning | a loss that stops falling in the first half of the time in which the rate is held |
    | no recovery | warning | a loss that stays above that before a restart, though the rate has come down again |
    | past the end | warning | losses of updates after the end of the schedule |

    Each finding has a severity, a step and a rate. "Far above" means that half of the progress is lost, or 4 times the
    lowest loss, smoothed as in a range test. The explosion begins with the first loss above that; only the losses
    before it are checked. A spike is measured against the last 128 losses. The other findings come from a fitted
    straight line, whose slope is compared with two standard errors.

    Args:
        losses: the training losses, in the order of the updates; NaN and infinite where it has diverged. Five or more,
            unless one is not finite.
        schedule: the schedule of the run (its numbers known, not traced).
        steps: the update of each loss, counted from 0 (steps), rising; by default 0, 1, 2 ... .
        ignore: the names of findings to leave out, such as `["spike"]`.

    Raises ValueError or TypeError for fewer than 5 losses that are all finite, steps that do not rise, are not whole or
    differ in number from the losses, and a schedule that is traced or no schedule at all.

    Source: OLMo-core, `StabilityMonitorCallback` (the spike); fastai `LRFinder` (4 times the lowest loss).

    >>> from lrsched import warmup_cosine
    >>> losses = [10 * 0.98**step for step in range(60)] + [9.0, 50.0, float("nan")]
    >>> report = check_losses(losses, warmup_cosine(3e-4, 20, 100))
    >>> [(finding.name, finding.severity, finding.step, round(finding.rate, 6)) for finding in report]
    [('explosion', 'error', 60, 0.00015)]
    >>> print(report[0].message)
    the loss is 9, and nan at step 62 from there on
    """
    call = "check_losses"
    left_out = ignored(Site(call, "ignore"), ignore, NAMES)
    made, y = plain(Site(call, "schedule"), schedule), numbers(Site(call, "losses"), losses)
    if len(y) < LEAST and np.isfinite(y).all():
        Site(call, "losses").refuse(losses, f"must be {LEAST} or more, not {len(y)}", "train for longer")
    y = np.where(np.abs(y) > HUGE, np.copysign(np.inf, y), y)
    seen = curve(made, _steps(call, steps, len(y)), y)
    findings = tuple(_findings(seen))
    return report(made, int(seen.steps[-1]) + 1, findings, f"{len(y)} losses checked", left_out)


def _findings(seen: Curve) -> Iterator[Finding]:
    """What is found, the explosion first; the rest in what comes before it."""
    if bad := not_finite(seen):
        yield bad
        finite = np.isfinite(seen.losses)
        seen = seen.only(finite) if finite[-1] else seen.before(bad.step)
    if len(seen.losses) >= LEAST and (bad := explosion(seen)):
        yield bad
        seen = seen.before(bad.step)
    if len(seen.losses) >= LEAST:
        yield from (found for look in LOOKS if (found := look(seen)))


def _steps(call: str, steps: Any, many: int) -> Any:
    """The update of each loss, as integers."""
    if steps is None:
        return np.arange(many)
    site, found = Site(call, "steps"), numbers(Site(call, "steps"), steps)
    if len(found) != many:
        site.refuse(steps, f"must be as many as the losses, {many}, not {len(found)}", "give the update of each loss")
    if not (np.isfinite(found).all() and (found == np.floor(found)).all()):
        site.refuse(steps, "must be whole numbers", "count updates of the optimizer")
    if found[0] < 0 or found[-1] > last_step or (np.diff(found) <= 0).any():
        site.refuse(steps, "must rise from 0 or more", "of a run that was resumed, keep the later losses")
    return found.astype(np.int64)
