"""The page as a file: what its policy allows, and how large it is."""

import base64
import hashlib
import json
import re
import sys

import pytest

import lrsched
from lrsched.designer import page

SCRIPT = re.compile(r'<script id="\w+">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def text():
    return page(["constant(1e-3)"])


def test_only_its_own_scripts_run(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in SCRIPT.findall(text)]
    assert rules["script-src"].split() == [f"'sha256-{each}'" for each in hashes]
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert "unsafe-eval" not in policy


def test_it_is_one_small_file(text):
    assert len(text.encode()) < 6_000_000
    markup = SCRIPT.sub("", text)
    assert re.findall(r'(?:src|href|url)\s*[=(]\s*"?(?!data:|#)\w', markup) == []


def test_markup_in_an_expression_stays_a_text():
    evil = "</script><script>alert(1)</script>"
    text = page([evil])
    assert len(SCRIPT.findall(text)) == 3
    start = re.search(r'id="start">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(start)["expressions"] == [evil]


def test_schedules_are_written_as_their_texts():
    assert '"expressions": ["constant(1.0)"]' in page([lrsched.constant(1.0)])


def test_without_plotly_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ImportError, match=r"the designer needs plotly; pip install"):
        page()


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ("wsd(1, 2, 3, 4)", TypeError, "must be a list of schedules or expressions; write page([schedule])."),
        (lrsched.constant(1.0), TypeError, "must be a list of schedules or expressions; write page([schedule])."),
        (5, TypeError, "must be a list of schedules or expressions; write page([schedule])."),
        ([5], TypeError, "must hold schedules and expressions alone; give repr(schedule)."),
        (["constant(1)"] * 7, ValueError, "must hold at most 6 schedules; give those that are compared."),
    ],
)
def test_what_the_page_does_not_take(given, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        page(given)
