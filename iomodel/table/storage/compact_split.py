r"""Factors of a compact table with sectors split into a small part and the rest.

Beside the factors of :mod:`iomodel.table.storage.compact` such a file holds, for each small part,
its input column and every one of its sales, free of the origins of its parent. The rest is the
remainder of the parent, so that adding part and rest gives the parent's cells exactly:

.. math:: z_{i\,\mathrm{rest},ru} = \frac{x_{ikr}}{\sum_h x_{hkr}} u_{rku} - z_{i\,\mathrm{part},ru}

with parent product k, seller region i, user u of region r.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from iomodel.errors import TableError
from iomodel.table.storage.compact import Factors
from iomodel.typing import Float, Index

__all__ = ["SplitFactors", "check_split", "expand_split", "read_split_factors"]

# A rest may miss zero by the rounding of a difference, in units of the parent's largest cell.
ROUNDING = 1e-15


@dataclass(frozen=True)
class SplitFactors:
    """Factors of a table with split sectors, in the unit of the table.

    Attributes
    ----------
    trade : ndarray, shape (R, S, R)
        Sales by unsplit product, seller region, buyer region.
    use : ndarray, shape (R, S, T + U)
        Use of unsplit products by T sectors and U final uses. In the column of a small part, the
        row of a split product holds purchases from rests only.
    primary : ndarray, shape (p, R, T)
        Primary inputs.
    sales : ndarray, shape (P, R, R, T + U)
        Sales of each small part.
    product : ndarray of int, shape (T,)
        Unsplit product of each sector.
    part : ndarray of int, shape (P,)
        Sector of each small part.
    rest : ndarray of int, shape (P,)
        Sector that holds the rest of the same product.
    """

    trade: Float
    use: Float
    primary: Float
    sales: Float
    product: Index
    part: Index
    rest: Index


def check_split(factors: SplitFactors, tolerance: float = 1e-9) -> None:
    """Check on the factors that rows and columns of the expanded table will close.

    Parameters
    ----------
    factors : SplitFactors
    tolerance : float
        Largest error relative to absorption (rows) and to output (columns).

    Raises
    ------
    TableError
        If an identity is broken; names the identity and its largest relative error.
    """
    S, T = factors.trade.shape[1], len(factors.product)
    fold = np.zeros((T, S))
    fold[np.arange(T), factors.product] = 1.0
    use = np.concatenate([factors.use[:, :, :T] @ fold, factors.use[:, :, T:]], axis=2)
    Factors(factors.trade, use, factors.primary @ fold).check(tolerance)
    bought = factors.use[:, :, factors.part].sum(axis=1).T
    bought += factors.sales[..., factors.part].sum(axis=(0, 1)).T
    costs = bought + factors.primary[:, :, factors.part].sum(axis=0).T
    output = factors.sales.sum(axis=(2, 3))
    gap = float(np.max(np.abs(costs - output) / np.maximum(output, 1e-300), initial=0.0))
    if not gap <= tolerance:
        raise TableError(
            f"compact table breaks the identity 'inputs of each part = output' by {gap:.1e} "
            f"(relative, at most {tolerance:.0e}); the file is damaged: fetch or build it again"
        )


def expand_split(factors: SplitFactors) -> tuple[Float, Float, Float]:
    """Z (R, T, R, T), Y (R, T, R, U) and x (R, T), each written in place.

    Raises
    ------
    TableError
        If a part sells more than its parent to some user.
    """
    trade, T = factors.trade, len(factors.product)
    absorbed = trade.sum(axis=0)
    share = np.divide(trade, absorbed, out=np.zeros_like(trade), where=absorbed > 0)
    share = share[:, factors.product, :, None]
    by_product = factors.use.transpose(1, 0, 2)[factors.product][None]
    Z = np.empty((*share.shape[:3], T))
    np.multiply(share, by_product[..., :T], out=Z)
    Y = np.empty((*share.shape[:3], factors.use.shape[2] - T))
    np.multiply(share, by_product[..., T:], out=Y)
    part_sales = factors.sales.copy()
    # Purchases of a part from a part come out of the parent cell, in the column of the rest.
    part_sales[..., factors.rest] += part_sales[..., factors.part]
    part_sales[..., factors.part] = 0.0
    x = trade.sum(axis=2)[:, factors.product]
    for p, (part_sector, rest_sector) in enumerate(zip(factors.part, factors.rest, strict=True)):
        for cells, users in ((Z, slice(0, T)), (Y, slice(T, None))):
            remaining_sales = cells[:, rest_sector]
            remaining_sales -= part_sales[p, ..., users]
            lowest, highest = remaining_sales.min(initial=0.0), remaining_sales.max(initial=0.0)
            if float(lowest) < -ROUNDING * float(highest):
                raise TableError(
                    "a part of a compact table sells more than its parent; build it again"
                )
            np.maximum(remaining_sales, 0.0, out=remaining_sales)
            cells[:, part_sector] = factors.sales[p, ..., users]
        x[:, part_sector] = factors.sales[p].sum(axis=(1, 2))
        x[:, rest_sector] -= x[:, part_sector]
    return Z, Y, x


def read_split_factors(dataset: xr.Dataset) -> SplitFactors:
    """Factors in the variables of a compact file with split sectors."""
    products, sectors = dataset["product"].values.tolist(), dataset["sector"].values.tolist()

    def cells(name: str) -> Float:
        return np.ascontiguousarray(dataset[name].values, dtype=np.float64)

    return SplitFactors(
        trade=cells("trade"),
        use=cells("use"),
        primary=cells("primary_inputs"),
        sales=cells("part_sales"),
        product=np.array([products.index(p) for p in dataset["product_of"].values.tolist()]),
        part=np.array([sectors.index(p) for p in dataset["part"].values.tolist()]),
        rest=np.array([sectors.index(p) for p in dataset["rest_of_part"].values.tolist()]),
    )
