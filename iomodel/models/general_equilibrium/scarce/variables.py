"""From an equilibrium with quotas to variables of effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.base_year import ratio
from iomodel.models.general_equilibrium.lowering import table_industries
from iomodel.models.general_equilibrium.scarce.nest import Nested
from iomodel.models.general_equilibrium.scarce.rent_holders import Held
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["price_multiples", "scarce_variables"]


def scarce_variables(table: MRIOTable, before: Float, nested: Nested, outcome: Held) -> Variables:
    """Return variables for the effects: the table's own levels times hats, cores left out.

    Parameters
    ----------
    table : MRIOTable
    before : ndarray, shape (S, R, R)
        Flows of the table, before duty.
    nested : Nested
    outcome : Held
    """
    S, solution = nested.sectors, outcome.solution
    base = solution.base
    cost = solution.cost[0][:S]
    nominal = ratio(solution.flow[0][:S], base.flow[:S])
    after = before * nominal / solution.border_price[0][:S]
    foreign = ~np.eye(before.shape[1], dtype=bool)
    output_hat = table_industries(ratio(solution.output[0][:S] / cost, base.output[:S]))
    region, industry, pair = ("region",), ("region", "sector"), ("region", "user_region")
    return {
        "output_base": (industry, table.x.values),
        "output_new": (industry, table.x.values * output_hat),
        "price_pct": (industry, 100.0 * (table_industries(cost) - 1.0)),
        "real_income_pct": (region, 100.0 * (outcome.real_income - 1.0)),
        "real_wage_pct": (region, 100.0 * (solution.real_wage[0] - 1.0)),
        "consumer_price_pct": (region, 100.0 * (solution.final_price[0] - 1.0)),
        "exports_base": (region, (before * foreign).sum(axis=(0, 2))),
        "exports_new": (region, (after * foreign).sum(axis=(0, 2))),
        "imports_base": (region, (before * foreign).sum(axis=(0, 1))),
        "imports_new": (region, (after * foreign).sum(axis=(0, 1))),
        "trade_base": (pair, (before * foreign).sum(axis=0)),
        "trade_new": (pair, (after * foreign).sum(axis=0)),
    }


def price_multiples(table: MRIOTable, solution: ge.Solution) -> dict[str, dict[str, float]]:
    """Return what buyers pay over the seller's price for capped flows, by product and importer.

    Means over origins, weighted by base flows.
    """
    caps = solution.problem.caps
    rent = np.exp(caps.spread(solution.trial.rent))[0]
    multiples: dict[str, dict[str, float]] = {}
    for s in np.unique(caps.cells[:, 0]).tolist():
        capped = caps.cells[:, 0] == s
        importer, quantity = caps.cells[capped, 2], caps.quantity[capped]
        regions = solution.base.shape[1]
        weight = np.bincount(importer, quantity, regions)
        total = np.bincount(importer, quantity * rent[capped], regions)
        multiples[table.sectors[s]] = {
            table.regions[n]: float(total[n] / weight[n]) for n in np.flatnonzero(weight).tolist()
        }
    return multiples
