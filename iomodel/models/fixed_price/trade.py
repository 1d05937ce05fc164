r"""Trade between regions, from intermediate and final flows.

With coefficients :math:`A`, output :math:`x` and final deliveries :math:`Y`, the sales of product
:math:`s` of region :math:`i` to region :math:`m` are

.. math:: t_{ism} = \sum_c a_{is,mc}\, x_{mc} + \sum_u y_{is,mu} .

Everything is valued at the producer prices of the base, as the table is.
"""

from __future__ import annotations

import numpy as np

from iomodel.typing import BY_PARTNER, BY_REGION, Float, Variables

__all__ = ["exports", "imports", "partners", "trade_cube", "trade_variables"]


def trade_cube(A: Float, x: Float, Y: Float) -> Float:
    """Return sales by product between regions, domestic ones included.

    Parameters
    ----------
    A : ndarray, shape (n, n)
        Input coefficients.
    x : ndarray, shape (n,)
        Gross output of the users.
    Y : ndarray, shape (R, S, R, U)
        Final deliveries.

    Returns
    -------
    ndarray, shape (R, S, R)
        Seller region, sector, user region.
    """
    R, S = Y.shape[:2]
    inputs = np.einsum("ismc,mc->ism", A.reshape(R, S, R, S), x.reshape(R, S))
    cube: Float = inputs + Y.sum(axis=3)
    return cube


def partners(cube: Float) -> Float:
    """Return exports of every region (rows) to every other region, zero on the diagonal."""
    flows: Float = cube.sum(axis=1)
    np.fill_diagonal(flows, 0.0)
    return flows


def exports(cube: Float) -> Float:
    """Return exports of each region, (R,), from a trade cube (R, S, R)."""
    total: Float = partners(cube).sum(axis=1)
    return total


def imports(cube: Float) -> Float:
    """Return imports of each region, (R,), from a trade cube (R, S, R)."""
    total: Float = partners(cube).sum(axis=0)
    return total


def trade_variables(base: Float, new: Float) -> Variables:
    """Return exports, imports and trade for the effects, from trade cubes (R, S, R)."""
    return {
        "exports_base": (BY_REGION, exports(base)),
        "exports_new": (BY_REGION, exports(new)),
        "imports_base": (BY_REGION, imports(base)),
        "imports_new": (BY_REGION, imports(new)),
        "trade_base": (BY_PARTNER, partners(base)),
        "trade_new": (BY_PARTNER, partners(new)),
    }
