"""Likely mistakes in a schedule, found before the run."""

from collections.abc import Iterable

from ..core.checks import Site
from ..core.schedule import Schedule
from .findings import LOOKS, NAMES, Finding, not_finite
from .report import Report, ignored, report
from .sizes import size
from .survey import plain, survey

__all__ = ["Finding", "Report", "check"]


def check(schedule: Schedule, total_steps: int, *, ignore: Iterable[str] = ()) -> Report:
    """Look for likely mistakes in a schedule, for a run of `total_steps` updates.

    | name | severity | what was seen |
    |---|---|---|
    | not finite | error | a value that is infinite or NaN; nothing else is looked for then |
    | negative | error | a value below 0 |
    | short warmup | warning | the values rise for fewer than 40 updates and less than 0.1 % of the run, then no more |
    | long warmup | warning | the values rise for more than half of the run |
    | peak not reached | warning | the highest value comes after the run |
    | end not reached | warning | the schedule is longer than the run |
    | ends early | warning | the last decay ends before the last update |
    | jump | warning | two values in a row differ by over 5 % of the highest, and 10 times as much as those around |
    | zero start | note | the first update has the value 0 |
    | floor not trained | note | a decay to a value above 0 ends with the run: this value comes one update too late |

    An error makes the run fail, a warning is likely a mistake, and a note is common and mostly harmless.

    A stair between two values that are held, as of `step_decay`, is no jump, unless it rises by a factor of 10 or
    more: a constant warmup that ends at once. Relative differences below 1e-6 are ignored. A restart is a jump too.

    Runs of up to a million updates are looked at entirely. Of longer runs, the first and the last 4 096 updates, the 16
    to either side of each of the first 2 048 boundaries, and 1 024 blocks of 64 between them: a surprise that is
    narrower than that, inside a callable, can be missed. `Report.looked_at` says which. After the run, the boundaries,
    the end, and 10 doublings of the run are looked at.

    Args:
        schedule: the schedule (its numbers known, not traced).
        total_steps: the updates of the run (steps), 1 or more.
        ignore: the names of findings that are left out, such as `["zero start"]`.

    Raises ValueError or TypeError for a number of steps that is not whole or less than 1, for what is not a schedule of
    numbers, and for a name of no finding.

    >>> from lrsched import warmup_cosine
    >>> check(warmup_cosine(3e-4, 1_000, 100_000), 100_000, ignore=["zero start"])
    warmup_cosine(0.0003, 1000, 100000)
      over 100000 updates, all looked at: nothing found
    >>> report = check(warmup_cosine(3e-4, 1_000, 120_000), 100_000)
    >>> [(finding.name, finding.severity) for finding in report]
    [('end not reached', 'warning'), ('zero start', 'note')]
    >>> print(report[0].message)
    the schedule ends at step 120000, and the run after 100000 updates, at the value 2.043e-05
    """
    left_out = ignored(Site("check", "ignore"), ignore, NAMES)
    made = plain(Site("check", "schedule"), schedule)
    seen = survey(made, size(Site("check", "total_steps"), total_steps))
    wrong = not_finite(seen)
    findings = [wrong] if wrong else [found for look in LOOKS if (found := look(seen))]
    return report(made, seen.total_steps, findings, seen.looked_at, left_out)
