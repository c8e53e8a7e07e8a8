"""The engine of the designer in a JavaScript engine, as a page runs it."""

import json
from functools import cache

from py_mini_racer import MiniRacer

from lrsched.designer.engine import engine_source

__all__ = ["ask", "outcome", "values"]

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


@cache
def _engine():
    engine = MiniRacer()
    engine.eval(engine_source())
    engine.eval(ASK)
    return engine


def ask(expression, *given):
    """What an expression of JavaScript gives, or a function of it for these arguments."""
    call = f"({expression})({', '.join(map(json.dumps, given))})" if given else expression
    return json.loads(_engine().eval(f"JSON.stringify({call})", timeout=60_000))


def outcome(text):
    """The text of the schedule that a text stands for, or what is wrong with it."""
    return ask("outcome", text)


def values(schedule, steps):
    """The values of a schedule at steps, its length, and its boundaries."""
    found = ask("values", repr(schedule), [*steps])
    return found["values"], found["length"], tuple(found["boundaries"])
