"""Technologies with few cells: products with a compressed matrix.

A product with compressed rows reads an index beside each cell and runs on one core, so a cell
costs several times one of a dense product: it pays where few cells are not zero.

Nothing is factorized here: zeros of input-output tables lie scattered, and elimination fills them.
SuperLU's factors of WIOD 2011, with 20% of cells not zero, have more than 80%, and more than 70%
where all coefficients below 1e-4 are dropped and 9% are left (``tests/leontief/test_forms.py``).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from iomodel.errors import TableError
from iomodel.leontief.forms.operators import sums_by_products
from iomodel.leontief.solvers.blocks import best_block
from iomodel.typing import AnyFloat, Float

__all__ = ["PAYS_BELOW", "Sparse", "density"]

# Share of cells below which compressed products on one core are faster than dense ones on two, in
# single precision: the two meet at .06 with 2,464 industries, whose dense copy lies in the cache,
# and at .1 with 4,900. Few published tables are below: WIOD 2013 has .2 and is faster dense.
PAYS_BELOW = 0.06


class Sparse:
    """Coefficients as a compressed matrix.

    Parameters
    ----------
    A : sparse array, shape (n, n)
        Any format of SciPy.

    Raises
    ------
    TableError
        If A is not square or empty, or a cell is negative or not finite.
    """

    def __init__(self, A: Any) -> None:
        matrix = sparse.csr_array(A, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
            raise TableError(f"coefficients must be square; their shape is {matrix.shape}")
        matrix.sum_duplicates()
        bad = ~(np.isfinite(matrix.data) & (matrix.data >= 0))
        if bad.any():
            where = matrix.tocoo()
            k = int(np.flatnonzero(bad)[0])
            raise TableError(
                f"the input coefficient from industry {where.row[k]} to industry {where.col[k]} is "
                f"{matrix.data[k]:.6g}; coefficients must be finite and not negative"
            )
        self.matrix = matrix

    @property
    def n(self) -> int:
        """Number of industries."""
        return int(self.matrix.shape[0])

    @property
    def kind(self) -> str:
        """Name of the method."""
        return "sparse"

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        share = self.matrix.nnz / self.n**2
        return f"{share:.1%} of the cells are not zero, so products skip the others"

    @property
    def extra_bytes(self) -> int:
        """Bytes of the transpose and of both in single precision."""
        return 28 * int(self.matrix.nnz)

    @cached_property
    def _double(self) -> tuple[Any, Any]:
        return self.matrix, sparse.csr_array(self.matrix.T)

    @cached_property
    def _single(self) -> tuple[Any, Any]:
        plain, turned = (m.astype(np.float32) for m in self._double)
        return plain, turned

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x (k, n), or A' times each."""
        return np.ascontiguousarray((self._double[int(transposed)] @ x.T).T)

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same in single precision."""
        return np.ascontiguousarray((self._single[int(transposed)] @ x.T).T)

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return sums_by_products(self)

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        diagonal: Float = self.matrix.diagonal()
        return diagonal

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        cells = self.matrix.tocoo()
        own = cells.row // size == cells.col // size
        row, col = cells.row[own], cells.col[own]
        blocks = np.zeros((self.n // size, size, size))
        blocks[row // size, row % size, col % size] = cells.data[own]
        return blocks

    def guess_block(self) -> int:
        """Return the size of blocks that hold most of a sample of columns."""
        users = np.unique(np.linspace(0, self.n - 1, 64).astype(np.intp))
        columns = self._double[1][users].toarray().T
        return best_block(columns, users)


def density(A: Float) -> float:
    """Return the share of cells that are not zero, from a sample of rows."""
    sample = A[:: max(1, A.shape[0] // 256)]
    return float(np.count_nonzero(sample)) / max(sample.size, 1)
