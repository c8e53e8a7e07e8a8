"""The commands on these pages are run in a terminal, and print what stands below them."""

import runpy
from pathlib import Path

import pytest

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


def test_there_are_commands():
    assert len(BLOCKS) >= 6
