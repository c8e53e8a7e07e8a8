"""The schedules of transformers, `get_scheduler` and the functions behind it, under their own names and arguments.

`s(t)` is the rate after `t` calls of the scheduler's `step()`, so that of update `t`; `base_lr` is the optimizer's
rate. `num_training_steps` includes the warmup. Several of transformers' schedules rise again past it; these hold the
value that they have there, unless `exact_tail=True`.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal

from ..combinators.arithmetic import scale
from ..combinators.join import join
from ..combinators.phases import cooldown
from ..combinators.restart import restart
from ..combinators.time import shift
from ..core.checks import Site, guess, real, require
from ..core.parameters import Duration, Kind, Positive, Power, Value, kind_of
from ..core.schedule import Schedule
from ..runs.warmups import (
    warmup_constant,
    warmup_cosine,
    warmup_inverse_sqrt,
    warmup_linear,
    warmup_polynomial,
    wsd,
)
from ..schedules.decays import constant
from ..schedules.ramps import cosine, linear, one_minus_sqrt, polynomial
from .arguments import Whole, known, translated
from .curves import in_parts, rational, wave

__all__ = [
    "from_lambda",
    "get_constant_schedule",
    "get_constant_schedule_with_warmup",
    "get_cosine_schedule_with_warmup",
    "get_cosine_with_hard_restarts_schedule_with_warmup",
    "get_cosine_with_min_lr_schedule_with_warmup",
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    "get_inverse_sqrt_schedule",
    "get_linear_schedule_with_warmup",
    "get_polynomial_decay_schedule_with_warmup",
    "get_scheduler",
    "get_wsd_schedule",
]

AT_LEAST_0 = real("must be at least 0", lambda value: value >= 0, "a rate is not negative")

Cycles = Annotated[float, Kind("Cycles", "1", known(kind_of(Positive).check), leaf=False)]
"""A number of cycles, greater than 0, which need not be whole."""
Floor = Annotated[float, Kind("Floor", "rate", AT_LEAST_0)]
"""A floor, 0 or more: a rate, or a part of one."""
Shape = Literal["linear", "cosine", "1-sqrt"]


# Pieces.


def _decay_steps(call: str, num_warmup_steps: int, num_training_steps: int) -> int:
    """The steps after the warmup, 1 where there are none, as transformers counts them."""
    require(
        num_training_steps >= num_warmup_steps,
        call,
        f"num_training_steps={num_training_steps}) must be at least num_warmup_steps={num_warmup_steps}; it includes "
        "the warmup.",
    )
    return max(1, num_training_steps - num_warmup_steps)


def _waves(high: Any, low: Any, steps: int, num_cycles: float) -> Schedule:
    """A cosine of `num_cycles` whole waves in `steps` steps, which goes on."""
    return wave(high, low, steps / (2 * rational(num_cycles)))


def _held(warmup: Schedule, decay: Schedule, start: int, steps: int, exact_tail: bool) -> Schedule:
    """A warmup and a decay, which holds the value that it has after `steps` steps."""
    if exact_tail:
        return join([warmup, decay], [start])
    return join([warmup, decay, constant(decay(steps))], [start, start + steps])


def _floor(call: str, base_lr: Any, min_lr: Any, min_lr_rate: Any) -> Any:
    """The floor, which is given as a rate or as a part of the optimizer's."""
    require(
        (min_lr is None) != (min_lr_rate is None),
        call,
        f"min_lr={min_lr}, min_lr_rate={min_lr_rate}) must be given one of the two; min_lr is a rate, min_lr_rate a "
        "part of base_lr.",
    )
    return base_lr * min_lr_rate if min_lr is None else min_lr


# The schedules.


@translated
def get_constant_schedule(base_lr: Value) -> Schedule:
    """The optimizer's rate at every step.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_constant_schedule(base_lr=0.1)
    constant(0.1)
    """
    return constant(base_lr)


