"""The namespace in which formulas are written down instead of evaluated.

A schedule is bound in it as in any other. A formula without children becomes a call, with the numbers of its
parameters; a join becomes a call of its pieces; every other combinator becomes what it does to its children.
"""

import math
from copy import copy
from typing import Any, Literal, NamedTuple

from ..core import numbers
from ..core.digits import Digits
from ..core.entries import Entry
from ..core.formula import Formula, StepOverflowError
from ..core.libraries import is_number
from ..core.namespaces import Arrays
from ..core.parameters import Parameter
from ..core.quotients import Quotient
from ..core.schedule import Schedule
from ..core.segments import Segment
from .expressions import Expression, number_of
from .naming import writing

__all__ = ["FormulaCall", "PiecesCall", "Recorder"]


class FormulaCall(NamedTuple):
    """A formula with those of its parameters that decide how it is written, such as flags; the others are None.

    Of a ramp that is placed between two steps, `end` is the half that is asked: "rise" or "fall".
    """

    formula: Formula
    fixed: tuple[Any, ...]
    end: Literal["", "rise", "fall"] = ""

    @property
    def name(self) -> str:
        """What the function is called."""
        return f"{self.formula.name}_{self.end}" if self.end else self.formula.name

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters that are given in the call."""
        return [name for name, value in zip(self.formula.parameters, self.fixed, strict=True) if value is None]

    @property
    def delicate(self) -> list[bool]:
        """Whether float32 does not hold the parameter well enough for a table; stairs that it does not are fixed."""
        kinds = (parameter.kind for parameter in self.formula.parameters.values())
        pairs = zip(kinds, self.fixed, strict=True)
        return [kind.delicate and not kind.duration for kind, value in pairs if value is None]


class PiecesCall(NamedTuple):
    """A join, asked for steps from 0 to `last`."""

    schedule: Schedule
    last: float


class WrittenQuotient(Quotient):
    """A fraction with its rest, which helpers of the file compute."""


class Recorder(Arrays):
    """The words of a namespace; steps of it are expressions, and numbers are numbers."""

    def __init__(self, last_step: int, largest: float) -> None:
        self.name = "written"
        self.float_dtype = None
        self.int_dtype: type[int] | None = int
        self.last_step = last_step
        self.largest = largest
        self.widest = last_step
        self.is_narrow = largest < 1e300
        self.eps = 2.0**-23 if self.is_narrow else 2.0**-52
        self.largest_exponent = math.log(largest) / 2
        self.stair_lengths: list[Any] = []
        self.numbers: dict[str, Any] = {}
        self.has_chosen = False
        self.segments: dict[PiecesCall, tuple[Segment, ...]] = {}

    def _unary(self, name: str, x: Any) -> Any:
        return getattr(numbers, name)(x) if is_number(x) else self.array(x).tape.node(name, self.array(x))

    def array(self, x: Any) -> Any:
        """An entry of a table, or a fraction, as an expression."""
        return x.value if isinstance(x, Digits) else x

    def exp(self, x: Any) -> Any:
        """e**x, held at the square root of the largest float."""
        return self._unary("exp", self.minimum(x, self.largest_exponent))

    def sqrt(self, x: Any) -> Any:
        """Square root of x >= 0."""
        return self._unary("sqrt", x)

    def _binary(self, name: str, a: Any, b: Any) -> Any:
        a, b = self.array(a), self.array(b)
        known = next((arg for arg in (a, b) if isinstance(arg, Expression)), None)
        return getattr(numbers, name)(a, b) if known is None else known.tape.node(name, a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller of two values; integers of 64 bits do not overflow near 2**53."""
        if isinstance(b, int) and b > 2**52 and isinstance(a, Expression):
            return a
        return self._binary("minimum", a, b)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger of two values."""
        return self._binary("maximum", a, b)

    def power(self, x: Any, exponent: Any) -> Any:
        """x**exponent for 0 <= x <= 1 and exponent > 0."""
        rest = exponent.rest if isinstance(exponent, Entry) and self.is_narrow else None
        if isinstance(x, WrittenQuotient):
            return self.between("power" if rest is None else "power of two parts", x, self.array(exponent), rest)
        x = self.array(x)
        if rest is None or not isinstance(exponent, Entry):
            return self._binary("power", x, exponent)
        return x**exponent.value * self.exp(rest * self.log(self.maximum(x, 1e-37)))

    def grow(self, rate: Any, exponent: Any) -> Any:
        """rate**exponent for rate > 0 and exponent >= 0, held at the square root of the largest float."""
        if isinstance(exponent, Quotient) and not self.holds(abs(self.log(rate)) > math.log(self.largest / 4)):
            if isinstance(exponent, WrittenQuotient):
                return self.between("growth", exponent, rate)
            return self.array(rate) ** exponent.value
        if isinstance(rate, Entry):
            return self.exp(exponent * self.log(rate))
        return self._binary("grow", rate, exponent)

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        """`yes` where `condition` holds, else `no`."""
        if not isinstance(condition, Expression):
            return yes if condition else no
        return condition.tape.node("where", condition, self.array(yes), self.array(no))

    def held(self, value: Any, limit: Any, below: Any) -> Any:
        """A value held below a limit, or above it."""
        return self.either(below, lambda v: self.minimum(v, limit), lambda v: self.maximum(v, limit))(value)

    def holds(self, condition: Any) -> bool:
        """Whether a condition is known to hold, also by numbers that a formula is written for."""
        known = number_of(condition, self.numbers)
        self.has_chosen = self.has_chosen or (isinstance(condition, Expression) and known is not None)
        return bool(known)

    def steady(self, function: Any, steps: Any) -> Any:
        """A function as it is."""
        return function

    def in_floats(self, steps: Any) -> tuple[Any, Any]:
        """A part of a step as it is written, without a rest."""
        return (steps.value if isinstance(steps, Digits) else float(steps)), 0.0

    def divider(self, length: Any, part: Any = (0.0, 0.0)) -> Any:
        """Division by a length; in float64 the digits that it rounds away are left out."""

        def divide(steps: Any, more: Any = (0.0, 0.0)) -> Any:
            x = (steps + more[0]) / (length + part[0])
            if not self.is_narrow or not isinstance(x, Expression):
                return x
            x.hint = "x"
            return WrittenQuotient(self, x, x.tape.node("rest of quotient", steps, length, x, more[0], part[0]))

        return divide

    def between(self, name: str, x: WrittenQuotient, *others: Any) -> Any:
        """A power of a fraction and its rest, or one with it as exponent."""
        given = [other for other in others if other is not None]
        return x.value.tape.node(f"{name} between", x.value, x.rest, *given)

    def either(self, condition: Any, yes: Any, no: Any) -> Any:
        """One of two functions; where a condition is one on numbers that are known, it is decided."""
        known = number_of(condition, self.numbers)
        if known is not None:
            self.has_chosen = self.has_chosen or isinstance(condition, Expression)
            return yes if known else no
        return lambda x: self.where(condition, yes(x), no(x))

    def of_floats(self) -> "Recorder":
        """The words for steps that are counted in floats, as by a clock."""
        made = copy(self)
        made.name, made.int_dtype, made.last_step = f"{self.name} of floats", None, numbers.last_step
        return made

    def counted(self, steps: Any) -> Any:
        """A number of steps as the steps are counted."""
        return float(steps) if self.int_dtype is None and type(steps) is int else steps

    def stairs(self, steps: Any, late: Any = 0) -> Any:
        """The number of times that a step holds `steps`; a formula is given these only where they are whole."""
        self.stair_lengths.append(steps)
        return (lambda t: t // steps) if isinstance(steps, Expression) else super().stairs(steps, late)

    def is_counted(self, t: Any) -> bool:
        """Whether steps are counted in integers; a length that they do not hold is a float."""
        known = number_of(t, self.numbers)
        if isinstance(known, float):
            self.has_chosen = self.has_chosen or known is not t
            return False
        return self.int_dtype is not None and not _is_broken(t)

    # Tables.

    def table(self, numbers: list[Any]) -> Any:
        """Numbers, of which one is taken."""
        return tuple(map(self.counted, numbers))

    def take(self, table: Any, index: Any) -> Any:
        """The entry of a table at a position."""
        same = len({repr(number) for number in table}) == 1
        return table[0] if same else index.tape.node("take", index, table, "number")

    def count(self, edges: Any, step: Any) -> Any:
        """How many of the edges are at or before a step; whole steps pass an edge at the next whole number."""
        if self.int_dtype is not None:
            edges = [math.ceil(edge) if isinstance(edge, float) else edge for edge in edges]
        return step.tape.node("piece", step, (self.counted(0), *edges))

    # Calls.

    def is_ramp(self, schedule: Schedule) -> bool:
        """Whether the formula of a schedule is given by its two ends, which hold by themselves."""
        return isinstance(schedule.formula.builder(self, **schedule.parameters), tuple)

    def call_formula(self, schedule: Schedule, t: Any) -> Any:
        """A formula at a step: a number if it does not depend on it, else a call."""
        formula = schedule.formula
        if not isinstance(t, Expression):  # the step may be known where the parameters are not
            return Formula.bind(formula, self if schedule.traced() else numbers, schedule).total(t)
        self.stair_lengths.clear()
        if not self.is_ramp(schedule):
            t = self.maximum(t, 0)
            with writing(formula):
                value = Formula.bind(formula, self, schedule).total(t)
            if is_number(value):
                return value
        if any(isinstance(value, Entry) for value in schedule.values):
            return Formula.bind(formula, self, schedule).total(t)
        return self.call(schedule, "", t)

    def call_end(self, schedule: Schedule, end: Literal["rise", "fall"], x: Any) -> Any:
        """A half of a ramp at the distance from its end, which is a number where a ramp has no steps."""
        if not isinstance(x, Expression):
            words = self if schedule.traced() else numbers
            return schedule.formula.builder(words, **schedule.parameters)[end == "fall"](x)
        self.stair_lengths.clear()
        return self.call(schedule, end, x)

    def call(self, schedule: Schedule, end: Literal["", "rise", "fall"], at: Expression) -> Any:
        """A call with the parameters that are given in it."""
        parameters = schedule.formula.parameters.values()
        halves = [self.split(parameter, value) for parameter, value in zip(parameters, schedule.values, strict=True)]
        if end:  # the length is in the distance already
            pairs = zip(parameters, halves, schedule.values, strict=True)
            halves = [((value,), None) if parameter.kind.duration else half for parameter, half, value in pairs]
        given = [given for fixed, given in halves if fixed is None]
        called = FormulaCall(schedule.formula, tuple(fixed for fixed, _ in halves), end)
        return at.tape.node("call", called, at, *given)

    def split(self, parameter: Parameter, value: Any) -> tuple[Any, Any]:
        """What is fixed of a parameter, and what is given; stairs whose length is not whole are divided otherwise."""
        is_stair = any(value is steps for steps in self.stair_lengths)
        if parameter.kind.duration and type(value) is int and abs(value) > self.last_step:
            raise StepOverflowError(f"{parameter.name}={value}")
        value = self.counted(value) if parameter.kind.duration else value
        if isinstance(value, Expression):
            index, table, _ = value.args if value.op == "take" else (None, (), "")
            if index is None:
                return None, value
            is_whole = is_stair and all(number == int(number) for number in table)
            return None, value.tape.node("take", index, tuple(map(int, table)) if is_whole else table, parameter.name)
        if not parameter.kind.leaf or not is_number(value) or (is_stair and value != int(value)):
            return (value,), None
        return None, int(value) if is_stair else value

    def call_pieces(self, schedule: Schedule, segments: tuple[Segment, ...], t: Any) -> Any:
        """A join at a step."""
        if not isinstance(t, Expression):
            return schedule.bind(numbers).total(t)
        t = self.maximum(t, 0)
        call = PiecesCall(schedule, t.high)
        self.segments[call] = tuple(segment for segment in segments if segment.start <= t.high)
        return t.tape.node("call", call, t)


def _is_broken(value: Any) -> bool:
    """Whether a number of steps is one of floats, or computed from one."""
    if not isinstance(value, Expression):
        return isinstance(value, float)
    match value.op:
        case "take":
            return any(map(_is_broken, value.args[1]))
        case "+" | "-" | "*" | "minimum" | "maximum":
            return any(map(_is_broken, value.args))
        case "where":
            return any(map(_is_broken, value.args[1:]))
        case op:
            return op == "/"
