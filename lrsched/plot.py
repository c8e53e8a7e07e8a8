"""Schedules as pictures, on matplotlib."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .checks import Site, name_of, real, require, whole
from .core.parameters import Child, kind_of
from .core.schedule import Schedule
from .view.compare import Parting, compare
from .view.sampling import Curve, Looked, curve, last_shown, turns, values_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from .forecast.law import Law
else:  # matplotlib is optional, and few plots have a forecast; typing.get_type_hints evaluates the names at run time
    Axes = Line2D = Law = Any

__all__ = ["diff", "plot"]

Drawn: TypeAlias = Schedule | Callable[[Any], Any] | float
"""What is drawn: a schedule, a function of an array of steps, such as an optax schedule, or a number."""

Highlight: TypeAlias = int | tuple[int, int] | Sequence[int | tuple[int, int]]
"""A step, a stretch of steps from one to another, or a list of those."""

INK = "#7a828d"
"""The colour of axes and labels: about as far from white paper as from a dark page."""

X_TICKS, Y_TICKS = INK, "#78808b"
"""The colours of the tick labels, one above half brightness and one below it, which the eye cannot tell apart.

For a transparent picture whose tick labels are all light, or all dark, IPython puts a box of the other kind behind it.
"""

COLOURS = ("#3584e4", "#e0641a", "#2e9a6a", "#a565d6", "#d94a6b", "#148fa6", "#9a7d1f", "#80808a")
"""The colours of the curves, of the same middle brightness."""

LINES = ("-", "--", ":")
"""When the colours are used up they begin again, with another line."""

COLUMNS = 1000
"""Pictures are so many columns wide, as far as the computed points go."""

MOST_MARKS = 100
"""The boundaries of a schedule with more of them than this are not marked: they would be a grey area."""

LABEL = 60
"""So many characters of a repr stand in a legend at most."""


LAST = whole(1, "it is the last step that is drawn")
STEP = whole(0, "steps are counted from 0")
TOLERANCE = real("must be at least 0", lambda value: value >= 0, "1e-9 allows for rounding")


def plot(
    *schedules: Drawn,
    steps: int | None = None,
    labels: Sequence[str] | None = None,
    ax: "Axes | None" = None,
    log: bool = False,
    highlight: Highlight | None = None,
    forecast: Law | float | None = None,
) -> "Axes":
    """Draw schedules over one another, with their boundaries marked and a legend.

    A curve of fewer than 262 144 steps is computed at every step; a longer one at so many steps, and at its boundaries.

    Args:
        schedules: what is drawn: schedules, functions of an array of steps, such as an optax schedule, or numbers.
        steps: the last step that is drawn (steps), 1 or more. Unless given, it is the longest length; where nothing has
            an end, ten times the longest time in the schedules; where there is none, 1000.
        labels: a label for each schedule; unless given, its repr, shortened.
        ax: matplotlib Axes to draw into, whose look is left alone; unless given, new ones, made for a paper as well as
            for a dark page (the background is transparent).
        log: whether the axis of the values is logarithmic; values of 0 and below are then not drawn.
        highlight: a step, which is marked on every curve, with the value; a pair `(first, last)`, between which the
            background is shaded; or a list of these.
        forecast: a law that `lrsched.forecast.fit` gave, or the ratio of `lrsched.forecast.bound`. A second panel below
            shows the loss by the law after the warmup, with its 90 % interval, or the bound: `ax.figure.axes[1]`.

    Returns the Axes; `ax.figure.savefig("schedule.pdf")` keeps the picture. Boundaries are dotted lines, unless a
    schedule has more than 100. Raises ValueError or TypeError for what is no schedule, for steps that are not steps,
    for more or fewer labels than schedules, for a logarithmic axis without a positive value, and for a forecast into
    Axes that are given; ImportError without matplotlib.

    >>> import lrsched
    >>> from lrsched.plot import plot
    >>> ax = plot(lrsched.warmup_cosine(3e-4, 100, 1_000), lrsched.wsd(3e-4, 100, 1000, 200), highlight=800)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['warmup_cosine(0.0003, 100, 1000)', 'wsd(0.0003, 100, 1000, 200)']
    >>> [float(step) for step in ax.get_xlim()]
    [0.0, 1000.0]
    """
    require(len(schedules) > 0, "plot", ") must be given a schedule; write plot(lrsched.cosine(1.0, 0.0, 100)).")
    things = [_checked("plot", f"schedules[{index}]", thing) for index, thing in enumerate(schedules)]
    end = _last("plot", steps, things)
    texts, stretches = _labels("plot", labels, things), _stretches(highlight)
    curves = _curves("plot", things, end, log)
    if forecast is not None:
        forecast = _forecasting().checked_forecast(forecast)
        require(ax is None, "plot", "ax=...) must be left out with forecast; the forecast has a panel of its own.")
    axes, *below = _new_axes(len(things), 1 if forecast is None else 2) if ax is None else [ax]
    lines = _draw(axes, things, curves, texts, end, log)
    for panel in below:
        _forecasting().draw_forecast(panel, things, lines, end, forecast)
    for first, last in stretches:
        _highlight(axes, things, lines, first, last)
    _legend(axes, above=ax is None)
    return axes


def _forecasting() -> Any:
    """What draws forecasts, and is imported for them alone."""
    from .forecast import panel

    return panel


def diff(
    a: Drawn,
    b: Drawn,
    *,
    steps: int | None = None,
    labels: Sequence[str] | None = None,
    ax: "Axes | None" = None,
    log: bool = False,
    tolerance: float = 0.0,
) -> "Axes":
    """Draw two schedules and where they part: the first such step, the area between, and the largest difference.

    Every step is compared if there are fewer than 10 000 000; else as many, and those next to a boundary.

    Args:
        a: a schedule, a function of an array of steps, or a number.
        b: what it is compared with, of the same kinds.
        steps: the last step that is drawn and compared (steps), as in `plot`.
        labels: two labels, as in `plot`.
        ax: matplotlib Axes to draw into, as in `plot`.
        log: whether the axis of the values is logarithmic, as in `plot`.
        tolerance: up to which part of the greater of two values a difference is none (1), 0 or more.

    Returns the Axes; the legend says where the schedules part, or that they agree. Raises as `plot` does, and for a
    negative tolerance.

    >>> import lrsched
    >>> from lrsched.plot import diff
    >>> ax = diff(lrsched.warmup_cosine(3e-4, 100, 1_000), lrsched.warmup_cosine(3e-4, 200, 1_000))
    >>> ax.get_legend().get_texts()[-1].get_text()
    'differ from step 1, most at step 100: 0.0003 and 0.00015'
    """
    a, b = _checked("diff", "a", a), _checked("diff", "b", b)
    tolerance = TOLERANCE(Site("diff", "tolerance"), tolerance)
    end = _last("diff", steps, [a, b])
    texts = _labels("diff", labels, [a, b])
    curves = _curves("diff", [a, b], end, log)
    most = compare(a, b, steps=end, tolerance=tolerance).whole
    (axes,) = _new_axes(3) if ax is None else [ax]
    _draw(axes, [a, b], curves, texts, end, log)
    if most is None:
        axes.plot([], [], linestyle="none", label=f"agree up to step {end}")
    else:
        _part(axes, a, b, end, most)
    _legend(axes, above=ax is None)
    return axes


# What is given.


def _checked(call: str, name: str, thing: Any) -> Looked:
    return kind_of(Child).check(Site(call, name), thing)


def _last(call: str, steps: Any, things: Sequence[Looked]) -> int:
    return LAST(Site(call, "steps"), last_shown(things) if steps is None else steps)


def _labels(call: str, labels: Any, things: Sequence[Looked]) -> list[str]:
    """The labels that are given, or the reprs, cut in the middle and told apart by numbers where they are alike."""
    if labels is None:
        texts = [repr(thing) if isinstance(thing, Schedule | float) else name_of(thing) for thing in things]
        texts = [text if len(text) <= LABEL else f"{text[: LABEL - 25]} ... {text[-20:]}" for text in texts]
        alike = len(set(texts)) < len(texts)
        return [f"{text} ({number})" if alike else text for number, text in enumerate(texts, 1)]
    if isinstance(labels, str) or not isinstance(labels, Sequence):
        Site(call, "labels").refuse(labels, f"must be a list, not {type(labels).__name__}", "write [...]", TypeError)
    if len(labels) != len(things):
        Site(call, "labels").refuse(
            labels, f"must be one string for each schedule, {len(things)} in all", "name each once"
        )
    return [str(label) for label in labels]


def _stretches(highlight: Any) -> list[tuple[int, int]]:
    """What is highlighted, as pairs of the first and the last step."""
    site = Site("plot", "highlight")
    items: list[Any] = [] if highlight is None else highlight if isinstance(highlight, list) else [highlight]
    pairs: list[tuple[int, int]] = []
    for item in items:
        steps = [STEP(site, step) for step in (item if isinstance(item, tuple) else (item, item))]
        if len(steps) != 2 or steps[0] > steps[1]:
            site.refuse(item, "must be a first step and a last one", "write (100, 200), or [100, 200] for two")
        pairs.append((steps[0], steps[1]))
    return pairs


# What is drawn.


def _new_axes(entries: int, panels: int = 1) -> "list[Axes]":
    """Axes below one another on a transparent ground, with room for the entries of a legend."""
    try:
        import matplotlib.pyplot as plt  # needs the optional package matplotlib
    except ImportError:
        raise ImportError("plot(...) needs matplotlib; pip install matplotlib.") from None

    height = 3.4 + 0.2 * entries + 2.4 * (panels - 1)
    figure, axes = plt.subplots(panels, 1, figsize=(7.0, height), layout="constrained", squeeze=False)
    figure.patch.set_alpha(0.0)
    for ax in axes[:, 0]:
        _look(ax)
    return list(axes[:, 0])


def _look(ax: "Axes") -> None:
    """Colours in the middle between light and dark."""
    from matplotlib.ticker import EngFormatter

    ax.patch.set_alpha(0.0)
    ax.set_prop_cycle(color=COLOURS * len(LINES), linestyle=[line for line in LINES for _ in COLOURS])
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(INK)
    ax.tick_params("x", which="both", colors=X_TICKS)
    ax.tick_params("y", which="both", colors=Y_TICKS)
    ax.xaxis.label.set_color(INK)
    ax.yaxis.label.set_color(INK)
    ax.grid(color=INK, alpha=0.2, linewidth=0.6)
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.4g}")


def _curves(call: str, things: Sequence[Looked], end: int, log: bool) -> list[Curve]:
    curves = [curve(thing, end, COLUMNS) for thing in things]
    positive = any((values > 0).any() for _, values in curves)
    require(positive or not log, call, "log=True) must be given a positive value; leave out log.")
    return curves


def _draw(
    ax: "Axes", things: Sequence[Looked], curves: Sequence[Curve], texts: Sequence[str], end: int, log: bool
) -> "list[Line2D]":
    """The curves, with their boundaries."""
    lines: list[Line2D] = []
    for thing, (steps, values), text in zip(things, curves, texts, strict=True):
        dots = "." if end <= 30 else ""
        (line,) = ax.plot(steps, np.where(np.isfinite(values), values, np.nan), marker=dots, label=text)
        inside = [step for step in turns(thing, end) if step < end]
        for step in inside if len(inside) <= MOST_MARKS else ():
            ax.axvline(step, color=line.get_color(), linestyle=":", linewidth=0.9, alpha=0.7, zorder=0.5)
        lines.append(line)
    if log:
        ax.set_yscale("log", nonpositive="mask")
    elif not any((values < 0).any() for _, values in curves):
        ax.set_ylim(bottom=0.0)
    ax.set_xlim(0, end)
    ax.set(xlabel="step", ylabel="value")
    return lines


def _highlight(ax: "Axes", things: Sequence[Looked], lines: "Sequence[Line2D]", first: int, last: int) -> None:
    """Shade a stretch of steps, or mark a single one on every curve."""
    if first < last:
        ax.axvspan(first, last, color=INK, alpha=0.15, linewidth=0)
        return
    values = [float(values_at(thing, np.array([first]))[0]) for thing in things]
    height = -np.inf  # of the last text, in points: the next one stands above it
    for value, line in sorted(zip(values, lines, strict=True), key=lambda mark: mark[0]):
        ax.plot([first], [value], color=line.get_color(), marker="o", linestyle="none")
        dot = float(ax.transData.transform((first, value))[1]) * 72 / ax.figure.dpi
        height = max(height + 10, dot + 4)
        text = ax.annotate(f"{value:.4g}", (first, value), (6, height - dot), textcoords="offset points")
        text.set(color=line.get_color(), fontsize="small")


def _part(ax: "Axes", a: Looked, b: Looked, end: int, most: Parting) -> None:
    """Fill the area between two curves; mark the step at which they part, and where they differ most."""
    corners = [steps for thing in (a, b) for steps in (curve(thing, end, COLUMNS // 4)[0], turns(thing, end))]
    steps = np.unique(np.concatenate([*corners, [most.first, most.step, most.last]]).astype(np.int64))
    text = f"differ from step {most.first}, most at step {most.step}: {most.a:.4g} and {most.b:.4g}"
    ax.fill_between(steps, values_at(a, steps), values_at(b, steps), color=INK, alpha=0.25, linewidth=0, label=text)
    ax.axvline(most.first, color=INK, linewidth=0.9)
    ax.plot([most.step, most.step], [most.a, most.b], color=INK, linewidth=1.2, marker="_")


def _legend(ax: "Axes", above: bool) -> None:
    """The legend: above new Axes, where it hides nothing; at the best place inside others."""
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2} if above else {}
    ax.legend(frameon=False, fontsize="small", labelcolor=ax.xaxis.label.get_color(), **place)


Schedule.install(plot=plot)
