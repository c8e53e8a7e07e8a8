"""What a notebook shows of a schedule: the expression, a curve in SVG, and the pieces."""

import re
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import jax
import numpy as np
import pytest

import lrsched as lr
from lrsched.view.picture import ABOVE, BELOW, CURVE, HEIGHT, LEFT, REST, RIGHT, WIDTH, html, svg
from lrsched.view.sampling import last_shown

from .cases import CALLABLES, CASES

RUN = lr.warmup_cosine(3e-4, 1_000, 10_000)
ALL = {**CASES, **CALLABLES}


class Page(HTMLParser):
    """The cells of the table, the text in `code`, the image, and a check that all is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.code = [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in {"br", "img"}:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "img":
            self.image = dict(attrs)
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] in {"td", "th"}:
            self.rows[-1][-1] += data
        if self.open[-1] == "code":
            self.code += data


def points(schedule):
    """The corners of the curve, in pixels."""
    (line,) = ElementTree.fromstring(svg(schedule)).iter("{http://www.w3.org/2000/svg}polyline")
    return np.array([[float(number) for number in pair.split(",")] for pair in line.get("points").split()])


def texts(schedule):
    return [element.text for element in ElementTree.fromstring(svg(schedule)).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", ALL)
def test_every_schedule_shows_itself(name):
    schedule = ALL[name].schedule
    page = Page(schedule._repr_html_())
    assert page.code == repr(schedule)
    pieces = [line.split(maxsplit=4) for line in schedule.describe().split("\n")[1:]]
    assert page.rows == pieces
    drawn = points(schedule)
    assert (drawn[0, 0], drawn[-1, 0]) == (0, WIDTH)
    assert (np.diff(drawn[:, 0]) >= 0).all()
    assert drawn[:, 1].min() >= 0
    assert drawn[:, 1].max() <= HEIGHT


@pytest.mark.parametrize("name", CASES)
def test_the_curve_goes_through_the_values(name):
    """At every step, to a twentieth of a pixel and what the two decimals of the points round."""
    schedule = CASES[name].schedule
    end = last_shown([schedule])
    steps = np.arange(end + 1)
    values = schedule(steps)
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    drawn = points(schedule)
    across, down = steps / end * WIDTH, (high - values) / (high - low) * HEIGHT
    steepest = np.abs(np.diff(down) / np.diff(across)).max()
    assert np.abs(np.interp(across, drawn[:, 0], drawn[:, 1]) - down).max() <= 0.05 + 0.01 + 0.01 * steepest


def test_straight_lines_have_no_points_inside():
    assert points(lr.linear(0.0, 1.0, 100_000)).tolist() == [[0, HEIGHT], [WIDTH, 0]]
    assert points(lr.constant(0.3)).tolist() == [[0, 0], [WIDTH, 0]]
    assert points(lr.constant(0.0)).tolist() == [[0, HEIGHT], [WIDTH, HEIGHT]]
    assert len(points(lr.wsd(1.0, 1_000, 10_000, 1_000))) == 4


def test_a_jump_is_upright_and_a_peak_is_kept():
    drawn = points(lr.piecewise_constant([0.0, 1.0, 0.0], [333_337, 333_338]))
    assert drawn[:, 1].min() == 0.0
    assert np.abs(drawn[drawn[:, 1] == 0.0][0, 0] - WIDTH) <= 0.1


def test_the_numbers_stand_at_the_ends_of_the_axes():
    assert texts(RUN) == ["0.0003", "0", "0", "10000"]
    assert texts(lr.linear(-1.0, 3.0, 10)) == ["3", "-1", "0", "10"]
    assert texts(lr.inverse_sqrt(1.0, 400)) == ["1", "0", "0", "4000"]


def test_boundaries_are_dotted_unless_they_are_too_many():
    dashes = [re.findall(r"M(\d+\.\d+) 0V", svg(schedule)) for schedule in (RUN, lr.linear(1.0, 0.0, 9))]
    assert dashes == [["48.0"], []]
    table = lr.piecewise_constant([1.0] * 5_000, list(range(1, 5_000)))
    assert "stroke-dasharray" not in svg(table)


@pytest.mark.parametrize(
    "schedule",
    [
        lr.join([lr.constant(-1.7e308), lr.constant(1.7e308)], [10]),
        lr.scale(lr.constant(1e308), 10.0),
        lr.linear(0.0, 5e-324, 10),
        lr.linear(1.0, 0.0, 2**53),
        lr.join([1.0, lr.linear(1.0, 0.0, 2**53)], [10]),
        lr.linear(1.0, 0.0, 0),
        lr.exponential_decay(1.0, 10.0),
        lr.piecewise_constant([0.5, 1.0, 0.0, 0.25], [2**53 - 393, 2**53 - 392, 2**53]),  # two steps on one place
    ],
)
def test_extremes_are_shown(schedule):
    text = html(schedule)
    assert "nan" not in text
    Page(text)


def test_the_picture_is_small():
    for schedule in (
        RUN,
        lr.sgdr(1e-3, 1e-5, 1_000),
        lr.cyclic(0.0, 1.0, 7, step_size_down=7),
        lr.linear(1.0, 0.0, 2**53),
    ):
        assert len(html(schedule)) < 25_000


def test_long_tables_are_thinned():
    table = lr.piecewise_constant([float(i) for i in range(1_000)], [10 * i for i in range(1, 1_000)])
    rows = Page(html(table)).rows
    assert len(rows) == 1 + 40 + 1
    assert rows[21][-1] == f"... {1_000 - 40} more ..."
    assert [len(row) for row in rows] == [5] * 42


def test_nothing_that_is_written_becomes_a_tag():
    def evil(t):
        return 1.0 * (t >= 0)

    evil.__qualname__ = "<script>alert(1)</script>"
    text = html(lr.warmup(evil, 10))
    assert "<script" not in text
    assert "<script>alert(1)</script>" in Page(text).code
    assert Page(text).image["alt"].startswith("warmup(<function")


def test_a_repr_of_many_lines_is_one_cell():
    class Table:
        def __call__(self, t):
            return 1.0 * (t >= 0)

        def __repr__(self):
            return "Table([[1, 2],\n       [3, 4]])"

    rows = Page(html(lr.join([1.0, Table()], [5]))).rows
    assert rows[-1] == ["5", "...", "1", "...", "Table([[1, 2],\n       [3, 4]])"]


def test_it_is_legible_on_light_and_dark_pages():
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', svg(RUN))) == {"none", REST, CURVE}
    assert "background" not in html(RUN)


def test_the_table_keeps_its_look_in_vs_code():
    """Its rules for tables are `table {width: 100%}` and `table, th, tr {text-align: left !important}`."""
    text = html(RUN)
    assert re.findall(r'<table style="[^"]*width:([^;"]+)', text) == ["auto"]
    sides = re.findall(r'<t[hd] style="text-align:(\w+) !important', text)
    assert sides == ["right", "right", "right", "right", "left"] * text.count("<tr>")


def test_it_is_an_image():
    """Notebooks of other people are shown without SVG elements; images in the page stay."""
    image = Page(html(RUN)).image
    kind, _, data = image["src"].partition(",")
    assert (kind, b64decode(data).decode()) == ("data:image/svg+xml;base64", svg(RUN))
    assert image["alt"] == repr(RUN)
    assert "<svg" not in html(RUN)


def test_it_fits_a_narrow_page():
    root = ElementTree.fromstring(svg(RUN))
    assert "max-width:100%" in Page(html(RUN)).image["style"]
    left, top, width, height = map(int, root.get("viewBox").split())
    assert (left, top, width, height) == (-LEFT, -ABOVE, LEFT + WIDTH + RIGHT, ABOVE + HEIGHT + BELOW)
    assert (int(root.get("width")), int(root.get("height"))) == (width, height)


def test_what_is_traced_has_no_picture():
    seen = []

    @jax.jit
    def show(peak):
        seen.append(lr.cosine(peak, 0.0, 10)._repr_html_())
        return peak

    show(1.0)
    assert seen == [None]


def test_no_picture_library_is_imported():
    code = "import sys, lrsched; lrsched.linear(1.0, 0.0, 9)._repr_html_(); assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_steps_rise_along_the_curve():
    drawn = points(lr.sgdr(1.0, 0.0, 100))
    assert all(before[0] <= after[0] for before, after in pairwise(drawn.tolist()))
