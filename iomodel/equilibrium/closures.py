r"""Closures: factor mobility, wages, trade balances, tariff revenue and the numeraire.

labour
    ``mobile`` one wage per region, factors move between its sectors; ``specific`` one wage per
    region and sector; ``rigid`` wages stay and employment adjusts, while each region's nominal
    final spending is fixed (a central bank that keeps nominal demand), so that its trade balance
    follows; ``sticky`` one labour market per region and sector, in which wages do not fall below
    those of the base: above that floor everybody is employed, at the floor employment adjusts;
    nominal final spending is fixed as under ``rigid``.
balance
    ``zero`` spending equals income; ``fixed`` the base deficit as a share of world factor income;
    ``share`` the base deficit as a share of the region's own factor income, the gap then being
    shared out in proportion to factor income within each group :math:`G` of regions that still
    trade with one another, directly or through third ones:

    .. math:: D'_n = \Big(\frac{D_n}{W_n} - \frac{\sum_{j\in G} (D_j/W_j) W'_j}
              {\sum_{j\in G} W'_j}\Big) W'_n .

    Deficits of a group sum to zero, so that it is feasible whatever trade is left: a region on its
    own has none. Without a shock it is the deficit of the base.
revenue
    ``rebated`` households spend tariff revenue; ``spent`` the government does, on the same goods in
    the same proportions. Prices and quantities are the same; real income is that of households and
    leaves revenue out if it is spent. Export taxes and quota rents are income of households
    under both: licences have holders. Where nominal spending is fixed, households save what they
    are rebated, and ``spent`` revenue raises spending by what is new of it.
numeraire
    ``world`` world factor income as in the base; ``wage`` the mean factor reward of a region;
    ``price`` its price of final demand. Only nominal values depend on it. Rigid and
    sticky wages are a numeraire of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.errors import IOModelError, unknown_label
from iomodel.typing import Component, Float

__all__ = ["BALANCE", "LABOUR", "NUMERAIRE", "REVENUE", "Closure", "deficit", "deficit_change"]


LABOUR = ("mobile", "specific", "rigid", "sticky")
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
        if self.fixes_spending and self.numeraire != "world":
            raise IOModelError(
                f"{self.labour} wages are the numeraire themselves; leave numeraire at world"
            )

    @property
    def fixes_spending(self) -> bool:
        """Whether nominal final spending is that of the base, and trade balances follow."""
        return self.labour in ("rigid", "sticky")

    @property
    def spends_revenue(self) -> bool:
        """Whether new tariff revenue raises final spending."""
        return not self.fixes_spending or self.revenue == "spent"

    @property
    def markets(self) -> tuple[str, str]:
        """The closures that decide quantities and relative prices."""
        return self.labour, self.balance


def deficit(base: Economy, closure: Closure, income: Float, component: Component) -> Float:
    """Deficits at factor incomes, (B, N) each, among groups of regions that trade. Eq. (22)."""
    if closure.balance == "zero":
        return np.zeros_like(income)
    if closure.balance == "fixed":
        world = income.sum(axis=1, keepdims=True)
        return np.asarray(base.deficit * (world / base.income.sum()), dtype=np.float64)
    rate = _rates(base)
    return np.asarray((rate - _group_mean(component, rate, income)) * income)


def deficit_change(
    base: Economy, closure: Closure, income: Float, change: Float, component: Component
) -> Float:
    """Differential of :func:`deficit` at incomes (1, N) along changes (C, N)."""
    if closure.balance == "zero":
        return np.zeros_like(change)
    if closure.balance == "fixed":
        world = change.sum(axis=1, keepdims=True)
        return np.asarray(base.deficit * (world / base.income.sum()), dtype=np.float64)
    rate = _rates(base)
    deviation = rate - _group_mean(component, rate, income)
    total = np.broadcast_to(_group_total(component, income), change.shape)
    mean_change = np.divide(
        _group_total(component, change * deviation),
        total,
        out=np.zeros_like(change),
        where=total > 0.0,
    )
    return np.asarray(deviation * change - mean_change * income, dtype=np.float64)


def _rates(base: Economy) -> Float:
    return np.divide(
        base.deficit, base.income, out=np.zeros_like(base.income), where=base.income > 0
    )


def _group_mean(component: Component, rate: Float, income: Float) -> Float:
    """Mean of rates (N,) over each region's group, weighted by incomes, (B, N)."""
    total = _group_total(component, income)
    sums = _group_total(component, income * rate)
    return np.divide(sums, total, out=np.zeros_like(total), where=total > 0.0)


def _group_total(component: Component, values: Float) -> Float:
    """Sum of values (B, N) over the group of each region, (B, N)."""
    total = np.zeros_like(values)
    for group in range(int(component.max()) + 1):
        member = component == group
        total += member * (member * values).sum(axis=1, keepdims=True)
    return total
