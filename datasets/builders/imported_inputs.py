"""Imported inputs of 2014 by product and using industry, summed over origins.

The full table of 2014 has them on 50 industries, among them machinery together with repair. An
estimate from the margins on 56 industries parts that one and shows, on the page, how far margins
alone misplace imported inputs.
"""

from __future__ import annotations

import numpy as np

from datasets.builders.concordance import Concordance
from datasets.builders.raw import Wiod2014
from datasets.builders.repairs import real_estate_position
from iomodel.table.balancing.ras import ras
from iomodel.typing import Float


def imported_inputs(wiod: Wiod2014, concordance: Concordance) -> Float:
    """Matrix of imported inputs (43, 56 products, 56 users), million USD at basic prices fob.

    Cells of the 50 merged industries are data; within one, the estimate from the margins sets the
    proportions. Columns end at total intermediate consumption less the domestic block.
    """
    estimate = estimated_imports(wiod, concordance)
    merged = concordance.merged_of
    to_merged = np.eye(len(wiod.flows.sectors))[merged]
    sums = np.einsum("rij,ip,jq->rpq", estimate, to_merged, to_merged)
    ratio = np.divide(
        _with_mexican_real_estate(wiod), sums, out=np.zeros_like(sums), where=sums > 0
    )
    cells: Float = estimate * ratio[:, merged][:, :, merged]
    total, column = imports_by_user(wiod), cells.sum(axis=1)
    scale = np.divide(total, column, out=np.zeros_like(total), where=column > 0)
    fitted: Float = cells * scale[:, None, :]
    return fitted


def _with_mexican_real_estate(wiod: Wiod2014) -> Float:
    """Give Mexico's real estate, which the source lacks, a pattern of imported inputs.

    The industry that holds it lends its own; columns are scaled to their totals afterwards.
    """
    imported = np.maximum(wiod.flows.imported[:-1], 0.0)
    m, missing, holder = real_estate_position(wiod.regions, wiod.flows.sectors)
    imported[m, :, missing] = imported[m, :, holder]
    return imported


def imports_by_user(wiod: Wiod2014) -> Float:
    """Total imported inputs of each industry (43, 56): all inputs less domestic ones."""
    total: Float = np.maximum(wiod.costs[0] - wiod.domestic[:43].sum(axis=1), 0.0)
    return total


def estimated_imports(wiod: Wiod2014, concordance: Concordance) -> Float:
    """Estimate of imported inputs (43, 56, 56) by RAS from margins alone.

    The trade cube less imported final demand gives them by product group, split by each exporter's
    mix; the seed puts nine parts as domestic products are used in the country, one as worldwide.
    """
    home = wiod.domestic.sum(axis=2) + np.einsum("riru->ri", wiod.final)
    sold_abroad = (wiod.costs[7] - home[:43]) - (
        wiod.final.sum(axis=(2, 3)) - np.einsum("riru->ri", wiod.final)
    )[:43]
    sold_abroad = np.maximum(sold_abroad, 0.0)
    # ROW has no output by industry: it takes the mix that all others export within a group.
    mix = np.concatenate([sold_abroad, sold_abroad.sum(axis=0, keepdims=True)])
    groups = mix @ concordance.to_cube @ concordance.to_cube.T
    mix = np.divide(mix, groups, out=np.zeros_like(mix), where=groups > 0)
    trade = np.maximum(_intermediate_trade(wiod, concordance), 0.0) @ concordance.to_cube.T
    products = np.einsum("rsi,ri->si", trade, mix)[:43]
    users = imports_by_user(wiod)
    products *= (users.sum(axis=1) / products.sum(axis=1))[:, None]
    return ras(_import_seed(wiod, products), products, users, tolerance=1e-9).matrix


def _import_seed(wiod: Wiod2014, products: Float) -> Float:
    """Seed of imported use by product: nine parts as at home, one as worldwide."""
    domestic = wiod.domestic[:43]
    output = wiod.costs[7]
    world = domestic.sum(axis=0) / np.maximum(output.sum(axis=0), 1e-12) + 1e-9
    expected = world * output[:, None, :]
    domestic_share = domestic / np.maximum(domestic.sum(axis=2, keepdims=True), 1e-12)
    world_share = expected / expected.sum(axis=2, keepdims=True)
    seed: Float = products[:, :, None] * (0.9 * domestic_share + 0.1 * world_share)
    return seed


def cube_gaps(wiod: Wiod2014, concordance: Concordance) -> dict[str, float]:
    """Gaps between the 2014 cube and WIOD's own blocks, as shares of the totals.

    Returns
    -------
    dict
        ``home``: domestic sales; ``exports``: by product group; ``imports``: imported
        intermediates by country, cube less final demand against the cost rows;
        ``negative``: number of origin-destination-product cells where final demand exceeds trade.
    """
    home = wiod.domestic.sum(axis=2) + np.einsum("riru->ri", wiod.final)
    cube_home = np.einsum("rrg->rg", wiod.cube)
    exports = (wiod.costs[7] - home[:43]) @ concordance.to_cube
    cube_exports = (wiod.cube.sum(axis=1) - cube_home)[:43]
    trade = _intermediate_trade(wiod, concordance)
    imports = (wiod.costs[0] - wiod.domestic[:43].sum(axis=1)).sum(axis=1)
    return {
        "home": float(np.abs(home @ concordance.to_cube - cube_home).sum() / cube_home.sum()),
        "exports": float(np.abs(exports - cube_exports).sum() / cube_exports.sum()),
        "imports": float(np.abs(trade.sum(axis=(0, 2))[:43] - imports).sum() / imports.sum()),
        "negative": float((trade < 0).sum()),
    }


def _intermediate_trade(wiod: Wiod2014, concordance: Concordance) -> Float:
    """International sales for intermediate use (exporter, importer, product group)."""
    final = np.einsum("risu,ig->rsg", wiod.final, concordance.to_cube)
    trade: Float = wiod.cube - final
    trade[np.arange(44), np.arange(44)] = 0.0
    return trade
