"""Whole runs that begin with a warmup. `total_steps` includes it."""

from typing import Any

from ..arrays.libraries import is_number
from ..checks import require
from ..combinators.join import join
from ..combinators.phases import cooldown, warmup
from ..core.decorators import composition
from ..core.parameters import Duration, Power, Ramp, Steps, Value
from ..core.schedule import Schedule
from ..schedules.decays import constant, inverse_sqrt
from ..schedules.ramps import cosine, linear, polynomial
from ..text.config import earlier_args

__all__ = ["warmup_constant", "warmup_cosine", "warmup_inverse_sqrt", "warmup_linear", "warmup_polynomial", "wsd"]


def _decay_steps(call: str, warmup_steps: Steps, total_steps: Steps) -> Steps:
    """The steps after the warmup."""
    require(
        total_steps >= warmup_steps,
        call,
        f"total_steps={total_steps}) must be at least warmup_steps={warmup_steps}; total_steps includes the warmup.",
    )
    return total_steps - warmup_steps


def _warmed(peak_value: Value, warmup_steps: Steps, init_value: Value, decay: Schedule) -> Schedule:
    """A line to the peak, then the decay: `warmup(decay, ...)`, but also correct for a decay of 0 steps."""
    return join([linear(init_value, peak_value, warmup_steps), decay], [warmup_steps])


@composition
def warmup_constant(peak_value: Value, warmup_steps: Steps, *, init_value: Value = 0.0) -> Schedule:
    """Linear warmup, then the constant peak.

        s(t) = init_value + (peak_value - init_value) * t/warmup_steps    for t < warmup_steps
        s(t) = peak_value                                                 for t >= warmup_steps

    It is `warmup(constant(peak_value), warmup_steps, init_value=init_value)`.

    Args:
        peak_value: the value at step `warmup_steps` and after (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        init_value: the value at step 0 (a rate).

    Source: optax `warmup_constant_schedule(init_value, peak_value, warmup_steps)`.

    >>> [warmup_constant(1.0, 2)(t) for t in range(4)]
    [0.0, 0.5, 1.0, 1.0]
    """
    return warmup(constant(peak_value), warmup_steps, init_value=init_value)


