"""Keras on each of its backends, in a process of its own: a process has one backend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BACKENDS = ("jax", "torch") if sys.version_info >= (3, 14) else ("jax", "torch", "tensorflow")  # none for 3.14 yet

LEFT_OUT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Plugins that do nothing here; two of them take a second to import."""


def in_process(backend, *arguments):
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_backend(backend):
    path = "tests/adapters/keras_checks.py"
    done = in_process(backend, "-m", "pytest", "-q", "-n0", "-p", "tests.adapters.keras_alone", *LEFT_OUT, path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert not any(word in done.stdout.splitlines()[-1] for word in ("skipped", "failed", "xfailed", "deselected"))
