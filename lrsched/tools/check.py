"""What would surprise in a schedule, before the run is paid for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from ..core.checks import Site
from ..core.schedule import Schedule
from .findings import LOOKS, Finding, not_finite
from .sizes import size
from .survey import plain, survey

__all__ = ["Finding", "Report", "check"]

WIDTH = 200
"""The longest repr of a schedule that a report shows."""


@dataclass(frozen=True, repr=False)
class Report(Sequence[Finding]):
    """What `check` found: a sequence of findings, which is false where there are none."""

    schedule: Schedule
    total_steps: int
    findings: tuple[Finding, ...]
    looked_at: str
    """Which updates the values were looked at."""

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.findings[index]

    def __len__(self) -> int:
        return len(self.findings)

    def __repr__(self) -> str:
        """The findings, one in a line."""
        many = f"{len(self)} finding{'' if len(self) == 1 else 's'}" if self else "nothing found"
        head = f"{_short(repr(self.schedule))}\n  over {self.total_steps} updates, {self.looked_at}: {many}"
        return "\n".join([head, *(f"  {finding}" for finding in self)])


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def check(schedule: Schedule, total_steps: int) -> Report:
    """What would surprise in a run of `total_steps` updates under a schedule.

    | name | what was seen |
    |---|---|
    | not finite | a value that is infinite or NaN; nothing else is looked for then |
    | negative | a value below 0 |
    | zero start | the first update has the value 0 |
    | short warmup | the values rise for fewer than 40 updates and less than 0.1 % of the run, then no more |
    | long warmup | the values rise for more than half of the run |
    | peak not reached | the highest value comes after the run |
    | end not reached | the schedule is longer than the run |
    | ends early | the last decay ends before the last update |
    | floor not trained | the decay to a value above 0 ends with the run, so that this value comes one update too late |
    | jump | two values in a row differ by over 5 % of the highest, and by over ten times as much as those around |

    A stair between two values that are held, as of `step_decay`, is no jump, unless it rises by a factor of 10 or
    more: a constant warmup that ends at once. Relative differences below 1e-6 are ignored. A restart is a jump too.

    Runs of up to a million updates are looked at entirely. Of longer runs, the first and the last 4 096 updates, the 16
    to either side of each of the first 2 048 boundaries, and 1 024 blocks of 64 between them: a surprise that is
    narrower than that, inside a callable, can be missed. `Report.looked_at` says which. After the run, the boundaries,
    the end, and 10 doublings of the run are looked at.

    Args:
        schedule: the schedule (its numbers known, not traced).
        total_steps: the updates of the run (steps), 1 or more.

    Raises ValueError or TypeError for a number of steps that is not whole or less than 1, and for what is not a
    schedule of numbers.

    >>> from lrsched import warmup_cosine
    >>> check(warmup_cosine(3e-4, 1_000, 99_999, init_value=3e-7), 100_000)
    warmup_cosine(0.0003, 1000, 99999, init_value=3e-07)
      over 100000 updates, all looked at: nothing found
    >>> report = check(warmup_cosine(3e-4, 1_000, 120_000), 100_000)
    >>> [finding.name for finding in report]
    ['zero start', 'end not reached']
    >>> print(report[1].message)
    the schedule ends at step 120000, and the run after 100000 updates, at the value 2.043e-05
    """
    made = plain(Site("check", "schedule"), schedule)
    seen = survey(made, size(Site("check", "total_steps"), total_steps))
    wrong = not_finite(seen)
    findings = [wrong] if wrong else [found for look in LOOKS if (found := look(seen))]
    return Report(made, seen.total_steps, tuple(findings), seen.looked_at)
