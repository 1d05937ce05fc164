r"""Tariffs paid along the whole chain of inputs [RouzetMiroudot2013]_.

With :math:`\tau` zero on domestic flows and :math:`L = (I - A)^{-1}`, a product of industry
:math:`i` that is sold to region :math:`m` has paid, per unit of its value,

.. math:: CT_{i \to m} = \tau_{im} + \left[ e' (A \circ \tau) L \right]_i .
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

__all__ = ["cumulative_tariff", "cumulative_tariff_by_industry"]


def cumulative_tariff(
    table: MRIOTable,
    tariff: ArrayLike | None = None,
    *,
    system: LeontiefSystem | None = None,
) -> xr.DataArray:
    """Return the tariffs paid on a product and on everything in it.

    Parameters
    ----------
    table : MRIOTable
        Flows valued before duty.
    tariff : array_like, shape (R, S, R), optional
        Ad-valorem rates as fractions [exporter, sector, importer]. Default: the table's own.
    system : LeontiefSystem, optional
        Of the table, where one is at hand.

    Returns
    -------
    xarray.DataArray (region, sector, user_region)
        Cumulative rate as a fraction of the product's value: the duty at the last border and the
        duties paid upstream. On domestic sales only the latter.

    Raises
    ------
    TableError
        If no tariffs are given and the table has none, or their shape does not fit.
    """
    R, S = table.shape
    given = table.tariff.values if tariff is None else tariff
    rates = np.asarray(given, dtype=np.float64)
    if rates.shape != (R, S, R):
        raise TableError(f"tariffs have shape {rates.shape}; the table asks for {(R, S, R)}")
    chain = cumulative_tariff_by_industry(base_system(table, system), table, rates[None])[0]
    labels = table.dataset
    return xr.DataArray(
        rates + chain[:, :, None],
        dims=("region", "sector", "user_region"),
        coords={k: labels[k].values for k in ("region", "sector", "user_region")},
        name="cumulative_tariff",
        attrs={"units": "1", "long_name": "tariffs paid on a product and on everything in it"},
    )


def cumulative_tariff_by_industry(
    system: LeontiefSystem, table: MRIOTable, tariffs: Float
) -> Float:
    r"""Return the tariffs paid upstream, :math:`e' (A \circ \tau) L`.

    Parameters
    ----------
    system : LeontiefSystem
        Of the table.
    table : MRIOTable
    tariffs : ndarray, shape (k, R, S, R)
        Several sets of rates at once.

    Returns
    -------
    ndarray, shape (k, R, S)
        Fractions of the value of output.
    """
    R, S = table.shape
    A = table.A2.reshape(R, S, R, S)
    paid = np.stack([np.einsum("ismc,ism->mc", A, tau).reshape(-1) for tau in tariffs], axis=1)
    return system.solve_prices(paid).T.reshape(-1, R, S)
