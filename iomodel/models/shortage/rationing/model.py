r"""Rationing: the optimal allocation of scarce inputs, with rationing rules beside it.

The optimal allocation is a linear programme (:mod:`iomodel.models.shortage.rationing.programme`)
under the constraints of the bottleneck model: capacity, borders and critical inputs. It has perfect
information and moves every input within these constraints, so its loss is a lower bound: no
rationing rule under the same constraints loses less [PichlerFarmer2022]_. The gap between it and
proportional rationing is the scope of allocation policy in a shortage.

Its dual values the shortage: the shadow price of a product in a region is the gain of the objective
per additional unit, a unit being the quantity that a dollar bought in the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import SolverError
from iomodel.models.fixed_price.quantities import quantity_variables, value_added_coefficients
from iomodel.models.model import model
from iomodel.models.shortage.allocation import (
    ConstrainedEconomy,
    allocation_variables,
    constrained_economy,
    downstream_losses,
    sales,
)
from iomodel.models.shortage.criticality import resolve_criticality
from iomodel.models.shortage.diagnostics import largest
from iomodel.models.shortage.expenditure_bounds import (
    LEAST_REMAINING,
    expenditure_bound,
    implied_price,
)
from iomodel.models.shortage.options import ALLOCATION_NOTES
from iomodel.models.shortage.ratings import is_rated
from iomodel.models.shortage.rationing.bounds import Limits
from iomodel.models.shortage.rationing.options import OPTIMAL, RationingOptions, limits_of
from iomodel.models.shortage.rationing.programme import Optimum, best_allocation, weights_of
from iomodel.scenario.policy import CUTS
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["rationing"]

NOTES = (
    "A lower bound: the programme allocates with full knowledge, shipments to a region are pooled "
    "over its users, and inputs that are not rated critical are given up at no cost. It goes to "
    "corners and ties are frequent: the loss of the world is better determined than its incidence.",
    *ALLOCATION_NOTES,
)
FINAL_NOTE = (
    "Objective final_demand: industries are kept only for their contribution to final use; read "
    "the change of final demand, not that of GDP by production."
)
RULE_NOTE = "Allocation by the rule named, as in model bottleneck; there is no shadow price."
# Tolerance of the feasibility check, as a share of world output: rounding of fixed points and
# solver.
FEASIBLE = 1e-10


@model(
    "optimal allocation of scarce inputs, with shadow prices, and rules beside it",
    CUTS,
    knows=is_rated,
)
def rationing(workbench: Workbench, scenario: Scenario, options: RationingOptions) -> Effects:
    """Return the output that remains possible under optimal allocation or under a rule.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts, content controls and supply cuts.

    Returns
    -------
    Effects
        Output, value added, GDP, final demand, exports and imports at base prices; of the programme
        also ``shadow_price`` over the region that uses the product, in percent of the base price.

    Raises
    ------
    LabelError
        If an option cannot be used.
    SolverError
        If the programme has no solution, or the allocation uses more than is produced.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    limits = limits_of(options)
    gamma, record = resolve_criticality(options.criticality, table, options.important)
    parameters = {"rule": options.rule, "closure": options.closure, "criticality": record}
    if options.rule == OPTIMAL:
        allocation = _by_programme(table, policy, gamma, options.objective, limits)
        names = ("objective", "resourcing", "idle")
        parameters |= {name: getattr(options, name) for name in names}
        final_demand = options.objective == "final_demand"
        notes = (*NOTES, FINAL_NOTE) if final_demand else NOTES
    else:
        allocation = _by_rule(table, policy, gamma, options.rule, limits)
        notes = (RULE_NOTE, *ALLOCATION_NOTES)
    intensity = value_added_coefficients(table)
    variables = {**quantity_variables(table, allocation.output, intensity), **allocation.flows}
    return Effects.build(
        table,
        scenario,
        model="rationing",
        closure=options.closure,
        variables=variables,
        parameters=parameters,
        diagnostics={
            **allocation.diagnostics,
            "implied_price": _implied_price(table, scenario, variables),
        },
        notes=[*policy.notes, *notes],
    )


