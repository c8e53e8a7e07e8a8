"""Pictures of schedules: what the artists hold, how they look on light and dark, and what is refused."""

import runpy
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import lrsched as lr
from lrsched.forecast import FinalLaw, Law, Term, bound
from lrsched.plot import COLOURS, INK, diff, plot

from .cases import CALLABLES, CASES
from .test_documents import drawing

mpl.use("agg")
import matplotlib.pyplot as plt

RUN = lr.warmup_cosine(3e-4, 1_000, 10_000)


@pytest.fixture(autouse=True)
def closed():
    """No picture stays open, also not when matplotlib counts them."""
    yield
    plt.close("all")


def curves(ax):
    """The curves by label, as pairs of steps and values, without the marks."""
    lines = ax.get_legend_handles_labels()[0]
    return {
        line.get_label(): tuple(np.asarray(data) for data in line.get_data())
        for line in lines
        if hasattr(line, "get_data")
    }


def dotted(ax):
    return sorted(float(line.get_xdata()[0]) for line in ax.get_lines() if line.get_linestyle() == ":")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# The curves.


@pytest.mark.parametrize("case", [CASES["wsd"], CASES["sgdr"], CALLABLES["a callable clock"]])
def test_a_curve_has_the_values_of_the_schedule(case):
    ((steps, values),) = curves(plot(case.schedule)).values()
    assert steps[0] == 0
    assert steps[-1] == (case.schedule.length or steps[-1])
    assert np.array_equal(values, case.schedule(steps))
    assert set(case.schedule.boundaries) & set(range(int(steps[-1]))) <= set(steps)


def test_every_step_is_computed_where_there_are_few():
    ((steps, _),) = curves(plot(RUN, steps=3_000)).values()
    assert np.array_equal(steps, np.arange(3_001))


@pytest.mark.parametrize("end", [10_000, 200_000, 10_000_000, 2**53])
@pytest.mark.parametrize("place", [0.0, 0.1234567, 0.7654321, 1.0])
def test_no_peak_is_lost(end, place):
    """A peak of a single step is drawn at its step, at every length."""
    at = max(int(end * place) - 1, 1)
    peak = lr.piecewise_constant([0.5, 1.0, 0.25], [at, at + 1])
    ((steps, values),) = curves(plot(peak, steps=end)).values()
    assert values.max() == 1.0
    assert steps[values.argmax()] == at
    assert len(steps) <= 10_001 if end == 10_000 else len(steps) <= 4_000


def test_a_dense_wave_fills_its_band():
    """There are many cycles of 14 steps in a column: each column reaches from the least to the greatest value."""
    ((_, values),) = curves(plot(lr.cyclic(0.0, 1.0, 7), steps=200_000)).values()
    for part in np.array_split(values, 500):
        assert part.min() == 0.0
        assert part.max() == 1.0


def test_infinite_values_are_gaps():
    ((_, values),) = curves(plot(lr.join([1.0, lr.scale(lr.constant(1e308), 10.0)], [5]), steps=10)).values()
    assert np.array_equal(np.isnan(values), np.arange(11) >= 5)


def test_functions_and_numbers_are_drawn_too():
    def staircase(step):
        return 0.1 if step < 50 else 0.2  # takes one number

    found = curves(plot(staircase, lambda t: t / 100, 0.3, steps=100))
    assert list(found) == ["staircase", "<lambda>", "0.3"]
    (_, stairs), (_, line), (_, flat) = found.values()
    assert stairs.tolist() == [0.1] * 50 + [0.2] * 51
    assert line.tolist() == [t / 100 for t in range(101)]
    assert set(flat) == {0.3}


# How far.


@pytest.mark.parametrize(
    ("schedules", "end"),
    [
        ([RUN], 10_000),
        ([RUN, lr.linear(1.0, 0.0, 20_000)], 20_000),
        ([RUN, lr.inverse_sqrt(1.0, 90_000)], 10_000),
        ([lr.noam(512, 4_000)], 40_000),
        ([lr.stretch(lr.step_decay(0.1, 0.1, 30), 100)], 30_000),
        ([lr.constant(1.0), 0.5], 1_000),
    ],
)
def test_the_range_is_the_longest_length(schedules, end):
    assert plot(*schedules).get_xlim() == (0.0, end)
    assert plot(*schedules, steps=77).get_xlim() == (0.0, 77.0)


