"""Numbers that are not known yet: what a formula does to them is recorded, as a graph that shares what is equal."""

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np

from ..core.digits import Digits

__all__ = ["NUMBER", "STEP", "Expression", "Tape", "UnwritableError", "in_order", "number_of", "range_of"]

INF = math.inf

STEP = ""
"""The name of the step as a symbol; a parameter has a longer one."""

NUMBER = (int, float)
"""What may stand beside an expression."""


class UnwritableError(Exception):
    """A formula does what no expression can: it branches on a number, or leaves the words."""


class Expression:
    """An operation on expressions and numbers, with the range that its value lies in.

    `varies` says that it is an array in the program that is written, and not one number; `hint` is what the formula
    itself calls it.
    """

    __array_ufunc__ = None  # so that a NumPy number leaves the operation to the expression
    ndim = 1  # a start that varies is no single number
    __slots__ = ("args", "high", "hint", "low", "op", "tape", "varies")

    def __init__(self, tape: "Tape", op: str, args: tuple[Any, ...], low: float, high: float, varies: bool) -> None:
        self.tape = tape
        self.op = op
        self.args = args
        self.low = low
        self.high = high
        self.varies = varies
        self.hint = ""

    @property
    def operands(self) -> "tuple[Expression, ...]":
        """The arguments that are expressions."""
        return tuple(arg for arg in self.args if isinstance(arg, Expression))

    def __add__(self, other: Any) -> Any:
        return self.tape.node("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return self.tape.node("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return self.tape.node("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.tape.node("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return self.tape.node("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.tape.node("*", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.tape.node("/", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.tape.node("/", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return self.tape.node("//", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self.tape.node("//", other, self)

    def __mod__(self, other: Any) -> Any:
        return self.tape.node("%", self, other)

    def __rmod__(self, other: Any) -> Any:
        return self.tape.node("%", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.tape.node("**", self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.tape.node("**", other, self)

    def __neg__(self) -> Any:
        return self.tape.node("neg", self)

    def __abs__(self) -> Any:
        return self.tape.node("abs", self)

    def __lt__(self, other: Any) -> Any:
        return self.tape.node("<", self, other)

    def __le__(self, other: Any) -> Any:
        return self.tape.node("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.tape.node(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return self.tape.node(">=", self, other)

    def __eq__(self, other: object) -> Any:
        return self.tape.node("==", self, other)

    def __ne__(self, other: object) -> Any:
        return self.tape.node("!=", self, other)

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise UnwritableError("branches on a number")

    def __float__(self) -> NoReturn:
        raise UnwritableError("leaves the words of xp")


class Tape:
    """The expressions of one function, each of them once."""

    def __init__(self) -> None:
        self._known: dict[Any, Expression] = {}

    def symbol(self, name: str, varies: bool, low: float = -INF, high: float = INF) -> Expression:
        """A parameter of the function."""
        return self._intern("symbol", (name,), low, high, varies)

    def since(self, step: Expression, start: Any, most: float) -> Expression:
        """The steps since the first one of a piece, which are `most` at most while it is active."""
        return self._intern("since", (step, start), 0, most, step.varies)

    def node(self, op: str, *args: Any) -> Any:
        """The result of an operation, or what it is known to be."""
        args = tuple(arg.value if isinstance(arg, Digits) else arg for arg in args)
        args = tuple(arg.item() if isinstance(arg, np.generic) else arg for arg in args)
        shorter = _SHORT[op](self, *args) if op in _SHORT else None
        return self.make(op, args) if shorter is None else shorter

    def make(self, op: str, args: tuple[Any, ...]) -> Expression:
        """The operation itself."""
        low, high = _RANGES[op](*map(range_of, args)) if op in _RANGES else (-INF, INF)
        low, high = (-INF if low != low else low), (INF if high != high else high)  # noqa: PLR0124 (NaN: inf - inf)
        return self._intern(op, args, low, high, any(isinstance(arg, Expression) and arg.varies for arg in args))

    def _intern(self, op: str, args: tuple[Any, ...], low: float, high: float, varies: bool) -> Expression:
        key = (op, *((type(arg), _identity(arg)) for arg in args))
        if key not in self._known:
            self._known[key] = Expression(self, op, args, low, high, varies)
        return self._known[key]


def _identity(arg: Any) -> Any:
    """What two arguments have in common if they are the same: 0.0 and -0.0 are not."""
    return id(arg) if isinstance(arg, Expression) else repr(arg) if type(arg) in (float, tuple) else arg


def in_order(roots: "list[Any]") -> "Iterator[Expression]":
    """The expressions below some others, each once, and after what it is made of."""
    done: set[int] = set()
    stack = [(root, False) for root in reversed(roots) if isinstance(root, Expression)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands) if id(operand) not in done)


# Ranges, so that a bound that is never met is not written.


def range_of(arg: Any) -> tuple[float, float]:
    """The least and the greatest value that an argument may have."""
    if isinstance(arg, Expression):
        return arg.low, arg.high
    if isinstance(arg, tuple) and arg and all(type(item) in NUMBER for item in arg):
        return min(arg), max(arg)
    return (arg, arg) if isinstance(arg, NUMBER) else (-INF, INF)


def _product(a: float, b: float) -> float:
    return a * b if a and b else 0.0


Range = tuple[float, float]


def _times(a: Range, b: Range) -> Range:
    ends = [_product(x, y) for x in a for y in b]
    return min(ends), max(ends)


def _over(a: Range, b: Range) -> Range:
    if b[0] < 0:
        return -INF, INF
    return (0.0 if a[0] >= 0 else -INF), (0.0 if a[1] <= 0 else INF)


_RANGES: dict[str, Callable[..., Range]] = {
    "+": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "-": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "*": _times,
    "/": _over,
    "//": _over,
    "%": lambda a, b: (0.0, b[1]) if b[0] > 0 else (-INF, INF),
    "neg": lambda a: (-a[1], -a[0]),
    "abs": lambda a: (0.0, INF),
    "minimum": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "maximum": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "where": lambda _, a, b: (min(a[0], b[0]), max(a[1], b[1])),
    "sqrt": lambda a: (0.0, INF),
    "exp": lambda a: (0.0, INF),
    "power": lambda a, b: (0.0, 1.0),
    "grow": lambda a, b: (0.0, INF),
    "take": lambda index, table, name: table,
    "since": lambda a, b: (0.0, a[1] - b[0]),
}


_NUMBERS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "log": math.log,
    "neg": operator.neg,
    "sqrt": math.sqrt,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def number_of(value: Any, symbols: Mapping[str, Any]) -> Any:
    """The number that an expression is for some numbers of its symbols, or None if that is not known."""
    if not isinstance(value, Expression):
        return value
    if value.op == "symbol":
        return symbols.get(value.args[0])
    args = [number_of(arg, symbols) for arg in value.args]
    return None if value.op not in _NUMBERS or None in args else _NUMBERS[value.op](*args)


# What is shorter, and the same to the last bit.


def _subtract(tape: Tape, a: Any, b: Any) -> Any:
    """A step less its whole periods is what is left of it; less the start of its piece, what it is since then."""
    if isinstance(b, Expression) and b.op == "take":
        index, starts, _ = b.args
        if index.op == "piece" and index.args[0] is a and index.args[1] == starts:
            return tape.since(a, b, INF)
    if isinstance(b, Expression) and b.op == "*" and type(b.args[1]) is int and isinstance(b.args[0], Expression):
        cycle, period = b.args
        if cycle.op == "//" and cycle.args[0] is a and type(cycle.args[1]) is int and cycle.args[1] == period:
            return tape.node("%", a, period)
    return None


def _is(arg: Any, number: int) -> bool:
    return isinstance(arg, NUMBER) and arg == number


def _same(a: Any, b: Any) -> bool:
    return a is b or (isinstance(a, NUMBER) and isinstance(b, NUMBER) and repr(a) == repr(b))


def _minimum(tape: Tape, a: Any, b: Any) -> Any:
    if _ends_before(a, b):
        return a
    (a_low, a_high), (b_low, b_high) = range_of(a), range_of(b)
    return a if a_high <= b_low else b if b_high <= a_low else None


def _ends_before(a: Any, b: Any) -> bool:
    """Whether the steps since the start of a piece are held at the length of the piece, which they never reach."""
    if not (isinstance(a, Expression) and a.op == "since" and isinstance(b, Expression) and b.op == "take"):
        return False
    begin, (index, lengths, _) = a.args[1], b.args
    if not isinstance(begin, Expression) or begin.args[0] is not index:
        return False
    return [after - before for before, after in pairwise(begin.args[1])] == list(lengths[:-1])


def _maximum(tape: Tape, a: Any, b: Any) -> Any:
    (a_low, a_high), (b_low, b_high) = range_of(a), range_of(b)
    return a if a_low >= b_high else b if b_low >= a_high else None


_SHORT: dict[str, Callable[..., Any]] = {
    "-": _subtract,
    "minimum": _minimum,
    "maximum": _maximum,
    "where": lambda tape, condition, yes, no: yes if _same(yes, no) else None,
    "grow": lambda tape, rate, exponent: 1.0 if _is(rate, 1) or _is(exponent, 0) else None,
}
