"""What `lrsched at` prints: the value at a step, to all digits."""

import json
from pathlib import Path

import pytest

import lrsched

from .run import invoke, printed, refused

EXPRESSION = "warmup_cosine(3e-4, 1000, 10000)"
SCHEDULE = lrsched.parse(EXPRESSION)


@pytest.mark.parametrize("step", [0, 1, 999, 1_000, 5_000, 10_000, 2**53, 10**20])
def test_one_step_is_one_number(step: int) -> None:
    assert printed("at", EXPRESSION, str(step)) == f"{SCHEDULE(step)!r}\n"


@pytest.mark.parametrize("text", ["5000", "5_000", "5e3", "5000.0", "10_000/2", "10*500", "+5000"])
def test_a_step_may_be_written_as_people_write_it(text: str) -> None:
    assert float(printed("at", EXPRESSION, text)) == SCHEDULE(5_000)


def test_several_steps_are_rows_in_the_order_given() -> None:
    assert printed("at", "linear(1.0, 0.0, 4)", "4", "1e0", "10", "1") == (
        "step  value\n   4  0.0\n   1  0.75\n  10  0.0\n   1  0.75\n"
    )
    rows = json.loads(printed("at", "linear(1.0, 0.0, 4)", "4", "1", "--json"))
    assert rows == [{"step": 4, "value": 0.0}, {"step": 1, "value": 0.75}]
    assert json.loads(printed("at", "1e308 * constant(10)", "3", "--json")) == [{"step": 3, "value": None}]


def test_names_stand_for_numbers_in_the_steps_too() -> None:
    text = "warmup_cosine(peak, 0.1*total, total)"
    assert float(printed("at", text, "total//2", "--let", "peak=3e-4", "--let", "total=1e4")) == SCHEDULE(5_000)


def test_a_config_or_a_recipe(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(SCHEDULE.to_config()))
    assert printed("at", "--config", str(file), "5000") == printed("at", EXPRESSION, "5000")
    assert printed("at", "5000", "--config", "-", stdin=file.read_text()) == printed("at", EXPRESSION, "5000")
    assert float(printed("at", "recipe:bert", "10_000")) == lrsched.recipes.bert()(10_000)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("1.5", "1.5 must be a whole number of steps; write 10000 or 1e4"),
        ("1e400", "1e400 must be a whole number of steps; write 10000 or 1e4"),
        ("True", "True must be a whole number of steps; write 10000 or 1e4"),
        ("linear(0,1,2)", "linear(0,1,2) must be a whole number of steps; write 10000 or 1e4"),
        ("many", "STEP many: column 1: unknown name 'many'; give it a number: "),
        ("1,2", "1,2 must be a whole number of steps; write 10000 or 1e4"),
    ],
)
def test_a_step_that_is_none(step: str, message: str) -> None:
    assert refused("at", EXPRESSION, step).startswith(message)


@pytest.mark.parametrize("args", [(), (EXPRESSION,), ("--config", "a.json", "--config", "b.json", "1")])
def test_a_schedule_and_a_step_are_needed(
    args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json"):
        Path(name).write_text(json.dumps(SCHEDULE.to_config()))
    result = invoke("at", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Give one schedule, as EXPR or --config FILE, and one step or more." in result.stderr


@pytest.mark.parametrize("command", ["show", "table", "diff", "check"])
def test_the_steps_of_other_commands_are_read_alike(command: str) -> None:
    expressions = ["linear(1.0, 0.5, 4)"] * (2 if command == "diff" else 1)
    for text in ("1e1", "1_0", "5*2", "10.0"):
        assert printed(command, *expressions, "--steps", text) == printed(command, *expressions, "--steps", "10")
    for text in ("many", "1.5", "1e999", ""):
        result = invoke(command, *expressions, "--steps", text)
        assert result.exit_code == 2
        assert (
            f"Invalid value for '--steps': {text} must be a whole number of steps; write 10000 or 1e4" in result.stderr
        )
