"""The configs and the programs that the designer copies, run as their users would."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from py_mini_racer import MiniRacer

import lrsched
from lrsched.designer.engine import engine_source
from lrsched.designer.html import SCRIPTS

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "lrsched" / "designer" / "static"

TEXTS = [
    "warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5)",
    "wsd(3e-4, 100, 1000, 200, decay=one_minus_sqrt)",
    "0.5 * wsd(3e-4, 100, 1000, 200, decay=partial(polynomial, power=2.0)) + 1e-5",
    "join([linear(0, 1e-3, 10), cyclic(1e-4, 1e-3, 20, mode='triangular2')], [10])",
    "piecewise_constant([1e-3, 1e-4, 1e-5], [100, 200])",
    "exponential_decay(1e-3, 0.5, decay_steps=100, staircase=True)",
]


@cache
def engine():
    racer = MiniRacer()
    scripts = [engine_source(), *((STATIC / name).read_text() for name in ("dom.js", "programs.js"))]
    racer.eval("\n".join(scripts))
    return racer


def form(kind, text):
    """What is copied."""
    call = (
        f"((text) => lrsched.page.form({json.dumps(kind)}, {{ text, node: lrsched.read(text) }}))({json.dumps(text)})"
    )
    return engine().eval(call)


@pytest.mark.parametrize("text", TEXTS)
def test_the_config_is_that_of_python(text):
    schedule = lrsched.parse(text)
    assert json.loads(form("JSON", text)) == json.loads(json.dumps(schedule.to_config()))
    assert lrsched.from_config(json.loads(form("JSON", text))) == schedule


@pytest.mark.parametrize("text", TEXTS)
def test_yaml_is_read_as_the_same(text):
    assert yaml.safe_load(form("YAML", text)) == lrsched.parse(text).to_config()


def test_every_recipe_has_its_config():
    for name in lrsched.recipes.list():
        schedule = lrsched.recipes.find(name)()
        assert lrsched.from_config(yaml.safe_load(form("YAML", repr(schedule)))) == schedule


def test_the_expression_is_copied_as_it_was_written():
    assert form("expression", TEXTS[0]) == TEXTS[0]


KINDS = ["Python", "optax", "JAX", "PyTorch", "Keras"]

RUN = """
import json, sys, traceback

for kind, program in json.load(sys.stdin).items():
    try:
        exec(program, {"__name__": kind})
    except Exception:
        print(kind, traceback.format_exc())
"""
"""Each program with names of its own, in one process, since that imports the frameworks once."""


@pytest.fixture(scope="module")
def failures():
    env = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax"}
    equal = f"\nassert schedule == __import__('lrsched').parse({TEXTS[2]!r})\n"
    programs = json.dumps({kind: form(kind, TEXTS[2]) + equal for kind in KINDS})
    command = [sys.executable, "-W", "ignore", "-c", RUN]
    done = subprocess.run(command, input=programs, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_runs(failures, kind):
    assert f"{kind} Traceback" not in failures


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_program_holds_the_schedule(kind, text):
    lines = [line for line in form(kind, text).splitlines() if line.startswith(("from lrsched import", "schedule ="))]
    made = {}
    exec("\n".join(lines), made)
    assert made["schedule"] == lrsched.parse(text)


def test_the_scripts_are_all_in_the_page():
    assert {path.name for path in STATIC.glob("*.js")} >= {*SCRIPTS}
