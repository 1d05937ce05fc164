r"""Spending and sales given prices: linear, and solved with the structured product.

.. math::
    R'_{is} &= \sum_n \frac{\lambda'_{isn}}{1+t'_{isn}} X'_{sn}, \qquad
    X'_{kn} = \sum_s m'_{nks}(1-v'_{sn})R'_{ns} + \beta'_{kn}E'_n, \\
    E'_n &= W'_n + T'_n + D'_n, \qquad
    T'_n = \sum_{s}\Big(X'_{sn} - \sum_i\frac{\lambda'_{isn}}{1+t'_{isn}}X'_{sn}\Big).

Import shares are common to all users of a region, so a product with the whole
(N S) x (N S) system is one use matrix per region and one share matrix per sector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.anderson import anderson
from iomodel.equilibrium.batching import Batched
from iomodel.equilibrium.closures import Closure, deficit
from iomodel.equilibrium.prices import Prices
from iomodel.equilibrium.problem import Problem

__all__ = ["Spending", "solve_spending"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Spending(Batched):
    """Levels in the unit of the base.

    Attributes
    ----------
    spending, output : ndarray, shape (B, S, N)
        With and without duty.
    value_added_share : ndarray, shape (B, S, N)
        New shares of value added in costs.
    final_share : ndarray, shape (B, S, N)
        New shares in final demand.
    income, revenue, deficit : ndarray, shape (B, N)
        Factor income, tariff revenue, spending over income.
    labour_demand : ndarray, shape (B, S, N)
        What industries pay to factors.
    residual : ndarray, shape (B,)
        Largest change of spending under its map, relative to final spending.
    iterations : int
    """

    spending: Float
    output: Float
    value_added_share: Float
    final_share: Float
    income: Float
    revenue: Float
    deficit: Float
    labour_demand: Float
    residual: Float
    iterations: int

    @property
    def expenditure(self) -> Float:
        """Final spending, (B, N)."""
        return self.income + self.revenue + self.deficit


def cost_shares(problem: Problem, prices: Prices) -> Float:
    """Return the new shares of value added in costs, (B, S, N)."""
    gross = prices.cost + problem.log_productivity
    return problem.base.value_added_share * np.exp((1.0 - problem.sigma_v) * (prices.wage - gross))


def final_shares(problem: Problem, prices: Prices) -> Float:
    """Return the new shares in final demand, (B, S, N)."""
    relative = prices.price - prices.final[:, None, :]
    return problem.base.final_share * np.exp((1.0 - problem.sigma_c) * relative)


def factor_income(problem: Problem, prices: Prices) -> Float:
    """Return what factors earn where all are employed, (B, S, N)."""
    return problem.base.value_added * problem.endowment * np.exp(prices.wage)


def solve_spending(
    problem: Problem, prices: Prices, closure: Closure, start: Float, tolerance: float = 1e-13
) -> Spending:
    """Solve for spending given prices.

    Parameters
    ----------
    problem : Problem
    prices : Prices
    closure : Closure
    start : ndarray, shape (B, S, N)
        Spending to begin from.
    tolerance : float
        Largest change under the map, relative to the region's base final spending.

    Returns
    -------
    Spending
    """
    base = problem.base
    va_share = cost_shares(problem, prices)
    final_share = final_shares(problem, prices)
    material = 1.0 - va_share
    material[:, base.input_share.sum(axis=1).T == 0.0] = 0.0
    power = 1.0 - problem.sigma_m
    seller = np.exp(power * np.where(problem.bought, prices.price, 0.0))
    buyer = material * np.exp(-power * prices.bundle)
    net = (prices.supply_term[:, :, None, :] @ problem.kernel_net)[:, :, 0] / prices.demand_term
    duty = np.where(problem.bought, 1.0 - net, 0.0)

    def sales(spending: Float) -> Float:
        wanted = (spending / prices.demand_term)[..., None]
        return prices.supply_term * (problem.kernel_net @ wanted)[..., 0]

    rigid = closure.labour == "rigid"
    held = np.broadcast_to(base.expenditure, (problem.batch, base.shape[1]))
    income = factor_income(problem, prices).sum(axis=1)
    fixed = held if rigid else income + deficit(base, closure, income)
    rebate = 0.0 if rigid else 1.0
    scale = np.maximum(np.abs(base.expenditure), 1e-300)

    def step(scaled: Float) -> Float:
        spending = scaled * scale
        inputs = (buyer * sales(spending)).transpose(2, 1, 0)
        bought = seller * (base.input_share @ inputs).transpose(2, 1, 0)
        final = fixed + rebate * (duty * spending).sum(axis=1)
        new: Float = (bought + final_share * final[:, None, :]) / scale
        return new

    with np.errstate(over="ignore", invalid="ignore"):
        found = anderson(step, start / scale, tolerance=tolerance, limit=600)
    spending = found.x * scale
    output = sales(spending)
    labour = va_share * output
    revenue = (duty * spending).sum(axis=1)
    if rigid:
        income = labour.sum(axis=1)
    return Spending(
        spending=spending,
        output=output,
        value_added_share=va_share,
        final_share=final_share,
        income=income,
        revenue=revenue,
        deficit=held - income - revenue if rigid else deficit(base, closure, income),
        labour_demand=labour,
        residual=found.residual,
        iterations=found.iterations,
    )
