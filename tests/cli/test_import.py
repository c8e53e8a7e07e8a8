"""What `lrsched import` reads: calls of other libraries, never evaluated."""

from importlib import import_module
from pathlib import Path

import pytest

import lrsched
from lrsched.peers import LIBRARIES, functions_of

from .run import ROOT, invoke, printed, process, refused


@pytest.mark.parametrize(
    ("library", "call", "function", "kwargs"),
    [
        ("optax", "cosine_decay_schedule(0.5, 1000, alpha=0.25)", "cosine_decay_schedule", (0.5, 1000, 0.25)),
        ("optax", "optax.schedules.linear_schedule(1.0, 0.0, 10)", "linear_schedule", (1.0, 0.0, 10)),
        ("torch", "StepLR(base_lr=0.5, step_size=30)", "StepLR", (0.5, 30)),
        ("torch", "torch.optim.lr_scheduler.StepLR(0.5, 30, gamma=0.5)", "StepLR", (0.5, 30, 0.5)),
        ("keras", "keras.optimizers.schedules.CosineDecay(0.1, 1000)", "CosineDecay", (0.1, 1000)),
    ],
)
def test_a_call_is_translated(library: str, call: str, function: str, kwargs: tuple[float, ...]) -> None:
    expected = getattr(import_module(f"lrsched.interop.{library}"), function)(*kwargs)
    assert printed("import", "--from", library, call) == f"{expected!r}\n"
    assert lrsched.parse(printed("import", "--from", library, call)) == expected


@pytest.mark.parametrize(
    ("call", "function", "args", "kwargs"),
    [
        ("StepLR(optimizer, 30)", "StepLR", (0.1, 30), {}),
        ("lr_scheduler.StepLR(self.optimizer, step_size=30)", "StepLR", (0.1, 30), {}),
        ("StepLR(optimizer=opt_g, step_size=30, last_epoch=-1, verbose=False)", "StepLR", (0.1, 30), {}),
        ("OneCycleLR(optimizer, max_lr=0.5, total_steps=9)", "OneCycleLR", (0.5, 9), {"base_lr": 0.1}),
        ("CyclicLR(optimizer, 1e-4, 1e-2)", "CyclicLR", (1e-4, 1e-2), {}),
    ],
)
def test_an_optimizer_stands_for_its_rate(call: str, function: str, args: tuple[float, ...], kwargs: dict) -> None:
    expected = getattr(import_module("lrsched.interop.torch"), function)(*args, **kwargs)
    for options in ((), ("--from", "torch")):
        assert printed("import", call, "--base-lr", "0.1", *options) == f"{expected!r}\n"


@pytest.mark.parametrize(
    ("call", "made"),
    [
        ("get_cosine_schedule_with_warmup(optimizer, 10, 100)", "warmup_cosine(0.1, 10, 100)"),
        ("get_scheduler('linear', optimizer, 10, 100)", "warmup_linear(0.1, 10, 100)"),
        ("get_scheduler(name='linear', optimizer=optimizer, num_warmup_steps=10, num_training_steps=100)",
         "warmup_linear(0.1, 10, 100)"),
        ("SequentialLR(opt, [LinearLR(opt, 0.5, total_iters=5), ExponentialLR(opt, 0.9)], milestones=[5])",
         "join([linear(0.05, 0.1, 5), exponential_decay(0.1, 0.9)], [5])"),
        ("optax.linear_schedule(1.0, 0.0, 10)", "linear(1.0, 0.0, 10)"),
        ("WSD(1e-3, 10_000, warmup=1_000)", "shift(wsd(0.001, 1000, 10000, 1000), 1)"),
    ],
)  # fmt: skip
def test_the_library_is_found_by_the_name(call: str, made: str) -> None:
    assert printed("import", call, "--base-lr", "0.1") == f"{made}\n"


def test_a_name_that_no_library_has() -> None:
    assert refused("import", "StepLRR(optimizer, 30)") == (
        "column 1: unknown schedule 'StepLRR'; did you mean 'StepLR'?"
    )
    assert refused("import", "none_such(1)").endswith(f"known are those of {', '.join(LIBRARIES)}.")


