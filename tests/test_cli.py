"""The command line: what `lrsched show` prints, what it refuses, and how it behaves in a pipe."""

import importlib.metadata
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import lrsched
from lrsched.__main__ import main
from lrsched.cli import commands

ROOT = Path(__file__).parents[1]
CLEAN = {"COLUMNS": "80", "NO_COLOR": None, "FORCE_COLOR": None, "TTY_COMPATIBLE": None, "TERM": "xterm-256color"}
ESCAPE = "\x1b"

# The table has 6 significant digits: at most half a unit of the sixth, which is 5e-6 of the smallest such number.
DIGITS = 5.0001e-6

SHOWN = [
    "warmup_cosine(3e-4, 1000, 10000)",
    "wsd(3e-4, 1000, 8000, 1000, decay=one_minus_sqrt)",
    "linear(1.0, 0.0, 1)",
    "linear(1.0, 0.0, 3)",
    "linear(0.0, 1.0, 9007199254740992)",
    "constant(0.1)",
    "noam(512, 4000)",
    "warmup_inverse_sqrt(1e-3, 4000)",
    "piecewise_constant([0.1, 0.01, 0.001], [30, 60])",
    "sgdr(1e-3, 1e-5, 1000, period_mult=2)",
    "cyclic(0.001, 0.1, 2000)",
    "cooldown(constant(1.0), 500, 100)",
    "shift(linear(1.0, -1.0, 10), -100)",
    "stretch(step_decay(0.1, 0.1, 30), 5004)",
    "join([constant(-1.7e308), constant(1.7e308)], [10])",
    "exponential_decay(1.0, 10.0)",
]


def invoke(*args: str, **env: str) -> Result:
    return CliRunner().invoke(commands, args, env={**CLEAN, **env})


def show(*args: str, **env: str) -> str:
    result = invoke("show", *args, **env)
    assert result.exception is None, result.output
    assert result.stderr == ""
    return result.stdout


def process(*args: str, code: str | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *(("-m", "lrsched") if code is None else ("-c", code)), *args]
    return subprocess.run(command, cwd=ROOT, env=environment(**env), capture_output=True, timeout=60, check=False)


