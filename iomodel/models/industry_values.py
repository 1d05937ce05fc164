"""Values by industry that a user gives by label or group of sectors, or of regions and sectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from iomodel.table.groups import resolve_regions, resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["values_by_industry"]


def values_by_industry(
    table: MRIOTable, values: Mapping[str | tuple[str, str], float] | None
) -> Float:
    """Return values by sector and region, (S, R), zero where none is given.

    Parameters
    ----------
    table : MRIOTable
    values : mapping, optional
        By sector, for all regions, or by (region, sector), labels or groups; later entries replace
        earlier ones.

    Raises
    ------
    LabelError
        If a label is unknown.
    """
    R, S = table.shape
    cells = np.zeros((S, R))
    classification = str(table.attrs["classification"])
    for key, value in (values or {}).items():
        region, sector = ("all", key) if isinstance(key, str) else key
        rows = np.isin(table.sectors, resolve_sectors(sector, table.sectors, classification))
        columns = np.isin(table.regions, resolve_regions(region, table.regions))
        cells[np.ix_(rows, columns)] = value
    return cells
