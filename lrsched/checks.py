"""Checks of single values, and their errors, which all read: the call, the demand, the value, the remedy.

Arrays and tracers of other libraries than NumPy pass through unchecked, but for their shape and dtype: their numbers
are not known yet.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from fractions import Fraction
from functools import partial
from reprlib import Repr
from typing import Any, NoReturn

import numpy as np

from .arrays.libraries import is_number, library_of
from .arrays.numbers import last_step

__all__ = [
    "Computed",
    "Site",
    "brief",
    "countable",
    "guess",
    "is_factory",
    "is_list",
    "is_traced",
    "known",
    "name_of",
    "nearest",
    "number",
    "positive",
    "real",
    "require",
    "round_half_away",
    "sentence",
    "whole",
]


# Messages.


class Site:
    """Where a value was given, for the message that refuses it."""

    def __init__(self, call: str, name: str) -> None:
        self.call = call
        self.name = name

    def item(self, index: int) -> "Site":
        """The place of one element of a sequence."""
        return Site(self.call, f"{self.name}[{index}]")

    def refuse(self, value: object, demand: str, remedy: str, kind: type[Exception] = ValueError) -> NoReturn:
        """Raise: the call, the demand, the value, the remedy."""
        raise kind(sentence(f"{self.call}({self.name}={brief(value)}) {demand}; {remedy}"))


class _Brief(Repr):
    """Reprs of a length that fits a message."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 60

    def repr_int(self, x: int, level: int) -> str:
        """The digits, or the size of a number that Python may refuse to print."""
        return repr(x) if x.bit_length() < 200 else f"<int of {x.bit_length()} bits>"


_repr = _Brief()


def name_of(function: Any) -> str:
    """The name of a function."""
    return getattr(function, "__name__", repr(function))


def brief(value: object) -> str:
    """The repr of a value, cut to a length that fits a message."""
    if is_factory(value):
        return name_of(value)
    formula: Any = getattr(value, "formula", None)
    if hasattr(formula, "factory"):  # a schedule
        return f"{formula.name}(...)"
    if isinstance(value, partial):
        return f"partial({name_of(value.func)}, ...)"
    if hasattr(value, "dtype") and hasattr(value, "shape") and not isinstance(value, (str, float)):
        return _brief_array(value)
    text = _repr.repr(value)
    return " ".join(text.split()) if "\n" in text else text


def _brief_array(array: Any) -> str:
    try:
        shape = tuple(array.shape)
    except (TypeError, ValueError):  # TensorFlow, for a shape that is not known
        return f"<{type(array).__name__}>"
    return f"<array of shape {shape}>" if shape else f"<array of {array.dtype}>"


def is_factory(value: Any) -> bool:
    """True for the functions of the vocabulary, which make schedules."""
    return value is not None and getattr(getattr(value, "formula", None), "factory", None) is value


def sentence(text: str) -> str:
    """A message with a stop at its end, if it has none."""
    return text if text.endswith((".", "?")) else f"{text}."


def guess(name: str, known: "Mapping[str, Any] | Sequence[str]") -> str:
    """A remedy for an unknown name: the nearest known one, or all of them."""
    near = nearest(name, known)
    return f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"


def nearest(name: str, known: "Mapping[str, Any] | Sequence[str]") -> str | None:
    """The known name that is most like another one, if any is."""
    import difflib  # for an error alone

    near = difflib.get_close_matches(name[:100], list(known), n=1)
    return near[0] if near else None


def require(condition: Any, call: str, text: str) -> None:
    """Raise `call(text)` unless `condition` holds; a traced condition is not known yet and passes."""
    if isinstance(condition, (bool, np.bool_)) and not condition:
        raise ValueError(f"{call}({text}")


# Checks.


def is_list(value: Any) -> bool:
    """Whether a value is taken for a list: any sequence but a string, and any array of one dimension or more."""
    if isinstance(value, (str, bytes, bytearray, Mapping, Set)) or not hasattr(value, "__getitem__"):
        return False
    return isinstance(value, Sequence) or (hasattr(value, "__len__") and getattr(value, "shape", None) != ())


def is_traced(value: object) -> bool:
    """True for arrays and tracers whose number is not known when the schedule is made."""
    return hasattr(value, "dtype") and not isinstance(value, (int, float, np.ndarray, np.generic))


def _known(array: Any) -> Any:
    """The number in a NumPy or concrete JAX array; tracers, and arrays that a gradient may be asked of, as they are."""
    if isinstance(array, (np.ndarray, np.generic)):
        return int(array) if array.dtype.kind in "iu" else float(array)
    jax = sys.modules.get("jax")
    if jax is None or not isinstance(array, jax.Array) or isinstance(array, jax.core.Tracer):
        return array
    return array.item()


