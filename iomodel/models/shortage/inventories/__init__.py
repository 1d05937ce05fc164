"""Daily model of inventories: stocks, orders, rationing, dated policies."""

from iomodel.models.shortage.inventories.calibration import cover_days
from iomodel.models.shortage.inventories.model import inventories, inventories_batch
from iomodel.models.shortage.inventories.options import InventoriesOptions

__all__ = ["InventoriesOptions", "cover_days", "inventories", "inventories_batch"]
