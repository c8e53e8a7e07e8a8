"""`design`, which shows the designer in a notebook."""

from typing import Any

from ..core.schedule import Schedule
from ..text.parse import parse
from .html import MOST

__all__ = ["design"]


def design(*schedules: Schedule | str, height: int = 700) -> Any:
    """The designer in a notebook: its `schedule` is the schedule as it has been changed by hand.

    Args:
        *schedules: the schedules to begin with, or their expressions, one to six.
        height: the height of the frame (pixels).

    Returns a widget. `widget.schedule` is the first schedule, and can be set; `widget.schedules` are all of them. They
    raise ParseError while the page shows an error.

    Raises ImportError if anywidget or plotly is not installed, and ParseError for an expression that is no schedule.

    >>> import lrsched
    >>> widget = lrsched.design(lrsched.wsd(3e-4, 100, 1000, 200))
    >>> widget.schedule
    wsd(0.0003, 100, 1000, 200)
    """
    given = [parse(each) for each in schedules]
    if not 1 <= len(given) <= MOST:
        raise ValueError(
            f"design(...) must have 1 to {MOST} schedules, not {len(given)}; give those that are compared."
        )
    try:
        from .widget import Designer  # needs the optional package anywidget
    except ImportError:
        raise ImportError('the designer needs anywidget; pip install "lrsched-toolkit[designer]".') from None
    return Designer(given, height)
