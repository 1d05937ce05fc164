"""World of a run: economy, elasticities, factors and knowledge of the base year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.factors import Factors
from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["World"]


@dataclass(frozen=True)
class World:
    """Data of a run, common to all its members.

    Attributes
    ----------
    base : Economy
        An equilibrium (see :func:`iomodel.equilibrium.rebase`) of S sectors and N regions.
    elasticities : Elasticities
        Of one member, with positive trade elasticities; any nests.
    closure : Closure
        With mobile factors.
    factors : Factors
    knowledge : ndarray, shape (S, N)
        Stocks in the base year, in the unit of the arrival rate.
    years : ndarray, shape (T + 1,)
        Points of time, the first being the base year.
    exponent : float or ndarray, shape (S,), or None
        Exponent of knowledge in productivity; None for one over the trade elasticity.
    """

    base: ge.Economy
    elasticities: ge.Elasticities
    closure: ge.Closure
    factors: Factors
    knowledge: Float
    years: Float
    exponent: float | Float | None = None

    def __post_init__(self) -> None:
        """Check that the law of motion applies: elasticities, nests, factors, years."""
        theta = np.asarray(self.elasticities.theta)
        if theta.ndim != 1 or theta.min() <= 0.0:
            raise IOModelError("diffusion of ideas needs one positive trade elasticity per sector")
        if max(len(array) for array in self.elasticities.expanded()) > 1:
            raise IOModelError("diffusion of ideas takes one set of elasticities for all members")
        if not np.all(np.isfinite(self.productivity_exponent) & (self.productivity_exponent > 0.0)):
            raise IOModelError("the exponent of knowledge in productivity must be positive")
        if self.closure.labour != "mobile":
            raise IOModelError("diffusion of ideas needs factors that move between industries")
        if not (self.knowledge > 0.0).all() or self.knowledge.shape != self.base.shape:
            raise IOModelError("knowledge must be positive, one stock per sector and region")
        if len(self.years) != len(self.factors.labour) or np.any(np.diff(self.years) <= 0.0):
            raise IOModelError("years must increase, with one row of labour each")

    @property
    def productivity_exponent(self) -> Float:
        """Exponent of knowledge in productivity by sector, (S,)."""
        theta = np.asarray(self.elasticities.theta, dtype=np.float64)
        exponent = 1.0 / theta if self.exponent is None else np.asarray(self.exponent)
        return np.asarray(np.broadcast_to(exponent, theta.shape), dtype=np.float64)

    def until(self, years: float) -> World:
        """World up to the first point of time that many years after the base year, or the last."""
        reached = np.flatnonzero(self.years - self.years[0] >= years)
        end = int(reached[0]) + 1 if len(reached) else len(self.years)
        factors = replace(self.factors, labour=self.factors.labour[:end])
        return replace(self, factors=factors, years=self.years[:end])

    @property
    def input_cost(self) -> Float:
        """Shares of inputs in costs, (N, K, S)."""
        material = (1.0 - self.base.value_added_share).T[:, None, :]
        return np.asarray(self.base.input_share * material, dtype=np.float64)