def environment(**env: str) -> dict[str, str]:
    dropped = {*CLEAN, "PYTHONIOENCODING", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONUTF8": "1", **{name: value for name, value in CLEAN.items() if value}, **env}


def table(output: str) -> dict[int, float]:
    rows = re.findall(r"^│ +(\d+) │ +(\S+) │$", output, re.MULTILINE)
    assert [int(step) for step, _ in rows] == sorted({int(step) for step, _ in rows})
    return {int(step): float(value) for step, value in rows}


def chart(output: str) -> list[str]:
    """The rows of the canvas, from the top, without the frame."""
    return re.findall(r"[┤│](.*)│$", output.partition("└")[2], re.MULTILINE)


# What is shown.


@pytest.mark.parametrize("expression", SHOWN)
def test_the_table_has_the_values_of_the_schedule_at_the_steps_that_matter(expression: str) -> None:
    schedule = lrsched.parse(expression)
    rows = table(show(expression))
    for step, value in rows.items():
        assert value == pytest.approx(schedule(step), rel=DIGITS, abs=0.0)
    end = max(rows)
    assert end == (schedule.length or end)
    assert {0, end, *(step for step in schedule.boundaries if step <= end)} <= set(rows)
    assert len(rows) <= 40


@pytest.mark.parametrize("expression", SHOWN)
def test_the_pieces_are_described(expression: str) -> None:
    assert show(expression).startswith(lrsched.parse(expression).describe() + "\n")


def test_a_short_schedule_is_shown_step_by_step() -> None:
    assert table(show("linear(1.0, 0.0, 4)")) == {0: 1.0, 1: 0.75, 2: 0.5, 3: 0.25, 4: 0.0}


@pytest.mark.parametrize("steps", [1, 7, 999, 12_345, 2**31, 2**53])
def test_steps_is_the_last_row(steps: int) -> None:
    expression = "warmup_cosine(3e-4, 1000, 10000)"
    rows = table(show(expression, "--steps", str(steps)))
    assert max(rows) == steps
    turns = {turn - before for turn in (1_000, 10_000) if turn <= steps for before in (0, 1)}
    assert {0, steps, *turns} <= set(rows)
    assert all(value == pytest.approx(lrsched.parse(expression)(step), rel=DIGITS) for step, value in rows.items())


@pytest.mark.parametrize(
    ("expression", "end"),
    [
        ("noam(512, 4000)", 40_000),
        ("warmup_inverse_sqrt(1e-3, 4000)", 40_000),
        ("join([linear(0.0, 1.0, 10), inverse_sqrt(1.0, 25)], [300])", 3_000),
        ("stretch(step_decay(0.1, 0.1, 30), 5004)", 1_501_200),
        ("shift(inverse_sqrt(1.0, 25), -1000)", 10_000),
        ("inverse_sqrt(1.0, 9007199254740992)", 2**53),
        ("inverse_sqrt(1.0, 0.25)", 3),
        ("natural_exp_decay(1.0, 1e-3)", 1_000),
        ("constant(0.1)", 1_000),
    ],
)
def test_without_an_end_ten_times_the_longest_time_is_shown(expression: str, end: int) -> None:
    output = show(expression)
    assert max(table(output)) == end
    assert f"It is shown up to step {end}; --steps N shows it up to another." in output.splitlines()


def test_the_step_before_a_jump_is_a_row() -> None:
    rows = table(show("piecewise_constant([0.1, 0.01, 0.001], [300, 600])"))
    assert [rows[step] for step in (299, 300, 599, 600)] == [0.1, 0.01, 0.01, 0.001]


@pytest.mark.parametrize("pieces", [41, 42, 1000])
def test_very_many_boundaries_are_thinned_and_it_is_said(pieces: int) -> None:
    boundaries = [10 * index for index in range(1, pieces)]
    expression = f"piecewise_constant({[float(index) for index in range(pieces)]}, {boundaries})"
    output = show(expression)
    rows = table(output)
    assert all(value == step // 10 for step, value in rows.items())
    assert {0, boundaries[0], boundaries[-1]} <= set(rows)
    assert {boundaries[0], boundaries[-1]} <= set(table(show(expression, "--steps", str(2 * boundaries[-1]))))
    said = f"Of its {pieces - 1} boundaries up to step {boundaries[-1]}, 20 are shown."
    assert (said in output.splitlines()) == (pieces > 41)
    assert (set(boundaries) <= set(rows)) == (pieces <= 41)
    assert f" ... {pieces + 2 - 20} more ..." in output.splitlines()
    assert len(output.splitlines()) < 90
    assert max(map(len, output.splitlines())) <= 4 * 80


# The chart.


def test_the_chart_rises_where_the_schedule_rises() -> None:
    rising, falling = chart(show("linear(0.0, 1.0, 1000)")), chart(show("linear(1.0, 0.0, 1000)"))
    assert len(rising) == len(falling) == 13
    assert rising[-1].strip()
    assert rising[-1].index(rising[-1].strip()) == 0
    assert rising[0].rstrip()[-1] == rising[0][-1]
    assert falling[0].index(falling[0].strip()) == 0
    assert falling[-1].rstrip()[-1] == falling[-1][-1]


def test_the_axes_carry_the_values_and_the_steps() -> None:
    output = show("warmup_cosine(3e-4, 1000, 10000)")
    assert re.findall(r"^ *(\S+)┤", output, re.MULTILINE) == ["0.0003", "0.000225", "0.00015", "7.5e-05", "0"]
    assert output.splitlines()[-1].split() == ["0", "2000", "4000", "6000", "8000", "10000"]


def test_a_peak_of_one_step_is_in_the_chart() -> None:
    drawn = chart(show("piecewise_constant([0.0, 1.0, 0.0], [333337, 333338])", "--steps", "1000000"))
    assert drawn[0].strip()


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("constant(0.0)", 13),
        ("linear(0.0, 5e-324, 10)", 13),
        ("scale(linear(0.0, 1e308, 10), 10.0)", 13),
        ("scale(constant(1e308), 10.0)", 0),
    ],
)
def test_extreme_values_are_shown(expression: str, rows: int) -> None:
    output = show(expression)
    assert len(chart(output)) == rows
    assert ("No value is finite; there is nothing to draw." in output.splitlines()) == (rows == 0)


@pytest.mark.parametrize("columns", [40, 60, 80, 100])
def test_the_chart_is_as_wide_as_the_terminal(columns: int) -> None:
    lines = show("linear(0.0, 1.0, 1000)", COLUMNS=str(columns)).splitlines()
    assert max(map(len, lines[-16:])) == columns


