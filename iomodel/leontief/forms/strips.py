"""Strips of rows of A: the pieces of coefficients on disk and on a cluster."""

from __future__ import annotations

import numpy as np

from iomodel.leontief.forms.operators import bad_coefficient
from iomodel.typing import AnyFloat, Float

__all__ = ["diagonal_cells", "first_bad_cell", "refuse_bad_cell", "strip_product"]


def strip_product(strip: AnyFloat, rows: slice, x: AnyFloat, transposed: bool) -> AnyFloat:
    """Return the strip's part of a product with each row of x (k, n), in the precision of x.

    Its cells of A x, shape (k, height); transposed, its addend of A' x, shape (k, n).
    """
    cells = strip.astype(x.dtype, copy=False)
    product: AnyFloat = x[:, rows] @ cells if transposed else x @ cells.T
    return product


def diagonal_cells(strip: AnyFloat, rows: slice, size: int) -> Float:
    """Return the cells of a strip that lie in diagonal blocks, shape (height, size)."""
    sellers = np.arange(rows.start, rows.stop)
    users = (sellers // size * size)[:, None] + np.arange(size)
    cells: Float = np.take_along_axis(strip, users, axis=1).astype(np.float64)
    return cells


def first_bad_cell(strip: AnyFloat, rows: slice) -> tuple[int, int, float] | None:
    """Return seller, user and value of the first cell that is negative or not finite, if any."""
    bad = ~(strip >= 0) | ~np.isfinite(strip)
    if not bad.any():
        return None
    i, j = (int(k) for k in np.argwhere(bad)[0])
    return rows.start + i, j, float(strip[i, j])


def refuse_bad_cell(cell: tuple[int, int, float] | None) -> None:
    """Raise TableError for a cell that :func:`first_bad_cell` found."""
    if cell is not None:
        raise bad_coefficient(*cell)
