r"""Spending and sales at given prices: a linear system, solved with the structured product.

.. math::
    R'_{is} &= \sum_d \frac{\lambda'_{isd}}{(1+t'_{isn})(1+e'_{isn})} X'_{sd}, \qquad
    X'_{kn} = \sum_s m'_{nks}(1-v'_{sn})R'_{ns} + \beta'_{kn}E'_n, \\
    E'_n &= W'_n + T'_n + Q'_n + D'_n, \qquad
    T'_n = \sum_{s}\Big(X'_{sn} - \sum_i\frac{\lambda'_{isn}}{1+t'_{isn}}X'_{sn}\Big), \\
    Q'_i &= \sum_{s,d} \frac{e'_{isn}}{1+e'_{isn}}\frac{\lambda'_{isd}}{1+t'_{isn}} X'_{sd}.

Tariff revenue T and the export taxes Q of a region are spent there. If every industry and final
demand is a destination of its own, the two terms of X are separate unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure, deficit
from iomodel.equilibrium.economy import by_user, joined
from iomodel.equilibrium.solver.anderson import anderson
from iomodel.equilibrium.solver.batching import Batched
from iomodel.equilibrium.solver.nests import input_demand
from iomodel.equilibrium.solver.prices import Prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float

__all__ = ["Spending", "factor_income", "solve_spending"]


@dataclass(frozen=True)
class Spending(Batched):
    """Spending, output and incomes, in the unit of the base.

    Attributes
    ----------
    spending : ndarray, shape (B, S, D)
        With duty.
    output : ndarray, shape (B, S, N)
        Receipts of industries.
    value_added_share : ndarray, shape (B, S, N)
        New shares of value added in costs.
    final_share : ndarray, shape (B, S, N)
        New shares in final demand.
    income, revenue, rents, deficit : ndarray, shape (B, N)
        Factor income, tariff revenue, export taxes, spending over income.
    labour_demand : ndarray, shape (B, S, N)
        Payments of industries to factors.
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
    rents: Float
    deficit: Float
    labour_demand: Float
    residual: Float
    iterations: int

    @property
    def expenditure(self) -> Float:
        """Final spending, (B, N)."""
        return self.income + self.revenue + self.rents + self.deficit


def cost_shares(problem: Problem, prices: Prices) -> Float:
    """Value added over costs at new prices, (B, S, N)."""
    gross = prices.cost + problem.log_productivity
    return problem.base.value_added_share * np.exp((1.0 - problem.sigma_v) * (prices.wage - gross))


def final_shares(problem: Problem, prices: Prices) -> Float:
    """Shares in final demand at new prices, (B, S, N)."""
    price = prices.price[..., -problem.base.shape[1] :]
    relative = price - prices.final[:, None, :]
    return problem.base.final_share * np.exp((1.0 - problem.sigma_c) * relative)


def factor_income(problem: Problem, prices: Prices) -> Float:
    """Factor income at full employment, (B, S, N)."""
    return problem.base.value_added * problem.endowment * np.exp(prices.wage)


def solve_spending(
    problem: Problem, prices: Prices, closure: Closure, start: Float, tolerance: float = 1e-13
) -> Spending:
    """Solve for spending at given prices.

    Parameters
    ----------
    problem : Problem
    prices : Prices
    closure : Closure
    start : ndarray, shape (B, S, D)
        First guess of spending.
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
    demand = input_demand(problem, np.where(problem.bought, prices.price, 0.0), prices.bundle)
    supply_term, demand_term = prices.supply_term, prices.demand_term
    net_share = (supply_term[:, :, None, :] @ problem.kernel_net)[:, :, 0] / demand_term
    duty_share = np.where(problem.bought, 1.0 - net_share, 0.0)
    taxed = list(problem.taxed)
    rent_kernel = problem.kernel_net[:, taxed] - problem.kernel_sold[:, taxed]

    def sales(spending: Float) -> Float:
        scaled = (spending / demand_term)[..., None]
        return supply_term * (problem.kernel_sold @ scaled)[..., 0]

    def rents(spending: Float) -> Float:
        scaled = (spending[:, taxed] / demand_term[:, taxed])[..., None]
        return np.asarray((supply_term[:, taxed] * (rent_kernel @ scaled)[..., 0]).sum(axis=1))

    rigid = closure.labour == "rigid"
    N = base.shape[1]
    base_expenditure = np.broadcast_to(base.expenditure, (problem.batch, N))
    income = factor_income(problem, prices).sum(axis=1)
    fixed = base_expenditure if rigid else income + deficit(base, closure, income)
    scale = np.tile(np.maximum(np.abs(base.expenditure), 1e-300), base.users)

    def step(scaled: Float) -> Float:
        spending = scaled * scale
        final = fixed
        if not rigid:
            final = final + by_user(duty_share * spending, N).sum(axis=(1, 2))
            final = final + rents(spending) if taxed else final
        purchases = joined(demand(material * sales(spending)), final_share * final[:, None, :])
        return np.asarray(purchases / scale, dtype=np.float64)

    with np.errstate(over="ignore", invalid="ignore"):
        solution = anderson(step, start / scale, tolerance=tolerance, limit=600)
    spending = solution.x * scale
    output = sales(spending)
    labour = va_share * output
    revenue = by_user(duty_share * spending, N).sum(axis=(1, 2))
    rent_income = rents(spending)
    if rigid:
        income = labour.sum(axis=1)
    return Spending(
        spending=spending,
        output=output,
        value_added_share=va_share,
        final_share=final_share,
        income=income,
        revenue=revenue,
        rents=rent_income,
        deficit=(
            base_expenditure - income - revenue - rent_income
            if rigid
            else deficit(base, closure, income)
        ),
        labour_demand=labour,
        residual=solution.residual,
        iterations=solution.iterations,
    )
