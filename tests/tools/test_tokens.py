"""The clock of tokens against sums that are taken one by one, and the ramp against Megatron's way of counting."""

import itertools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

import lrsched as lr
from lrsched.tools.tokens import batch_size_ramp, counter, tokens_seen

many = settings(max_examples=150, deadline=None, derandomize=True)
few = settings(many, max_examples=8)

U = 2.0**-24
"""The relative error of one rounding in float32."""
ROUNDINGS = 4
"""Of a count in float32: per_step, the step, their product, and the sum."""

GPT3 = batch_size_ramp(16, 1536, 16, 5_859_375)
"""The ramp of Megatron's example of GPT-3: 12 billion tokens in sequences of 2 048."""


def stairs(sizes, gaps):
    return lr.piecewise_constant(sizes, list(itertools.accumulate(gaps))[: len(sizes) - 1])


BATCHES = st.builds(
    stairs,
    st.lists(st.integers(1, 5000), min_size=1, max_size=8),
    st.lists(st.integers(1, 60), min_size=7, max_size=7),
)


# The clock.


@many
@given(BATCHES, st.integers(1, 10**6))
def test_sums(batch_size, length):
    """Equal to the last bit to the sum of all updates before, for numbers and arrays."""
    clock = tokens_seen(batch_size, length)
    sums = [0, *itertools.accumulate(int(batch_size(t)) * length for t in range(500))]
    assert [clock(t) for t in range(501)] == sums
    assert clock(np.arange(501)).tolist() == sums
    assert clock(-3) == 0


@many
@given(st.lists(st.integers(1, 5000), min_size=2, max_size=6), st.integers(1, 10**5), st.integers(0, 10**6))
def test_far_boundaries(sizes, length, t):
    """The sum in closed form, with boundaries that no loop of a test reaches."""
    gaps = [123_456, 1, 77_777, 300_000, 5]
    boundaries = list(itertools.accumulate(gaps))[: len(sizes) - 1]
    spans = zip(sizes, [0, *boundaries], [*boundaries, t], strict=True)
    expected = length * sum(size * max(min(end, t) - begin, 0) for size, begin, end in spans)
    assert tokens_seen(lr.piecewise_constant(sizes, boundaries), length)(t) == expected


def test_other_batch_sizes():
    """Whatever ends and gives whole numbers: a number, a rounded line, a scaled run, a callable never."""
    assert tokens_seen(512, 2048) == counter(0, 512 * 2048)
    assert tokens_seen(lr.constant(512), 2048) == counter(0, 512 * 2048)
    for batch_size in (
        lr.round_to(lr.linear(32, 256, 1000), 8),
        lr.round_to(lr.cosine(9.0, 700.0, 300), 1),
        lr.join([16, lr.hold(32, 64, 9), 8], [5, 40]),
        lr.stretch(lr.piecewise_constant([1, 2, 3], [5, 9]), 3) * 64,
    ):
        sums = np.concatenate([[0], np.cumsum(batch_size(np.arange(1500)))]) * 128
        assert tokens_seen(batch_size, 128)(np.arange(1501)).tolist() == sums.tolist()


def test_a_value():
    """The clock is an ordinary schedule."""
    clock = tokens_seen(stairs([16, 32, 16], [100, 50]), 2048)
    assert repr(clock) == (
        "join([counter(0.0, 32768.0), counter(3276800.0, 65536.0), counter(6553600.0, 32768.0)], [100, 150])"
    )
    assert lr.parse(repr(clock)) == lr.from_config(clock.to_config()) == clock
    assert clock.boundaries == (100, 150)


def test_exact_up_to_the_last_integer():
    clock = tokens_seen(stairs([2**20, 2**21], [3]), 2**22)
    t = 2**9
    assert clock(t) == 3 * 2**42 + (t - 3) * 2**43 < 2**53
    assert clock(np.int64(t)) == clock(t)


@few
@given(BATCHES, st.integers(1, 10**6), st.lists(st.integers(0, 2**24), min_size=1, max_size=20))
def test_float32(batch_size, length, steps):
    """In float32, gathered or selected, a count is within four roundings of itself."""
    clock = tokens_seen(batch_size, length)
    exact = np.array([clock(t) for t in steps])
    for values in (
        jax.jit(clock)(jnp.asarray(steps)),
        jax.jit(lambda clock, steps: clock(steps))(clock, jnp.asarray(steps)),
        clock(torch.asarray(steps, dtype=torch.int32)),
    ):
        assert np.asarray(values).dtype == np.float32
        assert np.all(np.abs(np.asarray(values, dtype=float) - exact) <= ROUNDINGS * U * exact * (1 + 4 * U))


# Schedules on the clock.


