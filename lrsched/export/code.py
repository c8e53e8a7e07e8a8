"""`to_code`: a schedule as source that needs no lrsched."""

from typing import Literal

from ..core.schedule import Schedule

__all__ = ["to_code"]


def to_code(
    schedule: Schedule,
    target: Literal["python", "numpy", "jax", "optax", "torch", "javascript"],
    name: str = "learning_rate",
) -> str:
    """X"""
    from .writing import write

    return write(schedule, target, name)
