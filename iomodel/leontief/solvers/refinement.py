r"""Iterative refinement: corrections in low precision, residuals in double.

.. math:: r = f - M x, \qquad x \leftarrow x + \tilde M^{-1} r

with :math:`\tilde M^{-1}` any solver that gets some digits right [Higham2002]_ (chapter 12). Two
measures decide: the normwise backward error, as promised, and the residual of each industry
relative to its own size, so that small industries are as exact as large ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np

from iomodel.leontief.solvers.backward_error import SolveReport, refuse_above
from iomodel.typing import Float

__all__ = ["GOAL_NORMWISE", "Correction", "Quality", "bounded_scale", "refined_solve"]

# A solution this good is not improved by another pass over the matrix: backward error of the whole,
# some fifty times above rounding, and residual of each industry, a thousand times. Multiplied by
# two to five on its way into outputs, it lets solutions by different methods agree to 1e-12.
# Solutions many times larger than demand magnify residuals too: the goal is lowered in proportion.
GOAL_NORMWISE, GOAL_EACH = 1e-14, 2e-13
# A pass that gains less than this factor has met rounding.
GAIN = 0.25
MAX_PASSES = 40


class Correction(Protocol):
    """A solver that gets some digits right."""

    def __call__(self, residual: Float, scale: Float, gain: float) -> tuple[Float, int]:
        """Return approximate solutions for rows (k, n) of residuals, and the products made.

        `scale` (k, n), positive, is the size of each industry's solution so far; `gain` is the
        factor by which the residual need shrink, and no more.
        """
        ...


@dataclass(frozen=True)
class Quality:
    """Errors of rows of solutions.

    Attributes
    ----------
    normwise : ndarray, shape (k,)
        Normwise backward error.
    each : ndarray, shape (k,)
        Largest residual of an industry relative to its answer and right-hand side.
    magnified : ndarray, shape (k,)
        Largest answer over largest right-hand side.
    """

    normwise: Float
    each: Float
    magnified: Float

    @property
    def excess(self) -> Float:
        """Error of each row over its goal; at most 1 once it is met."""
        excess: Float = np.maximum(
            self.each / GOAL_EACH * np.clip(self.magnified / 10, 1, 1000),
            self.normwise / GOAL_NORMWISE,
        )
        return excess


def bounded_scale(size: Float) -> Float:
    """Return sizes (k, n), each at least 1e-10 of the largest in its row and positive."""
    largest = size.max(axis=1, keepdims=True)
    scale: Float = np.maximum(size, np.where(largest > 0, 1e-10 * largest, 1.0))
    return scale


def _quality(residual: Float, x: Float, rhs: Float, norm: float, scale: Float) -> Quality:
    size = np.abs(residual)
    largest_x, largest_f = np.abs(x).max(axis=1), np.abs(rhs).max(axis=1)
    normwise = size.max(axis=1) / (norm * largest_x + largest_f)
    return Quality(normwise, (size / scale).max(axis=1), largest_x / largest_f)


def _scale(x: Float, rhs: Float) -> Float:
    """Return the size of each industry's solution, bounded away from zero."""
    return bounded_scale(np.abs(x) + np.abs(rhs))


def refined_solve(
    rhs: Float,
    correct: Correction,
    product: Callable[[Float], Float],
    norm: float,
    tolerance: float,
    method: str,
    initial_scale: Float,
) -> tuple[Float, SolveReport]:
    """Solve :math:`M x = f` for each row f of `rhs` and check the backward errors.

    Parameters
    ----------
    rhs : ndarray, shape (k, n)
        Right-hand sides; not changed.
    correct : Correction
        Approximate solver.
    product : callable
        Returns M times each row, in double precision.
    norm : float
        Infinity norm of A, with M = I - A.
    tolerance : float
        Largest normwise backward error that is accepted.
    method : str
        Name for the report and the message.
    initial_scale : ndarray, shape (k, n)
        Size of each industry's solution, positive, for the first pass.

    Returns
    -------
    solution : ndarray, shape (k, n)
    report : SolveReport
        `iterations` counts the products of the corrections, of the slowest row.

    Raises
    ------
    SolverError
        If a backward error stays above `tolerance`.
    """
    start = perf_counter()
    x = np.zeros(rhs.shape)
    # Zero right-hand sides have zero answers, and no direction to search in.
    nonzero = rhs.any(axis=1)
    normwise = np.where(nonzero, np.inf, 0.0)
    each = normwise.copy()
    active = np.flatnonzero(nonzero)
    residual, scale, gain = rhs[active], initial_scale[active], GOAL_EACH
    iterations = 0
    # Overflow and NaN are not warned about but caught: they fail the comparisons below.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(MAX_PASSES):
            if active.size == 0:
                break
            step, products = correct(residual, scale, gain)
            iterations += products
            trial, f = x[active] + step, rhs[active]
            trial_residual = f - product(trial)
            trial_scale = _scale(trial, f)
            quality = _quality(trial_residual, trial, f, norm, trial_scale)
            old_norm, old_each = normwise[active], each[active]
            better = (quality.normwise < old_norm) | (quality.each < old_each)
            better &= quality.normwise <= np.maximum(old_norm, tolerance)
            slow = (quality.each > GAIN * old_each) & (quality.normwise > GAIN * old_norm)
            improved = active[better]
            x[improved] = trial[better]
            normwise[improved], each[improved] = quality.normwise[better], quality.each[better]
            go_on = better & (quality.excess > 1) & ~(slow & (quality.normwise <= tolerance))
            gain = 0.3 / float(quality.excess[go_on].max(initial=1.0))
            active = active[go_on]
            residual, scale = trial_residual[go_on], trial_scale[go_on]
    error = float(np.max(normwise)) if normwise.size else 0.0
    refuse_above(tolerance, error, method)
    return x, SolveReport(error, iterations, method, perf_counter() - start)
