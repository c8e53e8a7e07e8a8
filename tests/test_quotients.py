"""High powers and large growths: the digits that a division rounds away, wherever a ramp may stand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import lrsched as lr

from . import oracle

ULPS = 5


def rising(k):
    """One of some powers that rise or fall, of different lengths."""
    return lr.polynomial(1.0, 0.3 * k, 30 + k, power=4.0 + k)


SCHEDULES = {
    "power of a part of a step": lr.stretch(lr.polynomial(1.0, 0.0, 1, power=30.0), 1.7),
    "power, compressed": lr.stretch(lr.polynomial(1.0, 0.0, 1000, power=30.0), 1 / 3),
    "power, far longer": lr.stretch(lr.polynomial(1.0, 0.0, 10**6 + 3, power=1e3), 1e6),
    "cycles of a power": lr.restart(lr.polynomial(1.0, 0.0, 1000, power=30.0), 1000, period_mult=1.1, value_mult=0.99),
    "short cycles of a power": lr.restart(lr.polynomial(1.0, 0.0, 3, power=7.0), 3, period_mult=1.1, value_mult=0.99),
    "powers of all directions": lr.join([rising(k) for k in range(5)], [30, 60, 90, 120]),
    "the same, stretched": lr.stretch(lr.join([rising(k) for k in range(5)], [30, 60, 90, 120]), 1.5),
    "growth": lr.exponential(1e-20, 1e20, 1000),
    "growth in cycles": lr.restart(lr.exponential(1.0, 1e-8, 1000), 1000, period_mult=1.5),
    "growth, stretched": lr.stretch(lr.wsd(1.0, 100, 677, 77, end_value=1e-7, decay=lr.exponential), 1.37),
    "warmup of a power": lr.warmup(lr.polynomial(1.0, 0.0, 900, power=12.5), 100),
}
TINY = {2.0**-23: 2.0**-126, 2.0**-52: 2.0**-1022}


def steps_of(schedule):
    last = min(schedule.length or 10_000, 2**31 - 1)
    chance = np.random.default_rng(3).integers(0, last + 1, 300)
    return np.unique(np.clip(np.concatenate([np.arange(40), chance, last - np.arange(40)]), 0, 2**31 - 1))


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_error_is_at_most_five_ulp(schedule):
    steps = steps_of(schedule)
    truth = oracle.values(schedule, steps)[0].astype(float)
    found = {
        "Python": (np.array([schedule(step) for step in steps.tolist()]), 2.0**-52),
        "NumPy": (schedule(steps), 2.0**-52),
        "JAX": (np.asarray(jax.jit(schedule)(jnp.asarray(steps, jnp.int32))), 2.0**-23),
        "torch": (schedule(torch.asarray(steps)).numpy(), 2.0**-23),
    }
    for name, (values, eps) in found.items():
        error = np.abs(values.astype(float) - truth)
        bound = np.maximum(ULPS * eps * np.abs(truth), TINY[eps])
        worst = np.argmax(error / bound)
        assert error[worst] <= bound[worst], (name, steps[worst], values[worst], truth[worst])


@pytest.mark.parametrize("power", [3.5, 100.0, 1e4])
@pytest.mark.parametrize("zero", [np.float32(0), jnp.float32(0), torch.tensor(0.0)], ids=["NumPy", "JAX", "torch"])
def test_a_ramp_begins_at_its_start_for_steps_of_float32(power, zero):
    """Which do not hold its length: 2**24 + 1."""
    schedule = lr.polynomial(1.0, 0.1, 2**24 + 1, power=power)
    assert float(schedule(zero)) == 1.0
    assert float(lr.compose(schedule, lr.linear(0.0, 2.0**24, 2**24))(jnp.int32(0))) == 1.0


def test_a_clock_and_a_stretch_begin_at_the_start():
    assert float(lr.stretch(lr.polynomial(1.0, 0.0, 2**27 + 1, power=1e4), 1e6)(jnp.int32(0))) == 1.0
    assert float(lr.stretch(lr.polynomial(1.0, 0.0, 90_000_000, power=7.3), 33.3)(jnp.int32(0))) == 1.0


def test_a_tensor_may_be_an_end():
    end = torch.tensor(0.5, requires_grad=True)
    value = lr.polynomial(1.0, end, 10**7, power=7.3)(torch.tensor(10**6))
    value.backward()
    assert value.item() == pytest.approx(0.5 + 0.5 * 0.9**7.3, rel=1e-6)
    assert end.grad.item() == pytest.approx(1 - 0.9**7.3, rel=1e-5)


@pytest.mark.parametrize("factor", [1.0, 1e4, 1e15])
@pytest.mark.parametrize("steps", [1001, 2**31 - 1])
def test_gradients_of_small_fractions_are_finite(steps, factor):
    def value(init, end, power, factor):
        ramps = lr.polynomial(init, end, steps, power=power) * lr.exponential(init, end, steps)
        return lr.stretch(ramps, factor)(jnp.int32(1))

    for ends in [(1.0, 0.1), (1e-4, 1.0), (1.0, 1.00001)]:
        assert np.isfinite(jax.grad(value, argnums=(0, 1, 2, 3))(*ends, 7.3, factor)).all()


def test_gradients_of_pieces_that_do_not_speak_are_finite():
    powers = [lr.stretch(lr.polynomial(1.0, 0.0, 10, power=power), 1.5) for power in (1000.0, 30.0)]
    joined = lr.join(powers, [20_000])
    slope = jax.grad(lambda end: lr.compose(joined, lr.linear(0.0, end, 100))(jnp.int32(1)))(200.0)
    assert np.isfinite(slope)


NEAR = [
    lr.linear(0.042441797939011275, 0.042438671615643735, 83_414),
    lr.cosine(0.042441797939011275, 0.042438671615643735, 83_414),
    lr.one_minus_sqrt(0.0001, 9.99999e-05, 32_767),
    lr.exponential(0.0006791508058086038, 0.0006791519117541611, 1030),
    lr.exponential(0.005035143345594406, 0.005035250447690487, 7001),
    lr.polynomial(2.5906407833099365, 7.427778720855713, 2210, power=7.3),
    lr.polynomial(0.002190814680920281, 0.007064258248070406, 115_230, power=7.3),
    lr.polynomial(5e-05, 4.999995e-05, 315_996, power=3.0001),
    lr.polynomial(0.000266, -0.0007397615605353891, 3, power=100.0),
]


LONG = [
    lr.polynomial(0.0, 1.0, 2**31 - 5, power=2.0),
    lr.polynomial(0.0, 0.0058417050167918205, 2**31 - 5, power=3.0001),
    lr.polynomial(0.04703464375058044, 0.45740239372068414, 32_972_279, power=1.7),
    lr.polynomial(1e-5, 1.0, 600_000, power=0.3),
    lr.polynomial(-0.1, 0.3, 2**28, power=100.0),
    lr.exponential(1e-30, 1.0, 2**31 - 1),
]
jitted = jax.jit(lambda schedule, steps: schedule(steps))


def of_tables(schedule, steps):
    """The values of a piece whose numbers come out of tables, and so does its length."""
    values = {**schedule.parameters, "steps": schedule.length - 1}
    other = type(schedule).make(schedule.formula, tuple(values.values()))
    begin, last = 10, min(schedule.length + 2, 2**31 - 51)
    joined = lr.join([other, schedule, other, other], [begin, begin + last, begin + last + 10])
    inside = steps[steps < last]
    return inside, np.asarray(jitted(joined, (inside + begin).astype(np.int32)))


def of_traced_values(schedule, steps):
    """The values of a ramp of which the length alone is known."""

    def at(init, end):
        given = {**schedule.parameters, "init_value": init, "end_value": end}
        return schedule.formula.factory(**given)(steps.astype(np.int32))

    return steps, np.asarray(jax.jit(at)(schedule.parameters["init_value"], schedule.parameters["end_value"]))


WAYS = {
    "NumPy": lambda schedule, steps: (steps, schedule(steps)),
    "JAX": lambda schedule, steps: (steps, np.asarray(jax.jit(schedule)(steps.astype(np.int32)))),
    "traced": lambda schedule, steps: (steps, np.asarray(jitted(schedule, steps.astype(np.int32)))),
    "traced values": of_traced_values,
    "tables": of_tables,
    "torch": lambda schedule, steps: (steps, schedule(torch.asarray(steps)).numpy()),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("schedule", [*NEAR, *LONG], ids=str)
def test_never_turns_nor_leaves_its_ends(schedule, way):
    """Where a step changes the value by less than its rounding: in the middle, next to an end, in a long run."""
    first, last, length = schedule.parameters["init_value"], schedule.parameters["end_value"], schedule.length
    places = [0, length, *np.random.default_rng(7).integers(0, length, 5), *(length * k // 12 for k in range(1, 12))]
    steps = np.unique(np.add.outer(places, np.arange(-500, 500)).ravel())
    steps, values = WAYS[way](schedule, steps[(steps >= 0) & (steps <= min(length + 1, 2**31 - 1))])
    low, high = np.sort(np.array([first, last], values.dtype))
    assert low <= values.min()
    assert values.max() <= high
    turns = steps[1:][np.diff(values) * np.sign(last - first) < 0]
    assert turns.size == 0, f"{schedule!r} turns at {turns[:5]}"


@pytest.mark.parametrize("steps", [1000, 2**31 - 1])
def test_growths_that_are_not_known_err_by_at_most_five_ulp(steps):
    """As traced numbers, and as numbers of tables, in float32."""
    schedules = [lr.exponential(10.0**first, 10.0**last, steps) for first, last in [(-30, 0), (3, -30), (-12, 20)]]
    asked = np.unique(np.random.default_rng(5).integers(0, steps, 500))
    for schedule in schedules:
        truth, _ = oracle.values(schedule, asked)
        for way in ("traced", "tables", "torch"):
            inside, values = WAYS[way](schedule, asked)
            np.testing.assert_allclose(values, truth[: len(inside)], rtol=ULPS * 2.0**-23)


def test_a_stretch_of_cycles_that_cannot_be_placed_reaches_far_steps():
    """The local step of a compressed schedule may be larger than the integers of the array hold."""
    schedule = lr.stretch(lr.restart(lr.noam(512, 4000), 10**6, period_mult=2, value_mult=0.5), 1 / 512)
    assert float(schedule(jnp.int32(5 * 10**7))) == pytest.approx(schedule(5 * 10**7), rel=1e-5)


@pytest.mark.parametrize("power", [1.0, 2.0, 3.0])
def test_a_power_begins_at_its_start_where_a_length_is_a_reciprocal(power):
    """Compilers divide by a constant through its reciprocal, which makes 41/41 less than 1."""
    lengths = [*range(1, 50), 55, 61, 82, 83, 94, 97, 107, 109]
    schedules = [lr.polynomial(1.0, 0.1, length, power=power) for length in lengths]
    placed = [lr.stretch(schedule, 1.5) for schedule in schedules]
    starts = jax.jit(lambda steps: [schedule(steps)[0] for schedule in schedules + placed])(jnp.arange(2))
    assert {float(start) for start in starts} == {1.0}
    assert {float(schedule(jnp.arange(2))[0]) for schedule in schedules[40:42]} == {1.0}


def test_constants_are_not_multiplied_to_nothing():
    """Beside traced numbers a compiler gathers what is constant."""
    steps = np.arange(0, 101, 10, dtype=np.int32)
    growth = jax.jit(lambda first: lr.exponential(first, 1e-12, 100)(steps))(1.0)
    np.testing.assert_allclose(growth, lr.exponential(1.0, 1e-12, 100)(steps), rtol=ULPS * 2.0**-23)
    power = jax.jit(lambda power: lr.polynomial(1e-26, 0.0, 1000, power=power)(steps))(30.0)
    np.testing.assert_allclose(power, lr.polynomial(1e-26, 0.0, 1000, power=30.0)(steps), rtol=ULPS * 2.0**-23)
