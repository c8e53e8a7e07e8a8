"""Schedules as data and as text: `to_config`, `from_config`, `parse`.

Both ways in end in the same call of the factory, so that data and text are checked as code is. An error says the
path to its place (`join.schedules[1].steps`), and for text the column.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, cast

from .checks import brief, guess
from .decorators import find, formula_of
from .parameters import encode_schedule
from .schedule import Schedule

__all__ = ["ParseError", "from_config", "parse", "to_config"]

VERSION = 1
"""The version of the config format."""

MAX_TEXT = 200_000
"""The longest text that is parsed, in characters."""

MAX_DEPTH = 64
"""How deep calls and lists may be nested, in text and in configs."""


class ParseError(ValueError):
    """A text that is not a schedule. `column` is the place, counted from 1, or None where there is no single place."""

    def __init__(self, message: str, column: int | None = None) -> None:
        self.column = column
        super().__init__(message if column is None else f"column {column}: {message}")


# Data.


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
    if config["lrsched"] is not VERSION and config["lrsched"] != VERSION:
        raise ValueError(
            f"from_config(lrsched={brief(config['lrsched'])}) must be of version {VERSION}; "
            "a newer one needs a newer lrsched."
        )
    return _decode({key: value for key, value in config.items() if key != "lrsched"}, "", 0)


def _decode(config: Mapping[str, Any], path: str, depth: int) -> Schedule:
    place = path or "from_config"
    if depth > MAX_DEPTH:
        raise ValueError(f"from_config: nested deeper than {MAX_DEPTH}; build such a schedule in code.")
    for key in config:
        if key not in ("name", "args"):
            raise ValueError(f"{place}: unknown key {brief(key)}; {guess(str(key), ('name', 'args'))}.")
    if "name" not in config:
        raise ValueError(f'{place}: the key "name" is missing; write the name of a schedule, such as "linear".')
    factory = _at(place, lambda: find(config["name"]))
    here = f"{path}.{config['name']}" if path else config["name"]
    args = config.get("args", {})
    if not isinstance(args, Mapping):
        raise TypeError(f"{here}: args must be a dict of parameters, not {type(args).__name__}.")
    parameters = formula_of(factory).parameters
    values = {name: _decode_value(value, parameters.get(name), f"{here}.{name}", depth) for name, value in args.items()}
    return _at(path, lambda: factory(**values))


def _decode_value(value: Any, parameter: Any, path: str, depth: int) -> Any:
    if isinstance(value, Mapping):
        return _decode(value, path, depth + 1)
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
        raise (type(error)(f"{path}: {error}") if path else error) from None


# Text.


def parse(text: str) -> Schedule:
    """The schedule that a text describes: `parse(repr(s)) == s`.

    The text is read, never evaluated: a call of a schedule of the vocabulary (or of your own, once it is imported) with
    numbers, strings, True, False, None, lists, names of ramps, and calls of the same kind. Anything else is refused.

    Raises ValueError with the column for everything that is not such a text, longer than 200 000 characters or nested
    deeper than 64, and for whatever the schedule itself refuses.

    >>> parse("wsd(3e-4, 100, 800, 100, decay=one_minus_sqrt)")
    wsd(0.0003, 100, 800, 100, decay=one_minus_sqrt)
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (texts come from files)
        raise TypeError(f"parse({brief(text)}) must be a str, not {type(text).__name__}; repr(schedule) gives one.")
    if len(text) > MAX_TEXT:
        raise ParseError(f"an expression of {len(text)} characters is longer than {MAX_TEXT}; build it in code")
    _check_depth(text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ParseError(f"{error.msg}; write a call such as linear(0.0, 1.0, 10)", error.offset) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParseError(f"not an expression ({error}); write a call such as linear(0.0, 1.0, 10)") from None
    skipped = len(text) - len(text.lstrip())
    if not isinstance(tree.body, ast.Call):
        _refuse(tree.body, "an expression is a call, such as linear(0.0, 1.0, 10)", skipped)
    return _read_call(tree.body, "", skipped)


def _check_depth(text: str) -> None:
    depth = 0
    signs = 0
    for column, character in enumerate(text, 1):
        depth += (character in "([{") - (character in ")]}")
        signs = signs + 1 if character in "+-~" else 0 if not character.isspace() else signs
        if depth > MAX_DEPTH or signs > 2:
            raise ParseError(f"nested deeper than {MAX_DEPTH}; build such a schedule in code", column)


def _refuse(node: ast.expr, demand: str, skipped: int) -> NoReturn:
    raise ParseError(demand, skipped + node.col_offset + 1)


def _read_call(node: ast.Call, path: str, skipped: int) -> Schedule:
    if not isinstance(node.func, ast.Name):
        _refuse(node.func, "only a schedule can be called, by its name", skipped)
    name = node.func.id
    factory = _read(node.func, skipped, lambda: find(name))
    here = f"{path}.{name}" if path else name
    names = list(formula_of(factory).parameters)
    args = [
        _read_value(argument, f"{here}.{names[index]}" if index < len(names) else here, skipped)
        for index, argument in enumerate(node.args)
    ]
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            _refuse(keyword.value, "** cannot be written here; name the parameters", skipped)
        kwargs[keyword.arg] = _read_value(keyword.value, f"{here}.{keyword.arg}", skipped)
    return _read(node, skipped, lambda: factory(*args, **kwargs), path)


def _read(node: ast.expr, skipped: int, make: Callable[[], Any], path: str = "") -> Any:
    """Whatever `make` gives, or its error with the place in front."""
    try:
        return make()
    except ParseError:
        raise
    except (TypeError, ValueError) as error:
        raise ParseError(f"{path}: {error}" if path else str(error), skipped + node.col_offset + 1) from None


def _read_value(node: ast.expr, path: str, skipped: int) -> Any:
    match node:
        case ast.Call():
            return _read_call(node, path, skipped)
        case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if type(value) in (int, float):
            return -cast(float, value)
        case ast.UnaryOp(op=ast.UAdd(), operand=ast.Constant(value=value)) if type(value) in (int, float):
            return value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_read_value(item, f"{path}[{index}]", skipped) for index, item in enumerate(items)]
        case ast.Dict(keys=keys, values=values):
            return {
                _read_value(key, path, skipped): _read_value(value, path, skipped)
                for key, value in zip(keys, values, strict=True)
                if key is not None or _refuse(value, "** cannot be written here", skipped)
            }
        case ast.Name(id=name):
            return _read(node, skipped, lambda: find(name))
        case _:
            _refuse(node, "only numbers, texts, True, False, None, lists and calls can stand here", skipped)
