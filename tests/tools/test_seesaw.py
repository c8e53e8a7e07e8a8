"""A decay that is shared between rate and batch size: as many samples, and the rate times the root of the batch."""

import math

import numpy as np
import pytest

import lrsched as lr
from lrsched import seesaw

RUNS = {
    "cosine": (lr.warmup_cosine(3e-4, 1_000, 10_000), 256, {}),
    "cosine to a tenth": (lr.warmup_cosine(3e-4, 1_000, 10_000, end_value=3e-5), 256, {}),
    "small steps": (lr.cosine(1.0, 0.0, 5_000), 256, {"factor": 1.1, "multiple": 8}),
    "no warmup": (lr.linear(1.0, 0.01, 777), 3, {}),
    "wsd": (lr.wsd(1e-3, 100, 1_000, 200), 8, {"factor": 4}),
    "stairs": (lr.piecewise_constant([1.0, 0.5, 0.1, 0.05], [30, 60, 90]), 32, {}),
    "a decay of few updates": (lr.linear(1.0, 0.0, 7), 4, {}),
    "nothing falls": (lr.warmup_constant(1.0, 10), 4, {}),
}


def updates(old, size, batch):
    """How many updates the new run has, counted one after another."""
    seen = update = 0
    while seen < size * old.length:
        seen, update = seen + int(batch(update)), update + 1
    return update, seen


@pytest.mark.parametrize(("old", "size", "options"), RUNS.values(), ids=RUNS)
def test_the_rate_falls_by_the_root_of_what_the_batch_grows_by(old, size, options):
    rate, batch = seesaw(old, size, **options)
    count, seen = updates(old, size, batch)
    steps = np.arange(count)
    rates, sizes = rate(steps), batch(steps)
    peak = max(old(t) for t in range(old.length + 1))
    top = max(t for t in range(old.length + 1) if old(t) == peak)
    assert rates[:top].tolist() == [old(t) for t in range(top)]  # the warmup is as it was
    assert sizes[: top + 1].tolist() == [size] * min(top + 1, count)
    np.testing.assert_allclose(rates[top:], peak * np.sqrt(size / sizes[top:]), rtol=1e-14)
    assert (np.diff(sizes) >= 0).all()
    assert (sizes % options.get("multiple", 1) == 0).all()
    assert count <= old.length
    assert 0 <= seen - size * old.length < sizes[-1]  # as many samples, but for a part of the last batch
    clock = lr.tokens_seen(batch, 1)
    assert (clock(count), clock(0)) == (seen, 0)


@pytest.mark.parametrize(("old", "size", "options"), RUNS.values(), ids=RUNS)
def test_a_batch_size_begins_once_the_old_run_had_fallen_so_far(old, size, options):
    """At the update before which as many samples were seen, to within a batch."""
    _, batch = seesaw(old, size, **options)
    factor, peak = options.get("factor", 2.0), max(old(t) for t in range(old.length + 1))
    clock = lr.tokens_seen(batch, 1)
    for step in batch.boundaries:
        power = round(math.log(batch(step) / size) / math.log(factor))
        level = peak / factor**power * (1 + 1e-9)
        before, seen = int(batch(step - 1)), int(clock(step))
        assert old(seen // size) <= level
        assert old(max(0, seen - before) // size) > level or seen - before < size


def test_the_paper():
    """Half the rate is 1/sqrt(2) of it and twice the batch."""
    rate, batch = seesaw(lr.join([1.0, lr.linear(0.5, 0.4, 100)], [100]), 10)
    assert (rate(99), rate(100), batch(99), batch(100)) == (1.0, math.sqrt(0.5), 10.0, 10.0 * 2)
    rate, batch = seesaw(lr.linear(1.0, 0.25, 300), 10)
    assert batch == lr.join([10.0, 20.0], [200])  # what is left at a quarter of the rate is no batch of 40


def test_both_are_schedules_like_others():
    rate, batch = seesaw(*RUNS["cosine"][:2])
    for each in (rate, batch):
        assert lr.parse(repr(each)) == lr.from_config(each.to_config()) == each
    assert lr.tokens_seen(batch, 2_048)(0) == 0


BAD = {
    "no end": (
        lambda: seesaw(lr.noam(64, 10), 4),
        "seesaw(schedule=noam(...)) must have an end, at most 10000000 steps away; "
        "lrsched.cooldown(schedule, start, steps) ends it.",
    ),
    "two decays": (
        lambda: seesaw(lr.cosine(1.0, 0.0, 10) + lr.join([0.0, lr.linear(0.5, 0.0, 5)], [8]), 4),
        "seesaw(schedule=add(...)) must not rise after its peak, and does at step 8; give one decay.",
    ),
    "nothing but 0": (
        lambda: seesaw(lr.linear(0.0, 0.0, 10), 4),
        "seesaw(schedule=linear(...)) must be finite, and greater than 0 at its peak; describe() shows its values.",
    ),
    "a factor of 1": (
        lambda: seesaw(lr.cosine(1.0, 0.0, 10), 4, factor=1),
        "seesaw(factor=1) must be greater than 1; 2 halves the rate of the run that is replaced.",
    ),
    "no multiple": (
        lambda: seesaw(lr.cosine(1.0, 0.0, 10), 6, multiple=4),
        "seesaw(batch_size=6) must be a multiple of multiple=4; the first batches have this size.",
    ),
    "no samples": (
        lambda: seesaw(lr.cosine(1.0, 0.0, 10), 0),
        "seesaw(batch_size=0) must be at least 1; give how many there are.",
    ),
    "no schedule": (
        lambda: seesaw(0.1, 4),
        "seesaw(schedule=0.1) must be a schedule, not float; lrsched.constant(value) is one.",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message
