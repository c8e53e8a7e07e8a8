"""What the fit of a law depends on beside the curves."""

from typing import NamedTuple

__all__ = ["DEFAULT", "Settings"]


class Settings(NamedTuple):
    """Numbers that were chosen by cross-validation: `python -m benchmarks.forecast` compares them with others."""

    skipped: float = 0.1
    """The laws do not hold early on: losses before this part of the greatest sum of rates are left out of a fit."""
    lean: float = 3e-2
    """A parameter that is one spread from the typical one counts as a residual of this size."""
    huber: float = 1e-3
    """Residuals of the logarithm above this count by their size, not by its square."""
    alike: float = 0.5
    """The correlation of the residuals of neighbouring points, of which a curve has no more than `folds.POINTS`."""
    power: float = 4.0
    """A law weighs error**-power in the mean, with its error in cross-validation; at 0 all weigh the same."""


DEFAULT = Settings()
