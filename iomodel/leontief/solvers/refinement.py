r"""Refinement: corrections in low precision, residuals in double, until the answer is as good.

.. math:: r = f - M x, \qquad x \leftarrow x + \tilde M^{-1} r

with :math:`\tilde M^{-1}` any solver that gets some digits right [Higham2002]_ (chapter 12). Two
measures decide: the normwise backward error, which is the promise, and the residual of each
industry relative to its own size, so that small industries are as exact as large ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np

from iomodel.errors import SolverError
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.typing import Float

__all__ = ["GOAL_NORMWISE", "Correction", "Quality", "refined_solve"]

# An answer this good is not improved by another pass over the matrix: backward error of the whole,
# some fifty times above rounding, and residual of each industry, a thousand times. Multiplied by
# two to five on its way into outputs, it lets answers found in different ways agree to 1e-12.
# Where answers are many times larger than demand, residuals are magnified too: the goal is lowered
# in proportion.
GOAL_NORMWISE, GOAL_EACH = 1e-14, 2e-13
# A pass that gains less than this factor has met rounding.
GAIN = 0.25
MAX_PASSES = 40


class Correction(Protocol):
    """A solver that gets some digits right."""

    def __call__(self, residual: Float, scale: Float, gain: float) -> tuple[Float, int]:
        """Return approximate solutions for rows (k, n) of residuals, and the products made.

        `scale` (k, n), positive, is the size of each industry's answer so far; `gain` is the
        factor by which the residual need shrink, and no more.
        """
        ...


@dataclass(frozen=True)
class Quality:
    """How good rows of answers are.

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
        """How many times above its goal each row is; at most 1 where it is met."""
        over: Float = np.maximum(
            self.each / GOAL_EACH * np.clip(self.magnified / 10, 1, 1000),
            self.normwise / GOAL_NORMWISE,
        )
        return over


def _quality(residual: Float, x: Float, rhs: Float, norm: float, scale: Float) -> Quality:
    size = np.abs(residual)
    answers, wanted = np.abs(x).max(axis=1), np.abs(rhs).max(axis=1)
    normwise = size.max(axis=1) / (norm * answers + wanted)
    return Quality(normwise, (size / scale).max(axis=1), answers / wanted)


def _scale(x: Float, rhs: Float) -> Float:
    """Return the size of each industry's answer, kept from zero."""
    size = np.abs(x) + np.abs(rhs)
    top = size.max(axis=1, keepdims=True)
    kept: Float = np.maximum(size, np.where(top > 0, 1e-10 * top, 1.0))
    return kept


def refined_solve(
    rhs: Float,
    correct: Correction,
    product: Callable[[Float], Float],
    norm: float,
    tolerance: float,
    method: str,
    first_scale: Float,
) -> tuple[Float, SolveReport]:
    """Solve :math:`M x = f` for each row f of `rhs` and prove the answers.

    Parameters
    ----------
    rhs : ndarray, shape (k, n)
        Right-hand sides; not changed.
    correct : Correction
        Approximate solver.
    product : callable
        Returns M times each row, in double precision.
    norm : float
        Infinity norm of M.
    tolerance : float
        Largest normwise backward error that is let out.
    method : str
        Name for the report and the message.
    first_scale : ndarray, shape (k, n)
        Rough size of each industry, positive, for the first pass.

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
    asked = rhs.any(axis=1)
    normwise = np.where(asked, np.inf, 0.0)
    each = normwise.copy()
    active = np.flatnonzero(asked)
    residual, scale, gain = rhs[active], first_scale[active], GOAL_EACH
    iterations = 0
    # Overflow and NaN are not warned about but caught: they fail the comparisons below.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(MAX_PASSES):
            if active.size == 0:
                break
            step, products = correct(residual, scale, gain)
            iterations += products
            trial, wanted = x[active] + step, rhs[active]
            left = wanted - product(trial)
            size = _scale(trial, wanted)
            now = _quality(left, trial, wanted, norm, size)
            old_norm, old_each = normwise[active], each[active]
            better = (now.normwise < old_norm) | (now.each < old_each)
            better &= now.normwise <= np.maximum(old_norm, tolerance)
            slow = (now.each > GAIN * old_each) & (now.normwise > GAIN * old_norm)
            kept = active[better]
            x[kept] = trial[better]
            normwise[kept], each[kept] = now.normwise[better], now.each[better]
            go_on = better & (now.excess > 1) & ~(slow & (now.normwise <= tolerance))
            gain = 0.3 / float(now.excess[go_on].max(initial=1.0))
            active, residual, scale = active[go_on], left[go_on], size[go_on]
    error = float(np.max(normwise)) if normwise.size else 0.0
    if not error <= tolerance:
        raise SolverError(
            f"the {method} solve has a relative residual of {error:.2e}, above the tolerance of "
            f"{tolerance:.2e}; the technology is close to singular: check column sums of A near 1, "
            "or pass a larger tolerance"
        )
    return x, SolveReport(error, iterations, method, perf_counter() - start)
