"""The schedule of a family at which a forecast, or the bound, is least."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..checks import Site, is_list, known
from ..core.schedule import Schedule
from .convex import bound
from .finals import FinalLaw
from .law import Law
from .rates import count_of

__all__ = ["Optimum", "optimize"]


class Optimum(NamedTuple):
    """The best schedule of a family."""

    schedule: Schedule
    parameters: dict[str, Any]
    """What the family was called with."""
    value: float
    """The forecast of the final loss, or the bound."""


def _box(limits: Mapping[str, tuple[float, float]], start: Mapping[str, Any]) -> dict[str, tuple[float, float, Any]]:
    """For each parameter its least value, how far it may go above, and the first one."""
    found: dict[str, tuple[float, float, Any]] = {}
    for name, pair in limits.items():
        site = Site("optimize", f"limits[{name!r}]")
        if not is_list(pair) or len(pair) != 2:
            site.refuse(pair, "must be two numbers", "give the least and the greatest value", TypeError)
        low, high = (float(known(site, value, "limits are fixed")) for value in pair)
        if low >= high:
            site.refuse(pair, "must rise", "give the least value first")
        first = start.get(name, (low + high) / 2)
        if (np.asarray(first) < low).any() or (np.asarray(first) > high).any():
            Site("optimize", f"start[{name!r}]").refuse(
                first, f"must be from {low} to {high}", "start within the limits"
            )
        found[name] = (low, high - low, first)
    for name in start:
        if name not in found:
            Site("optimize", "start").refuse(name, "must be parameters with limits", f"known are {', '.join(found)}")
    return found


def optimize(
    family: Callable[..., Schedule],
    steps: int,
    objective: Law | FinalLaw | float,
    limits: Mapping[str, tuple[float, float]],
    *,
    start: Mapping[str, Any] | None = None,
) -> Optimum:
    """The schedule of a family at which the forecast of the final loss, or the bound, is least.

    The gradient of JAX leads there from the start, within the limits (L-BFGS-B). It may be a local minimum: try another
    start. The laws know nothing of stability, so that the upper limit of a peak is yours to give.

    Args:
        family: gives a schedule for parameters by name, each a number or a list of numbers.
        steps: the number of updates.
        objective: a `Law` or a `FinalLaw`; or, for the bound, its ratio of distance to gradient norm.
        limits: the least and the greatest value of each parameter.
        start: the first value of some parameters; the middle of its limits without. It is a list where the family takes
            one.

    Needs JAX, and scipy, which the extra `forecast` installs. Raises ValueError or TypeError for limits that do not
    rise, and for what the family, the law or `bound` refuses.

    >>> import lrsched
    >>> found = optimize(
    ...     lambda peak, decay: lrsched.wsd(peak, 10, 500, decay, init_value=0.1 * peak),
    ...     500,
    ...     0.02,
    ...     {"peak": (1e-4, 1e-1), "decay": (1, 490)},
    ... )
    >>> found.schedule.parameters["decay_steps"]
    490
    """
    import jax  # an extra, as scipy is
    from scipy.optimize import minimize  # pyright: ignore[reportMissingTypeStubs]

    steps = count_of(Site("optimize", "steps"), steps)
    box = _box(limits, start or {})
    many = [len(np.atleast_1d(first)) for _, _, first in box.values()]
    ends = np.cumsum(many).tolist()
    low, size = (np.repeat([each[i] for each in box.values()], many).tolist() for i in (0, 1))

    def schedule_of(units: Any) -> tuple[Schedule, dict[str, Any]]:
        values = [low[i] + size[i] * units[i] for i in range(len(low))]
        found: dict[str, Any] = {}
        for (name, (_, _, first)), count, end in zip(box.items(), many, ends, strict=True):
            found[name] = values[end - count : end] if is_list(first) else values[end - 1]
        return family(**found), found

    def value_of(schedule: Schedule) -> Any:
        if isinstance(objective, (Law, FinalLaw)):
            return objective.final(schedule, steps)
        return bound(schedule, steps, objective)

    begin = (np.concatenate([np.atleast_1d(first) for _, _, first in box.values()]) - low) / size
    with jax.enable_x64(True):
        both = jax.jit(jax.value_and_grad(lambda units: value_of(schedule_of(units)[0])))
        scale = abs(float(both(begin)[0])) or 1.0

        def scaled(units: Any) -> tuple[float, Any]:
            value, slope = both(units)
            return float(value) / scale, np.asarray(slope, np.float64) / scale

        options = {"maxiter": 3_000, "ftol": 1e-15, "gtol": 1e-10}
        best = minimize(scaled, begin, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(begin), options=options)
    schedule, parameters = schedule_of(best.x.tolist())
    return Optimum(schedule, parameters, float(value_of(schedule)))
