r"""Closures: how factors move, whether wages do, and what ties spending to income.

labour
    ``mobile`` one wage per region, factors move between its sectors; ``specific`` one wage per
    region and sector; ``rigid`` wages stay and employment adjusts, while each region's nominal
    final spending is held (a central bank that keeps nominal demand), so that its trade balance
    is what follows.
balance
    ``zero`` spending equals income; ``fixed`` the base deficit as a share of world factor income;
    ``share`` the base deficit as a share of the region's own factor income, the world's gap then
    being shared out in proportion to factor income:

    .. math:: D'_n = \Big(\frac{D_n}{W_n} - \frac{\sum_j (D_j/W_j) W'_j}{\sum_j W'_j}\Big) W'_n .
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.economy import Economy
from iomodel.errors import unknown_label

__all__ = ["BALANCE", "LABOUR", "Closure", "deficit", "deficit_change"]

Float = NDArray[np.float64]

LABOUR = ("mobile", "specific", "rigid")
BALANCE = ("zero", "fixed", "share")


@dataclass(frozen=True)
class Closure:
    """The closure of a solve: one of :data:`LABOUR` and one of :data:`BALANCE`."""

    labour: str = "mobile"
    balance: str = "zero"

    def __post_init__(self) -> None:
        """Refuse a name that is not known."""
        if self.labour not in LABOUR:
            raise unknown_label("labour closure", self.labour, LABOUR)
        if self.balance not in BALANCE:
            raise unknown_label("trade balance closure", self.balance, BALANCE)


def deficit(base: Economy, closure: Closure, income: Float) -> Float:
    """Return deficits given factor incomes, (B, N) each."""
    world = income.sum(axis=1, keepdims=True)
    if closure.balance == "zero":
        return np.zeros_like(income)
    if closure.balance == "fixed":
        return np.asarray(base.deficit * (world / base.income.sum()), dtype=np.float64)
    rate = _rates(base)
    return np.asarray((rate - (income @ rate)[:, None] / world) * income, dtype=np.float64)


def deficit_change(base: Economy, closure: Closure, income: Float, change: Float) -> Float:
    """Return the differential of :func:`deficit` at incomes (N,) along changes (C, N)."""
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
