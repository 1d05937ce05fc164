r"""Open Leontief model at fixed prices, with lost or diverted deliveries.

Re-sourced inputs and final deliveries (:mod:`iomodel.models.fixed_price.origin_switching`) give
changed coefficients :math:`A'` and final demand :math:`f'`, and the open Leontief model
[MillerBlair2009]_ answers

.. math:: x' = (I - A')^{-1} f', \qquad \text{value added}_j = v_j x'_j ,

with value added per unit of output :math:`v_j` as in the base (divided by :math:`g_j` where
productivity changes). Producer prices, incomes and total final demand do not react.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.effects import Effects
from iomodel.models.elasticities import LONG_RUN_SET, SETS, resolve_elasticities
from iomodel.models.fixed_price.closures import respond_by_closure
from iomodel.models.fixed_price.flows import PolicyFlows, delivery_limit
from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.kinds import Choice, Elasticity
from iomodel.models.model import model
from iomodel.models.options import Options, option
from iomodel.scenario.policy import KINDS
from iomodel.typing import BY_REGION, Float, Record, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["DUTY_STIMULUS", "LeontiefOptions", "leontief"]


CLOSURES = ("lost", "diverted")
NOTES = (
    "Producer prices, incomes and total final demand are fixed; GDP is value added at base prices.",
    "Closure lost: no other supplier steps in for deliveries that end.",
    "Closure diverted: total use of every product is kept; other origins supply it without limit "
    "of capacity, in proportion to present sales, so it only reallocates production between "
    "countries.",
)
DUTY_STIMULUS = (
    "Closure diverted: what buyers no longer import is made at home without limit and at given "
    "prices, so that a duty is a stimulus; it is no end of a bracket for duties."
)
ICEBERG = (
    "Quantities are those that arrive; what trade costs melt on the way adds no demand for the "
    "exporter's output."
)
PRODUCTIVITY = (
    "Higher productivity saves inputs and value added at given final demand: here it lowers output "
    "and GDP at base prices; it says nothing about growth."
)


@dataclass(frozen=True)
class LeontiefOptions(Options):
    """Options of the model ``leontief``."""

    closure: str = option(
        "lost",
        Choice(CLOSURES),
        "Closure of the plain variables: nobody steps in for deliveries that end, or other origins "
        "do. The headlines of both are always given beside each other.",
    )
    elasticities: str | float | xr.DataArray = option(
        LONG_RUN_SET,
        Elasticity(tuple(SETS)),
        "Trade elasticities theta = sigma - 1 by sector; used only if prices change.",
        unit="1",
    )


@model("demand side at fixed prices: lost exports and diverted demand", KINDS)
def leontief(workbench: Workbench, scenario: Scenario, options: LeontiefOptions) -> Effects:
    """Effects of lost and diverted deliveries on output and GDP at fixed prices.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Any kind of shock.

    Returns
    -------
    Effects
        Output, value added, GDP, final demand, exports and imports, all at base prices; tariff
        revenue where there are tariffs.

    Raises
    ------
    LabelError
        If a set of elasticities or the closure is unknown, or the set does not know the sectors.
    NonProductiveError
        If productivity falls so far that more is used up than made.
    SolverError
        If a residual stays above tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    theta, record = _theta(policy, table, options.elasticities)
    flows = PolicyFlows(
        table,
        price_factor=policy.price_factor,
        limit=delivery_limit(policy),
        theta=theta,
        productivity=policy.productivity,
        demand=policy.demand,
    )
    intensity = value_added_coefficients(table) / policy.productivity.reshape(-1)
    solved = respond_by_closure(workbench, flows, CLOSURES, intensity)
    new_cube = solved.responses[options.closure].cube
    return Effects.build(
        table,
        scenario,
        model="leontief",
        closure=options.closure,
        coords={"closure": CLOSURES},
        variables={
            **solved.variables(options.closure),
            **_revenue(policy, solved.base_cube, new_cube),
            **solved.headlines(),
        },
        parameters={"elasticities": record, "closure": options.closure},
        diagnostics=solved.diagnostics(options.closure),
        notes=_notes(policy, flows),
    )


def _theta(
    policy: PolicyArrays, table: MRIOTable, elasticities: str | float | xr.DataArray
) -> tuple[Float, Record]:
    """Return trade elasticities; zeros where no price changes, since cuts divert in proportion."""
    if np.any(policy.price_factor != 1.0):
        return resolve_elasticities(elasticities, table)
    return np.zeros(table.shape[1]), {"value": "not used (no price changes)"}


def _revenue(policy: PolicyArrays, base_cube: Float, new_cube: Float) -> Variables:
    """Return tariff revenue by importer; empty without tariffs."""
    if not (policy.tariff_base.any() or policy.tariff_new.any()):
        return {}
    before = np.einsum("ism,ism->m", policy.tariff_base, base_cube)
    after = np.einsum("ism,ism->m", policy.tariff_new, new_cube)
    return {
        "tariff_revenue_base": (BY_REGION, before),
        "tariff_revenue_new": (BY_REGION, after),
    }


def _notes(policy: PolicyArrays, flows: PolicyFlows) -> list[str]:
    notes = [*policy.notes, *NOTES, *flows.notes()]
    if "tariff" in policy.kinds:
        notes.append(DUTY_STIMULUS)
    if "trade_cost" in policy.kinds:
        notes.append(ICEBERG)
    if "productivity" in policy.kinds:
        notes.append(PRODUCTIVITY)
    return notes
