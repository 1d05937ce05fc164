"""Trade and final demand after an allocation, as variables of the effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomodel.models.fixed_price.trade import exports, imports, partners, trade_cube
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["allocation_variables"]


def allocation_variables(table: MRIOTable, lost: Float, lost_final: Float) -> Variables:
    """Return trade and final demand for the effects; solved for the change, like output.

    Parameters
    ----------
    table : MRIOTable
    lost : ndarray, shape (R, S, R)
        Fall of sales by product between regions.
    lost_final : ndarray, shape (R,)
        Fall of final demand by region.
    """
    region, pair = ("region",), ("region", "user_region")
    cube = trade_cube(table.A2, table.x1, table.Y.values)
    base_final = table.Y.values.sum(axis=(0, 1, 3))
    return {
        "final_demand_base": (region, base_final),
        "final_demand_new": (region, base_final - lost_final),
        "exports_base": (region, exports(cube)),
        "exports_new": (region, exports(cube - lost)),
        "imports_base": (region, imports(cube)),
        "imports_new": (region, imports(cube - lost)),
        "trade_base": (pair, partners(cube)),
        "trade_new": (pair, partners(cube - lost)),
    }
