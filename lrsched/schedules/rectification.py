"""The rectification of RAdam, which is a warmup: a factor that depends on the step and on Adam's beta_2 alone."""

import math
from typing import Annotated, Any

from ..arrays.namespaces import Namespace
from ..checks import Site, known, real
from ..core.decorators import schedule
from ..core.formula import Built
from ..core.parameters import Kind

__all__ = ["radam_warmup"]

LEAST = 4.0
"""Below this length of the average the variance of the update is infinite."""
SETTLED = 60.0
"""Where e**-x is too small to be seen."""


def _beta_2(site: Site, value: Any) -> float:
    value = known(site, value, "it decides when the factor begins")
    check = real("must be greater than 0.6 and less than 1", lambda beta: 0.6 < beta < 1, "0.999 is Adam's default")
    return float(check(site, value))


Beta2 = Annotated[float, Kind("Beta2", "1", _beta_2, leaf=False)]
"""The decay rate of Adam's second moment, above 0.6, where rectification exists; never traced."""


@schedule
def radam_warmup(xp: Namespace, beta_2: Beta2) -> Built:
    """The factor by which RAdam multiplies the rate of Adam: 0 for a few updates, then a rise to 1.

        s(t) = sqrt((rho - 4)*(rho - 2)*rho_inf / ((rho_inf - 4)*(rho_inf - 2)*rho))    for rho > 4
        s(t) = 0                                                                        for rho <= 4
        rho = rho_inf - 2*n*beta_2**n/(1 - beta_2**n),    rho_inf = 2/(1 - beta_2) - 1,    n = t + 1

    Adam at the rate `schedule * radam_warmup(beta_2)` equals RAdam except in the first updates (4 for beta_2 = 0.999):
    RAdam makes them without the second moment, and here their rate is 0. In the updates after them the relative error
    is up to 3 ulp * rho/(rho - 4).

    Args:
        beta_2: the decay rate of Adam's second moment (1), greater than 0.6 and less than 1; 0.999 is usual.

    Source: Liu et al. 2020, On the Variance of the Adaptive Learning Rate and Beyond, arXiv:1908.03265, algorithm 2.
    As a warmup: Ma & Yarats 2021, On the adequacy of untuned warmup, arXiv:1910.04209, section 3.

    >>> s = radam_warmup(0.999)
    >>> [round(s(t), 6) for t in (0, 3, 4, 100, 2_000, 20_000)]
    [0.0, 0.0, 0.017312, 0.216458, 0.828514, 1.0]
    """
    rate, end = -math.log(beta_2), (1 + beta_2) / (1 - beta_2)
    begin = _langevin(rate / 2)

    def value(t: Any) -> Any:
        # rho = n*(1 - L(rate*n/2)) + L(rate/2) with L(x) = coth(x) - 1/x: the first form loses its digits at the start.
        x = xp.minimum(rate * t + rate, SETTLED)
        near = xp.minimum(x, 2.0)
        rho = xp.where(x < 2, near / rate * (1 - _langevin(near / 2)) + begin, end - 2 / rate * x / xp.expm1(x))
        rho = xp.maximum(rho, LEAST)
        return xp.minimum(xp.sqrt((rho - LEAST) / (end - LEAST) * ((rho - 2) / (end - 2)) * (end / rho)), 1.0)

    return value


def _langevin(x: Any) -> Any:
    """coth(x) - 1/x for x up to 1, by its continued fraction, which eight terms give to 1e-17."""
    y = x * x
    return x / (3 + y / (5 + y / (7 + y / (9 + y / (11 + y / (13 + y / (15 + y / 17)))))))
