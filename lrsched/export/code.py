"""`to_code`: a schedule as source that needs no lrsched."""

import keyword
from collections.abc import Iterator
from typing import Any, Literal

from ..core.checks import Site, guess, name_of
from ..core.schedule import Schedule

__all__ = ["to_code"]

USED = ("abs", "float", "int", "len", "max", "min", "zip", "xp", "group", "optimizer", "make_scheduler", "Scheduler")
"""Names that the source uses itself."""


def to_code(
    schedule: Schedule,
    target: Literal["python", "numpy", "jax", "optax", "torch", "javascript"],
    *,
    name: str = "learning_rate",
) -> str:
    r"""A schedule as self-contained source: a file that imports its target, and not lrsched.

    The file has the sources of the formulas, a few functions that they are put together with, and a function of the
    step and of the numbers of the schedule. Distances are taken from the nearer end, integers stay integers, boundaries
    and both ends are exact.

    - "python": a function of a number, with the standard library alone;
    - "numpy": a function of a number or an array, in float64;
    - "jax": a function of a number, an array or a tracer, which may be jitted;
    - "optax": the same, which is an optax schedule;
    - "torch": a function of a number or a tensor, in float64, and `make_scheduler(optimizer)`, a `LambdaLR`;
    - "javascript": an ES module that exports `learningRate(step)`, a function of a number.

    Args:
        schedule: what is written: of formulas and compositions of lrsched, or of your own that have a source.
        target: the language or library.
        name: the name of the function.

    Negative steps have the first value, steps past the end the last. Raises TypeError for what is no schedule, and
    ValueError for another target, a name that is none, a schedule that holds a plain callable or an array, and a
    formula that has no source or leaves the words of `xp`.

    >>> import lrsched
    >>> source = to_code(lrsched.warmup_linear(3e-4, 100, 1000), "python")
    >>> print(*source.splitlines()[-6:], sep="\n")
    >>> made = {}
    >>> exec(source, made)
    >>> made["learning_rate"](550) == lrsched.warmup_linear(3e-4, 100, 1000)(550)
    True
    >>> made["learning_rate"](550, total_steps=2000) == lrsched.warmup_linear(3e-4, 100, 2000)(550)
    True
    """
    from .targets import TARGETS  # much code, which few programs use
    from .trees import UnwritableError
    from .writing import write

    here = Site("to_code", "schedule")
    if not isinstance(schedule, Schedule):  # pyright: ignore[reportUnnecessaryIsInstance]  (callers are unchecked)
        remedy = "call it: lrsched.cosine(...)" if callable(schedule) else "lrsched.parse(text) reads one"
        here.refuse(schedule, "must be a schedule", remedy, TypeError)
    _check_names(target, name, [*TARGETS], TARGETS)
    if schedule.traced():
        here.refuse(schedule, "must be made of numbers, not of arrays", "give its parameters as Python numbers")
    for function in _callables(schedule):
        remedy = f"make {name_of(function)} a formula, under @lrsched.schedule"
        here.refuse(schedule, "must be made of schedules, not of plain callables", remedy)
    try:
        return write(schedule, target, name)
    except UnwritableError as error:
        here.refuse(schedule, f"must be made of formulas that can be written, but {error}", error.remedy)


def _check_names(target: Any, name: Any, targets: list[str], known: Any) -> None:
    if not isinstance(target, str):
        Site("to_code", "target").refuse(target, "must be a str", 'write "python"', TypeError)
    if target not in targets:
        Site("to_code", "target").refuse(target, f"must be one of {', '.join(targets)}", guess(target, targets))
    site, remedy = Site("to_code", "name"), 'write "learning_rate"'
    if not isinstance(name, str):
        site.refuse(name, "must be a str", remedy, TypeError)
    if not name.isidentifier() or keyword.iskeyword(name):
        site.refuse(name, "must be a name of Python", remedy)
    if name in (*USED, *known[target].imports):
        site.refuse(name, "must be another name, for the source uses it", remedy)


def _callables(schedule: Schedule) -> Iterator[Any]:
    """The plain callables among the children of what a schedule is made of."""
    made = schedule.expand()
    if made is not schedule:
        yield from _callables(made)
        return
    for parameter, value in zip(schedule.formula.parameters.values(), schedule.values, strict=True):
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Schedule):
                yield from _callables(part)
            elif parameter.kind.child and callable(part):
                yield part
