"""Decays without an end, and the constant. They are defined for every step from 0 on."""

from typing import Any

from ..arrays.namespaces import Namespace
from ..core.curves import Stairs
from ..core.decorators import composition, schedule
from ..core.formula import Built
from ..core.parameters import Duration, Factor, NotNegative, Period, Positive, Rate, Value
from ..core.schedule import Schedule

__all__ = [
    "constant",
    "exponential_approach",
    "exponential_decay",
    "inverse_sqrt",
    "inverse_time_decay",
    "natural_exp_decay",
    "noam",
    "power_law",
    "step_decay",
]

LOG_2 = 0.6931471805599453


@schedule(length=lambda _: 0)
def constant(xp: Namespace, value: Value) -> Built:
    """The same value at every step.

        s(t) = value

    Args:
        value: the value (a rate).

    Source: optax `constant_schedule(value)`.

    >>> constant(0.1)(7)
    0.1
    """
    return lambda t: value


@schedule
def exponential_decay(
    xp: Namespace, init_value: Value, decay_rate: Rate, *, decay_steps: Duration = 1, staircase: bool = False
) -> Built:
    """Exponential decay: a factor `decay_rate` per `decay_steps` steps.

        s(t) = init_value * decay_rate**(t/decay_steps)
        s(t) = init_value * decay_rate**floor(t/decay_steps)    with staircase

    The relative error grows with the exponent: up to 5 ulp per unit of t/decay_steps * ln(decay_rate).

    Args:
        init_value: the value at step 0 (a rate).
        decay_rate: the factor (1), greater than 0; above 1 the value grows, up to the largest float.
        decay_steps: the number of steps per factor (steps), greater than 0.
        staircase: whether the value falls only after every `decay_steps` steps, instead of at every step.

    Source: optax `exponential_decay(init_value, transition_steps, decay_rate, staircase=...)`.

    >>> s = exponential_decay(1.0, 0.5, decay_steps=2)
    >>> [round(s(t), 6) for t in range(5)]
    [1.0, 0.707107, 0.5, 0.353553, 0.25]
    """
    if staircase:
        return Stairs(decay_steps, lambda stair: init_value * xp.grow(decay_rate, stair))
    return lambda t: init_value * xp.grow(decay_rate, t / decay_steps)


@composition
def step_decay(init_value: Value, decay_rate: Rate, decay_steps: Period) -> Schedule:
    """Step decay: the value is multiplied by `decay_rate` after every `decay_steps` steps.

        s(t) = init_value * decay_rate**floor(t/decay_steps)

    The relative error grows with the exponent: up to 5 ulp per unit of t/decay_steps * ln(decay_rate).

    Args:
        init_value: the value at step 0 (a rate).
        decay_rate: the factor (1), greater than 0; above 1 the value grows, up to the largest float.
        decay_steps: the number of steps with the same value (steps), 1 or more.

    Steps are divided as integers, so every drop is at the right step, at any distance.

    Source: torch `StepLR(step_size, gamma)`; He et al. 2016, Deep Residual Learning, arXiv:1512.03385, section 3.4.

    >>> s = step_decay(1.0, 0.1, 30)
    >>> s(29), s(30), s(60)
    (1.0, 0.1, 0.010000000000000002)
    """
    return exponential_decay(init_value, decay_rate, decay_steps=decay_steps, staircase=True)


@schedule
def natural_exp_decay(xp: Namespace, init_value: Value, rate: NotNegative) -> Built:
    """Exponential decay by a factor e per 1/rate steps.

        s(t) = init_value * exp(-rate*t)

    The relative error grows with the exponent: up to 5 ulp per unit of rate*t.

    Args:
        init_value: the value at step 0 (a rate).
        rate: the rate of decay (1/step), 0 or more.

    Source: TensorFlow 1 `tf.train.natural_exp_decay`.

    >>> s = natural_exp_decay(1.0, 0.5)
    >>> [round(s(t), 6) for t in range(3)]
    [1.0, 0.606531, 0.367879]
    """
    return lambda t: init_value * xp.exp(-rate * t)


@schedule
def inverse_time_decay(
    xp: Namespace, init_value: Value, decay_rate: NotNegative, *, decay_steps: Duration = 1, staircase: bool = False
) -> Built:
    """Inverse time decay: the value falls as 1/(1 + k*t).

        s(t) = init_value / (1 + decay_rate*t/decay_steps)
        s(t) = init_value / (1 + decay_rate*floor(t/decay_steps))    with staircase

    Args:
        init_value: the value at step 0 (a rate).
        decay_rate: how much the denominator grows in `decay_steps` steps (1), 0 or more.
        decay_steps: the unit of time (steps), greater than 0.
        staircase: whether the value falls only after every `decay_steps` steps, instead of at every step.

    Source: Keras `InverseTimeDecay(initial_learning_rate, decay_steps, decay_rate, staircase)`.

    >>> s = inverse_time_decay(1.0, 1.0)
    >>> [round(s(t), 6) for t in range(4)]
    [1.0, 0.5, 0.333333, 0.25]
    """
    if staircase:
        return Stairs(decay_steps, lambda stair: init_value / (1 + decay_rate * stair))
    return lambda t: init_value / (1 + decay_rate * (t / decay_steps))


