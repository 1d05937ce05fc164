"""One dense LU factorization without a layout copy, in double or single precision.

LAPACK reads Fortran order and tables lie in C order, so the transpose of M is factorized: the
transposed view of M is Fortran-ordered and is overwritten by the factors of M'. Systems in M are
then solved with the transposed factors, systems in M' with the plain ones.

Threads may share factors. SciPy's wrappers of LAPACK count pivots from zero: they add one to each
entry of the array they are handed, call LAPACK without the interpreter's lock, and take it away
again. Two calls at once on one array read pivots that are off by one or more, past the end of the
memory too, so that every call gets pivots of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from scipy.linalg import lapack

from iomodel.errors import SolverError
from iomodel.leontief.threads import in_spans
from iomodel.typing import AnyFloat, Float, Index

__all__ = ["NO_ROWS", "DenseLU", "identity_minus"]

# Unit columns solved together: more start later, fewer are the larger matrix products.
GROUPS = 6
NO_ROWS, NO_PAIRS = np.zeros(0, np.intp), np.zeros((0, 2), np.intp)


def identity_minus(A: Float, dtype: type = np.float64) -> Any:
    """Return I - A in one new C-contiguous buffer of the given precision."""
    M: Any = np.empty(A.shape, dtype=dtype)

    def negate(span: slice) -> None:
        np.negative(A[span], out=M[span], casting="same_kind")

    in_spans(negate, A.shape[0], A.size)
    # In double precision: single takes a coefficient near one for one.
    M.reshape(-1)[:: M.shape[0] + 1] = 1.0 - A.diagonal()
    return M


@dataclass(frozen=True)
class DenseLU:
    """The factors of a square matrix M, in the memory that held it.

    Attributes
    ----------
    factors : ndarray, shape (n, n), Fortran order, float64 or float32
        L and U of M', packed.
    pivots : ndarray of int, shape (n,)
        Row exchanges.
    exchanged : ndarray of int, shape (p, 2)
        Pairs of rows of M that had changed places before.
    """

    factors: AnyFloat
    pivots: NDArray[np.int32]
    exchanged: Index

    @classmethod
    def overwrite(cls, M: AnyFloat, last: Index = NO_ROWS) -> DenseLU:
        """Factorize `M` (C-contiguous, float64 or float32) in place.

        Rows `last` of M, all different, are eliminated last: :meth:`columns` of them cost half.

        Raises
        ------
        SolverError
            If a pivot is exactly zero: M is singular.
        """
        pairs = _exchanges(last, M.shape[0])
        # One by one: a copy of all these rows would be a large array.
        for pair in pairs:
            M[pair] = M[pair[::-1]]
        if M.size == 0:
            return cls(M, np.zeros(0, np.int32), pairs)
        getrf = lapack.sgetrf if M.dtype == np.float32 else lapack.dgetrf
        factors, pivots, info = getrf(M.T, overwrite_a=1)
        if info > 0:
            raise SolverError(
                f"the matrix I - A is singular (pivot {info} is zero); check industries whose "
                "inputs use up their whole output"
            )
        return cls(factors, pivots, pairs)

    def solve(self, rhs: Any, *, transposed: bool = False) -> Any:
        """Return :math:`M^{-1} f`, or :math:`M'^{-1} f`, C-contiguous, for (n,) or (n, k).

        Work and answer have the precision of the factors.
        """
        kind = self.factors.dtype
        if rhs.size == 0:
            return rhs.astype(kind)
        work = np.array(rhs, dtype=kind, order="F")
        if not transposed:
            self._exchange(work)
        getrs = lapack.sgetrs if kind == np.float32 else lapack.dgetrs
        solution, _ = getrs(
            self.factors, self.pivots.copy(), work, trans=0 if transposed else 1, overwrite_b=1
        )
        if transposed:
            self._exchange(solution)
        return np.ascontiguousarray(solution)

    def columns(self, industries: Index) -> Any:
        """Return columns of :math:`M^{-1}`, shape (n, k), Fortran order: made in one buffer.

        Column i is zero before the place of row i in the factors, so the first of the two
        triangular solves starts there: next to nothing remains of it with these rows eliminated
        last, a third with rows spread over all of them.
        """
        single = self.factors.dtype == np.float32
        trtrs = lapack.strtrs if single else lapack.dtrtrs
        n, k = self.factors.shape[0], industries.size
        places = np.arange(n)
        self._exchange(places)
        places = places[industries]
        work: Any = np.zeros((n, k), dtype=self.factors.dtype, order="F")
        work[places, np.arange(k)] = 1.0
        for cells in np.array_split(np.argsort(places), min(GROUPS, k)):
            start = int(places[cells[0]])
            # The trailing triangle in place, with the stride of the whole: the last column of this
            # view reaches past the buffer by cells that LAPACK never reads.
            corner = as_strided(self.factors[start:, start:], (n, n - start), self.factors.strides)
            right = np.asfortranarray(work[start:, cells])
            work[start:, cells] = trtrs(corner, right, trans=1, overwrite_b=1)[0]
        work = trtrs(self.factors, work, lower=1, trans=1, unitdiag=1, overwrite_b=1)[0]
        if (self.pivots != np.arange(n)).any():
            laswp = lapack.slaswp if single else lapack.dlaswp
            work = laswp(work, self.pivots.copy(), inc=-1, overwrite_a=1)
        return work

    def into_inverse(self) -> Any:
        """Turn the factors into :math:`M^{-1}` (C-contiguous) in place; they are used up."""
        single = self.factors.dtype == np.float32
        getri = lapack.sgetri if single else lapack.dgetri
        room = lapack.sgetri_lwork if single else lapack.dgetri_lwork
        lwork, _ = room(self.factors.shape[0])
        # The wrapper's default workspace of 3 n forces unblocked code, five times slower.
        made, _ = getri(self.factors, self.pivots.copy(), lwork=int(lwork), overwrite_lu=1)
        inverse = made.T
        # Exchanged rows of M are exchanged columns of its inverse.
        if self.exchanged.size:
            for row in inverse:
                self._exchange(row)
        return inverse

    def inverse(self) -> Any:
        """Return :math:`M^{-1}` (C-contiguous) and keep the factors."""
        return replace(self, factors=self.factors.copy(order="F")).into_inverse()

    def _exchange(self, x: NDArray[Any]) -> None:
        """Let the rows of `x` change places as those of M did."""
        x[self.exchanged] = x[self.exchanged[:, ::-1]]


def _exchanges(last: Index, n: int) -> Index:
    """Return the fewest pairs (p, 2) of 0 to n - 1 whose exchange brings `last` to the end."""
    if last.size == 0:
        return NO_PAIRS
    end = np.arange(n - last.size, n)
    return np.stack([np.setdiff1d(last, end), np.setdiff1d(end, last)], axis=1)
