"""World of a run: economy, elasticities, factors and knowledge of the base year."""

from __future__ import annotations

from dataclasses import dataclass

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
        With positive trade elasticities of one member; the nests Cobb-Douglas.
    closure : Closure
        With mobile factors.
    factors : Factors
    knowledge : ndarray, shape (S, N)
        Stocks in the base year, up to one scale for all.
    years : ndarray, shape (T + 1,)
        Points of time, the first being the base year.
    """

    base: ge.Economy
    elasticities: ge.Elasticities
    closure: ge.Closure
    factors: Factors
    knowledge: Float
    years: Float

    def __post_init__(self) -> None:
        """Check that the law of motion applies: elasticities, nests, factors, years."""
        theta = np.asarray(self.elasticities.theta)
        nests = (
            self.elasticities.value_added,
            self.elasticities.inputs,
            self.elasticities.final,
        )
        if theta.ndim != 1 or theta.min() <= 0.0:
            raise IOModelError("diffusion of ideas needs one positive trade elasticity per sector")
        if any(np.any(np.asarray(sigma) != 1.0) for sigma in nests):
            raise IOModelError("diffusion of ideas is written for Cobb-Douglas nests")
        if self.closure.labour != "mobile":
            raise IOModelError("diffusion of ideas needs factors that move between industries")
        if not (self.knowledge > 0.0).all() or self.knowledge.shape != self.base.shape:
            raise IOModelError("knowledge must be positive, one stock per sector and region")
        if len(self.years) != len(self.factors.labour) or np.any(np.diff(self.years) <= 0.0):
            raise IOModelError("years must increase, with one row of labour each")

    @property
    def input_cost(self) -> Float:
        """Shares of inputs in costs, (N, K, S)."""
        material = (1.0 - self.base.value_added_share).T[:, None, :]
        return np.asarray(self.base.input_share * material, dtype=np.float64)
