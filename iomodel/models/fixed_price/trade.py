r"""Trade between regions, read off intermediate and final flows.

With coefficients :math:`A`, output :math:`x` and final deliveries :math:`Y`, the sales of product
:math:`s` of region :math:`i` to region :math:`m` are

.. math:: t_{ism} = \sum_c a_{is,mc}\, x_{mc} + \sum_u y_{is,mu} .

Everything is valued at the producer prices of the base, as the table is.
"""

from __future__ import annotations

import numpy as np

from iomodel.typing import Float

__all__ = ["exports", "imports", "partners", "trade_cube"]


def trade_cube(A: Float, x: Float, Y: Float) -> Float:
    """Return sales by product between regions, those at home included.

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
    """Return what each region sells abroad, (R,), from a trade cube (R, S, R)."""
    sold: Float = partners(cube).sum(axis=1)
    return sold


def imports(cube: Float) -> Float:
    """Return what each region buys abroad, (R,), from a trade cube (R, S, R)."""
    bought: Float = partners(cube).sum(axis=0)
    return bought
