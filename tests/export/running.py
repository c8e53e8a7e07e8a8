"""Running what was written, as a user who pasted it into a file would."""

import ast
import json
import sys
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import torch
from py_mini_racer import MiniRacer

from lrsched.export import to_code

TARGETS = ["python", "numpy", "jax", "optax", "torch", "javascript"]


source_of = cache(to_code)
"""What is written, once for all tests."""


def written(schedule, target, name="learning_rate"):
    """The names of a file, after it has run."""
    source = source_of(schedule, target, name=name)
    made = {"__name__": "written"}
    exec(compile(source, f"<{target}>", "exec"), made)
    return made


def values(schedule, target, steps):
    """What the written function gives for an array of steps: number by number, as an array, or compiled."""
    if target == "javascript":
        return in_javascript(source_of(schedule, target), steps.tolist())
    function = written(schedule, target)["learning_rate"]
    if target == "python":
        return np.array([function(step) for step in steps.tolist()])
    if target == "numpy":
        return function(steps)
    if target == "torch":
        return function(torch.asarray(steps)).numpy()
    got = np.asarray(jax.jit(function)(padded(steps)))
    return np.broadcast_to(got, (SIZE,))[: steps.size]


engine = cache(MiniRacer)


def in_javascript(source, steps):
    """What the function of a module gives, number by number."""
    module = source.replace("export function", "function")
    program = f"(() => {{ {module}; return JSON.stringify({json.dumps(steps)}.map((step) => learningRate(step))); }})()"
    return np.array(json.loads(engine().eval(program)))


SIZE = 256


def padded(steps):
    """Steps as JAX takes them, all of one size, so that what the schedules are asked is compiled once for all."""
    assert len(steps) <= SIZE
    return jnp.asarray(np.resize(steps, SIZE), jnp.int32)


def expected(schedule, target, steps):
    """What the schedule itself gives, in the same dtype."""
    return _expected(schedule, target in ("jax", "optax"), tuple(steps.tolist()))


@cache
def _expected(schedule, is_narrow, steps):
    if is_narrow:
        return np.asarray(schedule(padded(np.array(steps))))[: len(steps)]
    return np.array([schedule(step) for step in steps])


def assert_equal(got, want, target, condition=1):
    """Equal to 1e-12 in float64; in float32 to 5 ulp times the condition number, where subnormal numbers may be 0."""
    narrow = target in ("jax", "optax")
    least = 2.0**-126 if narrow else 0.0
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    bound = np.maximum((5 * condition * 2.0**-23 if narrow else 1e-12) * np.abs(want), least)
    wrong = ~(np.abs(got - want) <= bound)
    assert not wrong.any(), f"{target}: {got[wrong][:5]}, not {want[wrong][:5]}, at {np.flatnonzero(wrong)[:5]}"


def is_another_program(schedule, target):
    """Whether a target has a program of its own; where nothing of optax is called, its file is that for JAX."""
    if target != "optax" or any("optax." in line for line in without_comments(source_of(schedule, target))):
        return True
    assert without_comments(source_of(schedule, "optax")) == without_comments(source_of(schedule, "jax"))
    return False


def without_comments(source):
    return [line for line in source.splitlines() if not line.startswith("#")]


def imported(source):
    """The packages that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def defined(source):
    """The names that a file makes at its top: functions, tables, imports and values."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def mentioned(source):
    """The names that a file reads."""
    loads = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
    return {node.id for node in loads if isinstance(node.ctx, ast.Load)}


def unused_locals(source):
    """The names that a function assigns and never reads."""
    found = set()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
            stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            found |= stored - {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return found


STANDARD = sys.stdlib_module_names
