"""`lrsched.compare`: schedules beside what a script computed, without a picture."""

import math

import numpy as np
import optax
import pytest
import torch

import lrsched as lr

RUN = lr.warmup_cosine(1.0, 10, 100)


def lambda_of_a_script(step):
    """What is given to `LambdaLR`: a function of one number, with an `if`."""
    if step < 10:
        return step / 10
    return 0.5 * (1 + math.cos(math.pi * (step - 10) / 90))


def test_a_function_of_one_number():
    """Is called step by step where it does not take arrays."""
    found = lr.compare(RUN, lambda_of_a_script, 120, tolerance=1e-9)
    assert found.count == 20  # past its end the cosine of the script rises again
    found = lr.compare(lambda_of_a_script, RUN, steps=100, tolerance=1e-12)
    assert (found.count, found.whole, repr(found)) == (0, None, "equal at the 101 steps from 0 to 100")


def test_a_run_of_torch():
    """The rates that a scheduler set, as a log holds them."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
    logged = []
    for _ in range(60):
        logged.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    found = lr.compare(lr.cosine(1.0, 0.0, 50), np.array(logged).__getitem__, steps=59, tolerance=1e-9)
    assert [(part.first, part.last, part.step) for part in found.partings] == [(51, 59, 59)]
    assert found.partings[0].difference == pytest.approx(logged[59], rel=1e-12)


def test_a_schedule_of_optax():
    theirs = optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 100)
    assert lr.compare(RUN, theirs, steps=99, tolerance=1e-4).count == 0
    assert lr.compare(RUN, theirs, RUN.length, tolerance=1e-9).end == RUN.length


def test_what_is_printed():
    """Every stretch of steps, up to ten of them."""
    assert repr(lr.compare(lr.join([1.0, 2.0, 1.0], [3, 4]), 1.0, steps=9)) == (
        "different at 1 of the 10 steps from 0 to 9\n  step 3: 2 and 1 at step 3, a difference of -1"
    )
    assert repr(lr.compare(RUN, 0.5 * RUN, 100)) == (
        "different at 99 of the 101 steps from 0 to 100\n  steps 1 to 99: 1 and 0.5 at step 10, a difference of -0.5"
    )
    lines = repr(lr.compare(lr.cyclic(0.0, 1.0, 1), 0.0, steps=99)).split("\n")
    assert (len(lines), lines[-1]) == (12, "  ... 40 more")


def test_not_every_step_of_a_very_long_run(monkeypatch):
    """It says how many were compared."""
    monkeypatch.setattr("lrsched.view.compare.MOST", 1_000)
    assert repr(lr.compare(lr.constant(1.0), 1.0, steps=10_000)) == "equal at 911 of the 10001 steps from 0 to 10000"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: lr.compare(RUN, "x", 9),
            TypeError,
            "compare(b='x') must be a schedule, a callable or a number, not str;",
        ),
        (
            lambda: lr.compare(lr.cosine, RUN, 9),
            TypeError,
            "compare(a=cosine) must be a schedule, not the function that",
        ),
        (
            lambda: lr.compare(RUN, RUN, steps=0),
            ValueError,
            "compare(steps=0) must be at least 1; it is the last step that is",
        ),
        (
            lambda: lr.compare(RUN, RUN, steps=math.inf),
            ValueError,
            "compare(steps=inf) must be finite; a run without an end",
        ),
        (
            lambda: lr.compare(RUN, RUN, 9, tolerance=-1),
            ValueError,
            "compare(tolerance=-1) must be at least 0; 1e-9 ignores",
        ),
        (
            lambda: lr.compare(RUN, RUN, 9, tolerance="x"),
            TypeError,
            "compare(tolerance='x') must be a number, not str; ",
        ),
    ],
)
def test_what_is_refused(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value).startswith(message)
