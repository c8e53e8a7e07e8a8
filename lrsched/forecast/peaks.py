"""The best peak of a schedule by the bound, and the ratio behind a peak that is known to be best."""

from typing import Any

import numpy as np

from ..arrays.libraries import library_of
from ..checks import Site
from ..view.sampling import Looked
from .convex import two_terms
from .rates import count_of, rates_of, ratio_of

__all__ = ["best_peak", "calibrate", "scale_of_best"]


def best_peak(schedule: Looked, steps: int, ratio: Any) -> Any:
    """The peak at which the bound of a shape is least; the whole schedule is scaled to it.

        best_peak = peak * ratio * sqrt(first/others)

    At a peak p times as high the bound is ratio**2*first/p + p*others, where ratio**2*first + others is the bound of
    the schedule itself.

    Args:
        schedule: the shape, at any peak.
        steps: the number of updates of the run, 1 or more.
        ratio: distance over gradient norm (a rate), greater than 0; `calibrate` gives it.

    Returns a rate: a float, or an array of the library of a traced schedule. Raises as `bound` does.

    Source: Schaipp et al. 2025, arXiv:2501.18965, section 3.

    >>> import lrsched
    >>> ratio = calibrate(lrsched.warmup_cosine(1e-3, 300, 10_000), 10_000)
    >>> round(best_peak(lrsched.wsd(1.0, 300, 10_000, 2_000), 10_000, ratio), 6)
    0.000538
    """
    ratio = ratio_of(Site("best_peak", "ratio"), ratio)
    peak, scale = scale_of_best("best_peak", schedule, steps)
    return peak * ratio * scale


def calibrate(best: Looked, steps: int) -> Any:
    """The ratio of distance to gradient norm under which a schedule has its best peak already.

    One schedule whose peak was tuned says what the bound needs to know of a model: `bound`, `best_peak` and `rank`
    take the result as their ratio, for other shapes, lengths and peaks.

    Args:
        best: the schedule, at the peak that was best.
        steps: the number of updates of the run, 1 or more.

    Returns a rate: a float, or an array of the library of a traced schedule. Raises as `bound` does.

    >>> import lrsched
    >>> best = lrsched.warmup_linear(6e-4, 100, 5_000)
    >>> ratio = calibrate(best, 5_000)
    >>> round(ratio, 6), round(best_peak(best, 5_000, ratio), 6)
    (0.042604, 0.0006)
    """
    return 1 / scale_of_best("calibrate", best, steps)[1]


def scale_of_best(call: str, schedule: Looked, steps: int) -> tuple[Any, Any]:
    """The peak of a schedule, and by how much it is to be multiplied where the ratio is 1."""
    count = count_of(Site(call, "steps"), steps)
    rates = rates_of(Site(call, "schedule"), schedule, count)
    first, others = two_terms(call, schedule, count)
    xp: Any = np if isinstance(rates, np.ndarray) else library_of(rates)
    peak = xp.max(rates)
    scale = (first / others) ** 0.5
    return (float(peak), scale) if xp is np else (peak, scale)
