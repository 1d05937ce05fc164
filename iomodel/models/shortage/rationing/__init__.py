"""Optimal allocation of scarce inputs as a linear programme, and rationing rules beside it."""

from iomodel.models.shortage.rationing.model import rationing
from iomodel.models.shortage.rationing.options import RationingOptions

__all__ = ["RationingOptions", "rationing"]
