"""What an iterative solve needs to know of the input coefficients: products with them, in blocks.

Vectors are rows, shape (k, n): a product is x A' (for A x) or x A (for A' x).
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from iomodel.leontief.threads import in_spans
from iomodel.typing import AnyFloat, Float

__all__ = ["Dense", "Operator", "sums_by_products"]


@runtime_checkable
class Operator(Protocol):
    """Coefficients A of which only products are asked."""

    @property
    def n(self) -> int:
        """Number of industries."""
        ...

    @property
    def kind(self) -> str:
        """Name of the way products are made: the method of a plan and a report."""
        ...

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        ...

    @property
    def extra_bytes(self) -> int:
        """Memory that products in single precision take beside the coefficients."""
        ...

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x, or A' times each, in double precision."""
        ...

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same with the precision of float32; `x` is float32."""
        ...

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        ...

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        ...

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        ...

    def guess_block(self) -> int:
        """Return a size of diagonal blocks, a divisor of n, that hold much of the whole."""
        ...


def sums_by_products(operator: Operator) -> tuple[Float, Float]:
    """Return row sums and column sums from products with ones."""
    ones = np.ones((1, operator.n))
    return operator.times(ones)[0], operator.times(ones, transposed=True)[0]


class Dense:
    """Coefficients as one C-contiguous float64 array, and a float32 copy made when first needed."""

    def __init__(self, A: Float) -> None:
        self.A = A

    @property
    def n(self) -> int:
        """Number of industries."""
        return int(self.A.shape[0])

    @property
    def kind(self) -> str:
        """Name of the method."""
        return "krylov"

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        return "the coefficients lie in one array"

    @property
    def extra_bytes(self) -> int:
        """Bytes of the float32 copy."""
        return 4 * self.n**2

    @cached_property
    def single(self) -> AnyFloat:
        """The float32 copy."""
        copy: AnyFloat = np.empty(self.A.shape, dtype=np.float32)

        def convert(span: slice) -> None:
            np.copyto(copy[span], self.A[span], casting="same_kind")

        in_spans(convert, self.n, self.A.size)
        return copy

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row, or A' times each."""
        product: Float = x @ (self.A if transposed else self.A.T)
        return product

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same from the float32 copy."""
        product: AnyFloat = x @ (self.single if transposed else self.single.T)
        return product

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return sums_by_products(self)

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        diagonal: Float = self.A.diagonal()
        return diagonal

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        R = self.n // size
        own = np.arange(R)
        return self.A.reshape(R, size, R, size)[own, :, own, :]

    def guess_block(self) -> int:
        """Return the size of blocks that hold most of a sample of rows."""
        from iomodel.leontief.solvers.blocks import best_block

        # Rows, which lie together, tell the same of diagonal blocks as columns.
        sellers = np.unique(np.linspace(0, self.n - 1, 64).astype(np.intp))
        return best_block(self.A[sellers].T, sellers)
