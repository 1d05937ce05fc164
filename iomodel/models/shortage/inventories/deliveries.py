"""Deliveries of a day: orders at the border, rationing, unfilled orders, stockpiles, recycling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.models.shortage.inventories.behaviour import Behaviour
from iomodel.models.shortage.inventories.economy import DailyEconomy
from iomodel.models.shortage.inventories.state import PolicyDay, State
from iomodel.typing import Float

__all__ = [
    "Border",
    "base_sales",
    "draw_buffers",
    "fill_rates",
    "final_deliveries",
    "orders_at_border",
    "unfilled_share",
]


# Least share of open origins: the sum of all shares less the closed ones has rounding below this.
LEAST_OPEN_SHARE = 1e-12


@dataclass(frozen=True, eq=False)
class Border:
    """Orders that may not cross the border.

    Attributes
    ----------
    refused : ndarray, shape (cells, B)
        Orders refused in each cut cell.
    closed : ndarray, shape (cells, B)
        Share of the origin in purchases if a scenario cuts the cell, else zero.
    rerouted : ndarray, shape (S, K, B)
        Orders rerouted to other origins, over the share of open origins.
    """

    refused: Float
    closed: Float
    rerouted: Float


def base_sales(economy: DailyEconomy, final: Float) -> Float:
    """Return sales of a base day, (S, R, B), from final deliveries (S, R, R, B)."""
    groups = economy.pooled(np.repeat(economy.use[:, :, None], final.shape[3], axis=2))
    sales: Float = economy.shares @ groups + final.sum(axis=2)
    return sales


def orders_at_border(
    economy: DailyEconomy, day: PolicyDay, groups: Float, rerouted_share: Float
) -> tuple[Float, Border | None]:
    """Return orders that reach each producer, (S, R, B), and refused orders, if any.

    Parameters
    ----------
    economy : DailyEconomy
    day : PolicyDay
    groups : ndarray, shape (S, K, B)
        Orders by product and group of users.
    rerouted_share : ndarray, shape (B,)
        Share of refused orders that go to other origins.
    """
    orders: Float = economy.shares @ groups
    s, r, k = day.cells
    share = economy.shares[s, r, k][:, None]
    refused = np.maximum(share * groups[s, k] - day.limit, 0.0)
    if not refused.any():
        return orders, None
    closed = np.where(np.isfinite(day.limit), share, 0.0)
    np.add.at(orders, (s, r), -refused)
    rerouted = np.zeros_like(groups)
    if rerouted_share.any():
        open_share = np.zeros_like(groups)
        np.add.at(open_share, (s, k), -closed)
        open_share += economy.shares.sum(axis=1)[:, :, None]
        np.add.at(rerouted, (s, k), refused * rerouted_share)
        rerouted = np.divide(
            rerouted, open_share, out=np.zeros_like(rerouted), where=open_share > LEAST_OPEN_SHARE
        )
        orders += economy.shares @ rerouted
        np.add.at(orders, (s, r), -closed * rerouted[s, k])
    # Orders refused in full may leave a rounding error below zero.
    return np.maximum(orders, 0.0), Border(refused, closed, rerouted)


def fill_rates(
    behaviour: Behaviour, supply: Float, orders: Float, final_orders: Float
) -> tuple[Float, Float]:
    """Return the fraction of orders filled, of industries and of final users, (S, R, B) each."""
    if not behaviour.intermediate_first:
        demand = orders + final_orders
        filled = np.divide(supply, demand, out=np.ones_like(demand), where=demand > supply)
        return filled, filled
    filled = np.divide(supply, orders, out=np.ones_like(orders), where=orders > supply)
    remaining = np.maximum(supply - orders, 0.0)
    # If supply meets all demand, rounding of the difference must not ration anybody.
    short = orders + final_orders > supply
    final_filled = np.divide(
        remaining,
        final_orders,
        out=np.ones_like(final_orders),
        where=short & (final_orders > remaining),
    )
    return filled, final_filled


def unfilled_share(
    economy: DailyEconomy, day: PolicyDay, groups: Float, border: Border | None, filled: Float
) -> Float:
    """Return the share of each group's orders of a product that is not delivered, (S, K, B)."""
    by_group = economy.shares.transpose(0, 2, 1)
    missing: Float = by_group @ (1.0 - filled)
    if border is None:
        return missing
    s, r, k = day.cells
    lost = np.zeros_like(groups)
    np.add.at(lost, (s, k), border.refused * filled[s, r])
    if border.rerouted.any():
        open_filled = by_group @ filled
        np.add.at(open_filled, (s, k), -border.closed * filled[s, r])
        lost -= border.rerouted * open_filled
    missing += np.divide(lost, groups, out=np.zeros_like(lost), where=groups > 0)
    return np.clip(missing, 0.0, 1.0)


def draw_buffers(
    economy: DailyEconomy, behaviour: Behaviour, state: State, groups: Float, missing: Float
) -> tuple[Float, Float]:
    """Return remaining stockpiles, and the missing share after recycling and releases."""
    if not economy.has_buffers:
        return state.reserve, missing
    lost = missing * groups
    built = np.minimum(state.cut_days / behaviour.recycling_days, 1.0)
    lost -= np.minimum(lost, economy.recycled[:, :, None] * built)
    released = np.minimum(lost, state.reserve)
    lost -= released
    missing = np.divide(lost, groups, out=np.zeros_like(lost), where=groups > 0)
    return state.reserve - released, missing


def final_deliveries(final: Float, filled: Float) -> Float:
    """Return final deliveries to each region, (R, B), from (S, R, R, B) and fractions (S, R, B)."""
    delivered: Float = np.einsum("srmb,srb->mb", final, filled)
    return delivered
