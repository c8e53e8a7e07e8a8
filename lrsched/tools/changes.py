"""What a change of plan does to a run that has begun: one small function for each surprise."""

from ..core.schedule import Schedule
from ..view.compare import compare
from .findings import SAME, Finding

__all__ = ["changes"]


def changes(new: Schedule, old: Schedule, at: int) -> list[Finding]:
    """What a schedule changes that takes the place of another one at a step."""
    found = (_past(new, old, at), _jump(new, old, at))
    return [finding for finding in found if finding]


def _past(new: Schedule, old: Schedule, at: int) -> Finding | None:
    """Values before the change that are not those of the run."""
    apart = compare(old, new, max(at - 1, 1), tolerance=SAME - 1).whole
    if at == 0 or apart is None or apart.first >= at:
        return None
    most = "" if at == 1 else f", most at step {apart.step}, by {apart.difference:+.4g}"
    message = f"the values before the change at step {at} are not those that the run had{most}"
    remedy = "keep the past: lrsched.extend(old, at, total_steps), lrsched.cooldown(old, at, steps), or lrsched.join"
    return Finding("past changed", message, remedy, apart.first, "error")


def _jump(new: Schedule, old: Schedule, at: int) -> Finding | None:
    """A first value after the change that is not the one of the old schedule."""
    was, now = old(at), new(at)
    largest = max(abs(was), abs(now))
    if abs(now - was) <= (SAME - 1) * largest:
        return None
    old_value = f"{now / was:.4g} times the {was:.6g} of the old schedule" if was else "and 0 in the old schedule"
    message = f"the value is {now:.6g}, {old_value}"
    return Finding("jump at the change", message, "let the new part begin at the old value, or warm up to it", at)