@schedule
def inverse_sqrt(xp: Namespace, init_value: Value, timescale: Duration) -> Built:
    """Inverse square root decay: one over the square root of the time.

        s(t) = init_value / sqrt(1 + t/timescale)

    Args:
        init_value: the value at step 0 (a rate).
        timescale: the step at which the value is init_value/sqrt(2) (steps), greater than 0.

    Source: Zhai et al. 2022, Scaling Vision Transformers, arXiv:2106.04560, section 3.5 ("reciprocal square-root");
    big_vision's `rsqrt`.

    >>> s = inverse_sqrt(1.0, 3)
    >>> s(0), s(9)
    (1.0, 0.5)
    """
    return lambda t: init_value / xp.sqrt(1 + t / timescale)


@schedule
def power_law(xp: Namespace, value: Value, timescale: Duration, power: Factor) -> Built:
    """The same value up to `timescale`, then a power of the time.

        s(t) = value * max(1, t/timescale)**power

    The time is counted from step 0, even after a warmup: `multiply(linear(0.0, 1.0, w), power_law(value, w, power))`
    rises for `w` steps and then follows the power. With a positive `power`, the relative error grows with the exponent:
    up to 5 ulp per unit of power * ln(t/timescale).

    Args:
        value: the value up to step `timescale` (a rate).
        timescale: the step at which the power law begins (steps), greater than 0.
        power: the exponent (1), of either sign; with -0.5 the value falls as one over the square root of the time.

    Source: Shen et al. 2024, Power Scheduler, arXiv:2408.13359; OLMo-core `PowerLR`.

    >>> s = power_law(1.0, 4, -0.5)
    >>> s(0), s(4), s(16)
    (1.0, 1.0, 0.5)
    """

    def fall(t: Any) -> Any:
        return value * xp.power(timescale / xp.maximum(t, timescale), abs(power))

    def rise(t: Any) -> Any:
        return value * xp.exp(power * xp.log(xp.maximum(t / timescale, 1.0)))

    if xp.is_known_true(power < 0):
        return fall
    return rise if xp.is_known_true(power >= 0) else lambda t: xp.where(power < 0, fall(t), rise(t))


@schedule(boundaries=lambda parameters: {parameters["warmup_steps"]})
def noam(xp: Namespace, d_model: Positive, warmup_steps: Period, *, scale: Factor = 1.0) -> Built:
    """The schedule of the first Transformer: a linear warmup, then one over the square root of the step.

        s(t) = scale * d_model**(-1/2) * min(t**(-1/2), t * warmup_steps**(-3/2)),    s(0) = 0

    Args:
        d_model: the width of the model (1), greater than 0.
        warmup_steps: the step of the peak scale/sqrt(d_model*warmup_steps) (steps), 1 or more.
        scale: a factor (1).

    The value at step 0 is 0, where the formula is undefined.

    Source: Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762, equation 3 (t counted from 1 there).

    >>> s = noam(512, 4_000)
    >>> s(0), round(s(4_000), 9)
    (0.0, 0.000698771)
    """
    peak = scale / xp.sqrt(d_model * warmup_steps * 1.0)
    return lambda t: (
        peak * xp.where(t < warmup_steps, t / warmup_steps, xp.sqrt(warmup_steps / xp.maximum(t, warmup_steps)))
    )


@schedule
def exponential_approach(xp: Namespace, init_value: Value, end_value: Value, time_constant: Duration) -> Built:
    """Exponential approach to `end_value`: the distance shrinks by a factor e per `time_constant` steps.

        s(t) = end_value + (init_value - end_value) * exp(-t/time_constant)

    With an `init_value` of 0 it is an exponential warmup. While the distance is larger than `end_value`, the relative
    error grows with the exponent: up to 5 ulp per unit of t/time_constant.

    Args:
        init_value: the value at step 0 (a rate).
        end_value: the value that is approached (a rate).
        time_constant: the number of steps after which 1/e of the distance is left (steps), greater than 0.

    Source: Ma & Yarats 2021, On the adequacy of untuned warmup, arXiv:1910.04209, section 5 (exponential warmup).

    >>> s = exponential_approach(0.0, 1.0, 10)
    >>> [round(s(t), 6) for t in (0, 10, 20)]
    [0.0, 0.632121, 0.864665]
    """
    span = end_value - init_value

    def fall(t: Any) -> Any:
        weight = xp.exp(t / -time_constant)
        return xp.where(weight < 1, end_value - span * weight, init_value)

    if xp.is_known_true(abs(init_value) >= abs(end_value)):
        return fall

    def value(t: Any) -> Any:
        x = t / time_constant
        near = init_value - span * xp.expm1(-xp.minimum(x, LOG_2))
        return xp.where(x < LOG_2, near, end_value - span * xp.exp(-x))

    return value
