r"""Sweeps of RAS and GRAS: rows and columns scaled in turn until both meet their totals.

With positive cells :math:`P` and magnitudes of negative cells :math:`N`, each sweep solves
:math:`p_j s_j - n_j / s_j = v_j` for the columns, and likewise for the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import SolverError, TableError
from iomodel.typing import Float

__all__ = ["BalanceResult", "Sweeps", "line_name"]


# Totals are data and carry their own rounding; a larger gap than this is a mistake in the data.
TOTALS_TOLERANCE = 1e-8

# Multipliers beyond this size run away: the totals can only be met by cells that vanish.
DIVERGED = 1e120


@dataclass(frozen=True)
class BalanceResult:
    r"""Balanced matrix, its multipliers, sweeps and residual.

    Attributes
    ----------
    matrix : numpy.ndarray, shape (..., m, n)
        :math:`\hat r P \hat s - \hat r^{-1} N \hat s^{-1}`.
    row_multipliers : numpy.ndarray, shape (..., m)
        :math:`r`; zero for a row that its target empties.
    column_multipliers : numpy.ndarray, shape (..., n)
        :math:`s`; zero for a column that its target empties.
    iterations : int
        Sweeps over rows and columns.
    residual : float
        Largest gap between a row sum and its target, as a share of the absolute cells of the row;
        columns are met to rounding.
    """

    matrix: Float
    row_multipliers: Float
    column_multipliers: Float
    iterations: int
    residual: float


class Sweeps:
    """Alternating scaling of rows and columns for both methods.

    RAS is the case without negative cells.
    """

    def __init__(
        self,
        method: str,
        cells: Float,
        row_totals: ArrayLike,
        column_totals: ArrayLike,
        row_labels: Sequence[str] | None,
        column_labels: Sequence[str] | None,
    ) -> None:
        self.method = method
        self.labels = {"row": row_labels, "column": column_labels}
        u, v = np.asarray(row_totals, np.float64), np.asarray(column_totals, np.float64)
        _check_shapes(method, cells, u, v)
        batch = np.broadcast_shapes(cells.shape[:-2], u.shape[:-1], v.shape[:-1])
        self.cells = cells
        self.u = np.broadcast_to(u, (*batch, u.shape[-1]))
        self.v = np.broadcast_to(v, (*batch, v.shape[-1]))
        self._check_totals()
        # Negative cells sit in few columns (inventories), so only these are kept twice.
        axes = tuple(range(cells.ndim - 1))
        self.columns = np.flatnonzero((cells < 0).any(axis=axes))
        self.positive = np.maximum(cells, 0.0) if self.columns.size else cells
        self.negative = np.maximum(-cells[..., self.columns], 0.0)

    def run(self, tolerance: float, max_iterations: int) -> BalanceResult:
        """Sweep until every row meets its total; SolverError where it does not."""
        s, s_inverse = np.ones(self.v.shape), np.ones(self.v.shape)
        residual, gap, iteration = np.inf, np.zeros(self.u.shape), 0
        for iteration in range(1, max_iterations + 1):
            p, n = self._row_sums(s, s_inverse)
            r, r_inverse = self._root("row", p, n, self.u)
            p, n = self._column_sums(r, r_inverse)
            s, s_inverse = self._root("column", p, n, self.v)
            p, n = self._row_sums(s, s_inverse)
            up, down = r * p, r_inverse * n
            scale = np.maximum(up + down, np.finfo(float).tiny)
            gap = np.abs(up - down - self.u) / scale
            residual = float(gap.max(initial=0.0))
            if residual <= tolerance:
                result = self._matrix(r, s, r_inverse, s_inverse)
                return BalanceResult(result, r, s, iteration, residual)
            if max(float(m.max(initial=0.0)) for m in (r, s, r_inverse, s_inverse)) > DIVERGED:
                break
        worst_row = int(np.unravel_index(int(np.argmax(gap)), gap.shape)[-1])
        raise SolverError(
            f"{self.method} has not converged after {iteration} sweeps: row "
            f"{line_name(self.labels['row'], worst_row)} misses its total by {residual:.2g} "
            "(relative); the zeros and signs of the matrix may not allow these totals"
        )

    def _row_sums(self, s: Float, s_inverse: Float) -> tuple[Float, Float]:
        inverse = s_inverse[..., self.columns]
        return _times(self.positive, s), _times(self.negative, inverse)

    def _column_sums(self, r: Float, r_inverse: Float) -> tuple[Float, Float]:
        n = np.zeros(self.v.shape)
        n[..., self.columns] = _times(self.negative.swapaxes(-1, -2), r_inverse)
        return _times(self.positive.swapaxes(-1, -2), r), n

    def _root(self, line: str, p: Float, n: Float, total: Float) -> tuple[Float, Float]:
        """Solve ``p m - n / m = total`` for ``m >= 0`` without cancellation; return m and 1/m.

        Where a zero total empties a line whose cells share one sign, both are zero.
        """
        impossible = ((total > 0) & (p == 0)) | ((total < 0) & (n == 0))
        if impossible.any():
            cell = tuple(np.argwhere(impossible)[0])
            sign = "positive" if total[cell] > 0 else "negative"
            crossing = "column" if line == "row" else "row"
            raise TableError(
                f"{self.method}: {line} {line_name(self.labels[line], cell[-1])} cannot sum to "
                f"{total[cell]:.6g}: it has no {sign} cell in a {crossing} that is not emptied; "
                "change its total or give it such a cell"
            )
        root = np.hypot(total, 2 * np.sqrt(p) * np.sqrt(n))
        multiplier, inverse = np.zeros(total.shape), np.zeros(total.shape)
        up, down = (total >= 0) & (p > 0), (total < 0) | ((total == 0) & (n > 0) & (p > 0))
        np.divide(total + root, 2 * p, out=multiplier, where=up)
        np.divide(2 * n, root - total, out=multiplier, where=down)
        np.divide(1.0, multiplier, out=inverse, where=multiplier > 0)
        return multiplier, inverse

    def _matrix(self, r: Float, s: Float, r_inverse: Float, s_inverse: Float) -> Float:
        result = self.positive * r[..., :, None]
        result *= s[..., None, :]
        inverse = s_inverse[..., None, self.columns]
        result[..., self.columns] -= r_inverse[..., :, None] * self.negative * inverse
        return np.asarray(result, dtype=np.float64)

    def _check_totals(self) -> None:
        rows, columns = self.u.sum(axis=-1), self.v.sum(axis=-1)
        gross = np.abs(self.u).sum(axis=-1) + np.abs(self.v).sum(axis=-1)
        # So written, totals that are not finite differ.
        differ = ~(np.abs(rows - columns) <= TOTALS_TOLERANCE * gross)
        if differ.any():
            problem = tuple(np.argwhere(differ)[0])
            batch = f" of problem {', '.join(map(str, problem))}" if problem else ""
            raise TableError(
                f"{self.method}: the row totals{batch} add up to {rows[problem]:.10g} and the "
                f"column totals to {columns[problem]:.10g}; scale one of them to the other"
            )


# ---------------------------------------------------------------------- helpers
def _times(cells: Float, vector: Float) -> Float:
    """Multiply a matrix, or each of a batch, with a vector, or each of a batch."""
    product = vector @ cells.T if cells.ndim == 2 else (cells @ vector[..., None])[..., 0]
    return np.asarray(product, dtype=np.float64)


def line_name(labels: Sequence[str] | None, index: int) -> str:
    """Label of a row or column for messages, its number without labels."""
    return str(int(index)) if labels is None else str(labels[int(index)])


def _check_shapes(method: str, cells: Float, u: Float, v: Float) -> None:
    if cells.ndim < 2 or u.ndim < 1 or v.ndim < 1 or cells.shape[-2:] != (u.shape[-1], v.shape[-1]):
        raise TableError(
            f"{method}: a matrix of shape {cells.shape} needs as many row and column totals; "
            f"the totals have shapes {u.shape} and {v.shape}"
        )
    for quantity, values in (("the matrix", cells), ("row totals", u), ("column totals", v)):
        if not np.isfinite(values).all():
            cell = tuple(int(k) for k in np.argwhere(~np.isfinite(values))[0])
            raise TableError(f"{method}: {quantity} is not finite at {cell}; replace it")
