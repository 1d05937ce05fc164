"""Variables of the model scarce: levels of base and solution, cores left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.base_shift import base_shift
from iomodel.models.general_equilibrium.foreign_trade import foreign_trade, is_foreign
from iomodel.models.general_equilibrium.lowering import table_industries
from iomodel.models.general_equilibrium.scarce.nest import NestedEconomy
from iomodel.typing import BY_INDUSTRY, BY_REGION, Variables

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["price_multiples", "scarce_variables"]


def scarce_variables(
    observed: ge.Economy, nested: NestedEconomy, solution: ge.Solution
) -> Variables:
    """Return the variables of the effects.

    Parameters
    ----------
    observed : Economy
        Accounts of the table.
    nested : NestedEconomy
    solution : Solution
    """
    S, base = nested.sectors, solution.base
    cost = solution.cost[0][:S]
    foreign = is_foreign(base.shape[1])
    volume = solution.flow[0][:S] / solution.border_price[0][:S]
    value_added = table_industries(nested.with_cores(base.value_added))
    return {
        "output_base": (BY_INDUSTRY, table_industries(base.output[:S])),
        "output_new": (BY_INDUSTRY, table_industries(solution.output[0][:S] / cost)),
        "value_added_base": (BY_INDUSTRY, value_added),
        "gdp_base": (BY_REGION, base.income),
        "price_pct": (BY_INDUSTRY, 100.0 * (table_industries(cost) - 1.0)),
        "real_income_pct": (BY_REGION, 100.0 * (solution.real_income[0] - 1.0)),
        "real_wage_pct": (BY_REGION, 100.0 * (solution.real_wage[0] - 1.0)),
        "consumer_price_pct": (BY_REGION, 100.0 * (solution.final_price[0] - 1.0)),
        **foreign_trade(base.flow[:S] * foreign, volume * foreign),
        **base_shift(base, observed, S),
    }


def price_multiples(table: MRIOTable, solution: ge.Solution) -> dict[str, dict[str, float]]:
    """Return buyers' over sellers' prices of capped flows, by product and importer.

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
