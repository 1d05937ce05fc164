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
from iomodel.leontief.solvers.refinement import GOAL_NORMWISE, Correction, refined_solve
from iomodel.typing import Float

__all__ = ["Iterative"]

# Digits that one pass of GMRES in single precision is asked for, and its longest run. Two passes
# make twelve digits; hard technologies take more passes.
SINGLE = (2e-7, 30)
DOUBLE = (1e-9, 60)
# Right-hand sides worked on at once: enough for full speed of the products.
GROUP = 128


@dataclass(frozen=True, eq=False)
class Iterative:
    """Answers to (I - A) x = f and (I - A') p = v by products alone.

    Attributes
    ----------
    operator : Operator
        The coefficients.
    row_sums, column_sums : ndarray, shape (n,)
        Their sums.
    norms : tuple of float
        Infinity norms of I - A and of its transpose.
    near : Preconditioner
        What is near to the inverse.
    group : int
        Right-hand sides worked on at once.
    method : str
        Name for the report.
    """

    operator: Operator
    row_sums: Float
    column_sums: Float
    norms: tuple[float, float]
    near: Preconditioner
    group: int = GROUP
    method: str = "krylov"

    def solve(
        self, rhs: Float, tolerance: float, *, transposed: bool = False
    ) -> tuple[Float, SolveReport]:
        """Return the answers for `rhs`, (n,) or (n, k), and their proof.

        Raises
        ------
        SolverError
            If a backward error stays above `tolerance`.
        """
        rows = np.ascontiguousarray(np.atleast_2d(rhs.T))
        answers, reports = np.empty(rows.shape), []
        for first in range(0, rows.shape[0], self.group):
            part = slice(first, first + self.group)
            answers[part], report = self._refined(rows[part], tolerance, transposed)
            reports.append(report)
        solution = np.ascontiguousarray(answers.T).reshape(rhs.shape)
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
                self._rough_size(rows, transposed),
            )

        # Condition numbers about 1e7 leave single precision no digit to work with: corrections
        # stall above the tolerance, or below it but short of the goal.
        try:
            answer, report = attempt(True, self.method)
            if report.residual <= GOAL_NORMWISE:
                return answer, report
        except SolverError:
            pass
        return attempt(False, f"{self.method} in float64")

    def _rough_size(self, rows: Float, transposed: bool) -> Float:
        """Return what industries sell if all others were of average size: positive, (k, n)."""
        sums = self.column_sums if transposed else self.row_sums
        size = np.abs(rows)
        size = size + size.mean(axis=1, keepdims=True) * sums
        top = size.max(axis=1, keepdims=True)
        rough: Float = np.maximum(size, np.where(top > 0, 1e-10 * top, 1.0))
        return rough

    def _correction(self, single: bool, transposed: bool) -> Correction:
        tolerance, max_steps = SINGLE if single else DOUBLE
        times: Any = self.operator.times_single if single else self.operator.times
        kind = np.float32 if single else np.float64

        def correct(residual: Float, scale: Float, gain: float) -> tuple[Float, int]:
            # Industries are weighed by their size: GMRES lowers the sum of squared residuals, and
            # unweighed the largest industries would be all that it sees.
            top = scale.max(axis=1, keepdims=True)
            weight: Any = (scale / top).astype(kind)
            wanted = residual / (scale / top)
            length = np.linalg.norm(wanted, axis=1, keepdims=True)
            length = np.where(length > 0, length, 1.0)

            def apply(u: Any) -> Any:
                z = self.near.apply(u * weight, transposed=transposed)
                return (z - times(z, transposed=transposed)) / weight

            right = (wanted / length).astype(kind)
            u, steps = gmres(apply, right, max(gain, tolerance), max_steps)
            step = self.near.apply(u * weight, transposed=transposed)
            return step.astype(np.float64) * length, steps

        return correct
