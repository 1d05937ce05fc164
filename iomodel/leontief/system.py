"""The Leontief system: x = (I - A)^-1 f and its dual p = (I - A')^-1 v."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.leontief.dense import DenseLU, identity_minus
from iomodel.leontief.labels import Industries, read_coefficients, read_rhs
from iomodel.leontief.productive import check_productive, refuse_bad_cells
from iomodel.leontief.residual import DEFAULT_TOLERANCE, Float, SolveReport, checked_solve

if TYPE_CHECKING:
    from iomodel.leontief.household import Households
    from iomodel.table.mrio import MRIOTable

__all__ = ["LeontiefSystem", "Solver"]

Array = TypeVar("Array", Float, xr.DataArray)


class Solver(Protocol):
    """What answers questions about one technology: a system, or an update of one."""

    @property
    def n(self) -> int:
        """Number of industries."""
        ...

    @overload
    def solve(self, f: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve(self, f: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve(self, f: Any, report: bool = False) -> Any:
        """Return the output that meets a final demand."""
        ...

    @overload
    def solve_prices(self, v: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve_prices(self, v: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve_prices(self, v: Any, report: bool = False) -> Any:
        """Return the prices that cover a value added per unit of output."""
        ...


class LeontiefSystem:
    r"""The open Leontief model of a table, through one factorization of I - A.

    Parameters
    ----------
    table : MRIOTable
        Its coefficients are used as they lie in memory, without a copy.
    tolerance : float
        Largest normwise backward error of an answer; see :mod:`iomodel.leontief.residual`.

    Raises
    ------
    TableError
        If a coefficient is negative or not finite.
    NonProductiveError
        If the spectral radius of A is not below one; the message names the industries.

    Notes
    -----
    With :math:`f` final demand and :math:`v` value added per unit of output
    [MillerBlair2009]_ (sections 2.2 and 2.6),

    .. math:: x = (I - A)^{-1} f, \qquad p = (I - A')^{-1} v.

    Industry ``(region r, sector s)`` has index ``r * S + s``. The factorization is made by the
    first question and kept; it takes as much memory as A. Arrays come back as they went in:
    ndarray for ndarray, DataArray with its own dimensions for DataArray.

    Examples
    --------
    >>> import numpy as np
    >>> system = LeontiefSystem.from_coefficients(np.array([[0.15, 0.25], [0.20, 0.05]]))
    >>> system.solve(np.array([600.0, 1500.0])).round(4)
    array([1247.5248, 1841.5842])
    """

    def __init__(self, table: MRIOTable, *, tolerance: float = DEFAULT_TOLERANCE) -> None:
        industries = Industries(table.n, tuple(table.regions), tuple(table.sectors))
        self._begin(table.A2, industries, table, tolerance)

    @classmethod
    def from_coefficients(
        cls, A: ArrayLike | xr.DataArray, *, tolerance: float = DEFAULT_TOLERANCE
    ) -> LeontiefSystem:
        """Build a system from input coefficients alone.

        Parameters
        ----------
        A : array_like, shape (n, n), or DataArray (region, sector, user_region, user_sector)
            Input per unit of output, users in columns. Not copied where it is C-contiguous
            float64; do not write to it while the system is in use.
        tolerance : float
            As for the class.

        Returns
        -------
        LeontiefSystem

        Raises
        ------
        TableError, LabelError, NonProductiveError
            If A is not square, has unusable labels or cells, or is not productive.
        """
        system = cls.__new__(cls)
        cells, industries = read_coefficients(A)
        system._begin(cells, industries, None, tolerance)
        return system

    def _begin(
        self, A: Float, industries: Industries, table: MRIOTable | None, tolerance: float
    ) -> None:
        self._A, self._table, self.industries, self.tolerance = A, table, industries, tolerance
        self._row_sums, self._column_sums = refuse_bad_cells(A, industries.name)
        check_productive(A, self._column_sums, industries.name)

    # ------------------------------------------------------------------ what it is made of
    @property
    def n(self) -> int:
        """Number of industries."""
        return self.industries.n

    @property
    def A(self) -> Float:
        """Input coefficients as a read-only (n, n) view."""
        return self._A

    @property
    def table(self) -> MRIOTable | None:
        """The table behind the system; None where it was built from coefficients."""
        return self._table

    @property
    def factorized(self) -> bool:
        """Whether the factorization has been made."""
        return "factors" in self.__dict__

    @cached_property
    def factors(self) -> DenseLU:
        """LU factors of I - A, for the other modules of this room."""
        return DenseLU.overwrite(identity_minus(self._A))

    def norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of I - A, or of its transpose."""
        sums, diagonal = self._column_sums if transposed else self._row_sums, self._A.diagonal()
        return float(np.max(np.abs(1 - diagonal) + sums - diagonal))

    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A) x`, or :math:`(I - A') x`, for (n,) or (n, k)."""
        return x - (self._A.T if transposed else self._A) @ x

    # ------------------------------------------------------------------ questions
    @overload
    def solve(self, f: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve(self, f: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve(self, f: Any, report: bool = False) -> Any:
        """Return the gross output that meets a final demand, :math:`(I - A)^{-1} f`.

        Parameters
        ----------
        f : ndarray, shape (n,) or (n, k), or DataArray (region, sector, ...)
            Final demand in the units of the table. Industries of a DataArray are matched by label;
            its further dimensions (scenario, final_use, ...) are kept.
        report : bool
            Whether to return a :class:`SolveReport` too.

        Returns
        -------
        x : as `f`
            Gross output.
        report : SolveReport
            Only if asked for.

        Raises
        ------
        TableError
            If `f` has the wrong shape or a cell that is not finite.
        LabelError
            If a dimension or label of `f` does not fit.
        SolverError
            If the backward error stays above the tolerance.
        """
        return self._answer(f, report, transposed=False)

    @overload
    def solve_prices(self, v: Array, report: Literal[False] = ...) -> Array: ...
    @overload
    def solve_prices(self, v: Array, report: Literal[True]) -> tuple[Array, SolveReport]: ...
    def solve_prices(self, v: Any, report: bool = False) -> Any:
        """Return the prices that cover value added, :math:`(I - A')^{-1} v`.

        Parameters
        ----------
        v : ndarray, shape (n,) or (n, k), or DataArray (region, sector, ...)
            Value added (or any other intensity) per unit of output.
        report : bool
            Whether to return a :class:`SolveReport` too.

        Returns
        -------
        p : as `v`
            Prices, or the intensity embodied in a unit of final demand.
        report : SolveReport
            Only if asked for.

        Raises
        ------
        TableError, LabelError, SolverError
            As for :meth:`solve`.
        """
        return self._answer(v, report, transposed=True)

    def _answer(self, rhs: Any, report: bool, *, transposed: bool) -> Any:
        values, restore = read_rhs(rhs, self.industries)
        solution, proof = checked_solve(
            values,
            lambda b: self.factors.solve(b, transposed=transposed),
            lambda x: self.product(x, transposed=transposed),
            self.norm(transposed=transposed),
            self.tolerance,
            "lu",
        )
        return (restore(solution), proof) if report else restore(solution)

    def inverse(self) -> Any:
        """Return the Leontief inverse :math:`L = (I - A)^{-1}`.

        Returns
        -------
        ndarray, shape (n, n), or DataArray (region, sector, user_region, user_sector)
            Labelled where the system has labels. It takes as much memory as A, and so do the
            factors where they exist. Ask :meth:`solve` for an answer instead where you can.

        Raises
        ------
        SolverError
            If a probe of the inverse fails the tolerance.
        """
        if self.factorized:
            inverse = self.factors.inverse()
        else:
            inverse = DenseLU.overwrite(identity_minus(self._A)).into_inverse()
        # The full residual costs as much as two more inverses; a column of ones touches each cell.
        checked_solve(
            np.ones(self.n),
            lambda b: inverse @ b,
            self.product,
            self.norm(),
            self.tolerance,
            "inverse",
        )
        return self.industries.wrap(inverse, "L", long_name="Leontief inverse")

    def multipliers(
        self,
        extension: str | Float | xr.DataArray = "output",
        closure: Literal["simple", "household"] = "simple",
        *,
        households: Households | None = None,
    ) -> Any:
        """Return multipliers per unit of final demand; see :mod:`iomodel.leontief.multipliers`.

        Parameters
        ----------
        extension : str or ndarray or DataArray
            ``"output"``, ``"value_added"``, an extension or a primary input of the table, or the
            intensity itself per unit of output, shape (n,) or (region, sector).
        closure : {"simple", "household"}
            Type I, or type II with endogenous households.
        households : Households, optional
            How households earn and spend; only with ``closure="household"``.

        Returns
        -------
        ndarray, shape (n,), or DataArray (region, sector)
        """
        from iomodel.leontief.multipliers import multipliers

        return multipliers(self, extension, closure, households=households)

    def __repr__(self) -> str:
        made = "factorized" if self.factorized else "not yet factorized"
        return f"<LeontiefSystem: {self.n} industries, {made}>"
