"""How the length of a run follows from what is given, line by line."""

import math
from typing import Any

import numpy as np

from ..arrays.numbers import meant
from ..checks import Site
from ..core.parameters import choice
from .sizes import amount, size

__all__ = ["DEFAULTS", "check_together", "checked", "of_epochs", "of_tokens"]

_places = choice(("loader", "sampler"))

DEFAULTS = {"accumulation": 1, "devices": 1, "drop_last": False}
_EPOCHS, _TOKENS = ("dataset_size", "epochs", "batch_size"), ("tokens", "tokens_per_step")


def checked(name: str, value: Any) -> Any:
    """An argument of a horizon in the form in which it is kept."""
    site = Site("Horizon", name)
    if name == "drop_last":
        return _dropped(site, value)
    if name == "epochs":
        exact = amount(site, value)
        return int(exact) if exact.denominator == 1 else float(value)
    return size(site, value)


def _dropped(site: Site, value: Any) -> bool | str:
    if isinstance(value, str):
        return _places.check(site, value)
    if not isinstance(value, (bool, np.bool_)):
        demand = f"must be a bool, 'loader' or 'sampler', not {type(value).__name__}"
        site.refuse(value, demand, "write True or False", TypeError)
    return bool(value)


def check_together(shown: dict[str, Any]) -> None:
    """A run is given in epochs of a dataset or in tokens."""
    needed = _TOKENS if "tokens" in shown else _EPOCHS
    for name in needed:
        if name not in shown:
            remedy = f"a run is given by {', '.join(_EPOCHS)}, or by {', '.join(_TOKENS)}"
            Site("Horizon", name).refuse(None, "must be given", remedy)
    for name in (*_EPOCHS, *DEFAULTS) if "tokens" in shown else ():
        if name in shown:
            Site("Horizon", name).refuse(
                shown[name], "must not come with tokens", "a run is one of epochs or of tokens"
            )


def of_tokens(found: dict[str, Any]) -> tuple[None, int, list[str]]:
    """The updates of a run over tokens, and how they follow."""
    lines: list[str] = []
    return None, _divide(lines, found["tokens"], "tokens", found["tokens_per_step"], "", "updates"), lines


def of_epochs(found: dict[str, Any]) -> tuple[int, int, list[str]]:
    """The updates of an epoch, and of the run, and how they follow."""
    lines: list[str] = []
    updates = _batches(lines, found["dataset_size"], found["batch_size"], found["devices"], found["drop_last"])
    if found["accumulation"] > 1:
        updates = _divide(lines, updates, "batches", found["accumulation"], "", "updates of an epoch")
    exact = meant(found["epochs"]) * updates
    total = math.ceil(exact)
    up = "" if exact == total else " (rounded up)"
    lines.append(f"{updates} updates * {found['epochs']} epochs = {total} updates{up}")
    return updates, total, lines


def _batches(lines: list[str], samples: int, batch_size: int, devices: int, drop: bool | str) -> int:
    """The batches of an epoch on each device."""
    if drop is True and devices > 1:
        batches = _divide(lines, samples, "samples", batch_size, "", "batches", down=True)
        batches = _divide(lines, batches, "batches", devices, " devices", "batches of an epoch", down=True)
        samples //= devices
    else:
        if devices > 1:
            shares, down = "samples of a device", drop == "sampler"
            samples = _divide(lines, samples, "samples", devices, " devices", shares, down)
        down = drop in (True, "loader")
        batches = _divide(lines, samples, "samples", batch_size, "", "batches of an epoch", down)
    if batches == 0:
        name, value = ("batch_size", batch_size) if samples else ("devices", devices)
        demand = f"must be at most the {samples} samples of a device" if samples else "must be at most the samples"
        Site("Horizon", name).refuse(value, demand, "lower it, or leave out drop_last")
    return batches


def _divide(lines: list[str], of: int, unit: str, by: int, per: str, result: str, down: bool = False) -> int:
    """A division that is rounded up, or down, and the line that says so."""
    value = of // by if down else -(-of // by)
    how = "" if of % by == 0 else " (rounded down)" if down else " (rounded up)"
    lines.append(f"{of} {unit} / {by}{per} = {value} {result}{how}")
    return value
