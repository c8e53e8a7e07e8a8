"""What a number can do and an array cannot: look up its piece, and count in fractions of any size."""
# pyright: basic
# (sources to be written elsewhere, where nothing has a type)

from bisect import bisect_right
from fractions import Fraction

from .simple import damped

__all__ = ["exact", "join", "restart", "stairs", "stretch"]


def exact(number):
    """The fraction that a number stands for: 7/3, and not the float next to it."""
    near = Fraction(number).limit_denominator(10**9)
    return near if near == number or float(near) == number else Fraction(number)


def join(schedules, boundaries):
    """One schedule after another; each sees its own step 0."""
    starts = [0, *boundaries]

    def value(step):
        piece = bisect_right(boundaries, step)
        return schedules[piece](step - starts[piece])

    return value


def stairs(length, value):
    """A function of how many times a length has passed."""
    steps = exact(length)
    return lambda step: value(step // steps)


def stretch(schedule, factor):
    """A schedule that takes `factor` times as long."""
    times = exact(factor)
    return lambda step: schedule(Fraction(step) / times)


def restart(schedule, period, period_mult=1, value_mult=1.0, base_value=0.0):
    """The first `period` steps of a schedule again and again, each time `period_mult` times as long as before."""
    above, below = exact(period_mult).as_integer_ratio()

    def value(step):
        step, cycle = Fraction(step), step // period if period_mult == 1 else 0
        begin, length, unit = cycle * period, period, 1  # the times are fractions over a common unit
        while begin + length <= step * unit:
            cycle, begin, length, unit = cycle + 1, (begin + length) * below, length * above, unit * below
        local = (step * unit - begin) * period / length
        if value_mult == 1:
            return schedule(local)
        return damped(schedule(local), cycle, value_mult, base_value)

    return value
