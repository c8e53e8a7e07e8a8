"""Ramps: from one value to another in a number of steps. All take `(init_value, end_value, steps)` first.

Each is written from both ends. `x` is the distance from the nearer end as a fraction of the length, from 0 to 1/2:
`rise(x)` is the value that far after the start, `fall(x)` the value that far before the end. Both are exact at x = 0,
and neither subtracts numbers that are nearly equal. A falling power needs only its end.
"""

import math
from typing import Any

from ..arrays.namespaces import Namespace
from ..core.decorators import schedule
from ..core.formula import Built
from ..core.parameters import Positive, Power, Steps, Value

__all__ = ["cosine", "cosine_power", "exponential", "hold", "linear", "one_minus_sqrt", "polynomial", "rex"]

QUARTER_TURN = math.pi / 2
LOG_2 = math.log(2)


@schedule(length="steps")
def linear(xp: Namespace, init_value: Value, end_value: Value, steps: Steps) -> Built:
    """A straight line from `init_value` to `end_value`.

        s(t) = init_value + (end_value - init_value) * x,    x = t/steps

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: optax `linear_schedule(init_value, end_value, transition_steps)`, except for a length of 0.

    >>> s = linear(1.0, 0.0, 4)
    >>> [s(t) for t in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    span = end_value - init_value

    def rise(x: Any) -> Any:
        return init_value + span * x

    def fall(x: Any) -> Any:
        return end_value - span * x

    return rise, fall


@schedule(length="steps")
def cosine(xp: Namespace, init_value: Value, end_value: Value, steps: Steps) -> Built:
    """Half a cosine wave from `init_value` to `end_value`: flat, steep, flat.

        s(t) = end_value + (init_value - end_value) * (1 + cos(pi*x))/2,    x = t/steps

    The value stays at `end_value`; it does not rise again.

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, equation 5, for one cycle.

    >>> s = cosine(1.0, 0.0, 4)
    >>> [round(s(t), 6) for t in range(6)]
    [1.0, 0.853553, 0.5, 0.146447, 0.0, 0.0]
    """
    span = end_value - init_value

    def rise(x: Any) -> Any:
        u = xp.sin(QUARTER_TURN * x)
        return init_value + span * u * u

    def fall(x: Any) -> Any:
        u = xp.sin(QUARTER_TURN * x)
        return end_value - span * u * u

    return rise, fall


@schedule(length="steps")
def cosine_power(xp: Namespace, init_value: Value, end_value: Value, steps: Steps, *, power: Power = 2.0) -> Built:
    """A power of half a cosine wave, from `init_value` to `end_value`: a power above 1 falls earlier and ends flatter.

        s(t) = end_value + (init_value - end_value) * ((1 + cos(pi*x))/2)**power,    x = t/steps

    Near the end, the wave is computed as sin(pi/2*(1 - x))**2, since 1 + cos cancels there. Near the start, the value
    is computed as init_value + (end_value - init_value) * -expm1(power*log(wave)).

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.
        power: the exponent (1), greater than 0; 1.0 is `cosine`.

    Source: optax `cosine_decay_schedule(init_value, decay_steps, alpha, exponent)`.

    >>> s = cosine_power(1.0, 0.0, 4)
    >>> [round(s(t), 6) for t in range(6)]
    [1.0, 0.728553, 0.25, 0.021447, 0.0, 0.0]
    """
    span = end_value - init_value

    def rise(x: Any) -> Any:
        u = xp.sin(QUARTER_TURN * x)
        return init_value - span * xp.expm1(power * xp.log1p(-u * u))

    def fall(x: Any) -> Any:
        u = xp.sin(QUARTER_TURN * x)
        return end_value - span * xp.power(u * u, power)

    return rise, fall


@schedule(length="steps")
def polynomial(xp: Namespace, init_value: Value, end_value: Value, steps: Steps, *, power: Power = 2.0) -> Built:
    """A power of the remaining time, from `init_value` to `end_value`.

        s(t) = end_value + (init_value - end_value) * (1 - x)**power,    x = t/steps

    The relative error is at most 5 ulp times max(1, `power`).

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.
        power: the exponent (1), greater than 0; 1.0 gives a straight line.

    Source: Chen et al. 2017, DeepLab, arXiv:1606.00915, section 4.1 ("poly"); optax `polynomial_schedule`.

    >>> s = polynomial(1.0, 0.0, 4)
    >>> [s(t) for t in range(6)]
    [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    """
    span = end_value - init_value

    def from_end(left: Any) -> Any:
        weight = xp.power(left, power)
        return xp.where(weight < 1, end_value - span * weight, init_value)

    if xp.is_known_true(abs(init_value) >= abs(end_value)):
        return None, from_end

    def value(exponent: Any) -> Any:
        near_start, near_end = init_value - span * xp.expm1(exponent), end_value - span * xp.exp(exponent)
        return xp.where(exponent > -LOG_2, near_start, near_end)

    def rise(x: Any) -> Any:
        return value(power * xp.log1p(-x))

    def fall(x: Any) -> Any:
        return xp.where(x > 0, value(power * xp.log(xp.where(x > 0, x, 1.0))), end_value)

    return rise, fall


@schedule(length="steps")
def one_minus_sqrt(xp: Namespace, init_value: Value, end_value: Value, steps: Steps) -> Built:
    """One minus the square root of the elapsed time, from `init_value` to `end_value`: steep first, then flatter.

        s(t) = end_value + (init_value - end_value) * (1 - sqrt(x)),    x = t/steps

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: Haegele et al. 2024, Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations,
    arXiv:2405.18392, section 3 (the best cooldown there).

    >>> s = one_minus_sqrt(1.0, 0.0, 4)
    >>> [round(s(t), 6) for t in range(6)]
    [1.0, 0.5, 0.292893, 0.133975, 0.0, 0.0]
    """
    span = end_value - init_value

    def rise(x: Any) -> Any:
        return init_value + span * xp.sqrt(x)

    def fall(x: Any) -> Any:
        return end_value - span * (x / (1 + xp.sqrt(1 - x)))

    return rise, fall


@schedule(length="steps")
def rex(xp: Namespace, init_value: Value, end_value: Value, steps: Steps) -> Built:
    """The reflected exponential (REX), from `init_value` to `end_value`: flat at first, then ever steeper.

        s(t) = end_value + (init_value - end_value) * (1 - x)/(1 - x/2),    x = t/steps

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: Chen et al. 2021, REX: Revisiting Budgeted Training with an Improved Schedule, arXiv:2107.04197;
    pytorch_optimizer `REXScheduler`.

    >>> s = rex(1.0, 0.0, 4)
    >>> [round(s(t), 6) for t in range(6)]
    [1.0, 0.857143, 0.666667, 0.4, 0.0, 0.0]
    """
    span = end_value - init_value

    def rise(x: Any) -> Any:
        return init_value + span * (x / (2 - x))

    def fall(x: Any) -> Any:
        return end_value - span * (2 * x / (1 + x))

    return rise, fall


@schedule(length="steps")
def exponential(xp: Namespace, init_value: Positive, end_value: Positive, steps: Steps) -> Built:
    """A geometric progression from `init_value` to `end_value`: the same factor at every step.

        s(t) = init_value * (end_value/init_value)**x,    x = t/steps

    The relative error is at most 5 ulp times max(1, |log(end_value/init_value)|/2).

    Args:
        init_value: the value at step 0 (a rate), greater than 0.
        end_value: the value at step `steps` and after (a rate), greater than 0.
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: Smith 2017, Cyclical Learning Rates, arXiv:1506.01186 (its range test); fastai `SchedExp`.

    >>> s = exponential(1e-4, 1.0, 4)
    >>> [round(s(t), 6) for t in range(6)]
    [0.0001, 0.001, 0.01, 0.1, 1.0, 1.0]
    """
    half = xp.log(xp.sqrt(end_value) / xp.sqrt(init_value))  # of the logarithm: the ratio may be too large for a float

    def rise(x: Any) -> Any:
        u = xp.exp(half * x)
        return init_value * u * u

    def fall(x: Any) -> Any:
        u = xp.exp(-half * x)
        return end_value * u * u

    return rise, fall


@schedule(length="steps")
def hold(xp: Namespace, init_value: Value, end_value: Value, steps: Steps) -> Built:
    """`init_value` before step `steps`, then `end_value`: a single jump.

        s(t) = init_value    for t < steps
        s(t) = end_value     for t >= steps

    Args:
        init_value: the value before `steps` (a rate).
        end_value: the value at step `steps` and after (a rate).
        steps: the length (steps), 0 or more; a ramp of 0 steps is at its end.

    Source: torch `ConstantLR(factor, total_iters)`.

    >>> s = hold(0.1, 1.0, 2)
    >>> [s(t) for t in range(4)]
    [0.1, 0.1, 1.0, 1.0]
    """

    def rise(x: Any) -> Any:
        return init_value

    def fall(x: Any) -> Any:
        return xp.where(x > 0, init_value, end_value)

    return rise, fall
