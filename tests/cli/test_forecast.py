"""What `lrsched forecast` and `lrsched rank` print, and what they refuse."""

from pathlib import Path

import numpy as np
import pytest

import lrsched
from lrsched.forecast import Law, Term, calibrate, fit, rank

from .run import printed, refused

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
    """Of the same law as in Python, on the losses after the warmup."""
    lines = printed("forecast", WSD, "constant(1e-3)", *LET, "--fit", f"{COSINE}={curve}").splitlines()
    cosine, wsd = (lrsched.parse(text, peak=1e-3) for text in (COSINE, WSD))
    late = STEPS[STEPS >= 100]
    law = fit([(cosine, late, LAW.loss(cosine, late))])
    low, high = law.interval(wsd, 3_000)
    assert lines[0].split() == ["loss", "lowest", "highest", "difference", "schedule"]
    cells = [f"{law.final(wsd, 3_000):.4f}", f"{low:.4f}", f"{high:.4f}", "+0.0000", *repr(wsd).split()]
    assert lines[1].split() == cells
    assert float(lines[2].split()[3]) == pytest.approx(law.final(0.001, 3_000) - law.final(wsd, 3_000), abs=1e-4)


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
    (tmp_path / "few.csv").write_text("step,loss\n200,3.0\n300,2.9\n")
    assert refused("forecast", WSD, *LET, "--fit", f"{COSINE}={tmp_path}/few.csv").startswith("fit(runs) must hold 16")
