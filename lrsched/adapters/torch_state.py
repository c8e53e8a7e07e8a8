"""What a TorchScheduler saves: the number of completed updates, and configs of the schedules to compare with."""

import operator
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.checks import brief
from ..core.config import from_config, to_config
from ..core.schedule import Schedule

__all__ = ["config_of", "differences", "read_state", "whole"]


def whole(step: Any) -> int:
    """A number of updates as an int."""
    try:
        if not isinstance(step, bool):
            return operator.index(step)
    except TypeError:
        pass
    kind = type(step).__name__
    raise TypeError(f"TorchScheduler.set_step({step!r}) must be an integer, not {kind}; count completed updates.")


def read_state(state: Any) -> tuple[int, Mapping[str, Any]]:
    """The step of a state, which is -1 before the first, and its configs; what comes from a file may be anything."""
    if isinstance(state, Mapping) and set(state) == {"step", "schedule"}:
        step, configs = state["step"], state["schedule"]
        try:
            if isinstance(configs, Mapping) and whole(step) >= -1:
                return whole(step), configs
        except TypeError:
            pass
    raise ValueError(
        f"TorchScheduler.load_state_dict({brief(state)}) must be the state of a TorchScheduler, "
        'with the keys "step" and "schedule"; for that of another, call set_step with its number of updates.'
    )


def config_of(schedule: Schedule | None) -> Any:
    """The config of a schedule, or None for one that no config can hold."""
    try:
        return None if schedule is None else to_config(schedule)
    except ValueError:
        return None


def differences(saved: Mapping[str, Any], ours: Mapping[str, Any], groups: int) -> Iterator[str]:
    """What tells the hyperparameters apart whose configs differ for some of the groups."""
    for name in sorted({*saved, *ours}, key=str):
        both = [configs.get(name, ()) for configs in (saved, ours)]
        one, other = (config if isinstance(config, list) else [config] * groups for config in both)
        if one != other:
            before, now = ("not set" if config == () else _show(config) for config in both)
            yield f"TorchScheduler.load_state_dict: {name} was {before} when it was saved, and is {now} in the code"


def _show(config: Any) -> str:
    """A saved config as the call that it stands for, where that can be read."""
    if isinstance(config, list):
        return f"[{', '.join(map(_show, config))}]"
    try:
        return repr(from_config(config)) if config else "None"
    except (TypeError, ValueError):
        return brief(config)
