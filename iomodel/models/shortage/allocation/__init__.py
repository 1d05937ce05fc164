"""How a shortage runs downstream, by what rule it is shared out, and who gets what."""

from iomodel.models.shortage.allocation.fixed_point import Shortage, shortage
from iomodel.models.shortage.allocation.sales import Sales, sales
from iomodel.models.shortage.allocation.supply import RULES, Supply

__all__ = ["RULES", "Sales", "Shortage", "Supply", "sales", "shortage"]
