"""A day on the market: orders at the border, who is served, what does not come, what makes up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.models.shortage.inventories.economy import Economy
from iomodel.models.shortage.inventories.rules import Behaviour
from iomodel.models.shortage.inventories.state import Day, State
from iomodel.typing import Float

__all__ = ["Border", "at_border", "by_region", "made_up", "serve", "unfilled"]


# A sum of shares of origins less those that are closed: below this, none is open.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Border:
    """What became of orders that may not cross.

    Attributes
    ----------
    refused : ndarray, shape (cells, B)
        Orders refused in each cut cell.
    closed : ndarray, shape (cells, B)
        Share of the origin in purchases where a scenario cuts the cell, else zero.
    moved : ndarray, shape (S, K, B)
        Orders that go to other origins, over the share of origins that are open.
    """

    refused: Float
    closed: Float
    moved: Float


def at_border(
    economy: Economy, day: Day, groups: Float, found: Float
) -> tuple[Float, Border | None]:
    """Return orders that reach each producer, (S, R, B), and what became of the others, if any.

    Parameters
    ----------
    economy : Economy
    day : Day
    groups : ndarray, shape (S, K, B)
        Orders by product and group of users.
    found : ndarray, shape (B,)
        Share of refused orders for which other origins have been found.
    """
    wanted: Float = economy.shares @ groups
    s, r, k = day.cells
    share = economy.shares[s, r, k][:, None]
    refused = np.maximum(share * groups[s, k] - day.limit, 0.0)
    if not refused.any():
        return wanted, None
    closed = np.where(np.isfinite(day.limit), share, 0.0)
    np.add.at(wanted, (s, r), -refused)
    moved = np.zeros_like(groups)
    if found.any():
        left = np.zeros_like(groups)
        np.add.at(left, (s, k), -closed)
        left += economy.shares.sum(axis=1)[:, :, None]
        np.add.at(moved, (s, k), refused * found)
        moved = np.divide(moved, left, out=np.zeros_like(moved), where=left > ROUNDING)
        wanted += economy.shares @ moved
        np.add.at(wanted, (s, r), -closed * moved[s, k])
    # What is left of orders refused in full may be a rounding below zero.
    return np.maximum(wanted, 0.0), Border(refused, closed, moved)


def serve(rule: Behaviour, supply: Float, wanted: Float, final: Float) -> tuple[Float, Float]:
    """Return the fraction of orders filled, of industries and of final users, (S, R, B) each."""
    if not rule.intermediate_first:
        asked = wanted + final
        both = np.divide(supply, asked, out=np.ones_like(asked), where=asked > supply)
        return both, both
    served = np.divide(supply, wanted, out=np.ones_like(wanted), where=wanted > supply)
    left = np.maximum(supply - wanted, 0.0)
    # Where all that is asked is made, rounding of the difference must not ration anybody.
    short = wanted + final > supply
    rest = np.divide(left, final, out=np.ones_like(final), where=short & (final > left))
    return served, rest


def unfilled(
    economy: Economy, day: Day, groups: Float, border: Border | None, served: Float
) -> Float:
    """Return the part of each group's orders of a product that is not delivered, (S, K, B)."""
    by_group = economy.shares.transpose(0, 2, 1)
    missing: Float = by_group @ (1.0 - served)
    if border is None:
        return missing
    s, r, k = day.cells
    lost = np.zeros_like(groups)
    np.add.at(lost, (s, k), border.refused * served[s, r])
    if border.moved.any():
        open_ = by_group @ served
        np.add.at(open_, (s, k), -border.closed * served[s, r])
        lost -= border.moved * open_
    missing += np.divide(lost, groups, out=np.zeros_like(lost), where=groups > 0)
    return np.clip(missing, 0.0, 1.0)


def made_up(
    economy: Economy, rule: Behaviour, state: State, groups: Float, missing: Float
) -> tuple[Float, Float]:
    """Return what is left of stockpiles, and what is missing after recycling and releases."""
    if not economy.has_buffers:
        return state.reserve, missing
    lost = missing * groups
    built = np.minimum(state.since / rule.recycling_days, 1.0)
    lost -= np.minimum(lost, economy.recycled[:, :, None] * built)
    released = np.minimum(lost, state.reserve)
    lost -= released
    left = np.divide(lost, groups, out=np.zeros_like(lost), where=groups > 0)
    return state.reserve - released, left


def by_region(final: Float, served: Float) -> Float:
    """Return final deliveries to each region, (R, B), from (S, R, R, B) and fractions (S, R, B)."""
    delivered: Float = np.einsum("srmb,srb->mb", final, served)
    return delivered
