"""Every pair that is timed gives the same values, on fewer steps."""

import pytest

from . import bench_arrays, bench_formulas, bench_joins, bench_numbers
from .bench_timing import Pair

COUNT = 40_000  # more than two of the blocks that NumPy is evaluated in

PAIRS = [
    *bench_numbers.pairs(),
    *bench_arrays.pairs(COUNT),
    *bench_joins.pairs(2, COUNT),
    *bench_joins.pairs(32, COUNT),
    *bench_formulas.pairs(COUNT),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.what)
def test_ours(benchmark, pair):
    benchmark.group = pair.what
    pair.check()
    benchmark(pair.ours, pair.steps)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.what)
def test_theirs(benchmark, pair):
    benchmark.group = pair.what
    assert benchmark(pair.theirs, pair.their_argument) is not None


@pytest.mark.parametrize("wrong", [lambda t: t + 1e-5, lambda t: [t, t], lambda t: float("nan")])
def test_that_a_wrong_value_is_noticed(wrong):
    with pytest.raises(AssertionError):
        Pair("wrong", float, wrong, 1, 1e-6).check()
