"""The national blocks of a technology as preconditioner.

Most of what industries buy is bought at home, so with D the diagonal blocks of A the matrix
(I - A)(I - D)^-1 is near to the identity and GMRES needs a third of the products
(block Jacobi, [Saad2003]_ section 10.2). R blocks of S x S cost n S^2 operations, once.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.typing import AnyFloat, Float, Index

__all__ = ["MAX_BLOCK", "NationalBlocks", "best_block", "national_blocks"]

# Larger blocks cost more to invert than the products that they save.
MAX_BLOCK = 512
# Blocks from this size on are worth a call each.
LARGE = 64


class NationalBlocks:
    """The inverse of I - D, D the diagonal blocks of A, in the precision of what it is applied to.

    Parameters
    ----------
    blocks : ndarray, shape (R, S, S)
        Diagonal blocks of a productive A, so each I minus block is invertible.
    """

    def __init__(self, blocks: Float) -> None:
        self.count, self.size = blocks.shape[:2]
        self._blocks = blocks

    @cached_property
    def _single(self) -> AnyFloat:
        return _inverses(np.eye(self.size, dtype=np.float32) - self._blocks.astype(np.float32))

    @cached_property
    def _double(self) -> AnyFloat:
        return _inverses(np.eye(self.size) - self._blocks)

    def apply(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return (I - D)^-1, or its transpose, times each row of x, shape (k, n)."""
        inverse = self._single if x.dtype == np.float32 else self._double
        by_block = x.reshape(-1, self.count, self.size).transpose(1, 0, 2)
        y = by_block @ (inverse if transposed else inverse.transpose(0, 2, 1))
        return np.ascontiguousarray(y.transpose(1, 0, 2)).reshape(x.shape)


def _inverses(M: AnyFloat) -> AnyFloat:
    """Return the inverses of a stack of matrices; it is used up."""
    if M.shape[1] < LARGE:
        inverses: AnyFloat = np.linalg.inv(M)
        return inverses
    # NumPy solves for the columns of an identity, half as fast.
    for block in M:
        block[:] = DenseLU.overwrite(block).into_inverse()
    return M


def national_blocks(operator: Operator, size: int) -> NationalBlocks:
    """Return the blocks of `size` of some coefficients; 0, or a size above 512, to find one."""
    # The one block of a one-region table would be the whole matrix.
    found = size if 0 < size <= MAX_BLOCK else operator.guess_block()
    return NationalBlocks(operator.blocks(found))


def best_block(columns: Float, users: Index) -> int:
    """Return the divisor of n whose diagonal blocks hold most of some columns of A.

    Parameters
    ----------
    columns : ndarray, shape (n, m)
        Sampled columns of A.
    users : ndarray of int, shape (m,)
        Which columns they are.

    Returns
    -------
    int
        1 where no divisor up to 512 holds a tenth of the whole: nothing to gain from blocks.
    """
    n, m = columns.shape
    upto = np.zeros((n + 1, m))
    np.cumsum(columns, axis=0, out=upto[1:])
    total = float(upto[-1].sum())
    every = np.arange(m)
    held = {}
    for size in range(2, min(n // 2, MAX_BLOCK) + 1):
        if n % size == 0:
            first = users // size * size
            held[size] = float((upto[first + size, every] - upto[first, every]).sum())
    best = max(held.values(), default=0.0)
    if not best > 0.1 * total:
        return 1
    # A multiple of the true size holds the same and a little more: take the smallest that is good.
    return min(size for size, mass in held.items() if mass >= 0.9 * best)
