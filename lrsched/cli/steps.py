"""Numbers of steps on the command line: `--steps N`, `--every K`, and the steps of `lrsched at`."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..arrays.libraries import is_number
from ..arrays.numbers import last_step
from ..core.schedule import Schedule
from ..text.expressions import Reader
from ..view.sampling import last_shown
from .refused import Refused

__all__ = ["StepCount", "last_step_option", "shown_until", "step_count"]


def step_count(text: str, names: Mapping[str, float] | None = None) -> int:
    """The number of steps that a string gives: 10000, 10_000, 1e4, or 30*391; anything else is a ValueError."""
    number = Reader(text, names).value_of_text()
    if isinstance(number, bool) or not is_number(number) or number % 1 != 0:  # infinity % 1 is not a number
        raise ValueError(f"{text} must be a whole number of steps; write 10000 or 1e4")
    return int(number)


class StepCount(click.ParamType):  # type: ignore[type-arg]  (generic in newer versions of click alone)
    """A number of steps."""

    name = "steps"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The number, or what is wrong."""
        try:
            return value if isinstance(value, int) else step_count(value)
        except ValueError:
            self.fail(f"{value} must be a whole number of steps; write 10000 or 1e4", param, ctx)


last_step_option = click.option("--steps", metavar="N", type=StepCount(), help="The last step, 1 or more.")
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
