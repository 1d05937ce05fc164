"""GMRES for several right-hand sides in step, in any floating-point precision.

One product with the matrix serves all right-hand sides; every one has its own Krylov space, its own
coefficients and its own convergence [SaadSchultz1986]_. Right-hand sides are rows, shape (k, n), so
that each basis is one contiguous matrix and its orthogonalization a product with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from iomodel.typing import AnyFloat

__all__ = ["gmres"]


def gmres(
    apply: Callable[[AnyFloat], AnyFloat], rhs: AnyFloat, tolerance: float, max_steps: int
) -> tuple[AnyFloat, int]:
    r"""Minimize :math:`\|b - M u\|_2` over growing Krylov spaces for each row b of `rhs`.

    Parameters
    ----------
    apply : callable
        Takes rows (k, n), returns M times each, in the same precision.
    rhs : ndarray, shape (k, n)
        Right-hand sides; the precision of the work is theirs.
    tolerance : float
        Stop when each residual is this small relative to its right-hand side.
    max_steps : int
        Largest number of products; there is no restart, the caller refines.

    Returns
    -------
    solution : ndarray, shape (k, n)
    steps : int
        Products made.
    """
    k, n = rhs.shape
    kind = rhs.dtype
    beta = np.linalg.norm(rhs, axis=1)
    # Memory beyond the last step is never touched: the length costs address space only.
    basis = np.empty((k, max_steps + 1, n), dtype=kind)
    np.divide(rhs, np.where(beta > 0, beta, 1)[:, None], out=basis[:, 0], casting="same_kind")
    R = np.zeros((k, max_steps, max_steps))
    cosine, sine = np.zeros((k, max_steps)), np.zeros((k, max_steps))
    g = np.zeros((k, max_steps + 1))
    g[:, 0] = beta
    goal = tolerance * beta
    steps = 0
    while steps < max_steps and (np.abs(g[:, steps]) > goal).any():
        j = steps
        w, h, below = _orthogonalized(apply(basis[:, j]), basis[:, : j + 1])
        # A row that is solved, or whose space is exhausted, takes no further part.
        live = (np.abs(g[:, j]) > goal) & np.isfinite(below)
        for i in range(j):
            rotated = cosine[:, i] * h[:, i] + sine[:, i] * h[:, i + 1]
            h[:, i + 1] = cosine[:, i] * h[:, i + 1] - sine[:, i] * h[:, i]
            h[:, i] = rotated
        length = np.hypot(h[:, j], below)
        live &= length > 0
        safe = np.where(live, length, 1.0)
        cosine[:, j] = np.where(live, h[:, j] / safe, 1.0)
        sine[:, j] = np.where(live, below / safe, 0.0)
        R[:, : j + 1, j] = np.where(live[:, None], h, 0.0)
        R[:, j, j] = safe
        g[:, j + 1] = np.where(live, -sine[:, j] * g[:, j], 0.0)
        g[:, j] = np.where(live, cosine[:, j] * g[:, j], 0.0)
        scale = np.where(live & (below > 0), below, 1.0)[:, None]
        np.divide(w, scale, out=basis[:, j + 1], casting="same_kind")
        steps += 1
    y = np.linalg.solve(R[:, :steps, :steps], g[:, :steps, None]).astype(kind)
    solution: Any = (basis[:, :steps].transpose(0, 2, 1) @ y)[:, :, 0]
    return solution, steps


def _orthogonalized(w: Any, basis: Any) -> tuple[Any, Any, Any]:
    """Return w orthogonal to each row's basis, its coefficients and its length.

    Classical Gram-Schmidt twice: as good as the modified one, and made of matrix products.
    """
    h = np.zeros(basis.shape[:2])
    for _ in range(2):
        projection = basis @ w[:, :, None]
        w = w - (basis.transpose(0, 2, 1) @ projection)[:, :, 0]
        h += projection[:, :, 0]
    length = np.linalg.norm(w, axis=1).astype(np.float64)
    # The remainder of a vector inside the space is rounding: not a direction to go on with.
    noise = 4 * np.finfo(w.dtype).eps * np.sqrt(np.sum(h**2, axis=1))
    return w, h, np.where(length > noise, length, 0.0)
