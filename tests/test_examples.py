"""The training examples of the documents train, at the rates that the schedule gives."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"


@pytest.fixture(scope="module")
def digits():
    """The names that the example of digits and optax defines, and what its training gave."""
    example = runpy.run_path(str(EXAMPLES / "digits_optax.py"))
    return example, example["main"]()


def test_digits_are_recognised(digits):
    _, result = digits
    assert result.accuracy > 0.9


def test_the_optimizer_used_the_rates_of_the_schedule(digits):
    example, result = digits
    steps = np.arange(example["UPDATES"])
    assert result.rates.dtype == np.float32
    # optax computes in float32, the expectation is computed in float64. The fraction of the ramp, its product with pi/2
    # and the sine may each be an ulp off, and count twice in the square; then come two products and a sum: 8 ulp.
    expected = example["SCHEDULE"](steps).astype(np.float32)
    np.testing.assert_array_max_ulp(result.rates, expected, maxulp=8)


def test_first_peak_and_last_rates_are_exact(digits):
    example, result = digits
    schedule, last = example["SCHEDULE"], example["UPDATES"] - 1
    peak = schedule.boundaries[0]
    assert result.rates[0] == np.float32(schedule.parameters["init_value"])
    assert result.rates[peak] == result.rates.max() == np.float32(schedule.parameters["peak_value"])
    np.testing.assert_array_max_ulp(result.rates[last], np.float32(schedule(last)), maxulp=1)


# JAX, and Keras on it, compute in float32 unless they are told otherwise; in float64 all three round the same number.
TRAIN = """
import runpy, sys
import numpy as np

sys.modules["tensorflow"] = None  # as where it is not installed: Keras imports it to look for its tensors

for name in sys.argv[2:]:
    example = runpy.run_path(f"{sys.argv[1]}/{name}.py")
    result = example["main"]()
    np.savez(f"{name}.npz", rates=result.rates, accuracy=result.accuracy, schedule=repr(example["SCHEDULE"]))
"""


@pytest.mark.slow
def test_three_frameworks_use_the_same_rates(tmp_path, digits):
    """optax, PyTorch and Keras train with one schedule: float32 of its values, at every update."""
    example, _ = digits
    schedule, steps = example["SCHEDULE"], np.arange(example["UPDATES"])
    names = ("digits_optax", "digits_torch", "digits_keras")
    environment = os.environ | {"JAX_ENABLE_X64": "1", "KERAS_BACKEND": "torch", "PYTHONPATH": str(EXAMPLES.parents[1])}
    subprocess.run([sys.executable, "-c", TRAIN, EXAMPLES, *names], cwd=tmp_path, env=environment, check=True)
    for name in names:
        result = np.load(tmp_path / f"{name}.npz")
        assert result["accuracy"] > 0.9
        assert result["schedule"] == repr(schedule)
        assert result["rates"].dtype == np.float32
        assert result["rates"].tolist() == schedule(steps).astype(np.float32).tolist(), name
