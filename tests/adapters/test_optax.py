"""The optax adapter in real optimizers: an update uses the rate of its step, which is the one that was read."""

import os
import pickle
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

import lrsched as lr
from lrsched.adapters.optax import current_value, from_optax, to_optax

ROOT = Path(__file__).parents[2]
SCHEDULE = lr.warmup_cosine(3e-3, 4, 12, init_value=1e-4, end_value=1e-5)
UPDATES = 15  # the first, the boundary, the last, and some past the end
EXPECTED = SCHEDULE(np.arange(UPDATES)).astype(np.float32)
ULPS = 8  # a fraction of the ramp, a sine and its argument, each twice in the square; two products and a sum
WEIGHTS = {"w": jnp.zeros(2), "count": jnp.zeros(2)}
GIVEN = pytest.mark.parametrize("given", [SCHEDULE, to_optax(SCHEDULE)], ids=["as it is", "to_optax"])


def spy(rate, seen):
    """SGD that notes the size of every update of gradients of 1, which is the rate."""

    def note(updates, _):
        jax.debug.callback(lambda u: seen.append(-np.asarray(u)), jax.tree.leaves(updates)[0][0])
        return updates

    return optax.chain(optax.sgd(rate), optax.stateless(note))


def grouped(rate, seen):
    groups = {"a": optax.adamw(rate), "b": spy(rate, seen)}
    return optax.multi_transform(groups, {"w": "a", "count": "b"})


WRAPPERS = {
    "alone": spy,
    "chain": lambda rate, seen: optax.chain(optax.clip(9.0), optax.chain(optax.identity(), spy(rate, seen))),
    "inject_hyperparams": lambda rate, seen: optax.inject_hyperparams(spy, "seen")(rate=rate, seen=seen),
    "inject in a chain": lambda rate, seen: optax.chain(
        optax.scale_by_adam(), optax.set_to_zero(), optax.add_noise(0.0, 1.0, 0), ones, injected(rate, seen)
    ),
    "multi_transform": grouped,
    "MultiSteps": lambda rate, seen: optax.MultiSteps(spy(rate, seen), 4),
    "MultiSteps of groups": lambda rate, seen: optax.MultiSteps(grouped(rate, seen), 4),
    "schedule_free": lambda rate, seen: optax.contrib.schedule_free(spy(rate, seen), rate),
    "with a plateau": lambda rate, seen: optax.chain(
        spy(rate, seen), optax.contrib.reduce_on_plateau(accumulation_size=2)
    ),
}

ones = optax.stateless(lambda updates, _: jax.tree.map(jnp.ones_like, updates))


def injected(rate, seen):
    return optax.inject_hyperparams(spy, "seen")(rate=rate, seen=seen)


@GIVEN
@pytest.mark.parametrize("name", WRAPPERS)
def test_each_update_uses_the_rate_that_was_read_before_it(name, given):
    seen, read, micro = [], [], 4 if "MultiSteps" in name else 1
    optimizer = WRAPPERS[name](given, seen)
    extra = {"value": 1.0} if "plateau" in name else {}

    @jax.jit
    def update(weights, state):
        rate = current_value(state, given)
        gradients = jax.tree.map(jnp.ones_like, weights)
        changes, state = optimizer.update(gradients, state, weights, **extra)
        return optax.apply_updates(weights, changes), state, rate, -changes["count"][0]

    weights, state, applied = WEIGHTS, optimizer.init(WEIGHTS), []
    for _ in range(UPDATES * micro):
        outside = current_value(state, given)
        weights, state, inside, change = update(weights, state)
        np.testing.assert_array_max_ulp(outside, np.asarray(inside), ULPS)
        read.append(inside)
        applied.append(change)
    jax.effects_barrier()
    if micro > 1:  # MultiSteps computes every update and applies every fourth: what counts is what is applied
        *idle, seen = np.array(applied).reshape(UPDATES, micro).T
        assert np.all(np.array(idle) == 0)
    np.testing.assert_array_max_ulp(np.array(seen), EXPECTED, ULPS)
    np.testing.assert_array_max_ulp(np.array(read), np.repeat(EXPECTED, micro), ULPS)


