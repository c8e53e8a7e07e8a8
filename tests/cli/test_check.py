"""What `lrsched check` prints, and its exit code; what is found is tested where it is looked for."""

import json
from pathlib import Path

import pytest

import lrsched
from lrsched import check_losses
from lrsched.tools.check import check

from .run import invoke, printed, refused

GOOD = "warmup_cosine(3e-4, 1000, 99999, init_value=3e-7)"
BAD = "warmup_cosine(3e-4, 1000, 120000)"


def test_nothing_found_is_0() -> None:
    assert printed("check", GOOD, "--steps", "100000") == f"{check(lrsched.parse(GOOD), 100_000)}\n"
    assert json.loads(printed("check", GOOD, "--steps", "100000", "--json")) == []


def test_findings_are_printed() -> None:
    report = check(lrsched.parse(BAD), 100_000)
    assert len(report) > 1
    assert printed("check", BAD, "--steps", "100000") == f"{report}\n"
    found = json.loads(printed("check", BAD, "--steps", "100000", "--json"))
    assert [item["name"] for item in found] == [finding.name for finding in report]
    assert set(found[0]) == {"name", "message", "remedy", "step", "severity", "rate"}


def test_the_run_is_as_long_as_the_schedule_unless_told() -> None:
    assert printed("check", BAD) == printed("check", BAD, "--steps", "120000")


NOTE, ERROR = "warmup_cosine(3e-4, 1000, 10000)", "linear(1.0, -1.0, 100)"


@pytest.mark.parametrize(
    ("expression", "level", "code"),
    [
        (GOOD, "note", 0),
        (NOTE, "note", 1),
        (NOTE, "warning", 0),
        (NOTE, "error", 0),
        (BAD, "note", 1),
        (BAD, "warning", 1),
        (BAD, "error", 0),
        (ERROR, "warning", 1),
        (ERROR, "error", 1),
    ],
)
def test_the_exit_code_is_1_from_a_level_that_is_asked_for(expression: str, level: str, code: int) -> None:
    steps = () if expression in (NOTE, ERROR) else ("--steps", "100000")
    shown = printed("check", expression, *steps)
    assert printed("check", expression, *steps, "--fail-on", level, code=code) == shown


def test_what_is_ignored_does_not_fail() -> None:
    assert "nothing found" in printed("check", NOTE, "--ignore", "zero start", "--fail-on", "note")
    assert "nothing found" in printed("check", NOTE, "--ignore", "zero-start", "--ignore", "jump")
    assert refused("check", NOTE, "--ignore", "zero-star") == (
        "check(ignore[0]='zero-star') must be the name of a finding; did you mean 'zero start'?"
    )


def test_what_is_refused() -> None:
    message = "the schedule has no end; give --steps, the updates of the run"
    assert refused("check", "inverse_sqrt(1.0, 100)") == message
    assert refused("check", "constant(1.0)") == message
    assert refused("check", GOOD, "--steps", "0").startswith("check(total_steps=0) must be at least 1")


# A change of plan.

LONGER = "warmup_cosine(3e-4, 1000, 15000)"
CHANGE = ("--after", NOTE, "--at", "6000")


def test_a_change_of_plan() -> None:
    old, new = lrsched.parse(NOTE), lrsched.parse(LONGER)
    report = check(new, after=old, at=6000)
    assert {"past changed", "jump at the change"} < {finding.name for finding in report}
    assert printed("check", LONGER, *CHANGE) == f"{report}\n"
    assert printed("check", LONGER, *CHANGE, "--fail-on", "error", code=1) == f"{report}\n"
    assert "nothing found" in printed("check", f"extend({NOTE}, 6000, 15000)", *CHANGE, "--ignore", "zero start")


def test_the_old_schedule_takes_names_recipes_and_files(tmp_path: Path) -> None:
    let = ("--let", "total=10000", "--let", "step=6e3")
    extended, old = "extend(cosine(1.0, 0.0, total), step, 2*total)", "cosine(1.0, 0.0, total)"
    assert "nothing found" in printed("check", extended, "--after", old, "--at", "6000", *let)
    (tmp_path / "old.json").write_text(json.dumps(lrsched.cosine(1.0, 0.0, 10_000).to_config()))
    saved = str(tmp_path / "old.json")
    assert "nothing found" in printed("check", extended, "--after", saved, "--at", "6e3", *let)
    assert "past changed" in printed("check", "recipe:gpt2", "--after", "recipe:gpt3", "--at", "9")


def test_a_change_that_is_refused(tmp_path: Path) -> None:
    together = "--after EXPR and --at STEP must be given together: the old schedule, and where it ends"
    assert refused("check", LONGER, "--after", NOTE) == refused("check", LONGER, "--at", "9") == together
    assert refused("check", LONGER, "--after", NOTE, "--at", "15000") == (
        "check(at=15000) must be less than 15000, the updates of the run; give the total_steps of the run that goes on."
    )
    assert refused("check", LONGER, "--after", "cosin(1.0, 0.0, 9)", "--at", "5").startswith(
        "column 1: unknown schedule 'cosin'"
    )
    assert refused("check", LONGER, "--after", str(tmp_path / "a.json"), "--at", "5").endswith(
        "No such file or directory"
    )
    assert refused("check", LONGER, *CHANGE, "--losses", "a.csv").startswith("--after must be left out with --losses")


