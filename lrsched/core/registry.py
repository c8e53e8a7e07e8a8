"""The schedules of the vocabulary by name."""

from collections.abc import Callable
from typing import Any, TypeAlias

from ..checks import brief, guess, sentence
from .schedule import Schedule

__all__ = ["ENDS", "PACKAGE", "Factory", "enter", "find", "is_ramp", "ramps"]

Factory: TypeAlias = Callable[..., Schedule]
"""A function that makes schedules, such as `linear`."""

PACKAGE = "lrsched"
"""What may stand before a name, as in `lrsched.linear`."""

ENDS = ["init_value", "end_value", "steps"]
"""The first parameters of a ramp."""

_factories: dict[str, Factory] = {}


def enter(name: str, builder: Callable[..., Any], factory: Factory) -> None:
    """Register the factory that stands for a builder.

    The same builder may be registered again, as in a notebook; another builder of the same name is refused.
    """
    known = _factories.get(name)
    if known is not None and (known.__module__, known.__qualname__) != (builder.__module__, builder.__qualname__):
        raise ValueError(f"{name} is already a schedule of {known.__module__}; choose another name.")
    _factories[name] = factory


def find(name: object) -> Factory:
    """The factory registered under a name."""
    if not isinstance(name, str):
        kind = type(name).__name__
        raise TypeError(
            f"the name {brief(name)} must be a str, not {kind}; write that of a schedule, such as 'linear'."
        )
    if name not in _factories:
        raise ValueError(sentence(f"unknown schedule {brief(name)}; {guess(name, sorted(_factories))}"))
    return _factories[name]


def is_ramp(factory: Any) -> bool:
    """Whether a factory makes ramps: its first parameters are (init_value, end_value, steps), without defaults."""
    return [name for name, parameter in factory.formula.parameters.items() if parameter.required][:3] == ENDS


def ramps() -> dict[str, Factory]:
    """The ramps by name."""
    return {name: factory for name, factory in _factories.items() if is_ramp(factory)}
