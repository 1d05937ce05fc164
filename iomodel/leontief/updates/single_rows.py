r"""Thousands of scenarios that each change one row of A, in matrix products on one factorization.

A cut of one industry's supply changes one row i of A by d'. With z = L e_i and w = L' d the formula
of Sherman and Morrison [Hager1989]_ gives

.. math:: x_s = x + z\, \frac{d' x}{1 - d' z}, \qquad p_s = p + w\, \frac{p_i}{1 - w_i},

so all scenarios together need the columns z, one solve with many right-hand sides, and no product
more: the residual of x_s is :math:`r_x + \frac{d'x}{1 - d'z} r_z` exactly, and that of p_s alike.
Where d'x and d'z are taken from x and z themselves (:mod:`iomodel.leontief.updates.row_changes`),
their residuals enter once more, times the share that is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from time import perf_counter
from typing import Any, Literal, overload

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from iomodel.errors import LabelError, NonProductiveError, SolverError, TableError
from iomodel.leontief.labels import read_rhs
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.leontief.system import Array, LeontiefSystem
from iomodel.leontief.threads import in_spans
from iomodel.leontief.updates.row_changes import STRIP, GivenRows, RowChanges, ScaledRows
from iomodel.typing import Float, Index

__all__ = ["RowScenarios"]


class RowScenarios:
    """Scenarios that each change the sales of one industry to all others.

    Parameters
    ----------
    system : LeontiefSystem
        The baseline; its factorization is shared.
    rows : sequence of int, length m
        The industry whose row changes in each scenario, as index ``region * S + sector``. The same
        industry may come several times.
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
    An answer has the scenarios as its last axis. Memory: n x m for the answer and as much for the
    columns of the inverse, which are kept for further questions.

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
        rows: Sequence[int] | NDArray[np.integer[Any]],
        shares: ArrayLike | None = None,
        *,
        changes: ArrayLike | None = None,
    ) -> None:
        self.system = system
        self.rows = _whole(rows, system.n)
        m, n = self.rows.size, system.n
        if (shares is None) == (changes is None):
            raise TableError("give either shares or changes of the rows")
        if changes is None:
            share = np.broadcast_to(np.asarray(shares, dtype=np.float64), m)
            scaled = ScaledRows(system.A, self.rows, share)
            scaled.refuse_negative(system.industries.name)
            self.changes: RowChanges = scaled
        else:
            cells = np.asarray(changes, dtype=np.float64)
            if cells.shape != (m, n):
                raise TableError(f"changes have shape {cells.shape}; wanted {(m, n)}")
            given = GivenRows(system.A, self.rows, cells)
            given.refuse_negative(system.industries.name)
            self.changes = given

    @property
    def count(self) -> int:
        """Number of scenarios."""
        return self.rows.size

    @overload
    def solve(self, f: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve(self, f: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve(self, f: Any, report: bool = False) -> Any:
        """Return the gross output of every scenario.

        Parameters
        ----------
        f : ndarray, shape (n,), or DataArray (region, sector)
            Final demand, the same in all scenarios.
        report : bool
            Whether to return a :class:`SolveReport` too.

        Returns
        -------
        x : ndarray, shape (n, m), or DataArray (region, sector, scenario)
        report : SolveReport
            Only if asked for; its residual bounds the backward error of the worst scenario.

        Raises
        ------
        TableError, LabelError
            If `f` does not fit.
        NonProductiveError
            If a scenario needs more than it makes; names the industry.
        SolverError
            If a backward error may lie above the tolerance of the system.
        """
        return self._answer(f, report, transposed=False)

    @overload
    def solve_prices(self, v: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve_prices(self, v: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve_prices(self, v: Any, report: bool = False) -> Any:
        """Return the prices of every scenario; as :meth:`solve`."""
        return self._answer(v, report, transposed=True)

    # ------------------------------------------------------------------ Sherman and Morrison
    @cached_property
    def _columns(self) -> tuple[Float, SolveReport]:
        """Columns z of the inverse, one for each scenario (n, m)."""
        own, which = np.unique(self.rows, return_inverse=True)
        columns, report = self.system.columns(own)
        return (columns if np.array_equal(own, self.rows) else columns[:, which]), report

    @cached_property
    def _price_columns(self) -> tuple[Float, SolveReport]:
        """Columns w = L' d, one for each scenario (n, m)."""
        return self.system.answer(np.ascontiguousarray(self._cells.T), transposed=True)

    @cached_property
    def _cells(self) -> Float:
        return self.changes.cells()

    def _answer(self, rhs: Any, report: bool, *, transposed: bool) -> Any:
        start = perf_counter()
        values, _ = read_rhs(rhs, self.system.industries)
        if values.ndim != 1:
            raise TableError(
                f"scenarios of rows share one right-hand side; its shape is {values.shape}"
            )
        # The columns first: where they are worth a factorization, the baseline uses it too.
        columns, second = self._price_columns if transposed else self._columns
        base, first = self.system.answer(values, transposed=transposed)
        if transposed:
            left = 1.0 - columns[self.rows, np.arange(self.count)]
            self._refuse_unproductive(left)
            times = base[self.rows] / left
            wanted = np.abs(self._cells).max(axis=1, initial=0.0)
            slack = np.zeros(self.count)
        else:
            left = 1.0 - self.changes.of_columns(columns)
            self._refuse_unproductive(left)
            times = self.changes.of_answer(base, values) / left
            wanted = np.ones(self.count)
            slack = self.changes.slack
        answers, largest, largest_column = _combined(columns, times, base)
        # Backward errors of the parts, as absolute residuals, add up to that of the scenario.
        norm = self.system.norm(transposed=transposed)
        rest = first.residual * (norm * np.abs(base).max() + np.abs(values).max())
        rest = rest + np.abs(times) * second.residual * (norm * largest_column + wanted)
        rest = rest * (1.0 + slack)
        scale = self._least_norm(transposed) * largest
        scale = scale + np.abs(values).max()
        error = float(np.max(rest / np.where(scale > 0, scale, 1.0), initial=0.0))
        if not error <= self.system.tolerance:
            raise SolverError(
                f"the scenarios of rows may have a relative residual of {error:.2e}, above the "
                f"tolerance of {self.system.tolerance:.2e}; solve them one by one with "
                "LowRankUpdate, or pass a larger tolerance to the system"
            )
        proof = SolveReport(
            error,
            max(first.iterations, second.iterations),
            f"{second.method} + {self.count:,} single rows",
            perf_counter() - start,
        )
        labelled = self._labelled(answers) if isinstance(rhs, xr.DataArray) else answers
        return (labelled, proof) if report else labelled

    def _least_norm(self, transposed: bool) -> Float:
        """Return a lower bound of the norm of I - A - dA for each scenario, (m,)."""
        system = self.system
        sums = system.column_sums if transposed else system.row_sums
        diagonal = system.A.diagonal()
        norms = np.abs(1 - diagonal) + sums - diagonal
        if transposed:
            least: Float = (norms - np.abs(self._cells)).max(axis=1, initial=0.0)
            return least
        if norms.size == 1:
            return np.zeros(self.count)
        # The row that changes is left out.
        second, top = np.argpartition(norms, -2)[-2:]
        left: Float = np.where(self.rows == top, norms[second], norms[top])
        return left

    def _labelled(self, answers: Float) -> xr.DataArray:
        industries = self.system.industries
        coords = {
            "region": np.array(industries.regions, dtype=object),
            "sector": np.array(industries.sectors, dtype=object),
        }
        cells = answers.reshape(*industries.shape, self.count)
        return xr.DataArray(cells, coords, ("region", "sector", "scenario"))

    def _refuse_unproductive(self, left: Float) -> None:
        """Raise unless every scenario is productive: det(I - A - e d') / det(I - A) > 0.

        The determinant is linear along the way on which the rising coefficients grow, and positive
        at its start, so a positive end means that no singular matrix was met.
        """
        bad = ~(left > 0)
        if bad.any():
            s = int(np.flatnonzero(bad)[0])
            raise NonProductiveError(
                f"scenario {s} makes the technology not productive: the larger sales of "
                f"{self.system.industries.name(int(self.rows[s]))} use up more than is made; "
                "lower the change"
            )


def _combined(columns: Float, times: Float, base: Float) -> tuple[Float, Float, Float]:
    """Return base + columns * times, and the largest cell of each of its columns and of theirs.

    A few columns at a time, so that what is made is looked at while it is still in cache.
    """
    made = np.empty(columns.shape[::-1])
    largest, largest_column = np.empty(times.size), np.empty(times.size)

    def combine(span: slice) -> None:
        for start in range(span.start, span.stop, STRIP):
            part = slice(start, min(start + STRIP, span.stop))
            given = columns[:, part].T
            np.multiply(given, times[part, None], out=made[part])
            made[part] += base
            largest[part], largest_column[part] = _largest(made[part]), _largest(given)

    in_spans(combine, times.size, made.size)
    return made.T, largest, largest_column


def _largest(rows: Float) -> Float:
    """Return the largest absolute value of each row."""
    top: Float = np.maximum(rows.max(axis=1, initial=0.0), -rows.min(axis=1, initial=0.0))
    return top


def _whole(rows: Any, n: int) -> Index:
    values = np.atleast_1d(np.asarray(rows))
    if values.size == 0:
        return np.zeros(0, np.intp)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise LabelError("row indices must be one list of whole numbers")
    if values.min() < 0 or values.max() >= n:
        raise LabelError(f"row index out of range; valid: 0 to {n - 1}")
    return values.astype(np.intp)