# Losses.

RUN = "warmup_cosine(3e-4, 20, 100)"
GOOD_LOSSES = "step,loss\n0,6.9\n10,6.1\n20,5.2\n30,4.6\n40,4.3\n50,4.1\n"


def losses(text: str, code: int) -> str:
    return printed("check", RUN, "--losses", "-", "--fail-on", "warning", stdin=text, code=code)


def test_losses_in_which_nothing_is_found() -> None:
    report = check_losses([6.9, 6.1, 5.2, 4.6, 4.3, 4.1], lrsched.parse(RUN), steps=[0, 10, 20, 30, 40, 50])
    assert losses(GOOD_LOSSES, 0) == f"{report}\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD_LOSSES + "60,nan\n",
        GOOD_LOSSES.upper() + "60,NaN\n",
        "\ufeff" + GOOD_LOSSES + "\n60,inf\n\n",
        GOOD_LOSSES.removeprefix("step,loss\n") + "60,-Infinity\n",
        "Wall time,Step,Value\n" + "".join(f"1.0,{10 * n},{7 - n}\n" for n in range(6)) + "1.0,60,nan\n",
        '"Step","run - train/loss","run - train/loss__MIN","run - train/loss__MAX"\n'
        + "".join(f'"{10 * n}","{7 - n}","{7 - n}","{7 - n}"\n' for n in range(6))
        + '"55","","",""\n"60","NaN","NaN","NaN"\n',
        "loss,lr,step\n" + "".join(f"{7 - n},1e-4,{10 * n}\n" for n in range(6)) + "nan,1e-4,60\n",
    ],
)
def test_files_of_losses(text: str) -> None:
    """With a head or without, in any order and case, as TensorBoard and Weights & Biases export them."""
    printed_ = losses(text, 1)
    assert "over 61 updates, 7 losses checked: 1 error\n  error: explosion at step 60 (rate 0.00015): " in printed_


def test_losses_of_every_update() -> None:
    assert "over 6 updates, 6 losses checked" in losses("".join(f"{7 - n}\n" for n in range(6)), 0)
    assert "over 6 updates, 6 losses checked" in losses("loss\n" + "".join(f"{7 - n}\n" for n in range(6)), 0)


def test_losses_as_json(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    file.write_text(GOOD_LOSSES + "60,nan\n")
    (found,) = json.loads(printed("check", RUN, "--losses", str(file), "--json"))
    assert (found["name"], found["severity"], found["step"]) == ("explosion", "error", 60)
    assert found["rate"] == lrsched.parse(RUN)(60)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows; a row holds a loss, or a step and a loss."),
        (
            "a,b\n1,2\n",
            "one column must be named 'loss', and these are 'a', 'b'; name it in the first line.",
        ),
        (
            "1,2,3\n",
            "one column must be named 'loss', and these are '1', '2', '3'; name it in the first line.",
        ),
        (
            "train loss,eval loss\n1,2\n",
            "one column must be named 'loss', and these are 'train loss', 'eval loss'; name it in the first line.",
        ),
        ("loss\n1\nx\n", "line 3: 'x' must be a number; write nan for a loss that is not finite."),
        ("loss,step\n1\n", "line 2: '' must be a number; write nan for a loss that is not finite."),
        (
            "loss\n1\n2\n",
            "check_losses(losses=[1.0, 2.0]) must be 5 or more, not 2; train for longer.",
        ),
        (
            "step,loss\n0,1\n1,1\n2,1\n1,1\n2,1\n",
            "check_losses(steps=[0.0, 1.0, 2.0, 1.0, 2.0]) must rise from 0 or more; of a run that was resumed, "
            "keep the later losses.",
        ),
    ],
)
def test_files_that_are_refused(text: str, message: str) -> None:
    result = invoke("check", RUN, "--losses", "-", stdin=text)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"lrsched check: standard input: {message}\n")


def test_other_refusals(tmp_path: Path) -> None:
    assert refused("check", RUN, "--losses", str(tmp_path / "a.csv")).endswith("a.csv: No such file or directory")
    assert refused("check", RUN, "--losses", "a.csv", "--steps", "9").startswith(
        "--steps must be left out with --losses"
    )
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    assert "codec can't decode" in refused("check", RUN, "--losses", str(tmp_path / "b.csv"))
    (tmp_path / "c.csv").write_text(f'"{"9" * 200_000}"\n')
    assert "field larger than field limit" in refused("check", RUN, "--losses", str(tmp_path / "c.csv"))
