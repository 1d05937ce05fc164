"""Choice of the form of A with the fastest products."""

from __future__ import annotations

from scipy import sparse

from iomodel.leontief.forms.operators import Dense, Operator
from iomodel.leontief.forms.shared_imports import SharedImports, shared_imports
from iomodel.leontief.forms.sparse import PAYS_BELOW, Sparse, density
from iomodel.leontief.plan import SMALL
from iomodel.typing import Float

__all__ = ["operator_of"]


def operator_of(A: Float, shape: tuple[int, int], method: str) -> Operator:
    """Return the form of A that is asked for, or under ``"auto"`` the one that fits.

    Parameters
    ----------
    A : ndarray, shape (n, n)
        Checked coefficients.
    shape : tuple of int
        Numbers of regions and sectors; zeros if not known.
    method : str
        Method of the system.

    Raises
    ------
    TableError
        If ``"structured"`` is asked for and import shares are not common to all users.
    """
    if method == "structured":
        return SharedImports.from_coefficients(A, *shape)
    if method == "sparse":
        return Sparse(sparse.csr_array(A))
    if method == "auto" and A.shape[0] > SMALL:
        shared = shared_imports(A, *shape)
        if shared is not None:
            return shared
        if density(A) < PAYS_BELOW:
            return Sparse(sparse.csr_array(A))
    return Dense(A)
