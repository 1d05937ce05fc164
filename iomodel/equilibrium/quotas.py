r"""Caps on quantities: export quotas and lost output, and the rents that enforce them.

A cap binds a group of flows: the quantity shipped, at base prices and added over the group, may be
no more than a fraction of the base,

.. math::
    q_g = \frac{\sum_{isn \in g} F'_{isn}/\hat p_{isn}}{\sum_{isn \in g} F_{isn}}
    \le \bar q_g,

with F sales before duty and p prices at the border. A markup enforces it, one rate per group; its
proceeds are the rent of the licence holders. Rate and slack are complements,
:math:`\rho_g = \ln(1+e_g) \ge 0`, :math:`q_g \le \bar q_g`, one of the two with equality.
:math:`1+e_g` is the shadow price: the buyer's price before duty over unit cost.

Licence holders are residents of the seller's region (a share `seller_share` of the rent, as from an
export tax) and of the buyer's (`buyer_share`, as from a duty that is rebated). The remainder is
burnt: dealing with licences uses up the capped good itself before it crosses the border, as an
iceberg cost does, and nobody gains by it [Krueger1974]_.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import IOModelError
from iomodel.typing import Float, Index

__all__ = ["Quotas"]


# Shares of a rent may exceed one by so much.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Quotas:
    """Caps, each on the quantity of one group of flows.

    Attributes
    ----------
    cells : ndarray of int, shape (K, 3)
        Flows as (sector, exporter, importer). A flow may be in several groups; rents then add up.
    group : ndarray of int, shape (K,)
        The group of each, from zero.
    limit : ndarray, shape (G,) or (B, G)
        Largest quantity as a fraction of the base: zero closes the flows, infinity is no cap, and
        more than one leaves room to grow.
    seller_share, buyer_share : float or ndarray, shape (G,)
        Shares of the rent of each group that the regions of sellers and of buyers earn, fractions
        that add up to one at most; the remainder is burnt.
    """

    cells: Index
    group: Index
    limit: Float
    seller_share: Float | float = 1.0
    buyer_share: Float | float = 0.0

    def __post_init__(self) -> None:
        """Check that caps are fractions of flows, one limit per group."""
        limit = np.asarray(self.limit)
        if self.cells.shape != (len(self.group), 3):
            raise IOModelError(f"cells have shape {self.cells.shape}; they need (K, 3)")
        if limit.ndim not in (1, 2) or np.isnan(limit).any() or (limit < 0.0).any():
            raise IOModelError("a quota is a fraction of the base quantity, from zero to infinity")
        if len(self.group) and self.group.max() >= limit.shape[-1]:
            raise IOModelError(
                f"group {self.group.max()} has no limit; {limit.shape[-1]} are given"
            )
        for name in ("seller_share", "buyer_share"):
            share = np.asarray(getattr(self, name), dtype=np.float64)
            if share.shape not in ((), (self.groups,)):
                raise IOModelError(f"{name} has shape {share.shape}; it needs ({self.groups},)")
            if not ((share >= 0.0) & (share <= 1.0)).all():
                raise IOModelError(f"{name} is a fraction of a rent, from zero to one")
        if np.any(np.add(self.seller_share, self.buyer_share) > 1.0 + ROUNDING):
            raise IOModelError("seller_share and buyer_share add up to more than the whole rent")

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(np.asarray(self.limit).shape[-1])

    @property
    def shares(self) -> tuple[Float, Float]:
        """Shares of sellers and of buyers in the rent of each group, (G,) each."""
        sellers, buyers = (
            np.array(np.broadcast_to(np.asarray(share, dtype=np.float64), (self.groups,)))
            for share in (self.seller_share, self.buyer_share)
        )
        return sellers, buyers

    @classmethod
    def on_flows(
        cls, limit: ArrayLike, seller_share: ArrayLike = 1.0, buyer_share: ArrayLike = 0.0
    ) -> Quotas:
        """One cap for each flow.

        Parameters
        ----------
        limit : array-like, shape (S, I, N) or (B, S, I, N)
            Fractions of base quantities; infinity for no cap.
        seller_share, buyer_share : array-like, shape (S, I, N), or float
            Shares of the rent of each flow.
        """
        full = np.asarray(limit, dtype=np.float64)
        capped = np.isfinite(full) if full.ndim == 3 else np.isfinite(full).any(axis=0)
        cells = np.argwhere(capped)
        sellers, buyers = (
            np.broadcast_to(np.asarray(share, dtype=np.float64), capped.shape)[capped]
            for share in (seller_share, buyer_share)
        )
        return cls(cells, np.arange(len(cells)), full[..., capped], sellers, buyers)

    @classmethod
    def on_exports(cls, limit: ArrayLike) -> Quotas:
        """One cap for the exports of each industry to all other regions together.

        Parameters
        ----------
        limit : array-like, shape (S, I) or (B, S, I)
            Fractions of base quantities; infinity for no cap.
        """
        return _on_rows(limit, home=False)

    @classmethod
    def on_output(cls, limit: ArrayLike) -> Quotas:
        """One cap for all sales of each industry, at home and abroad.

        Parameters
        ----------
        limit : array-like, shape (S, I) or (B, S, I)
            Fractions of base quantities; infinity for no cap.
        """
        return _on_rows(limit, home=True)

    def together(self, added: Quotas) -> Quotas:
        """Join two sets of caps; groups of the added ones come after those of this one."""
        limits = np.atleast_2d(self.limit), np.atleast_2d(added.limit)
        B = max(map(len, limits))
        limit = np.concatenate([np.broadcast_to(a, (B, a.shape[1])) for a in limits], axis=1)
        return Quotas(
            np.concatenate([self.cells, added.cells]),
            np.concatenate([self.group, added.group + self.groups]),
            limit if np.ndim(self.limit) == 2 or np.ndim(added.limit) == 2 else limit[0],
            *(np.concatenate(shares) for shares in zip(self.shares, added.shares, strict=True)),
        )

    def partial(self, part: float) -> Quotas:
        """Scale caps: logs of limits times `part`, closing smoothly to zero."""
        limit = np.asarray(self.limit, dtype=np.float64)
        with np.errstate(divide="ignore"):
            logs = np.where(limit == 0.0, -(part**1.5) / (1.0 - part), part * np.log(limit))
        return replace(self, limit=np.exp(logs))


def _on_rows(limit: ArrayLike, *, home: bool) -> Quotas:
    full = np.asarray(limit, dtype=np.float64)
    capped = np.isfinite(full) if full.ndim == 2 else np.isfinite(full).any(axis=0)
    rows, N = np.argwhere(capped), capped.shape[1]
    cells = np.column_stack([np.repeat(rows, N, axis=0), np.tile(np.arange(N), len(rows))])
    group = np.repeat(np.arange(len(rows)), N)
    in_group = np.full(len(cells), home) | (cells[:, 1] != cells[:, 2])
    return Quotas(cells[in_group], group[in_group], full[..., capped])
