"""The modules of docs/examples, and what they have written into the pages."""

import hashlib
import importlib
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import jax
import numpy as np
import pytest

DOCS = Path(__file__).parent.parent / "docs"
EXAMPLES = DOCS / "examples"


@contextmanager
def imported(names):
    """The modules by their names, under which they import one another when they are run.

    JAX compiles their programs quickly: they run for a few updates, and their values are not those of the pages.
    """
    jax.config.update("jax_disable_most_optimizations", True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        modules = {name: importlib.import_module(name) for name in names}
        if "text" in modules:
            modules["text"].letters = cache(partial(for_all_processes, modules["text"].letters))
        yield modules
    for name in names:
        del sys.modules[name]
    jax.config.update("jax_disable_most_optimizations", False)


def for_all_processes(letters):
    """What `text.letters` gives, computed once in a run of the tests: it reads all of the standard library."""
    key = hashlib.sha256(sys.version.encode() + (EXAMPLES / "text.py").read_bytes()).hexdigest()
    file = Path(os.environ["JAX_COMPILATION_CACHE_DIR"]) / f"letters-{key}.npz"
    if not file.exists():
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as whole:
            np.savez(whole, *letters())
        os.replace(whole.name, file)
    return tuple(np.load(file).values())


def between_markers(script, page="choosing.md"):
    """What a script has written into a page."""
    page = (DOCS / page).read_text()
    begin, end = (f"<!-- python docs/examples/{script} --write: {word} -->" for word in ("begin", "end"))
    assert page.count(begin) == page.count(end) == 1
    return page.partition(begin)[2].partition(end)[0]


def cells(text):
    """The rows of the tables of a text, without their heads and rules."""
    tables = re.findall(r"^\|.*\n\| ---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()] for body in tables]
