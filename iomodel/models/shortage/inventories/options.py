"""What the options of the daily model stand for: days of cover, public stockpiles, recycling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import LabelError
from iomodel.models.kinds import AnyOf, Choice, Date, Number, Table, Whole
from iomodel.models.options import option
from iomodel.models.shortage.criticality import (
    ANALYSTS,
    Criticality,
    inventory_cover,
    resolve_criticality,
)
from iomodel.models.shortage.inventories.economy import DAYS, ORIGINS
from iomodel.models.shortage.inventories.rules import VARIANTS, Behaviour
from iomodel.models.shortage.options import CriticalityOptions, criticality_kind
from iomodel.table.groups import resolve_regions, resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "LINEAR",
    "MONTH",
    "Buffers",
    "InventoriesOptions",
    "Stocks",
    "behaviour",
    "buffers_by_region",
    "cover_days",
    "weights",
]

Stocks = str | float | Mapping[str | tuple[str, str], float]
Buffers = Mapping[str | tuple[str, str], float]

MONTH = DAYS / 12.0
LINEAR = "linear"
# Days to restock and highest capacity, as the authors of each tradition have them; contracts have
# neither.
CUSTOM = {"contracts": (np.inf, 1.0), "pichler": (10.0, 1.0), "ario": (60.0, 1.25)}


@dataclass(frozen=True)
class InventoriesOptions(CriticalityOptions):
    """Options of the model ``inventories``."""

    criticality: Criticality = option(
        ANALYSTS,
        criticality_kind(ANALYSTS, LINEAR),
        "As in model bottleneck; also linear, where any input stands in for any other. With "
        "`important` 1, 0.5 and 0 inputs rated important count as in the strongly, half and weakly "
        "critical reading of [PichlerEtAl2022]_, and a criticality of 1.0 is Leontief's.",
        unit="1",
        source="PichlerEtAl2022",
    )
    variant: str = option(
        "contracts",
        Choice(VARIANTS),
        "Behaviour of industries: orders of current needs only; with restocking and a workforce "
        "that follows output [PichlerEtAl2022]_; or production cut as soon as stocks fall below a "
        "part of their target [Hallegatte2008]_.",
    )
    days: int = option(365, Whole(1), "Length of the run; a step is a day.", unit="days")
    start: dt.date | None = option(
        None,
        Date(),
        "First day. Default: the earliest start of a shock; without dates all shocks hold all the "
        "time and days are numbered.",
    )
    stocks: Stocks = option(
        "data",
        AnyOf(
            (
                Choice(("data",)),
                Number(low=0.0),
                Table("sector, or (input, user),", Number(low=0.0)),
            )
        ),
        "Cover: by sector as surveyed, one number, or by user or (input, user) upon the data; "
        "labels or groups. Less than a day counts as one day.",
        unit="months of use",
        source="PichlerEtAl2022",
    )
    stockpiles: Buffers | None = option(
        None,
        Table("product, or (region, product),", Number(low=0.0)),
        "Public stockpiles that cover what does not arrive; labels or groups.",
        unit="months of the region's use",
    )
    recycling: Buffers | None = option(
        None,
        Table("product, or (region, product),", Number(0.0, 1.0)),
        "Recycling that can cover what does not arrive; labels or groups.",
        unit="fraction of the region's use",
    )
    recycling_days: float = option(
        365.0,
        Number(low=1.0),
        "Time to build recycling up, in a straight line from the first day of a cut.",
        unit="days",
    )
    rationing: str = option(
        "intermediate",
        Choice(("intermediate", "proportional")),
        "Industries are served before final demand, or all alike. Under proportional rationing a "
        "shortage goes round in circles, as in the bottleneck model; [PichlerEtAl2022]_ and ARIO "
        "use it.",
    )
    origins: str = option(
        "region",
        Choice(ORIGINS),
        "Origins of a product, shared by the users of a region or specific to each user; the "
        "latter cost n x n work.",
    )
    restocking_days: float | None = option(
        None,
        Number(low=1.0),
        "Time over which a gap to target stocks is ordered. Default: 10 (pichler), 60 (ario); "
        "contracts do not restock.",
        unit="days",
    )
    psi: float = option(
        0.8,
        Number(above=0.0, high=1.0),
        "ARIO: stock below which production suffers.",
        unit="fraction of target stock",
        source="Hallegatte2008",
    )
    overproduction: float | None = option(
        None,
        Number(low=1.0),
        "Highest capacity. Default: 1; 1.25 (ario).",
        unit="multiple of base output",
    )
    overproduction_days: float = option(
        365.0,
        Number(low=1.0),
        "Time to build it up: from the first day of a cut, in a straight line (contracts), or as "
        "scarcity asks for (ario).",
        unit="days",
    )
    resourcing: float = option(
        0.0,
        Number(0.0, 1.0),
        "Orders refused at a border that in the end go to other origins.",
        unit="fraction",
    )
    resourcing_days: float = option(
        90.0,
        Number(low=1.0),
        "Time to find other origins, in a straight line from the first day of a cut.",
        unit="days",
    )


def behaviour(options: InventoriesOptions) -> Behaviour:
    """Return the daily rules that the options name.

    Raises
    ------
    LabelError
        If contracts are asked to restock, or ARIO to be linear.
    """
    linear = isinstance(options.criticality, str) and options.criticality == LINEAR
    if linear and options.variant == "ario":
        raise LabelError("variant ario has no linear rule; choose contracts or pichler for it")
    if options.variant == "contracts" and options.restocking_days is not None:
        raise LabelError(
            f"restocking_days is {options.restocking_days!r}, but variant contracts never orders "
            "more than current needs; choose variant='pichler' or 'ario' to restock"
        )
    restocking_days, overproduction = CUSTOM[options.variant]
    if options.restocking_days is not None:
        restocking_days = options.restocking_days
    if options.overproduction is not None:
        overproduction = options.overproduction
    return Behaviour(
        variant=options.variant,
        restocking_days=restocking_days,
        psi=options.psi,
        overproduction=overproduction,
        overproduction_days=options.overproduction_days,
        resourcing=options.resourcing,
        resourcing_days=options.resourcing_days,
        recycling_days=options.recycling_days,
        intermediate_first=options.rationing == "intermediate",
        linear=linear,
    )


def weights(
    table: MRIOTable, criticality: Criticality, important: float
) -> tuple[Float, dict[str, Any]]:
    """Return the weight of every product for every industry, (S, n), with words for the record.

    Raises
    ------
    LabelError
        As :func:`iomodel.models.shortage.criticality.resolve_criticality`.
    """
    R, S = table.shape
    if isinstance(criticality, str) and criticality == LINEAR:
        bought = np.maximum(table.Z2, 0.0).reshape(R, S, R * S).sum(axis=0)
        total = bought.sum(axis=0)
        share = np.divide(bought, total, out=np.zeros_like(bought), where=total > 0)
        return share, {"value": "none: any input stands in for any other"}
    gamma, record = resolve_criticality(criticality, table, important)
    return np.tile(gamma, (1, R)), record


def cover_days(table: MRIOTable, stocks: Stocks = "data") -> tuple[Float, dict[str, Any]]:
    """Return days of cover by product and using industry, (S, n), with words for the record.

    Raises
    ------
    LabelError
        If a label is unknown or a value negative.
    """
    R, S = table.shape
    overrides = stocks if isinstance(stocks, Mapping) else {}
    record: dict[str, Any]
    if isinstance(stocks, int | float):
        months = inventory_cover(table, {"all": float(stocks)})
        record = {"value": f"{float(stocks):g} months everywhere"}
    else:
        users = {k: v for k, v in overrides.items() if isinstance(k, str)}
        months = inventory_cover(table, users)
        record = {"value": "data", "citation": months.attrs["citation"]}
        if overrides:
            record["months set"] = {str(k): float(v) for k, v in overrides.items()}
        if months.attrs["assumed"]:
            record["unknown, held for a day"] = months.attrs["assumed"]
    cells = np.repeat(months.values[None, :], S, axis=0)
    classification = str(table.attrs["classification"])
    for pair, value in overrides.items():
        if isinstance(pair, str):
            continue
        hits = [
            np.isin(table.sectors, resolve_sectors(p, table.sectors, classification)) for p in pair
        ]
        cells[np.ix_(*hits)] = value
    return np.tile(np.maximum(cells * MONTH, 1.0), (1, R)), record


def buffers_by_region(table: MRIOTable, buffers: Buffers | None) -> Float:
    """Return a number for every product and region, (S, R), from labels and groups.

    Parameters
    ----------
    table : MRIOTable
    buffers : mapping, optional
        By product, for all regions, or by (region, product); later entries replace earlier ones.

    Raises
    ------
    LabelError
        If a label is unknown.
    """
    R, S = table.shape
    cells = np.zeros((S, R))
    classification = str(table.attrs["classification"])
    for key, value in (buffers or {}).items():
        region, product = ("all", key) if isinstance(key, str) else key
        rows = np.isin(table.sectors, resolve_sectors(product, table.sectors, classification))
        columns = np.isin(table.regions, resolve_regions(region, table.regions))
        cells[np.ix_(rows, columns)] = value
    return cells
