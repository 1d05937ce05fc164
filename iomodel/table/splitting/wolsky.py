"""Sector split by output weights alone, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.typing import Float, Index

__all__ = ["wolsky_coefficients", "wolsky_inverse"]


def wolsky_coefficients(A: ArrayLike, position: int, weights: ArrayLike) -> Float:
    r"""Input coefficients of parts that buy and sell like their parent [Wolsky1984]_.

    :math:`a^+_{iq} = a_{ik},\; a^+_{pj} = w_p a_{kj},\; a^+_{pq} = w_p a_{kk}`.

    Parameters
    ----------
    A : array_like, shape (n, n)
        Input coefficients.
    position : int
        Index of the sector k that is split.
    weights : array_like, shape (P,)
        Shares of the parts in its output; they add up to one.

    Returns
    -------
    ndarray, shape (n - 1 + P, n - 1 + P)
        The parts stand where the parent stood.

    Raises
    ------
    TableError
        If shapes or weights do not fit.
    """
    a, parent, scale = _wolsky_layout(A, position, weights)
    return np.asarray(scale[:, None] * a[np.ix_(parent, parent)], dtype=np.float64)


def wolsky_inverse(L: ArrayLike, position: int, weights: ArrayLike) -> Float:
    r"""Leontief inverse of :func:`wolsky_coefficients` from the parent's, exactly.

    :math:`l^+_{ij} = l_{ij},\; l^+_{iq} = l_{ik},\; l^+_{pj} = w_p l_{kj},\;
    l^+_{pq} = \delta_{pq} + w_p (l_{kk} - 1)` [Wolsky1984]_; nothing is inverted.

    Parameters
    ----------
    L : array_like, shape (n, n)
        Leontief inverse.
    position, weights
        As :func:`wolsky_coefficients`.

    Returns
    -------
    ndarray, shape (n - 1 + P, n - 1 + P)

    Raises
    ------
    TableError
        If shapes or weights do not fit.
    """
    inverse, parent, scale = _wolsky_layout(L, position, weights)
    indirect = inverse - np.eye(len(inverse))
    cells = scale[:, None] * indirect[np.ix_(parent, parent)]
    return np.asarray(cells + np.eye(len(parent)), dtype=np.float64)


def _wolsky_layout(
    cells: ArrayLike, position: int, weights: ArrayLike
) -> tuple[Float, Index, Float]:
    matrix, w = np.asarray(cells, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    n = len(matrix)
    if matrix.shape != (n, n) or not 0 <= position < n:
        raise TableError(f"no sector {position} in a matrix of shape {matrix.shape}")
    if w.ndim != 1 or (w < 0).any() or abs(float(w.sum()) - 1.0) > 1e-9:
        raise TableError(f"weights {w.tolist()} are no shares that add up to one")
    parent = np.repeat(np.arange(n), np.where(np.arange(n) == position, len(w), 1))
    scale = np.ones(len(parent))
    scale[position : position + len(w)] = w
    return matrix, parent, scale
