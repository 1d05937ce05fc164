"""Sample of admissible sector splits: tables, coefficients and multipliers by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from iomodel.errors import unknown_label
from iomodel.table.mrio import MRIOTable
from iomodel.table.splitting.cells import Cells, Totals
from iomodel.table.splitting.layout import SplitLayout
from iomodel.typing import Float

__all__ = ["SplitSample"]


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

    layout: SplitLayout[MRIOTable]
    totals: Totals
    rows: Float
    columns: Float
    block: Float

    @property
    def draws(self) -> int:
        """Number of draws D."""
        return len(self.rows)

    def table(self, draw: int) -> MRIOTable:
        """Table of one draw."""
        cells = Cells(self.rows[draw], self.columns[draw], self.block[draw])
        text = f"split: {self.layout.spec.sector} at random, draw {draw} of {self.draws}"
        return self.layout.assemble(cells, self.totals, {}, None, text)

    def coefficients(self) -> xr.Dataset:
        """Input coefficients of every draw, labelled.

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
        sold = self.rows[..., :n_other] * _inverse(table.x.values[:, layout.unsplit])
        goods = bought[:, : R * n_other].reshape(D, R, n_other, R, P)
        regions, other_sectors = table.regions, [table.sectors[s] for s in layout.unsplit]
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
                "sector": other_sectors,
                "user_sector": other_sectors,
                "final_use": table.final_uses,
                "primary_input": table.V["primary_input"].values,
            },
        )

    def multipliers(self, extension: str | None = None) -> xr.DataArray:
        r"""Multiplier of every sector in every draw.

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
        e_o, e_p = e[:, layout.unsplit].reshape(-1), np.repeat(e[:, layout.k], P)
        A_oo = table.A.values[:, layout.unsplit][..., layout.unsplit].reshape(n_o, n_o)
        inverse = np.linalg.inv(np.eye(n_o) - A_oo)
        cells = self.coefficients()
        A_op = cells["purchases"].values.reshape(D, n_o, n_p)
        A_po = cells["sales"].values.reshape(D, n_p, n_o)
        A_pp = cells["block"].values.reshape(D, n_p, n_p)
        system = np.eye(n_p) - A_pp - A_po @ (inverse @ A_op)
        rhs = e_p + (e_o @ inverse) @ A_op
        m_p = np.linalg.solve(system.swapaxes(1, 2), rhs[..., None])[..., 0]
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


# ---------------------------------------------------------------------- helpers
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
