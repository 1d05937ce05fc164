r"""General equilibrium of prices, wages, incomes and trade after changes of policy.

The engine of :mod:`iomodel.equilibrium` on a table: nested CES with input-output linkages in exact
hat algebra [CaliendoParro2015]_ [BaqaeeFarhi2024]_, import shares common to all users of a region.
Adjustment since the shock is one option, ``horizon``
(:mod:`iomodel.models.general_equilibrium.horizons`); the base of the trade elasticities is stated
there.

If a part of a delivery is withheld (export cuts, content rules) or of an industry's output lost
(supply cuts), the remainder is a cap on the quantity shipped, and buyers bid its price up until
they want no more. Their payments over cost are a rent of the seller's region: ``scarcity_rent``. A
cap above unrestricted sales changes nothing.

Changes of final demand are not among the shocks: factors are in full use and incomes are spent, so
that the *level* of demand is an outcome here and never a cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.models.general_equilibrium.adjustment import adjustment_of
from iomodel.models.general_equilibrium.base_shift import base_shift_note
from iomodel.models.general_equilibrium.base_year import BaseYear, base_year
from iomodel.models.general_equilibrium.equilibrium.bands import sigma_band
from iomodel.models.general_equilibrium.equilibrium.draws import DRAWS
from iomodel.models.general_equilibrium.equilibrium.options import (
    EquilibriumOptions,
    closure_of,
    numeraire_note,
)
from iomodel.models.general_equilibrium.equilibrium.variables import variables_of, welfare_terms
from iomodel.models.general_equilibrium.incidence_checks import (
    incidence_checks,
    refuse_overemployment,
)
from iomodel.models.general_equilibrium.lowering import shock_of
from iomodel.models.general_equilibrium.rent_notes import rent_notes
from iomodel.models.general_equilibrium.steady_state import steady_notes
from iomodel.models.general_equilibrium.trade_balance import balance_notes
from iomodel.models.model import model
from iomodel.scenario.policy import KINDS
from iomodel.typing import Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["equilibrium"]

# Percent of cost; a smaller rent is the solver's tolerance.
NO_RENT = 1e-6
NOTES = (
    "Output, exports, imports and trade under the scenario are volumes at base prices, value added "
    "is factor use at base prices; factor income, trade_value and revenue are in prices of the "
    "scenario. GDP is chained volume at market prices, real income also counts the terms of trade.",
    "Taxes on products other than tariffs count as factor income; all final uses are one consumer.",
)
LATER = "Changes start from the equilibrium under the duties in force before the scenario."
NO_LINKAGES = (
    "No input-output linkages: industries use materials of their own sector only, and GDP in the "
    "base counts the rest of their inputs as value added."
)
FIXED_SPENDING = (
    "Nominal final spending is that of the base: real income is national income (factor income, "
    "tariff revenue, rents) over consumer prices, and trade balances follow."
)
STICKY = (
    "Wages do not fall within the year and workers stay in their industry: employment is at most "
    "that of the base, and wages rise where nobody is idle."
)
SPENT_ON_TOP = "What is new of tariff revenue is spent by governments, on top of that."
SPENT = "Tariff revenue is spent by governments; real income is that of households without it."
FIRST_ORDER = (
    "welfare_first_order_pct is terms plus volume of trade to first order, as Caliendo and Parro "
    "print it, and the change of the transfer that pays for the deficit; for large duties it "
    "differs from real_income_pct, which is exact."
)


@model(
    "general equilibrium: prices, wages and trade react to tariffs, costs, cuts, embargoes",
    KINDS - {"demand"},
    side_by_side=DRAWS,
)
def equilibrium(workbench: Workbench, scenario: Scenario, options: EquilibriumOptions) -> Effects:
    r"""General-equilibrium effects of a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Any kind of shock but changes of final demand.

    Returns
    -------
    Effects
        Real income, real wage, real GDP, prices, output, factor income, trade and tariff revenue;
        the first-order terms of welfare if only duties change; employment if wages are rigid or
        sticky; rents if quantities are capped.

    Raises
    ------
    LabelError
        If an option has an unknown value.
    NotApplicableError
        If rigid wages would employ more in an industry than there are.
    InfeasibleError
        If a region loses every supplier of something it uses.
    SolverError
        If no equilibrium is found to tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    adjustment = adjustment_of(workbench, scenario, options)
    start = base_year(
        workbench,
        policy,
        adjustment.base,
        ge.Closure(balance=options.balance),
        options.import_shares,
        linkages=options.linkages,
    )
    closure = closure_of(options, adjustment.closure, table)
    economy = adjustment.economy(start.economy, table)
    shock, links = shock_of(policy), options.links
    tolerance = options.tolerance or ge.TOLERANCE
    chain = ge.gdp_chain(
        economy, adjustment.elasticities, shock, closure, links=links, tolerance=tolerance
    )
    solution = chain.solution
    refuse_overemployment(solution)
    band = sigma_band(adjustment, economy, policy, chain, links=links)
    checks = incidence_checks(solution, table.regions, adjustment.horizon.name)
    variables = variables_of(start, solution, chain.hat[0], detail=options.detail)
    # With idle factors, or capital that adjusts, terms and volume of trade are not all of it.
    has_fixed_factors = not closure.fixes_spending and adjustment.labour_share is None
    duties_only = policy.kinds == {"tariff"} and has_fixed_factors
    if duties_only:
        variables |= welfare_terms(solution)
    return Effects.build(
        table,
        scenario,
        model="equilibrium",
        closure=adjustment.closure,
        variables=variables | band.variables,
        coords=band.coords,
        definitions={"gdp": CHAINED_VOLUME},
        parameters={
            **adjustment.record,
            **_option_record(options),
            "links": chain.links,
            **band.parameters,
        },
        diagnostics=_diagnostics(start, chain) | checks.values,
        notes=[
            adjustment.note,
            *band.notes,
            *policy.notes,
            *_scarcity_notes(table, policy, variables),
            numeraire_note(options.numeraire, adjustment.closure),
            *checks.notes,
            *NOTES,
            *_closure_notes(closure),
            *balance_notes(options.balance, solution),
            *_base_notes(start, policy, table.regions),
            *([] if options.linkages else [NO_LINKAGES]),
            *steady_notes(solution, adjustment.elasticities, shock),
            *([FIRST_ORDER] if duties_only else []),
        ],
    )


