r"""Anderson acceleration of a contracting map, for many independent problems at once.

For :math:`x = g(x)` with residuals :math:`f_k = g(x_k) - x_k`, the next iterate combines recent
images so that the combined residual is smallest [WalkerNi2011]_:

.. math:: x_{k+1} = g(x_k) - \Delta G_k \gamma_k, \qquad
          \gamma_k = \arg\min_\gamma \lVert f_k - \Delta F_k \gamma \rVert_2 .

On a linear map it does the work of GMRES, on a mildly non-linear one that of a quasi-Newton method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iomodel.typing import Float

__all__ = ["FixedPoint", "anderson", "settle"]


# Below this share of the trace the normal equations hold nothing but rounding.
RIDGE = 1e-14
# Beyond so many columns the bare iteration, bound by matrix products, is faster.
FEW = 4


@dataclass(frozen=True)
class FixedPoint:
    """Last iterate of a fixed-point iteration.

    Attributes
    ----------
    x : ndarray, shape (B, ...)
        Last iterate of each problem.
    residual : ndarray, shape (B,)
        Largest absolute residual of each.
    iterations : int
        Evaluations of the map.
    """

    x: Float
    residual: Float
    iterations: int


class _History:
    """Recent differences of images and residuals with their inner products, in a ring."""

    def __init__(self, rows: int, length: int, memory: int) -> None:
        self.images = np.empty((rows, memory, length))
        self.residuals = np.empty((rows, memory, length))
        self.normal = np.zeros((rows, memory, memory))
        self.size = self.place = 0

    def forget(self) -> None:
        self.size = self.place = 0

    def add(self, image: Float, residual: Float) -> None:
        memory, place = self.normal.shape[1], self.place
        self.images[:, place], self.residuals[:, place] = image, residual
        self.size, self.place = min(self.size + 1, memory), (place + 1) % memory
        products = (self.residuals[:, : self.size] @ residual[:, :, None])[:, :, 0]
        self.normal[:, place, : self.size] = self.normal[:, : self.size, place] = products

    def combination(self, f: Float) -> Float:
        """Combine images so that the residual falls most, (B, L)."""
        k = self.size
        normal = self.normal[:, :k, :k]
        trace = np.trace(normal, axis1=1, axis2=2)
        ridge = RIDGE * np.maximum(trace, 1e-300)[:, None, None] * np.eye(k)
        rhs = self.residuals[:, :k] @ f[:, :, None]
        gamma = np.linalg.solve(normal + ridge, rhs)
        mixed: Float = (gamma.transpose(0, 2, 1) @ self.images[:, :k])[:, 0]
        return mixed


def anderson(
    step: Callable[[Float], Float],
    start: Float,
    *,
    tolerance: float,
    memory: int = 8,
    limit: int = 400,
) -> FixedPoint:
    """Iterate a contraction on each row of the leading axis until all residuals are small.

    Eq. (47).

    Parameters
    ----------
    step : callable
        The map, (B, ...) to (B, ...), acting on each row alone.
    start : ndarray, shape (B, ...)
    tolerance : float
        Largest absolute residual to stop at.
    memory : int
        Residuals in the combination.
    limit : int
        Evaluations after which the best so far is returned; the caller judges its residual.

    Returns
    -------
    FixedPoint
    """
    shape, rows = start.shape, start.shape[0]
    x = start.reshape(rows, -1)
    best, best_residual = x, np.full(rows, np.inf)
    history = _History(rows, x.shape[1], memory)
    last_g = last_f = x
    for k in range(1, limit + 1):
        g = step(x.reshape(shape)).reshape(rows, -1)
        f = g - x
        size = np.abs(f).max(axis=1)
        size = np.where(np.isfinite(size), size, np.inf)
        better = size < best_residual
        best = x if better.all() else np.where(better[:, None], x, best)
        best_residual = np.minimum(size, best_residual)
        if np.all(best_residual <= tolerance):
            return FixedPoint(best.reshape(shape), best_residual, k)
        if np.any(size > 1e3 * best_residual):
            # The combination overshot: forget it, and go on from the best point by the bare map.
            history.forget()
            diverged = size > 1e3 * best_residual
            x = np.where(diverged[:, None], best, x)
            g = step(x.reshape(shape)).reshape(rows, -1)
            f = g - x
        elif k > 1:
            history.add(g - last_g, f - last_f)
        last_g, last_f = g, f
        following = g - history.combination(f) if history.size else g
        done = best_residual <= tolerance
        x = np.where(done[:, None], best, following) if done.any() else following
    return FixedPoint(best.reshape(shape), best_residual, limit)


def settle(step: Callable[[Float], Float], start: Float, tolerance: float) -> Float:
    """Solve x = step(x) for an affine contraction, columns on the leading axis."""
    if len(start) <= FEW:
        return anderson(step, start, tolerance=tolerance, memory=20, limit=2000).x
    x = step(start)
    for _ in range(2000):
        following = step(x)
        change = np.abs(following - x).max()
        x = following
        if change <= tolerance:
            break
    return x
