r"""All the splits that output weights allow, as a sample: how much a single split hides.

Where only the outputs of the parts are known, every non-negative set of cells that adds up to the
parent's cells and to the parts' outputs is admissible [LindnerLegaultGuan2012]_. The set is a
polytope; a random walk over it gives a sample, and results come as a distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from iomodel.errors import TableError, unknown_label
from iomodel.table.mrio import MRIOTable
from iomodel.table.splitting.balance import Cells, Totals
from iomodel.table.splitting.layout import SplitLayout
from iomodel.table.splitting.seed import seed_cells
from iomodel.table.splitting.spec import SplitSpec, read_spec
from iomodel.typing import Bool, Float, Index

__all__ = ["SplitSample", "sample_splits"]

GIB = 2.0**30


@dataclass(frozen=True)
class SplitSample:
    """Admissible splits along a leading axis of draws.

    Attributes
    ----------
    layout : SplitLayout
        The parent table and the parts.
    totals : Totals
        The parent's cells.
    rows : ndarray, shape (D, R, P, R, S - 1 + U)
        Sales of the parts to other sectors and final uses.
    columns : ndarray, shape (D, R * (S - 1) + p, R, P)
        Purchases of the parts from other industries, then primary inputs.
    block : ndarray, shape (D, R, P, R, P)
        Sales of parts to parts.
    """

    layout: SplitLayout
    totals: Totals
    rows: Float
    columns: Float
    block: Float

    @property
    def draws(self) -> int:
        """Number of draws D."""
        return len(self.rows)

    def table(self, draw: int) -> MRIOTable:
        """Return one draw as a whole table."""
        cells = Cells(self.rows[draw], self.columns[draw], self.block[draw])
        text = f"split: {self.layout.spec.sector} at random, draw {draw} of {self.draws}"
        return self.layout.assemble(cells, self.totals, {}, None, text)

    def coefficients(self) -> xr.Dataset:
        """Return the input coefficients of every draw, labelled.

        Returns
        -------
        xarray.Dataset
            ``sales`` (draw, region, part, user_region, user_sector) per unit of the user's output,
            ``purchases`` (draw, region, sector, user_region, user_part), ``block`` (draw, region,
            part, user_region, user_part) and ``primary`` (draw, primary_input, user_region,
            user_part) per unit of the part's output, and ``final`` (draw, region, part,
            user_region, final_use), a flow.
        """
        layout, table = self.layout, self.layout.table
        R, P, D, n_other = layout.R, layout.P, self.draws, layout.S - 1
        bought = self.columns * _inverse(self.totals.output)
        sold = self.rows[..., :n_other] * _inverse(table.x.values[:, layout.others])
        goods = bought[:, : R * n_other].reshape(D, R, n_other, R, P)
        regions, others = table.regions, [table.sectors[s] for s in layout.others]
        parts = list(layout.spec.parts)
        rows = ("draw", "region", "part", "user_region")
        return xr.Dataset(
            {
                "sales": ((*rows, "user_sector"), sold),
                "purchases": (("draw", "region", "sector", "user_region", "user_part"), goods),
                "block": ((*rows, "user_part"), self.block * _inverse(self.totals.output)),
                "primary": (
                    ("draw", "primary_input", "user_region", "user_part"),
                    bought[:, R * n_other :],
                ),
                "final": ((*rows, "final_use"), self.rows[..., n_other:]),
            },
            coords={
                "region": regions,
                "user_region": regions,
                "part": parts,
                "user_part": parts,
                "sector": others,
                "user_sector": others,
                "final_use": table.final_uses,
                "primary_input": table.V["primary_input"].values,
            },
        )

    def multipliers(self, extension: str | None = None) -> xr.DataArray:
        r"""Return the multiplier of every sector in every draw.

        With o the other industries and p the parts, :math:`B = (I - A_{oo})^{-1}` is computed once
        and each draw adds a system of the size of the parts:
        :math:`m_p' = (e_p' + e_o' B A_{op})(I - A_{pp} - A_{po} B A_{op})^{-1}` and
        :math:`m_o' = (e_o' + m_p' A_{po}) B` [MillerBlair2009]_.

        Parameters
        ----------
        extension : str, optional
            Satellite row whose intensity is multiplied; the parts have their
            parent's. Default: output.

        Returns
        -------
        xarray.DataArray, dims (draw, region, sector)
            Sectors of the split table, in its order.

        Raises
        ------
        LabelError
            If the table has no such extension.
        """
        layout, table = self.layout, self.layout.table
        R, S, P, D = layout.R, layout.S, layout.P, self.draws
        n_o, n_p = R * (S - 1), R * P
        e = _intensity(table, extension)
        e_o, e_p = e[:, layout.others].reshape(-1), np.repeat(e[:, layout.k], P)
        own = table.A.values[:, layout.others][..., layout.others].reshape(n_o, n_o)
        inverse = np.linalg.inv(np.eye(n_o) - own)
        cells = self.coefficients()
        A_op = cells["purchases"].values.reshape(D, n_o, n_p)
        A_po = cells["sales"].values.reshape(D, n_p, n_o)
        A_pp = cells["block"].values.reshape(D, n_p, n_p)
        system = np.eye(n_p) - A_pp - A_po @ (inverse @ A_op)
        right = e_p + (e_o @ inverse) @ A_op
        m_p = np.linalg.solve(system.swapaxes(1, 2), right[..., None])[..., 0]
        m_o = (e_o + (m_p[:, None] @ A_po)[:, 0]) @ inverse
        k, m_o = layout.k, m_o.reshape(D, R, S - 1)
        values = np.concatenate([m_o[..., :k], m_p.reshape(D, R, P), m_o[..., k:]], axis=2)
        labels = [*table.sectors[:k], *layout.spec.parts, *table.sectors[k + 1 :]]
        return xr.DataArray(
            values,
            dims=("draw", "region", "sector"),
            coords={"region": table.regions, "sector": labels},
            name=extension or "output",
        )


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
    spec = read_spec(table, sector, parts, output, None, None, None)
    layout = SplitLayout(table, spec)
    totals = layout.totals()
    start = seed_cells(layout, totals, spec)
    size = 8 * draws * (start.rows.size + start.columns.size + 2 * start.block.size) / GIB
    if size > memory_gib:
        raise TableError(
            f"{draws} draws need {size:.1f} GiB, above memory_gib = {memory_gib:g}; ask for fewer, "
            "or aggregate regions first"
        )
    return _walk(layout, totals, start, spec, draws, sweeps, np.random.default_rng(seed))


def _walk(
    layout: SplitLayout,
    totals: Totals,
    start: Cells,
    spec: SplitSpec,
    draws: int,
    sweeps: int,
    rng: np.random.Generator,
) -> SplitSample:
    """Walk on two stacked arrays whose common part, the block, is copied over after each move."""
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


# ---------------------------------------------------------------------- helpers
def _sign(totals: Float) -> Float:
    return np.where(totals < 0, -1.0, 1.0)


def _inverse(output: Float) -> Float:
    return np.divide(1.0, output, out=np.zeros_like(output), where=output > 0)


def _intensity(table: MRIOTable, extension: str | None) -> Float:
    if extension is None:
        return np.ones(table.shape)
    names = [str(e) for e in table.extensions["extension"].values] if "extensions" in table else []
    if extension not in names:
        raise unknown_label("extension", extension, names)
    row: Float = table.extensions.values[names.index(extension)] * _inverse(table.x.values)
    return row
