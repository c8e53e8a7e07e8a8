"""At which steps a schedule is looked at, and where two of them are found to differ."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import lrsched as lr
from lrsched.view.compare import compare
from lrsched.view.sampling import BLOCK, DENSE, blocks, curve, last_shown, turns, values_at

from .cases import CALLABLES, CASES
from .strategies import SCHEDULES

ALL = {**CASES, **CALLABLES}


@pytest.mark.parametrize("name", ALL)
def test_a_curve_has_the_values_of_the_schedule(name):
    schedule = ALL[name].schedule
    end = last_shown([schedule])
    steps, values = curve(schedule, end, 50)
    assert (steps[0], steps[-1]) == (0, end)
    assert (np.diff(steps) > 0).all()
    assert np.array_equal(values, schedule(steps))
    everything = schedule(np.arange(end + 1))
    assert (values.min(), values.max()) == (everything.min(), everything.max())


@pytest.mark.parametrize(
    ("things", "end"),
    [
        ([lr.warmup_cosine(1.0, 10, 90)], 90),
        ([lr.warmup_cosine(1.0, 10, 90), lr.inverse_sqrt(1.0, 500)], 90),
        ([lr.inverse_sqrt(1.0, 500), lr.noam(64, 700)], 7_000),
        ([lr.join([lr.linear(0.0, 1.0, 10), lr.inverse_sqrt(1.0, 25)], [300])], 3_000),
        ([lr.stretch(lr.step_decay(0.1, 0.1, 30), 5_004)], 1_501_200),
        ([lr.inverse_sqrt(1.0, 0.25)], 3),
        ([lr.inverse_sqrt(1.0, 2**53)], 2**53),
        ([lr.constant(1.0)], 1_000),
        ([lambda t: t, 0.5], 1_000),
        ([lr.linear(1.0, 0.0, 0)], 1_000),
    ],
)
def test_how_far(things, end):
    assert last_shown(things) == end


def test_turns_are_boundaries_and_the_end():
    assert turns(lr.wsd(1.0, 10, 100, 10), 1_000) == [10, 90, 100]
    assert turns(lr.wsd(1.0, 10, 100, 10), 90) == [10, 90]
    assert turns(0.5, 90) == turns(lambda t: t, 90) == turns(lr.constant(1.0), 90) == []


def test_values_of_what_is_no_schedule():
    steps = np.arange(4)
    assert values_at(0.5, steps).tolist() == [0.5] * 4
    assert values_at(lambda t: 0.5, steps).tolist() == [0.5] * 4
    assert values_at(lambda t: t**2, steps).tolist() == [0, 1, 4, 9]
    assert values_at(lambda t: 1 if t < 2 else 3, steps).tolist() == [1, 1, 3, 3]
    with pytest.raises(TypeError, match="NoneType"):
        values_at(lambda t: None, steps)
    with pytest.raises(ZeroDivisionError):
        values_at(lambda t: 1 // 0, steps)


@pytest.mark.parametrize("steps", [range(1), range(0, 7, 3), range(0, 5 * BLOCK + 1, 2)])
def test_blocks_are_the_steps(steps):
    found = list(blocks(steps))
    assert np.array_equal(np.concatenate(found), np.array(steps))
    assert max(map(len, found)) <= BLOCK


def test_a_long_curve_is_computed_at_its_turns():
    edge = 10 * DENSE + 12_345
    steps, values = curve(lr.piecewise_constant([0.0, 1.0], [edge]), 40 * DENSE, 1_000)
    first = values.argmax()
    assert steps[first] == edge
    assert values[first - 1] == 0.0
    assert steps[first] - steps[first - 1] <= 40 * DENSE / 1_000


# Two side by side.


@settings(max_examples=30, derandomize=True, deadline=None)
@given(SCHEDULES, SCHEDULES, st.integers(1, 200), st.sampled_from([0.0, 1e-9, 0.1]))
def test_every_difference_is_found(a, b, end, tolerance):
    """As a loop over the steps finds them."""
    found = compare(a, b, steps=end, tolerance=tolerance)
    pairs = [tuple(float(s(np.array([t]))[0]) for s in (a, b)) for t in range(end + 1)]
    apart = [t for t, (x, y) in enumerate(pairs) if x != y and not abs(x - y) <= tolerance * max(abs(x), abs(y))]
    assert (found.looked, found.count) == (end + 1, len(apart))
    assert [t for part in found.partings for t in range(part.first, part.last + 1)] == apart
    assert found.runs == len(found.partings) == len([t for t in apart if t - 1 not in apart])
    assert (found.whole is None) == (not apart)
    if found.whole:
        assert (found.whole.first, found.whole.last) == (apart[0], apart[-1])
        assert abs(found.whole.difference) == max(abs(pairs[t][1] - pairs[t][0]) for t in apart)
        assert (found.whole.a, found.whole.b) == pairs[found.whole.step]


def test_a_parting_goes_on_from_block_to_block():
    a = lr.join([1.0, 2.0, 1.0], [BLOCK - 5, 3 * BLOCK + 5])
    found = compare(a, 1.0, steps=4 * BLOCK)
    assert [part[:2] for part in found.partings] == [(BLOCK - 5, 3 * BLOCK + 4)]
    assert (found.runs, found.count) == (1, 2 * BLOCK + 10)


def test_very_many_partings_are_counted_and_the_first_are_kept():
    found = compare(lr.cyclic(0.0, 1.0, 1), 0.0, steps=4 * BLOCK)
    assert (found.runs, found.count, len(found.partings)) == (2 * BLOCK, 2 * BLOCK, 1_000)
    assert found.partings[-1].first == 1_999


def test_beyond_the_most_steps_the_boundaries_are_looked_at(monkeypatch):
    monkeypatch.setattr("lrsched.view.compare.MOST", 100_000)
    edge = 512_345
    found = compare(lr.join([1.0, 2.0, 1.0], [edge, edge + 1]), 1.0, steps=10_000_000)
    assert [part[:3] for part in found.partings] == [(edge, edge, edge)]
    assert 90_000 <= found.looked <= 100_010
    assert compare(lr.constant(1.0), 1.0, steps=99_999).looked == 100_000


def test_the_steps_that_are_done_are_told():
    told = []
    compare(1.0, 1.0, steps=3 * BLOCK, progress=told.append)
    assert told == [BLOCK - 1, 2 * BLOCK - 1, 3 * BLOCK - 1, 3 * BLOCK]
