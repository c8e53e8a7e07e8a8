"""The conventions, each as one law that every case of the table obeys."""

import copy
import json
import math
import pickle
import random
from functools import cache, partial
from itertools import product

import array_api_strict
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import lrsched as lr
from lrsched.core.formula import Formula
from lrsched.core.pytree import flatten, unflatten

from .cases import CALLABLES, CASES, QUICKLY, Case

ALL = CASES | CALLABLES
STEPS = np.arange(-3, 70)
FAR = [2**24 - 1, 2**24, 2**24 + 1, 2**31 - 2, 2**31 - 1]

every_case = pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in ALL.items()])
every_value = pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])


def on_numpy(schedule, steps):
    return schedule(np.asarray(steps))


def on_strict(schedule, steps):
    return np.asarray(schedule(array_api_strict.asarray(steps)))


def padded(steps):
    """At most as many steps as STEPS, made as many: JAX compiles for one shape."""
    steps = np.asarray(steps)
    return np.resize(steps, STEPS.size).astype(np.int32 if steps.dtype.kind == "i" else np.float32)


def on_jax(schedule, steps):
    return np.asarray(schedule(jnp.asarray(padded(steps))))[: len(steps)]


JOINS = {
    pieces: lr.join(
        [lr.linear(10.0 * piece + 1.0, 10.0 * piece + 5.0, 4) for piece in range(pieces)],
        [4 * piece for piece in range(1, pieces)],
    )
    for pieces in (2, 3, 7)
}


def batches(items, size):
    """Compiling one program of many schedules takes half as long as compiling one program each."""
    items = [*items]
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]


TOGETHER = {
    schedule: batch
    for batch in batches([*(case.schedule for case in ALL.values()), *JOINS.values()], 12)
    for schedule in batch
}


@cache
def whole(batch):
    """A program that is given whole arrays, of integers and of floats."""
    return jax.jit(lambda ints, floats: [(schedule(ints), schedule(floats)) for schedule in batch])


def on_jit(schedule, steps):
    batch, given = TOGETHER[schedule], padded(steps)
    floats = given.dtype == np.float32
    pair = (np.zeros_like(STEPS, np.int32), given) if floats else (given, np.zeros_like(STEPS, np.float32))
    return np.asarray(whole(batch)(*pair)[batch.index(schedule)][floats])[: len(steps)]


@cache
def one_by_one(batch):
    """A program that is given one step: all of an array together, and one after another."""
    together = lambda steps: [(jax.vmap(schedule)(steps), jax.lax.map(schedule, steps)) for schedule in batch]
    return jax.jit(together, compiler_options=QUICKLY)


def on_vmap(schedule, steps):
    batch = TOGETHER[schedule]
    return np.asarray(one_by_one(batch)(padded(steps))[batch.index(schedule)][0])[: len(steps)]


def on_jit_scalar(schedule, steps):
    batch = TOGETHER[schedule]
    return np.asarray(one_by_one(batch)(padded(steps))[batch.index(schedule)][1])[: len(steps)]


def on_torch(schedule, steps):
    return schedule(torch.asarray(steps)).numpy()


FRAMEWORKS = [on_numpy, on_jax, on_jit, on_torch]
BACKENDS = [on_numpy, on_strict, on_jax, on_jit, on_jit_scalar, on_vmap, on_torch]


def scalars(schedule, steps):
    return np.array([schedule(step) for step in np.asarray(steps).tolist()])


def agree(values, expected, case):
    """Equal to rounding; a schedule that falls without end errs in proportion to its exponent, up to ln(1e38) = 88."""
    scale = np.maximum(np.abs(expected), 1e-37)
    exponent = np.abs(np.log(scale))
    error = np.abs(np.asarray(values, dtype=float) - expected)
    # A value where terms cancel is compared with the size of its terms: at most the range of the case.
    size = scale if case.low >= 0 else np.maximum(scale, 1.0)
    assert np.all(error <= (16 + 8 * exponent) * np.finfo(values.dtype).eps * size), (values, expected)


@every_case
def test_golden_points(case: Case):
    """The values that the source gives."""
    for step, expected in case.points.items():
        assert case.schedule(step) == pytest.approx(expected, rel=1e-14, abs=0), step