def test_inject_hyperparams_logs_the_rate_that_was_used_and_schedules_any_hyperparameter():
    decay, momentum = lr.linear(0.0, 0.1, 10), lr.linear(0.95, 0.85, 4)
    optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=SCHEDULE, weight_decay=decay, b1=momentum)
    state = optimizer.init(WEIGHTS)
    for step in range(6):
        expected = {"learning_rate": SCHEDULE, "weight_decay": decay, "b1": momentum}
        for name, schedule in expected.items():
            before = current_value(state, schedule)
            after = jax.jit(optimizer.update)(WEIGHTS, state, WEIGHTS)[1].hyperparams[name]
            np.testing.assert_array_max_ulp(np.asarray(after), np.asarray(before), ULPS)
            np.testing.assert_array_max_ulp(np.asarray(after), np.float32(schedule(step)), ULPS)
        _, state = optimizer.update(WEIGHTS, state, WEIGHTS)


def test_a_skipped_update_does_not_count():
    """Of a gradient that is not finite, with either of optax's guards."""
    skip = optax.MultiSteps(optax.sgd(SCHEDULE), 1, should_skip_update_fn=optax.skip_not_finite)
    for optimizer in (optax.apply_if_finite(optax.sgd(SCHEDULE), 9), skip):
        state = optimizer.init(jnp.zeros(1))
        for gradient in (1.0, np.nan, np.inf, 1.0):
            _, state = jax.jit(optimizer.update)(jnp.full(1, gradient), state, jnp.zeros(1))
        np.testing.assert_array_max_ulp(np.asarray(current_value(state, SCHEDULE)), EXPECTED[2], ULPS)


# A real model.


@cache
def digits():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images[:512].astype(np.float32) / 16, labels[:512]


def network():
    rng = np.random.default_rng(0)
    return [jnp.asarray(rng.normal(0, 0.2, shape), jnp.float32) for shape in ((64, 32), (32, 10))]


@jax.jit
@jax.grad
def slope(weights, images, labels):
    scores = jax.nn.relu(images @ weights[0]) @ weights[1]
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


@cache
def step_of(optimizer):
    @jax.jit
    def update(weights, state, batch):
        changes, state = optimizer.update(slope(weights, *batch), state, weights)
        return optax.apply_updates(weights, changes), state

    return update


def batch(step):
    images, labels = digits()
    return images[64 * (step % 8) :][:64], labels[64 * (step % 8) :][:64]


def train(optimizer, weights, state, steps):
    for step in steps:
        weights, state = step_of(optimizer)(weights, state, batch(step))
        yield weights, state


def test_adamw_moves_a_model_by_the_rates_of_the_schedule():
    """As the direction of AdamW, times a rate that is computed outside, in float64."""
    direction = optax.chain(optax.scale_by_adam(), optax.add_decayed_weights(1e-4))
    optimizer, weights = optax.adamw(SCHEDULE), network()
    state, turn = direction.init(weights), jax.jit(direction.update)
    for step, (moved, _) in enumerate(train(optimizer, weights, optimizer.init(weights), range(UPDATES))):
        change, state = turn(slope(weights, *batch(step)), state, weights)
        weights = jax.tree.map(lambda w, c, rate=EXPECTED[step]: w - rate * c, weights, change)
        for ours, theirs in zip(moved, weights, strict=True):
            # float32 sums in another order, and Adam divides by its second moment, which enlarges that where a gradient
            # is next to zero. The smallest rate is ten times larger.
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_resume_at_every_step_is_bit_identical():
    """From bytes, with an optimizer and a schedule that are made anew."""
    weights, optimizer, again = network(), optax.adamw(SCHEDULE), optax.adamw(lr.parse(repr(SCHEDULE)))
    whole = [(weights, optimizer.init(weights)), *train(optimizer, weights, optimizer.init(weights), range(UPDATES))]
    fresh = (jax.tree.map(jnp.zeros_like, weights), again.init(weights))
    for step in range(UPDATES):
        restored = flax.serialization.from_bytes(fresh, flax.serialization.to_bytes(whole[step]))
        np.testing.assert_array_max_ulp(np.asarray(current_value(restored[1], SCHEDULE)), EXPECTED[step], ULPS)
        resumed = list(train(again, *restored, range(step, UPDATES)))
        assert [as_bytes(state) for state in resumed] == [as_bytes(state) for state in whole[step + 1 :]]
    assert len({as_bytes(state) for state in whole}) == UPDATES + 1


