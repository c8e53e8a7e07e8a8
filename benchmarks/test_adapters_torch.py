"""`TorchScheduler.step()` beside torch's own: `python -m benchmarks.test_adapters_torch` prints the ratios."""

import timeit
from importlib.util import find_spec

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR

import lrsched
from lrsched.adapters.torch import TorchScheduler

from .bench_page import render
from .bench_timing import Row, interleave, row_of, time_text

PEAK, WARMUP, TOTAL = 1e-3, 50, 10_000_000
GROUPS = (1, 10, 100)
RATE = lrsched.warmup_cosine(PEAK, WARMUP, TOTAL, init_value=PEAK / 100)

REPEATS, ENOUGH = 300, 0.002
"""Measurements of each scheduler, in turns, and the seconds that one takes about."""


def optimizer(groups):
    return torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(1))]} for _ in range(groups)], lr=PEAK)


def ours(groups):
    return TorchScheduler(optimizer(groups), RATE)


def sequential(groups):
    owner = optimizer(groups)
    parts = [LinearLR(owner, 0.01, 1.0, WARMUP), CosineAnnealingLR(owner, TOTAL - WARMUP)]
    return SequentialLR(owner, parts, [WARMUP])


def by_lambda(groups):
    return LambdaLR(optimizer(groups), lrsched.scale(RATE, 1 / PEAK))


def transformers_cosine(groups):
    from transformers import get_cosine_schedule_with_warmup

    return get_cosine_schedule_with_warmup(optimizer(groups), WARMUP, TOTAL)


PEERS = {
    "SequentialLR(LinearLR, CosineAnnealingLR)": sequential,
    "LambdaLR": by_lambda,
}
if find_spec("transformers"):  # a peer that the tests don't need
    PEERS["transformers cosine"] = transformers_cosine


def stepped(make, groups, steps):
    """A scheduler after some steps, no update being made between them."""
    scheduler = make(groups)
    for _ in range(steps):
        scheduler.optimizer.step()
        scheduler.step()
    return scheduler


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("peer", PEERS)
def test_what_is_timed_gives_the_same_rates(peer, groups):
    """After the warmup, which transformers begins at 0. The recursion of torch's cosine rounds at every step."""
    mine, theirs = stepped(ours, groups, WARMUP), stepped(PEERS[peer], groups, WARMUP)
    for step in range(WARMUP, WARMUP + 100):
        assert mine.get_last_lr() == [RATE(step)] * groups
        assert theirs.get_last_lr() == pytest.approx([RATE(step)] * groups, rel=1e-12)
        mine.step()
        theirs.step()


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("name", ["lrsched", *PEERS])
def test_a_step(benchmark, name, groups):
    benchmark.group = f"{groups} groups"
    benchmark(stepped({"lrsched": ours, **PEERS}[name], groups, WARMUP).step)


def test_the_table_holds_the_bounds():
    times = {name: dict.fromkeys(GROUPS, 1e-6) for name in ["lrsched", *PEERS]}
    assert {line.ok for line in rows(times)} == {"", "no", "yes"}  # growth 0 against growth 0 is met, 1.0 is over 0.7


def measure():
    """Seconds of a step, by scheduler and number of groups."""
    makers = {"lrsched": ours, **PEERS}
    times = {name: {} for name in makers}
    for groups in GROUPS:
        steps = [stepped(make, groups, WARMUP).step for make in makers.values()]
        calls = [max(1, round(ENOUGH / min(timeit.repeat(step, number=10, repeat=5)) * 10)) for step in steps]
        pairs = zip(steps, calls, strict=True)
        best = interleave([lambda s=s, n=n: timeit.timeit(s, number=n) / n for s, n in pairs], REPEATS)
        for name, seconds in zip(makers, best, strict=True):
            times[name][groups] = seconds
    return times


def rows(times):
    """The table: each step, and what each group adds to it."""
    mine = times["lrsched"]
    for name in PEERS:
        for groups, seconds in times[name].items():
            bound = 0.7 if (name, groups) == (next(iter(PEERS)), 1) else None
            yield row_of(f"step of {groups} groups / {name}", mine[groups], seconds, time_text, bound)
    for name in PEERS:
        theirs = times[name]
        for few, many in ((1, 10), (10, 100)):
            what = f"each group from {few} to {many} / {name}"
            yield _growth(what, (mine[many] - mine[few]) / (many - few), (theirs[many] - theirs[few]) / (many - few))


def _growth(what, ours, theirs):
    ratio = f"{ours / theirs:.2f}" if theirs else ""
    return Row(what, time_text(ours), time_text(theirs), ratio, "1", "yes" if ours <= theirs else "no")


def main():
    """Print the table, and give the number of bounds that were not met."""
    lines = list(rows(measure()))
    print(render(lines))
    return sum(line.ok == "no" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