@every_case
def test_scalar_matches_array(case: Case):
    """A table of steps is the same as one call each, in float64 to rounding, whatever its shape."""
    expected = scalars(case.schedule, STEPS[:-1])
    agree(case.schedule(STEPS[:-1]), expected, case)
    grid = case.schedule(STEPS[:-1].reshape(8, 9))
    assert grid.shape == (8, 9)
    agree(grid.ravel(), expected, case)
    assert case.schedule(np.zeros((0, 3), dtype=int)).shape == (0, 3)


@every_case
@pytest.mark.parametrize("backend", BACKENDS)
def test_backends_agree(case: Case, backend):
    """Every library gives the values of Python numbers, to rounding in its float dtype."""
    agree(backend(case.schedule, STEPS), scalars(case.schedule, STEPS), case)


@every_case
def test_long_arrays(case: Case):
    """Blocks of a long array are seamless, sorted or not."""
    steps = np.random.default_rng(0).permutation(np.arange(-5, 40_000))
    values = case.schedule(steps)
    sample = slice(0, None, 397)
    agree(values[sample], scalars(case.schedule, steps[sample]), case)
    assert np.array_equal(np.sort(values), np.sort(case.schedule(np.sort(steps))))


@every_value
def test_total(case: Case):
    """Finite and in its range at every step, negative, far and fractional ones included."""
    steps = [-(2**31), -1, *STEPS.tolist(), *FAR, 2**53, 0.5, 1.5, 3.999, math.inf, -math.inf]
    slack = 4 * np.finfo(float).eps
    for step in steps:
        value = case.schedule(step)
        assert type(value) is float
        assert math.isfinite(value)
        assert case.low - slack <= value <= case.high * (1 + slack), (step, value)
    for backend, steps in product((on_numpy, on_torch, on_jit), (STEPS, FAR)):
        values = backend(case.schedule, steps)
        slack = 8 * np.finfo(values.dtype).eps
        assert np.isfinite(values).all()
        assert (values >= case.low - slack).all()
        assert (values <= case.high * (1 + slack)).all()


@every_case
def test_holds_outside(case: Case):
    """Before step 0 the value at 0, past the end the last value, for ever."""
    schedule = case.schedule
    assert {schedule(-1), schedule(-(2**40)), schedule(-math.inf)} == {schedule(0)}
    assert schedule(np.array([-1, -7])).tolist() == [schedule(0)] * 2
    if schedule.length is not None:
        later = [schedule.length + n for n in (0, 1, 2, 1000, 2**31)]
        assert {schedule(step) for step in later} == {schedule(schedule.length)}
        assert set(schedule(np.array(later)).tolist()) == {schedule(schedule.length)}
        later = later[:-1]  # JAX counts in int32
    for backend in (on_jax, on_jit, on_torch, on_strict):
        assert len({*backend(schedule, [-(2**31), -7, -1, 0]).tolist()}) == 1
        if schedule.length is not None:
            assert len({*backend(schedule, later).tolist()}) == 1


@every_case
def test_order_free(case: Case):
    """The value is a function of the step: not of the calls before it."""
    fresh = {step: case.schedule(step) for step in range(40)}
    steps = [*range(40), *range(40)]
    random.Random(0).shuffle(steps)
    assert all(case.schedule(step) == fresh[step] for step in steps)
    order = np.random.default_rng(0).permutation(len(STEPS))
    for backend in FRAMEWORKS:
        agree(backend(case.schedule, STEPS[order]), backend(case.schedule, STEPS)[order], case)


