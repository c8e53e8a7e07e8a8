"""A law that was fitted, as a value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..arrays.libraries import library_of
from ..checks import Site, guess, real
from ..core.safe import safe
from ..view.sampling import Looked
from .falls import Falls, at_end, at_times
from .formulas import BASE, FORMULAS, loss_of
from .rates import count_of, counts_of, rates_of
from .solving import SMALL

__all__ = ["Law", "Term"]

BLOCK = 4_000_000
"""So many pairs of a fall and a time are summed at once."""

_level = real("must be between 0 and 1", lambda value: 0 < value < 1, "0.9 is a usual one")


@safe
class Term(NamedTuple):
    """A single law, and its weight in the mean."""

    name: str
    weight: float
    parameters: tuple[float, ...]
    axes: tuple[tuple[float, ...], ...] = ()
    """The parameters a thousandth of a standard deviation away, along each axis of their covariance."""


@safe
@dataclass(frozen=True)
class Law:
    """The loss as a function of the schedule: the weighted mean of laws that `fit` has fitted to loss curves.

        multi_power:         L = L0 + A*S**-alpha - B*sum(gap_k*(1 - (1 + C*eta_k**-gamma*(S - S_k))**-beta))
        momentum:            L = L0 + A*S**-alpha - B*sum(gap_k*(1 - exp(-(n - k)/tau)))
        power_momentum:      L = L0 + A*S**-alpha - B*sum(gap_k*(1 - (1 + (n - k)/tau)**-beta))
        functional_scaling:  L = L0 + A*S**-alpha - B*sum(gap_k*(c3 + T_k**-alpha)*(1 - (1 + c4*(S - S_k))**-g))

    Here eta_k is the rate of update k and gap_k = eta_(k-1) - eta_k its fall, for k after the warmup; S is the sum of
    the rates of all n updates, S_k that of those before k, and T_k = S_k + eta_k. At the end of the warmup gap_k is
    `peak` less the peak of the schedule, which is 0 unless the peaks differ.

    A law is an immutable value: `repr` is its call, `to_config` and `Law.from_config` are for files, and it pickles.

    Source: Luo et al. 2025, arXiv:2503.12811, equations 1 and 2 (multi_power); Tissue et al. 2024, arXiv:2408.11029
    (momentum; its lambda is exp(-1/tau) and its C is B*(1 - lambda)); Li et al. 2025, arXiv:2509.19189, appendix B.2
    (functional_scaling; docs/forecast.md says how the formula was checked). power_momentum has the clock of the second
    and the memory of the first.

    >>> import lrsched
    >>> law = Law((Term("momentum", 1.0, (2.0, 0.5, 0.5, 300.0, 200.0)),), peak=1e-3, clock=5.0, shape=0.002)
    >>> plan = lrsched.wsd(1e-3, 100, 5_000, 1_000)
    >>> round(law.final(plan, 5_000), 4), round(law.final(lrsched.warmup_constant(1e-3, 100), 5_000), 4)
    (1.9968, 2.2247)
    >>> [round(float(loss), 3) for loss in law.interval(plan, 5_000)]
    [1.99, 2.003]
    """

    terms: tuple[Term, ...]
    """The laws, each with its weight and its parameters, in units of the rate."""
    peak: float
    """The greatest rate of the runs that were fitted."""
    clock: float
    """The greatest sum of rates that was fitted."""
    noise: float = 0.0
    """The median residual of the log loss: how far single points are from the law."""
    shape: float = 0.0
    """The error of the log loss for schedules that were not fitted, by cross-validation."""
    horizon: float = 0.0
    """The error of the log loss for each factor e in the sum of rates beyond `clock`, by cross-validation."""
    folds: int = 0
    """How many curves were predicted from the others in the cross-validation, or how many ends where none was; 0 stands
    for very many."""

    @property
    def parameters(self) -> dict[str, dict[str, float]]:
        """The parameters of each law by name: L0, A, alpha, B, and its own."""
        return {
            term.name: dict(zip((*BASE, *FORMULAS[term.name].names), term.parameters, strict=True))
            for term in self.terms
        }

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each law in the mean."""
        return {term.name: term.weight for term in self.terms}

    def loss(self, schedule: Looked, steps: Any) -> Any:
        """The loss after some numbers of updates, all after the warmup.

        A float for a number, an array of its shape for an array; an array of its library for a traced schedule, which
        may be differentiated. Raises as `lrsched.forecast.bound` does.
        """
        return self._mean(self._each("loss", schedule, steps)[0])

    def final(self, schedule: Looked, steps: int) -> Any:
        """The loss after the last of so many updates."""
        count = count_of(Site("final", "steps"), steps)
        return self._mean(self._each("final", schedule, count)[0])

    def interval(self, schedule: Looked, steps: Any, *, level: float = 0.9) -> tuple[Any, Any]:
        """The lowest and the highest loss to expect, with a probability of `level`.

        The variance of the log loss is the sum of five: the squares of `noise`, of `shape`, and of `horizon` times the
        logarithm of how many times the sum of the rates exceeds `clock`; the spread of the laws; and the variance that
        is due to their parameters. The quantile is that of Student's t with `folds` degrees of freedom.
        """
        level = _level(Site("interval", "level"), level)
        each, totals = self._each("interval", schedule, steps, with_axes=True)
        middle = self._mean(each)
        xp: Any = np if isinstance(totals, (float, np.ndarray)) else library_of(totals)
        variance = self.noise**2 + self.shape**2
        for term, (loss, *axes) in zip(self.terms, each, strict=True):
            own = sum((axis / loss - 1) ** 2 for axis in axes) / SMALL**2
            variance = variance + term.weight * ((loss / middle - 1) ** 2 + own)
        ahead = xp.log(xp.maximum(totals / self.clock, totals * 0 + 1))
        deviation = (variance + (self.horizon * ahead) ** 2) ** 0.5
        factor = xp.exp(_quantile(level, self.folds) * deviation)
        return middle / factor, middle * factor

    def to_config(self) -> dict[str, Any]:
        """The law as a dict for JSON or YAML."""
        terms = [
            {**term._asdict(), "parameters": [*term.parameters], "axes": [[*axis] for axis in term.axes]}
            for term in self.terms
        ]
        return {"lrsched_law": 1, **asdict(self), "terms": terms}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Law":
        """The law of a dict that `to_config` gave.

        Raises ValueError for another version and for an unknown law.
        """
        values = dict(config)
        version = values.pop("lrsched_law", None)
        if version != 1:
            Site("Law.from_config", "lrsched_law").refuse(version, "must be 1", "give what law.to_config() gave")
        for term in values["terms"]:
            if term["name"] not in FORMULAS:
                Site("Law.from_config", "name").refuse(term["name"], "must be a law", guess(term["name"], FORMULAS))
        terms = tuple(
            Term(term["name"], term["weight"], tuple(term["parameters"]), tuple(map(tuple, term["axes"])))
            for term in values.pop("terms")
        )
        return cls(terms, **values)

    def _mean(self, each: list[list[Any]]) -> Any:
        return sum(term.weight * losses[0] for term, losses in zip(self.terms, each, strict=True))

    def _each(self, call: str, schedule: Looked, steps: Any, with_axes: bool = False) -> tuple[list[list[Any]], Any]:
        """For each law its loss, and those by the axes of its parameters; and the sums of the rates."""
        counts = counts_of(Site(call, "steps"), steps)
        rates = rates_of(Site(call, "schedule"), schedule, int(np.max(counts)))

        def losses(xp: Any, total: Any, falls: Falls) -> list[Any]:
            return [
                loss_of(xp, FORMULAS[term.name], parameters, total, falls)
                for term in self.terms
                for parameters in (term.parameters, *(term.axes if with_axes else ()))
            ]

        if isinstance(counts, int):
            xp: Any = np if isinstance(rates, np.ndarray) else library_of(rates)
            total, falls = at_end(xp, rates, self.peak)
            found = [total, *losses(xp, total, falls)]
            found = [float(value) for value in found] if xp is np else found
        elif isinstance(rates, np.ndarray):
            times, size = counts.ravel(), max(BLOCK // len(rates), 1)
            blocks = (times[start : start + size] for start in range(0, len(times), size))
            parts = [
                (total, *losses(np, total, falls)) for total, falls in (at_times(rates, self.peak, b) for b in blocks)
            ]
            found = [np.concatenate(column).reshape(counts.shape) for column in zip(*parts, strict=True)]
        else:
            xp = library_of(rates)
            ends = [at_end(xp, rates[:count], self.peak) for count in counts.ravel().tolist()]
            parts = [(total, *losses(xp, total, falls)) for total, falls in ends]
            found = [xp.reshape(xp.stack(column), counts.shape) for column in zip(*parts, strict=True)]
        total, *rest = found
        sizes = [1 + (len(term.axes) if with_axes else 0) for term in self.terms]
        ends = np.cumsum([0, *sizes])
        return [rest[start:stop] for start, stop in pairwise(ends)], total


def _quantile(level: float, degrees: int) -> float:
    """How many deviations an interval reaches: Student's t, in three terms of an expansion around the normal one."""
    from statistics import NormalDist  # which takes milliseconds to import

    z = NormalDist().inv_cdf((1 + level) / 2)
    if not degrees:
        return z
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
