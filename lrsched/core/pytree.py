"""A schedule as a tree of its numbers: leaves that may be traced, and a structure that may not.

The leaves are the numbers of the parameters, children included; the structure is everything else (which formula,
modes, flags, plain callables) and compares equal for schedules that differ in numbers only. JAX sees the same
tree, so a jitted function that takes a schedule is compiled once for all its numbers.
"""

import sys
from functools import cache
from typing import Any, NamedTuple

from ..arrays.libraries import is_number
from .schedule import Schedule

__all__ = ["flatten", "register_with_jax", "split", "unflatten", "unfolded"]


def split(schedule: Schedule) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The parameters that may be traced, with None for the others; and the others, with None for those."""
    halves = [_split(value, leaf) for value, leaf in zip(schedule.values, schedule.formula.leaf_flags, strict=True)]
    return tuple(half[0] for half in halves), (schedule.formula, *(half[1] for half in halves))


def _split(value: Any, leaf: bool) -> tuple[Any, Any]:
    if isinstance(value, tuple):
        halves = [_split(item, leaf) for item in value]
        return tuple(half[0] for half in halves), tuple(half[1] for half in halves)
    fixed = not leaf or (callable(value) and not isinstance(value, Schedule))
    return (None, value) if fixed else (value, None)


def _merge(dynamic: Any, fixed: Any) -> Any:
    if isinstance(fixed, tuple):
        return tuple(map(_merge, dynamic, fixed))
    return dynamic if fixed is None else fixed


def join_halves(dynamic: Any, fixed: tuple[Any, ...]) -> Schedule:
    """The schedule of two halves, taken as they are: JAX passes tracers, None and placeholders."""
    return Schedule.make(fixed[0], tuple(map(_merge, dynamic, fixed[1:])))


def unfolded(value: Any) -> Any:
    """A schedule with every composition in it replaced by what it is made of; other values as they are."""
    if isinstance(value, tuple):
        return tuple(map(unfolded, value))
    if not isinstance(value, Schedule):
        return value
    made = value.expand()
    return unfolded(made) if made is not value else Schedule.make(made.formula, tuple(map(unfolded, made.values)))


class Node(NamedTuple):
    """A schedule without its numbers."""

    fixed: tuple[Any, ...]
    shapes: tuple[Any, ...]


def flatten(schedule: Schedule) -> tuple[list[Any], Any]:
    """All numbers of a schedule, in order, and its structure, which is hashable.

    >>> import lrsched
    >>> flatten(lrsched.warmup(lrsched.cosine(1.0, 0.0, 90), 10))[0]
    [1.0, 0.0, 90, 10, 0.0]
    """
    leaves: list[Any] = []

    def shape(value: Any) -> Any:
        if isinstance(value, Schedule):
            dynamic, fixed = split(value)
            return Node(fixed, tuple(map(shape, dynamic)))
        if isinstance(value, tuple):
            return tuple(map(shape, value))
        if value is None:
            return None
        leaves.append(value)
        return type(value) if is_number(value) else "array"

    structure = shape(schedule)
    return leaves, structure


def unflatten(structure: Any, leaves: list[Any]) -> Schedule:
    """The schedule of a structure with other numbers."""
    remaining = iter(leaves)

    def fill(shape: Any) -> Any:
        if isinstance(shape, Node):
            return join_halves(tuple(map(fill, shape.shapes)), shape.fixed)
        if isinstance(shape, tuple):
            return tuple(map(fill, shape))
        return None if shape is None else next(remaining)

    return fill(structure)


def register_with_jax() -> None:
    """Make schedules pytrees where JAX is imported already."""
    if sys.modules.get("jax") is not None:
        _register()


@cache
def _register() -> None:
    from jax import tree_util  # JAX is optional

    class Key(tree_util.GetAttrKey):
        """The name of a parameter. JAX reads `key` where it says that two trees differ."""

        @property
        def key(self) -> str:
            return self.name

    key_of: Any = Key  # a subclass of a class whose stub has no parameters

    def with_keys(schedule: Schedule) -> Any:
        dynamic, fixed = split(schedule)
        return tuple(zip(map(key_of, schedule.formula.parameters), dynamic, strict=True)), fixed

    tree_util.register_pytree_with_keys(Schedule, with_keys, lambda fixed, dynamic: join_halves(dynamic, fixed), split)
