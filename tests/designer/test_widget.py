"""The designer in a notebook, as its kernel sees it."""

import sys

import pytest

import lrsched


def test_the_schedule_follows_the_page():
    widget = lrsched.design(lrsched.wsd(3e-4, 100, 1000, 200), "cosine(1, 0, 9)")
    assert widget.schedules == [lrsched.wsd(3e-4, 100, 1000, 200), lrsched.cosine(1, 0, 9)]
    widget.set_state({"expressions": ["wsd(2e-4, 100, 1000, 300)"]})  # as the frame sends it
    assert widget.schedule == lrsched.wsd(2e-4, 100, 1000, 300)


def test_the_schedule_can_be_set():
    widget = lrsched.design(lrsched.constant(1.0), lrsched.constant(2.0))
    widget.schedule = lrsched.cosine(1, 0, 9)
    assert widget.expressions == [repr(lrsched.cosine(1, 0, 9)), repr(lrsched.constant(2.0))]


def test_the_widget_has_the_page():
    widget = lrsched.design("constant(1e-3)", height=500)
    assert widget.page == lrsched.designer.page(["constant(0.001)"])
    assert widget.height == 500


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"must have 1 to 6 schedules, not 0"):
        lrsched.design()
    with pytest.raises(lrsched.ParseError, match="unknown schedule"):
        lrsched.design("cosin(1, 0, 9)")


def test_without_anywidget_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "lrsched.designer.widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"the designer needs anywidget; pip install"):
        lrsched.design("constant(1.0)")
