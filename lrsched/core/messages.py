"""Messages of errors: the call, the demand, the value, the remedy."""

from collections.abc import Mapping, Sequence
from functools import partial
from reprlib import Repr
from typing import Any, NoReturn

import numpy as np

from .schedule import Schedule

__all__ = ["Site", "brief", "guess", "is_factory", "missing_attribute", "name_of", "nearest", "require", "sentence"]


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
    if isinstance(value, Schedule):
        return f"{value.formula.name}(...)"
    if is_factory(value):
        return name_of(value)
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


OF_SCHEDULERS = ("step", "get_last_lr", "get_lr", "state_dict", "load_state_dict", "last_epoch", "optimizer")
"""What the schedulers of PyTorch have, and a schedule has not."""


def missing_attribute(schedule: Schedule, name: str) -> str:
    """What to write for an attribute that schedules do not have."""
    start = f"{schedule.formula.name}(...).{name}"
    if name in schedule.formula.parameters:
        return f"{start} is a parameter; write schedule.parameters[{name!r}]."
    if name in OF_SCHEDULERS:
        return (
            f"{start} is of PyTorch's schedulers, and a schedule is a function of the step: call schedule(step), or "
            "make a scheduler with lrsched.adapters.torch.TorchScheduler(optimizer, schedule)."
        )
    return f"{start} does not exist; {guess(name, [text for text in dir(schedule) if text[0] != '_'])}"


def require(condition: Any, call: str, text: str) -> None:
    """Raise `call(text)` unless `condition` holds; a traced condition is not known yet and passes."""
    if isinstance(condition, (bool, np.bool_)) and not condition:
        raise ValueError(f"{call}({text}")
