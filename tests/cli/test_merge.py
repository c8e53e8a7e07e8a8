"""What `lrsched merge` prints and writes."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from .run import invoke, printed, refused

DECAY = "cooldown(constant(3e-4), 8000, 2000)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with checkpoints of steps 8000, 9000 and 10000, whose weights are the steps."""
    for step in (8_000, 9_000, 10_000):
        state = {"w": torch.full((2,), float(step)), "n": torch.tensor(step)}
        torch.save(state, tmp_path / f"step-{step}.pt")
        torch.save({"model": state, "step": step}, tmp_path / f"run2-step{step}.ckpt")
        (tmp_path / f"checkpoint-{step}").mkdir()
        save_file(state, tmp_path / f"checkpoint-{step}" / "model.safetensors")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_weights_are_printed_by_step(folder: Path) -> None:
    text = printed("merge", DECAY, "step-10000.pt", "step-8000.pt", "step-9000.pt")
    assert [line.split() for line in text.splitlines()] == [
        ["step", "weight", "file"],
        ["8000", "0.24975", "step-8000.pt"],
        ["9000", "0.5", "step-9000.pt"],
        ["10000", "0.25025", "step-10000.pt"],
    ]
    assert sorted(path.name for path in folder.glob("*.pt")) == ["step-10000.pt", "step-8000.pt", "step-9000.pt"]


@pytest.mark.parametrize(
    ("name", "options"),
    [("step-{}.pt", []), ("run2-step{}.ckpt", ["--key", "model"]), ("checkpoint-{}/model.safetensors", [])],
)
@pytest.mark.parametrize("output", ["out.pt", "out.safetensors"])
def test_the_average_is_written(folder: Path, name: str, options: list[str], output: str) -> None:
    files = [name.format(step) for step in (10_000, 8_000, 9_000)]
    result = invoke("merge", DECAY, *files, "-o", output, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    read = load_file(output) if output.endswith("safetensors") else torch.load(folder / output)
    assert read["w"].tolist() == pytest.approx([0.24975 * 8_000 + 0.5 * 9_000 + 0.25025 * 10_000] * 2)
    assert read["n"].item() == 10_000


def test_the_expression_may_have_names(folder: Path) -> None:
    named = printed("merge", "cooldown(constant(3e-4), stop - 2000, 2000)", "8000.pt", "9000.pt", "--let", "stop=1e4")
    assert named == printed("merge", DECAY, "8000.pt", "9000.pt")


def test_the_steps_may_be_given(folder: Path) -> None:
    text = printed("merge", DECAY, "step-8000.pt", "step-9000.pt", "--steps", "9000, 8000")
    assert [line.split()[0::2] for line in text.splitlines()[1:]] == [
        ["8000", "step-9000.pt"],
        ["9000", "step-8000.pt"],
    ]


def test_what_is_refused(folder: Path) -> None:
    (folder / "plain").mkdir()
    (folder / "plain" / "last.pt").touch()
    assert refused("merge", DECAY, "plain/last.pt") == "plain/last.pt has no step in its name; give --steps"
    assert refused("merge", "cosine(1, 0", "step-8000.pt").startswith("column")
    assert "must not rise" in refused("merge", "warmup_cosine(1.0, 9500, 20000)", "step-8000.pt", "step-9000.pt")
    assert refused("merge", DECAY, "step-8000.pt", "--steps", "8000,9000") == (
        "--steps 8000,9000 must give a step for each file: 1, not 2"
    )
    assert refused("merge", DECAY, "step-8000.pt", "--steps", "1e3") == (
        "--steps 1e3 must be whole numbers with commas between them, such as 8000,9000"
    )
    result = invoke("merge", DECAY, "run2-step8000.ckpt", "-o", "out.pt")
    assert (result.exit_code, result.stderr) == (
        2,
        "lrsched merge: merge: checkpoint 0 (run2-step8000.ckpt) has tensors inside of 'model'; give key='model'.\n",
    )
    assert not (folder / "out.pt").exists()
    assert invoke("merge", DECAY).exit_code == 2
    assert "none-1.pt" in printed("merge", DECAY, "none-1.pt")  # without an output, no file is read
    result = invoke("merge", DECAY, "none-8000.pt", "step-9000.pt", "-o", "out.pt")
    assert (result.exit_code, result.stderr) == (2, "lrsched merge: none-8000.pt: No such file or directory\n")
