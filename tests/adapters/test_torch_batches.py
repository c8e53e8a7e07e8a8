"""Batches whose size follows a schedule, through real DataLoaders, with workers, on several ranks, and resumed."""

import gc
import io
import itertools

import pytest
import torch
from torch.utils.data import (
    DataLoader,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

import lrsched as lr
from lrsched.adapters.torch import ScheduledBatchSampler

pytestmark = [
    # The workers of a DataLoader are forked. JAX, where another test has imported it, and Python 3.12 warn of that.
    pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

SIZES = lr.piecewise_constant([4, 8, 12], [3, 6])


class Numbers(torch.utils.data.Dataset):
    """A sample is its index."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return index


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


SAMPLERS = {
    "sequential": lambda n: SequentialSampler(range(n)),
    "range": range,
    "random": lambda n: RandomSampler(range(n), generator=seeded()),
    "random without a generator": lambda n: RandomSampler(range(n)),
    "random with replacement": lambda n: RandomSampler(range(n), replacement=True, num_samples=n),
    "weighted": lambda n: WeightedRandomSampler([1.0] * n, n),
    "subset": lambda n: SubsetRandomSampler(range(n)),
    "distributed": lambda n: DistributedSampler(range(n), num_replicas=1, rank=0, seed=5),
}


def saved(value):
    """A value through a file, as torch.load reads it by default."""
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


# Sizes.


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
def test_batch_k_has_the_samples_that_the_schedule_says(make):
    batches = ScheduledBatchSampler(make(60), SIZES)
    seen = list(batches)
    assert [len(batch) for batch in seen] == [4, 4, 4, 8, 8, 8, 12, 12]
    if make is not SAMPLERS["random with replacement"] and make is not SAMPLERS["weighted"]:
        assert sorted(itertools.chain(*seen)) == list(range(60))
    assert batches.step == 8


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("drop_last", [False, True])
def test_updates_are_counted_on_over_passes(drop_last, workers):
    batches = ScheduledBatchSampler(range(30), SIZES, drop_last=drop_last)
    loader = DataLoader(Numbers(30), batch_sampler=batches, num_workers=workers)
    passes = []
    for _ in range(3):
        expected = len(loader)
        passes.append([len(batch) for batch in loader])
        assert len(passes[-1]) == expected
    if drop_last:
        assert passes == [[4, 4, 4, 8, 8], [8, 12], [12, 12]]
    else:
        assert passes == [[4, 4, 4, 8, 8, 2], [12, 12, 6], [12, 12, 6]]
    assert batches.step == sum(map(len, passes))


@pytest.mark.parametrize("given", [4, 4.0, lr.constant(4), lambda step: 4])
def test_a_number_and_a_callable_are_schedules(given):
    assert [len(batch) for batch in ScheduledBatchSampler(range(10), given)] == [4, 4, 2]


def test_a_run_that_begins_at_a_step():
    batches = ScheduledBatchSampler(range(40), SIZES, step=5)
    assert (len(batches), batches.step) == (4, 5)
    assert [len(batch) for batch in batches] == [8, 12, 12, 8]


def test_a_stream_without_an_end():
    batches = ScheduledBatchSampler(Endless(), SIZES)
    with pytest.raises(TypeError, match="has no length"):
        len(batches)
    seen = list(itertools.islice(batches, 10))
    assert list(itertools.chain(*seen)) == list(range(sum(int(SIZES(k)) for k in range(10))))
    resumed = ScheduledBatchSampler(Endless(), SIZES)
    resumed.load_state_dict(saved(batches.state_dict()))
    assert next(iter(resumed)) == list(range(84, 96))


class Endless(torch.utils.data.Sampler):
    def __iter__(self):
        return itertools.count()


def test_the_clock_over_samples_and_tokens_comes_from_the_same_schedule():
    clock = lr.tokens_seen(SIZES, 512)
    seen = list(ScheduledBatchSampler(range(84), SIZES))
    totals = list(itertools.accumulate((512 * len(batch) for batch in seen), initial=0))
    assert [clock(k) for k in range(len(totals))] == totals
    rate = lr.compose(lr.cosine(1e-3, 0.0, totals[-1]), clock)
    assert (rate(0), rate(len(seen))) == (1e-3, 0.0)


# Ranks.


@pytest.mark.parametrize("ranks", [1, 2, 4])
@pytest.mark.parametrize("make", [SAMPLERS["sequential"], SAMPLERS["random"]])
def test_ranks_have_equal_shares_of_every_batch(make, ranks):
    whole = list(ScheduledBatchSampler(make(60), SIZES))
    parts = [list(ScheduledBatchSampler(make(60), SIZES, num_replicas=ranks, rank=r)) for r in range(ranks)]
    for k, batch in enumerate(whole):
        shares = [part[k] for part in parts]
        assert [len(share) for share in shares] == [len(batch) // ranks] * ranks
        assert sorted(itertools.chain(*shares)) == sorted(batch)


@pytest.mark.parametrize("ranks", [2, 4])
def test_a_distributed_sampler_has_divided_the_samples(ranks):
    """The sizes are those of all ranks; the sampler of each rank is told the epoch, as torch's page says."""
    parts = [DistributedSampler(range(60), num_replicas=ranks, rank=r, seed=5) for r in range(ranks)]
    batches = [ScheduledBatchSampler(part, SIZES) for part in parts]
    orders = []
    for epoch in range(2):
        for each in batches:
            each.set_epoch(epoch)
        seen = [list(each) for each in batches]
        sizes = [int(SIZES(k)) // ranks for k in range(8)] if epoch == 0 else [12 // ranks] * 5
        assert [[len(share) for share in part] for part in seen] == [sizes] * ranks
        orders.append(list(itertools.chain(*itertools.chain(*seen))))
        assert sorted(orders[-1]) == list(range(60))
    assert orders[0] != orders[1]


def test_the_ranks_of_torch_distributed_are_found(tmp_path):
    from torch import distributed

    distributed.init_process_group("gloo", init_method=f"file://{tmp_path / 'meeting'}", rank=0, world_size=1)
    try:
        batches = ScheduledBatchSampler(range(8), 4)
        assert (batches.num_replicas, batches.rank) == (1, 0)
        assert ScheduledBatchSampler(range(8), 4, num_replicas=2, rank=1).rank == 1
    finally:
        distributed.destroy_process_group()


# Micro-batches.


@pytest.mark.parametrize("ranks", [1, 2])
def test_micro_batches_are_accumulated(ranks):
    whole = list(ScheduledBatchSampler(range(62), SIZES))
    parts = [
        ScheduledBatchSampler(range(62), SIZES, micro_batch_size=2, num_replicas=ranks, rank=r) for r in range(ranks)
    ]
    iterators = [iter(part) for part in parts]
    length = len(parts[0])
    for k, batch in enumerate(whole):
        count = parts[0].accumulate(k)
        assert count == -(-len(batch) // (2 * ranks))
        shares = [[next(iterator) for _ in range(count)] for iterator in iterators]
        length -= count
        assert sorted(itertools.chain(*itertools.chain(*shares))) == batch
        assert max(len(micro) for share in shares for micro in share) == min(2, len(batch) // ranks)
        assert [part.step for part in parts] == [k + 1] * ranks
    assert [list(iterator) for iterator in iterators] == [[]] * ranks
    assert length == 0


def test_an_update_counts_once_its_last_micro_batch_was_given():
    batches = ScheduledBatchSampler(range(60), SIZES, micro_batch_size=2)
    iterator = iter(batches)
    given = [(next(iterator), batches.step, batches.state_dict()["drawn"]) for _ in range(4)]
    assert given == [([0, 1], 0, 0), ([2, 3], 1, 4), ([4, 5], 1, 4), ([6, 7], 2, 8)]


# Resuming.


def run(make, until, state=None, workers=0, n=60, **options):
    """The batches of a run of some passes up to an update, and its state there."""
    torch.manual_seed(0 if state is None else 1)  # of samplers without a generator
    batches = ScheduledBatchSampler(make(n), SIZES, **options)
    if state is not None:
        batches.load_state_dict(state)
    loader = DataLoader(Numbers(n), batch_sampler=batches, num_workers=workers, persistent_workers=workers > 0)
    seen = []
    for epoch in range(20):
        if state is None or epoch:
            batches.set_epoch((0 if state is None else state["epoch"] or 0) + epoch)
        for batch in loader:
            seen.append(batch.tolist())
            if batches.step == until:
                return seen, saved(batches.state_dict())
    raise AssertionError


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
@pytest.mark.parametrize("options", [{}, {"drop_last": True}, {"micro_batch_size": 4}], ids=str)
def test_a_run_resumes_with_the_very_same_batches(make, options):
    """At every update, the last of a pass included; the second pass has another order than the first."""
    whole, _ = run(make, 17, **options)
    for k in range(1, 17):
        before, state = run(make, k, **options)
        after, _ = run(make, 17, state, **options)
        assert before + after == whole, k
    if make not in (SAMPLERS["sequential"], SAMPLERS["range"]):
        firsts = [batch for batch in whole if len(batch) == len(whole[-2])]
        assert len({tuple(batch) for batch in firsts}) == len(firsts)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("k", [2, 8, 11])
def test_what_workers_have_fetched_ahead_is_not_completed(workers, k):
    """A loader with two workers is four batches ahead of the loop."""
    make = SAMPLERS["random"]
    whole, _ = run(make, 14)
    before, state = run(make, k, workers=workers)
    assert state["step"] == k
    after, _ = run(make, 14, state, workers=workers)
    assert before + after == whole


def test_a_loop_that_was_left_knows_what_it_was_given():
    """Also when the iterator of the loader is gone, whose workers end with it."""
    batches = ScheduledBatchSampler(range(60), SIZES)
    loader = DataLoader(Numbers(60), batch_sampler=batches, num_workers=2)
    for count, _ in enumerate(loader, 1):
        if count == 3:
            break
    gc.collect()
    assert (batches.step, batches.state_dict()["drawn"]) == (3, 12)
    assert next(iter(batches)) == list(range(8))  # a new pass, at update 3


def test_ranks_resume_together():
    make = SAMPLERS["random"]
    ranks = [[run(make, k, num_replicas=2, rank=r) for r in range(2)] for k in (5, 14)]
    rest = [run(make, 14, ranks[0][r][1], num_replicas=2, rank=r)[0] for r in range(2)]
    assert [ranks[0][r][0] + rest[r] for r in range(2)] == [ranks[1][r][0] for r in range(2)]


def test_a_changed_schedule_goes_on_with_the_samples_that_are_left():
    batches = ScheduledBatchSampler(range(60), SIZES)
    iterator = iter(batches)
    for _ in range(4):
        next(iterator)
    changed = ScheduledBatchSampler(range(60), 10)
    changed.load_state_dict(batches.state_dict())
    assert [batch[0] for batch in changed] == [20, 30, 40, 50]
    assert changed.step == 8


def test_a_state_may_be_loaded_and_saved_again():
    _, state = run(SAMPLERS["random"], 4)
    batches = ScheduledBatchSampler(SAMPLERS["random"](60), SIZES)
    batches.load_state_dict(state)
    again = batches.state_dict()
    assert torch.equal(again.pop("generator"), state["generator"])
    assert again == {key: state[key] for key in again}
    assert len(batches) == 4


# Bad input.

BAD = {
    "a size that is not whole": (
        lambda: ScheduledBatchSampler(range(9), lr.linear(2.0, 4.0, 4)),
        "ScheduledBatchSampler(batch_size=linear(...)) must be whole numbers of 1 or more, and is 2.5 at step 1; "
        "lrsched.round_to(schedule, 1) rounds.",
    ),
    "no samples": (
        lambda: ScheduledBatchSampler(range(9), 0),
        "ScheduledBatchSampler(batch_size=constant(...)) must be whole numbers of 1 or more, and is 0 at step 0; "
        "lrsched.round_to(schedule, 1) rounds.",
    ),
    "a batch smaller than the ranks": (
        lambda: ScheduledBatchSampler(range(9), 2, num_replicas=4, rank=0),
        "ScheduledBatchSampler(batch_size=constant(...)) must be multiples of 4 (4 ranks), and is 2 at step 0; "
        "lrsched.round_to(schedule, 4) rounds.",
    ),
    "a batch that ranks and micro-batches don't divide": (
        lambda: ScheduledBatchSampler(range(9), SIZES, num_replicas=2, rank=0, micro_batch_size=4),
        "ScheduledBatchSampler(batch_size=piecewise_constant(...)) must be multiples of 8 (2 ranks with micro-batches "
        "of 4), and is 4 at step 0; lrsched.round_to(schedule, 8) rounds.",
    ),
    "a size that turns out later": (
        lambda: list(ScheduledBatchSampler(range(9), lambda step: 3 if step < 2 else 0.5)),
        "ScheduledBatchSampler(batch_size=shift(...)) must be whole numbers of 1 or more, and is 0.5 at step 2; "
        "lrsched.round_to(schedule, 1) rounds.",
    ),
    "a last batch that cannot be shared": (
        lambda: iter(ScheduledBatchSampler(range(11), 4, num_replicas=2, rank=0)),
        "ScheduledBatchSampler: the last batch of the pass has 3 samples, which 2 ranks cannot share; drop_last=True "
        "leaves it out.",
    ),
    "no such rank": (
        lambda: ScheduledBatchSampler(range(8), 4, num_replicas=2, rank=2),
        "ScheduledBatchSampler(rank=2, num_replicas=2) must be a rank from 0 to below the number of ranks; they are "
        "counted from 0.",
    ),
    "no ranks": (
        lambda: ScheduledBatchSampler(range(8), 4, num_replicas=0, rank=0),
        "ScheduledBatchSampler(num_replicas=0) must be a whole number of 1 or more; give how many there are.",
    ),
    "half a rank": (
        lambda: ScheduledBatchSampler(range(8), 4, num_replicas=2, rank=0.5),
        "ScheduledBatchSampler(rank=0.5) must be a whole number of 0 or more; give how many there are.",
    ),
    "a step before the first": (
        lambda: ScheduledBatchSampler(range(8), 4, step=-1),
        "ScheduledBatchSampler(step=-1) must be a whole number of 0 or more; give how many there are.",
    ),
    "no sampler": (
        lambda: ScheduledBatchSampler(8, 4),
        "ScheduledBatchSampler(sampler=8) must be an iterable of indices, not int; give a torch.utils.data.Sampler, or "
        "range(len(dataset)).",
    ),
    "ranks with orders of their own": (
        lambda: ScheduledBatchSampler(RandomSampler(range(8)), 4, num_replicas=2, rank=0),
        "ScheduledBatchSampler(RandomSampler) must have a generator with the same seed on each rank, or the ranks "
        "would share other samples; give the sampler generator=torch.Generator().manual_seed(0).",
    ),
    "text": (
        lambda: ScheduledBatchSampler(range(8), "32"),
        "ScheduledBatchSampler(batch_size='32') must be a schedule, a number or a callable step -> size, not str; "
        "lrsched.constant(32) is one.",
    ),
    "a broken micro-batch": (
        lambda: ScheduledBatchSampler(range(8), 4, micro_batch_size=1.5),
        "ScheduledBatchSampler(micro_batch_size=1.5) must be a whole number of 1 or more; give how many there are.",
    ),
    "another state": (
        lambda: ScheduledBatchSampler(range(8), 4).load_state_dict({"step": 3}),
        "ScheduledBatchSampler.load_state_dict({'step': 3}) must have the keys drawn, epoch, generator, step; "
        "state_dict() gives them.",
    ),
    "a state with a step that is none": (
        lambda: ScheduledBatchSampler(range(8), 4).load_state_dict(
            {**ScheduledBatchSampler(range(8), 4).state_dict(), "step": "3"}
        ),
        "ScheduledBatchSampler(state_dict['step']='3') must be a whole number of 0 or more; give how many there are.",
    ),
    "the state of a longer sampler": (
        lambda: ScheduledBatchSampler(range(8), 4).load_state_dict(
            {**ScheduledBatchSampler(range(8), 4).state_dict(), "drawn": 12}
        ),
        "ScheduledBatchSampler.load_state_dict: 12 samples were drawn, and the sampler has 8; give the sampler "
        "of the run that was saved.",
    ),
    "the state of another kind of sampler": (
        lambda: ScheduledBatchSampler(range(8), 4).load_state_dict(
            ScheduledBatchSampler(SAMPLERS["random"](8), 4).state_dict()
        ),
        "ScheduledBatchSampler.load_state_dict: a sampler of another kind than range was saved; only one of them draws "
        "random numbers.",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message
