"""The commands as real processes: in a pipe, in a terminal, and without what they need."""

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import lrsched
from lrsched.__main__ import main
from lrsched.cli import commands

from .run import ROOT, environment, in_terminal, invoke, printed, process


@pytest.mark.parametrize(
    "args",
    [("show",), ("show", "linear(0, 1, 2)", "--steps", "many"), ("at", "constant(1)"), ("shwo",), ("show", "-x")],
)
def test_a_wrong_call_has_code_2(args: tuple[str, ...]) -> None:
    result = invoke(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: lrsched" in result.stderr


def test_a_terminal_breaks_errors_between_words() -> None:
    code, sent = in_terminal("check", "negative", COLUMNS="80")
    *message, expression, caret = sent.splitlines()
    assert code == 2
    assert (expression, caret) == ("  negative", "  ^")
    assert len(message) > 5
    assert max(map(len, message)) <= 80
    assert " ".join(part.strip() for part in message) == process("check", "negative").stderr.decode().splitlines()[0]


# Help.

COMMANDS = [(), *((name,) for name in commands.commands)]


def examples(help_text: str) -> list[list[str]]:
    """The arguments of the calls among the examples of a help text, without what the shell does with the output."""
    lines = re.sub(r" \\\n +", " ", re.split(r"Examples?:\n", help_text)[1]).splitlines()
    calls = [re.sub(r'^eval "\$\((.*)\)"$', r"\1", line.strip()) for line in lines]
    return [shlex.split(re.split(r" >>? ", call)[0])[1:] for call in calls]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_examples_of_the_help_run(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("schedule.json").write_text(json.dumps(lrsched.linear(0.0, 0.3, 3).to_config()))
    for name, end in (("cosine.csv", 2.5), ("flat.csv", 2.7)):
        rows = (f"{step},{end + (step / 9_500) ** -0.5}" for step in range(600, 9_501, 100))
        Path(name).write_text("\n".join(["step,loss", *rows]))
    found = examples(printed(*command, "--help", COLUMNS="100"))
    assert found
    for example in found:
        result = invoke(*example)
        assert result.exit_code in ((0, 1) if example[0] in {"diff", "check"} else (0,)), result.output
        assert result.output or "-o" in example


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_help_fits_and_says_what_in_one_line(command: tuple[str, ...]) -> None:
    first = commands.commands[command[0]].get_short_help_str(200) if command else "Inspect"
    assert "..." not in first
    assert len(first) < 65
    text = printed(*command, "--help", COLUMNS="80")
    assert first.split()[0] in text
    assert [line for line in text.splitlines() if len(line) > 80] == []


def test_the_version_is_the_one_of_the_package() -> None:
    version = importlib.metadata.version("lrsched-toolkit")
    assert invoke("--version").output == f"lrsched, version {version}\n"


# Real processes.


def test_the_installed_command_is_this_one() -> None:
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="lrsched")
    assert command.load() is main


def test_a_process_refuses_with_code_2() -> None:
    done = process("show", "linear(0.0, 1.0, 😀)", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("lrsched show: column 18: invalid character ")
    assert b"Traceback" not in done.stderr


def test_nothing_comes_before_the_error_line() -> None:
    done = process("show", "linear(0, 1, 1if 1 else 2)")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[0].startswith("lrsched show: ")


def test_a_broken_pipe_is_quiet() -> None:
    command = [sys.executable, "-m", "lrsched", "show", "linear(0.0, 1.0, 10)"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1


def test_without_the_extra_one_line_says_so() -> None:
    code = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from lrsched.__main__ import main
main()
"""
    done = process("show", "linear(0.0, 1.0, 10)", code=code)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        "lrsched: No module named 'click'; the commands need click; pip install click pyyaml\n"
    )


WATCHED = """
import sys
from lrsched.__main__ import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), *sys.modules, file=sys.stderr)
"""
SLOW = {"rich", "plotext", "yaml", "matplotlib", "jax", "torch", "tqdm", "lrsched.interop", "lrsched.export.writing"}


@pytest.mark.parametrize(
    "args",
    [
        ("--version",),
        ("--help",),
        ("show", "warmup_cosine(3e-4, 1000, 10000)", "--chart"),
        ("at", "warmup_cosine(3e-4, 1000, 10000)", "5000"),
        ("table", "linear(1.0, 0.0, 4)"),
        ("diff", "linear(1.0, 0.0, 4)", "linear(1.0, 0.0, 4)"),
        ("check", "linear(1.0, 0.0, 4)"),
        ("config", "linear(1.0, 0.0, 4)"),
        ("list", "cosine"),
    ],
    ids=lambda args: args[0],
)
def test_nothing_slow_is_imported(args: tuple[str, ...]) -> None:
    """Beside NumPy, click and lrsched itself a command starts with the standard library."""
    done = process(*args, code=WATCHED)
    assert done.returncode == 0
    found = set(done.stderr.decode().split())
    assert {"numpy", "click", "lrsched"} <= found
    assert found & SLOW == set()
