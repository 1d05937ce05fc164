r"""The inoperability input-output model: Leontief in relative terms.

With interdependency coefficients :math:`A^* = \hat x^{-1} A \hat x` (elements
:math:`z_{ij} / x_i`) and the relative loss of final demand :math:`c^* = \Delta f / x`,

.. math:: q = (I - A^*)^{-1} c^* = \hat x^{-1} L\, \Delta f ,

so inoperability says no more than the relative change of output in the Leontief model
[DietzenbacherMiller2015]_. Offered because results are often reported this way [HaimesJiang2001]_.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from iomodel.errors import TableError
from iomodel.models.options import base_system

if TYPE_CHECKING:
    from iomodel.leontief import LeontiefSystem
    from iomodel.table.mrio import MRIOTable

__all__ = ["inoperability"]

Float = NDArray[np.float64]


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
