"""What `import lrsched` imports: NumPy, array-api-compat, and no framework. Each test asks a fresh process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONAL = [
    "jax",
    "optax",
    "torch",
    "keras",
    "tensorflow",
    "matplotlib",
    "click",
    "rich",
    "plotext",
    "yaml",
    "tqdm",
    "sklearn",
    "pydantic",
    "pydantic_core",
    "omegaconf",
    "pandas",
]

USE = """
import pickle, numpy as np, lrsched as lr
s = lr.join([lr.warmup_cosine(1.0, 2, 9), lr.sgdr(0.1, 0.0, 5, period_mult=2), 2 * lr.noam(64, 4) + 0.1], [9, 20])
s(3), s(3.5), s(np.arange(40)), s(np.float32(3)), s.length, s.boundaries, s.describe(), hash(s)
assert lr.parse(repr(s)) == lr.from_config(s.to_config()) == pickle.loads(pickle.dumps(s)) == s
"""


def python(code: str) -> str:
    """What a fresh interpreter prints; an error is the test's error."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def packages_after(code: str) -> set[str]:
    """The packages that some code imports, but for those of Python and those that every process starts with."""
    names = python(
        f"import sys; before = set(sys.modules)\n{code}\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    return set(names.split())


@pytest.mark.parametrize("code", ["import lrsched", USE])
def test_nothing_heavy_is_imported(code):
    """Neither on import nor in use with numbers and NumPy."""
    assert packages_after(code) == {"lrsched", "numpy", "array_api_compat"}


def test_the_check_can_fail():
    """A package that is imported somewhere is seen."""
    late = "import lrsched\ndef late():\n    import click\nlate()"
    assert packages_after(late) == {"lrsched", "numpy", "array_api_compat", "click"}


def test_no_compiler_is_imported():
    """The star import of a NumPy look-alike would import f2py, some 200 modules, in the first training step."""
    loaded = "import sys; print('numpy.f2py' in sys.modules)"
    assert python(USE + loaded) == "False"
    assert python("from numpy import *\n" + loaded) == "True"


def test_nothing_optional_is_needed():
    """The same use in a process where no optional package can be imported."""
    absent = f"import sys; sys.modules.update(dict.fromkeys({OPTIONAL}))\n"
    assert python(absent + USE) == ""
    assert python(absent + "try:\n    import jax\nexcept ImportError:\n    print('absent')") == "absent"


LEAVES = "print(jax.tree.leaves(s), jax.jit(lambda s, t: s(t))(s, 2))"
IS_A_PYTREE = "[1.0, 0.0, 4] 0.5"


@pytest.mark.parametrize(
    "code",
    [
        "import jax, lrsched as lr; s = lr.linear(1.0, 0.0, 4)",
        "import lrsched as lr, jax; s = lr.linear(1.0, 0.0, 4)",
        "import lrsched as lr; s = lr.linear(1.0, 0.0, 4); import jax; lr.constant(1.0)",
        "import lrsched as lr; s = lr.linear(1.0, 0.0, 4); import jax, lrsched.adapters.jax",
        "import lrsched as lr, pickle; b = pickle.dumps(lr.linear(1.0, 0.0, 4)); import jax; s = pickle.loads(b)",
    ],
    ids=["JAX first", "JAX second", "one made later", "the adapter", "unpickled"],
)
def test_schedules_become_pytrees(code):
    """Where JAX is there: when a schedule is made or unpickled, or by the adapter, in any order of imports."""
    assert python(f"{code}\n{LEAVES}") == IS_A_PYTREE


def test_a_schedule_older_than_jax():
    """Nobody has told JAX of a schedule that was made before it: calling it works, passing it says what it is."""
    code = """
import lrsched as lr
s = lr.linear(1.0, 0.0, 4)
import jax
try:
    jax.jit(lambda s, t: s(t))(s, 2)
except TypeError as error:
    print("Schedule" in str(error), end=" ")
print(jax.jit(s)(2), end=" ")
import lrsched.adapters.jax
"""
    assert python(code + LEAVES) == f"True 0.5 {IS_A_PYTREE}"
