"""`to_code`: a schedule as source that needs no lrsched."""

import ast
from collections.abc import Iterator
from typing import Any, Literal

from ..core.schedule import Schedule

__all__ = ["to_code"]


def to_code(
    schedule: Schedule,
    target: Literal["python", "numpy", "jax", "optax", "torch", "javascript"],
    name: str = "learning_rate",
) -> str:
    """x"""
    from .writing import write

    return write(schedule, target, name)
