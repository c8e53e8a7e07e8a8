"""Joins of linear pieces of 100 steps, beside optax: what is traced, how long that takes, and the compiled program."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import lrsched

from . import bench_programs, peers
from .bench_timing import Pair, Row, interleave, row, row_of, time_text

__all__ = ["ours", "pairs", "rows", "theirs"]

SIZES = (2, 32, 1_000)
PIECE = 100
MANY = 100_000

# Both interpolate in float32 between the same two numbers.
FLOAT32 = 1e-6


def _values(pieces: int) -> list[float]:
    """The ends of the pieces. The last piece goes from 1/2 to 1, however many there are."""
    return [1 / (pieces + 1 - index) for index in range(pieces + 1)]


def _starts(pieces: int) -> list[int]:
    return [PIECE * index for index in range(1, pieces)]


def ours(pieces: int) -> lrsched.Schedule:
    """The join of this library."""
    values = _values(pieces)
    ramps = [lrsched.linear(values[index], values[index + 1], PIECE) for index in range(pieces)]
    return lrsched.join(ramps, _starts(pieces))


def theirs(pieces: int) -> Callable[[Any], Any]:
    """The join of optax."""
    import optax

    values = _values(pieces)
    ramps = [optax.linear_schedule(values[index], values[index + 1], PIECE) for index in range(pieces)]
    return optax.join_schedules(ramps, _starts(pieces))


def pairs(pieces: int, count: int = MANY) -> Iterator[Pair]:
    """The compiled programs, of one step in the middle and of many steps over the whole range."""
    import jax.numpy as jnp

    mine, other = peers.jitted(ours(pieces)), peers.jitted(theirs(pieces))
    what = f"`join` of {pieces}, jitted, {{}} / optax"
    yield Pair(what.format("one step"), mine, other, jnp.int32(pieces * PIECE // 2 + PIECE // 2), FLOAT32)
    steps = jnp.arange(count) % ((pieces + 1) * PIECE)
    yield Pair(what.format(f"{count:_} steps"), mine, other, steps, FLOAT32)


def rows() -> Iterator[Row]:
    """The lines of all sizes."""
    import jax.numpy as jnp

    one, many = jnp.int32(5), jnp.arange(MANY)
    for pieces in SIZES:
        yield from _equations(pieces, one, "one step")
        yield from _equations(pieces, many, "an array of steps")
        yield _compile_row(pieces, one)
        yield from map(row, pairs(pieces))


def _equations(pieces: int, step: Any, steps: str) -> Iterator[Row]:
    mine, other = bench_programs.equations(ours(pieces), step), bench_programs.equations(theirs(pieces), step)
    for index, nested in enumerate(("", ", nested ones too")):
        what = f"`join` of {pieces}, {steps}, jaxpr equations{nested} / optax"
        ratio = mine[index] / other[index]
        if pieces < max(SIZES):
            yield Row(what, str(mine[index]), str(other[index]), f"{ratio:.2g}")
        else:
            fits = "yes" if mine[index] < bench_programs.MOST_EQUATIONS else "no"
            yield Row(what, str(mine[index]), str(other[index]), f"{ratio:.2g}", "under 100 in all", fits)


def _compile_row(pieces: int, step: Any) -> Row:
    """Trace and compile a schedule that was just made, with empty caches, in turns."""

    def measure(make: Callable[[int], Any]) -> Callable[[], float]:
        return lambda: compile_seconds(make(pieces), step)

    best = interleave([measure(ours), measure(theirs)], 7 if pieces < 100 else 2)
    bound = 0.1 if pieces == max(SIZES) else None
    return row_of(f"`join` of {pieces}, one step, trace and compile / optax", *best, time_text, bound)


def compile_seconds(schedule: Callable[[Any], Any], step: Any) -> float:
    """How long it takes to trace and compile a schedule, nothing being kept from before."""
    import jax

    jax.clear_caches()
    start = time.perf_counter()
    jax.jit(schedule).lower(step).compile()
    return time.perf_counter() - start
