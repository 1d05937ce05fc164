"""Options of the model ``inventories``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from iomodel.models.kinds import AnyOf, Choice, Date, Number, Table, Whole
from iomodel.models.options import option
from iomodel.models.shortage.criticality import ANALYSTS, Criticality
from iomodel.models.shortage.inventories.behaviour import VARIANTS
from iomodel.models.shortage.inventories.economy import ORIGINS
from iomodel.models.shortage.options import CriticalityOptions, criticality_kind

__all__ = ["LINEAR", "Buffers", "InventoriesOptions", "Stocks"]

Stocks = str | float | Mapping[str | tuple[str, str], float]
Buffers = Mapping[str | tuple[str, str], float]

LINEAR = "linear"


@dataclass(frozen=True)
class InventoriesOptions(CriticalityOptions):
    """Options of the model ``inventories``."""

    criticality: Criticality = option(
        ANALYSTS,
        criticality_kind(ANALYSTS, LINEAR),
        "As in model bottleneck; also linear: all inputs are substitutes for each other. With "
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
        "First day. Default: the earliest start of a shock; without dates all shocks hold "
        "throughout and days are numbered.",
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
        "Cover: by sector as surveyed, one number, or by user or (input, user) in place of the "
        "data; labels or groups. Less than a day counts as one day.",
        unit="months of use",
        source="PichlerEtAl2022",
    )
    stockpiles: Buffers | None = option(
        None,
        Table("product, or (region, product),", Number(low=0.0)),
        "Public stockpiles that cover missing deliveries; labels or groups.",
        unit="months of the region's use",
    )
    recycling: Buffers | None = option(
        None,
        Table("product, or (region, product),", Number(0.0, 1.0)),
        "Recycling that can cover missing deliveries; labels or groups.",
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
        "shortage circulates, as in the bottleneck model; [PichlerEtAl2022]_ and ARIO "
        "use it.",
    )
    origins: str = option(
        "region",
        Choice(ORIGINS),
        "Shares of origins of a product: common to the users of a region (region) or specific to "
        "each user (user), which costs n x n work.",
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
        "Time to build it up: from the first day of a cut, in a straight line (contracts), or in "
        "response to scarcity (ario).",
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