# ---------------------------------------------------------------------- programme or rule
@dataclass(frozen=True)
class _Allocation:
    """Output (n,), variables of trade and final demand, and diagnostics of the solver."""

    output: Float
    flows: Variables
    diagnostics: dict[str, Any]


def _by_programme(
    table: MRIOTable, policy: PolicyArrays, gamma: Float, objective: str, limits: Limits
) -> _Allocation:
    economy = constrained_economy(table, policy, gamma)
    intensity = value_added_coefficients(table)
    weights = weights_of(objective, intensity.reshape(table.shape))
    optimum = best_allocation(economy, weights, limits)
    output = table.x1 - optimum.loss.reshape(-1)
    remaining_final = economy.final.sum(axis=0) - optimum.lost_final
    _assert_feasible(economy, output, optimum.lost, remaining_final)
    flows = allocation_variables(table, optimum.lost, optimum.lost_final.sum(axis=0))
    flows["shadow_price"] = (("region", "sector"), 100.0 * optimum.price.T)
    diagnostics = {
        "method": "linear programme, dual simplex (HiGHS)",
        "iterations": optimum.iterations,
        "residual": optimum.breach,
        "scarcest": _scarcest(table, economy, optimum),
    }
    return _Allocation(output, flows, diagnostics)


def _by_rule(
    table: MRIOTable, policy: PolicyArrays, gamma: Float, rule: str, limits: Limits
) -> _Allocation:
    economy = constrained_economy(table, policy, gamma, rule=rule)
    losses = downstream_losses(economy)
    sold = sales(economy, losses, sold_only=limits.sold)
    output = table.x1 * sold.activity.reshape(-1)
    _assert_feasible(economy, output, sold.lost, economy.final - sold.lost_final)
    flows = allocation_variables(table, sold.lost, sold.lost_final.sum(axis=(0, 1)))
    diagnostics = {
        "method": "least fixed point",
        "passes": losses.passes,
        "residual": losses.residual,
    }
    return _Allocation(output, flows, diagnostics)


# ---------------------------------------------------------------------- helpers
def _assert_feasible(
    economy: ConstrainedEconomy, output: Float, lost: Float, remaining_final: Float
) -> None:
    """Refuse an allocation with more use than supply, or with negative deliveries."""
    delivered = economy.intermediate + economy.final - lost
    supply = output.reshape(economy.output.shape) + economy.stock_withdrawal
    spare = supply - delivered.sum(axis=2)
    least = min(float(cells.min(initial=0.0)) for cells in (delivered, spare, remaining_final))
    if least < -FEASIBLE * float(economy.output.sum()):
        raise SolverError(
            f"the allocation found uses {-least:.3g} more of a product than there is; this should "
            "not happen, please report the scenario"
        )


def _scarcest(
    table: MRIOTable, economy: ConstrainedEconomy, optimum: Optimum
) -> list[dict[str, Any]]:
    """List the cut products and regions with the highest value of missing supply."""
    passing = np.where(economy.delivered < 1.0, economy.delivered, 1.0)
    reduced = passing * economy.capacity[:, :, None]
    missing = ((1.0 - reduced) * (economy.intermediate + economy.final)).sum(axis=0)
    return [
        {
            "product": table.sectors[product],
            "region": table.regions[region],
            "missing": float(missing[product, region]),
            "price_multiple": float(optimum.price[product, region]),
        }
        for product, region in largest(optimum.price * missing)
    ]


def _implied_price(table: MRIOTable, scenario: Scenario, variables: Variables) -> dict[str, float]:
    """Return the implied price multiple of the cut products, for the regions that lose most."""
    frame = expenditure_bound(table, scenario, ())
    if frame.empty:
        return {}
    rows = [table.regions.index(str(name)) for name in frame.index]
    gdp, gdp_new = (np.asarray(variables[f"gdp_{k}"][1])[rows] for k in ("base", "new"))
    remaining = np.maximum(frame["remaining"].to_numpy(), LEAST_REMAINING)
    multiple = implied_price(frame["share"].to_numpy(), remaining, 1.0 - gdp_new / gdp)
    worst_hit = largest(gdp - gdp_new)
    return {str(frame.index[k]): float(multiple[k]) for (k,) in worst_hit if multiple[k] > 0}
