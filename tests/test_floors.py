"""The house has floors, and no import runs up: read from the sources, inside functions as well."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).parents[1] / "lrsched"

GROUND = {"arrays": {"arrays"}, "checks": {"arrays"}}
"""What everything stands on."""

STANDS_ON = {
    "core": {"core"},
    "text": {"core", "text"},
    "view": {"core", "view"},
    "schedules": {"core", "schedules"},
    "combinators": {"core", "schedules", "combinators"},
    "runs": {"core", "text", "schedules", "combinators", "runs"},
    "interop": {"core", "schedules", "combinators", "runs", "interop"},
    "adapters": {"core", "text", "view", "adapters"},
    "tools": {"core", "view", "schedules", "combinators", "runs", "tools"},
    "export": {"core", "export"},
    "forecast": {"core", "view", "forecast"},
    "plot": {"core", "view", "forecast"},
    "designer": {
        *("lrsched", "core", "text", "combinators", "runs", "tools", "export", "forecast", "types", "designer"),
    },
    "cli": {
        *("lrsched", "core", "text", "view", "runs", "peers", "tools", "export", "forecast", "plot", "designer", "cli"),
    },
    "types": {"core"},
    "peers": set(),
    "moved": {"lrsched", "peers", "types"},
    "__main__": {"cli"},
    "__init__": {
        *("core", "text", "view", "schedules", "combinators", "runs", "tools", "export", "forecast", "plot", "types"),
        *("moved", "designer"),
    },
}
"""What the files of a floor, or a file of its own, may import besides those."""

FRAMEWORKS = {"jax", "optax", "torch", "keras", "tensorflow"}
KNOW_A_FRAMEWORK = {"adapters", "core/pytree.py", "core/tracing.py", "forecast/optimum.py"}
"""The adapters; where the gradient of JAX is followed; and where schedules become pytrees, or are made ready for
torch.compile, once JAX or torch is there."""


class Import(NamedTuple):
    target: str  # below lrsched, or the full name of another package
    ours: bool
    line: int
    inside: bool  # of a function

    @property
    def floor(self):
        return self.target.split(".")[0]


def imports(path: str, source: str):
    """All imports of a file, which is given by its path in the house."""
    package = ["lrsched", *Path(path).parent.parts]
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            names = [".".join([*base, *filter(None, [node.module])])]
            if names == ["lrsched"]:
                names = [f"lrsched.{alias.name}" for alias in node.names]
        for name in names:
            ours = name.split(".")[0] == "lrsched"
            yield Import(name.removeprefix("lrsched."), ours, node.lineno, id(node) in inside)


def floor_of(path: str) -> str:
    return Path(path).parts[0].removesuffix(".py")


def complaints(path: str, source: str) -> list[str]:
    """The imports of a file that run up, in the words of a compiler."""
    found = []
    floor = floor_of(path)
    allowed = GROUND.get(floor) or {*STANDS_ON[floor], *GROUND}
    for item in imports(path, source):
        if item.ours:
            bad = item.floor not in allowed
        else:
            bad = item.floor in FRAMEWORKS and not {path, floor_of(path)} & KNOW_A_FRAMEWORK
        if bad:
            found.append(f"{path}:{item.line}: {floor_of(path)} may not import {item.target}")
    return found


def sources():
    return {str(path.relative_to(HOUSE)): path.read_text() for path in sorted(HOUSE.rglob("*.py"))}


def test_no_import_runs_up():
    assert [complaint for path, source in sources().items() for complaint in complaints(path, source)] == []


def test_every_file_is_on_a_floor():
    """A new room is given its floor here first."""
    assert {floor_of(path) for path in sources()} <= {*GROUND, *STANDS_ON}
    assert {"core", "schedules", "combinators", "runs"} <= {floor_of(path) for path in sources()}


def test_nobody_imports_the_roof():
    """The adapters, the other libraries' names and the commands are imported by users alone."""
    for path, source in sources().items():
        floors = {item.floor for item in imports(path, source) if item.ours} - {floor_of(path)}
        assert not floors & {"adapters", "interop"}, path
        assert "cli" not in floors or path == "__main__.py", path


@pytest.mark.parametrize(
    ("path", "source", "target"),
    [
        ("arrays/new.py", "from ..checks import brief", "checks"),
        ("checks.py", "from .core.schedule import Schedule", "core.schedule"),
        ("core/new.py", "from ..text.parse import parse", "text.parse"),
        ("core/new.py", "from ..schedules.ramps import linear", "schedules.ramps"),
        ("core/new.py", "from .. import combinators", "combinators"),
        ("core/new.py", "import lrsched.runs.cycles as cycles", "runs.cycles"),
        ("core/new.py", "from lrsched import linear", "linear"),
        ("core/new.py", "def f():\n    from ..adapters import torch", "adapters"),
        ("core/new.py", "class A:\n    async def f(self):\n        from ..runs.warmups import wsd", "runs.warmups"),
        ("core/new.py", "if TYPE_CHECKING:\n    from ..combinators.join import join", "combinators.join"),
        ("core/schedule.py", "from ..combinators.arithmetic import times", "combinators.arithmetic"),
        ("core/schedule.py", "def f():\n    from ..combinators.arithmetic import times", "combinators.arithmetic"),
        ("core/schedule.py", "def f():\n    from ..view.describe import describe", "view.describe"),
        ("core/schedule.py", "def f():\n    import torch", "torch"),
        ("schedules/new.py", "from ..combinators.join import join", "combinators.join"),
        ("combinators/new.py", "from ..runs.cycles import sgdr", "runs.cycles"),
        ("runs/new.py", "from ..interop.optax import warmup_cosine_decay_schedule", "interop.optax"),
        ("adapters/new.py", "from ..schedules.decays import constant", "schedules.decays"),
        ("interop/torch.py", "import torch", "torch"),
        ("__init__.py", "from .adapters.torch import TorchScheduler", "adapters.torch"),
        ("__init__.py", "from . import cli", "cli"),
    ],
)
def test_the_check_can_fail(path, source, target):
    """Sources that do not exist, each with one import that runs up."""
    line = source.count("\n") + 1
    assert complaints(path, source) == [f"{path}:{line}: {floor_of(path)} may not import {target}"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "core/new.py",
            "import math\nfrom ..arrays import numbers\nfrom .schedule import Schedule",
        ),
        ("core/pytree.py", "def f():\n    from jax import tree_util"),
        ("adapters/torch.py", "import torch\nfrom ..core.schedule import Schedule"),
        ("interop/optax.py", "from ..runs.warmups import warmup_cosine\nfrom .torch import step_lr"),
        ("tools/range_test.py", "from ..schedules.ramps import exponential"),
        ("__main__.py", "from .cli import commands"),
    ],
)
def test_the_check_can_pass(path, source):
    assert complaints(path, source) == []
