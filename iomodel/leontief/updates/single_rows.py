r"""Scenarios that each change one row of A, thousands at once on one factorization.

A cut of one industry's supply changes one row i of A by d'. With z = L e_i and w = L' d the formula
of Sherman and Morrison [Hager1989]_ gives

.. math:: x_s = x + z\, \frac{d' x}{1 - d' z}, \qquad p_s = p + w\, \frac{p_i}{1 - w_i},

so all scenarios together need the columns z, one solve with many right-hand sides, and no product
more: the residual of x_s is :math:`r_x + \frac{d'x}{1 - d'z} r_z` exactly, and that of p_s alike.
With d'x and d'z taken from x and z themselves (:mod:`iomodel.leontief.updates.row_changes`),
their residuals enter once more, times the share that is cut.
"""

from __future__ import annotations

from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import NonProductiveError, SolverError, TableError
from iomodel.leontief.interface import LabelledSolver
from iomodel.leontief.labels import read_rhs
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.leontief.system import LeontiefSystem
from iomodel.leontief.threads import in_spans
from iomodel.leontief.updates.indices import read_indices
from iomodel.leontief.updates.row_changes import STRIP, RowChanges, RowsByCell, ScaledRows
from iomodel.table.real import real_cells
from iomodel.typing import Float, Positions

__all__ = ["RowScenarios"]


