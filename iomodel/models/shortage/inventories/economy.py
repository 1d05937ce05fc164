r"""Daily economy: products pooled over origins, orders split by fixed shares of origins.

Stocks, use and orders are in days of base use, :math:`u_{ij} = S_{ij} / Z_{ij}`, so that a base day
is exactly one and a run without shocks exactly flat. Origins enter through sums over users only:
with shares common to the users of a region (the default, exact for tables built that way) a step
never forms the n x n flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["ORIGINS", "DailyEconomy", "daily_economy"]

ORIGINS = ("region", "user")
DAYS = 365.0


@dataclass(frozen=True, eq=False)
class DailyEconomy:
    """Constants of the daily model: flows per day, for n industries and K groups of users.

    Attributes
    ----------
    use : ndarray, shape (S, n)
        Input of each product by each industry.
    shares : ndarray, shape (S, R, K)
        Shares of origins in the purchases of each group of users.
    final : ndarray, shape (R, S, R)
        Final deliveries that can be rationed.
    weight : ndarray, shape (S, n)
        Criticality of every product for every industry; zero without use.
    cover : ndarray, shape (S, n)
        Initial and target stock, in days of use.
    reserve : ndarray, shape (S, K)
        Public stockpile for each group, in value; it covers missing deliveries.
    recycled : ndarray, shape (S, K)
        Daily recycling after it is built up, in value.
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
        pooled: Float = orders.reshape(S, self.regions, self.sectors, B).sum(axis=2)
        return pooled

    def spread(self, groups: Float) -> Float:
        """Repeat the values of each group for all its users: (S, K, B) to (S, n, B)."""
        return groups if self.by_user else np.repeat(groups, self.sectors, axis=1)


def daily_economy(
    table: MRIOTable,
    weight: Float,
    cover_days: Float,
    *,
    origins: str = "region",
    reserve_days: Float | float = 0.0,
    recycled_share: Float | float = 0.0,
) -> DailyEconomy:
    """Return the daily economy of a table.

    Parameters
    ----------
    table : MRIOTable
    weight : ndarray, shape (S, n)
        Criticality, or shares in purchases of inputs.
    cover_days : ndarray, shape (S, n)
        Days of cover by product and using industry.
    origins : {"region", "user"}
        Shares of origins: common to the users of a region, or specific to each user.
    reserve_days : float or ndarray, shape (S, R)
        Public stockpiles in days of the region's use.
    recycled_share : float or ndarray, shape (S, R)
        Fraction of the region's use that recycling can cover after it is built up.
    """
    R, S = table.shape
    n = R * S
    Z = np.maximum(table.Z2, 0.0).reshape(R, S, R, S)
    use = Z.sum(axis=0).reshape(S, n) / DAYS
    groups = Z.reshape(R, S, n) if origins == "user" else Z.sum(axis=3)
    total = groups.sum(axis=0)
    shares = np.divide(groups, total, out=np.zeros_like(groups), where=total > 0)
    bought = use if origins == "user" else use.reshape(S, R, S).sum(axis=2)
    groups_per_region = S if origins == "user" else 1
    reserve, recycled = (
        np.repeat(np.broadcast_to(by_region, (S, R)), groups_per_region, axis=1) * bought
        for by_region in (reserve_days, recycled_share)
    )
    return DailyEconomy(
        use=use,
        shares=np.ascontiguousarray(shares.transpose(1, 0, 2)),
        final=np.maximum(table.Y.values, 0.0).sum(axis=3) / DAYS,
        weight=np.where(use > 0, weight, 0.0),
        cover=cover_days,
        reserve=reserve,
        recycled=recycled,
        regions=R,
        sectors=S,
    )
