"""`to_code`: a schedule as source that needs no lrsched."""

from typing import Literal

from ..core.schedule import Schedule

__all__ = ["to_code"]


def to_code(
    schedule: Schedule, target: Literal["python", "numpy", "jax", "optax", "torch"], *, name: str = "learning_rate"
) -> str:
    r"""A schedule as self-contained source: a file that imports its target, and not lrsched.

    What is written has one function for every formula, and one for the schedule, which has the given name. It computes
    what the schedule does, by the same steps: distances from the nearer end, integers that stay integers, ends that are
    exact. In float64 it agrees to 1e-12, in the float32 of JAX to 5 ulp.

    - "python": a function of a number, with `math` alone;
    - "numpy": a function of a number or an array, in float64;
    - "jax": a function of a number, an array or a tracer, which may be jitted; steps end at 2**31 - 1;
    - "optax": the same, joined by optax's own `join_schedules` where the schedule is a join of a few;
    - "torch": a function of a number or a tensor, in float64, and `make_scheduler(optimizer)`, a `LambdaLR` under which
      update k has exactly the rate of the schedule.

    Args:
        schedule: what is written; compositions, your own ones too, are expanded, and your own formulas are written if
            they use the words of `xp` alone.
        target: the library.
        name: the name of the function.

    Negative steps have the first value, steps past the end the last. Raises TypeError for what is no schedule, and
    ValueError for another target, a name that is none, a schedule that holds a plain callable or an array, a formula
    that leaves the words of `xp`, and lengths beyond the steps of JAX.

    >>> import lrsched
    >>> source = to_code(lrsched.warmup_linear(3e-4, 100, 1000), "python")
    >>> print(*source.splitlines()[-4:], sep="\n")
        step = max(step, 0)
        if step < 100:
            return linear(step, 0.0, 0.0003, 100)
        return linear(step - 100, 0.0003, 0.0, 900)
    >>> made = {}
    >>> exec(source, made)
    >>> made["learning_rate"](550) == lrsched.warmup_linear(3e-4, 100, 1000)(550)
    True
    """
    from .writing import write  # much code, which few programs use

    return write(schedule, target, name)
