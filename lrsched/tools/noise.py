"""The gradient noise scale: how large a batch is before a larger one stops helping."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ..checks import Site
from .sizes import size

__all__ = ["gradient_noise_scale"]

Norms: TypeAlias = "float | Sequence[float] | np.ndarray[Any, Any]"


def gradient_noise_scale(small_norm: Norms, big_norm: Norms, small_batch_size: int, big_batch_size: int) -> float:
    """The batch size at which the noise of the gradient is as large as the gradient, from its norm at two batch sizes.

        S/G,    G = (B*b2 - b*s2)/(B - b),    S = (s2 - b2)/(1/b - 1/B)

    with s2 and b2 the mean squares of the norms at the batch sizes b (small) and B (big). G estimates the squared norm
    of the true gradient, S the variance of the gradient of one sample, both without bias.

    Args:
        small_norm: the norm of the gradient of the small batch (any unit), or a list of norms over many updates.
        big_norm: the norm of the gradient of the big batch (the same unit), or a list of the same length.
        small_batch_size: the samples of the small batch, such as those of one device, 1 or more.
        big_batch_size: the samples of the big batch, such as those of an update, more than those of the small one.

    One pair of norms gives a poor estimate, which may even be negative: pass the norms of a few hundred updates. The
    estimate is infinite if the gradient cannot be distinguished from the noise. Raises ValueError or TypeError for
    norms that are negative or not finite, lists of different lengths, and sizes that are not whole, less than 1 or in
    the wrong order.

    Source: McCandlish et al. 2018, An Empirical Model of Large-Batch Training, arXiv:1812.06162, equation 2.9 and
    appendix A.1.

    >>> round(gradient_noise_scale(5.0, 3.0, 32, 256), 1)
    87.1
    """
    call = "gradient_noise_scale"
    small, big = (
        size(Site(call, "small_batch_size"), small_batch_size),
        size(Site(call, "big_batch_size"), big_batch_size),
    )
    if not small < big:
        remedy = "the small batch is a part of the big one"
        Site(call, "big_batch_size").refuse(big_batch_size, f"must be greater than small_batch_size={small}", remedy)
    at_small, at_big = _squares(Site(call, "small_norm"), small_norm), _squares(Site(call, "big_norm"), big_norm)
    if len(at_small) != len(at_big):
        demand = f"must be as many as the small norms, {len(at_small)}, not {len(at_big)}"
        Site(call, "big_norm").refuse(big_norm, demand, "give both norms of each update")
    square_small, square_big = float(at_small.mean()), float(at_big.mean())
    signal = (big * square_big - small * square_small) / (big - small)
    noise = (square_small - square_big) / (1 / small - 1 / big)
    return noise / signal if signal > 0 else math.inf


def _squares(site: Site, norms: Any) -> Any:
    try:
        array = np.atleast_1d(np.asarray(norms, dtype=np.float64))
    except (TypeError, ValueError):
        site.refuse(norms, "must be a number, or a list of numbers", "float(norm) makes one of a tensor", TypeError)
    if array.ndim != 1:
        site.refuse(norms, "must be a number, or a list of numbers", "one norm is that of all parameters", TypeError)
    if not array.size or not np.isfinite(array).all() or (array < 0).any():
        site.refuse(norms, "must be finite and 0 or more", "leave out updates that were skipped")
    return array * array
