r"""Spending and sales at given prices: a linear system, solved with the structured product.

.. math::
    R'_{is} &= \sum_d \frac{\lambda'_{isd}}{(1+t'_{isn})(1+e'_{isn})} X'_{sd}, \qquad
    X'_{kn} = \sum_s m'_{nks}(1-v'_{sn})R'_{ns} + \beta'_{kn}E'_n, \\
    E'_n &= W'_n + T'_n + Q'_n + D'_n, \qquad
    T'_n = \sum_{s}\Big(X'_{sn} - \sum_i\frac{\lambda'_{isn}}{1+t'_{isn}}X'_{sn}\Big), \\
    Q'_i &= \sum_{s,d} \frac{e'_{isn}}{1+e'_{isn}}\frac{\lambda'_{isd}}{1+t'_{isn}} X'_{sd}.

Tariff revenue T and the export taxes Q of a region are spent there, and so are rents that buyers
hold: they come on top of duties (:attr:`Problem.import_wedge`). If every industry and final
demand is a destination of its own, the two terms of X are separate unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        Factor income, tariff revenue, export taxes with the rents of both sides, spending over
        income.
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
        """Final spending, (B, N). Eq. (16)."""
        return self.income + self.revenue + self.rents + self.deficit


def cost_shares(problem: Problem, prices: Prices) -> Float:
    """Value added over costs at new prices, (B, S, N). Eq. (10)."""
    gross = prices.cost + problem.log_productivity
    return problem.base.value_added_share * np.exp((1.0 - problem.sigma_v) * (prices.wage - gross))


def final_shares(problem: Problem, prices: Prices) -> Float:
    """Shares in final demand at new prices, (B, S, N). Eq. (12)."""
    price = prices.price[..., -problem.base.shape[1] :]
    relative = price - prices.final[:, None, :]
    return problem.base.final_share * np.exp((1.0 - problem.sigma_c) * relative)


def factor_income(problem: Problem, prices: Prices) -> Float:
    """Factor income at full employment, and with steady capital, (B, S, N). Eq. (49)."""
    income = problem.base.value_added * problem.endowment * np.exp(prices.wage)
    capital = problem.base.capital
    if capital is None:
        return income
    log_price = prices.price[..., -problem.base.shape[1] :]
    return np.asarray(income * np.exp(capital.deepening(prices.wage, log_price))[:, None, :])


@dataclass(frozen=True)
class _Receipts:
    """Linear maps from spending to sales, tariff revenue and export taxes, at given prices."""

    problem: Problem
    prices: Prices
    wedge_share: Float
    rent_kernel: Float
    bought_share: Float | None

    @classmethod
    def at(cls, problem: Problem, prices: Prices) -> _Receipts:
        by_column = (prices.supply_term[:, :, None, :] @ problem.kernel_net)[:, :, 0]
        net = problem.by_destination(by_column) / prices.demand_term
        taxed = list(problem.taxed)
        return cls(
            problem,
            prices,
            wedge_share=np.where(problem.bought, 1.0 - net, 0.0),
            rent_kernel=problem.kernel_net[:, taxed] - problem.kernel_sold[:, taxed],
            bought_share=_bought_share(problem, prices),
        )

    def sales(self, spending: Float) -> Float:
        """Receipts of industries, (B, S, N). Eq. (13)."""
        scaled = self.problem.by_column(spending / self.prices.demand_term)[..., None]
        return self.prices.supply_term * (self.problem.kernel_sold @ scaled)[..., 0]

    def wedges(self, spending: Float) -> Float:
        """Tariff revenue and rents of buyers, (B, N)."""
        return self._by_buyer(self.wedge_share * spending)

    def revenue(self, spending: Float) -> Float:
        """Tariff revenue of regions, (B, N). Eq. (14)."""
        wedges = self.wedges(spending)
        return wedges if self.bought_share is None else wedges - self.bought_rents(spending)

    def bought_rents(self, spending: Float) -> Float:
        """Rents of quotas that buyers hold, by region, (B, N). Eq. (59)."""
        if self.bought_share is None:
            return np.zeros((len(spending), self.problem.base.shape[1]))
        return self._by_buyer(self.bought_share * spending)

    def _by_buyer(self, values: Float) -> Float:
        by_sector = by_user(values, self.problem.base.shape[1])
        return np.asarray(by_sector.sum(axis=(1, 2)), dtype=np.float64)

    def rents(self, spending: Float) -> Float:
        """Export taxes and rents of sellers, by region, (B, N). Eq. (15)."""
        taxed = list(self.problem.taxed)
        by_destination = spending[:, taxed] / self.prices.demand_term[:, taxed]
        scaled = self.problem.by_column(by_destination, taxed)[..., None]
        by_sector = self.prices.supply_term[:, taxed] * (self.rent_kernel @ scaled)[..., 0]
        return np.asarray(by_sector.sum(axis=1), dtype=np.float64)


def _bought_share(problem: Problem, prices: Prices) -> Float | None:
    """Share of spending that is rent of the buyer's region, (B, S, D), None if there is none."""
    if problem.caps.sellers_hold_all:
        return None
    s, i, n = problem.caps.cells.T
    N = problem.base.shape[1]
    kernel = problem.at_cells(problem.kernel_net, s, i, n)
    border = prices.supply_term[:, s, i].T[:, :, None] * kernel
    rent = np.zeros(by_user(prices.demand_term, N).shape)
    cells: Any = (slice(None), s, slice(None), n)
    np.add.at(rent, cells, border * problem.licence_income.T[:, :, None])
    return np.asarray(rent.reshape(prices.demand_term.shape) / prices.demand_term)


