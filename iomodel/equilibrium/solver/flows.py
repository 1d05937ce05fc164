"""Trade flows of a trial: origin shares, bilateral sales and border prices.

The search works with sums over origins and users only; these arrays are formed for its results.
"""

from __future__ import annotations

import numpy as np

from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.prices import Prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float

__all__ = ["bilateral_sales", "border_price", "origin_shares"]


def origin_shares(problem: Problem, prices: Prices) -> Float:
    r"""Shares of origins in spending :math:`\lambda'`, (B, S, I, D). Eq. (9)."""
    share = prices.supply_term[..., None] * problem.full(problem.kernel)
    share /= prices.demand_term[:, :, None, :]
    return share


def bilateral_sales(problem: Problem, prices: Prices, spending: Float) -> Float:
    """Sales by exporter and importer at border prices, (B, S, I, N).

    Eq. (1).

    Parameters
    ----------
    problem : Problem
    prices : Prices
    spending : ndarray, shape (B, S, D)
        With duty.

    Returns
    -------
    ndarray, shape (B, S, I, N)
    """
    N = problem.base.shape[1]
    scaled = by_user(problem.by_column(spending / prices.demand_term), N)
    # Summed over users without shares by user, the largest array there is.
    spent = np.einsum("bsiun,bsun->bsin", by_user(problem.kernel, N), scaled)
    spent *= prices.supply_term[..., None]
    flow: Float = spent / (1.0 + problem.import_wedge)
    return flow


def border_price(problem: Problem, prices: Prices) -> Float:
    """Hats of prices before duty, with export tax, (B, S, I, N). Eq. (21)."""
    tax = (1.0 + problem.export_tax) / (1.0 + np.asarray(problem.base.export_tax))
    return np.asarray(np.exp(prices.cost)[..., None] * tax, dtype=np.float64)
