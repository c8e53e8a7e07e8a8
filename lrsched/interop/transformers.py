"""The schedules of transformers, `get_scheduler` and the functions behind it, under their own names and arguments.

`s(t)` is the rate after `t` calls of the scheduler's `step()`, so that of update `t`; `base_lr` is the optimizer's
rate. `num_training_steps` includes the warmup. Several of transformers' schedules rise again past it; these hold the
value that they have there, unless `exact_tail=True`.
"""

from functools import partial
from typing import Annotated, Any, Literal, TypedDict, Unpack

from ..checks import require
from ..core.parameters import Duration, Kind, NotNegative, Positive, Power, Value, kind_of
from . import vocabulary as lrs
from .arguments import Whole, known
from .calls import by_name, needed, one_of, room, translated
from .curves import RAMPS, Ramps, in_parts, rational, wave

Cycles = Annotated[float, Kind("Cycles", "1", known(kind_of(Positive).check), leaf=False)]
"""A number of cycles, greater than 0, which need not be whole."""
Shape = Literal["linear", "cosine", "1-sqrt"]


class Tail(TypedDict, total=False):
    """Whether a cosine rises again past the end."""

    exact_tail: bool


class MinLR(Tail, total=False):
    """The same, and its floor."""

    min_lr: NotNegative | None
    min_lr_rate: NotNegative | None


class WarmupLR(MinLR, total=False):
    """The same, and where the warmup begins."""

    warmup_lr_rate: NotNegative | None


# Pieces.


def _decay_steps(call: str, warmup: int, total: int) -> int:
    """The steps after the warmup, 1 where there are none, as transformers counts them."""
    room(call, num_training_steps=total, num_warmup_steps=warmup)
    return max(1, total - warmup)


def _held(warmup: lrs.Schedule, decay: lrs.Schedule, start: int, steps: int, given: MinLR) -> lrs.Schedule:
    """A warmup and a decay, which holds the value that it has after `steps` steps."""
    if given.get("exact_tail"):
        return lrs.join([warmup, decay], [start])
    return lrs.join([warmup, decay, lrs.constant(decay(steps))], [start, start + steps])


def _floor(call: str, base_lr: Any, given: MinLR) -> Any:
    """The floor, which is given as a rate or as a part of the optimizer's."""
    least, part = given.get("min_lr"), given.get("min_lr_rate")
    one_of(call, min_lr=least, min_lr_rate=part)
    return base_lr * part if least is None else least


# The schedules.


@translated
def get_constant_schedule(base_lr: Value) -> lrs.Schedule:
    """The optimizer's rate at every step."""
    return lrs.constant(base_lr)


@translated
def get_constant_schedule_with_warmup(base_lr: Value, num_warmup_steps: Whole) -> lrs.Schedule:
    """A line from 0, then the optimizer's rate: `warmup_constant`."""
    return lrs.warmup_constant(base_lr, num_warmup_steps)


@translated
def get_linear_schedule_with_warmup(base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole) -> lrs.Schedule:
    """A line from 0, then a line to 0: `warmup_linear`."""
    _decay_steps("get_linear_schedule_with_warmup", num_warmup_steps, num_training_steps)
    return lrs.warmup_linear(base_lr, num_warmup_steps, num_training_steps)


@translated
def get_cosine_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, num_cycles: Cycles = 0.5, **tail: Unpack[Tail]
) -> lrs.Schedule:
    """A line from 0, then a cosine of `num_cycles` waves between the optimizer's rate and 0.

    >>> get_cosine_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10, num_training_steps=100)
    warmup_cosine(0.1, 10, 100)
    """
    call, given = "get_cosine_schedule_with_warmup", MinLR(min_lr=0.0, **tail)
    return _cosine(call, base_lr, num_warmup_steps, num_training_steps, num_cycles, given)


@translated
def get_cosine_with_min_lr_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, num_cycles: Cycles = 0.5, **floor: Unpack[MinLR]
) -> lrs.Schedule:
    """A line from 0, then a cosine of `num_cycles` waves between the optimizer's rate and a floor.

    >>> get_cosine_with_min_lr_schedule_with_warmup(
    ...     base_lr=0.1, num_warmup_steps=10, num_training_steps=100, min_lr_rate=0.5
    ... )
    warmup_cosine(0.1, 10, 100, end_value=0.05)
    """
    call = "get_cosine_with_min_lr_schedule_with_warmup"
    return _cosine(call, base_lr, num_warmup_steps, num_training_steps, num_cycles, floor)


