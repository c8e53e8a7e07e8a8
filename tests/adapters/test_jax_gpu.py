"""On an accelerator: the bounds of the core in float32, and an optimizer that never waits for the host."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrsched as lr
from lrsched.adapters.optax import current_value, to_optax
from tests import oracle

pytestmark = pytest.mark.gpu("jax")

SCHEDULE = lr.warmup_cosine(3e-3, 4, 12, init_value=1e-4, end_value=1e-5)
ULPS = 8  # a fraction of the ramp, a sine and its argument, each twice in the square; two products and a sum
LONG = {
    "linear": lambda steps: lr.linear(3e-4, 0.0, steps),
    "cosine": lambda steps: lr.cosine(3e-4, 0.0, steps),
    "cosine up": lambda steps: lr.cosine(3e-5, 3e-4, steps),
    "polynomial": lambda steps: lr.polynomial(3e-4, 0.0, steps, power=1.7),
    "one_minus_sqrt": lambda steps: lr.one_minus_sqrt(3e-4, 3e-5, steps),
    "warmup_linear": lambda steps: lr.warmup_linear(3e-4, steps // 10, steps),
    "warmup_cosine": lambda steps: lr.warmup_cosine(3e-4, steps // 10, steps, end_value=3e-5),
    "wsd": lambda steps: lr.wsd(3e-4, steps // 10, steps, steps // 5),
    "one_cycle": lambda steps: lr.one_cycle(3e-4, steps),
}


@pytest.fixture(autouse=True)
def gpu():
    """The accelerator, on which everything here is computed."""
    device = jax.devices("gpu")[0]
    with jax.default_device(device):
        yield device


@pytest.mark.parametrize("steps", [3, 1000, 10**6, 2**31 - 1])
@pytest.mark.parametrize("name", LONG)
def test_error_is_at_most_five_ulp_and_ends_are_exact(name, steps, gpu):
    schedule = LONG[name](steps)
    edges = np.add.outer([0, steps // 2, steps, *schedule.boundaries], np.arange(-40, 41)).ravel()
    asked = np.unique(np.clip([*edges, *np.linspace(0, steps, 200).astype(np.int64)], 0, 2**31 - 1))
    values = jax.jit(schedule)(jnp.asarray(asked, jnp.int32))
    assert values.devices() == {gpu}
    high, low = oracle.values(schedule, asked)
    error = np.abs((np.asarray(values, np.float64) - high) - low)
    # Five roundings: of the parameters, the fraction, a sine or power, two products. Below 2**-126 a GPU may give 0.
    bound = np.where(high == 0, 0, np.maximum(5 * 2**-23 * np.abs(high), 2.0**-126))
    worst = int(np.argmax(error - bound))
    assert error[worst] <= bound[worst], f"{schedule!r}({asked[worst]}) is {values[worst]!r}, not {high[worst]!r}"
    ends = jax.jit(schedule)(jnp.asarray([0, steps], jnp.int32))
    assert np.asarray(ends).tolist() == [np.float32(schedule(0)), np.float32(schedule(steps))]


@pytest.mark.parametrize("given", [SCHEDULE, to_optax(SCHEDULE)], ids=["as it is", "to_optax"])
def test_updates_stay_on_the_device(given, gpu):
    """Fifteen compiled updates and their rates without a transfer in either direction."""
    optimizer = optax.adamw(given)

    @jax.jit
    def update(weights, state, gradients):
        rate = current_value(state, given)
        changes, state = optimizer.update(gradients, state, weights)
        return optax.apply_updates(weights, changes), state, rate

    weights, gradients, rates = jnp.zeros(64), jnp.ones(64), []
    state = optimizer.init(weights)
    update(weights, state, gradients)  # compiling moves the constants
    with jax.transfer_guard("disallow"):
        for _ in range(15):
            weights, state, rate = update(weights, state, gradients)
            rates.append(rate)
    assert weights.devices() == {gpu}
    np.testing.assert_array_max_ulp(np.array(rates), np.float32(SCHEDULE(np.arange(15))), ULPS)


def test_ten_peaks_are_one_compilation():
    update = jax.jit(lambda schedule, state: optax.sgd(schedule).update(jnp.ones(3), state))
    for peak in np.linspace(1e-4, 1e-2, 10).tolist():
        schedule = lr.warmup_cosine(peak, 4, 12)
        state = optax.sgd(schedule).init(jnp.ones(3))
        for step in range(3):
            change, state = update(schedule, state)
            np.testing.assert_array_max_ulp(-np.asarray(change[0]), np.float32(schedule(step)), ULPS)
    assert update._cache_size() == 1