@every_value
def test_dtypes(case: Case):
    """Number to float; integer array to the default float; float array to its own dtype; the shape stays."""
    schedule = case.schedule
    assert type(schedule(3)) is type(schedule(3.0)) is float
    assert type(schedule(np.int64(3))) is type(schedule(np.float64(3))) is np.float64
    for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        values = schedule(np.arange(9, dtype=kind))
        assert values.dtype == np.float64
        agree(values, scalars(schedule, np.arange(9)), case)
    for kind in ("float16", "float32", "float64"):
        values = schedule(np.arange(9, dtype=kind))
        assert values.dtype == kind
        agree(values, scalars(schedule, np.arange(9)), case)
    assert schedule(jnp.asarray(STEPS)).dtype == jax.eval_shape(schedule, jnp.asarray(STEPS)).dtype == jnp.float32
    narrow = jnp.asarray(STEPS, dtype=jnp.bfloat16)
    assert schedule(narrow).dtype == jax.eval_shape(schedule, narrow).dtype == jnp.bfloat16
    assert schedule(torch.arange(3)).dtype == torch.float32
    assert schedule(torch.arange(3, dtype=torch.float64)).dtype == torch.float64
    assert schedule(torch.arange(3, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert schedule(torch.tensor(3)).shape == ()
    assert schedule(np.zeros((2, 0), dtype=int)).shape == (2, 0)


@every_case
def test_nan_stays_nan(case: Case):
    """A NaN step gives NaN and changes nothing else."""
    assert math.isnan(case.schedule(math.nan))
    for backend in [*FRAMEWORKS, on_strict]:
        values = backend(case.schedule, np.array([1.0, math.nan, 3.0], dtype=np.float32))
        agree(values[[0, 2]], scalars(case.schedule, [1, 3]), case)
        assert math.isnan(values[1])


def test_half_open():
    """At a boundary the new piece speaks, at its own step 0, and no piece sees a step outside its interval."""
    seen: dict[str, list[float]] = {"a": [], "b": [], "c": []}

    def spy(name):
        def piece(t):
            seen[name] += np.ravel(t).tolist()
            return t * 0.0 + ord(name)

        return piece

    schedule = lr.join([spy("a"), spy("b"), spy("c")], [3, 5])
    expected = [ord(name) for name in "aaaabbcccc"]
    steps = np.arange(-1, 9)
    assert scalars(schedule, steps).tolist() == expected
    for backend in (on_numpy, on_jax, on_torch, on_strict):
        assert backend(schedule, steps).tolist() == expected
    assert 0 <= min(seen["a"]) <= max(seen["a"]) <= 3  # a traced program asks all pieces, at the nearest step they know
    assert 0 <= min(seen["b"]) <= max(seen["b"]) <= 2
    assert 0 <= min(seen["c"]) <= max(seen["c"]) <= 3


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("pieces", JOINS)
def test_half_open_everywhere(backend, pieces):
    """At a boundary the new piece speaks, at its own step 0, whether pieces are selected or gathered."""
    expected = [10.0 * piece + 1.0 + step for piece in range(pieces) for step in range(4)]
    steps = np.arange(-1, 4 * pieces + 2)
    assert backend(JOINS[pieces], steps).tolist() == [1.0, *expected, *[10.0 * pieces - 5.0] * 2]


@every_value
def test_round_trips(case: Case):
    """Text, data, bytes and copies give an equal schedule, which is the same value in every respect."""
    schedule = case.schedule
    config = json.loads(json.dumps(schedule.to_config()))
    others = [
        eval(repr(schedule), {**vars(lr)}),
        lr.parse(repr(schedule)),
        lr.from_config(config),
        pickle.loads(pickle.dumps(schedule)),
        copy.copy(schedule),
        copy.deepcopy(schedule),
        unflatten(flatten(schedule)[1], flatten(schedule)[0]),
        jax.tree.unflatten(*reversed(jax.tree.flatten(schedule))),
    ]
    for other in others:
        assert other == schedule
        assert hash(other) == hash(schedule)
        assert repr(other) == repr(schedule)
        assert [other(step) for step in range(20)] == [schedule(step) for step in range(20)]
    for backend in FRAMEWORKS:
        assert np.array_equal(backend(lr.parse(repr(schedule)), STEPS), backend(schedule, STEPS))
    assert schedule != lr.constant(0.123)
    assert schedule != repr(schedule)


def replace(schedule, leaves):
    """The schedule with other numbers in the places of its own."""
    return jax.tree.unflatten(jax.tree.structure(schedule), leaves)


def has_growing_cycles(schedule):
    """Whether the number of cycles depends on a period, which then cannot be traced."""
    if not isinstance(schedule, lr.Schedule):
        return False
    made = schedule.expand()
    if made is not schedule:
        return has_growing_cycles(made)
    children = [child for value in made.values for child in (value if isinstance(value, tuple) else (value,))]
    return made.parameters.get("period_mult", 1) != 1 or any(map(has_growing_cycles, children))


GROWING = {name: case for name, case in CASES.items() if has_growing_cycles(case.schedule)}


def alike(schedules):
    """Schedules by name, together with those that differ from them in their numbers alone, eight structures at once."""
    found = {}
    for name, schedule in schedules.items():
        leaves, structure = jax.tree.flatten(schedule)
        found.setdefault((structure, *map(type, leaves)), {})[name] = schedule
    return [
        pytest.param([[*group.values()] for group in batch], id=f"{next(iter(batch[0]))} to {next(iter(batch[-1]))}")
        for batch in batches(found.values(), 8)
    ]


every_structure = pytest.mark.parametrize(
    "groups", alike({name: case.schedule for name, case in CASES.items() if name not in GROWING})
)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in GROWING.items()])
def test_a_traced_period_of_growing_cycles_is_refused(case: Case):
    with pytest.raises(TypeError, match=r"must be a number, not traced, with a period_mult other than 1: the number"):
        jax.jit(lambda schedule, step: schedule(step))(case.schedule, 3)


