"""JAX as a first-class citizen: schedules made of tracers, schedules as arguments, small programs."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.extend.core import jaxprs_in_params

import lrsched as lr
from lrsched.core.formula import Formula

from .cases import CASES, QUICKLY

FACTORIES = {name: value for name, value in vars(lr).items() if isinstance(getattr(value, "formula", None), Formula)}


def equations(jaxpr):
    """All equations of a program, those of inner programs included."""
    inner = [sub for eqn in jaxpr.eqns for sub in jaxprs_in_params(eqn.params)]
    return len(jaxpr.eqns) + sum(equations(sub) for sub in inner)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_factories_take_tracers(case):
    """Every number of a call may be a tracer, and the values are the same."""
    factory, parameters = FACTORIES[case.schedule.formula.name], case.schedule.parameters
    kinds = case.schedule.formula.parameters
    numbers = {
        name: float(value)
        for name, value in parameters.items()
        if kinds[name].kind.leaf
        and type(value) in (int, float)
        and not kinds[name].kind.child
        and not (name == "period" and parameters["period_mult"] != 1)
    }

    def value(numbers, step):
        return factory(**{**parameters, **numbers})(step)

    steps = jnp.arange(40)
    traced = jax.jit(jax.vmap(value, in_axes=(None, 0)), compiler_options=QUICKLY)(numbers, steps)
    np.testing.assert_allclose(traced, case.schedule(np.arange(40)), rtol=2e-5, atol=1e-6)


def test_gradients_are_right():
    """By the peak, the end and the warmup, as the formula says."""

    def rate(peak, warmup_steps, end, step):
        return lr.warmup_linear(peak, warmup_steps, 100, end_value=end)(step)

    gradient = jax.grad(rate, argnums=(0, 1, 2))
    np.testing.assert_allclose(gradient(2.0, 10.0, 0.5, 4), (0.4, -2 * 4 / 10**2, 0.0), rtol=1e-6)
    np.testing.assert_allclose(gradient(2.0, 10.0, 0.5, 5), (0.5, -2 * 5 / 10**2, 0.0), rtol=1e-6)
    np.testing.assert_allclose(gradient(2.0, 10.0, 0.5, 55), (0.5, 1.5 * 45 / 90**2, 0.5), rtol=1e-6)
    np.testing.assert_allclose(gradient(2.0, 10.0, 0.5, 100), (0.0, 0.0, 1.0), atol=1e-6)


@pytest.mark.parametrize(
    ("make", "at", "expected"),
    [
        (lambda x: lr.step_decay(1.0, x, 3)(7), 0.5, 2 * 0.5),
        (lambda x: lr.exponential_decay(1.0, x, decay_steps=2)(4), 0.5, 2 * 0.5),
        (lambda x: lr.inverse_sqrt(1.0, x)(9), 3.0, 9 / 9 / 2 / 8),
        (lambda x: lr.cosine(x, 0.0, 4)(1), 1.0, (1 + 0.5**0.5) / 2),
        (lambda x: lr.polynomial(1.0, 0.0, 8, power=x)(4), 2.0, 0.25 * np.log(0.5)),
        (lambda x: lr.shift(lr.linear(1.0, 0.0, 10), x)(2), 3.0, -0.1),
        (lambda x: lr.stretch(lr.linear(1.0, 0.0, 10), x)(5), 1.0, 0.5),
        (lambda x: lr.clamp_min(lr.linear(1.0, 0.0, 4), x)(3), 0.5, 1.0),
    ],
)
def test_gradient_of_each_kind(make, at, expected):
    """One parameter of each kind against the derivative by hand."""
    assert jax.grad(make)(at) == pytest.approx(expected, rel=1e-5)


def test_sweep_by_vmap():
    """Sixteen schedules at once: made inside, or stacked and passed."""
    peaks = jnp.linspace(0.1, 1.0, 16)
    made = jax.vmap(lambda peak: lr.warmup_cosine(peak, 4, 20)(10))(peaks)
    schedules = [lr.warmup_cosine(float(peak), 4, 20) for peak in peaks]
    stack = jax.tree.map(lambda *leaves: jnp.asarray(leaves), *schedules)
    passed = jax.vmap(lambda schedule: schedule(10))(stack)
    expected = [schedule(10) for schedule in schedules]
    np.testing.assert_allclose(made, expected, rtol=1e-6)
    np.testing.assert_allclose(passed, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lr.warmup_linear(0.1, 4, 20), ["metadata", "<formula warmup_cosine>", "<formula warmup_linear>"]),
        (lr.warmup_cosine(0.1, 4, 20) + 0.1, ["peak_value warmup_steps total_steps init_value end_value", "a b"]),
    ],
    ids=["another formula", "another number of parameters"],
)
def test_schedules_that_cannot_be_stacked(other, words):
    """The error of JAX names the formulas, or their parameters."""
    with pytest.raises(ValueError, match="pytree structure error") as caught:
        jax.tree.map(lambda *leaves: jnp.asarray(leaves), lr.warmup_cosine(0.1, 4, 20), other)
    assert all(word in str(caught.value) for word in words)


def test_gradient_by_a_whole_schedule():
    """A schedule is differentiated as the tree of numbers that it is, and an update of it is a schedule."""
    schedule = lr.warmup_linear(1.0, 4, 12)
    gradient = jax.grad(lambda s: s(8), allow_int=True)(schedule)
    assert gradient.parameters["peak_value"] == pytest.approx(0.5)
    has_none = {name for name, slope in gradient.parameters.items() if slope.dtype == jax.dtypes.float0}
    assert has_none == {"warmup_steps", "total_steps"}  # integers have no gradient
    moved = jax.tree.map(
        lambda leaf, slope: leaf if slope.dtype == jax.dtypes.float0 else leaf - 0.1 * slope, schedule, gradient
    )
    assert moved(4) == pytest.approx(1.0 - 0.1 * 0.5)


def test_leaf_names():
    """The paths of the tree are the names of the parameters."""
    paths = [
        jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(0.5 * lr.linear(1.0, 0.0, 4))
    ]
    assert paths == [".schedule.init_value", ".schedule.end_value", ".schedule.steps", ".factor"]


def test_tree_operations_do_not_validate():
    """JAX puts None and placeholders in the places of numbers."""
    schedule = lr.warmup_cosine(1.0, 4, 20)
    empty = jax.tree.map(lambda _: None, schedule)
    assert jax.tree.leaves(empty) == []
    marked = jax.tree.map(lambda _: object(), schedule)
    assert isinstance(marked, lr.Schedule)


def test_join_of_a_thousand_pieces_is_a_small_program():
    """The pieces share a formula, so their parameters are gathered; the values are those of each piece."""
    schedule = lr.join([lr.linear(i / 1000, 1.0, 7) for i in range(1000)], [7 * i for i in range(1, 1000)])
    small = lr.join([lr.linear(i / 1000, 1.0, 7) for i in range(8)], [7 * i for i in range(1, 8)])
    count = equations(jax.make_jaxpr(schedule)(jnp.int32(0)).jaxpr)
    assert count == equations(jax.make_jaxpr(small)(jnp.int32(0)).jaxpr)
    assert count < 100
    steps = np.arange(-3, 7010, 11)
    compiled = jax.jit(schedule)
    np.testing.assert_allclose([compiled(step) for step in steps.tolist()], schedule(steps), rtol=1e-6)
    np.testing.assert_allclose(compiled(jnp.asarray(steps)), schedule(steps), rtol=1e-6)


@pytest.mark.parametrize(
    "piece",
    [
        lambda i: lr.exponential_decay(1.0, 1.0 - 1e-5 * (i + 1)),
        lambda i: lr.step_decay(1.0, 1.0 - 1e-3 * (i + 1), 50),
        lambda i: lr.polynomial(1.0, 0.1, 100_000, power=0.5 + 0.037 * i),
        lambda i: lr.polynomial(1.0, 0.1, 100_000, power=3.5 + 0.137 * i),
        lambda i: lr.restart(lr.linear(1.0, 0.1, 50), 50, value_mult=1.0 - 1e-3 * (i + 1)),
    ],
)
def test_pieces_of_many_rates_and_powers_are_right(piece):
    """They are families of their own, as float32 tables would not hold their digits."""
    schedule = lr.join([piece(i) for i in range(12)], [100_000 * (i + 1) for i in range(11)])
    steps = np.random.default_rng(0).integers(0, 100_000 * 12, 3000)
    values, expected = np.asarray(jax.jit(schedule)(jnp.asarray(steps))), schedule(steps)
    ulps = 5 + 5 * np.abs(np.log(np.maximum(expected, 1e-37)))  # the exponents' rounding is multiplied by them
    normal = expected > 1e-30
    assert np.all(np.abs(values / expected - 1)[normal] <= (ulps * 2.0**-23)[normal])


def test_a_gathered_rate_is_a_number():
    """A formula may do more with its rate than raise it to a power."""

    @lr.schedule
    def odd_decay(xp, init_value: lr.types.Value, decay_rate: lr.types.Rate):
        """A formula that uses its rate in every way."""
        base = xp.maximum(-decay_rate + 1.0, xp.where(decay_rate > 0.5, decay_rate, decay_rate / 2))
        return lambda t: init_value - (base * decay_rate + xp.sqrt(decay_rate)) * 2.0**-decay_rate / (1.0 + t)

    schedule = lr.join([odd_decay(1.0, 0.1 * i) for i in range(1, 9)], [10 * i for i in range(1, 8)])
    np.testing.assert_allclose(jax.jit(schedule)(jnp.arange(90)), schedule(np.arange(90)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "piece",
    [
        lambda k: lr.restart(lr.exponential_decay(1e-3, 0.5 ** (k / 1e5)), 100 * k, period_mult=2),
        lambda k: (
            0.9
            * lr.join([lr.exponential_decay(1e-3, 0.5 ** ((k + i) / 1e5)) for i in range(5)], [900, 1800, 2700, 3600])
        ),
        lambda k: lr.shift(
            lr.join([lr.step_decay(1e-3, 0.99, 90.1 + i) for i in range(5)], [900, 1800, 2700, 3600]), k
        ),
        lambda k: (
            0.9
            * lr.join(
                [lr.polynomial(1e-3, 0.0, 5001, power=0.3 * k + i / 7) for i in range(5)], [900, 1800, 2700, 3600]
            )
        ),
    ],
)
def test_a_table_in_a_table_keeps_its_digits(piece):
    """A single traced step gathers twice, and an array of them selects; both are what Python computes."""
    schedule = lr.join([piece(k) for k in range(1, 7)], [5000 * k for k in range(1, 6)])
    steps = np.arange(0, 30_000, 613)
    expected = np.array([schedule(t) for t in steps.tolist()])
    one_by_one, at_once = jax.jit(schedule), jax.jit(schedule)
    np.testing.assert_allclose([one_by_one(t) for t in steps.astype(np.int32)], expected, rtol=5 * 2**-23)
    np.testing.assert_allclose(at_once(jnp.asarray(steps)), expected, rtol=5 * 2**-23)


@pytest.mark.parametrize(
    "make",
    [
        lambda time: lr.exponential_decay(1.0, 0.5, decay_steps=time),
        lambda time: lr.inverse_time_decay(1.0, 0.5, decay_steps=time, staircase=True),
        lambda time: lr.inverse_sqrt(1.0, time),
        lambda time: lr.exponential_approach(0.0, 1.0, time),
    ],
)
def test_whole_and_broken_times_are_one_type(make):
    """A sweep of a time compiles once, be it 10 or 10.5."""
    run = jax.jit(lambda schedule, steps: schedule(steps))
    for time in (10, 10.5, 11.0, 2**24 + 1):
        np.testing.assert_allclose(run(make(time), jnp.arange(40)), make(time)(np.arange(40)), rtol=1e-6)
    assert run._cache_size() == 1


@pytest.mark.parametrize("total", [2**31 - 1, 2**31, 2**31 + 1, 3_000_000_000, 10**10])
def test_lengths_beyond_the_integers_of_the_steps(total):
    """They are floats; a distance to the end is exact all the same."""
    schedule = lr.join([lr.linear(0.0, 1.0, 10), lr.polynomial(1.0, 0.0, total - 10)], [10])
    steps = np.array([0, 9, 10, 2**24 + 1, 10**9, 1_500_000_005, 2**31 - 3, 2**31 - 2, 2**31 - 1], np.int32)
    np.testing.assert_allclose(jax.jit(schedule)(steps), schedule(steps), rtol=1e-6)
    assert schedule(jnp.float32(2.0)) == pytest.approx(0.2)


@pytest.mark.parametrize("ahead", [1, 10, 2**30, 2**31 - 2])
def test_a_shift_ahead_at_the_last_steps(ahead):
    """The sum of both does not fit 32 bits."""
    steps = np.array([0, 1, 2**30, 2**31 - 2, 2**31 - 1], np.int32)
    for child in (lr.linear(1.0, 0.0, 2**33), lr.inverse_sqrt(1.0, 1000), lr.step_decay(1.0, 0.5, 2**29)):
        schedule = lr.shift(child, ahead)
        np.testing.assert_allclose(jax.jit(schedule)(steps), schedule(steps), rtol=1e-6)


def test_scan_carries_the_step_and_the_schedule():
    """Both as constants and as part of the carry."""
    schedule = lr.wsd(1.0, 4, 12, 4)

    def body(carry, _):
        step, inner = carry
        return (step + 1, inner), (schedule(step), inner(step))

    traced = jax.tree.map(jnp.asarray, schedule)
    _, (constant, carried) = jax.lax.scan(body, (0, traced), length=16)
    np.testing.assert_allclose(constant, schedule(np.arange(16)), rtol=1e-6)
    np.testing.assert_allclose(carried, schedule(np.arange(16)), rtol=1e-6)


def test_optax_takes_a_schedule_as_it_is():
    """In adamw, in inject_hyperparams and in scale_by_schedule, with the rates of the schedule itself."""
    schedule = lr.warmup_cosine(0.5, 2, 8)
    for make in (optax.sgd(schedule), optax.inject_hyperparams(optax.sgd)(learning_rate=schedule)):
        state, rates = make.init(jnp.zeros(1)), []
        for _ in range(10):
            update, state = jax.jit(make.update)(jnp.ones(1), state)
            rates.append(-float(update[0]))
        np.testing.assert_allclose(rates, schedule(np.arange(10)), rtol=1e-6)


@pytest.mark.parametrize("name", ["warmup_cosine", "wsd", "sgdr of longer cycles", "restart of a run", "join"])
def test_x64(name):
    """Under 64-bit JAX the values are those of float64."""
    schedule = CASES[name].schedule
    with jax.enable_x64(True):
        values = jax.jit(schedule)(jnp.arange(60))
        assert values.dtype == jnp.float64
        np.testing.assert_allclose(values, schedule(np.arange(60)), rtol=1e-14, atol=1e-17)


SLOPES = {
    "the middle, by the length": (
        lambda length: lr.cosine(0.010793912143753744, 0.044410207762402516, length)(50),
        100.0,
        -(0.044410207762402516 - 0.010793912143753744) * np.pi / 4 / 100,
    ),
    "next to an end, by the power": (
        lambda power: lr.polynomial(1.00001, 1.0, 1000, power=power)(1),
        2.0,
        1e-5 * 0.999**2 * np.log(0.999),
    ),
    "next to an end, by the end": (lambda end: lr.polynomial(1.00001, end, 1000)(1), 1.0, 1 - 0.999**2),
    "a first cycle, by the base": (lambda base: lr.restart(0.5, 4, value_mult=0.5, base_value=base)(1), 0.5, 0.0),
    "a first cycle, by its value": (
        lambda value: lr.restart(value, 4, period_mult=1, value_mult=0.5, base_value=0.5)(1),
        0.5,
        1.0,
    ),
    "a factor of 1": (lambda factor: lr.sgdr(1.0, 0.1, 10, period_mult=1, value_mult=factor)(25), 1.0, 2 * 0.9 * 0.5),
    "a late cycle": (
        lambda first: lr.restart(lr.linear(first, 0.5, 4), 4, period_mult=1, value_mult=0.5, base_value=0.5)(96),
        1.0,
        0.5**24,
    ),
}


@pytest.mark.parametrize("name", SLOPES)
def test_gradients_where_values_are_held(name):
    """Where rounding brings a value to a limit, its gradient is still its own."""
    make, at, expected = SLOPES[name]
    for differentiate in (jax.grad(make), jax.jit(jax.grad(make))):
        assert float(differentiate(at)) == pytest.approx(expected, rel=2e-4, abs=1e-12)


def rests(period, **changes):
    """Cycles of one period that differ otherwise."""
    made = [
        lr.restart(lr.linear(1.0, 0.0, 10), period, **{k: v + 0.1 * i for k, v in changes.items()}) for i in range(4)
    ]
    return lr.join(made, [200, 400, 700])


@pytest.mark.parametrize("changes", [{"value_mult": 0.5}, {"value_mult": 0.5, "base_value": 0.0}], ids=str)
@pytest.mark.parametrize("size", [7, 31])
def test_pieces_may_share_a_traced_period(changes, size):
    steps = np.linspace(0, 999, size).astype(np.int32)
    found = jax.jit(lambda period: rests(period, **changes)(steps))(10)
    np.testing.assert_allclose(found, rests(10, **changes)(steps), rtol=1e-5, atol=1e-7)


LATE = {
    "a stretched decay": (lambda time: lr.stretch(lr.exponential_decay(1.0, 0.5, decay_steps=time), 4), 1e9, 2**31 - 1),
    "a child longer than its period": (lambda t: lr.restart(lr.inverse_sqrt(1.0, 1e6), t), 1000, 2**30),
    "the last step": (lambda period: lr.restart(lr.linear(1.0, 0.0, period), period), 1000, 2**31 - 1),
    "a delay": (lambda period: lr.restart(lr.shift(lr.linear(0.0, 1.0, 12), -3), period), 9, 2**31 - 2),
}


@pytest.mark.parametrize("name", LATE)
def test_traced_times_at_the_last_steps(name):
    make, at, step = LATE[name]
    assert float(jax.jit(lambda at: make(at)(jnp.int32(step)))(at)) == pytest.approx(make(at)(step), rel=1e-5)


def test_cycles_of_cycles_reach_far_steps():
    schedule = lr.restart(
        lr.restart(lr.linear(1.0, 0.0, 10**6), 10**6, period_mult=2), 1000, period_mult=2, value_mult=0.5
    )
    steps = np.array([8_000_000, 2**30], np.int32)
    np.testing.assert_allclose(jax.jit(schedule)(steps), schedule(steps), rtol=1e-6)


def test_pieces_of_broken_cycles_begin_where_they_should():
    """Tables would make their periods traced ones."""
    schedule = lr.join(
        [lr.restart(1.0, 1000 + i, period_mult=1.5, value_mult=0.75) for i in range(4)], [10**7, 2 * 10**7, 3 * 10**7]
    )
    assert float(jax.jit(schedule)(np.int32(387_239))) == pytest.approx(schedule(387_239), rel=1e-5)
    growing = lr.restart(lr.linear(100.0, 1.0, 10), 10, period_mult=1.1, value_mult=2.0, base_value=1.0)
    assert np.isfinite(jax.jit(growing)(np.int32(2**31 - 1)))