def solve_spending(
    problem: Problem, prices: Prices, closure: Closure, start: Float, tolerance: float = 1e-13
) -> Spending:
    """Solve for spending at given prices.

    Eq. (17), and Eq. (52) where spending is fixed.

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
    receipts = _Receipts.at(problem, prices)
    income = factor_income(problem, prices).sum(axis=1)
    fixed = income + deficit(base, closure, income, problem.balanced)
    if closure.fixes_spending:
        new_revenue_from = base.revenue if closure.revenue == "spent" else 0.0
        fixed = np.broadcast_to(base.expenditure - new_revenue_from, income.shape)
    scale = np.tile(np.maximum(np.abs(base.expenditure), 1e-300), base.users)

    def step(scaled: Float) -> Float:
        spending = scaled * scale
        final = fixed
        if closure.spends_revenue:
            # Where spending is fixed the state spends its revenue, and households save rents.
            imposed = receipts.revenue if closure.fixes_spending else receipts.wedges
            final = final + imposed(spending)
        if problem.taxed and not closure.fixes_spending:
            final = final + receipts.rents(spending)
        inputs = demand(material * receipts.sales(spending))
        purchases = joined(inputs, final_share * final[:, None, :])
        return np.asarray(purchases / scale, dtype=np.float64)

    with np.errstate(over="ignore", invalid="ignore"):
        solution = anderson(step, start / scale, tolerance=tolerance, limit=600)
    spending = solution.x * scale
    output = receipts.sales(spending)
    labour = va_share * output
    revenue = receipts.revenue(spending)
    rents = receipts.rents(spending) + receipts.bought_rents(spending)
    if closure.fixes_spending:
        income = labour.sum(axis=1)
        expenditure = fixed + revenue if closure.spends_revenue else fixed
        gap = expenditure - income - revenue - rents
    else:
        gap = deficit(base, closure, income, problem.balanced)
    return Spending(
        spending=spending,
        output=output,
        value_added_share=va_share,
        final_share=final_share,
        income=income,
        revenue=revenue,
        rents=rents,
        deficit=gap,
        labour_demand=labour,
        residual=solution.residual,
        iterations=solution.iterations,
    )
