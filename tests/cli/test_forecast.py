"""What `lrsched forecast` and `lrsched rank` print, and what they refuse."""

from pathlib import Path

import numpy as np
import pytest

import lrsched
from lrsched.forecast import Law, Term, calibrate, fit, rank

from .run import invoke, printed, refused

COSINE, WSD = "warmup_cosine(peak, 100, 3000, end_value=1e-4)", "wsd(peak, 100, 3000, 600)"
LET = ("--let", "peak=1e-3")
LAW = Law((Term("momentum", 1.0, (2.0, 0.5, 0.5, 200.0, 100.0)),), 1e-3, 3.0)
STEPS = np.arange(0, 3_001, 25)


@pytest.fixture(scope="module")
def curve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("curves") / "cosine.csv"
    losses = LAW.loss(lrsched.parse(COSINE, peak=1e-3), STEPS[1:])
    rows = zip(STEPS.tolist(), [9.0, *losses.tolist()], strict=True)
    path.write_text("step,loss\n" + "".join(f"{step},{loss!r}\n" for step, loss in rows))
    return path


def test_a_forecast(curve: Path) -> None:
    """Of the same law as in Python, on the losses after the warmup; those before are counted on stderr."""
    result = invoke("forecast", WSD, "constant(1e-3)", *LET, "--fit", f"{COSINE}={curve}")
    assert result.exit_code == 0
    assert result.stderr == (
        f"lrsched forecast: {curve}: 4 of 121 losses left out, before step 100, the end of the warmup\n"
    )
    lines = result.stdout.splitlines()
    cosine, wsd = (lrsched.parse(text, peak=1e-3) for text in (COSINE, WSD))
    late = STEPS[STEPS >= 100]
    law = fit([(cosine, late, LAW.loss(cosine, late))])
    low, high = law.interval(wsd, 3_000)
    assert lines[0].split() == ["loss", "lowest", "highest", "difference", "schedule"]
    cells = [f"{law.final(wsd, 3_000):.4f}", f"{low:.4f}", f"{high:.4f}", "+0.0000", *repr(wsd).split()]
    assert lines[1].split() == cells
    assert float(lines[2].split()[3]) == pytest.approx(law.final(0.001, 3_000) - law.final(wsd, 3_000), abs=1e-4)


def test_warnings_are_lines_on_stderr(tmp_path: Path) -> None:
    plan, steps = lrsched.parse(COSINE, peak=1e-3), np.arange(200, 3_401, 200)
    rows = zip(steps.tolist(), LAW.loss(plan, steps).tolist(), strict=True)
    (tmp_path / "run.csv").write_text("step,loss\n" + "".join(f"{step},{loss}\n" for step, loss in rows))
    result = invoke("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/run.csv")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)
    assert result.stderr.splitlines() == [
        f"lrsched forecast: {tmp_path}/run.csv: steps go on to 3400, and the schedule ends at 3000 and holds its last "
        "rate there.",
        "lrsched forecast: the runs of --fit hold too few losses for cross-validation, so that intervals show only the "
        "spread of the laws.",
    ]


def test_a_ranking() -> None:
    lines = printed("rank", WSD, COSINE, *LET, "--best", COSINE).splitlines()
    given = [lrsched.parse(text, peak=1e-3) for text in (WSD, COSINE)]
    rows = rank(given, 3_000, calibrate(given[1], 3_000))
    assert lines[0].split() == ["bound", "best", "peak", "schedule"]
    for line, row in zip(lines[1:], rows, strict=True):
        assert line.split() == [f"{row.bound:.4g}", f"{row.best_peak:.3g}", *repr(row.schedule).split()]


def test_what_is_refused(curve: Path, tmp_path: Path) -> None:
    run = f"{COSINE}={curve}"
    assert refused("forecast", "constant(1.0)", *LET, "--fit", run).startswith(
        "the schedules have no end; give --steps"
    )
    assert "must be EXPR=FILE.csv" in refused("forecast", WSD, *LET, "--fit", COSINE)
    assert "No such file" in refused("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/none.csv")
    (tmp_path / "bare.csv").write_text("loss\n3.0\n")
    assert "must have a column step" in refused("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/bare.csv")
    (tmp_path / "none.csv").write_text("step,loss\n")
    assert "must hold losses" in refused("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/none.csv")


WHOLE = "whole numbers of updates, and one is"
BAD = {
    "200,3.0\n300,nan": "line 3: losses must be finite, and the loss at step 300 is nan; leave out the points",
    "200,3.0\n300,inf": "line 3: losses must be finite, and the loss at step 300 is inf; leave out the points",
    "200,0\n300,2.9": "line 2: losses must be greater than 0, and the loss at step 200 is 0; the laws are fitted",
    "200,3.0\n300,-1": "line 3: losses must be greater than 0, and the loss at step 300 is -1; the laws are fitted",
    "200,3.0\n\n400,2.8\n300,2.9": "line 5: steps must rise, and 400 is followed by 300; sort them",
    "200,3.0\n200,2.9": "line 3: steps must rise, and 200 is followed by 200; sort them, and keep one loss",
    "200.5,3.0\n300,2.9": f"line 2: steps must be {WHOLE} 200.5; count the updates before each loss.",
    "200,3.0\nnan,2.9": f"line 3: steps must be {WHOLE} nan; count the updates before each loss.",
    "-200,3.0\n300,2.9": "line 2: steps must be at least 0, and one is -200.0; count the updates",
    "200,3.0\n1e18,2.9": "line 3: steps must be at most 100000000, and one is 1e+18; count in a larger unit",
    "200,3.0\n300,high": "line 3: 'high' must be a number",
}


@pytest.mark.parametrize("rows", BAD)
def test_a_bad_file_is_refused_by_its_line(rows: str, tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    file.write_text(f"step,loss\n{rows}\n")
    assert refused("forecast", WSD, *LET, "--fit", f"{COSINE}={file}").startswith(f"{file}: {BAD[rows]}")


def test_bad_runs_are_refused(curve: Path, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("step,loss\n200,3.0\n300,2.9\n")
    assert refused("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/few.csv").startswith(
        "the runs of --fit must hold 16 losses or more after the first tenth of the sum of rates, for 7 parameters, "
        "and hold 2; give more losses"
    )
    (tmp_path / "warmup.csv").write_text("step,loss\n0,9.0\n")
    assert refused("forecast", WSD, *LET, "--fit", f"constant(peak)={tmp_path}/warmup.csv").startswith(
        f"{tmp_path}/warmup.csv: steps must go beyond the first update, to 1 or more; give the losses after it"
    )
    assert refused("forecast", WSD, *LET, "--fit", f"constant(0.0)={curve}").startswith(
        f"{curve}: schedule must be greater than 0 somewhere, and is 0 for all of 3000 updates; no update changes"
    )
    result = invoke("forecast", WSD, *LET, "--fit", f"constant(peak)={curve}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith(
        "lrsched forecast: the runs of --fit must hold a run whose rate falls before its last loss; a constant rate"
    )
