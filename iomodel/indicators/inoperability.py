r"""The inoperability input-output model: relative losses in the Leontief model.

With interdependency coefficients :math:`A^* = \hat x^{-1} A \hat x` (elements
:math:`z_{ij} / x_i`) and the relative loss of final demand :math:`c^* = \Delta f / x`,

.. math:: q = (I - A^*)^{-1} c^* = \hat x^{-1} L\, \Delta f ,

so inoperability says no more than the relative change of output in the Leontief model
[DietzenbacherMiller2015]_. Offered because results are often reported this way [HaimesJiang2001]_.

The dynamic form approaches the same :math:`q` at the speed of resilience :math:`K`
[LianHaimes2006]_,

.. math:: q_{t+1} = q_t + K \left[ A^* q_t + c^*_t - q_t \right], \qquad
          k_i = \frac{-\ln \lambda_i}{\tau_i (1 - a^*_{ii})} ,

so that alone and undisturbed industry i is back to the part :math:`\lambda_i` of its initial
inoperability at time :math:`\tau_i`; stocks of finished goods delay the loss of
customers [BarkerSantos2010]_.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.leontief import LeontiefSystem, base_system
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["dynamic_inoperability", "inoperability", "resilience"]


def inoperability(
    table: MRIOTable, loss: ArrayLike | xr.DataArray, *, system: LeontiefSystem | None = None
) -> xr.DataArray:
    r"""Inoperability, :math:`q = \hat x^{-1} L\, (\hat x c^*)`.

    Share of each industry's output lost to a fall of final demand [HaimesJiang2001]_.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    loss : array_like, shape (n,) or (R, S)
        Loss of final demand as a fraction of the industry's base output, :math:`c^*`.
    system : LeontiefSystem, optional
        Of the table, to reuse a factorization.

    Returns
    -------
    xarray.DataArray (region, sector)
        Inoperability :math:`q`, unit 1; zero for industries without output. Above one, the loss is
        larger than the table can bear.

    Raises
    ------
    TableError
        If the shape does not fit or a cell is not finite.
    """
    cells = np.asarray(loss, dtype=np.float64)
    if cells.size != table.n or not np.isfinite(cells).all():
        raise TableError(
            f"the loss of final demand has shape {cells.shape}; give one finite fraction for each "
            f"of {table.n} industries"
        )
    x = table.x1
    output_loss = base_system(table, system).solve(cells.reshape(-1) * x)
    share = np.divide(output_loss, x, out=np.zeros_like(x), where=x > 0)
    return table.x.copy(data=share.reshape(table.shape)).rename("inoperability")


def resilience(interdependency: ArrayLike, left: ArrayLike, time: ArrayLike) -> Float:
    r"""Resilience, :math:`k_i = -\ln \lambda_i / (\tau_i (1 - a^*_{ii}))` [LianHaimes2006]_.

    Speed of recovery, from the part of a loss that remains after some time.

    Parameters
    ----------
    interdependency : array_like, shape (n, n)
        :math:`A^*`, elements :math:`z_{ij} / x_i`.
    left : array_like, shape () or (n,)
        Remaining part of the initial inoperability, :math:`\lambda`, in (0, 1].
    time : array_like, shape () or (n,)
        Periods until then, :math:`\tau`, above zero.

    Returns
    -------
    ndarray, shape (n,)
        Diagonal of :math:`K`, per period.

    Raises
    ------
    TableError
        If a parameter is out of range.
    """
    own_use = np.diagonal(np.asarray(interdependency, dtype=np.float64))
    lambda_, tau = np.asarray(left, dtype=np.float64), np.asarray(time, dtype=np.float64)
    in_range = ((lambda_ > 0) & (lambda_ <= 1)).all() and (tau > 0).all()
    if not in_range or not (own_use < 1).all():
        raise TableError(
            "resilience needs a part left in (0, 1], a time above zero, and own use below output"
        )
    return np.asarray(-np.log(lambda_) / (tau * (1.0 - own_use)))


def dynamic_inoperability(
    interdependency: ArrayLike,
    loss: ArrayLike,
    speed: ArrayLike,
    steps: int,
    *,
    initial: ArrayLike = 0.0,
    stock: ArrayLike = 0.0,
) -> Float:
    r"""Path of inoperability, :math:`q_{t+1} = q_t + K (A^* q_t + c^*_t - q_t)`.

    Recovery at the speed of resilience [LianHaimes2006]_, with stocks of finished goods
    [BarkerSantos2010]_.

    Parameters
    ----------
    interdependency : array_like, shape (n, n)
        :math:`A^*`, elements :math:`z_{ij} / x_i`.
    loss : array_like, shape (n,) or (steps, n)
        Loss of demand as a fraction of output, :math:`c^*`, constant or by step.
    speed : array_like, shape () or (n,)
        Diagonal of :math:`K`, from 0 (stuck) to 1 (at once), as from :func:`resilience`.
    steps : int
    initial : array_like, shape () or (n,)
        Inoperability of production at the start.
    stock : array_like, shape () or (n,)
        Finished goods at the start, in periods of output. Shortfalls of production are met from
        them, and customers miss nothing until they are used up.

    Returns
    -------
    ndarray, shape (steps + 1, n)
        Part of each industry's output that its customers miss, unit 1, from the start on.

    Raises
    ------
    TableError
        If shapes do not fit, or a speed or stock is out of range.
    """
    matrix = np.asarray(interdependency, dtype=np.float64)
    n = matrix.shape[0]
    try:
        demand_loss = np.broadcast_to(np.asarray(loss, dtype=np.float64), (steps, n))
        k, production_loss, stocks = (
            np.broadcast_to(np.asarray(values, dtype=np.float64), (n,))
            for values in (speed, initial, stock)
        )
    except ValueError as error:
        raise TableError(f"losses, speeds and stocks must fit {n} industries: {error}") from None
    if matrix.shape != (n, n) or not ((k >= 0) & (k <= 1)).all() or not (stocks >= 0).all():
        raise TableError("A* must be square, speeds in [0, 1], and stocks not negative")
    path = np.empty((steps + 1, n))
    for t in range(steps + 1):
        from_stocks = np.minimum(stocks, np.maximum(production_loss, 0.0))
        path[t], stocks = production_loss - from_stocks, stocks - from_stocks
        if t < steps:
            target = matrix @ path[t] + demand_loss[t]
            production_loss = production_loss + k * (target - production_loss)
    return path
