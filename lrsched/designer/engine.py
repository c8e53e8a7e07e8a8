"""The engine of the designer as JavaScript: the formulas of lrsched, printed from their sources, and what runs them."""

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..checks import Site, is_factory
from ..combinators.restart import damped, damped_cycles
from ..core.decorators import formula_of
from ..core.formula import Formula
from ..core.kinds import Kind, Parameter
from ..core.registry import ENDS, Factory
from ..export.targets import target_of
from .formulas import Builders

__all__ = ["engine_source"]

STATIC = Path(__file__).parent / "static"

FILES = (
    *("numbers", "places", "curves"),
    *("messages", "checks", "making", "two_parts"),
    *("tokens", "parsing", "text"),
    *("sample", "handles", "edits", "face"),
)
"""The parts that are written in JavaScript."""

SHARED = ("zip",)
"""What the engine has in common with the files that `to_code` writes."""

WRITTEN = ("join", "shift", "stretch", "restart", "extend", "batch_size_ramp")
"""The schedules that move time, or look into schedules, or count exactly: the engine has its own."""

GROUPS = ("schedules.ramps", "schedules", "runs.cycles", "runs", "combinators", "tools")
"""The modules of the schedules, in the order of the reference."""


@cache
def engine_source() -> str:
    """The script that adds the engine to the object `lrsched` of a page.

    The engine reads an expression, makes the schedule, evaluates it as Python numbers are, and changes it.
    """
    builders, found = Builders(), [*_factories()]
    for factory in found:
        if factory.__name__ not in WRITTEN:
            builders.add(factory.__name__, factory)
    for function in (damped, damped_cycles):
        builders.add(function.__name__, function)
    formulas = [_formula(formula_of(factory)) for factory in found]
    formulas.append(_formula(Formula(damped, stretches=True)) | {"is_hidden": True})
    shared = target_of("javascript").runtime()
    parts = [
        "const lrsched = (globalThis.lrsched ??= {});",
        *(shared[text] for text in SHARED),
        f"const ENDS = {json.dumps(ENDS)};",
        "\n".join(["const FORMULAS = [", *(f"    {json.dumps(formula)}," for formula in formulas), "];"]),
        *((STATIC / f"{file}.js").read_text(encoding="utf-8").strip() for file in FILES),
        builders.text(),
        "begin();",
    ]
    return '(() => {\n"use strict";\n\n' + "\n\n".join(parts) + "\n})();\n"


def _factories() -> Iterator[Factory]:
    """The schedules of lrsched, in the order of the reference."""
    import lrsched  # which imports all of them

    public = [getattr(lrsched, name) for name in lrsched.__all__]
    factories = [value for value in public if is_factory(value)]
    places = {factory: _place(formula_of(factory)) for factory in factories}
    yield from sorted((factory for factory in factories if places[factory][0] < len(GROUPS)), key=places.__getitem__)


def _place(formula: Formula) -> tuple[int, str, int]:
    module = formula.builder.__module__
    group = next((at for at, text in enumerate(GROUPS) if module.startswith(f"lrsched.{text}")), len(GROUPS))
    return group, module, formula.builder.__code__.co_firstlineno


def _formula(formula: Formula) -> dict[str, Any]:
    """What the engine knows of a formula besides its builder."""
    length = formula.own_length({name: name for name in formula.parameters})
    return {
        "name": formula.name,
        "role": "composition" if formula.composed else "layout" if formula.laid_out else "value",
        "summary": (formula.builder.__doc__ or "").partition("\n")[0],
        "usage": f"{formula.name}{formula.signature_text()}",
        "pointwise": list(formula.pointwise),
        "length": length if length in formula.parameters else None,
        "parameters": [_parameter(parameter) for parameter in formula.parameters.values()],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    default = getattr(parameter.default, "__name__", parameter.default)
    kind = _kind(parameter.kind) | {"optional": parameter.optional}
    return {
        "name": parameter.name,
        "required": parameter.required,
        "kind": kind,
        "default": None if parameter.required else default,
    }


TYPES: Mapping[str, str] = {
    "real": "real",
    "_beta_2": "real",
    "whole": "whole",
    "countable": "duration",
    "_multiple": "multiple",
    "size": "size",
    "count": "size",
    "_child": "child",
    "check_ramp": "ramp",
    "_sequence": "list",
    "flag": "flag",
    "choice": "choice",
}
"""How each check of Python is called in `checks.js`."""

ITEMS = {"Values": "Value", "Children": "Child", "Boundaries": "Steps"}


def _kind(kind: Kind) -> dict[str, Any]:
    """The check of a parameter: its bounds, and what it demands."""
    from .. import types

    made: dict[str, Any] = {
        "name": kind.name,
        "type": TYPES[kind.check.__qualname__.partition(".")[0]],
        "unit": kind.unit,
    }
    if kind.name in ITEMS:
        item = getattr(types, ITEMS[kind.name]).__metadata__[0]
        return made | {"item": _kind(item), "is_rising": kind.name == "Boundaries"}
    if made["type"] == "choice":
        return made | {"options": [part.strip("'") for part in kind.name.split(" | ")]}
    return (
        made | _bounds(kind, made["type"] in ("whole", "size", "multiple") or kind.name == "Count")
        if kind.is_numeric
        else made
    )


LIMITS = (0, 0.6, 1, 2**53)
"""The bounds that a number may have."""


def _bounds(kind: Kind, is_counted: bool) -> dict[str, Any]:
    """The bounds of a number, found by asking the check on both sides of each, and what it says beyond them."""

    def is_refused(limit: float, side: int) -> bool:
        return _refusal(kind, limit + side if is_counted else math.nextafter(limit, math.inf * side)) is not None

    lows = [x for x in LIMITS if is_refused(x, -1) and not (_refusal(kind, x) if is_counted else is_refused(x, 1))]
    highs = [x for x in LIMITS if is_refused(x, 1) and not is_refused(x, -1)]
    minimum, maximum = next(iter(lows), None), next(iter(highs), None)
    demand, remedy = _refusal(kind, -3) or ("", "")
    return {
        "minimum": minimum,
        "maximum": maximum,
        "isOpen": minimum is not None and _refusal(kind, minimum) is not None,
        "demand": demand,
        "remedy": remedy,
        "is_whole": kind.name == "Count",
    }


def _refusal(kind: Kind, value: float) -> tuple[str, str] | None:
    """What a check demands of a number that it refuses, and the remedy."""
    try:
        kind.check(Site("call", "name"), value)
    except ValueError as error:
        demand, remedy = str(error).removesuffix(".").split(") ", 1)[1].split("; ", 1)
        return demand, remedy
    return None
