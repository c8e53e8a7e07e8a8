"""The engine of the designer in a JavaScript engine, as a page runs it."""

import json
import math
from functools import cache

from py_mini_racer import MiniRacer

from lrsched.designer.engine import engine_source

__all__ = ["ask", "outcome", "values", "values_with_functions_of_python"]

ASK = """
function outcome(text) {
    try {
        const node = lrsched.read(text);
        lrsched.make(node);
        return { text: lrsched.write(node) };
    } catch (error) {
        if (!(error instanceof lrsched.Refused)) throw error;
        const { message, start, end, argument, hint } = error;
        return { message, start, end, argument, hint };
    }
}

function values(text, steps) {
    const schedule = lrsched.make(lrsched.read(text));
    return { values: [...schedule.many(steps)], length: schedule.length, boundaries: schedule.boundaries };
}
"""


FUNCTIONS = ["sin", "exp", "expm1", "log", "log1p", "pow"]

TOLD = """
const [known, asked] = [{}, {}];
for (const name of %s) {
    const own = Math[name];
    known[name] = new Map();
    asked[name] = new Map();
    Math[name] = (...given) => {
        const key = given.join();
        if (known[name].has(key)) return known[name].get(key);
        asked[name].set(key, given);
        return own(...given);
    };
}
function tell(answers) {
    for (const [name, results] of Object.entries(answers)) {
        [...asked[name].keys()].forEach((key, at) => known[name].set(key, results[at]));
        asked[name].clear();
    }
}
function questions() {
    return Object.fromEntries(Object.entries(asked).map(([name, given]) => [name, [...given.values()]]));
}
"""
"""Functions that can be told what those of Python give."""


@cache
def _engine(is_told=False):
    engine = MiniRacer()
    if is_told:
        engine.eval(TOLD % json.dumps(FUNCTIONS))
    engine.eval(engine_source())
    engine.eval(ASK)
    return engine


def ask(expression, *given, is_told=False):
    """What an expression of JavaScript gives, or a function of it for these arguments."""
    call = f"({expression})({', '.join(map(json.dumps, given))})" if given else expression
    return json.loads(_engine(is_told).eval(f"JSON.stringify({call})", timeout=60_000))


def outcome(text):
    """The text of the schedule that a text stands for, or what is wrong with it."""
    return ask("outcome", text)


def values(schedule, steps):
    """The values of a schedule at steps, its length, and its boundaries."""
    found = ask("values", repr(schedule), [*steps])
    return found["values"], found["length"], tuple(found["boundaries"])


def values_with_functions_of_python(schedule, steps):
    """The values of a schedule at steps, where every sine, exponential, logarithm and power is that of Python."""
    while True:
        found = ask("values", repr(schedule), [*steps], is_told=True)["values"]
        questions = ask("questions()", is_told=True)
        if not any(questions.values()):
            return found
        answers = {name: [getattr(math, name)(*given) for given in questions[name]] for name in FUNCTIONS}
        ask("(answers) => tell(answers) ?? null", answers, is_told=True)
