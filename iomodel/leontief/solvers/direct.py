"""The direct solver: LU factors in double precision, refined once if needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.leontief.solvers.backward_error import SolveReport, checked_solve
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.leontief.solvers.freivalds import MANY, probed_error, probed_solve
from iomodel.leontief.technology import Technology
from iomodel.typing import Float, Index

__all__ = ["Direct"]


@dataclass(frozen=True, eq=False)
class Direct:
    """Solutions by the factors of I - A in float64.

    Attributes
    ----------
    technology : Technology
        The coefficients.
    factors : DenseLU
        Of I - A in float64.
    """

    technology: Technology
    factors: DenseLU

    def solve(
        self, rhs: Float, tolerance: float, *, transposed: bool = False
    ) -> tuple[Float, SolveReport]:
        """Return solutions for `rhs`, (n,) or (n, k), and their report.

        Raises
        ------
        SolverError
            If a backward error stays above `tolerance`.
        """

        def solver(b: Float) -> Float:
            solution: Float = self.factors.solve(b, transposed=transposed)
            return solution

        def product(x: Float) -> Float:
            return self.technology.product(x, transposed=transposed)

        def dual_product(u: Float) -> Float:
            return self.technology.product(u, transposed=not transposed)

        norm = self.technology.coefficient_norm(transposed=transposed)
        if rhs.ndim == 1 or rhs.shape[1] < MANY:
            return checked_solve(rhs, solver, product, norm, tolerance, "lu")
        return probed_solve(rhs, solver, product, dual_product, norm, tolerance, "lu")

    def columns(self, industries: Index) -> tuple[Float, float]:
        """Return columns of the Leontief inverse, (n, k), and a bound of their backward error."""
        columns: Float = self.factors.columns(industries)
        error = probed_error(
            lambda probes: probes[industries].T,
            np.ones(industries.size),
            columns,
            lambda probes: self.technology.product(probes, transposed=True),
            self.technology.coefficient_norm(),
        )
        return columns, error