def as_bytes(tree):
    return b"".join(np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree))


def test_a_checkpoint_holds_no_schedule_so_a_changed_one_speaks_at_the_saved_count():
    changed, state = lr.cooldown(SCHEDULE, 6, 4), optax.sgd(SCHEDULE).init(WEIGHTS)
    for _ in range(8):
        _, state = optax.sgd(SCHEDULE).update(WEIGHTS, state)
    assert [leaf.dtype for leaf in jax.tree.leaves(state)] == [jnp.int32]
    change, _ = optax.sgd(changed).update(jax.tree.map(jnp.ones_like, WEIGHTS), state)
    np.testing.assert_array_max_ulp(-np.asarray(change["w"][0]), np.float32(changed(8)), ULPS)


# Compilation.


@pytest.mark.parametrize("wrap", [lambda s: s, to_optax], ids=["as it is", "to_optax"])
def test_ten_peaks_are_one_compilation(wrap):
    @jax.jit
    def update(schedule, state):
        return optax.adamw(schedule).update(WEIGHTS, state, WEIGHTS)[1], current_value(state, schedule)

    peaks = np.linspace(1e-4, 1e-2, 10)
    for peak in peaks:
        schedule, state = wrap(lr.warmup_cosine(float(peak), 4, 12)), optax.adamw(SCHEDULE).init(WEIGHTS)
        for step in range(3):
            state, rate = update(schedule, state)
            np.testing.assert_array_max_ulp(np.asarray(rate), np.float32(peak * step / 4), ULPS)
    assert update._cache_size() == 1


def test_states_and_schedules_of_many_networks():
    schedules = [lr.warmup_cosine(peak, 4, 12) for peak in (0.1, 0.2, 0.3)]
    stack = jax.tree.map(lambda *numbers: jnp.asarray(numbers), *schedules)
    states = optax.ScaleByScheduleState(jnp.arange(3))
    values = jax.vmap(current_value)(states, stack)
    np.testing.assert_array_max_ulp(values, np.float32([s(t) for t, s in enumerate(schedules)]), ULPS)


MESH = """
import jax, jax.numpy as jnp, numpy as np, optax, lrsched
from jax.sharding import PartitionSpec as P
from lrsched.adapters.optax import current_value

schedule = lrsched.warmup_cosine(3e-3, 4, 12, init_value=1e-4, end_value=1e-5)
optimizer = optax.adamw(schedule)
inputs = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)

def update(weights, state, rows):
    own = jax.lax.pcast(weights, "data", to="varying")
    gradient = jax.lax.pmean(jax.grad(lambda w: jnp.mean((rows @ w - 1) ** 2))(own), "data")
    rate = current_value(state, schedule)
    changes, state = optimizer.update(gradient, state, weights)
    return optax.apply_updates(weights, changes), state, rate[None]

assert jax.device_count() == 8
mesh = jax.sharding.Mesh(np.array(jax.devices()), ("data",))
step = jax.jit(jax.shard_map(update, mesh=mesh, in_specs=(P(), P(), P("data")), out_specs=(P(), P(), P("data"))))
weights = jnp.zeros(3)
state = optimizer.init(weights)
for count in range(15):
    weights, state, rates = step(weights, state, inputs)
    rates = np.asarray(rates)
    assert rates.shape == (8,) and len({rate.tobytes() for rate in rates}) == 1, rates
    np.testing.assert_array_max_ulp(rates[0], np.float32(schedule(count)), 8)
    copies = {np.asarray(shard.data).tobytes() for shard in weights.addressable_shards}
    assert len(weights.addressable_shards) == 8 and len(copies) == 1
assert np.all(np.asarray(weights) != 0)
print("done")
"""

