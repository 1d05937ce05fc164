r"""Backward errors: every solution carries its own, and none above the tolerance is returned.

The measure is the normwise backward error of Rigal and Gaches, in the infinity norm [Higham2002]_
(theorem 7.1): with :math:`r = f - (I - A) x`,

.. math:: \eta(x) = \frac{\|r\|}{\|A\| \|x\| + \|f\|}

is the smallest number for which x solves :math:`(I - A - \Delta A) x = f + \Delta f` with
:math:`\|\Delta A\| \le \eta \|A\|` and :math:`\|\Delta f\| \le \eta \|f\|`. Coefficients and demand
are data and may change; the identity is not, and may not. Measured against :math:`\|I - A\|`, a
coefficient of .999999 alone leaves nothing to measure against: rounding :math:`x - A x` costs units
of :math:`\|x\|`, a million times :math:`\|I - A\| \|x\|`, and the best answer of float64 fails.

The measure can always be met. An elimination and the product :math:`x - A x` leave
:math:`\|r\| \le c u (1 + \|A\|) \|x\|` with u the unit of rounding and c small, and
:math:`\|x\| \le \|A\| \|x\| + \|f\| + \|r\|`, so that :math:`\eta \le 2 c u` but for terms in
:math:`u^2`. For the same reason it is at most twice the measure with :math:`\|I - A\|`, and it is
smaller only where I cancels A.

A small :math:`\eta` says nothing of the distance to a singular matrix. Singular technologies are
refused before any solve, by bounds of the spectral radius that must stay clear of one by the
rounding of a sum (:mod:`iomodel.leontief.productive`); what :math:`\eta` means for x is the
condition number, :meth:`iomodel.leontief.LeontiefSystem.condition`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from iomodel.errors import SolverError
from iomodel.typing import Float

__all__ = ["DEFAULT_TOLERANCE", "SolveReport", "backward_error", "checked_solve", "refuse_above"]


# Gaussian elimination with partial pivoting leaves a backward error of a few units of rounding
# (2e-16), hardly growing with n for diagonally dominant technologies. 1e-12 is some thousand times
# that, so it never trips on rounding, and a thousand times below the 1e-9 of a table's accounting
# identities, so that answers agree with their table to all its digits.
DEFAULT_TOLERANCE = 1e-12


@dataclass(frozen=True)
class SolveReport:
    """Method and backward error of a solve.

    Attributes
    ----------
    residual : float
        Normwise backward error of the worst column; for many columns through an LU a bound of it
        (:mod:`iomodel.leontief.solvers.freivalds`).
    iterations : int
        Steps of iterative refinement that were needed.
    method : str
        Name of the solver.
    seconds : float
        Wall time, the check included and a first factorization too.
    """

    residual: float
    iterations: int
    method: str
    seconds: float


def backward_error(residual: Float, solution: Float, rhs: Float, norm: float) -> float:
    """Return the normwise backward error of the worst column.

    Parameters
    ----------
    residual, solution, rhs : ndarray, shape (n,) or (n, k)
        :math:`f - M x`, :math:`x` and :math:`f`.
    norm : float
        Infinity norm of :math:`A`, with :math:`M = I - A`.

    Returns
    -------
    float
        Zero if right-hand side and residual are both zero; NaN if the solution is not finite.
    """
    if residual.size == 0:
        return 0.0
    largest = np.abs(residual).max(axis=0)
    scale = norm * np.abs(solution).max(axis=0) + np.abs(rhs).max(axis=0)
    return float(np.max(largest / np.where(scale > 0, scale, 1.0)))


def refuse_above(tolerance: float, error: float, method: str) -> None:
    """Raise SolverError if a backward error is above the tolerance, or NaN."""
    if not error <= tolerance:
        raise SolverError(
            f"the {method} solve has a relative residual of {error:.2e}, above the tolerance of "
            f"{tolerance:.2e}; the technology is close to singular: check column sums of A near 1, "
            "or pass a larger tolerance"
        )


def checked_solve(
    rhs: Float,
    solver: Callable[[Float], Float],
    product: Callable[[Float], Float],
    norm: float,
    tolerance: float,
    method: str,
) -> tuple[Float, SolveReport]:
    """Solve :math:`M x = f`, refine once if needed, and check the backward error.

    Parameters
    ----------
    rhs : ndarray, shape (n,) or (n, k)
        Right-hand sides; not changed.
    solver : callable
        Returns an approximate solution.
    product : callable
        Returns :math:`M x`.
    norm : float
        Infinity norm of :math:`A`, with :math:`M = I - A`.
    tolerance : float
        Largest backward error that is accepted.
    method : str
        Name for the report.

    Returns
    -------
    solution : ndarray, the shape of `rhs`
    report : SolveReport

    Raises
    ------
    SolverError
        If the backward error stays above `tolerance`.
    """
    start = perf_counter()
    # Overflow and NaN are not warned about but caught: they fail the comparison below.
    with np.errstate(over="ignore", invalid="ignore"):
        solution = solver(rhs)
        residual = rhs - product(solution)
        error, steps = backward_error(residual, solution, rhs, norm), 0
        if not error <= tolerance:
            solution = solution + solver(residual)
            error, steps = backward_error(rhs - product(solution), solution, rhs, norm), 1
    refuse_above(tolerance, error, method)
    return solution, SolveReport(error, steps, method, perf_counter() - start)
