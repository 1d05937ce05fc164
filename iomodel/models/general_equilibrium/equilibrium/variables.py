"""Variables of the model equilibrium: levels of the table times hats of a solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.base_year import BaseYear, ratio
from iomodel.models.general_equilibrium.foreign_trade import foreign_trade, is_foreign
from iomodel.models.general_equilibrium.lowering import table_flows, table_industries
from iomodel.typing import (
    BY_FLOW,
    BY_INDUSTRY,
    BY_PARTNER,
    BY_REGION,
    Bool,
    Float,
    Variables,
)

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["variables_of", "welfare_terms"]


def variables_of(
    table: MRIOTable, start: BaseYear, solution: ge.Solution, gdp: Float, *, detail: bool
) -> Variables:
    """Return the variables common to all scenarios.

    Parameters
    ----------
    table : MRIOTable
        Gives the levels.
    start : BaseYear
    solution : Solution
        A single one.
    gdp : ndarray, shape (R,)
        Hats of real GDP.
    detail : bool
        Whether to report trade by sector.

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    base, cost = solution.base, solution.cost[0]
    output_hat = table_industries(ratio(solution.output[0] / cost, base.output))
    value_added = table_industries(start.value_added)
    gdp_base = value_added.sum(axis=1)
    return {
        "output_base": (BY_INDUSTRY, table.x.values),
        "output_new": (BY_INDUSTRY, table.x.values * output_hat),
        "price_pct": (BY_INDUSTRY, 100.0 * (table_industries(cost) - 1.0)),
        "gdp_base": (BY_REGION, gdp_base),
        "gdp_new": (BY_REGION, gdp_base * gdp),
        "real_income_pct": (BY_REGION, 100.0 * (solution.real_income[0] - 1.0)),
        "real_wage_pct": (BY_REGION, 100.0 * (solution.real_wage[0] - 1.0)),
        "consumer_price_pct": (BY_REGION, 100.0 * (solution.final_price[0] - 1.0)),
        **_factors(value_added, solution),
        **_trade(start, solution, detail=detail),
        **_revenue(start, solution),
        **_scarcity(solution),
    }


def welfare_terms(solution: ge.Solution) -> Variables:
    """Return the first-order terms of welfare, for changes of duties alone."""
    terms = ge.decompose(solution)
    return {
        "welfare_terms_of_trade_pct": (BY_REGION, 100.0 * terms.terms_of_trade[0]),
        "welfare_volume_of_trade_pct": (BY_REGION, 100.0 * terms.volume_of_trade[0]),
        "welfare_first_order_pct": (BY_REGION, 100.0 * terms.first_order_welfare[0]),
    }


# ---------------------------------------------------------------------- helpers
def _factors(value_added: Float, solution: ge.Solution) -> Variables:
    """Return factor incomes and, unless factors are specific, their use by industry."""
    labour = solution.closure.labour
    use_hat = table_industries(solution.employment[0])
    use = value_added * use_hat
    if labour == "mobile":
        # Use adds up to the endowment in the rebased economy; its value added differs from the
        # table's, on which use has to be scaled to add up as well.
        endowment = table_industries(solution.problem.endowment[0])
        use *= ratio((value_added * endowment).sum(axis=1), use.sum(axis=1))[:, None]
    variables: Variables = {
        "factor_income_base": (BY_INDUSTRY, value_added),
        "factor_income_new": (BY_INDUSTRY, use * table_industries(solution.wage[0])),
    }
    # Productivity adds volume that factor use does not show.
    if labour != "specific" and not solution.problem.log_productivity.any():
        variables["value_added_base"] = (BY_INDUSTRY, value_added)
        variables["value_added_new"] = (BY_INDUSTRY, use)
    if labour == "rigid":
        variables["employment_pct"] = (BY_INDUSTRY, 100.0 * (use_hat - 1.0))
    return variables


def _trade(start: BaseYear, solution: ge.Solution, *, detail: bool) -> Variables:
    before = start.trade
    nominal = ratio(solution.flow[0], solution.base.flow)
    foreign = is_foreign(before.shape[1])
    base = before * foreign
    value = base * nominal
    volume = value / solution.border_price[0]
    variables: Variables = {
        "terms_of_trade_pct": (BY_REGION, 100.0 * (_terms_of_trade(solution, foreign) - 1.0)),
        **foreign_trade(base, volume),
        "trade_value_base": (BY_PARTNER, base.sum(axis=0)),
        "trade_value_new": (BY_PARTNER, value.sum(axis=0)),
    }
    if detail:
        for name, cells in (("trade_by_sector", volume), ("trade_value_by_sector", value)):
            variables[f"{name}_base"] = (BY_FLOW, table_flows(base))
            variables[f"{name}_new"] = (BY_FLOW, table_flows(cells))
    return variables


def _revenue(start: BaseYear, solution: ge.Solution) -> Variables:
    """Return tariff revenue; empty without tariffs."""
    base_tariff, new_tariff = solution.base.tariff, solution.problem.tariff[0]
    if not (base_tariff.any() or new_tariff.any()):
        return {}
    new_trade = start.trade * ratio(solution.flow[0], solution.base.flow)
    return {
        "tariff_revenue_base": (BY_REGION, (base_tariff * start.trade).sum(axis=(0, 1))),
        "tariff_revenue_new": (BY_REGION, (new_tariff * new_trade).sum(axis=(0, 1))),
    }


def _scarcity(solution: ge.Solution) -> Variables:
    """Return the rent on capped deliveries, at the importer who pays most."""
    if not solution.problem.caps.groups:
        return {}
    rent = solution.problem.export_tax[0] - np.asarray(solution.base.export_tax)
    return {"scarcity_rent": (BY_INDUSTRY, 100.0 * table_industries(rent.max(axis=2)))}


def _terms_of_trade(solution: ge.Solution, foreign: Bool) -> Float:
    """Return hats of export over import prices before duty, with mean shares of both years."""
    log_price = np.log(solution.border_price[0])
    base_flow, new_flow = solution.base.flow * foreign, solution.flow[0] * foreign

    def mean_log_price(flow: Float, axes: tuple[int, int]) -> Float:
        return ratio((flow * log_price).sum(axis=axes), flow.sum(axis=axes), 0.0)

    export_price, import_price = (
        (mean_log_price(base_flow, axes) + mean_log_price(new_flow, axes)) / 2.0
        for axes in ((0, 2), (0, 1))
    )
    return np.asarray(np.exp(export_price - import_price), dtype=np.float64)