@translated
def get_constant_schedule_with_warmup(base_lr: Value, num_warmup_steps: Whole) -> Schedule:
    """A line from 0, then the optimizer's rate.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_constant_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10)
    warmup_constant(0.1, 10)
    """
    return warmup_constant(base_lr, num_warmup_steps)


@translated
def get_linear_schedule_with_warmup(base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole) -> Schedule:
    """A line from 0, then a line to 0.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_linear_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10, num_training_steps=100)
    warmup_linear(0.1, 10, 100)
    """
    _decay_steps("get_linear_schedule_with_warmup", num_warmup_steps, num_training_steps)
    return warmup_linear(base_lr, num_warmup_steps, num_training_steps)


def _cosine(
    call: str, base_lr: Any, floor: Any, warmup_steps: int, training_steps: int, num_cycles: float, exact_tail: bool
) -> Schedule:
    steps = _decay_steps(call, warmup_steps, training_steps)
    if num_cycles == 0.5 and not exact_tail:
        return warmup_cosine(base_lr, warmup_steps, warmup_steps + steps, end_value=floor)
    warmup, decay = linear(0.0, base_lr, warmup_steps), _waves(base_lr, floor, steps, num_cycles)
    return _held(warmup, decay, warmup_steps, steps, exact_tail)


@translated
def get_cosine_schedule_with_warmup(
    base_lr: Value,
    num_warmup_steps: Whole,
    num_training_steps: Whole,
    num_cycles: Cycles = 0.5,
    *,
    exact_tail: bool = False,
) -> Schedule:
    """A line from 0, then a cosine of `num_cycles` waves between the optimizer's rate and 0.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_cosine_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10, num_training_steps=100)
    warmup_cosine(0.1, 10, 100)
    """
    call = "get_cosine_schedule_with_warmup"
    return _cosine(call, base_lr, 0.0, num_warmup_steps, num_training_steps, num_cycles, exact_tail)


@translated
def get_cosine_with_min_lr_schedule_with_warmup(
    base_lr: Value,
    num_warmup_steps: Whole,
    num_training_steps: Whole,
    num_cycles: Cycles = 0.5,
    min_lr: Floor | None = None,
    min_lr_rate: Floor | None = None,
    *,
    exact_tail: bool = False,
) -> Schedule:
    """A line from 0, then a cosine of `num_cycles` waves between the optimizer's rate and a floor.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_cosine_with_min_lr_schedule_with_warmup(
    ...     base_lr=0.1, num_warmup_steps=10, num_training_steps=100, min_lr_rate=0.5
    ... )
    warmup_cosine(0.1, 10, 100, end_value=0.05)
    """
    call = "get_cosine_with_min_lr_schedule_with_warmup"
    floor = _floor(call, base_lr, min_lr, min_lr_rate)
    return _cosine(call, base_lr, floor, num_warmup_steps, num_training_steps, num_cycles, exact_tail)


@translated
def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    base_lr: Value,
    num_warmup_steps: Whole,
    num_training_steps: Whole,
    num_cycles: Cycles = 0.5,
    min_lr: Floor | None = None,
    min_lr_rate: Floor | None = None,
    warmup_lr_rate: Floor | None = None,
    *,
    exact_tail: bool = False,
) -> Schedule:
    """As `get_cosine_with_min_lr_schedule_with_warmup`, one step ahead.

    The warmup begins at `base_lr/num_warmup_steps` (or at `base_lr*warmup_lr_rate`) and is at the peak at its last
    step, the cosine is at the floor at step `num_training_steps - 1`, and one step up again at the next.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> s = get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    ...     base_lr=1.0, num_warmup_steps=4, num_training_steps=12, min_lr=0.1
    ... )
    >>> s(0), s(3), s(11)
    (0.25, 1.0, 0.1)
    """
    call = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
    floor = _floor(call, base_lr, min_lr, min_lr_rate)
    steps = _decay_steps(call, num_warmup_steps, num_training_steps)
    first = base_lr / max(1, num_warmup_steps) if warmup_lr_rate is None else base_lr * warmup_lr_rate
    last = base_lr if num_warmup_steps > 1 else first
    warmup = linear(first, last, max(0, num_warmup_steps - 1))
    decay = shift(_waves(base_lr, floor, steps, num_cycles), 1)
    return _held(warmup, decay, num_warmup_steps, steps, exact_tail)


