"""Schedules that were recorded from the real libraries: arguments, steps and values, in `tests/data`."""

import importlib
import inspect
import json
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

DATA = Path(__file__).parents[1] / "data"
LIBRARIES = (
    "composer",
    "deepspeed",
    "diffusers",
    "fvcore",
    "keras",
    "levanter",
    "maxtext",
    "megatron",
    "mmengine",
    "nanotron",
    "nemo",
    "olmo_core",
    "optax",
    "paddle",
    "timm",
    "torch",
    "torchtitan",
    "transformers",
)

EPS = {"keras": 2.0**-23}
"""The precision that a library computes in, where it is not float64."""


class Recorded(NamedTuple):
    """A schedule of a library as it was called, and the values that it gave at some steps."""

    peer: str
    name: str
    kwargs: dict[str, Any]
    steps: np.ndarray
    values: np.ndarray
    tolerance: float


@cache
def cases(library: str) -> dict[str, Recorded]:
    """The recorded cases of a library, by a name for each."""
    record = json.loads((DATA / f"{library}.json").read_text())
    found = {}
    for number, case in enumerate(record["cases"]):
        steps, values = np.array(case["steps"]), np.array(case["values"])
        label = f"{library} {number} {case['kwargs'].get('sched', case['name'])}"
        found[label] = Recorded(library, case["name"], case["kwargs"], steps, values, record["tolerance"])
    return found


def build(library: str, name: str, kwargs: dict[str, Any], exact_tail: bool = False) -> Any:
    """What `lrsched.interop` makes of a call; a schedule among the arguments is a call itself, {"name", "kwargs"}.

    With `exact_tail`, functions that know it give what the library gives past the end as well.
    """
    module = importlib.import_module(f"lrsched.interop.{library}")
    shared = {"base_lr": kwargs["base_lr"]} if "base_lr" in kwargs else {}

    def argument(value: Any) -> Any:
        if isinstance(value, list):
            return [argument(item) for item in value]
        if isinstance(value, dict) and value.keys() == {"name", "kwargs"}:
            taken = inspect.signature(getattr(module, value["name"])).parameters
            return build(library, value["name"], (shared if "base_lr" in taken else {}) | value["kwargs"], exact_tail)
        return value

    function = partial(module.get_scheduler, name) if library == "transformers" else getattr(module, name)
    given = {key: argument(value) for key, value in kwargs.items()}
    if exact_tail and "exact_tail" in inspect.signature(function).parameters:
        given["exact_tail"] = True
    return function(**given)


def bound(case: Recorded) -> np.ndarray:
    """The error that is allowed at each step: relative, and some rounding of the library.

    A library subtracts numbers as large as its greatest value to get its small ones (1 + cos next to the end, the start
    of a ramp as its end and the difference). They are rounded to its precision, each to half an ulp: 4 ulp in all.
    """
    return case.tolerance * np.abs(case.values) + 4 * EPS.get(case.peer, 2.0**-52) * np.abs(case.values).max()
