"""Live torch schedulers, read as schedules. No framework is imported: a live object has imported its own.

A leaf is read through its attributes. Nested schedulers are where torch is less simple than it looks: a scheduler that
multiplies the rate continues from the rate that it finds, and what it finds depends on who was there before.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeAlias

from ..combinators.arithmetic import multiply, scale
from ..combinators.join import join
from ..combinators.time import shift
from ..core.checks import Site
from ..core.schedule import Schedule
from ..schedules.decays import constant
from . import torch as names, torch_chains, torch_cycles, transformers

__all__ = ["read"]

Scheduler: TypeAlias = Any

TORCH = "torch.optim.lr_scheduler"


def read(live_scheduler: Scheduler) -> list[Schedule]:
    """The schedule of each group of parameters."""
    if not hasattr(live_scheduler, "optimizer"):
        _refuse(
            live_scheduler,
            "live_scheduler",
            f"must be a scheduler of torch, not {type(live_scheduler).__name__}",
            "give one of torch.optim.lr_scheduler",
        )
    groups = live_scheduler.optimizer.param_groups
    return [_schedule(live_scheduler, "live_scheduler", index) for index in range(len(groups))]


def _refuse(live: Scheduler, path: str, demand: str, remedy: str, kind: type[Exception] = TypeError) -> NoReturn:
    Site("from_scheduler", path).refuse(live, demand, remedy, kind)


def _name(live: Scheduler) -> str:
    kind: type[Any] = type(live)
    return kind.__name__ if kind.__module__ == TORCH else f"{kind.__module__}.{kind.__qualname__}"


def _schedule(live: Scheduler, path: str, group: int) -> Schedule:
    name = _name(live)
    if name == "SequentialLR":
        return _sequential(live, path, group, 0)
    if name == "ChainedScheduler":
        return _chained(live, path, group, False)
    return _leaf(live, path, group, _number(live.base_lrs[group]) if hasattr(live, "base_lrs") else 0.0)


def _number(value: Any) -> float:
    return value.item() if hasattr(value, "item") else value  # a rate may be a tensor


# Leaves.


def _leaf(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    name = _name(live)
    if name in ARGUMENTS:
        arguments = {argument: getattr(live, argument) for argument in ARGUMENTS[name]}
        return getattr(names, name)(base_lr=base_lr, **arguments)
    if name in READERS:
        return READERS[name](live, path, group, base_lr)
    demand, remedy = UNREADABLE.get(
        name, ("must be one of torch's own schedulers", "write it as a schedule: @lrsched.schedule")
    )
    _refuse(live, path, demand, remedy)


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

UNREADABLE = {
    "ReduceLROnPlateau": (
        "must be a function of the step: it follows a metric",
        "no schedule knows the metric; keep torch's scheduler",
    ),
    "MultiplicativeLR": (
        "must not multiply by an unknown function at every step",
        "write the product as a schedule of your own: @lrsched.schedule",
    ),
}


def _multi_step(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    return names.MultiStepLR(base_lr, sorted(live.milestones.elements()), live.gamma)


def _cyclic(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    up = round(live.total_size * live.step_ratio, 6)  # torch keeps the sum and the ratio
    scale_fn = live._scale_fn_custom
    return names.CyclicLR(
        base_lr=base_lr,
        max_lr=_number(live.max_lrs[group]),
        step_size_up=up,
        step_size_down=live.total_size - up,
        mode=live.mode if scale_fn is None else "triangular",
        gamma=live.gamma,
        scale_fn=scale_fn,
        scale_mode=live.scale_mode,
    )


def _one_cycle(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    given = live.optimizer.param_groups[group]
    found = live._schedule_phases
    rates = [_number(given[found[0]["start_lr"]]), *(_number(given[phase["end_lr"]]) for phase in found)]
    pct_start = (found[0]["end_step"] + 1) / live.total_steps
    ends = torch_cycles.ends_of("OneCycleLR", live.total_steps, pct_start, len(found) == 3)
    return torch_cycles.phases(rates, ends, live._anneal_func_type, False)


def _lambda(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    function = live.lr_lambdas[group]
    if isinstance(function, Schedule):
        return scale(function, base_lr)
    made = transformers.from_lambda(function, base_lr)
    if made is None:
        _refuse(
            function,
            f"{path}.lr_lambdas[{group}]",
            "must be a schedule, or a function of transformers; another one cannot be read",
            "write it as a schedule: @lrsched.schedule",
        )
    return made


READERS: Mapping[str, Callable[[Scheduler, str, int, float], Schedule]] = {
    "MultiStepLR": _multi_step,
    "CyclicLR": _cyclic,
    "OneCycleLR": _one_cycle,
    "LambdaLR": _lambda,
}


# Schedulers of schedulers.


def _initial_rate(live: Scheduler, group: int) -> float:
    return _number(live.optimizer.param_groups[group]["initial_lr"])


def _first(live: Scheduler, path: str, group: int, depth: int) -> Schedule:
    """The scheduler that a `SequentialLR` begins with: it finds the initial rate of the group.

    Torch starts it by a step; inside another scheduler that is an ordinary one, of those that multiply the rate.
    """
    name = _name(live)
    if name == "SequentialLR":
        return _sequential(live, path, group, depth + 1)
    if name == "ChainedScheduler":
        return _chained(live, path, group, True)
    sets = name in ("CosineAnnealingWarmRestarts", "CyclicLR", "LambdaLR")
    base_lr = _number(live.base_lrs[group]) if sets else _initial_rate(live, group)
    return _stepped(live, path, group, base_lr) if depth else _leaf(live, path, group, base_lr)


def _stepped(live: Scheduler, path: str, group: int, base_lr: float) -> Schedule:
    """A leaf whose step 0 is an ordinary step, from step -1: the factors of these three are not 1 there."""
    name = _name(live)
    if name == "ExponentialLR":
        base_lr *= live.gamma
    if name == "PolynomialLR":
        base_lr *= (live.total_iters / (live.total_iters + 1)) ** live.power
    if name == "CosineAnnealingLR":
        rise = 1 / math.cos(math.pi / 2 / live.T_max) ** 2 if live.T_max > 1 else 2.0
        base_lr = live.eta_min + (base_lr - live.eta_min) * rise
    return _leaf(live, path, group, base_lr)


def _children(live: Scheduler, path: str, group: int, depth: int) -> list[Schedule]:
    found: list[Schedule] = []
    for index, child in enumerate(live._schedulers):
        here = f"{path}._schedulers[{index}]"
        if index == 0:
            found.append(_first(child, here, group, depth))
        elif hasattr(child, "_schedulers"):
            _refuse(
                child, here, "must be a plain scheduler: torch cannot start another one at a milestone", "put it first"
            )
        else:
            found.append(_schedule(child, here, group))
    return found


def _milestones(live: Scheduler, depth: int) -> list[int]:
    """The milestones; every `SequentialLR` around one has stepped its clock once before the run begins."""
    return [milestone - depth for milestone in live._milestones]


def _sequential(live: Scheduler, path: str, group: int, depth: int) -> Schedule:
    return names.SequentialLR(
        base_lr=_initial_rate(live, group),
        schedulers=_children(live, path, group, depth),
        milestones=_milestones(live, depth),
    )


def _flat(live: Scheduler, path: str) -> Iterator[tuple[Scheduler, str]]:
    """The schedulers of a chain, those of chains in it among them, with their paths."""
    for index, child in enumerate(live._schedulers):
        here = f"{path}._schedulers[{index}]"
        if _name(child) == "ChainedScheduler":
            yield from _flat(child, here)
        else:
            yield child, here


def _chained(live: Scheduler, path: str, group: int, stepped: bool) -> Schedule:
    """A chain, in the order in which its schedulers are called, which is taken to be that in which they were made."""
    chain = list(_flat(live, path))
    rows = [index for index, (child, _) in enumerate(chain) if _name(child) == "SequentialLR"]
    if len(rows) > 1 or (rows and stepped):
        demand = "must be the only one in its chain, and not in another SequentialLR"
        _refuse(*chain[rows[-1]], demand, "chain inside the schedulers of the SequentialLR")
    if rows and len(chain) > 1:
        return _chain_of_sequence(chain, rows[0], group, _initial_rate(live, group))
    if len(chain) == 1 and not stepped:
        return _schedule(*chain[0], group)
    made = [
        (_stepped if stepped else _leaf)(child, here, group, _number(child.base_lrs[group])) for child, here in chain
    ]
    rate = _initial_rate(live, group)
    if rate == 0 and all(map(torch_chains.is_factor, made)):
        return constant(0.0)
    return names.ChainedScheduler(base_lr=rate, schedulers=made)


def _chain_of_sequence(chain: list[tuple[Scheduler, str]], place: int, group: int, base_lr: float) -> Schedule:
    """A chain in which a `SequentialLR` sets the rate at its milestones, where the others go on from there.

    Those that are called before it have lost their factor up to the milestone, those after it all but the last.
    """
    sequence, here = chain[place]
    others = [
        _factor(_leaf(child, path, group, _number(child.base_lrs[group])), child, path)
        for child, path in [*chain[:place], *chain[place + 1 :]]
    ]
    starts = [0, *_milestones(sequence, 0)]
    pieces = [
        _piece(_factor(child, sequence, here), others, place, start, base_lr)
        for child, start in zip(_children(sequence, here, group, 0), starts, strict=True)
    ]
    return join(pieces, starts[1:])


def _factor(made: Schedule, live: Scheduler, path: str) -> Schedule:
    if not torch_chains.is_factor(made):
        demand = "must multiply the rate, with no eta_min, in a chain with a SequentialLR"
        _refuse(live, path, demand, "chain inside the schedulers of the SequentialLR")
    return made


def _piece(child: Schedule, others: list[Schedule], place: int, start: int, base_lr: float) -> Schedule:
    """One scheduler of a sequence, times what the others have multiplied the rate by since it was started."""
    for index, other in enumerate(others):
        before = other(start - (index >= place)) if start or index < place else base_lr
        if before:  # one that has ended at 0 multiplies no more
            child = multiply(child, scale(shift(other, start) if start else other, 1 / before))
    return child
