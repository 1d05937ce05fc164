"""Low-rank updates: a technology with changes in few rows or columns, not factorized anew.

With A' = A + U W, U of shape (n, r) and W of shape (r, n), the formula of Sherman, Morrison and
Woodbury [Hager1989]_ gives, with L = (I - A)^-1, Z = L U and C = I_r - W Z,

    (I - A')^-1 f   = L f + Z C^-1 W (L f),
    (I - A'')^-1 v  = L' (v + W' C'^-1 Z' v)         (A'' the transpose of A').

Prices need no columns of L' of their own: Z serves both. Cost: r solves once, then one solve a
question, against 2/3 n^3 operations for a new factorization.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError
from iomodel.leontief.interface import Solver
from iomodel.leontief.labels import read_coefficients
from iomodel.leontief.productive import check_productive
from iomodel.leontief.solvers.backward_error import SolveReport, checked_solve
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.leontief.system import LeontiefSystem
from iomodel.leontief.updates.indices import COEFFICIENT_ROUNDING, read_indices
from iomodel.leontief.updates.nearby import NearbySystem
from iomodel.table.real import real_cells
from iomodel.typing import Bool, Float, Index, Positions

__all__ = ["LowRankUpdate", "updated"]


class LowRankUpdate(Solver):
    """A technology A + dA with dA in few rows, few columns, or some of both.

    Parameters
    ----------
    system : LeontiefSystem
        The system of A; its factorization is shared.
    rows : sequence of int
        Industries with changed sales, as indices ``region * S + sector``.
    dA_rows : array_like, shape (r, n)
        Changes of these rows.
    cols : sequence of int
        Industries with changed inputs.
    dA_cols : array_like, shape (n, c)
        Changes of these columns, in addition to `dA_rows`: a cell in both is the sum.

    Raises
    ------
    LabelError
        If an index is out of range or repeated.
    TableError
        If shapes do not fit, or a coefficient would be negative or not finite.
    NonProductiveError
        At the first solve, if A + dA is not productive; the message names the industries.

    Notes
    -----
    Every answer is checked against A + dA, applied as A x + U (W x) and never formed, to the
    tolerance of the system, and refined once if needed.
    """

    def __init__(
        self,
        system: LeontiefSystem,
        rows: Positions,
        dA_rows: ArrayLike,
        cols: Positions,
        dA_cols: ArrayLike,
    ) -> None:
        self.system, self.industries, self.tolerance = system, system.industries, system.tolerance
        self.rows = read_indices(rows, system.n, "row", unique=True)
        self.cols = read_indices(cols, system.n, "column", unique=True)
        r, c, n = self.rows.size, self.cols.size, system.n
        row_changes = _changes(dA_rows, (r, n), "rows")
        col_changes = _changes(dA_cols, (n, c), "columns")
        self._U = np.zeros((n, r + c))
        self._U[self.rows, np.arange(r)] = 1.0
        self._U[:, r:] = col_changes
        self._W = np.zeros((r + c, n))
        self._W[:r] = row_changes
        self._W[np.arange(r, r + c), self.cols] = 1.0
        self._increases = bool((row_changes > 0).any() or (col_changes > 0).any())
        self._refuse_negative()

    @classmethod
    def from_rows(
        cls, system: LeontiefSystem, rows: Positions, dA_rows: ArrayLike
    ) -> LowRankUpdate:
        """Return the update that adds `dA_rows`, shape (r, n), to the given rows of A."""
        return cls(system, rows, dA_rows, [], np.zeros((system.n, 0)))

    @classmethod
    def from_columns(
        cls, system: LeontiefSystem, cols: Positions, dA_cols: ArrayLike
    ) -> LowRankUpdate:
        """Return the update that adds `dA_cols`, shape (n, c), to the given columns of A."""
        return cls(system, [], np.zeros((0, system.n)), cols, dA_cols)

    @property
    def rank(self) -> int:
        """Number of rows and columns that change."""
        return self.rows.size + self.cols.size

    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A - dA) x`, or its transpose's product, for (n,) or (n, k)."""
        change = self._W.T @ (self._U.T @ x) if transposed else self._U @ (self._W @ x)
        return self.system.product(x, transposed=transposed) - change

    @cached_property
    def _coefficient_norms(self) -> tuple[float, float]:
        ones = np.ones(self.n)
        # A + dA is not negative, so its row sums are those of its absolute values.
        sums = [ones - self.product(ones, transposed=t) for t in (False, True)]
        return float(np.max(sums[0])), float(np.max(sums[1]))

    def coefficient_norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of A + dA, or of its transpose."""
        return self._coefficient_norms[1 if transposed else 0]

    def answer(self, rhs: Float, *, transposed: bool = False) -> tuple[Float, SolveReport]:
        """Solve the changed technology without labels; as :meth:`Solver.answer`."""
        return checked_solve(
            rhs,
            self._prices if transposed else self._outputs,
            lambda x: self.product(x, transposed=transposed),
            self.coefficient_norm(transposed=transposed),
            self.tolerance,
            f"lu + rank {self.rank}",
        )

    # ------------------------------------------------------------------ Woodbury
    @cached_property
    def _Z(self) -> Float:
        return self.system.solve(self._U)

    @cached_property
    def _C(self) -> DenseLU:
        C = np.ascontiguousarray(np.eye(self.rank) - self._W @ self._Z)
        factors = DenseLU.overwrite(C)
        self._refuse_unproductive(factors)
        return factors

    def _outputs(self, f: Float) -> Float:
        y = self.system.answer(f)[0]
        x: Float = y + self._Z @ self._C.solve(self._W @ y)
        return x

    def _prices(self, v: Float) -> Float:
        inner: Float = self._C.solve(self._Z.T @ v, transposed=True)
        p, _ = self.system.answer(v + self._W.T @ inner, transposed=True)
        return p

    # ------------------------------------------------------------------ refusals
    def _refuse_negative(self) -> None:
        for index, by_row in ((self.rows, True), (self.cols, False)):
            if by_row:
                cells = self.system.A[index] + self._U[index] @ self._W
            else:
                cells = (self.system.A[:, index] + self._U @ self._W[:, index]).T
            bad = ~(np.isfinite(cells) & (cells >= -COEFFICIENT_ROUNDING))
            if bad.any():
                k, across = (int(q) for q in np.argwhere(bad)[0])
                i, j = (int(index[k]), across) if by_row else (across, int(index[k]))
                name = self.industries.name
                raise TableError(
                    f"the change would make the coefficient from {name(i)} to {name(j)} "
                    f"{cells[k, across]:.6g}; it must stay finite and not negative"
                )

    def _refuse_unproductive(self, factors: DenseLU) -> None:
        """Raise unless A + dA is productive.

        A technology with smaller coefficients stays productive. Otherwise y = (I - A')^-1 e with
        y > 0 and (I - A') y > 0 proves that it is (Hawkins-Simon); the matrix is formed only if
        that proof fails, to name the industries.
        """
        if not self._increases:
            return
        ones = np.ones(self.n)
        if (ones - self.product(ones, transposed=True)).max() < 1:
            return
        y = self.system.answer(ones)[0]
        y = y + self._Z @ factors.solve(self._W @ y)
        if y.min() > 0 and self.product(y).min() > 0:
            return
        changed = np.maximum(self.system.A + self._U @ self._W, 0.0)
        check_productive(changed, changed.sum(axis=0), self.industries.name)


def updated(
    system: LeontiefSystem,
    A_new: ArrayLike | xr.DataArray,
    *,
    rows: Positions | None = None,
    cols: Positions | None = None,
) -> LeontiefSystem | LowRankUpdate:
    """Return a solver of `A_new`: the system itself, an update of it, or a new system.

    Parameters
    ----------
    system : LeontiefSystem
        The baseline.
    A_new : array_like, shape (n, n), or DataArray (region, sector, user_region, user_sector)
        The whole changed technology.
    rows, cols : sequence of int, optional
        Indices such that every change lies in one of these rows or one of these columns. Default:
        few rows and columns that cover all changes are sought.

    Returns
    -------
    LeontiefSystem or LowRankUpdate
        Whichever needs fewer operations; both have `solve` and `solve_prices`. A new system
        iterates on the factors of the baseline if those exist (:class:`NearbySystem`).

    Raises
    ------
    TableError
        If shapes differ, a coefficient is negative or not finite, or a change lies outside the
        given rows and columns.
    NonProductiveError
        If `A_new` is not productive (for an update: at its first solve).
    """
    cells, industries = read_coefficients(A_new)
    if industries.n != system.n:
        raise TableError(f"the new technology has {industries.n} industries, not {system.n}")
    labelled = industries.labelled and system.industries.labelled
    if labelled and industries != system.industries:
        raise LabelError("the new technology has other labels, or the same in another order")
    changed = cells != system.A
    if not changed.any():
        return system
    # Iteration solves a new technology as fast as the old one: an update gains nothing.
    iterates = system.plan.method == "krylov"
    if rows is None and cols is None:
        row_set, col_set = _cover(changed) if not iterates else (np.arange(system.n), np.arange(0))
    else:
        row_set = read_indices([] if rows is None else rows, system.n, "row", unique=True)
        col_set = read_indices([] if cols is None else cols, system.n, "column", unique=True)
        changed[row_set] = False
        changed[:, col_set] = False
        if changed.any():
            i, j = (int(k) for k in np.argwhere(changed)[0])
            name = system.industries.name
            raise TableError(
                f"the coefficient from {name(i)} to {name(j)} changes too, outside the given rows "
                "and columns; leave them out to have all changes found"
            )
    if iterates or not _update_is_cheaper(system.n, row_set.size + col_set.size):
        labelled_A = A_new if industries.labelled else system.industries.wrap(cells, "A")
        if system.factorized:
            return NearbySystem.beside(system, labelled_A)
        return LeontiefSystem.from_coefficients(
            labelled_A, method=system.method, tolerance=system.tolerance
        )
    row_changes = cells[row_set] - system.A[row_set]
    col_changes = cells[:, col_set] - system.A[:, col_set]
    col_changes[row_set] = 0.0
    return LowRankUpdate(system, row_set, row_changes, col_set, col_changes)


def _update_is_cheaper(n: int, rank: int) -> bool:
    """Compare operations: r solves and the small matrix, against a factorization.

    The factorization of the baseline is not counted: it serves the baseline's own answers too.
    """
    return 2.0 * n**2 * rank + 2.0 * n * rank**2 + 2 / 3 * rank**3 <= 2 / 3 * n**3


def _cover(changed: Bool) -> tuple[Index, Index]:
    """Return few rows and columns that hold all changes.

    The p rows with the most changes, and the columns with changes in the remaining rows, for the
    best p. Exact for rows, columns, blocks and full crosses: extractions and embargoes.
    """
    counts = changed.sum(axis=1)
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    # remaining[p] marks the columns with changes in the rows from position p on.
    remaining = np.logical_or.accumulate(changed[order[::-1]], axis=0)[::-1]
    size = np.arange(order.size + 1) + np.append(remaining.sum(axis=1), 0)
    best = int(np.argmin(size))
    columns = remaining[best].nonzero()[0] if best < order.size else np.zeros(0, np.intp)
    return np.sort(order[:best]), columns


def _changes(values: ArrayLike, shape: tuple[int, int], kind: str) -> Float:
    changes = real_cells(f"the change of {kind}", values)
    if changes.shape != shape:
        raise TableError(f"changes of {kind} have shape {changes.shape}; wanted {shape}")
    if not np.isfinite(changes).all():
        raise TableError(f"changes of {kind} hold NaN or infinite cells; replace them")
    return changes