@composition
def warmup_linear(
    peak_value: Value, warmup_steps: Steps, total_steps: Steps, *, init_value: Value = 0.0, end_value: Value = 0.0
) -> Schedule:
    """Linear warmup, then linear decay to `end_value`.

    It is `warmup(decay, warmup_steps, init_value=init_value)` with
    `decay = linear(peak_value, end_value, total_steps - warmup_steps)`: a join of a line and the decay.

    Args:
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the run (steps), at least `warmup_steps`.
        init_value: the value at step 0 (a rate).
        end_value: the value at step `total_steps` and after (a rate).

    Source: Devlin et al. 2019, BERT, arXiv:1810.04805, appendix A.2; transformers `get_linear_schedule_with_warmup`.

    >>> [warmup_linear(1.0, 2, 6)(t) for t in range(8)]
    [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    decay_steps = _decay_steps("warmup_linear", warmup_steps, total_steps)
    return _warmed(peak_value, warmup_steps, init_value, linear(peak_value, end_value, decay_steps))


@composition
def warmup_cosine(
    peak_value: Value, warmup_steps: Steps, total_steps: Steps, *, init_value: Value = 0.0, end_value: Value = 0.0
) -> Schedule:
    """Linear warmup, then cosine decay to `end_value`.

    It is `warmup(decay, warmup_steps, init_value=init_value)` with
    `decay = cosine(peak_value, end_value, total_steps - warmup_steps)`: a join of a line and the decay.

    Args:
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the run (steps), at least `warmup_steps`.
        init_value: the value at step 0 (a rate).
        end_value: the value at step `total_steps` and after (a rate).

    Source: optax `warmup_cosine_decay_schedule(init_value, peak_value, warmup_steps, decay_steps, end_value)`.

    >>> [round(warmup_cosine(1.0, 2, 6)(t), 6) for t in range(8)]
    [0.0, 0.5, 1.0, 0.853553, 0.5, 0.146447, 0.0, 0.0]
    """
    decay_steps = _decay_steps("warmup_cosine", warmup_steps, total_steps)
    return _warmed(peak_value, warmup_steps, init_value, cosine(peak_value, end_value, decay_steps))


@composition
def warmup_polynomial(
    peak_value: Value,
    warmup_steps: Steps,
    total_steps: Steps,
    *,
    init_value: Value = 0.0,
    end_value: Value = 0.0,
    power: Power = 2.0,
) -> Schedule:
    """Linear warmup, then polynomial decay to `end_value`.

    It is `warmup(decay, warmup_steps, init_value=init_value)` with
    `decay = polynomial(peak_value, end_value, total_steps - warmup_steps, power=power)`: a join of a line and the
    decay.

    Args:
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the run (steps), at least `warmup_steps`.
        init_value: the value at step 0 (a rate).
        end_value: the value at step `total_steps` and after (a rate).
        power: the exponent (1), greater than 0.

    Source: transformers `get_polynomial_decay_schedule_with_warmup`.

    >>> [warmup_polynomial(1.0, 2, 6)(t) for t in range(8)]
    [0.0, 0.5, 1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    """
    decay_steps = _decay_steps("warmup_polynomial", warmup_steps, total_steps)
    return _warmed(peak_value, warmup_steps, init_value, polynomial(peak_value, end_value, decay_steps, power=power))


@composition
def warmup_inverse_sqrt(
    peak_value: Value, warmup_steps: Steps, *, init_value: Value = 0.0, timescale: Duration | None = None
) -> Schedule:
    """Linear warmup, then inverse square root decay.

        s(t) = peak_value / sqrt(1 + (t - warmup_steps)/timescale)    for t >= warmup_steps

    It is `warmup(inverse_sqrt(peak_value, timescale), warmup_steps, init_value=init_value)`.

    Args:
        peak_value: the value at step `warmup_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        init_value: the value at step 0 (a rate).
        timescale: the steps after the warmup until the value is peak_value/sqrt(2) (steps), greater than 0; by default
            `warmup_steps`, which must then be at least 1: the value is peak_value*sqrt(warmup_steps/t).

    Source: transformers `get_inverse_sqrt_schedule`; fairseq `inverse_sqrt`.

    >>> [round(warmup_inverse_sqrt(1.0, 4)(t), 6) for t in (0, 2, 4, 16)]
    [0.0, 0.5, 1.0, 0.5]
    """
    if timescale is None:
        require(
            warmup_steps > 0,
            "warmup_inverse_sqrt",
            "warmup_steps=0) must be at least 1 without a timescale, which is warmup_steps; give timescale=1000.",
        )
        timescale = warmup_steps
    return warmup(inverse_sqrt(peak_value, timescale), warmup_steps, init_value=init_value)


@composition
def wsd(
    peak_value: Value,
    warmup_steps: Steps,
    total_steps: Steps,
    decay_steps: Steps,
    *,
    init_value: Value = 0.0,
    end_value: Value = 0.0,
    decay: Ramp = linear,
) -> Schedule:
    """Warmup-stable-decay: linear warmup, constant peak, then a ramp to `end_value`.

    It is `warmup(plateau, warmup_steps, init_value=init_value)` with
    `plateau = cooldown(constant(peak_value), stable_steps, decay_steps, end_value=end_value, ramp=decay)` and
    `stable_steps = total_steps - warmup_steps - decay_steps`: a join of a line, a constant and a ramp.

    Args:
        peak_value: the value from step `warmup_steps` to step `total_steps - decay_steps` (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the run (steps), at least `warmup_steps + decay_steps`.
        decay_steps: the length of the decay at the end of the run (steps), 0 or more.
        init_value: the value at step 0 (a rate).
        end_value: the value at step `total_steps` and after (a rate).
        decay: the shape of the decay: `linear`, `one_minus_sqrt`, `cosine` ... .

    Source: Hu et al. 2024, MiniCPM, arXiv:2404.06395, equation 1.

    >>> [wsd(1.0, 2, 6, 2)(t) for t in range(8)]
    [0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    """
    stable_steps = total_steps - warmup_steps - decay_steps
    require(
        stable_steps >= 0,
        "wsd",
        f"total_steps={total_steps}) must be at least warmup_steps + decay_steps = {warmup_steps + decay_steps}; "
        "total_steps includes the warmup and the decay.",
    )
    plateau = cooldown(constant(peak_value), stable_steps, decay_steps, end_value=end_value, ramp=decay)
    return _warmed(peak_value, warmup_steps, init_value, plateau)


def _with_total_steps(args: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a `wsd` of lrsched 0.1, which was given the length of the plateau instead of the whole."""
    parts: list[Any] = [args.get(name) for name in ("warmup_steps", "stable_steps", "decay_steps")]
    if "total_steps" in args or not all(map(is_number, parts)):
        return args
    return {name: value for name, value in args.items() if name != "stable_steps"} | {"total_steps": sum(parts)}


earlier_args["wsd"] = _with_total_steps
