r"""First-order decomposition of welfare into terms of trade, volume of trade and transfers.

[CaliendoParro2015]_, equation 15, with :math:`F_{isn}` sales of i to n before duty and :math:`E`
final spending:

.. math::
    d\ln U_n = \underbrace{\frac{1}{E_n}\sum_{s,i}\big(F_{nsi}\,d\ln c_{sn}
               - F_{isn}\,d\ln c_{si}\big)}_{\text{terms of trade}}
             + \underbrace{\frac{1}{E_n}\sum_{s,i} t_{isn} F_{isn}
               \big(d\ln F_{isn} - d\ln c_{si}\big)}_{\text{volume of trade}}
             + \underbrace{\frac{dD_n}{E_n}}_{\text{transfer}} .

The article holds deficits in units of world income, so that its transfer is zero. As in the
article, changes from one equilibrium to the other (hat minus one) stand for the
differentials. That is exact for small shocks only: for large ones the sum differs from
exact real income, in the article by more than its size for Mexico. Both are reported, under two
names. With export taxes, prices at the border stand for costs, and volumes count for the exporter
by :math:`e/(1+e)` as for the importer by its duty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.solution import Solution
from iomodel.typing import Float

__all__ = ["Decomposition", "decompose"]


@dataclass(frozen=True)
class Decomposition:
    """First-order terms, fractions of base income.

    Attributes
    ----------
    terms_of_trade, volume_of_trade : ndarray, shape (B, N)
        The two terms by region.
    terms_of_trade_by_sector, volume_of_trade_by_sector : ndarray, shape (B, S, N)
        Their parts by sector.
    terms_of_trade_by_partner, volume_of_trade_by_partner : ndarray, shape (B, I, N)
        Their parts by partner of region n.
    transfer : ndarray, shape (B, N)
        Change of the deficit, in units of world factor income.
    """

    terms_of_trade_by_sector: Float
    volume_of_trade_by_sector: Float
    terms_of_trade_by_partner: Float
    volume_of_trade_by_partner: Float
    transfer: Float

    @property
    def terms_of_trade(self) -> Float:
        """Terms of trade by region, (B, N)."""
        return np.asarray(self.terms_of_trade_by_sector.sum(axis=1), dtype=np.float64)

    @property
    def volume_of_trade(self) -> Float:
        """Volume of trade by region, (B, N)."""
        return np.asarray(self.volume_of_trade_by_sector.sum(axis=1), dtype=np.float64)

    @property
    def first_order_welfare(self) -> Float:
        """Sum of the terms, (B, N): welfare in the tables of the article."""
        return self.terms_of_trade + self.volume_of_trade + self.transfer


def decompose(solution: Solution) -> Decomposition:
    """Decompose welfare into terms-of-trade and volume-of-trade effects.

    Eq. (31).

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    Decomposition
    """
    solution = solution.in_world_income()
    base = solution.base
    flow = base.flow
    price = solution.border_price - 1.0
    # Sales to oneself appear on both sides and cancel.
    exports = flow[None] * price
    terms = np.swapaxes(exports, 2, 3) - exports
    growth = np.divide(
        solution.flow,
        flow,
        out=np.ones_like(solution.flow),
        where=np.broadcast_to(flow > 0.0, solution.flow.shape),
    )
    volume = base.tariff * flow * (growth - 1.0 - price)
    if np.any(base.export_tax):
        tax = np.asarray(base.export_tax)
        export_volume = tax / (1.0 + tax) * flow * (growth - 1.0 - price)
        volume = volume + np.swapaxes(export_volume, 2, 3)
    income = base.expenditure
    return Decomposition(
        terms_of_trade_by_sector=terms.sum(axis=2) / income,
        volume_of_trade_by_sector=volume.sum(axis=2) / income,
        terms_of_trade_by_partner=terms.sum(axis=1) / income,
        volume_of_trade_by_partner=volume.sum(axis=1) / income,
        transfer=(solution.deficit - base.deficit) / income,
    )
