"""Checkpoints that hold schedules: `torch.load` with its default, `weights_only=True`, rebuilds them."""

import io
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

import lrsched as lr

from ..cases import CASES
from .processes import Program

ROOT = Path(__file__).parents[2]
HELD = {
    "rate": lr.warmup_cosine(3e-4, 10, 100),
    "with a ramp": lr.warmup(lr.cosine(1.0, 0.0, 9), 5, ramp=lr.cosine),
    "nested": [lr.join([lr.linear(0.0, 1.0, 10), 0.5 * lr.noam(64, 4)], [10]), (lr.constant(1.0), None)],
    "horizon": lr.Horizon(dataset_size=1_000, epochs=3, batch_size=8),
    "step": 3,
}


def through_a_file(value):
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("schedule", [pytest.param(case.schedule, id=name) for name, case in CASES.items()])
def test_every_schedule_is_loaded(schedule):
    loaded = through_a_file({"rate": schedule})["rate"]
    assert loaded == schedule
    assert [loaded(step) for step in range(5)] == [schedule(step) for step in range(5)]


def test_a_schedule_with_a_tensor_in_it_is_loaded():
    schedule = lr.linear(torch.tensor(0.5), 0.0, 10)
    assert through_a_file(schedule)(5) == schedule(5)


def test_results_of_tools_are_loaded():
    result = lr.RangeTestResult((0.1, 0.2, 0.4, 0.8, 1.6), (4.0, 3.0, 1.0, 0.5, 9.0), False)
    for value in (HELD["horizon"], result, result.suggest()):
        assert through_a_file(value) == value


@lr.schedule
def of_this_module(xp, height: lr.types.Value):
    return lambda t: height + 0.0 * t


def test_a_formula_of_the_user_is_loaded():
    assert through_a_file(lr.scale(of_this_module(2.0), 0.5)) == lr.scale(of_this_module(2.0), 0.5)


class Other:
    pass


def test_what_is_not_ours_is_refused_as_before():
    with pytest.raises(Exception, match="Unsupported global"):
        through_a_file({"rate": HELD["rate"], "other": Other()})


TORCH_FIRST = "assert 'torch' in sys.modules and 'lrsched' not in sys.modules; import torch, lrsched"
READ = """
    import sys
    {imports}
    held = torch.load(sys.argv[1])
    made = lrsched.warmup_cosine(3e-4, 10, 100)
    assert held["rate"] == made and held["rate"](50) == made(50), held
    assert held["horizon"].total_steps == 375
    assert [type(finder).__name__ for finder in sys.meta_path if "Torch" in str(finder)] == []
    assert "lrsched.adapters.torch" not in sys.modules
    print("read")
"""


def test_a_plain_process_that_makes_no_schedule_reads_them(tmp_path):
    """It imports the two alone, torch first."""
    torch.save(HELD, tmp_path / "checkpoint.pt")
    program = "import warnings; warnings.simplefilter('error')" + textwrap.dedent(READ).format(imports=TORCH_FIRST)
    assert Program(program, tmp_path / "checkpoint.pt").finish() == "read"


@pytest.mark.parametrize("imports", ["import lrsched, torch", "from lrsched import Horizon\n    import torch, lrsched"])
def test_a_plain_process_that_imports_torch_later_reads_them(imports, tmp_path):
    """Sorted imports have lrsched first."""
    torch.save(HELD, tmp_path / "checkpoint.pt")
    program = textwrap.dedent(READ).format(imports=imports.replace("\n    ", "\n"))
    arguments = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "checkpoint.pt")]
    subprocess.run(arguments, cwd=ROOT, check=True, timeout=120)


def test_waiting_for_torch_is_no_import_of_it():
    program = "import sys, lrsched, json, decimal; assert 'torch' not in sys.modules; print(len(sys.meta_path))"
    alone = "import sys, numpy, json, decimal; print(len(sys.meta_path))"
    ours, without = (
        int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        for code in (program, alone)
    )
    assert ours == without + 1
