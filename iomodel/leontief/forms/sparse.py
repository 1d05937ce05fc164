"""Sparse technologies: products with compressed rows.

A product with compressed rows reads an index beside each cell and runs on one core, so a cell
costs several times one of a dense product: it pays with few cells that are not zero.

Nothing is factorized here: zeros of input-output tables lie scattered, and elimination fills them.
SuperLU's factors of WIOD 2011, with 20% of cells not zero, have more than 80%, and more than 70%
with all coefficients below 1e-4 dropped and 9% left (``tests/leontief/test_forms.py``).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from iomodel.leontief.forms.block_size import best_block, sampled_industries
from iomodel.leontief.forms.operators import Form, bad_coefficient, square_size
from iomodel.table.real import refuse_complex
from iomodel.typing import AnyFloat, Float

__all__ = ["PAYS_BELOW", "Sparse", "density"]

# Share of cells below which compressed products on one core are faster than dense ones on two, in
# single precision: the two meet at .06 with 2,464 industries, their dense copy in the cache, and
# at .1 with 4,900. Few published tables are below: WIOD 2013 has .2 and is faster dense.
PAYS_BELOW = 0.06


class Sparse(Form):
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

    kind = "sparse"

    def __init__(self, A: Any) -> None:
        refuse_complex("the coefficient array", A)
        matrix = sparse.csr_array(A, dtype=np.float64)
        self.n = square_size(matrix.shape)
        matrix.sum_duplicates()
        bad = ~(np.isfinite(matrix.data) & (matrix.data >= 0))
        if bad.any():
            cells = matrix.tocoo()
            k = int(np.flatnonzero(bad)[0])
            raise bad_coefficient(cells.row[k], cells.col[k], matrix.data[k])
        self.matrix = matrix

    @property
    def how(self) -> str:
        """Reason in words for a plan."""
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

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        matrices = self._single if x.dtype == np.float32 else self._double
        return np.ascontiguousarray((matrices[int(transposed)] @ x.T).T)

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        diagonal: Float = self.matrix.diagonal()
        return diagonal

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        cells = self.matrix.tocoo()
        in_block = cells.row // size == cells.col // size
        row, col = cells.row[in_block], cells.col[in_block]
        blocks = np.zeros((self.n // size, size, size))
        blocks[row // size, row % size, col % size] = cells.data[in_block]
        return blocks

    def guess_block(self) -> int:
        """Return the size of blocks that hold most of a sample of columns."""
        users = sampled_industries(self.n)
        columns = self._double[1][users].toarray().T
        return best_block(columns, users)


def density(A: Float) -> float:
    """Return the share of cells that are not zero, from a sample of rows."""
    sample = A[:: max(1, A.shape[0] // 256)]
    return float(np.count_nonzero(sample)) / max(sample.size, 1)
