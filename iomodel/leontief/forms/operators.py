"""Products with the input coefficients A: all that an iterative solver asks of them.

Vectors are rows, shape (k, n): a product is x A' (for A x) or x A (for A' x).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np

from iomodel.errors import TableError
from iomodel.leontief.forms.block_size import best_block, sampled_industries
from iomodel.leontief.threads import in_spans
from iomodel.typing import AnyFloat, Float

__all__ = ["Dense", "Form", "Operator", "bad_coefficient", "square_size"]


@runtime_checkable
class Operator(Protocol):
    """Input coefficients known by their products."""

    @property
    def n(self) -> int:
        """Number of industries."""
        ...

    @property
    def kind(self) -> str:
        """Method of a plan and a report: the way products are made."""
        ...

    @property
    def how(self) -> str:
        """Reason in words for a plan."""
        ...

    @property
    def extra_bytes(self) -> int:
        """Memory beside the coefficients that products in single precision take."""
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


class Form(ABC):
    """Base of the forms in this package: an :class:`Operator` from one product and its blocks.

    Attributes
    ----------
    n : int
        Number of industries.
    kind : str
        Method of a plan and a report.
    """

    n: int
    kind: str

    @abstractmethod
    def _product(self, x: AnyFloat, transposed: bool) -> Any:
        """Return A times each row of x, or A' times each, in the precision of x."""

    @property
    @abstractmethod
    def how(self) -> str:
        """Reason in words for a plan."""

    @property
    @abstractmethod
    def extra_bytes(self) -> int:
        """Memory beside the coefficients that products in single precision take."""

    @abstractmethod
    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""

    @abstractmethod
    def guess_block(self) -> int:
        """Return a size of diagonal blocks, a divisor of n, that hold much of the whole."""

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x (k, n), or A' times each, in double precision."""
        product: Float = self._product(np.asarray(x, dtype=np.float64), transposed)
        return product

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same in single precision; `x` is float32."""
        product: AnyFloat = self._product(x, transposed)
        return product

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,), from products with ones."""
        ones = np.ones((1, self.n))
        return self.times(ones)[0], self.times(ones, transposed=True)[0]

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        return self.blocks(1)[:, 0, 0]


class Dense(Form):
    """Coefficients as one C-contiguous float64 array, and a float32 copy made when first needed."""

    kind = "krylov"
    how = "the coefficients lie in one array"

    def __init__(self, A: Float) -> None:
        self.A, self.n = A, int(A.shape[0])

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

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        A = self.single if x.dtype == np.float32 else self.A
        product: AnyFloat = x @ (A if transposed else A.T)
        return product

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        R = self.n // size
        region = np.arange(R)
        return self.A.reshape(R, size, R, size)[region, :, region, :]

    def guess_block(self) -> int:
        """Return the size of blocks that hold most of a sample of rows."""
        # Rows, not columns: their cells lie together.
        sellers = sampled_industries(self.n)
        return best_block(self.A[sellers].T, sellers)


def square_size(shape: tuple[int, ...], sectors: int = 0) -> int:
    """Return n of a shape (n, n).

    Raises
    ------
    TableError
        If the shape is not square or is empty, or `sectors`, if known, is no divisor of n.
    """
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise TableError(f"coefficients must be square; their shape is {tuple(shape)}")
    n = int(shape[0])
    if sectors and n % sectors:
        raise TableError(f"{n:,} industries are no multiple of {sectors} sectors")
    return n


def bad_coefficient(seller: int, user: int, value: float) -> TableError:
    """Return the refusal of a cell that is negative or not finite."""
    return TableError(
        f"the input coefficient from industry {seller} to industry {user} is {value:.6g}; "
        "coefficients must be finite and not negative"
    )
