r"""The inoperability input-output model: Leontief in relative terms.

With interdependency coefficients :math:`A^* = \hat x^{-1} A \hat x` (elements
:math:`z_{ij} / x_i`) and the relative loss of final demand :math:`c^* = \Delta f / x`,

.. math:: q = (I - A^*)^{-1} c^* = \hat x^{-1} L\, \Delta f ,

so inoperability says no more than the relative change of output in the Leontief model
[DietzenbacherMiller2015]_. Offered because results are often reported this way [HaimesJiang2001]_.

The dynamic form approaches the same :math:`q` at the speed of resilience :math:`K`
[LianHaimes2006]_,

.. math:: q_{t+1} = q_t + K \left[ A^* q_t + c^*_t - q_t \right], \qquad
          k_i = \frac{-\ln \lambda_i}{\tau_i (1 - a^*_{ii})} ,

where alone and undisturbed industry i is back to the part :math:`\lambda_i` of its initial
inoperability at time :math:`\tau_i`; stocks of finished goods put off what others feel
[BarkerSantos2010]_.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.leontief.base_system import base_system
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.leontief import LeontiefSystem
    from iomodel.table.mrio import MRIOTable

__all__ = ["dynamic_inoperability", "inoperability", "resilience"]


def inoperability(
    table: MRIOTable, loss: ArrayLike | xr.DataArray, *, system: LeontiefSystem | None = None
) -> xr.DataArray:
    """Return the share of each industry's output that a loss of final demand takes.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    loss : array_like, shape (n,) or (R, S)
        Loss of final demand as a fraction of the industry's base output, :math:`c^*`.
    system : LeontiefSystem, optional
        Of the table, where one is at hand.

    Returns
    -------
    xarray.DataArray (region, sector)
        Inoperability :math:`q`; zero for industries without output. It exceeds one where the loss
        is larger than the table can bear.

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
    change = base_system(table, system).solve(cells.reshape(-1) * x)
    share = np.divide(change, x, out=np.zeros_like(x), where=x > 0)
    return table.x.copy(data=share.reshape(table.shape)).rename("inoperability")


def resilience(interdependency: ArrayLike, left: ArrayLike, time: ArrayLike) -> Float:
    r"""Return the speed at which industries recover, from what is left of a loss after some time.

    Parameters
    ----------
    interdependency : array_like, shape (n, n)
        :math:`A^*`, elements :math:`z_{ij} / x_i`.
    left : array_like, shape () or (n,)
        Part of the initial inoperability that is left, :math:`\lambda`, in (0, 1].
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
    own = np.diagonal(np.asarray(interdependency, dtype=np.float64))
    part, tau = (np.asarray(given, dtype=np.float64) for given in (left, time))
    if not ((part > 0) & (part <= 1)).all() or not (tau > 0).all() or not (own < 1).all():
        raise TableError(
            "resilience needs a part left in (0, 1], a time above zero, and own use below output"
        )
    return np.asarray(-np.log(part) / (tau * (1.0 - own)))


def dynamic_inoperability(
    interdependency: ArrayLike,
    loss: ArrayLike,
    speed: ArrayLike,
    steps: int,
    *,
    initial: ArrayLike = 0.0,
    stock: ArrayLike = 0.0,
) -> Float:
    """Return the path of inoperability.

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
        Finished goods at the start, in periods of output. What production falls short is taken
        from them, and others feel nothing until they are used up.

    Returns
    -------
    ndarray, shape (steps + 1, n)
        Part of each industry's output that its customers miss, from the start on.

    Raises
    ------
    TableError
        If shapes do not fit, or a speed or stock is out of range.
    """
    matrix = np.asarray(interdependency, dtype=np.float64)
    n = matrix.shape[0]
    try:
        lost = np.broadcast_to(np.asarray(loss, dtype=np.float64), (steps, n))
        k, made_less, held = (
            np.broadcast_to(np.asarray(given, dtype=np.float64), (n,))
            for given in (speed, initial, stock)
        )
    except ValueError as error:
        raise TableError(f"losses, speeds and stocks must fit {n} industries: {error}") from None
    if matrix.shape != (n, n) or not ((k >= 0) & (k <= 1)).all() or not (held >= 0).all():
        raise TableError("A* must be square, speeds in [0, 1], and stocks not negative")
    path = np.empty((steps + 1, n))
    for t in range(steps + 1):
        covered = np.minimum(held, np.maximum(made_less, 0.0))
        path[t], held = made_less - covered, held - covered
        if t < steps:
            made_less = made_less + k * (matrix @ path[t] + lost[t] - made_less)
    return path
