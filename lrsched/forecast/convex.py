"""The bound of convex optimization on the last iterate of SGD: a score of a schedule that needs no data."""

from typing import Any

import numpy as np

from ..arrays.libraries import library_of
from ..checks import Site
from ..view.sampling import Looked
from .past import past_sums
from .rates import counts_of, is_known, rates_of, ratio_of

__all__ = ["bound", "of_rates", "two_terms"]


def bound(schedule: Looked, steps: Any, ratio: Any = 1.0, *, gradient_norms: Any = None) -> Any:
    """The bound on how far the loss is above its minimum after some updates of SGD on a convex function.

        f(x_n) - min f <= G**2 * (ratio**2/(2*S) + (eta_n + sum over k < n of eta_k**2/(eta_(k+1) + ... + eta_n))/2)

    Here eta_1 ... eta_n are the rates of the first n updates and S is their sum, G bounds the norm of the gradients,
    and ratio = D/G, where D is the distance from the start to the minimum. This is the last-iterate bound of the
    sources with its sums simplified. Updates at a rate of 0 change nothing and are not counted.

    The bound ranks schedules; it does not predict the value of a loss. See `calibrate` for the ratio.

    Args:
        schedule: the rates: a schedule, a function of an array of steps, or a number.
        steps: after how many updates, 1 or more: a number, or an array of them.
        ratio: distance over gradient norm (a rate), greater than 0.
        gradient_norms: the norm of the gradient at each update, in units of G; all 1 unless given.

    Returns the bound in units of G**2: a float for a number of steps, an array of their shape for an array, infinite
    where all rates so far are 0. Of a traced schedule it is an array of its library, and may be differentiated; the
    steps are never traced. One number of steps takes n operations, and all numbers up to n about n*log(n).

    Raises ValueError or TypeError for rates that are negative, not finite, or 0 throughout, numbers of steps that are
    not whole or below 1, a ratio that is not greater than 0, and fewer gradient norms than steps.

    Source: Schaipp et al. 2025, arXiv:2501.18965, theorem 1; Defazio et al. 2023, arXiv:2310.07831, theorem 10.

    >>> import lrsched
    >>> bound(lrsched.constant(0.5), 2)
    1.0
    >>> straight, flat = lrsched.linear(0.1, 0.0, 1_000), lrsched.constant(0.1)
    >>> [round(bound(schedule, 1_000), 3) for schedule in (straight, flat)]
    [0.111, 0.429]
    >>> bound(flat, np.array([1, 10, 100])).round(3).tolist()
    [5.05, 0.691, 0.359]
    """
    counts = counts_of(Site("bound", "steps"), steps)
    first, others = two_terms("bound", schedule, counts, gradient_norms)
    ratio = ratio_of(Site("bound", "ratio"), ratio)
    return ratio**2 * first + others


def two_terms(call: str, schedule: Looked, counts: Any, gradient_norms: Any = None) -> tuple[Any, Any]:
    """The bound in two parts, the first of which is multiplied by ratio**2."""
    rates = rates_of(Site(call, "schedule"), schedule, int(np.max(counts)))
    weights = _weights(Site(call, "gradient_norms"), rates, gradient_norms)
    if isinstance(rates, np.ndarray) and isinstance(weights, np.ndarray):
        return _of_numbers(rates, weights, counts)
    xp = library_of(rates if hasattr(rates, "__array_namespace__") and not isinstance(rates, np.ndarray) else weights)
    if isinstance(counts, int):
        return _last(xp, rates, weights)
    parts = [_last(xp, rates[:count], weights[:count]) for count in counts.ravel().tolist()]
    first, others = (xp.reshape(xp.stack(part), counts.shape) for part in zip(*parts, strict=True))
    return first, others


def _weights(site: Site, rates: Any, norms: Any) -> Any:
    """The squares of the rates times those of the gradient norms."""
    if norms is None:
        return rates * rates
    found = np.asarray(norms, np.float64) if is_known(norms) else norms
    if len(found.shape) != 1 or found.shape[0] < rates.shape[0]:
        remedy = "give the norm at each update"
        site.refuse(norms, f"must be a list of {rates.shape[0]} norms or more, one for each update", remedy)
    if isinstance(found, np.ndarray) and not (np.isfinite(found) & (found >= 0)).all():
        site.refuse(norms, "must be finite and at least 0", "a norm that overflowed is not one")
    return (rates * found[: rates.shape[0]]) ** 2


def _of_numbers(rates: Any, weights: Any, counts: Any) -> tuple[Any, Any]:
    """The two parts for rates whose numbers are known."""
    if isinstance(counts, int):
        first, others = _last(np, rates, weights)
        return float(first), float(others)
    moves = rates > 0
    moved = np.cumsum(moves)[counts - 1]  # updates at a rate of 0 are not counted
    rates, weights = rates[moves], weights[moves]
    places, back = np.unique(moved[moved > 0] - 1, return_inverse=True)
    firsts, others = np.full(counts.shape, np.inf), np.zeros(counts.shape)
    sums = past_sums(rates, weights, places) + weights[places] / rates[places]
    firsts[moved > 0] = (0.5 / np.cumsum(rates)[places])[back]
    others[moved > 0] = (0.5 * sums)[back]
    return firsts, others


def of_rates(rates: Any) -> tuple[float, float]:
    """The two parts after all of some updates whose rates are known."""
    return _of_numbers(rates, rates * rates, len(rates))


def _last(xp: Any, rates: Any, weights: Any) -> tuple[Any, Any]:
    """The two parts after all of some updates."""
    total = xp.flip(xp.cumulative_sum(xp.flip(rates)))
    after = xp.concat([total[1:], xp.zeros_like(total[:1])])
    after = xp.where(after > 0, after, rates)  # the last update that moves
    moves = after > 0
    sums = xp.sum(xp.where(moves, weights / xp.where(moves, after, 1.0), 0.0))
    trained = total[0] > 0
    return xp.where(trained, 0.5 / xp.where(trained, total[0], 1.0), xp.inf), 0.5 * sums