def test_values_begin_at_zero_unless_they_are_negative():
    assert plot(RUN).get_ylim()[0] == 0.0
    assert plot(lr.linear(-1.0, 1.0, 10)).get_ylim()[0] < -1.0


def test_a_logarithmic_axis_leaves_out_zero():
    ax = plot(lr.exponential(1e-1, 1e-5, 100), log=True)
    assert ax.get_yscale() == "log"
    low, high = ax.get_ylim()
    assert 1e-6 < low < 1e-5 < 1e-1 < high < 1.0
    assert plot(RUN, log=True).get_ylim()[0] > 1e-13  # its last step is 0, the one before it 9e-12


# Boundaries, legend, highlights.


def test_boundaries_are_dotted():
    assert dotted(plot(lr.wsd(1.0, 10, 100, 10))) == [10, 90]
    assert dotted(plot(lr.wsd(1.0, 10, 100, 10), steps=200)) == [10, 90, 100]
    assert dotted(plot(RUN, lr.linear(1.0, 0.0, 5_000))) == [1_000, 5_000]
    assert dotted(plot(lr.linear(1.0, 0.0, 10))) == []


def test_very_many_boundaries_are_not_dotted():
    for pieces, expected in ((100, 99), (102, 0)):
        table = lr.piecewise_constant([1.0] * pieces, list(range(1, pieces)))
        assert len(dotted(plot(table, steps=200))) == expected


def test_the_legend_is_the_repr():
    assert labels(plot(RUN, 0.5 * RUN)) == [repr(RUN), repr(0.5 * RUN)]
    assert labels(plot(RUN, 0.5 * RUN, labels=["one", "two"])) == ["one", "two"]


def test_long_reprs_are_cut_in_the_middle():
    long = lr.piecewise_constant([float(i) for i in range(90)], list(range(1, 90)))
    (label,) = labels(plot(long))
    assert len(label) == 60
    start, end = label.split(" ... ")
    assert repr(long).startswith(start)
    assert repr(long).endswith(end)


def test_labels_that_are_alike_are_numbered():
    one, two = (
        lr.piecewise_constant([*map(float, range(30)), last, *map(float, range(30))], list(range(1, 61)))
        for last in (1.0, 2.0)
    )
    first, second = labels(plot(one, two))
    assert first.removesuffix(" (1)") == second.removesuffix(" (2)") != first


def test_a_step_is_marked_on_every_curve_with_its_value():
    ax = plot(RUN, 0.5 * RUN, highlight=4_000)
    marks = [line.get_data() for line in ax.get_lines() if line.get_marker() == "o"]
    assert sorted((float(x[0]), float(y[0])) for x, y in marks) == sorted(
        [(4_000, RUN(4_000)), (4_000, 0.5 * RUN(4_000))]
    )
    assert sorted(text.get_text() for text in ax.texts) == sorted([f"{RUN(4_000):.4g}", f"{0.5 * RUN(4_000):.4g}"])


def test_the_values_of_a_mark_do_not_cover_each_other():
    ax = plot(*[lr.constant(value) for value in (0.5, 0.501, 0.502, 0.9)], highlight=[500])
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent().y0, text.get_window_extent().y1) for text in ax.texts)
    assert all(above[0] >= below[1] - 1 for below, above in pairwise(boxes))


def test_a_stretch_is_shaded():
    ax = plot(RUN, highlight=[(2_000, 3_000), 4_000, (5_000, 6_000)])
    assert [(patch.get_x(), patch.get_width()) for patch in ax.patches] == [(2_000, 1_000), (5_000, 1_000)]
    assert len(ax.texts) == 1


# The look.


