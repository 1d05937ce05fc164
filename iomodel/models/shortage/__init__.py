"""Models of shortage: bottleneck, rationing, inventories, and bounds from expenditure."""

from iomodel.models.shortage.bottleneck import BottleneckOptions, bottleneck
from iomodel.models.shortage.criticality import criticality
from iomodel.models.shortage.expenditure_bounds import (
    after_stocks,
    ces_response,
    expenditure_bound,
    implied_price,
    second_order,
    trapezoid,
)
from iomodel.models.shortage.inventories import (
    InventoriesOptions,
    cover_days,
    inventories,
    inventories_batch,
)
from iomodel.models.shortage.inventory_cover import inventory_cover
from iomodel.models.shortage.ratings import is_rated, read_ratings
from iomodel.models.shortage.rationing import RationingOptions, rationing

__all__ = [
    "BottleneckOptions",
    "InventoriesOptions",
    "RationingOptions",
    "after_stocks",
    "bottleneck",
    "ces_response",
    "cover_days",
    "criticality",
    "expenditure_bound",
    "implied_price",
    "inventories",
    "inventories_batch",
    "inventory_cover",
    "is_rated",
    "rationing",
    "read_ratings",
    "second_order",
    "trapezoid",
]