def test_a_run_over_tokens():
    """The warmup and the decay of a run end at the update that has seen their tokens, and not at one in steps."""
    run = lr.wsd(1.0, 375_000_000, 260_000_000_000, 59_625_000_000)
    clock = tokens_seen(GPT3, 2048)
    over_tokens = lr.compose(run, clock)
    sums = 2048.0 * np.concatenate([[0], np.cumsum(GPT3(np.arange(120_000)))])
    assert clock(np.arange(120_001)).tolist() == sums.tolist()
    for tokens in (375_000_000, 200_375_000_000, 260_000_000_000):
        first = int(np.searchsorted(sums, tokens))
        assert clock(first - 1) < tokens <= clock(first)
        assert over_tokens(first) == run(sums[first])
    last = int(np.searchsorted(sums, 260_000_000_000))
    assert over_tokens(last - 1) > 0 == over_tokens(last)


def test_a_run_over_samples_under_jit():
    """Sequences fit int32. In float32 the clock is 4 roundings off, and the rate by the steepest slope times that."""
    peak, warmup_samples, decay_samples = 6e-5, 183_105, 126_953_125
    run = lr.warmup_cosine(peak, warmup_samples, decay_samples, end_value=peak / 10)
    over_samples = lr.compose(run, tokens_seen(GPT3, 1))
    steps = np.unique(np.random.default_rng(0).integers(0, 120_000, 4000))
    exact = over_samples(steps)
    values = np.asarray(jax.jit(over_samples)(jnp.asarray(steps)))
    assert values.dtype == np.float32
    # The slope of the line, and of the cosine in its middle, times the longest time of each, as a part of the peak.
    steepest = max(1.0, np.pi / 2 * 0.9 * decay_samples / (decay_samples - warmup_samples))
    own = 8  # roundings of the schedule itself
    assert np.abs(values - exact).max() <= (ROUNDINGS * steepest + own) * U * peak


def test_a_run_over_tokens_in_jax():
    """Lengths in tokens need not fit int32, since a clock gives floats; in 64 bits nothing is lost."""
    clock = tokens_seen(GPT3, 2048)
    over_tokens = lr.compose(lr.linear(1.0, 0.0, 260_000_000_000), clock)
    # The rate is 1 minus the part that is gone, so its error is that of the clock, and two roundings of its own.
    assert abs(jax.jit(over_tokens)(jnp.int32(50_000)) - over_tokens(50_000)) <= (ROUNDINGS + 2) * U
    with jax.enable_x64(True):
        assert jax.jit(clock)(jnp.int64(50_000)) == clock(50_000)
        assert jax.jit(over_tokens)(jnp.int64(50_000)) == pytest.approx(over_tokens(50_000), rel=4 * 2.0**-53)


# The ramp.