def _cosine(call: str, base_lr: Any, warmup: int, total: int, num_cycles: float, given: MinLR) -> lrs.Schedule:
    steps, floor = _decay_steps(call, warmup, total), _floor(call, base_lr, given)
    if num_cycles == 0.5 and not given.get("exact_tail"):
        return lrs.warmup_cosine(base_lr, warmup, warmup + steps, end_value=floor)
    decay = wave(base_lr, floor, steps / (2 * rational(num_cycles)))
    return _held(lrs.linear(0.0, base_lr, warmup), decay, warmup, steps, given)


@translated
def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    base_lr: Value,
    num_warmup_steps: Whole,
    num_training_steps: Whole,
    num_cycles: Cycles = 0.5,
    **floor: Unpack[WarmupLR],
) -> lrs.Schedule:
    """As `get_cosine_with_min_lr_schedule_with_warmup`, one step ahead.

    The warmup begins at `base_lr/num_warmup_steps` (or at `base_lr*warmup_lr_rate`) and is at the peak at its last
    step, the cosine is at the floor at step `num_training_steps - 1`, and one step up again at the next.

    >>> s = get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    ...     base_lr=1.0, num_warmup_steps=4, num_training_steps=12, min_lr=0.1
    ... )
    >>> s(0), s(3), s(11)
    (0.25, 1.0, 0.1)
    """
    call, part = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate", floor.get("warmup_lr_rate")
    steps, least = _decay_steps(call, num_warmup_steps, num_training_steps), _floor(call, base_lr, floor)
    first = base_lr / max(1, num_warmup_steps) if part is None else base_lr * part
    warmup = lrs.linear(first, base_lr if num_warmup_steps > 1 else first, max(0, num_warmup_steps - 1))
    decay = lrs.shift(wave(base_lr, least, steps / (2 * rational(num_cycles))), 1)
    return _held(warmup, decay, num_warmup_steps, steps, floor)


@translated
def get_cosine_with_hard_restarts_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, num_cycles: Cycles = 1
) -> lrs.Schedule:
    """A line from 0, then `num_cycles` cosines to 0, one after the other; 0 from `num_training_steps` on.

    A cycle begins where it should, by a count in integers; transformers' own may begin a step late where the float
    `num_cycles*progress` is rounded down.

    >>> get_cosine_with_hard_restarts_schedule_with_warmup(
    ...     base_lr=0.1, num_warmup_steps=10, num_training_steps=100, num_cycles=2
    ... )
    join([linear(0.0, 0.1, 10), restart(cosine(0.1, 0.0, 45), 45), constant(0.0)], [10, 100])
    """
    call, rise = "get_cosine_with_hard_restarts_schedule_with_warmup", num_warmup_steps
    steps = _decay_steps(call, rise, num_training_steps)
    if num_cycles == 1:
        return lrs.warmup_cosine(base_lr, rise, rise + steps)
    cycle = steps / rational(num_cycles)
    cycles = in_parts(lrs.restart(lrs.cosine(base_lr, 0.0, cycle.numerator), cycle.numerator), cycle.denominator)
    return lrs.join([lrs.linear(0.0, base_lr, rise), cycles, lrs.constant(0.0)], [rise, rise + steps])


@translated
def get_polynomial_decay_schedule_with_warmup(
    base_lr: Value, num_warmup_steps: Whole, num_training_steps: Whole, lr_end: Value = 1e-7, power: Power = 1.0
) -> lrs.Schedule:
    """A line from 0, then a power of the time that is left, to `lr_end`, which is below the optimizer's rate.

    >>> get_polynomial_decay_schedule_with_warmup(base_lr=0.1, num_warmup_steps=10, num_training_steps=100, lr_end=0.0)
    warmup_polynomial(0.1, 10, 100, power=1.0)
    """
    call = "get_polynomial_decay_schedule_with_warmup"
    require(lr_end < base_lr, call, f"lr_end={lr_end}) must be less than base_lr={base_lr}; it is what is fallen to.")
    _decay_steps(call, num_warmup_steps, num_training_steps)
    return lrs.warmup_polynomial(base_lr, num_warmup_steps, num_training_steps, end_value=lr_end, power=power)


