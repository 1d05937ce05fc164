r"""Bottleneck model: output limited by each industry's scarcest critical input.

.. math:: q_j = \min\Big( \kappa_j,\; \min_i \big[ 1 - \gamma_{ij} (1 - s_{ij}) \big] \Big), \qquad
          s_{ij} = \sum_r \sigma^j_r\, q_{ri}\, d_{r,i,m}

with criticality :math:`\gamma` (:mod:`iomodel.models.shortage.criticality`), capacity
:math:`\kappa`, shares of origins :math:`\sigma` and the fraction :math:`d` of deliveries to the
user's region that may cross the border. Actual output is passed on downstream. An export cut stops
the border, not the mine: the exporter's own users keep their supply, and withheld exports replace
their missing inputs. The minimum over *all* inputs is wrong, since every table has traces of almost
everything everywhere; only rated inputs bind. In the tradition of [PichlerFarmer2022]_; with all
inputs critical, one origin and proportional rationing every industry loses as much as the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iomodel.effects import Effects
from iomodel.models.fixed_price.quantities import (
    by_closure,
    quantity_variables,
    value_added_coefficients,
)
from iomodel.models.kinds import Choice, Number
from iomodel.models.model import model
from iomodel.models.options import option
from iomodel.models.shortage.allocation import (
    RULES,
    ConstrainedEconomy,
    DownstreamLosses,
    allocation_variables,
    constrained_economy,
    downstream_losses,
    sales,
)
from iomodel.models.shortage.criticality import resolve_criticality
from iomodel.models.shortage.diagnostics import largest
from iomodel.models.shortage.options import ALLOCATION_NOTES, CLOSURES, CriticalityOptions
from iomodel.models.shortage.ratings import is_rated
from iomodel.scenario.policy import CUTS

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["BottleneckOptions", "bottleneck"]

NOTES = (
    "An upper bound where the criticality is honest: no stocks, no substitution and no time to "
    "adapt; inputs that are not rated critical never stop an industry.",
    *ALLOCATION_NOTES,
)


@dataclass(frozen=True)
class BottleneckOptions(CriticalityOptions):
    """Options of the model ``bottleneck``."""

    closure: str = option(
        "possible",
        Choice(CLOSURES),
        "Closure of the plain variables: output as far as inputs allow, or only output that is "
        "bought. The headlines of both are always reported.",
    )
    rationing: str = option(
        "intermediate",
        Choice(RULES),
        "Rationing rule of producers in short supply: industries before final demand, all users "
        "alike, or customers in order of size. Under proportional rationing a shortage circulates "
        "among products critical for each other, and grows at every border until little remains, "
        "however small the cut: the extreme that [PichlerFarmer2022]_ warn of, a comparator.",
    )
    resourcing: float = option(
        0.0,
        Number(low=0.0),
        "Extra deliveries of origins without any cut, from idle capacity with inputs that are not "
        "modelled; shared by all users in short supply.",
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
    economy = constrained_economy(table, policy, gamma, options.resourcing, options.rationing)
    losses = downstream_losses(economy)
    intensity = value_added_coefficients(table)
    allocations = {name: sales(economy, losses, sold_only=name == "sold") for name in CLOSURES}
    quantities = {
        name: quantity_variables(table, table.x1 * allocation.activity.reshape(-1), intensity)
        for name, allocation in allocations.items()
    }
    allocation = allocations[options.closure]
    return Effects.build(
        table,
        scenario,
        model="bottleneck",
        closure=options.closure,
        coords={"closure": CLOSURES},
        variables={
            **quantities[options.closure],
            **allocation_variables(table, allocation.lost, allocation.lost_final.sum(axis=(0, 1))),
            **by_closure([quantities[name] for name in CLOSURES]),
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
            "binding": _binding(table, economy, losses),
        },
        notes=[*policy.notes, *NOTES],
    )


# ---------------------------------------------------------------------- helpers
def _binding(
    table: MRIOTable, economy: ConstrainedEconomy, losses: DownstreamLosses
) -> list[dict[str, Any]]:
    """List the industries that lose most value added, with the constraint that binds each."""
    weighted = economy.gamma[:, None, :] * losses.gap
    entries = []
    for r, s in largest(losses.loss * table.value_added.values):
        by_capacity = 1.0 - economy.capacity[r, s] >= losses.loss[r, s]
        scarcest = table.sectors[int(weighted[:, r, s].argmax())]
        entries.append(
            {
                "industry": f"{table.regions[r]} {table.sectors[s]}",
                "held_back_by": "capacity" if by_capacity else scarcest,
                "loss_percent": float(100 * losses.loss[r, s]),
            }
        )
    return entries
