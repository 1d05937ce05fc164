"""The path in time: stocks, orders, rationing, dated policies."""

from iomodel.models.shortage.inventories.model import inventories, inventories_batch
from iomodel.models.shortage.inventories.options import InventoriesOptions, cover_days

__all__ = ["InventoriesOptions", "cover_days", "inventories", "inventories_batch"]
