"""The files that are run in a process of their own, or ask for the extra `trainers`, are not collected without."""

from importlib.util import find_spec

collect_ignore_glob = ["keras_*.py"]

TRAINERS = [name for name in ("accelerate", "ignite", "lightning", "transformers") if find_spec(name) is None]
if TRAINERS:
    collect_ignore_glob.append("test_torch_trainers.py")


def pytest_terminal_summary(terminalreporter):
    if TRAINERS:
        absent = ", ".join(TRAINERS)
        terminalreporter.write_line(
            f'tests of trainers not run, without {absent}: pip install ".[trainers]".', yellow=True
        )
