r"""Cumulative tariffs: duties along the whole chain of inputs [RouzetMiroudot2013]_.

With :math:`\tau` zero on domestic flows and :math:`L = (I - A)^{-1}`, a product of industry
:math:`i` sold to region :math:`m` bears, per unit of its value,

.. math:: CT_{i \to m} = \tau_{im} + \left[ e' (A \circ \tau) L \right]_i .
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.leontief import LeontiefSystem, base_system
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["cumulative_tariff", "cumulative_tariff_by_industry"]


def cumulative_tariff(
    table: MRIOTable,
    tariff: ArrayLike | None = None,
    *,
    system: LeontiefSystem | None = None,
) -> xr.DataArray:
    r"""Cumulative tariff on a product and its inputs, :math:`\tau_{im} + [e'(A \circ \tau) L]_i`.

    The duty at the last border and the duties paid upstream [RouzetMiroudot2013]_.

    Parameters
    ----------
    table : MRIOTable
        Flows valued before duty.
    tariff : array_like, shape (R, S, R), optional
        Ad-valorem rates as fractions [exporter, sector, importer]. Default: the table's own.
    system : LeontiefSystem, optional
        Of the table, to reuse a factorization.

    Returns
    -------
    xarray.DataArray (region, sector, user_region)
        Fraction of the product's value. On domestic sales only the duties paid upstream.

    Raises
    ------
    TableError
        If no tariffs are given and the table has none, or their shape does not fit.
    """
    R, S = table.shape
    rates = np.asarray(table.tariff.values if tariff is None else tariff, dtype=np.float64)
    if rates.shape != (R, S, R):
        raise TableError(f"tariffs have shape {rates.shape}; the table asks for {(R, S, R)}")
    upstream = cumulative_tariff_by_industry(base_system(table, system), table, rates[None])[0]
    labels = table.dataset
    return xr.DataArray(
        rates + upstream[:, :, None],
        dims=("region", "sector", "user_region"),
        coords={k: labels[k].values for k in ("region", "sector", "user_region")},
        name="cumulative_tariff",
        attrs={"units": "1", "long_name": "tariffs paid on a product and on everything in it"},
    )


def cumulative_tariff_by_industry(
    system: LeontiefSystem, table: MRIOTable, tariffs: Float
) -> Float:
    r"""Tariffs paid upstream, :math:`e' (A \circ \tau) L` [RouzetMiroudot2013]_.

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
    direct = np.stack([np.einsum("ismc,ism->mc", A, tau).reshape(-1) for tau in tariffs], axis=1)
    return system.solve_prices(direct).T.reshape(-1, R, S)
