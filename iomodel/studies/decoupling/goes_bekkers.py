"""The world of Goes and Bekkers (2022): ten regions, six sectors, two blocs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.studies.decoupling.blocs import Blocs
from iomodel.table.groups import region_groups, resolve_sectors

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "EAST",
    "GOODS",
    "SECTORS",
    "WEST",
    "default_blocs",
    "goes_bekkers_table",
    "trade_across_borders",
    "trade_weighted",
]

WEST = ("gb-usa", "gb-e27", "gb-jpn", "gb-ode", "gb-rwu", "gb-lac")
EAST = ("gb-chn", "gb-ind", "gb-rus", "gb-rwc")
SECTORS = ("gb-pri", "gb-lig", "gb-hea", "gb-elm", "gb-tas", "gb-ots")
GOODS = SECTORS[:4]


def goes_bekkers_table(table: MRIOTable, apart: Sequence[str] = ()) -> MRIOTable:
    """Aggregate a table to the regions and sectors of [GoesBekkers2022]_.

    Parameters
    ----------
    table : MRIOTable
        Of a classification that has the sector groups ``gb-pri`` to ``gb-ots``.
    apart : sequence of str
        Groups or regions to keep apart from the paper's region that holds them, for example
        ``["ASEAN"]``.

    Returns
    -------
    MRIOTable
        Labels are the names of the groups: ``gb-usa``, ``gb-pri`` and so on. Regions none of whose
        members the table has are left out.

    Raises
    ------
    LabelError
        If the table has a region in no group, or a group in `apart` is unknown.
    """
    groups = region_groups()
    regions: dict[str, list[str]] = {}
    assigned: set[str] = set()
    for name in apart:
        group = groups.get(name, [name])
        regions[name] = [r for r in table.regions if r in group and r not in assigned]
        if not regions[name]:
            raise LabelError(f"table {table.name!r} has no region of {name!r} to keep apart")
        assigned.update(regions[name])
    for name in (*WEST, *EAST):
        members = [r for r in table.regions if r in groups[name] and r not in assigned]
        if members:
            regions[name] = members
    return table.aggregate(regions=regions, sectors={name: [name] for name in SECTORS})


def default_blocs(table: MRIOTable) -> Blocs:
    """Return the paper's blocs for a table of countries or of the paper's own regions."""
    labels = [str(r) for r in table.regions]
    if any(name in labels for name in (*WEST, *EAST)):
        return Blocs.of(
            labels,
            [r for r in labels if r in WEST],
            [r for r in labels if r in EAST],
            "GoesBekkers2022",
        )
    return Blocs.of(labels)


def trade_across_borders(table: MRIOTable) -> xr.DataArray:
    """Return trade between regions by sector.

    Returns
    -------
    xarray.DataArray (sector)
        Intermediate and final use together, in the unit of the table.
    """
    flows = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    home = np.einsum("isi->s", flows)
    return xr.DataArray(
        flows.sum(axis=(0, 2)) - home,
        dims=("sector",),
        coords={"sector": list(table.sectors)},
        name="trade",
    )


def trade_weighted(theta: xr.DataArray, table: MRIOTable) -> xr.DataArray:
    """Average elasticities over the sectors of a table to the paper's six.

    Parameters
    ----------
    theta : DataArray (sector)
        By the sectors of `table`.
    table : MRIOTable
        The table before aggregation.

    Returns
    -------
    xarray.DataArray (sector)
        Means by sector group, weighted by trade across borders.
    """
    weight = trade_across_borders(table).to_series()
    value = dict(zip(map(str, theta["sector"].values), theta.values.tolist(), strict=True))
    code = str(table.attrs["classification"])
    means = []
    for group in SECTORS:
        sectors = resolve_sectors(group, table.sectors, code)
        total = sum(weight[s] for s in sectors)
        means.append(sum(weight[s] * value[s] for s in sectors) / total)
    attrs = {**theta.attrs, "averaged": "over trade across borders"}
    return xr.DataArray(
        means, dims=("sector",), coords={"sector": list(SECTORS)}, name="theta", attrs=attrs
    )
