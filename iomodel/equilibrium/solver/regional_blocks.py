r"""Preconditioner of the linearised equilibrium: each region on its own.

Unknown are differentials of logs of unit costs c, receipts r, final spending e and wages w. Without
the effects of other regions, and with domestic shares :math:`\ell_s = \lambda'_{nsn}`, equations of
costs, sales, budgets and factor markets of a region n have the residuals

.. math::
    c_s - (1-v'_s)\textstyle\sum_k m'_{ks}\ell_k c_k - v'_s w_s, \qquad
    r_s - \frac{F_{nsn}}{R_s X_s}\, dX_s(c, r, e)
        - \theta_s\Big(\frac{\sum_j F_{nsj}\lambda'_{nsj}}{R_s} - 1\Big) c_s, \\
    e - \frac{\sum_s wL_s w_s}{E}, \qquad
    r_s + (1-\sigma_v)(w_s - c_s) - w_s .

Industries buy most from their own region: a few steps of GMRES do the remainder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.tangent import Tangent
from iomodel.typing import Bool, Float

__all__ = ["RegionalBlocks", "regional_blocks"]


@dataclass(frozen=True)
class RegionalBlocks:
    """Linearised equations of all regions, each on its own, factored by blocks.

    Given wages, costs follow by one inverse and receipts by another; wages by that of what remains
    of factor markets.

    Attributes
    ----------
    cost_inverse, sales_inverse : ndarray, shape (N, S, S)
    market_inverse : ndarray, shape (N, F, F)
    sales_by_cost : ndarray, shape (N, S, S)
    sales_by_final : ndarray, shape (N, S)
    final_by_wage : ndarray, shape (N, F)
    cost_by_wage, receipts_by_wage : ndarray, shape (N, S, F)
        With costs, receipts and final spending solved for.
    market_by_cost, market_by_receipts : ndarray, shape (N, F, S)
    """

    cost_inverse: Float
    sales_inverse: Float
    market_inverse: Float
    sales_by_cost: Float
    sales_by_final: Float
    final_by_wage: Float
    cost_by_wage: Float
    receipts_by_wage: Float
    market_by_cost: Float
    market_by_receipts: Float

    def solve(
        self, cost_gap: Float, sales_gap: Float, final: Float, market_gap: Float
    ) -> tuple[Float, Float, Float, Float]:
        """Solve for changes of unknowns from the residuals of their equations.

        Parameters
        ----------
        cost_gap, sales_gap : ndarray, shape (N, S)
        final : ndarray, shape (N,)
        market_gap : ndarray, shape (N, F)

        Returns
        -------
        ndarray
            Costs, receipts, final spending and wages, in these shapes; receipts and spending
            relative to their levels.
        """
        cost = _apply(self.cost_inverse, cost_gap)
        sales = sales_gap + _apply(self.sales_by_cost, cost) + self.sales_by_final * final[:, None]
        receipts = _apply(self.sales_inverse, sales)
        market = market_gap - _apply(self.market_by_cost, cost)
        wage = _apply(self.market_inverse, market - _apply(self.market_by_receipts, receipts))
        return (
            cost + _apply(self.cost_by_wage, wage),
            receipts + _apply(self.receipts_by_wage, wage),
            final + (self.final_by_wage * wage).sum(axis=1),
            wage,
        )


def regional_blocks(tangent: Tangent, clearing: Float, binding: Bool) -> RegionalBlocks:
    """Linearise the equations of each region on its own, and factor them.

    Parameters
    ----------
    tangent : Tangent
        Of an economy with one user.
    clearing : ndarray, shape (N, F, F)
        Derivatives of residuals of the F factor markets of a region with respect to its wages,
        beside those of log demand over supply: numeraire, and minus one for markets at the wage
        floor.
    binding : ndarray of bool, shape (N, F)
        Markets whose residual is demand over supply.

    Returns
    -------
    RegionalBlocks
    """
    problem, levels = tangent.problem, tangent.levels
    S, N = problem.base.shape
    F = binding.shape[1]
    v, supply = levels.value_added_share[0].T, tangent.supply.T
    market = FactorMarkets.of(problem.base, tangent.closure).market
    markets = (market[:, None] == np.arange(F)).astype(float)
    by_cost, by_receipts, by_final = _sales_rows(tangent)
    final_by_wage = np.zeros((N, F))
    if not tangent.closure.fixes_spending:
        final_by_wage = supply @ markets / _positive(np.abs(levels.expenditure[0]))[:, None]

    inputs = (1.0 - v)[:, :, None] * _domestic_inputs(tangent)
    cost_inverse = np.linalg.inv(np.eye(S) - inputs)
    sales_inverse = np.asarray(np.linalg.inv(np.eye(S) - by_receipts), dtype=np.float64)
    cost_by_wage = cost_inverse @ (v[:, :, None] * markets)
    spending_by_wage = by_final[:, :, None] * final_by_wage[:, None, :]
    receipts_by_wage = sales_inverse @ (by_cost @ cost_by_wage + spending_by_wage)

    # Log payments to factors less log supply, in markets that bind.
    by_market = markets.T * levels.labour_demand[0].T[:, None, :]
    weight = by_market / _positive(by_market.sum(axis=2, keepdims=True))
    market_by_receipts = weight * binding[:, :, None]
    value_effect = 1.0 - np.broadcast_to(problem.sigma_v[0], (S, N)).T
    market_by_cost = -market_by_receipts * value_effect[:, None, :]
    by_wage = clearing - market_by_cost @ markets - np.eye(F) * binding[:, :, None]
    by_wage += market_by_cost @ cost_by_wage + market_by_receipts @ receipts_by_wage
    return RegionalBlocks(
        cost_inverse=cost_inverse,
        sales_inverse=sales_inverse,
        market_inverse=np.linalg.inv(by_wage),
        sales_by_cost=by_cost,
        sales_by_final=by_final,
        final_by_wage=final_by_wage,
        cost_by_wage=cost_by_wage,
        receipts_by_wage=receipts_by_wage,
        market_by_cost=market_by_cost,
        market_by_receipts=market_by_receipts,
    )


# ---------------------------------------------------------------------- helpers
def _apply(matrix: Float, vector: Float) -> Float:
    """Products (N, P) of matrices (N, P, Q) with vectors (N, Q)."""
    return np.asarray((matrix @ vector[:, :, None])[:, :, 0], dtype=np.float64)


def _positive(values: Float) -> Float:
    """Return values that a quotient can have below it."""
    return np.maximum(values, 1e-300)


def _domestic_inputs(tangent: Tangent) -> Float:
    """Shares of domestic goods in intermediate bundles, (N, S, K)."""
    home = np.arange(tangent.problem.base.shape[1])
    domestic = tangent.share[:, home, home].T
    return np.asarray(tangent.input_share.transpose(0, 2, 1) * domestic[:, None, :])


def _sales_rows(tangent: Tangent) -> tuple[Float, Float, Float]:
    """Effects on receipts of costs (N, S, S), of receipts (N, S, S) and of final spending (N, S).

    All relative to their levels, and through sales at home alone but for those of an industry's own
    cost. Eq. (42), Eq. (43), Eq. (44), Eq. (45).
    """
    problem, levels, inputs = tangent.problem, tangent.levels, tangent.input_share
    S, N = problem.base.shape
    R, X = levels.output[0].T, levels.spending[0].T
    E, b = levels.expenditure[0][:, None], levels.final_share[0].T
    home, eye = np.arange(N), np.eye(S)
    bundle, domestic = _domestic_inputs(tangent), tangent.share[:, home, home].T
    size = np.where(R > 0.0, R, 1.0)
    materials = (1.0 - levels.value_added_share[0].T) * R
    over_wage = (1.0 - np.broadcast_to(problem.sigma_v[0], (S, N)).T)[:, :, None]
    over_input = (1.0 - np.broadcast_to(problem.sigma_m[0], (S, N)).T)[:, :, None]
    over_final = float(1.0 - problem.sigma_c[0, 0, 0]) * E * b

    price_effect = (inputs @ (over_input * materials[:, :, None]))[:, :, 0] + over_final
    by_bundle = over_wage * (bundle - eye) - over_input * bundle
    spending = (inputs * materials[:, None, :]) @ by_bundle
    spending += eye * (price_effect * domestic)[:, None, :]
    spending -= over_final[:, :, None] * (b * domestic)[:, None, :]

    sold_at_home = tangent.sold[:, home, home].T
    per_spent = np.divide(sold_at_home, X * size, out=np.zeros_like(X), where=X > 0.0)
    diverted = problem.theta[0, :, 0] * (tangent.returning_sales.T - R) / size
    return (
        per_spent[:, :, None] * spending + eye * diverted[:, None, :],
        per_spent[:, :, None] * inputs * materials[:, None, :],
        per_spent * b * np.abs(E),
    )
