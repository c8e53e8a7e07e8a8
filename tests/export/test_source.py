"""What the written source looks like: its numbers are arguments, equal schedules are written alike, it is short."""

import json

import numpy as np
import pytest

import lrsched as lr
from tests.export.running import TARGETS, engine, source_of, written

every_target = pytest.mark.parametrize("target", TARGETS)

RUN = lr.warmup_cosine(1e-3, 100, 1000, end_value=1e-4)
OTHER = lr.warmup_cosine(2e-3, 50, 400, end_value=1e-4)
CHANGED = {"peak_value": 2e-3, "warmup_steps": 50, "total_steps": 400}


@every_target
def test_the_numbers_are_arguments_by_the_names_of_the_run(target):
    steps = [-1, 0, 1, 49, 50, 51, 225, 399, 400, 500]
    if target == "javascript":
        module = source_of(RUN, target).replace("export function", "function")
        arguments = ", ".join(map(str, [*CHANGED.values(), 1e-4]))
        call = f"JSON.stringify({steps}.map((step) => learningRate(step, {arguments})))"
        got = json.loads(engine().eval(f"(() => {{ {module}; return {call}; }})()"))
    else:
        rate = written(RUN, target, "get_lr")["get_lr"]
        got = [float(rate(step, **CHANGED)) for step in steps]
    rtol = 1e-6 if target in ("jax", "optax") else 1e-15
    np.testing.assert_allclose(got, list(map(OTHER, steps)), rtol=rtol)


def test_the_numbers_of_a_cooldown_are_arguments():
    made, other = lr.wsd(1.0, 10, 100, 20), lr.wsd(2.0, 5, 60, 30)
    rate = written(made, "numpy")["learning_rate"]
    steps = np.arange(70)
    got = rate(steps, peak_value=2.0, warmup_steps=5, total_steps=60, decay_steps=30)
    np.testing.assert_allclose(got, other(steps), rtol=1e-15)


@every_target
@pytest.mark.parametrize("make", [lr.constant, lambda value: lr.linear(value, 0.1, 2)], ids=["constant", "ramp"])
def test_equal_schedules_are_written_alike(make, target):
    one = make(0.5)
    shared = lr.join([one, lr.linear(0.0, 1.0, 3), one], [2, 5])
    equal = lr.join([make(0.5), lr.linear(0.0, 1.0, 3), make(0.5)], [2, 5])
    assert source_of(shared, target) == source_of(equal, target)


MOST_LINES = 60
"""Without empty lines, and without `make_scheduler`."""


@every_target
@pytest.mark.parametrize(
    "schedule",
    [lr.polynomial(1.0, 0.1, 100, power=4.0), lr.sgdr(1.0, 0.1, 10, period_mult=1.5), lr.wsd(1.0, 10, 100, 20)],
    ids=lambda schedule: schedule.formula.name,
)
def test_the_source_is_short(schedule, target):
    assert lines_of(schedule, target) <= MOST_LINES


def lines_of(schedule, target):
    source = source_of(schedule, target).partition("\nclass Scheduler")[0]
    return len([line for line in source.splitlines() if line.strip()])
