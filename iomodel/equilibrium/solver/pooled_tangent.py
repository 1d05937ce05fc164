r"""Linearised equilibrium with the users of a region pooled: a near Jacobian for shares by user.

At the trial, users of a region buy from their mean origins,

.. math:: \bar\lambda'_{isn} = \sum_u \lambda'_{isun}X'_{sun} / \sum_u X'_{sun} .

Levels and first-round effects on flows are exact. Left out is that costs of origins move the
prices of users apart; a linear solve takes a fraction of that by user in time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.common_shares import with_common_shares
from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.nests import input_shares
from iomodel.equilibrium.solver.prices import Prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.spending import Spending, factor_income
from iomodel.equilibrium.solver.tangent import Tangent, bought_rents
from iomodel.typing import Float

__all__ = ["pooled_tangent"]


def pooled_tangent(problem: Problem, prices: Prices, levels: Spending, closure: Closure) -> Tangent:
    """Linearise the equilibrium at a trial of a batch of one, users of a region pooled.

    Parameters
    ----------
    problem : Problem
        With ``batch`` one, rents in force, and shares by user.
    prices : Prices
    levels : Spending
    closure : Closure

    Returns
    -------
    Tangent
        Of the economy with common shares.
    """
    N = problem.base.shape[1]
    scaled = by_user(problem.by_column(levels.spending[0] / prices.demand_term[0]), N)
    supply_term = prices.supply_term[0][:, :, None]

    def over_users(kernel: Float) -> Float:
        sums = np.einsum("siun,sun->sin", by_user(kernel[0], N), scaled)
        return np.asarray(supply_term * sums, dtype=np.float64)

    paid, flow = over_users(problem.kernel), over_users(problem.kernel_net)
    spending = by_user(levels.spending, N).sum(axis=2)
    total = np.broadcast_to(paid.sum(axis=1)[:, None, :], paid.shape)
    pooled = replace(problem, base=with_common_shares(problem.base))
    inputs = input_shares(problem, prices.price, prices.bundle)[0]
    return Tangent(
        problem=pooled,
        prices=prices,
        levels=replace(levels, spending=spending),
        closure=closure,
        share=np.divide(paid, total, out=np.zeros_like(paid), where=total != 0.0),
        flow=flow,
        sold=over_users(problem.kernel_sold) if problem.taxed else flow,
        bought=bought_rents(pooled, flow),
        input_share=np.ascontiguousarray(inputs.transpose(2, 0, 1)),
        supply=factor_income(problem, prices)[0],
    )
