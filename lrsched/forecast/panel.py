"""The panel of a picture that shows what schedules will do to the loss."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import Site
from ..view.sampling import Looked
from .convex import bound
from .law import Law
from .rates import rates_of, ratio_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
else:
    Axes = Line2D = Any

__all__ = ["checked_forecast", "draw_forecast"]

POINTS = 200
"""So many times are computed."""


def checked_forecast(forecast: Any) -> Any:
    """A law, or the ratio of the bound."""
    site = Site("plot", "forecast")
    if isinstance(forecast, Law):
        return forecast
    if hasattr(forecast, "final"):
        site.refuse(forecast, "must forecast whole curves", "give a Law, which lrsched.forecast.fit makes", TypeError)
    return ratio_of(site, forecast)


def draw_forecast(ax: "Axes", things: Sequence[Looked], lines: "Sequence[Line2D]", end: int, forecast: Any) -> None:
    """Draw the loss by a law with its 90 % interval, or the bound, of each schedule after its warmup."""
    for thing, line in zip(things, lines, strict=True):
        look: dict[str, Any] = {"color": line.get_color(), "linestyle": line.get_linestyle()}
        warmup = int(np.argmax(rates_of(Site("plot", "forecast"), thing, end)))
        times = np.unique(np.linspace(min(max(warmup, end // 50) + 1, end), end, POINTS).astype(np.int64))
        if isinstance(forecast, Law):
            ax.plot(times, forecast.loss(thing, times), **look)
            ax.fill_between(times, *forecast.interval(thing, times), color=line.get_color(), alpha=0.15, linewidth=0)
        else:
            ax.plot(times, bound(thing, times, forecast), **look)
    ax.set(xlabel="step", ylabel="loss" if isinstance(forecast, Law) else "bound", xlim=(0, end))
