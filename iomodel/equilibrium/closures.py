r"""Closures: factor mobility, wages, trade balances, tariff revenue and the numeraire.

labour
    ``mobile`` one wage per region, factors move between its sectors; ``specific`` one wage per
    region and sector; ``rigid`` wages stay and employment adjusts, while each region's nominal
    final spending is fixed (a central bank that keeps nominal demand), so that its trade balance
    follows.
balance
    ``zero`` spending equals income; ``fixed`` the base deficit as a share of world factor income;
    ``share`` the base deficit as a share of the region's own factor income, the world's gap then
    being shared out in proportion to factor income:

    .. math:: D'_n = \Big(\frac{D_n}{W_n} - \frac{\sum_j (D_j/W_j) W'_j}{\sum_j W'_j}\Big) W'_n .
revenue
    ``rebated`` households spend tariff revenue; ``spent`` the government does, on the same goods in
    the same proportions. Prices and quantities are the same; real income is that of households and
    leaves revenue out if it is spent. Export taxes and quota rents are income of households
    under both: licences have holders.
numeraire
    ``world`` world factor income as in the base; ``wage`` the mean factor reward of a region;
    ``price`` its price of final demand. Only nominal values depend on it. Rigid wages are a
    numeraire of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.errors import IOModelError, unknown_label
from iomodel.typing import Float

__all__ = ["BALANCE", "LABOUR", "NUMERAIRE", "REVENUE", "Closure", "deficit", "deficit_change"]


LABOUR = ("mobile", "specific", "rigid")
BALANCE = ("zero", "fixed", "share")
REVENUE = ("rebated", "spent")
NUMERAIRE = ("world", "wage", "price")


@dataclass(frozen=True)
class Closure:
    """The closure of a solve.

    Attributes
    ----------
    labour, balance, revenue, numeraire : str
        One of :data:`LABOUR`, :data:`BALANCE`, :data:`REVENUE` and :data:`NUMERAIRE`.
    region : int
        Region of the numeraire, if a wage or a price is one.
    """

    labour: str = "mobile"
    balance: str = "zero"
    revenue: str = "rebated"
    numeraire: str = "world"
    region: int = 0

    def __post_init__(self) -> None:
        """Check the names of the options."""
        for kind, name, valid in (
            ("labour closure", self.labour, LABOUR),
            ("trade balance closure", self.balance, BALANCE),
            ("use of tariff revenue", self.revenue, REVENUE),
            ("numeraire", self.numeraire, NUMERAIRE),
        ):
            if name not in valid:
                raise unknown_label(kind, name, valid)
        if self.labour == "rigid" and self.numeraire != "world":
            raise IOModelError("rigid wages are the numeraire themselves; leave numeraire at world")

    @property
    def markets(self) -> tuple[str, str]:
        """The closures that decide quantities and relative prices."""
        return self.labour, self.balance


def deficit(base: Economy, closure: Closure, income: Float) -> Float:
    """Deficits at factor incomes, (B, N) each. Eq. (22)."""
    world = income.sum(axis=1, keepdims=True)
    if closure.balance == "zero":
        return np.zeros_like(income)
    if closure.balance == "fixed":
        return np.asarray(base.deficit * (world / base.income.sum()), dtype=np.float64)
    rate = _rates(base)
    return np.asarray((rate - (income @ rate)[:, None] / world) * income, dtype=np.float64)


def deficit_change(base: Economy, closure: Closure, income: Float, change: Float) -> Float:
    """Differential of :func:`deficit` at incomes (N,) along changes (C, N)."""
    world = change.sum(axis=1, keepdims=True)
    if closure.balance == "zero":
        return np.zeros_like(change)
    if closure.balance == "fixed":
        return np.asarray(base.deficit * (world / base.income.sum()), dtype=np.float64)
    rate = _rates(base)
    mean = float(income @ rate / income.sum())
    shift = ((change @ (rate - mean)) / income.sum())[:, None]
    return np.asarray((rate - mean) * change - shift * income, dtype=np.float64)


def _rates(base: Economy) -> Float:
    return np.divide(
        base.deficit, base.income, out=np.zeros_like(base.income), where=base.income > 0
    )
