"""Arrays of a scenario lowered to a table, in the order of its labels."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["CUTS", "KINDS", "SHORTAGES", "PolicyArrays", "ShockArrays", "neutral_arrays"]


KINDS = frozenset(
    {
        "tariff",
        "trade_cost",
        "embargo",
        "export_cut",
        "content_control",
        "supply_cut",
        "demand",
        "productivity",
    }
)
SHORTAGES = frozenset({"export_cut", "content_control", "supply_cut"})
"""Kinds that withhold supplies."""

CUTS = SHORTAGES | {"embargo"}
"""Kinds that close or restrict deliveries."""


@dataclass(frozen=True, eq=False)
class ShockArrays:
    """Arrays of a policy on a table of R regions, S sectors and U final uses.

    Attributes
    ----------
    tariff_observed : ndarray, shape (R, S, R)
        Ad-valorem rates in force when the table's flows were observed, as fractions [exporter,
        sector, importer].
    tariff_base, tariff_new : ndarray, shape (R, S, R)
        The same before and after the scenario. `tariff_base` differs from `tariff_observed` where
        duties came into force between the year of the table and the scenario.
    trade_cost : ndarray, shape (R, S, R)
        Iceberg factor, at least 1 [exporter, sector, importer].
    delivered : ndarray, shape (R, S, R)
        Fraction of the base quantity that may still be delivered, in [0, 1], without supply cuts.
    seller_share, buyer_share : ndarray, shape (R, S, R)
        Shares of the scarcity rent of restricted flows that the regions of sellers and of buyers
        earn, in [0, 1]; the remainder is burnt. Models without prices have no rents.
    supply : ndarray, shape (R, S)
        Fraction of base output that remains possible, in [0, 1].
    demand : ndarray, shape (R, S, R, U)
        Factor on final demand [seller region, sector, user region, final use].
    productivity : ndarray, shape (R, S)
        Factor on total factor productivity.

    Notes
    -----
    Tariffs, trade costs, embargoes and export cuts leave domestic flows as they are.
    """

    tariff_observed: Float
    tariff_base: Float
    tariff_new: Float
    trade_cost: Float
    delivered: Float
    seller_share: Float
    buyer_share: Float
    supply: Float
    demand: Float
    productivity: Float


@dataclass(frozen=True, eq=False)
class PolicyArrays(ShockArrays):
    """Read-only arrays of a scenario, with its kinds of policy.

    Attributes
    ----------
    kinds : frozenset of str
        Kinds of policy among ``KINDS`` that the scenario holds, even at size zero.
    notes : tuple of str
        Sentences that a reader of results must know.

    Notes
    -----
    The arrays are those of :class:`ShockArrays`.
    """

    kinds: frozenset[str]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        for item in fields(self):
            cells = getattr(self, item.name)
            if isinstance(cells, np.ndarray):
                cells.flags.writeable = False

    @property
    def withholds(self) -> bool:
        """Whether any delivery or supply is closed or withheld."""
        return bool((self.delivered < 1.0).any() or (self.supply < 1.0).any())

    @property
    def price_factor(self) -> Float:
        r"""Factor on the buyer's price (R, S, R): :math:`\frac{1+t'}{1+t} d`."""
        factor: Float = (1.0 + self.tariff_new) / (1.0 + self.tariff_base) * self.trade_cost
        return factor


def neutral_arrays(table: MRIOTable) -> ShockArrays:
    """Arrays without any shock: the table's tariffs, and ones."""
    R, S = table.shape
    tariff = np.array(table.tariff.values) if "tariff" in table else np.zeros((R, S, R))
    return ShockArrays(
        tariff_observed=tariff.copy(),
        tariff_base=tariff,
        tariff_new=tariff.copy(),
        trade_cost=np.ones((R, S, R)),
        delivered=np.ones((R, S, R)),
        seller_share=np.ones((R, S, R)),
        buyer_share=np.zeros((R, S, R)),
        supply=np.ones((R, S)),
        demand=np.ones((R, S, R, len(table.final_uses))),
        productivity=np.ones((R, S)),
    )
