"""A law of the final loss, from the final losses of three runs or more."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..checks import Site, real
from ..core.safe import safe
from ..view.sampling import Looked
from .convex import two_terms
from .rates import count_of

__all__ = ["FinalLaw", "fit_finals"]

MOST_ALIKE = 1e4
"""With a condition number above this, errors of the losses are multiplied by as much."""

_alpha = real("must be greater than 0", lambda value: value > 0, "0.4 is a usual one")
_loss = real("must be greater than 0", lambda value: value > 0, "give the loss at the end of the run")


@safe
class FinalLaw(NamedTuple):
    """The final loss as a function of the schedule; `fit_finals` makes it.

        L = L0 + A*S**-alpha + B*(eta_n + sum over k < n of eta_k**2/(eta_(k+1) + ... + eta_n))/2

    Here eta_1 ... eta_n are the rates and S is their sum: the two terms of `bound`, with another power in the first.
    """

    L0: float
    A: float
    B: float
    alpha: float

    def final(self, schedule: Looked, steps: int) -> Any:
        """The loss after the last of so many updates: a float, or an array of the library of a traced schedule."""
        first, others = two_terms("final", schedule, count_of(Site("final", "steps"), steps))
        return self.L0 + self.A * (2 * first) ** self.alpha + self.B * others


def fit_finals(runs: Iterable[tuple[Looked, int, float]], *, alpha: float = 0.4) -> FinalLaw:
    """Fit a law of the final loss to the final losses of three runs or more, whose peaks may differ.

    The three numbers L0, A and B are those of least squares. The runs should differ in their length and in how far the
    rate falls: a short and a long run with a decay, and one at a constant rate, are a good choice.

    Args:
        runs: for each run its schedule, the number of updates, and the final loss.
        alpha: the power of the sum of the rates. Curves of language models give 0.4 to 0.5; docs/forecast.md says how
            far the forecasts depend on it.

    Raises ValueError or TypeError for fewer than three runs, runs too much alike to determine the law, losses that are
    not above 0, and rates that `bound` refuses.

    >>> import lrsched
    >>> flat, line = lrsched.warmup_constant(1e-3, 100), lrsched.warmup_linear(1e-3, 100, 10_000)
    >>> short = lrsched.warmup_linear(1e-3, 100, 5_000)
    >>> law = fit_finals([(flat, 10_000, 3.40), (line, 10_000, 3.30), (short, 5_000, 3.42)])
    >>> round(law.final(lrsched.wsd(1e-3, 100, 20_000, 4_000), 20_000), 2)
    3.2
    """
    alpha = _alpha(Site("fit_finals", "alpha"), alpha)
    given = list(runs)
    rows: list[list[float]] = []
    losses: list[float] = []
    for index, (schedule, steps, loss) in enumerate(given):
        first, others = two_terms("fit_finals", schedule, count_of(Site("fit_finals", f"runs[{index}].steps"), steps))
        rows.append([1.0, (2 * first) ** alpha, others])
        losses.append(_loss(Site("fit_finals", f"runs[{index}].loss"), loss))
    matrix = np.array(rows).reshape(-1, 3)
    sizes = np.abs(matrix).max(axis=0, initial=1e-300)
    if len(given) < 3 or np.linalg.cond(matrix / sizes) > MOST_ALIKE:
        demand = f"must be three or more that differ in length and in how far the rate falls, and are {len(given)}"
        raise ValueError(f"fit_finals(runs) {demand}; add a run at a constant rate, or a longer one.")
    found = np.linalg.lstsq(matrix / sizes, np.array(losses), rcond=None)[0] / sizes
    offset, size, height = found.tolist()
    return FinalLaw(offset, size, height, alpha)
