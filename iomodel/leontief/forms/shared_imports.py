r"""Import shares common to all users of a country: the proportionality assumption of most tables.

With g_rsu the need of industry u in region r for product s of all origins, per unit of output, and
h_isr the share of origin i in it [MillerBlair2009]_ (chapter 3),

.. math:: a_{is,ru} = h_{isr}\, g_{rsu}, \qquad
          (A x)_{is} = \sum_r h_{isr} \sum_u g_{rsu} x_{ru}.

A product costs N J^2 + N^2 J operations for N regions and J sectors instead of (N J)^2.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from iomodel.errors import TableError
from iomodel.leontief.forms.block_size import MAX_BLOCK
from iomodel.leontief.forms.operators import Form
from iomodel.table.storage.compact import Factors
from iomodel.typing import AnyFloat, Float

__all__ = ["SharedImports", "shared_imports"]


class SharedImports(Form):
    """Coefficients as shares of origins and national needs.

    Parameters
    ----------
    shares : ndarray, shape (R, S, R)
        Share h of each origin in a region's purchases of a product: origin, product, buyer.
    needs : ndarray, shape (R, S, S)
        Need g of each product, all origins, per unit of output: region, product, user.

    Raises
    ------
    TableError
        If shapes do not fit or a cell is negative or not finite.
    """

    kind = "structured"

    def __init__(self, shares: Float, needs: Float) -> None:
        R, S = shares.shape[:2]
        if shares.shape != (R, S, R) or needs.shape != (R, S, S):
            raise TableError(
                f"shares have shape {shares.shape} and needs {needs.shape}; wanted "
                "(R, S, R) and (R, S, S)"
            )
        for quantity, cells in (("share of origins", shares), ("national need", needs)):
            bad = ~(np.isfinite(cells) & (cells >= 0))
            if bad.any():
                i, s, r = (int(k) for k in np.argwhere(bad)[0])
                raise TableError(f"{quantity} [{i}, {s}, {r}] is {cells[i, s, r]:.6g}; not allowed")
        # By product, so that the second half of a product is S small matrix products.
        self._origin = np.ascontiguousarray(shares.transpose(1, 0, 2))
        self._need = np.ascontiguousarray(needs)
        self.n = R * S

    # ------------------------------------------------------------------ construction
    @classmethod
    def from_factors(cls, factors: Factors) -> SharedImports:
        """Build from the factors of a compact table (:func:`~iomodel.table.storage.read_factors`).

        Nothing of size (R S)^2 is ever made.
        """
        trade, S = factors.trade, factors.trade.shape[1]
        absorption, output = trade.sum(axis=0), trade.sum(axis=2)
        shares = np.divide(trade, absorption, out=np.zeros_like(trade), where=absorption > 0)
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
        purchases_all_origins = needs.sum(axis=2).T
        purchases = cells.sum(axis=3)
        shares = np.divide(
            purchases,
            purchases_all_origins,
            out=np.zeros_like(purchases),
            where=purchases_all_origins > 0,
        )
        for i in range(R):
            excess = np.abs(cells[i] - shares[i][:, :, None] * needs.transpose(1, 0, 2))
            excess -= tolerance * cells[i]
            if not excess.max() <= 0:
                s, r, u = (int(k) for k in np.unravel_index(excess.argmax(), excess.shape))
                raise TableError(
                    "import shares are not common to all users: what industry "
                    f"{r * S + u} buys of industry {i * S + s} differs by {excess.max():.2e} from "
                    "its region's share of that origin; use another method"
                )
        return cls(shares, needs)

    # ------------------------------------------------------------------ as an operator
    @property
    def how(self) -> str:
        """Reason in words for a plan."""
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

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        origin, need = self._single if x.dtype == np.float32 else (self._origin, self._need)
        return _times(origin, need, x, transposed)

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
        """Return the number of sectors, or 1 if there are too many for a preconditioner."""
        S = int(self._need.shape[1])
        return S if S <= MAX_BLOCK else 1


def shared_imports(A: Float, regions: int, sectors: int) -> SharedImports | None:
    """Return A as shares and needs if it is of this kind, else None after a glance at it.

    Two origins are compared first: with common import shares the purchases of a region's users from
    the one are in a fixed proportion to those from the other, product by product.
    """
    R, S = regions, sectors
    if R < 3 or A.shape[0] != R * S:
        return None
    cells = A.reshape(R, S, R, S)
    origin_1, origin_2 = cells[0], cells[R // 2]
    product_12 = origin_1 * origin_2.sum(axis=2, keepdims=True)
    product_21 = origin_2 * origin_1.sum(axis=2, keepdims=True)
    if not (np.abs(product_12 - product_21) <= 1e-12 * product_12).all():
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
        price_by_buyer = cells.transpose(2, 0, 1) @ origin  # product, row, buyer
        y = price_by_buyer.transpose(2, 1, 0) @ need  # region, row, user
        return np.ascontiguousarray(y.transpose(1, 0, 2)).reshape(x.shape)
    purchases = cells.transpose(1, 0, 2) @ need.transpose(0, 2, 1)  # region, row, product
    sales = purchases.transpose(2, 1, 0) @ origin.transpose(0, 2, 1)  # product, row, origin
    return np.ascontiguousarray(sales.transpose(1, 2, 0)).reshape(x.shape)
