"""Bounds and rows of the rationing programme, written as losses from what is possible at most.

Variables, in this order, each between zero and its bound: output lost (R x S), shipments dropped,
final use lost (S x R), needs saved where criticality lies between zero and one, and idle capacity
left idle (R x S) where there is any. Where criticality is one, needs follow output and need no
variable.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from iomodel.models.shortage.allocation import Supply
from iomodel.typing import Bool, Float, Index

__all__ = ["TOLERANCE", "Bounds", "Limits", "Rows", "bounds_of", "rows_of"]


# Feasibility tolerance of HiGHS.
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Limits:
    """What may grow beyond the base, and whether output has to be sold.

    Attributes
    ----------
    idle : float
        Idle capacity, as a fraction of base output.
    resourcing : float
        Fraction by which a delivery that no cut touches may grow.
    sold : bool
        Whether output has to be sold.
    """

    idle: float = 0.0
    resourcing: float = 0.0
    sold: bool = False


@dataclass(frozen=True, eq=False)
class Bounds:
    """The most that is possible of everything, in the programme's unit of account.

    Attributes
    ----------
    output, most, idle : ndarray, shape (R, S)
        Base output, the largest that capacity allows, and what of it is idle in the base.
    drawn : ndarray, shape (R, S)
        What is drawn from stocks in the base.
    base, caps : ndarray, shape (R, S, R)
        Base shipments, and the largest that are allowed.
    cut : ndarray of bool, shape (R, S, R)
        Shipments that a cut limits.
    final : ndarray, shape (S, R)
        Base final use, origins pooled.
    full : ndarray, shape (S, R, S)
        Base use per unit of the user's output.
    need : ndarray, shape (S, R, S)
        Need of each input at the largest output; below zero where there is none.
    steep : ndarray, shape (S, R, S)
        Need saved by a unit of output lost.
    linear : ndarray of bool, shape (S, R, S)
        Needs that follow output.
    """

    output: Float
    most: Float
    idle: Float
    drawn: Float
    base: Float
    caps: Float
    cut: Bool
    final: Float
    full: Float
    need: Float
    steep: Float
    linear: Bool

    @cached_property
    def flow(self) -> tuple[Index, Index, Index]:
        """Positions of the shipments that exist."""
        r, i, s = np.nonzero(self.caps > 0)
        return r, i, s

    @cached_property
    def bent(self) -> tuple[Index, Index, Index]:
        """Positions of needs that end before output does."""
        i, s, j = np.nonzero((self.need > 0) & ~self.linear)
        return i, s, j

    @cached_property
    def upper(self) -> Float:
        """Bounds of all variables."""
        used = self.most - self.idle
        parts = used.reshape(-1), self.caps[self.flow], self.final.reshape(-1)
        idle = [self.idle.reshape(-1)] if self.idle.any() else []
        return np.concatenate([*parts, self.need[self.bent], *idle])


def bounds_of(supply: Supply, limits: Limits, unit: float) -> Bounds:
    """Return the bounds of the programme.

    Parameters
    ----------
    supply : Supply
    limits : Limits
    unit : float
        Unit of account, in the table's unit.
    """
    R = supply.output.shape[0]
    output, base = supply.output / unit, (supply.sold + supply.final) / unit
    idle = supply.capacity * limits.idle
    capacity = supply.capacity + idle
    caps = base * np.where(supply.delivered < 1.0, supply.delivered, 1.0 + limits.resourcing)
    own = np.arange(R)
    # What may not cross the border is there for the exporter's own users.
    caps[own, :, own] += supply.stopped / unit
    use = supply.total / unit
    shape = use.shape
    full = np.divide(use, output[None], out=np.zeros(shape), where=output[None] > 0)
    gamma = np.broadcast_to(supply.gamma[:, None, :], shape)
    rated = (gamma > 0) & (full > 0)
    steep = np.divide(full, gamma, out=np.zeros(shape), where=rated)
    need = steep * ((capacity - np.maximum(capacity, 1.0) * (1.0 - gamma)) * output)
    return Bounds(
        output=output,
        most=capacity * output,
        idle=idle * output,
        drawn=supply.drawn / unit,
        base=base,
        caps=caps,
        cut=supply.delivered < 1.0,
        final=supply.final.sum(axis=0) / unit,
        full=full,
        need=need,
        steep=steep,
        linear=rated & (gamma == 1.0),
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """The balances: origins (R x S), pools (S x R), needs and, where asked for, sales.

    Attributes
    ----------
    matrix : sparse array, shape (rows, variables)
    right : ndarray, shape (rows,)
        No row may exceed it.
    equal : ndarray of bool, shape (rows,)
        Rows that may not fall short of it either.
    """

    matrix: csr_array
    right: Float
    equal: Bool


def rows_of(bounds: Bounds, limits: Limits) -> Rows:
    """Return the balances of the programme.

    Parameters
    ----------
    bounds : Bounds
    limits : Limits
    """
    R, S = bounds.most.shape
    n = R * S
    r, i, s = bounds.flow
    flows, own = np.arange(n, n + r.size), np.arange(n)
    finals = n + r.size + own
    origin, pool = r * S + i, i * R + s
    shipped, made = bounds.caps.sum(axis=0), bounds.caps.sum(axis=2).reshape(-1)
    most = bounds.most.reshape(-1)
    width = bounds.upper.size
    # Idle capacity that stays idle is output lost too, but at no cost.
    lost = [own, *([width - n + own] if bounds.idle.any() else [])]
    entries = _Entries()
    # Origins: what is shipped is made, or drawn from stock.
    for column in lost:
        entries.add(own, column, 1.0)
    entries.add(origin, flows, -1.0)
    rights = [most + bounds.drawn.reshape(-1) - made]
    # Pools: what is used was shipped.
    entries.add(n + pool, flows, 1.0)
    entries.add(n + own, finals, -1.0)
    p, m, j = np.nonzero(bounds.linear)
    for column in lost:
        entries.add(n + p * R + m, column[m * S + j], -bounds.full[p, m, j])
    p, m, j = bounds.bent
    saved = 2 * n + r.size + np.arange(p.size)
    entries.add(n + p * R + m, saved, -1.0)
    wanted = np.maximum(bounds.need, 0.0).sum(axis=2) + bounds.final
    rights.append((shipped - wanted).reshape(-1))
    # Needs: what is saved of an input follows from output lost.
    rows = 2 * n + np.arange(p.size)
    entries.add(rows, saved, 1.0)
    for column in lost:
        entries.add(rows, column[m * S + j], -bounds.steep[bounds.bent])
    rights.append(np.zeros(p.size))
    if limits.sold:
        first = 2 * n + p.size
        # Origins: what is made is shipped, less what is drawn from stock.
        sales, output = bounds.base.sum(axis=2).reshape(-1), bounds.output.reshape(-1)
        part = np.divide(output, sales, out=np.ones(n), where=sales > 0)
        for column in lost:
            entries.add(first + own, column, -1.0)
        entries.add(first + origin, flows, part[origin])
        rights.append(part * made - most)
        # Pools: nobody buys more than he uses.
        p, m, j = np.nonzero(bounds.full > 0)
        for column in lost:
            entries.add(first + n + p * R + m, column[m * S + j], bounds.full[p, m, j])
        entries.add(first + n + own, finals, 1.0)
        entries.add(first + n + pool, flows, -1.0)
        bought = np.einsum("pmj,mj->pm", bounds.full, bounds.most) + bounds.final
        rights.append((bought - shipped).reshape(-1))
    right = np.concatenate(rights)
    matrix = entries.matrix((right.size, width))
    equal, kept = np.zeros(right.size, dtype=bool), np.ones(right.size, dtype=bool)
    if limits.sold:
        # Where nothing is drawn from stock, what is shipped is what is made. One equation for two
        # opposite rows leaves the interior point an interior.
        equal[:n] = bounds.drawn.reshape(-1) <= TOLERANCE
        kept[first : first + n] = ~equal[:n]
    return Rows(matrix[kept], right[kept], equal[kept])


class _Entries:
    """Collects the entries of a sparse matrix."""

    def __init__(self) -> None:
        self.rows: list[Index] = []
        self.columns: list[Index] = []
        self.values: list[Float] = []

    def add(self, rows: Index, columns: Index, values: Float | float) -> None:
        """Add entries; a number stands for all of them."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.broadcast_to(values, rows.shape))

    def matrix(self, shape: tuple[int, int]) -> csr_array:
        """Return them as one array; entries at the same place add up."""
        where = (np.concatenate(self.rows), np.concatenate(self.columns))
        return csr_array((np.concatenate(self.values), where), shape=shape)
