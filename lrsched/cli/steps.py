"""`--steps N`: how far a command looks."""

from collections.abc import Sequence

import click

from ..core.numbers import last_step
from ..core.schedule import Schedule
from ..view.sampling import last_shown
from .refused import Refused

__all__ = ["last_step_option", "shown_until"]

last_step_option = click.option("--steps", metavar="N", type=int, help="The last step, 1 or more.")
"""The option of a command that shows schedules up to some step."""


def shown_until(given: Sequence[Schedule], steps: int | None) -> int:
    """The last step that is shown."""
    if steps is None and max(schedule.length or 0 for schedule in given) > last_step:
        it = "the schedule" if len(given) == 1 else "the longest schedule"
        raise Refused(f"{it} must end by step 2**53 = {last_step} to be shown as a whole; give --steps")
    if steps is None:
        return last_shown(given)
    if steps < 1:
        raise Refused(f"--steps {steps} must be at least 1; it is the last step that is shown")
    if steps > last_step:
        raise Refused(f"--steps {steps} must be at most 2**53 = {last_step}; count in a larger unit")
    return steps
