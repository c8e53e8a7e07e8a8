"""The average of checkpoints, from memory and from files, against the decayed run."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler, merge
from lrsched.adapters.torch_merge import save_weights

ROOT = Path(__file__).parents[2]


def run(rate, steps, dtype=torch.float64):
    """A linear model under plain descent with the same gradients at every step: its state before each update."""
    torch.manual_seed(0)
    model = nn.Linear(3, 2, dtype=dtype)
    optimizer = torch.optim.SGD(model.parameters())
    scheduler = TorchScheduler(optimizer, rate)
    inputs = torch.randn(steps, 4, 3, generator=torch.Generator().manual_seed(1), dtype=dtype)
    states = []
    for batch in inputs:
        states.append({name: value.clone() for name, value in model.state_dict().items()})
        optimizer.zero_grad()
        model(batch).sum().backward()  # linear in the weights: the gradient does not depend on them
        optimizer.step()
        scheduler.step()
    return [*states, model.state_dict()]


@pytest.mark.parametrize("decay", [lr.linear, lr.cosine, lr.one_minus_sqrt])
def test_the_merge_is_the_decayed_run(decay):
    rate = lr.cooldown(lr.constant(0.1), 10, 20, ramp=decay)
    steps = range(10, 31)
    constant = run(0.1, 30)
    merged = merge([constant[step] for step in steps], lr.merge_weights(rate, steps))
    decayed = run(rate, 30)[-1]
    for name, value in decayed.items():
        torch.testing.assert_close(merged[name], value, rtol=1e-12, atol=1e-13)
        assert not torch.allclose(constant[-1][name], value, rtol=1e-3)


KINDS = ["memory", "torch", "torch, legacy", "safetensors", "a generator"]


def as_sources(states, kind, folder):
    if kind == "memory":
        return states
    if kind == "a generator":
        return (dict(state) for state in states)
    files = [folder / f"step-{i}{'.safetensors' if kind == 'safetensors' else '.pt'}" for i in range(len(states))]
    for file, state in zip(files, states, strict=True):
        if kind == "safetensors":
            save_file(state, file)
        else:
            torch.save(state, file, _use_new_zipfile_serialization=kind == "torch")
    return [str(files[0]), *files[1:]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.float64, torch.complex64])
def test_floats_are_averaged_and_other_values_are_the_last(kind, dtype, tmp_path):
    def state(i):
        weights = (torch.arange(6, dtype=torch.float64).reshape(2, 3) * 0.1 + i).to(dtype)
        return {"weight": weights, "batches": torch.tensor(10 * i), "mask": torch.tensor([i > 1, False])}

    states, weights = [state(i) for i in range(4)], [0.1, 0.2, 0.3, 0.4]
    merged = merge(as_sources(states, kind, tmp_path), weights)
    wide = torch.promote_types(dtype, torch.float32)
    expected = sum(
        (w * s["weight"].to(wide) for w, s in zip(weights, states, strict=True)), torch.zeros((), dtype=wide)
    )
    torch.testing.assert_close(
        merged["weight"], expected.to(dtype), rtol=1e-6 if wide == torch.float32 else 1e-15, atol=0
    )
    assert merged["weight"].dtype == dtype
    assert merged["batches"].item() == 30
    assert merged["mask"].tolist() == [True, False]
    assert states[0]["weight"].equal(state(0)["weight"])  # what was given is as it was
    assert list(merged) == ["weight", "batches", "mask"] or kind == "safetensors"


def test_sums_are_in_float32():
    """Of 1000 bfloat16 checkpoints; a sum in bfloat16 would stop growing at 0.25 or so."""
    states = [{"w": torch.ones(1, dtype=torch.bfloat16)} for _ in range(1_000)]
    assert merge(states, [1e-3] * 1_000)["w"].item() == 1.0


def test_a_model_with_buffers_tied_weights_and_a_key(tmp_path):
    torch.manual_seed(0)

    def model():
        made = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
        made[2].weight = made[0].weight
        return made

    models, files = [model() for _ in range(3)], []
    for i, each in enumerate(models):
        for _ in range(i + 1):
            each(torch.randn(4, 2))
        files.append(tmp_path / f"{i}.ckpt")
        torch.save({"state_dict": each.state_dict(), "optimizer": {"state": {0: torch.ones(2)}}, "epoch": i}, files[-1])
    merged = merge(files, [0.5, 0.25, 0.25], key="state_dict")
    result = model()
    result.load_state_dict(merged)
    assert result[1].num_batches_tracked.item() == 3
    parts = [each[0].weight.detach() for each in models]
    torch.testing.assert_close(result[2].weight.detach(), 0.5 * parts[0] + 0.25 * parts[1] + 0.25 * parts[2])


@pytest.mark.slow
def test_one_checkpoint_is_in_memory_at_a_time(tmp_path):
    """40 files of 8 MB, averaged by a process that may take 100 MB more than it had with torch imported."""
    program = """
        import resource, sys, torch
        from lrsched.adapters.torch_merge import merge
        def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        merge([{"w": torch.ones(10)}] * 2, [0.5, 0.5])
        before = peak()
        result = merge([f"{sys.argv[1]}/{i}.pt" for i in range(40)], [1 / 40] * 40)
        assert abs(result["w"].mean().item() - 19.5) < 1e-4
        print(peak() - before)
    """
    for i in range(40):
        torch.save({"w": torch.full((2_000_000,), float(i))}, tmp_path / f"{i}.pt")
    arguments = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    found = subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)
    assert float(found.stdout) < 100


def test_the_progress_is_told():
    told = []
    merge([{"w": torch.ones(1)}] * 3, [1.0, 0.0, 0.0], progress=told.append)
    assert told == [1, 2, 3]
    assert merge([{"w": torch.ones(1)}] * 3, [1.0, 0.0, 0.0], progress=True)["w"].item() == 1.0


def test_an_average_is_saved(tmp_path):
    state = {"w": torch.arange(6.0).reshape(2, 3).T, "n": torch.tensor(3)}
    save_weights(state, tmp_path / "a.safetensors")
    save_weights(state, tmp_path / "a.pt")
    for read in (load_file(tmp_path / "a.safetensors"), torch.load(tmp_path / "a.pt")):
        assert all(read[name].equal(value) for name, value in state.items())


def saved(folder, states):
    """The files of some state dicts."""
    files = [folder / f"{index}.safetensors" for index in range(len(states))]
    for file, state in zip(files, states, strict=True):
        save_file(state, file)
    return files


ONE = {"w": torch.ones(2)}
BAD = {
    "fewer weights": (
        lambda _: merge([ONE, ONE], [1.0]),
        "merge: 2 checkpoints and 1 weights must be as many, and 1 or more; lrsched.merge_weights(schedule, steps) "
        "gives a weight for each step.",
    ),
    "another shape": (
        lambda _: merge([ONE, {"w": torch.ones(3)}], [0.5, 0.5]),
        "merge: checkpoint 1 has 'w' of shape (3,), and the one before of (2,); merge checkpoints of one model.",
    ),
    "another kind of number": (
        lambda _: merge([ONE, {"w": torch.ones(2, dtype=torch.int64)}], [0.5, 0.5]),
        "merge: checkpoint 1 has 'w' of torch.int64, unlike the one before; merge checkpoints of one model.",
    ),
    "another shape in a file": (
        lambda folder: merge(saved(folder, [ONE, {"w": torch.ones(3)}]), [0.5, 0.5]),
        "merge: checkpoint 1 ({folder}/1.safetensors) has 'w' of shape (3,), and the one before of (2,); "
        "merge checkpoints of one model.",
    ),
    "a state dict alone": (
        lambda _: merge(ONE, [1.0]),
        "merge(checkpoints={'w': tensor([1., 1.])}) must be a list, not dict; write [...].",
    ),
    "a file alone": (
        lambda _: merge("a.pt", [1.0] * 4),
        "merge(checkpoints='a.pt') must be a list, not str; write [...].",
    ),
    "no list of weights": (
        lambda _: merge([ONE], 1.0),
        "merge(weights=1.0) must be a list, not float; write [...].",
    ),
    "a weight that is not finite": (
        lambda _: merge([ONE, ONE], [0.5, float("nan")]),
        "merge(weights[1]=nan) must be finite; give a number that float64 holds.",
    ),
    "a weight that is no number": (
        lambda _: merge([ONE], ["1"]),
        "merge(weights[0]='1') must be a number, not str; write 1 without quotes.",
    ),
    "a key more": (
        lambda _: merge([ONE, {**ONE, "v": torch.ones(1)}], [0.5, 0.5]),
        "merge: checkpoint 1 has 'v', unlike the one before; merge checkpoints of one model.",
    ),
    "a key less": (
        lambda _: merge([{**ONE, "v": torch.ones(1)}, ONE], [0.5, 0.5]),
        "merge: checkpoint 1 lacks 'v', unlike the one before; merge checkpoints of one model.",
    ),
    "a checkpoint of a run": (
        lambda _: merge([{"model": ONE, "optimizer": {"state": {0: {"m": torch.ones(1)}}}, "step": 3}], [1.0]),
        "merge: checkpoint 0 has tensors inside of 'model', 'optimizer'; give key='model'.",
    ),
    "an unknown key": (
        lambda _: merge([{"model": ONE}], [1.0], key="modle"),
        "merge: checkpoint 0 has no entry 'modle'; did you mean 'model'?",
    ),
    "no tensors": (
        lambda _: merge([{"step": 3}], [1.0]),
        "merge: checkpoint 0 has no tensors, only ['step']; give the state dict of a model.",
    ),
    "a model": (
        lambda _: merge([nn.Linear(1, 1)], [1.0]),
        "merge: checkpoint 0 must be a state dict or a file, not Linear; give a path.",
    ),
    "a value that is no tensor": (
        lambda folder: save_weights({"w": torch.ones(1), "extra": 3}, folder / "a.safetensors"),
        "save_weights({folder}/a.safetensors) can save tensors alone, and 'extra' is none; save it as .pt.",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message, tmp_path):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(tmp_path)
    assert str(caught.value) == message.replace("{folder}", str(tmp_path))


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
@pytest.mark.parametrize("content", [b"", b"hello", b"nothing", b"\x80\x04N.", b"PK\x03\x04"])
def test_a_file_that_is_no_checkpoint(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"merge: checkpoint 0 \(.*{name}\) cannot be read \(.+\); give files of tor"):
        merge([tmp_path / name], [1.0])


def test_a_file_that_is_not_there(tmp_path):
    for name in ("none.pt", "none.safetensors"):
        with pytest.raises(FileNotFoundError, match=name):
            merge([tmp_path / name], [1.0])
