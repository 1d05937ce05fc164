r"""Odds of imports by user: estimated import shares of a compact table, fitted to its imports.

A compact file may hold, beside the factors of :mod:`iomodel.table.storage.compact`, the log odds
:math:`o_{rsu}` that a use is imported. With bilateral sales x and use u of region r,

.. math:: m_{rsu} = \frac{1}{1 + e^{-o_{rsu} - \mu_{rs}}}, \qquad
    \sum_u m_{rsu}\, u_{rsu} = \sum_{i \ne r} x_{isr}, \qquad
    z_{is,ru} = \frac{x_{isr}}{\sum_{k \ne r} x_{ksr}}\, m_{rsu}\, u_{rsu} \quad (i \ne r),

the biproportional fit of domestic and imported use to both totals [MillerBlair2009]_, ch. 7.
Origins of imports are common to all users of a region.
"""

from __future__ import annotations

import numpy as np

from iomodel.table.storage.compact import Factors
from iomodel.table.storage.import_flows import expand_by_user
from iomodel.typing import Float

__all__ = ["IMPORT_LOG_ODDS", "expand_import_odds", "fit_import_share"]

IMPORT_LOG_ODDS = "import_log_odds"

# Bisection of log odds: [-60, 60] halved 60 times is below the rounding of a sum.
LARGEST_SHIFT, HALVINGS = 60.0, 60


def fit_import_share(trade: Float, use: Float, log_odds: Float) -> Float:
    """Import shares by user that add up to the imports of each product.

    Parameters
    ----------
    trade : ndarray, shape (R, S, R)
        Sales of each region and sector to each region.
    use : ndarray, shape (R, S, S + U)
        Use of each product, imports included.
    log_odds : ndarray, shape (R, S, S + U)
        Logarithm of imported over domestic use, before the fit.

    Returns
    -------
    ndarray, shape (R, S, S + U)
        Imported share of each use; zero where a region imports nothing of a product, one where it
        buys nothing at home.
    """
    regions = np.arange(len(trade))
    domestic = trade[regions, :, regions]
    imports = trade.sum(axis=0, where=~np.eye(len(trade), dtype=bool)[:, None, :]).T
    low, high = np.full(imports.shape, -LARGEST_SHIFT), np.full(imports.shape, LARGEST_SHIFT)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        is_short = (use * _logistic(log_odds + middle[..., None])).sum(axis=2) < imports
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    share = _logistic(log_odds + (0.5 * (low + high))[..., None])
    share = np.where((imports > 0)[..., None], share, 0.0)
    return np.where(((domestic <= 0) & (imports > 0))[..., None], 1.0, share)


def expand_import_odds(factors: Factors, log_odds: Float) -> tuple[Float, Float]:
    """Z (R, S, R, S) and Y (R, S, R, U) from the factors and the odds of imports.

    Parameters
    ----------
    factors : Factors
    log_odds : ndarray, shape (R, S, S + U)
        Logarithm of imported over domestic use, before the fit.
    """
    imports = factors.trade.copy()
    regions, sectors = np.arange(len(imports)), imports.shape[1]
    imports[regions, :, regions] = 0.0
    imported = factors.use * fit_import_share(factors.trade, factors.use, log_odds)
    domestic = factors.use - imported
    # Imported use adds up to imports but for rounding, which the origin shares take up.
    total = imported.sum(axis=2).T[None]
    origin_share = np.divide(imports, total, out=np.zeros_like(imports), where=total > 0)
    Z = expand_by_user(domestic[..., :sectors], imported[..., :sectors], origin_share)
    Y = expand_by_user(domestic[..., sectors:], imported[..., sectors:], origin_share)
    return Z, Y


def _logistic(log_odds: Float) -> Float:
    share: Float = 1.0 / (1.0 + np.exp(-log_odds))
    return share
