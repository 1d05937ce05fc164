r"""Textbook extraction of whole industries, sales and purchases, by Sherman-Morrison-Woodbury.

With degree :math:`\alpha`, the extracted industries' rows of :math:`A` and of final demand are
multiplied by :math:`1 - \alpha` (backward dependence of others on their sales), and their columns
too where their purchases are extracted [DietzenbacherLahr2013]_:

.. math:: \bar x = (I - \bar A)^{-1} \bar f .
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.leontief import LowRankUpdate
from iomodel.leontief.base_system import base_system

if TYPE_CHECKING:
    from iomodel.leontief import LeontiefSystem
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
    r"""Return gross output without some industries, wholly or in part.

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
        Of the table, where one is at hand.

    Returns
    -------
    xarray.DataArray (region, sector)
        Gross output :math:`\bar x`.

    Raises
    ------
    LabelError
        If an industry is unknown or named twice, or the degree is outside [0, 1].
    """
    if not 0.0 <= degree <= 1.0:
        raise LabelError(f"the degree of extraction is {degree}; give a fraction from 0 to 1")
    chosen = industry_indices(table, industries)
    baseline = base_system(table, system)
    f = table.Y2.sum(axis=1)
    rows, cols = (chosen if sales else []), (chosen if purchases else [])
    row_changes, col_changes = -degree * table.A2[rows], -degree * table.A2[:, cols]
    # A cell in an extracted row and an extracted column is cut once.
    col_changes[rows] = 0.0
    update = LowRankUpdate(baseline, rows, row_changes, cols, col_changes)
    left = np.zeros(table.n)
    left[rows] = degree * f[rows]
    gone = row_changes @ table.x1
    excess = col_changes @ table.x1[cols] - left
    excess[rows] += gone
    output = table.x1 + update.solve(excess)
    return table.x.copy(data=output.reshape(table.shape)).rename("output")


def industry_indices(table: MRIOTable, industries: Sequence[tuple[str, str]]) -> list[int]:
    """Return the positions of industries in two-dimensional views.

    Raises
    ------
    LabelError
        If a region or sector is unknown, or an industry is named twice.
    """
    regions, sectors, found = table.regions, table.sectors, []
    for region, sector in industries:
        if region not in regions:
            raise unknown_label("region", region, regions)
        if sector not in sectors:
            raise unknown_label("sector", sector, sectors)
        found.append(regions.index(region) * len(sectors) + sectors.index(sector))
    if len(set(found)) < len(found):
        raise LabelError("an industry is named twice; name each once")
    return found