LATE = """
import sys, lrsched
schedule = lrsched.warmup_cosine(1.0, 4, 12)
assert "jax" not in sys.modules
import jax
try:
    jax.jit(lambda s: s(2))(schedule)
except TypeError:
    pass
else:
    raise AssertionError("a schedule was a pytree before it was registered: this test tests nothing")
import lrsched.adapters.jax
assert jax.jit(lambda s: s(2))(schedule) == 0.5
assert "optax" not in sys.modules
import lrsched.adapters.optax
assert not {"torch", "keras", "tensorflow", "flax"} & set(sys.modules)
print("done")
"""


@pytest.mark.parametrize("program", [MESH, LATE], ids=["eight devices under shard_map", "a schedule older than JAX"])
def test_in_a_process_of_its_own(program):
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.stdout == "done\n", done.stderr


# What to_optax and from_optax give.


COUNTS = ["int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "bfloat16", "float32"]


@pytest.mark.parametrize("dtype", COUNTS)
def test_to_optax_is_float32_whatever_the_count(dtype):
    for counts in (jnp.asarray(7, dtype), jnp.full((2, 3), 7, dtype)):
        values = jax.jit(to_optax(SCHEDULE))(counts)
        assert values.dtype == jnp.float32
        np.testing.assert_array_max_ulp(np.asarray(values), np.full(counts.shape, EXPECTED[7]), ULPS)


@pytest.mark.parametrize("count", [7, 7.0, np.int64(7), np.float64(7), np.arange(9)])
def test_to_optax_of_numbers_and_numpy(count):
    values = to_optax(SCHEDULE)(count)
    assert values.dtype == jnp.float32
    np.testing.assert_array_equal(values, np.float32(SCHEDULE(count)))  # computed in float64


def test_to_optax_under_64_bits():
    with jax.enable_x64(True):
        for count in (jnp.asarray(7, jnp.int64), jnp.asarray(7.0, jnp.float64)):
            assert SCHEDULE(count).dtype == jnp.float64
            assert to_optax(SCHEDULE)(count).dtype == jnp.float32
            assert to_optax(SCHEDULE)(count) == EXPECTED[7]


def test_to_optax_is_a_value():
    made = to_optax(SCHEDULE)
    assert pickle.loads(pickle.dumps(made))(5) == made(5)
    assert jax.tree.leaves(made) == jax.tree.leaves(SCHEDULE)
    assert to_optax(made) is made
    assert from_optax(made) is SCHEDULE
    assert from_optax(SCHEDULE) is SCHEDULE
    assert to_optax(0.25)(3) == 0.25
    assert jax.grad(lambda peak: to_optax(lr.warmup_linear(peak, 4, 12))(2))(1.0) == 0.5


def halving(count):
    return 1 / (1 + count)


OPTAX = {
    "constant": optax.constant_schedule(0.1),
    "join": optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 100, 0.1),
    "stairs": optax.piecewise_constant_schedule(1.0, {10: 0.5, 20: 0.1}),
    "integers": lambda count: count // 2,
    "by hand": halving,
    "number": 0.5,
}


