"""Every formula of the vocabulary once more, straight from the papers: exact fractions, or 50 digits.

It shares no code with lrsched and reads nothing of a schedule but its name and its parameters. Steps are integers or
fractions. What is rational stays a fraction; sines, roots and powers are mpmath numbers of 50 digits.
"""

from bisect import bisect_right
from fractions import Fraction
from functools import cache, partial

import mpmath
import numpy as np

mp = mpmath.mp.clone()
mp.dps = 50


def real(x):
    """A number as one of 50 digits; a float is the exact number that it holds."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def exact(x):
    """A float as the fraction that it is; other numbers as they are."""
    return Fraction(x) if isinstance(x, float) else x


def order(choose, *numbers):
    """The `min` or `max` of fractions and numbers of 50 digits."""
    return choose(numbers, key=fraction)


def value(child, t):
    """The true value of a schedule, a callable or a number at step t."""
    t = max(t, 0)
    if hasattr(child, "formula"):
        return FORMULAS[child.formula.name](t, **{name: exact(given) for name, given in child.parameters.items()})
    return exact(child(t) if callable(child) else child)


def values(schedule, steps):
    """The true values as two float64 arrays whose sum has 100 bits, so that errors can be measured in NumPy."""
    true = [real(value(schedule, int(step))) for step in steps]
    high = np.array([float(v) or np.nextafter(0.0, float(mp.sign(v))) for v in true])
    return high, np.array([float(v - h) for v, h in zip(true, high.tolist(), strict=True)])


def fraction(x):
    """A number of 50 digits as the fraction that it is; other numbers as they are."""
    return Fraction(x.man_exp[0]) * Fraction(2) ** x.man_exp[1] * int(mp.sign(x)) if isinstance(x, mp.mpf) else x


def power(x, y):
    """x**y, with 0**y = 0."""
    return real(x) ** (real(y) if isinstance(y, Fraction) else y)


def half_away(x):
    """The nearest integer to x >= 0, half upwards; a float is the number as it is written."""
    return int(x + Fraction(1, 2))


def written(x):
    """A float as the number that stands in the program: its decimal, or, past 12 digits, the simplest fraction."""
    decimal = Fraction(repr(float(x)))
    if len(repr(float(x)).replace(".", "").partition("e")[0].strip("0")) <= 12:
        return decimal
    for denominator in (10**digits for digits in range(1, 9)):
        if float(Fraction(float(x)).limit_denominator(denominator)) == x:
            return Fraction(float(x)).limit_denominator(denominator)
    return decimal


# Ramps: (init_value, end_value, steps), by how much of the way is left.


def way(left):
    """The ramp of which the part left(x) remains at x = t/steps."""

    def ramp(t, init_value, end_value, steps, **shape):
        x = min(Fraction(t) / steps, 1) if steps else 1
        if isinstance(init_value, mp.mpf) or isinstance(end_value, mp.mpf):
            init_value, end_value = real(init_value), real(end_value)
        return end_value + (init_value - end_value) * left(x, **shape)

    return ramp


def exponential(t, init_value, end_value, steps):
    x = min(Fraction(t) / steps, 1) if steps else 1
    return init_value * power(real(end_value) / real(init_value), x)


RAMPS = {
    "linear": way(lambda x: 1 - x),
    "cosine": way(lambda x: (1 + mp.cospi(real(x))) / 2),
    "polynomial": way(lambda x, power=2.0: globals()["power"](1 - x, power)),
    "cosine_power": way(lambda x, power: ((1 + mp.cospi(real(x))) / 2) ** real(power)),
    "rex": way(lambda x: (1 - x) / (1 - x / 2)),
    "one_minus_sqrt": way(lambda x: 1 - mp.sqrt(real(x))),
    "exponential": exponential,
    "hold": way(lambda x: int(x < 1)),
}


def ramp_of(factory):
    """The ramp that a factory such as `lrsched.linear` makes, or a partial one."""
    if hasattr(factory, "given"):
        return partial(RAMPS[factory.factory.formula.name], **dict(factory.given))
    return RAMPS[factory.formula.name]


# Decays.


def times(t, steps, staircase):
    """How often a step holds so many steps; a stair is as long as is written."""
    return Fraction(t) // written(steps) if staircase else Fraction(t) / steps


def exponential_decay(t, init_value, decay_rate, decay_steps, staircase):
    return init_value * power(decay_rate, times(t, decay_steps, staircase))


def inverse_time_decay(t, init_value, decay_rate, decay_steps, staircase):
    return init_value / (1 + decay_rate * times(t, decay_steps, staircase))


def noam(t, d_model, warmup_steps, scale):
    t, width, warmup = real(t), real(d_model), real(warmup_steps)
    return real(scale) / mp.sqrt(width) * min(1 / mp.sqrt(t), t * warmup ** mp.mpf("-1.5")) if t else 0


def exponential_approach(t, init_value, end_value, time_constant):
    return end_value + (init_value - end_value) * mp.exp(-real(Fraction(t) / time_constant))


def radam_warmup(t, beta_2):
    beta, n = real(beta_2), Fraction(t) + 1
    end = 2 / (1 - beta) - 1
    power = beta ** real(n)
    rho = end - 2 * real(n) * power / (1 - power)
    return mp.sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho)) if rho > 4 else 0


DECAYS = {
    "constant": lambda t, value: value,
    "step_decay": lambda t, init_value, decay_rate, decay_steps: exponential_decay(
        t, init_value, decay_rate, decay_steps, True
    ),
    "exponential_decay": exponential_decay,
    "natural_exp_decay": lambda t, init_value, rate: init_value * mp.exp(-real(rate * t)),
    "inverse_time_decay": inverse_time_decay,
    "power_law": lambda t, value, timescale, power: value * max(real(Fraction(t) / timescale), 1) ** real(power),
    "inverse_sqrt": lambda t, init_value, timescale: real(init_value) / mp.sqrt(real(1 + Fraction(t) / timescale)),
    "noam": noam,
    "exponential_approach": exponential_approach,
    "radam_warmup": radam_warmup,
}


# Combinators.


def join(t, schedules, boundaries):
    index = bisect_right(boundaries, t)
    return value(schedules[index], t - (0, *boundaries)[index])


def warmup(t, schedule, steps, init_value, ramp):
    return ramp_of(ramp)(t, init_value, value(schedule, 0), steps) if t < steps else value(schedule, t - steps)


def cooldown(t, schedule, start, steps, end_value, ramp):
    return value(schedule, t) if t < start else ramp_of(ramp)(t - start, value(schedule, start), end_value, steps)


def end(child):
    """The step at which a ramp, a run, or a join of these ends."""
    name, given = child.formula.name, child.parameters
    if name == "join":
        return given["boundaries"][-1] + end(given["schedules"][-1])
    return given["steps"] if name in RAMPS else given["total_steps"]


def extend(t, schedule, start, total_steps):
    return value(
        schedule, t if t < start else start + Fraction(t - start) * (end(schedule) - start) / (total_steps - start)
    )


@cache
def begins(period, multiple, last):
    """Where the cycles up to the step `last` begin, exactly, with the multiple as it is written."""
    found, length = [Fraction(0)], Fraction(period)
    while found[-1] <= last:
        found.append(found[-1] + length)
        length *= written(multiple)
    return found


def cycle(t, period, multiple):
    """The cycle that step t is in, and where it begins."""
    if multiple == 1:
        return int(t // period), int(t // period) * period
    starts = begins(period, float(multiple), 2**53)
    index = bisect_right(starts, t) - 1
    return index, starts[index]


def restart(t, schedule, period, period_mult, value_mult, base_value):
    k, begin = cycle(t, period, period_mult)
    above = value(schedule, (t - begin) / written(period_mult) ** k) - base_value
    return base_value + power(value_mult, k) * above


COMBINATORS = {
    "join": join,
    "warmup": warmup,
    "cooldown": cooldown,
    "extend": extend,
    "restart": restart,
    "scale": lambda t, schedule, factor: factor * value(schedule, t),
    "multiply": lambda t, a, b: value(a, t) * value(b, t),
    "add": lambda t, a, b: value(a, t) + value(b, t),
    "clamp_min": lambda t, schedule, minimum: order(max, value(schedule, t), minimum),
    "clamp_max": lambda t, schedule, maximum: order(min, value(schedule, t), maximum),
    "minimum": lambda t, a, b: order(min, value(a, t), value(b, t)),
    "maximum": lambda t, a, b: order(max, value(a, t), value(b, t)),
    "shift": lambda t, schedule, steps: value(schedule, t + steps),
    "stretch": lambda t, schedule, factor: value(schedule, t / written(factor)),
    "compose": lambda t, schedule, clock: value(schedule, fraction(value(clock, t))),
    "round_to": lambda t, schedule, multiple: (
        multiple * ((fraction(value(schedule, t)) / multiple + Fraction(1, 2)) // 1)
    ),
}


# Whole runs.


def piecewise_constant(t, values, boundaries):
    return exact(values[bisect_right(boundaries, t)])


def piecewise_interpolate(t, values, boundaries, ramp):
    points = (0, *boundaries)
    i = min(bisect_right(points, t), len(boundaries))
    if i == 0:
        return exact(values[0])
    return ramp_of(ramp)(t - points[i - 1], exact(values[i - 1]), exact(values[i]), points[i] - points[i - 1])


def cyclic(t, min_value, max_value, step_size_up, step_size_down, mode, gamma):
    down = step_size_down or step_size_up
    k, local = divmod(t, step_size_up + down)
    triangle = Fraction(local) / step_size_up if local < step_size_up else 1 - Fraction(local - step_size_up) / down
    rate, exponent = {"triangular": (1, 0), "triangular2": (Fraction(1, 2), int(k)), "exp_range": (gamma, t)}[mode]
    return min_value + (max_value - min_value) * triangle * power(rate, exponent)


def one_cycle(t, peak_value, total_steps, pct_start, div_factor, final_div_factor, ramp, three_phase):
    up, first = half_away(written(pct_start) * total_steps), peak_value / div_factor
    last, fall = first / final_div_factor, ramp_of(ramp)
    if t < up:
        return fall(t, first, peak_value, up)
    if not three_phase:
        return fall(t - up, peak_value, last, total_steps - up)
    return fall(t - up, peak_value, first, up) if t < 2 * up else fall(t - 2 * up, first, last, total_steps - 2 * up)


def sgdr(t, init_value, end_value, period, period_mult, value_mult):
    k, begin = cycle(t, period, period_mult)
    x = (t - begin) / (period * written(period_mult) ** k)
    return end_value + (init_value - end_value) * power(value_mult, k) * (1 + mp.cospi(real(x))) / 2


def after_warmup(shape):
    """A line up, then a ramp down to the end of the run."""

    def run(t, peak_value, warmup_steps, total_steps, init_value, end_value, **more):
        if t < warmup_steps:
            return RAMPS["linear"](t, init_value, peak_value, warmup_steps)
        return RAMPS[shape](t - warmup_steps, peak_value, end_value, total_steps - warmup_steps, **more)

    return run


def warmup_inverse_sqrt(t, peak_value, warmup_steps, init_value, timescale):
    if t < warmup_steps:
        return RAMPS["linear"](t, init_value, peak_value, warmup_steps)
    return DECAYS["inverse_sqrt"](t - warmup_steps, peak_value, warmup_steps if timescale is None else timescale)


def wsd(t, peak_value, warmup_steps, total_steps, decay_steps, init_value, end_value, decay):
    if t < warmup_steps:
        return RAMPS["linear"](t, init_value, peak_value, warmup_steps)
    left = t - (total_steps - decay_steps)
    return ramp_of(decay)(left, peak_value, end_value, decay_steps) if left >= 0 else peak_value


RUNS = {
    "piecewise_constant": piecewise_constant,
    "piecewise_interpolate": piecewise_interpolate,
    "cyclic": cyclic,
    "one_cycle": one_cycle,
    "sgdr": sgdr,
    "warmup_constant": lambda t, peak_value, warmup_steps, init_value: RAMPS["linear"](
        t, init_value, peak_value, warmup_steps
    ),
    "warmup_linear": after_warmup("linear"),
    "warmup_cosine": after_warmup("cosine"),
    "warmup_polynomial": after_warmup("polynomial"),
    "warmup_inverse_sqrt": warmup_inverse_sqrt,
    "wsd": wsd,
}


# Tools.


@cache
def batch_sizes(start, end, increment, samples, multiple):
    """The batch size of every update until the samples of the ramp are seen, one update after another."""
    found, seen = [], 0
    while samples and end > start and seen <= samples:
        size = start + increment * int(seen / (samples / ((end - start) // increment)))
        found.append(size - size % multiple)
        seen += found[-1]
    return [*found, end - end % multiple]


def batch_size_ramp(t, start, end, increment, samples, multiple):
    sizes = batch_sizes(*map(int, (start, end, increment, samples, multiple)))
    return sizes[min(int(t), len(sizes) - 1)]


def phases(child):
    """The steps of a warmup, and of the whole run, None where it has no end."""
    name, given = child.formula.name, child.parameters
    if name in ("scale", "clamp_min", "clamp_max", "round_to"):
        return phases(given["schedule"])
    if name == "wsd":
        return given["warmup_steps"], given["total_steps"]
    return given["warmup_steps"], given.get("total_steps")


def known_step(t, more, steps, total, warmup_rule):
    """The step of the known run that step t of a run with `more` samples in an update stands for."""
    longer = half_away(
        {"linear": steps * more, "sqrt": fraction(mp.sqrt(real(steps**2 * more))), "steps": steps}[warmup_rule]
    )
    if t < longer:
        return Fraction(t) * steps / longer
    is_open = total is None or total == steps
    return steps + (t - longer) * (more if is_open else (total - steps) / (total / more - longer))


def scale_schedule(t, schedule, base_batch_size, batch_size, rule, warmup_rule):
    more = Fraction(int(batch_size), int(base_batch_size))
    at = t * more if warmup_rule == "epochs" else known_step(t, more, *phases(schedule), warmup_rule)
    return value(schedule, at) * (more if rule == "linear" else mp.sqrt(real(more)))


TOOLS = {
    "counter": lambda t, start, per_step: start + per_step * t,
    "batch_size_ramp": batch_size_ramp,
    "scale_schedule": scale_schedule,
    "staircase": lambda t, schedule, steps: value(schedule, t // steps),
}

FORMULAS = {**RAMPS, **DECAYS, **COMBINATORS, **RUNS, **TOOLS}
