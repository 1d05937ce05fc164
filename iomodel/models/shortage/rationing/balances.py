"""Balances of the rationing programme: rows over the variables of its bounds, as losses.

Rows, in this order:

1. origins (R x S): shipments are output or withdrawals from stock;
2. pools (S x R): use of a product in a region is shipped there;
3. needs with a kink: the need saved of an input follows from output lost;
4. if output has to be sold, origins (R x S): output is shipped, less withdrawals from stock;
5. if output has to be sold, pools (S x R): purchases do not exceed use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from iomodel.models.shortage.rationing.bounds import TOLERANCE, Bounds, Limits
from iomodel.typing import Bool, Float, Index

__all__ = ["Balances", "balances_of"]


@dataclass(frozen=True, eq=False)
class Balances:
    """Rows of the programme.

    Attributes
    ----------
    matrix : sparse array, shape (rows, variables)
    rhs : ndarray, shape (rows,)
        Upper bound of each row.
    equal : ndarray of bool, shape (rows,)
        Rows that are equations.
    """

    matrix: csr_array
    rhs: Float
    equal: Bool


def balances_of(bounds: Bounds, limits: Limits) -> Balances:
    """Return the balances of the programme.

    Parameters
    ----------
    bounds : Bounds
    limits : Limits
    """
    columns = _Columns(bounds)
    blocks = [_origins(bounds, columns), _pools(bounds, columns), _needs(bounds, columns)]
    if limits.sold:
        blocks += [_origins_sold(bounds, columns), _pools_sold(bounds, columns)]
    rhs = np.concatenate([block.rhs for block in blocks])
    matrix = _stacked(blocks, bounds.upper.size)
    equal, active = np.zeros(rhs.size, dtype=bool), np.ones(rhs.size, dtype=bool)
    if limits.sold:
        # Without withdrawals from stock, shipments equal output. One equation for two opposite rows
        # leaves the interior point an interior.
        n = bounds.most.size
        equal[:n] = bounds.withdrawal.reshape(-1) <= TOLERANCE
        opposite = sum(block.rhs.size for block in blocks[:3])
        active[opposite : opposite + n] = ~equal[:n]
    return Balances(matrix[active], rhs[active], equal[active])


# ---------------------------------------------------------------------- positions and entries
class _Columns:
    """Columns of the variables, and the balances that shipments enter.

    Attributes
    ----------
    industry : ndarray, shape (n,)
        Position of every industry; there are as many pools.
    output : list of ndarray, shape (n,)
        Columns of output lost, by industry: of used capacity and, if there is any, of idle capacity
        left idle, which is output lost too, but at no cost.
    flows, final, saved : ndarray
        Columns of shipments dropped, final use lost and needs saved.
    origin, pool : ndarray
        Balance of origin and of pool of each shipment.
    """

    def __init__(self, bounds: Bounds) -> None:
        R, S = bounds.most.shape
        n, width = R * S, bounds.upper.size
        r, i, s = bounds.flow
        self.industry = np.arange(n)
        self.output = [self.industry]
        if bounds.idle.any():
            self.output.append(width - n + self.industry)
        self.flows = np.arange(n, n + r.size)
        self.final = n + r.size + self.industry
        self.saved = 2 * n + r.size + np.arange(bounds.kinked[0].size)
        self.origin, self.pool = r * S + i, i * R + s


class _Block:
    """Rows of one kind: right-hand sides and entries of the matrix."""

    def __init__(self, rhs: Float) -> None:
        self.rhs = rhs
        self.rows: list[Index] = []
        self.columns: list[Index] = []
        self.values: list[Float] = []

    def add(self, rows: Index, columns: Index, values: Float | float) -> None:
        """Add entries; a number fills all of them."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.broadcast_to(values, rows.shape))


def _stacked(blocks: list[_Block], width: int) -> csr_array:
    """Return the matrix of all blocks; entries at the same place add up."""
    starts = np.cumsum([0, *(block.rhs.size for block in blocks)])
    rows = [start + r for start, block in zip(starts[:-1], blocks, strict=True) for r in block.rows]
    columns = [column for block in blocks for column in block.columns]
    values = [value for block in blocks for value in block.values]
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(values), places), shape=(int(starts[-1]), width))


# ---------------------------------------------------------------------- rows
def _origins(bounds: Bounds, columns: _Columns) -> _Block:
    shipped = bounds.caps.sum(axis=2).reshape(-1)
    block = _Block(bounds.most.reshape(-1) + bounds.withdrawal.reshape(-1) - shipped)
    for column in columns.output:
        block.add(columns.industry, column, 1.0)
    block.add(columns.origin, columns.flows, -1.0)
    return block


def _pools(bounds: Bounds, columns: _Columns) -> _Block:
    R, S = bounds.most.shape
    demand = np.maximum(bounds.need, 0.0).sum(axis=2) + bounds.final
    block = _Block((bounds.caps.sum(axis=0) - demand).reshape(-1))
    block.add(columns.pool, columns.flows, 1.0)
    block.add(columns.industry, columns.final, -1.0)
    i, s, j = np.nonzero(bounds.linear)
    for column in columns.output:
        block.add(i * R + s, column[s * S + j], -bounds.use_per_output[i, s, j])
    i, s, j = bounds.kinked
    block.add(i * R + s, columns.saved, -1.0)
    return block


def _needs(bounds: Bounds, columns: _Columns) -> _Block:
    S = bounds.most.shape[1]
    _, s, j = bounds.kinked
    need = np.arange(s.size)
    block = _Block(np.zeros(s.size))
    block.add(need, columns.saved, 1.0)
    for column in columns.output:
        block.add(need, column[s * S + j], -bounds.steep[bounds.kinked])
    return block


def _origins_sold(bounds: Bounds, columns: _Columns) -> _Block:
    base_sales, output = bounds.base.sum(axis=2).reshape(-1), bounds.output.reshape(-1)
    ratio = np.divide(output, base_sales, out=np.ones(output.size), where=base_sales > 0)
    shipped = bounds.caps.sum(axis=2).reshape(-1)
    block = _Block(ratio * shipped - bounds.most.reshape(-1))
    for column in columns.output:
        block.add(columns.industry, column, -1.0)
    block.add(columns.origin, columns.flows, ratio[columns.origin])
    return block


def _pools_sold(bounds: Bounds, columns: _Columns) -> _Block:
    R, S = bounds.most.shape
    use = np.einsum("pmj,mj->pm", bounds.use_per_output, bounds.most) + bounds.final
    block = _Block((use - bounds.caps.sum(axis=0)).reshape(-1))
    i, s, j = np.nonzero(bounds.use_per_output > 0)
    for column in columns.output:
        block.add(i * R + s, column[s * S + j], bounds.use_per_output[i, s, j])
    block.add(columns.industry, columns.final, 1.0)
    block.add(columns.pool, columns.flows, -1.0)
    return block
