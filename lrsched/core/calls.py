"""The arguments of a call: which are given by position, which by name, and what an error says to write instead."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from ..checks import brief, guess, sentence
from .parameters import Parameter

__all__ = ["bind_arguments", "by_name_if_default", "signature_text"]

MAX_USAGE = 160
"""The longest call that an error writes out, in characters."""


def by_name_if_default(call: str, parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter of a formula: keyword-only if it has a default, else given by position or by name."""
    required = parameter.default is parameter.empty
    if parameter.kind is parameter.KEYWORD_ONLY and not required:
        return parameter
    if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
        raise TypeError(
            f"{call}({parameter.name}) must be given by position or by name; leave out / and **, "
            "and write * only before parameters that have a default."
        )
    return parameter if required else parameter.replace(kind=parameter.KEYWORD_ONLY)


def signature_text(signature: inspect.Signature, parameters: Mapping[str, Parameter]) -> str:
    """The parameters as a call is written, with the defaults and the `*` before keyword-only ones."""
    parts: list[str] = []
    for name, p in signature.parameters.items():
        if p.kind is p.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(name if p.default is p.empty else f"{name}={parameters[name].show(p.default)}")
    return f"({', '.join(parts)})"


def bind_arguments(
    call: str,
    signature: inspect.Signature,
    parameters: Mapping[str, Parameter],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> dict[str, Any]:
    """The arguments of a call by name, without the defaults; the values are not checked yet."""
    for name in kwargs:
        if name not in parameters:
            short = name if len(name) <= 60 else f"{name[:57]}..."
            raise TypeError(sentence(f"{call}({short}=...) is not a parameter; {guess(name, parameters)}"))
    by_position = [name for name, p in signature.parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    usage = f"{call}{signature_text(signature, parameters)}"
    if len(usage) > MAX_USAGE:
        usage = f"{call}({', '.join([name for name, p in parameters.items() if p.required] + ['...'])})"
    if len(args) > len(by_position):
        remedy = _meant(call, signature, parameters, args[len(by_position) :], kwargs)
        raise TypeError(f"{usage} takes {_values(len(by_position))} by position, not {len(args)}; {remedy}.")
    given = dict(zip(by_position, args, strict=False))
    for name in given:
        if name in kwargs:
            raise TypeError(f"{usage}: {name} is given by position and by name; leave one out.")
    given |= kwargs
    missing = [name for name, p in signature.parameters.items() if p.default is p.empty and name not in given]
    if missing:
        remedy = ", ".join(f"{name}=..." for name in missing)
        raise TypeError(f"{usage} is missing {_listed(missing, ' and ')}; write {remedy}")
    return given


def _values(count: int) -> str:
    return f"{count} value" if count == 1 else f"{count} values"


def _listed(items: Sequence[str], last: str) -> str:
    return f"{', '.join(items[:-1])}{last}{items[-1]}" if len(items) > 1 else items[0]


def _meant(
    call: str,
    signature: inspect.Signature,
    parameters: Mapping[str, Parameter],
    extra: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> str:
    """Which names surplus values were probably meant for: `end_value` first, since a floor is what most people mean."""
    names = [name for name, p in signature.parameters.items() if p.kind is p.KEYWORD_ONLY and name not in kwargs]
    if len(extra) == 1:
        names.sort(key=lambda name: name != "end_value")
        fitting = [name for name in names if _fits(call, parameters[name], extra[0])]
        if fitting:
            return f"write {_listed([f'{name}={brief(extra[0])}' for name in fitting], ' or ')}"
    elif len(extra) <= len(names):
        pairs = list(zip(names, extra, strict=False))
        if all(_fits(call, parameters[name], value) for name, value in pairs):
            return f"write {', '.join(f'{name}={brief(value)}' for name, value in pairs)}"
    if names:
        return f"give {_listed(names, ' or ')} by name"
    return "leave out the last value" if len(extra) == 1 else f"leave out the last {len(extra)} values"


def _fits(call: str, parameter: Parameter, value: Any) -> bool:
    try:
        parameter.check(call, value)
    except (TypeError, ValueError):
        return False
    return True
