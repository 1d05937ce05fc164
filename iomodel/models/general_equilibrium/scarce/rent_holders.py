r"""Equilibrium under export quotas, with rents of the seller's or of the buyer's region.

The engine leaves rents with the seller. If the remaining quantity is sold at the old price, its
scarcity earns rents in the buying region: the same prices and quantities at the border, and a
transfer of the rent from seller to buyer, the fixed point of

.. math:: D_n = \sum_{i,s} \frac{e_{isn}}{1 + e_{isn}} F'_{isn}(D)
          - \sum_{m,s} \frac{e_{nsm}}{1 + e_{nsm}} F'_{nsm}(D) .

The duty that yields the same quantities, with its revenue rebated, is the same equilibrium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.equilibrium.solver.anderson import anderson
from iomodel.errors import SolverError
from iomodel.models.general_equilibrium.base_year import ratio
from iomodel.typing import Float

__all__ = ["RENTS", "QuotaEquilibrium", "solve_with_rents"]


RENTS = ("seller", "buyer")
# Of transfers, relative to the region's final spending in the base.
TOLERANCE, STEPS = 1e-9, 60


@dataclass(frozen=True, eq=False)
class QuotaEquilibrium:
    """Equilibrium under quotas, with rents in the income of their holders.

    Attributes
    ----------
    solution : Solution
    real_income : ndarray, shape (N,)
        Hats, over the base without transfers.
    residual : float
        Of the transfers, relative to final spending.
    """

    solution: ge.Solution
    real_income: Float
    residual: float


def solve_with_rents(
    base: ge.Economy,
    elasticities: ge.Elasticities,
    shock: ge.Shock,
    closure: ge.Closure,
    *,
    flows: int,
    rents: str,
) -> QuotaEquilibrium:
    """Solve for the equilibrium under quotas, with rents at the holder's region.

    Parameters
    ----------
    base : Economy
    elasticities : Elasticities
    shock : Shock
        With quotas.
    closure : Closure
        Of labour and trade balances.
    flows : int
        Number of groups, in front of all others, that are quotas on flows. Rents of quotas on
        output stay with the seller.
    rents : {"buyer", "seller"}

    Returns
    -------
    QuotaEquilibrium

    Raises
    ------
    SolverError
        If transfers and rents do not agree in the end.
    """
    solution = ge.solve(base, elasticities, shock, closure)
    if rents == "seller":
        return QuotaEquilibrium(solution, solution.real_income[0], 0.0)
    if closure.fixes_spending:
        # What is spent does not depend on who holds the rents: only incomes do.
        income = solution.national_income[0] + _transfers(solution, flows)
        income = income / (base.expenditure - base.deficit) / solution.final_price[0]
        return QuotaEquilibrium(solution, np.asarray(income, dtype=np.float64), 0.0)
    # Transfers are deficits: those of balanced trade start from none, and shares of incomes are
    # taken of the incomes of the round before, which are those of the solution in the end.
    balance = "fixed" if closure.balance == "zero" else closure.balance
    with_transfers = ge.Closure(closure.labour, balance)
    scale, last = base.expenditure, solution
    base_deficit = np.zeros_like(scale) if closure.balance == "zero" else base.deficit

    def step(share: Float) -> Float:
        nonlocal last
        transfer = share[0] * scale
        if balance == "share":
            transfer = transfer * ratio(base.income, last.income[0])
        economy = replace(base, deficit=base_deficit + transfer)
        last = ge.solve(economy, elasticities, shock, with_transfers, start=last)
        return np.asarray((_transfers(last, flows) / scale)[None], dtype=np.float64)

    start = (_transfers(solution, flows) / scale)[None]
    fixed_point = anderson(step, start, tolerance=TOLERANCE, limit=STEPS)
    residual = float(fixed_point.residual.max())
    if not residual <= TOLERANCE:
        raise SolverError(
            f"rents and what their holders spend still differ by {residual:.1e} of final spending "
            f"after {STEPS} rounds; leave the rents with the seller (rents='seller') or raise sigma"
        )
    income = last.expenditure[0] / base.expenditure / last.final_price[0]
    return QuotaEquilibrium(last, np.asarray(income, dtype=np.float64), residual)


def _transfers(solution: ge.Solution, flows: int) -> Float:
    """Return rents of capped flows by region, of buyers less of sellers, (N,)."""
    caps = solution.problem.caps
    rent = np.where(np.arange(caps.groups) < flows, solution.trial.rent[0], 0.0)
    log_rent = caps.spread(rent[None])[0]
    s, i, n = caps.cells.T
    amount = solution.flow[0][s, i, n] * -np.expm1(-log_rent)
    transfers = np.zeros(solution.base.shape[1])
    np.add.at(transfers, n, amount)
    np.add.at(transfers, i, -amount)
    return transfers
