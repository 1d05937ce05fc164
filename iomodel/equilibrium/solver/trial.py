r"""Trial point of the search: factor prices, quota rents, and the residuals of all markets.

Unknown are logs of factor price hats and of :math:`1 + e_g` of every capped group. The residual of
a factor market is

.. math:: z = \ln\frac{\sum_s v'_{sn}R'_{sn}}{\hat w_n \hat L_n\,w_nL_n}

(one per region, or one per region and sector if factors are specific); that of a cap is
:math:`\max(\ln q_g - \ln\bar q_g, -\rho_g)`, zero just if rent and slack are complements. Prices
and spending are solved exactly inside. With sticky wages a factor market is a pair of complements
too: its residual is

.. math:: \max(z, -\ln\hat w),

zero just if the wage is that of the base with some unemployed, or higher with none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.batching import put
from iomodel.equilibrium.solver.prices import Prices, solve_prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.spending import Spending, factor_income, solve_spending
from iomodel.errors import IOModelError
from iomodel.typing import Bool, Float, Index

__all__ = ["TIGHT", "Trial", "again", "base_trial", "evaluate", "trial_from"]


# Of the inner solves: the tightest tolerance that rounding lets them reach.
TIGHT = 1e-13


@dataclass(frozen=True)
class Trial:
    """Factor prices and rents, with the prices, levels and residuals that follow from them.

    Attributes
    ----------
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats.
    rent : ndarray, shape (B, G)
        Logs of one plus the export tax that each cap needs.
    prices : Prices
    levels : Spending
    excess : ndarray, shape (B, F + G)
        Log of demand over supply in every factor market, zero where there is no market, or the
        complementarity residual of a sticky wage; then the residuals of caps.
    binding : ndarray of bool, shape (B, F + G)
        Markets and caps whose residual is that of the quantity, not of the wage floor or the
        rent.
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

    def items(self, members: slice | list[int]) -> Trial:
        """Select members of the batch."""
        return Trial(
            self.wage[members],
            self.rent[members],
            self.prices.items(members),
            self.levels.items(members),
            self.excess[members],
            self.binding[members],
            self.size[members],
        )

    def with_items(self, places: Index, new: Trial) -> Trial:
        """Replace members of the batch."""
        return Trial(
            put(self.wage, places, new.wage),
            put(self.rent, places, new.rent),
            self.prices.with_items(places, new.prices),
            self.levels.with_items(places, new.levels),
            put(self.excess, places, new.excess),
            put(self.binding, places, new.binding),
            put(self.size, places, new.size),
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
    """Solve prices and spending at given wages and rents; compute the residuals of all markets.

    Eq. (18), Eq. (20).

    Parameters
    ----------
    problem : Problem
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats; rescaled to the numeraire (world factor income as in the base).
        Sticky ones below the floor are set to it, zero.
    rent : ndarray, shape (B, G)
        Logs; negative ones are set to zero.
    closure : Closure
    price, spending : ndarray, shape (B, S, D)
        Start of the inner solves.
    inner : float
        Tolerance of the inner solves.

    Returns
    -------
    Trial
    """
    if closure.labour == "sticky":
        wage = np.maximum(wage, 0.0)
    elif closure.labour != "rigid":
        wage = _numeraire(problem, wage)
    rent = np.maximum(rent, 0.0)
    taxed = problem.with_rents(rent)
    prices = solve_prices(taxed, wage, price, inner)
    levels = solve_spending(taxed, prices, closure, spending, inner)
    excess, clears = _factor_markets(problem, prices, levels, closure)
    overshoot = _overshoot(taxed, prices, levels)
    binding: Bool = np.concatenate([clears, overshoot > -rent], axis=1)
    excess = np.concatenate([excess, np.maximum(overshoot, -rent)], axis=1)
    size = np.abs(excess).max(axis=1, initial=0.0)
    inner_residual = np.maximum(prices.residual, levels.residual)
    solved = inner_residual < max(1e-6, 10.0 * inner)
    size = np.where(np.isfinite(size) & solved, size, np.inf)
    return Trial(wage, rent, prices, levels, excess, binding, size)


def again(problem: Problem, trial: Trial, closure: Closure, inner: float = TIGHT) -> Trial:
    """Evaluate a trial once more with tight inner solves."""
    return evaluate(
        problem, trial.wage, trial.rent, closure, trial.prices.price, trial.levels.spending, inner
    )


def base_trial(problem: Problem, closure: Closure) -> Trial:
    """Evaluate the factor prices and spending of the base, without rents."""
    shape = (problem.batch, *problem.base.spending.shape)
    return evaluate(
        problem,
        np.zeros((problem.batch, *problem.base.shape)),
        np.zeros((problem.batch, problem.caps.groups)),
        closure,
        np.zeros(shape),
        np.broadcast_to(problem.base.spending, shape),
    )


def trial_from(problem: Problem, closure: Closure, guess: Trial, inner: float = TIGHT) -> Trial:
    """Evaluate the factor prices and rents of another trial of the same base.

    Parameters
    ----------
    problem : Problem
    closure : Closure
    guess : Trial
        With world factor income as in the base; a batch of one serves every member.
    inner : float
        Tolerance of the inner solves.

    Returns
    -------
    Trial

    Raises
    ------
    IOModelError
        If the guess has another shape.
    """
    batch, groups = problem.batch, problem.caps.groups
    shape = (batch, *problem.base.spending.shape)
    price, spending = guess.prices.price, guess.levels.spending
    if price.shape[1:] != shape[1:] or len(price) not in (1, batch):
        raise IOModelError("the solution to start from has another shape; solve without start")
    rent = guess.rent if guess.rent.shape[1] == groups else np.zeros((1, groups))
    return evaluate(
        problem,
        np.broadcast_to(guess.wage, (batch, *problem.base.shape)),
        np.broadcast_to(rent, (batch, groups)),
        closure,
        np.broadcast_to(price, shape),
        np.broadcast_to(spending, shape),
        inner,
    )


# ---------------------------------------------------------------------- helpers
def _factor_markets(
    problem: Problem, prices: Prices, levels: Spending, closure: Closure
) -> tuple[Float, Bool]:
    """Residuals of factor markets, (B, F), and whether each is demand over supply.

    Eq. (18), Eq. (51).
    """
    if closure.labour == "rigid":
        return np.zeros((problem.batch, 0)), np.zeros((problem.batch, 0), dtype=bool)
    markets = FactorMarkets.of(problem.base, closure)
    supply = markets.total(factor_income(problem, prices))
    demand = markets.total(levels.labour_demand)
    is_sticky = closure.labour == "sticky"
    with np.errstate(divide="ignore", invalid="ignore"):
        # A specific factor whose good nobody buys any more has no market.
        no_market = -np.inf if is_sticky else 0.0
        excess = np.where((supply > 0.0) & (demand != 0.0), np.log(demand / supply), no_market)
    excess = excess.reshape(problem.batch, -1)
    if not is_sticky:
        return excess, np.ones(excess.shape, dtype=bool)
    fall = -prices.wage.reshape(problem.batch, -1)
    return np.maximum(excess, fall), np.asarray(excess > fall)


def _overshoot(problem: Problem, prices: Prices, levels: Spending) -> Float:
    """Log of quantity over cap, (B, G); minus infinity if there is no quantity to cap. Eq. (19)."""
    caps = problem.caps
    if not caps.groups:
        return np.zeros((problem.batch, 0))
    s, i, n = caps.cells.T
    N = problem.base.shape[1]
    kernel = problem.at_cells(problem.kernel_sold, s, i, n)
    scaled_spending = by_user(levels.spending / prices.demand_term, N)[:, s, :, n]
    sales = (kernel * scaled_spending).sum(axis=2).T * prices.supply_term[:, s, i]
    log_unit = prices.cost[:, s, i] + caps.log_licence_cost(problem.rent)
    quantity = caps.gathered(sales / np.exp(log_unit))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(quantity / (problem.limit * caps.gathered(caps.quantity[None])))
    return np.where(quantity > 0.0, logs, -np.inf)


def _numeraire(problem: Problem, wage: Float) -> Float:
    """Scale wages so that the factor income of every group that trades is that of the base."""
    income = (problem.base.value_added * problem.endowment * np.exp(wage)).sum(axis=1)
    shift = np.zeros_like(income)
    for group in range(int(problem.component.max()) + 1):
        member = problem.component == group
        base_income = (member * problem.base.income).sum(axis=1)
        new_income = (member * income).sum(axis=1)
        valid = (base_income > 0.0) & (new_income > 0.0)
        ratio = np.where(valid, new_income, 1.0) / np.where(valid, base_income, 1.0)
        shift += member * np.log(ratio)[:, None]
    return np.asarray(wage - shift[:, None, :], dtype=np.float64)
