"""Products by the BLAS that factorizes.

The wheels of NumPy and SciPy bring a copy of OpenBLAS each. Threads of one go on spinning for a
while after a call and take the cores from those of the other: a product by NumPy that follows a
solve by SciPy takes two to three times as long as one by SciPy.
"""

from __future__ import annotations

from typing import Any

from scipy.linalg import blas

from iomodel.typing import Float

__all__ = ["matmul"]


def matmul(a: Float, b: Float) -> Any:
    """Return a @ b for a (m, n) and b (n,) or (n, k), in Fortran order; float64."""
    if b.size == 0:
        return a @ b
    left, turned = _fortran(a)
    if b.ndim == 1:
        return blas.dgemv(1.0, left, b, trans=turned)
    right, also = _fortran(b)
    return blas.dgemm(1.0, left, right, trans_a=turned, trans_b=also)


def _fortran(x: Float) -> tuple[Float, bool]:
    """Return `x` in Fortran order without a copy, if it lies so that one of the two ways has it."""
    return (x, False) if x.flags.f_contiguous else (x.T, True)
