"""Measure everything beside its peers and print the table; `--write` puts it in docs/performance.md."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from . import bench_arrays, bench_formulas, bench_imports, bench_joins, bench_numbers, bench_programs
from .bench_page import render, shortened, splice
from .bench_timing import Row, row

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

PACKAGES = ("numpy", "jax", "optax", "torch", "fvcore", "timm", "transformers")

SECTIONS: dict[str, Callable[[], Iterable[Row]]] = {
    "A Python number": lambda: map(row, [*bench_numbers.pairs(), *bench_numbers.peer_pairs()]),
    "Many steps": lambda: map(row, bench_arrays.pairs()),
    "The compiled program": bench_programs.rows,
    "Joins": bench_joins.rows,
    "Import": bench_imports.rows,
    "What exactness costs": lambda: map(row, bench_formulas.pairs()),
}


def main() -> int:
    """The number of bounds that were not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table in docs/performance.md")
    write = parser.parse_args().write
    parts = [versions()]
    print(parts[0], flush=True)
    late, everything = 0, list[Row]()
    for title, section in SECTIONS.items():
        rows = list(section())
        everything += rows
        late += sum(line.ok == "no" for line in rows)
        parts.append(f"### {title}\n\n{render(rows)}")
        print(f"\n{parts[-1]}", flush=True)
    parts.append(f"Bounds that were not met: {late}.")
    print(f"\n{parts[-1]}")
    if write:
        page = splice(PAGE.read_text(encoding="utf-8"), "\n\n".join(parts))
        PAGE.write_text(splice(page, shortened(everything), "in short: "), encoding="utf-8")
    return late


def versions() -> str:
    """What was measured: the versions, and the number of processors."""
    found = [f"Python {platform.python_version()}", f"lrsched {metadata.version('lrsched-toolkit')}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            found.append(f"{package} not installed")
    return f"{', '.join(found)}; {os.cpu_count()} CPUs."


if __name__ == "__main__":
    sys.exit(min(main(), 1))
