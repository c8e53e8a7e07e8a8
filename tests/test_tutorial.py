"""The commands on these pages are run in a terminal, and print what stands below them."""

import runpy
import shlex
from pathlib import Path

import pytest

import lrsched

DOCS = Path(__file__).parent.parent / "docs"
TOOLS = runpy.run_path(str(DOCS / "commands.py"))
BLOCKS = [
    pytest.param(script, said, id=f"{page}-{number}")
    for page in TOOLS["PAGES"]
    if page != "command_line"  # its tests are those of the command line
    for number, (script, said) in enumerate(TOOLS["blocks"]((DOCS / f"{page}.md").read_text()), 1)
]


@pytest.mark.parametrize(("script", "said"), BLOCKS)
def test_a_command_prints_what_stands_below_it(script, said, tmp_path):
    assert said
    assert TOOLS["run"](script, tmp_path) == said


def test_the_picture_is_what_the_command_draws(tmp_path):
    """The schedules and labels of the command are those of the picture beside it."""
    page = (DOCS / "tutorial.md").read_text()
    (script,) = [script for script, _ in TOOLS["blocks"](page) if script.startswith("lrsched plot")]
    five = runpy.run_path(str(DOCS / "plots.py"))["FIVE"]
    given = [part for part in shlex.split(script.partition("\nls")[0].replace("\\\n", ""))[4:] if part != "--label"]
    assert dict(zip(given[1::2], map(lrsched.parse, given[::2]), strict=True)) == five


def test_there_are_commands():
    assert len(BLOCKS) >= 6
