"""Indices of the rows and columns that change."""

from __future__ import annotations

import numpy as np

from iomodel.errors import LabelError
from iomodel.typing import Index, Positions

__all__ = ["COEFFICIENT_ROUNDING", "read_indices"]

# Cells that differences such as (1 - a) z - z push below zero by rounding are not an error.
COEFFICIENT_ROUNDING = 1e-12


def read_indices(positions: Positions, n: int, kind: str, *, unique: bool = False) -> Index:
    """Return whole numbers from 0 to n - 1 as an array.

    Raises
    ------
    LabelError
        If one is no whole number, out of range, or repeated with `unique`.
    """
    indices = np.atleast_1d(np.asarray(positions))
    if indices.size == 0:
        return np.zeros(0, np.intp)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise LabelError(f"{kind} indices must be one list of whole numbers")
    if indices.min() < 0 or indices.max() >= n:
        raise LabelError(f"{kind} index out of range; valid: 0 to {n - 1}")
    if unique and np.unique(indices).size < indices.size:
        raise LabelError(f"a {kind} index is repeated; add the changes of one {kind} together")
    return indices.astype(np.intp)
