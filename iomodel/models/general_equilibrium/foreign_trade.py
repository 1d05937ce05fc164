"""Variables of foreign trade in models whose flows are (sector, exporter, importer)."""

from __future__ import annotations

import numpy as np

from iomodel.typing import BY_PARTNER, BY_REGION, Bool, Float, Variables

__all__ = ["foreign_trade", "is_foreign"]


def is_foreign(regions: int) -> Bool:
    """Return the mask of pairs of different regions, (R, R)."""
    return ~np.eye(regions, dtype=bool)


def foreign_trade(base: Float, new: Float) -> Variables:
    """Return exports, imports and trade between regions.

    Parameters
    ----------
    base, new : ndarray, shape (S, R, R)
        Volumes of flows, zero within a region.
    """
    return {
        "exports_base": (BY_REGION, base.sum(axis=(0, 2))),
        "exports_new": (BY_REGION, new.sum(axis=(0, 2))),
        "imports_base": (BY_REGION, base.sum(axis=(0, 1))),
        "imports_new": (BY_REGION, new.sum(axis=(0, 1))),
        "trade_base": (BY_PARTNER, base.sum(axis=0)),
        "trade_new": (BY_PARTNER, new.sum(axis=0)),
    }