@translated
def get_cosine_with_hard_restarts_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, num_cycles: Cycles = 1
) -> Schedule:
    """A line from 0, then `num_cycles` cosines to 0, one after the other; 0 from `num_training_steps` on.

    A cycle begins where it should, by a count in integers; transformers' own may begin a step late where the float
    `num_cycles*progress` is rounded down.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_cosine_with_hard_restarts_schedule_with_warmup(
    ...     base_lr=0.1, num_warmup_steps=10, num_training_steps=100, num_cycles=2
    ... )
    join([linear(0.0, 0.1, 10), restart(cosine(0.1, 0.0, 45), 45), constant(0.0)], [10, 100])
    """
    call = "get_cosine_with_hard_restarts_schedule_with_warmup"
    steps = _decay_steps(call, num_warmup_steps, num_training_steps)
    if num_cycles == 1:
        return warmup_cosine(base_lr, num_warmup_steps, num_warmup_steps + steps)
    cycle = steps / rational(num_cycles)
    cycles = in_parts(restart(cosine(base_lr, 0.0, cycle.numerator), cycle.numerator), cycle.denominator)
    end = num_warmup_steps + steps
    return join([linear(0.0, base_lr, num_warmup_steps), cycles, constant(0.0)], [num_warmup_steps, end])


@translated
def get_polynomial_decay_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, lr_end: Value = 1e-7, power: Power = 1.0
) -> Schedule:
    """A line from 0, then a power of the time that is left, to `lr_end`, which is below the optimizer's rate.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_polynomial_decay_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10, num_training_steps=100, lr_end=0.0)
    warmup_polynomial(0.1, 10, 100, power=1.0)
    """
    call = "get_polynomial_decay_schedule_with_warmup"
    require(lr_end < base_lr, call, f"lr_end={lr_end}) must be less than base_lr={base_lr}; it is what is fallen to.")
    _decay_steps(call, num_warmup_steps, num_training_steps)
    return warmup_polynomial(base_lr, num_warmup_steps, num_training_steps, end_value=lr_end, power=power)


@translated
def get_inverse_sqrt_schedule(base_lr: Value, num_warmup_steps: Whole, timescale: Duration | None = None) -> Schedule:
    """A line from 0, then one over the square root of the time; `timescale` is the warmup, or 10 000 without one.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_inverse_sqrt_schedule(base_lr=0.1, num_warmup_steps=10)
    warmup_inverse_sqrt(0.1, 10)
    """
    if timescale is None and num_warmup_steps == 0:
        timescale = 10_000
    return warmup_inverse_sqrt(base_lr, num_warmup_steps, timescale=timescale)


RAMPS: dict[str, Callable[..., Schedule]] = {"linear": linear, "cosine": cosine, "1-sqrt": one_minus_sqrt}
WARMUPS = {**RAMPS, "1-sqrt": functools.partial(polynomial, power=0.5)}
"""The shapes; that of a warmup is the one of a decay run backwards."""


