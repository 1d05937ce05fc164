"""Preconditioners for GMRES: the national blocks of I - A, or the LU factors of a baseline.

**National blocks.** Most inputs are bought at home, so with D the diagonal blocks of A the matrix
(I - A)(I - D)^-1 is near to the identity and GMRES needs a third of the products (block Jacobi,
[Saad2003]_ section 10.2). R blocks of S x S cost n S^2 operations, once.

**Baseline factors** are the better of the two for a scenario that changes many cells a little:
(I - A - dA)(I - A)^-1 = I - dA (I - A)^-1 is near to the identity for a small change, however
ill-conditioned the technology itself may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from iomodel.errors import SolverError
from iomodel.leontief.forms.block_size import MAX_BLOCK
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.typing import AnyFloat, Float

__all__ = ["BaselineFactors", "NationalBlocks", "Preconditioner", "national_blocks"]

# Blocks from this size on are worth a call each.
LARGE = 64


class Preconditioner(Protocol):
    """Approximate inverse of I - A, applied to rows of a matrix."""

    def apply(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return it, or its transpose, times each row of x, shape (k, n), in the precision of x."""
        ...


class NationalBlocks:
    """Inverse of I - D, D the diagonal blocks of A.

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
        # Subtracted in double precision: single takes a coefficient near one for one.
        return _inverses((np.eye(self.size) - self._blocks).astype(np.float32))

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
    """Return the inverses of a stack of matrices; it is used up.

    Raises
    ------
    SolverError
        If one is singular in the precision of the stack.
    """
    if M.shape[1] < LARGE:
        try:
            inverses: AnyFloat = np.linalg.inv(M)
        except np.linalg.LinAlgError as error:
            raise SolverError(
                f"a diagonal block of I - A is singular in {M.dtype}; check industries whose "
                "inputs use up their whole output"
            ) from error
        return inverses
    # NumPy solves for the columns of an identity, half as fast.
    for block in M:
        block[:] = DenseLU.overwrite(block).into_inverse()
    return M


def national_blocks(operator: Operator, sectors: int) -> NationalBlocks:
    """Return the diagonal blocks of some coefficients as preconditioner.

    `sectors` is their size; with 0, or more than 512 sectors, a size is sought.
    """
    # The one block of a one-region table would be the whole matrix.
    size = sectors if 0 < sectors <= MAX_BLOCK else operator.guess_block()
    return NationalBlocks(operator.blocks(size))


@dataclass(frozen=True, eq=False)
class BaselineFactors:
    """LU factors of I - A for another technology A.

    Attributes
    ----------
    factors : DenseLU
        In either precision.
    """

    factors: DenseLU

    def apply(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the inverse, or its transpose, times each row of x."""
        solution: AnyFloat = self.factors.solve(x.T, transposed=transposed).T
        return solution.astype(x.dtype, copy=False)
