"""Cells of the parts of a split sector, and the totals that bind them."""

from __future__ import annotations

from dataclasses import dataclass

from iomodel.typing import Float

__all__ = ["Cells", "Totals"]


@dataclass
class Cells:
    """Magnitudes of the parts of the parent's cells.

    Attributes
    ----------
    rows : ndarray, shape (R, P, R, J)
        Sales of part p of region r to user j of region u; users are the other sectors and final
        uses.
    columns : ndarray, shape (K, R, P)
        Purchases of part q of region u from supplier k: other industries and primary inputs.
    block : ndarray, shape (R, P, R, P)
        Sales of parts to parts.
    """

    rows: Float
    columns: Float
    block: Float


@dataclass(frozen=True)
class Totals:
    """Totals that the cells must add up to; parent cells with their sign.

    Attributes
    ----------
    rows : ndarray, shape (R, R, J)
    columns : ndarray, shape (K, R)
    block : ndarray, shape (R, R)
    output : ndarray, shape (R, P)
    bilateral : ndarray, shape (R, P, R), or with zero size
        Sales of each part to each region, for parts with trade shares of their own.
    """

    rows: Float
    columns: Float
    block: Float
    output: Float
    bilateral: Float
