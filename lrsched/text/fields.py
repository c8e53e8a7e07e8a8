"""A schedule as the type of a field: what pydantic asks of it."""

from collections.abc import Mapping
from typing import Any

from ..checks import brief
from ..core.schedule import Schedule
from .config import from_config, to_config
from .parse import parse

__all__ = ["core_schema", "json_schema"]

DESCRIPTION = "A learning-rate schedule as an expression, such as warmup_cosine(3e-4, 1000, 10000), or as its config."


def core_schema(cls: type[Schedule], source: Any, handler: Any) -> Any:
    """How pydantic reads a schedule, and that it writes its expression."""
    from pydantic_core import core_schema  # it is pydantic that asks

    to_text = core_schema.plain_serializer_function_ser_schema(_text, return_schema=core_schema.str_schema())
    return core_schema.no_info_plain_validator_function(_read, serialization=to_text)


def json_schema(cls: type[Schedule], core_schema: Any, handler: Any) -> dict[str, Any]:
    """The JSON schema of what is read, or of the expression that is written."""
    text = {"type": "string", "description": DESCRIPTION, "examples": ["warmup_cosine(0.0003, 1000, 10000)"]}
    if handler.mode == "serialization":
        return text
    properties = {"lrsched": {"const": 1}, "name": {"type": "string"}, "args": {"type": "object"}}
    config = {"type": "object", "properties": properties, "required": ["lrsched", "name"]}
    return {"anyOf": [{"type": "string"}, config], "description": DESCRIPTION, "examples": text["examples"]}


def _read(value: Any) -> Schedule:
    """A schedule, its expression, or its config; pydantic collects errors that are a ValueError."""
    try:
        if isinstance(value, Mapping):
            return from_config(value)
        if isinstance(value, (str, Schedule)):
            return parse(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    raise ValueError(f"{brief(value)} must be a schedule, its expression or its config, not {type(value).__name__}.")


def _text(schedule: Schedule) -> str:
    to_config(schedule)  # which refuses a plain callable or an array in it, which could not be read again
    return repr(schedule)


Schedule.install(
    __get_pydantic_core_schema__=classmethod(core_schema), __get_pydantic_json_schema__=classmethod(json_schema)
)
