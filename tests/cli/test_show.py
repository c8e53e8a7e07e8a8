"""What `lrsched show` prints: pieces, a table, and on a terminal a chart."""

import re
from collections.abc import Callable
from importlib import import_module
from itertools import takewhile

import pytest

import lrsched
from lrsched.runs import recipes

from .run import ESCAPE, in_terminal, invoke, printed, process

# The table has 6 significant digits: at most half a unit of the sixth, which is 5e-6 of the smallest such number.
DIGITS = 5.0001e-6

Terminal = Callable[[str | list[str], str], list[str]]

SHOWN = [
    "warmup_cosine(3e-4, 1000, 10000)",
    "wsd(3e-4, 1000, 10000, 1000, decay=one_minus_sqrt)",
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


def show(*args: str, **env: str) -> str:
    return printed("show", *args, **env)


def rows_of(output: str) -> list[list[str]]:
    """The cells of the table, which is below its head and above the chart."""
    lines = output.splitlines()
    head = next(index for index, line in enumerate(lines) if line.split()[:1] == ["step"])
    cells = [line.split() for line in lines[head + 1 :]]
    return [*takewhile(lambda row: len(row) == len(lines[head].split()) and row[0].isdecimal(), cells)]


def table(output: str) -> dict[int, float]:
    rows = rows_of(output)
    assert [int(step) for step, _ in rows] == sorted({int(step) for step, _ in rows})
    return {int(step): float(value) for step, value in rows}


def drawn(*args: str, **env: str) -> str:
    return show(*args, "--chart", **env)


def chart(output: str) -> list[str]:
    """The rows of the canvas, from the top, without the frame."""
    return [line.rstrip("│") for line in re.findall(r"^ *\S*[┤│](.*│)$", output, re.MULTILINE)]


# What is shown.


@pytest.mark.parametrize("expression", SHOWN)
def test_the_table_has_the_values_of_the_schedule_at_the_steps_that_matter(expression: str) -> None:
    schedule = lrsched.parse(expression)
    output = show(expression)
    rows = table(output)
    for step, value in rows.items():
        assert value == pytest.approx(schedule(step), rel=DIGITS, abs=0.0)
    end = max(rows)
    assert end == (schedule.length or end)
    turns = {0, end, *(step for step in schedule.boundaries if step <= end)}
    assert turns <= set(rows) or (" boundaries; --steps N shows more" in output and len(turns) > 10)
    assert len(rows) <= 20


@pytest.mark.parametrize("expression", SHOWN)
def test_the_pieces_are_described(expression: str) -> None:
    described, shown = lrsched.parse(expression).describe().splitlines(), show(expression).splitlines()
    if len(described) <= 11:
        assert shown[: len(described)] == described
    else:
        assert (shown[:2], shown[2:6], shown[7:11]) == (described[:2], described[2:6], described[-4:])
        assert shown[6] == f" ... {len(described) - 10} more ..."


@pytest.mark.parametrize("expression", [*SHOWN, *(f"recipe:{name}" for name in recipes.list())])
@pytest.mark.parametrize("columns", ["80", "200"])
def test_everything_fits_on_a_terminal_of_24_lines(expression: str, columns: str, in_80: Terminal) -> None:
    """With the prompt in the last line. No line is broken inside a word or a number."""
    lines = in_80(expression, columns)
    assert len(lines) <= 23
    assert max(map(len, lines)) <= int(columns)
    assert any("└" in line for line in lines)


@pytest.mark.parametrize("many", [2, 3, 5])
def test_several_fit_as_well(many: int, in_80: Terminal) -> None:
    expressions = [f"warmup_cosine({n + 1}e-4, 1000, 10000)" for n in range(many)]
    assert len(in_80(expressions, "80")) <= 23


@pytest.fixture
def in_80(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A function that shows schedules on a terminal of some columns and gives the lines."""
    for name in ("output", "show"):
        monkeypatch.setattr(import_module(f"lrsched.cli.{name}"), "is_terminal", lambda: True)

    def lines(expressions: str | list[str], columns: str) -> list[str]:
        given = [expressions] if isinstance(expressions, str) else expressions
        return show(*given, COLUMNS=columns).splitlines()

    return lines


def test_a_short_schedule_is_shown_step_by_step() -> None:
    assert table(show("linear(1.0, 0.0, 4)")) == {0: 1.0, 1: 0.75, 2: 0.5, 3: 0.25, 4: 0.0}


@pytest.mark.parametrize("steps", [1, 7, 999, 12_345, 2**31, 2**53])
def test_steps_is_the_last_row(steps: int) -> None:
    expression = "warmup_cosine(3e-4, 1000, 10000)"
    rows = table(show(expression, "--steps", str(steps)))
    assert max(rows) == steps
    assert {0, steps, *(turn for turn in (1_000, 10_000) if turn <= steps)} <= set(rows)
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
    assert f"Shown up to step {end}; --steps N shows more or less." in output.splitlines()


def test_the_step_before_a_jump_is_a_row() -> None:
    rows = table(show("piecewise_constant([0.1, 0.01, 0.001], [300, 600])"))
    assert [rows[step] for step in (299, 300, 599, 600)] == [0.1, 0.01, 0.01, 0.001]


@pytest.mark.parametrize("pieces", [9, 10, 11, 1000])
def test_very_many_boundaries_are_thinned_and_it_is_said(pieces: int) -> None:
    boundaries = [10 * index for index in range(1, pieces)]
    expression = f"piecewise_constant({[float(index) for index in range(pieces)]}, {boundaries})"
    output = show(expression)
    rows = table(output)
    assert all(value == step // 10 for step, value in rows.items())
    assert {0, boundaries[0], boundaries[-1]} <= set(rows)
    said = re.search(
        rf"^Shown are (\d+) of {pieces - 1} boundaries up to step {boundaries[-1]}\.$", output, re.MULTILINE
    )
    assert (said is not None) == (pieces > 10)
    assert len(set(boundaries) & set(rows)) >= (int(said[1]) if said else pieces - 1)
    assert len(output.splitlines()) <= 23
    assert max(map(len, output.splitlines())) <= 4 * 80


# The chart.


def test_the_chart_rises_where_the_schedule_rises() -> None:
    rising, falling = chart(drawn("linear(0.0, 1.0, 1000)")), chart(drawn("linear(1.0, 0.0, 1000)"))
    assert len(rising) == len(falling) == 9
    assert rising[-1].strip()
    assert rising[-1].index(rising[-1].strip()) == 0
    assert rising[0].rstrip()[-1] == rising[0][-1]
    assert falling[0].index(falling[0].strip()) == 0
    assert falling[-1].rstrip()[-1] == falling[-1][-1]


def test_the_axes_carry_the_values_and_the_steps() -> None:
    output = drawn("warmup_cosine(3e-4, 1000, 10000)")
    assert re.findall(r"^ *(\S+)┤", output, re.MULTILINE) == ["0.0003", "0.00015", "0"]
    assert output.splitlines()[-1].split() == ["0", "5000", "10000"]


def test_a_peak_of_one_step_is_in_the_chart() -> None:
    rows = chart(drawn("piecewise_constant([0.0, 1.0, 0.0], [333337, 333338])", "--steps", "1000000"))
    assert rows[0].strip()


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("constant(0.0)", 9),
        ("linear(0.0, 5e-324, 10)", 9),
        ("scale(linear(0.0, 1e308, 10), 10.0)", 9),
        ("scale(constant(1e308), 10.0)", 0),
    ],
)
def test_extreme_values_are_shown(expression: str, rows: int) -> None:
    output = drawn(expression)
    assert len(chart(output)) == rows
    assert ("No value is finite; there is nothing to draw." in output.splitlines()) == (rows == 0)


@pytest.mark.parametrize("columns", [40, 60, 80, 100])
def test_the_chart_is_as_wide_as_the_terminal(columns: int) -> None:
    lines = drawn("linear(0.0, 1.0, 1000)", COLUMNS=str(columns)).splitlines()
    assert max(map(len, lines[-11:])) == columns


@pytest.mark.parametrize("columns", ["0", "1", "5", "1000", "wide"])
def test_a_strange_terminal_gets_a_chart_too(columns: str) -> None:
    output = drawn("linear(0.0, 1.0, 1000)", COLUMNS=columns, LINES="5")
    assert len(chart(output)) == 9
    assert len(output.splitlines()[-3]) == {"1000": 100, "wide": 80, "0": 80}.get(columns, 40)


# Several.

PAIR = ("warmup_cosine(3e-4, 1000, 10000)", "linear(3e-4, 0.0, 5000)")


def test_several_share_a_table_and_a_chart() -> None:
    output = drawn(*PAIR)
    a, b = map(lrsched.parse, PAIR)
    assert output.startswith(f"a: {a}\nb: {b}\n step ")
    whole = show(*PAIR)
    assert whole.startswith(f"a: {a.describe()}\nb: {b.describe()}\n")
    rows = rows_of(output)
    assert {0, 1_000, 5_000, 10_000} <= {int(step) for step, *_ in rows}
    for step, first, second in rows:
        assert float(first) == pytest.approx(a(int(step)), rel=DIGITS)
        assert float(second) == pytest.approx(b(int(step)), rel=DIGITS)
    top, *_, bottom = chart(output)
    assert top.startswith("bb")
    assert "a" in top
    assert "a" in bottom.rstrip()[-3:] + top
    assert bottom.startswith("a")
    assert "b" in bottom


def test_several_end_with_the_longest() -> None:
    assert max(int(step) for step, *_ in rows_of(show(PAIR[1], PAIR[0]))) == 10_000
    endless = show("inverse_sqrt(1.0, 9000)", PAIR[1])
    assert max(int(step) for step, *_ in rows_of(endless)) == 5_000
    assert "Shown up to step" not in endless


def test_more_than_the_letters_are_refused() -> None:
    result = invoke("show", *["constant(1.0)"] * 27)
    assert result.stderr == "lrsched show: 27 schedules are too many to be shown; 26 have a letter each\n"
    assert result.exit_code == 2


# In a pipe, and in a terminal.


def test_the_chart_is_for_terminals() -> None:
    assert "└┬" not in show(PAIR[0])
    assert "└┬" in show(PAIR[0], "--chart")
    code, sent = in_terminal("show", PAIR[0])
    assert code == 0
    assert ESCAPE not in sent
    assert "└┬" in sent
    assert "└┬" not in in_terminal("show", PAIR[0], "--no-chart")[1]


def test_a_terminal_gets_what_is_drawn() -> None:
    code, sent = in_terminal("show", PAIR[0], COLUMNS="60")
    assert code == 0
    assert sent.strip() == drawn(PAIR[0], COLUMNS="60").strip()


def test_a_pipe_gets_no_escape_codes() -> None:
    done = process("show", PAIR[0])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == show(PAIR[0])
    assert ESCAPE not in done.stdout.decode()


def test_an_encoding_without_boxes_gets_ascii() -> None:
    done = process("show", "wsd(1e-3, 10, 100, 10)", "--chart", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    output = done.stdout.decode("ascii")
    assert "  90  0.001" in output.splitlines()
    assert output.splitlines()[-11].startswith(" 0.001+")


# What is refused.


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
