"""The panel of the designer in a JavaScript engine, with schedules as `to_code` writes them."""

import json
from functools import cache

import numpy as np
from py_mini_racer import MiniRacer

from lrsched.designer.tables import panel_source
from lrsched.export import to_code

__all__ = ["ask", "message", "put"]

SETTING = """
lrsched.Refused = class Refused extends Error {};
const schedules = [];
const listed = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
"""


@cache
def _engine():
    engine = MiniRacer()
    engine.eval(panel_source())
    engine.eval(SETTING)
    return engine


def ask(expression):
    """What an expression of JavaScript gives."""
    return json.loads(_engine().eval(f"JSON.stringify({expression}, listed) ?? null", timeout=120_000))


def message(expression):
    """With what an expression is refused."""
    program = f'(() => {{ try {{ {expression}; }} catch (error) {{ return error; }} return "nothing"; }})()'
    kind, text = ask(f"((error) => [error instanceof lrsched.Refused, error.message ?? error])({program})")
    assert kind, text
    return text


@cache
def put(schedule, many=None):
    """The name of a schedule in JavaScript; `many` values are computed beforehand, as the page computes them."""
    source = to_code(schedule, "javascript").replace("export function", "function")
    length, boundaries = json.dumps(schedule.length), json.dumps([*schedule.boundaries])
    table = ""
    if many:
        values = json.dumps(np.asarray(schedule(np.arange(many)), float).tolist())
        table = f", many: ((values) => (steps) => steps.map((step) => values[step]))({values})"
    made = f"{{ at: learningRate, length: {length} ?? Infinity, boundaries: {boundaries}{table} }}"
    index = _engine().eval(f"schedules.push((() => {{ {source}; return {made}; }})())")
    return f"schedules[{index - 1}]"