class RowScenarios(LabelledSolver):
    """Scenarios that each change the sales of one industry to all others.

    Parameters
    ----------
    system : LeontiefSystem
        The baseline; its factorization is shared.
    rows : sequence of int, length m
        Industry of the row that changes in each scenario, as index ``region * S + sector``; the
        same industry may come several times.
    shares : array_like, shape (m,) or scalar, optional
        Share of the row that is cut: coefficients fall to ``1 - share`` of their baseline.
    changes : array_like, shape (m, n), optional
        The change of the row in each scenario instead, for cuts that spare some users.

    Raises
    ------
    LabelError
        If an index is out of range or no whole number.
    TableError
        If not exactly one of `shares` and `changes` is given, shapes do not fit, or a coefficient
        would be negative or not finite.

    Notes
    -----
    :meth:`solve` and :meth:`solve_prices` take one right-hand side, (n,) or (region, sector), the
    same in all scenarios. The result has the scenarios as its last axis, (n, m) or (region, sector,
    scenario); the residual of its report bounds the backward error of the worst scenario. They
    raise NonProductiveError, naming the industry, if a scenario uses up more than it makes, and
    SolverError if a backward error may lie above the tolerance of the system.

    Memory: n x m for the result and as much for the columns of the inverse, kept for further
    questions.

    Examples
    --------
    >>> import numpy as np
    >>> system = LeontiefSystem.from_coefficients(np.array([[0.15, 0.25], [0.20, 0.05]]))
    >>> cuts = RowScenarios(system, rows=[0, 1], shares=[0.5, 1.0])
    >>> cuts.solve(np.array([600.0, 1500.0])).round(1)
    array([[ 887.3, 1147.1],
           [1765.7, 1500. ]])
    """

    def __init__(
        self,
        system: LeontiefSystem,
        rows: Positions,
        shares: ArrayLike | None = None,
        *,
        changes: ArrayLike | None = None,
    ) -> None:
        self.system = system
        self.rows = read_indices(rows, system.n, "row")
        m, n = self.rows.size, system.n
        if (shares is None) == (changes is None):
            raise TableError("give either shares or changes of the rows")
        self.changes: RowChanges
        if changes is None:
            share = np.broadcast_to(np.asarray(shares, dtype=np.float64), m)
            self.changes = ScaledRows(system.A, self.rows, share)
        else:
            cells = real_cells("the change of rows", changes)
            if cells.shape != (m, n):
                raise TableError(f"changes have shape {cells.shape}; wanted {(m, n)}")
            self.changes = RowsByCell(system.A, self.rows, cells)
        self.changes.refuse_negative(system.industries.name)

    @property
    def count(self) -> int:
        """Number of scenarios."""
        return self.rows.size

    # ------------------------------------------------------------------ Sherman and Morrison
    @cached_property
    def _columns(self) -> tuple[Float, SolveReport]:
        """Columns z of the inverse, one for each scenario (n, m)."""
        unique_rows, position = np.unique(self.rows, return_inverse=True)
        columns, report = self.system.columns(unique_rows)
        if np.array_equal(unique_rows, self.rows):
            return columns, report
        return columns[:, position], report

    @cached_property
    def _price_columns(self) -> tuple[Float, SolveReport]:
        """Columns w = L' d, one for each scenario (n, m)."""
        return self.system.answer(np.ascontiguousarray(self._cells.T), transposed=True)

    @cached_property
    def _cells(self) -> Float:
        return self.changes.cells()

    def _labelled_answer(self, rhs: Any, *, transposed: bool) -> tuple[Any, SolveReport]:
        start = perf_counter()
        values, _ = read_rhs(rhs, self.system.industries)
        if values.ndim != 1:
            raise TableError(
                f"scenarios of rows share one right-hand side; its shape is {values.shape}"
            )
        # The columns first: if they are worth a factorization, the baseline uses it too.
        columns, columns_report = self._price_columns if transposed else self._columns
        base, base_report = self.system.answer(values, transposed=transposed)
        if transposed:
            pivots = 1.0 - columns[self.rows, np.arange(self.count)]
            numerators = base[self.rows]
            column_rhs_size = np.abs(self._cells).max(axis=1, initial=0.0)
            slack = np.zeros(self.count)
        else:
            pivots = 1.0 - self.changes.times_columns(columns)
            numerators = self.changes.times_output(base, values)
            column_rhs_size = np.ones(self.count)
            slack = self.changes.slack
        self._refuse_unproductive(pivots)
        multiples = numerators / pivots
        solutions, largest, largest_column = _combined(columns, multiples, base)
        # Backward errors of base and columns, as absolute residuals, add up to the scenario's.
        norm = self.system.coefficient_norm(transposed=transposed)
        largest_rhs = np.abs(values).max()
        residual = base_report.residual * (norm * np.abs(base).max() + largest_rhs)
        residual = residual + np.abs(multiples) * columns_report.residual * (
            norm * largest_column + column_rhs_size
        )
        residual = residual * (1.0 + slack)
        scale = self._least_norm(transposed) * largest
        scale = scale + largest_rhs
        error = float(np.max(residual / np.where(scale > 0, scale, 1.0), initial=0.0))
        if not error <= self.system.tolerance:
            raise SolverError(
                f"the scenarios of rows may have a relative residual of {error:.2e}, above the "
                f"tolerance of {self.system.tolerance:.2e}; solve them one by one with "
                "LowRankUpdate, or pass a larger tolerance to the system"
            )
        report = SolveReport(
            error,
            max(base_report.iterations, columns_report.iterations),
            f"{columns_report.method} + {self.count:,} single rows",
            perf_counter() - start,
        )
        return self._labelled(solutions) if isinstance(rhs, xr.DataArray) else solutions, report

    def _least_norm(self, transposed: bool) -> Float:
        """Return a lower bound of the norm of A + dA for each scenario, (m,)."""
        technology = self.system.technology
        if transposed:
            least: Float = (technology.column_sums + self._cells).max(axis=1, initial=0.0)
            return least
        norms = technology.row_sums
        if norms.size == 1:
            return np.zeros(self.count)
        # The row that changes is left out.
        second, top = np.argpartition(norms, -2)[-2:]
        unchanged: Float = np.where(self.rows == top, norms[second], norms[top])
        return unchanged

    def _labelled(self, answers: Float) -> xr.DataArray:
        industries = self.system.industries
        coords = {
            "region": np.array(industries.regions, dtype=object),
            "sector": np.array(industries.sectors, dtype=object),
        }
        cells = answers.reshape(*industries.shape, self.count)
        return xr.DataArray(cells, coords, ("region", "sector", "scenario"))

    def _refuse_unproductive(self, pivots: Float) -> None:
        """Raise unless every scenario is productive: det(I - A - e d') / det(I - A) > 0.

        The determinant is linear in the size of the change and positive without it, so a positive
        value at the full change excludes a singular matrix on the way.
        """
        bad = ~(pivots > 0)
        if bad.any():
            s = int(np.flatnonzero(bad)[0])
            raise NonProductiveError(
                f"scenario {s} makes the technology not productive: the larger sales of "
                f"{self.system.industries.name(int(self.rows[s]))} use up more than is made; "
                "lower the change"
            )


def _combined(columns: Float, multiples: Float, base: Float) -> tuple[Float, Float, Float]:
    """Return base + columns * multiples, and the largest cell of each of its columns and of theirs.

    A few columns at a time, so that the maxima are taken while the cells are still in cache.
    """
    scenarios = np.empty(columns.shape[::-1])
    largest, largest_column = np.empty(multiples.size), np.empty(multiples.size)

    def combine(span: slice) -> None:
        for start in range(span.start, span.stop, STRIP):
            block = slice(start, min(start + STRIP, span.stop))
            column_block = columns[:, block].T
            np.multiply(column_block, multiples[block, None], out=scenarios[block])
            scenarios[block] += base
            largest[block] = _largest(scenarios[block])
            largest_column[block] = _largest(column_block)

    in_spans(combine, multiples.size, scenarios.size)
    return scenarios.T, largest, largest_column


def _largest(rows: Float) -> Float:
    """Return the largest absolute value of each row."""
    largest: Float = np.maximum(rows.max(axis=1, initial=0.0), -rows.min(axis=1, initial=0.0))
    return largest