@pytest.mark.parametrize("columns", ["0", "1", "5", "1000", "wide"])
def test_a_strange_terminal_gets_a_chart_too(columns: str) -> None:
    output = show("linear(0.0, 1.0, 1000)", COLUMNS=columns, LINES="5")
    assert len(chart(output)) == 13
    assert len(output.splitlines()[-16]) == {"1000": 100, "wide": 80}.get(columns, 40)


# What is refused.

WRITE = "write a call such as linear(0.0, 1.0, 10)"

REFUSED = [
    ("1 + 1", f"column 1: an expression is one call; {WRITE}.", 1),
    ("cosine", f"column 1: an expression is one call; {WRITE}.", 1),
    ("linear(", f"column 7: '(' was never closed; {WRITE}.", 7),
    ("linear(1, 2, 3))", f"column 16: unmatched ')'; {WRITE}.", 16),
    ("linear(0, 1,, 2)", f"column 13: invalid syntax; {WRITE}.", 13),
    ("linear(1, 2, 3).expand()", f"column 1: only a schedule can be called, by its name; {WRITE}.", 1),
    ("linear(**{})", "column 10: ** cannot be written here; name each parameter once.", 10),
    ("linear(1j, 0, 3)", "column 8: only numbers, texts, True, False, None, lists and calls can stand here.", 8),
    ("linear(1.0, 0.0, -5)", "column 1: linear(steps=-5) must be at least 0; steps are counted from 0.", 1),
    ("linear(1e999, 0, 3)", "column 1: linear(init_value=inf) must be finite; give a number that float64 holds.", 1),
    (
        "linear(1, 2, 9007199254740993)",
        "column 1: linear(steps=9007199254740993) must be at most 2**53; count in a larger unit.",
        1,
    ),
    (
        "join([linear(0, 1, 10), linear(0, 1, -1)], [10])",
        "column 25: join.schedules[1]: linear(steps=-1) must be at least 0; steps are counted from 0.",
        25,
    ),
    (
        "warmup_cosine(3e-4, 1000, 500)",
        "column 1: warmup_cosine(total_steps=500) must be at least warmup_steps=1000; "
        "total_steps includes the warmup.",
        1,
    ),
    ("linear(1, 2)", "column 1: linear(init_value, end_value, steps) must be called with these; "
     "missing a required argument: 'steps'.", 1),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "message", "column"), REFUSED)
def test_a_bad_expression_is_one_clear_line_and_a_caret(expression: str, message: str, column: int) -> None:
    result = invoke("show", expression)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"lrsched show: {message}", f"  {expression}", " " * (column + 1) + "^"]


def test_an_unknown_name_is_answered_as_parse_answers() -> None:
    expression = "join([lineer(0.0, 1.0, 10), constant(1.0)], [10])"
    with pytest.raises(lrsched.ParseError, match="did you mean 'linear'") as refused:
        lrsched.parse(expression)
    assert refused.value.column == 7
    assert invoke("show", expression).stderr.splitlines()[0] == f"lrsched show: {refused.value}"


def test_the_caret_stands_under_wide_characters() -> None:
    assert invoke("show", "linear('学习', 😀)").stderr.splitlines()[2].index("^") == 2 + len("linear('") + 4 + len(
        "', "
    )


def test_no_caret_where_the_expression_does_not_fit() -> None:
    expression = "linear(1.0, 0.0, -5)"
    assert len(invoke("show", expression, COLUMNS="24").stderr.splitlines()) == 3
    assert len(invoke("show", expression, COLUMNS="23").stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "\n\n",
        "x" * 1_000_000,
        "x" * 199_000,
        "(" * 10_000 + ")" * 10_000,
        "shift(" * 10_000,
        "linear(\x00, 0, 3)",
        "\x00",
        "😀" * 1_000,
        "linear('\udcff', 0, 1)",
        "linear(" + "9" * 100_000 + ", 0, 1)",
        "2" + "**2" * 50_000,
        "not " * 40_000 + "1",
        "lambda:" * 25_000 + "1",
        "linear({[1]: 2}, 1, 2)",
        "linear(\n1,\nfoo(3), 4)",
        "\x1b[31mlinear(0, 1, 2)",
    ],
)
def test_absurd_text_is_refused_in_one_line(expression: str) -> None:
    result = invoke("show", expression)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert result.stdout == ""
    first, *caret = result.stderr.splitlines()
    assert first.startswith("lrsched show: ")
    assert len(first) < 1_000
    assert first.isprintable()
    assert len(caret) in (0, 2)


