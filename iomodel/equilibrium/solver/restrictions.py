"""Caps on quantities for the solver: flows, groups and base quantities."""

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
    """

    cells: Index
    member: csr_array
    quantity: Float

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
        return Restrictions(empty, csr_array((0, 0)), np.zeros(0)), np.zeros((1, 0))
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
    limit = np.asarray(quotas.limit, dtype=np.float64)
    return Restrictions(distinct, member, received[tuple(distinct.T)]), np.atleast_2d(limit)
