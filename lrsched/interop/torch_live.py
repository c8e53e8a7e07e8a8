"""Live torch schedulers, read as schedules. No framework is imported: a live object has imported its own.

A scheduler is read through its attributes. A `SequentialLR` or chain is read where its schedulers are plain ones:
inside another one torch steps it once more than it says.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from ..checks import Site
from . import torch_chains, torch_cycles, transformers, vocabulary as lrs

Scheduler: TypeAlias = Any
Functions: TypeAlias = Mapping[str, Callable[..., lrs.Schedule]]

TORCH = "torch.optim.lr_scheduler"


def read(live_scheduler: Scheduler, functions: Functions) -> list[lrs.Schedule]:
    """The schedule of each group of parameters, made by the functions of the classes' names."""
    if not hasattr(live_scheduler, "optimizer"):
        demand = f"must be a scheduler of torch, not {type(live_scheduler).__name__}"
        _refuse(live_scheduler, "live_scheduler", demand, "give one of torch.optim.lr_scheduler")
    kind = {"SequentialLR": _sequential, "ChainedScheduler": _chained}.get(_name(live_scheduler), _alone)
    groups = range(len(live_scheduler.optimizer.param_groups))
    return [kind(live_scheduler, "live_scheduler", group, functions) for group in groups]


def _refuse(live: Scheduler, path: str, demand: str, remedy: str) -> NoReturn:
    Site("from_scheduler", path).refuse(live, demand, remedy, TypeError)


def _name(live: Scheduler) -> str:
    kind: type[Any] = type(live)
    return kind.__name__ if kind.__module__ == TORCH else f"{kind.__module__}.{kind.__qualname__}"


def _number(value: Any) -> float:
    return value.item() if hasattr(value, "item") else value  # a rate may be a tensor


def _base(live: Scheduler, group: int) -> float:
    return _number(live.base_lrs[group]) if hasattr(live, "base_lrs") else 0.0


def _alone(live: Scheduler, path: str, group: int, functions: Functions) -> lrs.Schedule:
    return _leaf(live, path, group, _base(live, group), functions)


# Leaves.


def _leaf(live: Scheduler, path: str, group: int, base_lr: float, functions: Functions) -> lrs.Schedule:
    name = _name(live)
    if name in ARGUMENTS:
        return functions[name](base_lr=base_lr, **{argument: getattr(live, argument) for argument in ARGUMENTS[name]})
    if name == "MultiStepLR":
        return functions[name](base_lr, sorted(live.milestones.elements()), live.gamma)
    if name in READERS:
        return READERS[name](live, path, group, base_lr)
    _refuse(live, path, *UNREADABLE.get(name, ("must be one of torch's own schedulers", WRITE)))


ARGUMENTS = {
    "StepLR": ("step_size", "gamma"),
    "ConstantLR": ("factor", "total_iters"),
    "LinearLR": ("start_factor", "end_factor", "total_iters"),
    "ExponentialLR": ("gamma",),
    "PolynomialLR": ("total_iters", "power"),
    "CosineAnnealingLR": ("T_max", "eta_min"),
    "CosineAnnealingWarmRestarts": ("T_0", "T_mult", "eta_min"),
}
"""The schedulers that keep their arguments under the names of these."""

WRITE = "write it as a schedule: @lrsched.schedule"
UNREADABLE = {
    "ReduceLROnPlateau": ("must be a function of the step, and not of a metric", "keep torch's scheduler"),
    "MultiplicativeLR": ("must not multiply by an unknown function at every step", WRITE),
}


def _cyclic(live: Scheduler, path: str, group: int, base_lr: float) -> lrs.Schedule:
    up = round(live.total_size * live.step_ratio, 6)  # torch keeps the sum and the ratio
    scale_fn = live._scale_fn_custom
    rates, down = (base_lr, _number(live.max_lrs[group])), live.total_size - up
    heights = {"gamma": live.gamma, "scale_fn": scale_fn, "scale_mode": live.scale_mode}
    mode = live.mode if scale_fn is None else "triangular"
    return torch_cycles.CyclicLR(*rates, step_size_up=up, step_size_down=down, mode=mode, **heights)


def _one_cycle(live: Scheduler, path: str, group: int, base_lr: float) -> lrs.Schedule:
    given, found = live.optimizer.param_groups[group], live._schedule_phases
    rates = [_number(given[found[0]["start_lr"]]), *(_number(given[phase["end_lr"]]) for phase in found)]
    values = rates if len(found) == 3 else [*rates[:2], rates[0], rates[2]]
    phases = {
        "pct_start": (found[0]["end_step"] + 1) / live.total_steps,
        "anneal_strategy": live._anneal_func_type,
        "three_phase": len(found) == 3,
    }
    return torch_cycles.one_cycle("OneCycleLR", values, live.total_steps, phases)


def _lambda(live: Scheduler, path: str, group: int, base_lr: float) -> lrs.Schedule:
    function = live.lr_lambdas[group]
    if isinstance(function, lrs.Schedule):
        return lrs.scale(function, base_lr)
    made = transformers.from_lambda(function, base_lr)
    if made is None:
        demand = "must be a schedule, or a function of transformers; another one cannot be read"
        _refuse(function, f"{path}.lr_lambdas[{group}]", demand, WRITE)
    return made


READERS = {"CyclicLR": _cyclic, "OneCycleLR": _one_cycle, "LambdaLR": _lambda}


# Schedulers of schedulers.


def _plain(live: Scheduler, path: str) -> list[tuple[Scheduler, str]]:
    """The schedulers in one, with their paths."""
    found = [(child, f"{path}._schedulers[{index}]") for index, child in enumerate(live._schedulers)]
    for child, here in found:
        if hasattr(child, "_schedulers"):
            demand = "must be a plain scheduler: torch steps a scheduler of schedulers inside another once too often"
            _refuse(child, here, demand, "write one SequentialLR, or one chain, of all of them")
    return found


def _sequential(live: Scheduler, path: str, group: int, functions: Functions) -> lrs.Schedule:
    rate = _number(live.optimizer.param_groups[group]["initial_lr"])
    children: list[lrs.Schedule] = []
    for index, (child, here) in enumerate(_plain(live, path)):
        sets = index or _name(child) in ("CosineAnnealingWarmRestarts", "CyclicLR", "LambdaLR")
        children.append(_leaf(child, here, group, _base(child, group) if sets else rate, functions))
    return functions["SequentialLR"](base_lr=rate, schedulers=children, milestones=live._milestones)


def _chained(live: Scheduler, path: str, group: int, functions: Functions) -> lrs.Schedule:
    """A chain, in the order in which its schedulers are called, which is taken to be that in which they were made."""
    rate = _number(live.optimizer.param_groups[group]["initial_lr"])
    made = [_leaf(child, here, group, _base(child, group), functions) for child, here in _plain(live, path)]
    if rate == 0 and all(map(torch_chains.is_factor, made)):
        return lrs.constant(0.0)
    return functions["ChainedScheduler"](base_lr=rate, schedulers=made)
