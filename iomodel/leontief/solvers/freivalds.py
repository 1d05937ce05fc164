r"""Freivalds' check: bounds of the residuals of many solutions by random probes.

For a Gaussian vector u and a residual :math:`r = f - M x` the number :math:`u'r = u'f - (M'u)'x` is
normal with variance :math:`\|r\|_2^2`. So some dozens of probes, made by one product with M', bound
the residual of each of a thousand columns at n operations a column and probe, in place of products
as dear as the solves themselves [Freivalds1979]_.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from iomodel.leontief.solvers.backward_error import SolveReport, checked_solve
from iomodel.leontief.solvers.same_blas import matmul
from iomodel.typing import Float

__all__ = ["MANY", "probed_error", "probed_solve"]

# Below this the exact check costs no more than the probes.
MANY = 128
# With 32 probes the root mean square of u'r falls below a quarter of the length of r with
# probability 2e-14 (chi-squared with 32 degrees of freedom below 2): four times that is a bound.
PROBES, MARGIN = 32, 4.0


def probed_error(
    rhs: Callable[[Float], Float],
    rhs_size: Float,
    solution: Float,
    dual_product: Callable[[Float], Float],
    norm: float,
) -> float:
    """Return a bound of the normwise backward error of the worst column of :math:`M X = F`.

    Parameters
    ----------
    rhs : callable
        Takes probes (n, p), returns their products with the right-hand sides, (p, k).
    rhs_size : ndarray, shape (k,)
        Largest cell of each right-hand side.
    solution : ndarray, shape (n, k)
    dual_product : callable
        Returns :math:`M' U`.
    norm : float
        Infinity norm of A, with M = I - A.
    """
    probes = np.random.default_rng(0).standard_normal((solution.shape[0], PROBES))
    # Overflow and NaN are not warned about: they fail the caller's comparison.
    with np.errstate(over="ignore", invalid="ignore"):
        projected = rhs(probes) - matmul(dual_product(probes).T, solution)
        bound = MARGIN * np.sqrt(np.mean(projected**2, axis=0))
        scale = norm * np.maximum(solution.max(axis=0), -solution.min(axis=0)) + rhs_size
        return float(np.max(bound / np.where(scale > 0, scale, 1.0)))


def probed_solve(
    rhs: Float,
    solver: Callable[[Float], Float],
    product: Callable[[Float], Float],
    dual_product: Callable[[Float], Float],
    norm: float,
    tolerance: float,
    method: str,
) -> tuple[Float, SolveReport]:
    """Solve :math:`M X = F` for many columns by factors, and bound every residual by probes.

    Parameters
    ----------
    rhs : ndarray, shape (n, k)
        Right-hand sides; not changed.
    solver, product : callable
        Return a solution and :math:`M X`, as in :func:`checked_solve`.
    dual_product : callable
        Returns :math:`M' U`.
    norm, tolerance, method
        As in :func:`checked_solve`.

    Returns
    -------
    solution : ndarray, shape (n, k)
    report : SolveReport
        Its residual is the bound.

    Raises
    ------
    SolverError
        If the bound is above `tolerance`, and after refinement the exact backward error too.
    """
    start = perf_counter()
    solution = solver(rhs)
    size = np.abs(rhs).max(axis=0)
    error = probed_error(lambda u: u.T @ rhs, size, solution, dual_product, norm)
    if error <= tolerance:
        return solution, SolveReport(error, 0, method, perf_counter() - start)
    return checked_solve(rhs, solver, product, norm, tolerance, method)
