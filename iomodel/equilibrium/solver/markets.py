"""Jacobian of all markets at a trial: factor markets, then caps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.pooled_tangent import pooled_tangent
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.tangent import Differential, Tangent, tangent
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Bool, Float

__all__ = ["JACOBIAN_TOLERANCE", "MarketSystem", "rows_in_force", "system_at"]


JACOBIAN_TOLERANCE = 1e-6
# Columns of the Jacobian are formed in blocks: one array of a block in bytes, so that the arrays of
# a step fit the cache, and the fewest columns, below which the interpreter takes longer than they.
BLOCK_BYTES, FEWEST_COLUMNS = 400_000, 8


@dataclass(frozen=True)
class MarketSystem:
    """Linear map from changes of log wages by market and log rents to changes of all residuals.

    Attributes
    ----------
    tangent : Tangent
    binding : ndarray of bool, shape (F + G,)
        Markets and caps whose residual is that of the quantity.
    """

    tangent: Tangent
    binding: Bool

    @cached_property
    def markets(self) -> FactorMarkets:
        """Factor markets of a region."""
        return FactorMarkets.of(self.tangent.problem.base, self.tangent.closure)

    @property
    def factors(self) -> int:
        """Number of factor markets, those without supply included."""
        return self.markets.count * self.tangent.problem.base.shape[1]

    def spread(self, columns: Float) -> Float:
        """Repeat wages by market (C, F) over industries, (C, S, N)."""
        N = self.tangent.problem.base.shape[1]
        return self.markets.spread(columns.reshape(len(columns), self.markets.count, N))

    def product(self, columns: Float, tolerance: float) -> Float:
        """Differentiate residuals (C, F + G) along changes of unknowns (C, F + G).

        A slack cap keeps its rent, and a wage at its floor the floor.
        """
        return np.where(self.binding, self.quantities(columns, tolerance), -columns)

    def quantities(self, columns: Float, tolerance: float) -> Float:
        """Differentiate log quantities (C, F + G) along changes of unknowns (C, F + G).

        Groups of regions that trade have a numeraire each: the mean of their wages stays. A factor
        without a market keeps its wage.
        """
        wage, rent = columns[:, : self.factors], columns[:, self.factors :]
        response = self.tangent.respond(self.spread(wage), self.tangent.rents(rent), tolerance)
        return self.rows(response, wage)

    def rows(self, response: Differential, wage: Float) -> Float:
        """Log quantities (C, F + G) of a response to wages (C, F), with the numeraires."""
        factors = response.excess
        if not self.tangent.closure.fixes_spending:
            member, weight, idle = self.numeraires
            factors = np.where(idle, wage, factors + (wage @ weight.T) @ member.T)
        return np.concatenate([factors, response.quantity], axis=1)

    def matrix(self, tolerance: float) -> Float:
        """Dense Jacobian, (F + G, F + G)."""
        return rows_in_force(self.quantity_matrix(tolerance), self.binding)

    def quantity_matrix(self, tolerance: float) -> Float:
        """Dense Jacobian of log quantities, binding or not, (F + G, F + G)."""
        markets = len(self.binding)
        column_bytes = 8 * self.tangent.problem.base.spending.size
        blocks = max(1, round(markets * column_bytes / BLOCK_BYTES))
        columns = np.array_split(np.eye(markets), min(blocks, max(1, markets // FEWEST_COLUMNS)))
        images = [self.quantities(block, tolerance) for block in columns]
        jacobian: Float = np.ascontiguousarray(np.concatenate(images).T)
        return jacobian

    @cached_property
    def numeraires(self) -> tuple[Float, Float, Bool]:
        """Members (F, M) and weights (M, F) of groups that trade, and idle markets (F,)."""
        problem, supply, factors = self.tangent.problem, self.tangent.supply, self.factors
        N = problem.base.shape[1]
        supply = self.markets.total(supply).reshape(-1)
        component = problem.component[0]
        label, groups = np.tile(component, factors // N), np.arange(component.max() + 1)
        idle: Bool = np.asarray(supply == 0.0)
        member = ((label[:, None] == groups) & ~idle[:, None]).astype(np.float64)
        weight = member.T * supply
        return member, weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300), idle


def rows_in_force(jacobian: Float, binding: Bool) -> Float:
    """Rows of quantities (F + G, F + G) where these bind, minus those of the identity elsewhere."""
    return np.where(binding[:, None], jacobian, -np.eye(len(binding)))


def system_at(
    problem: Problem, trial: Trial, closure: Closure, b: int, *, pooled: bool = False
) -> MarketSystem:
    """Market system of one member of a batch at its trial; or near to it, with users pooled."""
    member = trial.items(slice(b, b + 1))
    taxed = problem.item(b).with_rents(member.rent)
    linearised = pooled_tangent if pooled else tangent
    return MarketSystem(linearised(taxed, member.prices, member.levels, closure), member.binding[0])
