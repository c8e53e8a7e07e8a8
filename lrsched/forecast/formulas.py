"""The laws as formulas: the loss from the sum of the rates and from their falls."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .falls import Falls

__all__ = ["BASE", "FORMULAS", "Formula", "loss_of"]

BASE = ("L0", "A", "alpha", "B")
"""The parameters that all laws have."""


class Formula(NamedTuple):
    """A law `L0 + A*S**-alpha - B*sum(drop*response)`, whose parameters are all greater than 0."""

    names: tuple[str, ...]
    """The parameters of the response."""
    typical: tuple[float, ...]
    """What they are like where rates are in units of their peak: a fit leans to these where curves leave them open."""
    spread: tuple[float, ...]
    """How far the logarithm of each may well be from the typical one."""
    response: Callable[..., tuple[Any, Callable[[], list[Any]]]]
    """What falls have done by now, and its slopes by the logarithms of alpha and of its own parameters."""
    scaled: Callable[..., tuple[float, ...]]
    """B and the own parameters in units of the rate, from those in units of the peak."""


def loss_of(xp: Any, formula: Formula, parameters: Any, total: Any, falls: Falls) -> Any:
    """The loss by a law, from the sum of the rates and the falls."""
    offset, size, alpha, height, *own = parameters
    response, _ = formula.response(xp, falls, alpha, *own)
    return offset + size * total**-alpha - height * xp.sum(response * falls.drops, axis=-1)


# Each response: the falls, alpha and the own parameters in, the value and the slopes out.


def _multi_power(xp: Any, falls: Falls, alpha: Any, c: Any, beta: Any, gamma: Any) -> Any:
    logs = xp.log(xp.where(falls.rates > 0, falls.rates, 1e-30))
    grown = c * xp.exp(xp.minimum(-gamma * logs, logs * 0 + 60.0)) * falls.since
    left = xp.exp(-beta * xp.log1p(grown))

    def slopes() -> list[Any]:
        by_c = beta * left * grown / (1 + grown)
        return [None, by_c, beta * xp.log1p(grown) * left, -gamma * logs * by_c]

    return 1 - left, slopes


def _momentum(xp: Any, falls: Falls, alpha: Any, tau: Any) -> Any:
    left = xp.exp(-falls.count / tau)
    return 1 - left, lambda: [None, -left * falls.count / tau]


def _power_momentum(xp: Any, falls: Falls, alpha: Any, tau: Any, beta: Any) -> Any:
    grown = falls.count / tau
    left = xp.exp(-beta * xp.log1p(grown))
    return 1 - left, lambda: [None, -beta * left * grown / (1 + grown), beta * xp.log1p(grown) * left]


def _functional_scaling(xp: Any, falls: Falls, alpha: Any, c3: Any, c4: Any, g: Any) -> Any:
    grown = c4 * falls.since
    left = xp.exp(-g * xp.log1p(grown))
    early = falls.before**-alpha

    def slopes() -> list[Any]:
        by_alpha = -alpha * xp.log(falls.before) * early * (1 - left)
        size = c3 + early
        return [
            by_alpha,
            c3 * (1 - left),
            size * g * left * grown / (1 + grown),
            size * g * xp.log1p(grown) * left,
        ]

    return (c3 + early) * (1 - left), slopes


def _plain(peak: float, clock: float, alpha: float, height: float, *own: float) -> tuple[float, ...]:
    return (height / peak, *own)


def _multi_power_scaled(peak: float, clock: float, alpha: float, height: float, *own: float) -> tuple[float, ...]:
    c, beta, gamma = own
    return height / peak, c * peak ** (gamma - 1), beta, gamma


def _functional_scaled(peak: float, clock: float, alpha: float, height: float, *own: float) -> tuple[float, ...]:
    c3, c4, g = own
    return height * clock**alpha / peak, c3 * clock**-alpha, c4 / peak, g


FORMULAS = {
    "multi_power": Formula(("C", "beta", "gamma"), (0.1, 0.6, 0.6), (1.5, 0.7, 0.5), _multi_power, _multi_power_scaled),
    "momentum": Formula(("tau",), (300.0,), (2.0,), _momentum, _plain),
    "power_momentum": Formula(("tau", "beta"), (300.0, 0.6), (2.0, 0.7), _power_momentum, _plain),
    "functional_scaling": Formula(
        ("c3", "c4", "g"), (1.0, 0.1, 0.6), (2.0, 1.5, 0.7), _functional_scaling, _functional_scaled
    ),
}
"""The laws by name."""
