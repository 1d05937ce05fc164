"""The mixed-precision solver: float32 factors, solutions refined to float64.

Half the memory and half the time of factors in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.leontief.solvers.refinement import refined_solve
from iomodel.typing import Float

__all__ = ["Mixed"]


@dataclass(frozen=True, eq=False)
class Mixed:
    """Solutions by float32 factors of I - A and residuals in float64.

    Attributes
    ----------
    factors : DenseLU
        Of I - A in float32.
    operator : Operator
        The coefficients.
    norms : tuple of float
        Infinity norms of A and of its transpose.
    """

    factors: DenseLU
    operator: Operator
    norms: tuple[float, float]

    def solve(
        self, rhs: Float, tolerance: float, *, transposed: bool = False
    ) -> tuple[Float, SolveReport]:
        """Return solutions for `rhs`, (n,) or (n, k), and their report.

        Raises
        ------
        SolverError
            If a backward error stays above `tolerance`.
        """

        def correct(residual: Float, scale: Float, gain: float) -> tuple[Float, int]:
            # float32 ends at 1e38: residuals are brought to size one first.
            size = np.abs(residual).max(axis=1, keepdims=True)
            size = np.where(size > 0, size, 1.0)
            step = self.factors.solve((residual / size).T, transposed=transposed)
            return step.T * size, 1

        def product(x: Float) -> Float:
            return x - self.operator.times(x, transposed=transposed)

        rows = np.ascontiguousarray(np.atleast_2d(rhs.T))
        solutions, report = refined_solve(
            rows,
            correct,
            product,
            self.norms[1 if transposed else 0],
            tolerance,
            "mixed",
            np.ones(rows.shape),
        )
        return np.ascontiguousarray(solutions.T).reshape(rhs.shape), report
