"""What `lrsched design` writes, prints and opens."""

import json
import sys
from pathlib import Path

import pytest

from .run import in_terminal, printed, process, refused

A = "warmup_cosine(3e-4, 100, 1000)"


def test_a_pipe_gets_the_path_and_nothing_is_opened(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    done = process("design", A, "-o", str(tmp_path / "a.html"), BROWSER=f"touch {opened} %s")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [str(tmp_path / "a.html")]
    assert "warmup_cosine(0.0003, 100, 1000)" in (tmp_path / "a.html").read_text()
    assert not opened.exists()


def test_a_terminal_opens_the_page(tmp_path: Path) -> None:
    browser, file = tmp_path / "browser", tmp_path / "a.html"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path / "opened"}\n')
    browser.chmod(0o700)
    assert in_terminal("design", A, "-o", str(file), BROWSER=f"{browser} %s") == (0, f"{file}\n")
    assert (tmp_path / "opened").read_text() == f"{file.as_uri()}\n"


def test_a_temporary_file_is_written() -> None:
    path = Path(printed("design").strip())
    try:
        assert path.suffix == ".html"
        assert "warmup_cosine(" in path.read_text()
    finally:
        path.unlink()


def test_a_law_is_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "law.json").write_text(json.dumps({"here": "is a law"}))
    file = printed("design", "--law", str(tmp_path / "law.json"), "-o", str(tmp_path / "a.html")).strip()
    assert '"law": {"here": "is a law"}' in Path(file).read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("cosin(1, 0, 9)",), "unknown schedule 'cosin'; did you mean 'cosine'?"),
        (("-o", "none/a.html"), "No such file or directory"),
        (("--law", "none.json"), "none.json: No such file or directory"),
        ((A,) * 7, "Schedules given: 7; this command takes at most 6."),
    ],
)
def test_what_is_refused(args: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = process("design", *args)
    assert done.returncode == 2
    assert message in done.stderr.decode()


def test_without_plotly_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    assert refused("design", A) == 'the designer needs plotly; pip install "lrsched-toolkit[designer]".'
