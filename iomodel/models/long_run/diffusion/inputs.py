"""Inputs of the recursive model: labour, knowledge, investment goods and elasticities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.models.elasticities import resolve_elasticities, sealed
from iomodel.models.long_run.projections import PER_HEAD, labour_path, labour_productivity
from iomodel.table.alignment import ordered
from iomodel.table.groups import groups_for
from iomodel.typing import BY_INDUSTRY, BY_YEAR, Float, Record

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "goes_bekkers_elasticities",
    "in_printed_sectors",
    "knowledge_of",
    "labour_of",
    "regional",
    "theta_of",
]

# Their six sectors, in our groups: primary, light and heavy manufacturing, electronics, business
# services, other services.
GOES_BEKKERS: Mapping[str, float] = {
    "gb-pri": 10.09,
    "gb-lig": 4.60,
    "gb-hea": 5.99,
    "gb-elm": 7.80,
    "gb-tas": 2.80,
    "gb-ots": 2.90,
}
# GDP of the world per head at purchasing power parity in 2020, thousand dollars: the sum of
# ppp-gdp-2020.csv in replications/goes_bekkers_2022 over population.
EQUAL = 16.5


def goes_bekkers_elasticities(table: MRIOTable) -> xr.DataArray:
    r"""Return the trade elasticities of Goes and Bekkers for the sectors of a table.

    Parameters
    ----------
    table : MRIOTable
        Of a classification with the groups ``gb-pri`` to ``gb-ots``, or with these as its sectors
        (with or without ``gb-``).

    Returns
    -------
    xarray.DataArray (sector)
        :math:`\theta`, common to all sectors of a group [GoesBekkers2022]_.

    Raises
    ------
    LabelError
        If a sector is in no group.
    """
    theta = in_printed_sectors(
        GOES_BEKKERS,
        table,
        "pass elasticities as a number, a set's name or a DataArray over 'sector'",
    )
    array = xr.DataArray(
        theta,
        dims=("sector",),
        coords={"sector": list(table.sectors)},
        name="theta",
        attrs={"set": "GB", "citation": "GoesBekkers2022", "units": "1"},
    )
    return sealed(array)


def in_printed_sectors(values: Mapping[str, float], table: MRIOTable, remedy: str) -> Float:
    """Return values of the six sectors of Goes and Bekkers by sector of a table, (S,).

    Parameters
    ----------
    values : mapping
        By our groups ``gb-pri`` to ``gb-ots``.
    table : MRIOTable
    remedy : str
        End of the refusal.

    Raises
    ------
    LabelError
        If a sector is in no group.
    """
    groups = groups_for(table.sectors, str(table.attrs["classification"]))
    value_of_sector = {name.removeprefix("gb-"): value for name, value in values.items()}
    for name, value in values.items():
        value_of_sector[name] = value
        value_of_sector |= dict.fromkeys(groups.get(name, ()), value)
    missing = [s for s in table.sectors if s not in value_of_sector]
    if missing:
        raise LabelError(
            f"sector {missing[0]!r} of table {table.name!r} is in none of the six sectors of Goes "
            f"and Bekkers; {remedy}"
        )
    return np.array([value_of_sector[s] for s in table.sectors])


def theta_of(elasticities: str | float | xr.DataArray, table: MRIOTable) -> tuple[Float, Record]:
    """Return one elasticity per sector and their record; ``GB`` is a set here too."""
    if isinstance(elasticities, str) and elasticities == "GB":
        elasticities = goes_bekkers_elasticities(table)
    return resolve_elasticities(elasticities, table)


def labour_of(
    labour: str | float | xr.DataArray, table: MRIOTable, years: Sequence[int]
) -> tuple[Float, Record]:
    """Return labour relative to the base year, (T + 1, R), and its record.

    Parameters
    ----------
    labour : "data", float or DataArray
        Projected population; one growth rate a year; rates (region); or levels (time, region),
        with even growth between their years.
    table : MRIOTable
    years : sequence of int

    Raises
    ------
    LabelError
        If regions or years are missing.
    """
    span = np.asarray(years, dtype=np.float64) - years[0]
    record: Record
    if isinstance(labour, str):
        if labour != "data":
            raise unknown_label("path of labour", labour, ("data",))
        labour = labour_path(table, years)
        record = {"value": "data", **_source(labour)}
    elif isinstance(labour, xr.DataArray):
        record = {"value": str(labour.name or "given by the user"), **_source(labour)}
    else:
        return np.repeat((1.0 + float(labour)) ** span[:, None], table.shape[0], axis=1), {
            "value": f"{float(labour):g} a year in every region"
        }
    if "time" not in labour.dims:
        rates = regional("labour", labour, table)
        return (1.0 + rates) ** span[:, None], record
    levels = _by_label("labour", labour.transpose(*BY_YEAR), "region", table.regions)
    times = np.asarray(labour["time"].values, dtype=np.float64)
    if times.min() > years[0] or times.max() < years[-1]:
        raise LabelError(
            f"labour covers {times.min():.0f}-{times.max():.0f}; it must cover {years[0]}-"
            f"{years[-1]}"
        )
    logs = np.stack(
        [np.interp(years, times, np.log(column)) for column in np.asarray(levels).T], axis=1
    )
    return np.exp(logs - logs[0]), record


def knowledge_of(productivity: str | xr.DataArray, table: MRIOTable) -> tuple[Float, Record]:
    """Return stocks of knowledge in thousand dollars a worker, (S, R), and their record.

    Parameters
    ----------
    productivity : "data", "equal" or DataArray
        GDP per head; the same everywhere; or values over region, or region and sector, in thousand
        dollars a worker (in dollars if the attribute ``units`` is that of
        :func:`~iomodel.models.long_run.labour_productivity`).
    table : MRIOTable

    Raises
    ------
    LabelError
        If regions or sectors are missing, or a value is not positive.
    """
    R, S = table.shape
    if isinstance(productivity, str):
        if productivity not in ("data", "equal"):
            raise unknown_label("productivity", productivity, ("data", "equal"))
        if productivity == "equal":
            return np.full((S, R), EQUAL), {"value": "equal"}
        productivity = labour_productivity(table)
        record: Record = {"value": "data", **_source(productivity)}
    else:
        record = {"value": str(productivity.name or "given by the user"), **_source(productivity)}
    cells = _by_label("productivity", productivity, "region", table.regions)
    if "sector" in productivity.dims:
        by_industry = productivity.transpose(*BY_INDUSTRY)
        cells = _by_label("productivity", by_industry, "region", table.regions)
        cells = _by_label("productivity", cells, "sector", table.sectors)
    stock = np.asarray(cells, dtype=np.float64).reshape(R, -1)
    if not (np.isfinite(stock).all() and stock.min() > 0.0):
        raise LabelError(f"productivity has a value of {stock.min():g}; it must be positive")
    if productivity.attrs.get("units") == PER_HEAD:
        stock = stock / 1000.0
    return np.ascontiguousarray(np.broadcast_to(stock, (R, S)).T), record


def regional(name: str, values: float | xr.DataArray, table: MRIOTable) -> Float:
    """Return one number per region, (R,), from a common one or values by label.

    Raises
    ------
    LabelError
        If a region is missing.
    """
    if not isinstance(values, xr.DataArray):
        return np.full(table.shape[0], float(values))
    return np.asarray(_by_label(name, values, "region", table.regions), dtype=np.float64)


# ---------------------------------------------------------------------- helpers
def _by_label(name: str, array: xr.DataArray, dim: str, labels: Sequence[str]) -> xr.DataArray:
    """Return an array in the order of the table's labels."""
    if dim not in array.dims or dim not in array.coords:
        raise LabelError(
            f"{name} has dimensions {array.dims}; give a DataArray over {dim!r} with the table's "
            "labels"
        )
    return ordered(name, array, {dim: list(labels)})


def _source(array: xr.DataArray) -> dict[str, str]:
    return {k: str(array.attrs[k]) for k in ("citation", "note") if array.attrs.get(k)}