# ---------------------------------------------------------------------- helpers
def _option_record(options: EquilibriumOptions) -> dict[str, Any]:
    """Return the options beside those of the horizon, for the effects."""
    return {
        "balance": options.balance,
        "import_shares": options.import_shares,
        "linkages": options.linkages,
        "revenue": options.revenue,
        "numeraire": options.numeraire,
        "tolerance": options.tolerance or ge.TOLERANCE,
    }


def _closure_notes(closure: ge.Closure) -> list[str]:
    """Return the sentences on wages, spending and tariff revenue."""
    notes = {
        STICKY: closure.labour == "sticky",
        FIXED_SPENDING: closure.fixes_spending,
        SPENT_ON_TOP: closure.fixes_spending and closure.spends_revenue,
        SPENT: closure.revenue == "spent",
    }
    return [note for note, applies in notes.items() if applies]


def _base_notes(start: BaseYear, policy: PolicyArrays, regions: Sequence[str]) -> list[str]:
    """Return the sentences on the base from which changes are measured."""
    is_later = bool(np.any(policy.tariff_base != policy.tariff_observed))
    return [
        *([LATER] if is_later else []),
        *base_shift_note(start.economy, start.observed, regions),
    ]


def _diagnostics(start: BaseYear, chain: ge.GDPChain) -> dict[str, Any]:
    """Return the residuals of both solves, and the error of the chain where it is known."""
    certificate = chain.solution.certificate
    error = {} if chain.error_points is None else {"gdp_error_points": chain.error_points}
    return {
        **asdict(certificate),
        "residual": certificate.worst,
        **error,
        "rebasing": asdict(start.rebased.certificate),
    }


def _scarcity_notes(table: MRIOTable, policy: PolicyArrays, variables: Variables) -> list[str]:
    """Return sentences on the scarcest delivery, its price over cost, and who earns the rent."""
    if "scarcity_rent" not in variables:
        return []
    rent = np.asarray(variables["scarcity_rent"][1])
    r, s = np.unravel_index(int(rent.argmax()), rent.shape)
    if not rent[r, s] > NO_RENT:
        return ["No cap binds: what may still be delivered is what is sold, or more."]
    largest = float(rent[r, s])
    times = f"{1.0 + largest / 100.0:.3g} times its cost" if largest >= 100.0 else ""
    return [
        f"Scarcest is {table.sectors[int(s)]} of {table.regions[int(r)]}: at the border it fetches "
        f"{times or f'{largest:.2g} percent over its cost'}, where it is dearest.",
        *rent_notes(policy),
    ]
