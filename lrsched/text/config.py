"""Schedules as data: `to_config` and `from_config`.

The way in ends in a call of the factory, so that data is checked as code is; an error says the path to its place, such
as `join.schedules[1].steps`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..checks import brief, guess, is_list, sentence
from ..core.decorators import formula_of
from ..core.parameters import Parameter, encode_schedule
from ..core.registry import Factory, find
from ..core.schedule import Schedule
from .expressions import Reader
from .parse import given_numbers
from .places import MAX_DEPTH

__all__ = ["earlier_args", "from_config", "to_config"]

VERSION = 1
"""The version of the config format."""

earlier_args: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Parameters of earlier releases: a function by the name of a schedule, which gives the parameters of today."""


def to_config(schedule: Schedule) -> dict[str, Any]:
    """A schedule as a JSON-able dict.

    The form is `{"lrsched": 1, "name": NAME, "args": {PARAMETER: VALUE}}`, where 1 is the version of the format, and a
    child is the same without the version; one with it is read, too. Every parameter is written, so that a default may
    change later.

    Raises ValueError for a schedule that holds a plain callable or an array.

    >>> import lrsched
    >>> to_config(lrsched.scale(lrsched.constant(1.0), 0.5))["args"]
    {'schedule': {'name': 'constant', 'args': {'value': 1.0}}, 'factor': 0.5}
    """
    try:
        return {"lrsched": VERSION, **encode_schedule(schedule)}
    except ValueError as error:
        raise ValueError(f"{schedule.formula.name}(...).to_config(): {error}") from None


def from_config(config: Mapping[str, Any], /, **names: Any) -> Schedule:
    """The schedule of a dict that `to_config` gave, or that a person wrote in the same form.

    Any mapping and sequence is taken where a dict and a list are written (OmegaConf's among them). Where a number, a
    schedule or a ramp is due, a string is read as `parse` reads it: `"0.03*total"`.

    Args:
        config: the dict, with the keys "lrsched", "name" and "args".
        **names: the numbers for the names in its expressions.

    Raises ValueError or TypeError for another version, an unknown name, an unknown or missing parameter, and whatever
    the schedule itself refuses, with the path to the place.

    >>> import lrsched
    >>> from_config({"lrsched": 1, "name": "linear", "args": {"init_value": 0.0, "end_value": 1.0, "steps": 10}})
    linear(0.0, 1.0, 10)
    >>> args = {"init_value": 0.0, "end_value": "peak", "steps": "0.03*total"}
    >>> from_config({"lrsched": 1, "name": "linear", "args": args}, peak=3e-4, total=1_000)
    linear(0.0, 0.0003, 30)
    """
    given = given_numbers("from_config", names)
    if not isinstance(config, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  (configs come from files)
        remedy = "lrsched.parse reads an expression" if isinstance(config, str) else "json.load gives one"
        raise TypeError(f"from_config({brief(config)}) must be a dict, not {type(config).__name__}; {remedy}.")
    if "lrsched" not in config:
        raise ValueError(f'from_config({brief(dict(config))}) must have the key "lrsched"; write "lrsched": {VERSION}.')
    return _Decoder(given).schedule(config, "", 0)


class _Decoder:
    """One config, read with the numbers that its names stand for."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def schedule(self, config: Mapping[str, Any], path: str, depth: int) -> Schedule:
        factory, args = self.call(config, path, depth)
        return _at(path, lambda: factory(**args))

    def call(self, config: Mapping[str, Any], path: str, depth: int) -> tuple[Factory, dict[str, Any]]:
        """The factory that a config names, and its arguments."""
        place = path or "from_config"
        _at(path, lambda: _check_version(config.get("lrsched", VERSION)))
        for key in config:
            if key not in ("lrsched", "name", "args"):
                raise ValueError(sentence(f"{place}: unknown key {brief(key)}; {guess(str(key), ('name', 'args'))}"))
        if "name" not in config:
            raise ValueError(f'{place}: the key "name" is missing; write the name of a schedule, such as "linear".')
        factory = _at(place, lambda: find(config["name"]))
        here = f"{path}.{config['name']}" if path else config["name"]
        args = config.get("args", {})
        if not isinstance(args, Mapping):
            raise TypeError(
                f"{here}: args={brief(args)} must be a dict of parameters, not {type(args).__name__}; name each value."
            )
        if config["name"] in earlier_args:
            args = earlier_args[config["name"]](dict(args))
        parameters = formula_of(factory).parameters
        for name in args:
            if not isinstance(name, str):
                raise TypeError(
                    f"{here}: the parameter {brief(name)} must be named by a str, not {type(name).__name__}; "
                    f"known are {', '.join(parameters)}."
                )
        values = {name: self.value(args[name], parameters.get(name), f"{here}.{name}", depth + 1) for name in args}
        return factory, values

    def value(self, value: Any, parameter: Parameter | None, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(f"from_config: nested deeper than {MAX_DEPTH}; build such a schedule in code.")
        if isinstance(value, Mapping):
            if parameter is not None and parameter.names_ramp:
                factory, args = self.call(value, path, depth)
                return partial(factory, **args)
            return self.schedule(value, path, depth)
        if is_list(value):
            return [self.value(item, parameter, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        if isinstance(value, str) and parameter is not None and parameter.reads_text:
            return _at(path, lambda: Reader(value, self.names).value_of_text())
        return value


def _check_version(version: Any) -> None:
    """Refuse a config of another version; a child has none, unless it was a config of its own."""
    if type(version) is not int:
        kind = type(version).__name__
        raise TypeError(
            f'from_config(lrsched={brief(version)}) must be an int, not {kind}; write "lrsched": {VERSION}.'
        )
    if version != VERSION:
        raise ValueError(
            f"from_config(lrsched={brief(version)}) must be of version {VERSION}; a newer one needs a newer lrsched."
        )


def _at(path: str, make: Callable[[], Any]) -> Any:
    """Whatever `make` gives, or its error with the path in front."""
    try:
        return make()
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise (kind(f"{path}: {error}") if path else error) from None


Schedule.install(to_config=to_config)
