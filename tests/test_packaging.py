"""What is installed is the library: a wheel in a bare environment imports, evaluates and says which extra it lacks."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow

EVALUATE = """
import importlib.metadata, json
import numpy, lrsched
from lrsched.checks import is_factory

values = {}
for text in json.loads(input()):
    schedule = lrsched.parse(text)
    values[text] = [schedule(step) for step in (0, 7, 10**9)] + schedule(numpy.arange(3)).tolist()
names = sorted(name for name, value in vars(lrsched).items() if is_factory(value))
installed = sorted(found.name.lower() for found in importlib.metadata.distributions())
print(json.dumps({"values": values, "names": names, "installed": installed, "file": lrsched.__file__}))
"""


def run(*command, given=None):
    """A command outside of the repository, with nothing of this process' own in its way."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    env |= {"PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}  # a few modules of many are imported, once
    return subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, text=True, env=env, cwd="/", check=False
    )


def done(*command, given=None):
    finished = run(*command, given=given)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    done(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def bare(built, tmp_path_factory):
    """A Python that has the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    done(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    done(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", built[0])
    return python


@pytest.fixture(scope="module")
def expressions():
    """One schedule for each word of the vocabulary, which is the example of the gallery."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import gallery

        return {word.name: word.example for word in gallery.words()}
    finally:
        sys.path.remove(str(ROOT / "docs"))


def test_the_wheel_has_the_package_and_nothing_else(built):
    wheel, sdist = built
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    files = (path for path in (ROOT / "lrsched").rglob("*") if path.is_file() and path.suffix != ".pyc")
    here = {str(path.relative_to(ROOT)) for path in files}
    assert set(names) == here
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert here | {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "tests/cases.py"} <= packed


def test_the_bare_environment_evaluates_every_schedule(bare, expressions):
    texts = {name: repr(example) for name, example in expressions.items()}
    found = json.loads(done(bare, "-c", EVALUATE, given=json.dumps(list(texts.values()))))
    assert found["names"] == sorted(texts)
    assert set(found["installed"]) - {"pip", "setuptools"} == {"array-api-compat", "lrsched-toolkit", "numpy"}
    assert str(ROOT) not in found["file"]
    for name, example in expressions.items():
        here = [example(step) for step in (0, 7, 10**9)] + [example(step) for step in range(3)]
        assert found["values"][texts[name]] == pytest.approx(here, rel=1e-14, abs=0)  # numbers and arrays: a few ulp


def test_the_command_says_which_extra_it_lacks(bare):
    for command in (
        [bare, "-m", "lrsched", "show", "constant(1.0)"],
        [bare.parent / "lrsched", "show", "constant(1.0)"],
    ):
        finished = run(*command)
        assert finished.returncode != 0
        assert "pip install click pyyaml" in finished.stderr
        assert "Traceback" not in finished.stderr


def test_the_package_runs_as_a_module():
    assert "linear(1.0, 0.0, 10)" in done(sys.executable, "-m", "lrsched", "show", "linear(1.0, 0.0, 10)")
