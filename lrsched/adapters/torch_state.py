"""What a TorchScheduler saves: the number of completed updates, and configs of the schedules to compare with."""

import math
import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..checks import brief
from ..core.schedule import Schedule
from ..text.config import from_config, to_config
from ..view.sampling import blocks, last_shown, values_at
from .torch_numbers import as_float, is_one_number

__all__ = ["config_of", "counted", "differences", "read_state"]

MOST = 10_000_000
"""Up to here two schedules are compared, to say at which step they part."""


def counted(step: Any) -> Any:
    """A number of updates as an int; or of epochs, of which a part may be over, as a float."""
    if isinstance(step, bool) or not is_one_number(step):
        kind = type(step).__name__
        raise TypeError(
            f"TorchScheduler.set_step({brief(step)}) must be a number, not {kind}; count completed updates."
        )
    try:
        return operator.index(step)
    except TypeError:
        value = as_float(step)
    if not math.isfinite(value):
        raise ValueError(f"TorchScheduler.set_step({value}) must be finite; count completed updates.")
    return int(value) if value.is_integer() else value


def read_state(state: Any) -> tuple[Any, Mapping[str, Any] | None]:
    """The step of a state, which is -1 before the first, and its configs; None if a scheduler of torch saved it.

    What comes from a file may be anything.
    """
    if isinstance(state, Mapping):
        ours = set(state) == {"step", "schedule"} and isinstance(state["schedule"], Mapping)
        step = _of_torch(state) if not ours else state["step"]
        if is_one_number(step) and math.isfinite(step) and (step >= 0 or step == -1):
            return counted(step), state["schedule"] if ours else None
    raise ValueError(
        f"TorchScheduler.load_state_dict({brief(state)}) must be the state of a TorchScheduler, with the keys "
        '"step" and "schedule", or of one of torch\'s schedulers, with the key "last_epoch"; for that of another, '
        "call set_step with its number of updates."
    )


def _of_torch(state: Mapping[Any, Any]) -> Any:
    """What a scheduler of torch has counted; ChainedScheduler leaves that to the ones that it holds."""
    held = state.get("_schedulers")
    if "last_epoch" not in state and isinstance(held, (list, tuple)) and held and isinstance(held[0], Mapping):
        return _of_torch(held[0])
    return None if "step" in state else state.get("last_epoch")


def config_of(schedule: Schedule | None) -> Any:
    """The config of a schedule, or None for one that no config can hold."""
    try:
        return None if schedule is None else to_config(schedule)
    except ValueError:
        return None


def differences(saved: Mapping[str, Any], ours: Mapping[str, Any], groups: int) -> Iterator[str]:
    """What tells the hyperparameters apart whose configs differ for some of the groups that both have."""
    for name in sorted({*saved, *ours}, key=str):
        both = [configs.get(name, ()) for configs in (saved, ours)]
        one, other = (config if isinstance(config, list) else [config] * groups for config in both)
        pairs = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
        if pairs:
            before, now = ("not set" if config == () else _show(config) for config in both)
            text = f"TorchScheduler.load_state_dict: {name} was {before} when it was saved, and is {now} in the code"
            yield text + _parting(pairs)


def _parting(pairs: list[tuple[Any, Any]]) -> str:
    """At which step the schedules of a group first differ, where that can be said."""
    read = [(_schedule(a), _schedule(b)) for a, b in pairs]
    known = [(a, b) for a, b in read if a is not None and b is not None]
    if len(known) < len(read):
        return ""
    steps = [_first_difference(a, b) for a, b in known]
    parted = [step for step in steps if step is not None]
    if parted:
        return f", which first differs at step {min(parted)}"
    return f", which agrees at every step up to {min(_end(a, b) for a, b in known)}"


def _end(a: Schedule, b: Schedule) -> int:
    return min(last_shown([a, b]), MOST)


def _first_difference(a: Schedule, b: Schedule) -> int | None:
    """The first step at which two schedules differ by more than rounding, or None."""
    for steps in blocks(range(_end(a, b) + 1)):
        first, second = values_at(a, steps), values_at(b, steps)
        with np.errstate(all="ignore"):  # a value may be infinite
            apart = abs(first - second) > 1e-9 * abs(first)
        if apart.any():
            return int(steps[apart.argmax()])
    return None


def _schedule(config: Any) -> Schedule | None:
    try:
        return from_config(config) if config else None
    except (TypeError, ValueError):
        return None


def _show(config: Any) -> str:
    """A saved config as the call that it stands for, where that can be read."""
    if isinstance(config, list):
        return f"[{', '.join(map(_show, config))}]"
    if not config:
        return "None"
    made = _schedule(config)
    return brief(config) if made is None else repr(made)
