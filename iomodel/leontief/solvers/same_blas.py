"""Matrix products by the BLAS that factorizes.

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
    a_fortran, a_turned = _fortran(a)
    if b.ndim == 1:
        return blas.dgemv(1.0, a_fortran, b, trans=a_turned)
    b_fortran, b_turned = _fortran(b)
    return blas.dgemm(1.0, a_fortran, b_fortran, trans_a=a_turned, trans_b=b_turned)


def _fortran(x: Float) -> tuple[Float, bool]:
    """Return x or its transpose in Fortran order, without a copy, and whether it is turned."""
    return (x, False) if x.flags.f_contiguous else (x.T, True)