@pytest.mark.parametrize("name", OPTAX)
def test_from_optax_gives_what_optax_gives(name):
    theirs, ours = OPTAX[name], from_optax(OPTAX[name])
    steps = np.arange(0, 130, 7)
    expected = np.array([np.float32(theirs(jnp.int32(t)) if callable(theirs) else theirs) for t in steps])
    assert [ours(t) for t in steps.tolist()] == expected.tolist()
    assert type(ours(3)) is float
    # JAX computes arrays and compiled programs with other instructions than single numbers.
    for values in (ours(steps), ours(torch.asarray(steps)), jax.jit(ours)(jnp.asarray(steps))):
        np.testing.assert_array_max_ulp(np.asarray(values, np.float32), expected, ULPS)
    assert ours(steps).dtype == np.float64
    assert ours(-5) == ours(0)
    assert ours(2**40) == ours(2**31 - 1)
    assert np.isnan(ours(float("nan")))
    assert jax.jit(ours)(jnp.int32(3)).dtype == to_optax(ours)(3).dtype == jnp.float32


def test_from_optax_among_schedules():
    ours = from_optax(halving)
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert hash(from_optax(halving)) == hash(ours)
    run = 2.0 * lr.warmup(ours, 4)
    assert [run(t) for t in (0, 2, 4, 7)] == [0.0, 1.0, 2.0, 0.5]
    made_inside = jax.jit(lambda peak, t: lr.warmup(from_optax(lambda count: peak * halving(count)), 4)(t))
    assert [float(made_inside(2.0, t)) for t in (0, 2, 4, 7)] == [0.0, 1.0, 2.0, 0.5]
    assert jax.grad(lambda peak: from_optax(lambda count: peak * halving(count))(3))(2.0) == 0.25


# States.


def test_current_value_of_states_that_were_given_no_schedule():
    """The count of the updates, for who applies the rate outside; never one that is not of updates."""
    plateau = optax.chain(optax.adamw(0.1), optax.contrib.reduce_on_plateau(accumulation_size=3))
    others = (optax.adamw(0.1), optax.MultiSteps(optax.sgd(0.1), 1), optax.contrib.schedule_free_sgd(0.1))
    for optimizer in (plateau, *others):
        state = optimizer.init(WEIGHTS)
        first = current_value(state, lr.linear(0.0, 1.0, 8))
        for _ in range(4):
            extra = {"value": 1.0} if optimizer is plateau else {}
            _, state = optimizer.update(WEIGHTS, state, WEIGHTS, **extra)
        assert current_value(state, lr.linear(0.0, 1.0, 8)) - first == 0.5


def test_current_value_of_what_a_checkpoint_gives_without_its_types():
    optimizer = optax.chain(optax.clip(1.0), optax.adamw(SCHEDULE))
    state = optimizer.init(WEIGHTS)
    for _ in range(3):
        _, state = optimizer.update(WEIGHTS, state, WEIGHTS)
    plain = flax.serialization.msgpack_restore(flax.serialization.to_bytes(state))
    assert type(plain) is dict
    assert current_value(plain, SCHEDULE) == current_value(state, SCHEDULE)


def test_different_counts_give_nan_where_nothing_can_be_raised():
    state = (optax.ScaleByScheduleState(jnp.int32(3)), optax.ScaleByScheduleState(jnp.int32(5)))
    assert np.isnan(jax.jit(current_value, static_argnums=1)(state, SCHEDULE))
    assert jax.jit(current_value, static_argnums=1)(state[:1] * 2, SCHEDULE) == current_value(state[0], SCHEDULE)


