r"""Technologies in which all users of a country draw on the same origins of a product.

Where import shares are common to all users, as the proportionality assumption of most tables has
it [MillerBlair2009]_ (chapter 3), with g_rsu what industry u of region r needs of product s per
unit of output from wherever, and h_isr the share of origin i in it,

.. math:: a_{is,ru} = h_{isr}\, g_{rsu}, \qquad
          (A x)_{is} = \sum_r h_{isr} \sum_u g_{rsu} x_{ru}.

A product costs N J^2 + N^2 J operations for N regions and J sectors instead of (N J)^2.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from iomodel.errors import TableError
from iomodel.leontief.forms.operators import sums_by_products
from iomodel.leontief.solvers.blocks import MAX_BLOCK
from iomodel.table.storage.compact import Factors
from iomodel.typing import AnyFloat, Float

__all__ = ["SharedImports", "shared_imports"]


class SharedImports:
    """Coefficients as shares of origins and national needs.

    Parameters
    ----------
    shares : ndarray, shape (R, S, R)
        Share h of each origin in what a region buys of a product: origin, product, buyer.
    needs : ndarray, shape (R, S, S)
        Need g of each product from wherever per unit of output: region, product, user.

    Raises
    ------
    TableError
        If shapes do not fit or a cell is negative or not finite.
    """

    def __init__(self, shares: Float, needs: Float) -> None:
        R, S = shares.shape[:2]
        if shares.shape != (R, S, R) or needs.shape != (R, S, S):
            raise TableError(
                f"shares have shape {shares.shape} and needs {needs.shape}; wanted "
                "(R, S, R) and (R, S, S)"
            )
        for what, cells in (("share of origins", shares), ("national need", needs)):
            bad = ~(np.isfinite(cells) & (cells >= 0))
            if bad.any():
                i, s, r = (int(k) for k in np.argwhere(bad)[0])
                raise TableError(f"{what} [{i}, {s}, {r}] is {cells[i, s, r]:.6g}; not allowed")
        # By product, so that the second half of a product is S small matrix products.
        self._origin = np.ascontiguousarray(shares.transpose(1, 0, 2))
        self._need = np.ascontiguousarray(needs)

    # ------------------------------------------------------------------ construction
    @classmethod
    def from_factors(cls, factors: Factors) -> SharedImports:
        """Build from the factors of a compact table (:func:`~iomodel.table.storage.read_factors`).

        Nothing of size (R S)^2 is ever made.
        """
        trade, S = factors.trade, factors.trade.shape[1]
        absorbed, output = trade.sum(axis=0), trade.sum(axis=2)
        shares = np.divide(trade, absorbed, out=np.zeros_like(trade), where=absorbed > 0)
        inverse = np.divide(1.0, output, out=np.zeros_like(output), where=output > 0)
        return cls(shares, factors.use[:, :, :S] * inverse[:, None, :])

    @classmethod
    def from_coefficients(
        cls, A: Float, regions: int, sectors: int, *, tolerance: float = 1e-12
    ) -> SharedImports:
        """Build from a whole matrix, and prove that it is of this kind.

        Parameters
        ----------
        A : ndarray, shape (n, n)
            Coefficients.
        regions, sectors : int
            Their numbers, with n = regions x sectors.
        tolerance : float
            Largest difference of a cell, relative to itself.

        Raises
        ------
        TableError
            If n does not fit, or import shares differ between the users of a region; names the
            cell that differs most, by its indices.
        """
        R, S = regions, sectors
        if A.shape != (R * S, R * S):
            raise TableError(f"coefficients of shape {A.shape} are not {R} regions x {S} sectors")
        cells = A.reshape(R, S, R, S)
        needs = np.ascontiguousarray(cells.sum(axis=0).transpose(1, 0, 2))
        whole = needs.sum(axis=2).T
        bought = cells.sum(axis=3)
        shares = np.divide(bought, whole, out=np.zeros_like(bought), where=whole > 0)
        for i in range(R):
            apart = np.abs(cells[i] - shares[i][:, :, None] * needs.transpose(1, 0, 2))
            apart -= tolerance * cells[i]
            if not apart.max() <= 0:
                s, r, u = (int(k) for k in np.unravel_index(apart.argmax(), apart.shape))
                raise TableError(
                    "import shares are not common to all users: what industry "
                    f"{r * S + u} buys of industry {i * S + s} differs by {apart.max():.2e} from "
                    "its region's share of that origin; use another method"
                )
        return cls(shares, needs)

    # ------------------------------------------------------------------ as an operator
    @property
    def n(self) -> int:
        """Number of industries."""
        return int(self._need.shape[0] * self._need.shape[1])

    @property
    def kind(self) -> str:
        """Name of the method."""
        return "structured"

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        R, S = self._need.shape[:2]
        cells = self._need.size + self._origin.size
        return (
            f"import shares are common to all users of each of {R} regions, so a product takes "
            f"{cells:,} multiplications instead of {(R * S) ** 2:,}"
        )

    @property
    def extra_bytes(self) -> int:
        """Bytes of the factors in single precision."""
        return 4 * (self._need.size + self._origin.size)

    @cached_property
    def _single(self) -> tuple[AnyFloat, AnyFloat]:
        return self._origin.astype(np.float32), self._need.astype(np.float32)

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x (k, n), or A' times each."""
        return _times(self._origin, self._need, x, transposed).astype(np.float64, copy=False)

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same in single precision."""
        return _times(*self._single, x, transposed)

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return sums_by_products(self)

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        home = np.einsum("srr->rs", self._origin)
        diagonal: Float = (home * np.einsum("rss->rs", self._need)).reshape(-1)
        return diagonal

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        S = self._need.shape[1]
        if size == S:
            home = np.einsum("srr->rs", self._origin)
            national: Float = home[:, :, None] * self._need
            return national
        if size != 1:
            raise TableError(f"blocks of {size} are not national; ask for {S} or 1")
        return self.diagonal()[:, None, None]

    def guess_block(self) -> int:
        """Return the number of sectors, or 1 where there are too many for a preconditioner."""
        S = int(self._need.shape[1])
        return S if S <= MAX_BLOCK else 1


def shared_imports(A: Float, regions: int, sectors: int) -> SharedImports | None:
    """Return A as shares and needs where it is of this kind, else None after a glance at it.

    Two origins are compared first: where import shares are common, what the users of a region buy
    of a product from the one is in a fixed proportion to what they buy from the other.
    """
    R, S = regions, sectors
    if R < 3 or A.shape[0] != R * S:
        return None
    cells = A.reshape(R, S, R, S)
    one, other = cells[0], cells[R // 2]
    left = one * other.sum(axis=2, keepdims=True)
    right = other * one.sum(axis=2, keepdims=True)
    if not (np.abs(left - right) <= 1e-12 * left).all():
        return None
    try:
        return SharedImports.from_coefficients(A, R, S)
    except TableError:
        return None


def _times(origin: AnyFloat, need: AnyFloat, x: AnyFloat, transposed: bool) -> AnyFloat:
    R, S = need.shape[:2]
    cells = x.reshape(-1, R, S)
    if transposed:
        # sum_i h_isr p_is, then the users' needs.
        paid = cells.transpose(2, 0, 1) @ origin  # product, row, buyer
        y = paid.transpose(2, 1, 0) @ need  # region, row, user
        return np.ascontiguousarray(y.transpose(1, 0, 2)).reshape(x.shape)
    wanted = cells.transpose(1, 0, 2) @ need.transpose(0, 2, 1)  # region, row, product
    sold = wanted.transpose(2, 1, 0) @ origin.transpose(0, 2, 1)  # product, row, origin
    return np.ascontiguousarray(sold.transpose(1, 2, 0)).reshape(x.shape)
