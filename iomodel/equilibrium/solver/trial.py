r"""A trial of factor prices and quota rents, and how far from clearing it leaves the markets.

Unknown are logs of factor price hats and of :math:`1 + e_g` of every capped group. The residual of
a factor market is

.. math:: z = \ln\frac{\sum_s v'_{sn}R'_{sn}}{\hat w_n \hat L_n\,w_nL_n}

(one per region, or one per region and sector where factors are specific); that of a cap is
:math:`\max(\ln q_g - \ln\bar q_g, -\rho_g)`, zero just where rent and slack are complements. Prices
and spending are solved exactly inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.batching import put
from iomodel.equilibrium.solver.prices import Prices, solve_prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.spending import Spending, factor_income, solve_spending
from iomodel.typing import Bool, Float, Index

__all__ = ["TIGHT", "Trial", "again", "evaluate"]


# Of the inner solves: the tightest tolerance that rounding lets them reach.
TIGHT = 1e-13


@dataclass(frozen=True)
class Trial:
    """Everything at given wages and rents.

    Attributes
    ----------
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats.
    rent : ndarray, shape (B, G)
        Logs of one plus the export tax that each cap needs.
    prices : Prices
    levels : Spending
    excess : ndarray, shape (B, F + G)
        Log of demand over supply in every factor market, zero where there is no market; then the
        residuals of caps.
    binding : ndarray of bool, shape (B, G)
        Caps whose residual is that of the quantity, not of the rent.
    size : ndarray, shape (B,)
        Largest absolute residual, infinite where the trial makes no sense.
    """

    wage: Float
    rent: Float
    prices: Prices
    levels: Spending
    excess: Float
    binding: Bool
    size: Float

    def items(self, which: slice | list[int]) -> Trial:
        """Return some members of the batch."""
        return Trial(
            self.wage[which],
            self.rent[which],
            self.prices.items(which),
            self.levels.items(which),
            self.excess[which],
            self.binding[which],
            self.size[which],
        )

    def with_items(self, places: Index, other: Trial) -> Trial:
        """Return this trial with some members replaced."""
        return Trial(
            put(self.wage, places, other.wage),
            put(self.rent, places, other.rent),
            self.prices.with_items(places, other.prices),
            self.levels.with_items(places, other.levels),
            put(self.excess, places, other.excess),
            put(self.binding, places, other.binding),
            put(self.size, places, other.size),
        )


def evaluate(
    problem: Problem,
    wage: Float,
    rent: Float,
    closure: Closure,
    price: Float,
    spending: Float,
    inner: float = TIGHT,
) -> Trial:
    """Solve prices and spending at given wages and rents, and return what is left over.

    Parameters
    ----------
    problem : Problem
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats; rescaled to the numeraire (world factor income as in the base).
    rent : ndarray, shape (B, G)
        Logs; negative ones are set to zero.
    closure : Closure
    price, spending : ndarray, shape (B, S, D)
        Where the inner solves begin.
    inner : float
        Tolerance of the inner solves.

    Returns
    -------
    Trial
    """
    if closure.labour != "rigid":
        wage = _numeraire(problem, wage)
    rent = np.maximum(rent, 0.0)
    taxed = problem.with_rents(rent)
    prices = solve_prices(taxed, wage, price, inner)
    levels = solve_spending(taxed, prices, closure, spending, inner)
    supply, demand = factor_income(problem, prices), levels.labour_demand
    if closure.labour == "mobile":
        supply, demand = supply.sum(axis=1), demand.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A specific factor whose good nobody buys any more has no market.
        excess = np.where((supply > 0.0) & (demand != 0.0), np.log(demand / supply), 0.0)
    if closure.labour == "rigid":
        excess = np.zeros((problem.batch, 0))
    over = _over_caps(taxed, prices, levels)
    binding: Bool = np.asarray(over > -rent)
    excess = np.concatenate([excess.reshape(len(wage), -1), np.maximum(over, -rent)], axis=1)
    size = np.abs(excess).max(axis=1, initial=0.0)
    rough = np.maximum(prices.residual, levels.residual)
    size = np.where(np.isfinite(size) & (rough < max(1e-6, 10.0 * inner)), size, np.inf)
    return Trial(wage, rent, prices, levels, excess, binding, size)


def again(problem: Problem, trial: Trial, closure: Closure) -> Trial:
    """Evaluate a trial once more with tight inner solves."""
    return evaluate(
        problem, trial.wage, trial.rent, closure, trial.prices.price, trial.levels.spending
    )


# ---------------------------------------------------------------------- helpers
def _over_caps(problem: Problem, prices: Prices, levels: Spending) -> Float:
    """Return the log of quantity over cap, (B, G); minus infinity where nothing is left to cap."""
    caps = problem.caps
    if not caps.groups:
        return np.zeros((problem.batch, 0))
    s, i, n = caps.cells.T
    N = problem.base.shape[1]
    # A fancy index around a slice puts the flows first: (K, B, U).
    kernel = by_user(problem.kernel_sold, N)[:, s, i, :, n]
    wanted = by_user(levels.spending / prices.demand_term, N)[:, s, :, n]
    sold = (kernel * wanted).sum(axis=2).T * prices.supply_term[:, s, i]
    quantity = caps.gathered(sold / np.exp(prices.cost[:, s, i]))
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.log(quantity / (problem.limit * caps.gathered(caps.quantity[None])))
    return np.where(quantity > 0.0, over, -np.inf)


def _numeraire(problem: Problem, wage: Float) -> Float:
    """Scale wages so that the factor income of every group that trades is that of the base."""
    income = (problem.base.value_added * problem.endowment * np.exp(wage)).sum(axis=1)
    shift = np.zeros_like(income)
    for group in range(int(problem.component.max()) + 1):
        member = problem.component == group
        before = (member * problem.base.income).sum(axis=1)
        after = (member * income).sum(axis=1)
        some = (before > 0.0) & (after > 0.0)
        ratio = np.where(some, after, 1.0) / np.where(some, before, 1.0)
        shift += member * np.log(ratio)[:, None]
    return np.asarray(wage - shift[:, None, :], dtype=np.float64)
