r"""The residuals of many answers at once, without the product of the matrix with all of them.

For a Gaussian vector u and a residual :math:`r = f - M x` the number :math:`u'r = u'f - (M'u)'x` is
normal with variance :math:`\|r\|_2^2`. Some dozens of probes, made once by one product with M', so
bound the residual of each of a thousand columns at n operations a column and probe; the products
that they replace cost as much as the solves themselves. The idea is Freivalds' check of a matrix
product [Freivalds1979]_.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from iomodel.leontief.residual import Float, SolveReport, checked_solve

__all__ = ["MANY", "probed_solve"]

# Below this the exact check costs no more than the probes.
MANY = 128
# With 32 probes the root mean square of u'r falls below a quarter of the length of r with
# probability 2e-14 (chi-squared with 32 degrees of freedom below 2): four times that is a bound.
PROBES, MARGIN = 32, 4.0


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
    probes = np.random.default_rng(0).standard_normal((rhs.shape[0], PROBES))
    with np.errstate(over="ignore", invalid="ignore"):
        seen = probes.T @ rhs - dual_product(probes).T @ solution
        bound = MARGIN * np.sqrt(np.mean(seen**2, axis=0))
        scale = norm * np.abs(solution).max(axis=0) + np.abs(rhs).max(axis=0)
        error = float(np.max(bound / np.where(scale > 0, scale, 1.0)))
    if error <= tolerance:
        return solution, SolveReport(error, 0, method, perf_counter() - start)
    return checked_solve(rhs, solver, product, norm, tolerance, method)
