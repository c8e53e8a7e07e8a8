"""Numbers as they stand in the groups of a PyTorch optimizer: of Python, of NumPy, or in tensors."""

from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["as_float", "fill", "is_one_number"]


def as_float(value: Any) -> float:
    """The number that a value is; of an array with one element and of a tensor that records gradients, too."""
    return float(value.item() if isinstance(value, (Tensor, np.ndarray)) else value)


def is_one_number(value: object) -> bool:
    """Whether a value is a real number: of Python, of NumPy, or in an array or tensor with one element."""
    if isinstance(value, Tensor):
        return value.numel() == 1
    if isinstance(value, np.ndarray):
        return value.size == 1 and value.dtype.kind in "iuf"
    return isinstance(value, Real) and value is not True and value is not False


def fill(tensor: Tensor, value: float) -> None:
    """Fill a tensor in place; one that records gradients does not record this."""
    if tensor.requires_grad:
        with torch.no_grad():
            tensor.fill_(value)
    else:
        tensor.fill_(value)
