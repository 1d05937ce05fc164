"""A technology: input coefficients A, checked once, with products of I - A and norms of A."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import TableError
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.labels import Industries
from iomodel.leontief.productive import check_operator, check_productive, refuse_bad_cells
from iomodel.leontief.solvers.same_blas import matmul
from iomodel.typing import Float

__all__ = ["Technology"]


@dataclass(frozen=True, eq=False)
class Technology:
    """Productive input coefficients, in one array or known by their products alone.

    Attributes
    ----------
    industries : Industries
        Labels of rows and columns.
    row_sums, column_sums : ndarray, shape (n,)
        Of A.
    coefficients : ndarray, shape (n, n), or Operator
        A in one C-contiguous array, or its products.
    """

    industries: Industries
    row_sums: Float
    column_sums: Float
    coefficients: Float | Operator

    @classmethod
    def from_array(cls, A: Float, industries: Industries) -> Technology:
        """Return the technology of one array, read and not copied.

        Raises
        ------
        TableError
            If a cell is negative or not finite.
        NonProductiveError
            If the spectral radius of A is not below one.
        """
        row_sums, column_sums = refuse_bad_cells(A, industries.name)
        check_productive(A, column_sums, industries.name)
        return cls(industries, row_sums, column_sums, A)

    @classmethod
    def from_operator(cls, operator: Operator) -> Technology:
        """Return the technology of coefficients that are known by their products.

        Raises
        ------
        TableError, NonProductiveError, SolverError
            As :func:`~iomodel.leontief.productive.check_operator`.
        """
        industries = Industries(operator.n)
        row_sums, column_sums = operator.sums()
        check_operator(operator, row_sums, column_sums, industries.name)
        return cls(industries, row_sums, column_sums, operator)

    @property
    def A(self) -> Float:
        """Input coefficients in one array, shape (n, n).

        Raises
        ------
        TableError
            If they are known by their products alone.
        """
        if isinstance(self.coefficients, np.ndarray):
            return self.coefficients
        raise TableError(
            f"the coefficients are {self.coefficients.kind} and known by their products alone; "
            "build the system from an array to ask for cells, factors or the inverse"
        )

    @property
    def in_one_array(self) -> bool:
        """Whether the coefficients are in one array, and can be factorized."""
        return isinstance(self.coefficients, np.ndarray)

    @property
    def coefficient_norms(self) -> tuple[float, float]:
        """Infinity norms of A and of its transpose."""
        return self.coefficient_norm(), self.coefficient_norm(transposed=True)

    def coefficient_norm(self, *, transposed: bool = False) -> float:
        """Return the infinity norm of A, or of its transpose: its largest row or column sum."""
        return float(np.max(self.column_sums if transposed else self.row_sums))

    def product(self, x: Float, *, transposed: bool = False) -> Float:
        """Return :math:`(I - A) x`, or :math:`(I - A') x`, for (n,) or (n, k)."""
        A = self.coefficients
        Ax: Float
        if isinstance(A, np.ndarray):
            Ax = matmul(A.T if transposed else A, x)
        else:
            rows = np.ascontiguousarray(np.atleast_2d(x.T))
            Ax = A.times(rows, transposed=transposed).T.reshape(x.shape)
        return x - Ax
