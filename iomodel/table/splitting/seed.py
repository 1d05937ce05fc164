"""What balancing a sector split starts from: stated shares, and the parent's pattern elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import TableError
from iomodel.table.splitting.balance import Cells, Totals
from iomodel.table.splitting.spec import SplitSpec
from iomodel.typing import Bool, Float

if TYPE_CHECKING:
    from iomodel.table.splitting.layout import SplitLayout

__all__ = ["is_stated", "refuse_closed_cells", "rest_to_silent", "seed_cells", "with_rest"]


# A part about which nothing is said takes what the others leave; this share of its weight keeps a
# cell open for balancing where the others would take more than there is.
FLOOR = 1e-6


def is_stated(shares: Float) -> Bool:
    """Tell for each part (first axis) whether anything is said about it."""
    known: Bool = ~np.isnan(shares)
    return np.asarray(known.any(axis=(1, 2)))


def with_rest(stated: Float, pattern: Float) -> Float:
    """Fill unknown shares (last axis) with the rest, spread over them as in `pattern`."""
    known = ~np.isnan(stated)
    open_pattern = np.where(known, 0.0, np.maximum(pattern, 0.0))
    total = open_pattern.sum(axis=-1, keepdims=True)
    rest = np.maximum(1.0 - np.where(known, stated, 0.0).sum(axis=-1, keepdims=True), 0.0)
    # Typed shares miss one by their rounding; that is no invitation to open every other cell.
    rest = np.where(rest < 1e-6, 0.0, rest)
    spread = open_pattern * np.divide(rest, total, out=np.zeros_like(total), where=total > 0)
    return np.where(known, stated, spread)


def rest_to_silent(seed: Float, parent: Float, weights: Float, stated: Bool) -> Float:
    """Give parts (axis 1) of which nothing is said what the others leave of the parent."""
    silent = ~stated
    if not silent.any():
        return seed
    tail = (1,) * (seed.ndim - 2)
    own = weights[:, silent]
    mass = np.maximum(own.sum(axis=1, keepdims=True), 1e-300)
    left = np.maximum(parent - seed[:, stated].sum(axis=1), 0.0)
    floor = FLOOR * own.reshape(*own.shape, *tail) * parent[:, None]
    share = (own / mass).reshape(*own.shape, *tail)
    seed[:, silent] = np.maximum(share * left[:, None], floor)
    return seed


def seed_cells(layout: SplitLayout, totals: Totals, spec: SplitSpec) -> Cells:
    """Return the magnitudes that balancing starts from."""
    R, P, J = layout.R, layout.P, totals.rows.shape[2]
    w = spec.weights
    stated = is_stated(spec.use) | is_stated(spec.trade)
    parent = totals.rows.sum(axis=2) + totals.block
    if totals.bilateral.size:
        sold = np.maximum(totals.bilateral, 0.0)
    else:
        sold = w[..., None] * np.maximum(parent, 0.0)[:, None]
    own = totals.block[:, None, :, None] * w[None, None]
    pattern = np.concatenate(
        [np.broadcast_to(totals.rows[:, None], (R, P, R, J)), np.broadcast_to(own, (R, P, R, P))],
        axis=3,
    )
    shares = with_rest(np.broadcast_to(spec.use, (R, P, R, J + P)), pattern)
    sales = sold[..., None] * shares
    rows = sales[..., :J] * (totals.rows > 0)[:, None]
    rows = rest_to_silent(rows, np.maximum(totals.rows, 0.0), w, stated)
    # A stock that is drawn down holds the parts as they are produced, but not where use is closed.
    drawn = w[:, :, None, None] * np.maximum(-totals.rows, 0.0)[:, None]
    rows += drawn * (np.nan_to_num(spec.use[None, ..., :J], nan=1.0) != 0)
    columns = _column_seed(layout, totals, spec)
    block = _block_seed(sales[..., J:], spec, totals, sold)
    return Cells(rows, columns, block)


def _column_seed(layout: SplitLayout, totals: Totals, spec: SplitSpec) -> Float:
    R, P, n_other = layout.R, layout.P, layout.S - 1
    w = spec.weights
    stated = is_stated(spec.inputs)
    bought = np.maximum(totals.columns, 0.0)
    by_product = bought[: R * n_other].reshape(R, n_other, R).sum(axis=0)
    totals_by_input = np.concatenate([by_product, bought[R * n_other :]], axis=0)
    own = totals.block.sum(axis=0)[:, None] * w
    pattern = np.concatenate([totals_by_input.T, own], axis=1)
    shares = with_rest(spec.inputs, np.broadcast_to(pattern, spec.inputs.shape))
    value = totals.output.T[..., None] * shares
    scale = np.divide(
        value[..., : totals_by_input.shape[0]],
        totals_by_input.T,
        out=np.zeros((P, R, totals_by_input.shape[0])),
        where=totals_by_input.T > 0,
    ).transpose(2, 1, 0)
    origins = np.concatenate([np.tile(scale[:n_other], (R, 1, 1)), scale[n_other:]], axis=0)
    columns = bought[..., None] * origins
    columns = np.moveaxis(
        rest_to_silent(
            np.ascontiguousarray(columns.transpose(1, 2, 0)),
            np.ascontiguousarray(bought.T),
            w,
            stated,
        ),
        2,
        0,
    ).copy()
    columns += w[None] * np.maximum(-totals.columns, 0.0)[..., None]
    return columns


def _block_seed(sales: Float, spec: SplitSpec, totals: Totals, sold: Float) -> Float:
    """Return sales of parts to parts: purchases where stated, sales where stated, else the rest."""
    P = spec.inputs.shape[0]
    positive = (totals.block > 0)[:, None, :, None]
    use, need = spec.use[None, ..., -P:], spec.inputs[..., -P:].transpose(2, 1, 0)[None]
    all_sold = sold.sum(axis=0)
    origin = np.divide(sold, all_sold, out=np.zeros_like(sold), where=all_sold > 0)
    bought = origin[..., None] * np.nan_to_num(need) * totals.output
    stated = np.where(np.isnan(need), sales, bought)
    known = np.broadcast_to(~(np.isnan(use) & np.isnan(need)), stated.shape)
    closed = (np.nan_to_num(use, nan=1.0) == 0) | (np.nan_to_num(need, nan=1.0) == 0)
    stated = np.where(known & positive & ~closed, stated, 0.0)
    pattern = spec.weights[:, :, None, None] * spec.weights
    free = np.where(known, 0.0, pattern)
    left = np.maximum(np.abs(totals.block) - stated.sum(axis=(1, 3)), 0.0)[:, None, :, None]
    mass = free.sum(axis=(1, 3), keepdims=True)
    rest = left * np.divide(free, mass, out=np.zeros_like(free), where=mass > 0)
    rest = np.maximum(rest, FLOOR * free * np.abs(totals.block)[:, None, :, None])
    drawn = np.where(closed, 0.0, pattern) * np.abs(totals.block)[:, None, :, None]
    return np.where(positive, stated + rest, drawn)


def refuse_closed_cells(layout: SplitLayout, totals: Totals, seed: Cells, spec: SplitSpec) -> None:
    """Raise where the parent has a flow that no part is allowed to have."""
    closed = (totals.rows != 0) & (seed.rows.sum(axis=1) == 0)
    if closed.any():
        r, u, j = (int(i) for i in np.argwhere(closed)[0])
        table = layout.table
        users = [s for s in table.sectors if s != spec.sector] + table.final_uses
        raise TableError(
            f"{table.regions[r]} sells {spec.sector} to {table.regions[u]}/{users[j]}, but no part "
            "may: open that use for a part, or leave it out of `use`"
        )
    closed = (totals.columns != 0) & (seed.columns.sum(axis=2) == 0)
    if closed.any():
        i, u = (int(a) for a in np.argwhere(closed)[0])
        table = layout.table
        goods = [f"{r}/{s}" for r in table.regions for s in table.sectors if s != spec.sector]
        goods += [str(p) for p in table.V["primary_input"].values]
        raise TableError(
            f"{table.regions[u]}/{spec.sector} buys from {goods[i]}, but no part may: open that "
            "input for a part, or leave it out of `inputs`"
        )
    block = (totals.block != 0) & (seed.block.sum(axis=(1, 3)) == 0)
    if block.any():
        r, u = (int(a) for a in np.argwhere(block)[0])
        raise TableError(
            f"{layout.table.regions[r]} sells {spec.sector} to {layout.table.regions[u]}/"
            f"{spec.sector}, but no part may sell to another; open a cell of `use` or `inputs`"
        )