@translated
def get_wsd_schedule(
    base_lr: Value,
    num_warmup_steps: Whole,
    num_decay_steps: Whole,
    num_training_steps: Whole | None = None,
    num_stable_steps: Whole | None = None,
    warmup_type: Shape = "linear",
    decay_type: Shape = "cosine",
    min_lr_ratio: Floor = 0.0,
    num_cycles: Cycles = 0.5,
) -> Schedule:
    """Up from `base_lr*min_lr_ratio`, the optimizer's rate for a while, and down to `base_lr*min_lr_ratio`.

    The arguments and errors are those of `get_scheduler`. Source: transformers, by the same name.

    >>> get_wsd_schedule(base_lr=0.1, num_warmup_steps=10, num_decay_steps=20, num_training_steps=100)
    wsd(0.1, 10, 100, 20, decay=cosine)
    """
    stable = _stable_steps(num_warmup_steps, num_decay_steps, num_training_steps, num_stable_steps)
    floor = base_lr * min_lr_ratio
    if decay_type == "cosine" and num_cycles != 0.5:
        waves = _waves(base_lr, floor, max(1, num_decay_steps), num_cycles)
        plateau = join([constant(base_lr), join([waves, constant(floor)], [num_decay_steps])], [stable])
    elif warmup_type == "linear":
        return wsd(
            base_lr,
            num_warmup_steps,
            num_warmup_steps + stable + num_decay_steps,
            num_decay_steps,
            init_value=floor,
            end_value=floor,
            decay=RAMPS[decay_type],
        )
    else:
        plateau = cooldown(constant(base_lr), stable, num_decay_steps, end_value=floor, ramp=RAMPS[decay_type])
    return join([WARMUPS[warmup_type](floor, base_lr, num_warmup_steps), plateau], [num_warmup_steps])


def _stable_steps(warmup: int, decay: int, total: int | None, stable: int | None) -> int:
    call = "get_wsd_schedule"
    if stable is None:
        if total is None:
            Site(call, "num_training_steps").refuse(None, "must be given", "or give num_stable_steps")
        stable = total - warmup - decay
        require(
            stable >= 0,
            call,
            f"num_training_steps={total}) must be at least {warmup + decay}, the warmup and the decay; it "
            "includes both.",
        )
    require(
        total is None or total == warmup + stable + decay,
        call,
        f"num_training_steps={total}) must be {warmup + stable + decay}, the sum of the three phases; leave it out.",
    )
    return stable


FUNCTIONS: dict[str, Callable[..., Schedule]] = {
    "constant": get_constant_schedule,
    "constant_with_warmup": get_constant_schedule_with_warmup,
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "cosine_with_restarts": get_cosine_with_hard_restarts_schedule_with_warmup,
    "polynomial": get_polynomial_decay_schedule_with_warmup,
    "inverse_sqrt": get_inverse_sqrt_schedule,
    "cosine_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "warmup_stable_decay": get_wsd_schedule,
}