def test_libraries_that_read_a_call_differently() -> None:
    call = "OneCycleLR(optimizer, 0.5, 9)"
    assert (
        refused("import", call, "--base-lr", "0.1") == "torch and paddle read this call differently; add --from torch"
    )
    expected = import_module("lrsched.interop.torch").OneCycleLR(0.5, 9, base_lr=0.1)
    assert printed("import", call, "--base-lr", "0.1", "--from", "torch") == f"{expected!r}\n"


def test_another_last_epoch_is_not_ignored() -> None:
    message = "StepLR(last_epoch=...) is not a parameter; known are base_lr, step_size, gamma."
    assert refused("import", "StepLR(optimizer, 30, last_epoch=100)", "--base-lr", "0.1") == f"column 1: {message}"


def test_calls_are_nested_in_lists_and_dicts() -> None:
    call = (
        "SequentialLR(base_lr=0.1, schedulers=[LinearLR(base_lr=0.1, total_iters=5), "
        "ExponentialLR(base_lr=0.1, gamma=0.9)], milestones=[5])"
    )
    made = lrsched.parse(printed("import", "--from", "torch", call))
    assert made(20) == pytest.approx(0.1 * 0.9**15)
    call = "piecewise_constant_schedule(1.0, {100: 0.5, 200: 0.5})"
    assert lrsched.parse(printed("import", "--from", "optax", call))(150) == 0.5


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_is_there(library: str) -> None:
    """An unknown function is answered with what is known."""
    assert functions_of(import_module(f"lrsched.interop.{library}"))
    assert refused("import", "--from", library, "none_such(1)").startswith(
        f"column 1: unknown schedule 'none_such' of {library}; "
    )


def test_no_library_is_forgotten() -> None:
    files = {path.stem for path in (ROOT / "lrsched" / "interop").glob("*.py")}
    assert set(LIBRARIES) <= files
    assert "torch" in LIBRARIES


@pytest.mark.parametrize(
    ("call", "message", "column"),
    [
        ("StepLRR(base_lr=0.1)", "unknown schedule 'StepLRR' of torch; did you mean 'StepLR'?", 1),
        ("StepLR(optimizer, 30)", "give the optimizer's learning rate: --base-lr 0.1.", 8),
        ("StepLR(rate, 30)", "a name cannot stand here; write what it stands for, a number or a call.", 8),
        ("StepLR(base_lr=0.1, step_size=model.steps)", "a name cannot stand here; ", 31),
        ("StepLR(base_lr=0.1, step_size=0)", "StepLR(step_size=0)", 1),
        ("StepLR(base_lr=0.1, step=3)", "StepLR(step=...) is not a parameter; did you mean 'step_size'?", 1),
        ("", "the expression is empty; ", None),
        ("[x for x in y]()", "only a function can be called, by its name; ", 1),
        ("f'{1}'", "only a function can be called, by its name; ", 1),
    ],
)
def test_a_bad_call_is_one_clear_line_and_a_caret(call: str, message: str, column: int | None) -> None:
    result = invoke("import", "--from", "torch", call)
    assert (result.exit_code, result.stdout) == (2, "")
    line, *caret = result.stderr.splitlines()
    assert line.startswith(f"lrsched import: {'' if column is None else f'column {column}: '}{message}")
    assert caret == ([] if column is None else [f"  {call}", " " * (column + 1) + "^"])


def test_a_call_is_never_evaluated(tmp_path: Path) -> None:
    made = tmp_path / "made"
    for call in (f"StepLR(open({str(made)!r}, 'w'), 1)", f"__import__('pathlib').Path({str(made)!r}).touch()"):
        assert invoke("import", "--from", "torch", call).exit_code == 2
    assert not made.exists()


def test_the_library_itself_is_not_imported() -> None:
    code = """
import sys
sys.modules.update(dict.fromkeys(["torch", "optax", "keras", "transformers"]))
from lrsched.__main__ import main
main()
"""
    done = process("import", "--from", "torch", "StepLR(base_lr=0.1, step_size=30)", code=code)
    assert (done.returncode, done.stderr) == (0, b"")


def test_another_library_is_refused() -> None:
    result = invoke("import", "--from", "torhc", "StepLR(base_lr=0.1)")
    assert result.exit_code == 2
    assert "'torch'" in result.stderr
