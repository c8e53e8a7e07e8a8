"""`to_code`: a schedule as source that needs no lrsched."""

import builtins
import keyword
from typing import Literal

from ..checks import Site, guess
from ..core.schedule import Schedule

__all__ = ["to_code"]

USED = (*dir(builtins), "group", "groups", "rates", "highest", "optimizer", "make_scheduler", "Scheduler")
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
    >>> print(*source.splitlines()[-2:], sep="\n")
        step = max(step, 0)
        return warmup_linear(peak_value, warmup_steps, total_steps)(step)
    >>> made = {}
    >>> exec(source, made)
    >>> made["learning_rate"](550) == lrsched.warmup_linear(3e-4, 100, 1000)(550)
    True
    >>> made["learning_rate"](550, total_steps=2000) == lrsched.warmup_linear(3e-4, 100, 2000)(550)
    True
    """
    from .targets import TARGETS, target_of  # much code, which few programs use
    from .trees import UnwritableError
    from .writing import write

    here, naming = Site("to_code", "schedule"), Site("to_code", "name")
    if not isinstance(schedule, Schedule):  # pyright: ignore[reportUnnecessaryIsInstance]  (callers are unchecked)
        remedy = "call it: lrsched.cosine(...)" if callable(schedule) else "lrsched.parse(expression) reads one"
        here.refuse(schedule, "must be a schedule", remedy, TypeError)
    for site, text, example in (("target", target, "python"), ("name", name, "learning_rate")):
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            Site("to_code", site).refuse(text, "must be a str", f'write "{example}"', TypeError)
    if target not in TARGETS:
        Site("to_code", "target").refuse(target, f"must be one of {', '.join(TARGETS)}", guess(target, TARGETS))
    if not name.isidentifier() or keyword.iskeyword(name):
        naming.refuse(name, "must be a name of Python", 'write "learning_rate"')
    if name in (*USED, *target_of(target).imports, *target_of(target).runtime(), *target_of(target, True).runtime()):
        naming.refuse(name, "must be another name, for the source uses it", 'write "learning_rate"')
    if schedule.traced():
        here.refuse(schedule, "must be made of numbers, not of arrays", "give its parameters as Python numbers")
    try:
        return write(schedule, target, name)
    except UnwritableError as error:
        here.refuse(schedule, f"must be made of formulas that can be written, but {error}", error.remedy)
