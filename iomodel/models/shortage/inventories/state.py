"""Policy of a day, state of stocks and orders, and simulated paths, for B scenarios at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.models.shortage.inventories.economy import DailyEconomy
from iomodel.typing import Float, Index

__all__ = ["DailyPaths", "PolicyDay", "State", "start"]


@dataclass(frozen=True, eq=False)
class PolicyDay:
    """Constraints and final demand of a day.

    Attributes
    ----------
    capacity : ndarray, shape (n, B)
        Fraction of base output that remains possible.
    final : ndarray, shape (S, R, R, B)
        Final demand that may cross the border, by product, origin and region.
    base_sales : ndarray, shape (S, R, B)
        Sales of a base day, added up in the same order as those of any day.
    cells : tuple of ndarray
        Product, origin and group of users of the deliveries that any scenario cuts.
    limit : ndarray, shape (cells, B)
        Most that may be delivered in them per day; infinite in scenarios without this cut.
    cut : ndarray, shape (B,)
        One in scenarios with any cut, else zero.
    """

    capacity: Float
    final: Float
    base_sales: Float
    cells: tuple[Index, Index, Index]
    limit: Float
    cut: Float


@dataclass(frozen=True, eq=False)
class State:
    """Stocks and orders at the start of a day.

    Attributes
    ----------
    stock, orders : ndarray, shape (S, n, B)
        Days of base use.
    capacity : ndarray, shape (n, B)
        Relative to base, before cuts.
    cut_days : ndarray, shape (B,)
        Days with a cut so far.
    reserve : ndarray, shape (S, K, B)
        Remaining public stockpiles, in value.
    arrived, used : ndarray, shape (S, n, B)
        Sums since the start, for the balance of stocks.
    """

    stock: Float
    orders: Float
    capacity: Float
    cut_days: Float
    reserve: Float
    arrived: Float
    used: Float


@dataclass(frozen=True, eq=False)
class DailyPaths:
    """Simulated paths by day.

    Attributes
    ----------
    output : ndarray, shape (T, n, B)
        Relative to base.
    final : ndarray, shape (T, R, B)
        Final deliveries to each region, relative to base.
    stock : ndarray, shape (T, n, B)
        Value of input stocks relative to the start, at the end of the day.
    imbalance : float
        Largest gap between change of a stock and arrivals less use, in days of use.
    """

    output: Float
    final: Float
    stock: Float
    imbalance: float


def start(economy: DailyEconomy, scenarios: int) -> State:
    """Return the state of a base day, with stocks at their targets."""
    S, n = economy.use.shape
    stock = np.repeat(economy.cover[:, :, None], scenarios, axis=2)
    ones = np.ones((S, n, scenarios))
    zeros = np.zeros((S, n, scenarios))
    reserve = np.repeat(economy.reserve[:, :, None], scenarios, axis=2)
    return State(
        stock=stock,
        orders=ones,
        capacity=np.ones((n, scenarios)),
        cut_days=np.zeros(scenarios),
        reserve=reserve,
        arrived=zeros,
        used=zeros.copy(),
    )
