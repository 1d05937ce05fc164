r"""Rationing: the best allocation of what is scarce, and the rules that people go by beside it.

The best allocation is a linear programme (:mod:`iomodel.models.shortage.rationing.programme`) with
the limits of the bottleneck model: capacity, borders and critical inputs. It knows everything and
moves everything within these limits, so its loss is a lower bound: no rule of rationing that keeps
to the same limits loses less [PichlerFarmer2022]_. Between it and proportional rationing lies what
allocation can do about a shortage.

Its dual is what the shortage is worth: the shadow price of a product in a region says by how much
the objective would rise with one more unit of it, a unit being what a dollar bought in the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import LabelError, SolverError
from iomodel.models.fixed_price.quantities import quantity_variables, value_added_coefficients
from iomodel.models.kinds import Choice, Number
from iomodel.models.model import model
from iomodel.models.options import option
from iomodel.models.shortage.allocation import RULES as SHORTAGE_RULES
from iomodel.models.shortage.allocation import Supply, sales, shortage
from iomodel.models.shortage.bottleneck import allocation_variables, supply_of
from iomodel.models.shortage.criticality import resolve_criticality
from iomodel.models.shortage.expenditure_bounds import check_line, implied_price
from iomodel.models.shortage.options import ALLOCATION_NOTE, CLOSURES, CriticalityOptions
from iomodel.models.shortage.ratings import is_rated
from iomodel.models.shortage.rationing.programme import SECOND, Optimum, Worth, best_allocation
from iomodel.models.shortage.rationing.rows import Limits
from iomodel.scenario.policy import CUTS
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["RationingOptions", "rationing"]

OPTIMAL = "optimal"
RULES = (OPTIMAL, *SHORTAGE_RULES)
OBJECTIVES = ("value_added", "final_demand", "output")
NOTES = (
    "A lower bound: the programme allocates with full knowledge, shipments to a region are pooled "
    "over its users, and inputs that are not rated critical are given up at no cost. It goes to "
    "corners and ties are frequent: the loss of the world says more than who bears it.",
    ALLOCATION_NOTE,
)
FINAL_NOTE = (
    "Objective final_demand: industries are kept only for what final users get of them; read the "
    "change of final demand, not that of GDP by production."
)
RULE_NOTE = "Allocation by the rule named, as in model bottleneck; there is no shadow price."
# Share of world output by which uses may exceed what is made: rounding of fixed points and solver.
FEASIBLE = 1e-10
NAMED = 5


@dataclass(frozen=True)
class RationingOptions(CriticalityOptions):
    """Options of the model ``rationing``."""

    rule: str = option(
        OPTIMAL,
        Choice(RULES),
        "The programme, or a rule: all users alike, industries before final demand, or customers "
        "in order of size.",
    )
    closure: str = option(
        "possible",
        Choice(CLOSURES),
        "Industries produce what their inputs allow, or only what is bought.",
    )
    objective: str = option(
        "value_added",
        Choice(OBJECTIVES),
        "Objective of the programme, over the world. The others settle ties: value added where "
        "final demand counts, final demand where value added or output does.",
    )
    resourcing: float = option(
        0.0,
        Number(low=0.0),
        "Programme only: growth of deliveries that no cut touches.",
        unit="fraction of base deliveries",
    )
    idle: float = option(
        0.0,
        Number(low=0.0),
        "Programme only, closure sold: idle capacity of every industry.",
        unit="fraction of base output",
    )


@model(
    "best allocation of what is scarce, with shadow prices, and rules beside it",
    CUTS,
    knows=is_rated,
)
def rationing(workbench: Workbench, scenario: Scenario, options: RationingOptions) -> Effects:
    """Return the output that remains possible when scarce inputs are allocated well, or by a rule.

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
        If no allocation is found, or the one found uses more than is made.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    limits = _limits(options)
    gamma, record = resolve_criticality(options.criticality, table, options.important)
    parameters = {"rule": options.rule, "closure": options.closure, "criticality": record}
    if options.rule == OPTIMAL:
        answer = _by_programme(table, policy, gamma, options, limits)
        names = ("objective", "resourcing", "idle")
        parameters |= {name: getattr(options, name) for name in names}
        final_demand = options.objective == "final_demand"
        notes = (*NOTES, FINAL_NOTE) if final_demand else NOTES
    else:
        answer = _by_rule(table, policy, gamma, options.rule, limits)
        notes = (RULE_NOTE, ALLOCATION_NOTE)
    intensity = value_added_coefficients(table)
    variables = {**quantity_variables(table, answer.output, intensity), **answer.flows}
    return Effects.build(
        table,
        scenario,
        model="rationing",
        closure=options.closure,
        variables=variables,
        parameters=parameters,
        diagnostics={
            **answer.diagnostics,
            "implied_price": _implied_price(table, scenario, variables),
        },
        notes=[*policy.notes, *notes],
    )


