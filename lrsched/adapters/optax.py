"""optax: a schedule already is an optax schedule; these functions convert dtypes and read the current value."""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jax.tree_util import Partial, keystr
from optax import tree_utils  # pyright: ignore[reportMissingTypeStubs]  (optax has none)

from ..arrays.libraries import is_number
from ..arrays.namespaces import Namespace
from ..checks import Site, brief
from ..core.binding import bound
from ..core.decorators import schedule as formula
from ..core.formula import Built
from ..core.parameters import Child, kind_of
from ..core.pytree import register_with_jax
from ..core.schedule import Schedule
from .optax_labels import partition_labels

__all__ = ["current_value", "from_optax", "partition_labels", "to_optax"]

register_with_jax()

COUNTERS: Final = (
    ("count", ("ScaleByScheduleState", "WrappedScheduleState", "WeightDecaySchedule")),
    ("step_count", ("ScheduleFreeState",)),
    ("count", None),
    ("gradient_step", None),
)
"""Where states keep counts, best first: those passed to a schedule, then those of updates. None means any owner."""

NOT_UPDATES: Final = "ReduceLROnPlateauState"
"""The owner of a `count` that starts again."""

LARGEST: Final = 2**31 - 1
"""optax counts in int32 and stops at the largest."""


# To optax.


def to_optax(schedule: Any) -> Partial:
    """An optax schedule whose values are always float32.

    You can pass a schedule to optax directly. Use this function if its dtype would otherwise follow the count: in
    64-bit JAX, or with a count in half precision. The result is a pytree of the schedule's numbers and can be pickled.

    Args:
        schedule: a schedule, callable or number.

    Raises TypeError for a callable that returns no real numbers, ValueError for one that returns several per step.

    >>> import jax.numpy as jnp, lrsched
    >>> to_optax(lrsched.linear(1.0, 0.0, 4))(jnp.bfloat16(3))
    Array(0.25, dtype=float32)
    """
    child = kind_of(Child).check(Site("to_optax", "schedule"), schedule)
    return child if _is_ours(child) else Partial(_float32, child if isinstance(child, Schedule) else from_optax(child))


def _float32(schedule: Schedule, count: Any) -> jax.Array:
    dtype = getattr(count, "dtype", None)
    if dtype is not None and jnp.issubdtype(dtype, jnp.floating) and jnp.finfo(dtype).bits < 32:
        count = jnp.asarray(count, jnp.float32)
    return jnp.asarray(schedule(count), jnp.float32)


def _is_ours(value: Any) -> bool:
    return isinstance(value, Partial) and value.func is _float32


# From optax.


def _as_it_was(parameters: Any) -> Any:
    """A schedule is returned unchanged."""
    given = parameters["schedule"]
    given = given.args[0] if _is_ours(given) else given
    return given if isinstance(given, Schedule) else parameters


@formula(simplify=_as_it_was)
def from_optax(xp: Namespace, schedule: Child) -> Built:
    """An optax schedule, or any function of a JAX count, as an lrsched schedule.

        s(t) = schedule(min(max(t, 0), 2**31 - 1))

    The function is called with a JAX array, as optax calls it, and computes in float32 unless x64 is enabled. The
    result of `to_optax` is converted back to the original schedule.

    Args:
        schedule: a function of an int32 count (or a number, which is a constant).

    A step may be a number, a JAX array, or an array of another library on the CPU. The schedule can be pickled if the
    function can, and cannot be written as a config. Raises TypeError and ValueError as `to_optax` does.

    >>> import optax
    >>> s = from_optax(optax.linear_schedule(1.0, 0.0, 4))
    >>> s(1), (0.5 * s)(1)
    (0.75, 0.375)
    """
    if not callable(schedule):
        return bound(xp, schedule)

    def value(t: Any) -> Any:
        t = xp.minimum(xp.maximum(t, 0), LARGEST)
        if isinstance(t, jax.Array):
            return _ask(schedule, t)
        with jax.ensure_compile_time_eval():
            values = _ask(schedule, jnp.asarray(t if is_number(t) else np.asarray(t)))
        if isinstance(values, Tracer):
            return values
        return float(values) if is_number(t) else xp.array(np.array(values))

    return value


def _ask(function: Callable[[Any], Any], steps: jax.Array) -> jax.Array:
    """The values of a function for an array of steps: a real number for each, or one for all."""
    call = f"{getattr(function, '__name__', brief(function))}(count)"
    values = function(steps)
    try:
        values = jnp.asarray(values)
    except (TypeError, ValueError):
        raise TypeError(f"{call} must give a number, not {type(values).__name__}; a schedule returns a rate.") from None
    if not (jnp.issubdtype(values.dtype, jnp.floating) or jnp.issubdtype(values.dtype, jnp.integer)):
        raise TypeError(f"{call} must give a real number, not {values.dtype}; a schedule returns a rate.")
    if values.shape not in ((), steps.shape):
        raise ValueError(f"{call} must give one number for each step, not shape {values.shape}; reduce it.")
    return values


# The value in force.


def current_value(opt_state: Any, schedule: Callable[[Any], Any]) -> jax.Array:
    """The value of a schedule that the *next* update will use.

    The step is the count in the optimizer's state. The counts of transformations with a schedule come first, at any
    depth, in a chain, `inject_hyperparams`, `multi_transform`, `MultiSteps` (which counts real updates) or
    `schedule_free` (the count of the base optimizer). If no transformation has a schedule, it is the count of updates.

    Args:
        opt_state: the state that `init` or `update` returned or that a checkpoint restored, or a part of it.
        schedule: the schedule that was given to the optimizer.

    Raises ValueError for a state without a count, and for one with several different counts. Inside `jit`, where counts
    cannot be compared, the value is NaN if they differ.

    >>> import jax.numpy as jnp, lrsched, optax
    >>> schedule = lrsched.linear(1.0, 0.0, 4)
    >>> state = optax.adamw(schedule).init(jnp.zeros(3))
    >>> float(current_value(state, schedule))
    1.0
    """
    if not callable(schedule):
        site = Site("current_value", "schedule")
        site.refuse(schedule, "must be the schedule that the optimizer was given", "give the state first", TypeError)
    counts = _counts(opt_state)
    first, *others = map(jnp.asarray, counts.values())
    value = jnp.asarray(schedule(first))
    agree = reduce(lambda so_far, other: so_far & jnp.array_equal(first, other), others, np.True_)
    if isinstance(agree, Tracer):
        return jnp.where(agree, value, jnp.nan)
    if not agree:
        found = ", ".join(f"{count} at {path}" for path, count in counts.items())
        raise ValueError(
            f"current_value(opt_state) must hold one count of updates, not {found}; "
            "give the part of the state whose value is wanted."
        )
    return value


def _counts(opt_state: Any) -> dict[str, Any]:
    """The counts in a state by their paths; only those of the best kind."""
    for name, owners in COUNTERS:
        found = {
            keystr(path): value
            for path, value in tree_utils.tree_get_all_with_path(opt_state, name)
            if _is_count(value) and _owned(path[-1], owners)
        }
        if found:
            return found
    remedy = "an optimizer that was given a schedule keeps one"
    return Site("current_value", "opt_state").refuse(opt_state, "must hold a count of updates", remedy)


def _owned(key: Any, owners: tuple[str, ...] | None) -> bool:
    owner = getattr(key, "tuple_name", "")
    return owner != NOT_UPDATES if owners is None else owner in owners


def _is_count(value: Any) -> bool:
    """True for an integer; a parameter named `count` has real ones."""
    return type(value) is int or (hasattr(value, "dtype") and jnp.issubdtype(value.dtype, jnp.integer))