def luminance(colour):
    """The relative luminance of WCAG 2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in mpl.colors.to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("colour", [INK, *COLOURS])
@pytest.mark.parametrize("page", ["white", "#1e2129", "black"])
def test_all_is_seen_on_paper_and_on_a_dark_page(colour, page):
    """3:1 is what WCAG 2 asks of graphics."""
    high, low = sorted([luminance(colour), luminance(page)], reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3


def test_new_axes_are_transparent_and_close_as_they_are_saved(tmp_path):
    ax = plot(RUN)
    ax.figure.savefig(tmp_path / "a.png")
    pixels = plt.imread(tmp_path / "a.png")
    assert pixels[0, 0, 3] == 0.0
    assert (pixels[..., 3] == 0).mean() > 0.8


def test_axes_of_the_user_keep_their_look():
    figure, (ax, other) = plt.subplots(2)
    before = (ax.get_facecolor(), ax.spines["top"].get_visible(), figure.patch.get_alpha(), other.get_lines())
    assert plot(RUN, ax=ax) is ax
    assert (ax.get_facecolor(), ax.spines["top"].get_visible(), figure.patch.get_alpha(), other.get_lines()) == before
    assert ax.get_lines()[0].get_color() == mpl.rcParams["axes.prop_cycle"].by_key()["color"][0]
    assert len(plt.get_fignums()) == 1


def test_many_curves_are_told_apart_by_colour_and_line():
    ax = plot(*[lr.constant(0.01 * index) for index in range(24)])
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.get_lines()}
    assert len(looks) == 24


# Where two part.


def test_two_schedules_part():
    other = lr.warmup_cosine(3e-4, 2_000, 10_000)
    ax = diff(RUN, other)
    assert labels(ax) == [repr(RUN), repr(other), "differ from step 1, most at step 1000: 0.0003 and 0.00015"]
    (area,) = ax.collections
    corners = {tuple(corner) for corner in area.get_paths()[0].vertices}
    assert {(1_000.0, RUN(1_000)), (1_000.0, other(1_000))} <= corners
    marks = [line for line in ax.get_lines() if line.get_color() == INK]
    assert [list(map(float, line.get_xdata())) for line in marks] == [[1.0, 1.0], [1_000.0, 1_000.0]]
    assert list(marks[1].get_ydata()) == [RUN(1_000), other(1_000)]


def test_two_schedules_agree():
    same = lr.warmup(lr.cosine(3e-4, 0.0, 9_000), 1_000)
    ax = diff(RUN, same)
    assert labels(ax)[-1] == "agree up to step 10000"
    assert len(ax.collections) == 0


def test_a_tolerance_is_a_part_of_the_value():
    assert labels(diff(RUN, 1.001 * RUN, tolerance=1e-2))[-1] == "agree up to step 10000"
    assert labels(diff(RUN, 1.001 * RUN, tolerance=1e-4))[-1].startswith("differ from step 1, ")


# What is refused.


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (plot, ValueError, "plot() must be given a schedule; write plot(lrsched.cosine(1.0, 0.0, 100))."),
        (
            lambda: plot(lr.cosine),
            TypeError,
            "plot(schedules[0]=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
        ),
        (
            lambda: plot(RUN, "linear(1, 0, 3)"),
            TypeError,
            "plot(schedules[1]='linear(1, 0, 3)') must be a schedule, a callable or a number, not str; "
            "lrsched.parse(expression) reads one.",
        ),
        (
            lambda: plot([RUN]),
            TypeError,
            "plot(schedules[0]=[warmup_cosine(0.0003, 1000, 10000)]) must be a schedule, a callable or a number, "
            "not list; give one schedule.",
        ),
        (
            lambda: plot(RUN, steps=0),
            ValueError,
            "plot(steps=0) must be at least 1; it is the last step that is drawn.",
        ),
        (
            lambda: plot(RUN, steps=2**53 + 1),
            ValueError,
            "plot(steps=9007199254740993) must be at most 2**53; count in a larger unit.",
        ),
        (lambda: plot(RUN, steps="9"), TypeError, "plot(steps='9') must be a number, not str; write 9 without quotes."),
        (lambda: plot(RUN, labels="a"), TypeError, "plot(labels='a') must be a list, not str; write [...]."),
        (
            lambda: plot(RUN, labels=["a", "b"]),
            ValueError,
            "plot(labels=['a', 'b']) must be one string for each schedule, 1 in all; name each once.",
        ),
        (
            lambda: plot(lr.constant(0.0), log=True),
            ValueError,
            "plot(log=True) must be given a positive value; leave out log.",
        ),
        (
            lambda: plot(RUN, highlight=-1),
            ValueError,
            "plot(highlight=-1) must be at least 0; steps are counted from 0.",
        ),
        (
            lambda: plot(RUN, highlight=(5, 2)),
            ValueError,
            "plot(highlight=(5, 2)) must be a first step and a last one; write (100, 200), or [100, 200] for two.",
        ),
        (
            lambda: diff(RUN, lr.cosine),
            TypeError,
            "diff(b=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
        ),
        (
            lambda: diff(RUN, RUN, tolerance=-1),
            ValueError,
            "diff(tolerance=-1) must be at least 0; 1e-9 allows for rounding.",
        ),
        (
            lambda: diff(RUN, RUN, labels=["a"]),
            ValueError,
            "diff(labels=['a']) must be one string for each schedule, 2 in all; name each once.",
        ),
    ],
)
def test_what_is_refused(call, kind, message):
    before = plt.get_fignums()
    with pytest.raises(kind) as refused:
        call()
    assert str(refused.value) == message
    assert plt.get_fignums() == before


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError) as missing:
        plot(RUN)
    assert str(missing.value) == "plot(...) needs matplotlib; pip install matplotlib."


# The page.

PAGE = Path(__file__).parents[1] / "docs" / "pictures.md"


def test_the_pictures_of_the_page_are_as_drawn(tmp_path):
    pictures = runpy.run_path(str(PAGE.parent / "plots.py"))
    pictures["main"](tmp_path)
    kept = PAGE.parent / "plots"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in kept.iterdir())
    for path in tmp_path.iterdir():
        assert drawing(path) == drawing(kept / path.name), f"{path.name}: run python docs/plots.py"


def test_no_background_is_asked_for():
    """For a transparent figure whose tick labels are all light, or all dark, IPython draws a box of the other kind."""
    ax = plot(RUN)
    labels = [label for axis in (ax.xaxis, ax.yaxis) for label in axis.get_ticklabels()]
    shares = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in (mpl.colors.to_rgb(each.get_color()) for each in labels)]
    assert min(shares) < 0.5 < max(shares) < min(shares) + 0.01


# Forecasts.


LAW = Law((Term("momentum", 1.0, (2.0, 0.5, 0.5, 300.0, 200.0)),), peak=3e-4, clock=2.0, shape=0.01)


def test_a_law_has_a_panel_below():
    """The loss after the warmup, in the colours of the schedules, with its interval."""
    upper = plot(RUN, lr.constant(3e-4), forecast=LAW)
    assert upper is upper.figure.axes[0]
    lower = upper.figure.axes[1]
    assert (lower.get_xlabel(), lower.get_ylabel(), lower.get_xlim()) == ("step", "loss", upper.get_xlim())
    loss, flat = lower.get_lines()
    times, values = loss.get_data()
    assert (times[0], times[-1]) == (1_001, 10_000)
    assert np.array_equal(values, LAW.loss(RUN, times))
    assert [loss.get_color(), flat.get_color()] == [line.get_color() for line in upper.get_legend().get_lines()]
    band = np.concatenate([path.vertices[:, 1] for path in lower.collections[0].get_paths()])
    low, high = LAW.interval(RUN, times)
    assert (band.min(), band.max()) == (low.min(), high.max())


def test_a_ratio_shows_the_bound():
    lower = plot(RUN, forecast=0.05).figure.axes[1]
    times, values = lower.get_lines()[0].get_data()
    assert lower.get_ylabel() == "bound"
    assert np.array_equal(values, bound(RUN, times, 0.05))


def test_forecasts_that_are_refused():
    with pytest.raises(ValueError, match=r"^plot\(ax=...\) must be left out with forecast; the forecast has a panel"):
        plot(RUN, forecast=LAW, ax=plt.figure().subplots())
    with pytest.raises(ValueError, match=r"^plot\(forecast=-1.0\) must be greater than 0"):
        plot(RUN, forecast=-1.0)
    with pytest.raises(TypeError, match=r"^plot\(forecast=FinalLaw.*must forecast whole curves; give a Law"):
        plot(RUN, forecast=FinalLaw(2.9, 0.7, 40.0, 0.4))