class Megatron:
    """How Megatron-LM counts: asked before each update, told of its samples after it."""

    def __init__(self, start, end, increment, samples, multiple):
        self.start, self.end, self.increment, self.samples, self.multiple = start, end, increment, samples, multiple
        self.samples_per_increment = samples / ((end - start) // increment)
        self.consumed = 0

    def update(self):
        size = self.end
        if self.consumed <= self.samples:
            size = self.start + int(self.consumed / self.samples_per_increment) * self.increment
        running = size // self.multiple * self.multiple
        self.consumed += running
        return running


def assert_like_megatron(start, end, increment, samples, multiple):
    """At every update until some after the ramp."""
    ramp = batch_size_ramp(start, end, increment, samples, multiple=multiple)
    megatron = Megatron(start, end, increment, samples, multiple)
    sizes, consumed = [], []
    while megatron.consumed <= megatron.samples + 9 * megatron.end:
        consumed.append(megatron.consumed)
        sizes.append(megatron.update())
    steps = np.arange(len(sizes))
    assert ramp(steps).tolist() == sizes
    assert tokens_seen(ramp, 1)(steps).tolist() == consumed


@many
@given(st.integers(1, 64), st.integers(1, 32), st.integers(1, 24), st.integers(1, 8000), st.data())
def test_megatron(start, increment, increments, samples, data):
    """Update by update, through the ramp and past it, with and without a multiple."""
    multiple = data.draw(st.integers(1, start))
    assert_like_megatron(start, start + increment * increments, increment, samples, multiple)


@pytest.mark.parametrize("args", [(1, 47, 1, 399, 1), (1, 47, 1, 399 * 4, 1), (2, 26, 2, 10, 1), (1, 50, 7, 1, 1)])
def test_megatron_to_the_rounding(args):
    """Where the division of floats falls on the wrong side of a stair, the ramp does as Megatron."""
    assert_like_megatron(*args)


def test_floats_do_fall_on_the_wrong_side():
    """The first case above is one: 399 samples are 46 increments, of which the division sees 45."""
    assert int(399 / (399 / 46)) == 45


def test_gpt3():
    """Megatron's example: 95 increments; the ramp ends with the first update after 12 billion tokens or more."""
    assert GPT3.boundaries[-1] == GPT3.length == 19_802
    assert len(GPT3.boundaries) == 95
    assert (GPT3(0), GPT3(19_801), GPT3(19_802)) == (16, 1520, 1536)
    assert tokens_seen(GPT3, 2048)(19_802) == 12_000_100_352
    assert lr.parse(repr(GPT3)) == lr.from_config(GPT3.to_config()) == GPT3
    assert repr(GPT3) == "batch_size_ramp(16, 1536, 16, 5859375)"
    assert_like_megatron(16, 1536, 16, 5_859_375, 1)


@pytest.mark.parametrize("args", [(16, 16, 8, 100), (8, 16, 8, 0), (1, 1, 1, 0)])
def test_no_ramp(args):
    """Without a way, or without samples for it, the ramp is at its end."""
    assert batch_size_ramp(*args)(0) == batch_size_ramp(*args)(99) == args[1]


def test_multiples():
    """Every size is a multiple, and none grows beyond the ramp without one."""
    ramp, even = batch_size_ramp(100, 1000, 30, 50_000), batch_size_ramp(100, 1000, 30, 50_000, multiple=64)
    steps = np.arange(200)
    assert set(even(steps) % 64) == {0}
    assert (even(steps).min(), even(steps).max()) == (64, 960)
    assert np.all(tokens_seen(even, 1)(steps) <= tokens_seen(ramp, 1)(steps))


WHOLE = "must be a whole number; give how many there are."
COUNTS = "must be a whole number from 0 to 2**53; it is a count."

BAD = [
    ("counter(-1, 5)", f"counter(start=-1) {COUNTS}"),
    ("counter(0, 0.5)", f"counter(per_step=0.5) {COUNTS}"),
    ("counter(2.0**54, 1)", f"counter(start=1.8014398509481984e+16) {COUNTS}"),
    (
        "batch_size_ramp(0, 8, 8, 9)",
        "batch_size_ramp(start=0) must be at least 1; give how many there are.",
    ),
    ("batch_size_ramp(8, 8.5, 8, 9)", f"batch_size_ramp(end=8.5) {WHOLE}"),
    ("batch_size_ramp(8, 16, 8, -9)", "batch_size_ramp(samples=-9) must be at least 0; give how many there are."),
    ("batch_size_ramp(8, 16, 0, 9)", "batch_size_ramp(increment=0) must be at least 1; give how many there are."),
    ("batch_size_ramp(16, 8, 8, 9)", "batch_size_ramp(end=8) must be at least start=16; a ramp grows."),
    (
        "batch_size_ramp(8, 20, 8, 9)",
        "batch_size_ramp(increment=8) must divide end - start = 12; 16 is an end that it reaches.",
    ),
    (
        "batch_size_ramp(8, 16, 8, 9, multiple=9)",
        "batch_size_ramp(multiple=9) must be at most start=8; no batch would be left.",
    ),
    ("tokens_seen(0, 5)", "tokens_seen(batch_size=0) must be at least 1; give how many there are."),
    ("tokens_seen(8, 0.5)", f"tokens_seen(sequence_length=0.5) {WHOLE}"),
    (
        "tokens_seen(linear(8, 16, 3), 5)",
        "tokens_seen(batch_size=linear(...)) must give whole numbers of 1 or more; "
        "lrsched.round_to(schedule, 1) rounds.",
    ),
    (
        "tokens_seen(constant(0), 5)",
        "tokens_seen(batch_size=constant(...)) must give whole numbers of 1 or more; "
        "lrsched.round_to(schedule, 1) rounds.",
    ),
    (
        "tokens_seen(step_decay(8, 2.0, 100), 5)",
        "tokens_seen(batch_size=step_decay(...)) must end; "
        "give batch sizes that stay the same from step 10000000 on, or earlier.",
    ),
    (
        "tokens_seen(lambda t: 8, 5)",
        "tokens_seen(batch_size=<function <lambda> at ...>) must be a schedule, not function; "
        "lrsched.constant(value) is one.",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[call for call, _ in BAD])
def test_bad_input(call, message):
    names = {**vars(lr), "counter": counter, "batch_size_ramp": batch_size_ramp, "tokens_seen": tokens_seen}
    with pytest.raises(TypeError if ", not " in message else ValueError) as caught:
        eval(call, names)
    assert re.sub(r" at 0x\w+", " at ...", str(caught.value)) == message


def test_traced_batch_sizes():
    """How many pieces a clock has is decided when it is made."""
    with pytest.raises(TypeError, match=r"^tokens_seen\(batch_size=constant\(\.\.\.\)\) must hold numbers, not arrays"):
        jax.jit(lambda n: tokens_seen(lr.constant(n), 5)(3))(8)
    with pytest.raises(TypeError, match=r"^batch_size_ramp\(end=.*\) must be a number, not traced; "):
        jax.jit(lambda n: batch_size_ramp(8, n, 8, 100)(3))(16)
