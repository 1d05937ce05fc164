"""Investment of a table: its level, and its composition by good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["CAPITAL_FORMATION", "investment_rate", "investment_shares"]

# Gross fixed capital formation and inventories, as the tables' sources call them.
CAPITAL_FORMATION = ("GFCF", "GCF")


def investment_shares(table: MRIOTable, final_share: Float) -> tuple[Float, str]:
    """Return shares of goods in investment, (S, R), and a sentence about them.

    Regions without capital formation, and tables without such a final use, have the shares of
    goods in final demand instead.
    """
    investment, has_use = _investment(table)
    total = investment.sum(axis=0)
    shares = np.divide(investment, total, out=np.array(final_share), where=total > 0.0)
    if has_use:
        return shares, "Investment goods have the composition of capital formation in the table."
    return shares, "Investment goods have the composition of all final demand."


def investment_rate(table: MRIOTable) -> Float:
    """Return investment over final demand, (R,); zero without a final use of investment."""
    final = np.maximum(table.Y.values.sum(axis=(0, 1, 3)), 0.0)
    total = _investment(table)[0].sum(axis=0)
    rate = np.divide(total, final, out=np.zeros_like(total), where=final > 0.0)
    return np.asarray(np.minimum(rate, 1.0), dtype=np.float64)


def _investment(table: MRIOTable) -> tuple[Float, bool]:
    """Return investment by good and region, (S, R), falling inventories left out."""
    uses = [k for k, use in enumerate(table.final_uses) if use in CAPITAL_FORMATION]
    bought = table.Y.values[..., uses].sum(axis=(0, 3))
    return np.maximum(bought, 0.0), bool(uses)
