"""Size of the diagonal blocks of A that serve as preconditioner, found from a sample of cells."""

from __future__ import annotations

import numpy as np

from iomodel.typing import Float, Index

__all__ = ["MAX_BLOCK", "best_block", "sampled_industries"]

# Larger blocks cost more to invert than the products that they save.
MAX_BLOCK = 512
SAMPLED = 64
# Below this share of all cells blocks are not worth their inverses.
WORTHWHILE_SHARE = 0.1


def sampled_industries(n: int) -> Index:
    """Return up to 64 industries, evenly spread over 0 to n - 1."""
    return np.unique(np.linspace(0, n - 1, SAMPLED).astype(np.intp))


def best_block(columns: Float, users: Index) -> int:
    """Return the divisor of n with diagonal blocks that hold most of some columns of A.

    Parameters
    ----------
    columns : ndarray, shape (n, m)
        Sampled columns of A. Rows serve as well: they tell the same of diagonal blocks.
    users : ndarray of int, shape (m,)
        Their indices.

    Returns
    -------
    int
        1 if no divisor up to 512 holds a tenth of the whole: nothing to gain from blocks.
    """
    n, m = columns.shape
    cumulated = np.zeros((n + 1, m))
    np.cumsum(columns, axis=0, out=cumulated[1:])
    total = float(cumulated[-1].sum())
    all_columns = np.arange(m)
    mass_by_size = {}
    for size in range(2, min(n // 2, MAX_BLOCK) + 1):
        if n % size == 0:
            start = users // size * size
            in_block = cumulated[start + size, all_columns] - cumulated[start, all_columns]
            mass_by_size[size] = float(in_block.sum())
    largest = max(mass_by_size.values(), default=0.0)
    if not largest > WORTHWHILE_SHARE * total:
        return 1
    # A multiple of the true size holds the same and a little more: take the smallest that is good.
    return min(size for size, mass in mass_by_size.items() if mass >= 0.9 * largest)
