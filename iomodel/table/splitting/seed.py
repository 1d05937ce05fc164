"""Seed of a sector split: stated shares, and the parent's pattern elsewhere."""

from __future__ import annotations

import numpy as np

from iomodel.table.splitting.cells import Cells, Totals
from iomodel.table.splitting.specification import SplitSpec
from iomodel.typing import Bool, Float

__all__ = ["complete_shares", "fill_unstated_parts", "is_stated", "seed_cells"]


# A part without stated shares takes the remainder of the parent; this share of its weight keeps a
# cell open for balancing where the stated parts would take more than there is.
FLOOR = 1e-6


def is_stated(shares: Float) -> Bool:
    """Parts (first axis) with at least one known share."""
    is_known: Bool = ~np.isnan(shares)
    return np.asarray(is_known.any(axis=(1, 2)))


def complete_shares(stated: Float, pattern: Float) -> Float:
    """Fill unknown shares (last axis) with the remainder, spread over them as in `pattern`."""
    is_known = ~np.isnan(stated)
    open_pattern = np.where(is_known, 0.0, np.maximum(pattern, 0.0))
    total = open_pattern.sum(axis=-1, keepdims=True)
    stated_sum = np.where(is_known, stated, 0.0).sum(axis=-1, keepdims=True)
    remainder = np.maximum(1.0 - stated_sum, 0.0)
    # Typed shares miss one by their rounding; that is no invitation to open every other cell.
    remainder = np.where(remainder < 1e-6, 0.0, remainder)
    spread = open_pattern * np.divide(remainder, total, out=np.zeros_like(total), where=total > 0)
    return np.where(is_known, stated, spread)


def fill_unstated_parts(seed: Float, parent: Float, weights: Float, stated: Bool) -> Float:
    """Give the remainder of the parent to the parts (axis 1) without stated shares."""
    unstated = ~stated
    if not unstated.any():
        return seed
    tail = (1,) * (seed.ndim - 2)
    unstated_weights = weights[:, unstated]
    mass = np.maximum(unstated_weights.sum(axis=1, keepdims=True), 1e-300)
    remainder = np.maximum(parent - seed[:, stated].sum(axis=1), 0.0)
    shape = (*unstated_weights.shape, *tail)
    floor = FLOOR * unstated_weights.reshape(shape) * parent[:, None]
    share = (unstated_weights / mass).reshape(shape)
    seed[:, unstated] = np.maximum(share * remainder[:, None], floor)
    return seed


def seed_cells(totals: Totals, spec: SplitSpec, n_other: int) -> Cells:
    """Magnitudes of the cells before balancing; `n_other` sectors are not split."""
    w = spec.weights
    (R, P), J = w.shape, totals.rows.shape[2]
    stated = is_stated(spec.use) | is_stated(spec.trade)
    parent = totals.rows.sum(axis=2) + totals.block
    if totals.bilateral.size:
        sold = np.maximum(totals.bilateral, 0.0)
    else:
        sold = w[..., None] * np.maximum(parent, 0.0)[:, None]
    to_parts = totals.block[:, None, :, None] * w[None, None]
    pattern = np.concatenate(
        [
            np.broadcast_to(totals.rows[:, None], (R, P, R, J)),
            np.broadcast_to(to_parts, (R, P, R, P)),
        ],
        axis=3,
    )
    shares = complete_shares(np.broadcast_to(spec.use, (R, P, R, J + P)), pattern)
    sales = sold[..., None] * shares
    rows = sales[..., :J] * (totals.rows > 0)[:, None]
    rows = fill_unstated_parts(rows, np.maximum(totals.rows, 0.0), w, stated)
    # A stock that is drawn down holds the parts as they are produced, but not where use is closed.
    stock_change = w[:, :, None, None] * np.maximum(-totals.rows, 0.0)[:, None]
    rows += stock_change * (np.nan_to_num(spec.use[None, ..., :J], nan=1.0) != 0)
    columns = _column_seed(totals, spec, n_other)
    block = _block_seed(sales[..., J:], spec, totals, sold)
    return Cells(rows, columns, block)


def _column_seed(totals: Totals, spec: SplitSpec, n_other: int) -> Float:
    w = spec.weights
    R, P = w.shape
    stated = is_stated(spec.inputs)
    bought = np.maximum(totals.columns, 0.0)
    by_product = bought[: R * n_other].reshape(R, n_other, R).sum(axis=0)
    totals_by_input = np.concatenate([by_product, bought[R * n_other :]], axis=0)
    from_parts = totals.block.sum(axis=0)[:, None] * w
    pattern = np.concatenate([totals_by_input.T, from_parts], axis=1)
    shares = complete_shares(spec.inputs, np.broadcast_to(pattern, spec.inputs.shape))
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
        fill_unstated_parts(
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
    """Sales of parts to parts: stated purchases, stated sales, and the remainder elsewhere."""
    P = spec.inputs.shape[0]
    positive = (totals.block > 0)[:, None, :, None]
    use, need = spec.use[None, ..., -P:], spec.inputs[..., -P:].transpose(2, 1, 0)[None]
    all_sold = sold.sum(axis=0)
    origin = np.divide(sold, all_sold, out=np.zeros_like(sold), where=all_sold > 0)
    bought = origin[..., None] * np.nan_to_num(need) * totals.output
    stated = np.where(np.isnan(need), sales, bought)
    is_known = np.broadcast_to(~(np.isnan(use) & np.isnan(need)), stated.shape)
    closed = (np.nan_to_num(use, nan=1.0) == 0) | (np.nan_to_num(need, nan=1.0) == 0)
    stated = np.where(is_known & positive & ~closed, stated, 0.0)
    pattern = spec.weights[:, :, None, None] * spec.weights
    free = np.where(is_known, 0.0, pattern)
    remainder = np.abs(totals.block) - stated.sum(axis=(1, 3))
    remainder = np.maximum(remainder, 0.0)[:, None, :, None]
    mass = free.sum(axis=(1, 3), keepdims=True)
    unstated = remainder * np.divide(free, mass, out=np.zeros_like(free), where=mass > 0)
    unstated = np.maximum(unstated, FLOOR * free * np.abs(totals.block)[:, None, :, None])
    stock_change = np.where(closed, 0.0, pattern) * np.abs(totals.block)[:, None, :, None]
    return np.where(positive, stated + unstated, stock_change)
