"""What is not run says so: tests of a GPU where no framework sees one, and of tools that are not installed."""

import gc
import os
import shutil
import sys
import tempfile
from functools import cache
from importlib.util import find_spec

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")  # of this process; the Keras tests start others
if os.environ["KERAS_BACKEND"] != "tensorflow":
    sys.modules["tensorflow"] = None  # Keras and TensorBoard import it where it is installed, in two seconds

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
    os.environ.setdefault(threads, "1")  # the tests fill the cores; threads of one process would wait for each other

MADE = None if "JAX_COMPILATION_CACHE_DIR" in os.environ else tempfile.mkdtemp(prefix="compiled-")
"""Where JAX keeps what it has compiled, for all processes of this run: many tests ask for the same programs."""

if MADE is not None:
    os.environ |= {
        "JAX_COMPILATION_CACHE_DIR": MADE,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }

NEEDED = {
    "test_types.py": ("pyright",),
    "test_site.py": ("mkdocs", "PySide6"),
    "test_page.py": ("PySide6",),
    "test_notebook.py": ("PySide6", "jupyterlab"),
    "window.py": ("PySide6",),
}
"""The tests of what the extra `test` does not install, and what the extra `dev` brings for them."""

MISSING = {test: [name for name in names if find_spec(name) is None] for test, names in NEEDED.items()}

left_out = pytest.StashKey[list[str]]()


@cache
def has_gpu(framework):
    """Whether a framework sees a GPU; it is imported only where a test asks."""
    if framework == "torch":
        import torch

        return torch.cuda.is_available()
    if framework == "jax":
        import jax

        return any(device.platform == "gpu" for device in jax.devices())
    raise ValueError(f"gpu({framework!r}) must be torch or jax; give the framework that needs the GPU.")


def pytest_collection_finish():
    """Leave what was imported out of garbage collection, which took a seventh of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure():
    if MADE is not None:
        shutil.rmtree(MADE, ignore_errors=True)


def pytest_ignore_collect(collection_path):
    return True if MISSING.get(collection_path.name) else None


def pytest_collection_modifyitems(config, items):
    asked = [(item, item.get_closest_marker("gpu")) for item in items]
    absent = [(item, mark.args[0]) for item, mark in asked if mark is not None and not has_gpu(mark.args[0])]
    config.stash[left_out] = [framework for _, framework in absent]
    if absent:
        gone = {item for item, _ in absent}
        config.hook.pytest_deselected(items=list(gone))
        items[:] = [item for item in items if item not in gone]


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # a process of xdist: the one that collects is not the one that prints
        session.config.workeroutput["left_out"] = session.config.stash.get(left_out, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    node.config.stash[left_out] = getattr(node, "workeroutput", {}).get("left_out", [])


def pytest_terminal_summary(terminalreporter, config):
    absent = config.stash.get(left_out, [])
    for framework in sorted(set(absent)):
        count = absent.count(framework)
        terminalreporter.write_line(f"{count} gpu tests not run: {framework} sees no GPU here.", yellow=True)
    if sys.version_info >= (3, 14):
        terminalreporter.write_line(
            "Keras on TensorFlow not run: TensorFlow has no release for this Python.", yellow=True
        )
    for test, names in MISSING.items():
        if names:
            text = f'{test} not run, since {", ".join(names)} is not installed: pip install ".[dev]".'
            terminalreporter.write_line(text, yellow=True)
