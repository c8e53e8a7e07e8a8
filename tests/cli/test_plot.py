"""What `lrsched plot` writes: a picture of the kind that its name says, the same each time."""

import sys
from pathlib import Path

import pytest

from .run import printed, process, refused

A, B = "warmup_cosine(3e-4, 100, 1000)", "linear(3e-4, 0.0, 500)"


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("A.PNG", b"\x89PNG")]
)
def test_the_picture_is_of_the_kind_that_its_name_says(name: str, start: bytes, tmp_path: Path) -> None:
    files = [tmp_path / "one" / name, tmp_path / "two" / name]
    for file in files:
        file.parent.mkdir()
        assert printed("plot", A, B, "-o", str(file)) == ""
    assert files[0].read_bytes().startswith(start)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_options_are_drawn(tmp_path: Path) -> None:
    pictures = set()
    for index, options in enumerate(
        (
            (),
            ("--log",),
            ("--steps", "400"),
            ("--label", "x", "--label", "y"),
            ("--highlight", "300"),
            ("--highlight", "300:400"),
        )
    ):
        file = tmp_path / f"{index}.svg"
        printed("plot", A, B, "-o", str(file), *options)
        pictures.add(file.read_text())
    assert len(pictures) == 6


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-o", "a.jpg"), "a.jpg: unknown extension '.jpg'; a picture ends in .png, .svg, .pdf"),
        (("-o", "-"), "-: unknown extension ''; a picture ends in .png, .svg, .pdf"),
        (("-o", "none/a.png"), "none/a.png: No such file or directory"),
        (
            ("-o", "a.png", "--label", "one"),
            "plot(labels=('one',)) must be one string for each schedule, 2 in all; name each once.",
        ),
        (("-o", "a.png", "--highlight", "x"), "--highlight x must be a step, or two; write 1000, or 1000:2000"),
        (
            ("-o", "a.png", "--highlight", "9:2"),
            "plot(highlight=(9, 2)) must be a first step and a last one; write (100, 200), or [100, 200] for two.",
        ),
        (("-o", "a.png", "--steps", "0"), "--steps 0 must be at least 1; it is the last step that is shown"),
    ],
)
def test_what_is_refused(args: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("plot", A, B, *args) == message
    assert [*tmp_path.iterdir()] == []


def test_a_logarithm_of_nothing_is_refused(tmp_path: Path) -> None:
    message = "plot(log=True) must be given a positive value; leave out log."
    assert refused("plot", "constant(0.0)", "--log", "-o", str(tmp_path / "a.png")) == message


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = "a picture needs matplotlib; pip install matplotlib."
    assert refused("plot", A, "-o", str(tmp_path / "a.png")) == message


def test_a_process_needs_no_display(tmp_path: Path) -> None:
    done = process("plot", A, "-o", str(tmp_path / "a.png"), DISPLAY=":99", MPLBACKEND="tkagg")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "a.png").stat().st_size > 5_000