# ---------------------------------------------------------------------- two ways to allocate
@dataclass(frozen=True)
class _Allocation:
    """Output (n,), variables of trade and final demand, and what the solver says of itself."""

    output: Float
    flows: Variables
    diagnostics: dict[str, Any]


def _by_programme(
    table: MRIOTable,
    policy: PolicyArrays,
    gamma: Float,
    options: RationingOptions,
    limits: Limits,
) -> _Allocation:
    supply = supply_of(table, policy, gamma)
    intensity = value_added_coefficients(table)
    worth = _worth(options.objective, intensity.reshape(table.shape))
    best = best_allocation(supply, worth, limits)
    output = table.x1 - best.loss.reshape(-1)
    remaining_final = supply.final.sum(axis=0) - best.lost_final
    _assert_feasible(supply, output, best.lost, remaining_final)
    flows = allocation_variables(table, best.lost, best.lost_final.sum(axis=0))
    flows["shadow_price"] = (("region", "sector"), 100.0 * best.price.T)
    diagnostics = {
        "method": "linear programme, dual simplex (HiGHS)",
        "iterations": best.iterations,
        "residual": best.breach,
        "scarcest": _scarcest(table, supply, best),
    }
    return _Allocation(output, flows, diagnostics)


def _by_rule(
    table: MRIOTable, policy: PolicyArrays, gamma: Float, rule: str, limits: Limits
) -> _Allocation:
    supply = supply_of(table, policy, gamma, rule=rule)
    losses = shortage(supply)
    sold = sales(supply, losses, sold_only=limits.sold)
    output = table.x1 * sold.activity.reshape(-1)
    _assert_feasible(supply, output, sold.lost, supply.final - sold.lost_final)
    flows = allocation_variables(table, sold.lost, sold.lost_final.sum(axis=(0, 1)))
    diagnostics = {
        "method": "least fixed point",
        "passes": losses.passes,
        "residual": losses.residual,
    }
    return _Allocation(output, flows, diagnostics)


# ---------------------------------------------------------------------- helpers
def _limits(options: RationingOptions) -> Limits:
    """Return the limits of the programme; refuse options that make no sense together."""
    for name in ("resourcing", "idle"):
        if getattr(options, name) and options.rule != OPTIMAL:
            raise LabelError(
                f"rule {options.rule!r} takes no {name}; leave it out, or use rule 'optimal'"
            )
    if options.idle and options.closure != "sold":
        raise LabelError(
            "idle capacity would run for stock; use closure 'sold' with it, or leave idle at 0"
        )
    return Limits(idle=options.idle, resourcing=options.resourcing, sold=options.closure == "sold")


def _assert_feasible(supply: Supply, output: Float, lost: Float, final_left: Float) -> None:
    """Refuse an allocation in which more is used than made, or less than nothing delivered."""
    delivered = supply.sold + supply.final - lost
    spare = output.reshape(supply.output.shape) + supply.drawn - delivered.sum(axis=2)
    least = min(float(cells.min(initial=0.0)) for cells in (delivered, spare, final_left))
    if least < -FEASIBLE * float(supply.output.sum()):
        raise SolverError(
            f"the allocation found uses {-least:.3g} more of a product than there is; this should "
            "not happen, please report the scenario"
        )


def _worth(objective: str, intensity: Float) -> Worth:
    if objective == "final_demand":
        return Worth(SECOND * intensity, 1.0)
    first = intensity if objective == "value_added" else np.ones_like(intensity)
    return Worth(first, SECOND)


def _scarcest(table: MRIOTable, supply: Supply, best: Optimum) -> list[dict[str, Any]]:
    """Name the cut products and regions where what is missing is worth most."""
    reduced = np.where(supply.delivered < 1.0, supply.delivered, 1.0) * supply.capacity[:, :, None]
    missing = ((1.0 - reduced) * (supply.sold + supply.final)).sum(axis=0)
    value = best.price * missing
    named = []
    for k in np.argsort(-value, axis=None, kind="stable")[:NAMED]:
        product, region = np.unravel_index(k, value.shape)
        if value[product, region] > 0:
            named.append(
                {
                    "product": table.sectors[int(product)],
                    "region": table.regions[int(region)],
                    "missing": float(missing[product, region]),
                    "price_multiple": float(best.price[product, region]),
                }
            )
    return named


def _implied_price(table: MRIOTable, scenario: Scenario, variables: Variables) -> dict[str, float]:
    """Return the multiple of the cut products' price that each region's loss implies, worst hit."""
    frame = check_line(table, scenario)
    if frame.empty:
        return {}
    rows = [table.regions.index(str(name)) for name in frame.index]
    base, new = (np.asarray(variables[f"gdp_{k}"][1])[rows] for k in ("base", "new"))
    left = np.maximum(frame["left"].to_numpy(), 0.01)
    multiple = implied_price(frame["share"].to_numpy(), left, 1.0 - new / base)
    worst = np.argsort(new - base, kind="stable")[:NAMED]
    return {str(frame.index[k]): float(multiple[k]) for k in worst if multiple[k] > 0}
