r"""Caps on quantities: export quotas and lost output, and the rents that enforce them.

A cap binds a group of flows: the quantity shipped, at base prices and added over the group, may be
no more than a fraction of the base,

.. math::
    q_g = \frac{\sum_{isn \in g} F'_{isn}/\hat p_{isn}}{\sum_{isn \in g} F_{isn}}
    \le \bar q_g,

with F sales before duty and p prices at the border. A tax by the seller's region enforces it, one
rate per group; its revenue stays there, as the rent of the licence holders. Rate and slack are
complements, :math:`\rho_g = \ln(1+e_g) \ge 0`, :math:`q_g \le \bar q_g`, one of the two with
equality. :math:`1+e_g` is the shadow price: the buyer's price over the receipts of the industry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import IOModelError
from iomodel.typing import Float, Index

__all__ = ["Quotas"]


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
    """

    cells: Index
    group: Index
    limit: Float

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

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(np.asarray(self.limit).shape[-1])

    @classmethod
    def on_flows(cls, limit: ArrayLike) -> Quotas:
        """One cap for each flow.

        Parameters
        ----------
        limit : array-like, shape (S, I, N) or (B, S, I, N)
            Fractions of base quantities; infinity for no cap.
        """
        full = np.asarray(limit, dtype=np.float64)
        capped = np.isfinite(full) if full.ndim == 3 else np.isfinite(full).any(axis=0)
        cells = np.argwhere(capped)
        return cls(cells, np.arange(len(cells)), full[..., capped])

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
