"""Interface of the solvers: right-hand sides in, solutions with their backward errors out."""

from __future__ import annotations

from typing import Protocol

from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.typing import Float

__all__ = ["LinearSolver"]


class LinearSolver(Protocol):
    """A way to solve (I - A) x = f and (I - A') p = v for one technology."""

    def solve(
        self, rhs: Float, tolerance: float, *, transposed: bool = False
    ) -> tuple[Float, SolveReport]:
        """Return solutions for `rhs`, (n,) or (n, k), and their report.

        Raises
        ------
        SolverError
            If a backward error stays above `tolerance`.
        """
        ...
