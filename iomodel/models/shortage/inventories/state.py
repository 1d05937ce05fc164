"""What the daily model knows: a day of policy, the state of stocks and orders, the whole course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.models.shortage.inventories.economy import Economy
from iomodel.typing import Float, Index

__all__ = ["Course", "Day", "State", "start"]


@dataclass(frozen=True, eq=False)
class Day:
    """What holds on a day, for B scenarios.

    Attributes
    ----------
    capacity : ndarray, shape (n, B)
        Fraction of base output that remains possible.
    final : ndarray, shape (S, R, R, B)
        Final demand let over the border, by product, origin and region.
    base : ndarray, shape (S, R, B)
        Sales of a base day, added up as those of any day are.
    cells : tuple of ndarray
        Product, origin and group of users of the deliveries that are cut anywhere.
    limit : ndarray, shape (cells, B)
        Most that may be delivered in them per day; infinite where a scenario cuts nothing.
    cut : ndarray, shape (B,)
        One where a scenario cuts anything, else zero.
    """

    capacity: Float
    final: Float
    base: Float
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
    since : ndarray, shape (B,)
        Days so far on which something was cut.
    reserve : ndarray, shape (S, K, B)
        What is left of public stockpiles, in value.
    arrived, used : ndarray, shape (S, n, B)
        Sums since the start, for the balance of stocks.
    """

    stock: Float
    orders: Float
    capacity: Float
    since: Float
    reserve: Float
    arrived: Float
    used: Float


@dataclass(frozen=True, eq=False)
class Course:
    """What happened, by day.

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


def start(economy: Economy, scenarios: int) -> State:
    """Return the state of a base day, with stocks at their targets."""
    S, n = economy.use.shape
    stock = np.repeat(economy.cover[:, :, None], scenarios, axis=2)
    ones = np.ones((S, n, scenarios))
    nothing = np.zeros((S, n, scenarios))
    reserve = np.repeat(economy.reserve[:, :, None], scenarios, axis=2)
    return State(
        stock=stock,
        orders=ones,
        capacity=np.ones((n, scenarios)),
        since=np.zeros(scenarios),
        reserve=reserve,
        arrived=nothing,
        used=nothing.copy(),
    )
