"""What the recursive model starts from: labour, knowledge, investment, and elasticities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.long_run.projections import labour_path, labour_productivity
from iomodel.table.groups import groups_for
from iomodel.typing import Float, Record

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "goes_bekkers_elasticities",
    "investment_shares",
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
# Final uses that add to capital, as the databases call them.
CAPITAL_FORMATION = ("GFCF", "GCF")


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
        :math:`\theta`, the same for all sectors of a group [GoesBekkers2022]_.

    Raises
    ------
    LabelError
        If a sector is in no group.
    """
    groups = groups_for(table.sectors, str(table.attrs["classification"]))
    known = {name.removeprefix("gb-"): theta for name, theta in GOES_BEKKERS.items()}
    for name, theta in GOES_BEKKERS.items():
        known[name] = theta
        known |= dict.fromkeys(groups.get(name, ()), theta)
    missing = [s for s in table.sectors if s not in known]
    if missing:
        raise LabelError(
            f"sector {missing[0]!r} of table {table.name!r} is in none of the six sectors of Goes "
            "and Bekkers; pass elasticities as a number, a set's name or a DataArray over 'sector'"
        )
    return xr.DataArray(
        np.array([known[s] for s in table.sectors]),
        dims=("sector",),
        coords={"sector": list(table.sectors)},
        name="theta",
        attrs={"set": "GB", "citation": "GoesBekkers2022", "units": "1"},
    )


def theta_of(given: str | float | xr.DataArray, table: MRIOTable) -> tuple[Float, Record]:
    """Return one elasticity per sector with words for the record; ``GB`` is known here too."""
    if isinstance(given, str) and given == "GB":
        given = goes_bekkers_elasticities(table)
    return resolve_elasticities(given, table)


def labour_of(
    given: str | float | xr.DataArray, table: MRIOTable, years: Sequence[int]
) -> tuple[Float, Record]:
    """Return labour over that of the first year, (T + 1, R), with words for the record.

    Parameters
    ----------
    given : "data", float or DataArray
        Projected population; one growth rate a year; rates (region); or levels (time, region),
        between whose years growth is even.
    table : MRIOTable
    years : sequence of int

    Raises
    ------
    LabelError
        If regions or years are missing.
    """
    span = np.asarray(years, dtype=np.float64) - years[0]
    record: Record
    if isinstance(given, str):
        if given != "data":
            raise unknown_label("path of labour", given, ("data",))
        given = labour_path(table, years)
        record = {"value": "data", **_source(given)}
    elif isinstance(given, xr.DataArray):
        record = {"value": str(given.name or "given by the user"), **_source(given)}
    else:
        return np.repeat((1.0 + float(given)) ** span[:, None], table.shape[0], axis=1), {
            "value": f"{float(given):g} a year in every region"
        }
    if "time" not in given.dims:
        rates = regional("labour", given, table)
        return (1.0 + rates) ** span[:, None], record
    levels = _by_label("labour", given.transpose("time", "region"), "region", table.regions)
    known = np.asarray(given["time"].values, dtype=np.float64)
    if known.min() > years[0] or known.max() < years[-1]:
        raise LabelError(
            f"labour covers {known.min():.0f}-{known.max():.0f}; it must cover {years[0]}-"
            f"{years[-1]}"
        )
    logs = np.stack(
        [np.interp(years, known, np.log(column)) for column in np.asarray(levels).T], axis=1
    )
    return np.exp(logs - logs[0]), record


def knowledge_of(given: str | xr.DataArray, table: MRIOTable) -> tuple[Float, Record]:
    """Return stocks of knowledge, (S, R), mean one at value-added weights, with their record.

    Parameters
    ----------
    given : "data", "equal" or DataArray
        Proportional to labour productivity (GDP per head); the same everywhere; or proportional to
        what is given over region, or region and sector.
    table : MRIOTable

    Raises
    ------
    LabelError
        If regions or sectors are missing, or a value is not positive.
    """
    R, S = table.shape
    if isinstance(given, str):
        if given not in ("data", "equal"):
            raise unknown_label("productivity", given, ("data", "equal"))
        if given == "equal":
            return np.ones((S, R)), {"value": "equal"}
        given = labour_productivity(table)
        record: Record = {"value": "data", **_source(given)}
    else:
        record = {"value": str(given.name or "given by the user"), **_source(given)}
    cells = _by_label("productivity", given, "region", table.regions)
    if "sector" in given.dims:
        ordered = given.transpose("region", "sector")
        cells = _by_label("productivity", ordered, "region", table.regions)
        cells = _by_label("productivity", cells, "sector", table.sectors)
    stock = np.asarray(cells, dtype=np.float64).reshape(R, -1)
    if not (np.isfinite(stock).all() and stock.min() > 0.0):
        raise LabelError(f"productivity has a value of {stock.min():g}; it must be positive")
    weight = table.value_added.values
    level = np.broadcast_to(stock, (R, S))
    return np.ascontiguousarray((level / ((level * weight).sum() / weight.sum())).T), record


def investment_shares(table: MRIOTable, otherwise: Float) -> tuple[Float, str]:
    """Return shares of goods in investment, (S, R), and a sentence about them.

    Regions without capital formation, and tables that do not tell it apart, take `otherwise`.
    """
    uses = [k for k, use in enumerate(table.final_uses) if use in CAPITAL_FORMATION]
    bought = np.maximum(table.Y.values[..., uses].sum(axis=(0, 3)), 0.0)
    total = bought.sum(axis=0)
    shares = np.divide(bought, total, out=np.array(otherwise), where=total > 0.0)
    if uses:
        return shares, "Investment goods have the composition of capital formation in the table."
    return shares, "Investment goods have the composition of all final demand."


def regional(name: str, given: float | xr.DataArray, table: MRIOTable) -> Float:
    """Return one number per region, (R,).

    Raises
    ------
    LabelError
        If a region is missing.
    """
    if not isinstance(given, xr.DataArray):
        return np.full(table.shape[0], float(given))
    return np.asarray(_by_label(name, given, "region", table.regions), dtype=np.float64)


# ---------------------------------------------------------------------- helpers
def _by_label(name: str, given: xr.DataArray, dim: str, labels: Sequence[str]) -> xr.DataArray:
    if dim not in given.dims or dim not in given.coords:
        raise LabelError(
            f"{name} has dimensions {given.dims}; give a DataArray over {dim!r} with the table's "
            "labels"
        )
    known = [str(label) for label in given[dim].values]
    missing = [label for label in labels if label not in known]
    if missing:
        raise LabelError(f"{name} lacks {dim} {missing[0]!r}; it has: {', '.join(known)}")
    return given.isel({dim: [known.index(label) for label in labels]})


def _source(given: xr.DataArray) -> dict[str, str]:
    return {k: str(given.attrs[k]) for k in ("citation", "note") if given.attrs.get(k)}