def number(site: Site, value: Any, infinite: str = "give a number that float64 holds") -> Any:
    """A finite Python number, or a traced one; `infinite` is the remedy for infinity."""
    if hasattr(value, "dtype") and not is_number(value) and not isinstance(value, str):
        _check_array(site, value)
        value = _known(value)
        if not is_number(value):
            return value
    if isinstance(value, str):
        site.refuse(value, "must be a number, not str", _unquote(value), TypeError)
    if isinstance(value, bool) or not is_number(value):
        demand = "must be a real number" if isinstance(value, complex) else "must be a number"
        is_optimizer = hasattr(value, "param_groups")
        remedy = 'give its rate: optimizer.param_groups[0]["lr"]' if is_optimizer else "give an int or a float"
        site.refuse(value, f"{demand}, not {type(value).__name__}", remedy, TypeError)
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        remedy = infinite if value == math.inf else "give a number that float64 holds"
        site.refuse(value, "must be finite", remedy)
    return value


def _check_array(site: Site, value: Any) -> None:
    """Refuse all but an array of a known library that holds one real number."""
    try:
        library = library_of(value)
    except TypeError:
        demand = f"must be a number, or an array of NumPy, JAX, PyTorch or their like, not {type(value).__name__}"
        site.refuse(value, demand, "give float(value)", TypeError)
    if tuple(value.shape) != ():
        site.refuse(value, "must be one number", "use jax.vmap for many", TypeError)
    if not library.isdtype(value.dtype, ("integral", "real floating")):
        site.refuse(value, "must be a real number", "convert it first", TypeError)


ENDLESS = "a run without an end has no number of steps; set max_steps, or count the updates with lrsched.Horizon"
"""The remedy for the infinite totals that trainers report."""

UNSET = "-1 means 'not given' in trainers; set max_steps, or count the updates with lrsched.Horizon"
"""The remedy for a total of -1."""


def _unquote(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return "give an int or a float"
    if set(text) & set("eE"):
        return f"write {value!r} without quotes (YAML reads 1e-5 as text, 1.0e-5 as a number)"
    return f"write {value if '.' in text else int(text)!r} without quotes"


def known(site: Site, value: Any, remedy: str) -> Any:
    """A finite Python number: not a traced one, which `remedy` gives the reason for."""
    value = number(site, value)
    if is_traced(value):
        site.refuse(value, "must be a number, not traced", remedy, TypeError)
    return value


def real(demand: str = "", holds: Callable[[float], bool] = lambda _: True, remedy: str = "") -> Any:
    """The check of a finite number that meets a demand; it becomes a float."""

    def check(site: Site, value: Any) -> Any:
        value = number(site, value)
        if is_traced(value):
            return value
        if not holds(value):
            site.refuse(value, demand, remedy)
        return float(value)

    return check


class Computed(float):
    """A number that was computed from one that is known by name: as a number of steps it is never a ratio."""


def whole(least: int | None, remedy: str) -> Any:
    """A number of steps: rounded to the nearest integer, half away from zero."""

    def check(site: Site, value: Any) -> Any:
        value = number(site, value, ENDLESS)
        if is_traced(value):
            return value
        if 0 < abs(value) < 1 and not isinstance(value, Computed):
            site.refuse(value, "must be a number of steps, not a ratio", "multiply it by the total number of steps")
        steps = round_half_away(value)
        if least is not None and steps < least:
            is_unset = value == -1 and site.name.endswith(("steps", "period", "total"))
            site.refuse(value, f"must be at least {least}", UNSET if is_unset else remedy)
        if abs(steps) > last_step:
            site.refuse(value, "must be at most 2**53", "count in a larger unit")
        return steps

    return check


def countable(check: Any) -> Any:
    """The check of a time, which must be short enough to be counted in steps."""

    def checked(site: Site, value: Any) -> Any:
        value = check(site, number(site, value, ENDLESS))
        if is_number(value) and value > last_step:
            site.refuse(value, "must be at most 2**53", "count in a larger unit")
        return value

    return checked


def round_half_away(value: Any) -> int:
    """The nearest integer, half away from zero.

    >>> round_half_away(2.5), round_half_away(-2.5), round_half_away(0.29 * 100)
    (3, -3, 29)
    """
    size = math.floor(abs(Fraction(value)) + Fraction(1, 2))
    return size if value >= 0 else -size


def positive(remedy: str) -> Any:
    """The check of a number greater than 0."""
    return real("must be greater than 0", lambda value: value > 0, remedy)
