"""Schedules that are written in epochs."""

from ..checks import Site
from ..combinators.time import stretch
from ..core.parameters import flag
from ..core.schedule import Schedule
from .sizes import a_schedule, size
from .staircase import staircase as held_for

__all__ = ["from_epochs"]

_flag = flag()


def from_epochs(schedule: Schedule, steps_per_epoch: int, *, staircase: bool = False) -> Schedule:
    """A schedule in epochs, converted to updates.

        s(t) = schedule(t / steps_per_epoch)
        s(t) = schedule(floor(t / steps_per_epoch))    with staircase=True

    It is `stretch(schedule, steps_per_epoch)`: a boundary after 30 epochs becomes the first update of epoch 30, and a
    smooth curve changes at every update. With `staircase`, the value changes once an epoch, as in a loop that calls
    `scheduler.step()` at the end of an epoch.

    Args:
        schedule: the value as a function of the epoch (a schedule).
        steps_per_epoch: the updates per epoch (steps), 1 or more: `Horizon(...).steps_per_epoch`.
        staircase: whether all updates of an epoch have the value of the first one.

    Raises ValueError or TypeError for steps that are not whole or are less than 1, and for anything but a schedule.

    >>> from lrsched import cosine, step_decay
    >>> s = from_epochs(step_decay(0.1, 0.1, 30), 5_005)
    >>> s(30 * 5_005 - 1), round(s(30 * 5_005), 12)
    (0.1, 0.01)
    >>> s = from_epochs(cosine(1.0, 0.0, 10), 100, staircase=True)
    >>> s(99), s(100) == cosine(1.0, 0.0, 10)(1)
    (1.0, True)
    """
    steps = size(Site("from_epochs", "steps_per_epoch"), steps_per_epoch)
    made = a_schedule(Site("from_epochs", "schedule"), schedule)
    held = _flag.check(Site("from_epochs", "staircase"), staircase)
    return held_for(made, steps) if held else stretch(made, steps)
