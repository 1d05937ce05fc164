"""The best allocation of what is scarce, and rules beside it."""

from iomodel.models.shortage.rationing.model import RationingOptions, rationing

__all__ = ["RationingOptions", "rationing"]
