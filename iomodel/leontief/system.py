"""The Leontief system: x = (I - A)^-1 f and its dual p = (I - A')^-1 v."""

from __future__ import annotations

from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeVar, overload

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy import sparse

from iomodel.errors import SolverError, TableError
from iomodel.leontief.forms.choice import operator_of
from iomodel.leontief.forms.operators import Dense, Operator
from iomodel.leontief.forms.sparse import Sparse
from iomodel.leontief.labels import Industries, read_coefficients, read_rhs
from iomodel.leontief.plan import Method, Plan, checked_method, dense_plan, operator_plan
from iomodel.leontief.productive import check_operator, check_productive, refuse_bad_cells
from iomodel.leontief.solvers.backward_error import DEFAULT_TOLERANCE, SolveReport, checked_solve
from iomodel.leontief.solvers.blocks import national_blocks
from iomodel.leontief.solvers.dense_lu import DenseLU, identity_minus
from iomodel.leontief.solvers.iterative import Iterative
from iomodel.leontief.solvers.mixed import Mixed
from iomodel.leontief.solvers.preconditioners import Preconditioner
from iomodel.leontief.solvers.probes import MANY, probed_error, probed_solve
from iomodel.leontief.solvers.same_blas import matmul
from iomodel.typing import Float, Index

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
    r"""The open Leontief model of a table: asks for answers, not for an inverse.

    Parameters
    ----------
    table : MRIOTable
        Its coefficients are used as they lie in memory, without a copy.
    method : {"auto", "krylov", "mixed", "lu", "sparse", "structured"}
        How to answer. ``"auto"`` lets :attr:`plan` choose by size, kind of technology and number
        of right-hand sides.
    tolerance : float
        Largest normwise backward error of an answer; see
        :mod:`iomodel.leontief.solvers.backward_error`.

    Raises
    ------
    TableError
        If a coefficient is negative or not finite.
    LabelError
        If the method is unknown.
    NonProductiveError
        If the spectral radius of A is not below one; the message names the industries.

    Notes
    -----
    With :math:`f` final demand and :math:`v` value added per unit of output
    [MillerBlair2009]_ (sections 2.2 and 2.6),

    .. math:: x = (I - A)^{-1} f, \qquad p = (I - A')^{-1} v.

    Industry ``(region r, sector s)`` has index ``r * S + s``. Factors, and the float32 copy of A
    that the iterative solver works on, are made by the first question that wants them and kept.
    Arrays come back as they went in: ndarray for ndarray, DataArray with its own dimensions for
    DataArray.

    Examples
    --------
    >>> import numpy as np
    >>> system = LeontiefSystem.from_coefficients(np.array([[0.15, 0.25], [0.20, 0.05]]))
    >>> system.solve(np.array([600.0, 1500.0])).round(4)
    array([1247.5248, 1841.5842])
    """

    def __init__(
        self,
        table: MRIOTable,
        *,
        method: Method = "auto",
        tolerance: float = DEFAULT_TOLERANCE,
    ) -> None:
        industries = Industries(table.n, tuple(table.regions), tuple(table.sectors))
        self._begin(table.A2, industries, table, method, tolerance)

    @classmethod
    def from_coefficients(
        cls,
        A: ArrayLike | xr.DataArray | Operator | sparse.sparray | sparse.spmatrix,
        *,
        method: Method = "auto",
        tolerance: float = DEFAULT_TOLERANCE,
    ) -> Self:
        """Build a system from input coefficients alone.

        Parameters
        ----------
        A : array_like, shape (n, n), or DataArray (region, sector, user_region, user_sector)
            Input per unit of output, users in columns. Not copied where it is C-contiguous
            float64; do not write to it while the system is in use. A sparse array of SciPy, or
            coefficients that are known by their products: :class:`SharedImports`,
            :class:`OnDisk`, :class:`OnCluster`.
        method, tolerance
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
        if isinstance(A, Operator) or sparse.issparse(A):
            system._begin_by_products(A, method, tolerance)
            return system
        array: Any = A
        cells, industries = read_coefficients(array)
        system._begin(cells, industries, None, method, tolerance)
        return system

    def _begin(
        self,
        A: Float,
        industries: Industries,
        table: MRIOTable | None,
        method: str,
        tolerance: float,
    ) -> None:
        self.method = checked_method(method)
        self._A, self._table, self.industries, self.tolerance = A, table, industries, tolerance
        self.row_sums, self.column_sums = refuse_bad_cells(A, industries.name)
        check_productive(A, self.column_sums, industries.name)
        self._iterated, self._by_products = 0, False

    def _begin_by_products(self, A: Any, method: str, tolerance: float) -> None:
        operator: Operator = A if isinstance(A, Operator) else Sparse(A)
        self.method = checked_method(method)
        if method not in ("auto", "krylov", operator.kind):
            raise TableError(
                f"the coefficients are {operator.kind} and known by their products alone; method "
                f"{method!r} needs them in one array: pass it, or leave the method out"
            )
        self._table, self.tolerance = None, tolerance
        self.industries = Industries(operator.n)
        self.operator = operator
        self.row_sums, self.column_sums = operator.sums()
        check_operator(operator, self.row_sums, self.column_sums, self.industries.name)
        self._iterated, self._by_products = 0, True

    # ------------------------------------------------------------------ what it is made of
    @property
    def n(self) -> int:
        """Number of industries."""
        return self.industries.n

    @property
    def A(self) -> Float:
        """Input coefficients as a read-only (n, n) view.

        Raises
        ------
        TableError
            If the coefficients are known by their products alone.
        """
        if self._by_products:
            raise TableError(
                f"the coefficients are {self.operator.kind} and known by their products alone; "
                "build the system from an array to ask for cells, factors or the inverse"
            )
        return self._A

    @property
    def table(self) -> MRIOTable | None:
        """The table behind the system; None where it was built from coefficients."""
        return self._table

    @property
    def plan(self) -> Plan:
        """How the next single right-hand side will be answered, and why."""
        return self.plan_for(1)

    def plan_for(self, columns: int) -> Plan:
        """Return how `columns` right-hand sides in one question would be answered, and why."""
        if self._by_products:
            return operator_plan(self.operator, columns)
        at_hand = (
            "lu" if "factors" in self.__dict__ else "mixed" if "_mixed" in self.__dict__ else ""
        )
        plan = dense_plan(self.n, columns, self._iterated, self.method, at_hand)
        if plan.method != "krylov" or isinstance(self.operator, Dense):
            return plan
        return operator_plan(self.operator, columns)

    @property
    def factorized(self) -> bool:
        """Whether a factorization has been made."""
        return "factors" in self.__dict__ or "_mixed" in self.__dict__

    @cached_property
    def factors(self) -> DenseLU:
        """LU factors of I - A in float64, for the other modules of this room."""
        return DenseLU.overwrite(identity_minus(self.A))

    @property
    def at_hand(self) -> DenseLU:
        """The factors that there are, in the lower precision where there are both."""
        return self._mixed.factors if "_mixed" in self.__dict__ else self.factors

    @cached_property
    def operator(self) -> Operator:
        """What products are made with: the array itself, or a form of it that is faster."""
        return operator_of(self.A, self.industries.shape, self.method)

    @cached_property
    def _mixed(self) -> Mixed:
        factors = DenseLU.overwrite(identity_minus(self.A, np.float32))
        return Mixed(factors, self.operator, (self.norm(), self.norm(transposed=True)))

    @cached_property
    def _krylov(self) -> Iterative:
        norms = (self.norm(), self.norm(transposed=True))
        return Iterative(
            self.operator,
            self.row_sums,
            self.column_sums,
            norms,
            self._near,
            method=self.operator.kind,
        )

    @cached_property
    def _near(self) -> Preconditioner:
        return national_blocks(self.operator, self.industries.shape[1])

    @cached_property
    def _diagonal(self) -> Float:
        return self.operator.diagonal() if self._by_products else self._A.diagonal()

    def norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of I - A, or of its transpose."""
        sums, diagonal = self.column_sums if transposed else self.row_sums, self._diagonal
        return float(np.max(np.abs(1 - diagonal) + sums - diagonal))

    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A) x`, or :math:`(I - A') x`, for (n,) or (n, k)."""
        if self._by_products:
            rows = np.ascontiguousarray(np.atleast_2d(x.T))
            answer: Float = x - self.operator.times(rows, transposed=transposed).T.reshape(x.shape)
            return answer
        left: Float = x - matmul(self._A.T if transposed else self._A, x)
        return left

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
        solution, proof = self.answer(values, transposed=transposed)
        return (restore(solution), proof) if report else restore(solution)

    def answer(self, rhs: Float, *, transposed: bool = False) -> tuple[Float, SolveReport]:
        """Answer without labels, for the other modules of this room.

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
        columns = rhs.shape[1] if rhs.ndim == 2 else 1
        chosen = self.plan_for(columns).method
        # A technology too ill-conditioned for a method that was not asked for gets the next one.
        if chosen not in ("mixed", "lu"):
            try:
                answer = self._krylov.solve(rhs, self.tolerance, transposed=transposed)
                self._iterated += columns
                return answer
            except SolverError:
                if self.method != "auto" or self._by_products:
                    raise
        if chosen == "mixed":
            try:
                return self._mixed.solve(rhs, self.tolerance, transposed=transposed)
            except SolverError:
                if self.method != "auto":
                    raise
                del self.__dict__["_mixed"]

        def solver(b: Float) -> Float:
            answer: Float = self.factors.solve(b, transposed=transposed)
            return answer

        def product(x: Float) -> Float:
            return self.product(x, transposed=transposed)

        norm = self.norm(transposed=transposed)
        if columns < MANY:
            return checked_solve(rhs, solver, product, norm, self.tolerance, "lu")

        def dual_product(u: Float) -> Float:
            return self.product(u, transposed=not transposed)

        return probed_solve(rhs, solver, product, dual_product, norm, self.tolerance, "lu")

    def columns(self, which: Index) -> tuple[Float, SolveReport]:
        r"""Return columns of the Leontief inverse, for the other modules of this room.

        Parameters
        ----------
        which : ndarray of int, shape (k,)
            Industries.

        Returns
        -------
        columns : ndarray, shape (n, k), in either memory order
        report : SolveReport

        Raises
        ------
        SolverError
            If the backward error stays above the tolerance.
        """
        k = which.size
        if k >= MANY and self.plan_for(k).method == "lu":
            start = perf_counter()
            if "factors" not in self.__dict__:
                last = np.unique(which)
                self.factors = DenseLU.overwrite(identity_minus(self.A), last=last)
            columns: Float = self.factors.columns(which)
            error = probed_error(
                lambda probes: probes[which].T,
                np.ones(k),
                columns,
                lambda probes: self.product(probes, transposed=True),
                self.norm(),
            )
            if error <= self.tolerance:
                return columns, SolveReport(error, 0, "lu", perf_counter() - start)
        units = np.zeros((self.n, k))
        units[which, np.arange(k)] = 1.0
        return self.answer(units)

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
        if "factors" in self.__dict__:
            inverse = self.factors.inverse()
        else:
            inverse = DenseLU.overwrite(identity_minus(self.A)).into_inverse()
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
        return f"<LeontiefSystem: {self.n:,} industries, {self.plan.method}>"
