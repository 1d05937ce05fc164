r"""Domestic and imported inputs of each industry: the compact form of a table with data on imports.

In place of the use of :mod:`iomodel.table.storage.compact` this form holds how much of a product
every industry buys at home and how much abroad. Proportionality holds among origins abroad
only; sales to final uses are kept cell by cell [MillerBlair2009]_, ch. 3:

.. math:: z_{is,ru} = d_{rsu} \;(i = r), \qquad z_{is,ru} = \pi_{isr}\, m_{rsu} \;(i \neq r)

with seller region i, product s, using region r and industry u; d domestic inputs, m imported
inputs and :math:`\pi` origin shares, :math:`\sum_i \pi_{isr} = 1` and :math:`\pi_{rsr} = 0`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = [
    "IMPORT_FLOW_VARIABLES",
    "ImportFlows",
    "expand_by_user",
    "expand_import_flows",
    "normalised",
    "read_import_flows",
]

IMPORT_FLOW_VARIABLES = (
    *("domestic_use", "imported_use", "origin_share", "final_sales"),
    "primary_inputs",
)


@dataclass(frozen=True)
class ImportFlows:
    """Factors of a table with imports by using industry, in the unit of the table.

    Attributes
    ----------
    domestic : ndarray, shape (R, S, S)
        Domestic inputs by region, product and using industry.
    imported : ndarray, shape (R, S, S)
        Imported inputs by using region, product and using industry, all origins together.
    origin_share : ndarray, shape (R, S, R)
        Share of seller regions in the imported inputs of a product: seller, product, user region.
        Zero on the diagonal; sums over sellers are one, or zero where nothing is sold.
    final : ndarray, shape (R, S, R, U)
        Sales to final uses: seller, product, user region, use.
    primary : ndarray, shape (p, R, S)
        Primary inputs.
    """

    domestic: Float
    imported: Float
    origin_share: Float
    final: Float
    primary: Float

    @property
    def output(self) -> Float:
        """Gross output, the row sums of the expanded table, shape (R, S)."""
        imports = self.imported.sum(axis=2).T
        sold_abroad = np.einsum("isr,sr->is", self.origin_share, imports)
        output: Float = self.domestic.sum(axis=2) + sold_abroad + self.final.sum(axis=(2, 3))
        return output

    def check(self, tolerance: float = 1e-9) -> None:
        """Check on the factors that rows and columns of the expanded table will close.

        Parameters
        ----------
        tolerance : float
            Largest error relative to one (shares) and to output (columns).

        Raises
        ------
        TableError
            If an identity is broken; names the identity and its largest relative error.
        """
        imports, output = self.imported.sum(axis=2).T, self.output
        costs = self.domestic.sum(axis=1) + self.imported.sum(axis=1) + self.primary.sum(axis=0)
        share_gap = np.abs(self.origin_share.sum(axis=0) - 1.0)[imports > 0.0]
        column_gap = np.abs(costs - output) / np.maximum(np.abs(output), 1e-300)
        for identity, gaps in (
            ("origin shares of imports = 1", share_gap),
            ("inputs of each industry = output", column_gap),
        ):
            gap = float(np.max(gaps, initial=0.0))
            if not gap <= tolerance:
                raise TableError(
                    f"compact table breaks the identity '{identity}' by {gap:.1e} (relative, "
                    f"at most {tolerance:.0e}); the file is damaged: fetch or build it again"
                )


def expand_import_flows(factors: ImportFlows) -> tuple[Float, Float, Float]:
    """Z (R, S, R, S), Y (R, S, R, U) and x (R, S) from the factors."""
    Z = expand_by_user(factors.domestic, factors.imported, factors.origin_share)
    return Z, factors.final, factors.output


def expand_by_user(domestic: Float, imported: Float, origin_share: Float) -> Float:
    """Flows (R, S, R, K) to K users, whose imports of a product have common origins.

    Parameters
    ----------
    domestic, imported : ndarray, shape (R, S, K)
        Using region, product, user.
    origin_share : ndarray, shape (R, S, R)
        Seller, product, using region; zero on the diagonal.
    """
    flows = np.empty((*origin_share.shape, domestic.shape[2]))
    np.multiply(origin_share[..., None], imported.transpose(1, 0, 2)[None], out=flows)
    home = np.arange(len(domestic))
    flows[home, :, home] = domestic
    return flows


def normalised(origin_share: Float) -> Float:
    """Origin shares over their sums, which single precision leaves at 1e-7 from one."""
    total = origin_share.sum(axis=0)
    share: Float = np.divide(
        origin_share, total, out=np.zeros_like(origin_share), where=total > 0.0
    )
    return share


def read_import_flows(dataset: xr.Dataset) -> ImportFlows:
    """Factors in the variables of a compact file with imports by using industry."""

    def cells(name: str) -> Float:
        return np.ascontiguousarray(dataset[name].values, dtype=np.float64)

    return ImportFlows(
        domestic=cells("domestic_use"),
        imported=cells("imported_use"),
        origin_share=normalised(cells("origin_share")),
        final=cells("final_sales"),
        primary=cells("primary_inputs"),
    )
