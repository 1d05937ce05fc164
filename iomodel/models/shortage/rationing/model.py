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

from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import LabelError, SolverError, unknown_label
from iomodel.models.fixed_price.quantities import quantity_variables, value_added_coefficients
from iomodel.models.options import closure_of
from iomodel.models.shortage.allocation import RULES as SHORTAGE_RULES
from iomodel.models.shortage.allocation import Supply, sales, shortage
from iomodel.models.shortage.bottleneck import allocation_variables, supply_of
from iomodel.models.shortage.criticality import Criticality, resolve_criticality
from iomodel.models.shortage.expenditure_bounds import check_line, implied_price
from iomodel.models.shortage.rationing.programme import SECOND, Optimum, Worth, best_allocation
from iomodel.models.shortage.rationing.rows import Limits
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CLOSURES", "OBJECTIVES", "RULES", "rationing"]


CLOSURES = ("possible", "sold")
OPTIMAL = "optimal"
RULES = (OPTIMAL, *SHORTAGE_RULES)
OBJECTIVES = ("value_added", "final_demand", "output")
NOTES = (
    "A lower bound: the programme allocates with full knowledge, shipments to a region are pooled "
    "over its users, and inputs that are not rated critical are given up at no cost. It goes to "
    "corners and ties are frequent: the loss of the world says more than who bears it.",
    "Closure possible: industries produce what their inputs allow, and what nobody buys goes to "
    "stock. Closure sold: they produce only what is bought.",
)
FINAL_NOTE = (
    "Objective final_demand: industries are kept only for what final users get of them; read the "
    "change of final demand, not that of GDP by production."
)
RULE_NOTE = "Allocation by the rule named, as in model bottleneck; there is no shadow price."
# Share of world output by which uses may exceed what is made: rounding of fixed points and solver.
FEASIBLE = 1e-10
NAMED = 5


def rationing(
    table: MRIOTable,
    scenario: Scenario,
    *,
    rule: str = OPTIMAL,
    closure: str = "possible",
    objective: str = "value_added",
    criticality: Criticality = "analysts",
    important: float = 0.5,
    resourcing: float = 0.0,
    idle: float = 0.0,
) -> Effects:
    """Return what remains possible when scarce inputs are allocated well, or by a rule.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts, content controls and supply cuts.
    rule : {"optimal", "proportional", "intermediate", "priority"}
        The programme, or a rule: all users alike, industries before final demand, or customers in
        order of size.
    closure : {"possible", "sold"}
        Whether industries produce what they can, or only what is bought.
    objective : {"value_added", "final_demand", "output"}
        What the programme maximises, over the world. The others settle ties: value added where
        final demand counts, final demand where value added or output does.
    criticality, important
        As in :func:`iomodel.models.shortage.bottleneck.bottleneck`.
    resourcing : float
        Programme only: fraction by which deliveries that no cut touches may grow.
    idle : float
        Programme only, closure sold: idle capacity of every industry, as a fraction of its output.

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
    chosen = closure_of("rationing", closure, CLOSURES)
    for what, value, valid in (
        ("rule of rationing", rule, RULES),
        ("objective of rationing", objective, OBJECTIVES),
    ):
        if value not in valid:
            raise unknown_label(what, value, valid)
    limits = _limits(rule, chosen, resourcing, idle)
    gamma, record = resolve_criticality(criticality, table, important)
    policy = scenario.lower(table)
    intensity = value_added_coefficients(table)
    notes: tuple[str, ...]
    parameters: dict[str, Any] = {"rule": rule, "closure": chosen, "criticality": record}
    if rule == OPTIMAL:
        supply = supply_of(table, policy, gamma)
        worth = _worth(objective, intensity.reshape(table.shape))
        best = best_allocation(supply, worth, limits)
        output = table.x1 - best.loss.reshape(-1)
        final_left = supply.final.sum(axis=0) - best.lost_final
        _assert_feasible(supply, output, best.lost, final_left)
        flows = allocation_variables(table, best.lost, best.lost_final.sum(axis=0))
        flows["shadow_price"] = (("region", "sector"), 100.0 * best.price.T)
        parameters |= {"objective": objective, "resourcing": resourcing, "idle": idle}
        diagnostics: dict[str, Any] = {
            "method": "linear programme, dual simplex (HiGHS)",
            "iterations": best.iterations,
            "residual": best.breach,
            "scarcest": _scarcest(table, supply, best),
        }
        notes = (*NOTES, FINAL_NOTE) if objective == "final_demand" else NOTES
    else:
        supply = supply_of(table, policy, gamma, rule=rule)
        found = shortage(supply)
        answer = sales(supply, found, sold_only=limits.sold)
        output = table.x1 * answer.activity.reshape(-1)
        _assert_feasible(supply, output, answer.lost, supply.final - answer.lost_final)
        flows = allocation_variables(table, answer.lost, answer.lost_final.sum(axis=(0, 1)))
        diagnostics = {
            "method": "least fixed point",
            "passes": found.passes,
            "residual": found.residual,
        }
        notes = (RULE_NOTE, NOTES[1])
    values = {**quantity_variables(table, output, intensity), **flows}
    diagnostics["implied_price"] = _implied(table, scenario, values)
    return Effects.build(
        table,
        scenario,
        model="rationing",
        closure=chosen,
        variables=values,
        parameters=parameters,
        diagnostics=diagnostics,
        notes=[*policy.notes, *notes],
    )


def _limits(rule: str, closure: str, resourcing: float, idle: float) -> Limits:
    """Refuse what makes no sense together."""
    for name, value in (("resourcing", resourcing), ("idle", idle)):
        if not 0.0 <= value < np.inf:
            raise LabelError(f"{name} is {value!r}; it must be a number and not negative")
        if value and rule != OPTIMAL:
            raise LabelError(f"rule {rule!r} takes no {name}; leave it out, or use rule 'optimal'")
    if idle and closure != "sold":
        raise LabelError(
            "idle capacity would run for stock; use closure 'sold' with it, or leave idle at 0"
        )
    return Limits(idle=float(idle), resourcing=float(resourcing), sold=closure == "sold")


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


def _implied(table: MRIOTable, scenario: Scenario, values: Variables) -> dict[str, float]:
    """Return the multiple of the cut products' price that each region's loss implies, worst hit."""
    frame = check_line(table, scenario)
    if frame.empty:
        return {}
    rows = [table.regions.index(str(name)) for name in frame.index]
    base, new = (np.asarray(values[f"gdp_{k}"][1])[rows] for k in ("base", "new"))
    left = np.maximum(frame["left"].to_numpy(), 0.01)
    multiple = implied_price(frame["share"].to_numpy(), left, 1.0 - new / base)
    worst = np.argsort(new - base, kind="stable")[:NAMED]
    return {str(frame.index[k]): float(multiple[k]) for k in worst if multiple[k] > 0}
