"""Schedules as functions of the step, where all lengths are whole steps."""
# pyright: basic, reportOptionalMemberAccess=false
# (sources to be written elsewhere, where nothing has a type)

import math

from ...core import numbers as xp
from .float64 import grow

__all__ = ["compose", "elapsed", "one_sided", "ramp", "restart", "shift"]


def ramp(rise, fall, steps):
    """Each half of a ramp from its own end, so that nothing cancels next to it."""

    def value(step):
        left = steps - step
        x = xp.maximum(xp.minimum(step, left), 0) / (steps or 1)
        return xp.where(step < left, rise(x), fall(x))

    return value


def one_sided(fall, steps):
    """A ramp by the part of it that is left."""

    def value(step):
        left = xp.maximum(steps - step, 0) / (steps or 1)
        return fall(xp.where(step > 0, left, xp.minimum(steps, 1)))

    return value


def elapsed(value, length):
    """A function of the time, up to its length."""
    return lambda step: value(xp.minimum(step, length))


def shift(schedule, steps):
    """A schedule that is `steps` ahead; negative steps delay it."""
    return lambda step: schedule(xp.maximum(step + steps, 0))


def compose(schedule, clock):
    """A schedule over what a clock counts."""
    return lambda step: schedule(xp.maximum(clock(step), 0))


def restart(schedule, period, period_mult=1, value_mult=1.0, base_value=0.0):
    """The first `period` steps of a schedule, again and again."""
    if value_mult == 1:
        return lambda step: schedule(step % period)
    return lambda step: damped(schedule(step % period), step // period, value_mult, base_value)


def damped(value, cycle, value_mult, base_value):
    """The value of a cycle, which is `value_mult` times as far from the base as the one before."""
    weight = grow(value_mult, cycle)
    if base_value == 0:
        return weight * value
    lost = -xp.expm1(xp.minimum(cycle * math.log(value_mult), 0))
    return xp.where(weight > 1, base_value + weight * (value - base_value), weight * value + lost * base_value)
