"""Calibration of the daily model: behaviour, criticality, days of cover, stockpiles, recycling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import LabelError
from iomodel.models.shortage.criticality import Criticality, resolve_criticality
from iomodel.models.shortage.inventories.behaviour import Behaviour
from iomodel.models.shortage.inventories.economy import DAYS
from iomodel.models.shortage.inventories.options import (
    LINEAR,
    InventoriesOptions,
    Stocks,
)
from iomodel.models.shortage.inventory_cover import inventory_cover
from iomodel.table.groups import resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["MONTH", "behaviour_of", "cover_days", "input_weights"]

MONTH = DAYS / 12.0
# Days to restock and highest capacity in the publications of each variant; contracts have neither.
CUSTOM = {"contracts": (np.inf, 1.0), "pichler": (10.0, 1.0), "ario": (60.0, 1.25)}


def behaviour_of(options: InventoriesOptions) -> Behaviour:
    """Return the daily behaviour under the options.

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


def input_weights(
    table: MRIOTable, criticality: Criticality, important: float
) -> tuple[Float, dict[str, Any]]:
    """Return the weight of every product for every industry, (S, n), and its record.

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
    """Return days of cover by product and using industry, (S, n), and their record.

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
        record |= {"mapping": months.attrs["mapping"]} if months.attrs["mapping"] else {}
        if overrides:
            record["months set"] = {str(k): float(v) for k, v in overrides.items()}
        if months.attrs["assumed"]:
            record["unknown, held for a day"] = months.attrs["assumed"]
    cells = np.repeat(months.values[None, :], S, axis=0)
    classification = str(table.attrs["classification"])
    for pair, value in overrides.items():
        if isinstance(pair, str):
            continue
        rows, columns = (
            np.isin(table.sectors, resolve_sectors(name, table.sectors, classification))
            for name in pair
        )
        cells[np.ix_(rows, columns)] = value
    return np.tile(np.maximum(cells * MONTH, 1.0), (1, R)), record
