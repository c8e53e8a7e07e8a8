"""What a check found: findings, the worst first, some of them ignored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ..checks import Site, guess
from ..core.parameters import choice
from ..core.schedule import Schedule
from .findings import SEVERITIES, Finding, Severity

__all__ = ["Report", "ignored", "report"]

WIDTH = 200
"""The longest repr of a schedule that a report shows."""


@dataclass(frozen=True, repr=False)
class Report(Sequence[Finding]):
    """What `check` found: a sequence of findings, which is false if there are none."""

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

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this severity or worse: "error", "warning" or "note".

        >>> from lrsched import check, warmup_cosine
        >>> check(warmup_cosine(3e-4, 1_000, 10_000), 10_000).at_least("warning")
        ()
        """
        severity = _severity(Site("at_least", "severity"), severity)
        most = SEVERITIES.index(severity)
        return tuple(finding for finding in self if SEVERITIES.index(finding.severity) <= most)

    def __repr__(self) -> str:
        """The findings, one in a line, the worst first."""
        counts = [sum(finding.severity == severity for finding in self) for severity in SEVERITIES]
        found = [_count(n, severity) for n, severity in zip(counts, SEVERITIES, strict=True) if n]
        many = ", ".join(found) or "nothing found"
        head = f"{_short(repr(self.schedule))}\n  over {self.total_steps} updates, {self.looked_at}: {many}"
        return "\n".join([head, *(f"  {finding}" for finding in self)])


_severity = choice(SEVERITIES).check


def _count(number: int, severity: str) -> str:
    return f"{number} {severity}{'' if number == 1 else 's'}"


def report(
    schedule: Schedule, total_steps: int, findings: Iterable[Finding], looked_at: str, ignored: Sequence[str]
) -> Report:
    """A report without the findings that are ignored, the worst first."""
    kept = [finding for finding in findings if finding.name not in ignored]
    kept.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Report(schedule, total_steps, tuple(kept), looked_at)


def ignored(site: Site, names: Any, known: Sequence[str]) -> list[str]:
    """The names of findings to leave out; "zero-start" and "zero_start" are "zero start"."""
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        site.refuse(names, f"must be a list of names, not {type(names).__name__}", "write [...]", TypeError)
    found: list[str] = []
    for index, name in enumerate(names):
        plain = name.replace("-", " ").replace("_", " ") if isinstance(name, str) else name
        if plain not in known:
            site.item(index).refuse(name, "must be the name of a finding", guess(str(plain), known))
        found.append(plain)
    return found


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."
