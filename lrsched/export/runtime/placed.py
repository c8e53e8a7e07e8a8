"""Schedules that are stretched, or cycles of a restart, for arrays of steps.

A time is steps, and of a schedule its begin, how much longer it is, and its end, exactly: step `begin + own*longer` is
time `own` of its own.
"""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

import math
from fractions import Fraction

from ...core import numbers as xp
from ...core.stairs import count_length
from .scalars import exact
from .simple import damped

__all__ = ["elapsed", "join", "one_sided", "ramp", "restart", "shift", "stairs", "stretch"]


def placed(time):
    """Steps, and where a schedule begins, how much longer it is, and where it ends; of steps alone, the whole run."""
    if isinstance(time, tuple):
        return time
    step = xp.enter(time)
    return step, 0, 1, xp.horizon(step)


def apart(time, own, sign=1):
    """The steps since an own time, or until it: a part of a step is added last, and keeps its digits."""
    step, begin, longer, _ = placed(time)
    point = -sign * (begin + own * longer)
    whole = min(max(math.floor(point), -xp.last), xp.last)
    return xp.plus(sign * step, whole) + float(point - whole)


def ramp(rise, fall, steps):
    """Each half of a ramp from its own end, so that nothing cancels next to it."""

    def value(time):
        done, left, (_, _, longer, _) = apart(time, 0), apart(time, steps, -1), placed(time)
        x = xp.maximum(xp.minimum(done, left), 0) / (float(steps * longer) or 1)
        return xp.where(done < left, rise(x), fall(x))

    return value


def one_sided(fall, steps):
    """A ramp by the part of it that is left."""

    def value(time):
        done, left, (_, _, longer, _) = apart(time, 0), apart(time, steps, -1), placed(time)
        x = xp.maximum(left, 0) / (float(steps * longer) or 1)
        return fall(xp.where(done > 0, x, min(steps, 1)))

    return value


def elapsed(value, length=None):
    """A function of the time, up to its length."""

    def at(time):
        own = xp.maximum(apart(time, 0), 0) / float(placed(time)[2])
        return value(own if length is None else xp.minimum(own, length))

    return at


def stairs(steps, value):
    """A function of how many times a number of steps has passed."""

    def at(time):
        step, begin, longer, _ = placed(time)
        length, first = exact(steps) * longer, math.ceil(begin)
        since = xp.maximum(xp.plus(step, -first), 0)
        if not xp.is_whole(step):
            return value(xp.floor((since + float(first - begin)) / float(length)))
        count = count_length(length, Fraction(first - begin), xp.last, xp.widest)
        return value(xp.where(step < first, 0, count(xp.counted(since))))

    return at


def join(schedules, boundaries):
    """One schedule after another; each sees its own step 0."""

    def value(time):
        step, begin, longer, end = placed(time)
        result = schedules[0](time)
        for start, schedule in zip(boundaries, schedules[1:], strict=True):
            first = begin + start * longer
            if first < end:
                result = xp.where(step >= xp.edge(first, step), schedule((step, first, longer, end)), result)
        return result

    return value


def shift(schedule, steps):
    """A schedule that is `steps` ahead; negative steps delay it."""

    def value(time):
        step, begin, longer, end = placed(time)
        ahead = schedule((step, begin - steps * longer, longer, end))
        return ahead if steps < 0 else xp.where(apart(time, 0) < 0, schedule(steps), ahead)

    return value


def stretch(schedule, factor):
    """A schedule that takes `factor` times as long."""

    def value(time):
        step, begin, longer, end = placed(time)
        return schedule((step, begin, longer * exact(factor), end))

    return value


def restart(schedule, period, period_mult=1, value_mult=1.0, base_value=0.0):
    """The first `period` steps of a schedule again and again, each time `period_mult` times as long as before."""

    def value(time):
        step, begin, longer, end = placed(time)
        if period_mult == 1 and end - begin > 30 * period * longer:
            return equal_cycles(time)
        result, cycle = schedule(time), 0
        while begin + period * longer < end:
            begin, longer, cycle = begin + period * longer, longer * exact(period_mult), cycle + 1
            here = schedule((step, begin, longer, end))
            if value_mult != 1:
                here = damped(here, cycle, value_mult, base_value)
            result = xp.where(step >= xp.edge(begin, step), here, result)
        return result

    def equal_cycles(time):
        step, begin, longer, _ = placed(time)
        length, first = Fraction(period * longer), math.ceil(begin)
        since, late = xp.plus(step, -first), first - begin
        parts = math.lcm(length.denominator, Fraction(late).denominator)  # of a step: of these, all is a whole number
        whole = int(length * parts)
        local = (since % whole * parts + int(late * parts)) % whole
        result = schedule((xp.where(since < 0, since * parts, local), 0, longer * parts, whole))
        number = xp.maximum(xp.floor((since + float(late)) / float(length)), 0)
        return result if value_mult == 1 else damped(result, number, value_mult, base_value)

    return value
