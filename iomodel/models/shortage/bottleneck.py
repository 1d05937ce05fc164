r"""Least substitution: an industry stands as long as its scarcest critical input.

.. math:: q_j = \min\Big( \kappa_j,\; \min_i \big[ 1 - \gamma_{ij} (1 - s_{ij}) \big] \Big), \qquad
          s_{ij} = \sum_r \sigma^j_r\, q_{ri}\, d_{r,i,m}

with criticality :math:`\gamma` (:mod:`iomodel.models.shortage.criticality`), capacity
:math:`\kappa`, shares of origins :math:`\sigma` and the part :math:`d` of deliveries to the user's
region that is let through. What was really produced is passed on. An export cut stops the border,
not the mine: the exporter's own users keep their supply, and what is withheld stands in for what
they miss. The minimum over *all* inputs is wrong, since every table has traces of almost everything
everywhere; only rated inputs bind. In the tradition of [PichlerFarmer2022]_; with all inputs
critical, one origin and proportional rationing every industry loses what the first one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.models.fixed_price import trade
from iomodel.models.fixed_price.quantities import (
    by_closure,
    quantity_variables,
    value_added_coefficients,
)
from iomodel.models.kinds import Choice, Number
from iomodel.models.model import model
from iomodel.models.options import option
from iomodel.models.shortage.allocation import RULES, Shortage, Supply, sales, shortage
from iomodel.models.shortage.criticality import resolve_criticality
from iomodel.models.shortage.options import ALLOCATION_NOTE, CLOSURES, CriticalityOptions
from iomodel.models.shortage.ratings import is_rated
from iomodel.scenario.policy import CUTS
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["BottleneckOptions", "allocation_variables", "bottleneck", "supply_of"]

NOTES = (
    "An upper bound where the criticality is honest: no stocks, no substitution and no time to "
    "adapt; inputs that are not rated critical never stop an industry.",
    ALLOCATION_NOTE,
)
NAMED = 5


@dataclass(frozen=True)
class BottleneckOptions(CriticalityOptions):
    """Options of the model ``bottleneck``."""

    closure: str = option(
        "possible",
        Choice(CLOSURES),
        "Closure of the plain variables: industries produce what their inputs allow, or what is "
        "bought. The headlines of both are always given.",
    )
    rationing: str = option(
        "intermediate",
        Choice(RULES),
        "Rule of producers who run short: industries before final demand, all users alike, or "
        "customers in order of size. Under proportional rationing a shortage goes round in circles "
        "among products critical for each other, and grows at every border until little is left, "
        "however small the cut was: the extreme that [PichlerFarmer2022]_ warn of, a comparator.",
    )
    resourcing: float = option(
        0.0,
        Number(low=0.0),
        "Extra deliveries of origins without any cut, from idle capacity whose own inputs are not "
        "modelled; shared by all users who run short.",
        unit="fraction of base output",
    )


@model("least substitution: critical inputs bind", CUTS, knows=is_rated)
def bottleneck(workbench: Workbench, scenario: Scenario, options: BottleneckOptions) -> Effects:
    """Return the output that remains possible when critical inputs run short.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts, content controls and supply cuts.

    Returns
    -------
    Effects
        Output, value added, GDP, final demand, exports and imports at base prices.

    Raises
    ------
    LabelError
        If the closure, the rule of rationing or the criticality cannot be used.
    SolverError
        If the losses do not converge.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    gamma, record = resolve_criticality(options.criticality, table, options.important)
    supply = supply_of(table, policy, gamma, options.resourcing, options.rationing)
    losses = shortage(supply)
    intensity = value_added_coefficients(table)
    answers = {name: sales(supply, losses, sold_only=name == "sold") for name in CLOSURES}
    parts = {
        name: quantity_variables(table, table.x1 * allocation.activity.reshape(-1), intensity)
        for name, allocation in answers.items()
    }
    answer = answers[options.closure]
    return Effects.build(
        table,
        scenario,
        model="bottleneck",
        closure=options.closure,
        coords={"closure": CLOSURES},
        variables={
            **parts[options.closure],
            **allocation_variables(table, answer.lost, answer.lost_final.sum(axis=(0, 1))),
            **by_closure([parts[name] for name in CLOSURES]),
        },
        parameters={
            "closure": options.closure,
            "criticality": record,
            "rationing": options.rationing,
            "resourcing": options.resourcing,
        },
        diagnostics={
            "method": "least fixed point",
            "passes": losses.passes,
            "residual": losses.residual,
            "binding": _binding(table, supply, losses),
        },
        notes=[*policy.notes, *NOTES],
    )


def supply_of(
    table: MRIOTable,
    policy: PolicyArrays,
    gamma: Float,
    resourcing: float = 0.0,
    rule: str = "proportional",
) -> Supply:
    """Return capacities and deliveries under a policy."""
    R, S = table.shape
    return Supply(
        Z=table.Z2.reshape(R, S, R, S),
        final=np.maximum(table.Y.values, 0.0).sum(axis=3),
        output=table.x.values,
        delivered=policy.delivered,
        capacity=policy.supply,
        gamma=gamma,
        resourcing=float(resourcing),
        rule=rule,
    )


def allocation_variables(table: MRIOTable, lost: Float, lost_final: Float) -> Variables:
    """Return trade and final demand for the effects; solved for the change, like output.

    Parameters
    ----------
    table : MRIOTable
    lost : ndarray, shape (R, S, R)
        Fall of sales by product between regions.
    lost_final : ndarray, shape (R,)
        Fall of final demand by region.
    """
    region, pair = ("region",), ("region", "user_region")
    cube = trade.trade_cube(table.A2, table.x1, table.Y.values)
    base_final = table.Y.values.sum(axis=(0, 1, 3))
    return {
        "final_demand_base": (region, base_final),
        "final_demand_new": (region, base_final - lost_final),
        "exports_base": (region, trade.exports(cube)),
        "exports_new": (region, trade.exports(cube - lost)),
        "imports_base": (region, trade.imports(cube)),
        "imports_new": (region, trade.imports(cube - lost)),
        "trade_base": (pair, trade.partners(cube)),
        "trade_new": (pair, trade.partners(cube - lost)),
    }


def _binding(table: MRIOTable, supply: Supply, found: Shortage) -> list[dict[str, Any]]:
    """Name the industries that lose most value added and the input that holds each back."""
    weighted = supply.gamma[:, None, :] * found.gap
    fall = found.loss * table.value_added.values
    worst = np.argsort(-fall, axis=None, kind="stable")[:NAMED]
    named = []
    for r, s in zip(*np.unravel_index(worst, fall.shape), strict=True):
        if fall[r, s] > 0:
            own = 1.0 - supply.capacity[r, s] >= found.loss[r, s]
            held = "capacity" if own else table.sectors[int(weighted[:, r, s].argmax())]
            industry = f"{table.regions[int(r)]} {table.sectors[int(s)]}"
            loss = float(100 * found.loss[r, s])
            named.append({"industry": industry, "held_back_by": held, "loss_percent": loss})
    return named