def get_scheduler(
    name: str,
    base_lr: Value,
    num_warmup_steps: int | None = None,
    num_training_steps: int | None = None,
    exact_tail: bool = False,
    **scheduler_specific_kwargs: Any,
) -> Schedule:
    """The schedule of a name of `SchedulerType`, which is that of `lr_scheduler_type` in `TrainingArguments`.

    Past `num_training_steps` the cosines of transformers ("cosine", "cosine_with_min_lr", "cosine_warmup_with_min_lr")
    rise again; these hold the value that they have there, the floor for half a wave. The others hold theirs, or have no
    end, as transformers' do.

    Args:
        name: "constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts", "polynomial",
            "inverse_sqrt", "cosine_with_min_lr", "cosine_warmup_with_min_lr" or "warmup_stable_decay".
        base_lr: the optimizer's rate.
        num_warmup_steps: the length of the warmup (steps), a whole number; all but "constant" need it.
        num_training_steps: the length of the whole (steps), warmup included, for those that have an end.
        exact_tail: whether to rise again as transformers does.
        **scheduler_specific_kwargs: what the name takes besides, also as one dict of that name, as transformers has it:

            - `num_cycles`: the waves of a cosine, where 0.5 is a fall, or the number of restarts (1), greater than 0;
            - `lr_end`, `power`: the end of "polynomial" (a rate) and its exponent (1), greater than 0;
            - `timescale`: how slowly "inverse_sqrt" falls (steps), the warmup unless given, 10 000 without one;
            - `min_lr` or `min_lr_rate`: the floor, as a rate or as a part of `base_lr`, 0 or more;
            - `warmup_lr_rate`: where the warmup of "cosine_warmup_with_min_lr" begins, as a part of `base_lr`;
            - `num_decay_steps`, `num_stable_steps`: the phases of "warmup_stable_decay" (steps); the second or
              `num_training_steps` may be left out;
            - `warmup_type`, `decay_type`: their shapes, "linear", "cosine" or "1-sqrt";
            - `min_lr_ratio`: where both begin and end, as a part of `base_lr`, 0 or more.

    Raises ValueError or TypeError for a name that follows a metric ("reduce_lr_on_plateau", "greedy"), an argument that
    is missing or that the name does not take, a length that is negative or not whole, and a whole that is shorter than
    its phases. Source: transformers `get_scheduler`.

    >>> get_scheduler("cosine", base_lr=0.1, num_warmup_steps=10, num_training_steps=100)
    warmup_cosine(0.1, 10, 100)
    >>> get_scheduler("inverse_sqrt", base_lr=0.1, num_warmup_steps=10, timescale=500)
    warmup_inverse_sqrt(0.1, 10, timescale=500)
    """
    scheduler_specific_kwargs |= scheduler_specific_kwargs.pop("scheduler_specific_kwargs", None) or {}
    name = str(getattr(name, "value", name))
    if name in ("reduce_lr_on_plateau", "greedy"):
        Site("get_scheduler", "name").refuse(name, "must be a function of the step", "no schedule knows the metric")
    if name not in FUNCTIONS:
        Site("get_scheduler", "name").refuse(name, "must be the name of a schedule", guess(name, FUNCTIONS))
    function = FUNCTIONS[name]
    taken = inspect.signature(function).parameters
    given = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    for key, value in given.items():
        if key in taken and value is None and taken[key].default is inspect.Parameter.empty:
            Site("get_scheduler", key).refuse(None, f"must be given for {name!r}", "count it in steps")
    given = {key: value for key, value in given.items() if key in taken}
    if "exact_tail" in taken:
        given["exact_tail"] = exact_tail
    return function(base_lr, **given, **scheduler_specific_kwargs)


LAMBDAS: dict[str, Callable[..., Schedule]] = {
    "_get_constant_lambda": get_constant_schedule,
    "_get_constant_schedule_with_warmup_lr_lambda": get_constant_schedule_with_warmup,
    "_get_linear_schedule_with_warmup_lr_lambda": get_linear_schedule_with_warmup,
    "_get_cosine_schedule_with_warmup_lr_lambda": functools.partial(
        get_cosine_with_min_lr_schedule_with_warmup, min_lr_rate=0.0
    ),
    "_get_cosine_with_hard_restarts_schedule_with_warmup_lr_lambda": get_cosine_with_hard_restarts_schedule_with_warmup,
    "_get_polynomial_decay_schedule_with_warmup_lr_lambda": get_polynomial_decay_schedule_with_warmup,
    "_get_inverse_sqrt_schedule_lr_lambda": get_inverse_sqrt_schedule,
    "_get_cosine_with_min_lr_schedule_with_warmup_lr_rate_lambda": get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "_get_wsd_scheduler_lambda": get_wsd_schedule,
}


def from_lambda(function: Any, base_lr: float) -> Schedule | None:
    """The schedule behind a function that transformers gives to torch's `LambdaLR`, or None for another function."""
    inner = getattr(function, "func", function)
    if getattr(inner, "__module__", None) != "transformers.optimization" or inner.__name__ not in LAMBDAS:
        return None
    arguments: dict[str, Any] = dict(getattr(function, "keywords", {}))
    rate = arguments.pop("lr_init", base_lr)
    made = LAMBDAS[inner.__name__](rate, **arguments)
    return made if rate == base_lr else scale(made, base_lr / rate)
