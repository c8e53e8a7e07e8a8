"""What `import lrsched` costs on top of `import numpy`, in fresh processes."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from .bench_timing import Row, time_text

__all__ = ["rows", "seconds"]

PROCESSES = 31
MOST_MILLISECONDS = 40


def seconds(module: str, cache: str) -> float:
    """How long a fresh process takes for an import; it keeps its bytecode in a folder of its own."""
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(run.stdout)


def rows() -> Iterator[Row]:
    """The difference of the medians of many processes, in turns."""
    with tempfile.TemporaryDirectory() as cache:
        seconds("lrsched", cache)  # writes the bytecode
        times = [(seconds("lrsched", cache), seconds("numpy", cache)) for _ in range(PROCESSES)]
    ours, numpy = (statistics.median(column) for column in zip(*times, strict=True))
    more = 1e3 * (ours - numpy)
    fits = "yes" if more <= MOST_MILLISECONDS else "no"
    what = "`import lrsched` / `import numpy`"
    yield Row(what, time_text(ours), time_text(numpy), f"+{more:.0f} ms", f"+{MOST_MILLISECONDS} ms", fits)
