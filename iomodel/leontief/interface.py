"""Interface of a system and of its updates: labelled demand in, labelled output out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, TypeVar, overload

import xarray as xr

from iomodel.leontief.labels import Industries, read_rhs
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["Array", "LabelledSolver", "Solver"]

Array = TypeVar("Array", Float, xr.DataArray)


class LabelledSolver(ABC):
    """The two questions of the Leontief model, for ndarrays and for DataArrays."""

    @abstractmethod
    def _labelled_answer(self, rhs: Any, *, transposed: bool) -> tuple[Any, SolveReport]:
        """Return the solution in the form of `rhs`, and its report."""

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
        x, solve_report = self._labelled_answer(f, transposed=False)
        return (x, solve_report) if report else x

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
        p, solve_report = self._labelled_answer(v, transposed=True)
        return (p, solve_report) if report else p


class Solver(LabelledSolver):
    """One technology that can be solved: a system, or an update of one.

    Attributes
    ----------
    industries : Industries
        Labels of rows and columns.
    tolerance : float
        Largest normwise backward error of an answer.
    """

    industries: Industries
    tolerance: float

    @property
    def n(self) -> int:
        """Number of industries."""
        return self.industries.n

    @property
    def table(self) -> MRIOTable | None:
        """The table behind the coefficients, if any."""
        return None

    @abstractmethod
    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A) x`, or :math:`(I - A') x`, for (n,) or (n, k)."""

    @abstractmethod
    def coefficient_norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of A, or of its transpose: the size for backward errors."""

    @abstractmethod
    def answer(self, rhs: Float, *, transposed: bool = False) -> tuple[Float, SolveReport]:
        """Solve without labels, for the other modules of this package.

        Parameters
        ----------
        rhs : ndarray, shape (n,) or (n, k)
            Finite right-hand sides.
        transposed : bool
            Whether prices are asked for.

        Returns
        -------
        solution : ndarray, the shape of `rhs`
        report : SolveReport

        Raises
        ------
        SolverError
            If the backward error stays above the tolerance.
        """

    def _labelled_answer(self, rhs: Any, *, transposed: bool) -> tuple[Any, SolveReport]:
        values, restore = read_rhs(rhs, self.industries)
        solution, report = self.answer(values, transposed=transposed)
        return restore(solution), report
