r"""Random walk over the sector splits that output weights admit.

Where only the outputs of the parts are known, every non-negative set of cells that adds up to the
parent's cells and to the parts' outputs is admissible [LindnerLegaultGuan2012]_. The set is a
polytope; a random walk over it gives a sample, and results come as a distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iomodel.errors import TableError
from iomodel.table.mrio import MRIOTable
from iomodel.table.splitting.cells import Cells, Totals
from iomodel.table.splitting.layout import SplitLayout
from iomodel.table.splitting.sample import SplitSample
from iomodel.table.splitting.seed import seed_cells
from iomodel.table.splitting.specification import read_spec
from iomodel.typing import Bool, Float, Index

__all__ = ["sample_splits"]

GIB = 2.0**30


def sample_splits(
    table: MRIOTable,
    sector: str,
    parts: Sequence[str],
    *,
    output: object,
    draws: int = 200,
    sweeps: int = 200,
    seed: int = 0,
    memory_gib: float = 2.0,
) -> SplitSample:
    r"""Draw admissible splits of a sector from the output weights of its parts alone.

    Parameters
    ----------
    table : MRIOTable
    sector : str
        The sector to split.
    parts : sequence of str
        Labels of the parts.
    output : mapping, DataFrame or array_like
        Output weights, as in :func:`iomodel.table.splitting.split.split`.
    draws : int
        Number D of independent walks, each of which gives one draw.
    sweeps : int
        Steps of each walk; one step moves every cell twice.
    seed : int
        Seed of the random numbers: the same seed gives the same sample.
    memory_gib : float
        Largest sample to hold.

    Returns
    -------
    SplitSample

    Raises
    ------
    LabelError
        If a label is unknown or taken.
    TableError
        If weights make no sense, or the sample would not fit into `memory_gib`.

    Notes
    -----
    Walks start from the split of [Wolsky1984]_. A step pairs the users of a part at random
    and moves an amount :math:`\delta` around each rectangle of two parts and two users, drawn
    uniformly from the interval that keeps the four cells non-negative; then likewise for
    suppliers. Rectangles do not overlap, so the step is a Gibbs step of the uniform law on the
    polytope, hit-and-run along directions that keep every total. Negative cells of the parent
    (stocks that are drawn down, subsidies) stay at the parts' weights.
    """
    if draws < 1 or sweeps < 1:
        raise TableError(f"{draws} draws of {sweeps} sweeps; ask for one at least of both")
    spec = read_spec(table, sector, parts, output)
    layout = SplitLayout(table, spec)
    totals = layout.totals()
    start = seed_cells(totals, spec, layout.S - 1)
    size = 8 * draws * (start.rows.size + start.columns.size + 2 * start.block.size) / GIB
    if size > memory_gib:
        raise TableError(
            f"{draws} draws need {size:.1f} GiB, above memory_gib = {memory_gib:g}; ask for fewer, "
            "or aggregate regions first"
        )
    return _walk(layout, totals, start, draws, sweeps, np.random.default_rng(seed))


def _walk(
    layout: SplitLayout[MRIOTable],
    totals: Totals,
    start: Cells,
    draws: int,
    sweeps: int,
    rng: np.random.Generator,
) -> SplitSample:
    """Random walk on two stacked arrays; their common block is copied over after each move."""
    R, P = layout.R, layout.P
    J, K = totals.rows.shape[2], len(totals.columns)
    rows = np.concatenate([start.rows, start.block], axis=3)
    rows = np.broadcast_to(rows.reshape(R, P, -1), (draws, R, P, R * (J + P))).copy()
    columns = np.concatenate([start.columns, start.block.reshape(R * P, R, P)], axis=0)
    columns = columns.transpose(1, 2, 0)
    columns = np.broadcast_to(columns, (draws, *columns.shape)).copy()
    block_sign = np.repeat(totals.block[..., None], P, axis=2)
    free_rows = (np.concatenate([totals.rows, block_sign], axis=2) > 0).reshape(R, -1)
    part_rows = np.repeat(totals.block.T, P, axis=1)
    free_columns = np.concatenate([totals.columns.T, part_rows], axis=1) > 0
    users = rows.reshape(draws, R, P, R, J + P)
    for _ in range(sweeps):
        pair = rng.permutation(P)[:2]
        _move(rows, free_rows, pair, rng)
        columns[..., K:] = users[..., J:].transpose(0, 3, 4, 1, 2).reshape(draws, R, P, R * P)
        pair = rng.permutation(P)[:2]
        _move(columns, free_columns, pair, rng)
        block = columns[..., K:].reshape(draws, R, P, R, P)
        users[..., J:] = block.transpose(0, 3, 4, 1, 2)
    sign_rows, sign_columns = _sign(totals.rows), _sign(totals.columns)
    return SplitSample(
        layout,
        totals,
        rows=users[..., :J] * sign_rows[:, None],
        columns=columns[..., :K].transpose(0, 3, 1, 2) * sign_columns[..., None],
        block=users[..., J:] * _sign(totals.block)[:, None, :, None],
    )


def _move(cells: Float, free: Bool, pair: Index, rng: np.random.Generator) -> None:
    """Move a uniform amount around random disjoint rectangles of (D, R, P, M), in place."""
    M, (p, q) = cells.shape[-1], pair
    order = rng.permutation(M)
    a, b = order[: M // 2], order[M // 2 : 2 * (M // 2)]
    pa, qa = cells[:, :, p, a], cells[:, :, q, a]
    pb, qb = cells[:, :, p, b], cells[:, :, q, b]
    low, high = -np.minimum(pa, qb), np.minimum(qa, pb)
    step = (low + (high - low) * rng.random(pa.shape)) * (free[:, a] & free[:, b])
    # Rounding may leave a cell at the bound a hair below zero.
    cells[:, :, p, a] = np.maximum(pa + step, 0.0)
    cells[:, :, q, a] = np.maximum(qa - step, 0.0)
    cells[:, :, p, b] = np.maximum(pb - step, 0.0)
    cells[:, :, q, b] = np.maximum(qb + step, 0.0)


def _sign(totals: Float) -> Float:
    return np.where(totals < 0, -1.0, 1.0)
