"""National technologies of 2014: use by industry in WIOD, imports included.

WIOD's off-diagonal intermediate blocks are not in the raw data. They are recovered, summed over
origins: the trade cube (total sales by product group) less imported final demand
gives imported intermediates by product; total intermediate consumption less the domestic block
gives them by user; RAS fills the matrix between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.builders.concordance import Concordance
from datasets.builders.raw import Wiod2014
from iomodel.table.balancing.ras import ras
from iomodel.typing import Bool, Float

# A WIOD industry gives its technology only above this output (million USD) and with a value-added
# share inside these bounds; elsewhere the world average stands in. The bounds catch four loss
# makers of 2014 (refineries in Brazil and Bulgaria, ...), whose losses are no technology.
MIN_OUTPUT = 1.0
MIN_VALUE_ADDED, MAX_VALUE_ADDED = 0.02, 0.98
# Weight of the world average in every input column: keeps every cell that anybody uses open, so
# that RAS can meet 2022 totals where a donor used none of a product in 2014.
WORLD_WEIGHT = 0.01


@dataclass(frozen=True)
class Technology:
    """Technology of 43 countries on the 37 sectors of world-2022.

    Attributes
    ----------
    regions : list of str
        The 43 countries.
    inputs : ndarray, shape (43, 37, 37)
        Input of product (row) per unit of output of the user (column), imports included.
    value_added, taxes : ndarray, shape (43, 37)
        Value added, and taxes with international margins, per unit of output.
    final : ndarray, shape (43, 37, 3)
        Final demand for each product by use, imports included, as a share of the country's total.
    services_home, services_export : ndarray, shape (43, 10)
        Mix of domestic and of exported services, each summing to one.
    total_value_added : ndarray, shape (43,)
        Value added at basic prices of 2014, million USD.
    replaced : list of str
        Industries that took the world average, as ``"BRA C19"``.
    """

    regions: list[str]
    inputs: Float
    value_added: Float
    taxes: Float
    final: Float
    services_home: Float
    services_export: Float
    total_value_added: Float
    replaced: list[str]


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


def total_use(wiod: Wiod2014, concordance: Concordance) -> Float:
    """Intermediate use of domestic and imported products (43, 56 products, 56 users)."""
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
    users = np.maximum(wiod.costs[0] - wiod.domestic[:43].sum(axis=1), 0.0)
    products *= (users.sum(axis=1) / products.sum(axis=1))[:, None]
    imported = ras(_import_seed(wiod, products), products, users, tolerance=1e-9).matrix
    used: Float = wiod.domestic[:43] + imported
    return used


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


def build_technology(wiod: Wiod2014, concordance: Concordance) -> Technology:
    """Turn WIOD 2014 into coefficients on 37 sectors for its 43 countries."""
    to_parent = concordance.to_parent
    use = np.einsum("rij,ip,jq->rpq", total_use(wiod, concordance), to_parent, to_parent)
    output = wiod.costs[7] @ to_parent
    value_added = wiod.costs[5] @ to_parent
    taxes = wiod.costs[[1, 2, 3, 4, 6]].sum(axis=0) @ to_parent
    share = np.divide(value_added, output, out=np.zeros_like(output), where=output > MIN_OUTPUT)
    usable = (output > MIN_OUTPUT) & (share >= MIN_VALUE_ADDED) & (share <= MAX_VALUE_ADDED)
    inputs = _with_fallback(use, output, usable, WORLD_WEIGHT)
    final = _final_mix(wiod, to_parent)
    parent, split = concordance.parent_of, concordance.row_split
    S = len(concordance.sectors)
    home, exports = _services_mix(wiod, concordance)
    regions = wiod.regions[:43]
    missing = [f"{regions[r]} {concordance.parents[p]}" for r, p in np.argwhere(~usable)]
    return Technology(
        regions=regions,
        inputs=inputs[:, parent][:, :, parent] * split[:, :S],
        value_added=_with_fallback(value_added, output, usable, 0.0)[:, parent],
        taxes=_with_fallback(taxes, output, usable, 0.0)[:, parent],
        final=final[:, parent] * split[:, S:],
        services_home=home,
        services_export=exports,
        total_value_added=wiod.costs[5].sum(axis=1),
        replaced=missing,
    )


def _with_fallback(flows: Float, output: Float, usable: Bool, world_weight: float) -> Float:
    """Divide flows (43, ..., users) by output; blend in, or fall back on, the world average."""
    between = tuple(range(1, flows.ndim - 1))
    shape = np.expand_dims(output, between) if between else output
    good = np.expand_dims(usable, between) if between else usable
    national = np.divide(flows, shape, out=np.zeros_like(flows), where=good)
    usable_output = np.where(usable, output, 0.0).sum(axis=0)
    world = np.where(good, flows, 0.0).sum(axis=0) / usable_output
    blended: Float = np.where(good, (1.0 - world_weight) * national + world_weight * world, world)
    return blended


def _final_mix(wiod: Wiod2014, to_parent: Float) -> Float:
    """Shares of products and uses in total final demand, inventories netted.

    Households and NPISH are one use. Capital formation includes inventories; where stocks fell by
    more than the investment in a product, the cell is set to zero.
    """
    bought = np.einsum("risu,ip->spu", wiod.final, to_parent)[:43]
    uses = np.stack(
        [bought[..., 0] + bought[..., 1], bought[..., 2], bought[..., 3] + bought[..., 4]], axis=-1
    )
    uses = np.maximum(uses, 0.0)
    uses /= uses.sum(axis=(1, 2), keepdims=True)
    world = uses.mean(axis=0)
    mix: Float = (1.0 - WORLD_WEIGHT) * uses + WORLD_WEIGHT * world
    return mix


def _services_mix(wiod: Wiod2014, concordance: Concordance) -> tuple[Float, Float]:
    """Mix over ten services of domestic sales and of exports, (43, 10) each."""
    home = (wiod.domestic.sum(axis=2) + np.einsum("riru->ri", wiod.final))[:43]
    exports = np.maximum(wiod.costs[7] - home, 0.0)
    first_service = concordance.parents.index(concordance.sectors[concordance.goods])
    pair = []
    for flows in (home, exports):
        services = np.maximum(flows @ concordance.to_parent, 0.0)[:, first_service:]
        pair.append(services / services.sum(axis=1, keepdims=True))
    return pair[0], pair[1]
