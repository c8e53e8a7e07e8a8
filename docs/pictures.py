"""The pictures of the documents: `python docs/pictures.py` draws all of them anew into docs/images.

A picture is a row or two of small panels, a schedule in each. The background is transparent and the colours are of
middle brightness, so that one picture serves light and dark pages. What a combinator was given is dashed, in grey. The
same code draws the same bytes.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import lrsched as lr
from lrsched import Schedule
from lrsched.plot import plot

STEPS = 100
INK = "#7d858f"
CURVE = "#3584e4"
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lrsched",
    "font.family": "monospace",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

SCHEDULES = {
    "warmup_cosine": lr.warmup_cosine(1.0, 10, STEPS),
    "wsd": lr.wsd(1.0, 10, 100, 30, decay=lr.one_minus_sqrt),
    "warmup_inverse_sqrt": lr.warmup_inverse_sqrt(1.0, 10),
    "one_cycle": lr.one_cycle(1.0, STEPS),
    "sgdr": lr.sgdr(1.0, 0.0, 15, period_mult=2),
}

RAMPS = {
    "linear": lr.linear(1.0, 0.1, STEPS),
    "cosine": lr.cosine(1.0, 0.1, STEPS),
    "cosine_power": lr.cosine_power(1.0, 0.1, STEPS),
    "polynomial": lr.polynomial(1.0, 0.1, STEPS),
    "one_minus_sqrt": lr.one_minus_sqrt(1.0, 0.1, STEPS),
    "rex": lr.rex(1.0, 0.1, STEPS),
    "exponential": lr.exponential(1.0, 0.1, STEPS),
    "hold": lr.hold(1.0, 0.1, 50),
}

DECAYS = {
    "constant": lr.constant(1.0),
    "exponential_decay": lr.exponential_decay(1.0, 0.5, decay_steps=25),
    "step_decay": lr.step_decay(1.0, 0.5, 25),
    "natural_exp_decay": lr.natural_exp_decay(1.0, 0.02),
    "inverse_time_decay": lr.inverse_time_decay(1.0, 1.0, decay_steps=20),
    "inverse_sqrt": lr.inverse_sqrt(1.0, 5),
    "power_law": lr.power_law(1.0, 10, -0.5),
    "noam": lr.noam(1, 20, scale=4.47),
    "exponential_approach": lr.exponential_approach(0.0, 1.0, 20),
    "radam_warmup": lr.radam_warmup(0.95),
}

CYCLES = {
    "cyclic": lr.cyclic(0.1, 1.0, 13),
    'mode="triangular2"': lr.cyclic(0.1, 1.0, 13, mode="triangular2"),
    'mode="exp_range"': lr.cyclic(0.1, 1.0, 13, mode="exp_range", gamma=0.98),
    "one_cycle": lr.one_cycle(1.0, STEPS),
    "three_phase=True": lr.one_cycle(1.0, STEPS, three_phase=True),
    "sgdr": lr.sgdr(1.0, 0.1, 26),
    "period_mult=2": lr.sgdr(1.0, 0.1, 15, period_mult=2),
    "value_mult=0.7": lr.sgdr(1.0, 0.1, 26, value_mult=0.7),
}

RUNS = {
    "warmup_constant": lr.warmup_constant(1.0, 20),
    "warmup_linear": lr.warmup_linear(1.0, 20, STEPS),
    "warmup_cosine": lr.warmup_cosine(1.0, 20, STEPS),
    "warmup_polynomial": lr.warmup_polynomial(1.0, 20, STEPS),
    "warmup_inverse_sqrt": lr.warmup_inverse_sqrt(1.0, 20),
    "wsd": lr.wsd(1.0, 20, 100, 30),
    "piecewise_constant": lr.piecewise_constant([1.0, 0.5, 0.1], [40, 70]),
    "piecewise_interpolate": lr.piecewise_interpolate([0.0, 1.0, 0.4, 0.1], [20, 60, 90]),
}

COSINE = lr.cosine(1.0, 0.0, STEPS)
COMBINATORS = {
    "join": lr.join([lr.constant(0.3), lr.linear(1.0, 0.0, 60)], [40]),
    "warmup": lr.warmup(lr.step_decay(1.0, 0.5, 25), 20),
    "cooldown": lr.cooldown(lr.warmup_inverse_sqrt(1.0, 10), 70, 25),
    "extend": lr.extend(lr.cosine(1.0, 0.0, 60), 30, STEPS),
    "restart": lr.restart(lr.one_minus_sqrt(1.0, 0.0, 15), 15, period_mult=2, value_mult=0.8),
    "shift": lr.shift(COSINE, -30),
    "stretch": lr.stretch(lr.step_decay(1.0, 0.5, 10), 2.5),
    "compose": lr.compose(COSINE, lr.polynomial(0.0, 100.0, STEPS)),
    "scale": lr.scale(COSINE, 0.5),
    "multiply": lr.multiply(COSINE, lr.cyclic(0.6, 1.0, 10)),
    "add": lr.add(lr.linear(0.6, 0.0, 60), lr.cosine(0.4, 0.1, STEPS)),
    "clamp_min": lr.clamp_min(COSINE, 0.3),
    "clamp_max": lr.clamp_max(COSINE, 0.7),
    "minimum": lr.minimum(lr.linear(0.0, 1.0, 50), COSINE),
    "maximum": lr.maximum(lr.linear(1.0, 0.0, 60), lr.inverse_sqrt(0.6, 20)),
    "round_to": lr.round_to(lr.linear(0.0, 1.0, STEPS), 0.25),
}

TOOLS = {  # shown in the gallery alone
    "batch_size_ramp": lr.batch_size_ramp(16, 64, 16, 1_600),
    "counter": lr.counter(0.0, 2.0),
    "staircase": lr.staircase(lr.cosine(1.0, 0.0, 10), 10),
    "scale_schedule": lr.scale_schedule(lr.wsd(0.5, 10, 100, 30), 256, 512),
}

PICTURES = {
    "schedules": SCHEDULES,
    "ramps": RAMPS,
    "decays": DECAYS,
    "cycles": CYCLES,
    "runs": RUNS,
    "combinators": COMBINATORS,
}


def children(schedule: Schedule) -> Iterator[Schedule]:
    """The schedules that a combinator was given, but for clocks, whose values are steps."""
    for parameter in schedule.formula.parameters.values():
        value = schedule.parameters[parameter.name]
        if parameter.kind.child and parameter.name != "clock":
            yield from (
                child for child in (value if isinstance(value, tuple) else (value,)) if isinstance(child, Schedule)
            )


def draw(panels: Mapping[str, Schedule], path: Path) -> None:
    """Draw a panel for each schedule into an SVG file."""
    rows = -(-len(panels) // 5)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.0, 1.6 * rows))
        axes = figure.subplots(rows, -(-len(panels) // rows), squeeze=False).ravel()
        for ax, (title, schedule) in zip(axes, panels.items(), strict=False):
            _panel(ax, title, schedule)
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        figure.subplots_adjust(left=0.015, right=0.985, bottom=0.1 / rows, top=1 - 0.2 / rows, wspace=0.15, hspace=0.45)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def _panel(ax: Axes, title: str, schedule: Schedule) -> None:
    before = list(children(schedule))
    ax.set_prop_cycle(color=[*(INK for _ in before), CURVE], linestyle=[*("--" for _ in before), "-"])
    plot(*before, schedule, steps=STEPS, ax=ax)
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2]  # the others are boundaries
    for curve in curves:
        curve.set_data(*corners(*curve.get_data()))
    steps, values = curves[-1].get_data()
    ax.fill([0, *steps, STEPS], [0, *values, 0], color=CURVE, alpha=0.15, linewidth=0)
    ax.get_legend().remove()
    ax.set(xlim=(0, STEPS), ylim=(0, 1.08), xticks=[], yticks=[], xlabel="", ylabel="")
    ax.set_title(title, fontsize=9)


def corners(steps: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points of a curve without those inside straight lines, which draw nothing."""
    bent = np.abs(np.diff(values, 2)) > 1e-9
    kept = np.concatenate([[True], bent, [True]])
    return steps[kept], values[kept]


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    for name, panels in PICTURES.items():
        draw(panels, folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
