r"""Hypothetical extraction of industries, sales and purchases, by Sherman-Morrison-Woodbury.

With degree :math:`\alpha`, the extracted industries' rows of :math:`A` and of final demand are
multiplied by :math:`1 - \alpha` (dependence of others on their sales), and, with purchases, their
columns too [DietzenbacherLahr2013]_:

.. math:: \bar x = (I - \bar A)^{-1} \bar f .
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.leontief import LeontiefSystem, LowRankUpdate, base_system
from iomodel.table.groups import resolve_region
from iomodel.table.mrio import MRIOTable

__all__ = ["extract_industries", "industry_indices"]


def extract_industries(
    table: MRIOTable,
    industries: Sequence[tuple[str, str]],
    degree: float = 1.0,
    *,
    sales: bool = True,
    purchases: bool = True,
    system: LeontiefSystem | None = None,
) -> xr.DataArray:
    r"""Gross output without some industries, :math:`\bar x = (I - \bar A)^{-1} \bar f`.

    Hypothetical extraction, wholly or in part [DietzenbacherLahr2013]_.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    industries : sequence of (region, sector)
        Labels of the industries to extract, all at once.
    degree : float
        Share that is extracted, in [0, 1].
    sales : bool
        Whether their intermediate and final sales are extracted.
    purchases : bool
        Whether their purchases of inputs are extracted.
    system : LeontiefSystem, optional
        Of the table, to reuse a factorization.

    Returns
    -------
    xarray.DataArray (region, sector)
        Gross output :math:`\bar x` in the unit of the table.

    Raises
    ------
    LabelError
        If an industry is unknown or named twice, or the degree is outside [0, 1].
    """
    if not 0.0 <= degree <= 1.0:
        raise LabelError(f"the degree of extraction is {degree}; give a fraction from 0 to 1")
    extracted = industry_indices(table, industries)
    baseline = base_system(table, system)
    f = table.Y2.sum(axis=1)
    rows, cols = (extracted if sales else []), (extracted if purchases else [])
    row_changes, col_changes = -degree * table.A2[rows], -degree * table.A2[:, cols]
    # A cell in an extracted row and an extracted column is cut once.
    col_changes[rows] = 0.0
    update = LowRankUpdate(baseline, rows, row_changes, cols, col_changes)
    lost_demand = np.zeros(table.n)
    lost_demand[rows] = degree * f[rows]
    lost_sales = row_changes @ table.x1
    excess_demand = col_changes @ table.x1[cols] - lost_demand
    excess_demand[rows] += lost_sales
    output = table.x1 + update.solve(excess_demand)
    return table.x.copy(data=output.reshape(table.shape)).rename("output")


def industry_indices(table: MRIOTable, industries: Sequence[tuple[str, str]]) -> list[int]:
    """Return the positions of industries in two-dimensional views.

    Raises
    ------
    LabelError
        If a region or sector is unknown, or an industry is named twice.
    """
    regions, sectors = table.regions, table.sectors
    indices: list[int] = []
    for region, sector in industries:
        if sector not in sectors:
            raise unknown_label("sector", sector, sectors)
        indices.append(
            regions.index(resolve_region(region, regions)) * len(sectors) + sectors.index(sector)
        )
    if len(set(indices)) < len(indices):
        raise LabelError("an industry is named twice; name each once")
    return indices
