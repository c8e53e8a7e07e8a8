"""Batch sizes that grow, and a clock that counts the tokens of such a run."""

from bisect import bisect
from itertools import accumulate, pairwise
from typing import Annotated, Any

import numpy as np

from ..arrays.libraries import is_number
from ..arrays.namespaces import Namespace
from ..arrays.numbers import last_step
from ..checks import Site, real, require
from ..combinators.join import join
from ..core.decorators import composition, schedule
from ..core.formula import Built
from ..core.parameters import Kind, Number
from ..core.schedule import Schedule
from .sizes import Samples, Size, size
from .survey import plain

__all__ = ["batch_size_ramp", "counter", "tokens_seen"]

LONGEST = 10_000_000
"""The longest schedule of batch sizes that is accepted (steps)."""

Count = Annotated[
    Number,
    Kind(
        "Count",
        "1",
        real("must be a whole number from 0 to 2**53", lambda v: 0 <= v <= last_step and v == int(v), "it is a count"),
    ),
]
"""A count as a float, since it may not fit the integers of a step."""


@schedule
def counter(xp: Namespace, start: Count, per_step: Count) -> Built:
    """A count that grows by the same amount at every step, without an end.

        s(t) = start + per_step*t

    Args:
        start: the count before step 0 (tokens, samples), a whole number.
        per_step: the amount added at each step (tokens, samples), a whole number.

    The values are exact up to 2**53 in float64; in float32 their relative error is at most 4 * 2**-24.

    >>> counter(100, 7)(3)
    121.0
    """
    return lambda t: start + per_step * t


def tokens_seen(batch_size: "Schedule | int", sequence_length: int) -> Schedule:
    """The number of tokens before update t: a clock for `compose(schedule, clock)`.

        s(t) = sequence_length * (batch_size(0) + ... + batch_size(t - 1))

    It is a `join` of one `counter` for each batch size, so no sum is computed when it is called. With a sequence length
    of 1 it counts samples.

    Args:
        batch_size: the sequences per update: a number, or a schedule with whole values of 1 or more that ends within
            ten million steps, such as `batch_size_ramp` or `piecewise_constant`.
        sequence_length: the tokens per sequence (tokens), 1 or more.

    The values are floats, exact up to 2**53 tokens in float64. In float32 their relative error is at most 4 * 2**-24,
    and so is that of the step that `compose` passes to a schedule.

    >>> from lrsched import compose, linear, piecewise_constant
    >>> clock = tokens_seen(piecewise_constant([16, 32], [100]), 2_048)
    >>> clock
    join([counter(0.0, 32768.0), counter(3276800.0, 65536.0)], [100])
    >>> compose(linear(1.0, 0.0, 6_553_600), clock)(150)
    0.0
    """
    call = "tokens_seen"
    length = size(Site(call, "sequence_length"), sequence_length)
    starts, sizes = _stairs(Site(call, "batch_size"), batch_size)
    steps = [after - before for before, after in pairwise(starts)]
    totals = accumulate((n * each * length for n, each in zip(steps, sizes, strict=False)), initial=0)
    pieces = [counter(total, each * length) for total, each in zip(totals, sizes, strict=True)]
    return join(pieces, starts[1:])


def _stairs(site: Site, batch_size: Any) -> tuple[list[int], list[int]]:
    """The steps at which another batch size begins, and the sizes."""
    if is_number(batch_size):
        return [0], [size(site, batch_size)]
    made = plain(site, batch_size)
    if made.length is None or made.length > LONGEST:
        site.refuse(made, "must end", f"give batch sizes that stay the same from step {LONGEST} on, or earlier")
    values = made(np.arange(made.length + 1))
    if not (np.all(values == np.floor(values)) and np.all(values >= 1)):
        site.refuse(made, "must give whole numbers of 1 or more", "lrsched.round_to(schedule, 1) rounds")
    starts = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist()]
    return starts, [int(values[start]) for start in starts]


@composition
def batch_size_ramp(start: Size, end: Size, increment: Size, samples: Samples, *, multiple: Size = 1) -> Schedule:
    """A batch size that grows in equal stairs, each for the same number of samples.

        s(t) = start + k*increment,    k = floor(n / (samples*increment/(end - start)))
        s(t) = end                     once n > samples,    n = s(0) + ... + s(t - 1)

    It is a `join` of numbers. A stair lasts for whole updates, so it may end a little late; a stair shorter than an
    update is left out.

    Args:
        start: the batch size of the first updates (samples), 1 or more.
        end: the batch size after the ramp (samples), `start` or more.
        increment: the increase per stair (samples), a divisor of `end - start`.
        samples: the length of the ramp (samples), 0 or more; a ramp of 0 samples is at its end.
        multiple: every batch size is rounded down to a multiple of this (samples), at most `start`: the samples of one
            forward pass on all devices.

    Raises ValueError or TypeError for anything but a whole number, an `end` below `start`, an increment that does not
    divide `end - start`, and a multiple above `start`.

    Source: Megatron-LM `--rampup-batch-size start increment samples`, with `--decrease-batch-size-if-needed` where a
    `multiple` is given (megatron/core/num_microbatches_calculator.py), step by step; where the sizes of Megatron are
    undefined (no increments, no samples) the ramp is at its end. Brown et al. 2020, GPT-3, arXiv:2005.14165, section
    2.3 and appendix B (a linear ramp from 32k tokens).

    >>> s = batch_size_ramp(16, 64, 16, 300)
    >>> s.expand()
    join([16.0, 32.0, 48.0, 64.0], [7, 10, 12])
    >>> batch_size_ramp(16, 64, 16, 300, multiple=12).expand()
    join([12.0, 24.0, 48.0, 60.0], [9, 13, 15])
    """
    call, way = "batch_size_ramp", end - start
    require(end >= start, call, f"end={end}) must be at least start={start}; a ramp grows.")
    require(
        way % increment == 0,
        call,
        f"increment={increment}) must divide end - start = {way}; {end - way % increment} is an end that it reaches.",
    )
    require(multiple <= start, call, f"multiple={multiple}) must be at most start={start}; no batch would be left.")
    if way == 0 or samples == 0:
        return join([float(_down(end, multiple))], [])
    per_stair = samples / (way // increment)

    def stair(seen: int) -> int:
        """Which stair an update is on: a division of floats, as Megatron divides."""
        return int(seen / per_stair) if seen <= samples else way // increment

    sizes: list[float] = []
    starts: list[int] = []
    step = seen = 0
    while not sizes or sizes[-1] < _down(end, multiple):
        now = stair(seen)
        each = _down(start + now * increment, multiple)
        sizes.append(float(each))
        starts.append(step)
        updates = bisect(range(samples // each + 2), now, key=lambda n: stair(seen + n * each))
        step, seen = step + updates, seen + updates * each
    return join(sizes, starts[1:])


def _down(batch_size: int, multiple: int) -> int:
    return batch_size - batch_size % multiple
