r"""An economy by the day: products pooled over origins, orders split by fixed shares of origins.

Stocks, use and orders are counted in days of base use, :math:`u_{ij} = S_{ij} / Z_{ij}`, so that a
base day is exactly one and no shock stays exactly flat. Only sums over users ever meet origins:
with shares common to the users of a region (the default, exact where the table was built that way)
a step never touches the n x n flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["ORIGINS", "Economy", "economy_of"]

ORIGINS = ("region", "user")
DAYS = 365.0


@dataclass(frozen=True, eq=False)
class Economy:
    """What does not change from day to day; flows per day, K groups of users.

    Attributes
    ----------
    use : ndarray, shape (S, n)
        Input of each product by each industry.
    shares : ndarray, shape (S, R, K)
        Shares of origins in the purchases of each group of users.
    final : ndarray, shape (R, S, R)
        Final deliveries that can be rationed.
    weight : ndarray, shape (S, n)
        Criticality of every product for every industry; zero where nothing is used.
    cover : ndarray, shape (S, n)
        Stock held at the start and aimed at, in days of use.
    reserve : ndarray, shape (S, K)
        Public stockpile for each group, in value; it covers what does not arrive.
    recycled : ndarray, shape (S, K)
        What recycling adds per day once it is built up, in value.
    regions, sectors : int
    """

    use: Float
    shares: Float
    final: Float
    weight: Float
    cover: Float
    reserve: Float
    recycled: Float
    regions: int
    sectors: int

    @property
    def by_user(self) -> bool:
        """Whether every industry has its own shares of origins."""
        return bool(self.shares.shape[2] == self.use.shape[1])

    @property
    def has_buffers(self) -> bool:
        """Whether there is any stockpile or recycling."""
        return bool(self.reserve.any() or self.recycled.any())

    def pooled(self, orders: Float) -> Float:
        """Add orders (S, n, B) over the users of each group, (S, K, B)."""
        if self.by_user:
            return orders
        S, B = orders.shape[0], orders.shape[2]
        added: Float = orders.reshape(S, self.regions, self.sectors, B).sum(axis=2)
        return added

    def spread(self, part: Float) -> Float:
        """Give every user what holds for his group: (S, K, B) to (S, n, B)."""
        return part if self.by_user else np.repeat(part, self.sectors, axis=1)


def economy_of(
    table: MRIOTable,
    weight: Float,
    cover_days: Float,
    *,
    origins: str = "region",
    reserve_days: Float | float = 0.0,
    recycled_share: Float | float = 0.0,
) -> Economy:
    """Return the daily economy of a table.

    Parameters
    ----------
    table : MRIOTable
    weight : ndarray, shape (S, n)
        Criticality, or shares in what is bought.
    cover_days : ndarray, shape (S, n)
        Days of cover by product and using industry.
    origins : {"region", "user"}
        Whether the users of a region share the origins of a product, or have their own.
    reserve_days : float or ndarray, shape (S, R)
        Public stockpiles in days of the region's use.
    recycled_share : float or ndarray, shape (S, R)
        Part of the region's use that recycling can cover in the end.
    """
    R, S = table.shape
    n = R * S
    Z = np.maximum(table.Z2, 0.0).reshape(R, S, R, S)
    use = Z.sum(axis=0).reshape(S, n) / DAYS
    groups = Z.reshape(R, S, n) if origins == "user" else Z.sum(axis=3)
    total = groups.sum(axis=0)
    shares = np.divide(groups, total, out=np.zeros_like(groups), where=total > 0)
    bought = use if origins == "user" else use.reshape(S, R, S).sum(axis=2)
    wide = S if origins == "user" else 1
    buffers = [
        np.repeat(np.broadcast_to(given, (S, R)), wide, axis=1) * bought
        for given in (reserve_days, recycled_share)
    ]
    return Economy(
        use=use,
        shares=np.ascontiguousarray(shares.transpose(1, 0, 2)),
        final=np.maximum(table.Y.values, 0.0).sum(axis=3) / DAYS,
        weight=np.where(use > 0, weight, 0.0),
        cover=cover_days,
        reserve=buffers[0],
        recycled=buffers[1],
        regions=R,
        sectors=S,
    )
