r"""Scaling of a sector split to its rows, columns and parent cells together.

The unknowns are the parts of every flow of the parent: sales `rows`, purchases `columns`, and
the `block` of sales among parts. Three families of totals bind them: every parent cell is the sum
of its parts, every part sells its output, and every part spends its output. The fit with the least
relative entropy to the seed is found by scaling to one family after the other; a cell keeps the
sign of the parent cell, in the manner of GRAS [JuniusOosterhaven2003]_ [LenzenWoodGallego2007]_:
positive cells are multiplied by :math:`m`, negative ones divided by it, with
:math:`p\,m - n / m` equal to the total.
"""

from __future__ import annotations

import numpy as np

from iomodel.errors import SolverError
from iomodel.table.splitting.cells import Cells, Totals
from iomodel.typing import Float

__all__ = ["fit"]

TINY = float(np.finfo(float).tiny)


def fit(
    cells: Cells, totals: Totals, names: list[str], tolerance: float, max_iterations: int
) -> tuple[Cells, int, float]:
    """Scale the cells in place until every total is met, and sign them.

    Parameters
    ----------
    cells : Cells
        Seed magnitudes, zero wherever the parent is zero.
    totals : Totals
    names : list of str
        Labels of the R * P parts, for messages.
    tolerance : float
        Largest gap of a part's row or column, relative to its absolute cells.
    max_iterations : int

    Returns
    -------
    Cells, int, float
        Signed cells, sweeps and the residual.

    Raises
    ------
    SolverError
        If the totals are not met; names the part.
    """
    sign_rows, sign_columns = np.sign(totals.rows)[:, None], np.sign(totals.columns)[..., None]
    sign_block = np.sign(totals.block)[:, None, :, None]
    by_buyer = totals.bilateral.size > 0
    _match_parents(cells, totals)
    residual, gap, sweep = np.inf, np.zeros(totals.output.shape), 0
    for sweep in range(max_iterations + 1):
        net_row, gross_row = _sums(cells.rows, sign_rows, 3)
        net_block, gross_block = _sums(cells.block, sign_block, 3)
        sold, gross = net_row + net_block, gross_row + gross_block
        target = totals.bilateral if by_buyer else totals.output
        if not by_buyer:
            sold, gross = sold.sum(axis=2), gross.sum(axis=2)
        row_gap = np.abs(sold - target) / np.maximum(np.maximum(gross, np.abs(target)), TINY)
        spent, gross_spent = _spent(cells, sign_columns, sign_block)
        column_gap = np.abs(spent - totals.output)
        column_gap /= np.maximum(np.maximum(gross_spent, totals.output), TINY)
        gap = np.maximum(row_gap.max(axis=2) if by_buyer else row_gap, column_gap)
        residual = float(gap.max(initial=0.0))
        if residual <= tolerance or sweep == max_iterations:
            break
        m = _root((gross + sold) / 2, (gross - sold) / 2, target)
        m = m[..., None] if by_buyer else m[..., None, None]
        cells.rows *= np.where(sign_rows < 0, 1 / m, m)
        cells.block *= np.where(sign_block < 0, 1 / m, m)
        spent, gross_spent = _spent(cells, sign_columns, sign_block)
        m = _root((gross_spent + spent) / 2, (gross_spent - spent) / 2, totals.output)
        cells.columns *= np.where(sign_columns < 0, 1 / m, m)
        cells.block *= np.where(sign_block < 0, 1 / m, m)
        _match_parents(cells, totals)
    if residual > tolerance:
        worst_part = names[int(np.argmax(gap))]
        raise SolverError(
            f"the split has not converged after {sweep} sweeps: part {worst_part} misses its sales "
            f"or its costs by {residual:.2g} (relative); its output weight, end uses, cost "
            "structure and trade do not fit the cells of the parent: lower the weight or state less"
        )
    signed = Cells(cells.rows * sign_rows, cells.columns * sign_columns, cells.block * sign_block)
    return signed, sweep, residual


def _match_parents(cells: Cells, totals: Totals) -> None:
    cells.rows *= _ratio(np.abs(totals.rows), cells.rows.sum(axis=1))[:, None]
    cells.columns *= _ratio(np.abs(totals.columns), cells.columns.sum(axis=2))[..., None]
    cells.block *= _ratio(np.abs(totals.block), cells.block.sum(axis=(1, 3)))[:, None, :, None]


def _ratio(target: Float, present: Float) -> Float:
    return np.divide(target, present, out=np.zeros_like(target), where=present > 0)


def _sums(cells: Float, sign: Float, axis: int) -> tuple[Float, Float]:
    """Signed and absolute sums along an axis."""
    gross = cells.sum(axis=axis)
    if (sign < 0).any():
        return np.asarray((cells * sign).sum(axis=axis)), gross
    return gross, gross


def _spent(cells: Cells, sign_columns: Float, sign_block: Float) -> tuple[Float, Float]:
    net, gross = _sums(cells.columns, sign_columns, 0)
    net_block, gross_block = _sums(cells.block, sign_block, 0)
    return net + net_block.sum(axis=0), gross + gross_block.sum(axis=0)


def _root(p: Float, n: Float, total: Float) -> Float:
    """Solve ``p m - n / m = total``; one where the line is empty or cannot meet its total."""
    root = np.hypot(total, 2 * np.sqrt(p) * np.sqrt(np.maximum(n, 0.0)))
    m = np.ones_like(p)
    np.divide(total + root, 2 * p, out=m, where=(p > 0) & (total >= 0))
    np.divide(2 * n, root - total, out=m, where=(n > 0) & (total < 0))
    return np.where(m > 0, m, 1.0)
