"""World of a run: economy, elasticities, factors and knowledge of the base year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.factors import Factors
from iomodel.diffusion.specific import SpecificFactors
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
    specific : SpecificFactors or None
        Factors that do not leave their industry; None, or shares of zero, for none.
    """

    base: ge.Economy
    elasticities: ge.Elasticities
    closure: ge.Closure
    factors: Factors
    knowledge: Float
    years: Float
    exponent: float | Float | None = None
    specific: SpecificFactors | None = None

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
        if self.specific is not None and self.specific.share.shape != self.base.shape:
            raise IOModelError(
                f"shares of specific factors have shape {self.specific.share.shape}; they need "
                f"{self.base.shape}"
            )

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

    def solve(
        self,
        shock: ge.Shock,
        endowment: Float,
        years: float,
        start: ge.Solution | None = None,
    ) -> ge.Solution:
        """Solve for a period in hats over the base year.

        Eq. (20). Of a solution with specific factors the sectors of the base come first.

        Parameters
        ----------
        shock : Shock
            Of the sectors of the base, without endowments.
        endowment : ndarray, shape (M, N)
            Hats of labour and capital.
        years : float
            After the base year.
        start : Solution, optional
        """
        if self._nested is None or self.specific is None:
            by_industry = np.broadcast_to(endowment[:, None, :], (len(endowment), *self.base.shape))
            full = replace(shock, endowment=by_industry)
            return ge.solve(self.base, self.elasticities, full, self.closure, start=start)
        nest, elasticities = self._nested
        full = nest.shock(shock, endowment, self.specific.supply(years))
        return ge.solve(nest.economy, elasticities, full, self.closure, start=start)

    def origin_shares(self, solution: ge.Solution) -> Float:
        """Shares of origins in spending on the goods of the base, (M, S, I, D)."""
        if self._nested is None:
            return solution.share
        return self._nested[0].traded_share(solution.share)

    @cached_property
    def _nested(self) -> tuple[ge.SpecificFactorNest, ge.Elasticities] | None:
        """Economy with specific factors and its elasticities; None without any."""
        specific = self.specific
        if specific is None or not specific.share.any():
            return None
        nest = ge.nest_specific_factors(self.base, specific.share)
        return nest, nest.elasticities(self.elasticities, specific.elasticity)
