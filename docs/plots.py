"""The pictures of the tutorial, of plots and of changing a run: `python docs/plots.py` draws all of them anew.

The same code draws the same bytes.
"""

from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

import lrsched as lr
from lrsched.plot import COLOURS, INK, diff, plot

mpl.use("agg")  # no window

RUN = lr.warmup_cosine(3e-4, 1_000, 10_000)
WSD = lr.wsd(3e-4, 1_000, 100_000, 20_000, decay=lr.one_minus_sqrt)


def one() -> Axes:
    """A single run."""
    return plot(RUN)


def several() -> Axes:
    """Three runs over one another, with a step and a stretch highlighted."""
    cosine, sqrt = lr.warmup_cosine(3e-4, 1_000, 100_000), lr.warmup_inverse_sqrt(3e-4, 1_000)
    return plot(cosine, WSD, sqrt, highlight=[40_000, (80_000, 100_000)])


FIVE = {
    "constant": lr.constant(3e-4),
    "step": lr.step_decay(3e-4, 0.5, 3_000),
    "cosine": lr.cosine(3e-4, 0.0, 10_000),
    "warmup + cosine": lr.warmup_cosine(3e-4, 1_000, 10_000),
    "WSD": lr.wsd(3e-4, 1_000, 10_000, 2_000),
}


def five() -> Axes:
    """The five usual schedules, as the command of the tutorial draws them."""
    return plot(*FIVE.values(), labels=list(FIVE))


def logarithmic() -> Axes:
    """Two decays on a logarithmic axis."""
    return plot(lr.exponential(1e-2, 1e-6, 1_000), lr.cosine(1e-2, 1e-6, 1_000), log=True)


def parting() -> Axes:
    """A run, and the same run with another warmup and another floor."""
    return diff(RUN, lr.warmup_cosine(3e-4, 3_000, 10_000, end_value=1e-5))


def changed(planned: lr.Schedule, *runs: lr.Schedule, steps: int, every: int = 100) -> Axes:
    """The runs that became of a plan, which is dashed."""
    names = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    with mpl.rc_context(dict.fromkeys(names, INK)):
        ax = Figure(figsize=(7.2, 2.4), layout="constrained").add_subplot()
    for run, colour in zip((planned, *runs), (INK, *COLOURS), strict=False):
        ax.plot(range(0, steps + 1, every), run(np.arange(0, steps + 1, every)), color=colour, linewidth=2)
    ax.lines[0].set(linestyle="--", zorder=3)
    ax.set(xlim=(0, steps), ylim=(0, None), xlabel="step")
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


LONG = lr.warmup_cosine(3e-4, 1_000, 100_000)
FINISHED = lr.warmup_cosine(3e-4, 1_000, 100_000, end_value=3e-5)
TRUNK = lr.warmup_constant(3e-4, 1_000)
CYCLE = lr.cooldown(3e-4, 45_000, 5_000, end_value=3e-5)

CHANGED = {
    "extended": partial(changed, LONG, lr.extend(LONG, 60_000, 150_000), steps=150_000),
    "early": partial(changed, LONG, lr.cooldown(LONG, 60_000, 10_000), steps=100_000),
    "rewarmed": partial(
        changed,
        FINISHED,
        lr.join([FINISHED, lr.warmup_linear(1.5e-4, 2_000, 50_000, init_value=3e-5)], [100_000]),
        steps=150_000,
    ),
    "cooldowns": partial(
        changed, TRUNK, lr.cooldown(TRUNK, 40_000, 10_000), lr.cooldown(TRUNK, 90_000, 20_000), steps=120_000
    ),
    "olmo3": partial(
        changed,
        lr.shift(lr.warmup_cosine(3e-4, 2_000, 1_192_093, end_value=3e-5), 1),
        lr.recipes.olmo3_7b(),
        steps=1_700_000,
        every=1_000,
    ),
    "wsds": partial(changed, TRUNK, lr.join([TRUNK, CYCLE, CYCLE], [1_000, 51_000]), steps=110_000),
}

PICTURES = {"one": one, "several": several, "five": five, "logarithmic": logarithmic, "parting": parting, **CHANGED}


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    with mpl.rc_context({"svg.hashsalt": "lrsched", "svg.fonttype": "none"}):
        for name, draw in PICTURES.items():
            figure = draw().figure
            figure.savefig(folder / f"{name}.svg", transparent=True, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main(Path(__file__).parent / "plots")
