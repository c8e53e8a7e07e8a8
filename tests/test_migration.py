"""The page on migration is what `docs/migration.py` writes, and it names every function of every library."""

import importlib
import re
import runpy
from pathlib import Path

import pytest

import lrsched
from lrsched.cli.import_ import LIBRARIES, functions_of

from .test_documents import drawing

ROOT = Path(__file__).parent.parent
MIGRATION = runpy.run_path(str(ROOT / "docs" / "migration.py"))
PAGE = (ROOT / "docs" / "migration.md").read_text()
CALLS = {library: MIGRATION["calls"](text) for library, text in MIGRATION["CALLS"].items()}

NOT_CALLS = {"from_scheduler", "from_schedule", "from_lambda"}
"""They read a live object, and are told of in words."""


def functions(library):
    """The public functions of a library that make a schedule."""
    module = importlib.import_module(f"lrsched.interop.{library}")
    return {*functions_of(module)} - NOT_CALLS


def test_the_page_is_up_to_date():
    assert MIGRATION["written"](PAGE) == PAGE, "run python docs/migration.py"


def test_a_changed_page_is_noticed():
    for right, wrong in (("linear(0.0003, 0.0, 10000)", "linear(0.0003, 0.0, 10001)"), ("0.8536", "0.8537")):
        assert right in PAGE
        assert MIGRATION["written"](PAGE.replace(right, wrong, 1)) == PAGE


def test_every_part_is_on_the_page():
    parts = {(match[2], match[3]) for match in MIGRATION["PART"].finditer(PAGE)}
    asked = {("calls", name) for name in CALLS}
    asked |= {("fractions" if name == "rounding" else "numbers", name) for name in MIGRATION["SAME"]}
    assert parts == asked | {("refused", name) for name in MIGRATION["REFUSED"]}


def test_every_library_is_there():
    assert tuple(CALLS) == LIBRARIES


@pytest.mark.parametrize("library", sorted(CALLS))
def test_every_function_is_called(library):
    called = {name for call in CALLS[library] for name in re.findall(r"(\w+)\(", call)} - {"dict", "partial"}
    if library == "transformers":  # one function for all names
        names = importlib.import_module("lrsched.interop.transformers").FUNCTIONS
        assert {call.split('"')[1] for call in CALLS[library]} == set(names)
        assert called == {"get_scheduler"}
    else:
        assert called == functions(library)


@pytest.mark.parametrize("library", sorted(CALLS))
def test_the_expressions_are_the_schedules(library):
    """What stands on the right, read by itself, is what the call on the left makes."""
    for call in CALLS[library]:
        (expression,) = (line.split("` | `")[1][:-3] for line in PAGE.split("\n") if line.startswith(f"| `{call}` | `"))
        assert lrsched.parse(expression) == MIGRATION["made"](library, call)


def test_pictures_are_as_drawn(tmp_path):
    MIGRATION["main"](tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in (ROOT / "docs" / "migration").iterdir())
    for name in names:
        assert drawing(tmp_path / name) == drawing(ROOT / "docs" / "migration" / name), "run python docs/migration.py"
        assert f"](migration/{name})" in PAGE
