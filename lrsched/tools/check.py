"""Likely mistakes in a schedule, found before the run."""

from collections.abc import Iterable

from ..checks import Site
from ..core.schedule import Schedule
from .changes import changes
from .findings import LOOKS, NAMES, Finding, not_finite
from .report import Report, ignored, report
from .sizes import count, size
from .survey import plain, survey

__all__ = ["Finding", "Report", "check"]


def check(
    schedule: Schedule,
    total_steps: int | None = None,
    *,
    after: Schedule | None = None,
    at: int | None = None,
    ignore: Iterable[str] = (),
) -> Report:
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
    | past changed | error | with `after`: a value before the step `at` is not that of the old schedule |
    | jump at the change | warning | with `after`: the value at the step `at` is not that of the old one |

    An error makes the run fail, a warning is likely a mistake, and a note is common and mostly harmless.

    A stair between two held values, as in `step_decay`, is not a jump, unless it rises by a factor of 10 or more, as at
    the end of a constant warmup. Relative differences below 1e-6 are ignored. A restart is a jump, too.

    In runs of up to a million updates, every update is checked. In longer runs, `check` looks at the first and last
    4,096 updates, the 16 on either side of each of the first 2,048 boundaries, and 1,024 blocks of 64 between them. It
    can miss a problem inside a callable that is narrower than that. `Report.looked_at` says what was checked. After the
    run, the boundaries, the end, and 10 doublings of the run are checked.

    Args:
        schedule: the schedule (its numbers known, not traced).
        total_steps: the updates of the run (steps), 1 or more; by default the length of the schedule.
        after: the schedule that this one replaces, if the run has begun.
        at: the step of the change (steps), 0 or more and less than `total_steps`, such as the step of the checkpoint.
        ignore: the names of findings to leave out, such as `["zero start"]`.

    Raises ValueError or TypeError for steps that are not whole or are less than 1, a schedule that is traced or no
    schedule at all, `after` without `at`, a change after the last update, and an unknown name in `ignore`.

    >>> from lrsched import warmup_cosine
    >>> check(warmup_cosine(3e-4, 1_000, 100_000), 100_000, ignore=["zero start"])
    warmup_cosine(0.0003, 1000, 100000)
      over 100000 updates, all checked: nothing found
    >>> report = check(warmup_cosine(3e-4, 1_000, 120_000), 100_000)
    >>> [(finding.name, finding.severity) for finding in report]
    [('end not reached', 'warning'), ('zero start', 'note')]
    >>> print(report[0].message)
    the run ends after 100000 updates, at the value 2.043e-05, but the schedule ends at step 120000
    >>> changed = check(warmup_cosine(3e-4, 1_000, 150_000), after=warmup_cosine(3e-4, 1_000, 100_000), at=60_000)
    >>> [(finding.name, finding.step) for finding in changed.at_least("warning")]
    [('past changed', 1085), ('jump at the change', 60000)]
    """
    left_out = ignored(Site("check", "ignore"), ignore, NAMES)
    made = plain(Site("check", "schedule"), schedule)
    if total_steps is None:
        total_steps = made.length
        if not total_steps:
            remedy = "the schedule has no end of its own; give the updates of the run"
            Site("check", "total_steps").refuse(None, "must be given", remedy, TypeError)
    if (after is None) != (at is None):
        given, other, what = ("after", "at", "step of the change") if at is None else ("at", "after", "old schedule")
        value = after if at is None else at
        Site("check", given).refuse(value, f"must come with {other}, the {what}", f"write {other}=...", TypeError)
    old = None if after is None else plain(Site("check", "after"), after)
    steps = size(Site("check", "total_steps"), total_steps)
    begin = None if at is None else count(Site("check", "at"), at)
    if begin is not None and begin >= steps:
        demand = f"must be less than {steps}, the updates of the run"
        Site("check", "at").refuse(at, demand, "give the total_steps of the run that goes on")
    seen = survey(made, steps)
    wrong = not_finite(seen)
    findings = [wrong] if wrong else [found for look in LOOKS if (found := look(seen))]
    if old is not None and begin is not None and not wrong:
        findings += changes(made, old, begin)
    return report(made, seen.total_steps, findings, seen.looked_at, left_out)
