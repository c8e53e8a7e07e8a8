"""Every recorded schedule of the other libraries, made by `lrsched.interop`, has the recorded values."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lrsched as lr

from .recorded import LIBRARIES, bound, build, cases

COUNTS = {
    "composer": 42,
    "deepspeed": 18,
    "diffusers": 20,
    "fvcore": 15,
    "keras": 24,
    "levanter": 21,
    "maxtext": 10,
    "megatron": 11,
    "mmengine": 34,
    "nanotron": 11,
    "nemo": 39,
    "olmo_core": 27,
    "optax": 56,
    "paddle": 22,
    "timm": 28,
    "torch": 48,
    "torchtitan": 9,
    "transformers": 40,
}
ALL = [pytest.param(case, id=label) for library in LIBRARIES for label, case in cases(library).items()]

ROOT = Path(__file__).parents[2]
IMPORT_ALL = """
import importlib, sys
for library in sys.argv[1:]:
    importlib.import_module(f"lrsched.interop.{library}")
    loaded = {name.partition(".")[0] for name in sys.modules}
    print(*({"jax", "optax", "torch", "keras", "tensorflow", "transformers", "timm"} & loaded or {library}))
"""

every_case = pytest.mark.parametrize("case", ALL)


def assert_recorded(schedule, case, steps):
    values, errors = schedule(case.steps), np.abs(schedule(case.steps) - case.values)
    wrong = steps & (errors > bound(case))
    assert not np.any(wrong), list(zip(case.steps[wrong], values[wrong], case.values[wrong], strict=True))


@every_case
def test_every_step(case):
    """Where a library leaves its range in its own way, it is `exact_tail` that follows it."""
    schedule = build(case.peer, case.name, case.kwargs, exact_tail=True)
    assert_recorded(schedule, case, case.steps >= 0)
    one_by_one = [schedule(int(step)) for step in case.steps]
    np.testing.assert_allclose(one_by_one, schedule(case.steps), rtol=1e-12, atol=0)


@every_case
def test_every_step_of_the_run(case):
    """Without `exact_tail` the last value holds, and nothing else is different."""
    schedule, exact = (build(case.peer, case.name, case.kwargs, exact_tail) for exact_tail in (False, True))
    end = case.steps.max() if schedule == exact else schedule.length
    assert_recorded(schedule, case, case.steps <= end)
    assert np.all(schedule(case.steps[case.steps > end]) == schedule(end))


@every_case
def test_it_is_an_expression(case):
    """The result is written in the vocabulary of lrsched alone, and kept as such."""
    for exact_tail in (False, True):
        schedule = build(case.peer, case.name, case.kwargs, exact_tail)
        assert isinstance(schedule, lr.Schedule)
        assert eval(repr(schedule), vars(lr).copy()) == schedule
        assert lr.parse(repr(schedule)) == schedule
        assert lr.from_config(schedule.to_config()) == schedule


def test_no_case_is_left_out():
    assert {library: len(cases(library)) for library in LIBRARIES} == COUNTS


@pytest.mark.parametrize(("key", "value"), [("init_value", 1.0 + 1e-8), ("transition_steps", 101)])
def test_another_schedule_is_told_apart(key, value):
    case = next(case for case in cases("optax").values() if case.name == "linear_schedule")
    other = build("optax", "linear_schedule", {**case.kwargs, key: value * case.kwargs[key]})
    assert np.any(np.abs(other(case.steps) - case.values) > bound(case))


def test_no_library_is_imported():
    """The names of a library can be used without the library."""
    found = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *LIBRARIES], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert found.stdout.split() == list(LIBRARIES)
