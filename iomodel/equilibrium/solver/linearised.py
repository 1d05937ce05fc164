r"""Newton step by GMRES on the whole linearised equilibrium, matrix-free.

Unknown are wages and rents together with unit costs, receipts of industries and final spending: one
pass of prices and of sales for each step of GMRES, and nothing is solved inside it. The
preconditioner solves each region on its own (:mod:`iomodel.equilibrium.solver.regional_blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from iomodel.equilibrium.solver.markets import MarketSystem
from iomodel.equilibrium.solver.pooled_tangent import pooled_tangent
from iomodel.equilibrium.solver.regional_blocks import RegionalBlocks, regional_blocks
from iomodel.equilibrium.solver.tangent import Tangent
from iomodel.typing import Float

__all__ = ["LinearisedEquilibrium", "newton_step"]


# Relative tolerance of GMRES: the largest residual, as the error of a Newton step is of its square,
# or what is left to the tolerance that is sought; within these bounds.
TIGHTEST, LOOSEST = 1e-4, 1e-2
# Passes of a step after which the blocks of its regions are formed anew.
MOST_PASSES = 16


@dataclass(frozen=True)
class LinearisedEquilibrium:
    """Linear map from changes of all unknowns to those of all residuals, with a preconditioner.

    A vector holds wages by market (F) and rents (G), unit costs and receipts (S N each) and final
    spending (N); receipts and spending are relative to their levels.

    Attributes
    ----------
    system : MarketSystem
    blocks : RegionalBlocks
    rent_effect : ndarray, shape (G,)
        Of each rent on the residual of its cap.
    """

    system: MarketSystem
    blocks: RegionalBlocks
    rent_effect: Float

    @classmethod
    def of(cls, system: MarketSystem, blocks: RegionalBlocks | None) -> LinearisedEquilibrium:
        """Linearised equilibrium of markets; blocks of a like one serve as well as its own."""
        tangent = system.tangent
        if tangent.problem.base.users > 1:
            tangent = pooled_tangent(
                tangent.problem, tangent.prices, tangent.levels, tangent.closure
            )
        effect = np.where(system.binding[system.factors :], _rent_effect(tangent), -1.0)
        return cls(system, blocks or _blocks_of(system, tangent), effect)

    def product(self, vector: Float) -> Float:
        """Residuals of changes of all unknowns."""
        system, tangent = self.system, self.system.tangent
        size, budget = self._levels
        wage, rent, cost, receipts, final = self._split(vector)
        *gaps, response = tangent.gaps(
            system.spread(wage), tangent.rents(rent), cost, receipts * size, final * budget
        )
        quantities = system.rows(response, wage)
        markets = np.where(system.binding, quantities, -vector[: len(system.binding)])
        cost_gap, receipts_gap, final_gap = gaps
        return np.concatenate(
            [
                part.reshape(-1)
                for part in (markets, cost_gap, receipts_gap / size, final_gap / budget)
            ]
        )

    def precondition(self, vector: Float) -> Float:
        """Solve each region on its own, and each cap by its own rent."""
        wage, rent, cost, receipts, final = self._split(vector)
        cost, receipts, final, wage = self.blocks.solve(
            cost[0].T, receipts[0].T, final[0], wage.reshape(-1, final.size).T
        )
        rent = rent / self.rent_effect
        return np.concatenate([part.T.reshape(-1) for part in (wage, rent, cost, receipts, final)])

    def stacked(self, residual: Float) -> Float:
        """Residuals of markets and caps (F + G,), all others zero."""
        S, N = self.system.tangent.problem.base.shape
        return np.concatenate([residual, np.zeros(2 * S * N + N)])

    @property
    def _levels(self) -> tuple[Float, Float]:
        levels = self.system.tangent.levels
        size = np.where(levels.output[0] > 0.0, levels.output[0], 1.0)
        return size, np.maximum(np.abs(levels.expenditure[0]), 1e-300)

    def _split(self, vector: Float) -> tuple[Float, Float, Float, Float, Float]:
        """Wages (1, F), rents (1, G), costs and receipts (1, S, N), final spending (1, N)."""
        S, N = self.system.tangent.problem.base.shape
        ends = np.cumsum([self.system.factors, len(self.rent_effect), S * N, S * N])
        wage, rent, cost, receipts, final = np.split(vector, ends)
        return (
            wage[None], rent[None], cost.reshape(1, S, N), receipts.reshape(1, S, N), final[None]
        )  # fmt: skip


def newton_step(
    system: MarketSystem, excess: Float, tolerance: float, blocks: RegionalBlocks | None = None
) -> tuple[Float, RegionalBlocks | None]:
    """Newton step of wages and rents from the residuals of markets and caps.

    Parameters
    ----------
    system : MarketSystem
    excess : ndarray, shape (F + G,)
    tolerance : float
        Largest residual that is sought.
    blocks : RegionalBlocks, optional
        Of an earlier step.

    Returns
    -------
    ndarray, shape (F + G,)
    RegionalBlocks or None
        For the next step; None if they were slow, and are better formed anew.
    """
    size = float(np.abs(excess).max())
    accuracy = float(np.clip(max(size, 0.03 * tolerance / size), TIGHTEST, LOOSEST))
    linear = LinearisedEquilibrium.of(system, blocks)
    rhs = linear.stacked(-excess)
    passes = 0

    def product(vector: Float) -> Float:
        nonlocal passes
        passes += 1
        return linear.product(linear.precondition(vector))

    operator = LinearOperator((len(rhs), len(rhs)), matvec=product, dtype=np.float64)
    solution, _ = gmres(operator, rhs, rtol=accuracy, atol=0.0, restart=80, maxiter=1)
    step = linear.precondition(solution)[: len(excess)]
    return step, linear.blocks if passes <= MOST_PASSES else None


# ---------------------------------------------------------------------- helpers
def _rent_effect(tangent: Tangent) -> Float:
    """Effects of rents on log quantities under their own caps at unchanged spending, (G,)."""
    caps = tangent.problem.caps
    if not caps.groups:
        return np.zeros(0)
    s, i, n = caps.cells.T
    theta, share = tangent.problem.theta[0, s, 0], tangent.share[s, i, n]
    sold = tangent.sold[s, i, n]
    total = caps.gathered(sold[None])[0]
    fall = caps.gathered((sold * (1.0 + theta * (1.0 - share)))[None])[0]
    ratio = np.divide(fall, total, out=np.ones_like(total), where=total > 0.0)
    return np.asarray(-ratio, dtype=np.float64)


def _blocks_of(system: MarketSystem, tangent: Tangent) -> RegionalBlocks:
    """Blocks of a market system from its tangent with users pooled."""
    N, F = tangent.problem.base.shape[1], system.factors
    binding = system.binding[:F].reshape(-1, N).T
    eye = np.eye(binding.shape[1])
    clearing = -eye * ~binding[:, :, None]
    if not tangent.closure.fixes_spending:
        _, weight, idle = system.numeraires
        numeraire = weight.sum(axis=0).reshape(-1, N).T
        is_idle = idle.reshape(-1, N).T[:, :, None]
        # Of an idle market the residual is its wage.
        clearing += np.where(is_idle, 2.0 * eye, numeraire[:, None, :])
    return regional_blocks(tangent, clearing, binding)
