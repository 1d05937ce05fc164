"""Placement of the rare-earth chain: its sales by user within the cells of the parent table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from datasets.builders.ree_chain import FAMILY, LARGEST_SHARE, RESTS
from datasets.builders.ree_facts import MAGNET, METAL, ORE, OXIDE, PARTS, Facts
from iomodel.typing import Float

# User of the ore that chemicals of the parent table cannot take: non-ferrous metals, the class of
# rare-earth smelting in the Chinese classification (GB/T 4754, class 3232).
OVERFLOW = "C24B"


def place_sales(
    facts: Facts,
    regions: Sequence[str],
    products: Sequence[str],
    users: Sequence[str],
    output: Float,
    stated: Float,
    cells: Float,
    duty: Float,
) -> Float:
    """Sales of every part by user (P, R, R, J), from magnets back to ores.

    Parameters
    ----------
    facts : Facts
    regions, products, users : sequence of str
        Labels of the parent's regions and products, and of the users after the split.
    output : ndarray, shape (R, S)
        Of the parent table.
    stated : ndarray, shape (P, R, R)
        Sales of each part by the facts.
    cells : ndarray, shape (P, R, R, J)
        Sales of the parents by user.
    duty : ndarray, shape (P, R, R)
        Ad-valorem rate on each part; what a user pays for a part contains it.
    """
    sales = np.zeros((len(PARTS), len(regions), len(regions), len(users)))
    for p in reversed(range(len(PARTS))):
        shares = end_uses(
            facts, PARTS[p], regions, products, users, output, stated[p], sales, duty[p]
        )
        limit = LARGEST_SHARE * cells[p]
        sales[p] = allocate(stated[p], shares, limit)
        if PARTS[p] == METAL:
            # Magnet makers make at home the alloys that the parent's trade does not let them buy.
            home = np.arange(len(regions))
            shortfall = (stated[p] - sales[p].sum(axis=2)).sum(axis=0)
            domestic = np.zeros_like(stated[p])
            domestic[home, home] = stated[p][home, home] + shortfall
            domestic_sales = allocate(domestic, shares, limit)
            sales[p][home, home] = domestic_sales[home, home]
        if PARTS[p] == ORE:
            unplaced = np.maximum(stated[p] - sales[p].sum(axis=2), 0.0)
            overflow_share = np.zeros_like(shares)
            overflow_share[:, users.index(OVERFLOW)] = 1.0
            sales[p] += allocate(unplaced, overflow_share, limit)
    return sales


def allocate(flows: Float, shares: Float, limit: Float) -> Float:
    """Share flows (R, R) over users in proportion to `shares` (R, J), none above `limit`.

    Quantities above the limit of a user go to the other users in proportion; quantities above all
    limits are not placed.
    The level at which the cells add up to the flow is found by bisection, all flows at once.
    """
    weight = np.broadcast_to(shares[None], limit.shape)
    limit = np.where(weight > 0, limit, 0.0)
    target = np.minimum(flows, limit.sum(axis=2))
    ratio = np.divide(limit, weight, out=np.zeros_like(limit), where=weight > 0)
    low, high = np.zeros_like(flows), ratio.max(axis=2)
    for _ in range(200):
        middle = (low + high) / 2
        short = np.minimum(middle[..., None] * weight, limit).sum(axis=2) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    cells = np.minimum(high[..., None] * weight, limit)
    total = cells.sum(axis=2)
    factor = np.divide(target, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(cells * np.minimum(factor, 1.0)[..., None], dtype=np.float64)


def open_columns(flows: Float, products: Sequence[str], users: Sequence[str]) -> Float:
    """Cells of the parents with a column for each part and rest, not above the parent's in sum."""
    parent_users = [*products, *users[-(flows.shape[3] - len(products)) :]]
    cells = flows[..., [parent_users.index(FAMILY.get(u, u)) for u in users]]
    # The parts of the chain come first; the column of the rest holds the remainder.
    for rest_sector in RESTS:
        cells[..., list(users).index(rest_sector)] *= 1 - LARGEST_SHARE
    for part in PARTS:
        cells[..., list(users).index(part)] *= LARGEST_SHARE
    return cells


def end_uses(
    facts: Facts,
    part: str,
    regions: Sequence[str],
    products: Sequence[str],
    users: Sequence[str],
    output: Float,
    flows: Float,
    sales: Float,
    duty: Float,
) -> Float:
    """Share of each user in the use of a part, by buying region (R, J).

    The cost of oxides in a metal contains the duty on them: metals sell at world prices, so that a
    region with a duty works up less for the same output.
    """
    shares = np.zeros((len(regions), len(users)))
    next_stage = {ORE: OXIDE, METAL: MAGNET}
    if part in next_stage:
        shares[:, list(users).index(next_stage[part])] = 1.0
        return shares
    frame = facts.use[facts.use["part"] == part]
    for r, region in enumerate(regions):
        national = frame[frame["scope"] == region]
        lines = national if len(national) else frame[frame["scope"] == "*"]
        for row in lines.itertuples():
            user = str(row.user)
            k = list(products).index(user.removesuffix("_OTH"))
            # World shares spread like the output of the users; national shares stand as they are.
            size = 1.0 if len(national) else output[r, k] / output[:, k].sum()
            shares[r, list(users).index(user)] = float(str(row.share)) * size
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    if part == OXIDE:
        metal_output = sales[PARTS.index(METAL)].sum(axis=(1, 2))
        bought, paid = flows.sum(axis=0), (flows * (1.0 + duty)).sum(axis=0)
        price = np.divide(paid, bought, out=np.ones_like(bought), where=bought > 0)
        need = facts.values["oxide_cost_in_metal"] * metal_output / price
        metal = np.divide(need, bought, out=np.zeros_like(need), where=bought > 0).clip(max=1.0)
        shares *= (1 - metal)[:, None]
        shares[:, list(users).index(METAL)] = metal
    return np.asarray(shares, dtype=np.float64)
