"""National technologies of 2014: use by industry in WIOD, imports included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.builders.concordance import Concordance
from datasets.builders.raw import Wiod2014
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


def build_technology(wiod: Wiod2014, concordance: Concordance, imported: Float) -> Technology:
    """Turn WIOD 2014 into coefficients on 37 sectors for its 43 countries.

    Parameters
    ----------
    imported : ndarray, shape (43, 56, 56)
        Imported inputs by product and user, million USD.
    """
    to_parent = concordance.to_parent
    use = np.einsum("rij,ip,jq->rpq", wiod.domestic[:43] + imported, to_parent, to_parent)
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
