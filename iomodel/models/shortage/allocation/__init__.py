"""Allocation of a shortage: rationing rules, downstream losses, and sales after rationing."""

from iomodel.models.shortage.allocation.downstream_losses import (
    DownstreamLosses,
    downstream_losses,
)
from iomodel.models.shortage.allocation.economy import ConstrainedEconomy, constrained_economy
from iomodel.models.shortage.allocation.rules import RULES
from iomodel.models.shortage.allocation.sales import Sales, sales
from iomodel.models.shortage.allocation.variables import allocation_variables

__all__ = [
    "RULES",
    "ConstrainedEconomy",
    "DownstreamLosses",
    "Sales",
    "allocation_variables",
    "constrained_economy",
    "downstream_losses",
    "sales",
]
