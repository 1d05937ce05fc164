"""Sector-specific factors of a world: land and natural resources, their elasticity and growth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["SpecificFactors"]


@dataclass(frozen=True)
class SpecificFactors:
    """Factors that do not leave their industry, beside labour and capital.

    Attributes
    ----------
    share : ndarray, shape (S, N)
        Share in value added of the base year; at least 0 and below 1.
    elasticity : ndarray, shape (S,)
        Elasticity of substitution with labour and capital, above zero: one is Cobb-Douglas.
    growth : float
        Growth of their supply a year.

    Examples
    --------
    >>> land = SpecificFactors(np.array([[0.3, 0.2]]), np.array([0.27]), growth=0.01)
    >>> land.supply(2.0).round(4).tolist()
    [1.0201]
    """

    share: Float
    elasticity: Float
    growth: float = 0.0

    def __post_init__(self) -> None:
        """Check ranges."""
        if not (np.isfinite(self.share).all() and (self.share >= 0.0).all()) or (
            self.share.max() >= 1.0
        ):
            raise IOModelError(
                f"shares of specific factors run from {self.share.min():g} to "
                f"{self.share.max():g}; they must be at least 0 and below 1"
            )
        if not (np.isfinite(self.elasticity).all() and self.elasticity.min() > 0.0):
            raise IOModelError(
                f"elasticities of specific factors run from {self.elasticity.min():g} to "
                f"{self.elasticity.max():g}; they must be finite and above 0, at which the factor "
                "that is not scarce would be free"
            )
        if not self.growth > -1.0:
            raise IOModelError(
                f"specific factors grow by {self.growth:g} a year; growth must be above -1"
            )

    def supply(self, years: float) -> Float:
        """Supply over base, some years after the base year, (S,). Eq. (21)."""
        return np.full(len(self.elasticity), (1.0 + self.growth) ** years)
