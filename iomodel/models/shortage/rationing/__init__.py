"""The best allocation of what is scarce, and rules beside it."""

from iomodel.models.shortage.rationing.model import (
    CLOSURES,
    OBJECTIVES,
    RULES,
    rationing,
)

__all__ = [
    "CLOSURES",
    "OBJECTIVES",
    "RULES",
    "rationing",
]
