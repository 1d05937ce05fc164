r"""Anderson acceleration of a contracting map, for many independent problems at once.

For :math:`x = g(x)` with residuals :math:`f_k = g(x_k) - x_k`, the next iterate combines the last
few images so that the combined residual is smallest [WalkerNi2011]_:

.. math:: x_{k+1} = g(x_k) - \Delta G_k \gamma_k, \qquad
          \gamma_k = \arg\min_\gamma \lVert f_k - \Delta F_k \gamma \rVert_2 .

On a linear map it does the work of GMRES, on a mildly non-linear one that of a quasi-Newton method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FixedPoint", "anderson"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

# Below this share of the trace the normal equations hold nothing but rounding.
RIDGE = 1e-14


@dataclass(frozen=True)
class FixedPoint:
    """Where the iteration stopped.

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


def anderson(
    step: Callable[[Float], Float],
    start: Float,
    *,
    tolerance: float,
    memory: int = 8,
    limit: int = 400,
) -> FixedPoint:
    """Iterate a map on each row of the leading axis until none moves any more.

    Parameters
    ----------
    step : callable
        The map, (B, ...) to (B, ...), acting on each row alone.
    start : ndarray, shape (B, ...)
    tolerance : float
        Largest absolute residual to stop at.
    memory : int
        Residuals kept.
    limit : int
        Evaluations after which the best so far is returned; the caller judges its residual.

    Returns
    -------
    FixedPoint
    """
    shape, rows = start.shape, start.shape[0]
    x = start.reshape(rows, -1)
    best, best_residual = x, np.full(rows, np.inf)
    images: list[Float] = []
    residuals: list[Float] = []
    last_g = last_f = x
    for k in range(1, limit + 1):
        g = step(x.reshape(shape)).reshape(rows, -1)
        f = g - x
        size = np.abs(f).max(axis=1)
        size = np.where(np.isfinite(size), size, np.inf)
        better = size < best_residual
        best = np.where(better[:, None], x, best)
        best_residual = np.minimum(size, best_residual)
        if np.all(best_residual <= tolerance):
            return FixedPoint(best.reshape(shape), best_residual, k)
        if np.any(size > 1e3 * best_residual):
            # The combination overshot: forget it, and go on from the best point by the bare map.
            images, residuals = [], []
            wild = size > 1e3 * best_residual
            x = np.where(wild[:, None], best, x)
            g = step(x.reshape(shape)).reshape(rows, -1)
            f = g - x
        elif k > 1:
            images.append(g - last_g)
            residuals.append(f - last_f)
            del images[:-memory], residuals[:-memory]
        last_g, last_f = g, f
        following = g - _combination(images, residuals, f) if images else g
        x = np.where((best_residual <= tolerance)[:, None], best, following)
    return FixedPoint(best.reshape(shape), best_residual, limit)


def _combination(images: list[Float], residuals: list[Float], f: Float) -> Float:
    dF, dG = np.stack(residuals, axis=1), np.stack(images, axis=1)
    normal = dF @ dF.transpose(0, 2, 1)
    trace = np.trace(normal, axis1=1, axis2=2)
    ridge = RIDGE * np.maximum(trace, 1e-300)[:, None, None] * np.eye(dF.shape[1])
    gamma = np.linalg.solve(normal + ridge, dF @ f[:, :, None])
    mixed: Float = (gamma.transpose(0, 2, 1) @ dG)[:, 0]
    return mixed
