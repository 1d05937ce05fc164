r"""Prices at given wages: unit costs and CES aggregation over origins, in logs of hats.

.. math::
    \hat P_{sd} = \Big(\textstyle\sum_i\lambda_{isd}
                  (\hat\kappa_{isn}\hat c_{si})^{-\theta_s}\Big)^{-1/\theta_s},

geometric if :math:`\theta = 0`, with unit costs as in :mod:`iomodel.equilibrium.solver.nests`.
Given wages the map from prices to prices contracts in the largest log difference, with the largest
cost share of intermediates as its modulus (along a chain of industries without value added, that of
the chain): there is one solution at most. Where inputs are complements that share nears one as
prices rise, and there may be none (:mod:`iomodel.equilibrium.solver.finite_prices`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.solver.anderson import anderson
from iomodel.equilibrium.solver.batching import Batched
from iomodel.equilibrium.solver.nests import final_price, unit_cost
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float

__all__ = ["Prices", "solve_prices"]


@dataclass(frozen=True)
class Prices(Batched):
    r"""Log price hats, and the two factors of origin shares.

    Attributes
    ----------
    wage, bundle, cost : ndarray, shape (B, S, N)
        Wage, intermediate bundle and unit cost.
    price : ndarray, shape (B, S, D)
        Price to users.
    final : ndarray, shape (B, N)
        Price index of final demand.
    supply_term : ndarray, shape (B, S, N)
    demand_term : ndarray, shape (B, S, D)
        a and b of shares :math:`\lambda' = a_i K_{id} / b_d`.
    residual : ndarray, shape (B,)
    iterations : int
    """

    wage: Float
    bundle: Float
    cost: Float
    price: Float
    final: Float
    supply_term: Float
    demand_term: Float
    residual: Float
    iterations: int


def trade_terms(problem: Problem, cost: Float) -> tuple[Float, Float, Float]:
    """Supply (B, S, N) and demand terms of shares, and log prices to users (B, S, D). Eq. (6)."""
    signed = np.where(problem.theta >= 0.0, cost, -cost)
    # Measured from the cheapest origin (dearest where goods are complements): no power overflows.
    anchor = signed.min(axis=2, keepdims=True) * np.where(problem.theta >= 0.0, 1.0, -1.0)
    supply = np.exp(-problem.theta * (cost - anchor))
    demand = problem.by_destination((supply[:, :, None, :] @ problem.kernel)[:, :, 0])
    demand = np.where(problem.bought, demand, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        curved = anchor - (problem.log_scale + np.log(demand)) / problem.theta
    flat = problem.log_mean_cost
    if problem.cobb_douglas.any():
        flat = flat + (cost[:, :, None, :] @ problem.base.share)[:, :, 0]
    price = np.where(problem.cobb_douglas, flat, curved)
    return supply, demand, np.where(problem.bought, price, 0.0)


def price_map(problem: Problem, wage: Float, price: Float) -> Float:
    """Prices that follow from wages and the prices of inputs, (B, S, D)."""
    return trade_terms(problem, unit_cost(problem, wage, price)[1])[2]


def solve_prices(problem: Problem, wage: Float, start: Float, tolerance: float = 1e-13) -> Prices:
    """Solve for prices at given wages.

    Parameters
    ----------
    problem : Problem
    wage : ndarray, shape (B, S, N)
        Log of factor price hats.
    start : ndarray, shape (B, S, D)
        Log prices to begin from.
    tolerance : float
        Largest log difference between prices and their map.

    Returns
    -------
    Prices
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        solution = anderson(
            lambda price: price_map(problem, wage, price), start, tolerance=tolerance, limit=600
        )
        bundle, cost = unit_cost(problem, wage, solution.x)
        supply, demand, price = trade_terms(problem, cost)
    return Prices(
        wage=wage,
        bundle=bundle,
        cost=cost,
        price=price,
        final=final_price(problem, price),
        supply_term=supply,
        demand_term=demand,
        residual=solution.residual,
        iterations=solution.iterations,
    )