def test_text_is_never_evaluated(tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert invoke("show", f"__import__('pathlib').Path({str(made)!r}).touch()").exit_code == 2
    assert invoke("show", f"linear(0.0, open({str(made)!r}, 'w'), 3)").exit_code == 2
    assert not made.exists()


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("0", "--steps 0 must be at least 1; it is the last step that is shown"),
        ("-3", "--steps -3 must be at least 1; it is the last step that is shown"),
        (
            "9007199254740993",
            "--steps 9007199254740993 must be at most 2**53 = 9007199254740992; count in a larger unit",
        ),
    ],
)
def test_steps_out_of_range_are_refused(steps: str, message: str) -> None:
    result = invoke("show", "linear(0.0, 1.0, 10)", "--steps", steps)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"lrsched show: {message}\n")


def test_a_schedule_beyond_the_last_step_asks_for_steps() -> None:
    expression = "join([constant(1.0), linear(1.0, 0.0, 9007199254740992)], [10])"
    result = invoke("show", expression)
    demand = "the schedule must end by step 2**53 = 9007199254740992 to be shown as a whole; give --steps"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"lrsched show: {demand}\n")
    assert max(table(show(expression, "--steps", "100"))) == 100


@pytest.mark.parametrize("args", [("show",), ("show", "linear(0, 1, 2)", "--steps", "many"), ("shwo",), ("show", "-x")])
def test_a_wrong_call_has_code_2(args: tuple[str, ...]) -> None:
    result = invoke(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: lrsched" in result.stderr


@pytest.mark.parametrize(
    "expression",
    [
        "stretch(linear(0.0, 1.0, 9007199254740992), 1e300)",
        "stretch(inverse_sqrt(1.0, 1e300), 1e300)",
        "inverse_sqrt(1.0, 1e300)",
    ],
)
def test_times_that_overflow_are_no_traceback(expression: str) -> None:
    assert invoke("show", expression).exit_code in (0, 2)


# Help.


@pytest.mark.parametrize("args", [("--help",), ("show", "--help")])
def test_the_examples_of_the_help_run(args: tuple[str, ...]) -> None:
    lines = [line.strip() for line in invoke(*args).output.splitlines()]
    examples = [line for line in lines if line.startswith("lrsched show ")]
    assert examples
    for example in examples:
        assert table(show(*shlex.split(example)[2:]))


def test_the_version_is_the_one_of_the_package() -> None:
    version = importlib.metadata.version("lrsched-toolkit")
    assert invoke("--version").output == f"lrsched, version {version}\n"


# Real processes.


def test_the_installed_command_is_this_one() -> None:
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="lrsched")
    assert command.load() is main


def test_a_process_in_a_pipe_prints_the_same_without_escape_codes() -> None:
    expression = "warmup_cosine(3e-4, 1000, 10000)"
    done = process("show", expression)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == show(expression)
    assert ESCAPE not in done.stdout.decode()


def test_colours_are_for_terminals_and_no_color_is_honoured() -> None:
    args = ("show", "linear(0.0, 1.0, 10)")
    assert ESCAPE + "[36m" in show(*args[1:], FORCE_COLOR="1")
    assert ESCAPE not in process(*args, FORCE_COLOR="1", NO_COLOR="1").stdout.decode()


def test_an_encoding_without_boxes_gets_ascii() -> None:
    done = process("show", "wsd(1e-3, 10, 80, 10)", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    output = done.stdout.decode("ascii")
    assert "|   99 | 0.0001 |" in output.splitlines()
    assert "  0.001+" in output


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


@pytest.mark.parametrize("missing", ["click", "rich", "plotext"])
def test_without_the_extra_one_line_says_so(missing: str) -> None:
    code = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from lrsched.__main__ import main
main()
"""
    done = process("show", "linear(0.0, 1.0, 10)", code=code)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        f"lrsched: No module named '{missing}'; the commands need click, rich and plotext: "
        'pip install "lrsched-toolkit[cli]"\n'
    )
