"""The body of a formula, recorded for parameters of which something is known."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..core.formula import Formula
from ..core.libraries import is_number
from ..core.parameters import Parameter
from ..core.schedule import Schedule
from .expressions import STEP, Expression, Tape, range_of
from .naming import hints, writing
from .recorder import FormulaCall, Recorder

__all__ = ["Body", "Given", "body_of", "given"]


class Given(NamedTuple):
    """What is known of an argument where a formula is written: its least value, if that matters, and its number."""

    varies: bool
    is_positive: bool
    is_long: bool
    number: Any


def given(recorder: Recorder, arg: Any) -> Given:
    """What is known of an argument."""
    varies = isinstance(arg, Expression) and arg.varies
    is_long = is_number(arg) and arg * recorder.eps > 0.5
    return Given(varies, range_of(arg)[0] >= 1, is_long, arg if is_number(arg) else None)


class Body(NamedTuple):
    """What a function computes; whether it holds its ends by itself, and whether it is so for these numbers alone."""

    value: Any
    is_ramp: bool
    is_special: bool


def body_of(recorder: Recorder, call: FormulaCall, step_varies: bool, arguments: Sequence[Given]) -> Body:
    """The body of a formula for arguments of which something is known."""
    tape = Tape()
    known = iter(arguments)
    values = tuple(
        _symbol(tape, name, parameter, next(known)) if fixed is None else fixed[0]
        for (name, parameter), fixed in zip(call.formula.parameters.items(), call.fixed, strict=True)
    )
    made = Schedule.make(call.formula, values)
    recorder.numbers = dict(zip(call.parameters, (argument.number for argument in arguments), strict=True))
    recorder.has_chosen = False
    with writing(call.formula), hints():
        if call.end:
            rise, fall, *_ = call.formula.builder(recorder, **made.parameters)
            x = tape.symbol(STEP, step_varies, 0, 0.5 if rise else 1)
            return Body((rise if call.end == "rise" else fall)(x), False, recorder.has_chosen)
        bound, is_ramp = Formula.bind(call.formula, recorder, made), recorder.is_ramp(made)
        step = tape.symbol(STEP, step_varies, -math.inf if is_ramp else 0, recorder.last_step)
        return Body(bound.total(step), is_ramp, recorder.has_chosen)


def _symbol(tape: Tape, name: str, parameter: Parameter, argument: Given) -> Expression:
    not_negative = ("Steps", "Period", "Duration", "Rate", "Power", "Positive", "NotNegative", "Stretch")
    low = 0 if parameter.kind.name in not_negative else -math.inf
    return tape.symbol(name, argument.varies, 1 if argument.is_positive else low)
