"""The iterative solver: GMRES with a preconditioner, refined to double precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from iomodel.errors import SolverError
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.leontief.solvers.krylov import gmres
from iomodel.leontief.solvers.preconditioners import Preconditioner
from iomodel.leontief.solvers.refinement import (
    GOAL_NORMWISE,
    Correction,
    bounded_scale,
    refined_solve,
)
from iomodel.typing import Float

__all__ = ["Iterative"]

# Goal of one pass of GMRES and its longest run, by precision. Two passes
# make twelve digits; hard technologies take more passes.
SINGLE = (2e-7, 30)
DOUBLE = (1e-9, 60)
# Right-hand sides per block: enough for full speed of the products.
BLOCK = 128


@dataclass(frozen=True, eq=False)
class Iterative:
    """Solutions of (I - A) x = f and (I - A') p = v by products alone.

    Attributes
    ----------
    operator : Operator
        The coefficients.
    row_sums, column_sums : ndarray, shape (n,)
        Their sums.
    norms : tuple of float
        Infinity norms of A and of its transpose.
    preconditioner : Preconditioner
        Approximate inverse of I - A.
    block : int
        Right-hand sides per block.
    method : str
        Name for the report.
    """

    operator: Operator
    row_sums: Float
    column_sums: Float
    norms: tuple[float, float]
    preconditioner: Preconditioner
    block: int = BLOCK
    method: str = "krylov"

    def solve(
        self, rhs: Float, tolerance: float, *, transposed: bool = False
    ) -> tuple[Float, SolveReport]:
        """Return solutions for `rhs`, (n,) or (n, k), and their report.

        Raises
        ------
        SolverError
            If a backward error stays above `tolerance`.
        """
        rows = np.ascontiguousarray(np.atleast_2d(rhs.T))
        solutions, reports = np.empty(rows.shape), []
        for start in range(0, rows.shape[0], self.block):
            block = slice(start, start + self.block)
            solutions[block], report = self._refined(rows[block], tolerance, transposed)
            reports.append(report)
        solution = np.ascontiguousarray(solutions.T).reshape(rhs.shape)
        if not reports:
            return solution, SolveReport(0.0, 0, self.method, 0.0)
        return solution, SolveReport(
            max(r.residual for r in reports),
            max(r.iterations for r in reports),
            max((r.method for r in reports), key=len),
            sum(r.seconds for r in reports),
        )

    def _refined(
        self, rows: Float, tolerance: float, transposed: bool
    ) -> tuple[Float, SolveReport]:
        def product(x: Float) -> Float:
            return x - self.operator.times(x, transposed=transposed)

        def attempt(single: bool, name: str) -> tuple[Float, SolveReport]:
            return refined_solve(
                rows,
                self._correction(single, transposed),
                product,
                self.norms[1 if transposed else 0],
                tolerance,
                name,
                self.output_scale(rows, transposed),
            )

        # Condition numbers about 1e7 leave single precision no digit to work with: corrections
        # stall above the tolerance, or below it but short of the goal.
        try:
            solution, report = attempt(True, self.method)
            if report.residual <= GOAL_NORMWISE:
                return solution, report
        except SolverError:
            pass
        return attempt(False, f"{self.method} in float64")

    def output_scale(self, rows: Float, transposed: bool) -> Float:
        """Return a first guess of gross output, used to scale residuals. Positive, shape (k, n).

        Final demand plus the intermediate sales of an industry to others of average size.
        """
        sums = self.column_sums if transposed else self.row_sums
        size = np.abs(rows)
        return bounded_scale(size + size.mean(axis=1, keepdims=True) * sums)

    def _correction(self, single: bool, transposed: bool) -> Correction:
        tolerance, max_steps = SINGLE if single else DOUBLE
        times: Any = self.operator.times_single if single else self.operator.times
        kind = np.float32 if single else np.float64

        def correct(residual: Float, scale: Float, gain: float) -> tuple[Float, int]:
            # Industries are weighed by their size: GMRES lowers the sum of squared residuals, which
            # the largest industries would dominate.
            relative_scale = scale / scale.max(axis=1, keepdims=True)
            weight: Any = relative_scale.astype(kind)
            scaled_residual = residual / relative_scale
            length = np.linalg.norm(scaled_residual, axis=1, keepdims=True)
            length = np.where(length > 0, length, 1.0)

            def apply(u: Any) -> Any:
                z = self.preconditioner.apply(u * weight, transposed=transposed)
                return (z - times(z, transposed=transposed)) / weight

            rhs = (scaled_residual / length).astype(kind)
            u, steps = gmres(apply, rhs, max(gain, tolerance), max_steps)
            step = self.preconditioner.apply(u * weight, transposed=transposed)
            return step.astype(np.float64) * length, steps

        return correct
