"""What `lrsched config` prints is read back, as JSON, as YAML, and by hand."""

import json
import sys
from pathlib import Path

import pytest
import yaml

import lrsched

from ..cases import CASES
from .run import printed, process, refused


@pytest.mark.parametrize("name", CASES)
def test_a_config_is_read_back(name: str, tmp_path: Path) -> None:
    made = CASES[name].schedule
    if "<" in repr(made):
        pytest.fail(f"{made} has no expression")
    for kind in ("json", "yaml"):
        file = tmp_path / f"a.{kind}"
        assert printed("config", repr(made), "--format", kind, "-o", str(file)) == ""
        data = json.loads(file.read_text()) if kind == "json" else yaml.safe_load(file.read_text())
        assert lrsched.from_config(data) == made
        assert printed("config", "--config", str(file)) == json.dumps(made.to_config(), indent=2) + "\n"


def test_commands_are_joined_by_pipes() -> None:
    config = process("config", "linear(1.0, 0.0, 4)").stdout.decode()
    assert json.loads(config) == lrsched.linear(1.0, 0.0, 4).to_config()
    assert printed("table", "--config", "-", stdin=config) == printed("table", "linear(1.0, 0.0, 4)")


def test_a_file_that_cannot_be_written() -> None:
    assert refused("config", "constant(1.0)", "-o", "/none/a.json") == "/none/a.json: No such file or directory"


def test_yaml_without_pyyaml_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    line = refused("config", "constant(1.0)", "--format", "yaml")
    assert line == "YAML needs pyyaml; pip install pyyaml, or write JSON."
