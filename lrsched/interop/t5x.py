"""The factor strings of T5X, as compositions of the vocabulary."""

from functools import partial, reduce
from typing import Annotated, Any

from ..checks import Site, brief, guess, require
from ..core.parameters import Factor, Kind, Offset, Rate, Value, kind_of
from . import vocabulary as lrs
from .arguments import Count, Text, Whole, unrounded
from .calls import translated
from .curves import beyond

CALL = "create_learning_rate_scheduler"
WARMED = ("linear_warmup", "linear_decay", "rsqrt_decay", "rsqrt_normalized_decay")
"""The factors that divide by `warmup_steps`."""
KNOWN = ("constant", *WARMED, "decay_every", "cosine_decay")


def _factors(site: Site, text: Any) -> str:
    for name in _names(kind_of(Text).check(site, text)):
        if name not in KNOWN:
            site.refuse(text, f"has the unknown factor {brief(name)}", guess(name, KNOWN))
    return text


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split("*")]


Factors = Annotated[str, Kind("Factors", "", _factors, leaf=False)]
"""Names of factors, with '*' between them."""
Delay = Annotated[int, Kind("Delay", "steps", unrounded(kind_of(Offset).check))]
"""A whole number of steps of either sign."""


@translated
def create_learning_rate_scheduler(
    factors: Factors = "constant * linear_warmup * rsqrt_decay",
    base_learning_rate: Value = 0.5,
    warmup_steps: Whole = 1_000,
    decay_factor: Factor = 0.5,
    steps_per_decay: Count = 20_000,
    steps_per_cycle: Count = 100_000,
    step_offset: Delay = 0,
    min_learning_rate: Value = 1e-8,
) -> lrs.Schedule:
    """A product of named factors, never less than `min_learning_rate`.

        constant                  base_learning_rate
        linear_warmup             min(1, t/W),    W = warmup_steps
        linear_decay              base_learning_rate * min(t/W, 1 - decay_factor*(t - W))
        rsqrt_decay               1/sqrt(max(t, W))
        rsqrt_normalized_decay    sqrt(W)/sqrt(max(t, W))
        decay_every               decay_factor**floor(t/steps_per_decay)
        cosine_decay              (1 + cos(pi*x))/2,    x = max(0, t - W)/steps_per_cycle, modulo 1

    It is a product of `linear`, `inverse_sqrt`, `step_decay` and a `restart` of `cosine`, delayed by `step_offset`.
    The factors see the step from 0: s(t) is the rate of update t. The cosine has no end; it begins again. The line of
    "linear_decay" falls on for 2**29 steps at least.

    Args:
        factors: names, with "*" between them.
        base_learning_rate: the factor "constant" (a rate).
        warmup_steps: the length of the warmup (steps).
        decay_factor: what "decay_every" multiplies by (1), or the slope of "linear_decay" (1/step).
        steps_per_decay: the length of a stair of "decay_every" (steps).
        steps_per_cycle: the length of a cycle of "cosine_decay" (steps).
        step_offset: the step at which the schedule begins (steps).
        min_learning_rate: the least value (a rate).

    Raises ValueError or TypeError for an unknown factor, a length of no steps that is divided by (T5X gives NaN or
    infinity at step 0), a rate of "decay_every" that is not greater than 0, and a slope that is negative.

    Source: google-research/t5x, `t5x/utils.py`.

    >>> create_learning_rate_scheduler("constant * rsqrt_decay", 1.0, warmup_steps=4)
    clamp_min(scale(shift(inverse_sqrt(0.5, 4), -4), 1.0), 1e-08)
    >>> s = create_learning_rate_scheduler(base_learning_rate=1.0, warmup_steps=4)
    >>> [round(s(t), 3) for t in (0, 1, 3, 4, 5, 16, 100)]
    [0.0, 0.125, 0.375, 0.5, 0.447, 0.25, 0.1]
    """
    names = _names(factors)
    divides = " * ".join(name for name in names if name in WARMED)
    has_time = warmup_steps > 0 or not divides
    require(has_time, CALL, f"warmup_steps=0) must be at least 1 with {divides}; it is divided by.")
    if "decay_every" in names:
        decay_factor = kind_of(Rate).check(Site(CALL, "decay_factor"), decay_factor)
    falls = decay_factor >= 0 or "linear_decay" not in names
    require(falls, CALL, f"decay_factor={decay_factor}) must be at least 0 with linear_decay; the line falls by it.")
    make = partial(_factor, base_learning_rate, warmup_steps, decay_factor, steps_per_decay, steps_per_cycle)
    curves = [make(name) for name in names if name != "constant"]
    product = reduce(lrs.multiply, curves) if curves else lrs.constant(1.0)
    for _ in range(names.count("constant")):
        product = lrs.scale(product, base_learning_rate)
    bounded = lrs.clamp_min(product, min_learning_rate)
    return bounded if step_offset == 0 else lrs.shift(bounded, -step_offset)


def _factor(base: Any, warmup: int, rate: Any, stair: int, cycle: int, name: str) -> lrs.Schedule:
    if name == "linear_warmup":
        return lrs.linear(0.0, 1.0, warmup)
    if name == "linear_decay":
        return lrs.join([lrs.linear(0.0, base, warmup), beyond(lrs.linear, base, base - base * rate, 1)], [warmup])
    if name == "rsqrt_decay":
        return lrs.shift(lrs.inverse_sqrt(warmup**-0.5, warmup), -warmup)
    if name == "rsqrt_normalized_decay":
        return lrs.shift(lrs.inverse_sqrt(1.0, warmup), -warmup)
    if name == "decay_every":
        return lrs.step_decay(1.0, rate, stair)
    return lrs.shift(lrs.restart(lrs.cosine(1.0, 0.0, cycle), cycle), -warmup)
