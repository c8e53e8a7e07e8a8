"""Schedules as data: `to_config` and `from_config`.

The way in ends in a call of the factory, so that data is checked as code is; an error says the path to its place, such
as `join.schedules[1].steps`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .checks import brief, guess, sentence
from .decorators import find, formula_of
from .parameters import encode_schedule
from .schedule import Schedule

__all__ = ["MAX_DEPTH", "earlier_args", "from_config", "to_config"]

VERSION = 1
"""The version of the config format."""

earlier_args: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Parameters of earlier releases: a function by the name of a schedule, which gives the parameters of today."""

MAX_DEPTH = 160
"""How deep calls and lists may be nested, in text and in configs: schedules of depth 64, with a list around each."""


def to_config(schedule: Schedule) -> dict[str, Any]:
    """A schedule as a JSON-able dict.

    The form is `{"lrsched": 1, "name": NAME, "args": {PARAMETER: VALUE}}`, where 1 is the version of the format, and a
    child is the same without the version. Every parameter is written, so that a default may change later.

    Raises ValueError for a schedule that holds a plain callable or an array.

    >>> import lrsched
    >>> to_config(lrsched.scale(lrsched.constant(1.0), 0.5))["args"]
    {'schedule': {'name': 'constant', 'args': {'value': 1.0}}, 'factor': 0.5}
    """
    try:
        return {"lrsched": VERSION, **encode_schedule(schedule)}
    except ValueError as error:
        raise ValueError(f"{schedule.formula.name}(...).to_config(): {error}") from None


def from_config(config: Mapping[str, Any]) -> Schedule:
    """The schedule of a dict that `to_config` gave.

    Raises ValueError or TypeError for another version, an unknown name, an unknown or missing parameter, and whatever
    the schedule itself refuses, with the path to the place.

    >>> import lrsched
    >>> from_config({"lrsched": 1, "name": "linear", "args": {"init_value": 0.0, "end_value": 1.0, "steps": 10}})
    linear(0.0, 1.0, 10)
    """
    if not isinstance(config, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  (configs come from files)
        raise TypeError(
            f"from_config({brief(config)}) must be a dict, not {type(config).__name__}; json.load gives one."
        )
    if "lrsched" not in config:
        raise ValueError(f'from_config({brief(dict(config))}) must have the key "lrsched"; write "lrsched": {VERSION}.')
    version = config["lrsched"]
    if type(version) is not int:
        kind = type(version).__name__
        raise TypeError(
            f'from_config(lrsched={brief(version)}) must be an int, not {kind}; write "lrsched": {VERSION}.'
        )
    if version != VERSION:
        raise ValueError(
            f"from_config(lrsched={brief(version)}) must be of version {VERSION}; a newer one needs a newer lrsched."
        )
    return _decode({key: value for key, value in config.items() if key != "lrsched"}, "", 0)


def _decode(config: Mapping[str, Any], path: str, depth: int) -> Schedule:
    place = path or "from_config"
    for key in config:
        if key not in ("name", "args"):
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
    values = {
        name: _decode_value(value, parameters.get(name), f"{here}.{name}", depth + 1) for name, value in args.items()
    }
    return _at(path, lambda: factory(**values))


def _decode_value(value: Any, parameter: Any, path: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError(f"from_config: nested deeper than {MAX_DEPTH}; build such a schedule in code.")
    if isinstance(value, Mapping):
        return _decode(value, path, depth)
    if isinstance(value, list):
        return [_decode_value(item, parameter, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, str) and parameter is not None and parameter.names_ramp:
        return _at(path, lambda: find(value))
    return value


def _at(path: str, make: Callable[[], Any]) -> Any:
    """Whatever `make` gives, or its error with the path in front."""
    try:
        return make()
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise (kind(f"{path}: {error}") if path else error) from None
