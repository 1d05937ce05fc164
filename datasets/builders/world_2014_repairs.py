"""Repairs of the rebuilt world table of 2014: imported inputs, negative sales, real estate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from datasets.builders.repairs import real_estate_position, split_column, split_real_estate
from datasets.builders.wiod_2014 import Table2014
from iomodel.table.balancing.ras import ras
from iomodel.table.readers.wiod import INVENTORIES

__all__ = ["Repairs", "repaired"]


@dataclass(frozen=True)
class Repairs:
    """What the repairs changed, for the page.

    Attributes
    ----------
    losses : dict of tuple to float
        Output less inputs of the source where negative, by region and sector, million USD.
    moved : dict of str to float
        Share of imported inputs that changed industry, by region.
    negative_sales : dict of tuple to float
        Sales below zero by seller, sector and buyer, million USD.
    real_estate : float
        Share of the holder's column that became Mexico's real estate.
    """

    losses: dict[tuple[str, str], float]
    moved: dict[str, float]
    negative_sales: dict[tuple[str, str, str], float]
    real_estate: float


def repaired(table: Table2014) -> tuple[Table2014, Repairs]:
    """Apply all repairs; the table of the source stays as it is."""
    table, real_estate = _with_real_estate(table)
    table, losses, moved = _with_imports_as_published(table)
    table, negative_sales = _without_negative_sales(table)
    return table, Repairs(losses, moved, negative_sales, real_estate)


# ---------------------------------------------------------------------- helpers
def _with_real_estate(table: Table2014) -> tuple[Table2014, float]:
    """Separate Mexico's real estate, which WIOD books under administrative services.

    The rule is that of world-2022. Imported inputs follow the column.
    """
    m, missing, holder = position = real_estate_position(table.regions, table.sectors)
    if table.output[m, missing] > 0.0:
        return table, 0.0
    domestic, final, part = split_real_estate(
        table.domestic, table.final, float(table.output[m, holder]), position
    )
    imported = split_column(table.imported.swapaxes(0, 1), part, position).swapaxes(0, 1)
    rows = np.stack(list(table.costs.values()))
    costs = dict(zip(table.costs, split_column(rows, part, position), strict=True))
    output = split_column(table.output[None], part, position)[0]
    return replace(
        table,
        domestic=domestic,
        imported=np.ascontiguousarray(imported),
        final=final,
        costs=costs,
        output=output,
    ), part


def _with_imports_as_published(
    table: Table2014,
) -> tuple[Table2014, dict[tuple[str, str], float], dict[str, float]]:
    """Fit imported inputs of industries that would make a loss to WIOD's costs.

    Imports of each product stay as they are. RAS moves them from an industry with inputs above
    output, until its inputs have the share in output that WIOD publishes, to the other industries
    of the country in proportion to their imports.
    """
    margin = table.output - table.domestic.sum(axis=1) - table.imported.sum(axis=1)
    industries = [(int(r), int(s)) for r, s in np.argwhere(margin < 0.0)]
    losses = {(table.regions[r], table.sectors[s]): float(margin[r, s]) for r, s in industries}
    imported, moved = table.imported.copy(), {}
    published = table.cost_share("inputs")
    for r in sorted({r for r, _ in industries}):
        imports = imported[r].sum(axis=0)
        target, is_loss = imports.copy(), margin[r] < 0.0
        inputs = published[r] * table.output[r] - table.domestic[r].sum(axis=0)
        target[is_loss] = np.maximum(inputs[is_loss], 0.0)
        surplus = imports.sum() - target.sum()
        target[~is_loss] *= 1.0 + surplus / target[~is_loss].sum()
        fit = ras(imported[r], imported[r].sum(axis=1), target, tolerance=1e-10)
        change = np.abs(fit.matrix - imported[r]).sum() / (2.0 * imported[r].sum())
        moved[table.regions[r]] = float(change)
        imported[r] = fit.matrix
    return replace(table, imported=imported), losses, moved


def _without_negative_sales(
    table: Table2014,
) -> tuple[Table2014, dict[tuple[str, str, str], float]]:
    """Limit draw-downs of inventories to the sales of a seller to a buyer.

    Where the sales of a product from one region to another are negative in sum, the change of
    inventories is raised until they are zero. Sold abroad, the seller's inventories at home give
    the same amount, so that output stays; at home, output and value added rise.
    """
    sales = table.origin_share * table.imported.sum(axis=2).T[None] + table.final.sum(axis=3)
    home = np.arange(len(table.regions))
    sales[home, :, home] += table.domestic.sum(axis=2)
    final, gaps = table.final.copy(), {}
    for seller, sector, buyer in np.argwhere(sales < 0.0):
        gap = float(sales[seller, sector, buyer])
        final[seller, sector, buyer, INVENTORIES] -= gap
        if seller != buyer:
            final[seller, sector, seller, INVENTORIES] += gap
        gaps[table.regions[seller], table.sectors[sector], table.regions[buyer]] = gap
    return replace(table, final=final), gaps
