"""Two functions that give the same values, and how long each takes, side by side in one run."""

import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Pair", "Row", "compare", "interleave", "row", "row_of", "time_text"]

ENOUGH = 0.001
"""The seconds that one measurement takes at least, in as many calls as that needs: it fits between disturbances."""

REPEATS, ROUNDS, QUIET = 15, 30, 3
"""Measurements of each side in a round, the most rounds, and how many without a better time are the last."""

AGAIN, PAUSE = 2, 2.0
"""How many times a pair over its bound is measured again, and after how many seconds."""


class Row(NamedTuple):
    """One line of the table."""

    what: str
    ours: str
    peer: str
    ratio: str
    bound: str = ""
    ok: str = ""


@dataclass(frozen=True)
class Pair:
    """The same values from lrsched and from a peer, each a function and its argument.

    `theirs` is None where the peer is not installed. `tolerance` is relative to the greatest value. A peer that is slow
    is asked for the first of the steps only, a part of 1/`times`.
    """

    what: str
    ours: Callable[[Any], Any]
    theirs: Callable[[Any], Any] | None
    steps: Any
    tolerance: float
    bound: float | None = None
    their_steps: Any = None
    times: int = 1

    @property
    def their_argument(self) -> Any:
        """The steps in the units of the peer."""
        return self.steps if self.their_steps is None else self.their_steps

    def check(self) -> None:
        """Raise AssertionError unless the values agree."""
        assert self.theirs is not None, f"{self.what}: the peer is not installed"
        theirs = np.asarray(self.theirs(self.their_argument), np.float64)
        ours = np.asarray(self.ours(self.steps), np.float64)
        if self.times > 1:
            assert ours.shape[0] == self.times * theirs.shape[0], f"{self.what}: the peer's part is not 1/{self.times}"
            ours = ours[: theirs.shape[0]]
        assert ours.shape == theirs.shape, f"{self.what}: shapes {ours.shape} and {theirs.shape}"
        greatest = np.max(np.abs(theirs))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=self.tolerance * greatest, err_msg=self.what)


def interleave(measures: list[Callable[[], float]], repeats: int, best: list[float] | None = None) -> list[float]:
    """The least of what each measure gives, taken in turns."""
    best = [float("inf")] * len(measures) if best is None else list(best)
    for _ in range(repeats):
        for index, measure in enumerate(measures):
            best[index] = min(best[index], measure())
    return best


def compare(pair: Pair) -> tuple[float, float]:
    """The seconds of a call of ours and of theirs: the least of many, and of more where the bound is not met."""
    assert pair.theirs is not None
    pair.check()
    measures = [_measure(pair.ours, pair.steps), _measure(pair.theirs, pair.their_argument)]
    best = _until_quiet(measures, interleave(measures, REPEATS))
    for _ in range(AGAIN):
        if pair.bound is None or best[0] <= pair.bound * best[1] * pair.times:
            break
        time.sleep(PAUSE)
        best = _until_quiet(measures, best)
    return best[0], best[1] * pair.times


def _until_quiet(measures: list[Callable[[], float]], best: list[float]) -> list[float]:
    """The best times, once some rounds have not improved on them."""
    quiet = 0
    for _ in range(ROUNDS):
        before, best = best, interleave(measures, REPEATS, best)
        quiet = quiet + 1 if all(new > 0.99 * old for new, old in zip(best, before, strict=True)) else 0
        if quiet == QUIET:
            break
    return best


def _measure(function: Callable[[Any], Any], argument: Any) -> Callable[[], float]:
    timer = timeit.Timer("function(argument)", globals={"function": function, "argument": argument})
    calls = max(1, round(ENOUGH / min(timer.repeat(5, 1))))
    return lambda: timer.timeit(calls) / calls


def row(pair: Pair) -> Row:
    """The line of a pair."""
    bound = "" if pair.bound is None else f"{pair.bound:g}"
    if pair.theirs is None:
        return Row(pair.what, "", "not installed", "", bound, "")
    return row_of(pair.what, *compare(pair), time_text, pair.bound)


def row_of(what: str, ours: float, theirs: float, text: Callable[[float], str], bound: float | None = None) -> Row:
    """The line of two numbers, with the verdict on their ratio."""
    ratio = ours / theirs
    if bound is None:
        return Row(what, text(ours), text(theirs), f"{ratio:.2g}")
    return Row(what, text(ours), text(theirs), f"{ratio:.2f}", f"{bound:g}", "yes" if ratio <= bound else "no")


def time_text(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
