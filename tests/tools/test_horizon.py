"""The steps of a run: against loops that count, and against torch's own samplers and loaders."""

import copy
import math
import pickle
import re
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch.utils.data import BatchSampler, DataLoader, DistributedSampler, SequentialSampler, TensorDataset

import lrsched as lr
from lrsched.tools.epochs import from_epochs
from lrsched.tools.horizon import Horizon

many = settings(max_examples=200, deadline=None, derandomize=True)

SIZES, FEW = st.integers(1, 300), st.integers(1, 9)


def count_updates(dataset_size, epochs, batch_size, accumulation, devices, drop_last):
    """The updates that one device makes, one by one: a group of batches that the epoch cuts short is an update."""
    updates = 0
    for _ in range(epochs):
        if drop_last is True:  # batches are dealt to the devices in turns, until one of them would go without
            batches = [batch_size] * (dataset_size // batch_size // devices)
        else:
            even = dataset_size - dataset_size % devices
            mine = len(range(0, even if drop_last == "sampler" else dataset_size + -dataset_size % devices, devices))
            batches = [min(batch_size, mine - begin) for begin in range(0, mine, batch_size)]
            if drop_last == "loader" and batches[-1] < batch_size:
                batches.pop()
        for index in range(len(batches)):
            updates += (index + 1) % accumulation == 0 or index + 1 == len(batches)
    return updates


@many
@given(SIZES, st.integers(1, 4), FEW, FEW, FEW, st.sampled_from([False, True, "loader", "sampler"]))
def test_a_loop_counts_the_same(dataset_size, epochs, batch_size, accumulation, devices, drop_last):
    given_ = (dataset_size, epochs, batch_size, accumulation, devices, drop_last)
    expected = count_updates(*given_)
    names = ("dataset_size", "epochs", "batch_size", "accumulation", "devices", "drop_last")
    if expected == 0:
        with pytest.raises(ValueError, match=r"^Horizon\((batch_size|devices)=\d+\) must be at most the .*samples"):
            Horizon(**dict(zip(names, given_, strict=True)))
        return
    run = Horizon(**dict(zip(names, given_, strict=True)))
    assert run.total_steps == expected
    assert run.steps_per_epoch * epochs == expected


def steps(dataset_size, batch_size, devices, drop_last):
    """The updates of an epoch, or 0 where it does not fill a batch, which is refused."""
    sizes = {"dataset_size": dataset_size, "batch_size": batch_size, "devices": devices, "drop_last": drop_last}
    try:
        return Horizon(epochs=1, **sizes).steps_per_epoch
    except ValueError as error:
        refused = str(error)
    assert "lower it, or leave out drop_last" in refused
    return 0


GRID = [
    (dataset_size, batch_size, devices)
    for dataset_size in (1, 2, 7, 8, 31, 32, 33, 35, 59, 60, 61, 100, 1003)
    for batch_size in (1, 2, 4, 5, 60)
    for devices in (1, 2, 3, 7, 8)
]
"""Sizes that divide each other and that do not, and datasets that are smaller than a batch, or than the devices."""


@pytest.mark.parametrize("in_loader", [False, True])
@pytest.mark.parametrize("in_sampler", [False, True])
def test_torch_counts_the_same(in_sampler, in_loader):
    """A `DataLoader` of a `DistributedSampler`, on the first and the last device, by its length and what it gives."""
    drop = {(False, False): False, (False, True): "loader", (True, False): "sampler", (True, True): True}
    for dataset_size, batch_size, devices in GRID:
        dataset = TensorDataset(torch.arange(dataset_size))
        for rank in {0, devices - 1}:
            sampler = DistributedSampler(dataset, devices, rank, shuffle=False, drop_last=in_sampler)
            loader = DataLoader(dataset, batch_size, sampler=sampler, drop_last=in_loader)
            if in_sampler and dataset_size < devices:
                continue  # torch then makes its own kind of shares: it repeats what there is
            counted = steps(dataset_size, batch_size, devices, drop[in_sampler, in_loader])
            assert counted == len(loader) == len(list(loader.batch_sampler)), (dataset_size, batch_size, devices)


@pytest.mark.parametrize("drop_last", [False, True])
def test_accelerate_counts_the_same(drop_last):
    """What `accelerator.prepare` makes of a loader, and so the `Trainer` of transformers, by length and by batches."""
    from accelerate.data_loader import BatchSamplerShard, prepare_data_loader

    for dataset_size, batch_size, devices in GRID:
        counted = steps(dataset_size, batch_size, devices, drop_last)
        sampler = BatchSampler(SequentialSampler(range(dataset_size)), batch_size, drop_last)
        for rank in {0, devices - 1}:
            shard = BatchSamplerShard(sampler, devices, rank)
            assert counted == len(shard) == len(list(shard)), (dataset_size, batch_size, devices)
        loader = DataLoader(TensorDataset(torch.arange(dataset_size)), batch_size, drop_last=drop_last)
        assert counted == len(prepare_data_loader(loader, num_processes=devices, process_index=0))


@pytest.mark.parametrize("batches", range(1, 30))
@pytest.mark.parametrize("accumulation", [1, 2, 3, 8])
def test_a_loop_that_carries_over(batches, accumulation):
    """Batches that are left at the end of an epoch count for the next one: the length of single batches, divided."""
    updates = sum((batch + 1) % accumulation == 0 for batch in range(3 * batches))
    run = Horizon(dataset_size=10 * batches, epochs=3, batch_size=10)
    assert updates == run.total_steps // accumulation


def test_published_runs():
    """ImageNet in 90 epochs of 256; GPT-3, 300 billion tokens at 3.2 million; the warmup of both."""
    imagenet = Horizon(dataset_size=1_281_167, epochs=90, batch_size=32, devices=8)
    assert (imagenet.steps_per_epoch, imagenet.total_steps, imagenet.epochs(5)) == (5005, 450_450, 25_025)
    gpt3 = Horizon(tokens=300e9, tokens_per_step=3.2e6)
    assert (gpt3.total_steps, gpt3.tokens(260e9), gpt3.tokens(375e6, rounding="ceil")) == (93_750, 81_250, 118)


@many
@given(st.integers(1, 10**12), st.integers(0, 10_000))
def test_fractions_are_decimals(total, parts):
    """A fraction is the number that is written, and not the binary one next to it."""
    run = Horizon(tokens=total, tokens_per_step=1)
    exact = Fraction(parts, 10_000) * total
    assert run.fraction(parts / 10_000, rounding="floor") == math.floor(exact)
    assert run.fraction(parts / 10_000, rounding="ceil") == math.ceil(exact)
    assert run.fraction(parts / 10_000) == math.floor(exact + Fraction(1, 2))


def test_binary_fractions_would_be_wrong():
    """The cases of the last test that floats get wrong."""
    run = Horizon(tokens=100, tokens_per_step=1)
    assert 0.07 * 100 == 7.000000000000001
    assert run.fraction(0.07, rounding="ceil") == 7
    assert 0.29 * 100 == 28.999999999999996
    assert run.fraction(0.29, rounding="floor") == 29
    assert Horizon(tokens=1000, tokens_per_step=1).fraction(0.06, rounding="ceil") == 60
    assert [Horizon(tokens=n, tokens_per_step=1).fraction(0.5) for n in (1, 3, 5)] == [1, 2, 3]


@many
@given(st.integers(1, 500), st.integers(1, 9), st.integers(1, 400))
def test_parts_of_epochs(dataset_size, batch_size, tenths):
    """Epochs need not be whole: neither those of the run, where a part of an update is one, nor those asked for."""
    run = Horizon(dataset_size=dataset_size, epochs=tenths / 10, batch_size=batch_size)
    exact = Fraction(tenths, 10) * run.steps_per_epoch
    assert run.total_steps == math.ceil(exact) == run.epochs(tenths / 10, rounding="ceil")
    assert run.epochs(tenths / 10, rounding="floor") == math.floor(exact)
    assert run.fraction(1) == run.total_steps


@many
@given(st.integers(1, 10**13), st.integers(1, 10**7))
def test_tokens(tokens, each):
    run = Horizon(tokens=tokens, tokens_per_step=each)
    assert (run.total_steps - 1) * each < tokens <= run.total_steps * each
    assert run.tokens(tokens, rounding="ceil") == run.total_steps
    assert run.tokens(tokens, rounding="floor") == tokens // each


def test_tokens_of_a_dataset():
    """The tokens of an update may be given beside a dataset."""
    run = Horizon(dataset_size=1000, epochs=2, batch_size=8, tokens_per_step=8 * 512)
    assert (run.total_steps, run.tokens(40_960)) == (250, 10)


RUNS = [
    Horizon(dataset_size=1000, epochs=2.5, batch_size=8, accumulation=4, devices=2, drop_last=True),
    Horizon(dataset_size=7, epochs=1, batch_size=7),
    Horizon(tokens=10**12, tokens_per_step=2**22),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.total_steps} updates")
def test_a_value(run):
    """Equal, hashable, kept and copied; the repr can be run; what it was made of cannot be set."""
    for other in (eval(repr(run)), pickle.loads(pickle.dumps(run)), copy.deepcopy(run)):
        assert other == run
        assert hash(other) == hash(run)
        assert repr(other) == repr(run)
        assert other.total_steps == run.total_steps
    assert run != RUNS[RUNS.index(run) - 1]
    with pytest.raises(AttributeError):
        run.total_steps += 1


def test_the_derivation():
    """Every division stands there, and says how it was rounded."""
    assert repr(RUNS[0]).splitlines() == [
        "Horizon(dataset_size=1000, epochs=2.5, batch_size=8, accumulation=4, devices=2, drop_last=True)",
        "# 1000 samples / 8 = 125 batches",
        "# 125 batches / 2 devices = 62 batches of an epoch (rounded down)",
        "# 62 batches / 4 = 16 updates of an epoch (rounded up)",
        "# 16 updates * 2.5 epochs = 40 updates",
    ]
    sizes = {"dataset_size": 1003, "epochs": 1, "batch_size": 8, "devices": 2}
    assert Horizon(**sizes, drop_last="loader").derivation[:2] == (
        "1003 samples / 2 devices = 502 samples of a device (rounded up)",
        "502 samples / 8 = 62 batches of an epoch (rounded down)",
    )
    assert Horizon(**sizes, drop_last="sampler").derivation[:2] == (
        "1003 samples / 2 devices = 501 samples of a device (rounded down)",
        "501 samples / 8 = 63 batches of an epoch (rounded up)",
    )
    assert RUNS[1].derivation == ("7 samples / 7 = 1 batches of an epoch", "1 updates * 1 epochs = 1 updates")
    assert RUNS[2].derivation == ("1000000000000 tokens / 4194304 = 238419 updates (rounded up)",)


@many
@given(st.integers(1, 10**5), st.integers(1, 10**5), st.integers(1, 100), st.integers(1, 16), st.integers(1, 64))
def test_the_derivation_is_true(dataset_size, epochs, batch_size, accumulation, devices):
    """Each line is an equation, and the next one begins where it ends."""
    run = Horizon(
        dataset_size=dataset_size, epochs=epochs, batch_size=batch_size, accumulation=accumulation, devices=devices
    )
    before = dataset_size
    for line in run.derivation:
        left, right = line.split(" = ")
        numbers = [int(number) for number in re.findall(r"\d+", left)]
        exact = numbers[0] * Fraction(numbers[1]) if "*" in left else Fraction(*numbers)
        assert numbers[0] == before
        before = int(right.split()[0])
        assert before == math.ceil(exact)
        assert ("(rounded up)" in right) == (before != exact)
    assert before == run.total_steps


def test_schedules_of_epochs():
    """A boundary is the first update of its epoch, and every update has its own value."""
    epochs = lr.join([lr.linear(0.1, 1.0, 5), lr.step_decay(1.0, 0.1, 30)], [5])
    steps = from_epochs(epochs, 5005)
    assert steps == lr.stretch(epochs, 5005)
    assert steps(5 * 5005) == 1.0
    assert (steps(35 * 5005 - 1), steps(35 * 5005)) == (1.0, 0.1)
    assert steps(0) < steps(1) < steps(2)
    assert steps(2 * 5005) == pytest.approx(epochs(2), rel=1e-15)


WHOLE, LEAST = "must be a whole number; give how many there are.", "must be at least 1; give how many there are."
WAYS = "a run is given by dataset_size, epochs, batch_size, or by tokens, tokens_per_step."
EITHER = "must not come with tokens; a run is one of epochs or of tokens."
NO_EPOCHS = "must come with dataset_size, epochs and batch_size; a run in tokens has no epochs."
ROUNDINGS = "must be one of 'ceil', 'floor', 'round'"

BAD = [
    ("Horizon(dataset_size=0, epochs=1, batch_size=1)", f"Horizon(dataset_size=0) {LEAST}"),
    ("Horizon(dataset_size=-1, epochs=1, batch_size=1)", f"Horizon(dataset_size=-1) {LEAST}"),
    ("Horizon(dataset_size=9.5, epochs=1, batch_size=1)", f"Horizon(dataset_size=9.5) {WHOLE}"),
    ("Horizon(dataset_size=0.5, epochs=1, batch_size=1)", f"Horizon(dataset_size=0.5) {WHOLE}"),
    (
        "Horizon(dataset_size=2.0**60, epochs=1, batch_size=1)",
        "Horizon(dataset_size=1.152921504606847e+18) must be at most 2**53; count in a larger unit.",
    ),
    (
        "Horizon(dataset_size='9', epochs=1, batch_size=1)",
        "Horizon(dataset_size='9') must be a number, not str; write 9 without quotes.",
    ),
    (
        "Horizon(dataset_size=float('inf'), epochs=1, batch_size=1)",
        "Horizon(dataset_size=inf) must be finite; give a number that float64 holds.",
    ),
    (
        "Horizon(dataset_size=9, epochs=0, batch_size=1)",
        "Horizon(epochs=0) must be greater than 0; give how much there is.",
    ),
    ("Horizon(dataset_size=9, epochs=1, batch_size=0)", f"Horizon(batch_size=0) {LEAST}"),
    ("Horizon(dataset_size=9, epochs=1, batch_size=1, accumulation=1.5)", f"Horizon(accumulation=1.5) {WHOLE}"),
    ("Horizon(dataset_size=9, epochs=1, batch_size=1, devices=0)", f"Horizon(devices=0) {LEAST}"),
    (
        "Horizon(dataset_size=9, epochs=1, batch_size=1, drop_last=1)",
        "Horizon(drop_last=1) must be a bool, 'loader' or 'sampler', not int; write True or False.",
    ),
    (
        "Horizon(dataset_size=9, epochs=1, batch_size=1, drop_last='loaders')",
        "Horizon(drop_last='loaders') must be one of 'loader', 'sampler'; did you mean 'loader'?",
    ),
    (
        "Horizon(dataset_size=9, epochs=1, batch_size=8, devices=3, drop_last=True)",
        "Horizon(batch_size=8) must be at most the 3 samples of a device; lower it, or leave out drop_last.",
    ),
    (
        "Horizon(dataset_size=9, epochs=1, batch_size=10, drop_last='loader')",
        "Horizon(batch_size=10) must be at most the 9 samples of a device; lower it, or leave out drop_last.",
    ),
    (
        "Horizon(dataset_size=2, epochs=1, batch_size=1, devices=3, drop_last='sampler')",
        "Horizon(devices=3) must be at most the samples; lower it, or leave out drop_last.",
    ),
    (
        "Horizon(dataset_size=9, epochs=1, batch_size=1, devices=None)",
        "Horizon(devices=None) must be a number, not NoneType; give an int or a float.",
    ),
    ("Horizon()", f"Horizon(dataset_size=None) must be given; {WAYS}"),
    ("Horizon(dataset_size=9, batch_size=1)", f"Horizon(epochs=None) must be given; {WAYS}"),
    ("Horizon(dataset_size=9, epochs=1)", f"Horizon(batch_size=None) must be given; {WAYS}"),
    ("Horizon(tokens=9)", f"Horizon(tokens_per_step=None) must be given; {WAYS}"),
    ("Horizon(tokens_per_step=9)", f"Horizon(dataset_size=None) must be given; {WAYS}"),
    ("Horizon(tokens=9, tokens_per_step=1, epochs=3)", f"Horizon(epochs=3) {EITHER}"),
    ("Horizon(tokens=9, tokens_per_step=1, devices=2)", f"Horizon(devices=2) {EITHER}"),
    ("Horizon(tokens=9, tokens_per_step=0)", f"Horizon(tokens_per_step=0) {LEAST}"),
    ("RUN.fraction(1.5)", "Horizon.fraction(fraction=1.5) must be between 0 and 1; 0.3 is 30 %."),
    ("RUN.fraction(-0.1)", "Horizon.fraction(fraction=-0.1) must be between 0 and 1; 0.3 is 30 %."),
    ("RUN.fraction(0.1, rounding='up')", f"Horizon.fraction(rounding='up') {ROUNDINGS}; write 'ceil'."),
    ("RUN.fraction(0.1, rounding='flor')", f"Horizon.fraction(rounding='flor') {ROUNDINGS}; did you mean 'floor'?"),
    ("RUN.fraction(0.1, rounding=None)", f"Horizon.fraction(rounding=None) {ROUNDINGS}, not NoneType; write 'ceil'."),
    ("RUN.epochs(0)", "Horizon.epochs(epochs=0) must be greater than 0; give how much there is."),
    ("RUN.tokens(5)", "Horizon.tokens(tokens=5) must come with tokens_per_step; give it to Horizon(...)."),
    ("TOKENS.tokens(-5)", "Horizon.tokens(tokens=-5) must be greater than 0; give how much there is."),
    ("TOKENS.epochs(3)", f"Horizon.epochs(epochs=3) {NO_EPOCHS}"),
    ("TOKENS.steps_per_epoch", f"Horizon(...).steps_per_epoch {NO_EPOCHS}"),
    ("from_epochs(lr.constant(1.0), 0.5)", f"from_epochs(steps_per_epoch=0.5) {WHOLE}"),
    (
        "from_epochs(lambda t: 1.0, 5)",
        "from_epochs(schedule=<function <lambda> at ...>) must be a schedule, not function; "
        "lrsched.constant(value) is one.",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[call for call, _ in BAD])
def test_bad_input(call, message):
    names = {"Horizon": Horizon, "RUN": RUNS[0], "TOKENS": RUNS[2], "from_epochs": from_epochs, "lr": lr}
    kind = TypeError if ", not " in message else ValueError
    with pytest.raises(kind) as caught:
        eval(call, names)
    assert re.sub(r" at 0x\w+", " at ...", str(caught.value)) == message


def test_traced_sizes():
    """The length of a run is known before it is traced."""
    import jax

    with pytest.raises(TypeError, match=r"^Horizon\(tokens=.*\) must be a number, not traced; "):
        jax.jit(lambda n: Horizon(tokens=n, tokens_per_step=1).total_steps)(5)
