"""The path in time: stocks, orders, rationing, dated policies."""

from iomodel.models.shortage.inventories.model import (
    Stocks,
    cover_days,
    inventories,
    inventories_batch,
)

__all__ = [
    "Stocks",
    "cover_days",
    "inventories",
    "inventories_batch",
]
