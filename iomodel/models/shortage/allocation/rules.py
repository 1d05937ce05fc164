r"""Rationing rules: customers' losses if producers cannot serve all orders.

Supply is possible output :math:`(1 - \delta) x` and base withdrawals from stocks; demand is base
sales.

Proportional
    all customers lose the same share.
Intermediate
    industries are served before final users, alike among themselves.
Priority
    customers are served in order of size, largest first [PichlerFarmer2022]_. A customer is an
    industry, or the final users of a region; ties go to the earlier in the table, industries
    before final users. The smallest bear the shortage: with a shortfall :math:`s` and sales
    :math:`a_k` to customers later than k, customer k loses :math:`\min(z_k, (s - a_k)^+)`.

Deliveries are rationed before the border: only the exporter's own users can get the deliveries that
the border stops.

Lost shares are arrays (R, S, R), or (R, S, R, S) under priority, which tells industries apart.
"""

from __future__ import annotations

import numpy as np

from iomodel.models.shortage.allocation.economy import ConstrainedEconomy
from iomodel.typing import Float

__all__ = ["RULES", "lost_shares", "sales_loss", "unmet_use", "withheld_exports"]

RULES = ("proportional", "intermediate", "priority")


def lost_shares(economy: ConstrainedEconomy, loss: Float) -> tuple[Float, Float]:
    """Return the share of base sales that industries and that final users lose.

    Parameters
    ----------
    economy : ConstrainedEconomy
    loss : ndarray, shape (R, S)
        Fraction of base output that producers lose.

    Returns
    -------
    industries : ndarray, shape (R, S, R), or (R, S, R, S) under priority
    final_users : ndarray, shape (R, S, R)
    """
    delivered = economy.delivered
    if economy.rule == "priority":
        lost, lost_final = _lost_in_order_of_size(economy, loss)
        # 1 - delivered (1 - lost), written so that a loss of zero is zero to the last bit.
        blocked = 1.0 - delivered
        return lost * delivered[..., None] + blocked[..., None], lost_final * delivered + blocked
    if economy.rule == "proportional":
        lost = 1.0 - delivered * (1.0 - loss)[:, :, None]
        return lost, lost
    served, final_served = _served_in_turn(economy, loss)
    return 1.0 - delivered * served[:, :, None], 1.0 - delivered * final_served[:, :, None]


def withheld_exports(economy: ConstrainedEconomy, loss: Float) -> Float:
    """Return production for other regions that may not cross the border, by exporter, (R, S).

    Rationing comes first: exports that the rule leaves without supply are not there to be withheld.
    """
    if economy.rule == "proportional" or not economy.blocked_sales.any():
        return economy.blocked_sales * (1.0 - loss)
    if economy.rule == "intermediate":
        served, final_served = _served_in_turn(economy, loss)
        remaining_sales = (
            economy.intermediate * served[:, :, None] + economy.final * final_served[:, :, None]
        )
    else:
        lost, lost_final = _lost_in_order_of_size(economy, loss)
        lost_sales = np.einsum("rpmc,rpmc->rpm", economy.Z, lost)
        remaining_sales = economy.intermediate - lost_sales + economy.final * (1 - lost_final)
    withheld: Float = ((1.0 - economy.delivered) * remaining_sales).sum(axis=2)
    return withheld


def unmet_use(economy: ConstrainedEconomy, lost: Float) -> Float:
    """Return industries' unmet use of each product, summed over origins, (S, R, S).

    `lost` are the lost shares of industries.
    """
    if lost.ndim == 3:
        return np.asarray(np.einsum("rpmc,rpm->pmc", economy.Z, lost))
    return np.asarray(np.einsum("rpmc,rpmc->pmc", economy.Z, lost))


def sales_loss(economy: ConstrainedEconomy, lost: Float, unused: Float) -> Float:
    """Return the fall of sales to industries that take up only part of their allotment, (R, S, R).

    `lost` are the lost shares of industries, `unused` (S, R, S) the fraction of the remainder that
    they leave.
    """
    if lost.ndim == 3:
        left_over = np.einsum("rpmc,pmc->rpm", economy.Z, unused)
        return np.asarray(economy.intermediate * lost + (1.0 - lost) * left_over)
    return np.asarray(
        np.einsum("rpmc,rpmc->rpm", economy.Z, lost)
        + np.einsum("rpmc,pmc->rpm", economy.Z * (1.0 - lost), unused)
    )


# ---------------------------------------------------------------------- helpers
def _served_in_turn(economy: ConstrainedEconomy, loss: Float) -> tuple[Float, Float]:
    """Return the fractions of orders served under rule intermediate: industries, final users."""
    supply = (1.0 - loss) * economy.output + economy.stock_withdrawal
    orders, final_orders = economy.intermediate.sum(axis=2), economy.final.sum(axis=2)
    served = np.divide(supply, orders, out=np.ones_like(supply), where=orders > supply)
    remaining = np.maximum(supply - served * orders, 0.0)
    final_served = np.divide(
        remaining, final_orders, out=np.ones_like(supply), where=final_orders > remaining
    )
    # A producer without loss serves all: rounding of sums must not ration anybody.
    return np.where(loss > 0, served, 1.0), np.where(loss > 0, final_served, 1.0)


def _shortfall(economy: ConstrainedEconomy, loss: Float) -> Float:
    """Return base sales beyond supply, (R, S)."""
    total_sales = economy.intermediate.sum(axis=2) + economy.final.sum(axis=2)
    shortfall = total_sales - ((1.0 - loss) * economy.output + economy.stock_withdrawal)
    # A producer without loss serves all: rounding of sums must not ration anybody.
    return np.where(loss > 0, np.maximum(shortfall, 0.0), 0.0)


def _lost_in_order_of_size(economy: ConstrainedEconomy, loss: Float) -> tuple[Float, Float]:
    """Return lost shares before the border under rule priority: industries, final users."""
    shortfall = _shortfall(economy, loss)
    shares = []
    for size, later in zip((economy.Z, economy.final), economy.later_sales, strict=True):
        lost = shortfall.reshape(shortfall.shape + (1,) * (size.ndim - 2)) - later
        np.clip(lost, 0.0, size, out=lost)
        shares.append(np.divide(lost, size, out=lost, where=size > 0))
    return shares[0], shares[1]
