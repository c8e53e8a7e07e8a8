"""The same curve as others write it: by hand, and in the libraries that are installed.

A linear warmup from 0 to `peak`, then half a cosine to 0 at `total`. A maker gives None where its library is missing.
"""

import importlib.util
import math
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "CURVE",
    "PEAK",
    "TOTAL",
    "WARMUP",
    "by_hand",
    "by_hand_with_constants",
    "fvcore",
    "jitted",
    "numpy_by_hand",
    "optax",
    "ready",
    "timm",
    "transformers_factor",
]

Function = Callable[[Any], Any]

CURVE = PEAK, WARMUP, TOTAL = 3e-4, 10_000, 1_000_000


def by_hand(peak: float, warmup: int, total: int, end: float = 0.0) -> Function:
    """The closure that stands in many training scripts."""

    def value(t: int) -> float:
        if t < warmup:
            return peak * t / warmup
        if t >= total:
            return end
        return end + (peak - end) * 0.5 * (1.0 + math.cos(math.pi * (t - warmup) / (total - warmup)))

    return value


def by_hand_with_constants(peak: float, warmup: int, total: int, end: float = 0.0) -> Function:
    """The same, with all that can be computed beforehand."""
    cos, slope, half, turn = math.cos, peak / warmup, 0.5 * (peak - end), math.pi / (total - warmup)

    def value(t: int) -> float:
        if t < warmup:
            return slope * t
        if t >= total:
            return end
        return end + half * (1.0 + cos(turn * (t - warmup)))

    return value


def numpy_by_hand(peak: float, warmup: int, total: int, end: float = 0.0) -> Function:
    """The expression that stands in many notebooks."""

    def value(t: Any) -> Any:
        x = (np.minimum(t, total) - warmup) / (total - warmup)
        return np.where(t < warmup, peak * t / warmup, end + (peak - end) * 0.5 * (1.0 + np.cos(np.pi * x)))

    return value


def optax(peak: float, warmup: int, total: int) -> Function | None:
    """Optax's schedule: a function of a number, an array or a tracer."""
    try:
        import optax as library
    except ImportError:
        return None
    return library.warmup_cosine_decay_schedule(0.0, peak, warmup, total, 0.0)


def ready(function: Function | None) -> Function | None:
    """The function, waiting for its result: JAX computes on while Python goes on."""
    return None if function is None else lambda steps: function(steps).block_until_ready()


def jitted(function: Function | None) -> Function | None:
    """The function, compiled by JAX and waiting for its result."""
    try:
        import jax
    except ImportError:
        return None
    return None if function is None else ready(jax.jit(function))


def fvcore(peak: float, warmup: int, total: int) -> Function | None:
    """fvcore's composite, a function of the fraction of the run."""
    try:
        from fvcore.common.param_scheduler import CompositeParamScheduler, CosineParamScheduler, LinearParamScheduler
    except ImportError:
        return None
    parts = [LinearParamScheduler(0.0, peak), CosineParamScheduler(peak, 0.0)]
    return CompositeParamScheduler(parts, [warmup / total, 1 - warmup / total], ["rescaled", "rescaled"])


def timm(peak: float, warmup: int, total: int) -> Function | None:
    """The computation in timm's scheduler, without its writing to an optimizer."""
    spec = importlib.util.find_spec("timm")
    if spec is None or importlib.util.find_spec("torch") is None:
        return None
    # `import timm` needs torchvision, which its schedulers do not: only they are loaded.
    package = types.ModuleType("timm")
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules.setdefault("timm", package)
    from timm.scheduler import CosineLRScheduler

    made = CosineLRScheduler(_optimizer(peak), total - warmup, warmup_t=warmup, warmup_prefix=True)
    return lambda t: made._get_lr(t)[0]


def transformers_factor(warmup: int, total: int) -> Function | None:
    """The function that transformers hands to LambdaLR, which multiplies the peak with it."""
    if importlib.util.find_spec("torch") is None:
        return None
    try:
        from transformers.optimization import get_cosine_schedule_with_warmup
    except ImportError:
        return None
    return get_cosine_schedule_with_warmup(_optimizer(1.0), warmup, total).lr_lambdas[0]


def _optimizer(value: float) -> Any:
    import torch

    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=value)
