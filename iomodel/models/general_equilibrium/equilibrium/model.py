r"""General equilibrium: prices, wages, incomes and trade after tariffs, costs and embargoes.

The engine of :mod:`iomodel.equilibrium` on a table: nested CES with input-output linkages in exact
hat algebra [CaliendoParro2015]_ [BaqaeeFarhi2024]_, import shares common to all users of a region.
How far the economy has adjusted is one option, ``horizon`` (:mod:`iomodel.models.horizons`), which
also says what the trade elasticities are elasticities of.

Where a part of a delivery is withheld (export cuts, content rules) or of an industry's output lost
(supply cuts), what is left is a cap on the quantity shipped, and buyers bid its price up to where
they want no more. What they pay over cost is a rent of the seller's region: ``scarcity_rent``. A
cap above what would be sold anyway changes nothing.

Changes of final demand are not among the shocks: factors are in full use and incomes are spent, so
that the *level* of demand is an outcome here and never a cause.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

import iomodel.equilibrium as ge
from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.equilibrium.closures import BALANCE, LABOUR
from iomodel.errors import IOModelError
from iomodel.models.general_equilibrium.equilibrium.base import economy_of, start_of
from iomodel.models.general_equilibrium.equilibrium.options import (
    Given,
    numeraire_note,
    numeraire_of,
    parameters_of,
)
from iomodel.models.general_equilibrium.equilibrium.variables import variables_of, welfare_terms
from iomodel.models.horizons import NESTS
from iomodel.models.options import closure_of
from iomodel.scenario.policy import KINDS
from iomodel.typing import Nest, Variables

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CLOSURES", "HANDLES", "NESTS", "economy_of", "equilibrium"]

CLOSURES = LABOUR
# Percent of cost: below it a rent is the solver's tolerance.
NO_RENT = 1e-6
HANDLES = KINDS - {"demand"}
NOTES = (
    "Output, exports, imports and trade under the scenario are volumes at base prices, value added "
    "is factor use at base prices; factor income, trade_value and revenue are in prices of the "
    "scenario. GDP is chained volume at market prices, real income also counts the terms of trade.",
    "Taxes on products other than tariffs count as factor income; all final uses are one consumer.",
)
LATER = (
    "Changes start from the equilibrium under the duties in force before the scenario; base output "
    "and GDP are the table's."
)
REBASED = "Changes start from the base re-solved with balanced trade in every region."
SPENT = "Tariff revenue is spent by governments; real income is that of households without it."
FIRST_ORDER = (
    "welfare_first_order_pct is terms plus volume of trade to first order, as Caliendo and Parro "
    "print it; for large duties it differs from real_income_pct, which is exact."
)


def equilibrium(
    table: MRIOTable,
    scenario: Scenario,
    *,
    horizon: str = "long",
    closure: str | None = None,
    balance: str = "zero",
    elasticities: str | float | xr.DataArray | None = None,
    nest: str | Nest | None = None,
    import_shares: str = "common",
    revenue: str = "rebated",
    numeraire: str = "world",
    links: int = 4,
    detail: bool = False,
) -> Effects:
    r"""Return the general-equilibrium effects of a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Any kind of shock but changes of final demand.
    horizon : {"long", "medium", "short"}
        Parameter set: closure, trade elasticities and nest, each of which may also be given
        (:mod:`iomodel.models.horizons`). All start from the same base, which has settled.
    closure : {"mobile", "specific", "rigid"}, optional
        Factors move between sectors; do not; or wages stay and employment adjusts. Default: mobile
        in the long and medium run, specific in the short.
    balance : {"zero", "fixed", "share"}
        Trade balances (:mod:`iomodel.equilibrium.closures`).
    elasticities : str, float or DataArray (sector), optional
        Trade elasticities :math:`\theta = \sigma - 1`. Default: those of the horizon; in the long
        run the set ``CP``.
    nest : str or (sigma_v, sigma_m, sigma_c), optional
        ``cobb-douglas``, ``baqaee-farhi``, or three elasticities: value added with intermediates,
        across inputs, across final goods. Default: that of the horizon.
    import_shares : {"common", "by-user"}
        Whether all users of a region buy a good of the same origins, or each of its own; the
        second takes tens of times as long. The embedded tables have common ones only.
    revenue : {"rebated", "spent"}
        Tariff revenue is income of households, or spent by governments.
    numeraire : str
        ``world`` factor income, ``wage:USA`` the mean factor reward of a region, ``price:USA`` its
        consumer price. Only nominal values and prices depend on it.
    links : int
        Points of the path along which real GDP is chained, its leading error taken off where they
        are even; one is the direct index.
    detail : bool
        Whether to give bilateral trade by sector too, in volume and in value.

    Returns
    -------
    Effects
        Real income, real wage, real GDP, prices, output, factor income, trade and tariff revenue;
        the first-order terms of welfare where only duties change; employment where wages are rigid;
        rents where quantities are capped.

    Raises
    ------
    LabelError
        If an option has a value that is not known.
    InfeasibleError
        If a region loses every supplier of something it uses.
    SolverError
        If no equilibrium is found to tolerance.
    """
    if links < 1:
        raise IOModelError("links must be at least one")
    policy = scenario.lower(table)
    balance = closure_of("balance", balance, BALANCE)
    given = Given(closure, elasticities, nest)
    chosen = parameters_of(table, policy, horizon, given)
    # What came before the scenario has had its time: every horizon starts from the same base.
    settled = parameters_of(table, policy, "long", given)
    before = ge.Closure(balance=balance)
    start = start_of(table, policy, settled.nested, before, import_shares)
    closure_used = replace(
        before, labour=chosen.closure, revenue=revenue, **numeraire_of(numeraire, table)
    )
    path = _path(start.economy, chosen.nested, _shock(policy), closure_used, links)
    solution = path[-1]
    variables = variables_of(table, start, solution, ge.chained_gdp(path)[0], detail=detail)
    duties_only = policy.kinds == {"tariff"} and chosen.closure != "rigid"
    if duties_only:
        variables |= welfare_terms(solution)
    later = bool(np.any(policy.tariff_base != policy.tariff_observed))
    return Effects.build(
        table,
        scenario,
        model="equilibrium",
        closure=chosen.closure,
        variables=variables,
        definitions={"gdp": CHAINED_VOLUME},
        parameters={
            **chosen.record,
            "balance": balance,
            "import_shares": import_shares,
            "revenue": revenue,
            "numeraire": numeraire,
            "links": links,
        },
        diagnostics={
            **asdict(solution.certificate),
            "residual": solution.certificate.worst,
            "rebasing": asdict(start.rebased.certificate),
        },
        notes=[
            *policy.notes,
            *_scarcity_note(table, variables),
            numeraire_note(numeraire, chosen.closure),
            *NOTES,
            *([SPENT] if revenue == "spent" else []),
            *([REBASED] if balance == "zero" else []),
            *([LATER] if later else []),
            *([FIRST_ORDER] if duties_only else []),
        ],
    )


# ---------------------------------------------------------------------- helpers
def _shock(policy: PolicyArrays) -> ge.Shock:
    """Return the policy on the axes of the engine: (sector, exporter, importer)."""
    delivered, supply = policy.delivered.transpose(1, 0, 2), policy.supply.T
    closed, capped = delivered == 0.0, (delivered > 0.0) & (delivered < 1.0)
    quotas = ge.Quotas.on_flows(np.where(capped, delivered, np.inf))
    if (supply < 1.0).any():
        quotas = quotas.together(ge.Quotas.on_output(np.where(supply < 1.0, supply, np.inf)))
    return ge.Shock(
        tariff=policy.tariff_new.transpose(1, 0, 2),
        trade_cost=np.where(closed, np.inf, policy.trade_cost.transpose(1, 0, 2)),
        productivity=policy.productivity.T,
        quotas=quotas if quotas.groups else None,
    )


def _path(
    base: ge.Economy,
    nested: ge.Elasticities,
    shock: ge.Shock,
    closure: ge.Closure,
    links: int,
) -> list[ge.Solution]:
    """Return the equilibria along the path of the shock, the last one being the answer."""
    if links == 1:
        return [ge.solve(base, nested, shock, closure)]
    return ge.homotopy(base, nested, shock, closure, steps=links)


def _scarcity_note(table: MRIOTable, variables: Variables) -> list[str]:
    """Say what is scarcest, and how many times its cost it fetches."""
    if "scarcity_rent" not in variables:
        return []
    rent = np.asarray(variables["scarcity_rent"][1])
    r, s = np.unravel_index(int(rent.argmax()), rent.shape)
    if not rent[r, s] > NO_RENT:
        return ["No cap binds: what may still be delivered is what is sold, or more."]
    worst = float(rent[r, s])
    times = f"{1.0 + worst / 100.0:.3g} times its cost" if worst >= 100.0 else ""
    return [
        f"Scarcest is {table.sectors[int(s)]} of {table.regions[int(r)]}: at the border it fetches "
        f"{times or f'{worst:.2g} percent over its cost'}, where it is dearest."
    ]