@every_structure
def test_gradients_are_finite(groups):
    """By every parameter, lengths included, at every step, inside and outside."""

    def slope(schedule, leaves, step):
        return sum(jax.grad(lambda leaves: replace(schedule, leaves)(step))(leaves))  # finite if each of them is

    @partial(jax.jit, compiler_options=QUICKLY)
    def slopes(numbers, steps):
        given = zip(groups, numbers, strict=True)
        return [jax.vmap(partial(slope, group[0], leaves))(steps) for group, leaves in given]

    for turn in range(max(map(len, groups))):
        schedules = [group[turn % len(group)] for group in groups]
        numbers = [[np.float32(leaf) for leaf in jax.tree.leaves(schedule)] for schedule in schedules]
        found = slopes(numbers, np.array([*STEPS, *FAR], dtype=np.int32))
        for schedule, sums in zip(schedules, found, strict=True):
            assert np.isfinite(sums).all(), (schedule, sums)


@every_structure
def test_one_compilation(groups):
    """A schedule is a jit argument: all its numbers are traced, in one compilation, and give the same values."""
    traces = 0
    factors = (1.0, 0.5, 0.25)  # lengths that go together stay so

    @partial(jax.jit, compiler_options=QUICKLY)
    def run(schedules, steps):
        nonlocal traces
        traces += 1
        return [schedule(steps) for schedule in schedules]

    def other(schedule, more):
        leaves, structure = jax.tree.flatten(schedule)
        numbers = [leaf * factors[more] if isinstance(leaf, float) else leaf * (more + 1) for leaf in leaves]
        return jax.tree.unflatten(structure, numbers)

    for turn, more in product(range(max(map(len, groups))), range(len(factors))):
        others = [other(group[turn % len(group)], more) for group in groups]
        for schedule, values in zip(others, run(others, np.arange(40, dtype=np.int32)), strict=True):
            # Traced parameters are float32 from the start: a difference of two of them is rounded once more.
            expected = scalars(schedule, np.arange(40))
            np.testing.assert_allclose(values, expected, rtol=2e-5, atol=1e-6, err_msg=repr(schedule))
    assert traces == 1


@every_case
def test_no_tracer_leaks(case: Case):
    """What a schedule keeps between traces holds no tracer."""
    with jax.checking_leaks():
        fresh = case.schedule if case in CALLABLES.values() else pickle.loads(pickle.dumps(case.schedule))
        jax.make_jaxpr(fresh)(np.int32(5))
        jax.make_jaxpr(lambda first: jax.lax.scan(lambda t, _: (t + 1, fresh(t) * 2), first, length=8))(np.int32(0))
    agree(on_jax(fresh, STEPS), scalars(fresh, STEPS), case)
    assert type(fresh(5)) is float


def test_the_table_covers_the_vocabulary():
    """Every public schedule and combinator has a case, whether written out or by its operator."""

    def names(schedule):
        parts = [
            part for value in schedule.parameters.values() for part in (value if type(value) is tuple else [value])
        ]
        return {schedule.formula.name}.union(*(names(part) for part in parts if isinstance(part, lr.Schedule)))

    public = {name for name, value in vars(lr).items() if isinstance(getattr(value, "formula", None), Formula)}
    covered = set().union(*(names(case.schedule) for case in ALL.values()))
    assert public - covered == set()
    assert len(public) > 35
