"""From an equilibrium with quotas to variables of effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.equilibrium.base import ratio
from iomodel.models.general_equilibrium.scarce.nest import Nested
from iomodel.models.general_equilibrium.scarce.rent_holders import Held
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["price_multiples", "scarce_variables"]


def scarce_variables(
    table: MRIOTable, before: Float, nested: Nested, found: Held
) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Return variables for the effects: the table's own levels times hats, cores left out.

    Parameters
    ----------
    table : MRIOTable
    before : ndarray, shape (S, R, R)
        Flows of the table, before duty.
    nested : Nested
    found : Held
    """
    S, solution = nested.sectors, found.solution
    base = solution.base
    cost = solution.cost[0][:S]
    nominal = ratio(solution.flow[0][:S], base.flow[:S])
    after = before * nominal / solution.border_price[0][:S]
    foreign = ~np.eye(before.shape[1], dtype=bool)
    output = ratio(solution.output[0][:S] / cost, base.output[:S]).T
    region, industry, pair = ("region",), ("region", "sector"), ("region", "user_region")
    return {
        "output_base": (industry, table.x.values),
        "output_new": (industry, table.x.values * output),
        "price_pct": (industry, 100.0 * (cost.T - 1.0)),
        "real_income_pct": (region, 100.0 * (found.real_income - 1.0)),
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
    found: dict[str, dict[str, float]] = {}
    for s in np.unique(caps.cells[:, 0]).tolist():
        here = caps.cells[:, 0] == s
        weight = np.zeros(solution.base.shape[1])
        total = np.zeros(solution.base.shape[1])
        np.add.at(weight, caps.cells[here, 2], caps.quantity[here])
        np.add.at(total, caps.cells[here, 2], caps.quantity[here] * rent[here])
        found[table.sectors[s]] = {
            table.regions[n]: float(total[n] / weight[n]) for n in np.flatnonzero(weight).tolist()
        }
    return found