APART = (optax.ScaleByScheduleState(np.int32(3)), optax.ScaleByScheduleState(np.int32(5)))
NO_COUNT = "must hold a count of updates; an optimizer that was given a schedule keeps one."
BAD = [
    (
        lambda: current_value((optax.EmptyState(),), SCHEDULE),
        ValueError,
        f"current_value(opt_state=(EmptyState(),)) {NO_COUNT}",
    ),
    (lambda: current_value(SCHEDULE, halving), ValueError, f"current_value(opt_state=warmup_cosine(...)) {NO_COUNT}"),
    (
        lambda: current_value({"params": {"count": np.float32(3)}}, SCHEDULE),
        ValueError,
        f"current_value(opt_state={{'params': {{'count': np.float32(3.0)}}}}) {NO_COUNT}",
    ),
    (
        lambda: current_value(APART, SCHEDULE),
        ValueError,
        "current_value(opt_state) must hold one count of updates, not 3 at [0]ScaleByScheduleState.count, "
        "5 at [1]ScaleByScheduleState.count; give the part of the state whose value is wanted.",
    ),
    (
        lambda: current_value(APART[0], 0.1),
        TypeError,
        "current_value(schedule=0.1) must be the schedule that the optimizer was given; give the state first.",
    ),
    (
        lambda: to_optax("1e-3"),
        TypeError,
        "to_optax(schedule='1e-3') must be a schedule, a callable or a number, not str; "
        "lrsched.parse(expression) reads one.",
    ),
    (
        lambda: to_optax(lr.cosine),
        TypeError,
        "to_optax(schedule=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
    ),
    (
        lambda: from_optax(None),
        TypeError,
        "from_optax(schedule=None) must be a schedule, a callable or a number, not NoneType; give one schedule.",
    ),
    (
        lambda: to_optax(float("nan")),
        ValueError,
        "to_optax(schedule=nan) must be finite; give a number that float64 holds.",
    ),
    (
        lambda: to_optax(lambda count: None)(jnp.int32(1)),
        TypeError,
        "<lambda>(count) must give a number, not NoneType; a schedule returns a rate.",
    ),
    (
        lambda: from_optax(lambda count: 1j)(1),
        TypeError,
        "<lambda>(count) must give a real number, not complex64; a schedule returns a rate.",
    ),
    (
        lambda: to_optax(lambda count: jnp.zeros(3))(jnp.int32(1)),
        ValueError,
        "<lambda>(count) must give one number for each step, not shape (3,); reduce it.",
    ),
    (
        lambda: from_optax(halving).to_config(),
        ValueError,
        None,
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD, ids=range(len(BAD)))
def test_bad_input(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    if message is None:
        assert "is a plain callable, which no config can hold" in str(caught.value)
    else:
        assert str(caught.value) == message


# Documents.


def test_sixteen_networks_are_trained_in_one_compilation():
    example = runpy.run_path(str(ROOT / "docs/examples/sweep_vmap.py"))
    result = example["main"]()
    assert result.compilations == 1
    expected = [schedule(np.arange(example["UPDATES"])) for schedule in example["SCHEDULES"]]
    np.testing.assert_array_max_ulp(result.rates, np.float32(expected), ULPS)
    assert len(result.accuracies) == 16
    assert result.accuracies.max() > 0.95
    assert np.unique(result.accuracies).size > 8


def test_the_peak_and_the_warmup_are_learned():
    example = runpy.run_path(str(ROOT / "docs/examples/learn_the_peak.py"))
    start, data = example["START"], example["load"]()
    slope = jax.jit(jax.value_and_grad(example["final_loss"]))  # the program that learns, which is compiled once

    def loss(knobs, *data):
        return slope(jax.tree.map(jnp.float32, knobs), *data)[0]

    before, gradient = slope(jax.tree.map(jnp.float32, start), *data)
    for name in start._fields:
        near = 1e-3  # of the range of a knob; float32 losses differ by 1e-7, so that slopes of 1 are good to 1e-3
        sides = [loss(start._replace(**{name: getattr(start, name) + side}), *data) for side in (near, -near)]
        assert getattr(gradient, name) == pytest.approx(float(sides[0] - sides[1]) / (2 * near), rel=0.02)
        downhill = start._replace(**{name: getattr(start, name) - near * np.sign(getattr(gradient, name))})
        assert loss(downhill, *data) < before
    result = example["main"]()
    assert result.losses[-1] < result.losses[0] * 0.8
    for name in start._fields:  # each of the two is worth learning
        kept = result.knobs._replace(**{name: getattr(start, name)})
        assert result.losses[-1] < loss(kept, *data)
