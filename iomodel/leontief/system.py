"""The Leontief system: x = (I - A)^-1 f and its dual p = (I - A')^-1 v."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any, Literal, Self

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy import sparse

from iomodel.errors import SolverError, TableError
from iomodel.leontief.forms.operators import Dense, Operator
from iomodel.leontief.forms.sparse import Sparse
from iomodel.leontief.household import Households
from iomodel.leontief.interface import Solver
from iomodel.leontief.labels import Industries, read_coefficients
from iomodel.leontief.multipliers import multipliers
from iomodel.leontief.plan import (
    FACTORIZING,
    Method,
    Plan,
    checked_method,
    dense_plan,
    methods_in_turn,
    operator_plan,
)
from iomodel.leontief.solvers.backward_error import DEFAULT_TOLERANCE, SolveReport, checked_solve
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.leontief.solvers.freivalds import MANY
from iomodel.leontief.solvers.table import SolverTable
from iomodel.leontief.technology import Technology
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float, Index

__all__ = ["LeontiefSystem", "base_system"]


class LeontiefSystem(Solver):
    r"""The open Leontief model of a table, solved without its inverse.

    Parameters
    ----------
    table : MRIOTable
        Its coefficients are used as they lie in memory, without a copy.
    method : {"auto", "krylov", "mixed", "lu", "sparse", "structured"}
        Solver. ``"auto"`` lets :attr:`plan` choose by size, kind of technology and number
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
    for iteration, are made by the first question that needs them and kept in :attr:`solvers`.
    Threads may share a system.
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
        checked = checked_method(method)
        self._begin(Technology.from_array(table.A2, industries), table, checked, tolerance)

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
        if isinstance(A, Operator) or sparse.issparse(A):
            operator: Operator = A if isinstance(A, Operator) else Sparse(A)
            checked = checked_method(method)
            if method not in ("auto", "krylov", operator.kind):
                raise TableError(
                    f"the coefficients are {operator.kind} and known by their products alone; "
                    f"method {method!r} needs them in one array: pass it, or leave the method out"
                )
            technology = Technology.from_operator(operator)
        else:
            array: Any = A
            cells, industries = read_coefficients(array)
            checked = checked_method(method)
            technology = Technology.from_array(cells, industries)
        system = cls.__new__(cls)
        system._begin(technology, None, checked, tolerance)
        return system

    def _begin(
        self, technology: Technology, table: MRIOTable | None, method: Method, tolerance: float
    ) -> None:
        self.technology, self._table = technology, table
        self.industries = technology.industries
        self.method, self.tolerance = method, tolerance
        self.solvers = SolverTable(technology, method)

    # ------------------------------------------------------------------ coefficients and factors
    @property
    def A(self) -> Float:
        """Input coefficients as a read-only (n, n) view.

        Raises
        ------
        TableError
            If the coefficients are known by their products alone.
        """
        return self.technology.A

    @property
    def table(self) -> MRIOTable | None:
        """The table behind the system; None for a system of coefficients alone."""
        return self._table

    @property
    def plan(self) -> Plan:
        """How the next single right-hand side will be solved, and why."""
        return self.plan_for(1)

    def plan_for(self, columns: int) -> Plan:
        """Return how `columns` right-hand sides in one question would be solved, and why."""
        solvers = self.solvers
        if not self.technology.in_one_array:
            return operator_plan(solvers.form(), columns)
        plan = dense_plan(self.n, columns, solvers.iterated, self.method, solvers.factorized)
        if plan.method != "krylov" or isinstance(solvers.form(), Dense):
            return plan
        return operator_plan(solvers.form(), columns)

    @property
    def factorized(self) -> bool:
        """Whether a factorization has been made."""
        return bool(self.solvers.factorized)

    @property
    def factors(self) -> DenseLU:
        """LU factors of I - A in float64; made at first use and kept."""
        return self.solvers.double_factors()

    def coefficient_norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of A, or of its transpose."""
        return self.technology.coefficient_norm(transposed=transposed)

    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A) x`, or :math:`(I - A') x`, for (n,) or (n, k)."""
        return self.technology.product(x, transposed=transposed)

    # ------------------------------------------------------------------ questions
    def condition(self, *, transposed: bool = False) -> float:
        r"""Return the condition number of outputs, or of prices, for relative changes of A.

        .. math:: \kappa = \| L A \|_\infty = \| L - I \|_\infty = \max_i (L e)_i - 1

        with :math:`L = (I - A)^{-1}`. L is not negative, so that one solution, for
        :math:`e = (1, ..., 1)`, has it exactly. Where every coefficient changes by at most a share
        :math:`\eta`, outputs change by at most :math:`\eta \kappa / (1 - \eta \kappa)` of the
        largest [Higham2002]_ (theorem 7.4).

        Parameters
        ----------
        transposed : bool
            Whether prices are meant: :math:`\| L' A' \|_\infty`.

        Returns
        -------
        float
            Without unit, but it changes with the units of the industries; at least
            :math:`\rho / (1 - \rho)` in any units, with :math:`\rho` the spectral radius of A.

        Raises
        ------
        SolverError
            If the backward error stays above the tolerance.

        Examples
        --------
        >>> system = LeontiefSystem.from_coefficients([[0.999]])
        >>> round(system.condition())
        999
        """
        largest, _ = self.answer(np.ones(self.n), transposed=transposed)
        return float(largest.max()) - 1.0

    def answer(self, rhs: Float, *, transposed: bool = False) -> tuple[Float, SolveReport]:
        """Solve without labels: by the solver of the plan, or the next one if it fails.

        Parameters and result as :meth:`Solver.answer`.

        Raises
        ------
        SolverError
            If the backward error stays above the tolerance with the last solver too.
        """
        columns = rhs.shape[1] if rhs.ndim == 2 else 1
        *earlier, last = methods_in_turn(
            self.plan_for(columns).method, self.method, self.technology.in_one_array
        )
        start = perf_counter()
        for method in earlier:
            try:
                solution, report = self._solved_by(method, rhs, transposed)
            except SolverError:
                self.solvers.discard(method)
            else:
                return solution, replace(report, seconds=perf_counter() - start)
        solution, report = self._solved_by(last, rhs, transposed)
        return solution, replace(report, seconds=perf_counter() - start)

    def _solved_by(self, method: str, rhs: Float, transposed: bool) -> tuple[Float, SolveReport]:
        solver = self.solvers.solver(method)
        solution, report = solver.solve(rhs, self.tolerance, transposed=transposed)
        if method not in FACTORIZING:
            self.solvers.count_iterated(rhs.shape[1] if rhs.ndim == 2 else 1)
        return solution, report

    def columns(self, industries: Index) -> tuple[Float, SolveReport]:
        r"""Return columns of the Leontief inverse, for the other modules of this package.

        Parameters
        ----------
        industries : ndarray of int, shape (k,)
            Indices of the columns.

        Returns
        -------
        columns : ndarray, shape (n, k), in either memory order
        report : SolveReport

        Raises
        ------
        SolverError
            If the backward error stays above the tolerance.
        """
        k = industries.size
        if k >= MANY and self.plan_for(k).method == "lu":
            start = perf_counter()
            # Eliminated last, these rows cost half as much to solve for.
            self.solvers.double_factors(last=np.unique(industries))
            columns, error = self.solvers.direct().columns(industries)
            if error <= self.tolerance:
                return columns, SolveReport(error, 0, "lu", perf_counter() - start)
        unit_columns = np.zeros((self.n, k))
        unit_columns[industries, np.arange(k)] = 1.0
        return self.answer(unit_columns)

    def inverse(self) -> Any:
        """Return the Leontief inverse :math:`L = (I - A)^{-1}`.

        Returns
        -------
        ndarray, shape (n, n), or DataArray (region, sector, user_region, user_sector)
            Labelled if the system has labels. It takes as much memory as A, and so do factors that
            exist. Ask :meth:`solve` for an answer instead if you can.

        Raises
        ------
        SolverError
            If a probe of the inverse fails the tolerance.
        """
        inverse = self.solvers.inverse()
        # The full residual costs as much as two more inverses; a column of ones touches each cell.
        checked_solve(
            np.ones(self.n),
            lambda b: inverse @ b,
            self.product,
            self.coefficient_norm(),
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
        return multipliers(self, extension, closure, households=households)

    def __repr__(self) -> str:
        return f"<LeontiefSystem: {self.n:,} industries, {self.plan.method}>"


def base_system(table: MRIOTable, system: LeontiefSystem | None) -> LeontiefSystem:
    """Return the Leontief system of a table: the one at hand, or a new one.

    Raises
    ------
    TableError
        If the one at hand belongs to another table.
    """
    if system is None:
        return LeontiefSystem(table)
    # A table caches its coefficients, so the system of the same table holds the same memory.
    if system.table is not table:
        raise TableError(
            f"the system given is not that of table {table.name!r}; pass LeontiefSystem(table), or "
            "leave it out"
        )
    return system