@translated
def get_inverse_sqrt_schedule(
    base_lr: Value, num_warmup_steps: Whole, timescale: Duration | None = None
) -> lrs.Schedule:
    """A line from 0, then one over the square root of the time; `timescale` is the warmup, or 10 000 without one.

    >>> get_inverse_sqrt_schedule(base_lr=0.1, num_warmup_steps=10)
    warmup_inverse_sqrt(0.1, 10)
    """
    unwarmed = timescale is None and num_warmup_steps == 0
    return lrs.warmup_inverse_sqrt(base_lr, num_warmup_steps, timescale=10_000 if unwarmed else timescale)


WARMUPS: Ramps = {**RAMPS, "1-sqrt": partial(lrs.polynomial, power=0.5)}
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
    min_lr_ratio: NotNegative = 0.0,
    num_cycles: Cycles = 0.5,
) -> lrs.Schedule:
    """Up from `base_lr*min_lr_ratio`, the optimizer's rate for a while, and down to `base_lr*min_lr_ratio`.

    It raises for `num_cycles` other than 0.5, with which the rate jumps at the end of the run, too.

    >>> get_wsd_schedule(base_lr=0.1, num_warmup_steps=10, num_decay_steps=20, num_training_steps=100)
    wsd(0.1, 10, 100, 20, decay=cosine)
    """
    call, rise, fall, total = "get_wsd_schedule", num_warmup_steps, num_decay_steps, num_training_steps
    require(num_cycles == 0.5, call, f"num_cycles={num_cycles}) must be 0.5; others end the run with a jump.")
    if num_stable_steps is None:
        needed(call, "or give num_stable_steps", num_training_steps=total)
        room(call, num_training_steps=total, warmup_and_decay=rise + fall)
    end: Any = total if num_stable_steps is None else rise + num_stable_steps + fall
    is_sum = total in (None, end)
    require(is_sum, call, f"num_training_steps={total}) must be {end}, the sum of the three phases; leave it out.")
    floor, ramp = base_lr * min_lr_ratio, RAMPS[decay_type]
    if warmup_type == "linear":
        return lrs.wsd(base_lr, rise, end, fall, init_value=floor, end_value=floor, decay=ramp)
    plateau = lrs.cooldown(lrs.constant(base_lr), end - rise - fall, fall, end_value=floor, ramp=ramp)
    return lrs.join([WARMUPS[warmup_type](floor, base_lr, rise), plateau], [rise])


FUNCTIONS: Ramps = {
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
) -> lrs.Schedule:
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
    options = scheduler_specific_kwargs
    options |= options.pop("scheduler_specific_kwargs", None) or {}
    steps = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    return by_name(FUNCTIONS, name, base_lr, {**steps, "exact_tail": exact_tail}, options)


LAMBDAS: Ramps = {
    **{f"_{made.__name__}{end}": made for made in FUNCTIONS.values() for end in ("_lambda", "_lr_lambda")},
    "_get_constant_lambda": get_constant_schedule,
    "_get_cosine_schedule_with_warmup_lr_lambda": partial(get_cosine_with_min_lr_schedule_with_warmup, min_lr_rate=0.0),
    "_get_wsd_scheduler_lambda": get_wsd_schedule,
}
"""What transformers' own functions are called."""


def from_lambda(function: Any, base_lr: float) -> lrs.Schedule | None:
    """The schedule behind a function that transformers gives to torch's `LambdaLR`, or None for another function."""
    inner = getattr(function, "func", function)
    if getattr(inner, "__module__", None) != "transformers.optimization" or inner.__name__ not in LAMBDAS:
        return None
    arguments: dict[str, Any] = dict(getattr(function, "keywords", {}))
    rate = arguments.pop("lr_init", base_lr)
    made = LAMBDAS[inner.__name__](rate, **arguments)
    return made if rate == base_lr else lrs.scale(made, base_lr / rate)
