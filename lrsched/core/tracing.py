"""What `torch.compile` has to know before it traces a first call."""

import sys
from functools import cache

from ..arrays.namespaces import namespace_of
from .schedule import Schedule

__all__ = ["register_with_torch"]


def register_with_torch() -> None:
    """Prepare for `torch.compile` where torch is imported already."""
    if sys.modules.get("torch") is not None:
        _register()


@cache
def _register() -> None:
    """Make the namespaces of its tensors, and have schedules bound outside of the trace, which knows no fractions."""
    import torch  # optional

    for dtype in (torch.int64, torch.float32, torch.float64):
        namespace_of(torch.empty(0, dtype=dtype))
    torch.compiler.assume_constant_result(Schedule.keep)
