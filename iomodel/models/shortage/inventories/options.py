"""What the options of the daily model stand for: days of cover, public stockpiles, recycling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import LabelError, unknown_label
from iomodel.models.shortage.criticality import Criticality, inventory_cover, resolve_criticality
from iomodel.models.shortage.inventories.economy import DAYS, ORIGINS
from iomodel.models.shortage.inventories.rules import VARIANTS, Behaviour
from iomodel.table.groups import resolve_regions, resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "LINEAR",
    "MONTH",
    "Buffers",
    "Stocks",
    "behaviour",
    "cover_days",
    "held_by_region",
    "weights",
]

Stocks = str | float | Mapping[str | tuple[str, str], float]
Buffers = Mapping[str | tuple[str, str], float]

MONTH = DAYS / 12.0
LINEAR = "linear"
RATIONING = ("proportional", "intermediate")
# Days to restock and highest capacity, as the authors of each tradition have them; contracts have
# neither.
CUSTOM = {"contracts": (np.inf, 1.0), "pichler": (10.0, 1.0), "ario": (60.0, 1.25)}


def behaviour(
    variant: str,
    rationing: str,
    origins: str,
    restocking_days: float | None,
    overproduction: float | None,
    *,
    linear: bool,
    **rest: float,
) -> Behaviour:
    """Return the daily rules that the options name.

    Raises
    ------
    LabelError
        If a name is unknown, a number out of range, or contracts are asked to restock.
    """
    for what, value, valid in (
        ("variant of model inventories", variant, VARIANTS),
        ("rule of rationing", rationing, RATIONING),
        ("kind of origins", origins, ORIGINS),
    ):
        if value not in valid:
            raise unknown_label(what, value, valid)
    if linear and variant == "ario":
        raise LabelError("variant ario has no linear rule; choose contracts or pichler for it")
    if variant == "contracts" and restocking_days is not None:
        raise LabelError(
            f"restocking_days is {restocking_days!r}, but variant contracts never orders more than "
            "current needs; choose variant='pichler' or 'ario' to restock"
        )
    custom = CUSTOM[variant]
    rule = Behaviour(
        variant=variant,
        restocking_days=custom[0] if restocking_days is None else restocking_days,
        overproduction=custom[1] if overproduction is None else overproduction,
        intermediate_first=rationing == "intermediate",
        linear=linear,
        **rest,
    )
    wrong = {
        "psi": 0 < rule.psi <= 1,
        "resourcing": 0 <= rule.resourcing <= 1,
        **{
            name: getattr(rule, name) >= 1
            for name in (
                "restocking_days",
                "overproduction",
                "overproduction_days",
                "resourcing_days",
                "recycling_days",
            )
        },
    }
    for name, fine in wrong.items():
        if not fine:
            raise LabelError(
                f"{name} is {getattr(rule, name)!r}; days and overproduction must be at least 1, "
                "resourcing in [0, 1] and psi in (0, 1]"
            )
    return rule


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
    given = stocks if isinstance(stocks, Mapping) else {}
    record: dict[str, Any]
    if isinstance(stocks, int | float):
        months = inventory_cover(table, {"all": float(stocks)})
        record = {"value": f"{float(stocks):g} months everywhere"}
    else:
        if isinstance(stocks, str) and stocks != "data":
            raise LabelError(f"unknown stocks {stocks!r}; give 'data', months, or months by sector")
        users = {k: v for k, v in given.items() if isinstance(k, str)}
        months = inventory_cover(table, users)
        record = {"value": "data", "citation": months.attrs["citation"]}
        if given:
            record["months set"] = {str(k): float(v) for k, v in given.items()}
        if months.attrs["assumed"]:
            record["unknown, held for a day"] = months.attrs["assumed"]
    cells = np.repeat(months.values[None, :], S, axis=0)
    classification = str(table.attrs["classification"])
    for pair, value in given.items():
        if isinstance(pair, str):
            continue
        if not value >= 0:
            raise LabelError(f"months of cover of {pair} are {value!r}; give zero or more")
        hits = [
            np.isin(table.sectors, resolve_sectors(p, table.sectors, classification)) for p in pair
        ]
        cells[np.ix_(*hits)] = value
    return np.tile(np.maximum(cells * MONTH, 1.0), (1, R)), record


def held_by_region(table: MRIOTable, what: str, given: Buffers | None, most: float) -> Float:
    """Return a number for every product and region, (S, R), from labels and groups.

    Parameters
    ----------
    table : MRIOTable
    what : str
        Name of the option, for messages.
    given : mapping, optional
        By product, for all regions, or by (region, product); later entries replace earlier ones.
    most : float
        Highest value allowed.

    Raises
    ------
    LabelError
        If a label is unknown or a value negative or too high.
    """
    R, S = table.shape
    cells = np.zeros((S, R))
    for key, value in (given or {}).items():
        if not 0 <= value <= most:
            bound = f" and at most {most:g}" if np.isfinite(most) else ""
            raise LabelError(f"{what} of {key} is {value!r}; it must not be negative{bound}")
        region, product = ("all", key) if isinstance(key, str) else key
        classification = str(table.attrs["classification"])
        rows = np.isin(table.sectors, resolve_sectors(product, table.sectors, classification))
        columns = np.isin(table.regions, resolve_regions(region, table.regions))
        cells[np.ix_(rows, columns)] = value
    return cells
