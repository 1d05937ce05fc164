"""Labour shares and investment of a table, for the steady state of capital."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

import iomodel.equilibrium as ge
from iomodel.errors import NotApplicableError
from iomodel.models.general_equilibrium.investment import (
    CAPITAL_FORMATION,
    investment_rate,
    investment_shares,
)
from iomodel.table.alignment import aligned
from iomodel.table.catalogue import embedded
from iomodel.table.groups import region_groups
from iomodel.typing import Float, Record

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["labour_shares", "with_steady_capital"]

SOURCE = "Timmer2015"
MEDIAN = "median of the countries of WIOD"
# Labour shares of the sensitivity: the usual half and two thirds.
SENSITIVITY = (1.0 / 2.0, 2.0 / 3.0)
STEADY = (
    "Capital has accumulated until its return is what savers require; it is owned at home, and "
    "real investment follows it. In horizon long trade has adjusted and capital has not."
)


def with_steady_capital(economy: ge.Economy, table: MRIOTable, labour_share: Float) -> ge.Economy:
    """Return an economy in which capital accumulates to its steady state.

    Parameters
    ----------
    economy : Economy
        Of the table.
    table : MRIOTable
    labour_share : ndarray, shape (N,)

    Returns
    -------
    Economy

    Raises
    ------
    NotApplicableError
        If the table has no final use of investment.
    """
    rate = investment_rate(table)
    if not rate.any():
        raise NotApplicableError(
            f"horizon='steady' needs a final use of investment ({' or '.join(CAPITAL_FORMATION)}), "
            f"and table {table.name!r} has {', '.join(table.final_uses)}; name another horizon"
        )
    composition, _ = investment_shares(table, economy.final_share)
    capital = ge.SteadyCapital(labour_share, composition, rate * economy.expenditure)
    return replace(economy, capital=capital)


def steady_notes(
    solution: ge.Solution, elasticities: ge.Elasticities, shock: ge.Shock
) -> list[str]:
    """Return sentences on capital, and on how far the world's loss hangs on the labour share.

    Parameters
    ----------
    solution : Solution
        Of the scenario; no sentence if capital is fixed.
    elasticities : Elasticities
    shock : Shock
    """
    base, capital = solution.base, solution.base.capital
    if capital is None:
        return []
    changes = []
    for share in (None, *SENSITIVITY):
        point = solution
        if share is not None:
            everywhere = replace(capital, labour_share=np.full_like(capital.labour_share, share))
            economy = replace(base, capital=everywhere)
            point = ge.solve(economy, elasticities, shock, solution.closure, start=solution)
        changes.append(float(100.0 * (point.world_real_income[0] - 1.0)))
    return [
        STEADY,
        f"World real income: {changes[0]:+.2f} percent at the labour shares of the run, "
        + " and ".join(
            f"{change:+.2f} at {share:.2f} everywhere"
            for change, share in zip(changes[1:], SENSITIVITY, strict=True)
        )
        + ".",
    ]


def labour_shares(value: float | xr.DataArray | None, table: MRIOTable) -> tuple[Float, Record]:
    """Return the share of labour in value added by region, with its record.

    Parameters
    ----------
    value : float, DataArray (region) or None
        None takes the socio-economic accounts of WIOD, for groups of regions the mean by value
        added, for others the median.
    table : MRIOTable

    Returns
    -------
    shares : ndarray, shape (N,)
    record : dict
        ``value``, ``by_region``, ``citation`` and, for medians, ``median``: the regions.
    """
    regions = list(map(str, table.regions))
    record: Record
    if value is None:
        published, groups = _published(), region_groups()
        middle = float(np.median([share for share, _ in published.values()]))
        shares, without = np.empty(len(regions)), []
        for k, region in enumerate(regions):
            members = [published[r] for r in groups.get(region, [region]) if r in published]
            shares[k] = _mean(members) if members else middle
            without += [] if members else [region]
        record = {"value": "WIOD 2014", "citation": SOURCE}
        record |= {MEDIAN: without} if without else {}
    elif isinstance(value, xr.DataArray):
        shares = aligned("labour_share", value, {"region": regions})
        record = {"value": "own"}
    else:
        shares, record = np.full(len(regions), float(value)), {"value": float(value)}
    return shares, record | {"by_region": dict(zip(regions, shares.tolist(), strict=True))}


def _mean(members: list[tuple[float, float]]) -> float:
    total = sum(size for _, size in members)
    return sum(share * size for share, size in members) / total


@lru_cache(maxsize=1)
def _published() -> Mapping[str, tuple[float, float]]:
    """Return labour share and value added by country from the embedded file."""
    with embedded("labour-shares.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            row["region"]: (float(row["labour_share"]), float(row["value_added"])) for row in reader
        }
