r"""Caps on quantities for the solver: flows, groups, base quantities, and who holds the rents.

Where a flow is under several caps their licences are stacked, that of the first group outermost.
With :math:`\rho` log rents, per unit of what the buyer pays before duty,

.. math::
    \psi_g = e^{-\sum_{h<g} \rho_h} (1 - e^{-\rho_g}), \qquad
    \sum_g \psi_g + e^{-\sum_h \rho_h} = 1 .
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.quotas import Quotas
from iomodel.errors import IOModelError
from iomodel.typing import Float, Index

__all__ = ["Restrictions", "restrictions"]


@dataclass(frozen=True)
class Restrictions:
    """Groups of flows that share a cap.

    Attributes
    ----------
    cells : ndarray of int, shape (K, 3)
        Distinct flows (sector, exporter, importer) that are positive in the base.
    member : csr_array, shape (K, G)
        One if a flow is in a group.
    quantity : ndarray, shape (K,)
        Base quantities at the prices that industries receive.
    seller_share, buyer_share : ndarray, shape (G,)
        Shares of the rent of each group; the remainder is burnt.
    """

    cells: Index
    member: csr_array
    quantity: Float
    seller_share: Float
    buyer_share: Float

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.member.shape[1])

    def spread(self, rent: Float) -> Float:
        """Log rents by flow (B, K) from those of groups (B, G)."""
        return np.asarray((self.member @ rent.T).T, dtype=np.float64)

    def gathered(self, values: Float) -> Float:
        """Sum values by flow (B, K) over groups, (B, G)."""
        return np.asarray((self.member.T @ values.T).T, dtype=np.float64)

    @property
    def sellers_hold_all(self) -> bool:
        """Whether all rents are those of the sellers' regions, as of an export tax."""
        return bool((self.seller_share == 1.0).all() and (self.buyer_share == 0.0).all())

    def log_border_share(self, rent: Float) -> Float:
        """Log of the border price over what the buyer pays before duty, (B, K).

        Eq. (57).

        Buyers that hold the licence pay less at the border, and earn the difference at home.
        """
        if self.sellers_hold_all:
            return np.zeros((len(rent), len(self.cells)))
        steps, remainder = self._stacked(rent)
        return np.log(
            self._over_groups((1.0 - self._by_entry(self.buyer_share)) * steps) + remainder
        )

    def log_licence_cost(self, rent: Float) -> Float:
        """Log of what the industry ships or uses up over what it ships, (B, K). Eq. (58)."""
        if self.sellers_hold_all:
            return np.zeros((len(rent), len(self.cells)))
        steps, remainder = self._stacked(rent)
        return np.log1p(self._over_groups(self._by_entry(self._burnt) * steps) / remainder)

    def share_impulses(self, rent: Float, columns: Float) -> tuple[Float, Float]:
        """Differentials of :meth:`log_border_share` and :meth:`log_licence_cost`, (C, K) each.

        Parameters
        ----------
        rent : ndarray, shape (1, G)
        columns : ndarray, shape (C, G)
            Differentials of log rents.
        """
        if self.sellers_hold_all:
            zero = np.zeros((len(columns), len(self.cells)))
            return zero, zero
        before, after = self._cumulated(rent)
        before_change, after_change = self._cumulated(columns)
        step_change = np.exp(-after) * after_change - np.exp(-before) * before_change
        burnt_change = self._over_groups(self._by_entry(self._burnt) * step_change)
        bought_change = self._over_groups(self._by_entry(self.buyer_share) * step_change)
        border = -bought_change / np.exp(self.log_border_share(rent))
        cost, total = np.exp(self.log_licence_cost(rent)), self.spread(columns)
        burnt = (cost - 1.0) * total + burnt_change * np.exp(self.spread(rent))
        return border, burnt / cost

    @property
    def _burnt(self) -> Float:
        """Shares of rents that are burnt, (G,)."""
        return np.maximum(1.0 - self.seller_share - self.buyer_share, 0.0)

    def _by_entry(self, values: Float) -> Float:
        """Values of groups (..., G) by membership of a flow in a group, (..., M)."""
        return np.asarray(values[..., self.member.indices], dtype=np.float64)

    def _over_groups(self, values: Float) -> Float:
        """Sum values by membership (..., M) over the groups of each flow, (..., K)."""
        if not len(self.cells):
            return np.zeros((*values.shape[:-1], 0))
        return np.asarray(np.add.reduceat(values, self.member.indptr[:-1], axis=-1))

    def _cumulated(self, rent: Float) -> tuple[Float, Float]:
        """Log rents of outer licences by membership, without and with its own, (B, M) each."""
        by_entry = self._by_entry(rent)
        size = np.diff(self.member.indptr)
        depth = np.arange(by_entry.shape[-1]) - np.repeat(self.member.indptr[:-1], size)
        outer = np.zeros_like(by_entry)
        for step in range(1, int(size.max(initial=1))):
            entry = np.flatnonzero(depth >= step)
            outer[..., entry] += by_entry[..., entry - step]
        return outer, outer + by_entry

    def _stacked(self, rent: Float) -> tuple[Float, Float]:
        """Shares of the price before duty: rents by membership (B, M), unit cost (B, K)."""
        outer, _ = self._cumulated(rent)
        return -np.exp(-outer) * np.expm1(-self._by_entry(rent)), np.exp(-self.spread(rent))

    def close(self, log_cost: Float, limit: Float) -> Float:
        """Costs (B, S, I, N), infinite for flows with a cap (B, G) of zero."""
        if not (limit == 0.0).any():
            return log_cost
        s, i, n = self.cells.T
        closed = self.spread((limit == 0.0).astype(np.float64)) > 0.0
        cost = np.array(log_cost)
        cost[:, s, i, n] = np.where(closed, np.inf, cost[:, s, i, n])
        return cost


def restrictions(base: Economy, quotas: Quotas | None) -> tuple[Restrictions, Float]:
    """Capped flows that are positive in the base, and limits with a leading axis (B, G).

    Parameters
    ----------
    base : Economy
    quotas : Quotas or None

    Returns
    -------
    Restrictions, ndarray

    Raises
    ------
    IOModelError
        If a capped flow is not among those of the base.
    """
    S, N = base.shape
    if quotas is None:
        empty = np.zeros((0, 3), dtype=np.intp)
        none = np.zeros(0)
        return Restrictions(empty, csr_array((0, 0)), none, none, none), np.zeros((1, 0))
    cells = np.asarray(quotas.cells, dtype=np.intp).reshape(-1, 3)
    if len(cells) and (cells.min() < 0 or (cells.max(axis=0) >= (S, N, N)).any()):
        raise IOModelError(f"a quota names a flow outside (sector, exporter, importer) {(S, N, N)}")
    received = base.flow / (1.0 + base.export_tax)
    positive = received[tuple(cells.T)] > 0.0
    distinct, place = np.unique(cells[positive], axis=0, return_inverse=True)
    member = csr_array(
        (np.ones(len(place)), (place.reshape(-1), quotas.group[positive])),
        shape=(len(distinct), quotas.groups),
    )
    member.data[:] = 1.0  # a flow named twice in a group is in it once
    member.sort_indices()
    limit = np.asarray(quotas.limit, dtype=np.float64)
    caps = Restrictions(distinct, member, received[tuple(distinct.T)], *quotas.shares)
    return caps, np.atleast_2d(limit)
