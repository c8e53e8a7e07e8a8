"""The table, and its place in the page."""

import pytest

from .__main__ import PAGE, SECTIONS, versions
from .bench_page import IN_SHORT, marks, render, shortened, splice
from .bench_timing import Row, row_of, time_text

BEGIN, END = marks()


def test_rows_are_aligned_markdown():
    text = render([Row("a", "1 ms", "2 ms", "0.50", "1", "yes"), Row("long name", "1 ms", "not installed", "")])
    lines = text.splitlines()
    assert len(lines) == 4
    assert {len(line) for line in lines} == {len(lines[0])}
    assert lines[2] == "| a           |    1 ms |          2 ms |  0.50 |     1 | yes |"


@pytest.mark.parametrize(("ours", "bound", "ok"), [(3.0, 1.5, "yes"), (3.1, 1.5, "no"), (3.1, None, "")])
def test_the_verdict(ours, bound, ok):
    assert row_of("x", ours, 2.0, str, bound).ok == ok


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.5, "1.5 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.5 us"), (2.4e-7, "240 ns")]
)
def test_times_have_a_unit(seconds, text):
    assert time_text(seconds) == text


def test_splice_replaces_what_is_between_the_markers():
    page = f"head\n{BEGIN}\nold\n{END}\ntail\n"
    assert splice(page, "new") == f"head\n{BEGIN}\n\nnew\n\n{END}\ntail\n"
    assert splice(splice(page, "newer"), "new") == splice(page, "new")


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}"])
def test_splice_needs_both_markers(page):
    with pytest.raises(ValueError, match="must hold the lines"):
        splice(page, "new")


def test_the_page_holds_every_section():
    page = PAGE.read_text(encoding="utf-8")
    inside = page.partition(BEGIN)[2].partition(END)[0]
    for title in SECTIONS:
        assert f"### {title}\n" in inside


def test_the_page_begins_with_the_rows_that_matter():
    page = PAGE.read_text(encoding="utf-8")
    first, last = marks("in short: ")
    rows = [
        Row(*cells)
        for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines())
        if cells[0] in IN_SHORT
    ]
    assert len(rows) == len(IN_SHORT) == 5
    assert page.partition(first)[2].partition(last)[0].strip() == shortened(rows)
    assert page.index(first) < page.index(BEGIN)


def test_versions_name_no_machine():
    assert "lrsched" in versions()
    assert versions().endswith("CPUs.")
